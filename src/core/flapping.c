/*
 * flapping.c - what comes and goes is one incident, which ends when it has been calm.
 *
 * Owns when an incident is one that comes and goes. What of it is mailed is
 * announce.c's; what counts as coming and going, flap.c's.
 */
#include "core/engine_parts.h"

static bool is_member_of(const struct engine *e, uint32_t subject, const struct incident *incident)
{
	return e->members[subject].incident == incident->id;
}

/* When the last of its members that come and go will have been calm; MONO_NEVER: none does. */
static mono_t flapping_ends(const struct engine *e, uint32_t stack,
			    const struct incident *incident, struct now now)
{
	const struct stack_state *state = &e->stacks[stack];
	mono_t last = MONO_NEVER;

	for (size_t i = 0; i < state->targets_n + e->plan->watchdogs_n; i++) {
		uint32_t subject = i < state->targets_n
					   ? state->targets[i]
					   : member_of_watchdog(e, (uint32_t)(i - state->targets_n));
		const struct flap *flap = &e->flaps[subject];

		if (!is_member_of(e, subject, incident) || !flap_is_on(flap, now.mono))
			continue;
		if (last.us == INT64_MAX || flap_ends(flap).us > last.us)
			last = flap_ends(flap);
	}
	return last;
}

/* It is calm because it stays away: that is news. */
static void note_stayed_away(struct engine *e, const struct stack_state *state,
			     struct incident *incident, struct now now)
{
	for (size_t i = 0; i < state->targets_n + e->plan->watchdogs_n; i++) {
		uint32_t subject = i < state->targets_n
					   ? state->targets[i]
					   : member_of_watchdog(e, (uint32_t)(i - state->targets_n));
		struct incident_member *m = &e->members[subject];

		if (!is_member_of(e, subject, incident) || !m->is_failing ||
		    !flap_was_on(&e->flaps[subject]))
			continue;
		m->is_news = true;
		incident->joined = now.mono;
	}
}

void flapping_watch(struct engine *e, uint32_t stack, struct incident *incident,
			   struct now now)
{
	mono_t ends = flapping_ends(e, stack, incident, now);
	bool was = incident->is_flapping;

	e->stacks[stack].wake = mono_min(e->stacks[stack].wake, ends);
	incident->is_flapping = ends.us != INT64_MAX;
	if (incident->is_flapping && !was)
		incident_note(incident, &(struct incident_event){ .at = now.wall,
								  .kind = EVENT_FLAPPING,
								  .diagnosis = incident->finding,
								  .count = incident->failing });
	if (was && !incident->is_flapping && incident->is_flapping_told)
		note_stayed_away(e, &e->stacks[stack], incident, now);
}
