/*
 * certs.c - which certificate is shown, and for how long.
 *
 * Several sites may show one certificate; a renewal reaches all of them at
 * once. It is over when its time has passed by the world's clock; but whoever
 * checks it, checks it by his own.
 */
#include "sim.h"

#define SIGNED_AGO HOUR /* as it is done, so that clocks a little behind take it */

static struct generation *shown_of(struct certs *c, int cert)
{
	for (size_t i = c->n; i > 0; i--)
		if (c->v[i - 1].cert == cert)
			return &c->v[i - 1];
	return NULL;
}

struct generation *cert_of(struct sim *s, int site)
{
	int cert = s->setup->sites[site].cert;

	return cert == 0 ? NULL : shown_of(&s->certs, cert);
}

const struct generation *cert_seen(const struct sim *s, int site)
{
	int cert = s->setup->sites[site].cert;

	for (size_t i = s->certs.n; cert != 0 && i > 0; i--)
		if (s->certs.v[i - 1].cert == cert)
			return &s->certs.v[i - 1];
	return NULL;
}

bool is_cert_over(const struct sim *s, int site)
{
	const struct generation *g = cert_seen(s, site);

	return g && s->t >= g->ends;
}

static bool is_refused_at(const struct generation *g, int64_t ours)
{
	return ours >= g->ends || ours < g->from;
}

bool is_cert_refused(const struct sim *s, int site)
{
	const struct generation *g = cert_seen(s, site);

	return g && is_refused_at(g, s->t + s->us.wall_ahead);
}

int64_t cert_ahead(const struct generation *g, int step)
{
	/* DECISIONS 2: at so many days, or a quarter of the lifetime when that is less. */
	static const int64_t days[] = { 21, 14, 7, 3, 1 };
	int64_t quarter = (g->ends - g->from) / 4, span = days[step] * DAY;

	return span < quarter ? span : quarter;
}

/* ---- changes ---- */

static void bring(struct sim *s, int cert, int64_t from, int64_t ends)
{
	struct certs *c = &s->certs;
	struct generation *before = shown_of(c, cert);

	if (c->n == GENERATIONS_MAX)
		return; /* the last one stays */
	if (before)
		before->replaced = s->t;
	c->v[c->n] = (struct generation){
		.cert = cert,
		.from = from,
		.ends = ends,
		.shown = s->t,
		.replaced = NEVER,
		.fingerprint = lot(s->setup->seed, 5, c->n) | 1,
	};
	c->n++;
}

static void note_next(struct certs *c, int64_t now, int64_t at)
{
	if (at > now && at < c->next)
		c->next = at;
}

static void plan_next(struct sim *s)
{
	struct certs *c = &s->certs;
	int64_t ahead = s->us.wall_ahead;

	c->next = s->setup->certs_n > 0 && s->t < s->setup->until ? s->setup->until : NEVER;
	c->wall_ahead = ahead;
	for (size_t i = 0; i < c->n; i++) {
		const struct generation *g = &c->v[i];

		if (g->replaced < NEVER)
			continue;
		note_next(c, s->t, g->ends);
		note_next(c, s->t, g->ends - ahead);
		note_next(c, s->t, g->from - ahead);
		for (int step = 0; step < 5; step++)
			note_next(c, s->t, g->ends - cert_ahead(g, step) - ahead);
	}
}

/* The sites that show it are told of to the judge as if something had befallen them. */
static void sites_change(struct sim *s, int cert, bool is_beginning)
{
	for (int i = 0; i < s->setup->stacks_n; i++)
		s->judge.changed[i] = s->t; /* it may be shown in both */
	for (int i = 0; i < s->setup->sites_n; i++) {
		struct ordeal f = { .kind = ORDEAL_CERTIFICATE, .which = i, .from = s->t };

		if (s->setup->sites[i].cert == cert)
			judge_change(s, &f, is_beginning);
	}
}

void cert_renew(struct sim *s, const struct ordeal *f)
{
	judge_time(s);
	bring(s, f->which, s->t - SIGNED_AGO, s->t + f->by);
	story_tell(s, "certificate %d is renewed, for %.1f days", f->which, (double)f->by / DAY);
	world_work_out(s);
	plan_next(s);
	/* By a clock that is further behind it does not hold yet: then something begins to fail. */
	sites_change(s, f->which, s->us.wall_ahead < -SIGNED_AGO);
}

/* At the end everything heals, and nothing breaks any more. */
static void heal(struct sim *s)
{
	for (int i = 1; i <= s->setup->certs_n; i++) {
		struct ordeal f = { .kind = ORDEAL_RENEW, .which = i, .by = 90 * DAY };

		if (shown_of(&s->certs, i)->ends < s->end + DAY)
			cert_renew(s, &f);
	}
}

/* By a clock that was set a certificate holds no more, or again. */
static void clock_was_set(struct sim *s)
{
	for (int i = 1; i <= s->setup->certs_n; i++) {
		const struct generation *g = shown_of(&s->certs, i);
		bool was = is_refused_at(g, s->t + s->certs.wall_ahead);
		bool is = is_refused_at(g, s->t + s->us.wall_ahead);

		if (was != is)
			sites_change(s, i, is);
	}
}

void certs_live(struct sim *s)
{
	struct certs *c = &s->certs;

	if (s->setup->certs_n == 0 || (s->t < c->next && c->wall_ahead == s->us.wall_ahead))
		return;
	if (c->wall_ahead != s->us.wall_ahead)
		clock_was_set(s);
	if (s->t >= c->next) {
		judge_time(s);
		world_work_out(s);
		for (int i = 1; i <= s->setup->certs_n; i++) {
			const struct generation *g = shown_of(c, i);

			if (s->t == g->ends)
				story_tell(s, "certificate %d is over", i);
			/* Also when it seems so to us, or does not any more. */
			sites_change(s, i, s->t == g->ends || s->t + s->us.wall_ahead == g->ends);
		}
	}
	if (s->t == s->setup->until)
		heal(s);
	plan_next(s);
}

void certs_begin(struct sim *s)
{
	for (int i = 0; i < s->setup->certs_n; i++)
		bring(s, i + 1, s->setup->certs[i].from, s->setup->certs[i].ends);
	plan_next(s);
}
