/*
 * runs.c - the pool of runs, and the one place where a run's deadline is kept.
 *
 * A slot is free, running, or ended and not yet reported. Reports wait for the
 * loop's next look at its timers: so none comes before runs_start() has
 * returned, and none from inside a library. Deadlines lie in one heap; while a
 * run is in dns or connect its connect deadline counts, too.
 *
 * A deadline that passes in a turn which began more than a second late proves
 * nothing, and neither does any other failure seen in it (DECISIONS 2). One
 * that passes while we wait for a name is the silence of our resolvers, which
 * is ours: a name that does not exist says so.
 */
#include "io/runs.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/heap.h"
#include "io/evidence.h"
#include "io/loop.h"
#include "io/loop_fd.h"

#define LAG_MAX_US (1 * USEC_PER_SEC)
/*
 * Begun in one turn at most; the others begin in the next ones. Thousands at
 * once would each be cold when their answer comes, and cost twice as much.
 */
#define STARTS_MAX 32

enum slot_state { SLOT_FREE, SLOT_RUNNING, SLOT_ENDED };

struct slot {
	struct probe_run run; /* first: probe_run_x() is given only this */
	struct runs *runs;
	enum slot_state state;
	mono_t armed; /* its place in the heap of deadlines */
	size_t scratch_bytes;
	uint32_t next; /* of the free or the ended ones */
};

struct waiting {
	uint32_t index;
	const struct target_plan *target;
};

struct runs {
	struct io *io;
	struct io_timer *timer;
	struct arena *arena;
	struct heap deadlines; /* item: slot */
	struct slot *slots;
	size_t max, in_flight;
	size_t touched; /* the slots behind were never used, and take no memory yet */
	uint32_t free, ended, ended_last; /* lists of slots */
	struct waiting *waiting;	  /* a ring */
	size_t waiting_at, waiting_n, waiting_room;
	mono_t turn; /* the one in which `starts` runs began */
	size_t starts;
	struct keeper keeper;		  /* of whom evidence is kept */
	const struct evidence *reported;  /* of the observation that is being reported */
	runs_on_observation *on_observation;
	void *ctx;
};

static uint32_t slot_index(const struct slot *slot)
{
	return (uint32_t)(slot - slot->runs->slots);
}

/* ---- deadlines ---- */

static void runs_arm(struct runs *runs)
{
	uint32_t item;
	mono_t due = MONO_NEVER;

	(void)heap_first(&runs->deadlines, &item, &due); /* empty: never */
	if (runs->ended != NONE_INDEX || (runs->waiting_n > 0 && runs->free != NONE_INDEX))
		due = io_now(runs->io).mono;
	io_timer_set(runs->timer, due);
}

static mono_t slot_deadline(const struct slot *slot)
{
	const struct probe_run *run = &slot->run;

	return run->phase <= PHASE_CONNECT ? mono_min(run->deadline, run->connect_deadline)
					   : run->deadline;
}

static void slot_arm(struct slot *slot)
{
	slot->armed = slot_deadline(slot);
	heap_set(&slot->runs->deadlines, slot_index(slot), slot->armed);
	runs_arm(slot->runs);
}

/* ---- what kinds call ---- */

static struct slot *run_slot(struct probe_run *run)
{
	return (struct slot *)run;
}

static void phase_close(struct probe_run *run, mono_t now)
{
	usec_t *span = &run->seen.phase_us[run->phase];

	if (*span == PHASE_NOT_REACHED)
		*span = 0;
	*span += mono_span(run->phase_began, now);
	run->phase_began = now;
}

void probe_run_enter(struct probe_run *run, enum phase phase)
{
	phase_close(run, io_now(run->io).mono);
	run->phase = phase;
	if (slot_deadline(run_slot(run)).us != run_slot(run)->armed.us)
		slot_arm(run_slot(run));
}

void probe_run_note(struct probe_run *run, const char *text)
{
	(void)snprintf(run->seen.note, sizeof(run->seen.note), "%s", text);
}

struct evidence *probe_run_evidence(struct probe_run *run)
{
	struct keeper *keeper = &run_slot(run)->runs->keeper;

	if (run->evidence == NULL && keeper_wants(keeper, run->seen.target, run->started))
		run->evidence = calloc(1, sizeof(*run->evidence)); /* no memory: none */
	return run->evidence;
}

static struct outcome outcome_weigh(const struct runs *runs, struct outcome outcome)
{
	if (io_lag(runs->io) > LAG_MAX_US && outcome_fault(outcome) == FAULT_TARGET)
		outcome.cause = CAUSE_LAGGED;
	return outcome;
}

void probe_run_finish(struct probe_run *run, struct outcome outcome)
{
	struct slot *slot = run_slot(run);
	struct runs *runs = slot->runs;

	assert(slot->state == SLOT_RUNNING);
	run->seen.ended = io_now(run->io).mono;
	phase_close(run, run->seen.ended);
	run->seen.total_us = mono_span(run->started, run->seen.ended);
	run->seen.outcome = outcome_weigh(runs, outcome);
	heap_remove(&runs->deadlines, slot_index(slot));
	slot->state = SLOT_ENDED;
	slot->next = NONE_INDEX;
	if (runs->ended == NONE_INDEX)
		runs->ended = slot_index(slot);
	else
		runs->slots[runs->ended_last].next = slot_index(slot);
	runs->ended_last = slot_index(slot);
	runs_arm(runs);
}

/* ---- slots ---- */

/* One more; NONE_INDEX: all have been used. */
static uint32_t slot_fresh(struct runs *runs)
{
	if (runs->touched == runs->max)
		return NONE_INDEX;
	runs->slots[runs->touched] = (struct slot){ .runs = runs, .next = NONE_INDEX };
	return (uint32_t)runs->touched++;
}

static void slot_release(struct slot *slot)
{
	struct runs *runs = slot->runs;

	slot->state = SLOT_FREE;
	slot->next = runs->free;
	runs->free = slot_index(slot);
	runs->in_flight--;
	if (slot->run.evidence != NULL) {
		free(slot->run.evidence);
		slot->run.evidence = NULL;
	}
}

static bool scratch_ready(struct slot *slot, const struct probe_kind *kind)
{
	size_t bytes = kind->scratch_bytes;
	size_t clean = kind->scratch_clean_bytes != 0 ? kind->scratch_clean_bytes : bytes;

	if (slot->scratch_bytes < bytes) {
		free(slot->run.scratch);
		slot->run.scratch = malloc(bytes);
		slot->scratch_bytes = slot->run.scratch != NULL ? bytes : 0;
	}
	if (slot->scratch_bytes < bytes)
		return false;
	if (bytes > 0)
		memset(slot->run.scratch, 0, clean);
	return true;
}

static void run_fill(struct slot *slot, const struct waiting *what)
{
	struct now now = io_now(slot->runs->io);
	const struct target_plan *target = what->target;

	slot->run = (struct probe_run){
		.io = slot->runs->io,
		.target = target,
		.params = target->params,
		.scratch = slot->run.scratch,
		.started = now.mono,
		.deadline = mono_add(now.mono, target->timeout),
		.connect_deadline = mono_add(now.mono, target->connect_timeout),
		.phase = PHASE_DNS,
		.phase_began = now.mono,
		.seen = { .target = what->index, .started = now },
		.failed_before = keeper_streak(&slot->runs->keeper, what->index),
	};
	for (int p = PHASE_DNS; p < PHASE_COUNT; p++)
		slot->run.seen.phase_us[p] = PHASE_NOT_REACHED;
}

static bool can_start(const struct runs *runs)
{
	bool is_new_turn = runs->turn.us != io_now(runs->io).mono.us;

	return runs->free != NONE_INDEX && (is_new_turn || runs->starts < STARTS_MAX);
}

static void start_count(struct runs *runs)
{
	mono_t now = io_now(runs->io).mono;

	runs->starts = runs->turn.us == now.us ? runs->starts + 1 : 1;
	runs->turn = now;
}

static void slot_start(struct runs *runs, const struct waiting *what)
{
	struct slot *slot = &runs->slots[runs->free];
	bool has_scratch = scratch_ready(slot, what->target->kind);

	start_count(runs);
	runs->free = slot->next != NONE_INDEX ? slot->next : slot_fresh(runs);
	runs->in_flight++;
	slot->state = SLOT_RUNNING;
	run_fill(slot, what);
	slot_arm(slot);
	if (has_scratch) {
		what->target->kind->start(&slot->run);
		return;
	}
	probe_run_note(&slot->run, "ENOMEM");
	probe_run_finish(&slot->run, (struct outcome){ PHASE_DNS, CAUSE_LOCAL });
}

static void slot_cancel(struct slot *slot)
{
	heap_remove(&slot->runs->deadlines, slot_index(slot));
	slot->run.target->kind->cancel(&slot->run);
}

static void slot_expire(struct slot *slot)
{
	enum phase phase = slot->run.phase;
	enum cause cause = phase == PHASE_DNS ? CAUSE_RESOLVER : CAUSE_TIMEOUT;

	slot_cancel(slot);
	if (slot->run.overdue != CAUSE_PASS)
		cause = slot->run.overdue;
	probe_run_finish(&slot->run, (struct outcome){ phase, cause });
}

/* ---- those that wait for a slot ---- */

static void waiting_add(struct runs *runs, struct waiting what)
{
	if (runs->waiting_n == runs->waiting_room) {
		size_t room = runs->waiting_room * 2 + 64;
		struct waiting *ring = calloc(room, sizeof(*ring));

		if (ring == NULL)
			abort(); /* a target that is never probed again would look well for ever */
		for (size_t i = 0; i < runs->waiting_n; i++)
			ring[i] = runs->waiting[(runs->waiting_at + i) % runs->waiting_room];
		free(runs->waiting);
		runs->waiting = ring;
		runs->waiting_room = room;
		runs->waiting_at = 0;
	}
	runs->waiting[(runs->waiting_at + runs->waiting_n) % runs->waiting_room] = what;
	runs->waiting_n++;
}

static struct waiting waiting_take(struct runs *runs)
{
	struct waiting what = runs->waiting[runs->waiting_at];

	runs->waiting_at = (runs->waiting_at + 1) % runs->waiting_room;
	runs->waiting_n--;
	return what;
}

static void waiting_forget(struct runs *runs, uint32_t index)
{
	size_t n = runs->waiting_n;

	for (size_t i = 0; i < n; i++) {
		struct waiting what = waiting_take(runs);

		if (what.index != index)
			waiting_add(runs, what);
	}
}

/* ---- the turn's work ---- */

static void ended_report(struct runs *runs)
{
	struct slot *slot = &runs->slots[runs->ended];
	struct observation seen = slot->run.seen;
	struct evidence *evidence = slot->run.evidence;

	runs->ended = slot->next;
	slot->run.evidence = NULL;
	slot_release(slot);
	if (seen.outcome.cause != CAUSE_PASS || keeper_streak(&runs->keeper, seen.target) > 0)
		runs->reported = keeper_take(&runs->keeper, &seen, evidence) ? evidence : NULL;
	runs->on_observation(runs->ctx, &seen);
	runs->reported = NULL;
	if (evidence != NULL)
		free(evidence);
}

static void on_due(void *ctx)
{
	struct runs *runs = ctx;
	mono_t now = io_now(runs->io).mono, due;
	uint32_t item;

	while (heap_first(&runs->deadlines, &item, &due) && mono_reached(due, now))
		slot_expire(&runs->slots[item]);
	/* Not those that end at once while we report: a run that is repeated for a late turn would
	 * never stop. */
	for (size_t n = runs->in_flight; n > 0 && runs->ended != NONE_INDEX; n--)
		ended_report(runs);
	while (runs->waiting_n > 0 && can_start(runs)) {
		struct waiting what = waiting_take(runs);

		slot_start(runs, &what);
	}
	runs_arm(runs);
}

/* ---- for the app ---- */

void runs_start(struct runs *runs, uint32_t index, const struct target_plan *target)
{
	struct waiting what = { index, target };

	if (runs->waiting_n == 0 && can_start(runs)) {
		slot_start(runs, &what);
		return;
	}
	waiting_add(runs, what);
	runs_arm(runs);
}

/* An ended run leaves the list by going round it once; the list is a turn's worth. */
static void ended_forget(struct runs *runs, uint32_t index)
{
	uint32_t at = runs->ended;

	runs->ended = NONE_INDEX;
	while (at != NONE_INDEX) {
		struct slot *slot = &runs->slots[at];

		at = slot->next;
		if (slot->run.seen.target == index) {
			slot_release(slot);
			continue;
		}
		slot->next = NONE_INDEX;
		if (runs->ended == NONE_INDEX)
			runs->ended = slot_index(slot);
		else
			runs->slots[runs->ended_last].next = slot_index(slot);
		runs->ended_last = slot_index(slot);
	}
}

void runs_abort(struct runs *runs, uint32_t index)
{
	waiting_forget(runs, index);
	ended_forget(runs, index);
	for (size_t i = 0; i < runs->touched; i++) {
		struct slot *slot = &runs->slots[i];

		if (slot->state != SLOT_RUNNING || slot->run.seen.target != index)
			continue;
		slot_cancel(slot);
		slot_release(slot);
	}
	runs_arm(runs);
}

void runs_abort_all(struct runs *runs)
{
	keeper_done(&runs->keeper); /* an index may mean another target from here on */
	runs->waiting_n = 0;
	while (runs->ended != NONE_INDEX) {
		struct slot *slot = &runs->slots[runs->ended];

		runs->ended = slot->next;
		slot_release(slot);
	}
	for (size_t i = 0; i < runs->touched; i++) {
		if (runs->slots[i].state != SLOT_RUNNING)
			continue;
		slot_cancel(&runs->slots[i]);
		slot_release(&runs->slots[i]);
	}
	runs_arm(runs);
}

const struct evidence *runs_evidence(const struct runs *runs)
{
	return runs->reported;
}

size_t runs_in_flight(const struct runs *runs)
{
	return runs->in_flight;
}

size_t runs_waiting(const struct runs *runs)
{
	return runs->waiting_n;
}

struct runs *runs_new(struct io *io, size_t max, runs_on_observation *on_observation, void *ctx)
{
	struct runs *runs = calloc(1, sizeof(*runs));

	assert(max > 0 && max < NONE_INDEX);
	if (runs == NULL)
		return NULL;
	*runs = (struct runs){ .io = io, .max = max, .ended = NONE_INDEX, .free = NONE_INDEX };
	runs->on_observation = on_observation;
	runs->ctx = ctx;
	runs->arena = arena_new();
	heap_init(&runs->deadlines, runs->arena, max);
	runs->slots = calloc(max, sizeof(runs->slots[0]));
	runs->timer = io_timer_new(io, on_due, runs);
	if (runs->slots == NULL || runs->timer == NULL) {
		runs_free(runs);
		return NULL;
	}
	runs->free = slot_fresh(runs);
	return runs;
}

void runs_free(struct runs *runs)
{
	if (runs == NULL)
		return;
	if (runs->slots != NULL && runs->timer != NULL)
		runs_abort_all(runs);
	for (size_t i = 0; i < runs->touched; i++)
		free(runs->slots[i].run.scratch);
	keeper_done(&runs->keeper);
	io_timer_free(runs->timer);
	arena_free(runs->arena);
	free(runs->slots);
	free(runs->waiting);
	free(runs);
}
