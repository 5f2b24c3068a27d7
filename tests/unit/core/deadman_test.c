/*
 * deadman_test.c - watchdog.md 9 and 11, to the microsecond.
 */
#include "core/deadman.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static const struct deadman_rule rule = {
	.period = 60 * USEC_PER_SEC,
	.grace = 240 * USEC_PER_SEC,
	.start_grace = 600 * USEC_PER_SEC,
	.resolved_is_down = true,
};

static struct now at_us(int64_t us)
{
	return (struct now){ { 1000 * USEC_PER_SEC + us }, { 90000 * USEC_PER_SEC + us } };
}

static struct now at(int64_t seconds)
{
	return at_us(seconds * USEC_PER_SEC);
}

/* Advance exactly when it asks for it, as the engine does, until `until`. */
static void live(struct deadman *d, const struct deadman_rule *r, int64_t until_us)
{
	for (;;) {
		mono_t wake = deadman_wake(d, r);

		if (wake.us > at_us(until_us).mono.us)
			break;
		assert_true(deadman_advance(d, r, at_us(wake.us - 1000 * USEC_PER_SEC)));
	}
	assert_false(deadman_advance(d, r, at_us(until_us)));
}

static struct deadman beaten(int64_t first)
{
	struct deadman d;

	deadman_init(&d, at(0));
	deadman_beat(&d, &rule, BEAT_FIRING, at(first));
	return d;
}

static void late_after_two_periods_and_silent_after_period_and_grace(void **state)
{
	struct deadman d = beaten(10);

	(void)state;
	live(&d, &rule, 130 * USEC_PER_SEC - 1);
	assert_int_equal(d.state, DEADMAN_UP);
	live(&d, &rule, 130 * USEC_PER_SEC);
	assert_int_equal(d.state, DEADMAN_LATE);
	live(&d, &rule, 310 * USEC_PER_SEC - 1);
	assert_int_equal(d.state, DEADMAN_LATE);
	live(&d, &rule, 310 * USEC_PER_SEC);
	assert_int_equal(d.state, DEADMAN_SILENT);
	assert_int_equal(d.dead_since.us, at(10).wall.us);
	assert_int_equal(deadman_wake(&d, &rule).us, INT64_MAX);
}

static void a_beat_at_the_last_moment_keeps_it_up(void **state)
{
	struct deadman d = beaten(0);

	(void)state;
	for (int i = 0; i < 20; i++) {
		live(&d, &rule, (i + 1) * (300 * USEC_PER_SEC - 1));
		assert_false(deadman_is_dead(&d));
		deadman_beat(&d, &rule, BEAT_FIRING, at_us((i + 1) * (300 * USEC_PER_SEC - 1)));
		assert_int_equal(d.state, DEADMAN_UP);
	}
}

static void benign_gaps_never_go_down(void **state)
{
	static const int gaps[] = { 60, 72, 105, 210, 60, 105, 105, 210, 72, 60 };
	struct deadman d = beaten(0);
	int64_t t = 0;

	(void)state;
	for (size_t i = 0; i < sizeof gaps / sizeof gaps[0]; i++) {
		t += gaps[i];
		live(&d, &rule, t * USEC_PER_SEC);
		assert_false(deadman_is_dead(&d));
		deadman_beat(&d, &rule, BEAT_FIRING, at(t));
	}
	assert_int_equal(d.beats, 11);
}

static void never_a_beat_is_silent_after_start_grace(void **state)
{
	struct deadman d;

	(void)state;
	deadman_init(&d, at(0));
	live(&d, &rule, 600 * USEC_PER_SEC - 1);
	assert_int_equal(d.state, DEADMAN_NEW);
	live(&d, &rule, 600 * USEC_PER_SEC);
	assert_int_equal(d.state, DEADMAN_SILENT);
}

static void a_resolved_is_down_after_ninety_seconds(void **state)
{
	struct deadman d = beaten(0);

	(void)state;
	deadman_beat(&d, &rule, BEAT_RESOLVED, at(20));
	live(&d, &rule, 110 * USEC_PER_SEC - 1);
	assert_false(deadman_is_dead(&d));
	live(&d, &rule, 110 * USEC_PER_SEC);
	assert_int_equal(d.state, DEADMAN_RESOLVED);
	assert_int_equal(d.dead_since.us, at(0).wall.us);
}

static void a_second_resolved_does_not_put_it_off(void **state)
{
	struct deadman d = beaten(0);

	(void)state;
	for (int t = 20; t < 110; t += 10)
		deadman_beat(&d, &rule, BEAT_RESOLVED, at(t));
	live(&d, &rule, 110 * USEC_PER_SEC);
	assert_int_equal(d.state, DEADMAN_RESOLVED);
}

static void a_resolved_holds_one_and_a_half_long_periods(void **state)
{
	struct deadman_rule slow = rule;
	struct deadman d;

	(void)state;
	slow.period = slow.grace = 600 * USEC_PER_SEC;
	deadman_init(&d, at(0));
	deadman_beat(&d, &slow, BEAT_FIRING, at(0));
	deadman_beat(&d, &slow, BEAT_RESOLVED, at(100));
	live(&d, &slow, 1000 * USEC_PER_SEC - 1);
	assert_false(deadman_is_dead(&d));
	live(&d, &slow, 1000 * USEC_PER_SEC);
	assert_int_equal(d.state, DEADMAN_RESOLVED);
}

/* One second for ten: Prometheus's end must be told by its name, not by the silence after it. */
static void in_a_drill_a_resolved_is_judged_before_the_silence(void **state)
{
	struct deadman_rule drill = rule;
	struct deadman d;

	(void)state;
	drill.period /= 10;
	drill.grace /= 10;
	deadman_init(&d, at(0));
	deadman_beat(&d, &drill, BEAT_FIRING, at(0));
	deadman_beat(&d, &drill, BEAT_RESOLVED, at(6));
	live(&d, &drill, 18 * USEC_PER_SEC - 1);
	assert_false(deadman_is_dead(&d));
	live(&d, &drill, 30 * USEC_PER_SEC);
	assert_int_equal(d.state, DEADMAN_RESOLVED);
}

static void a_firing_takes_a_resolved_back(void **state)
{
	struct deadman d = beaten(0);

	(void)state;
	deadman_beat(&d, &rule, BEAT_RESOLVED, at(20));
	deadman_beat(&d, &rule, BEAT_FIRING, at(109));
	live(&d, &rule, 200 * USEC_PER_SEC);
	assert_int_equal(d.state, DEADMAN_UP);
}

static void a_resolved_alone_is_no_beat(void **state)
{
	struct deadman d = beaten(0);

	(void)state;
	for (int t = 10; t < 300; t += 10)
		deadman_beat(&d,
			     &(struct deadman_rule){ .period = rule.period, .grace = rule.grace },
			     BEAT_RESOLVED, at(t));
	assert_int_equal(d.last.mono.us, at(0).mono.us);
	live(&d, &(struct deadman_rule){ .period = rule.period, .grace = rule.grace },
	     300 * USEC_PER_SEC);
	assert_int_equal(d.state, DEADMAN_SILENT);
}

/* Of an alert that never fired here there is nothing to resolve. */
static void a_resolved_before_the_first_beat_is_nothing(void **state)
{
	struct deadman d;

	(void)state;
	deadman_init(&d, at(0));
	assert_false(deadman_beat(&d, &rule, BEAT_RESOLVED, at(10)));
	assert_int_equal(d.resolved.us, INT64_MAX);
	live(&d, &rule, 300 * USEC_PER_SEC);
	assert_int_equal(d.state, DEADMAN_NEW);
}

static void a_return_needs_two_beats_half_a_period_apart(void **state)
{
	struct deadman d = beaten(0);

	(void)state;
	live(&d, &rule, 1000 * USEC_PER_SEC);
	assert_int_equal(d.state, DEADMAN_SILENT);
	deadman_beat(&d, &rule, BEAT_FIRING, at(1000));
	assert_int_equal(d.state, DEADMAN_RETURNING);
	assert_true(deadman_is_dead(&d));
	deadman_beat(&d, &rule, BEAT_FIRING, at_us(1030 * USEC_PER_SEC - 1));
	assert_true(deadman_is_dead(&d));
	deadman_beat(&d, &rule, BEAT_FIRING, at(1030));
	assert_int_equal(d.state, DEADMAN_UP);
}

static void a_single_beat_in_a_silence_leads_back_to_silence(void **state)
{
	struct deadman d = beaten(0);

	(void)state;
	live(&d, &rule, 1000 * USEC_PER_SEC);
	deadman_beat(&d, &rule, BEAT_FIRING, at(1000));
	live(&d, &rule, 1300 * USEC_PER_SEC);
	assert_int_equal(d.state, DEADMAN_SILENT);
	assert_int_equal(d.dead_since.us, at(0).wall.us);
	/* and the return begins anew */
	deadman_beat(&d, &rule, BEAT_FIRING, at(1310));
	assert_int_equal(d.state, DEADMAN_RETURNING);
}

static void our_absence_adds_exactly_its_span(void **state)
{
	struct deadman d = beaten(0);

	(void)state;
	deadman_excuse(&d, 77 * USEC_PER_SEC, MONO_NEVER);
	live(&d, &rule, 377 * USEC_PER_SEC - 1);
	assert_false(deadman_is_dead(&d));
	live(&d, &rule, 377 * USEC_PER_SEC);
	assert_int_equal(d.state, DEADMAN_SILENT);
}

/* A beat waited in the kernel while we were suspended, and is read before the span is known. */
static void what_came_in_the_absence_is_not_put_off_by_it(void **state)
{
	struct deadman d = beaten(0);

	(void)state;
	deadman_beat(&d, &rule, BEAT_FIRING, at(3600));
	deadman_excuse(&d, 3500 * USEC_PER_SEC, at(3600).mono);
	live(&d, &rule, 3900 * USEC_PER_SEC - 1);
	assert_false(deadman_is_dead(&d));
	live(&d, &rule, 3900 * USEC_PER_SEC);
	assert_int_equal(d.state, DEADMAN_SILENT);
}

static void an_absence_also_puts_a_resolved_off(void **state)
{
	struct deadman d = beaten(0);

	(void)state;
	deadman_beat(&d, &rule, BEAT_RESOLVED, at(20));
	deadman_excuse(&d, 40 * USEC_PER_SEC, MONO_NEVER);
	live(&d, &rule, 150 * USEC_PER_SEC - 1);
	assert_false(deadman_is_dead(&d));
	live(&d, &rule, 150 * USEC_PER_SEC);
	assert_int_equal(d.state, DEADMAN_RESOLVED);
}

static void two_replicas_at_once_are_one_beat_and_a_duplicate(void **state)
{
	struct deadman d = beaten(0);

	(void)state;
	for (int i = 1; i <= 10; i++) {
		deadman_beat(&d, &rule, BEAT_FIRING, at_us(i * 60 * USEC_PER_SEC));
		deadman_beat(&d, &rule, BEAT_FIRING, at_us(i * 60 * USEC_PER_SEC + 200000));
	}
	assert_int_equal(d.beats, 21);
	assert_int_equal(d.duplicates, 10);
	assert_in_range(d.cadence, 59 * USEC_PER_SEC, 61 * USEC_PER_SEC);
}

static void the_cadence_is_the_median_of_the_last_ten_gaps(void **state)
{
	struct deadman d = beaten(0);
	int64_t t = 0;

	(void)state;
	assert_int_equal(d.cadence, 0);
	for (int i = 0; i < 30; i++)
		deadman_beat(&d, &rule, BEAT_FIRING, at(t += 60));
	assert_int_equal(d.cadence, 60 * USEC_PER_SEC);
	for (int i = 0; i < 7; i++)
		deadman_beat(&d, &rule, BEAT_FIRING, at(t += 250));
	assert_int_equal(d.cadence, 250 * USEC_PER_SEC);
}

static void a_drill_of_seconds_scales(void **state)
{
	const struct deadman_rule drill = { .period = USEC_PER_SEC,
					    .grace = 4 * USEC_PER_SEC,
					    .start_grace = 10 * USEC_PER_SEC,
					    .resolved_is_down = true };
	struct deadman d;

	(void)state;
	deadman_init(&d, at(0));
	deadman_beat(&d, &drill, BEAT_FIRING, at(0));
	live(&d, &drill, 2 * USEC_PER_SEC);
	assert_int_equal(d.state, DEADMAN_LATE);
	live(&d, &drill, 5 * USEC_PER_SEC);
	assert_int_equal(d.state, DEADMAN_SILENT);
	deadman_beat(&d, &drill, BEAT_FIRING, at(6));
	deadman_beat(&d, &drill, BEAT_FIRING, at_us(6500 * USEC_PER_MS));
	assert_int_equal(d.state, DEADMAN_UP);
}

/* Every sequence of 8 half-minute steps of {nothing, firing, resolved}: dead only for a reason, up
 * only by beats. */
static void no_sequence_is_judged_without_cause(void **state)
{
	(void)state;
	for (unsigned code = 0; code < 6561; code++) { /* 3^8 */
		struct deadman d = beaten(0);
		int64_t last = 0, resolved = -1;
		unsigned rest = code;

		for (int i = 1; i <= 8; i++, rest /= 3) {
			int64_t t = 45 * i;

			live(&d, &rule, t * USEC_PER_SEC);
			if (d.state == DEADMAN_SILENT)
				assert_true(t - last >= 300);
			if (d.state == DEADMAN_RESOLVED)
				assert_true(resolved >= 0 && t - resolved >= 90);
			if (resolved >= 0 && t - resolved >= 90 && last < resolved)
				assert_true(deadman_is_dead(&d));
			if (rest % 3 == 1) {
				deadman_beat(&d, &rule, BEAT_FIRING, at(t));
				last = t;
				resolved = -1;
			} else if (rest % 3 == 2) {
				deadman_beat(&d, &rule, BEAT_RESOLVED, at(t));
				resolved = resolved < 0 ? t : resolved;
			}
		}
	}
}

static void names_go_both_ways(void **state)
{
	enum deadman_state back;

	(void)state;
	for (int s = 0; s < DEADMAN_COUNT; s++) {
		assert_true(deadman_parse(deadman_name((enum deadman_state)s), &back));
		assert_int_equal(back, s);
	}
	assert_false(deadman_parse("dead", &back));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(late_after_two_periods_and_silent_after_period_and_grace),
		cmocka_unit_test(a_beat_at_the_last_moment_keeps_it_up),
		cmocka_unit_test(benign_gaps_never_go_down),
		cmocka_unit_test(never_a_beat_is_silent_after_start_grace),
		cmocka_unit_test(a_resolved_is_down_after_ninety_seconds),
		cmocka_unit_test(a_second_resolved_does_not_put_it_off),
		cmocka_unit_test(a_resolved_holds_one_and_a_half_long_periods),
		cmocka_unit_test(in_a_drill_a_resolved_is_judged_before_the_silence),
		cmocka_unit_test(a_firing_takes_a_resolved_back),
		cmocka_unit_test(a_resolved_alone_is_no_beat),
		cmocka_unit_test(a_resolved_before_the_first_beat_is_nothing),
		cmocka_unit_test(a_return_needs_two_beats_half_a_period_apart),
		cmocka_unit_test(a_single_beat_in_a_silence_leads_back_to_silence),
		cmocka_unit_test(our_absence_adds_exactly_its_span),
		cmocka_unit_test(what_came_in_the_absence_is_not_put_off_by_it),
		cmocka_unit_test(an_absence_also_puts_a_resolved_off),
		cmocka_unit_test(two_replicas_at_once_are_one_beat_and_a_duplicate),
		cmocka_unit_test(the_cadence_is_the_median_of_the_last_ten_gaps),
		cmocka_unit_test(a_drill_of_seconds_scales),
		cmocka_unit_test(no_sequence_is_judged_without_cause),
		cmocka_unit_test(names_go_both_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
