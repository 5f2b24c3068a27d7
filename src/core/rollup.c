/*
 * rollup.c - booking seconds to days, exactly.
 *
 * Whole seconds of wall time are booked between two instants cut down to
 * seconds, so that adjoining bookings neither lose nor double one. A step of
 * the wall clock backwards books nothing; one forwards is the caller's to
 * call unobserved.
 */
#include "core/rollup.h"

#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"

#define QUARTER (15 * USEC_PER_MIN)

static int64_t seconds_of(wall_t t)
{
	return t.us / USEC_PER_SEC;
}

static struct day_sums *day_slot(struct rollup *r, int32_t day)
{
	return &r->days[(uint32_t)day % ROLLUP_DAYS];
}

static bool is_held(const struct rollup *r, int32_t day)
{
	return r->newest != 0 && day <= r->newest && day > r->newest - ROLLUP_DAYS;
}

/* Make `day` the newest one; days in between are empty. */
static void advance_to(struct rollup *r, int32_t day)
{
	if (r->newest == 0 || day - r->newest >= ROLLUP_DAYS)
		memset(r->days, 0, sizeof r->days);
	else
		for (int32_t d = r->newest + 1; d <= day; d++)
			*day_slot(r, d) = (struct day_sums){ 0 };
	if (r->newest == 0 || day > r->newest)
		r->newest = day;
}

static void add_seconds(struct day_sums *sums, uint32_t seconds, enum booking as)
{
	switch (as) {
	case BOOK_UNOBSERVED:
		return;
	case BOOK_PLANNED:
		sums->planned_s += seconds;
		return;
	case BOOK_DOWN:
		sums->down_s += seconds;
		break;
	case BOOK_SLOW:
		sums->slow_s += seconds;
		break;
	case BOOK_REFUTED:
		sums->down_s += seconds;
		return;
	case BOOK_UP:
		break;
	}
	sums->observed_s += seconds;
}

static int32_t day_at(struct rollup *r, int64_t at_s)
{
	if (at_s < r->day_from_s || at_s >= r->day_until_s) {
		r->day = calendar_day((wall_t){ at_s * USEC_PER_SEC });
		r->day_from_s = seconds_of(calendar_day_start(r->day));
		r->day_until_s = seconds_of(calendar_day_start(r->day + 1));
	}
	return r->day;
}

/* Every day between two seconds gets its share. */
static void spread(struct rollup *r, int64_t from, int64_t to, enum booking as)
{
	while (from < to) {
		int32_t day = day_at(r, from);
		int64_t end = r->day_until_s < to ? r->day_until_s : to;

		if (!is_held(r, day))
			advance_to(r, day);
		if (is_held(r, day))
			add_seconds(day_slot(r, day), (uint32_t)(end - from), as);
		from = end;
	}
}

void rollup_refute(struct rollup *r, wall_t from)
{
	if (!wall_is_set(r->up_from))
		return;
	if (from.us < r->up_from.us)
		from = r->up_from;
	/* It was observed before as well: only what was seen turns around. */
	spread(r, seconds_of(from), seconds_of(r->settled), BOOK_REFUTED);
	r->up_from = (wall_t){ 0 };
}

void rollup_book(struct rollup *r, wall_t until, enum booking as)
{
	int64_t from = seconds_of(r->settled), to = seconds_of(until);

	if (!wall_is_set(r->settled)) {
		r->settled = until;
		return;
	}
	if (to - from > (int64_t)ROLLUP_DAYS * 86400)
		/* nothing older than the page shows, and no endless loop after a clock step */
		from = to;
	if (as != BOOK_UP)
		r->up_from = (wall_t){ 0 };
	else if (!wall_is_set(r->up_from))
		r->up_from = r->settled;
	spread(r, from, to, as);
	if (to > seconds_of(r->settled))
		r->settled = until;
}

void rollup_latency(struct rollup *r, wall_t at, usec_t us)
{
	int64_t quarter = at.us / QUARTER;
	int64_t skipped = quarter - r->quarter;

	if (skipped < 0)
		return;
	if (skipped >= ROLLUP_QUARTERS)
		memset(r->quarter_us, 0, sizeof r->quarter_us);
	else
		for (int64_t q = r->quarter + 1; q < quarter; q++)
			r->quarter_us[q % ROLLUP_QUARTERS] = 0;
	r->quarter = quarter;
	if (us > UINT32_MAX)
		us = UINT32_MAX;
	r->quarter_us[quarter % ROLLUP_QUARTERS] = us > 0 ? (uint32_t)us : 1;
}

void rollup_restore(struct rollup *r, int32_t day, const struct day_sums *sums)
{
	if (!is_held(r, day))
		advance_to(r, day);
	if (is_held(r, day))
		*day_slot(r, day) = *sums;
}

struct day_sums rollup_day(const struct rollup *r, int32_t day)
{
	if (!is_held(r, day))
		return (struct day_sums){ 0 };
	return r->days[(uint32_t)day % ROLLUP_DAYS];
}

struct day_sums rollup_window(const struct rollup *r, int32_t today, unsigned days)
{
	struct day_sums sums = { 0 };

	for (int32_t day = today - (int32_t)days + 1; day <= today; day++) {
		struct day_sums one = rollup_day(r, day);

		sums.observed_s += one.observed_s;
		sums.down_s += one.down_s;
		sums.slow_s += one.slow_s;
		sums.planned_s += one.planned_s;
	}
	return sums;
}

static int compare_u32(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

usec_t rollup_median(const struct rollup *r, wall_t now)
{
	uint32_t sorted[ROLLUP_QUARTERS];
	int64_t oldest = now.us / QUARTER - ROLLUP_QUARTERS + 1;
	size_t n = 0;

	for (int64_t q = r->quarter; q > r->quarter - ROLLUP_QUARTERS && q >= oldest && q >= 0; q--)
		if (r->quarter_us[q % ROLLUP_QUARTERS] > 0)
			sorted[n++] = r->quarter_us[q % ROLLUP_QUARTERS];
	if (n == 0)
		return 0;
	qsort(sorted, n, sizeof sorted[0], compare_u32);
	return sorted[(n - 1) / 2]; /* nearest rank */
}

int rollup_share(uint64_t observed_s, uint64_t down_s)
{
	uint64_t up = observed_s > down_s ? observed_s - down_s : 0;

	if (observed_s == 0)
		return -1;
	if (up > 0 && up * 100000 < observed_s)
		return 1;
	return (int)(up * 100000 / observed_s);
}

int rollup_uptime(const struct day_sums *sums)
{
	return rollup_share(sums->observed_s, sums->down_s);
}
