/*
 * judge_certs.c - what was said of certificates, and what should have been.
 *
 * One mail a step and fingerprint, each true by our clock; one when it was
 * renewed after a warning; none while others tell us that our clock is far off,
 * and then one about ourselves. What is due is told within the ten minutes that
 * everybody may take to answer, and an hour later when there is a crowd.
 */
#include "sim.h"

#include <string.h>

#define FAR_OFF	     (DAY + 5 * SEC) /* DECISIONS 2: by more than 24 h */
#define SURELY_NEAR  (DAY - MINUTE) /* an answer takes its time */
#define HEARD_LATELY (50 * MINUTE)
#define STEP_SLACK   (2 * MINUTE)
#define TOLD_WITHIN  (13 * MINUTE)
#define CROWD_WAITS  (70 * MINUTE)
#define CROWD	     4
#define RENEWED	     5
#define STEP_FOLLOWED (3 * HOUR)

static int64_t off(const struct sim *s)
{
	return s->us.wall_ahead < 0 ? -s->us.wall_ahead : s->us.wall_ahead;
}

bool is_clock_near(const struct sim *s)
{
	return off(s) < SURELY_NEAR;
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* Since then what was heard counts: a step, or a new life, makes it void. */
static int64_t heard_since(const struct sim *s)
{
	return later(s->judge.stepped, s->judge.broken_off);
}

bool is_clock_refuted(const struct sim *s)
{
	unsigned others = 0;

	if (off(s) <= FAR_OFF)
		return false;
	for (int i = 0; i < s->setup->sites_n; i++)
		others += s->judge.hosts[i].dated > heard_since(s) &&
			  s->t - s->judge.hosts[i].dated < HEARD_LATELY;
	return others >= 2;
}

static struct generation *generation_of(struct sim *s, uint64_t fingerprint)
{
	for (size_t i = 0; i < s->certs.n; i++)
		if (s->certs.v[i].fingerprint == fingerprint)
			return &s->certs.v[i];
	return NULL;
}

/* ---- what was said ---- */

static void judge_renewed(struct sim *s, const struct generation *g)
{
	if (g->replaced == NEVER)
		broken(s, FALSE_CERT, "certificate %d is called renewed", g->cert);
	else if ((g->told & 31) == 0 && s->judge.lost_state == LONG_AGO)
		broken(s, FALSE_CERT, "certificate %d: renewed, and nobody was warned", g->cert);
}

static void judge_step_of(struct sim *s, const struct generation *g, unsigned step)
{
	int64_t left = g->ends - s->t - s->us.wall_ahead;

	if (left <= -STEP_SLACK || left > cert_ahead(g, (int)step) + STEP_SLACK)
		broken(s, FALSE_CERT, "certificate %d is warned of at step %u with %.2f days left",
		       g->cert, step, (double)left / DAY);
	if (is_clock_refuted(s))
		broken(s, FALSE_CERT, "a certificate is judged by a clock that others call wrong");
	if (g->told >> step != 0 && s->judge.lost_state == LONG_AGO)
		broken(s, TWICE, "certificate %d is warned of again, at step %u", g->cert, step);
}

static void judge_clock(struct sim *s)
{
	if (is_clock_near(s) && s->t - s->judge.stepped > HOUR)
		broken(s, FALSE_CERT, "our clock is called wrong, and is off by %.0f s",
		       (double)off(s) / SEC);
}

void judge_certificate(struct sim *s, const struct notice *n)
{
	struct generation *g;

	if (n->kind == NOTICE_SELF && n->matter == SELF_CLOCK)
		judge_clock(s);
	if (n->kind != NOTICE_CERTIFICATE)
		return;
	g = generation_of(s, n->fingerprint);
	if (!g) {
		broken(s, FALSE_CERT, "a certificate is told of that nobody shows");
		return;
	}
	story_tell(s, "certificate %d: step %u", g->cert, n->seq);
	if (n->seq == RENEWED)
		judge_renewed(s, g);
	else
		judge_step_of(s, g, n->seq);
	g->told |= 1u << n->seq;
	g->waiting = 0;
	s->certs.mails[s->certs.mails_n++ % CROWD] = s->t;
}

/* ---- what should have been ---- */

/* Somebody, or everybody, who shows it was seen with it and is well. */
static bool is_seen(const struct sim *s, int cert, int64_t since, bool is_by_all)
{
	bool is_by_one = false;

	for (int i = 0; i < s->setup->sites_n; i++) {
		const struct host_truth *h = &s->judge.hosts[i];
		bool is = h->verdict == VERDICT_UP && !h->is_blocked && h->dated > since &&
			  s->hosts[i].subject != NONE_INDEX;

		if (s->setup->sites[i].cert != cert)
			continue;
		if (is_by_all && !is)
			return false;
		is_by_one |= is;
	}
	return is_by_one;
}

static bool is_step_due(const struct sim *s, const struct generation *g, int64_t ours)
{
	int step = -1;

	for (int i = 0; i < RENEWED; i++)
		if (g->ends - ours <= cert_ahead(g, i))
			step = i;
	return step >= 0 && g->ends > ours + STEP_SLACK && g->told >> step == 0 &&
	       is_seen(s, g->cert, g->shown, false);
}

static bool is_renewal_due(const struct sim *s, const struct generation *g, int64_t ours)
{
	const struct generation *last = NULL, *next = NULL;

	for (size_t i = (size_t)(g - s->certs.v) + 1; i < s->certs.n; i++) {
		if (s->certs.v[i].cert != g->cert)
			continue;
		next = next ? next : &s->certs.v[i];
		last = &s->certs.v[i];
	}
	return next && next == last && (g->told & 31) != 0 && g->told >> RENEWED == 0 &&
	       next->ends > g->ends && g->ends > ours + STEP_SLACK &&
	       s->judge.lost_state == LONG_AGO && s->judge.removed == LONG_AGO &&
	       is_seen(s, g->cert, g->replaced, true);
}

static bool is_time_known(const struct sim *s)
{
	return us_hears(s) && is_clock_near(s) && s->t - heard_since(s) > 12 * MINUTE;
}

void judge_certs_grow(struct sim *s, int64_t span)
{
	struct certs *c = &s->certs;
	bool is_known = is_time_known(s);

	for (size_t i = 0; i < c->n; i++) {
		struct generation *g = &c->v[i];
		int64_t ours = s->t - span + s->us.wall_ahead;
		bool is_due = is_known && (g->replaced == NEVER ? is_step_due(s, g, ours)
								: is_renewal_due(s, g, ours));

		g->waiting = is_due ? g->waiting + span : 0;
	}
}

static int64_t longest_interval(const struct sim *s)
{
	int64_t longest = 0;

	for (int i = 0; i < s->setup->sites_n; i++)
		longest = later(longest, s->setup->sites[i].interval);
	return longest;
}

void look_at_certs(struct sim *s)
{
	struct certs *c = &s->certs;
	bool is_crowd = c->mails_n >= CROWD && s->t - c->mails[c->mails_n % CROWD] < CROWD_WAITS;
	int64_t bound = TOLD_WITHIN + longest_interval(s) + (is_crowd ? CROWD_WAITS : 0);

	/* A clock that was set by an hour or less is followed once an hour. */
	if (s->t - s->judge.stepped < STEP_FOLLOWED)
		bound += HOUR;

	for (size_t i = 0; i < c->n; i++) {
		const struct generation *g = &c->v[i];

		if (g->waiting > bound)
			broken(s, LATE_CERT, "certificate %d (%.2f days left): %s was not told in %.0f s",
			       g->cert, (double)(g->ends - s->t) / DAY,
			       g->replaced == NEVER ? "a step" : "its renewal",
			       (double)g->waiting / SEC);
		if (g->waiting > 0 && s->t + MINUTE < s->judge.next)
			s->judge.next = s->t + MINUTE;
	}
}
