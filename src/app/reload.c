/*
 * reload.c - another configuration, or every fault of it.
 *
 * What is new is compared with what runs, not with the file as it was: a key
 * that waits for a restart goes on being named. A faulty file changes nothing
 * but what the page says of it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/changes.h"
#include "app/daemon.h"
#include "app/faults.h"
#include "app/publisher.h"
#include "app/pulse.h"
#include "app/relays.h"
#include "app/systemd.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/log.h"
#include "io/loop.h"
#include "io/receiver.h"
#include "io/runs.h"
#include "io/worker.h"

#define SNAPSHOT_MAX (64u << 20)
#define FIXED_TEXT_MAX 256

/* ---- what has changed ---- */

static bool texts_equal(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

static char *text_copy(const char *text)
{
	return text ? strdup(text) : NULL;
}

void reload_remember(struct daemon *d)
{
	const struct plan *plan = &d->generation->plan;

	d->started = (struct started){
		.state_dir = text_copy(plan->state_dir),
		.page_dir = text_copy(plan->page.dir),
		.listen = text_copy(plan->listen.address),
		.timezone = text_copy(plan->timezone),
	};
}

void reload_forget(struct daemon *d)
{
	free(d->started.state_dir);
	free(d->started.page_dir);
	free(d->started.listen);
	free(d->started.timezone);
}

/* The worker reads the zone while it draws; the others are open. */
static bool is_fixed(const char *what)
{
	return strcmp(what, "state_dir") == 0 || strcmp(what, "listen.address") == 0 ||
	       strcmp(what, "page.dir") == 0 || strcmp(what, "timezone") == 0;
}

static void print_fixed(const struct started *started, const struct plan *new, struct buf *to)
{
	const struct {
		const char *key, *was, *is;
	} keys[] = {
		{ "state_dir", started->state_dir, new->state_dir },
		{ "listen.address", started->listen, new->listen.address },
		{ "page.dir", started->page_dir, new->page.dir },
		{ "timezone", started->timezone, new->timezone },
	};

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		if (!texts_equal(keys[i].was, keys[i].is))
			buf_printf(to, "%s%s", to->n > 0 ? ", " : "", keys[i].key);
}

static void log_difference(void *ctx, const struct plan_difference *difference)
{
	(void)ctx;
	if (is_fixed(difference->what))
		return; /* said together */
	log_notice("reload.change what=%s%s%s change=%s%s%s", difference->what,
		   difference->name[0] ? " name=" : "", difference->name,
		   plan_change_name(difference->change), difference->key[0] ? " key=" : "",
		   difference->key);
}

static void tell_changes(struct daemon *d, const struct plan *new, struct buf *told)
{
	struct buf fixed = BUF_INIT(FIXED_TEXT_MAX);

	plan_differ(&d->generation->plan, new, log_difference, NULL);
	print_fixed(&d->started, new, &fixed);
	if (fixed.n > 0)
		log_warning("reload what=\"takes effect with the next start: %s\"",
			    buf_text(&fixed));
	if (told)
		changes_tell(&d->generation->plan, new, told);
	if (told && fixed.n > 0)
		buf_printf(told, "takes effect with the next start: %s\n", buf_text(&fixed));
	buf_done(&fixed);
}

/* ---- the last good copy ---- */

struct keeping {
	struct generation *generation;
	bool is_new;
	int r;
};

static void keep_work(void *ctx)
{
	struct keeping *k = ctx;

	k->r = conf_keep_good(k->generation, &k->is_new);
}

static void keep_done(void *ctx)
{
	struct keeping *k = ctx;

	if (k->r < 0 && k->r != -ENODATA)
		log_fail(k->r,
			 "config.keep dir=%s/last-good what=\"a start with a broken configuration"
			 " would find no good copy\"",
			 k->generation->plan.state_dir);
	if (k->r == 0 && k->is_new)
		log_info("config.keep dir=%s/last-good", k->generation->plan.state_dir);
	generation_drop(k->generation);
	free(k);
}

void reload_keep(struct daemon *d)
{
	struct keeping *k;

	if (d->setup.is_text || d->generation->is_last_good)
		return;
	k = calloc(1, sizeof *k);
	if (!k)
		return;
	k->generation = generation_hold(d->generation);
	worker_queue(d->worker, k, keep_work, keep_done);
}

/* ---- faulty ---- */

/* Nobody is mailed: whoever asked for it is there, and what ran still runs. */
static void refuse(struct daemon *d, const struct diag *diag, struct buf *told)
{
	faults_first(diag, d->trouble, sizeof d->trouble);
	log_err("reload result=refused faults=%zu then=\"the running configuration stays\"",
		diag->faults);
	if (told)
		buf_printf(told, "%zu fault%s; the running configuration stays\n", diag->faults,
			   diag->faults == 1 ? "" : "s");
	publisher_touch(d->publisher);
}

/* ---- good ---- */

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
	d->references_up = 0;
	if (d->receiver)
		receiver_plan_set(d->receiver, &generation->plan);
	generation_drop(before);
}

static void accept(struct daemon *d, struct generation *generation, struct buf *told)
{
	bool was_faulty = d->trouble[0] != '\0';

	tell_changes(d, &generation->plan, told);
	if (io_resolvers_set(d->io, generation->plan.resolvers) < 0)
		log_warning("reload what=\"the new resolvers could not be taken\"");
	io_trust_reload(d->io);
	relays_renew(d->relays);
	change_engine(d, generation);
	pulse_renew(d->pulse, &generation->plan, d->now);
	engine_self(d->engine, SELF_CONFIGURATION, NULL, d->now);
	d->trouble[0] = '\0';
	d->is_state_dirty = true;
	publisher_touch(d->publisher);
	log_notice("reload result=done targets=%zu%s", generation->plan.targets_n,
		   was_faulty ? " what=\"the configuration is whole again\"" : "");
	if (told && was_faulty)
		buf_puts(told, "the configuration is whole again\n");
	reload_keep(d);
}

static bool load_and_change(struct daemon *d, struct buf *told)
{
	struct arena *arena = arena_new();
	const struct conf_need need = { .secrets = CONF_SECRETS_ALL, .now = d->now.wall };
	struct generation *generation;
	struct diag diag;

	diag_init(&diag, arena);
	generation = conf_load_for(d->generation->plan.file, need, &diag);
	faults_log(&diag);
	if (told)
		faults_print(&diag, told);
	if (generation)
		accept(d, generation, told);
	else
		refuse(d, &diag, told);
	arena_free(arena);
	return generation != NULL;
}

bool daemon_reload(struct daemon *d, struct buf *told)
{
	bool is_good;

	if (d->is_stopping)
		return false;
	if (d->setup.is_text) {
		log_warning("reload what=\"there is no configuration file to read again\"");
		if (told)
			buf_puts(told, "there is no configuration file to read again\n");
		return false;
	}
	systemd_reloading(d->now);
	is_good = load_and_change(d, told);
	systemd_say("READY=1");
	pulse_touch(d->pulse);
	return is_good;
}
