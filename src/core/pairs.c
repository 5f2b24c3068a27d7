/*
 * pairs.c - a site that is judged per family: two targets here, one to people.
 *
 * Each half is judged by itself like any target, and counts as one in the
 * diagnosis of its stack. An incident counts the two once, keeps them together,
 * and knows whether the other family of all that fails still answers.
 */
#include "core/engine_parts.h"

/* Both halves belong to it, and `target` is the second. */
static bool is_told_by_first(const struct engine *e, const struct incident *incident,
			     uint32_t target)
{
	return target_is_second(e->plan, target) &&
	       e->members[target_twin(e->plan, target)].incident == incident->id;
}

void pair_count(const struct engine *e, struct incident *incident, uint32_t target)
{
	const struct incident_member *m = &e->members[target];
	bool is_told = is_told_by_first(e, incident, target);

	if (m->incident != incident->id)
		return;
	incident->members += !is_told;
	if (is_told && e->members[target_twin(e->plan, target)].is_failing)
		return;
	incident->failing += m->is_failing;
}

struct incident *pair_incident(struct engine *e, uint32_t subject)
{
	uint32_t twin = subject < e->plan->targets_n ? target_twin(e->plan, subject) : NONE_INDEX;

	if (twin == NONE_INDEX || !e->members[twin].is_failing)
		return NULL;
	return cases_find(e, e->members[twin].incident);
}

bool pair_is_completed(struct engine *e, const struct incident *incident, uint32_t subject)
{
	return incident->is_partial && pair_incident(e, subject) == incident;
}

/*
 * One that is under suspicion is still taken to answer: a single failed run must
 * not make half an outage a whole one. Of a family that is cut off nothing is known.
 */
bool pair_answers(const struct engine *e, uint32_t target)
{
	uint32_t twin = target_twin(e->plan, target);
	enum verdict_state state;

	if (twin == NONE_INDEX || is_planned(e, twin) || is_cut_off(e, twin))
		return false;
	state = e->checks[twin].verdict.state;
	return state == VERDICT_UP || state == VERDICT_SUSPECT;
}

static bool is_failing_member(const struct engine *e, const struct incident *incident,
			      uint32_t subject)
{
	return e->members[subject].incident == incident->id && e->members[subject].is_failing;
}

bool pairs_are_partial(const struct engine *e, uint32_t stack, const struct incident *incident)
{
	const struct stack_state *state = &e->stacks[stack];

	for (size_t i = 0; i < state->targets_n; i++)
		if (is_failing_member(e, incident, state->targets[i]) &&
		    !pair_answers(e, state->targets[i]))
			return false;
	for (uint32_t i = 0; i < e->plan->watchdogs_n; i++)
		if (is_failing_member(e, incident, member_of_watchdog(e, i)))
			return false;
	return incident->failing > 0;
}
