/*
 * schedule.c - grid slots for the healthy, re-tests for the suspect.
 *
 * Pure. Re-tests count from the end of the run before (DECISIONS 2), each
 * with a fresh DNS answer, which is the probe's business.
 */
#include "core/schedule.h"

#include "base/key.h"

#define WITNESS_RETRY (20 * USEC_PER_SEC)
#define FIRST_RUN_PACE (20 * USEC_PER_MS) /* one target: 50 first runs a second */

static usec_t shorter(usec_t a, usec_t b)
{
	return a < b ? a : b;
}

mono_t schedule_first(const struct target_plan *target, size_t count, mono_t now)
{
	usec_t window = shorter(target->interval, (usec_t)count * FIRST_RUN_PACE);

	return mono_add(now, (usec_t)(key_text(target->name) % (uint64_t)window));
}

/* The next grid slot after `now`. */
static mono_t next_slot(const struct target_plan *target, usec_t interval, mono_t now)
{
	usec_t phase = (usec_t)(key_text(target->name) % (uint64_t)interval);
	usec_t past = (now.us - phase) % interval;

	if (past < 0)
		past += interval;
	return mono_add(now, interval - past);
}

static usec_t retest_after(const struct target_plan *target, unsigned failures)
{
	unsigned step = failures > 0 ? failures - 1 : 0;

	if (target->retests == 0)
		return shorter(target->interval, SCHEDULE_TROUBLED);
	if (step >= target->retests)
		step = target->retests - 1;
	return target->retest[step];
}

usec_t schedule_spacing(const struct target_plan *target)
{
	if (target->role > ROLE_REFERENCE)
		return shorter(WITNESS_RETRY, target->interval / 3);
	return retest_after(target, 1);
}

/*
 * Spread the passes that a recovery needs over the span that it needs; more of
 * them, when that is long: what is not up is never looked at more rarely than
 * what is.
 */
static mono_t next_of_recovery(const struct target_plan *target, mono_t started, mono_t now)
{
	usec_t longest = shorter(target->interval, SCHEDULE_TROUBLED);
	usec_t pauses = (target->settle + longest - 1) / longest;
	mono_t due;

	if (pauses < (usec_t)target->rise - 1)
		pauses = (usec_t)target->rise - 1;
	if (pauses == 0)
		pauses = 1;
	due = mono_add(started, (target->settle + pauses - 1) / pauses);
	return mono_reached(due, now) ? mono_add(now, USEC_PER_MS) : due;
}

static mono_t next_of_reference(const struct target_plan *target, const struct verdict *verdict,
				mono_t now)
{
	if (verdict->state == VERDICT_UP)
		return next_slot(target, target->interval, now);
	return mono_add(now, shorter(target->interval, SCHEDULE_REFERENCE_RETRY));
}

mono_t schedule_witness(const struct target_plan *target, bool is_hasty, mono_t decides, mono_t now)
{
	mono_t due = next_slot(target, target->interval, now);

	if (is_hasty)
		due = mono_min(due, mono_add(now, schedule_spacing(target)));
	return decides.us > now.us ? mono_min(due, decides) : due;
}

mono_t schedule_next(const struct target_plan *target, const struct verdict *verdict,
		     bool was_conclusive, mono_t started, mono_t now)
{
	usec_t troubled = shorter(target->interval, SCHEDULE_TROUBLED);

	if (target->role == ROLE_REFERENCE)
		return next_of_reference(target, verdict, now);
	switch (verdict->state) {
	case VERDICT_UP:
	case VERDICT_PAUSED:
	case VERDICT_COUNT:
		if (was_conclusive)
			return next_slot(target, target->interval, now);
		return mono_add(now, shorter(troubled, schedule_spacing(target)));
	case VERDICT_UNKNOWN:
	case VERDICT_SUSPECT:
		return mono_add(now, retest_after(target, verdict->streak));
	case VERDICT_DOWN:
		return next_slot(target, troubled, now);
	case VERDICT_RECOVERING:
		return next_of_recovery(target, started, now);
	}
	return mono_add(now, troubled);
}
