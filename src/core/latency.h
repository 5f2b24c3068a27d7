/*
 * latency.h - response times of the last 24 h, for their median: one each hour,
 * in 52 bytes.
 */
#ifndef CORE_LATENCY_H
#define CORE_LATENCY_H

#include <stdint.h>

#include "shorewatch/time.h"

#define LATENCY_SLOTS 24

/* All zeroes: nothing measured. */
struct latency {
	int32_t newest;		       /* number of the newest hour since 1970 */
	uint16_t codes[LATENCY_SLOTS]; /* by that number modulo LATENCY_SLOTS; 0: none */
};

/* Of one hour the last one counts. One that is older than the newest is passed over. */
void latency_add(struct latency *l, wall_t at, usec_t us);
/* Median of the 24 h before `now`, to a thousandth; 0: nothing measured. */
usec_t latency_median(const struct latency *l, wall_t now);

#endif
