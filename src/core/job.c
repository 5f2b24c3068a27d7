/*
 * job.c - when a job that reports itself is overdue.
 *
 * Pure. Two limits, and the earlier one holds, as operators know it from other
 * such services:
 *   silent    period + grace after the last good report; after the start, when
 *             there was none ever, but not before 10 min: who sets it up is
 *             given time to
 *   hanging   grace after a /start without an end. So grace must cover a run's
 *             length, and a /start puts the first limit off by nothing: a job
 *             that begins again and again and never ends is silent all the same
 */
#include "core/job.h"

#define FIRST_PATIENCE (10 * USEC_PER_MIN)

void job_init(struct job *j, struct now now)
{
	*j = (struct job){ .began = now.mono };
}

void job_start(struct job *j, struct now now)
{
	j->started = now;
	j->put_off = 0;
}

static bool is_under_way(const struct job *j)
{
	return wall_is_set(j->started.wall);
}

static usec_t run_over(struct job *j, struct now now)
{
	usec_t took = is_under_way(j) ? mono_span(j->started.mono, now.mono) : 0;

	j->started = (struct now){ 0 };
	j->put_off = 0;
	return took > 0 ? took : 0;
}

usec_t job_end(struct job *j, struct now now)
{
	j->last = now;
	j->began = now.mono;
	return run_over(j, now);
}

usec_t job_fail(struct job *j, struct now now)
{
	return run_over(j, now);
}

static usec_t patience(const struct job *j, const struct job_rule *rule)
{
	usec_t span = rule->period + rule->grace;

	return wall_is_set(j->last.wall) || span > FIRST_PATIENCE ? span : FIRST_PATIENCE;
}

/* A moment of the monotonic clock, as the clock on the wall shows it now. */
static struct now moment(mono_t at, struct now now)
{
	return (struct now){ at, { now.wall.us - mono_span(at, now.mono) } };
}

struct job_lapse job_lapse(const struct job *j, const struct job_rule *rule, struct now now)
{
	mono_t silent = mono_add(j->began, patience(j, rule));
	mono_t hanging = MONO_NEVER;

	if (is_under_way(j))
		hanging = mono_add(j->started.mono, j->put_off + rule->grace);
	if (hanging.us < silent.us)
		return (struct job_lapse){ hanging, moment(j->started.mono, now), true };
	return (struct job_lapse){ silent, moment((mono_t){ silent.us - rule->grace }, now),
				   false };
}

/* What it said in that very span is not put off by it. */
void job_excuse(struct job *j, usec_t span, mono_t now)
{
	usec_t lasted = is_under_way(j) ? mono_span(j->started.mono, now) : 0;

	j->began = mono_min(mono_add(j->began, span), now);
	if (lasted > 0)
		j->put_off += span < lasted ? span : lasted;
}

void job_trust(struct job *j, struct now now)
{
	j->began = now.mono;
	(void)run_over(j, now);
}
