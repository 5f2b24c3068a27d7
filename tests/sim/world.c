/*
 * world.c - what is broken out there, and how every run ends because of it.
 *
 * How a host answers is worked out when something changes, and looked up when a
 * run begins. Ordeals overlap; the one that is nearest to us on the way to the
 * host decides.
 */
#include "sim.h"

#include <string.h>

#define PASS_TAKES    (40 * SEC / 1000)
#define REFUSAL_TAKES (5 * SEC / 1000)
#define ANSWER_TAKES  (80 * SEC / 1000)
#define JITTER_PERCENT 30

/* ---- what is on ---- */

bool is_on(const struct sim *s, enum ordeal_kind kind, int which)
{
	return s->troubles[kind][which].count > 0;
}

bool is_recent(const struct sim *s, enum ordeal_kind kind, int which, int64_t since)
{
	return is_on(s, kind, which) || s->troubles[kind][which].ended >= since;
}

static unsigned variant_of(const struct sim *s, enum ordeal_kind kind, int which)
{
	return s->troubles[kind][which].variant;
}

bool is_link_gone(const struct sim *s, int family)
{
	return is_on(s, ORDEAL_OWN_LINK, 0) || is_on(s, ORDEAL_OWN_LINK, family);
}

int64_t link_gone_since(const struct sim *s, int family)
{
	int64_t all = s->troubles[ORDEAL_OWN_LINK][0].since,
		one = s->troubles[ORDEAL_OWN_LINK][family].since;

	if (is_on(s, ORDEAL_OWN_LINK, 0) && is_on(s, ORDEAL_OWN_LINK, family))
		return one < all ? one : all;
	if (is_on(s, ORDEAL_OWN_LINK, 0) != is_on(s, ORDEAL_OWN_LINK, family))
		return is_on(s, ORDEAL_OWN_LINK, 0) ? all : one;
	return one > all ? one : all; /* the last time that it was */
}

bool has_references(const struct sim *s, int family)
{
	for (int i = 0; i < s->setup->refs_n; i++)
		if (s->setup->refs[i] == family)
			return true;
	return false;
}

/* By those that work, whatever our own link does. -1: it has none. */
static int is_family_alive(const struct sim *s, int family)
{
	int of = 0, up = 0;

	for (int i = 0; i < s->setup->refs_n; i++) {
		if (s->setup->refs[i] != family)
			continue;
		of++;
		up += !is_on(s, ORDEAL_REFERENCE, i);
	}
	if (of == 0)
		return -1;
	/* DECISIONS 2: with fewer than 3 one answer suffices, else a majority. */
	return of < 3 ? up >= 1 : up * 2 > of;
}

static int is_family_vouched(const struct sim *s, int family)
{
	int is_alive = is_family_alive(s, family);

	return is_alive > 0 ? !is_link_gone(s, family) : is_alive;
}

bool are_references_gone(const struct sim *s)
{
	return s->setup->refs_n > 0 && is_family_alive(s, 4) <= 0 && is_family_alive(s, 6) <= 0;
}

bool are_references_enough(const struct sim *s, int family)
{
	int own = is_family_vouched(s, family), other = is_family_vouched(s, family == 4 ? 6 : 4);

	if (own >= 0)
		return own > 0;
	return other != 0; /* by the other family, or by none at all */
}

/* ---- answers ---- */

static struct answer fine(void)
{
	return (struct answer){ .outcome = { PHASE_BODY, CAUSE_PASS },
				.is_reached = true,
				.takes = PASS_TAKES };
}

static struct answer bad(enum phase phase, enum cause cause, int64_t takes)
{
	return (struct answer){ .is_failing = true, .outcome = { phase, cause }, .takes = takes };
}

static struct answer bad_status(int code)
{
	struct answer a = bad(PHASE_WAIT, CAUSE_STATUS, ANSWER_TAKES);

	a.code = code;
	a.is_reached = true;
	return a;
}

static struct answer unreached(unsigned variant)
{
	switch (variant % 3) {
	case 0:
		return bad(PHASE_CONNECT, CAUSE_REFUSED, REFUSAL_TAKES);
	case 1:
		return bad(PHASE_CONNECT, CAUSE_UNREACHABLE, 3 * SEC);
	default:
		return bad(PHASE_CONNECT, CAUSE_TIMEOUT, 5 * SEC);
	}
}

static struct answer bad_service(unsigned variant, int64_t timeout)
{
	struct answer a;

	switch (variant % 5) {
	case 0:
	case 1:
		return bad_status(variant % 2 ? 503 : 500);
	case 2:
		a = bad(PHASE_BODY, CAUSE_TIMEOUT, timeout);
		break;
	case 3:
		a = bad(PHASE_BODY, CAUSE_MISMATCH, ANSWER_TAKES);
		break;
	default:
		return bad(PHASE_WAIT, CAUSE_TIMEOUT, timeout);
	}
	a.is_reached = true;
	return a;
}

static struct answer bad_certificate(unsigned variant)
{
	struct answer a = bad(PHASE_TLS, variant % 2 ? CAUSE_EXPIRED : CAUSE_CERTIFICATE,
			      ANSWER_TAKES);

	a.is_reached = true;
	return a;
}

/* Nothing of this stack is reached, whoever is asked; false: it is. */
static bool is_stack_out_of_reach(const struct sim *s, int stack, struct answer *ret)
{
	static const enum ordeal_kind kinds[] = { ORDEAL_UPLINK, ORDEAL_CLUSTER, ORDEAL_EDGE };

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (!is_on(s, kinds[i], stack))
			continue;
		*ret = unreached(variant_of(s, kinds[i], stack) + (kinds[i] == ORDEAL_UPLINK));
		return true;
	}
	return false;
}

static void slow_down(const struct sim *s, int site, int64_t timeout, struct answer *a)
{
	static const int64_t delays[] = { 500, 1500, 3000, 9000, 20000 };
	int64_t delay;

	if (is_on(s, ORDEAL_LATENCY, site)) {
		delay = delays[variant_of(s, ORDEAL_LATENCY, site) % 5] * SEC / 1000;
		a->takes += delay;
		a->is_doubtful = a->takes * (100 + JITTER_PERCENT) / 100 > timeout;
	}
	if (is_on(s, ORDEAL_LOSS, site)) {
		static const unsigned losses[] = { 50, 300, 300, 600, 900 };

		a->loss = losses[variant_of(s, ORDEAL_LOSS, site) % 5];
		a->is_doubtful = true;
	}
}

static struct answer answer_of_site(const struct sim *s, const struct host *h)
{
	const struct site_setup *site = &s->setup->sites[h->at];
	struct answer a = fine();

	if (h->is_named && is_on(s, ORDEAL_ZONE, h->stack))
		return bad(PHASE_DNS,
			   variant_of(s, ORDEAL_ZONE, h->stack) % 2 ? CAUSE_NXDOMAIN : CAUSE_SERVFAIL,
			   ANSWER_TAKES);
	if (is_on(s, ORDEAL_ROUTE, h->at))
		return unreached(variant_of(s, ORDEAL_ROUTE, h->at));
	if (is_stack_out_of_reach(s, h->stack, &a))
		return a;
	if (!site->is_edge && h->is_named && is_on(s, ORDEAL_CERTIFICATE, h->at))
		return bad_certificate(variant_of(s, ORDEAL_CERTIFICATE, h->at));
	if (!site->is_edge && is_on(s, ORDEAL_INGRESS, h->stack))
		return bad_status(503);
	if (is_on(s, ORDEAL_SERVICE, h->at))
		return site->is_edge ? unreached(variant_of(s, ORDEAL_SERVICE, h->at))
				     : bad_service(variant_of(s, ORDEAL_SERVICE, h->at),
						   site->timeout);
	slow_down(s, h->at, site->timeout, &a);
	return a;
}

static bool is_alertmanager_there(const struct sim *s, int stack)
{
	return s->pairs[stack].replicas[0].is_alive || s->pairs[stack].replicas[1].is_alive;
}

static struct answer answer_of_witness(const struct sim *s, const struct host *h)
{
	struct answer a = fine();
	bool is_there = h->role == HOST_AM ? is_alertmanager_there(s, h->stack)
					   : s->pairs[h->stack].is_prometheus_alive;

	if (is_stack_out_of_reach(s, h->stack, &a))
		return a;
	if (is_on(s, ORDEAL_PULL_PATH, h->stack)) {
		unsigned variant = variant_of(s, ORDEAL_PULL_PATH, h->stack);

		return variant % 3 == 2 ? unreached(variant) : bad_status(variant % 3 ? 403 : 503);
	}
	if (!is_there)
		return bad_status(503);
	return a;
}

static struct answer answer_of(const struct sim *s, int host)
{
	const struct host *h = &s->hosts[host];

	switch (h->role) {
	case HOST_SITE:
		return answer_of_site(s, h);
	case HOST_REF:
		return is_on(s, ORDEAL_REFERENCE, h->at)
			       ? unreached(variant_of(s, ORDEAL_REFERENCE, h->at))
			       : fine();
	case HOST_AM:
	case HOST_PROM:
		return answer_of_witness(s, h);
	case HOST_LISTENER:
		return is_on(s, ORDEAL_LISTENER, 0) ? bad_status(502) : fine();
	case HOST_JOB:
		break;
	}
	return fine();
}

/* The connection came as far as to a certificate. */
static bool is_certificate_shown(const struct sim *s, const struct host *h, const struct answer *a)
{
	return h->role == HOST_SITE && h->is_named && s->setup->sites[h->at].cert != 0 &&
	       a->outcome.phase > PHASE_TLS;
}

void world_work_out(struct sim *s)
{
	for (int i = 0; i < s->hosts_n; i++) {
		const struct host *h = &s->hosts[i];

		s->answers[i] = answer_of(s, i);
		if (is_certificate_shown(s, h, &s->answers[i]) && is_cert_over(s, h->at))
			s->answers[i] = bad_certificate(1);
	}
}

/* A certificate is checked by our own clock, whatever that shows. */
static bool check_certificate(const struct sim *s, const struct host *h, struct answer *a)
{
	bool is_over = h->role == HOST_SITE && is_cert_over(s, h->at);
	struct answer behind = is_over ? answer_of(s, (int)(h - s->hosts)) : *a;

	if (!is_certificate_shown(s, h, &behind))
		return false;
	*a = is_cert_refused(s, h->at) ? bad_certificate(1) : behind;
	return true;
}

/* ---- runs ---- */

/* How it ends when it is our own link that is gone. */
static struct answer no_link(const struct sim *s, const struct host *h)
{
	unsigned variant = variant_of(s, ORDEAL_OWN_LINK, is_on(s, ORDEAL_OWN_LINK, 0) ? 0 : h->family);

	if (variant % 4 == 0 && h->is_named && is_link_gone(s, 4) && is_link_gone(s, 6))
		return bad(PHASE_DNS, CAUSE_RESOLVER, 5 * SEC);
	return variant % 2 ? bad(PHASE_CONNECT, CAUSE_TIMEOUT, 5 * SEC)
			   : bad(PHASE_CONNECT, CAUSE_UNREACHABLE, 3000);
}

/* Silence of all resolvers: every other time the last good addresses help. */
static bool is_without_names(const struct sim *s, const struct host *h)
{
	return h->is_named && is_on(s, ORDEAL_RESOLVER, 0) &&
	       variant_of(s, ORDEAL_RESOLVER, 0) % 3 != 0;
}

static unsigned own_loss(const struct sim *s)
{
	static const unsigned losses[] = { 50, 150, 300, 600 };

	return is_on(s, ORDEAL_OWN_LOSS, 0) ? losses[variant_of(s, ORDEAL_OWN_LOSS, 0) % 4] : 0;
}

static void take_time(struct answer *a, int64_t timeout, uint64_t dice)
{
	if (a->takes > SEC / 5 && a->outcome.cause == CAUSE_PASS)
		a->takes += a->takes * ((int64_t)(dice >> 20) % (2 * JITTER_PERCENT + 1) -
					JITTER_PERCENT) / 100;
	if (a->takes <= timeout)
		return;
	if (a->outcome.cause == CAUSE_PASS) {
		*a = bad(PHASE_BODY, CAUSE_TIMEOUT, timeout);
		a->is_reached = true;
	}
	a->takes = timeout;
}

struct run world_answer(struct sim *s, int host)
{
	const struct host *h = &s->hosts[host];
	struct answer a = s->answers[host];
	uint64_t dice = lot(s->setup->seed, 100 + (uint64_t)host, ++s->runs_n[host]);
	bool is_ours = false, has_certificate = check_certificate(s, h, &a), is_clock;

	if (is_link_gone(s, h->family)) {
		a = no_link(s, h);
		is_ours = true;
	} else if (is_without_names(s, h)) {
		a = bad(PHASE_DNS, CAUSE_RESOLVER, 5 * SEC);
		is_ours = true;
	} else if (dice % 1000 < own_loss(s)) {
		/* From here it cannot be told where it is lost. */
		a = bad(PHASE_CONNECT, CAUSE_TIMEOUT, 5 * SEC);
	} else if (!a.is_failing && dice / 1000 % 1000 < a.loss) {
		a = bad(PHASE_CONNECT, CAUSE_TIMEOUT, 5 * SEC);
	}
	has_certificate &= a.outcome.phase >= PHASE_TLS;
	is_clock = has_certificate && a.outcome.phase == PHASE_TLS && !is_cert_over(s, h->at);
	take_time(&a, timeout_of(s, host), dice);
	return (struct run){
		.is_active = true,
		.is_real = a.outcome.cause != CAUSE_PASS && !is_ours && !is_clock,
		.is_clock = is_clock,
		.has_certificate = has_certificate,
		.is_ours = is_ours,
		.is_reached = a.is_reached,
		.started = sim_now(s),
		.began = s->t,
		.ends = s->t + a.takes,
		.took = a.takes,
		.outcome = a.outcome,
		.code = a.outcome.cause == CAUSE_PASS ? 200 : a.code,
	};
}

void world_testify(const struct sim *s, int host, struct observation *o)
{
	const struct host *h = &s->hosts[host];
	int64_t age;
	bool is_known;

	if (h->role == HOST_PROM) {
		o->testimony = TESTIMONY_ACTIVE;
		o->age_us = s->t % (30 * SEC);
	} else if (h->role == HOST_AM) {
		is_known = pair_answer(s, h->stack, &age);
		o->testimony = !is_known ? TESTIMONY_ABSENT
			       : is_on(s, ORDEAL_SILENCE, h->stack) ? TESTIMONY_SUPPRESSED
								   : TESTIMONY_ACTIVE;
		o->age_us = is_known ? age : 0;
	}
}

/* ---- changes ---- */

void world_change(struct sim *s, size_t ordeal, bool is_beginning)
{
	const struct ordeal *f = &s->setup->ordeals[ordeal];
	struct trouble *t = &s->troubles[f->kind][f->which];

	if (is_beginning && t->count++ == 0) {
		t->since = s->t;
		t->variant = f->variant;
	}
	if (!is_beginning && --t->count == 0)
		t->ended = s->t;
	for (int i = 0; i < s->setup->stacks_n; i++)
		if (s->setup->watchdogs[i].is_there)
			pair_change(s, i);
	world_work_out(s);
}

void world_begin(struct sim *s)
{
	for (int k = 0; k < ORDEAL_KINDS; k++)
		for (int i = 0; i < SITES_MAX; i++)
			s->troubles[k][i].ended = LONG_AGO;
	for (int i = 0; i < s->setup->stacks_n; i++)
		if (s->setup->watchdogs[i].is_there)
			pair_begin(s, i);
	world_work_out(s);
}
