/*
 * store_buckets.h - quarter hours: how often a target passed, how often it
 * failed, and how long its answers took. For the store's files only.
 */
#ifndef IO_STORE_BUCKETS_H
#define IO_STORE_BUCKETS_H

#include <stdint.h>

#include "io/store.h"

struct sql;

#define QUARTER (15 * USEC_PER_MIN)

/*
 * Sums the quarter hours before `now` from the raw rows, inside the caller's
 * transaction; at most a day of them at once. 0 or -errno.
 */
int buckets_write(struct sql *sql, int64_t now);
/* As store_load_times(). */
int buckets_read(struct sql *sql, wall_t from, wall_t to,
		 void (*each)(void *ctx, const char *name, int32_t day,
			      const struct store_times *times),
		 void *ctx);

#endif
