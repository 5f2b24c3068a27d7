/*
 * window.h - when planned work is done: once, or again and again by the clock
 * of a zone. Plain values, read from the configuration.
 */
#ifndef SHOREWATCH_WINDOW_H
#define SHOREWATCH_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "shorewatch/option.h"
#include "shorewatch/time.h"

struct zone; /* base/zone.h */

/* The minutes at which a span begins, as crontab(5) has it. */
struct recurrence {
	uint64_t minutes;   /* bits 0 to 59 */
	uint32_t hours;	    /* bits 0 to 23 */
	uint32_t days;	    /* bits 1 to 31, of the month */
	uint16_t months;    /* bits 1 to 12 */
	uint8_t weekdays;   /* bits 0 to 6, Sunday is 0 */
	bool is_either_day; /* days and weekdays are both restricted: one of them is enough */
};

#define WINDOW_CLOCK_NONE UINT32_MAX

struct window_plan {
	const char *name;
	const char *title;	  /* for people; the name when not given */
	struct strings scope;	  /* each as scope.h has it; never empty */
	wall_t from, until;	  /* once; both unset: it recurs */
	struct recurrence begins;
	usec_t duration;	  /* of each span, elapsed; 0: by the clock */
	/* minute of the day at which the zone's clock ends a span, else WINDOW_CLOCK_NONE */
	uint32_t ends;
	const struct zone *zone;  /* NULL: the process's */
};

#endif
