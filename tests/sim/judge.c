/*
 * judge.c - what is true, what should have been said of it by now, and whether
 * it was: promise I1, and when to look.
 *
 * A duty has the time that the documents give; that time runs while the duty
 * could be done: not while we are away, cut off, or nobody vouches for us.
 * When such trouble ends, it gets as much more as it takes to find that out.
 */
#include "sim.h"

#include <stdarg.h>
#include <string.h>

#define SLACK	       (4 * SEC)   /* of turns, and of runs that take their time */
#define AFTER_TROUBLE  (80 * SEC)  /* references are asked again, and one round is lost */
#define AFTER_RELOAD   (16 * SEC)  /* a run is begun anew */
#define RETESTS	       (30 * SEC)  /* 10 and 20 */
#define RALLY_SPACING  (12 * SEC)
#define TROUBLED_PACE  MINUTE
#define SETTLES	       (30 * SEC)
#define UNNOTICED      (70 * SEC)  /* our link is gone so long before a run of ours shows it */
#define BLIND_WORTH    (7 * MINUTE)
#define LOOK_PACE      MINUTE
#define WATCH_PACE     (15 * SEC)

void broken(struct sim *s, enum promise promise, const char *format, ...)
{
	va_list args;

	if (s->broken)
		return;
	s->broken = promise;
	s->broken_at = s->t;
	va_start(args, format);
	(void)vsnprintf(s->story, sizeof s->story, format, args);
	va_end(args);
	story_tell(s, "BROKEN: %s: %s", promise_name(promise), s->story);
}

/* ---- duties ---- */

static void duty_begin(struct duty *d, int64_t allowed)
{
	if (!d->is_on)
		*d = (struct duty){ .is_on = true, .left = allowed, .whole = allowed };
}

/* After trouble of ours: more time, but never more than a new beginning would have. */
static void duty_allow(struct duty *d, int64_t more)
{
	int64_t most = d->whole + more;

	d->left = d->left + more < most ? d->left + more : most;
}

/* What failed while nobody vouched for us is looked at again in its turn. */
static int64_t lost_round(const struct sim *s, int host)
{
	return AFTER_TROUBLE + interval_of(s, host);
}

static void duties_allow(struct host_truth *h, int64_t more)
{
	duty_allow(&h->verdict_duty, more);
	duty_allow(&h->mail_duty, more);
	duty_allow(&h->name_duty, more);
	duty_allow(&h->up_duty, more);
}

/* What we remember is too old to go on from. */
static void duties_renew(struct host_truth *h)
{
	struct duty *const duties[] = { &h->verdict_duty, &h->mail_duty, &h->name_duty,
					&h->up_duty };

	for (size_t i = 0; i < sizeof duties / sizeof duties[0]; i++)
		duties[i]->left = duties[i]->whole + AFTER_TROUBLE;
}

static void duty_run(struct duty *d, int64_t span)
{
	if (d->is_on)
		d->left = d->left > span ? d->left - span : -1;
}

/* ---- what is true ---- */

bool is_vouched(const struct sim *s)
{
	return (are_references_enough(s, 4) && !is_link_gone(s, 4)) ||
	       (are_references_enough(s, 6) && !is_link_gone(s, 6)) || s->setup->refs_n == 0;
}

static bool is_blocked(const struct sim *s, int host)
{
	const struct host *h = &s->hosts[host];

	if (!us_hears(s) || h->subject == NONE_INDEX || is_on(s, ORDEAL_OWN_LOSS, 0))
		return true;
	if (is_link_gone(s, h->family) || !are_references_enough(s, h->family))
		return true;
	return h->is_named && is_on(s, ORDEAL_RESOLVER, 0);
}

/* Until others have told us what time it is, nothing is said of a certificate. */
static bool is_certificate_doubtful(const struct sim *s, const struct host *h)
{
	return h->role == HOST_SITE &&
	       (s->us.wall_ahead != 0 || s->t - s->judge.stepped < 20 * MINUTE) &&
	       (is_on(s, ORDEAL_CERTIFICATE, h->at) || is_cert_over(s, h->at) ||
		is_cert_refused(s, h->at));
}

int64_t own_bound(const struct sim *s, int host)
{
	return interval_of(s, host) + RETESTS + 3 * timeout_of(s, host) + 2 * SEC + SLACK;
}

/* It will be found by its own runs. */
static bool is_caller(const struct sim *s, int host)
{
	return s->hosts[host].role == HOST_SITE && s->answers[host].is_failing &&
	       !is_certificate_doubtful(s, &s->hosts[host]) && !is_blocked(s, host);
}

/* Whoever fails at the same moment and is found first calls the others up; `ret_caller` is he. */
static int64_t rally_bound(const struct sim *s, int host, int *ret_caller)
{
	int64_t bound = own_bound(s, host);

	*ret_caller = host;
	for (int i = 0; i < s->hosts_n; i++) {
		int64_t other = interval_of(s, i) + timeout_of(s, i) + RALLY_SPACING + RETESTS +
				4 * timeout_of(s, host) + SLACK;

		if (i == host || !is_caller(s, i) || s->hosts[i].stack != s->hosts[host].stack ||
		    s->judge.hosts[i].is_failing || s->judge.hosts[i].verdict != VERDICT_UP ||
		    s->judge.hosts[host].verdict != VERDICT_UP || other >= bound)
			continue;
		bound = other;
		*ret_caller = i;
	}
	return bound;
}

/* He is well again, or out of our sight, before he was found: nobody calls. */
static void rally_is_off(struct sim *s, int host)
{
	struct host_truth *h = &s->judge.hosts[host];
	int64_t more = own_bound(s, host) - h->verdict_duty.whole;

	if (h->caller == host || is_caller(s, h->caller))
		return;
	h->caller = host;
	if (more > 0)
		duties_allow(h, more);
}

static void begin_to_fail(struct sim *s, int host, int64_t bound, int caller)
{
	struct host_truth *h = &s->judge.hosts[host];

	h->is_failing = true;
	h->caller = caller;
	h->since = s->t;
	h->up_duty.is_on = false;
	h->spells++;
	duty_begin(&h->verdict_duty, bound);
	duty_begin(&h->mail_duty, bound + s->setup->group_wait + 5 * SEC);
	duty_begin(&h->name_duty, bound + s->setup->group_wait + NAMED_LATER + MINUTE);
}

static void cease_to_fail(struct sim *s, int host)
{
	struct host_truth *h = &s->judge.hosts[host];

	h->is_failing = false;
	h->since = s->t;
	h->verdict_duty.is_on = h->mail_duty.is_on = h->name_duty.is_on = false;
	duty_begin(&h->up_duty, TROUBLED_PACE + SETTLES + 4 * timeout_of(s, host) + 30 * SEC);
}

static void look_at_host(struct sim *s, int host, int64_t bound, int caller)
{
	struct host_truth *h = &s->judge.hosts[host];
	bool is_failing = s->answers[host].is_failing && !is_certificate_doubtful(s, &s->hosts[host]);
	bool was_blocked = h->is_blocked, was_doubtful = h->is_doubtful;

	h->is_doubtful = s->answers[host].is_doubtful ||
			 is_certificate_doubtful(s, &s->hosts[host]);
	if (h->is_doubtful || is_on(s, ORDEAL_OWN_LOSS, 0) || was_doubtful) {
		h->doubtful = s->t;
		h->up_duty.left = h->up_duty.whole;
	}
	if (is_failing && !h->is_failing)
		begin_to_fail(s, host, bound, caller);
	else if (!is_failing && h->is_failing)
		cease_to_fail(s, host);
	if (h->is_failing)
		rally_is_off(s, host);
	h->is_blocked = is_blocked(s, host);
	if (was_blocked && !h->is_blocked)
		h->unblocked = s->t;
	if (was_blocked && !h->is_blocked)
		duties_allow(h, lost_round(s, host));
}

static void look_at_hosts(struct sim *s)
{
	int64_t bounds[HOSTS_MAX];
	int callers[HOSTS_MAX];

	for (int i = 0; i < s->setup->sites_n; i++)
		bounds[i] = rally_bound(s, i, &callers[i]);
	for (int i = 0; i < s->setup->sites_n; i++)
		look_at_host(s, i, bounds[i], callers[i]);
}

/* Beats come by IPv4. */
bool is_silence_blocked(const struct sim *s)
{
	return !us_hears(s) || !is_vouched(s) || is_link_gone(s, 4) ||
	       !are_references_enough(s, 4) || is_on(s, ORDEAL_OWN_LOSS, 0);
}

/* While references are broken themselves, our link is believed in until beats are overdue. */
static int64_t unnoticed(const struct sim *s)
{
	int64_t most = UNNOTICED;

	for (int i = 0; i < s->setup->stacks_n; i++) {
		const struct watchdog_setup *w = &s->setup->watchdogs[i];
		int64_t overdue = UNNOTICED + 2 * (w->group_interval + w->repeat_interval);

		if (w->is_there && s->judge.deserted >= s->judge.cut - 2 * MINUTE && overdue > most)
			most = overdue;
	}
	return most;
}

static void look_at_link(struct sim *s)
{
	struct judge *j = &s->judge;
	bool is_cut = is_link_gone(s, 4) && (is_link_gone(s, 6) || !has_references(s, 6));

	if (is_cut && us_hears(s) && j->cut == NEVER)
		j->cut = s->t;
	if ((!is_cut || !us_hears(s)) && j->cut != NEVER) {
		if (us_hears(s) && s->t - j->cut > BLIND_WORTH + unnoticed(s) - UNNOTICED && s->setup->refs_n > 0 &&
		    j->away < j->cut && is_vouched(s) &&
		    !is_on(s, ORDEAL_OWN_LOSS, 0))
			j->blind_due = s->t + AFTER_TROUBLE + 30 * SEC;
		j->cut = NEVER;
	}
}

/* ---- time ---- */

static void silence_grows(const struct sim *s, struct silence_truth *d, int64_t span,
			  bool is_blocked)
{
	const struct judge *j = &s->judge;

	if (!is_blocked)
		d->least += span;
	if (!us_hears(s))
		return;
	if (j->cut != NEVER && s->setup->refs_n > 0) {
		int64_t left = j->cut + unnoticed(s) - (s->t - span);

		span = left < 0 ? 0 : left < span ? left : span;
	}
	d->most += span;
}

static void host_grows(struct sim *s, int host, int64_t span)
{
	struct host_truth *h = &s->judge.hosts[host];

	if (h->is_blocked)
		return;
	duty_run(&h->verdict_duty, span);
	if (!s->quiet.was_quiet[host]) {
		duty_run(&h->mail_duty, span);
		duty_run(&h->name_duty, span);
	}
	if (!h->is_doubtful)
		duty_run(&h->up_duty, span);
}

void judge_time(struct sim *s)
{
	struct judge *j = &s->judge;
	int64_t span = s->t - j->now;
	bool is_blocked = is_silence_blocked(s);

	if (span <= 0)
		return;
	if (s->quiet.is_used)
		judge_quiet_grow(s, span);
	if (s->setup->certs_n > 0)
		judge_certs_grow(s, span);
	for (int i = 0; i < s->setup->sites_n; i++)
		host_grows(s, i, span);
	for (int i = 0; i < s->setup->stacks_n; i++)
		silence_grows(s, &j->dogs[i], span, is_blocked);
	for (int i = 0; i < s->setup->jobs_n; i++)
		silence_grows(s, &j->jobs[i], span,
			      is_blocked || is_on(s, ORDEAL_LISTENER, 0) ||
				      s->quiet.is_planned[s->setup->sites_n + i]);
	judge_days_grow(s, span);
	if (!is_vouched(s)) {
		j->was_unvouched = s->t;
		if (j->blind_due < NEVER)
			j->blind_due = s->t + AFTER_TROUBLE + 30 * SEC;
	}
	if (are_references_gone(s))
		j->deserted = s->t;
	if (is_blocked)
		j->ours = s->t;
	post_wait(s);
	j->now = s->t;
}

/* ---- changes ---- */

static bool concerns(const struct sim *s, const struct ordeal *f, int stack)
{
	if (f->kind <= ORDEAL_LATENCY)
		return s->setup->sites[f->which].stack == stack;
	if (f->kind <= ORDEAL_PUSH_PATH)
		return f->which == stack;
	if (f->kind == ORDEAL_ALERTMANAGER)
		return f->which / 2 == stack;
	if (f->kind == ORDEAL_JOB)
		return s->setup->jobs[f->which].stack == stack;
	return true;
}

/* One of these may look like many. */
static bool is_unruly(const struct sim *s, const struct ordeal *f)
{
	switch (f->kind) {
	case ORDEAL_LOSS:
	case ORDEAL_LATENCY:
	case ORDEAL_OWN_LOSS:
	case ORDEAL_JOB: /* its runs fail one by one */
	case ORDEAL_RELOAD:
		return true;
	case ORDEAL_OWN_LINK:
		return s->setup->refs_n == 0 || f->which != 0;
	default:
		return false;
	}
}

static void count_cause(struct sim *s, const struct ordeal *f)
{
	struct judge *j = &s->judge;

	j->is_unruly |= is_unruly(s, f);
	for (int i = 0; i < s->setup->stacks_n; i++)
		j->causes[i] += concerns(s, f, i);
}

static bool is_all_well(const struct sim *s)
{
	for (int k = 0; k < ORDEAL_ABSENCE; k++)
		for (int i = 0; i < SITES_MAX; i++)
			if (is_on(s, (enum ordeal_kind)k, i))
				return false;
	for (int i = 0; i < s->setup->sites_n; i++)
		if (is_cert_over(s, i) || is_cert_refused(s, i))
			return false;
	return us_hears(s);
}

static void we_have_changed(struct sim *s, const struct ordeal *f, bool is_beginning)
{
	struct judge *j = &s->judge;

	j->ours = j->broken_off = s->t;
	j->absences++;
	if (f->kind == ORDEAL_ABSENCE || f->kind == ORDEAL_SUSPEND)
		j->away = s->t;
	if (f->kind == ORDEAL_RELOAD)
		for (int i = 0; i < s->setup->sites_n; i++)
			duties_allow(&j->hosts[i], AFTER_RELOAD);
	for (int i = 0; i < s->setup->sites_n && f->kind == ORDEAL_RELOAD; i++)
		if (j->hosts[i].verdict == VERDICT_UNKNOWN)
			duties_renew(&j->hosts[i]);
	if (f->kind == ORDEAL_RELOAD && s->us.is_removed)
		judge_removal(s);
	if (f->kind == ORDEAL_STEP && is_beginning)
		j->stepped = s->t;
	if (is_beginning)
		return;
	if (f->kind == ORDEAL_ABSENCE && s->us.is_lossy) {
		j->lost_state = s->t;
		for (int i = 0; i < s->setup->sites_n; i++)
			duties_renew(&j->hosts[i]);
		for (int i = 0; i < STACKS_MAX; i++)
			j->dogs[i].least = 0;
		for (int i = 0; i < JOBS_MAX; i++)
			j->jobs[i].least = 0;
	}
	for (int i = 0; i < STACKS_MAX; i++)
		j->dogs[i].breaks++;
	for (int i = 0; i < JOBS_MAX; i++)
		j->jobs[i].breaks++;
}

void judge_forget(struct sim *s)
{
	struct judge *j = &s->judge;

	operator_forgotten(s);
	for (int i = 0; i < s->setup->sites_n; i++) {
		j->hosts[i].is_forgotten |= j->hosts[i].seen >= s->us.saved_t;
		j->hosts[i].is_slow_known &= j->hosts[i].seen < s->us.saved_t;
	}
	for (int i = 0; i < STACKS_MAX; i++)
		j->dogs[i].is_forgotten |= j->dogs[i].heard >= s->us.saved_t;
	for (int i = 0; i < JOBS_MAX; i++)
		if (j->jobs[i].heard >= s->us.saved_t)
			j->jobs[i].lost = s->t;
}

void judge_recall(struct sim *s)
{
	struct model m;

	engine_model(s->us.engine, sim_now(s), &m);
	for (size_t i = 0; i < m.plan->targets_n; i++)
		s->judge.hosts[s->us.bed->host_of[i]].verdict = m.targets[i].state;
	for (int i = 0; i < s->setup->stacks_n; i++) {
		uint32_t at = s->us.bed->watchdog_of[i];

		if (at == NONE_INDEX)
			continue;
		s->judge.dogs[i].is_dead = m.deadmen[at].state >= DEADMAN_SILENT;
		if (m.deadmen[at].state != DEADMAN_RETURNING)
			s->judge.dogs[i].returned = NEVER;
	}
}

void judge_change(struct sim *s, const struct ordeal *f, bool is_beginning)
{
	struct judge *j = &s->judge;
	bool was_blocked = is_silence_blocked(s);

	if (is_beginning)
		count_cause(s, f);
	look_at_hosts(s);
	look_at_link(s);
	s->quiet.next = s->quiet.is_used ? s->t : s->quiet.next;
	if (f->kind >= ORDEAL_ABSENCE)
		we_have_changed(s, f, is_beginning);
	if (was_blocked || f->kind == ORDEAL_OWN_LINK || f->kind == ORDEAL_REFERENCE)
		for (int i = 0; i < STACKS_MAX; i++)
			j->dogs[i].breaks += !is_beginning;
	for (int i = 0; i < JOBS_MAX; i++)
		j->jobs[i].breaks += f->kind == ORDEAL_LISTENER || f->kind == ORDEAL_OWN_LINK ||
				     f->kind == ORDEAL_REFERENCE || f->kind == ORDEAL_OWN_LOSS;
	for (int i = 0; i < s->setup->stacks_n; i++)
		if (concerns(s, f, i))
			j->changed[i] = s->t;
	if (!is_all_well(s))
		j->calm = NEVER;
	else if (j->calm == NEVER || f->kind >= ORDEAL_ABSENCE)
		j->calm = s->t;
	judge_look(s);
}

/* ---- when to look again ---- */

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t duty_end(const struct duty *d, int64_t now)
{
	return d->is_on && d->left >= 0 ? now + d->left + 1 : NEVER;
}

/* While it is being found out; then it lasts, and what is said of it seldom changes. */
static int64_t watchdog_pace(const struct sim *s, int stack)
{
	const struct silence_truth *d = &s->judge.dogs[stack];
	const struct watchdog_setup *w = &s->setup->watchdogs[stack];

	if (s->quiet.said[stack] < s->t)
		return WATCH_PACE;
	if (!w->is_there || d->heard == LONG_AGO || d->least <= 2 * w->period)
		return NEVER;
	return d->is_dead && d->least > HOUR ? LOOK_PACE : WATCH_PACE;
}

static void plan_next(struct sim *s)
{
	struct judge *j = &s->judge;
	int64_t now = s->t;

	j->next = j->blind_due < NEVER ? j->blind_due + 1 : NEVER;
	if (s->post.open_n > 0)
		j->next = least(j->next, now + LOOK_PACE);
	for (int i = 0; i < s->setup->sites_n; i++) {
		const struct host_truth *h = &j->hosts[i];

		if (h->is_blocked)
			continue;
		j->next = least(j->next, least(duty_end(&h->verdict_duty, now),
					       duty_end(&h->up_duty, now)));
		if (!s->quiet.was_quiet[i])
			j->next = least(j->next, least(duty_end(&h->mail_duty, now),
						       duty_end(&h->name_duty, now)));
	}
	for (int i = 0; i < s->setup->stacks_n; i++) {
		j->next = least(j->next, now + watchdog_pace(s, i));
		if (j->changed[i] + SETTLED_AFTER >= now)
			j->next = least(j->next, j->changed[i] + SETTLED_AFTER + 1);
	}
	for (int i = 0; i < s->setup->jobs_n; i++)
		if (j->jobs[i].least > s->setup->jobs[i].period)
			j->next = least(j->next, now + 30 * SEC);
	if (j->calm != NEVER && j->calm + CALM_ENOUGH >= now)
		j->next = least(j->next, j->calm + CALM_ENOUGH + 1);
}

void judge_look(struct sim *s)
{
	struct model m;

	judge_time(s);
	s->judge.looks++;
	if (us_hears(s)) {
		engine_model(s->us.engine, sim_now(s), &m);
		look_at_unsaid(s, &m);
		for (int i = 0; i < s->setup->sites_n; i++)
			look_at_duties(s, &m, i);
		for (int i = 0; i < s->setup->stacks_n; i++)
			look_at_watchdog(s, &m, i);
		for (int i = 0; i < s->setup->jobs_n; i++)
			look_at_job(s, &m, i);
		judge_model(s, &m);
		look_at_calm(s, &m);
		look_at_findings(s, &m);
	}
	look_at_blind(s);
	judge_post(s);
	plan_next(s);
	look_at_certs(s);
	s->us.is_touched = false;
}

void judge_step(struct sim *s)
{
	if (s->us.is_touched || s->t >= s->judge.next)
		judge_look(s);
}

/* ---- beginning and end ---- */

void judge_begin(struct sim *s)
{
	struct judge *j = &s->judge;

	judge_quiet_begin(s);
	j->next = j->cut = j->blind_due = NEVER;
	j->calm = 0;
	j->is_unruly = s->setup->jobs_n > 0;
	j->deserted = j->was_unvouched = j->broken_off = j->away = j->ours = LONG_AGO;
	j->lost_state = j->removed = j->stepped = LONG_AGO;
	for (int i = 0; i < NOTICED_MAX; i++)
		j->noticed[i] = LONG_AGO;
	for (int i = 0; i < HOSTS_MAX; i++) {
		j->hosts[i] = (struct host_truth){ .since = LONG_AGO,
						   .doubtful = LONG_AGO,
						   .shown = LONG_AGO,
						   .unblocked = LONG_AGO,
						   .shown_reached = LONG_AGO,
						   .shown_unreached = LONG_AGO,
						   .dated = LONG_AGO,
						   .ours = LONG_AGO };
	}
	for (int i = 0; i < STACKS_MAX; i++)
		j->dogs[i] = (struct silence_truth){ .heard = LONG_AGO,
						     .lost = LONG_AGO,
						     .resolved = NEVER,
						     .returned = NEVER };
	for (int i = 0; i < JOBS_MAX; i++)
		j->jobs[i] = (struct silence_truth){ .heard = LONG_AGO,
						     .lost = LONG_AGO,
						     .resolved = NEVER,
						     .returned = NEVER };
}

/* By a clock that nobody knows to be wrong a certificate may be over. */
static bool is_any_doubtful(const struct sim *s)
{
	for (int i = 0; i < s->setup->sites_n; i++)
		if (s->judge.hosts[i].is_doubtful)
			return true;
	return false;
}

void judge_end(struct sim *s)
{
	struct judge *j = &s->judge;
	struct model m;

	judge_look(s);
	look_at_hosts(s); /* certificates come and go without an ordeal */
	if (s->broken || !us_hears(s))
		return;
	engine_model(s->us.engine, sim_now(s), &m);
	for (int i = 0; i < s->setup->sites_n; i++)
		if (s->hosts[i].subject != NONE_INDEX && j->hosts[i].verdict != VERDICT_UP &&
		    s->t - s->quiet.planned_ended[i] > 5 * MINUTE && !j->hosts[i].is_doubtful)
			broken(s, LATE_RECOVERY, "at the end %s is %s", s->hosts[i].name,
			       verdict_name(j->hosts[i].verdict));
	for (size_t i = 0; i < j->threads_n; i++)
		if (!j->threads[i].is_over && !j->threads[i].is_lossy && !is_any_doubtful(s))
			broken(s, WRONG_ORDER, "%s: a DOWN without its UP", j->threads[i].number);
	judge_days(s, &m);
}
