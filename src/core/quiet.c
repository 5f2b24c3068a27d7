/*
 * quiet.c - which of an incident's mails nobody wants now: planned work, a
 * silence, or what it depends on fails.
 *
 * Pure reading. What fails is judged, recorded and shown as ever; cases.c only
 * asks here before it speaks.
 */
#include "core/engine_state.h"

/* It may be about to fail; or it has just returned, and what depends on it follows. */
static bool is_parent_open(const struct engine *e, uint32_t parent, struct now now)
{
	const struct verdict *v = &e->checks[parent].verdict;

	if (verdict_is_open(v->state))
		return v->streak > 0 || is_to_be_seen(e, parent);
	return v->state == VERDICT_UP && wall_is_set(e->setbacks[parent].first_good.wall) &&
	       mono_span(v->since.mono, now.mono) < CHILD_FOLLOWS;
}

static bool has_open_parent(const struct engine *e, uint32_t target, struct now now)
{
	const struct indices *parents = &e->plan->targets[target].parents;

	for (size_t i = 0; i < parents->n; i++)
		if (is_parent_open(e, parents->items[i], now))
			return true;
	return false;
}

/* What one of its members depends on may be about to fail, perhaps in another stack. */
bool quiet_awaits_parent(const struct engine *e, uint32_t stack, const struct incident *incident,
			  struct now now)
{
	const struct stack_state *state = &e->stacks[stack];

	for (size_t i = 0; i < state->targets_n; i++) {
		const struct incident_member *m = &e->members[state->targets[i]];

		if (m->incident == incident->id && m->is_failing &&
		    has_open_parent(e, state->targets[i], now))
			return true;
	}
	return false;
}

/* Nobody wants to hear of it now: planned work, a silence, or what it depends on fails. */
static bool is_quiet(const struct engine *e, uint32_t subject)
{
	return is_planned(e, subject) || is_silenced(e, subject) || e->members[subject].is_dependent;
}

/*
 * Every failing member of the incident, or every one while none fails; of NULL,
 * every target and watchdog of the stack.
 */
static bool are_quiet(const struct engine *e, uint32_t stack, const struct incident *incident)
{
	const struct stack_state *state = &e->stacks[stack];

	for (size_t i = 0; i < state->targets_n + e->plan->watchdogs_n; i++) {
		size_t watchdog = i - state->targets_n;
		uint32_t subject = i < state->targets_n
					   ? state->targets[i]
					   : member_of_watchdog(e, (uint32_t)watchdog);
		const struct incident_member *m = &e->members[subject];

		if (i >= state->targets_n && e->plan->watchdogs[watchdog].stack != stack)
			continue;
		if (incident && (m->incident != incident->id ||
				 (!m->is_failing && incident->failing > 0)))
			continue;
		if (!is_quiet(e, subject))
			return false;
	}
	return true;
}

/*
 * A finding of the whole stack is held back by what holds all of it, and by
 * nothing less (DECISIONS 1).
 */
bool quiet_holds(const struct engine *e, uint32_t stack, const struct incident *incident)
{
	if (diagnosis_is_stack_level(incident->finding))
		return windows_have_stack(e, stack) || silences_have_stack(e, stack) ||
		       are_quiet(e, stack, NULL);
	return are_quiet(e, stack, incident);
}
