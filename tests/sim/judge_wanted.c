/*
 * judge_wanted.c - was this mail wanted, by whoever has said that it is not?
 *
 * An acknowledgement stops repeats, but nothing worse, no one else who fails,
 * and not the end. Four changes in half an hour are one mail, until it has been
 * calm for a quarter. What is quiet altogether is not mailed at all.
 */
#include "sim.h"

#include <string.h>

#define FLAPS_WITHIN (30 * MINUTE)
#define FLAPS_CALM   (15 * MINUTE)
#define NEWS_LATELY  (11 * MINUTE) /* two minutes to join, five between mails, and a round */
#define MILDER_HOLDS (5 * MINUTE)
#define SEEN_SLACK   (20 * SEC)

/* ---- what comes and goes ---- */

void judge_quiet_host(struct sim *s, int host, bool is_failing)
{
	struct quiet *q = &s->quiet;

	memmove(q->changes[host] + 1, q->changes[host],
		(FLAP_CHANGES - 1) * sizeof q->changes[host][0]);
	q->changes[host][0] = s->t;
	s->judge.changed[s->hosts[host].stack] = s->t;
	if (is_failing)
		q->failed[host] = s->t;
}

void judge_quiet_dog(struct sim *s, int stack)
{
	s->quiet.dog_failed[stack] = s->t;
}

/* Four changes in half an hour: that it is calm again is told as well. */
static bool has_come_and_gone(const struct sim *s, int host)
{
	const int64_t *at = s->quiet.changes[host];

	return at[FLAP_CHANGES - 1] != LONG_AGO && at[0] - at[FLAP_CHANGES - 1] <= FLAPS_WITHIN;
}

static bool is_flapping(const struct sim *s, int host)
{
	const int64_t *at = s->quiet.changes[host];

	return has_come_and_gone(s, host) && s->t - at[0] < FLAPS_CALM - SEC &&
	       /* what fell in another life may be found again in this one */
	       s->judge.broken_off < at[FLAP_CHANGES - 1] - 10 * MINUTE &&
	       /* and what fell before planned work, after it */
	       s->quiet.planned_ended[host] < at[FLAP_CHANGES - 1] - 3 * MINUTE &&
	       !s->quiet.is_planned[host] &&
	       s->judge.ours < at[FLAP_CHANGES - 1];
}

/* ---- was it wanted? ---- */

/* Who of the incident fails; when nobody does, who belongs to it. */
static uint32_t hosts_of(const struct sim *s, const struct model *m, uint64_t incident, int stack,
			 bool *ret_has_dog)
{
	uint32_t at = s->us.bed->watchdog_of[stack];
	uint32_t hosts[2] = { 0, 0 };
	bool dogs[2] = { false, false };

	for (size_t i = 0; i < m->plan->targets_n; i++)
		if (m->members[i].incident == incident)
			hosts[m->members[i].is_failing] |= 1u << s->us.bed->host_of[i];
	if (at != NONE_INDEX && m->members[m->plan->targets_n + at].incident == incident)
		dogs[m->members[m->plan->targets_n + at].is_failing] = true;
	*ret_has_dog = hosts[1] || dogs[1] ? dogs[1] : dogs[0];
	return hosts[1] || dogs[1] ? hosts[1] : hosts[0];
}

bool is_nothing_to_tell(struct sim *s, const struct incident *incident)
{
	const struct thread *thread = thread_of(s, incident->id);

	for (size_t i = 0; i < s->quiet.acks_n; i++) {
		const struct ack *ack = &s->quiet.acks[i];

		if (ack->is_on && ack->incident == incident->id)
			return !thread || ack->is_doubtful ||
			       diagnosis_severity(incident->finding) <= thread->surely;
	}
	return false;
}

/* Milder for five minutes, it is that by which worse is measured (DECISIONS 1). */
static void milder_holds(const struct sim *s, struct thread *thread)
{
	int64_t held = s->t - thread->seen_at;

	if (thread->seen < thread->perhaps && held >= MILDER_HOLDS - SEEN_SLACK)
		thread->perhaps = thread->seen;
	if (thread->seen < thread->surely && held >= MILDER_HOLDS + SEEN_SLACK)
		thread->surely = thread->seen;
}

void look_at_findings(struct sim *s, const struct model *m)
{
	for (size_t i = 0; i < m->incidents_n; i++) {
		struct thread *thread = thread_of(s, m->incidents[i].id);
		int severity = diagnosis_severity(m->incidents[i].finding);

		if (!thread)
			continue;
		milder_holds(s, thread);
		if (severity == thread->seen)
			continue;
		thread->seen = severity;
		thread->seen_at = s->t;
	}
}

/*
 * Lately, or while it was kept quiet, since the last mail. When we died with that, what it named
 * is not known to who comes after.
 */
static bool is_somebody_new(const struct sim *s, const struct thread *thread)
{
	int stack = thread->stack;

	if (s->judge.away >= thread->mailed && s->t - s->judge.away < NEWS_LATELY)
		return true;

	for (int i = 0; i < s->setup->sites_n + s->setup->jobs_n; i++)
		if (s->hosts[i].stack == stack &&
		    (has_come_and_gone(s, i) ||
		     (s->quiet.failed[i] > thread->mailed &&
		      verdict_is_failing(s->judge.hosts[i].verdict)) ||
		     s->t - s->quiet.failed[i] < NEWS_LATELY ||
		     s->t - s->quiet.parent_failed[i] < NEWS_LATELY))
			return true;
	return s->t - s->quiet.dog_failed[stack] < NEWS_LATELY ||
	       s->t - s->quiet.dog_planned_ended[stack] < NEWS_LATELY ||
	       (s->quiet.dog_failed[stack] > thread->mailed && s->judge.dogs[stack].is_dead);
}

static void judge_acknowledged(struct sim *s, const struct notice *n, struct thread *thread)
{
	int is = diagnosis_severity(n->diagnosis);

	milder_holds(s, thread);
	for (size_t i = 0; i < s->quiet.acks_n; i++) {
		struct ack *ack = &s->quiet.acks[i];

		if (ack->incident != n->incident || !ack->is_on)
			continue;
		if (is > thread->perhaps || thread->is_lossy)
			ack->is_on = false; /* it is another one now */
		else if (!ack->is_doubtful && n->kind == NOTICE_REPEAT)
			broken(s, UNWANTED, "a %s of %s, which was acknowledged",
			       notice_kind_name(n->kind), n->number);
		else if (!ack->is_doubtful && n->kind == NOTICE_CHANGE &&
			 !is_somebody_new(s, thread))
			broken(s, UNWANTED, "a %s (%s) of %s, acknowledged: nobody else fails",
			       notice_kind_name(n->kind), diagnosis_name(n->diagnosis), n->number);
	}
}

static void judge_recovered(struct sim *s, const struct notice *n, const struct thread *thread)
{
	for (int i = 0; i < s->setup->sites_n; i++)
		if (thread->names >> i & 1 && s->hosts[i].subject != NONE_INDEX &&
		    is_flapping(s, i) && s->quiet.changes[i][1] > thread->began)
			broken(s, FALSE_UP, "%s: UP, but %s comes and goes", n->number,
			       s->hosts[i].name);
}

/* What failed already during the work fails since its end. */
static void judge_beginning(struct sim *s, const struct notice *n, uint32_t hosts)
{
	int64_t opened = n->opened.mono.us - s->us.mono_ahead;

	if (s->us.is_rebooted || s->t - s->judge.stepped < DAY || s->judge.lost_state != LONG_AGO)
		return;
	for (; hosts; hosts &= hosts - 1) {
		int host = __builtin_ctz(hosts);

		if (opened <= s->quiet.planned_began[host])
			return; /* it failed before the work as well */
		if (s->quiet.planned_ended[host] <= opened + SEC || s->quiet.is_planned[host])
			return;
	}
	broken(s, WRONG_ORDER, "%s began %.0f s ago, in planned work", n->number,
	       (double)(s->t - opened) / SEC);
}

/* A last mail is always wanted. */
void judge_wanted(struct sim *s, const struct notice *n, struct thread *thread)
{
	int stack = strcmp(n->stack, "away") == 0;
	bool has_dog, is_held;
	uint32_t hosts;
	struct model m;

	if (n->kind == NOTICE_RECOVERED) {
		if (thread)
			judge_recovered(s, n, thread);
		return;
	}
	if (thread)
		judge_acknowledged(s, n, thread);
	engine_model(s->us.engine, sim_now(s), &m);
	hosts = hosts_of(s, &m, n->incident, stack, &has_dog);
	if ((!hosts && !has_dog) || s->judge.lost_state != LONG_AGO)
		return;
	if (n->kind == NOTICE_DOWN && hosts && !has_dog)
		judge_beginning(s, n, hosts);
	is_held = diagnosis_is_stack_level(n->diagnosis)
			  ? is_stack_quiet(s, stack, true)
			  : is_all_quiet(s, stack, hosts, has_dog, true);
	if (is_held)
		broken(s, UNWANTED, "%s %s of %s, though it is to be kept quiet",
		       notice_kind_name(n->kind), diagnosis_name(n->diagnosis), n->affected);
}
