/*
 * witnesses.c - those who are asked about a deadman, as the engine sees them:
 * when they are asked, which of their answers count, and what is judged anew
 * because of them. How it is judged is pull.c's.
 */
#include <assert.h>
#include <string.h>

#include "core/engine_parts.h"
#include "core/schedule.h"

#define VALID_INTERVALS 3 /* so long an answer tells of the present */

static const struct target_plan *plan_of(const struct engine *e, uint32_t index)
{
	return &e->plan->targets[index];
}

static uint32_t first_witness(const struct engine *e)
{
	return (uint32_t)(e->plan->targets_n + e->plan->references_n);
}

bool is_witness(const struct engine *e, uint32_t index)
{
	return index >= first_witness(e);
}

struct witness *witness_at(struct engine *e, uint32_t index)
{
	assert(is_witness(e, index));
	return &e->witnesses[index - first_witness(e)];
}

static struct pull_rule rule_for(const struct engine *e, uint32_t watchdog)
{
	const struct watchdog_plan *w = &e->plan->watchdogs[watchdog];

	return (struct pull_rule){ .period = w->period, .window = w->period + w->grace };
}

void witnesses_begin(struct engine *e, struct now now)
{
	for (uint32_t i = first_witness(e); i < e->checks_n; i++) {
		const struct target_plan *t = plan_of(e, i);

		witness_init(witness_at(e, i), VALID_INTERVALS * t->interval + t->timeout);
		e->checks[i].last_started.us = INT64_MIN / 2;
		if (t->role != ROLE_RELAY)
			heap_set(&e->due, i, now.mono);
	}
}

/* NULL: this watchdog has none of the kind. */
static const struct witness *witness_of(const struct engine *e, uint32_t watchdog, enum role role)
{
	for (uint32_t i = first_witness(e); i < e->checks_n; i++)
		if (plan_of(e, i)->role == role && plan_of(e, i)->watchdog == watchdog)
			return &e->witnesses[i - first_witness(e)];
	return NULL;
}

void witnesses_forget(struct engine *e, uint32_t watchdog)
{
	for (uint32_t i = first_witness(e); i < e->checks_n; i++)
		if (plan_of(e, i)->watchdog == watchdog)
			witness_init(witness_at(e, i), witness_at(e, i)->valid);
	e->pulls[watchdog] = (struct pull_state){ .verdict = PULL_NONE };
}

struct pull_evidence evidence_of(const struct engine *e, uint32_t watchdog)
{
	return (struct pull_evidence){
		.alertmanager = witness_of(e, watchdog, ROLE_ALERTMANAGER),
		.prometheus = witness_of(e, watchdog, ROLE_PROMETHEUS),
		.deadman = &e->deadmen[watchdog],
	};
}

/* ---- asking ---- */

void witness_plan_next(struct engine *e, uint32_t index, bool was_conclusive, struct now now)
{
	const struct target_plan *t = plan_of(e, index);
	const struct witness *w = witness_at(e, index);
	bool is_hasty = !was_conclusive || witness_needs_confirmation(w);
	mono_t decides = MONO_NEVER;

	if (t->role != ROLE_LISTENER) {
		struct pull_rule rule = rule_for(e, t->watchdog);

		decides = witness_decides(w, &rule);
	}
	if (!e->checks[index].is_running)
		heap_set(&e->due, index, schedule_witness(t, is_hasty, decides, now.mono));
}

/* All, or those of one stack and the listener: as soon as their spacing has passed. */
void witnesses_ask(struct engine *e, uint32_t stack, struct now now)
{
	for (uint32_t i = first_witness(e); i < e->checks_n; i++) {
		const struct target_plan *t = plan_of(e, i);
		mono_t spaced = mono_add(e->checks[i].last_started, schedule_spacing(t));

		if (t->role == ROLE_RELAY)
			continue;
		if (t->role != ROLE_LISTENER && stack != NONE_INDEX &&
		    e->plan->watchdogs[t->watchdog].stack != stack)
			continue;
		check_due_now(e, i, mono_reached(spaced, now.mono) ? now.mono : spaced);
	}
}

/* ---- hearing ---- */

/* The listener is reached or not; what else it says is nobody's business. */
static bool is_silent(const struct engine *e, const struct observation *o)
{
	return plan_of(e, o->target)->role == ROLE_LISTENER ? o->outcome.cause != CAUSE_PASS
							    : witness_is_silent(o);
}

/* It answers again for so short a time that the beats may still have to come. */
static bool is_listener_back(const struct engine *e)
{
	for (uint32_t i = 0; i < e->plan->watchdogs_n; i++)
		if (listener_is_back(e, i))
			return true;
	return false;
}

static void hear_listener(struct engine *e, struct witness *w, struct now started)
{
	bool was_back = is_listener_back(e);

	witness_greet(w, started);
	if (was_back && !is_listener_back(e))
		cases_touch_all(e); /* what they were lost by is not the listener any more */
}

static void hear(struct engine *e, const struct observation *o)
{
	const struct target_plan *t = plan_of(e, o->target);
	struct witness *w = witness_at(e, o->target);

	if (t->role == ROLE_LISTENER) {
		hear_listener(e, w, o->started);
	} else {
		struct pull_rule rule = rule_for(e, t->watchdog);

		witness_hear(w, &rule, o);
	}
}

void witness_missed(struct engine *e, uint32_t index, struct now started)
{
	witness_miss(witness_at(e, index), started, e->setbacks[index].note);
}

/*
 * While isolated nothing is heard, and a miss waits until references vouch for
 * us. An answer that our own limit cut is one all the same: it says nothing.
 */
void witness_observe(struct engine *e, const struct observation *o, bool is_conclusive,
		     struct now now)
{
	bool counts = (is_conclusive || o->outcome.cause == CAUSE_CUT) &&
		      e->vantage_state != VANTAGE_ISOLATED;

	if (plan_of(e, o->target)->role == ROLE_RELAY) {
		doubt_hear(e, o, now);
		return;
	}
	if (counts && is_silent(e, o) && o->started.mono.us < e->isolated_until.us)
		counts = false; /* it began while we were cut off */
	if (counts && is_silent(e, o)) {
		check_await_references(e, o->target, o->started, now);
		return;
	}
	if (counts) {
		hear(e, o);
		engine_dirty(e, now);
	}
	witness_plan_next(e, o->target, counts, now);
}

void witnesses_excuse(struct engine *e, usec_t span)
{
	for (size_t i = 0; i < e->plan->witnesses_n; i++)
		witness_excuse(&e->witnesses[i], span);
	/* Nor could an answer come that we wait for. */
	for (size_t i = 0; i < e->plan->watchdogs_n; i++)
		if (e->pulls[i].verdict == PULL_NONE && e->pulls[i].since.us != 0)
			e->pulls[i].since = mono_add(e->pulls[i].since, span);
}

/* ---- judging ---- */

static void record_pull(struct engine *e, uint32_t watchdog, enum pull from, struct now now)
{
	struct record record = {
		.kind = RECORD_TRANSITION,
		.now = now,
		.from = pull_name(from),
		.to = pull_name(e->pulls[watchdog].verdict),
		.outcome = { PHASE_BODY, CAUSE_PASS },
	};

	for (uint32_t i = first_witness(e); i < e->checks_n && !record.name; i++)
		if (plan_of(e, i)->role != ROLE_LISTENER && plan_of(e, i)->watchdog == watchdog)
			record.name = plan_of(e, i)->name;
	if (record.name)
		e->effects.record(e->effects.ctx, &record);
}

static mono_t pull_advance_one(struct engine *e, uint32_t watchdog, struct now now)
{
	struct pull_state *p = &e->pulls[watchdog];
	struct pull_rule rule = rule_for(e, watchdog);
	struct pull_evidence ev = evidence_of(e, watchdog);
	enum pull from = p->verdict;
	bool was_guilty = pull_is_guilty(p);

	if (was_guilty)
		deadman_book(e, watchdog, now);
	if (pull_advance(p, &rule, &ev, now)) {
		/* What has come since its last evaluation were echoes. */
		if (!was_guilty && pull_is_guilty(p))
			rollup_refute(&e->rollups[member_of_watchdog(e, watchdog)],
				      p->blamed_from.wall);
		if (p->verdict != from)
			record_pull(e, watchdog, from, now);
		engine_dirty(e, now);
		e->effects.publish(e->effects.ctx);
		cases_touch(e, e->plan->watchdogs[watchdog].stack);
	}
	return pull_wake(p, &rule, &ev, now.mono);
}

static mono_t listener_advance(struct engine *e, struct now now)
{
	enum listener from = e->listener;
	mono_t wake = MONO_NEVER;

	e->listener = LISTENER_UNKNOWN;
	for (uint32_t i = first_witness(e); i < e->checks_n; i++) {
		const struct witness *w = witness_at(e, i);

		if (plan_of(e, i)->role != ROLE_LISTENER)
			continue;
		e->listener = listener_judge(w, from, now.mono);
		if (witness_is_current(w, now.mono))
			wake = mono_add(w->asked.mono, w->valid + 1);
	}
	if (e->listener != from) {
		e->effects.publish(e->effects.ctx);
		cases_touch_all(e);
	}
	return wake;
}

mono_t witnesses_advance(struct engine *e, struct now now)
{
	mono_t wake = listener_advance(e, now);

	for (uint32_t i = 0; i < e->plan->watchdogs_n; i++)
		wake = mono_min(wake, pull_advance_one(e, i, now));
	return wake;
}

bool watchdog_is_open(const struct engine *e, uint32_t watchdog, struct now now)
{
	struct pull_rule rule = rule_for(e, watchdog);

	return pull_is_open(&e->pulls[watchdog], &rule, now.mono);
}

static mono_t later(mono_t a, mono_t b)
{
	return a.us > b.us ? a : b;
}

/* What was lost before this life was put off in that one. */
mono_t listener_lost(const struct engine *e)
{
	for (uint32_t i = first_witness(e); i < e->checks_n; i++) {
		const struct witness *w = &e->witnesses[i - first_witness(e)];

		if (plan_of(e, i)->role == ROLE_LISTENER && w->said == SAID_UNREACHABLE &&
		    witness_is_current(w, e->advanced))
			return later(w->since, e->began);
	}
	return MONO_NEVER;
}

bool listener_is_back(const struct engine *e, uint32_t watchdog)
{
	struct pull_rule rule = rule_for(e, watchdog);

	for (uint32_t i = first_witness(e); i < e->checks_n; i++)
		if (plan_of(e, i)->role == ROLE_LISTENER)
			return e->listener == LISTENER_OK &&
			       witness_lasted(&e->witnesses[i - first_witness(e)]) < rule.window;
	return false;
}
