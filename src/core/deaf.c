/*
 * deaf.c - what we turned away for want of our own memory or descriptors may
 * have been beats, and reports of jobs: nobody is silent for that.
 *
 * A shortage must not hold back an outage: nothing else is put off, and a
 * silence within an hour by no more than its own patience (DECISIONS 2).
 */
#include "core/engine_parts.h"

/* What is left of `span` when so much of an hour's `most` is used up. */
static usec_t allowed(usec_t used, usec_t span, usec_t most)
{
	usec_t left = most > used ? most - used : 0;

	return span < left ? span : left;
}

static void excuse_watchdogs(struct engine *e, usec_t used, usec_t span, struct now now)
{
	for (uint32_t i = 0; i < e->plan->watchdogs_n; i++) {
		const struct watchdog_plan *w = &e->plan->watchdogs[i];

		deadman_excuse(&e->deadmen[i], allowed(used, span, w->period + w->grace), now.mono);
	}
}

/* With a listener that fails, and in planned work, theirs is put off already. */
static void excuse_jobs(struct engine *e, usec_t used, usec_t span, struct now now)
{
	uint32_t first = (uint32_t)(e->plan->targets_n - e->plan->pings_n);

	for (uint32_t i = 0; i < e->plan->pings_n && !e->is_deaf; i++) {
		const struct ping_plan *p = e->plan->targets[first + i].ping;

		if (!is_planned(e, first + i))
			job_excuse(&e->jobs[i], allowed(used, span, p->period + p->grace),
				   now.mono);
	}
}

void engine_deaf(struct engine *e, usec_t span, struct now now)
{
	if (e->vantage_state == VANTAGE_ISOLATED)
		return; /* all of the time is put off as it passes */
	if (mono_span(e->turned_away_since, now.mono) >= USEC_PER_HOUR) {
		e->turned_away_since = now.mono;
		e->turned_away = 0;
	}
	excuse_watchdogs(e, e->turned_away, span, now);
	excuse_jobs(e, e->turned_away, span, now);
	e->turned_away += span;
	engine_dirty(e, now);
}
