/*
 * loop_test.c - time, timers, descriptors, other threads, the worker.
 */
#include "io/turns.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "io/loop_fd.h"
#include "io/worker.h"

struct seen {
	struct io *io;
	struct worker *worker;
	bool is_over;
	mono_t at;
	int calls;
	struct io_fd *watch;
	int pipe[2];
};

static void note_call(void *ctx)
{
	struct seen *seen = ctx;

	seen->at = io_now(seen->io).mono;
	seen->calls++;
	seen->is_over = true;
}

static void a_timer_fires_at_its_time_and_once(void **state)
{
	struct io *io = turns_io(NULL, 0);
	struct seen seen = { .io = io };
	struct io_timer *timer = io_timer_new(io, note_call, &seen);
	mono_t due = mono_add(io_clock().mono, 50 * USEC_PER_MS);

	(void)state;
	io_timer_set(timer, due);
	turns_until(io, &seen.is_over);
	assert_true(mono_reached(due, seen.at));
	assert_true(mono_span(due, seen.at) < 200 * USEC_PER_MS);
	assert_int_equal(seen.calls, 1);
	io_timer_free(timer);
	io_free(io);
}

static void an_unset_timer_does_not_fire(void **state)
{
	struct io *io = turns_io(NULL, 0);
	struct seen never = { .io = io }, seen = { .io = io };
	struct io_timer *unset = io_timer_new(io, note_call, &never);
	struct io_timer *timer = io_timer_new(io, note_call, &seen);

	(void)state;
	io_timer_set(unset, mono_add(io_clock().mono, 10 * USEC_PER_MS));
	io_timer_set(timer, mono_add(io_clock().mono, 30 * USEC_PER_MS));
	io_timer_set(unset, MONO_NEVER);
	turns_until(io, &seen.is_over);
	assert_int_equal(never.calls, 0);
	io_timer_free(unset);
	io_timer_free(timer);
	io_free(io);
}

static void on_readable(void *ctx, unsigned events)
{
	struct seen *seen = ctx;

	assert_true(events & IO_READABLE);
	seen->is_over = true;
	io_fd_close(seen->watch); /* the very thing that called us */
}

static void a_watch_may_close_itself(void **state)
{
	struct io *io = turns_io(NULL, 0);
	struct seen seen = { .io = io };

	(void)state;
	assert_int_equal(pipe2(seen.pipe, O_CLOEXEC), 0);
	seen.watch = io_fd_watch(io, seen.pipe[0], IO_READABLE, on_readable, &seen);
	assert_int_equal(write(seen.pipe[1], "x", 1), 1);
	turns_until(io, &seen.is_over);
	io_free(io);
	close(seen.pipe[0]);
	close(seen.pipe[1]);
}

static void *post_from_thread(void *ctx)
{
	struct seen *seen = ctx;

	io_post(seen->io, note_call, seen);
	return NULL;
}

static void a_post_from_another_thread_arrives(void **state)
{
	struct io *io = turns_io(NULL, 0);
	struct seen seen = { .io = io };
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, post_from_thread, &seen), 0);
	turns_until(io, &seen.is_over);
	pthread_join(thread, NULL);
	io_free(io);
}

/* ---- signals ---- */

static void on_signal(void *ctx, int signum)
{
	struct seen *seen = ctx;

	seen->calls = signum;
	io_loop_stop(seen->io);
}

static mono_t raise_once(void *ctx, struct now now)
{
	struct seen *seen = ctx;

	if (!seen->is_over)
		raise(SIGUSR1);
	seen->is_over = true;
	return mono_add(now.mono, 5 * USEC_PER_SEC);
}

static void a_signal_reaches_its_hook(void **state)
{
	struct io *io = turns_io(NULL, 0);
	struct seen seen = { .io = io };
	struct io_loop_hooks hooks = { .ctx = &seen,
				       .on_turn = raise_once,
				       .on_signal = on_signal };

	(void)state;
	assert_int_equal(io_loop_run(io, &hooks), 0);
	assert_int_equal(seen.calls, SIGUSR1);
	io_free(io);
}

/* ---- lag ---- */

/* The loop's own lateness is what is tested, so the turn really has to be slow. */
static mono_t slow_turn_then_stop(void *ctx, struct now now)
{
	struct seen *seen = ctx;

	(void)now;
	if (seen->calls++ == 0) {
		nanosleep(&(struct timespec){ .tv_nsec = 150 * 1000 * 1000 }, NULL);
		io_loop_wake(seen->io);
		return MONO_NEVER;
	}
	io_loop_stop(seen->io);
	return MONO_NEVER;
}

static void the_turn_after_a_slow_one_knows_that_it_is_late(void **state)
{
	struct io *io = turns_io(NULL, 0);
	struct seen seen = { .io = io };
	struct io_loop_hooks hooks = { .ctx = &seen, .on_turn = slow_turn_then_stop };

	(void)state;
	assert_int_equal(io_loop_run(io, &hooks), 0);
	assert_int_equal(seen.calls, 2);
	assert_true(io_lag(io) >= 150 * USEC_PER_MS);
	assert_true(io_loop_stats(io).slow_turns >= 1);
	assert_true(io_loop_stats(io).worst_turn_us >= 150 * USEC_PER_MS);
	io_free(io);
}

static void an_idle_loop_does_not_turn(void **state)
{
	struct io *io = turns_io(NULL, 0);
	struct seen seen = { .io = io };
	struct io_timer *timer = io_timer_new(io, note_call, &seen);

	(void)state;
	io_timer_set(timer, mono_add(io_clock().mono, 100 * USEC_PER_MS));
	turns_until(io, &seen.is_over);
	assert_true(io_loop_stats(io).turns < 10);
	io_timer_free(timer);
	io_free(io);
}

/* ---- the worker ---- */

struct job {
	struct seen *seen;
	pthread_t worked_on;
	int number;
};

static void job_work(void *ctx)
{
	struct job *job = ctx;

	job->worked_on = pthread_self();
}

static void job_done(void *ctx)
{
	struct job *job = ctx;

	assert_false(pthread_equal(job->worked_on, pthread_self()));
	assert_int_equal(job->number, job->seen->calls);
	job->seen->calls++;
	job->seen->is_over = job->seen->calls == 3;
}

static void jobs_run_beside_the_loop_in_order(void **state)
{
	struct io *io = turns_io(NULL, 0);
	struct worker *worker = worker_new(io);
	struct seen seen = { .io = io };
	struct job jobs[3];

	(void)state;
	for (int i = 0; i < 3; i++) {
		jobs[i] = (struct job){ .seen = &seen, .number = i };
		worker_queue(worker, &jobs[i], job_work, job_done);
	}
	turns_until(io, &seen.is_over);
	assert_int_equal(worker_waiting(worker), 0);
	assert_int_equal(worker_age(worker), 0);
	worker_free(worker);
	io_free(io);
}

static void freeing_the_worker_finishes_what_was_queued(void **state)
{
	struct io *io = turns_io(NULL, 0);
	struct worker *worker = worker_new(io);
	struct seen seen = { .io = io };
	struct job jobs[3];

	(void)state;
	for (int i = 0; i < 3; i++) {
		jobs[i] = (struct job){ .seen = &seen, .number = i };
		worker_queue(worker, &jobs[i], job_work, job_done);
	}
	worker_free(worker);
	assert_int_equal(seen.calls, 3);
	io_free(io);
}

static void again_work(void *ctx)
{
	(void)ctx;
}

static void again_queue(void *ctx)
{
	struct seen *seen = ctx;

	seen->calls++;
	if (seen->calls < 3)
		worker_queue(seen->worker, seen, again_work, again_queue);
}

static void draining_waits_for_what_reports_queue_as_well(void **state)
{
	struct io *io = turns_io(NULL, 0);
	struct seen seen = { .io = io, .worker = worker_new(io) };

	(void)state;
	worker_queue(seen.worker, &seen, again_work, again_queue);
	assert_true(worker_drain(seen.worker, 20 * USEC_PER_SEC));
	assert_int_equal(seen.calls, 3);
	worker_free(seen.worker);
	io_free(io);
}

static void lock_wait(void *ctx)
{
	pthread_mutex_lock(ctx);
	pthread_mutex_unlock(ctx);
}

static void draining_a_stuck_worker_ends_in_time(void **state)
{
	struct io *io = turns_io(NULL, 0);
	struct worker *worker = worker_new(io);
	pthread_mutex_t stuck = PTHREAD_MUTEX_INITIALIZER;

	(void)state;
	pthread_mutex_lock(&stuck);
	worker_queue(worker, &stuck, lock_wait, NULL);
	assert_false(worker_drain(worker, 20 * USEC_PER_MS));
	pthread_mutex_unlock(&stuck);
	assert_true(worker_drain(worker, 20 * USEC_PER_SEC));
	worker_free(worker);
	io_free(io);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_timer_fires_at_its_time_and_once),
		cmocka_unit_test(an_unset_timer_does_not_fire),
		cmocka_unit_test(a_watch_may_close_itself),
		cmocka_unit_test(a_post_from_another_thread_arrives),
		cmocka_unit_test(a_signal_reaches_its_hook),
		cmocka_unit_test(the_turn_after_a_slow_one_knows_that_it_is_late),
		cmocka_unit_test(an_idle_loop_does_not_turn),
		cmocka_unit_test(jobs_run_beside_the_loop_in_order),
		cmocka_unit_test(freeing_the_worker_finishes_what_was_queued),
		cmocka_unit_test(draining_waits_for_what_reports_queue_as_well),
		cmocka_unit_test(draining_a_stuck_worker_ends_in_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
