/*
 * pair.c - one Prometheus and two Alertmanagers, with the timing and the races
 * that were measured (watchdog.md 2, 3, 6).
 *
 * Prometheus evaluates every 30 s and sends anew every 90 s; what it sent ends
 * 240 s later. Each Alertmanager flushes its group every group_interval: it
 * looks at what fires, waits 15 s for each peer before it, looks into the log
 * that they share, and sends when what fires is new, has ended, or was sent
 * longer ago than repeat_interval. So the second one may send what it saw 15 s
 * ago after the first one has said "resolved". A POST that is not answered is
 * tried again until the flush's deadline. Alerts do not outlive a process; the
 * log may, or comes from the peer.
 */
#include "sim.h"

#define RESENT_AFTER  (90 * SEC)
#define ENDS_AFTER    (240 * SEC)
#define PEER_TIMEOUT  (15 * SEC)
#define POST_TAKES    (SEC / 5)
#define RETRY_PAUSE   (8 * SEC)
#define UNDISCOVERED  (5 * SEC) /* a send so soon after its start reaches nobody */

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static uint64_t dice(struct sim *s, int stack)
{
	return lot(s->setup->seed, 200 + (uint64_t)stack, ++s->pairs[stack].counted);
}

static const struct watchdog_setup *route_of(const struct sim *s, int stack)
{
	return &s->setup->watchdogs[stack];
}

static void plan_next(struct pipeline *p)
{
	p->next = p->resend;
	for (int i = 0; i < 2; i++) {
		const struct replica *r = &p->replicas[i];

		p->next = earlier(p->next, earlier(r->flush, earlier(r->decide, r->retry)));
	}
}

/* ---- from Prometheus ---- */

static void receive(struct sim *s, struct replica *r)
{
	r->alert_ends = s->t + ENDS_AFTER;
	r->updated = s->t;
	if (r->has_group)
		return;
	r->has_group = true;
	r->flush = s->t; /* group_wait 0 */
}

static void resend(struct sim *s, struct pipeline *p)
{
	for (int i = 0; i < 2; i++)
		if (p->replicas[i].is_alive)
			receive(s, &p->replicas[i]);
	p->resend = s->t + RESENT_AFTER;
}

/* ---- from Alertmanager ---- */

static bool has_way_in(const struct sim *s, int stack)
{
	return !is_on(s, ORDEAL_UPLINK, stack) && !is_on(s, ORDEAL_PUSH_PATH, stack) &&
	       !is_on(s, ORDEAL_LISTENER, 0) && !is_link_gone(s, 4);
}

static void log_it(struct sim *s, struct pipeline *p, struct replica *r, bool is_firing)
{
	p->has_log = true;
	p->is_log_firing = is_firing;
	p->log_at = s->t + POST_TAKES;
	r->retry = NEVER;
	if (is_firing || r->alert_ends > s->t)
		return;
	r->has_group = false; /* what has ended and was told is let go */
	r->alert_ends = 0;
	r->flush = NEVER;
}

static void post(struct sim *s, int stack, struct replica *r, bool is_firing)
{
	if (has_way_in(s, stack) && us_hears(s)) {
		us_beat(s, stack, is_firing ? BEAT_FIRING : BEAT_RESOLVED);
		log_it(s, &s->pairs[stack], r, is_firing);
		return;
	}
	if (is_firing && s->us.is_suspended && has_way_in(s, stack))
		s->us.queued[stack] = s->t;
	judge_lost_beat(s, stack);
	r->is_retry_firing = is_firing;
	r->retry = s->t + RETRY_PAUSE <= r->retry_until ? s->t + RETRY_PAUSE : NEVER;
}

static bool is_worth_a_post(const struct sim *s, int stack, const struct pipeline *p,
			    bool is_firing)
{
	if (is_on(s, ORDEAL_SILENCE, stack))
		return false;
	if (!is_firing)
		return p->has_log && p->is_log_firing;
	return !p->has_log || !p->is_log_firing ||
	       p->log_at < s->t - route_of(s, stack)->repeat_interval;
}

static void decide(struct sim *s, int stack, struct replica *r)
{
	struct pipeline *p = &s->pairs[stack];

	r->decide = NEVER;
	if (is_worth_a_post(s, stack, p, r->is_firing_seen))
		post(s, stack, r, r->is_firing_seen);
	else if (!r->is_firing_seen && r->alert_ends <= s->t && !is_on(s, ORDEAL_SILENCE, stack))
		log_it(s, p, r, false); /* its peer has told */
}

static int64_t wait_for_peer(const struct pipeline *p, const struct replica *r)
{
	return r == &p->replicas[1] && p->replicas[0].is_alive ? PEER_TIMEOUT : 0;
}

static void flush(struct sim *s, int stack, struct replica *r)
{
	struct pipeline *p = &s->pairs[stack];
	int64_t interval = route_of(s, stack)->group_interval, wait = wait_for_peer(p, r);

	r->flush = s->t + interval;
	if (r->decide < NEVER)
		return; /* it still waits for its peer */
	r->is_firing_seen = r->alert_ends > s->t;
	r->decide = s->t + wait;
	r->retry_until = s->t + wait + (interval > 10 * SEC ? interval : 10 * SEC);
	r->retry = NEVER;
}

static void replica_live(struct sim *s, int stack, struct replica *r)
{
	if (r->retry <= s->t) {
		r->retry = NEVER;
		if (is_worth_a_post(s, stack, &s->pairs[stack], r->is_retry_firing))
			post(s, stack, r, r->is_retry_firing);
	}
	if (r->decide <= s->t)
		decide(s, stack, r);
	if (r->flush <= s->t)
		flush(s, stack, r);
}

void pair_live(struct sim *s, int stack)
{
	struct pipeline *p = &s->pairs[stack];

	if (p->resend <= s->t)
		resend(s, p);
	for (int i = 0; i < 2; i++)
		replica_live(s, stack, &p->replicas[i]);
	plan_next(p);
}

/* ---- life and death ---- */

static void replica_die(struct replica *r)
{
	*r = (struct replica){ .flush = NEVER, .decide = NEVER, .retry = NEVER };
}

static void replica_rise(struct sim *s, int stack, struct replica *r)
{
	struct pipeline *p = &s->pairs[stack];
	bool is_alone = !p->replicas[0].is_alive && !p->replicas[1].is_alive;

	r->is_alive = true;
	if (is_alone && dice(s, stack) % 2 == 0)
		p->has_log = false; /* on an empty volume */
}

static void prometheus_rise(struct sim *s, int stack)
{
	struct pipeline *p = &s->pairs[stack];
	int64_t first = (int64_t)(dice(s, stack) % (30 * (uint64_t)SEC));

	p->is_prometheus_alive = true;
	if (first < UNDISCOVERED)
		first += RESENT_AFTER;
	p->resend = s->t + first;
}

void pair_change(struct sim *s, int stack)
{
	struct pipeline *p = &s->pairs[stack];
	bool has_power = !is_on(s, ORDEAL_CLUSTER, stack);
	bool lives = has_power && !is_on(s, ORDEAL_PROMETHEUS, stack);

	for (int i = 0; i < 2; i++) {
		struct replica *r = &p->replicas[i];
		bool should = has_power && !is_on(s, ORDEAL_ALERTMANAGER, 2 * stack + i);

		if (r->is_alive && !should)
			replica_die(r);
		else if (!r->is_alive && should)
			replica_rise(s, stack, r);
	}
	if (p->is_prometheus_alive && !lives) {
		p->is_prometheus_alive = false;
		p->resend = NEVER;
	} else if (!p->is_prometheus_alive && lives) {
		prometheus_rise(s, stack);
	}
	plan_next(p);
}

void pair_begin(struct sim *s, int stack)
{
	struct pipeline *p = &s->pairs[stack];

	*p = (struct pipeline){ .resend = NEVER };
	replica_die(&p->replicas[0]);
	replica_die(&p->replicas[1]);
	pair_change(s, stack);
}

/* The service asks one of those that live; a fresh one knows nothing yet. */
bool pair_answer(const struct sim *s, int stack, int64_t *ret_age)
{
	const struct pipeline *p = &s->pairs[stack];
	int64_t asked = s->t / (7 * SEC);
	const struct replica *r = &p->replicas[asked % 2];

	if (!r->is_alive)
		r = &p->replicas[(asked + 1) % 2];
	*ret_age = s->t - r->updated;
	return r->is_alive && r->alert_ends > s->t;
}
