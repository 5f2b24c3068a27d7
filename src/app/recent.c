/*
 * recent.c - see recent.h.
 *
 * A run is 16 bytes, and a check's runs lie in the order in which they began.
 * A row reaches the history when its run has ended and some seconds later, so
 * each reading begins as long before the end of the last one and passes over
 * what it has.
 */
#include "app/recent.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "io/store.h"

#define DAY	   (24 * USEC_PER_HOUR)
#define QUARTER	   (15 * USEC_PER_MIN)
#define OVERLAP	   (2 * USEC_PER_MIN) /* beside the longest run */
#define LATEST	   6 /* runs that are listed in any case; failures of the day beyond */
#define FIRST_RUNS 256

struct run {
	int64_t started_us;
	uint32_t total_us;
	uint16_t code;
	uint8_t phase, cause;
};

struct runs {
	struct run *v; /* by their beginning */
	size_t n, max;
};

struct recent {
	uint32_t *by_name; /* places in plan.targets, sorted by name */
	struct runs *runs; /* of each target */
	size_t n;
	usec_t overlap;	 /* of one reading with the last */
	wall_t read_at;	 /* all that began before is held, but for the overlap; unset: nothing */
	uint64_t report; /* it was read for */
	const struct plan *plan;
};

struct recent *recent_new(void)
{
	return calloc(1, sizeof(struct recent));
}

void recent_forget(struct recent *r)
{
	for (size_t i = 0; i < r->n; i++)
		free(r->runs[i].v);
	free(r->runs);
	free(r->by_name);
	*r = (struct recent){ 0 };
}

void recent_free(struct recent *recent)
{
	if (!recent)
		return;
	recent_forget(recent);
	free(recent);
}

/* ---- whose run it is ---- */

static int order_names(const void *a, const void *b, void *plan)
{
	const struct target_plan *targets = ((const struct plan *)plan)->targets;

	return strcmp(targets[*(const uint32_t *)a].name, targets[*(const uint32_t *)b].name);
}

static struct runs *runs_of(const struct recent *r, const char *name)
{
	size_t low = 0, high = r->n;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(r->plan->targets[r->by_name[middle]].name, name);

		if (order == 0)
			return &r->runs[r->by_name[middle]];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* ---- reading ---- */

static bool runs_reserve(struct runs *runs)
{
	size_t max = runs->max > 0 ? 2 * runs->max : FIRST_RUNS;
	struct run *v;

	if (runs->n < runs->max)
		return true;
	v = realloc(runs->v, max * sizeof *v);
	if (!v)
		return false;
	runs->v = v;
	runs->max = max;
	return true;
}

/* In its place; what is there already is not added again. */
static void run_add(struct runs *runs, const struct run *run)
{
	size_t at = runs->n;

	while (at > 0 && runs->v[at - 1].started_us > run->started_us)
		at--;
	if ((at > 0 && runs->v[at - 1].started_us == run->started_us) || !runs_reserve(runs))
		return;
	if (at < runs->n)
		memmove(runs->v + at + 1, runs->v + at, (runs->n - at) * sizeof *run);
	runs->v[at] = *run;
	runs->n++;
}

static void take(void *ctx, const struct store_observed *o)
{
	struct recent *r = ctx;
	struct runs *runs = runs_of(r, o->name);
	struct outcome outcome;

	/* What was our own fault tells nothing of the target. */
	if (!runs || !outcome_parse(o->outcome, &outcome) ||
	    outcome_fault(outcome) == FAULT_VANTAGE)
		return;
	run_add(runs, &(struct run){
			      .started_us = o->started.us,
			      .total_us = o->total_us < UINT32_MAX ? (uint32_t)o->total_us
								   : UINT32_MAX,
			      .code = (uint16_t)o->status,
			      .phase = (uint8_t)outcome.phase,
			      .cause = (uint8_t)outcome.cause });
}

static void runs_age(struct runs *runs, wall_t since)
{
	size_t old = 0;

	while (old < runs->n && runs->v[old].started_us < since.us)
		old++;
	if (old == 0)
		return;
	memmove(runs->v, runs->v + old, (runs->n - old) * sizeof *runs->v);
	runs->n -= old;
}

static usec_t longest_run(const struct plan *plan)
{
	usec_t longest = 0;

	for (size_t i = 0; i < plan->targets_n; i++)
		if (plan->targets[i].timeout > longest)
			longest = plan->targets[i].timeout;
	return longest;
}

static bool recent_begin(struct recent *r, const struct plan *plan)
{
	recent_forget(r);
	r->runs = calloc(plan->targets_n + 1, sizeof *r->runs);
	r->by_name = calloc(plan->targets_n + 1, sizeof *r->by_name);
	if (!r->runs || !r->by_name)
		return false;
	r->n = plan->targets_n;
	r->plan = plan;
	r->overlap = longest_run(plan) + OVERLAP;
	for (uint32_t i = 0; i < r->n; i++)
		r->by_name[i] = i;
	qsort_r(r->by_name, r->n, sizeof *r->by_name, order_names, (void *)(uintptr_t)plan);
	return true;
}

/* A clock that was set back begins the day anew. */
static wall_t reading_since(const struct recent *r, wall_t day, wall_t now)
{
	wall_t overlapping = { r->read_at.us - r->overlap };

	return wall_is_set(r->read_at) && r->read_at.us <= now.us && overlapping.us > day.us
		       ? overlapping
		       : day;
}

/* Once a report. What a failing disk holds up is still to come, from the last good reading on. */
static bool recent_read(struct recent *r, const struct sources *from)
{
	const struct model *m = from->model;
	wall_t day = { m->now.wall.us - DAY - QUARTER };

	if (r->plan == m->plan && r->report == m->report && wall_is_set(r->read_at))
		return true;
	if (r->plan != m->plan && !recent_begin(r, m->plan))
		return false;
	if (store_load_observations(from->store, reading_since(r, day, m->now.wall), take, r) < 0)
		return false;
	for (size_t i = 0; i < r->n; i++)
		runs_age(&r->runs[i], day);
	if (!m->is_storage_failing || !wall_is_set(r->read_at) || r->read_at.us > m->now.wall.us)
		r->read_at = m->now.wall;
	r->report = m->report;
	return true;
}

/* ---- telling ---- */

static int order_times(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Nearest rank of sorted times. */
static usec_t rank_of(const uint32_t *sorted, size_t n, unsigned percent)
{
	return n > 0 ? (usec_t)sorted[(n * percent + 99) / 100 - 1] : 0;
}

/* Of runs [from, until): their times into `times`, sorted; how many passed. */
static size_t times_sort(const struct runs *runs, size_t from, size_t until, uint32_t *times)
{
	size_t n = 0;

	for (size_t i = from; i < until; i++)
		if (runs->v[i].cause == CAUSE_PASS)
			times[n++] = runs->v[i].total_us;
	qsort(times, n, sizeof *times, order_times);
	return n;
}

static void quarters_tell(const struct runs *runs, uint32_t *times, struct target_past *ret)
{
	wall_t begins = { ret->ends.us - TARGET_QUARTERS * QUARTER };
	size_t at = 0, first;

	while (at < runs->n && runs->v[at].started_us < begins.us)
		at++;
	first = at;
	for (unsigned q = 0; q < TARGET_QUARTERS; q++) {
		size_t from = at, n;

		while (at < runs->n &&
		       runs->v[at].started_us < begins.us + (usec_t)(q + 1) * QUARTER)
			at++;
		n = times_sort(runs, from, at, times);
		ret->quarters[q] = (struct target_quarter){
			.passes = (unsigned)n, .failures = (unsigned)(at - from - n),
			.median = rank_of(times, n, 50), .p95 = rank_of(times, n, 95) };
		ret->failures += ret->quarters[q].failures;
	}
	ret->passes = (unsigned)times_sort(runs, first, at, times);
	ret->median = rank_of(times, ret->passes, 50);
	ret->p95 = ret->passes >= TARGET_P95_OF ? rank_of(times, ret->passes, 95) : 0;
}

/* The latest ones, then failures before them. */
static void checks_tell(const struct runs *runs, struct target_past *ret)
{
	for (size_t i = runs->n; i-- > 0 && ret->checks_n < TARGET_CHECKS;) {
		const struct run *run = &runs->v[i];

		if (runs->n - i > LATEST && run->cause == CAUSE_PASS)
			continue;
		ret->checks[ret->checks_n++] = (struct target_check){
			.started = { run->started_us },
			.total_us = run->total_us,
			.outcome = { (enum phase)run->phase, (enum cause)run->cause },
			.code = run->code };
	}
}

/* Where a clock was set back, runs of the time that is to come again lie there as well. */
static struct runs runs_until(const struct runs *runs, wall_t now)
{
	struct runs past = *runs;

	while (past.n > 0 && past.v[past.n - 1].started_us > now.us)
		past.n--;
	return past;
}

static void runs_tell(const struct runs *all, wall_t now, struct target_past *ret)
{
	struct runs runs = runs_until(all, now);
	uint32_t *times = calloc(runs.n + 1, sizeof *times);

	if (!times)
		return;
	quarters_tell(&runs, times, ret);
	checks_tell(&runs, ret);
	free(times);
}

static uint32_t less(uint32_t sum, uint32_t part)
{
	return sum > part ? sum - part : 0;
}

/* All of the days since the mark, less what the mark's day had then. */
static void last_day_tell(const struct sources *from, size_t target, struct target_past *ret)
{
	const struct model *m = from->model;
	int32_t day, today = calendar_day(m->now.wall);
	struct store_day mark;

	if (store_load_mark(from->store, m->plan->targets[target].name,
			    (wall_t){ m->now.wall.us - DAY }, &day, &mark) < 0 ||
	    day > today)
		return;
	ret->last_day = rollup_window(&m->rollups[target], today, (unsigned)(today - day) + 1);
	ret->last_day.observed_s = less(ret->last_day.observed_s, mark.observed_s);
	ret->last_day.down_s = less(ret->last_day.down_s, mark.down_s);
	ret->last_day.slow_s = less(ret->last_day.slow_s, mark.slow_s);
	ret->last_day.planned_s = less(ret->last_day.planned_s, mark.planned_s);
}

bool recent_past(const struct sources *from, size_t target, struct target_past *ret)
{
	usec_t now = from->model->now.wall.us;

	*ret = (struct target_past){ .ends = { (now / QUARTER + 1) * QUARTER } };
	if (!from->store)
		return false;
	last_day_tell(from, target, ret);
	if (from->recent && !page_target_is_rare(from->model) && recent_read(from->recent, from))
		runs_tell(&from->recent->runs[target], from->model->now.wall, ret);
	return true;
}
