/*
 * judge_truth.c - what is true, and what should have been said of it by now
 * (promise I1): sites fail and return, our own link and references come and go.
 *
 * A duty has the time that the documents give; that time runs while the duty
 * could be done: not while we are away, cut off, or nobody vouches for us.
 * When such trouble ends, it gets as much more as it takes to find that out.
 */
#include "sim.h"

#define SLACK	       (4 * SEC)   /* of turns, and of runs that take their time */
#define AFTER_TROUBLE  (80 * SEC)  /* references are asked again, and one round is lost */
#define RETESTS	       (30 * SEC)  /* 10 and 20 */
#define RALLY_SPACING  (12 * SEC)
#define TROUBLED_PACE  MINUTE
#define SETTLES	       (30 * SEC)
#define UNNOTICED      (70 * SEC)  /* our link is gone so long before a run of ours shows it */
#define BLIND_WORTH    (7 * MINUTE)
#define SHARED_CAUSE   (5 * MINUTE) /* DECISIONS 1: what begins within that is one incident */
#define FOUND_SILENT   MINUTE /* that references are */
#define ASKED_AGAIN    (16 * SEC)  /* 10 s after a failure that may have taken 5 */

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

void duties_allow(struct host_truth *h, int64_t more)
{
	duty_allow(&h->verdict_duty, more);
	duty_allow(&h->mail_duty, more);
	duty_allow(&h->name_duty, more);
	duty_allow(&h->up_duty, more);
}

/* What we remember is too old to go on from. */
void duties_renew(struct host_truth *h)
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

/*
 * Until others have told us what time it is, nothing is said of a certificate; nor, when they say
 * that it is not the time that we have. What fails in another way fails at any time.
 */
static bool is_certificate_doubtful(const struct sim *s, const struct host *h)
{
	const struct answer *a = &s->answers[h - s->hosts];
	bool is_time_known = s->judge.clock_settles == NEVER && is_clock_near(s);

	if (h->role != HOST_SITE || a->outcome.phase < PHASE_TLS)
		return false;
	if (a->is_failing && a->outcome.phase == PHASE_TLS)
		return !is_time_known ||
		       (!is_on(s, ORDEAL_CERTIFICATE, h->at) && !is_cert_refused(s, h->at));
	return is_cert_refused(s, h->at);
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
	h->is_in_crowd = false;
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
	bool is_failing = s->answers[host].is_failing &&
			  !is_certificate_doubtful(s, &s->hosts[host]);
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

static bool is_known_to_fail(const struct sim *s, int stack)
{
	for (int i = 0; i < s->setup->sites_n; i++)
		if (s->hosts[i].stack == stack && verdict_is_failing(s->judge.hosts[i].verdict))
			return true;
	return false;
}

/* What failed out of our sight is found later than the rest: an incident of its own. */
static void count_unseen(struct sim *s, const bool was_blocked[HOSTS_MAX])
{
	bool is_any[STACKS_MAX] = { false };

	for (int i = 0; i < s->setup->sites_n; i++) {
		const struct host_truth *h = &s->judge.hosts[i];

		if (was_blocked[i] && !h->is_blocked && h->is_failing &&
		    !verdict_is_failing(h->verdict) && s->t - h->since > SHARED_CAUSE - MINUTE)
			is_any[s->hosts[i].stack] = true;
	}
	for (int i = 0; i < STACKS_MAX; i++)
		s->judge.causes[i] += is_any[i] && is_known_to_fail(s, i);
}

void look_at_hosts(struct sim *s)
{
	int64_t bounds[HOSTS_MAX];
	int callers[HOSTS_MAX];
	bool was_blocked[HOSTS_MAX];

	for (int i = 0; i < s->setup->sites_n; i++)
		bounds[i] = rally_bound(s, i, &callers[i]);
	for (int i = 0; i < s->setup->sites_n; i++) {
		was_blocked[i] = s->judge.hosts[i].is_blocked;
		look_at_host(s, i, bounds[i], callers[i]);
	}
	count_unseen(s, was_blocked);
}

/* Beats come by IPv4. */
bool is_silence_blocked(const struct sim *s)
{
	return !us_hears(s) || !is_vouched(s) || is_link_gone(s, 4) ||
	       !are_references_enough(s, 4) || is_on(s, ORDEAL_OWN_LOSS, 0);
}

/*
 * One that was heard after the references of its family had fallen silent: they are what is broken,
 * and its silence is its own. Who comes after us has to hear it once more.
 */
static bool is_proof(const struct sim *s, const struct silence_truth *d)
{
	const struct judge *j = &s->judge;
	int64_t since = j->four_silent > j->broken_off ? j->four_silent : j->broken_off;

	return d->heard > since + FOUND_SILENT;
}

bool is_dog_blocked(const struct sim *s, int stack)
{
	if (!us_hears(s) || !is_vouched(s) || is_link_gone(s, 4) || is_on(s, ORDEAL_OWN_LOSS, 0))
		return true;
	return !are_references_enough(s, 4) && !is_proof(s, &s->judge.dogs[stack]);
}

int64_t beats_overdue(const struct sim *s, int stack)
{
	const struct watchdog_setup *w = &s->setup->watchdogs[stack];

	return UNNOTICED + 2 * (w->group_interval + w->repeat_interval);
}

/* Beats of this stack vouch for us, since no reference does: broken, or not asked since the last cut. */
static bool is_believed_by(const struct sim *s, int stack)
{
	const struct judge *j = &s->judge;

	if (!s->setup->watchdogs[stack].is_there)
		return false;
	return j->deserted >= j->cut - 2 * MINUTE ||
	       (j->cut - j->unvouched_before <= ASKED_AGAIN &&
		j->dogs[stack].heard > j->unvouched_before);
}

/* Then our link is believed in until beats are overdue. */
static int64_t unnoticed(const struct sim *s)
{
	int64_t most = UNNOTICED;

	for (int i = 0; i < s->setup->stacks_n; i++) {
		int64_t overdue = beats_overdue(s, i);

		if (is_believed_by(s, i) && overdue > most)
			most = overdue;
	}
	return most;
}

void look_at_link(struct sim *s)
{
	struct judge *j = &s->judge;
	bool is_cut = is_link_gone(s, 4) && (is_link_gone(s, 6) || !has_references(s, 6));

	if (are_references_enough(s, 4))
		j->four_silent = NEVER;
	else if (j->four_silent == NEVER)
		j->four_silent = s->t;
	if (is_cut && us_hears(s) && j->cut == NEVER) {
		j->cut = s->t;
		j->unvouched_before = j->was_unvouched;
	}
	if ((!is_cut || !us_hears(s)) && j->cut != NEVER) {
		if (us_hears(s) && s->t - j->cut > BLIND_WORTH + unnoticed(s) - UNNOTICED &&
		    s->setup->refs_n > 0 && j->away < j->cut && is_vouched(s) &&
		    !is_on(s, ORDEAL_OWN_LOSS, 0))
			j->blind_due = s->t + AFTER_TROUBLE + 30 * SEC;
		j->cut = NEVER;
	}
}

/* ---- time passes ---- */

void silence_grows(const struct sim *s, struct silence_truth *d, int64_t span,
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

void host_grows(struct sim *s, int host, int64_t span)
{
	struct host_truth *h = &s->judge.hosts[host];

	if (h->is_blocked)
		return;
	duty_run(&h->verdict_duty, span);
	if (!s->quiet.was_quiet[host]) {
		duty_run(&h->mail_duty, span);
		if (!h->is_in_crowd)
			duty_run(&h->name_duty, span);
	}
	if (!h->is_doubtful)
		duty_run(&h->up_duty, span);
}
