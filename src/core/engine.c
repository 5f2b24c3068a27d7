/*
 * engine.c - the front door of the engine: time, observations and beats come
 * in here, and nowhere else.
 *
 * Owns the order in which things happen inside a call: first what is known
 * about ourselves (are we online?), then deadmen, then stacks, then launches.
 */
#include "core/engine.h"

#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "core/engine_parts.h"
#include "core/schedule.h"

#define SILENCE_SAVED_EVERY (10 * USEC_PER_SEC)
#define BACKLOG_READ (5 * USEC_PER_SEC) /* what waited in the kernel while we slept */
#define GAP_REVIEWED (30 * USEC_PER_SEC) /* as long as a fall takes */
#define YOUNG (10 * USEC_PER_MIN)

/* ---- making ---- */

static void group_targets(struct engine *e, uint32_t stack)
{
	const struct plan *plan = e->plan;
	uint32_t *indices = arena_alloc(e->arena, plan->targets_n + 1, sizeof *indices);
	size_t n = 0;

	for (uint32_t i = 0; i < plan->targets_n; i++)
		if (plan->targets[i].stack == stack)
			indices[n++] = i;
	e->stacks[stack].targets = indices;
	e->stacks[stack].targets_n = n;
	e->stacks[stack].wake = MONO_NEVER;
}

static void allocate_days(struct engine *e, size_t subjects)
{
	e->daybook.odd = arena_alloc(e->arena, ODD_DAYS_MAX(subjects), sizeof *e->daybook.odd);
	e->rollups = arena_alloc(e->arena, subjects, sizeof *e->rollups);
	for (size_t i = 0; i < subjects; i++)
		rollup_init(&e->rollups[i], &e->daybook);
}

static void allocate(struct engine *e)
{
	const struct plan *plan = e->plan;
	size_t subjects = plan->targets_n + plan->watchdogs_n;

	e->checks_n = plan->targets_n + plan->references_n + plan->witnesses_n;
	e->checks = arena_alloc(e->arena, e->checks_n, sizeof *e->checks);
	e->setbacks = arena_alloc(e->arena, e->checks_n, sizeof *e->setbacks);
	e->latencies = arena_alloc(e->arena, plan->targets_n, sizeof *e->latencies);
	e->members = arena_alloc(e->arena, subjects, sizeof *e->members);
	e->deadmen = arena_alloc(e->arena, plan->watchdogs_n, sizeof *e->deadmen);
	e->witnesses = arena_alloc(e->arena, plan->witnesses_n, sizeof *e->witnesses);
	e->pulls = arena_alloc(e->arena, plan->watchdogs_n, sizeof *e->pulls);
	e->ways = arena_alloc(e->arena, plan->watchdogs_n + plan->pings_n, sizeof *e->ways);
	e->jobs = arena_alloc(e->arena, plan->pings_n, sizeof *e->jobs);
	e->stacks = arena_alloc(e->arena, plan->stacks_n, sizeof *e->stacks);
	e->incidents_max = (plan->stacks_n + 1) * CASES_PER_STACK;
	e->incidents = arena_alloc(e->arena, e->incidents_max, sizeof *e->incidents);
	e->channels = arena_alloc(e->arena, plan->channels_n, sizeof *e->channels);
	e->tellings = arena_alloc(e->arena, e->incidents_max * plan->channels_n,
				  sizeof *e->tellings);
	e->target_views = arena_alloc(e->arena, plan->targets_n, sizeof *e->target_views);
	e->deadman_views = arena_alloc(e->arena, plan->watchdogs_n, sizeof *e->deadman_views);
	e->stack_views = arena_alloc(e->arena, plan->stacks_n, sizeof *e->stack_views);
	e->incident_views = arena_alloc(e->arena, e->incidents_max, sizeof *e->incident_views);
	e->flaps = arena_alloc(e->arena, subjects, sizeof *e->flaps);
	heap_init(&e->due, e->arena, e->checks_n);
	allocate_days(e, subjects);
}

static void mark_parents(struct engine *e)
{
	for (size_t i = 0; i < e->plan->targets_n; i++) {
		const struct target_plan *t = &e->plan->targets[i];

		for (size_t k = 0; k < t->parents.n; k++)
			if (e->plan->targets[t->parents.items[k]].stack != t->stack)
				e->checks[t->parents.items[k]].is_parent = true;
	}
}

static void start_references(struct engine *e, struct now now)
{
	vantage_init(&e->vantage);
	for (size_t i = e->plan->targets_n; i < e->plan->targets_n + e->plan->references_n; i++) {
		enum family family = e->plan->targets[i].family;

		vantage_add(&e->vantage, family == FAMILY_IPV6 ? FAMILY_IPV6 : FAMILY_IPV4);
		heap_set(&e->due, (uint32_t)i, now.mono);
	}
	e->vantage_state = vantage_judge(&e->vantage, FAMILY_ANY);
	e->references_asked = now.mono;
}

struct engine *engine_new(const struct plan *plan, const struct engine_effects *effects,
			  struct now now, uint64_t seed)
{
	struct arena *arena = arena_new();
	struct engine *e = arena_alloc(arena, 1, sizeof *e);

	assert(plan->references_n <= REFERENCES_MAX);
	e->arena = arena;
	e->plan = plan;
	e->effects = *effects;
	e->drift = now.wall.us - now.mono.us;
	e->seed = seed;
	e->serial = 1; /* so that a state of a program that did not count yet is known by its 0 */
	e->deadmen_booked = e->began = e->advanced = e->dirtied = e->reviewed = now.mono;
	e->resumed.us = e->deaf_until.us = INT64_MIN / 2;
	allocate(e);
	for (uint32_t i = 0; i < plan->stacks_n; i++)
		group_targets(e, i);
	for (uint32_t i = 0; i < plan->targets_n; i++) {
		e->checks[i].last_started.us = INT64_MIN / 2;
		if (!is_job(e, i))
			heap_set(&e->due, i,
				 schedule_first(&plan->targets[i], plan->targets_n, now.mono));
	}
	for (size_t i = 0; i < plan->watchdogs_n; i++)
		deadman_init(&e->deadmen[i], now);
	start_references(e, now);
	witnesses_begin(e, now);
	jobs_begin(e, now);
	expiry_begin(e, now);
	doubt_begin(e);
	windows_begin(e);
	mark_parents(e);
	cases_touch_all(e);
	return e;
}

void engine_free(struct engine *engine)
{
	if (engine)
		arena_free(engine->arena);
}

/* ---- time ---- */

static void record_deadman(struct engine *e, uint32_t watchdog, enum deadman_state from,
			   struct now now)
{
	struct record record = {
		.kind = RECORD_TRANSITION,
		.now = now,
		.name = e->plan->watchdogs[watchdog].name,
		.from = deadman_name(from),
		.to = deadman_name(e->deadmen[watchdog].state),
		.outcome = { PHASE_BODY, CAUSE_PASS },
	};

	e->effects.record(e->effects.ctx, &record);
	if (from == DEADMAN_UP || from == DEADMAN_LATE)
		deadman_miss(e, watchdog, now);
	if (pull_is_guilty(&e->pulls[watchdog]))
		deadman_book(e, watchdog, now); /* its last beats were echoes */
	day_record(e, member_of_watchdog(e, watchdog), now);
	engine_dirty(e, now);
	e->effects.publish(e->effects.ctx);
	cases_touch(e, e->plan->watchdogs[watchdog].stack);
}

/*
 * A beat is overdue, or we are young and may be in a crash loop: nothing else asks for the silence
 * to be saved.
 */
static bool is_counting_silence(const struct engine *e, uint32_t watchdog, struct now now)
{
	const struct deadman *d = &e->deadmen[watchdog];

	return !deadman_is_dead(d) &&
	       (mono_span(e->began, now.mono) < YOUNG ||
		mono_span(d->began, now.mono) > e->plan->watchdogs[watchdog].period);
}

/* As time passes: none of it counts. */
static bool are_silences_put_off(const struct engine *e)
{
	return e->vantage_state == VANTAGE_ISOLATED || e->is_way_cut;
}

/*
 * A crash loop must not put a silence off: what has been counted of it is saved as it grows
 * (DECISIONS 2).
 */
static mono_t save_silence(struct engine *e, struct now now)
{
	bool is_counting = false;
	mono_t begins = MONO_NEVER;

	for (uint32_t i = 0; i < e->plan->watchdogs_n; i++) {
		mono_t overdue = mono_add(e->deadmen[i].began, e->plan->watchdogs[i].period + 1);

		is_counting |= is_counting_silence(e, i, now);
		if (!deadman_is_dead(&e->deadmen[i]))
			begins = mono_min(begins, overdue);
	}
	if (!is_counting && are_silences_put_off(e))
		return mono_add(begins.us > now.mono.us ? begins : now.mono, USEC_PER_SEC);
	if (!is_counting)
		return begins;
	if (mono_span(e->dirtied, now.mono) >= SILENCE_SAVED_EVERY)
		engine_dirty(e, now);
	return mono_add(e->dirtied, SILENCE_SAVED_EVERY);
}

static mono_t overdue(const struct deadman *d, const struct deadman_rule *rule)
{
	return mono_add(d->began, deadman_patience(d, rule));
}

static bool is_heard(const struct deadman *d, const struct deadman_rule *rule, struct now now)
{
	return (d->state == DEADMAN_UP || d->state == DEADMAN_RETURNING) &&
	       !mono_reached(overdue(d, rule), now.mono);
}

bool deadman_is_heard(const struct engine *e, uint32_t watchdog, struct now now)
{
	struct deadman_rule rule = deadman_rule_of(&e->plan->watchdogs[watchdog]);

	return is_heard(&e->deadmen[watchdog], &rule, now);
}

/*
 * A beat is overdue, and nobody else was heard since: that may as well be our own link. Once
 * another one is heard, the silence is this one's own, however much of it is put off.
 */
static bool makes_deaf(const struct engine *e, uint32_t watchdog, const struct deadman_rule *rule,
		       struct now now)
{
	const struct deadman *d = &e->deadmen[watchdog];

	return d->state != DEADMAN_NEW && !is_heard(d, rule, now) &&
	       d->last.mono.us + deadman_patience(d, rule) > vantage_last_heard(&e->vantage).us;
}

static mono_t advance_deadmen(struct engine *e, struct now now)
{
	mono_t wake = MONO_NEVER;
	bool is_deaf = false;

	for (uint32_t i = 0; i < e->plan->watchdogs_n; i++) {
		struct deadman_rule rule = deadman_rule_of(&e->plan->watchdogs[i]);
		enum deadman_state from = e->deadmen[i].state;

		if (deadman_advance(&e->deadmen[i], &rule, now))
			record_deadman(e, i, from, now);
		is_deaf |= makes_deaf(e, i, &rule, now);
		wake = mono_min(wake, deadman_wake(&e->deadmen[i], &rule));
		if (is_heard(&e->deadmen[i], &rule, now))
			wake = mono_min(wake, overdue(&e->deadmen[i], &rule));
	}
	if (is_deaf)
		vantage_deaf(&e->vantage);
	return wake;
}

static void launch_due(struct engine *e, struct now now)
{
	uint32_t index;
	mono_t due;

	while (heap_first(&e->due, &index, &due) && mono_reached(due, now.mono)) {
		struct check *c = &e->checks[index];

		heap_remove(&e->due, index);
		c->is_running = true;
		c->last_started = now.mono;
		e->effects.launch(e->effects.ctx, index, now);
		if (index < e->plan->targets_n && c->verdict.streak > 0 &&
		    !verdict_is_failing(c->verdict.state))
			checks_ask_references(e, now);
	}
}

/* What is put off as time passes would be due in a moment for ever: a look each second is enough. */
static mono_t silences_wake(const struct engine *e, mono_t watchdogs, mono_t jobs, struct now now)
{
	bool are_put_off = are_silences_put_off(e);
	mono_t soon = mono_add(now.mono, USEC_PER_SEC);

	if (are_put_off && watchdogs.us < soon.us)
		watchdogs = soon;
	if ((are_put_off || e->is_deaf) && jobs.us < soon.us)
		jobs = soon;
	return mono_min(watchdogs, jobs);
}

/* Launch what is due. When to be called again for that, and at `wake` at the latest. */
static mono_t launch(struct engine *e, mono_t wake, struct now now)
{
	uint32_t index;
	mono_t due;

	launch_due(e, now);
	return heap_first(&e->due, &index, &due) ? mono_min(wake, due) : wake;
}

static mono_t advance_settled(struct engine *e, struct now now)
{
	views_forget(e);
	e->advanced = e->listened = now.mono;
	return launch(e, mono_min(e->settled_until, e->expiry_wake), now);
}

mono_t engine_advance(struct engine *e, struct now now)
{
	mono_t wake, watchdogs, jobs;

	step_look(e, now);
	if (is_calm(e, now))
		return advance_settled(e, now);
	e->settled_until = MONO_NEVER; /* unless something is found now */
	wake = doubt_advance(e, now);
	views_forget(e);
	isolation_judge(e, now);
	ways_advance(e, now);
	e->advanced = now.mono;
	wake = mono_min(wake, windows_advance(e, now));
	wake = mono_min(wake, silences_advance(e, now));
	wake = mono_min(wake, weekly_advance(e, now));
	wake = mono_min(wake, tell_advance(e, now));
	checks_release_held(e, now);
	watchdogs = advance_deadmen(e, now);
	wake = mono_min(wake, save_silence(e, now));
	wake = mono_min(wake, deadmen_book_sometimes(e, now));
	jobs = jobs_advance(e, now);
	isolation_judge(e, now); /* beats that are late by now vouch for nobody any more */
	wake = mono_min(wake, silences_wake(e, watchdogs, jobs, now));
	wake = mono_min(wake, isolation_known(e));
	if (e->vantage_state != VANTAGE_ISOLATED) {
		wake = mono_min(wake, witnesses_advance(e, now));
		cases_advance(e, now);
		wake = mono_min(wake, cases_wake(e));
		wake = mono_min(wake, expiry_advance(e, now));
	}
	if (e->held > 0)
		wake = mono_min(wake, mono_add(now.mono, REFERENCE_PAUSE));
	settled_note(e, wake, now);
	return launch(e, wake, now);
}

/* ---- what comes in ---- */

void engine_observe(struct engine *e, const struct observation *observation, struct now now)
{
	assert(observation->target < e->checks_n);
	step_look(e, now);
	if (!is_routine(e, observation))
		engine_unsettle(e);
	check_observe(e, observation, now);
}

void engine_beat(struct engine *e, uint32_t watchdog, enum beat beat, enum family by,
		 struct now now)
{
	struct deadman *d = &e->deadmen[watchdog];
	struct deadman_rule rule = deadman_rule_of(&e->plan->watchdogs[watchdog]);
	enum deadman_state from = d->state;

	assert(watchdog < e->plan->watchdogs_n);
	step_look(e, now);
	way_of_watchdog(e, watchdog)->by = by;
	if (beat == BEAT_FIRING) {
		deadman_book(e, watchdog, now);
		if (mono_reached(mono_add(e->resumed, BACKLOG_READ), now.mono))
			vantage_heard(&e->vantage, by, now.mono);
	}
	if (deadman_beat(d, &rule, beat, now))
		record_deadman(e, watchdog, from, now);
	else
		engine_dirty(e, now);
	/* Even without a change: a beat after the first failure is evidence. */
	cases_touch(e, e->plan->watchdogs[watchdog].stack);
}

void engine_outbox(struct engine *e, size_t waiting, wall_t oldest, bool is_storage_failing,
		   struct now now)
{
	bool is_broken = wall_is_set(oldest) && wall_span(oldest, now.wall) > TROUBLE_AFTER;

	if (is_broken != e->is_mail_broken || is_storage_failing != e->is_storage_failing)
		e->effects.publish(e->effects.ctx);
	e->waiting_notices = waiting;
	e->oldest_notice = oldest;
	e->is_mail_broken = is_broken;
	e->is_storage_failing = is_storage_failing;
	trouble_mail(e, oldest, now);
}

void engine_gap(struct engine *e, usec_t span, struct now now)
{
	for (uint32_t i = 0; i < e->checks_n; i++) {
		if (!e->checks[i].is_running)
			continue;
		e->effects.abort(e->effects.ctx, i);
		e->checks[i].is_running = false;
		heap_set(&e->due, i, now.mono);
	}
	silences_excuse(e, span, now);
	e->listened = now.mono; /* work that was planned within it puts nothing off once more */
	blind_book_all(e, (wall_t){ now.wall.us - span }, now);
	windows_resume(e, (wall_t){ now.wall.us - span }, now);
	engine_unsettle(e);
	e->advanced = e->resumed = now.mono;
	vantage_unheard(&e->vantage);
	if (span >= GAP_REVIEWED)
		review_begin(e, now);
}

void engine_close(struct engine *e, struct now now)
{
	deadmen_book(e, now);
	jobs_book(e, now);
	for (uint32_t i = 0; i < e->plan->targets_n + e->plan->watchdogs_n; i++)
		day_record(e, i, now);
	engine_dirty(e, now);
}

void engine_probe_all(struct engine *e, struct now now)
{
	for (uint32_t i = 0; i < e->checks_n; i++)
		if (e->plan->targets[i].role != ROLE_RELAY &&
		    mono_span(e->checks[i].last_started, now.mono) >=
			    schedule_spacing(&e->plan->targets[i]))
			check_due_now(e, i, now.mono);
}
