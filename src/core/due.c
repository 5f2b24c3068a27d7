/*
 * due.c - whether what an incident has to say is said now.
 *
 * announce.c knows what is due by the incident alone. Here it waits for what
 * may change it: witnesses on their way, members that are looked at once more,
 * the review after a start, quiet; and what is overtaken is not said at all.
 */
#include <assert.h>

#include "core/engine_parts.h"

/*
 * How one fails may have changed: nobody has vouched for that yet, or it is looked at once more. Or
 * it has answered, and soon is up.
 */
static bool is_any_doubted(const struct engine *e, uint32_t stack)
{
	const struct stack_state *state = &e->stacks[stack];

	for (size_t i = 0; i < state->targets_n; i++) {
		const struct check *c = &e->checks[state->targets[i]];

		if (e->setbacks[state->targets[i]].is_doubted || c->is_held ||
		    c->verdict.state == VERDICT_RECOVERING)
			return true;
	}
	return false;
}

/*
 * Waiting can change nothing any more; one of its watchdogs' witnesses may still be on their way.
 */
static bool is_settled(const struct engine *e, uint32_t stack, const struct incident *incident,
		       struct now now)
{
	for (uint32_t i = 0; diagnosis_is_pipeline(incident->finding) && i < e->plan->watchdogs_n;
	     i++) {
		const struct incident_member *m = &e->members[member_of_watchdog(e, i)];

		if (m->incident == incident->id && m->is_failing && watchdog_is_open(e, i, now))
			return false;
	}
	return !quiet_awaits_parent(e, stack, incident, now) && !is_any_doubted(e, stack) &&
	       diagnosis_is_settled(&e->stacks[stack].sight);
}

static void hold(struct engine *e, uint32_t stack, struct incident *incident, struct now now)
{
	struct incident_event event = { .at = now.wall,
					.kind = EVENT_HELD,
					.diagnosis = incident->finding,
					.count = incident->failing };

	incident_weigh(incident);
	if (incident->is_held)
		return;
	incident->is_held = true;
	quiet_tell(e, stack, incident, &event);
	incident_note(incident, &event);
	cases_record(e, incident, now);
}

void due_note_narrowed(struct engine *e, uint32_t stack, struct incident *incident, struct now now)
{
	mono_t due = announce_narrowed(incident);

	/* Of what comes and goes people know already, but not of who was never named. */
	if (!wall_is_set(incident->acknowledged) && !news_is_any_unnamed(e, incident))
		return;
	if (!mono_reached(due, now.mono)) {
		e->stacks[stack].wake = mono_min(e->stacks[stack].wake, due);
		return;
	}
	incident->mailed = incident->finding;
	incident->mailed_also = incident->also;
	incident->is_partial_mailed = incident->is_partial;
	news_note_unnamed(e, incident);
	incident->narrowed = MONO_NEVER;
}

static bool is_returning(const struct engine *e, uint32_t subject)
{
	uint32_t targets = (uint32_t)e->plan->targets_n;

	return subject < targets ? e->checks[subject].verdict.state == VERDICT_RECOVERING
				 : e->deadmen[subject - targets].state == DEADMAN_RETURNING;
}

bool due_all_return(const struct engine *e, const struct incident *incident)
{
	size_t subjects = e->plan->targets_n + e->plan->watchdogs_n;

	for (uint32_t i = 0; i < subjects; i++)
		if (e->members[i].incident == incident->id && e->members[i].is_failing &&
		    !is_returning(e, i))
			return false;
	return true;
}

/* Of whoever fails nothing can be learned: our own link of his family is gone. */
static bool are_all_cut_off(const struct engine *e, const struct incident *incident)
{
	for (uint32_t i = 0; i < e->plan->targets_n + e->plan->watchdogs_n; i++)
		if (e->members[i].incident == incident->id && e->members[i].is_failing &&
		    (i >= e->plan->targets_n || !is_cut_off(e, i)))
			return false;
	return true;
}

/*
 * That it is still down, or that less of it is, or what was held back and is no worse: the end is
 * near, or it falls again. And that less of it is down is not said of those who cannot be seen.
 */
static bool is_overtaken(const struct engine *e, const struct incident *incident,
			 enum notice_kind kind)
{
	int worse = incident_weight(incident->finding, incident->is_partial) -
		    incident_weight(incident->mailed, incident->is_partial_mailed);
	bool is_milder = worse < 0 || (worse == 0 && incident->is_held);

	if (kind == NOTICE_CHANGE && worse < 0 && are_all_cut_off(e, incident))
		return true;
	return (kind == NOTICE_REPEAT || (kind == NOTICE_CHANGE && is_milder)) &&
	       due_all_return(e, incident);
}

void due_say(struct engine *e, uint32_t stack, struct incident *incident, struct now now)
{
	struct stack_state *state = &e->stacks[stack];
	struct announcement a =
		announce(incident, is_settled(e, stack, incident, now), &e->plan->mail, now);
	mono_t until;

	if (a.is_due && stack_is_under_review(e, stack, now)) {
		state->wake = mono_min(state->wake, review_ends(e));
		return;
	}
	until = awaited_until(e, incident->id, now);
	if (a.is_due && until.us > now.mono.us) {
		state->wake = mono_min(state->wake, until);
		return;
	}
	if (a.is_due && is_overtaken(e, incident, a.kind))
		return;
	incident->is_held &= a.is_due; /* else there is nothing to hold back */
	if (a.is_due && quiet_holds(e, stack, incident, now, &until)) {
		state->wake = mono_min(state->wake, until);
		hold(e, stack, incident, now);
		return;
	}
	if (a.is_due) {
		incident->is_held = false;
		if (incident->state == INCIDENT_WAITING) {
			incident->state = INCIDENT_OPEN;
			cases_note_finding(incident, EVENT_CONFIRMED, now);
			cases_note_finding(incident, EVENT_DIAGNOSIS, now);
		}
		tell_incident(e, incident, a.kind, now);
		cases_record(e, incident, now);
		a = announce(incident, true, &e->plan->mail, now);
		assert(!a.is_due); /* one mail says all that is due */
	}
	state->wake = mono_min(state->wake, a.wake);
}
