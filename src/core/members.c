/*
 * members.c - what fails and returns, as members of incidents.
 *
 * A target fails by its verdict; a watchdog by its silence, or by what its
 * witnesses say of it. Each is written into its incident's log. Which incident
 * that is, what it is found to be and when it ends is cases.c's.
 */
#include <string.h>

#include "base/words.h"
#include "core/engine_state.h"

static void remember_affected(struct incident *incident, const char *name)
{
	for (unsigned i = 0; i < incident->affected_n; i++)
		if (strcmp(incident->affected[i], name) == 0)
			return;
	if (incident->affected_n < INCIDENT_AFFECTED_MAX)
		words_copy(incident->affected[incident->affected_n++], NAME_TEXT_MAX, name);
}

static void note_member(struct incident *incident, enum incident_event_kind kind, const char *name,
			const struct incident_member *m, wall_t at)
{
	struct incident_event event = {
		.at = at, .kind = kind, .outcome = m->outcome, .code = m->code
	};

	words_copy(event.subject, sizeof event.subject, name);
	incident_note(incident, &event);
}

/* A member fails: for the first time (it joins), or again while its incident is open. */
static void member_fail(struct engine *e, uint32_t subject, uint32_t stack, const char *name,
			enum incident_event_kind joined, struct now began, struct now now)
{
	struct incident_member *m = &e->members[subject];
	struct incident *incident = cases_find(e, m->incident);
	bool is_member = incident != NULL;

	if (m->is_failing && is_member)
		return;
	if (!is_member)
		incident = cases_incident_for(e, stack, began, now);
	m->incident = incident->id;
	m->is_failing = true;
	m->failing_since = began.wall;
	m->recovered = (wall_t){ 0 };
	if (began.mono.us > incident->newest.us)
		incident->newest = began.mono;
	if (began.mono.us < incident->opened.mono.us && incident->mails == 0)
		incident->opened = began;
	/* The notice of an adopted one has named those who are its members already. */
	if (incident->state == INCIDENT_OPEN && !(incident->is_adopted && is_member) &&
	    !diagnosis_is_stack_level(incident->finding))
		incident->joined = mono_min(incident->joined, now.mono);
	remember_affected(incident, name);
	note_member(incident,
		    incident->log_n == 0 && joined == EVENT_JOINED ? EVENT_FIRST_FAILURE : joined,
		    name, m, incident->log_n == 0 ? began.wall : now.wall);
}

static void member_return(struct engine *e, uint32_t subject, const char *name,
			  enum incident_event_kind kind, struct now back)
{
	struct incident_member *m = &e->members[subject];
	struct incident *incident = cases_find(e, m->incident);

	if (!incident || !m->is_failing)
		return;
	m->is_failing = false;
	m->recovered = back.wall;
	if (back.mono.us > incident->closed.mono.us)
		incident->closed = back;
	note_member(incident, kind, name, m, back.wall);
}

/* A notice outlived the state in which the job is well: only a report says that it is so again. */
static bool is_older_than_notice(const struct engine *e, uint32_t index)
{
	return is_job(e, index) && !job_has_reported(e, index, e->members[index].failing_since);
}

/* ---- targets ---- */

static void target_member(struct engine *e, uint32_t index, struct now now)
{
	const struct check *c = &e->checks[index];
	const struct target_plan *t = &e->plan->targets[index];
	struct incident_member *m = &e->members[index];

	if (verdict_is_failing(c->verdict.state)) {
		m->outcome = c->failure;
		m->code = c->failure_code;
		m->took = c->failure_us;
		m->last_ok =
			c->last_ok.us < c->verdict.failing_since.wall.us ? c->last_ok : m->last_ok;
		if (!m->is_failing)
			m->median_us = rollup_median(&e->rollups[index], now.wall);
		member_fail(e, index, t->stack, t->name, EVENT_JOINED, c->verdict.failing_since,
			    now);
	} else if (m->is_failing && c->verdict.state == VERDICT_UP &&
		   !is_older_than_notice(e, index)) {
		m->recovered_us = c->ok_total_us;
		m->recovered_code = c->code;
		member_return(e, index, t->name, EVENT_RETURNED,
			      wall_is_set(c->first_good.wall) ? c->first_good : c->verdict.since);
	}
}

/* ---- watchdogs ---- */

static struct now silent_since(const struct deadman *d)
{
	bool is_of_last = wall_is_set(d->last.wall) && d->state != DEADMAN_RETURNING;

	return (struct now){ is_of_last ? d->last.mono : d->since.mono, d->dead_since };
}

/*
 * Never a beat, and nothing else is said of it: unless it is known from a notice that it did fail.
 */
static bool is_as_new(struct engine *e, uint32_t watchdog)
{
	const struct incident *incident =
		cases_find(e, e->members[member_of_watchdog(e, watchdog)].incident);

	return e->deadmen[watchdog].state == DEADMAN_NEW && incident && !incident->is_adopted;
}

/* Of what it is accused goes into the log beside who it is. */
static void watchdog_accused(struct engine *e, uint32_t watchdog, struct now now)
{
	const struct pull_state *p = &e->pulls[watchdog];
	const struct watchdog_plan *w = &e->plan->watchdogs[watchdog];
	uint32_t subject = member_of_watchdog(e, watchdog);
	struct incident_member *m = &e->members[subject];
	const struct pull_evidence ev = evidence_of(e, watchdog);
	const struct witness *speaker = pull_speaker(p, &ev);
	struct incident *incident = cases_find(e, m->incident);
	struct incident_event *event;

	if (m->is_failing && incident)
		return;
	m->last_ok = p->blamed_from.wall;
	m->is_accused = true;
	member_fail(e, subject, w->stack, w->name, EVENT_ACCUSED, p->blamed_from, now);
	incident = cases_find(e, m->incident);
	event = &incident->log[incident->log_n - 1];
	event->at = now.wall; /* it began earlier, but nobody could see it then */
	event->code = (int)p->blame;
	if (speaker && speaker->news.us != INT64_MAX)
		event->count = (unsigned)(mono_span(speaker->news, now.mono) / USEC_PER_SEC);
}

static void watchdog_silent(struct engine *e, uint32_t watchdog, struct now now)
{
	const struct deadman *d = &e->deadmen[watchdog];
	const struct watchdog_plan *w = &e->plan->watchdogs[watchdog];
	uint32_t subject = member_of_watchdog(e, watchdog);
	struct incident_member *m = &e->members[subject];
	struct incident *incident = cases_find(e, m->incident);

	if (!m->is_failing)
		m->last_ok = d->dead_since;
	else if (m->is_accused && incident)
		note_member(incident, EVENT_SILENT, w->name, m, now.wall);
	m->is_accused = false;
	member_fail(e, subject, w->stack, w->name, EVENT_SILENT, silent_since(d), now);
}

/*
 * It fails by its silence, or by what its witnesses say while its beats still
 * come: Alertmanager repeats a dead alert for minutes. It is back when its
 * beats come and nothing is held against it any more.
 */
static void watchdog_member(struct engine *e, uint32_t watchdog, struct now now)
{
	const struct deadman *d = &e->deadmen[watchdog];
	uint32_t subject = member_of_watchdog(e, watchdog);

	if (deadman_is_dead(d))
		watchdog_silent(e, watchdog, now);
	else if (e->pulls[watchdog].blame != PULL_NONE)
		watchdog_accused(e, watchdog, now);
	else if (d->state == DEADMAN_UP || is_as_new(e, watchdog))
		member_return(e, subject, e->plan->watchdogs[watchdog].name,
			      e->members[subject].is_accused ? EVENT_ACQUITTED : EVENT_BEATS_BACK,
			      now);
}

/* ---- all of them ---- */

void members_update(struct engine *e, uint32_t stack, struct now now)
{
	const struct stack_state *state = &e->stacks[stack];

	for (size_t i = 0; i < state->targets_n; i++)
		target_member(e, state->targets[i], now);
	for (uint32_t i = 0; i < e->plan->watchdogs_n; i++)
		if (e->plan->watchdogs[i].stack == stack)
			watchdog_member(e, i, now);
}
