/*
 * loop.c - the event loop, and the only place that asks for the time.
 *
 * One turn: wait, read both clocks once, hand out what the descriptors have,
 * call the timers that are due, then on_turn; transfers that were started in
 * it set out before the next wait. libuv supplies signals and the way in from
 * other threads, and lies as one descriptor among ours. Its watches are not
 * used, because they cost three times the system calls (descriptors.c), and
 * neither are its timers, because they round to a millisecond.
 *
 * One timerfd on CLOCK_BOOTTIME is armed when somebody wants to be woken
 * earlier than it will fire; a wish that has passed away leaves it as it is.
 * It is armed with what is left, not with a point in time: that is all the
 * same to the kernel, and tools that play with clocks understand it.
 */
#include "io/loop.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include "io/descriptors.h"
#include "io/loop_fd.h"
#include "io/parts.h"
#include "io/query.h"
#include "io/timers.h"
#include "io/tls.h"
#include "io/transfer.h"

#define SLOW_TURN_US (100 * USEC_PER_MS)
/*
 * The least between two turns that only the clock asks for: thousands of probes a second share
 * them.
 */
#define SPACING_US	  500
#define TRANSFERS_DEFAULT 256
#define MAILS_MAX	  18 /* the outbox tries far fewer at once; two are the canary's */

struct posted {
	void (*call)(void *ctx);
	void *ctx;
	struct posted *next;
};

static const int loop_signals[] = { SIGHUP, SIGTERM, SIGINT, SIGUSR1 };
#define LOOP_SIGNALS (sizeof(loop_signals) / sizeof(loop_signals[0]))

struct io {
	uv_loop_t loop;
	uv_signal_t signals[LOOP_SIGNALS];
	uv_async_t async;
	struct io_fd *uv_watch;
	int timerfd;
	struct io_fd *timer_watch;
	mono_t armed; /* when the timerfd fires; MONO_NEVER: it will not */
	struct timers timers;

	pthread_mutex_t post_lock;
	struct posted *posts, **posts_end;

	const struct io_loop_hooks *hooks;
	bool is_running, is_woken, is_stopped;
	mono_t wake; /* on_turn's wish */

	struct now now;	     /* read when the turn began */
	mono_t clocked;	     /* when a turn last began because it was time */
	mono_t waited_for;   /* the time the turn was to begin at the latest */
	mono_t ended;	     /* the turn before */
	usec_t last_turn_us; /* how long it took */
	usec_t lag;
	struct io_loop_stats stats;
	struct io_parts parts;
};

/* ---- the clock ---- */

static int64_t clock_us(clockid_t id)
{
	struct timespec t;

	(void)clock_gettime(id, &t); /* both clocks exist on every kernel this runs on */
	return (int64_t)t.tv_sec * USEC_PER_SEC + t.tv_nsec / 1000;
}

struct now io_clock(void)
{
	return (struct now){ .mono = { clock_us(CLOCK_BOOTTIME) },
			     .wall = { clock_us(CLOCK_REALTIME) } };
}

struct now io_now(const struct io *io)
{
	return io->now;
}

usec_t io_lag(const struct io *io)
{
	return io->lag;
}

struct io_loop_stats io_loop_stats(const struct io *io)
{
	return io->stats;
}

static void turn_begin(struct io *io)
{
	usec_t late;

	io->now = io_clock();
	io->stats.turns++;
	late = mono_span(io->waited_for, io->now.mono);
	io->lag = late > io->last_turn_us ? late : io->last_turn_us;
}

static void turn_end(struct io *io)
{
	io->ended = (mono_t){ clock_us(CLOCK_BOOTTIME) };
	io->last_turn_us = mono_span(io->now.mono, io->ended);
	if (io->last_turn_us > io->stats.worst_turn_us)
		io->stats.worst_turn_us = io->last_turn_us;
	if (io->last_turn_us > SLOW_TURN_US)
		io->stats.slow_turns++;
}

/* ---- the one timer ---- */

static mono_t next_due(const struct io *io)
{
	mono_t due = mono_min(io->wake, timers_due(&io->timers));
	mono_t spaced = mono_add(io->clocked, SPACING_US);

	if (io->is_woken)
		return (mono_t){ 0 };
	return due.us < spaced.us ? spaced : due;
}

/* `due` lies after the end of the last turn. */
static void timerfd_arm(struct io *io, mono_t due)
{
	usec_t left = mono_span(io->ended, due);
	struct itimerspec spec = { .it_value = { .tv_sec = left / USEC_PER_SEC,
						 .tv_nsec = (left % USEC_PER_SEC) * 1000 } };

	if (due.us >= io->armed.us)
		return;
	/* Fails only for a bad descriptor or a time out of range. */
	if (timerfd_settime(io->timerfd, 0, &spec, NULL) != 0)
		abort();
	io->armed = due;
}

/* Watched by its edges, so it need not be emptied. */
static void timerfd_ready(void *ctx, unsigned events)
{
	struct io *io = ctx;

	(void)events;
	io->armed = MONO_NEVER;
}

/* ---- other threads ---- */

void io_post(struct io *io, void (*call)(void *ctx), void *ctx)
{
	struct posted *post = malloc(sizeof(*post));

	if (post == NULL)
		abort(); /* a lost message between threads would hang what waits for it */
	*post = (struct posted){ .call = call, .ctx = ctx };
	pthread_mutex_lock(&io->post_lock);
	*io->posts_end = post;
	io->posts_end = &post->next;
	pthread_mutex_unlock(&io->post_lock);
	(void)uv_async_send(&io->async);
}

static void posts_serve(uv_async_t *async)
{
	struct io *io = async->data;
	struct posted *post;

	pthread_mutex_lock(&io->post_lock);
	post = io->posts;
	io->posts = NULL;
	io->posts_end = &io->posts;
	pthread_mutex_unlock(&io->post_lock);
	while (post != NULL) {
		struct posted *next = post->next;

		post->call(post->ctx);
		free(post);
		post = next;
	}
}

/* ---- libuv, a guest in our set ---- */

static void uv_serve(struct io *io)
{
	(void)uv_run(&io->loop, UV_RUN_NOWAIT);
}

static void uv_ready(void *ctx, unsigned events)
{
	(void)events;
	uv_serve(ctx);
}

/* ---- turns ---- */

static void signal_arrived(uv_signal_t *handle, int signum)
{
	struct io *io = handle->data;

	if (io->hooks != NULL && io->hooks->on_signal != NULL)
		io->hooks->on_signal(io->hooks->ctx, signum);
}

static void signals_watch(struct io *io, bool is_wanted)
{
	for (size_t i = 0; i < LOOP_SIGNALS; i++) {
		if (is_wanted)
			(void)uv_signal_start(&io->signals[i], signal_arrived, loop_signals[i]);
		else
			(void)uv_signal_stop(&io->signals[i]);
	}
}

static void turn(struct io *io)
{
	mono_t due = next_due(io);
	bool is_due = mono_reached(due, io->ended);

	io->waited_for = is_due ? io->ended : due;
	if (!is_due)
		timerfd_arm(io, due);
	descriptors_wait(io->parts.descriptors, !is_due);
	turn_begin(io);
	if (mono_reached(due, io->now.mono) && !io->is_woken)
		io->clocked = io->now.mono;
	descriptors_serve(io->parts.descriptors);
	timers_serve(&io->timers, io->now.mono);
	if (io->hooks->on_turn != NULL) {
		io->is_woken = false;
		io->wake = io->hooks->on_turn(io->hooks->ctx, io->now);
	}
	transfers_set_out(io->parts.http);
	transfers_set_out(io->parts.mail);
	turn_end(io);
}

int io_loop_run(struct io *io, const struct io_loop_hooks *hooks)
{
	assert(!io->is_running);
	io->is_running = true;
	io->is_stopped = false;
	io->hooks = hooks;
	io->is_woken = hooks->on_turn != NULL;
	io->wake = MONO_NEVER;
	io->now = io_clock();
	io->ended = io->now.mono;
	io->last_turn_us = 0;
	signals_watch(io, hooks->on_signal != NULL);
	uv_serve(io); /* it watches what it was given only from here on */
	while (!io->is_stopped)
		turn(io);
	signals_watch(io, false);
	io->hooks = NULL;
	io->is_running = false;
	return 0;
}

void io_loop_stop(struct io *io)
{
	io->is_stopped = true;
}

void io_loop_wake(struct io *io)
{
	io->is_woken = true;
}

struct io_parts *io_parts(struct io *io)
{
	return &io->parts;
}

void io_trust_reload(struct io *io)
{
	trust_reload(io->parts.trust);
}

/* ---- life ---- */

static bool handles_open(struct io *io)
{
	io->parts.descriptors = descriptors_new();
	io->timerfd = timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	if (io->parts.descriptors == NULL || io->timerfd < 0)
		return false;
	io->timer_watch = io_fd_watch(io, io->timerfd, IO_READABLE | IO_EDGE, timerfd_ready, io);
	io->uv_watch = io_fd_watch(io, uv_backend_fd(&io->loop), IO_READABLE, uv_ready, io);
	if (io->timer_watch == NULL || io->uv_watch == NULL ||
	    uv_async_init(&io->loop, &io->async, posts_serve) != 0)
		return false;
	io->async.data = io;
	for (size_t i = 0; i < LOOP_SIGNALS; i++) {
		if (uv_signal_init(&io->loop, &io->signals[i]) != 0)
			return false;
		io->signals[i].data = io;
	}
	return true;
}

static const char *parts_open(struct io *io, const struct io_setup *setup)
{
	struct io_parts *parts = &io->parts;
	unsigned max = setup->transfers_max != 0 ? setup->transfers_max : TRANSFERS_DEFAULT;

	parts->trust = trust_new();
	if (parts->trust == NULL)
		return "no memory for certificates";
	parts->resolver = resolver_new(io);
	if (parts->resolver == NULL || io_resolvers_set(io, setup->resolvers) < 0)
		return "the resolver cannot be set up; are its addresses right?";
	parts->http = transfers_new(io, max);
	parts->mail = transfers_new(io, MAILS_MAX);
	if (parts->http == NULL || parts->mail == NULL)
		return "libcurl cannot be set up";
	return NULL;
}

struct io *io_new(const struct io_setup *setup, const char **ret_error)
{
	struct io *io = calloc(1, sizeof(*io));

	*ret_error = NULL;
	if (io == NULL || uv_loop_init(&io->loop) != 0) {
		free(io);
		*ret_error = "no event loop";
		return NULL;
	}
	/* A peer that hangs up while OpenSSL writes must not end the program. */
	(void)signal(SIGPIPE, SIG_IGN);
	io->timerfd = -1;
	io->armed = MONO_NEVER;
	io->parts.timers = &io->timers;
	io->now = io_clock();
	pthread_mutex_init(&io->post_lock, NULL);
	io->posts_end = &io->posts;
	*ret_error = handles_open(io) ? parts_open(io, setup) : "no timer or no descriptors";
	if (*ret_error != NULL) {
		io_free(io);
		return NULL;
	}
	io->now = io_clock(); /* reading the authorities has taken a while */
	return io;
}

static void handle_close(uv_handle_t *handle, void *ctx)
{
	(void)ctx;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

void io_free(struct io *io)
{
	if (io == NULL)
		return;
	transfers_free(io->parts.mail);
	transfers_free(io->parts.http);
	resolver_free(io->parts.resolver);
	trust_free(io->parts.trust);
	if (io->async.data != NULL)
		posts_serve(&io->async);
	uv_walk(&io->loop, handle_close, NULL);
	(void)uv_run(&io->loop, UV_RUN_DEFAULT);
	io_fd_close(io->timer_watch);
	io_fd_close(io->uv_watch);
	descriptors_free(io->parts.descriptors);
	timers_sweep(&io->timers);
	assert(io->timers.first == NULL);
	if (uv_loop_close(&io->loop) != 0)
		abort();
	if (io->timerfd >= 0)
		(void)close(io->timerfd); /* nothing was written to it */
	pthread_mutex_destroy(&io->post_lock);
	free(io);
}
