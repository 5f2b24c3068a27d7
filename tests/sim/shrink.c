/*
 * shrink.c - the least setup that still breaks the same promise: without what
 * happened later, without every ordeal that is not needed, and those that are
 * as short as they may be.
 */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

#define TRIES_MAX 1500

struct shrinking {
	struct setup *best, *trial;
	enum promise promise;
	unsigned tries;
};

static bool still_breaks(struct shrinking *k)
{
	struct outcome_of_life life;

	if (k->tries++ > TRIES_MAX)
		return false;
	setup_live(k->trial, false, &life);
	return life.broken == k->promise;
}

/* What was tried is kept if it still breaks the promise. */
static bool keep(struct shrinking *k)
{
	if (!still_breaks(k))
		return false;
	*k->best = *k->trial;
	return true;
}

static bool drop_ordeals(struct shrinking *k, size_t from, size_t n)
{
	struct setup *t = k->trial;

	*t = *k->best;
	memmove(t->ordeals + from, t->ordeals + from + n,
		(t->ordeals_n - from - n) * sizeof t->ordeals[0]);
	t->ordeals_n -= n;
	return keep(k);
}

/* First halves, then quarters, at last one by one. */
static void fewer_ordeals(struct shrinking *k)
{
	for (size_t n = k->best->ordeals_n / 2; n > 0; n /= 2)
		for (size_t from = 0; from + n <= k->best->ordeals_n;)
			if (!drop_ordeals(k, from, n))
				from += n;
}

static void end_earlier(struct shrinking *k)
{
	struct outcome_of_life life;

	setup_live(k->best, false, &life);
	*k->trial = *k->best;
	if (life.broken_at + SEC < k->trial->until)
		k->trial->until = life.broken_at + SEC;
	(void)keep(k);
}

static void shorter_ordeals(struct shrinking *k)
{
	for (size_t i = 0; i < k->best->ordeals_n; i++)
		for (int tries = 0; tries < 12; tries++) {
			struct ordeal *f = &k->trial->ordeals[i];

			*k->trial = *k->best;
			f->to = f->from + (f->to - f->from) / 2;
			if (f->to == f->from || !keep(k))
				break;
		}
}

/* Nearer to the beginning, by the same span. */
static void sooner(struct shrinking *k)
{
	for (int64_t by = 8 * DAY; by >= 5 * MINUTE; by /= 2) {
		bool is_possible = true;

		*k->trial = *k->best;
		for (size_t i = 0; i < k->trial->ordeals_n; i++) {
			k->trial->ordeals[i].from -= by;
			k->trial->ordeals[i].to -= by;
			is_possible &= k->trial->ordeals[i].from >= 10 * MINUTE;
		}
		k->trial->until -= by;
		if (is_possible)
			(void)keep(k);
	}
}

static bool uses_site(const struct setup *u, int site)
{
	for (size_t i = 0; i < u->ordeals_n; i++)
		if (u->ordeals[i].kind <= ORDEAL_LATENCY && u->ordeals[i].which == site)
			return true;
	return false;
}

static void fewer_sites(struct shrinking *k)
{
	for (int i = k->best->sites_n - 1; i >= 0; i--) {
		struct setup *t = k->trial;

		*t = *k->best;
		if (uses_site(t, i) || t->sites_n == 1 || !quiet_without_site(t, i))
			continue;
		memmove(t->sites + i, t->sites + i + 1,
			(size_t)(t->sites_n - i - 1) * sizeof t->sites[0]);
		t->sites_n--;
		for (size_t f = 0; f < t->ordeals_n; f++)
			if (t->ordeals[f].kind <= ORDEAL_LATENCY && t->ordeals[f].which > i)
				t->ordeals[f].which--;
		(void)keep(k);
	}
}

/* Without planned work, dependence and certificates, if it may be. */
static void plainer_quiet(struct shrinking *k)
{
	for (int i = k->best->windows_n - 1; i >= 0; i--) {
		*k->trial = *k->best;
		memmove(k->trial->windows + i, k->trial->windows + i + 1,
			(size_t)(k->trial->windows_n - i - 1) * sizeof k->trial->windows[0]);
		k->trial->windows_n--;
		(void)keep(k);
	}
	for (int i = 0; i < k->best->sites_n; i++) {
		*k->trial = *k->best;
		k->trial->sites[i].parents = 0;
		if (k->best->sites[i].parents)
			(void)keep(k);
		*k->trial = *k->best;
		k->trial->sites[i].cert = 0;
		if (k->best->sites[i].cert)
			(void)keep(k);
	}
}

static void plainer(struct shrinking *k)
{
	*k->trial = *k->best;
	k->trial->jobs_n = 0;
	(void)keep(k);
	*k->trial = *k->best;
	k->trial->has_listener = false;
	(void)keep(k);
	*k->trial = *k->best;
	k->trial->recipients = 1;
	(void)keep(k);
	for (int i = 0; i < STACKS_MAX; i++) {
		*k->trial = *k->best;
		k->trial->watchdogs[i].has_pull = k->trial->watchdogs[i].has_prometheus = false;
		(void)keep(k);
	}
}

void setup_shrink(struct setup *setup, enum promise promise)
{
	struct shrinking k = { .best = setup, .promise = promise };

	k.trial = malloc(sizeof *k.trial);
	if (!k.trial)
		return;
	end_earlier(&k);
	fewer_ordeals(&k);
	sooner(&k);
	shorter_ordeals(&k);
	plainer_quiet(&k);
	fewer_sites(&k);
	plainer(&k);
	fewer_ordeals(&k);
	end_earlier(&k);
	free(k.trial);
}
