/*
 * memory.c - what a restart or a reload must not forget: the engine's state
 * and days in the database, the notices in the outbox.
 *
 * The outbox is read first and never waits for the database; a broken, missing
 * or locked database costs history, never an alarm, and is tried again.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/courier.h"
#include "app/daemon.h"
#include "app/remedy.h"
#include "base/buf.h"
#include "base/calendar.h"
#include "base/log.h"
#include "io/loop.h"
#include "io/store.h"
#include "io/worker.h"

#define SAVE_PAUSE USEC_PER_SEC
/* after a crash, absence is counted from the last save */
#define PRESENCE_PAUSE (10 * USEC_PER_SEC)
#define PRUNE_PAUSE USEC_PER_HOUR
#define SNAPSHOT_MAX (64u << 20)
#define STATE_KEY "engine"
#define NAMES_KEY "names"
#define OPEN_PATIENCE (10 * USEC_PER_SEC)
#define MAKE_PATIENCE USEC_PER_SEC
#define OPEN_PAUSE USEC_PER_MIN
#define PATH_BYTES 4200
#define NOTE_BYTES 512

/* ---- opening ---- */

/* The worker opens, because only it may wait for the disk. */
struct opening {
	struct daemon *daemon;
	struct store *store;
	struct now now;
	char path[PATH_BYTES], note[NOTE_BYTES];
	int r;
};

static void open_work(void *ctx)
{
	struct opening *o = ctx;

	o->r = store_open(o->path, o->daemon->worker, o->now, &o->store, o->note, sizeof o->note);
}

static void log_opened(struct daemon *d, const struct opening *o)
{
	if (o->note[0])
		log_warning("history path=%s what=\"%s\"", o->path, o->note);
	if (o->r == d->store_error)
		return; /* said */
	if (o->r < 0)
		remedy_log(o->r, "history then=\"watching goes on without it\"", o->path,
			   d->started.state_dir);
	else if (d->store_error < 0)
		log_notice("history path=%s what=\"works again\"", o->path);
}

/* A newer version's history stays untouched; whatever else keeps us out may go away. */
static void open_done(void *ctx)
{
	struct opening *o = ctx;
	struct daemon *d = o->daemon;

	log_opened(d, o);
	d->is_store_opening = false;
	d->store_error = o->r;
	d->store_trouble = o->r < 0 ? "there is no history" : NULL;
	d->store_again = o->r == -ENOTSUP ? MONO_NEVER : mono_add(o->now.mono, OPEN_PAUSE);
	if (o->r == 0)
		d->store = o->store;
	free(o);
}

static void open_begin(struct daemon *d)
{
	struct opening *o = calloc(1, sizeof *o);

	if (!o)
		return;
	o->daemon = d;
	o->now = d->now;
	(void)snprintf(o->path, sizeof o->path, "%s/history.db", d->started.state_dir);
	d->is_store_opening = true;
	worker_queue(d->worker, o, open_work, open_done);
}

/* Where there is none yet there is nothing to wait for. */
static usec_t patience_for(const struct daemon *d)
{
	struct buf path = BUF_INIT(PATH_BYTES);
	bool is_there;

	buf_printf(&path, "%s/history.db", d->started.state_dir);
	is_there = access(buf_text(&path), F_OK) == 0;
	buf_done(&path);
	return is_there ? OPEN_PATIENCE : MAKE_PATIENCE;
}

/*
 * What it holds is wanted before anything is judged, but a silent disk must not keep us from
 * watching.
 */
void memory_open(struct daemon *d)
{
	usec_t patience = patience_for(d);

	open_begin(d);
	if (worker_drain(d->worker, patience))
		return;
	log_err("history what=\"the disk does not answer\" then=\"watching begins without "
		"history\"");
	d->store_trouble = "the disk does not answer";
	d->store_error = -ETIMEDOUT;
}

static void open_again(struct daemon *d)
{
	if (!d->is_store_opening && mono_reached(d->store_again, d->now.mono))
		open_begin(d);
}

/* ---- restoring ---- */

static void restore_day(void *ctx, const char *name, int32_t day, const struct store_day *sums)
{
	struct day_sums s = { sums->observed_s, sums->down_s, sums->slow_s, sums->planned_s };

	engine_restore_day(ctx, name, day, &s);
}

static void restore_state(struct daemon *d)
{
	struct store_saved saved = { 0 };
	usec_t absence, shift;
	int r = store_load_state(d->store, STATE_KEY, &saved);

	if (r < 0)
		log_fail(r, "state what=\"not readable, starting anew\"");
	if (r < 0 || !saved.text)
		return;
	absence = wall_span(saved.at.wall, d->now.wall);
	if (saved.is_same_boot)
		absence = mono_span(saved.at.mono, d->now.mono);
	if (absence < 0)
		absence = 0;
	shift = saved.is_same_boot ? 0 : d->now.mono.us - absence - saved.at.mono.us;
	r = engine_restore(d->engine, saved.text, shift, absence, d->now);
	if (r < 0)
		log_fail(r, "state what=\"not understood, starting anew\"");
	else
		log_notice("state what=restored absence_s=%lld",
			   (long long)(absence / USEC_PER_SEC));
	free(saved.text);
}

static void restore_names(struct daemon *d)
{
	struct store_saved saved = { 0 };

	if (store_load_state(d->store, NAMES_KEY, &saved) == 0 && saved.text)
		io_names_load(d->io, saved.text);
	free(saved.text);
}

void memory_restore(struct daemon *d)
{
	int32_t today = calendar_day(d->now.wall);
	int r;

	if (d->store) {
		r = store_load_days(d->store, today - ROLLUP_DAYS, restore_day, d->engine);
		if (r < 0)
			log_fail(r, "history what=\"days not readable\"");
		restore_state(d);
		restore_names(d);
	}
	courier_restore(d->courier, d->engine, d->now);
}

/* ---- saving ---- */

/* The notice first, then the state (ARCHITECTURE 6): the older state makes it again. */
static void collect_state(struct daemon *d)
{
	struct buf text = BUF_INIT(SNAPSHOT_MAX);

	if (courier_has_undurable(d->courier))
		return;
	engine_snapshot(d->engine, d->now, &text);
	if (!buf_failed(&text))
		store_state(d->store, STATE_KEY, buf_text(&text), text.n);
	buf_clear(&text);
	io_names_save(d->io, &text);
	if (!buf_failed(&text))
		store_state(d->store, NAMES_KEY, buf_text(&text), text.n);
	buf_done(&text);
	d->is_state_dirty = false;
	d->state_collected = d->now.mono;
}

static void watch_trouble(struct daemon *d)
{
	const char *trouble = store_trouble(d->store);

	if (trouble && !d->store_trouble)
		log_err("history what=\"%s\" then=\"watching goes on, history pauses\"", trouble);
	if (!trouble && d->store_trouble)
		log_notice("history what=\"works again\"");
	d->store_trouble = trouble;
}

void memory_save_last(struct daemon *d)
{
	if (!d->store)
		return;
	collect_state(d);
	store_flush_last(d->store, d->now);
}

void memory_save(struct daemon *d)
{
	if (!d->store)
		open_again(d);
	if (!d->store || mono_span(d->state_saved, d->now.mono) < SAVE_PAUSE)
		return;
	d->state_saved = d->now.mono;
	if (d->is_state_dirty || mono_span(d->state_collected, d->now.mono) >= PRESENCE_PAUSE)
		collect_state(d);
	if (mono_span(d->pruned, d->now.mono) >= PRUNE_PAUSE) {
		d->pruned = d->now.mono;
		store_prune(d->store, d->now, d->generation->plan.retention_raw,
			    d->generation->plan.retention_buckets);
	}
	store_flush(d->store, d->now, false);
	watch_trouble(d);
}
