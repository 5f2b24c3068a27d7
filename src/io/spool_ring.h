/*
 * spool_ring.h - what was delivered: a preallocated file of fixed records, the
 * oldest overwritten. For spool.c only.
 */
#ifndef IO_SPOOL_RING_H
#define IO_SPOOL_RING_H

#include <stdbool.h>
#include <stdint.h>

#include "shorewatch/time.h"

struct spool_ring;

/* The file "ring" in the folder `at`, made when missing. Damaged records count as empty. 0 or
 * -errno. */
int ring_open(int at, struct spool_ring **ret);
/* The same for whoever only looks: nothing is made. */
int ring_open_reading(int at, struct spool_ring **ret);
/* Its whole length, durable, or as much as there is room for. 0 or -errno. */
int ring_stock(struct spool_ring *ring);
void ring_close(struct spool_ring *ring);
bool ring_has(const struct spool_ring *ring, uint64_t id);
/* Durable when it returns 0. What does not fit is cut. */
int ring_add(struct spool_ring *ring, uint64_t id, const char *record, wall_t when);
/* Oldest first, with the time of its end; what cannot be read any more is left out. */
void ring_each(const struct spool_ring *ring,
	       void (*on_sent)(void *ctx, uint64_t id, wall_t at, const char *record), void *ctx);

#endif
