/*
 * retract.c - what was taken for a target's failure and was our own.
 *
 * Our link of its family was gone, our clock was wrong, or so much time has
 * passed that what failed then says nothing of what fails now.
 */
#include "core/engine_parts.h"

#define FAILURES_TOGETHER (5 * USEC_PER_MIN) /* re-tests come within one; some may be lost */

/*
 * What began this fall was ours, though nobody knew it then. Of whom a notice of another life says
 * that he is down, nothing is known any more.
 */
static void check_retract(struct engine *e, uint32_t index, struct now now)
{
	struct verdict *v = &e->checks[index].verdict;
	enum verdict_state from = v->state;

	if (e->members[index].is_failing)
		verdict_forget(v, now);
	else
		(void)verdict_retract(v, now);
	if (v->state != from)
		check_record(e, index, from, now);
	check_touch(e, index);
	engine_dirty(e, now);
}

static bool is_falling(const struct verdict *v)
{
	return verdict_is_open(v->state) && v->streak > 0;
}

/*
 * Failures that are to be taken together follow each other. Resolvers that answered nobody, planned
 * work or a suspend may have come between.
 */
void check_retract_old(struct engine *e, uint32_t index, struct now started, struct now now)
{
	const struct check *c = &e->checks[index];
	mono_t held = e->setbacks[index].held_started.mono;
	mono_t last = c->last_told.us > held.us ? c->last_told : held;

	if (is_falling(&c->verdict) && mono_span(last, started.mono) > FAILURES_TOGETHER)
		check_retract(e, index, now);
}

void checks_retract(struct engine *e, enum family family, mono_t since, struct now now)
{
	for (uint32_t i = 0; i < e->plan->targets_n; i++) {
		const struct verdict *v = &e->checks[i].verdict;

		if (is_job(e, i) || !is_falling(v) || family_of(e, i) != family)
			continue;
		if (mono_reached(since, v->streak_began.mono))
			check_retract(e, i, now);
		else if (v->streak > 1) /* re-tests follow each other sooner than that */
			verdict_unstep(&e->checks[i].verdict);
	}
}

/* What failed in the same way before was ours as well. */
static void forgive_fall(struct engine *e, uint32_t index, struct now now)
{
	enum cause cause = e->setbacks[index].outcome.cause;

	if (is_falling(&e->checks[index].verdict) &&
	    (cause == CAUSE_EXPIRED || cause == CAUSE_CERTIFICATE))
		check_retract(e, index, now);
}

/* Whether it is well nobody knows, but whoever shows a certificate is reached. */
void check_forgive_certificate(struct engine *e, uint32_t index, struct now now)
{
	struct check *c = &e->checks[index];

	if (index >= e->plan->targets_n)
		return;
	forgive_fall(e, index, now);
	if (verdict_is_failing(c->verdict.state) && !c->is_reached) {
		c->is_reached = true;
		cases_touch(e, e->plan->targets[index].stack);
	}
}

void checks_forgive_certificates(struct engine *e, struct now now)
{
	for (uint32_t i = 0; i < e->plan->targets_n; i++)
		forgive_fall(e, i, now);
}
