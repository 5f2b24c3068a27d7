/*
 * members.c - what fails and returns, as members of incidents.
 *
 * A target fails by its verdict; a watchdog by its silence, or by what its
 * witnesses say of it. Each is written into its incident's log. Which incident
 * that is, what it is found to be and when it ends is cases.c's.
 */
#include <string.h>

#include "base/words.h"
#include "core/engine_parts.h"

void members_remember(struct incident *incident, const char *name)
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

/* What fails because another does belongs to that one's incident, if it is of the same stack. */
static struct incident *incident_of_parent(struct engine *e, uint32_t subject)
{
	const struct target_plan *t = &e->plan->targets[subject];

	for (size_t i = 0; subject < e->plan->targets_n && i < t->parents.n; i++) {
		uint32_t parent = t->parents.items[i];

		if (e->members[parent].is_failing && e->plan->targets[parent].stack == t->stack)
			return cases_find(e, e->members[parent].incident);
	}
	return NULL;
}

/* A target whose failure follows nobody else's. */
static bool is_on_its_own(const struct engine *e, uint32_t target)
{
	return e->plan->targets[target].parents.n == 0;
}

/* Another one than `child` that fails, and has failed of its own, or since its parent is back. */
static bool is_another_free(const struct engine *e, const struct incident *incident, uint32_t child)
{
	for (uint32_t i = 0; i < e->plan->targets_n; i++)
		if (i != child && e->members[i].incident == incident->id &&
		    e->members[i].is_failing && !e->members[i].is_dependent)
			return true;
	return false;
}

/* Who could not be seen may have failed with what failed meanwhile. */
static mono_t began_at_least(const struct engine *e, uint32_t subject, struct now began)
{
	mono_t unseen = subject < e->plan->targets_n ? e->setbacks[subject].unseen_since
						     : began.mono;

	return unseen.us != 0 && unseen.us < began.mono.us ? unseen : began.mono;
}

/* A member fails: for the first time (it joins), or again while its incident is open. */
static void member_fail(struct engine *e, uint32_t subject, uint32_t stack, const char *name,
			enum incident_event_kind joined, struct now began, struct now now)
{
	struct incident_member *m = &e->members[subject];
	struct incident *incident = cases_find(e, m->incident);
	bool is_member = incident != NULL;
	/* A silence began with whatever came after the last beat. */
	mono_t until = joined == EVENT_SILENT ? now.mono : began.mono;

	if (m->is_failing && is_member)
		return;
	if (!is_member)
		incident = incident_of_parent(e, subject);
	if (!incident && !diagnosis_is_stack_level(e->stacks[stack].finding.primary))
		incident = pair_incident(e, subject);
	if (!incident)
		incident = cases_incident_for(e, stack, began, began_at_least(e, subject, began),
					      until, now);
	m->was_named &= is_member;
	m->incident = incident->id;
	m->is_failing = true;
	m->failing_since = began.wall;
	m->recovered = (wall_t){ 0 };
	if (until.us > incident->newest.us)
		incident->newest = until;
	if (began.mono.us < incident->opened.mono.us && incident->mails == 0)
		incident->opened = began;
	/* What waits for a child to follow its parent waits no more. */
	if (subject >= e->plan->targets_n || is_on_its_own(e, subject))
		incident->group_wait_ends =
			mono_min(incident->group_wait_ends,
				 mono_add(now.mono, e->plan->mail.group_wait));
	flap_note(&e->flaps[subject], now.mono);
	if (!(is_member && news_is_old(e, incident, subject, now)) && !m->is_dependent &&
	    !pair_is_completed(e, incident, subject))
		news_note(incident, m, now);
	members_remember(incident, name);
	note_member(incident,
		    incident->log_n == 0 && joined == EVENT_JOINED ? EVENT_FIRST_FAILURE : joined,
		    name, m, incident->log_n == 0 ? began.wall : now.wall);
}

static void member_return(struct engine *e, uint32_t subject, const char *name,
			  enum incident_event_kind kind, struct now back, struct now now)
{
	struct incident_member *m = &e->members[subject];
	struct incident *incident = cases_find(e, m->incident);

	if (!incident || !m->is_failing)
		return;
	flap_note(&e->flaps[subject], now.mono);
	m->is_failing = m->is_named = false;
	news_forget(e, incident, m);
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

static bool has_failing_parent(const struct engine *e, uint32_t index)
{
	const struct indices *parents = &e->plan->targets[index].parents;

	for (size_t i = 0; i < parents->n; i++)
		if (verdict_is_failing(e->checks[parents->items[i]].verdict.state))
			return true;
	return false;
}

/*
 * Once what it depends on is back, a failure that stays is its own: it is told
 * when the child has had time to follow.
 */
static void depend(struct engine *e, uint32_t index, struct now now)
{
	struct incident_member *m = &e->members[index];
	struct incident *incident = cases_find(e, m->incident);
	bool was = m->is_dependent;

	m->is_dependent = has_failing_parent(e, index);
	if (!was || m->is_dependent || !m->is_failing || !incident)
		return;
	if (!(m->is_named && wall_is_set(incident->acknowledged)))
		news_note(incident, m, now);
	if (incident->state == INCIDENT_WAITING && !is_another_free(e, incident, index))
		incident->group_wait_ends = mono_add(now.mono, CHILD_FOLLOWS);
}

/* Its first good run; without one, since it was judged anew, when it was found to be well. */
static struct now back_since(const struct engine *e, uint32_t index, struct now now)
{
	const struct now *first_good = &e->setbacks[index].first_good;
	const struct now *since = &e->checks[index].verdict.since;
	wall_t failing_since = e->members[index].failing_since;

	if (first_good->wall.us > failing_since.us)
		return *first_good;
	return since->wall.us > failing_since.us ? *since : now;
}

/*
 * What was found of him before the work is void, and so was that it is news: if he still fails at
 * its end, he may be one whom no mail has named.
 */
static void name_after_work(struct engine *e, uint32_t index, struct now now)
{
	struct incident_member *m = &e->members[index];
	struct incident *incident = cases_find(e, m->incident);

	if (!incident || m->is_named || m->is_news || m->is_dependent || is_planned(e, index) ||
	    e->planned[index].ended.mono.us <= incident->last_mail.mono.us)
		return;
	if (!news_is_old(e, incident, index, now))
		news_note(incident, m, now);
}

static void target_member(struct engine *e, uint32_t index, struct now now)
{
	const struct check *c = &e->checks[index];
	const struct setback *setback = &e->setbacks[index];
	const struct target_plan *t = &e->plan->targets[index];
	struct incident_member *m = &e->members[index];

	if (t->parents.n > 0 || m->is_dependent)
		depend(e, index, now);
	if (is_planned(e, index) && !m->is_failing)
		return;
	if (verdict_is_failing(c->verdict.state)) {
		m->outcome = setback->outcome;
		m->code = setback->code;
		m->took = setback->took;
		m->last_ok =
			c->last_ok.us < c->verdict.failing_since.wall.us ? c->last_ok : m->last_ok;
		if (!m->is_failing)
			m->median_us = latency_median(&e->latencies[index], now.wall);
		member_fail(e, index, t->stack, t->name, EVENT_JOINED, c->verdict.failing_since,
			    now);
		if (e->planned)
			name_after_work(e, index, now);
	} else if (m->is_failing && c->verdict.state == VERDICT_UP &&
		   !is_older_than_notice(e, index)) {
		m->recovered_us = c->ok_total_us;
		m->recovered_code = c->code;
		member_return(e, index, t->name, EVENT_RETURNED,
			      back_since(e, index, now), now);
	}
}

/* ---- watchdogs ---- */

/* What outlasts planned work begins at its end. */
static struct now silent_since(const struct engine *e, uint32_t watchdog)
{
	const struct deadman *d = &e->deadmen[watchdog];
	bool is_of_last = wall_is_set(d->last.wall) && d->state != DEADMAN_RETURNING;
	struct now since = { is_of_last ? d->last.mono : d->since.mono, d->dead_since };
	uint32_t subject = member_of_watchdog(e, watchdog);

	if (e->planned && e->planned[subject].ended.mono.us > since.mono.us)
		return e->planned[subject].ended;
	return since;
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
	member_fail(e, subject, w->stack, w->name, EVENT_SILENT, silent_since(e, watchdog), now);
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

	if (is_planned(e, subject) && !e->members[subject].is_failing)
		return;
	/* One beat is not a return, but no reason to begin with an accusation either. */
	if (d->state == DEADMAN_RETURNING && !e->members[subject].is_failing)
		return;
	if (deadman_is_dead(d))
		watchdog_silent(e, watchdog, now);
	else if (e->pulls[watchdog].blame != PULL_NONE)
		watchdog_accused(e, watchdog, now);
	else if (d->state == DEADMAN_UP || is_as_new(e, watchdog))
		member_return(e, subject, e->plan->watchdogs[watchdog].name,
			      e->members[subject].is_accused ? EVENT_ACQUITTED : EVENT_BEATS_BACK,
			      now, now);
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

/* ---- what they show ---- */

/*
 * What was found before stands while nothing is known of what its witnesses
 * would say, and while it returns: on the way back from one cause, parts of it
 * look like another.
 */
static bool does_finding_stand(const struct engine *e, uint32_t watchdog, enum diagnosis finding,
			       struct now now)
{
	return diagnosis_is_pipeline(finding) &&
	       (e->deadmen[watchdog].state == DEADMAN_RETURNING ||
		watchdog_is_open(e, watchdog, now) ||
		(finding == DIAGNOSIS_LISTENER_BROKEN && listener_is_back(e, watchdog)));
}

static enum diagnosis finding_of_watchdog(const struct engine *e, uint32_t watchdog,
					  const struct incident *incident, struct now now)
{
	return does_finding_stand(e, watchdog, incident->finding, now)
		       ? incident->finding
		       : watchdog_diagnosis(e, watchdog);
}

struct finding members_finding(struct engine *e, uint32_t stack,
				     const struct incident *incident, struct now now)
{
	const struct stack_state *state = &e->stacks[stack];
	struct finding finding = { DIAGNOSIS_NONE, 0 };

	for (size_t i = 0; i < state->targets_n; i++) {
		const struct incident_member *m = &e->members[state->targets[i]];

		if (m->incident == incident->id && m->is_failing)
			finding.primary = DIAGNOSIS_SITE_DOWN;
	}
	for (uint32_t i = 0; i < e->plan->watchdogs_n; i++) {
		const struct incident_member *m = &e->members[member_of_watchdog(e, i)];
		enum diagnosis d;

		if (m->incident != incident->id || !m->is_failing)
			continue;
		d = finding_of_watchdog(e, i, incident, now);
		if (finding.primary == DIAGNOSIS_NONE)
			finding.primary = d;
		else if (d != DIAGNOSIS_NONE && finding.primary != d)
			finding.also |= 1u << d;
	}
	return finding;
}
