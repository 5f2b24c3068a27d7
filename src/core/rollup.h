/*
 * rollup.h - seconds of each day in which a target was down, slow, or not
 * observed.
 *
 * Time is settled only when it is certain: while a target is suspect or
 * recovering nothing is booked, so a confirmed outage is backdated to its
 * first failed run, and a refuted one costs nothing (status-page.md 4).
 */
#ifndef CORE_ROLLUP_H
#define CORE_ROLLUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shorewatch/time.h"

#define ROLLUP_DAYS 90

struct day_sums {
	uint32_t observed_s; /* everything below is part of it */
	uint32_t down_s, slow_s;
	uint32_t planned_s;  /* not part of it */
};

/*
 * A day has at most 90,000 s. More is booked when the clock is set back over a
 * restart; what does not fit is cut.
 */
#define DAY_BITS  17
#define DAY_S_MAX ((UINT32_C(1) << DAY_BITS) - 1)

/* A day that is neither whole nor empty. */
struct odd_day {
	uint32_t next; /* of the same rollup, or of the spare ones; 0: the last one */
	uint32_t slot : 7, planned_s : DAY_BITS;
	uint64_t observed_s : DAY_BITS, down_s : DAY_BITS, slow_s : DAY_BITS;
};

/* Odd days of a number of rollups at most. */
#define ODD_DAYS_MAX(rollups) ((size_t)(rollups) * ROLLUP_DAYS + 1)

/*
 * What the rollups of an engine share. There is room for every day of each of
 * them, so it is never full; memory that no odd day has needed yet stays
 * untouched.
 */
struct daybook {
	struct odd_day *odd; /* ODD_DAYS_MAX(rollups), the caller's; [0] is none */
	uint32_t used;	     /* of these at most, beside [0] */
	uint32_t spare;	     /* used once, free now; 0: none */
	/*
	 * The day that was booked last: asking the zone's rules at each run would cost more than
	 * the rest.
	 */
	int32_t day;
	int64_t day_from_s, day_until_s; /* equal: not asked yet */
};

/* Most days are whole: 86,400 s observed, and nothing else to tell. One of 23 or 25 h is odd. */
struct rollup {
	struct daybook *book; /* NULL: only to be read, and empty */
	wall_t settled;	      /* booked up to here; unset: nothing yet */
	wall_t up_from;	      /* from here to there nothing but up; unset: nothing */
	int32_t newest;	      /* day number of the last entry written; 0: none */
	uint32_t odd;	      /* the first one, in the book */
	uint32_t whole[(ROLLUP_DAYS + 31) / 32]; /* a bit a day, by its number modulo ROLLUP_DAYS */
};

enum booking {
	BOOK_UP,
	BOOK_SLOW,
	BOOK_DOWN,
	BOOK_UNOBSERVED,
	BOOK_PLANNED,
	BOOK_REFUTED, /* rollup_refute() only: booked as up before */
};

/* Nothing is booked. The book must outlive it. */
void rollup_init(struct rollup *r, struct daybook *book);
/* The days of `from`, which may be of another book, and what is settled of them. */
void rollup_copy(struct rollup *r, const struct rollup *from);
/*
 * Book from what was settled up to `until` (later calls never go back). The first call only starts.
 */
void rollup_book(struct rollup *r, wall_t until, enum booking as);
/* What was booked as up from `from` on turns out to have been down. */
void rollup_refute(struct rollup *r, wall_t from);
/* Put a stored day back. */
void rollup_restore(struct rollup *r, int32_t day, const struct day_sums *sums);
/* Zeroes for a day that is not held. */
struct day_sums rollup_day(const struct rollup *r, int32_t day);
/* The sums of the `days` days that end with `today`. */
struct day_sums rollup_window(const struct rollup *r, int32_t today, unsigned days);
/*
 * floor((observed - down) * 100000 / observed); -1: nothing observed. 100000 only without a down
 * second, 0 only without an up one.
 */
int rollup_uptime(const struct day_sums *sums);
/* The same of the sums of many targets, in seconds; down_s <= observed_s < 2^46. */
int rollup_share(uint64_t observed_s, uint64_t down_s);

#endif
