/*
 * listener.c - see listener.h. Beats change memory only and are answered at
 * once; they reach the disk with the next save.
 */
#include "app/listener.h"

#include "app/daemon.h"
#include "base/buf.h"
#include "base/log.h"
#include "io/loop.h"
#include "io/receiver.h"
#include "io/runs.h"
#include "io/worker.h"
#include "render/page.h"

static void on_beat(void *ctx, uint32_t watchdog, bool is_firing, enum family by)
{
	struct daemon *d = ctx;

	d->now = io_now(d->io);
	engine_beat(d->engine, watchdog, is_firing ? BEAT_FIRING : BEAT_RESOLVED, by, d->now);
	log_debug("beat watchdog=%s status=%s", d->generation->plan.watchdogs[watchdog].name,
		  is_firing ? "firing" : "resolved");
	io_loop_wake(d->io);
}

static const char *ping_word(enum ping ping)
{
	static const char *const words[] = {
		[PING_OK] = "ok", [PING_START] = "start", [PING_FAIL] = "fail"
	};

	return words[ping];
}

static void on_ping(void *ctx, uint32_t target, enum ping ping, enum family by)
{
	struct daemon *d = ctx;

	d->now = io_now(d->io);
	engine_ping(d->engine, target, ping, by, d->now);
	log_info("ping target=%s said=%s", d->generation->plan.targets[target].name,
		 ping_word(ping));
	io_loop_wake(d->io);
}

static void put_gauge(struct buf *to, const char *name, const char *help, double value)
{
	buf_printf(to, "# HELP %s %s\n# TYPE %s gauge\n%s %.6g\n", name, help, name, name, value);
}

static void on_metrics(void *ctx, struct buf *to)
{
	struct daemon *d = ctx;
	struct io_loop_stats loop = io_loop_stats(d->io);
	struct receiver_stats stats = receiver_stats(d->receiver);
	struct model model;

	daemon_model(d, &model);
	page_metrics(&model, to);
	put_gauge(to, "shorewatch_loop_worst_turn_seconds",
		  "Longest turn of the event loop since the start",
		  (double)loop.worst_turn_us / 1e6);
	put_gauge(to, "shorewatch_loop_slow_turns", "Turns longer than 100 ms since the start",
		  (double)loop.slow_turns);
	put_gauge(to, "shorewatch_loop_turns", "Turns of the event loop since the start",
		  (double)loop.turns);
	put_gauge(to, "shorewatch_runs_in_flight", "Probes under way",
		  (double)runs_in_flight(d->runs));
	put_gauge(to, "shorewatch_runs_waiting", "Probes that wait for a free slot",
		  (double)runs_waiting(d->runs));
	put_gauge(to, "shorewatch_worker_age_seconds", "Age of the oldest disk job",
		  (double)worker_age(d->worker) / 1e6);
	put_gauge(to, "shorewatch_receiver_requests", "Requests since the start",
		  (double)stats.requests);
	put_gauge(to, "shorewatch_receiver_beats", "Watchdog beats counted since the start",
		  (double)stats.beats);
	put_gauge(to, "shorewatch_receiver_pings", "Reports of jobs counted since the start",
		  (double)stats.pings);
	put_gauge(to, "shorewatch_receiver_rejected", "Requests refused for their token or form",
		  (double)(stats.rejected_auth + stats.rejected_malformed));
	put_gauge(to, "shorewatch_receiver_lost",
		  "Requests lost for want of our own memory or descriptors since the start",
		  (double)stats.lost);
}

/* ---- what was lost ---- */

/* As long as it takes that our listener is asked, and asked again, by its public name. */
#define LOSS_IS_TOLD (3 * USEC_PER_MIN)

static bool has_lost(const struct daemon *d)
{
	return d->lost > 0 && mono_span(d->lost_at, d->now.mono) < LOSS_IS_TOLD;
}

/*
 * Our own want is nobody's silence: what was lost may have been beats. Whoever asks us whether we
 * hear, as we do ourselves by our public name, is told no; and so the engine knows that our
 * listener fails.
 */
void listener_look(struct daemon *d)
{
	uint64_t lost = d->receiver ? receiver_stats(d->receiver).lost : 0;
	mono_t from = has_lost(d) ? d->lost_at : d->listened;

	d->listened = d->now.mono;
	if (lost == d->lost)
		return;
	engine_deaf(d->engine, mono_span(from, d->now.mono), d->now);
	if (!has_lost(d))
		log_warning("receiver.lost what=\"requests, for want of memory or descriptors; "
			    "/healthz says so for 3 minutes\"");
	d->lost = lost;
	d->lost_at = d->now.mono;
}

/*
 * Healthy: this answer was written by a loop that turns, and nobody was turned away by us. What it
 * watches does not matter here.
 */
static bool on_health(void *ctx, struct buf *to)
{
	struct daemon *d = ctx;

	if (d->is_stopping) {
		buf_puts(to, "stopping\n");
		return false;
	}
	if (has_lost(d)) {
		buf_puts(to, "requests were lost a moment ago, for want of memory or "
			     "descriptors\n");
		return false;
	}
	buf_puts(to, "ok\n");
	return true;
}

struct receiver *listener_new(struct daemon *d, const char *page_dir, const char **ret_why)
{
	struct receiver_hooks hooks = { d, on_beat, on_ping, on_metrics, on_health };

	return receiver_new(d->io, &d->generation->plan, page_dir, &hooks, ret_why);
}
