/*
 * planned.c - which planned work is under way, by the clock of its zone.
 *
 * The manual's words, reckoned out: what the clock leaps over in spring begins
 * with the leap, and ends as if it had not leapt; what it shows twice in autumn
 * begins the first time and ends the second. Each start of the days around is
 * tried; nothing is clever here. The rules of DST are written down, so that
 * nothing is shared with the engine, which reads the system's zone files.
 */
#include "sim.h"

#include <time.h>

#define DAY_S	    86400
#define HOUR_S	    3600
#define MINUTE_S    60
#define AHEAD_DAYS  45 /* so far a window is looked for; then it is looked again */

/* ---- zones ---- */

/* Sunday number `nth` (5: the last) of `month`, and the seconds of UTC since its midnight. */
struct changeover {
	int month, nth, seconds;
};

static const struct {
	const char *name;
	int offset, summer; /* s; 0: no DST */
	struct changeover begins, ends;
} zones[ZONES] = {
	[ZONE_UTC] = { "UTC", 0, 0, { 0, 0, 0 }, { 0, 0, 0 } },
	[ZONE_BERLIN] = { "Europe/Berlin", HOUR_S, HOUR_S, { 3, 5, HOUR_S }, { 10, 5, HOUR_S } },
	[ZONE_NEW_YORK] = { "America/New_York", -5 * HOUR_S, HOUR_S, { 3, 2, 7 * HOUR_S },
			    { 11, 1, 6 * HOUR_S } },
	/* 2:00 there is on the Saturday before, in UTC */
	[ZONE_LORD_HOWE] = { "Australia/Lord_Howe", 10 * HOUR_S + HOUR_S / 2, HOUR_S / 2,
			     { 10, 1, -8 * HOUR_S - HOUR_S / 2 }, { 4, 1, -9 * HOUR_S } },
	[ZONE_TOKYO] = { "Asia/Tokyo", 9 * HOUR_S, 0, { 0, 0, 0 }, { 0, 0, 0 } },
	[ZONE_KATHMANDU] = { "Asia/Kathmandu", 5 * HOUR_S + 45 * MINUTE_S, 0, { 0, 0, 0 },
			     { 0, 0, 0 } },
};

const char *zone_of(enum zone_code zone)
{
	return zones[zone].name;
}

static int64_t midnight(int year, int month, int day)
{
	struct tm at = { .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day };

	return timegm(&at);
}

static struct tm civil(int64_t second)
{
	time_t at = second;
	struct tm ret;

	return *gmtime_r(&at, &ret);
}

static int64_t changeover(const struct changeover *c, int year)
{
	/* Of the last one the month that follows is where to count back from. */
	int64_t first = midnight(year, c->nth == 5 ? c->month + 1 : c->month, 1);
	int weekday = civil(first).tm_wday;
	int64_t sunday = first + (int64_t)((7 - weekday) % 7) * DAY_S;

	return sunday + (int64_t)(c->nth == 5 ? -7 : 7 * (c->nth - 1)) * DAY_S + c->seconds;
}

static int offset_at(enum zone_code zone, int64_t second)
{
	int year = civil(second).tm_year + 1900;
	int64_t begins, ends;
	bool is_summer;

	if (zones[zone].summer == 0)
		return zones[zone].offset;
	begins = changeover(&zones[zone].begins, year);
	ends = changeover(&zones[zone].ends, year);
	is_summer = begins < ends ? second >= begins && second < ends
				  : second >= begins || second < ends;
	return zones[zone].offset + (is_summer ? zones[zone].summer : 0);
}

/* The instants at which what is said to begin, or to end, at this reading does so. */
static void instants_of(enum zone_code zone, int64_t reading, int64_t *ret_begin, int64_t *ret_end)
{
	int64_t early = reading - zones[zone].offset - zones[zone].summer;
	int64_t late = reading - zones[zone].offset;
	bool is_early = offset_at(zone, early) == zones[zone].offset + zones[zone].summer;
	bool is_late = offset_at(zone, late) == zones[zone].offset;

	*ret_begin = is_early ? early : late;
	*ret_end = is_late ? late : early;
	if (is_early || is_late)
		return;
	/* Leapt over: the leap lies between the two. */
	*ret_end = late;
	for (*ret_begin = early; offset_at(zone, *ret_begin) == zones[zone].offset;)
		*ret_begin += MINUTE_S - *ret_begin % MINUTE_S;
}

/* ---- spans ---- */

static bool has(unsigned bits, int at)
{
	return bits == 0 || bits >> at & 1;
}

static bool has_day(const struct window_setup *w, const struct tm *day)
{
	bool of_month = has(w->days, day->tm_mday), of_week = has(w->weekdays, day->tm_wday);

	if (!has(w->months, day->tm_mon + 1))
		return false;
	return w->days && w->weekdays ? of_month || of_week : of_month && of_week;
}

static int64_t end_of(const struct window_setup *w, int64_t begin, int64_t day, int start)
{
	int64_t unused, end;

	if (w->ends == NO_CLOCK)
		return begin + w->duration / SEC;
	instants_of(w->zone, day + (w->ends <= start ? DAY_S : 0) + (int64_t)w->ends * MINUTE_S,
		    &unused, &end);
	return end;
}

static void try_span(int64_t from, int64_t until, int64_t at, bool *is_on, int64_t *next)
{
	if (until <= from)
		return;
	*is_on |= from <= at && at < until;
	if (from > at && from < *next)
		*next = from;
	if (until > at && until < *next)
		*next = until;
}

static void try_day(const struct window_setup *w, int64_t day, int64_t at, bool *is_on,
		    int64_t *next)
{
	struct tm date = civil(day);

	if (!has_day(w, &date))
		return;
	for (int hour = 0; hour < 24; hour++) {
		int start = hour * 60 + w->minute;
		int64_t begin, unused;

		if (!has(w->hours, hour))
			continue;
		instants_of(w->zone, day + (int64_t)start * MINUTE_S, &begin, &unused);
		try_span(begin, end_of(w, begin, day, start), at, is_on, next);
	}
}

static bool is_recurring_on(const struct window_setup *w, int64_t at, int64_t *ret_next)
{
	int64_t local = at + zones[w->zone].offset;
	int64_t today = local - ((local % DAY_S) + DAY_S) % DAY_S;
	int64_t next = today + AHEAD_DAYS * DAY_S;
	bool is_on = false;

	for (int64_t day = today - (w->duration / DAY + 2) * DAY_S;
	     day < today + AHEAD_DAYS * DAY_S && day <= next + 2 * DAY_S; day += DAY_S)
		try_day(w, day, at, &is_on, &next);
	*ret_next = next;
	return is_on;
}

bool is_window_on(const struct setup *setup, const struct window_setup *w, int64_t wall,
		  int64_t *ret_next)
{
	bool is_on = false;
	int64_t next = NEVER;

	if (w->until == 0) {
		/* Whole seconds that have passed; what begins does so at a whole one. */
		is_on = is_recurring_on(w, wall / SEC, &next);
		*ret_next = next * SEC;
		return is_on;
	}
	try_span(setup->wall + w->from, setup->wall + w->until, wall, &is_on, &next);
	*ret_next = next;
	return is_on;
}
