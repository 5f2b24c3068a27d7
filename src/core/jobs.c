/*
 * jobs.c - targets that nobody probes: cron jobs and the like, which report
 * themselves (INTERFACE "pings").
 *
 * What a job says, and that it says nothing, become observations here; from
 * there on a job is a target like others, down at once and up at once. It asks
 * no references: a report needs none, and a silence is put off by exactly the
 * time in which we could not hear, as a deadman's is: away, isolated, or while
 * our own listener does not answer. How long is too long is job.c's.
 */
#include <assert.h>

#include "core/engine_parts.h"

#define BOOKED_EVERY (15 * USEC_PER_MIN) /* of a job that is heard of once a month the days go on */
#define DOUBT_PAUSE USEC_PER_SEC	 /* until it is known whether our listener fails */
#define SAVED_EVERY USEC_PER_MIN
#define SAVED_SOON (10 * USEC_PER_SEC) /* while we are young: that may be a crash loop */
#define YOUNG (10 * USEC_PER_MIN)

static uint32_t first_job(const struct engine *e)
{
	return (uint32_t)(e->plan->targets_n - e->plan->pings_n);
}

struct job *job_at(struct engine *e, uint32_t target)
{
	assert(is_job(e, target));
	return &e->jobs[target - first_job(e)];
}

static struct job_lapse lapse_of(struct engine *e, uint32_t target, struct now now)
{
	const struct ping_plan *ping = e->plan->targets[target].ping;
	struct job_rule rule = { .period = ping->period, .grace = ping->grace };

	return job_lapse(job_at(e, target), &rule, now);
}

void jobs_begin(struct engine *e, struct now now)
{
	e->listened = e->jobs_booked = now.mono;
	for (size_t i = 0; i < e->plan->pings_n; i++)
		job_init(&e->jobs[i], now);
}

void jobs_excuse(struct engine *e, usec_t span, struct now now)
{
	for (size_t i = 0; i < e->plan->pings_n; i++)
		job_excuse(&e->jobs[i], span, now.mono);
}

/* ---- days ---- */

static wall_t earlier(wall_t a, wall_t b)
{
	return a.us < b.us ? a : b;
}

/* It is well until its next run is due; whether it still is then, that run tells. */
static wall_t known_until(struct engine *e, uint32_t target, struct now now)
{
	const struct job *j = job_at(e, target);
	wall_t until = earlier(now.wall, lapse_of(e, target, now).since.wall);

	return wall_is_set(j->started.wall) ? earlier(until, j->started.wall) : until;
}

void job_book(struct engine *e, uint32_t target, struct now now)
{
	if (is_planned(e, target)) {
		rollup_book(&e->rollups[target], now.wall, BOOK_PLANNED);
		return;
	}
	switch (e->checks[target].verdict.state) {
	case VERDICT_UP:
		rollup_book(&e->rollups[target], known_until(e, target, now), BOOK_UP);
		break;
	case VERDICT_DOWN:
		rollup_book(&e->rollups[target], now.wall, BOOK_DOWN);
		break;
	case VERDICT_UNKNOWN:
	case VERDICT_SUSPECT:
	case VERDICT_RECOVERING:
	case VERDICT_PAUSED:
	case VERDICT_COUNT:
		break;
	}
}

/* While isolated nothing is certain; what was so before is booked when it ends. */
void jobs_book(struct engine *e, struct now now)
{
	for (uint32_t i = first_job(e); i < e->plan->targets_n; i++)
		if (e->vantage_state != VANTAGE_ISOLATED)
			job_book(e, i, now);
}

static mono_t book_sometimes(struct engine *e, struct now now)
{
	if (mono_span(e->jobs_booked, now.mono) >= BOOKED_EVERY) {
		e->jobs_booked = now.mono;
		jobs_book(e, now);
		for (uint32_t i = first_job(e); i < e->plan->targets_n; i++)
			day_record(e, i, now);
	}
	return mono_add(e->jobs_booked, BOOKED_EVERY);
}

/*
 * What was not saved counts as our absence: a crash loop must not put a silence off (DECISIONS 2).
 */
static mono_t save_sometimes(struct engine *e, struct now now)
{
	usec_t pause = mono_span(e->began, now.mono) < YOUNG ? SAVED_SOON : SAVED_EVERY;

	if (mono_span(e->dirtied, now.mono) >= pause)
		engine_dirty(e, now);
	return mono_add(e->dirtied, pause);
}

/* ---- what is said ---- */

/* `since`: when what is reported began to be so; `took`: the run that it ends, 0: unknown. */
static void report(struct engine *e, uint32_t target, struct outcome outcome, struct now since,
		   usec_t took, struct now now)
{
	struct observation o = {
		.target = target,
		.started = since,
		.ended = now.mono,
		.outcome = outcome,
		.is_reached = outcome.cause != CAUSE_SILENT,
		.total_us = took,
	};

	for (int phase = 0; phase < PHASE_COUNT; phase++)
		o.phase_us[phase] = PHASE_NOT_REACHED;
	check_report(e, &o, now);
}

/* Of the moment in which it came. */
static void heard(struct engine *e, uint32_t target, enum cause cause, usec_t took, struct now now)
{
	job_book(e, target, now);
	report(e, target, (struct outcome){ PHASE_BODY, cause }, now, took, now);
}

bool job_has_reported(const struct engine *e, uint32_t target, wall_t since)
{
	const struct job *j = &e->jobs[target - first_job(e)];

	return wall_is_set(j->last.wall) &&
	       (j->last.mono.us >= e->began.us || j->last.wall.us > since.us);
}

void engine_ping(struct engine *e, uint32_t target, enum ping ping, enum family by,
		 struct now now)
{
	struct job *j;

	assert(target < e->plan->targets_n && is_job(e, target));
	step_look(e, now);
	j = job_at(e, target);
	way_of_job(e, target)->by = by;
	switch (ping) {
	case PING_OK:
		heard(e, target, CAUSE_PASS, job_end(j, now), now);
		break;
	case PING_FAIL:
		heard(e, target, CAUSE_REPORTED, job_fail(j, now), now);
		break;
	case PING_START:
		job_start(j, now);
		break;
	}
	engine_dirty(e, now);
}

/* ---- what is not said ---- */

void job_excuse_planned(struct engine *e, uint32_t target, mono_t until, struct now now)
{
	mono_t began = e->planned[target].began.mono;
	mono_t from = began.us > e->listened.us ? began : e->listened;

	if (e->vantage_state != VANTAGE_ISOLATED && mono_span(from, until) > 0)
		job_excuse(job_at(e, target), mono_span(from, until), now.mono);
}

/*
 * What our own listener cannot hear is nobody's silence, nor is it one while the
 * job's machine is worked at. It is put off as it passes, so that it is put off
 * once whatever else comes. While isolated, and in a gap, all of the time is put
 * off already.
 */
static void excuse_deafness(struct engine *e, struct now now)
{
	bool is_deaf = e->listener == LISTENER_FAILS;
	mono_t from = mono_min(e->is_deaf ? e->listened : listener_lost(e), now.mono);

	if (from.us < e->deaf_until.us)
		from = e->deaf_until; /* it was put off before we were cut off in between */
	for (uint32_t i = first_job(e); i < e->plan->targets_n; i++) {
		if (is_planned(e, i))
			job_excuse_planned(e, i, now.mono, now);
		else if (is_deaf && e->vantage_state != VANTAGE_ISOLATED)
			job_excuse(job_at(e, i), mono_span(from, now.mono), now.mono);
	}
	if (is_deaf || e->vantage_state == VANTAGE_ISOLATED)
		e->deaf_until = now.mono;
	e->is_deaf = is_deaf;
	e->listened = now.mono;
}

bool jobs_are_put_off(const struct engine *e)
{
	if (e->plan->pings_n == 0)
		return false;
	for (uint32_t i = first_job(e); i < e->plan->targets_n; i++)
		if (is_planned(e, i))
			return true;
	return e->is_deaf || listener_lost(e).us != INT64_MAX;
}

static mono_t job_advance(struct engine *e, uint32_t target, struct now now)
{
	struct job_lapse lapse = lapse_of(e, target, now);
	struct outcome outcome = { lapse.is_hanging ? PHASE_BODY : PHASE_WAIT, CAUSE_SILENT };

	if (verdict_is_failing(e->checks[target].verdict.state) || is_planned(e, target))
		return MONO_NEVER;
	if (!mono_reached(lapse.deadline, now.mono))
		return lapse.deadline;
	if (listener_lost(e).us != INT64_MAX)
		return mono_add(now.mono, DOUBT_PAUSE);
	/* What outlasts planned work begins at its end. */
	if (e->planned && e->planned[target].ended.mono.us > lapse.since.mono.us)
		lapse.since = e->planned[target].ended;
	report(e, target, outcome, lapse.since, mono_span(lapse.since.mono, now.mono), now);
	return MONO_NEVER;
}

mono_t jobs_advance(struct engine *e, struct now now)
{
	mono_t wake;

	excuse_deafness(e, now);
	if (e->plan->pings_n == 0 || e->vantage_state == VANTAGE_ISOLATED)
		return MONO_NEVER;
	wake = mono_min(book_sometimes(e, now), save_sometimes(e, now));
	for (uint32_t i = first_job(e); i < e->plan->targets_n; i++)
		wake = mono_min(wake, job_advance(e, i, now));
	return wake;
}
