/*
 * sight.c - a stack's targets and deadmen, counted for the diagnosis.
 *
 * Pure reading: nothing here changes anything.
 */
#include <string.h>

#include "core/engine_parts.h"
#include "core/schedule.h"

#define JUDGED_WITHIN (2 * USEC_PER_MIN) /* as long as it takes to know a failure for certain */

bool is_to_be_seen(const struct engine *e, uint32_t index)
{
	return e->planned && e->planned[index].ended.mono.us > e->checks[index].last_ended.us;
}

bool is_out_of_sight(const struct engine *e, uint32_t index)
{
	const struct target_plan *t = &e->plan->targets[index];
	const struct check *c = &e->checks[index];
	usec_t pace = t->interval;

	if (c->verdict.state != VERDICT_UP && pace > SCHEDULE_TROUBLED)
		pace = SCHEDULE_TROUBLED;
	return mono_span(c->last_told, e->advanced) > pace + t->timeout + JUDGED_WITHIN;
}

/* It has answered, and whether it goes on to, cannot be learned: nothing tells that it fails. */
static bool is_stuck(const struct engine *e, uint32_t index)
{
	return e->checks[index].verdict.state == VERDICT_RECOVERING && is_out_of_sight(e, index);
}

/* Of a family that is cut off nothing will be learned: such a target counts nowhere. */
static bool is_undetermined(const struct engine *e, uint32_t index)
{
	const struct verdict *v = &e->checks[index].verdict;

	if (v->state != VERDICT_SUSPECT && !is_stuck(e, index) &&
	    (v->state != VERDICT_UNKNOWN || (v->streak == 0 && !is_to_be_seen(e, index))))
		return false;
	return !is_cut_off(e, index);
}

/*
 * One that was well. Of a family that is cut off nothing will be learned, and it counts nowhere; but
 * not at once, or the rest would look like all there is. It is up where it was seen well after all
 * that fails had begun to: that was not all there is. And if it goes on answering, the references
 * are what is broken.
 */
static void count_well(const struct engine *e, uint32_t index, struct now onset, unsigned *up,
		       unsigned *open)
{
	const struct check *c = &e->checks[index];
	mono_t lost = vantage_family_lost(&e->vantage, family_of(e, index));
	bool is_known = !is_cut_off(e, index) || c->is_answering ||
			c->last_ok.us > onset.wall.us;

	if (is_known && !is_out_of_sight(e, index))
		*up += 1;
	else if (is_known || mono_span(lost, e->advanced) < JUDGED_WITHIN)
		*open += 1;
}

mono_t sight_wake(const struct engine *e, struct now now)
{
	mono_t wake = MONO_NEVER;

	for (enum family family = FAMILY_IPV4; family <= FAMILY_IPV6; family++) {
		mono_t lost = vantage_family_lost(&e->vantage, family);

		if (lost.us != INT64_MAX && mono_span(lost, now.mono) < JUDGED_WITHIN)
			wake = mono_min(wake, mono_add(lost, JUDGED_WITHIN));
	}
	return wake;
}

/* That all of it fails was found while it could be seen. */
static bool is_found(const struct engine *e, uint32_t stack)
{
	const struct incident *slots = &e->incidents[(size_t)stack * CASES_PER_STACK];

	for (size_t i = 0; i < CASES_PER_STACK; i++)
		if ((slots[i].state == INCIDENT_WAITING || slots[i].state == INCIDENT_OPEN) &&
		    diagnosis_is_stack_level(slots[i].finding))
			return true;
	return false;
}

/*
 * What is out of sight is as it was seen last, but it does not make anything "all" that was not
 * before: one that failed hours ago may be well, and one that was well may be gone.
 */
static void count_target(const struct engine *e, struct sight *s, uint32_t index,
			 struct now onset)
{
	const struct target_plan *t = &e->plan->targets[index];
	const struct check *c = &e->checks[index];
	bool is_edge = t->layer == LAYER_EDGE;
	unsigned *open = is_edge ? &s->edge_open : &s->service_open;

	if (is_planned(e, index))
		return;
	if (is_job(e, index)) {
		s->jobs_failing += verdict_is_failing(c->verdict.state);
		return;
	}
	if (is_undetermined(e, index)) {
		*open += 1;
	} else if (verdict_is_failing(c->verdict.state)) {
		*(is_edge ? &s->edge_failing : &s->service_failing) += 1;
		s->reached += c->is_reached;
		/* A record of one family is amiss: names do resolve. */
		s->names_failing += c->is_address_good && !pair_answers(e, index);
		*open += is_out_of_sight(e, index) && !is_found(e, t->stack);
	} else if (c->verdict.state == VERDICT_UP) {
		count_well(e, index, onset, is_edge ? &s->edge_up : &s->service_up, open);
	}
}

/*
 * When the failures that are seen now were complete: start of the latest one.
 * Only a beat after it says that the cluster lives while all of them fail; an
 * older failure of one site must not make every later beat such a witness.
 * Jobs are no part of it: what they fail at is not seen from outside.
 */
static struct now last_onset(const struct engine *e, uint32_t stack)
{
	const struct stack_state *state = &e->stacks[stack];
	struct now last = { { INT64_MIN }, { 0 } };

	for (size_t i = 0; i < state->targets_n; i++) {
		const struct verdict *v = &e->checks[state->targets[i]].verdict;

		if (is_job(e, state->targets[i]) || is_planned(e, state->targets[i]))
			continue;
		if (wall_is_set(v->failing_since.wall) &&
		    v->failing_since.mono.us > last.mono.us)
			last = v->failing_since;
	}
	return last;
}

/* What one watchdog says about an outage whose failures were complete at `onset`. */
static enum watchdog_level level_of(const struct deadman *d, struct now onset)
{
	bool is_outage = wall_is_set(onset.wall);
	bool was_heard = wall_is_set(d->last.wall);

	switch (d->state) {
	case DEADMAN_NEW:
		return WATCHDOG_NEVER;
	case DEADMAN_UP:
		return !is_outage || d->last.mono.us > onset.mono.us ? WATCHDOG_FRESH
								      : WATCHDOG_UNDETERMINED;
	case DEADMAN_LATE:
		return WATCHDOG_LATE;
	case DEADMAN_RETURNING:
		/* The first beat of a return is not another cause. */
		if (d->was_resolved)
			return WATCHDOG_RESOLVED;
		/* fall through */
	case DEADMAN_SILENT:
		return is_outage && !was_heard ? WATCHDOG_NEVER : WATCHDOG_SILENT;
	case DEADMAN_RESOLVED:
		return WATCHDOG_RESOLVED;
	case DEADMAN_COUNT:
		break;
	}
	return WATCHDOG_NEVER;
}

/* Of several watchdogs the one that proves most life speaks for the stack. */
static int proof_of_life(enum watchdog_level level)
{
	static const int order[WATCHDOG_LEVELS] = {
		[WATCHDOG_NONE] = 0,   [WATCHDOG_NEVER] = 1,  [WATCHDOG_SILENT] = 2,
		[WATCHDOG_RESOLVED] = 3, [WATCHDOG_LATE] = 4, [WATCHDOG_UNDETERMINED] = 5,
		[WATCHDOG_FRESH] = 6,
	};

	return order[level];
}

/* The Watchdog alone, with nothing else to look at. */
static struct sight alone(const struct engine *e, uint32_t watchdog, struct now onset)
{
	const struct pull_state *p = &e->pulls[watchdog];
	struct sight sight = {
		.watchdog = level_of(&e->deadmen[watchdog], onset),
		.pull = pull_effective(p, &e->deadmen[watchdog]),
		.vantage = VANTAGE_OK,
		.listener = e->listener,
	};

	/* What was resolved has been firing again for long: no longer Prometheus, but its beats. */
	if (sight.watchdog == WATCHDOG_RESOLVED && p->is_refuting)
		sight.watchdog = WATCHDOG_SILENT;
	return sight;
}

/* The one that proves more life speaks for the stack; of equals the one that accuses. */
static bool speaks_before(const struct sight *a, const struct sight *b)
{
	int x = proof_of_life(a->watchdog), y = proof_of_life(b->watchdog);

	return x != y ? x > y
		      : diagnose(a).primary != DIAGNOSIS_NONE &&
				diagnose(b).primary == DIAGNOSIS_NONE;
}

static void hear_watchdogs(const struct engine *e, uint32_t stack, struct now onset,
			   struct sight *sight)
{
	struct sight best = { .watchdog = WATCHDOG_NONE };

	for (uint32_t i = 0; i < e->plan->watchdogs_n; i++) {
		struct sight one;

		if (e->plan->watchdogs[i].stack != stack ||
		    is_planned(e, member_of_watchdog(e, i)))
			continue;
		one = alone(e, i, onset);
		if (speaks_before(&one, &best))
			best = one;
	}
	sight->watchdog = best.watchdog;
	sight->pull = best.pull;
}

struct sight stack_sight(const struct engine *e, uint32_t stack)
{
	const struct stack_state *state = &e->stacks[stack];
	struct now onset = last_onset(e, stack);
	struct sight sight = {
		.vantage = e->vantage_state,
		.listener = e->listener,
	};

	hear_watchdogs(e, stack, onset, &sight);
	for (size_t i = 0; i < state->targets_n; i++)
		count_target(e, &sight, state->targets[i], onset);
	return sight;
}

enum diagnosis watchdog_diagnosis(const struct engine *e, uint32_t watchdog)
{
	struct now nothing_fails = { { 0 }, { 0 } };
	struct sight sight = alone(e, watchdog, nothing_fails);

	return diagnose(&sight).primary;
}

/* A beat of this life, or a silence that has lasted. */
static bool deadman_is_judged(const struct engine *e, const struct deadman *d)
{
	return deadman_is_dead(d) || (d->state == DEADMAN_UP && d->last.mono.us >= e->began.us);
}

static bool was_asked(const struct engine *e, const struct witness *w)
{
	return w && w->asked.mono.us > e->began.us;
}

/* What they said in another life may be overtaken. */
static bool is_asked_anew(const struct engine *e, uint32_t watchdog, struct now now)
{
	struct pull_evidence ev = evidence_of(e, watchdog);

	return was_asked(e, ev.alertmanager) || was_asked(e, ev.prometheus) ||
	       mono_span(e->began, now.mono) > JUDGED_WITHIN;
}

/* Its witnesses were heard in this life, or had their time. */
static bool pull_is_judged(const struct engine *e, uint32_t watchdog, struct now now)
{
	const struct pull_state *p = &e->pulls[watchdog];

	if (p->believed != PULL_NONE || p->blame != PULL_NONE)
		return is_asked_anew(e, watchdog, now);
	return !watchdog_is_open(e, watchdog, now);
}

/* In this life nothing could be learned of it for longer than that takes. */
static bool is_past_judging(const struct engine *e, uint32_t index, struct now now)
{
	return is_out_of_sight(e, index) &&
	       mono_span(e->began, now.mono) > e->plan->targets[index].interval + JUDGED_WITHIN;
}

bool targets_are_judged(const struct engine *e, uint32_t stack, struct now now)
{
	const struct stack_state *state = &e->stacks[stack];

	for (size_t i = 0; i < state->targets_n; i++) {
		uint32_t target = state->targets[i];
		const struct check *c = &e->checks[target];

		/* A job's next report may be a day away. */
		if (is_job(e, target) || is_planned(e, target))
			continue;
		if ((!c->is_observed || verdict_is_open(c->verdict.state)) &&
		    !is_past_judging(e, target, now))
			return false;
	}
	return true;
}

bool stack_is_judged(const struct engine *e, uint32_t stack, struct now now)
{
	if (!targets_are_judged(e, stack, now))
		return false;
	for (size_t i = 0; i < e->plan->watchdogs_n; i++)
		if (e->plan->watchdogs[i].stack == stack &&
		    !is_planned(e, member_of_watchdog(e, (uint32_t)i)) &&
		    (!deadman_is_judged(e, &e->deadmen[i]) || !pull_is_judged(e, (uint32_t)i, now)))
			return false;
	return true;
}

#define REVIEW_MAX (75 * USEC_PER_SEC)
#define BEAT_SLACK (10 * USEC_PER_SEC)

mono_t review_ends(const struct engine *e)
{
	return mono_add(e->reviewed, REVIEW_MAX);
}

static bool is_reviewed(const struct engine *e, uint32_t watchdog, struct now now)
{
	const struct deadman *d = &e->deadmen[watchdog];
	usec_t period = e->plan->watchdogs[watchdog].period;

	return deadman_is_dead(d) || d->last.mono.us >= e->reviewed.us ||
	       mono_span(e->reviewed, now.mono) >= period + BEAT_SLACK;
}

mono_t awaited_until(const struct engine *e, uint64_t incident, struct now now)
{
	mono_t until = now.mono;

	for (uint32_t i = 0; e->planned && i < e->plan->targets_n; i++) {
		mono_t seen = mono_add(e->planned[i].ended.mono, REVIEW_MAX);

		if (e->members[i].incident == incident && e->members[i].is_failing &&
		    e->checks[i].verdict.state == VERDICT_UNKNOWN && !is_job(e, i) &&
		    !is_planned(e, i) && seen.us > until.us)
			until = seen;
	}
	return until;
}

bool stack_is_under_review(const struct engine *e, uint32_t stack, struct now now)
{
	const struct stack_state *state = &e->stacks[stack];

	if (mono_reached(review_ends(e), now.mono))
		return false;
	for (size_t i = 0; i < state->targets_n; i++) {
		uint32_t target = state->targets[i];

		if (!is_job(e, target) && !is_planned(e, target) &&
		    e->checks[target].last_ended.us < e->reviewed.us)
			return true;
	}
	for (uint32_t i = 0; i < e->plan->watchdogs_n; i++)
		if (e->plan->watchdogs[i].stack == stack && !is_reviewed(e, i, now))
			return true;
	return false;
}

long stack_find(const struct engine *e, const char *name)
{
	for (size_t i = 0; i < e->plan->stacks_n; i++)
		if (strcmp(e->plan->stacks[i].name, name) == 0)
			return (long)i;
	return -1;
}
