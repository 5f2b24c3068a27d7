/*
 * judge_quiet.c - who may be kept quiet now, and who must be.
 *
 * By the decisions: planned work goes by the wall clock, counts nowhere, and a
 * failure that outlasts it begins at its end with a full round of re-tests.
 * What is found of the whole stack is held back by what holds all of it, or
 * when everything in it is quiet. Whoever depends on what fails is not mailed;
 * when that is back, it has two minutes to follow.
 */
#include "sim.h"

#include <string.h>

#define CHILD_FOLLOWS (2 * MINUTE)
#define TOLD_WITHIN   (5 * SEC)
#define SLACK	      (4 * SEC)
#define UNSAID_MOST   (2 * MINUTE)
#define FOUND_OUT     (80 * SEC) /* references are asked again, and one round is lost */

/* ---- who is quiet ---- */

static bool has_parent_failing(const struct sim *s, int host, bool is_surely)
{
	unsigned parents = s->hosts[host].role == HOST_SITE ? s->setup->sites[host].parents : 0;

	for (int p = 0; parents; p++, parents >>= 1) {
		const struct host_truth *h = &s->judge.hosts[p];

		if (!(parents & 1) || s->hosts[p].subject == NONE_INDEX)
			continue;
		if (is_surely ? verdict_is_failing(h->verdict)
			      : h->verdict != VERDICT_UP || h->is_failing || h->is_doubtful ||
					h->bad > 0)
			return true;
	}
	return false;
}

bool is_quiet(const struct sim *s, int host, bool is_surely)
{
	return s->quiet.is_planned[host] || is_hushed(s, host, is_surely) ||
	       has_parent_failing(s, host, is_surely);
}

/* All that is probed of the stack is behind what fails: so may be the way that beats come. */
static bool may_dog_follow(const struct sim *s, int stack)
{
	const struct watchdog_setup *w = &s->setup->watchdogs[stack];
	bool follows = false;

	for (int i = 0; i < s->setup->sites_n; i++) {
		if (s->hosts[i].stack != stack || s->hosts[i].subject == NONE_INDEX)
			continue;
		if (s->t - s->quiet.parent_failed[i] > w->period + w->grace + MINUTE)
			return false;
		follows = true;
	}
	return follows;
}

bool is_dog_quiet(const struct sim *s, int stack, bool is_surely)
{
	return s->quiet.is_dog_planned[stack] || is_dog_hushed(s, stack, is_surely) ||
	       (!is_surely && may_dog_follow(s, stack));
}

static bool is_stack_planned(const struct sim *s, int stack)
{
	for (int i = 0; i < s->setup->windows_n; i++)
		if (s->quiet.is_window_on[i] && scope_has_all_of(s->setup->windows[i].scope, stack))
			return true;
	return false;
}

static bool is_each_quiet(const struct sim *s, int stack, bool is_surely)
{
	if (s->us.bed->watchdog_of[stack] != NONE_INDEX && !is_dog_quiet(s, stack, is_surely))
		return false;
	for (int i = 0; i < s->setup->sites_n + s->setup->jobs_n; i++)
		if (s->hosts[i].stack == stack && s->hosts[i].subject != NONE_INDEX &&
		    !is_quiet(s, i, is_surely))
			return false;
	return true;
}

bool is_stack_quiet(const struct sim *s, int stack, bool is_surely)
{
	return is_stack_planned(s, stack) || is_stack_hushed(s, stack, is_surely) ||
	       is_each_quiet(s, stack, is_surely);
}

bool is_all_quiet(const struct sim *s, int stack, uint32_t hosts, bool has_dog, bool is_surely)
{
	if (has_dog && !is_dog_quiet(s, stack, is_surely))
		return false;
	for (; hosts; hosts &= hosts - 1)
		if (!is_quiet(s, __builtin_ctz(hosts), is_surely))
			return false;
	return true;
}

/* ---- windows begin and end ---- */

static bool is_planned(const struct sim *s, int host)
{
	for (int i = 0; i < s->setup->windows_n; i++)
		if (s->quiet.is_window_on[i] && scope_has_host(s, s->setup->windows[i].scope, host))
			return true;
	return false;
}

static bool is_dog_planned(const struct sim *s, int stack)
{
	for (int i = 0; i < s->setup->windows_n; i++)
		if (s->quiet.is_window_on[i] && scope_has_dog(s->setup->windows[i].scope, stack))
			return true;
	return false;
}

static void duty_anew(struct duty *d, int64_t allowed)
{
	*d = (struct duty){ .is_on = true, .left = allowed, .whole = allowed };
}

/* What failed during the work proves nothing of the time after it. */
static void planned_ends(struct sim *s, int host)
{
	struct host_truth *h = &s->judge.hosts[host];
	int64_t bound = own_bound(s, host), told = bound + s->setup->group_wait + TOLD_WITHIN;

	s->quiet.planned_ended[host] = s->t;
	h->bad = h->ours_n = 0;
	h->spells++;
	if (s->hosts[host].role != HOST_SITE) {
		if (verdict_is_failing(h->verdict))
			h->shown = s->t; /* it fails since then */
		return;
	}
	if (h->is_failing) {
		h->since = s->t;
		duty_anew(&h->verdict_duty, bound);
		duty_anew(&h->mail_duty, told);
		duty_anew(&h->name_duty, told + NAMED_LATER + MINUTE);
	} else if (h->verdict != VERDICT_UP) {
		duty_anew(&h->up_duty, bound);
	}
	/* Of what it was found to be nothing is left, unless it was well. */
	if (h->verdict != VERDICT_UP)
		h->verdict = VERDICT_UNKNOWN;
}

/* What outlasts planned work begins at its end: an incident of its own, if others fail for long. */
static void count_outlasting(struct sim *s, const bool was[HOSTS_MAX])
{
	bool is_any[STACKS_MAX] = { false };

	for (int i = 0; i < s->setup->sites_n; i++)
		is_any[s->hosts[i].stack] |=
			was[i] && !s->quiet.is_planned[i] && s->judge.hosts[i].is_failing;
	for (int i = 0; i < STACKS_MAX; i++)
		s->judge.causes[i] += is_any[i];
}

static void subjects_change(struct sim *s)
{
	struct quiet *q = &s->quiet;
	bool before[HOSTS_MAX];

	memcpy(before, q->is_planned, sizeof before);

	for (int i = 0; i < s->setup->sites_n + s->setup->jobs_n; i++) {
		q->is_planned[i] = is_planned(s, i);
		if (before[i] == q->is_planned[i])
			continue;
		story_tell(s, "planned work at %s %s", s->hosts[i].name,
			   before[i] ? "ends" : "begins");
		if (before[i]) {
			planned_ends(s, i);
			continue;
		}
		q->planned_began[i] = s->t;
		s->judge.hosts[i].spells++;
	}
	count_outlasting(s, before);
	for (int i = 0; i < s->setup->stacks_n; i++) {
		bool was = q->is_dog_planned[i];

		q->is_dog_planned[i] = is_dog_planned(s, i);
		if (was && !q->is_dog_planned[i])
			q->dog_planned_ended[i] = s->t;
	}
}

void quiet_live(struct sim *s)
{
	struct quiet *q = &s->quiet;
	int64_t ahead = s->us.wall_ahead;

	if (!q->is_used || (s->t < q->next && q->wall_ahead == ahead))
		return;
	judge_time(s);
	q->wall_ahead = ahead;
	q->next = hushes_live(s);
	for (int i = 0; i < s->setup->windows_n; i++) {
		int64_t next;

		q->is_window_on[i] = is_window_on(s->setup, &s->setup->windows[i],
						  s->t + s->setup->wall + ahead, &next);
		if (next < NEVER && next - s->setup->wall - ahead < q->next)
			q->next = next - s->setup->wall - ahead;
	}
	subjects_change(s);
	for (int i = 0; i < s->setup->stacks_n; i++)
		s->judge.changed[i] = s->t;
}

/* ---- time ---- */

static void least_left(struct duty *d, int64_t least)
{
	if (d->is_on && d->left < least)
		d->left = least;
}

/* Nothing holds it back any more: what is to be said has as long as if it were new. */
static void quiet_ends(struct sim *s, int host)
{
	struct host_truth *h = &s->judge.hosts[host];
	bool had_parent = s->t - s->quiet.parent_failed[host] < MINUTE;
	int64_t least = (verdict_is_failing(h->verdict) ? 0 : own_bound(s, host)) +
			(had_parent ? CHILD_FOLLOWS + MINUTE : 0) + s->setup->group_wait +
			TOLD_WITHIN + SLACK;

	least_left(&h->mail_duty, least);
	least_left(&h->name_duty, least + NAMED_LATER + MINUTE);
}

void judge_quiet_grow(struct sim *s, int64_t span)
{
	struct quiet *q = &s->quiet;

	for (int i = 0; i < s->setup->sites_n + s->setup->jobs_n; i++) {
		bool was = q->was_quiet[i];

		if (q->is_planned[i] && us_hears(s))
			q->planned_all[i] += span;
		if (has_parent_failing(s, i, false))
			q->parent_failed[i] = s->t;
		q->was_quiet[i] = is_quiet(s, i, false);
		if (q->was_quiet[i] || is_silence_blocked(s))
			q->quieted[i] = s->t;
		if (was && !q->was_quiet[i])
			quiet_ends(s, i);
	}
	for (int i = 0; i < s->setup->stacks_n; i++)
		if (is_dog_quiet(s, i, false) || is_dog_blocked(s, i))
			q->dog_quieted[i] = s->t;
}

bool is_heard_again(const struct sim *s, int64_t quieted)
{
	return s->t - quieted > s->setup->group_wait + TOLD_WITHIN + FOUND_OUT;
}

/* ---- was it told? ---- */

static bool is_unsaid(const struct sim *s, const struct model *m, int stack)
{
	for (size_t i = 0; i < m->incidents_n; i++) {
		const struct incident *incident = &m->incidents[i];

		if ((strcmp(incident->stack, "away") == 0) == stack &&
		    diagnosis_is_stack_level(incident->finding) &&
		    diagnosis_severity(incident->finding) > diagnosis_severity(incident->mailed))
			return !is_stack_quiet(s, stack, false);
	}
	return false;
}

void look_at_unsaid(struct sim *s, const struct model *m)
{
	struct quiet *q = &s->quiet;
	int64_t bound = s->setup->group_wait + UNSAID_MOST;

	for (int i = 0; i < s->setup->stacks_n; i++) {
		bool was = q->is_unsaid[i];

		q->is_unsaid[i] = is_unsaid(s, m, i);
		if (!was || !q->is_unsaid[i] || is_silence_blocked(s) ||
		    m->vantage == VANTAGE_ISOLATED || q->said[i] < s->judge.broken_off ||
		    q->said[i] < s->judge.ours)
			q->said[i] = s->t;
		else if (s->t - q->said[i] > bound)
			broken(s, LATE_MAIL, "the whole stack has been found to fail for %.0f s, and no "
					     "mail says so",
			       (double)(s->t - q->said[i]) / SEC);
	}
}

/* ---- is it shown? ---- */

static void judge_shown(struct sim *s, const char *name, bool is_planned_shown, bool is_planned_now,
			bool is_hush_shown, bool is_hushed_surely, bool is_hushed_perhaps)
{
	if (is_planned_shown != is_planned_now)
		broken(s, WRONG_MODEL, "planned work at %s is%s shown", name,
		       is_planned_shown ? "" : " not");
	if (is_hush_shown ? !is_hushed_perhaps : is_hushed_surely)
		broken(s, WRONG_MODEL, "%s is%s shown as silenced", name,
		       is_hush_shown ? "" : " not");
}

/* What has just begun or ended is known at the next turn. */
void judge_quiet_model(struct sim *s, const struct model *m)
{
	const struct quiet *q = &s->quiet;

	if (!q->is_used || q->wall_ahead != s->us.wall_ahead || s->t >= q->next)
		return;
	for (size_t i = 0; i < m->plan->targets_n; i++) {
		int host = s->us.bed->host_of[i];

		judge_shown(s, s->hosts[host].name, wall_is_set(m->targets[i].planned_until),
			    q->is_planned[host], m->targets[i].is_silenced,
			    is_hushed(s, host, true), is_hushed(s, host, false));
	}
	for (int i = 0; i < s->setup->stacks_n; i++) {
		uint32_t at = s->us.bed->watchdog_of[i];

		if (at != NONE_INDEX)
			judge_shown(s, m->deadmen[at].plan->name,
				    wall_is_set(m->deadmen[at].planned_until),
				    q->is_dog_planned[i], m->deadmen[at].is_silenced,
				    is_dog_hushed(s, i, true), is_dog_hushed(s, i, false));
	}
}

void judge_quiet_begin(struct sim *s)
{
	struct quiet *q = &s->quiet;

	q->next = s->setup->windows_n > 0 ? 0 : NEVER;
	q->is_used = s->setup->windows_n > 0;
	for (int i = 0; i < s->setup->sites_n; i++)
		q->is_used |= s->setup->sites[i].parents != 0;
	for (size_t i = 0; i < s->setup->ordeals_n; i++)
		q->is_used |= s->setup->ordeals[i].kind == ORDEAL_HUSH ||
			      s->setup->ordeals[i].kind == ORDEAL_ACK;
	for (int i = 0; i < HUSHES_MAX; i++)
		q->hushes[i].otherwise = LONG_AGO;
	for (int i = 0; i < HOSTS_MAX; i++) {
		q->planned_began[i] = q->planned_ended[i] = q->quieted[i] = LONG_AGO;
		q->parent_failed[i] = q->failed[i] = LONG_AGO;
		for (int k = 0; k < FLAP_CHANGES; k++)
			q->changes[i][k] = LONG_AGO;
	}
	for (int i = 0; i < STACKS_MAX; i++)
		q->dog_planned_ended[i] = q->dog_quieted[i] = q->dog_failed[i] = LONG_AGO;
}
