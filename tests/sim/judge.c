/*
 * judge.c - time passes and things change: what the judge notes of that, and
 * when he looks whether all promises are kept.
 */
#include "sim.h"

#include <stdarg.h>
#include <string.h>

#define AFTER_TROUBLE  (80 * SEC)  /* references are asked again, and one round is lost */
#define AFTER_RELOAD   (16 * SEC)  /* a run is begun anew */
#define CLOCK_SETTLES  (12 * MINUTE) /* until everybody has told us what time it is */
#define LOOK_PACE      MINUTE
#define WATCH_PACE     (15 * SEC)
#define LASTING_PACE   (10 * MINUTE)

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

/* ---- time ---- */

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
		silence_grows(s, &j->dogs[i], span, is_dog_blocked(s, i));
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

/* Something fails by it that is looked at, or is heard no more. */
static bool is_cause(const struct sim *s, const struct ordeal *f)
{
	return f->kind < ORDEAL_REFERENCE || f->kind == ORDEAL_LISTENER ||
	       (f->kind == ORDEAL_OWN_LINK && s->setup->refs_n == 0);
}

/*
 * Sites and beats both stay away. Of a Watchdog that speaks every ten minutes the silence may be
 * found when the sites are back already, and that was told.
 */
static bool is_told_twice(const struct sim *s, const struct ordeal *f, int stack)
{
	return (f->kind == ORDEAL_CLUSTER || f->kind == ORDEAL_UPLINK) &&
	       s->setup->watchdogs[stack].period > MINUTE;
}

static void count_cause(struct sim *s, const struct ordeal *f)
{
	struct judge *j = &s->judge;

	j->is_unruly |= is_unruly(s, f);
	for (int i = 0; i < s->setup->stacks_n; i++)
		if (is_cause(s, f) && concerns(s, f, i))
			j->causes[i] += is_told_twice(s, f, i) ? 2 : 1;
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
	if (is_beginning)
		return;
	if (j->is_stepped_away && us_hears(s)) {
		j->is_stepped_away = false;
		j->clock_settles = s->t + CLOCK_SETTLES;
	}
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
	if (f->kind == ORDEAL_STEP) {
		j->stepped = s->t;
		j->is_stepped_away = !us_hears(s);
		j->clock_settles = us_hears(s) ? s->t + CLOCK_SETTLES : NEVER - 1;
	}
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
	return d->is_dead && d->least > HOUR ? LASTING_PACE : WATCH_PACE;
}

static int64_t job_pace(const struct sim *s, int job)
{
	const struct silence_truth *d = &s->judge.jobs[job];
	enum verdict_state verdict = s->judge.hosts[s->setup->sites_n + job].verdict;
	int64_t known = s->setup->jobs[job].period + s->setup->jobs[job].grace + HOUR;

	if (d->least <= s->setup->jobs[job].period)
		return NEVER;
	return verdict_is_failing(verdict) && d->least > known ? LASTING_PACE : 2 * WATCH_PACE;
}

static void plan_next(struct sim *s)
{
	struct judge *j = &s->judge;
	int64_t now = s->t;

	j->next = least(j->blind_due < NEVER ? j->blind_due + 1 : NEVER, j->clock_settles);
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
		j->next = least(j->next, now + job_pace(s, i));
	if (j->calm != NEVER && j->calm + CALM_ENOUGH >= now)
		j->next = least(j->next, j->calm + CALM_ENOUGH + 1);
}

void judge_look(struct sim *s)
{
	struct model m;

	judge_time(s);
	if (s->t >= s->judge.clock_settles) {
		s->judge.clock_settles = NEVER;
		look_at_hosts(s);
	}
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
	j->next = j->cut = j->blind_due = j->clock_settles = j->four_silent = NEVER;
	j->calm = 0;
	j->is_unruly = s->setup->jobs_n > 0;
	j->deserted = j->was_unvouched = j->unvouched_before = LONG_AGO;
	j->broken_off = j->away = j->ours = LONG_AGO;
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

/* By a clock that nobody knows to be wrong a certificate may be over, or was until now. */
static bool is_doubtful(const struct sim *s, int site)
{
	return s->t - s->judge.hosts[site].doubtful < 5 * MINUTE;
}

static bool is_any_doubtful(const struct sim *s)
{
	for (int i = 0; i < s->setup->sites_n; i++)
		if (is_doubtful(s, i))
			return true;
	return false;
}

/* A job that is down says that it is well in its time, and not in a life that ends before. */
static bool is_any_job_owed(const struct sim *s, int stack)
{
	for (int i = 0; i < s->setup->jobs_n; i++)
		if (s->setup->jobs[i].stack == stack &&
		    s->judge.hosts[s->setup->sites_n + i].verdict == VERDICT_DOWN &&
		    s->judge.jobs[i].lost > s->judge.jobs[i].heard)
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
		    s->t - s->quiet.planned_ended[i] > 5 * MINUTE && !is_doubtful(s, i))
			broken(s, LATE_RECOVERY, "at the end %s is %s", s->hosts[i].name,
			       verdict_name(j->hosts[i].verdict));
	for (size_t i = 0; i < j->threads_n; i++)
		if (!j->threads[i].is_over && !j->threads[i].is_lossy && !is_any_doubtful(s) &&
		    !is_any_job_owed(s, j->threads[i].stack))
			broken(s, WRONG_ORDER, "%s: a DOWN without its UP", j->threads[i].number);
	judge_days(s, &m);
}
