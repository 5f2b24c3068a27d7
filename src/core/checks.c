/*
 * checks.c - one target's observations become its verdict.
 *
 * Decides whether an observation counts (our own faults and our own isolation
 * never do), steps the verdict, books the day and plans the next run. What a
 * verdict means for the stack is cases.c's.
 */
#include <string.h>

#include "base/words.h"
#include "core/engine_parts.h"
#include "core/schedule.h"


static const struct target_plan *plan_of(const struct engine *e, uint32_t index)
{
	return &e->plan->targets[index];
}

static bool is_reference(const struct engine *e, uint32_t index)
{
	return index >= e->plan->targets_n;
}

/* ---- verdicts ---- */

void check_record(struct engine *e, uint32_t index, enum verdict_state from, struct now now)
{
	const struct check *c = &e->checks[index];
	struct record record = {
		.kind = RECORD_TRANSITION,
		.now = now,
		.name = plan_of(e, index)->name,
		.from = verdict_name(from),
		.to = verdict_name(c->verdict.state),
		.outcome = c->verdict.state == VERDICT_DOWN || c->verdict.state == VERDICT_SUSPECT
				   ? e->setbacks[index].outcome
				   : (struct outcome){ PHASE_BODY, CAUSE_PASS },
	};

	e->effects.record(e->effects.ctx, &record);
}

/* What depends on it may be of another stack. */
void check_touch(struct engine *e, uint32_t index)
{
	if (e->checks[index].is_parent)
		cases_touch_all(e);
	else
		cases_touch(e, plan_of(e, index)->stack);
}

static struct verdict_rule rule_of(const struct target_plan *t)
{
	if (t->role == ROLE_REFERENCE)
		return (struct verdict_rule){ .fall = 1, .rise = 1 };
	return (struct verdict_rule){ .fall = t->fall, .rise = t->rise, .settle = t->settle };
}

/* Of our own absence nothing is to be made. */
static mono_t unseen_since(const struct engine *e, const struct check *c, struct now started)
{
	mono_t here = e->resumed.us > e->began.us ? e->resumed : e->began;

	return c->last_told.us > here.us ? c->last_told : started.mono;
}

static void check_step(struct engine *e, uint32_t index, enum signal signal, bool is_vouched,
		       struct now started, struct now now)
{
	struct check *c = &e->checks[index];
	struct verdict_rule rule = rule_of(plan_of(e, index));
	enum verdict_state from = c->verdict.state;
	unsigned streak = c->verdict.streak;
	bool was_out_of_sight = !is_reference(e, index) && is_out_of_sight(e, index);
	bool is_changed = verdict_step(&c->verdict, &rule, signal, is_vouched, started, now);

	if (signal == SIGNAL_FAIL && streak == 0)
		e->setbacks[index].unseen_since =
			was_out_of_sight ? unseen_since(e, c, started) : started.mono;
	if (is_changed && from == VERDICT_DOWN)
		e->setbacks[index].first_good = started;
	if (is_reference(e, index))
		return;
	c->last_told = now.mono;
	if (was_out_of_sight)
		check_touch(e, index);
	if (is_changed) {
		day_settle(e, index, from, started);
		check_record(e, index, from, now);
	} else {
		day_book(e, index, started.wall);
	}
	/* Streaks too: a crash loop must not put a verdict off (DECISIONS 2). */
	if (is_changed || streak != c->verdict.streak)
		engine_dirty(e, now);
	if (is_changed || (streak > 0) != (c->verdict.streak > 0)) {
		check_touch(e, index);
		e->effects.publish(e->effects.ctx);
	}
	if (c->verdict.streak == 1 && signal == SIGNAL_FAIL && !is_job(e, index))
		check_rally(e, index, now);
	day_record_sometimes(e, index, is_changed, now);
}

static void check_hold(struct engine *e, uint32_t index, struct now started, struct now now)
{
	struct check *c = &e->checks[index];

	if (!c->is_held)
		e->held++;
	c->is_held = true;
	e->setbacks[index].held_started = started;
	e->references_asked.us = INT64_MIN / 2; /* do not wait for the pause */
	checks_ask_references(e, now);
}

static void check_unhold(struct engine *e, uint32_t index)
{
	if (e->checks[index].is_held)
		e->held--;
	e->checks[index].is_held = false;
}

/* It is known to fail, and has failed in another way now. */
static bool fails_otherwise(const struct engine *e, uint32_t index)
{
	const struct check *c = &e->checks[index];
	const struct setback *setback = &e->setbacks[index];
	const struct unproven *last = &setback->last;

	return verdict_is_failing(c->verdict.state) &&
	       (last->is_reached != c->is_reached || last->is_address_good != c->is_address_good ||
		last->outcome.phase != setback->outcome.phase ||
		last->outcome.cause != setback->outcome.cause);
}

/* The next failure makes it DOWN, or down again: then somebody must vouch for us. */
static bool is_decisive(const struct verdict *v, unsigned fall)
{
	return v->state == VERDICT_RECOVERING ||
	       (!verdict_is_failing(v->state) && v->streak + 1 >= fall);
}

/*
 * A moment's trouble on the way looks like another failure: it has to be seen
 * twice, whatever came in between. Who was out of sight has no failure that is
 * known better.
 */
static bool is_first_otherwise(struct engine *e, uint32_t index)
{
	struct setback *setback = &e->setbacks[index];

	setback->is_doubted = fails_otherwise(e, index) && !setback->has_differed &&
			      !is_out_of_sight(e, index);
	setback->has_differed |= setback->is_doubted;
	return setback->is_doubted;
}

/*
 * How it failed last is what its failure is: the finding goes by it. Of a target
 * that fails already, a change of it is news for its stack.
 */
static void failure_take(struct engine *e, uint32_t index)
{
	struct check *c = &e->checks[index];
	struct setback *setback = &e->setbacks[index];
	const struct unproven *last = &setback->last;
	bool is_news = fails_otherwise(e, index);

	setback->has_differed = false;
	setback->outcome = last->outcome;
	setback->took = last->took;
	c->code = setback->code = last->code;
	c->is_reached = last->is_reached;
	c->is_address_good = last->is_address_good;
	words_copy(setback->note, sizeof setback->note, last->note);
	if (!is_news || is_reference(e, index))
		return;
	cases_touch(e, plan_of(e, index)->stack);
	e->effects.publish(e->effects.ctx);
}

/* It counts. */
static void check_failed(struct engine *e, uint32_t index, bool is_vouched, struct now started,
			 struct now now)
{
	if (!is_first_otherwise(e, index))
		failure_take(e, index);
	check_step(e, index, SIGNAL_FAIL, is_vouched, started, now);
}

/*
 * A failure counts only while we are online. It completes a fall, and changes
 * how a target is known to fail, only if references vouch.
 */
static void check_fail(struct engine *e, uint32_t index, struct now started, struct now now)
{
	struct check *c = &e->checks[index];
	const struct target_plan *t = plan_of(e, index);
	bool is_vouched;

	if (is_cut_off(e, index))
		return;
	check_retract_old(e, index, started, now);
	is_vouched = vantage_vouches(&e->vantage, family_of(e, index), started.mono);
	if (!is_vouched && (is_decisive(&c->verdict, t->fall) || fails_otherwise(e, index))) {
		check_hold(e, index, started, now);
		if (c->verdict.streak > 0 || verdict_is_failing(c->verdict.state))
			return;
	}
	check_failed(e, index, is_vouched, started, now);
}

/* While a run is under way its end plans the next one. */
static void check_plan_next(struct engine *e, uint32_t index, bool was_conclusive, mono_t started,
			    struct now now)
{
	const struct check *c = &e->checks[index];

	if (!c->is_running)
		heap_set(&e->due, index,
			 schedule_next(plan_of(e, index), &c->verdict, was_conclusive, started,
				       now.mono));
}

static void check_release(struct engine *e, uint32_t index, struct now now)
{
	struct check *c = &e->checks[index];

	check_unhold(e, index);
	if (is_witness(e, index)) {
		witness_missed(e, index, e->setbacks[index].held_started);
		witness_plan_next(e, index, true, now);
	} else {
		check_failed(e, index, true, e->setbacks[index].held_started, now);
		check_plan_next(e, index, !e->setbacks[index].is_doubted, c->last_started, now);
	}
}

void check_await_references(struct engine *e, uint32_t index, struct now started, struct now now)
{
	check_hold(e, index, started, now);
	if (vantage_vouches(&e->vantage, family_of(e, index), started.mono))
		check_release(e, index, now);
	else
		witness_plan_next(e, index, true, now);
}

void checks_release_held(struct engine *e, struct now now)
{
	for (uint32_t i = 0; e->held > 0 && i < e->checks_n; i++) {
		struct check *c = &e->checks[i];
		mono_t started = e->setbacks[i].held_started.mono;

		if (!c->is_held)
			continue;
		if (is_cut_off(e, i)) {
			check_unhold(e, i);
		} else if (vantage_vouches(&e->vantage, family_of(e, i), started)) {
			check_release(e, i, now);
		} else {
			if (vantage_was_proven_since(&e->vantage, started))
				check_due_now(e, i, now.mono);
			/* those under way began before the failure did */
			checks_ask_references(e, now);
		}
	}
}

/* ---- observations ---- */

static void remember_pass(struct check *c, const struct observation *o, const struct target_plan *t)
{
	c->last_ok = o->started.wall;
	for (size_t i = 0; i < PHASE_COUNT; i++)
		c->ok_phase_us[i] =
			o->phase_us[i] < INT32_MAX ? (int32_t)o->phase_us[i] : INT32_MAX;
	c->ok_total_us = o->total_us;
	c->is_slow = t->slow > 0 && o->total_us > t->slow;
	c->code = o->code;
}

/* Of a target it is taken when it counts; nobody vouches for references and witnesses. */
static void remember_failure(struct engine *e, const struct observation *o)
{
	struct unproven *last = &e->setbacks[o->target].last;

	last->outcome = o->outcome;
	last->took = o->total_us;
	last->code = o->code;
	last->is_reached = o->is_reached;
	last->is_address_good = o->is_address_good;
	words_copy(last->note, sizeof last->note, o->note);
	if (is_reference(e, o->target))
		failure_take(e, o->target);
}

/* All of us, or those of its family. */
static mono_t cut_off_until(const struct engine *e, uint32_t target)
{
	mono_t family = e->family_cut_until[family_of(e, target) == FAMILY_IPV6];

	return family.us > e->isolated_until.us ? family : e->isolated_until;
}

/*
 * It failed while we were cut off, or began then, or in planned work: that says
 * nothing of the target. How it failed is not kept either, or sites that answer with errors
 * would seem out of reach afterwards.
 */
static bool is_void(const struct engine *e, const struct observation *o)
{
	if (o->outcome.cause == CAUSE_PASS || o->target >= e->plan->targets_n ||
	    is_job(e, o->target))
		return false; /* a job needs no link of ours to say that it failed */
	return e->vantage_state == VANTAGE_ISOLATED ||
	       o->started.mono.us < cut_off_until(e, o->target).us ||
	       (e->planned && o->started.mono.us < e->planned[o->target].ended.mono.us);
}

static void remember(struct engine *e, const struct observation *o)
{
	struct check *c = &e->checks[o->target];
	const struct target_plan *t = plan_of(e, o->target);

	c->last_seen = o->started.wall;
	if (outcome_fault(o->outcome) != FAULT_VANTAGE)
		c->is_answering = o->outcome.cause == CAUSE_PASS;
	if (o->address.family != FAMILY_ANY)
		c->family = o->address.family;
	expiry_observe(e, o);
	if (o->outcome.cause == CAUSE_PASS) {
		remember_pass(c, o, t);
		if (!is_reference(e, o->target) && !is_job(e, o->target))
			latency_add(&e->latencies[o->target], o->started.wall, o->total_us);
	} else if (outcome_fault(o->outcome) == FAULT_TARGET && !is_void(e, o)) {
		remember_failure(e, o);
	}
}

static void reference_observe(struct engine *e, const struct observation *o, struct now now)
{
	bool has_answered = o->outcome.cause == CAUSE_PASS;

	vantage_answer(&e->vantage, o->target - e->plan->targets_n, has_answered, o->started.mono);
	check_step(e, o->target, has_answered ? SIGNAL_PASS : SIGNAL_FAIL, true, o->started, now);
}

/* The failure before it is still held: whether it was the target's will never be known. */
static void recovery_recount(struct engine *e, uint32_t index, struct now started)
{
	struct verdict *v = &e->checks[index].verdict;

	verdict_recount(v);
	if (v->state == VERDICT_RECOVERING)
		e->setbacks[index].first_good = started;
}

static void check_pass(struct engine *e, uint32_t index, bool was_held, struct now started,
		       struct now now)
{
	if (was_held)
		recovery_recount(e, index, started);
	if (verdict_is_failing(e->checks[index].verdict.state))
		e->setbacks[index].is_doubted = false;
	check_step(e, index, SIGNAL_PASS, true, started, now);
}

static void target_observe(struct engine *e, const struct observation *o, struct now now)
{
	bool was_held = e->checks[o->target].is_held;

	check_unhold(e, o->target);
	if (o->outcome.cause == CAUSE_PASS)
		check_pass(e, o->target, was_held, o->started, now);
	else
		check_fail(e, o->target, o->started, now);
}

static void record_observation(struct engine *e, const struct observation *o, struct now now)
{
	e->effects.record(e->effects.ctx, &(struct record){ .kind = RECORD_OBSERVATION,
							    .now = now,
							    .name = plan_of(e, o->target)->name,
							    .observation = o });
}

void check_report(struct engine *e, const struct observation *o, struct now now)
{
	bool is_good = o->outcome.cause == CAUSE_PASS;

	e->checks[o->target].last_ended = now.mono;
	remember(e, o);
	if (!is_good)
		failure_take(e, o->target);
	check_step(e, o->target, is_good ? SIGNAL_PASS : SIGNAL_FAIL, true, o->started, now);
	record_observation(e, o, now);
}

static bool is_doubted(const struct engine *e, const struct observation *o)
{
	return o->outcome.cause != CAUSE_PASS && e->setbacks[o->target].is_doubted;
}

void check_observe(struct engine *e, const struct observation *o, struct now now)
{
	struct check *c = &e->checks[o->target];
	bool is_clock = expiry_is_ours(e, o);
	enum fault fault = is_clock ? FAULT_VANTAGE : outcome_fault(o->outcome);
	bool is_conclusive = fault != FAULT_VANTAGE && !is_void(e, o);
	bool is_patient =
		is_conclusive || (fault != FAULT_VANTAGE && e->vantage_state == VANTAGE_ISOLATED);

	c->is_running = false;
	c->is_observed = true;
	c->last_ended = now.mono;
	remember(e, o);
	if (is_witness(e, o->target)) {
		check_unhold(e, o->target);
		witness_observe(e, o, is_conclusive, now);
		return;
	}
	if (is_clock)
		check_forgive_certificate(e, o->target, now);
	if (is_conclusive && is_reference(e, o->target))
		reference_observe(e, o, now);
	else if (is_conclusive)
		target_observe(e, o, now);
	check_plan_next(e, o->target, is_patient && !is_doubted(e, o), o->started.mono, now);
	if (c->is_called)
		check_call(e, o->target, now);
	if (!is_reference(e, o->target))
		record_observation(e, o, now);
}
