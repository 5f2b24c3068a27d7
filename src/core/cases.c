/*
 * cases.c - failures become incidents: one cause, one incident.
 *
 * Owns who belongs to which incident, what each incident's finding is, and
 * when it ends. Within a stack, failures that begin within five minutes of
 * each other share an incident; while the finding is one of the whole stack
 * every failure belongs to one of them, the lead (DECISIONS 1).
 */
#include <string.h>

#include "base/key.h"
#include "base/words.h"
#include "core/engine_parts.h"

#define SHARED_CAUSE (5 * USEC_PER_MIN)
/* how often an adopted incident looks whether its stack is judged */
#define ADOPTED_PAUSE USEC_PER_SEC

void cases_touch(struct engine *e, uint32_t stack)
{
	e->stacks[stack].is_dirty = true;
	engine_unsettle(e);
}

void cases_touch_all(struct engine *e)
{
	for (uint32_t i = 0; i < e->plan->stacks_n; i++)
		cases_touch(e, i);
}

static bool is_active(const struct incident *i)
{
	return i->state == INCIDENT_WAITING || i->state == INCIDENT_OPEN;
}

struct incident *cases_find(struct engine *e, uint64_t id)
{
	for (size_t i = 0; id != 0 && i < e->incidents_max; i++)
		if (is_active(&e->incidents[i]) && e->incidents[i].id == id)
			return &e->incidents[i];
	return NULL;
}

/* The stack's part of the incident table. */
static struct incident *slots_of(struct engine *e, uint32_t stack)
{
	return e->incidents + (size_t)stack * CASES_PER_STACK;
}

/* What fails at a job is not seen from outside: it is no part of what the whole stack has. */
static bool is_of_jobs(const struct engine *e, const struct incident *incident)
{
	bool is_any = false;

	for (uint32_t i = 0; i < e->plan->targets_n + e->plan->watchdogs_n; i++) {
		if (e->members[i].incident != incident->id || !e->members[i].is_failing)
			continue;
		if (i >= e->plan->targets_n || !is_job(e, i))
			return false;
		is_any = true;
	}
	return is_any;
}

static int claim(const struct engine *e, const struct incident *i)
{
	if (e->plan->pings_n > 0 && is_of_jobs(e, i))
		return -1;
	return 2 * diagnosis_is_stack_level(i->finding) + diagnosis_is_stack_level(i->mailed);
}

static bool leads(const struct engine *e, const struct incident *a, const struct incident *b)
{
	int claims = claim(e, a) - claim(e, b);

	return claims != 0 ? claims > 0 : a->newest.us > b->newest.us;
}

/*
 * The one that a finding of the whole stack belongs to: which has it already, or
 * is the one of which people read it last, else the youngest. A site that has
 * been broken for days is not how an outage of everything began, nor may it keep
 * its UP back.
 */
static struct incident *lead_of(struct engine *e, uint32_t stack)
{
	struct incident *slots = slots_of(e, stack), *lead = NULL;

	for (size_t i = 0; i < CASES_PER_STACK; i++)
		if (is_active(&slots[i]) && (!lead || leads(e, &slots[i], lead)))
			lead = &slots[i];
	return lead;
}

void cases_record(struct engine *e, const struct incident *incident, struct now now)
{
	e->effects.record(e->effects.ctx, &(struct record){ .kind = RECORD_INCIDENT, .now = now,
							     .incident = incident });
	engine_dirty(e, now);
	e->effects.publish(e->effects.ctx);
}

/* ---- opening ---- */

static struct incident *incident_open(struct engine *e, uint32_t stack, struct incident *slot,
				      struct now began, struct now now)
{
	*slot = (struct incident){
		.state = INCIDENT_WAITING,
		.id = key_mix(e->seed + ++e->made),
		.opened = began,
		.confirmed = now,
		.newest = began.mono,
		.group_wait_ends = mono_add(now.mono, e->plan->mail.group_wait),
		.worsened = MONO_NEVER,
		.narrowed = MONO_NEVER,
		.joined = MONO_NEVER,
	};
	slot->is_unconfirmed = e->vantage.is_overruled;
	words_copy(slot->stack, sizeof slot->stack, e->plan->stacks[stack].name);
	words_copy(slot->host, sizeof slot->host, e->plan->mail.host);
	number_give(e, slot);
	return slot;
}

/* What happened between `from` and `to`, and what has joined the incident last. */
static bool shares_cause(const struct incident *i, mono_t from, mono_t to)
{
	return mono_span(i->newest, from) <= SHARED_CAUSE && mono_span(to, i->newest) <= SHARED_CAUSE;
}

struct incident *cases_incident_for(struct engine *e, uint32_t stack, struct now began,
				    mono_t from, mono_t until, struct now now)
{
	struct incident *slots = slots_of(e, stack), *newest = NULL, *free_slot = NULL;
	struct incident *lead = lead_of(e, stack);

	if (lead && diagnosis_is_stack_level(e->stacks[stack].finding.primary))
		return lead;
	for (size_t i = 0; i < CASES_PER_STACK; i++) {
		if (!is_active(&slots[i])) {
			free_slot = &slots[i];
			continue;
		}
		if (slots[i].is_adopted || shares_cause(&slots[i], from, until))
			return &slots[i];
		if (!newest || slots[i].newest.us > newest->newest.us)
			newest = &slots[i];
	}
	return free_slot ? incident_open(e, stack, free_slot, began, now) : newest;
}

/* ---- findings ---- */

static void count_member(struct incident *incident, const struct incident_member *m)
{
	if (m->incident != incident->id)
		return;
	incident->members++;
	incident->failing += m->is_failing;
}

static void count_members(struct engine *e, uint32_t stack, struct incident *incident)
{
	const struct stack_state *state = &e->stacks[stack];

	incident->members = incident->failing = 0;
	for (size_t i = 0; i < state->targets_n; i++)
		pair_count(e, incident, state->targets[i]);
	for (uint32_t i = 0; i < e->plan->watchdogs_n; i++)
		if (e->plan->watchdogs[i].stack == stack)
			count_member(incident, &e->members[member_of_watchdog(e, i)]);
	if (incident->failing > incident->most_failing)
		incident->most_failing = incident->failing;
}

void cases_note_finding(struct incident *incident, enum incident_event_kind kind, struct now now)
{
	struct incident_event event = {
		.at = now.wall,
		.kind = kind,
		.diagnosis = incident->finding,
		.count = incident->failing,
	};

	incident_note(incident, &event);
}

static void set_finding(struct incident *incident, struct finding finding, bool is_partial,
			struct now now)
{
	int was = incident_weight(incident->mailed, incident->is_partial_mailed);
	int is = incident_weight(finding.primary, is_partial);
	bool is_other = finding.primary != incident->finding;
	bool is_as_bad = is == was && finding.primary != incident->mailed;

	if (finding.primary == DIAGNOSIS_NONE)
		return;
	incident->also = finding.also;
	if (!is_other && is_partial == incident->is_partial)
		return;
	incident->finding = finding.primary;
	incident->is_partial = is_partial;
	incident->narrowed = is < was || is_as_bad ? now.mono : MONO_NEVER;
	incident->worsened = is > was ? mono_min(incident->worsened, now.mono) : MONO_NEVER;
	if (incident->state == INCIDENT_WAITING && !incident->is_held)
		incident->worst = finding.primary; /* nothing was to be said of it yet */
	if (incident->state == INCIDENT_OPEN && is_other)
		cases_note_finding(incident, EVENT_DIAGNOSIS, now);
}

/* ---- ending ---- */

static void forget_members(struct engine *e, uint64_t id)
{
	for (size_t i = 0; i < e->plan->targets_n + e->plan->watchdogs_n; i++)
		if (e->members[i].incident == id)
			e->members[i] = (struct incident_member){ 0 };
}

void cases_bury(struct engine *e, struct incident *incident)
{
	memmove(e->past + 1, e->past, (PAST_MAX - 1) * sizeof e->past[0]);
	e->past[0] = *incident;
	if (e->past_n < PAST_MAX)
		e->past_n++;
	weekly_note_end(e, incident);
	forget_members(e, incident->id);
}

static void incident_close(struct engine *e, struct incident *incident, struct now now)
{
	if (!wall_is_set(incident->closed.wall))
		incident->closed = now;
	incident->state = INCIDENT_CLOSED;
	cases_note_finding(incident, EVENT_CLOSED, now);
	if (incident->mails > 0)
		tell_incident(e, incident, NOTICE_RECOVERED, now);
	cases_bury(e, incident);
	cases_record(e, incident, now);
	incident->state = INCIDENT_FREE;
}

/* ---- one stack ---- */

/* None has come since it began, and one should have. */
static bool is_missed(const struct engine *e, uint32_t watchdog, const struct incident *incident,
		      struct now now)
{
	const struct deadman *d = &e->deadmen[watchdog];

	if (is_planned(e, member_of_watchdog(e, watchdog)))
		return false;
	return d->state == DEADMAN_LATE || (d->state == DEADMAN_UP && wall_is_set(d->last.wall) &&
					    d->last.mono.us < incident->opened.mono.us &&
					    !deadman_is_heard(e, watchdog, now));
}

/*
 * A beat that did not come is part of what told that the stack was down: until one comes, or is
 * missed for good, nobody knows that all of it is back.
 */
static bool awaits_beat(const struct engine *e, uint32_t stack, const struct incident *incident,
			struct now now)
{
	if (incident->mails == 0 || (incident->worst != DIAGNOSIS_STACK_DOWN &&
				     incident->worst != DIAGNOSIS_UNREACHABLE))
		return false;
	for (uint32_t i = 0; i < e->plan->watchdogs_n; i++)
		if (e->plan->watchdogs[i].stack == stack && is_missed(e, i, incident, now))
			return true;
	return false;
}

static bool is_any_target_failing(const struct engine *e, const struct incident *incident)
{
	for (uint32_t i = 0; i < e->plan->targets_n; i++)
		if (e->members[i].incident == incident->id && e->members[i].is_failing)
			return true;
	return false;
}

/*
 * Who belongs to an adopted one is seen. Where a watchdog's silence is no part of what people were
 * told, none has to be awaited; nor where they were told of nothing else, and a target fails as well.
 */
static bool is_adopted_seen(const struct engine *e, uint32_t stack,
			    const struct incident *incident, struct now now)
{
	if (stack_is_judged(e, stack, now))
		return true;
	if (incident->failing == 0 || incident->mailed == DIAGNOSIS_STACK_DOWN ||
	    !targets_are_judged(e, stack, now))
		return false;
	return !diagnosis_is_pipeline(incident->mailed) || is_any_target_failing(e, incident);
}

static bool is_over(const struct engine *e, uint32_t stack, const struct incident *incident,
		    struct now now)
{
	return incident->failing == 0 && (!incident->is_flapping || incident->mails == 0) &&
	       !awaits_beat(e, stack, incident, now);
}

static void update_incident(struct engine *e, uint32_t stack, struct incident *incident,
			    bool is_lead, struct now now)
{
	struct stack_state *state = &e->stacks[stack];
	bool is_stack_level = is_lead && diagnosis_is_stack_level(state->finding.primary);

	count_members(e, stack, incident);
	if (incident->is_adopted && !is_adopted_seen(e, stack, incident, now)) {
		state->wake = mono_min(state->wake, mono_add(now.mono, ADOPTED_PAUSE));
		return;
	}
	incident->is_adopted = false;
	incident->is_unconfirmed &= e->vantage.is_overruled;
	flapping_watch(e, stack, incident, now);
	if (is_over(e, stack, incident, now)) {
		incident_close(e, incident, now);
		return;
	}
	if (incident->failing == 0)
		incident_stay_with_told(incident, is_lead);
	else
		set_finding(
			incident,
			is_stack_level ? state->finding : members_finding(e, stack, incident, now),
		    !is_stack_level && pairs_are_partial(e, stack, incident), now);
	due_note_narrowed(e, stack, incident, now);
	due_say(e, stack, incident, now);
	state->wake = mono_min(state->wake, telling_advance(e, stack, incident, now));
}

static void judge_stack(struct engine *e, uint32_t stack, struct now now)
{
	struct stack_state *state = &e->stacks[stack];
	struct incident *slots = slots_of(e, stack), *lead;
	enum diagnosis before = state->finding.primary;

	state->is_dirty = false;
	state->wake = sight_wake(e, now);
	state->sight = stack_sight(e, stack);
	state->finding = diagnose(&state->sight);
	members_update(e, stack, now);
	lead = lead_of(e, stack);
	if (lead && diagnosis_is_stack_level(state->finding.primary))
		absorb_untold(e, slots, lead);
	for (size_t i = 0; i < CASES_PER_STACK; i++)
		if (is_active(&slots[i]))
			update_incident(e, stack, &slots[i], &slots[i] == lead, now);
	if (state->finding.primary != before)
		e->effects.publish(e->effects.ctx);
	if (lead && !is_active(lead))
		judge_stack(e, stack, now); /* it has ended: what is left is another one's */
}

void cases_advance(struct engine *e, struct now now)
{
	for (uint32_t i = 0; i < e->plan->stacks_n; i++)
		if (e->stacks[i].is_dirty || mono_reached(e->stacks[i].wake, now.mono))
			judge_stack(e, i, now);
}

mono_t cases_wake(const struct engine *e)
{
	mono_t wake = MONO_NEVER;

	for (size_t i = 0; i < e->plan->stacks_n; i++)
		wake = mono_min(wake, e->stacks[i].wake);
	return wake;
}
