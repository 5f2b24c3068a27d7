/*
 * again.h - the command line that repeats a probe by hand.
 */
#ifndef APP_AGAIN_H
#define APP_AGAIN_H

#include <stdbool.h>

#include "shorewatch/observation.h"

struct buf;
struct target_plan;

struct again {
	const struct target_plan *target;
	const struct observation *seen; /* the address that was used */
	/* it will be stored: no request body either; and it says how long it may take */
	bool is_kept;
};

/* One line for a shell, without what could be a secret. Nothing for a kind that asks nobody. */
void again_print(const struct again *a, struct buf *to);
/* How `server` is asked for the address of a name. */
void again_print_name(const struct address *server, const char *name, enum family family,
		      struct buf *to);

#endif
