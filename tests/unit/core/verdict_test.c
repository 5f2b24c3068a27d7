/*
 * verdict_test.c - ARCHITECTURE 4's table, every state x signal x vouched,
 * written down here a second time from the document.
 */
#include "core/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static const struct verdict_rule rule = { .fall = 3, .rise = 2, .settle = 30 * USEC_PER_SEC };

static struct now at(int64_t seconds)
{
	return (struct now){ { (1000 + seconds) * USEC_PER_SEC },
			     { (5000 + seconds) * USEC_PER_SEC } };
}

/* One cell of the table: where a step leads from `streak` in `state`. */
struct cell {
	enum verdict_state state;
	unsigned streak;
	enum signal signal;
	bool is_vouched;
	int64_t streak_age; /* seconds since the streak began */
	enum verdict_state leads;
	unsigned leads_streak;
};

static const struct cell cells[] = {
	/* unknown: PASS is up; FAIL counts; the fall needs vouching */
	{ VERDICT_UNKNOWN, 0, SIGNAL_PASS, true, 0, VERDICT_UP, 0 },
	{ VERDICT_UNKNOWN, 0, SIGNAL_PASS, false, 0, VERDICT_UP, 0 },
	{ VERDICT_UNKNOWN, 2, SIGNAL_PASS, true, 30, VERDICT_UP, 0 },
	{ VERDICT_UNKNOWN, 0, SIGNAL_FAIL, true, 0, VERDICT_UNKNOWN, 1 },
	{ VERDICT_UNKNOWN, 0, SIGNAL_FAIL, false, 0, VERDICT_UNKNOWN, 1 },
	{ VERDICT_UNKNOWN, 1, SIGNAL_FAIL, true, 10, VERDICT_UNKNOWN, 2 },
	{ VERDICT_UNKNOWN, 1, SIGNAL_FAIL, false, 10, VERDICT_UNKNOWN, 2 },
	{ VERDICT_UNKNOWN, 2, SIGNAL_FAIL, true, 30, VERDICT_DOWN, 3 },
	{ VERDICT_UNKNOWN, 2, SIGNAL_FAIL, false, 30, VERDICT_UNKNOWN, 2 },
	{ VERDICT_UNKNOWN, 2, SIGNAL_INCONCLUSIVE, true, 30, VERDICT_UNKNOWN, 2 },
	/* up */
	{ VERDICT_UP, 0, SIGNAL_PASS, true, 0, VERDICT_UP, 0 },
	{ VERDICT_UP, 0, SIGNAL_PASS, false, 0, VERDICT_UP, 0 },
	{ VERDICT_UP, 0, SIGNAL_FAIL, true, 0, VERDICT_SUSPECT, 1 },
	{ VERDICT_UP, 0, SIGNAL_FAIL, false, 0, VERDICT_SUSPECT, 1 },
	{ VERDICT_UP, 0, SIGNAL_INCONCLUSIVE, true, 0, VERDICT_UP, 0 },
	/* suspect */
	{ VERDICT_SUSPECT, 1, SIGNAL_PASS, true, 10, VERDICT_UP, 0 },
	{ VERDICT_SUSPECT, 2, SIGNAL_PASS, false, 30, VERDICT_UP, 0 },
	{ VERDICT_SUSPECT, 1, SIGNAL_FAIL, true, 10, VERDICT_SUSPECT, 2 },
	{ VERDICT_SUSPECT, 1, SIGNAL_FAIL, false, 10, VERDICT_SUSPECT, 2 },
	{ VERDICT_SUSPECT, 2, SIGNAL_FAIL, true, 30, VERDICT_DOWN, 3 },
	{ VERDICT_SUSPECT, 2, SIGNAL_FAIL, false, 30, VERDICT_SUSPECT, 2 },
	{ VERDICT_SUSPECT, 1, SIGNAL_INCONCLUSIVE, true, 10, VERDICT_SUSPECT, 1 },
	{ VERDICT_SUSPECT, 2, SIGNAL_INCONCLUSIVE, false, 30, VERDICT_SUSPECT, 2 },
	/* down */
	{ VERDICT_DOWN, 3, SIGNAL_PASS, true, 60, VERDICT_RECOVERING, 1 },
	{ VERDICT_DOWN, 3, SIGNAL_PASS, false, 60, VERDICT_RECOVERING, 1 },
	{ VERDICT_DOWN, 3, SIGNAL_FAIL, true, 60, VERDICT_DOWN, 3 },
	{ VERDICT_DOWN, 3, SIGNAL_FAIL, false, 60, VERDICT_DOWN, 3 },
	{ VERDICT_DOWN, 3, SIGNAL_INCONCLUSIVE, true, 60, VERDICT_DOWN, 3 },
	/* recovering: rise passes over at least settle */
	{ VERDICT_RECOVERING, 1, SIGNAL_PASS, true, 30, VERDICT_UP, 0 },
	{ VERDICT_RECOVERING, 1, SIGNAL_PASS, false, 30, VERDICT_UP, 0 },
	{ VERDICT_RECOVERING, 1, SIGNAL_PASS, true, 29, VERDICT_RECOVERING, 2 },
	{ VERDICT_RECOVERING, 2, SIGNAL_PASS, true, 31, VERDICT_UP, 0 },
	{ VERDICT_RECOVERING, 1, SIGNAL_FAIL, true, 30, VERDICT_DOWN, 0 },
	{ VERDICT_RECOVERING, 1, SIGNAL_FAIL, false, 30, VERDICT_DOWN, 0 },
	{ VERDICT_RECOVERING, 1, SIGNAL_INCONCLUSIVE, true, 30, VERDICT_RECOVERING, 1 },
	/* paused leaves only by the end of its window */
	{ VERDICT_PAUSED, 0, SIGNAL_PASS, true, 0, VERDICT_PAUSED, 0 },
	{ VERDICT_PAUSED, 0, SIGNAL_FAIL, true, 0, VERDICT_PAUSED, 0 },
	{ VERDICT_PAUSED, 0, SIGNAL_INCONCLUSIVE, true, 0, VERDICT_PAUSED, 0 },
};

static struct verdict verdict_in(const struct cell *cell, int64_t now)
{
	bool is_failing = cell->state == VERDICT_SUSPECT || cell->state == VERDICT_DOWN ||
			  cell->state == VERDICT_RECOVERING || cell->streak > 0;

	return (struct verdict){
		.state = cell->state,
		.streak = cell->streak,
		.streak_began = at(now - cell->streak_age),
		.since = at(0),
		.failing_since = is_failing ? at(0) : (struct now){ { 0 }, { 0 } },
	};
}

static void every_cell_of_the_table_holds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
		const struct cell *cell = &cells[i];
		struct verdict v = verdict_in(cell, 500);
		bool is_changed =
			verdict_step(&v, &rule, cell->signal, cell->is_vouched, at(500), at(501));

		if (v.state != cell->leads)
			fail_msg("cell %zu: %s leads to %s", i, verdict_name(cell->state),
				 verdict_name(v.state));
		assert_int_equal(is_changed, cell->state != cell->leads);
		if (v.state != VERDICT_DOWN && v.streak != cell->leads_streak)
			fail_msg("cell %zu: streak %u", i, v.streak);
		assert_int_equal(v.since.mono.us, is_changed ? at(501).mono.us : at(0).mono.us);
	}
}

static void no_combination_is_left_out_of_the_table(void **state)
{
	bool seen[VERDICT_COUNT][3] = { { false } };

	(void)state;
	for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
		seen[cells[i].state][cells[i].signal] = true;
	for (int s = 0; s < VERDICT_COUNT; s++)
		for (int signal = 0; signal < 3; signal++)
			assert_true(seen[s][signal]);
}

static void an_outage_begins_with_its_first_failed_run(void **state)
{
	struct verdict v = { .state = VERDICT_UP };

	(void)state;
	verdict_step(&v, &rule, SIGNAL_FAIL, true, at(60), at(65));
	verdict_step(&v, &rule, SIGNAL_FAIL, true, at(75), at(80));
	verdict_step(&v, &rule, SIGNAL_FAIL, true, at(100), at(105));
	assert_int_equal(v.state, VERDICT_DOWN);
	assert_int_equal(v.failing_since.mono.us, at(60).mono.us);
	assert_int_equal(v.failing_since.wall.us, at(60).wall.us);
	/* a relapse does not make it younger */
	verdict_step(&v, &rule, SIGNAL_PASS, true, at(160), at(160));
	verdict_step(&v, &rule, SIGNAL_FAIL, true, at(190), at(195));
	assert_int_equal(v.state, VERDICT_DOWN);
	assert_int_equal(v.failing_since.mono.us, at(60).mono.us);
}

static void a_relapse_makes_the_recovery_begin_anew(void **state)
{
	struct verdict v = { .state = VERDICT_DOWN, .failing_since = at(0) };

	(void)state;
	verdict_step(&v, &rule, SIGNAL_PASS, true, at(60), at(60));
	verdict_step(&v, &rule, SIGNAL_FAIL, true, at(80), at(80));
	verdict_step(&v, &rule, SIGNAL_PASS, true, at(100), at(100));
	assert_int_equal(v.state, VERDICT_RECOVERING);
	verdict_step(&v, &rule, SIGNAL_PASS, true, at(129), at(129));
	assert_int_equal(v.state, VERDICT_RECOVERING);
	verdict_step(&v, &rule, SIGNAL_PASS, true, at(130), at(130));
	assert_int_equal(v.state, VERDICT_UP);
	assert_false(wall_is_set(v.failing_since.wall));
}

/* What nobody vouched for within a recovery: it is no relapse, and nothing before it counts. */
static void after_a_doubtful_failure_good_answers_count_anew(void **state)
{
	struct verdict v = { .state = VERDICT_DOWN, .failing_since = at(0) };

	(void)state;
	verdict_step(&v, &rule, SIGNAL_PASS, true, at(60), at(60));
	verdict_recount(&v);
	assert_int_equal(v.state, VERDICT_RECOVERING);
	verdict_step(&v, &rule, SIGNAL_PASS, true, at(95), at(95));
	assert_int_equal(v.state, VERDICT_RECOVERING);
	verdict_step(&v, &rule, SIGNAL_PASS, true, at(125), at(125));
	assert_int_equal(v.state, VERDICT_UP);
	verdict_recount(&v);
	assert_int_equal(v.state, VERDICT_UP);
}

static void an_interrupted_streak_begins_anew(void **state)
{
	struct verdict v = { .state = VERDICT_UP };

	(void)state;
	for (int i = 0; i < 50; i++) {
		verdict_step(&v, &rule, SIGNAL_FAIL, true, at(100 * i), at(100 * i));
		verdict_step(&v, &rule, SIGNAL_FAIL, true, at(100 * i + 10), at(100 * i + 10));
		assert_int_equal(v.state, VERDICT_SUSPECT);
		verdict_step(&v, &rule, SIGNAL_PASS, true, at(100 * i + 30), at(100 * i + 30));
		assert_int_equal(v.state, VERDICT_UP);
	}
}

static void without_vouching_a_streak_waits_one_short_of_the_fall(void **state)
{
	struct verdict v = { .state = VERDICT_UP };

	(void)state;
	for (int i = 0; i < 100; i++)
		verdict_step(&v, &rule, SIGNAL_FAIL, false, at(10 * i), at(10 * i));
	assert_int_equal(v.state, VERDICT_SUSPECT);
	verdict_step(&v, &rule, SIGNAL_FAIL, true, at(2000), at(2000));
	assert_int_equal(v.state, VERDICT_DOWN);
	assert_int_equal(v.failing_since.mono.us, at(0).mono.us);
}

/* Every sequence of 9 signals, against the words of the table: down only after `fall` FAILs in a
 * row. */
static void no_sequence_of_nine_goes_down_or_up_too_early(void **state)
{
	(void)state;
	for (unsigned code = 0; code < 19683; code++) { /* 3^9 */
		struct verdict v = { .state = VERDICT_UP };
		unsigned rest = code, fails = 0;

		for (int i = 0; i < 9; i++, rest /= 3) {
			enum signal signal = (enum signal)(rest % 3);
			enum verdict_state before = v.state;

			if (signal == SIGNAL_FAIL)
				fails++;
			else if (signal == SIGNAL_PASS)
				fails = 0;
			verdict_step(&v, &rule, signal, true, at(20 * i), at(20 * i));
			if (v.state == VERDICT_DOWN && before == VERDICT_SUSPECT)
				assert_true(fails >= 3);
			if (fails >= 3)
				assert_int_equal(v.state, VERDICT_DOWN);
			assert_false(before == VERDICT_DOWN && v.state == VERDICT_UP);
			assert_int_equal(wall_is_set(v.failing_since.wall), v.state != VERDICT_UP);
		}
	}
}

static void fall_one_is_down_at_once_when_vouched(void **state)
{
	const struct verdict_rule quick = { .fall = 1, .rise = 1 };
	struct verdict v = { .state = VERDICT_UP };

	(void)state;
	assert_true(verdict_step(&v, &quick, SIGNAL_FAIL, false, at(0), at(0)));
	assert_int_equal(v.state, VERDICT_SUSPECT);
	assert_true(verdict_step(&v, &quick, SIGNAL_FAIL, true, at(1), at(1)));
	assert_int_equal(v.state, VERDICT_DOWN);
}

static void a_recovery_needs_all_its_passes_however_long_they_take(void **state)
{
	const struct verdict_rule three = { .fall = 3, .rise = 3, .settle = 30 * USEC_PER_SEC };
	struct verdict v = { .state = VERDICT_DOWN, .streak = 3, .failing_since = at(0) };

	(void)state;
	assert_true(verdict_step(&v, &three, SIGNAL_PASS, true, at(60), at(60)));
	assert_false(verdict_step(&v, &three, SIGNAL_PASS, true, at(120), at(120)));
	assert_int_equal(v.state, VERDICT_RECOVERING);
	assert_true(verdict_step(&v, &three, SIGNAL_PASS, true, at(180), at(180)));
	assert_int_equal(v.state, VERDICT_UP);
}

static void one_pass_is_no_recovery_that_has_to_settle(void **state)
{
	const struct verdict_rule one = { .fall = 3, .rise = 1, .settle = 30 * USEC_PER_SEC };
	struct verdict v = { .state = VERDICT_DOWN, .streak = 3, .failing_since = at(0) };

	(void)state;
	assert_true(verdict_step(&v, &one, SIGNAL_PASS, true, at(60), at(60)));
	assert_int_equal(v.state, VERDICT_RECOVERING);
	assert_true(verdict_step(&v, &one, SIGNAL_PASS, true, at(90), at(90)));
	assert_int_equal(v.state, VERDICT_UP);
}

/* Our own link's failures are taken back; an outage that was vouched for is not. */
static void only_what_is_not_decided_is_taken_back(void **state)
{
	(void)state;
	for (int s = 0; s < VERDICT_COUNT; s++) {
		struct verdict v = { .state = (enum verdict_state)s,
				     .streak = 2,
				     .since = at(0),
				     .failing_since = at(0) };
		bool is_open = s == VERDICT_SUSPECT || s == VERDICT_UNKNOWN;

		assert_int_equal(verdict_retract(&v, at(9)), s == VERDICT_SUSPECT);
		assert_int_equal(v.state, s == VERDICT_SUSPECT ? VERDICT_UP : s);
		assert_int_equal(v.streak, is_open ? 0 : 2);
		assert_int_equal(wall_is_set(v.failing_since.wall), !is_open);
	}
}

static void names_go_both_ways(void **state)
{
	enum verdict_state back;

	(void)state;
	for (int s = 0; s < VERDICT_COUNT; s++) {
		assert_true(verdict_parse(verdict_name((enum verdict_state)s), &back));
		assert_int_equal(back, s);
		assert_int_equal(verdict_is_failing(back),
				 s == VERDICT_DOWN || s == VERDICT_RECOVERING);
		assert_int_equal(verdict_is_open(back),
				 s == VERDICT_SUSPECT || s == VERDICT_UNKNOWN);
	}
	assert_false(verdict_parse("dead", &back));
	assert_false(verdict_parse("", &back));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cell_of_the_table_holds),
		cmocka_unit_test(no_combination_is_left_out_of_the_table),
		cmocka_unit_test(an_outage_begins_with_its_first_failed_run),
		cmocka_unit_test(a_relapse_makes_the_recovery_begin_anew),
		cmocka_unit_test(after_a_doubtful_failure_good_answers_count_anew),
		cmocka_unit_test(an_interrupted_streak_begins_anew),
		cmocka_unit_test(without_vouching_a_streak_waits_one_short_of_the_fall),
		cmocka_unit_test(no_sequence_of_nine_goes_down_or_up_too_early),
		cmocka_unit_test(fall_one_is_down_at_once_when_vouched),
		cmocka_unit_test(a_recovery_needs_all_its_passes_however_long_they_take),
		cmocka_unit_test(one_pass_is_no_recovery_that_has_to_settle),
		cmocka_unit_test(only_what_is_not_decided_is_taken_back),
		cmocka_unit_test(names_go_both_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
