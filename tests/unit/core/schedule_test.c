/*
 * schedule_test.c - the grid that never drifts, and the re-tests of a suspect.
 */
#include "core/schedule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static struct target_plan target_named(const char *name)
{
	return (struct target_plan){
		.name = name,
		.interval = 60 * USEC_PER_SEC,
		.timeout = 10 * USEC_PER_SEC,
		.connect_timeout = 5 * USEC_PER_SEC,
		.settle = 30 * USEC_PER_SEC,
		.retest = { 10 * USEC_PER_SEC, 20 * USEC_PER_SEC },
		.retests = 2,
		.fall = 3,
		.rise = 2,
	};
}

static mono_t at(int64_t us)
{
	return (mono_t){ 77777 * USEC_PER_SEC + us };
}

static void a_healthy_target_keeps_its_grid_whatever_its_runs_take(void **state)
{
	struct target_plan t = target_named("blog");
	struct verdict up = { .state = VERDICT_UP };
	mono_t began = schedule_next(&t, &up, true, at(0), at(0));
	int64_t phase = began.us % t.interval;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		usec_t took = (usec_t)((i * 7919) % 9999) * USEC_PER_MS;
		mono_t next = schedule_next(&t, &up, true, began, (mono_t){ began.us + took });

		assert_int_equal(next.us - began.us, t.interval);
		assert_int_equal(next.us % t.interval, phase);
		began = next;
	}
}

static void a_run_that_ends_on_its_slot_waits_for_the_next_one(void **state)
{
	struct target_plan t = target_named("blog");
	struct verdict up = { .state = VERDICT_UP };
	mono_t slot = schedule_next(&t, &up, true, at(0), at(0));

	(void)state;
	assert_int_equal(schedule_next(&t, &up, true, slot, slot).us, slot.us + t.interval);
}

static void names_spread_over_the_interval(void **state)
{
	unsigned buckets[12] = { 0 };
	struct verdict up = { .state = VERDICT_UP };
	char name[16];

	(void)state;
	for (int i = 0; i < 1200; i++) {
		struct target_plan t;

		(void)snprintf(name, sizeof name, "site-%d", i);
		t = target_named(name);
		buckets[schedule_next(&t, &up, true, at(0), at(0)).us % t.interval /
			(5 * USEC_PER_SEC)]++;
	}
	for (int i = 0; i < 12; i++)
		assert_in_range(buckets[i], 60, 140);
}

static void first_runs_come_soon_but_not_all_at_once(void **state)
{
	unsigned per_second[60] = { 0 };
	char name[16];

	(void)state;
	for (int i = 0; i < 500; i++) {
		struct target_plan t;
		mono_t first;

		(void)snprintf(name, sizeof name, "site-%d", i);
		t = target_named(name);
		first = schedule_first(&t, 500, at(0));
		assert_in_range(first.us, at(0).us, at(0).us + t.interval);
		per_second[(first.us - at(0).us) / USEC_PER_SEC]++;
	}
	for (int i = 0; i < 60; i++)
		assert_true(per_second[i] <= 100);
	assert_true(
		schedule_first(&(struct target_plan){ .name = "x", .interval = 60 * USEC_PER_SEC },
			       1, at(0))
			.us < at(0).us + USEC_PER_SEC);
}

static void retests_count_from_the_end_of_the_run_before(void **state)
{
	struct target_plan t = target_named("blog");
	struct verdict v = { .state = VERDICT_SUSPECT, .streak = 1 };

	(void)state;
	for (usec_t took = 0; took <= 10 * USEC_PER_SEC; took += 333 * USEC_PER_MS) {
		v.streak = 1;
		assert_int_equal(schedule_next(&t, &v, true, at(0), at(took)).us,
				 at(took + 10 * USEC_PER_SEC).us);
		v.streak = 2;
		assert_int_equal(schedule_next(&t, &v, true, at(0), at(took)).us,
				 at(took + 20 * USEC_PER_SEC).us);
		v.streak = 3; /* the last one is used again */
		assert_int_equal(schedule_next(&t, &v, true, at(0), at(took)).us,
				 at(took + 20 * USEC_PER_SEC).us);
	}
}

static void what_is_not_up_is_looked_at_every_minute(void **state)
{
	static const usec_t intervals[] = { 10 * USEC_PER_SEC, 60 * USEC_PER_SEC, 10 * USEC_PER_MIN,
					    USEC_PER_DAY };
	static const enum verdict_state states[] = { VERDICT_UNKNOWN, VERDICT_SUSPECT, VERDICT_DOWN,
						     VERDICT_RECOVERING };

	(void)state;
	for (size_t i = 0; i < sizeof intervals / sizeof intervals[0]; i++)
		for (size_t k = 0; k < sizeof states / sizeof states[0]; k++)
			for (int conclusive = 0; conclusive <= 1; conclusive++)
				for (unsigned streak = 0; streak < 5; streak++) {
					struct target_plan t = target_named("blog");
					struct verdict v = { .state = states[k], .streak = streak };
					mono_t next;

					t.interval = intervals[i];
					next = schedule_next(&t, &v, conclusive, at(0),
							     at(10 * USEC_PER_SEC));
					assert_true(next.us > at(10 * USEC_PER_SEC).us);
					assert_true(next.us <= at(70 * USEC_PER_SEC).us);
				}
}

static void a_run_that_proved_nothing_is_made_again_soon(void **state)
{
	struct target_plan t = target_named("blog");
	struct verdict up = { .state = VERDICT_UP };
	mono_t next;

	(void)state;
	t.interval = 10 * USEC_PER_MIN;
	next = schedule_next(&t, &up, false, at(0), at(USEC_PER_SEC));
	assert_true(next.us > at(USEC_PER_SEC).us && next.us <= at(61 * USEC_PER_SEC).us);
}

static void a_recovery_is_over_as_soon_as_it_can_be(void **state)
{
	struct target_plan t = target_named("blog");
	struct verdict v = { .state = VERDICT_RECOVERING, .streak = 1 };

	(void)state;
	/* two passes over 30 s: the second run begins 30 s after the first began */
	assert_int_equal(schedule_next(&t, &v, true, at(0), at(40 * USEC_PER_MS)).us,
			 at(30 * USEC_PER_SEC).us);
}

/* Beyond twice its interval it would count as forgotten, and systemd would be told nothing more. */
/* One pass is enough and nothing has to settle: there is no span to divide. */
static void a_recovery_without_conditions_is_looked_at_at_once(void **state)
{
	struct target_plan t = target_named("blog");
	struct verdict recovering = { .state = VERDICT_RECOVERING, .streak = 1 };
	mono_t next;

	(void)state;
	t.rise = 1;
	t.settle = 0;
	next = schedule_next(&t, &recovering, true, at(0), at(USEC_PER_SEC));
	assert_true(next.us > at(USEC_PER_SEC).us && next.us <= at(2 * USEC_PER_SEC).us);
}

static void a_long_recovery_is_looked_at_as_often_as_anything_else(void **state)
{
	static const usec_t intervals[] = { USEC_PER_SEC, 20 * USEC_PER_SEC, USEC_PER_MIN,
					    USEC_PER_DAY };
	struct verdict v = { .state = VERDICT_RECOVERING, .streak = 1 };
	struct target_plan t = target_named("blog");

	(void)state;
	t.settle = USEC_PER_HOUR;
	for (size_t i = 0; i < sizeof intervals / sizeof intervals[0]; i++) {
		usec_t longest =
			intervals[i] < SCHEDULE_TROUBLED ? intervals[i] : SCHEDULE_TROUBLED;

		t.interval = intervals[i];
		assert_true(schedule_next(&t, &v, true, at(0), at(0)).us <= at(longest).us);
	}
	t.interval = 20 * USEC_PER_SEC, t.settle = 30 * USEC_PER_SEC;
	assert_int_equal(schedule_next(&t, &v, true, at(0), at(0)).us, at(15 * USEC_PER_SEC).us);
}

static void a_short_interval_shortens_everything(void **state)
{
	struct target_plan t = target_named("drill");
	struct verdict down = { .state = VERDICT_DOWN };

	(void)state;
	t.interval = 2 * USEC_PER_SEC;
	assert_true(schedule_next(&t, &down, true, at(0), at(0)).us <= at(2 * USEC_PER_SEC).us);
}

static void a_reference_that_is_silent_is_asked_again_within_ten_seconds(void **state)
{
	struct target_plan t = target_named("reference-1");
	struct verdict down = { .state = VERDICT_DOWN }, up = { .state = VERDICT_UP };

	(void)state;
	t.role = ROLE_REFERENCE;
	assert_true(schedule_next(&t, &down, true, at(0), at(5 * USEC_PER_SEC)).us <=
		    at(15 * USEC_PER_SEC).us);
	assert_true(schedule_next(&t, &up, true, at(0), at(0)).us <= at(t.interval).us);
}

static void a_witness_keeps_its_grid_and_is_asked_again_soon_when_it_matters(void **state)
{
	struct target_plan t = target_named("home-alertmanager");
	mono_t now = at(5 * USEC_PER_SEC), slot;

	(void)state;
	t.role = ROLE_ALERTMANAGER;
	t.retests = 0;
	slot = schedule_witness(&t, false, MONO_NEVER, now);
	assert_true(slot.us > now.us && slot.us <= mono_add(now, t.interval).us);
	assert_int_equal(schedule_witness(&t, false, MONO_NEVER, slot).us,
			 mono_add(slot, t.interval).us);
	assert_int_equal(schedule_witness(&t, true, MONO_NEVER, slot).us,
			 mono_add(slot, 20 * USEC_PER_SEC).us);
	/* when an answer could decide something, if that is sooner and not over */
	assert_int_equal(schedule_witness(&t, false, mono_add(slot, 7), slot).us, slot.us + 7);
	assert_int_equal(schedule_witness(&t, false, slot, slot).us, mono_add(slot, t.interval).us);
	t.interval = 3 * USEC_PER_SEC;
	assert_int_equal(schedule_spacing(&t), USEC_PER_SEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_healthy_target_keeps_its_grid_whatever_its_runs_take),
		cmocka_unit_test(a_run_that_ends_on_its_slot_waits_for_the_next_one),
		cmocka_unit_test(names_spread_over_the_interval),
		cmocka_unit_test(first_runs_come_soon_but_not_all_at_once),
		cmocka_unit_test(retests_count_from_the_end_of_the_run_before),
		cmocka_unit_test(what_is_not_up_is_looked_at_every_minute),
		cmocka_unit_test(a_run_that_proved_nothing_is_made_again_soon),
		cmocka_unit_test(a_recovery_is_over_as_soon_as_it_can_be),
		cmocka_unit_test(a_recovery_without_conditions_is_looked_at_at_once),
		cmocka_unit_test(a_long_recovery_is_looked_at_as_often_as_anything_else),
		cmocka_unit_test(a_short_interval_shortens_everything),
		cmocka_unit_test(a_reference_that_is_silent_is_asked_again_within_ten_seconds),
		cmocka_unit_test(a_witness_keeps_its_grid_and_is_asked_again_soon_when_it_matters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
