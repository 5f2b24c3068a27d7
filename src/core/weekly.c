/*
 * weekly.c - when a week is summed up, and what there is to sum up.
 *
 * Pure. The moment is a reading of the clock ("Mon 09:00") and so found as the
 * beginnings of planned work are: one that the clock leaps over comes as soon
 * as it can, one that it shows twice comes once. Which moment was told last is
 * saved, so a restart neither doubles a summary nor leaves it out. Over whom a
 * moment passes while he is away: told late on the same day, passed over
 * afterwards, for the numbers of a week ago wake nobody.
 */
#include "core/weekly.h"

#include <string.h>

#include "base/calendar.h"
#include "base/words.h"
#include "core/engine.h"
#include "core/engine_parts.h"

#define DAYS 7
/* Told for a moment so far ahead: by a clock that was wrong then. */
#define AHEAD_AT_MOST ((DAYS + 1) * USEC_PER_DAY)
#define STEP (USEC_PER_SEC) /* a clock that moves more than that was set */

/* ---- when ---- */

/* At a moment that has just come a span of no length is still under way. */
wall_t weekly_next(const struct window_plan *moments, wall_t at)
{
	return window_span(moments, (wall_t){ at.us + moments->duration }).from;
}

static bool is_told_for(const struct weekly *w, wall_t moment, struct now now)
{
	bool is_of_wrong_clock = wall_span(now.wall, w->told) > AHEAD_AT_MOST;

	return !is_of_wrong_clock && w->told.us >= moment.us;
}

static void tell_moment(struct engine *e, wall_t moment, struct now now)
{
	struct weekly *w = &e->weekly;
	int32_t day = calendar_day(moment);
	bool is_known = wall_is_set(w->told) && wall_span(now.wall, w->told) <= AHEAD_AT_MOST;
	bool is_wanted = is_known && day == calendar_day(now.wall);

	/* The mail is written in this call, and shows the numbers as they are before. */
	if (is_wanted)
		tell_week(e, calendar_day_start(day - DAYS), calendar_day_start(day), now);
	w->told = moment;
	if (is_known)
		w->mails = w->mails_at_once = w->mails_lost = 0;
	engine_dirty(e, now);
}

mono_t weekly_advance(struct engine *e, struct now now)
{
	const struct window_plan *at = e->plan->mail.weekly;
	int64_t drift = now.wall.us - now.mono.us;
	bool was_set = drift > e->weekly_drift + STEP || drift < e->weekly_drift - STEP;
	wall_t moment, next;

	if (at == NULL)
		return MONO_NEVER;
	if (!mono_reached(e->weekly_wake, now.mono) && !was_set)
		return e->weekly_wake;
	moment = window_last(at, now.wall).from;
	if (wall_is_set(moment) && !is_told_for(&e->weekly, moment, now))
		tell_moment(e, moment, now);
	next = weekly_next(at, now.wall);
	e->weekly_drift = drift;
	e->weekly_wake = wall_is_set(next) ? mono_add(now.mono, wall_span(now.wall, next))
					   : MONO_NEVER;
	return e->weekly_wake;
}

/* ---- what ---- */

static void forget_oldest(struct weekly *w)
{
	if (w->outages[0].closed.us > w->forgotten.us)
		w->forgotten = w->outages[0].closed;
	memmove(w->outages, w->outages + 1, (OUTAGES_KEPT - 1) * sizeof w->outages[0]);
	w->outages_n--;
}

void weekly_add(struct weekly *w, const struct outage *outage)
{
	if (w->outages_n == OUTAGES_KEPT)
		forget_oldest(w);
	w->outages[w->outages_n++] = *outage;
}

/* Nothing is kept where nobody asks for it. */
void weekly_note_end(struct engine *e, const struct incident *incident)
{
	struct outage outage = {
		.opened = incident->opened.wall,
		.closed = incident->closed.wall,
		.lasted = incident_duration(incident, incident->closed),
		.worst = incident->worst,
		.most_failing = incident->most_failing,
	};

	if (e->plan->mail.weekly == NULL)
		return;
	words_copy(outage.stack, sizeof outage.stack, incident->stack);
	if (incident->affected_n > 0)
		words_copy(outage.first, sizeof outage.first, incident->affected[0]);
	if (incident->log_n > 0 && incident->log[0].kind == EVENT_FIRST_FAILURE) {
		outage.outcome = incident->log[0].outcome;
		outage.code = incident->log[0].code;
	}
	weekly_add(&e->weekly, &outage);
}

void engine_delivered(struct engine *e, unsigned attempts, bool is_accepted, struct now now)
{
	e->weekly.mails += is_accepted;
	e->weekly.mails_at_once += is_accepted && attempts == 0;
	e->weekly.mails_lost += !is_accepted;
	if (e->plan->mail.weekly != NULL)
		engine_dirty(e, now);
}
