/*
 * quiet.c - which of an incident's mails nobody wants now: planned work, a
 * silence, or what it depends on fails.
 *
 * Pure reading. What fails is judged, recorded and shown as ever; cases.c only
 * asks here before it speaks.
 */
#include "base/words.h"
#include "core/engine_parts.h"

#define RECOVERS_WITHIN USEC_PER_MIN

/*
 * When it was up again after it had failed; long ago: it never did. A suspicion that came to nothing
 * since is no return.
 */
static mono_t back_at(const struct engine *e, uint32_t parent)
{
	const struct verdict *v = &e->checks[parent].verdict;
	const struct now *first_good = &e->setbacks[parent].first_good;

	if (!wall_is_set(first_good->wall))
		return (mono_t){ INT64_MIN / 2 };
	return mono_min(v->since.mono, mono_add(first_good->mono, RECOVERS_WITHIN));
}

/* It may be about to fail; or it has just returned, and what depends on it follows. */
static bool is_parent_open(const struct engine *e, uint32_t parent, struct now now)
{
	const struct verdict *v = &e->checks[parent].verdict;

	if (verdict_is_open(v->state))
		return v->streak > 0 || is_to_be_seen(e, parent);
	return v->state == VERDICT_UP && mono_span(back_at(e, parent), now.mono) < CHILD_FOLLOWS;
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

/* When the last of a target's parents was back; long ago: they never failed. */
static mono_t parents_back(const struct engine *e, uint32_t target)
{
	const struct indices *parents = &e->plan->targets[target].parents;
	mono_t back = { INT64_MIN / 2 };

	for (size_t i = 0; i < parents->n; i++) {
		mono_t at = back_at(e, parents->items[i]);

		if (at.us > back.us)
			back = at;
	}
	return back;
}

/*
 * All of its stack that we probe is behind others which fail, or have just returned: beats come from
 * there, too, and need a whole window to be back. `ret_until` is lowered to when that is over.
 */
static bool watchdog_follows(const struct engine *e, uint32_t watchdog, struct now now,
			     mono_t *ret_until)
{
	const struct watchdog_plan *w = &e->plan->watchdogs[watchdog];
	const struct stack_state *state = &e->stacks[w->stack];
	bool follows = false;

	for (size_t i = 0; i < state->targets_n; i++) {
		uint32_t target = state->targets[i];
		mono_t until;

		if (is_job(e, target))
			continue;
		follows = true;
		if (e->members[target].is_dependent)
			continue;
		until = mono_add(parents_back(e, target), w->period + w->grace);
		if (mono_reached(until, now.mono))
			return false;
		*ret_until = mono_min(*ret_until, until);
	}
	return follows;
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
static bool are_quiet(const struct engine *e, uint32_t stack, const struct incident *incident,
		      struct now now, mono_t *ret_until)
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
		if (is_quiet(e, subject))
			continue;
		if (i < state->targets_n ||
		    !watchdog_follows(e, (uint32_t)watchdog, now, ret_until))
			return false;
	}
	return true;
}

/*
 * A finding of the whole stack is held back by what holds all of it, and by
 * nothing less (DECISIONS 1).
 */
bool quiet_holds(const struct engine *e, uint32_t stack, const struct incident *incident,
		 struct now now, mono_t *ret_until)
{
	*ret_until = MONO_NEVER;
	if (diagnosis_is_stack_level(incident->finding))
		return window_of_stack(e, stack) || silence_of_stack(e, stack) ||
		       are_quiet(e, stack, NULL, now, ret_until);
	return are_quiet(e, stack, incident, now, ret_until);
}

/* ---- by what ---- */

static void tell_window(struct incident_event *event, const struct window_plan *window)
{
	event->code = HELD_BY_WINDOW;
	incident_text(event->text, window->name);
}

static void tell_silence(struct incident_event *event, const struct silence *silence)
{
	event->code = HELD_BY_SILENCE;
	incident_text(event->text, silence->scope);
}

static void tell_parent(const struct engine *e, uint32_t target, struct incident_event *event)
{
	const struct indices *parents = &e->plan->targets[target].parents;

	event->code = HELD_BY_PARENT;
	for (size_t i = 0; i < parents->n; i++) {
		if (!verdict_is_failing(e->checks[parents->items[i]].verdict.state))
			continue;
		words_copy(event->subject, sizeof event->subject,
			   e->plan->targets[parents->items[i]].name);
		return;
	}
}

static void tell_stack(const struct engine *e, uint32_t stack, struct incident_event *event)
{
	const struct window_plan *window = window_of_stack(e, stack);
	const struct silence *silence = silence_of_stack(e, stack);

	if (window)
		tell_window(event, window);
	else if (silence)
		tell_silence(event, silence);
}

static void tell_subject(const struct engine *e, uint32_t subject, struct incident_event *event)
{
	const struct silence *silence = silence_of(e, subject);
	struct span span;
	const struct window_plan *window = window_of(e, subject, &span);

	if (window)
		tell_window(event, window);
	else if (silence)
		tell_silence(event, silence);
	else if (e->members[subject].is_dependent)
		tell_parent(e, subject, event);
}

/* Of those that are_quiet() asks the first that knows; `incident` NULL as there. */
static void tell_members(const struct engine *e, uint32_t stack, const struct incident *incident,
			 struct incident_event *event)
{
	size_t subjects = e->plan->targets_n + e->plan->watchdogs_n;

	for (uint32_t i = 0; i < subjects && event->code == HELD_BY_UNKNOWN; i++) {
		uint32_t home = i < e->plan->targets_n
					? e->plan->targets[i].stack
					: e->plan->watchdogs[i - e->plan->targets_n].stack;
		const struct incident_member *m = &e->members[i];

		if (home != stack || (incident && (m->incident != incident->id ||
						   (!m->is_failing && incident->failing > 0))))
			continue;
		tell_subject(e, i, event);
	}
}

void quiet_tell(const struct engine *e, uint32_t stack, const struct incident *incident,
		struct incident_event *event)
{
	if (diagnosis_is_stack_level(incident->finding))
		tell_stack(e, stack, event);
	else
		tell_members(e, stack, incident, event);
	tell_members(e, stack, NULL, event); /* what a watchdog follows */
	if (event->code == HELD_BY_UNKNOWN)
		event->code = HELD_BY_PARENT; /* and they have just returned */
}
