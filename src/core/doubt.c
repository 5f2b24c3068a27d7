/*
 * doubt.c - are our references what is broken, rather than our own link?
 *
 * While they do not answer, and no beat comes, the mail relays are asked: by a
 * connection, from far enough that an answer crossed our link. One that has
 * answered over and over for a quarter of an hour overrules them: targets are
 * judged again, vouched for by the relay, and what is found is said to be
 * unconfirmed. A provider that blocks the references thus delays us and does
 * not make us mute (DECISIONS 2; reliability.md 8, rules 15 and 16). When the
 * relay falls silent, too, or the references are back, this is over.
 *
 * A relay on this machine or in its private network proves nothing. Without
 * another one nothing is said while the references are silent.
 */
#include "core/engine_parts.h"

#define ASK_PAUSE (30 * USEC_PER_SEC)
#define OVERRULES_AFTER (15 * USEC_PER_MIN)
#define ANSWERS_ENOUGH 3
#define ANSWER_LASTS (90 * USEC_PER_SEC)

static bool is_relay(const struct engine *e, uint32_t index)
{
	return e->plan->targets[index].role == ROLE_RELAY;
}

void doubt_ask(struct engine *e, struct now now)
{
	if (vantage_has_quorum(&e->vantage))
		return;
	for (uint32_t i = (uint32_t)(e->plan->targets_n + e->plan->references_n); i < e->checks_n;
	     i++)
		if (is_relay(e, i))
			check_due_now(e, i, now.mono);
}

/* The next question comes with doubt_advance(). */
void doubt_hear(struct engine *e, const struct observation *o, struct now now)
{
	struct doubt *d = &e->doubt;

	if (o->outcome.cause != CAUSE_PASS || address_is_private(&o->address))
		return;
	if (mono_span(d->answered, o->started.mono) > ANSWER_LASTS)
		d->answers = 0;
	d->answers++;
	d->answered = o->started.mono;
	vantage_relay(&e->vantage, o->address.family, o->started.mono);
	checks_release_held(e, now);
}

static bool is_overruled(const struct engine *e, struct now now)
{
	const struct doubt *d = &e->doubt;

	if (mono_span(d->answered, now.mono) > ANSWER_LASTS)
		return false;
	return e->vantage.is_overruled ||
	       (e->vantage_state == VANTAGE_ISOLATED && d->answers >= ANSWERS_ENOUGH &&
		mono_span(e->isolated_since.mono, now.mono) >= OVERRULES_AFTER);
}

bool doubt_may_tell(struct engine *e)
{
	bool was_told = e->doubt.is_told;

	e->doubt.is_told = e->vantage.is_overruled;
	return !was_told || !e->vantage.is_overruled;
}

mono_t doubt_advance(struct engine *e, struct now now)
{
	bool is_silent = e->plan->references_n > 0 && !vantage_has_quorum(&e->vantage);

	vantage_overrule(&e->vantage, is_silent && is_overruled(e, now));
	if (!is_silent) {
		e->doubt.is_told = false;
		return MONO_NEVER;
	}
	if (mono_span(e->doubt.asked, now.mono) >= ASK_PAUSE) {
		e->doubt.asked = now.mono;
		doubt_ask(e, now);
	}
	return mono_add(e->doubt.asked, ASK_PAUSE);
}

void doubt_begin(struct engine *e)
{
	e->doubt.asked.us = e->doubt.answered.us = INT64_MIN / 2;
}
