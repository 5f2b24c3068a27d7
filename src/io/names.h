/*
 * names.h - the last good addresses of every name we ever resolved, used while
 * our own resolvers are silent (DECISIONS 2). Pure memory.
 */
#ifndef IO_NAMES_H
#define IO_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "shorewatch/address.h"

struct buf;
struct names;

#define NAMES_ADDRESSES_MAX 4 /* of each family */

/* NULL: no memory. */
struct names *names_new(void);
void names_free(struct names *names);
/* `host` in lower case. Replaces what was known of this family; no memory: what was known stays. */
void names_put(struct names *names, const char *host, enum family family,
	       const struct address *addresses, size_t n);
/* IPv4 first, at most `max`; FAMILY_ANY and FAMILY_BOTH: both. Returns how many. */
size_t names_get(const struct names *names, const char *host, enum family family, uint16_t port,
		 struct address *ret, size_t max);
/* One "name 4|6 address" a line. */
void names_save(const struct names *names, struct buf *to);
/* Adds to what is there; a line that is not of this form is passed over. */
void names_load(struct names *names, const char *text);

#endif
