/*
 * store_feed.c - what the history is fed with, and when it is written.
 *
 * Owns two batches of rows: `waiting` belongs to the loop, `writing` to the
 * worker while is_writing is set. One flush is under way at most: while a disk
 * stalls, rows wait in memory and nobody else notices. A flush that failed
 * leaves its rows where they are, for the next one.
 */
#include "io/store.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/calendar.h"
#include "base/text.h"
#include "io/store_buckets.h"
#include "io/store_database.h"
#include "io/worker.h"

#define FLUSH_SPACING USEC_PER_SEC
#define TROUBLE_MAX   160
#define MARKS_KEPT    (26 * USEC_PER_HOUR)

/* What both threads look at, under the lock. */
struct handover {
	pthread_mutex_t lock;
	pthread_cond_t is_idle;
	bool is_writing;
	int error;   /* of the last flush */
	size_t rows; /* that it left behind */
	uint64_t dropped;
	char shown[TROUBLE_MAX]; /* the loop's only */
};

struct store {
	struct database *db;
	struct worker *worker; /* NULL: write at once */
	struct handover *handover;
	struct batch waiting, writing;
	struct batch closing; /* joins `waiting` last: it speaks of rows that come with it */
	int64_t references_up, references; /* ROW_NULL: not told yet */
	struct now writing_at;
	mono_t flushed;
	bool has_flushed;
};

static const struct {
	int error;
	const char *words;
} troubles[] = {
	{ ENOSPC, "the disk is full" },	       { EDQUOT, "the disk quota is used up" },
	{ EIO, "the disk reports errors" },    { EROFS, "the disk is read-only" },
	{ EACCES, "not allowed to write" },    { EBUSY, "another program holds it" },
	{ EUCLEAN, "the database is broken" }, { ENOMEM, "no memory" },
};

static const char *trouble_words(int error)
{
	for (size_t i = 0; i < sizeof troubles / sizeof *troubles; i++)
		if (troubles[i].error == error)
			return troubles[i].words;
	return strerrordesc_np(error);
}

/* ---- opening ---- */

static struct handover *handover_new(void)
{
	struct handover *handover = calloc(1, sizeof *handover);

	if (!handover)
		return NULL;
	pthread_mutex_init(&handover->lock, NULL);
	pthread_cond_init(&handover->is_idle, NULL);
	return handover;
}

static void handover_free(struct handover *handover)
{
	if (!handover)
		return;
	pthread_cond_destroy(&handover->is_idle);
	pthread_mutex_destroy(&handover->lock);
	free(handover);
}

static void idle_wait(struct store *store)
{
	struct handover *h = store->handover;

	pthread_mutex_lock(&h->lock);
	while (h->is_writing)
		pthread_cond_wait(&h->is_idle, &h->lock);
	pthread_mutex_unlock(&h->lock);
}

static struct store *store_new(struct worker *worker)
{
	struct store *store = calloc(1, sizeof *store);

	if (!store)
		return NULL;
	batch_init(&store->waiting);
	batch_init(&store->writing);
	batch_init(&store->closing);
	store->references_up = store->references = ROW_NULL;
	store->worker = worker;
	store->handover = handover_new();
	if (store->handover)
		return store;
	free(store);
	return NULL;
}

/* Gives `store` to the caller when its database could be opened. */
static int store_begin(struct store *store, int r, struct store **ret)
{
	if (r == 0)
		*ret = store;
	else
		store_close(store);
	return r;
}

int store_open(const char *path, struct worker *worker, struct now now, struct store **ret,
	       char *ret_note, size_t note_max)
{
	struct store *store = store_new(worker);

	if (note_max > 0)
		ret_note[0] = '\0';
	if (!store)
		return -ENOMEM;
	return store_begin(store, database_open(path, now, &store->db, ret_note, note_max), ret);
}

int store_open_reading(const char *path, struct store **ret)
{
	struct store *store = store_new(NULL);

	if (!store)
		return -ENOMEM;
	return store_begin(store, database_open_reading(path, &store->db), ret);
}

void store_close(struct store *store)
{
	if (!store)
		return;
	idle_wait(store);
	database_close(store->db);
	batch_done(&store->waiting);
	batch_done(&store->writing);
	batch_done(&store->closing);
	handover_free(store->handover);
	free(store);
}

/* ---- collecting ---- */

static struct row_text text_of(const char *text)
{
	return (struct row_text){ .v = text, .n = text ? strlen(text) : 0 };
}

static int64_t phase_number(usec_t us)
{
	return us == PHASE_NOT_REACHED ? ROW_NULL : us;
}

static void failure_add(struct store *store, const char *name, const struct observation *o)
{
	struct row row = { .kind = ROW_FAILURE,
			   .number = { o->started.wall.us, o->total_us, o->code, o->is_reached,
				       wall_is_set(o->certificate.not_after)
					       ? o->certificate.not_after.us
					       : ROW_NULL } };
	struct buf note = BUF_INIT(1024);
	char address[ADDRESS_TEXT_MAX];

	for (int i = 0; i < PHASE_COUNT; i++)
		row.number[5 + i] = phase_number(o->phase_us[i]);
	row.number[5 + PHASE_COUNT] = store->references_up;
	row.number[6 + PHASE_COUNT] = store->references;
	address_print(&o->address, address);
	text_line(&note, o->note);
	row.text[0] = text_of(name);
	row.text[1] = text_of(outcome_code(o->outcome));
	row.text[2] = text_of(address);
	row.text[3] = text_of(buf_text(&note));
	batch_add(&store->waiting, &row);
	buf_done(&note);
}

void store_observation(struct store *store, const char *name, const struct observation *o)
{
	struct row pass = { .kind = ROW_PASS,
			    .number = { o->started.wall.us, o->total_us },
			    .text = { text_of(name) } };

	if (o->outcome.cause == CAUSE_PASS)
		batch_add(&store->waiting, &pass);
	else
		failure_add(store, name, o);
}

void store_transition(struct store *store, const char *name, const char *from, const char *to,
		      const char *outcome, wall_t at)
{
	const struct row row = { .kind = ROW_TRANSITION,
				 .number = { at.us },
				 .text = { text_of(name), text_of(from), text_of(to),
					   text_of(outcome) } };

	batch_add(&store->waiting, &row);
}

void store_incident(struct store *store, const struct store_incident *i)
{
	const struct row row = { .kind = ROW_INCIDENT,
				 .number = { (int64_t)i->id, i->opened.us, i->closed.us, i->mails,
					     i->members, i->lasted < 0 ? ROW_NULL : i->lasted },
				 .text = { text_of(i->number), text_of(i->stack),
					   text_of(i->diagnosis), text_of(i->worst),
					   text_of(i->affected) } };

	batch_add(&store->waiting, &row);
}

void store_event(struct store *store, const struct store_event *e)
{
	const struct row row = { .kind = ROW_EVENT,
				 .number = { (int64_t)e->incident, e->at.us, e->code, e->count },
				 .text = { text_of(e->kind), text_of(e->subject),
					   text_of(e->outcome), text_of(e->diagnosis),
					   text_of(e->text) } };

	batch_add(&store->waiting, &row);
}

/* The failure that decided may be told of after the verdict: therefore last. */
void store_evidence(struct store *store, const char *name, wall_t at)
{
	const struct row row = { .kind = ROW_EVIDENCE,
				 .number = { at.us },
				 .text = { text_of(name) } };

	batch_add(&store->closing, &row);
}

void store_exhibit(struct store *store, const struct store_exhibit *e)
{
	const struct row row = { .kind = ROW_EXHIBIT,
				 .number = { e->started.us },
				 .text = { text_of(e->name), text_of(e->facts),
					   { .v = e->head, .n = e->head_n },
					   { .v = e->body, .n = e->body_n } } };

	batch_add(&store->waiting, &row);
}

void store_references(struct store *store, unsigned up, unsigned asked)
{
	store->references_up = up;
	store->references = asked;
}

void store_day(struct store *store, const char *name, int32_t day, const struct store_day *sums)
{
	const struct row row = { .kind = ROW_DAY,
				 .number = { day, sums->observed_s, sums->down_s, sums->slow_s,
					     sums->planned_s },
				 .text = { text_of(name) } };

	batch_add(&store->waiting, &row);
}

void store_mark(struct store *store, const char *name, wall_t at, int32_t day,
		const struct store_day *sums)
{
	const struct row row = { .kind = ROW_MARK,
				 .number = { at.us, day, sums->observed_s, sums->down_s,
					     sums->slow_s, sums->planned_s },
				 .text = { text_of(name) } };

	batch_add(&store->waiting, &row);
}

/* Its time and boot are those of the flush: see states_stamp(). */
void store_state(struct store *store, const char *key, const char *text, size_t n)
{
	const struct row row = {
		.kind = ROW_STATE,
		.number = { 0, 0 },
		.text = { text_of(key), text_of(store->db->boot), { .v = text, .n = n } }
	};

	batch_add(&store->waiting, &row);
}

static void prune_add(struct store *store, enum row_kind kind, int64_t before)
{
	const struct row row = { .kind = kind, .number = { before } };

	batch_add(&store->waiting, &row);
}

void store_prune(struct store *store, struct now now, usec_t raw, usec_t days)
{
	wall_t raw_since = { now.wall.us - raw }, days_since = { now.wall.us - days };

	prune_add(store, ROW_BUCKETS, now.wall.us / QUARTER);
	prune_add(store, ROW_PRUNE_PASSES, raw_since.us / USEC_PER_SEC);
	prune_add(store, ROW_PRUNE_FAILURES, raw_since.us);
	prune_add(store, ROW_PRUNE_TRANSITIONS, days_since.us);
	prune_add(store, ROW_PRUNE_EVIDENCE, days_since.us);
	prune_add(store, ROW_PRUNE_EXHIBITS, 0);
	prune_add(store, ROW_PRUNE_INCIDENTS, days_since.us);
	prune_add(store, ROW_PRUNE_EVENTS, 0);
	prune_add(store, ROW_PRUNE_BUCKETS, days_since.us / QUARTER);
	prune_add(store, ROW_PRUNE_MARKS, now.wall.us - MARKS_KEPT);
	prune_add(store, ROW_PRUNE_DAYS, calendar_day(days_since));
}

/* ---- writing ---- */

static void states_stamp(struct batch *batch, struct now now)
{
	for (struct row *row = batch->first; row; row = row->next) {
		if (row->kind != ROW_STATE)
			continue;
		row->number[0] = now.mono.us;
		row->number[1] = now.wall.us;
	}
}

/* On the worker: the one place where the disk is waited for. */
static void flush_work(void *job)
{
	struct store *store = job;
	struct handover *h = store->handover;
	int r = database_write(store->db, &store->writing, store->writing_at);

	if (r == 0)
		batch_done(&store->writing);
	pthread_mutex_lock(&h->lock);
	h->error = -r;
	h->rows = store->writing.rows;
	h->dropped = store->writing.dropped;
	h->is_writing = false;
	pthread_cond_broadcast(&h->is_idle);
	pthread_mutex_unlock(&h->lock);
}

static bool flush_is_due(struct store *store, struct now now, bool is_final)
{
	struct handover *h = store->handover;

	pthread_mutex_lock(&h->lock);
	bool is_free = !h->is_writing;

	pthread_mutex_unlock(&h->lock);
	if (!is_free || (!store->waiting.first && !store->writing.first))
		return false;
	return is_final || !store->has_flushed ||
	       mono_span(store->flushed, now.mono) >= FLUSH_SPACING;
}

static void flush_start(struct store *store, struct now now)
{
	batch_join(&store->waiting, &store->closing);
	states_stamp(&store->waiting, now);
	batch_join(&store->writing, &store->waiting);
	store->writing_at = now;
	store->flushed = now.mono;
	store->has_flushed = true;
	store->handover->is_writing = true; /* nobody else can see it yet */
	if (store->worker)
		worker_queue(store->worker, store, flush_work, NULL);
	else
		flush_work(store);
}

void store_flush(struct store *store, struct now now, bool is_final)
{
	if (is_final)
		idle_wait(store);
	if (flush_is_due(store, now, is_final))
		flush_start(store, now);
	if (is_final)
		idle_wait(store);
}

void store_flush_last(struct store *store, struct now now)
{
	if (flush_is_due(store, now, true))
		flush_start(store, now);
}

const char *store_trouble(const struct store *store)
{
	struct handover *h = store->handover;

	pthread_mutex_lock(&h->lock);
	int error = h->error;

	if (error != 0)
		snprintf(h->shown, sizeof h->shown,
			 "%s; %zu rows of history wait, %llu were dropped", trouble_words(error),
			 h->rows, (unsigned long long)h->dropped);
	pthread_mutex_unlock(&h->lock);
	return error != 0 ? h->shown : NULL;
}

/* ---- reading, before the loop ---- */

int store_load_state(struct store *store, const char *key, struct store_saved *ret)
{
	return database_state(store->db, key, ret);
}

int store_load_days(struct store *store, int32_t since,
		    void (*each)(void *ctx, const char *name, int32_t day,
				 const struct store_day *sums),
		    void *ctx)
{
	return database_days(store->db, since, each, ctx);
}

int store_load_mark(struct store *store, const char *name, wall_t since, int32_t *ret_day,
		    struct store_day *ret)
{
	return database_mark(store->db, name, since, ret_day, ret);
}

int store_load_observations(struct store *store, wall_t since,
			    void (*each)(void *ctx, const struct store_observed *observed),
			    void *ctx)
{
	return database_observations(store->db, since, each, ctx);
}

int store_load_incidents(struct store *store, wall_t since, size_t max,
			 void (*each)(void *ctx, const struct store_incident *incident), void *ctx)
{
	return database_incidents(store->db, since, max, each, ctx);
}

int store_load_incident(struct store *store, const char *number,
			void (*each)(void *ctx, const struct store_incident *incident), void *ctx)
{
	return database_incident(store->db, number, each, ctx);
}

int store_load_events(struct store *store, uint64_t incident,
		      void (*each)(void *ctx, const struct store_event *event), void *ctx)
{
	return database_events(store->db, incident, each, ctx);
}

int store_load_evidence(struct store *store, uint64_t incident,
			void (*each)(void *ctx, const struct store_observed *observed), void *ctx)
{
	return database_evidence(store->db, incident, each, ctx);
}

int store_load_times(struct store *store, wall_t from, wall_t to,
		     void (*each)(void *ctx, const char *name, int32_t day,
				  const struct store_times *times),
		     void *ctx)
{
	return buckets_read(store->db->sql, from, to, each, ctx);
}
