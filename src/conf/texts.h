/*
 * texts.h - the texts of a configuration, each of them kept once: ten thousand
 * targets say `name`, `http` and "60s".
 */
#ifndef CONF_TEXTS_H
#define CONF_TEXTS_H

#include <stddef.h>

struct arena;

/* All zeroes: none yet. */
struct texts {
	const char **v; /* by their hash; NULL: free */
	size_t n, room;
};

/* What says the same as `text`: in `keep`, copied there when it is new. The table is in `scratch`. */
const char *texts_keep(struct texts *texts, struct arena *keep, struct arena *scratch,
		       const char *text);

#endif
