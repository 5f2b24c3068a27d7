/*
 * memory.c - what a restart or a reload must not forget: the engine's state
 * and days in the database, the notices in the outbox.
 *
 * The outbox is read first and never waits for the database; a broken or
 * missing database costs history, never an alarm.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/courier.h"
#include "app/daemon.h"
#include "app/publisher.h"
#include "app/relays.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/calendar.h"
#include "base/diag.h"
#include "base/log.h"
#include "io/loop.h"
#include "io/receiver.h"
#include "io/runs.h"
#include "io/store.h"

#define SAVE_PAUSE USEC_PER_SEC
#define PRESENCE_PAUSE (10 * USEC_PER_SEC) /* after a crash, absence is counted from the last save */
#define PRUNE_PAUSE USEC_PER_HOUR
#define SNAPSHOT_MAX (64u << 20)
#define STATE_KEY "engine"
#define NAMES_KEY "names"

int memory_open(struct daemon *d)
{
	struct buf path = BUF_INIT(4096);
	char note[256] = "";
	int r;

	buf_printf(&path, "%s/history.db", d->generation->plan.state_dir);
	r = store_open(buf_text(&path), d->worker, d->now, &d->store, note, sizeof note);
	if (note[0])
		log_warning("history path=%s what=\"%s\"", buf_text(&path), note);
	if (r < 0)
		log_fail(r, "history path=%s what=\"watching goes on without history\"", buf_text(&path));
	buf_done(&path);
	return r;
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
		log_notice("state what=restored absence_s=%lld", (long long)(absence / USEC_PER_SEC));
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

static void collect_state(struct daemon *d)
{
	struct buf text = BUF_INIT(SNAPSHOT_MAX);

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

/* ---- reloading ---- */

static void log_diag(const struct diag *diag)
{
	for (const struct diag_entry *e = diag->first; e; e = e->next)
		log_line(e->level == DIAG_FAULT ? LOG_LEVEL_ERR : LOG_LEVEL_WARNING, "config at=%s:%u what=\"%s\"",
			 e->file ? e->file : "all", e->line, e->text);
}

static const char *cannot_follow(const struct plan *old, const struct plan *new)
{
	if (strcmp(old->state_dir, new->state_dir) != 0)
		return "state_dir";
	if (strcmp(old->listen.address ? old->listen.address : "", new->listen.address ? new->listen.address : "") != 0)
		return "listen.address";
	if (strcmp(old->page.dir ? old->page.dir : "", new->page.dir ? new->page.dir : "") != 0)
		return "page.dir";
	return NULL;
}

/* The new engine goes on from the old one's words; runs of the old one report to nobody. */
static void change_engine(struct daemon *d, struct generation *generation)
{
	struct engine_effects effects = effects_of(d);
	struct engine *old = d->engine;
	struct buf text = BUF_INIT(SNAPSHOT_MAX);
	struct generation *before = d->generation;

	engine_snapshot(old, d->now, &text);
	runs_abort_all(d->runs);
	d->generation = generation;
	d->engine = engine_new(&generation->plan, &effects, d->now, (uint64_t)d->now.wall.us);
	if (buf_failed(&text) || engine_restore(d->engine, buf_text(&text), 0, 0, d->now) < 0)
		log_err("reload what=\"state could not be carried over\"");
	engine_carry(d->engine, old);
	buf_done(&text);
	engine_free(old);
	if (d->receiver)
		receiver_plan_set(d->receiver, &generation->plan);
	generation_drop(before);
}

bool memory_reload(struct daemon *d)
{
	struct arena *arena = arena_new();
	struct generation *generation;
	struct diag diag;
	const char *fixed;

	diag_init(&diag, arena);
	generation = conf_load(d->generation->plan.file, &diag);
	log_diag(&diag);
	arena_free(arena);
	if (!generation) {
		log_err("reload what=\"faults above; the running configuration stays\"");
		return false;
	}
	fixed = cannot_follow(&d->generation->plan, &generation->plan);
	if (fixed)
		log_warning("reload what=\"%s takes effect with the next start\"", fixed);
	if (io_resolvers_set(d->io, generation->plan.resolvers) < 0)
		log_warning("reload what=\"the new resolvers could not be taken\"");
	io_trust_reload(d->io);
	relays_renew(d->relays);
	change_engine(d, generation);
	d->is_state_dirty = true;
	publisher_touch(d->publisher);
	log_notice("reload what=done targets=%zu", generation->plan.targets_n);
	return true;
}
