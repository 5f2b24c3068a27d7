/*
 * runs_test.c - the pool of runs, with a kind of probe that does what the test
 * says.
 */
#include "io/turns.h"

#include <string.h>
#include <time.h>

#include "io/loop_fd.h"
#include "io/runs.h"

enum act { ACT_PASS_AT_ONCE, ACT_HANG_IN_DNS, ACT_HANG_IN_CONNECT, ACT_HANG_IN_WAIT };

struct fake_params {
	enum act act;
};

struct fake_run {
	char text[100];
};

static unsigned fake_starts, fake_cancels; /* the kind has no place of its own to count */

static void fake_start(struct probe_run *run)
{
	const struct fake_params *params = run->params;
	const struct fake_run *fake = run->scratch;

	assert_string_equal(fake->text, ""); /* zeroed, whoever was there before */
	memset(run->scratch, 'x', sizeof(struct fake_run) - 1);
	fake_starts++;
	switch (params->act) {
	case ACT_PASS_AT_ONCE:
		probe_run_note(run, "done");
		probe_run_finish(run, (struct outcome){ PHASE_BODY, CAUSE_PASS });
		break;
	case ACT_HANG_IN_DNS:
		break;
	case ACT_HANG_IN_CONNECT:
		probe_run_enter(run, PHASE_CONNECT);
		break;
	case ACT_HANG_IN_WAIT:
		probe_run_enter(run, PHASE_CONNECT);
		probe_run_enter(run, PHASE_WAIT);
		break;
	}
}

static void fake_cancel(struct probe_run *run)
{
	(void)run;
	fake_cancels++;
}

static const struct probe_kind fake_kind = { .name = "fake",
					     .params_bytes = sizeof(struct fake_params),
					     .scratch_bytes = sizeof(struct fake_run),
					     .start = fake_start,
					     .cancel = fake_cancel };

struct lab {
	struct io *io;
	struct runs *runs;
	struct fake_params params;
	struct target_plan target;
	bool is_over, is_in_start;
	unsigned wanted, seen_n;
	struct observation seen[8];
};

static void on_observation(void *ctx, const struct observation *observation)
{
	struct lab *lab = ctx;

	assert_false(lab->is_in_start);
	assert_true(lab->seen_n < 8);
	lab->seen[lab->seen_n++] = *observation;
	lab->is_over = lab->seen_n == lab->wanted;
}

static void lab_init(struct lab *lab, enum act act, size_t max)
{
	*lab = (struct lab){ .io = turns_io(NULL, 0), .params = { act }, .wanted = 1 };
	lab->target = (struct target_plan){ .name = "t",
					    .timeout = 200 * USEC_PER_MS,
					    .connect_timeout = 50 * USEC_PER_MS,
					    .kind = &fake_kind,
					    .params = &lab->params };
	lab->runs = runs_new(lab->io, max, on_observation, lab);
	assert_non_null(lab->runs);
	fake_starts = fake_cancels = 0;
}

static void lab_done(struct lab *lab)
{
	runs_free(lab->runs);
	io_free(lab->io);
}

static void lab_start(struct lab *lab, uint32_t index)
{
	lab->is_in_start = true;
	runs_start(lab->runs, index, &lab->target);
	lab->is_in_start = false;
}

/* A bit for each; runs that expire in the same turn come in any order. */
static unsigned targets_seen(const struct lab *lab)
{
	unsigned seen = 0;

	for (unsigned i = 0; i < lab->seen_n; i++)
		seen |= 1u << lab->seen[i].target;
	return seen;
}

static void a_run_that_ends_at_once_is_reported_later(void **state)
{
	struct lab lab;

	(void)state;
	lab_init(&lab, ACT_PASS_AT_ONCE, 4);
	lab_start(&lab, 7);
	assert_int_equal(lab.seen_n, 0);
	turns_until(lab.io, &lab.is_over);
	assert_int_equal(lab.seen[0].target, 7);
	assert_int_equal(lab.seen[0].outcome.cause, CAUSE_PASS);
	assert_string_equal(lab.seen[0].note, "done");
	assert_int_equal(lab.seen[0].phase_us[PHASE_CONNECT], PHASE_NOT_REACHED);
	assert_int_equal(runs_in_flight(lab.runs), 0);
	assert_int_equal(fake_cancels, 0);
	lab_done(&lab);
}

static void the_connect_deadline_ends_a_run_in_connect(void **state)
{
	struct lab lab;

	(void)state;
	lab_init(&lab, ACT_HANG_IN_CONNECT, 4);
	lab.target.timeout = 15 * USEC_PER_SEC;
	lab_start(&lab, 0);
	turns_until(lab.io, &lab.is_over);
	assert_int_equal(lab.seen[0].outcome.phase, PHASE_CONNECT);
	assert_int_equal(lab.seen[0].outcome.cause, CAUSE_TIMEOUT);
	assert_true(lab.seen[0].total_us >= 50 * USEC_PER_MS);
	assert_true(lab.seen[0].total_us < 10 * USEC_PER_SEC);
	assert_int_equal(lab.seen[0].phase_us[PHASE_CONNECT], lab.seen[0].total_us);
	assert_int_equal(fake_cancels, 1);
	lab_done(&lab);
}

static void behind_connect_only_the_whole_deadline_counts(void **state)
{
	struct lab lab;

	(void)state;
	lab_init(&lab, ACT_HANG_IN_WAIT, 4);
	lab_start(&lab, 0);
	turns_until(lab.io, &lab.is_over);
	assert_int_equal(lab.seen[0].outcome.phase, PHASE_WAIT);
	assert_int_equal(lab.seen[0].outcome.cause, CAUSE_TIMEOUT);
	assert_true(lab.seen[0].total_us >= 200 * USEC_PER_MS);
	lab_done(&lab);
}

static void waiting_for_a_name_in_vain_is_our_resolver(void **state)
{
	struct lab lab;

	(void)state;
	lab_init(&lab, ACT_HANG_IN_DNS, 4);
	lab_start(&lab, 0);
	turns_until(lab.io, &lab.is_over);
	assert_int_equal(lab.seen[0].outcome.cause, CAUSE_RESOLVER);
	lab_done(&lab);
}

/* A turn of more than a second, in which the deadline passes: it really has to take that long. */
static mono_t slow_once(void *ctx, struct now now)
{
	struct lab *lab = ctx;

	if (lab->is_over) {
		io_loop_stop(lab->io);
	} else if (fake_starts == 0) {
		lab_start(lab, 0);
		nanosleep(&(struct timespec){ .tv_sec = 1, .tv_nsec = 100000000 }, NULL);
	}
	return mono_add(now.mono, USEC_PER_SEC);
}

static void a_deadline_in_a_late_turn_proves_nothing(void **state)
{
	struct lab lab;
	struct io_loop_hooks hooks = { .ctx = &lab, .on_turn = slow_once };

	(void)state;
	lab_init(&lab, ACT_HANG_IN_WAIT, 4);
	assert_int_equal(io_loop_run(lab.io, &hooks), 0);
	assert_int_equal(lab.seen[0].outcome.cause, CAUSE_LAGGED);
	assert_int_equal(lab.seen[0].outcome.phase, PHASE_WAIT);
	lab_done(&lab);
}

static void on_moment_over(void *ctx)
{
	*(bool *)ctx = true;
}

/* Not all in one turn, but none is left behind either. */
static void a_crowd_begins_over_several_turns(void **state)
{
	struct lab lab;
	struct io_timer *timer;
	bool is_over = false;

	(void)state;
	lab_init(&lab, ACT_HANG_IN_DNS, 200);
	lab.target.timeout = lab.target.connect_timeout = 60 * USEC_PER_SEC;
	for (uint32_t i = 0; i < 150; i++)
		lab_start(&lab, i);
	assert_true(fake_starts > 0 && fake_starts < 150);
	assert_int_equal(runs_in_flight(lab.runs) + runs_waiting(lab.runs), 150);
	timer = io_timer_new(lab.io, on_moment_over, &is_over);
	io_timer_set(timer, mono_add(io_clock().mono, 100 * USEC_PER_MS));
	turns_until(lab.io, &is_over);
	assert_int_equal(fake_starts, 150);
	assert_int_equal(runs_waiting(lab.runs), 0);
	io_timer_free(timer);
	lab_done(&lab);
}

static void what_finds_no_slot_waits_its_turn(void **state)
{
	struct lab lab;

	(void)state;
	lab_init(&lab, ACT_HANG_IN_CONNECT, 2);
	lab.wanted = 5;
	for (uint32_t i = 0; i < 5; i++)
		lab_start(&lab, i);
	assert_int_equal(runs_in_flight(lab.runs), 2);
	assert_int_equal(runs_waiting(lab.runs), 3);
	turns_until(lab.io, &lab.is_over);
	assert_int_equal(targets_seen(&lab), 0x1f);
	/* A run begins when it has a slot: the wait is not held against it. */
	assert_true(mono_span(lab.seen[0].started.mono, lab.seen[4].started.mono) >=
		    100 * USEC_PER_MS);
	lab_done(&lab);
}

static void an_aborted_run_is_forgotten_wherever_it_is(void **state)
{
	struct lab lab;

	(void)state;
	lab_init(&lab, ACT_HANG_IN_CONNECT, 2);
	for (uint32_t i = 0; i < 4; i++)
		lab_start(&lab, i);
	lab.params.act = ACT_PASS_AT_ONCE;
	runs_abort(lab.runs, 0); /* running */
	runs_abort(lab.runs, 3); /* waiting */
	assert_int_equal(fake_cancels, 1);
	lab.wanted = 2;
	turns_until(lab.io, &lab.is_over);
	assert_int_equal(targets_seen(&lab), 1u << 1 | 1u << 2);
	lab_start(&lab, 5);
	runs_abort(lab.runs, 5); /* ended, not reported */
	assert_int_equal(runs_in_flight(lab.runs), 0);
	lab_done(&lab);
	assert_int_equal(lab.seen_n, 2);
}

static void freeing_the_pool_cancels_and_reports_nothing(void **state)
{
	struct lab lab;

	(void)state;
	lab_init(&lab, ACT_HANG_IN_CONNECT, 2);
	for (uint32_t i = 0; i < 3; i++)
		lab_start(&lab, i);
	lab_done(&lab);
	assert_int_equal(fake_cancels, 2);
	assert_int_equal(lab.seen_n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_that_ends_at_once_is_reported_later),
		cmocka_unit_test(the_connect_deadline_ends_a_run_in_connect),
		cmocka_unit_test(behind_connect_only_the_whole_deadline_counts),
		cmocka_unit_test(waiting_for_a_name_in_vain_is_our_resolver),
		cmocka_unit_test(a_deadline_in_a_late_turn_proves_nothing),
		cmocka_unit_test(what_finds_no_slot_waits_its_turn),
		cmocka_unit_test(a_crowd_begins_over_several_turns),
		cmocka_unit_test(an_aborted_run_is_forgotten_wherever_it_is),
		cmocka_unit_test(freeing_the_pool_cancels_and_reports_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
