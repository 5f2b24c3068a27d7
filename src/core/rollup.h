/*
 * rollup.h - seconds of each day in which a target was down, slow, or not
 * observed; and a day's worth of response times.
 *
 * Time is settled only when it is certain: while a target is suspect or
 * recovering nothing is booked, so a confirmed outage is backdated to its
 * first failed run, and a refuted one costs nothing (status-page.md 4).
 */
#ifndef CORE_ROLLUP_H
#define CORE_ROLLUP_H

#include <stdbool.h>
#include <stdint.h>

#include "shorewatch/time.h"

#define ROLLUP_DAYS 90
#define ROLLUP_QUARTERS 96 /* of an hour: one response time each, for the median of 24 h */

struct day_sums {
	uint32_t observed_s; /* everything below is part of it */
	uint32_t down_s, slow_s;
	uint32_t planned_s;  /* not part of it */
};

struct rollup {
	int32_t newest;			     /* day number of the last entry written */
	struct day_sums days[ROLLUP_DAYS];   /* by day number modulo ROLLUP_DAYS */
	wall_t settled;			     /* booked up to here; unset: nothing yet */
	wall_t up_from;			     /* from here to there nothing but up; unset: nothing */
	uint32_t quarter_us[ROLLUP_QUARTERS];/* 0 = none */
	int64_t quarter;		     /* number of the newest quarter hour since 1970 */
	/*
	 * The day that was booked last: asking the zone's rules at each run would cost more than
	 * the rest.
	 */
	int32_t day;
	int64_t day_from_s, day_until_s;     /* equal: not asked yet */
};

enum booking {
	BOOK_UP,
	BOOK_SLOW,
	BOOK_DOWN,
	BOOK_UNOBSERVED,
	BOOK_PLANNED,
	BOOK_REFUTED, /* rollup_refute() only: booked as up before */
};

/*
 * Book from what was settled up to `until` (later calls never go back). The first call only starts.
 */
void rollup_book(struct rollup *r, wall_t until, enum booking as);
/* What was booked as up from `from` on turns out to have been down. */
void rollup_refute(struct rollup *r, wall_t from);
void rollup_latency(struct rollup *r, wall_t at, usec_t us);
/* Put a stored day back. */
void rollup_restore(struct rollup *r, int32_t day, const struct day_sums *sums);
/* Zeroes for a day that is not held. */
struct day_sums rollup_day(const struct rollup *r, int32_t day);
/* The sums of the `days` days that end with `today`. */
struct day_sums rollup_window(const struct rollup *r, int32_t today, unsigned days);
/* Median of the last 24 h; 0: nothing measured. */
usec_t rollup_median(const struct rollup *r, wall_t now);
/*
 * floor((observed - down) * 100000 / observed); -1: nothing observed. 100000 only without a down
 * second, 0 only without an up one.
 */
int rollup_uptime(const struct day_sums *sums);
/* The same of the sums of many targets, in seconds; down_s <= observed_s < 2^46. */
int rollup_share(uint64_t observed_s, uint64_t down_s);

#endif
