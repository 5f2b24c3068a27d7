/*
 * window.c - see window.h.
 *
 * A start is sought among the readings of the zone's clock, and only the one
 * that is found is turned into an instant. That is exact, because a later
 * reading never begins earlier: the last start that the clock has shown is the
 * last one that has come, and of several spans under way its own ends last.
 * Nothing is kept between two calls.
 */
#include "core/window.h"

#include "base/recurrence.h"
#include "base/zone.h"

#define AHEAD_DAYS	400
#define BEHIND_DAYS	32
#define SECONDS_PER_MIN 60
/* A day may be left out, and one is counted from any time of it. */
#define SLACK_DAYS 2

/* ---- the clock's side ---- */

/* The last start up to the reading `shown`, at most `days` before it. */
static bool start_before(const struct recurrence *r, struct reading shown, int32_t days,
			 struct reading *ret)
{
	int most = shown.seconds / SECONDS_PER_MIN;

	for (int32_t day = shown.day; day >= shown.day - days; day--) {
		int minute = recurrence_has_day(r, day) ? recurrence_minute_until(r, most) : -1;

		most = MINUTES_PER_DAY - 1;
		if (minute < 0)
			continue;
		*ret = (struct reading){ day, minute * SECONDS_PER_MIN };
		return true;
	}
	return false;
}

/* The first start behind it. */
static bool start_after(const struct recurrence *r, struct reading shown, struct reading *ret)
{
	int least = shown.seconds / SECONDS_PER_MIN + 1;

	for (int32_t day = shown.day; day <= shown.day + AHEAD_DAYS + SLACK_DAYS; day++) {
		int minute = recurrence_has_day(r, day) ? recurrence_minute_from(r, least) : -1;

		least = 0;
		if (minute < 0)
			continue;
		*ret = (struct reading){ day, minute * SECONDS_PER_MIN };
		return true;
	}
	return false;
}

/* ---- instants ---- */

static wall_t end_by_clock(const struct window_plan *w, struct reading start)
{
	int32_t ends = (int32_t)w->ends * SECONDS_PER_MIN;
	struct reading end = { start.day + (ends <= start.seconds), ends };

	return zone_instants(w->zone, end).end;
}

static struct span span_from(const struct window_plan *w, struct reading start)
{
	struct span span = { .from = zone_instants(w->zone, start).begin };

	if (w->ends != WINDOW_CLOCK_NONE)
		span.until = end_by_clock(w, start);
	else
		span.until.us = span.from.us + w->duration;
	return span;
}

static struct span span_recurring(const struct window_plan *w, wall_t at)
{
	struct reading shown = zone_shown(w->zone, at), start;
	int32_t days = (int32_t)(w->duration / USEC_PER_DAY) + SLACK_DAYS;
	struct span span;

	if (start_before(&w->begins, shown, days, &start)) {
		span = span_from(w, start);
		if (span_has(&span, at))
			return span;
	}
	if (start_after(&w->begins, shown, &start)) {
		span = span_from(w, start);
		if (wall_span(at, span.from) <= AHEAD_DAYS * USEC_PER_DAY)
			return span;
	}
	return (struct span){ { 0 }, { 0 } };
}

struct span window_last(const struct window_plan *window, wall_t at)
{
	struct reading start;

	if (!wall_is_set(window->until)) {
		if (start_before(&window->begins, zone_shown(window->zone, at), BEHIND_DAYS, &start))
			return span_from(window, start);
	} else if (at.us >= window->from.us) {
		return (struct span){ window->from, window->until };
	}
	return (struct span){ { 0 }, { 0 } };
}

bool span_has(const struct span *span, wall_t at)
{
	return wall_is_set(span->until) && at.us >= span->from.us && at.us < span->until.us;
}

struct span window_span(const struct window_plan *window, wall_t at)
{
	if (!wall_is_set(window->until))
		return span_recurring(window, at);
	if (at.us < window->until.us)
		return (struct span){ window->from, window->until };
	return (struct span){ { 0 }, { 0 } };
}
