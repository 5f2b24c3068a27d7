/*
 * life.c - one setup lived through, from event to event: nothing is done in
 * between, so that a quiet minute costs next to nothing.
 */
#include "sim.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define AFTERWARDS  (3 * HOUR) /* everything has healed; so long it may take until all is well */
#define HOT_BEFORE  (15 * SEC)
#define STANDSTILL  20000

void story_tell(struct sim *s, const char *format, ...)
{
	va_list args;

	if (!s->is_verbose)
		return;
	printf("%12.2f ", (double)s->t / SEC);
	va_start(args, format);
	(void)vprintf(format, args);
	va_end(args);
	putchar('\n');
}

uint64_t lot(uint64_t seed, uint64_t a, uint64_t b)
{
	uint64_t x = seed * UINT64_C(0xd1342543de82ef95) + a * UINT64_C(0xda942042e4dd58b5) +
		     b * UINT64_C(0x9e3779b97f4a7c15) + 1;

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* ---- edges ---- */

static int compare_edges(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return (x->ordeal > y->ordeal) - (x->ordeal < y->ordeal);
}

static void add_edge(struct sim *s, int64_t at, uint32_t ordeal, enum edge_kind kind)
{
	s->edges[s->edges_n++] = (struct edge){ at > 0 ? at : 0, ordeal, kind };
}

/* At the end everything heals. */
static void make_edges(struct sim *s)
{
	const struct setup *u = s->setup;

	s->edges = calloc(3 * u->ordeals_n + 1, sizeof *s->edges);
	if (!s->edges)
		abort();
	for (uint32_t i = 0; i < u->ordeals_n; i++) {
		const struct ordeal *f = &u->ordeals[i];

		if (f->from >= u->until)
			continue;
		if (f->kind == ORDEAL_ABSENCE || f->kind == ORDEAL_SUSPEND || f->kind == ORDEAL_DISK)
			add_edge(s, f->from - HOT_BEFORE, i, EDGE_PREPARE);
		add_edge(s, f->from, i, EDGE_BEGIN);
		if (f->kind < ORDEAL_RELOAD || f->kind == ORDEAL_HUSH)
			add_edge(s, f->to < u->until ? f->to : u->until, i, EDGE_END);
	}
	qsort(s->edges, s->edges_n, sizeof *s->edges, compare_edges);
}

static void tell_ordeal(struct sim *s, const struct ordeal *f, bool is_beginning)
{
	if (s->is_verbose)
		story_tell(s, "%c %s %d (variant %u)", is_beginning ? '+' : '-',
			   ordeal_name(f->kind), f->which, f->variant);
}

static void pass_edge(struct sim *s, const struct edge *e)
{
	const struct ordeal *f = &s->setup->ordeals[e->ordeal];
	bool is_beginning = e->kind == EDGE_BEGIN;

	if (e->kind == EDGE_PREPARE) {
		s->us.hot = f->from + 1;
		return;
	}
	judge_time(s);
	if (f->kind == ORDEAL_HUSH || f->kind == ORDEAL_ACK) {
		operator_speaks(s, f, is_beginning);
		return;
	}
	if (f->kind == ORDEAL_RENEW) {
		certs_live(s); /* another one may run out at this very moment */
		cert_renew(s, f);
		return;
	}
	tell_ordeal(s, f, is_beginning);
	if (f->kind < ORDEAL_ABSENCE)
		world_change(s, e->ordeal, is_beginning);
	us_change(s, f, is_beginning);
	judge_change(s, f, is_beginning);
}

/* ---- jobs ---- */

/* It runs for a hundredth of its period, and says when it begins and how it ended. */
static void job_live(struct sim *s, int i)
{
	const struct job_setup *job = &s->setup->jobs[i];
	bool is_broken = is_on(s, ORDEAL_JOB, i);
	unsigned how = s->troubles[ORDEAL_JOB][i].variant % 3; /* not run, fails, hangs */
	enum ping ping = PING_START;
	bool is_start = s->t >= s->jobs[i].next;
	bool is_end = !is_start && s->t >= s->jobs[i].ends, is_heard;

	if (!is_start && !is_end)
		return;
	if (is_start) {
		s->jobs[i].next += job->period;
		s->jobs[i].ends = is_broken && how == 0 ? NEVER : s->t + job->period / 100;
	} else {
		s->jobs[i].ends = NEVER;
		ping = is_broken && how == 1 ? PING_FAIL : PING_OK;
	}
	if (is_broken && (is_start ? how == 0 : how == 2))
		return;
	is_heard = us_hears(s) && !is_link_gone(s, 4) && !is_on(s, ORDEAL_LISTENER, 0);
	judge_ping(s, i, ping, is_heard);
	if (is_heard)
		us_ping(s, i, ping);
}

/* ---- time ---- */

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t next_event(const struct sim *s)
{
	int64_t next = s->edges_at < s->edges_n ? s->edges[s->edges_at].at : NEVER;

	next = least(next, us_next(s));
	for (int i = 0; i < s->setup->stacks_n; i++)
		if (s->setup->watchdogs[i].is_there)
			next = least(next, s->pairs[i].next);
	for (int i = 0; i < s->setup->jobs_n; i++)
		next = least(next, least(s->jobs[i].next, s->jobs[i].ends));
	next = least(next, post_next(s));
	next = least(next, s->judge.next);
	next = least(next, least(s->quiet.next, s->certs.next));
	return next;
}

static void step(struct sim *s)
{
	while (s->edges_at < s->edges_n && s->edges[s->edges_at].at <= s->t)
		pass_edge(s, &s->edges[s->edges_at++]);
	for (int i = 0; i < s->setup->stacks_n; i++)
		if (s->setup->watchdogs[i].is_there && s->pairs[i].next <= s->t)
			pair_live(s, i);
	for (int i = 0; i < s->setup->jobs_n; i++)
		job_live(s, i);
	quiet_live(s);
	certs_live(s);
	us_live(s);
	post_live(s);
	judge_step(s);
}

static void live(struct sim *s)
{
	unsigned at_once = 0;

	while (s->t < s->end && !s->broken) {
		int64_t next = next_event(s);

		at_once = next <= s->t ? at_once + 1 : 0;
		if (at_once > STANDSTILL)
			broken(s, BROKEN_ENGINE, "time stands still");
		if (next > s->t)
			s->t = next < s->end ? next : s->end;
		step(s);
	}
}

static void begin(struct sim *s)
{
	const struct setup *u = s->setup;

	hosts_make(s);
	make_edges(s);
	for (int i = 0; i < u->jobs_n; i++) {
		s->jobs[i].next = (int64_t)(lot(u->seed, 4, (uint64_t)i) % (uint64_t)u->jobs[i].period);
		s->jobs[i].ends = NEVER;
	}
	s->end = u->until + AFTERWARDS;
	s->us.rises = NEVER;
	s->certs.next = NEVER;
	certs_begin(s);
	world_begin(s);
	post_begin(s);
	judge_begin(s);
	us_begin(s);
}

void setup_live(const struct setup *setup, bool is_verbose, struct outcome_of_life *ret)
{
	struct sim *s = calloc(1, sizeof *s);

	if (!s)
		abort();
	s->setup = setup;
	s->is_verbose = is_verbose;
	begin(s);
	live(s);
	if (!s->broken)
		judge_end(s);
	*ret = (struct outcome_of_life){
		.broken = s->broken,
		.broken_at = s->broken_at,
		.lived = s->t,
		.steps = s->steps,
		.incidents = s->incidents,
		.mails = s->post.accepted_n,
		.pages = s->pages,
	};
	memcpy(ret->story, s->story, sizeof ret->story);
	us_end(s);
	post_end(s);
	free(s->edges);
	free(s);
}
