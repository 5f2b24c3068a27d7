/*
 * zone.c - see zone.h.
 *
 * All that is asked of a zone, its table's or the C library's, is the offset
 * at an instant and the next change of it; readings follow from these two.
 * A second is counted as 1/86400 of a day: POSIX time knows no leap seconds.
 */
#include "base/zone.h"

#include <assert.h>
#include <time.h>

#include "base/zone_parts.h"

#define SECONDS_PER_DAY 86400
#define STEP		(SECONDS_PER_DAY / 2) /* a change and its end are further apart */

/* Seconds since 1970-01-01 as if the clock showed UTC. */
static int64_t linear(struct reading r)
{
	return (int64_t)r.day * SECONDS_PER_DAY + r.seconds;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static struct reading reading_of(int64_t seconds)
{
	int64_t day = floor_div(seconds, SECONDS_PER_DAY);

	return (struct reading){ (int32_t)day, (int32_t)(seconds - day * SECONDS_PER_DAY) };
}

static int64_t instant_of(wall_t at)
{
	return floor_div(at.us, USEC_PER_SEC);
}

/* ---- the process's zone ---- */

static int32_t process_offset(int64_t at)
{
	time_t seconds = at;
	struct tm tm;
	struct tm *ok = localtime_r(&seconds, &tm);

	assert(ok != NULL); /* a year beyond int is beyond 64 bits of microseconds as well */
	return (int32_t)tm.tm_gmtoff;
}

/* The first instant at which the offset is another than at `from`; at `to` it is. */
static int64_t process_search(int64_t from, int64_t to)
{
	int32_t offset = process_offset(from);

	while (to - from > 1) {
		int64_t middle = from + (to - from) / 2;

		if (process_offset(middle) == offset)
			from = middle;
		else
			to = middle;
	}
	return to;
}

static bool process_next(int64_t after, int64_t last, struct zone_change *ret)
{
	int32_t before = process_offset(after), offset;

	while (after < last) {
		int64_t to = last - after > STEP ? after + STEP : last;

		offset = process_offset(to);
		if (offset != before) {
			to = process_search(after, to);
			*ret = (struct zone_change){ to, before, process_offset(to) };
			return true;
		}
		after = to;
	}
	return false;
}

/* ---- a zone of a table ---- */

/* How many changes have come by `at`. */
static size_t table_passed(const struct zone *zone, int64_t at)
{
	size_t from = 0, to = zone->changes_n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (zone->changes[middle].at <= at)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static int32_t table_offset(const struct zone *zone, int64_t at)
{
	size_t passed = table_passed(zone, at);

	if (zone->has_rule && at >= zone->rule_from)
		return zone_rule_offset(&zone->rule, at);
	return passed > 0 ? zone->changes[passed - 1].after : zone->first;
}

static bool table_next(const struct zone *zone, int64_t after, struct zone_change *ret)
{
	size_t passed = table_passed(zone, after);

	if (passed < zone->changes_n) {
		*ret = zone->changes[passed];
		return true;
	}
	return zone->has_rule &&
	       zone_rule_next(&zone->rule, after > zone->rule_from ? after : zone->rule_from, ret);
}

/* ---- either ---- */

static int32_t offset_at(const struct zone *zone, int64_t at)
{
	return zone != NULL ? table_offset(zone, at) : process_offset(at);
}

/* The first change behind `after`, up to `last`. */
static bool change_next(const struct zone *zone, int64_t after, int64_t last,
			struct zone_change *ret)
{
	if (zone == NULL)
		return process_next(after, last, ret);
	return table_next(zone, after, ret) && ret->at <= last;
}

const char *zone_name(const struct zone *zone)
{
	return zone != NULL ? zone->name : NULL;
}

struct reading zone_reading(const struct zone *zone, wall_t at)
{
	int64_t instant = instant_of(at);

	return reading_of(instant + offset_at(zone, instant));
}

/* While a clock that was put back repeats itself, it has shown all that it repeats. */
struct reading zone_shown(const struct zone *zone, wall_t at)
{
	int64_t instant = instant_of(at), from = instant - ZONE_OFFSET_MAX;
	int64_t shown = instant + offset_at(zone, instant);
	struct zone_change c;

	for (; change_next(zone, from, instant, &c); from = c.at)
		if (c.at + c.before - 1 > shown)
			shown = c.at + c.before - 1;
	return reading_of(shown);
}

/* One stretch of the same offset after another, each with the change at its end. */
struct zone_instants zone_instants(const struct zone *zone, struct reading reading)
{
	int64_t wanted = linear(reading), to = wanted + ZONE_OFFSET_MAX;
	int64_t from = wanted - ZONE_OFFSET_MAX, begin = from, end = to;
	int32_t offset = offset_at(zone, from);
	bool is_shown = false, is_skipped = false, goes_on = true;
	struct zone_change c = { .at = from };

	while (goes_on) {
		int64_t instant = wanted - offset;

		goes_on = change_next(zone, from, to, &c);
		if (instant >= from && (!goes_on || instant < c.at)) {
			begin = is_shown ? begin : instant;
			end = instant;
			is_shown = true;
		} else if (goes_on && !is_shown && wanted >= c.at + c.before &&
			   wanted < c.at + c.after) {
			begin = c.at;
			end = instant;
			is_skipped = true;
		}
		from = c.at;
		offset = c.after;
	}
	return (struct zone_instants){ { begin * USEC_PER_SEC },
				       { end * USEC_PER_SEC },
				       is_skipped && !is_shown };
}
