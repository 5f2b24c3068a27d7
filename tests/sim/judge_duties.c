/*
 * judge_duties.c - has everything been said by now that had to be? Looked at
 * when the time for something is up, and whenever something was said.
 */
#include "sim.h"

#include <string.h>

static const char *name_of(const struct sim *s, int host)
{
	return s->hosts[host].name;
}

static const struct incident *told_incident(const struct model *m, uint32_t subject)
{
	for (size_t i = 0; i < m->incidents_n; i++)
		if (m->incidents[i].id == m->members[subject].incident && m->incidents[i].mails > 0)
			return &m->incidents[i];
	return NULL;
}

/* The whole stack is said to fail, whichever incident says so. */
static bool is_stack_told(const struct model *m, const char *stack)
{
	for (size_t i = 0; i < m->incidents_n; i++)
		if (strcmp(m->incidents[i].stack, stack) == 0 && m->incidents[i].mails > 0 &&
		    diagnosis_is_stack_level(m->incidents[i].finding))
			return true;
	return false;
}

static bool is_named(struct sim *s, int host, const struct incident *incident)
{
	const struct thread *thread = thread_of(s, incident->id);

	return thread && thread->names >> host & 1;
}

/* Who fails is named there, whose own mail was held back. */
void judge_digest(struct sim *s, const struct model *m, const char *message)
{
	for (int i = 0; i < s->setup->sites_n; i++) {
		uint32_t subject = s->hosts[i].subject;
		struct thread *thread =
			subject == NONE_INDEX ? NULL : thread_of(s, m->members[subject].incident);

		if (thread && strstr(message, s->hosts[i].name))
			thread->names |= 1u << i;
	}
}

/* Its name is not looked for: all of the stack fails, or too many, or mails are held back. */
static bool is_crowd(const struct sim *s, const struct model *m, const struct incident *incident)
{
	return is_stack_told(m, incident->stack) || incident->affected_n >= 6 ||
	       s->t - s->judge.noticed[s->judge.noticed_n % NOTICED_MAX] < HOUR;
}

static void look_for_mail(struct sim *s, const struct model *m, int host)
{
	struct host_truth *h = &s->judge.hosts[host];
	uint32_t subject = s->hosts[host].subject;
	const struct incident *incident = told_incident(m, subject);

	if (is_quiet(s, host, false))
		return;
	h->is_in_crowd = incident && is_crowd(s, m, incident);
	if (h->mail_duty.left < 0 && (!incident || !m->members[subject].is_failing))
		broken(s, LATE_MAIL, "%s has failed for %.0f s and no mail tells",
		       name_of(s, host), (double)(s->t - h->since) / SEC);
	else if (is_named(s, host, incident))
		h->name_duty.left = HOUR; /* until another incident has it */
	else if (h->is_in_crowd)
		h->name_duty.left = NAMED_LATER + MINUTE;
	else if (h->name_duty.left < 0)
		broken(s, LATE_NAME, "%s has failed for %.0f s and no mail names it",
		       name_of(s, host), (double)(s->t - h->since) / SEC);
}

void look_at_duties(struct sim *s, const struct model *m, int host)
{
	struct host_truth *h = &s->judge.hosts[host];

	if (h->is_blocked)
		return;
	if (h->verdict_duty.is_on && h->verdict_duty.left < 0 && !verdict_is_failing(h->verdict))
		broken(s, LATE_VERDICT, "%s has failed for %.0f s and is %s", name_of(s, host),
		       (double)(s->t - h->since) / SEC, verdict_name(h->verdict));
	if (h->mail_duty.is_on && (h->mail_duty.left < 0 || h->name_duty.left < 0))
		look_for_mail(s, m, host);
	if (h->up_duty.is_on && h->up_duty.left < 0 && h->verdict != VERDICT_UP && !h->is_doubtful)
		broken(s, LATE_RECOVERY, "%s has been well for %.0f s and is %s", name_of(s, host),
		       (double)(s->t - h->since) / SEC, verdict_name(h->verdict));
	if (h->up_duty.left < 0)
		h->up_duty.is_on = false;
}

static int64_t silence_bound(const struct sim *s, int stack)
{
	const struct watchdog_setup *w = &s->setup->watchdogs[stack];

	/* A reference that was lost on our line puts it off, and rightly: it may have been a beat. */
	bool was_lossy = is_recent(s, ORDEAL_OWN_LOSS, 0, s->judge.dogs[stack].heard);

	return w->period + w->grace +
	       (10 + 60 * ((int64_t)s->judge.dogs[stack].breaks + was_lossy)) * SEC;
}

void look_at_watchdog(struct sim *s, const struct model *m, int stack)
{
	const struct silence_truth *d = &s->judge.dogs[stack];
	uint32_t at = s->us.bed->watchdog_of[stack];
	int64_t bound = silence_bound(s, stack);
	size_t subject = s->us.bed->plan.targets_n + at;

	if (at == NONE_INDEX || d->heard == LONG_AGO || is_dog_blocked(s, stack))
		return;
	/* Of a state that is older than that nobody knows which beats have come since: one more may. */
	if (d->least > bound && !d->is_dead && s->t - s->us.risen > 80 * SEC)
		broken(s, LATE_SILENCE, "no beat for %.0f s that count, and it is %s",
		       (double)d->least / SEC, deadman_name(m->deadmen[at].state));
	if (d->resolved != NEVER && d->least > bound - 3 * MINUTE &&
	    s->t - d->resolved > s->setup->watchdogs[stack].period * 3 / 2 + 5 * SEC && !d->is_dead &&
	    d->breaks == 0 && !is_recent(s, ORDEAL_OWN_LOSS, 0, d->resolved))
		broken(s, LATE_SILENCE, "resolved for %.0f s, and it is %s",
		       (double)(s->t - d->resolved) / SEC, deadman_name(m->deadmen[at].state));
	if (d->least > bound + s->setup->group_wait + 15 * SEC &&
	    is_heard_again(s, s->quiet.dog_quieted[stack]) &&
	    (!m->members[subject].is_failing || !told_incident(m, (uint32_t)subject)))
		broken(s, LATE_MAIL, "no beat for %.0f s that count, and no mail",
		       (double)d->least / SEC);
}

void look_at_job(struct sim *s, const struct model *m, int job)
{
	const struct silence_truth *d = &s->judge.jobs[job];
	const struct job_setup *setup = &s->setup->jobs[job];
	uint32_t subject = s->hosts[s->setup->sites_n + job].subject;
	int64_t bound = setup->period + setup->grace + (15 + 90 * (int64_t)d->breaks) * SEC;

	if (is_silence_blocked(s) || is_on(s, ORDEAL_LISTENER, 0) || d->heard == LONG_AGO)
		return;
	if (d->least > bound && !verdict_is_failing(m->targets[subject].state))
		broken(s, LATE_SILENCE, "%s has been silent for %.0f s that count",
		       s->hosts[s->setup->sites_n + job].name, (double)d->least / SEC);
	if (d->least > bound + s->setup->group_wait + 15 * SEC && !told_incident(m, subject) &&
	    is_heard_again(s, s->quiet.quieted[s->setup->sites_n + job]))
		broken(s, LATE_MAIL, "%s has been silent for %.0f s that count, and no mail",
		       s->hosts[s->setup->sites_n + job].name, (double)d->least / SEC);
}

/* Until its next run a job stays as it is. */
static bool is_job_awaited(const struct sim *s)
{
	for (int i = 0; i < s->setup->jobs_n; i++)
		if (verdict_is_failing(s->judge.hosts[s->setup->sites_n + i].verdict) &&
		    s->t - s->judge.calm < 2 * s->setup->jobs[i].period)
			return true;
	return false;
}

void look_at_calm(struct sim *s, const struct model *m)
{
	struct judge *j = &s->judge;

	if (j->calm == NEVER || s->t - j->calm < CALM_ENOUGH || is_job_awaited(s))
		return;
	if (m->incidents_n > 0)
		broken(s, NEVER_ENDED, "%s (%s) is open though all has been well for %.0f s",
		       m->incidents[0].number, diagnosis_name(m->incidents[0].finding),
		       (double)(s->t - j->calm) / SEC);
	for (int i = 0; i < s->setup->stacks_n; i++) {
		if (j->downs[i] > j->causes[i] && !j->is_unruly)
			broken(s, TOO_MANY, "%u incidents were mailed for %u causes", j->downs[i],
			       j->causes[i]);
		j->downs[i] = j->causes[i] = 0;
	}
	j->is_unruly = s->setup->jobs_n > 0;
}

void look_at_blind(struct sim *s)
{
	struct judge *j = &s->judge;

	if (!us_hears(s) || j->cut != NEVER || is_on(s, ORDEAL_OWN_LOSS, 0))
		j->blind_due = NEVER;
	if (s->t <= j->blind_due)
		return;
	j->blind_due = NEVER;
	broken(s, LATE_BLIND, "we were blind and do not say so");
}

