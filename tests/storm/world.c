/*
 * world.c - what is really broken out there, second by second.
 *
 * An answer is decided when its run begins. The Watchdog is evaluated every
 * 90 s as Alertmanager sees it, kept by it for 240 s, and sent every 60 s.
 */
#include "storm.h"

#define EVALUATED_EVERY 90
#define SENT_EVERY	60
#define FORGOTTEN_AFTER (240 * S)
#define STALE_FIRING	(11 * S)

/* ---- what is true ---- */

bool is_on(const struct storm *w, enum trouble trouble)
{
	return w->ordeals[trouble].is_active;
}

bool is_recent(const struct storm *w, enum trouble trouble, int64_t since)
{
	return is_on(w, trouble) || w->ordeals[trouble].ended >= since;
}

static unsigned variant_of(const struct storm *w, enum trouble trouble)
{
	return w->ordeals[trouble].variant;
}

bool is_failing(const struct storm *w, enum host host)
{
	bool is_outside = is_on(w, TROUBLE_EDGE) || is_on(w, TROUBLE_CLUSTER);

	switch (host) {
	case BLOG:
	case WIKI:
	case SHOP:
	case NEWS:
		return is_outside || is_on(w, TROUBLE_BACKENDS) || is_on(w, (enum trouble)host);
	case EDGE:
		return is_outside;
	case REF0:
	case REF1:
	case REF2:
		return is_on(w, TROUBLE_REFERENCES) &&
		       variant_of(w, TROUBLE_REFERENCES) % 3 >= (unsigned)(host - REF0);
	case AM:
		return is_outside || is_on(w, TROUBLE_PULL_PATH) || is_on(w, TROUBLE_ALERTMANAGER);
	case PROM:
		return is_outside || is_on(w, TROUBLE_PULL_PATH) || is_on(w, TROUBLE_PROMETHEUS);
	case LISTENER:
		return is_on(w, TROUBLE_LISTENER);
	case HOSTS:
		break;
	}
	return false;
}

/* The cluster's power is gone, or only its way out. */
static bool is_powerless(const struct storm *w)
{
	return variant_of(w, TROUBLE_CLUSTER) % 3 == 0;
}

bool alertmanager_lives(const struct storm *w)
{
	return !is_on(w, TROUBLE_ALERTMANAGER) && !(is_on(w, TROUBLE_CLUSTER) && is_powerless(w));
}

/* ---- answers ---- */

static struct run answer(enum phase phase, enum cause cause, int code, usec_t took)
{
	return (struct run){ .outcome = { phase, cause }, .code = code, .ends = took };
}

static struct run no_link(const struct storm *w, enum host host, const struct target_plan *plan)
{
	switch (variant_of(w, TROUBLE_UPLINK) % 4) {
	case 0:
		return answer(PHASE_CONNECT, CAUSE_UNREACHABLE, 0, 3000);
	case 3:
		if (host <= EDGE)
			return answer(PHASE_DNS, CAUSE_RESOLVER, 0, 5 * S);
		/* fall through */
	default:
		return answer(PHASE_CONNECT, CAUSE_TIMEOUT, 0, plan->connect_timeout);
	}
}

static struct run unreached(unsigned variant, const struct target_plan *plan)
{
	return variant % 2 ? answer(PHASE_CONNECT, CAUSE_REFUSED, 0, 5000)
			   : answer(PHASE_CONNECT, CAUSE_TIMEOUT, 0, plan->connect_timeout);
}

static struct run bad_service(unsigned variant, const struct target_plan *plan)
{
	switch (variant % 4) {
	case 0:
		return answer(PHASE_WAIT, CAUSE_STATUS, 503, 80000);
	case 1:
		return answer(PHASE_BODY, CAUSE_TIMEOUT, 0, plan->timeout);
	default:
		return unreached(variant, plan);
	}
}

/* An ingress in its place, one that wants a password, or nobody. */
static struct run bad_witness(const struct storm *w, enum host host, const struct target_plan *plan)
{
	enum trouble own = host == AM ? TROUBLE_ALERTMANAGER : TROUBLE_PROMETHEUS;
	unsigned variant = variant_of(w, is_on(w, TROUBLE_PULL_PATH) ? TROUBLE_PULL_PATH : own);

	if (variant % 3 == 0)
		return answer(PHASE_WAIT, CAUSE_STATUS, 503, 80000);
	if (variant % 3 == 1 && is_on(w, TROUBLE_PULL_PATH))
		return answer(PHASE_WAIT, CAUSE_STATUS, 403, 80000);
	return unreached(variant, plan);
}

static struct run failure(const struct storm *w, enum host host, const struct target_plan *plan)
{
	if (host <= PROM && (host < REF0 || host > REF2)) {
		if (is_on(w, TROUBLE_CLUSTER))
			return unreached(variant_of(w, TROUBLE_CLUSTER), plan);
		if (is_on(w, TROUBLE_EDGE))
			return unreached(variant_of(w, TROUBLE_EDGE), plan);
	}
	if (host <= NEWS)
		return bad_service(variant_of(w, is_on(w, TROUBLE_BACKENDS) ? TROUBLE_BACKENDS
									    : (enum trouble)host),
				   plan);
	return host == AM || host == PROM ? bad_witness(w, host, plan) : unreached(0, plan);
}

struct run world_answer(const struct storm *w, enum host host, const struct target_plan *plan)
{
	struct run run = answer(PHASE_BODY, CAUSE_PASS, 200, 40000);

	if (is_on(w, TROUBLE_UPLINK)) {
		run = no_link(w, host, plan);
	} else if (is_failing(w, host)) {
		run = failure(w, host, plan);
		run.is_real = true;
	}
	run.is_reached = run.code != 0 || run.outcome.phase == PHASE_BODY;
	run.is_active = true;
	run.started = storm_now(w);
	run.ends += w->t;
	return run;
}

void world_testify(const struct storm *w, enum host host, struct observation *o)
{
	if (host == PROM) {
		o->testimony = TESTIMONY_ACTIVE;
		o->age_us = w->t / S % 30 * S;
	} else if (!w->pipeline.is_known) {
		o->testimony = TESTIMONY_ABSENT;
	} else {
		o->testimony = is_on(w, TROUBLE_SILENCE) ? TESTIMONY_SUPPRESSED : TESTIMONY_ACTIVE;
		o->age_us = w->t - w->pipeline.news;
	}
}

/* ---- troubles ---- */

static void trouble_begin(struct storm *w, enum trouble trouble, int64_t span)
{
	struct ordeal *o = &w->ordeals[trouble];

	if (o->is_active)
		return;
	*o = (struct ordeal){ .is_active = true,
			      .since = w->t,
			      .until = w->t + span,
			      .ended = o->ended,
			      .variant = (unsigned)(storm_dice(w) >> 40) };
	if (trouble != TROUBLE_UPLINK && trouble != TROUBLE_REFERENCES)
		w->truth.ordeals++;
	storm_say(w, "+ %s for %.0f s, variant %u", trouble_name(trouble), (double)span / S,
		  o->variant % 12);
}

static void trouble_end(struct storm *w, enum trouble trouble)
{
	struct ordeal *o = &w->ordeals[trouble];

	if (!o->is_active)
		return;
	o->is_active = false;
	o->ended = w->t;
	/* Alerts are not kept over a restart of Alertmanager. */
	if (trouble == TROUBLE_ALERTMANAGER || (trouble == TROUBLE_CLUSTER && is_powerless(w)))
		w->pipeline.news = -1;
	storm_say(w, "- %s", trouble_name(trouble));
}

void world_calm(struct storm *w)
{
	for (int i = 0; i < TROUBLES; i++)
		trouble_end(w, (enum trouble)i);
}

static enum trouble random_trouble(struct storm *w)
{
	static const unsigned char weights[TROUBLES] = {
		8, 6, 4, 3, 4, 5, 8, 6, 5, 5, 5, 4, 4, 8, 4
	};
	unsigned sum = 0, at, i = 0;

	for (int k = 0; k < TROUBLES; k++)
		sum += weights[k];
	at = (unsigned)(storm_dice(w) % sum);
	while (at >= weights[i])
		at -= weights[i++];
	return (enum trouble)i;
}

static int64_t random_span(struct storm *w, enum trouble trouble)
{
	static const struct {
		int64_t least, most;
	} spans[] = { { 1, 90 }, { 60, 400 }, { 300, 1500 }, { 600, 6000 } };
	uint64_t i = storm_dice(w) % 4;

	if (w->is_rough)
		return storm_between(w, 1, 300);
	if (trouble == TROUBLE_UPLINK && storm_chance(w, 50))
		return storm_between(w, 1, 120);
	return storm_between(w, spans[i].least, spans[i].most);
}

static void strike(struct storm *w)
{
	enum trouble trouble = random_trouble(w);
	int64_t pause = w->is_rough ? storm_between(w, 1, 240) : storm_between(w, 1, 4000);

	if (!w->is_rough && storm_chance(w, 50))
		pause = storm_between(w, 1, 300);
	trouble_begin(w, trouble, random_span(w, trouble) * S + storm_between(w, 0, S - 1));
	w->next_ordeal = w->t + pause * S + storm_between(w, 0, S - 1);
}

/* ---- the Watchdog ---- */

static void send(struct storm *w, enum beat beat)
{
	bool gets_out = alertmanager_lives(w) && !is_on(w, TROUBLE_SILENCE);
	bool arrives = !is_on(w, TROUBLE_CLUSTER) && !is_on(w, TROUBLE_PUSH_PATH) &&
		       !is_on(w, TROUBLE_LISTENER) && !is_on(w, TROUBLE_UPLINK);

	if (gets_out && arrives)
		watcher_beat(w, beat);
}

static void forget_or_keep(struct storm *w)
{
	struct pipeline *p = &w->pipeline;
	bool was_known = p->is_known;

	p->is_known = p->news >= 0 && w->t - p->news <= FORGOTTEN_AFTER;
	if (!was_known || p->is_known || p->news < 0)
		return;
	send(w, BEAT_RESOLVED);
	if (storm_chance(w, 50))
		p->stale_firing = w->t + STALE_FIRING;
}

static void run_pipeline(struct storm *w)
{
	struct pipeline *p = &w->pipeline;
	int64_t second = w->t / S;

	if (second % EVALUATED_EVERY == p->evaluates_at && !is_on(w, TROUBLE_PROMETHEUS) &&
	    alertmanager_lives(w))
		p->news = w->t;
	forget_or_keep(w);
	if (second % SENT_EVERY == p->beats_at && p->is_known)
		send(w, BEAT_FIRING);
	if (p->stale_firing > 0 && w->t >= p->stale_firing) {
		p->stale_firing = 0;
		send(w, BEAT_FIRING);
	}
}

void world_second(struct storm *w)
{
	for (int i = 0; i < TROUBLES; i++)
		if (is_on(w, (enum trouble)i) && w->t >= w->ordeals[i].until)
			trouble_end(w, (enum trouble)i);
	if (!w->is_ending && w->t >= w->next_ordeal)
		strike(w);
	run_pipeline(w);
	judge_second(w);
}
