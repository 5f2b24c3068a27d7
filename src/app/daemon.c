/*
 * daemon.c - the daemon's life: start, turns of the loop, signals, end.
 *
 * A turn: what came in has been handed to the engine; let time pass, send what
 * is due, write what changed, and say when to be called again.
 */
#include "app/daemon.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "app/canary_run.h"
#include "app/control.h"
#include "app/courier.h"
#include "app/drill.h"
#include "app/listener.h"
#include "app/publisher.h"
#include "app/courier_write.h"
#include "app/pulse.h"
#include "app/refresh.h"
#include "app/relays.h"
#include "app/remedy.h"
#include "app/systemd.h"
#include "app/thrift.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/log.h"
#include "base/words.h"
#include "io/loop.h"
#include "io/receiver.h"
#include "io/runs.h"
#include "io/store.h"
#include "io/worker.h"

#define LAG_IS_A_GAP (30 * USEC_PER_SEC)
#define HURRY (500 * USEC_PER_MS)	   /* then a mail leaves from memory */
#define STOP_PATIENCE (1500 * USEC_PER_MS) /* for mails under way */
#define END_PATIENCE (1900 * USEC_PER_MS)  /* for the disk: TERM ends in under 2 s */
#define RUNS_AT_ONCE 2048
#define RUNS_AT_LEAST 8
#define FD_RESERVE 128
#define STORAGE_PATIENCE (10 * USEC_PER_MIN) /* then everybody is told that the disk fails */
#define WAYS_MAX 16 /* channels that forget: an alertmanager each */
#define OWN_TRANSFERS 8 /* of the pulse: runs that hang must not take the way to our own listener */

/* ---- turns ---- */

/* Each mail says it while it lasts; what lasts is worth a mail of its own, by whatever way works. */
static void tell_storage(struct daemon *d, bool is_failing)
{
	if (is_failing && !d->is_storage_failing)
		d->storage_fails = d->now.mono;
	d->is_storage_failing = is_failing;
	if (!is_failing)
		engine_self(d->engine, SELF_STORAGE, NULL, d->now);
	else if (mono_span(d->storage_fails, d->now.mono) >= STORAGE_PATIENCE)
		engine_self(d->engine, SELF_STORAGE, "", d->now);
}

static void tell_outbox(struct daemon *d)
{
	const struct plan *plan = &d->generation->plan;
	bool is_failing = courier_is_storage_failing(d->courier) || d->store_trouble != NULL;
	wall_t oldest;
	size_t waiting = courier_waiting(d->courier, &oldest);

	engine_outbox(d->engine, waiting, oldest, is_failing, d->now);
	tell_storage(d, is_failing);
	for (size_t i = plan->mail.to_n; i < plan->channels_n; i++)
		engine_channel(d->engine, i, courier_oldest(d->courier, plan->channels[i].name),
			       d->now);
}

void daemon_model(struct daemon *d, struct model *ret)
{
	engine_model(d->engine, d->now, ret);
	ret->is_demo = d->setup.is_demo;
	ret->is_drill = drill_is_running(d->drill);
	ret->trouble = d->trouble[0] ? d->trouble : NULL;
	ret->mail_hold = ret->is_mail_broken ? courier_hold(d->courier) : HOLD_NONE;
	ret->canary = canary_run_view(d->canary, &d->generation->plan);
}

static mono_t look_on(struct daemon *d)
{
	struct model model;

	if (!d->setup.on_turn)
		return MONO_NEVER;
	daemon_model(d, &model);
	return d->setup.on_turn(d->setup.ctx, d, &model, d->now);
}

static void look_only(void *ctx, struct model *ret)
{
	daemon_model(ctx, ret);
}

/* Whoever forgets what is open is told again. */
static mono_t refresh_all(struct daemon *d)
{
	const struct plan *plan = &d->generation->plan;
	struct refresh_way ways[WAYS_MAX];
	struct refresh_view view = { .generation = d->generation, .ways = ways,
				     .look = look_only, .ctx = d };

	for (size_t i = plan->mail.to_n; i < plan->channels_n && view.ways_n < WAYS_MAX; i++) {
		const struct channel_plan *c = &plan->channels[i];

		if (c->kind->is_refreshed)
			ways[view.ways_n++] = (struct refresh_way){ c->name, c->name, c->kind,
								    c->params, c->language };
	}
	return refresh_advance(d->refresh, &view, d->now);
}

/* Do we get on? Looked at when the turn's work is done. */
static mono_t feel_pulse(struct daemon *d, usec_t lag)
{
	wall_t oldest;
	struct pulse_view view = {
		.lag = lag,
		.runs_waiting = runs_waiting(d->runs),
		.mail_due = courier_due(d->courier),
		.mails_waiting = courier_waiting(d->courier, &oldest),
		.disk_age = worker_age(d->worker),
		.refused_full = d->receiver ? receiver_stats(d->receiver).refused_full : 0,
	};

	return pulse_advance(d->pulse, &view, d->now);
}

/* What is shown of it changes rarely, and then at once. */
static mono_t tend_canary(struct daemon *d)
{
	mono_t wake = canary_run_advance(d->canary, d->generation, d->engine, d->now);
	enum canary_state state = canary_run_view(d->canary, &d->generation->plan).state;

	if (state != d->canary_shown)
		publisher_touch(d->publisher);
	d->canary_shown = state;
	return wake;
}

static mono_t turn(struct daemon *d)
{
	usec_t lag = io_lag(d->io);
	mono_t wake;

	if (lag > LAG_IS_A_GAP) {
		log_warning("gap span_s=%lld what=\"we were not there; nothing is judged by it\"",
			    (long long)(lag / USEC_PER_SEC));
		engine_gap(d->engine, lag, d->now);
		drill_gap(d->drill, lag, d->now);
		pulse_renew(d->pulse, &d->generation->plan, d->now);
	}
	tell_outbox(d);
	listener_look(d);
	wake = engine_advance(d->engine, d->now);
	wake = mono_min(wake, drill_advance(d->drill, d->now));
	wake = mono_min(wake, courier_advance(d->courier, d->generation, d->now));
	wake = mono_min(wake, refresh_all(d));
	wake = mono_min(wake, tend_canary(d));
	wake = mono_min(wake, relays_advance(d->relays, &d->generation->plan, d->now));
	wake = mono_min(wake, publisher_advance(d->publisher, d->generation, d->now));
	memory_save(d);
	wake = mono_min(wake, feel_pulse(d, lag));
	wake = mono_min(wake, look_on(d));
	return mono_min(wake, mono_add(d->now.mono, USEC_PER_SEC));
}

static mono_t turn_of_end(struct daemon *d)
{
	mono_t wake = courier_advance(d->courier, d->generation, d->now);

	if (!courier_is_busy(d->courier) || mono_reached(d->stop_by, d->now.mono))
		io_loop_stop(d->io);
	return mono_min(wake, d->stop_by);
}

static mono_t on_turn(void *ctx, struct now now)
{
	struct daemon *d = ctx;

	d->now = now;
	if (d->is_reload_asked) {
		d->is_reload_asked = false;
		(void)daemon_reload(d, NULL); /* the log tells */
	}
	return d->is_stopping ? turn_of_end(d) : turn(d);
}

/* ---- signals ---- */

void daemon_stop(struct daemon *d, int result)
{
	if (d->is_stopping)
		return;
	d->result = result;
	d->is_stopping = true;
	d->stop_by = mono_add(d->now.mono, STOP_PATIENCE);
	d->end_by = mono_add(d->now.mono, END_PATIENCE);
	runs_abort_all(d->runs);
	canary_run_stop(d->canary);
	courier_hurry(d->courier, HURRY);
	systemd_say("STOPPING=1");
	io_loop_wake(d->io);
}

static void on_signal(void *ctx, int signum)
{
	struct daemon *d = ctx;

	d->now = io_now(d->io);
	switch (signum) {
	case SIGHUP:
		d->is_reload_asked = true; /* a storm of them is one reload a turn */
		io_loop_wake(d->io);
		break;
	case SIGUSR1:
		log_notice("probe signal=USR1 targets=%zu what=\"whatever was not probed a moment "
			   "ago is now\"",
			   d->generation->plan.targets_n);
		engine_probe_all(d->engine, d->now);
		break;
	default:
		log_notice("stop signal=%d", signum);
		daemon_stop(d, 0);
	}
}

/* ---- what the rooms report ---- */

static void on_delivered(void *ctx, const struct notice *notice, const char *where)
{
	struct daemon *d = ctx;

	refresh_delivered(d->refresh, notice);
	daemon_tell(ctx, DAEMON_MAIL, "%smail %s (%s) for %s: %s",
		    notice->is_drill ? "drill: " : "", notice_kind_name(notice->kind),
		    diagnosis_name(notice->diagnosis), notice->recipient, where);
}

static void on_answer(void *ctx, const struct notice *notice, const struct relay_plan *relay,
		      enum outbox_result result, const char *reply)
{
	struct daemon *d = ctx;

	if (notice->is_drill)
		drill_answered(d->drill, notice, relay, result, reply, io_now(d->io));
}

static void on_remembered(void *ctx, const struct notice *notice)
{
	struct daemon *d = ctx;

	refresh_delivered(d->refresh, notice);
}

/* A drill's mails are no work of the week, and what is no mail is none of its. */
static void on_final(void *ctx, const struct notice *notice, unsigned failed, bool is_accepted)
{
	struct daemon *d = ctx;

	if (!notice->is_drill && courier_is_mail(notice->recipient))
		engine_delivered(d->engine, failed, is_accepted, io_now(d->io));
}

static void on_published(void *ctx, uint64_t report)
{
	struct daemon *d = ctx;

	if (d->receiver)
		receiver_report_set(d->receiver, report);
	daemon_tell(d, DAEMON_PUBLISHED, "report %llu", (unsigned long long)report);
}

static void look(void *ctx, struct model *ret, struct store **ret_store)
{
	struct daemon *d = ctx;

	daemon_model(d, ret);
	*ret_store = d->store;
	pulse_found(d->pulse, ret);
}

/* ---- start ---- */

/* A probe in flight is a descriptor; the receiver, relays, disk and resolver need theirs, too. */
static size_t budget_runs(void)
{
	struct rlimit limit;
	size_t most = RUNS_AT_ONCE;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 256;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit); /* what we get is read back */
	(void)getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur < most + FD_RESERVE)
		most = limit.rlim_cur > 2 * FD_RESERVE ? (size_t)limit.rlim_cur - FD_RESERVE
						       : (size_t)limit.rlim_cur / 4;
	return most < RUNS_AT_LEAST ? RUNS_AT_LEAST : most;
}

static void page_dir(const struct plan *plan, struct buf *to)
{
	if (plan->page.dir)
		buf_puts(to, plan->page.dir);
	else
		buf_printf(to, "%s/public", plan->state_dir);
}

static void start_refused(int r, const char *event, const char *dir, const char *name)
{
	struct buf path = BUF_INIT(4200);

	buf_printf(&path, "%s/%s", dir, name);
	remedy_log(r, event, buf_text(&path), dir);
	buf_done(&path);
}

static bool start_rooms(struct daemon *d, const char *pages)
{
	const struct plan *plan = &d->generation->plan;
	struct courier_hooks courier = { d, on_delivered, on_answer, on_remembered,
					 on_final };
	struct publisher_hooks publisher = { d, on_published, look };
	int r;

	d->worker = worker_new(d->io);
	d->runs = runs_new(d->io, budget_runs(), effects_observed, d);
	d->publisher = publisher_new(d->io, d->worker, pages, plan->state_dir, &publisher);
	d->relays = relays_new(d->io);
	d->pulse = pulse_new(d->io, plan, d->now);
	d->refresh = refresh_new(d->io);
	d->canary = d->worker ? canary_run_new(d->io, d->worker, plan->state_dir) : NULL;
	if (!d->worker || !d->runs || !d->publisher || !d->relays || !d->pulse || !d->refresh ||
	    !d->canary) {
		log_err("start what=\"no memory, or too few descriptors\"");
		return false;
	}
	d->courier = courier_new(d->io, d->worker, plan->state_dir, &courier, &r);
	if (!d->courier) {
		if (r == -EBUSY)
			log_err("start state_dir=%s what=\"another shorewatch runs with this "
				"directory\"",
				plan->state_dir);
		else
			start_refused(r, "start", plan->state_dir, "outbox");
		return false;
	}
	memory_open(d);
	d->control = control_new(d); /* under the courier's lock; without it we go on, too */
	return true;
}

static bool start_listener(struct daemon *d, const char *pages)
{
	struct address own = { .family = FAMILY_ANY };
	const char *why = NULL;

	if (!d->generation->plan.listen.address)
		return true;
	d->receiver = listener_new(d, pages, &why);
	if (!d->receiver)
		log_err("start listen=%s what=\"%s\"", d->generation->plan.listen.address, why);
	if (d->receiver)
		own = receiver_address(d->receiver);
	pulse_listener(d->pulse, &own);
	return d->receiver != NULL;
}

static bool start_io(struct daemon *d)
{
	const struct plan *plan = &d->generation->plan;
	/* Every run may be an exchange: one that finds none free would prove nothing. */
	struct io_setup setup = { .resolvers = plan->resolvers,
				  .transfers_max = (unsigned)budget_runs() + OWN_TRANSFERS };
	const char *why = NULL;
	int r = file_mkdir(plan->state_dir, 0755);

	if (r < 0) {
		remedy_log(r, "start", plan->state_dir, plan->state_dir);
		return false;
	}
	d->io = io_new(&setup, &why);
	if (!d->io)
		log_err("start what=\"%s\"", why);
	return d->io != NULL;
}

static void start_engine(struct daemon *d)
{
	struct engine_effects effects = effects_of(d);
	uint64_t seed = (uint64_t)d->now.wall.us;

	if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != sizeof seed)
		/* early boot: still differs between lives */
		seed ^= (uint64_t)d->now.mono.us << 20;
	d->engine = engine_new(&d->generation->plan, &effects, d->now, seed);
	memory_restore(d);
}

static bool start(struct daemon *d)
{
	struct buf pages = BUF_INIT(4096);
	bool is_good;

	d->now = io_clock();
	d->state_saved = d->now.mono;
	d->pruned.us = INT64_MIN / 2;
	reload_remember(d);
	if (d->setup.trouble)
		(void)words_copy(d->trouble, sizeof d->trouble, d->setup.trouble);
	page_dir(&d->generation->plan, &pages);
	is_good = start_io(d) && start_rooms(d, buf_text(&pages));
	if (is_good) {
		start_engine(d);
		is_good = start_listener(d, buf_text(&pages));
	}
	buf_done(&pages);
	return is_good;
}

/* ---- end ---- */

/* What can be saved is; a disk that does not answer keeps nobody from ending. */
static void save_last(struct daemon *d)
{
	bool is_saved;

	d->now = io_clock();
	if (!d->is_stopping)
		d->end_by = mono_add(d->now.mono, END_PATIENCE);
	engine_close(d->engine, d->now);
	is_saved = worker_drain(d->worker, mono_span(d->now.mono, d->end_by));
	if (is_saved) {
		d->now = io_clock();
		memory_save_last(d);
		is_saved = worker_drain(d->worker, mono_span(d->now.mono, d->end_by));
	}
	if (is_saved)
		return;
	log_err("end what=\"the disk does not answer; what was not saved is lost\"");
	_exit(1); /* the worker thread is inside the kernel and holds what would be freed */
}

static void finish(struct daemon *d)
{
	if (d->publisher)
		publisher_stop(d->publisher);
	if (d->courier)
		courier_stop(d->courier);
	drill_free(d->drill);
	d->drill = NULL;
	receiver_free(d->receiver);
	d->receiver = NULL; /* a report that is still being written has nobody to tell */
	if (d->engine)
		save_last(d);
	runs_free(d->runs);
	worker_free(d->worker);
	control_free(d->control); /* the worker's last answers were for it */
	if (d->store)
		store_close(d->store);
	courier_free(d->courier);
	refresh_free(d->refresh);
	canary_run_free(d->canary);
	relays_free(d->relays);
	publisher_free(d->publisher);
	pulse_free(d->pulse);
	engine_free(d->engine);
	if (d->io)
		io_free(d->io);
	generation_drop(d->generation);
	reload_forget(d);
}

static void set_zone(const char *name)
{
	(void)setenv("TZ", name, 1);
	tzset();
}

static void tell_start(struct daemon *d)
{
	const struct plan *plan = &d->generation->plan;
	struct buf pages = BUF_INIT(4200);

	page_dir(plan, &pages);
	log_notice("start version=%s targets=%zu references=%zu watchdogs=%zu relays=%zu "
		   "recipients=%zu channels=%zu"
		   " listen=%s page=%s state=%s",
		   SHOREWATCH_VERSION, plan->targets_n, plan->references_n, plan->watchdogs_n,
		   plan->mail.relays_n, plan->mail.to_n, plan->channels_n - plan->mail.to_n,
		   plan->listen.address ? plan->listen.address : "-", buf_text(&pages),
		   plan->state_dir);
	buf_done(&pages);
	if (d->trouble[0])
		log_err("start what=\"the configuration is broken; its last good copy is used "
			"until it is mended\""
			" do=\"mend it and reload\"");
	thrift_trim(); /* what reading the configuration took */
	engine_self(d->engine, SELF_CONFIGURATION, d->trouble[0] ? d->trouble : NULL, d->now);
	reload_keep(d);
}

int daemon_run(const struct daemon_setup *setup)
{
	struct daemon d = { .setup = *setup, .generation = setup->generation };
	struct io_loop_hooks hooks = { &d, on_turn, on_signal };
	size_t targets_n = d.generation->plan.targets_n;
	int r;

	if (d.generation->plan.timezone)
		set_zone(d.generation->plan.timezone);
	if (!start(&d)) {
		finish(&d);
		return 1;
	}
	tell_start(&d);
	systemd_say("READY=1");
	daemon_tell(&d, DAEMON_READY, "watching %zu targets", targets_n);
	r = io_loop_run(d.io, &hooks);
	if (r < 0)
		log_fail(r, "loop");
	finish(&d);
	log_notice("end");
	return r < 0 ? 1 : d.result;
}
