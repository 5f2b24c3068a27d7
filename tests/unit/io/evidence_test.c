/*
 * evidence_test.c - of which failures evidence is kept. Pure.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "io/evidence.h"

static const struct evidence some;
static struct keeper keeper;
static mono_t now;

static int setup(void **state)
{
	(void)state;
	now.us = 1000 * USEC_PER_HOUR;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	keeper_done(&keeper);
	return 0;
}

static bool ends(uint32_t target, enum cause cause)
{
	const struct observation seen = { .target = target,
					  .started.mono = now,
					  .outcome = { PHASE_CONNECT, cause } };

	return keeper_take(&keeper, &seen, &some);
}

static void the_first_three_failures_of_an_outage_are_kept(void **state)
{
	(void)state;
	assert_int_equal(keeper_streak(&keeper, 7), 0);
	for (unsigned i = 0; i < 3; i++) {
		assert_true(keeper_wants(&keeper, 7, now));
		assert_true(ends(7, CAUSE_REFUSED));
		assert_int_equal(keeper_streak(&keeper, 7), i + 1);
	}
	assert_false(keeper_wants(&keeper, 7, now));
	assert_false(ends(7, CAUSE_REFUSED));
	assert_int_equal(keeper_streak(&keeper, 7), 4);
	assert_int_equal(keeper_streak(&keeper, 6), 0);
	assert_int_equal(keeper_streak(&keeper, 100000), 0);
}

static void then_one_an_hour(void **state)
{
	unsigned kept = 0;

	(void)state;
	for (int minute = 0; minute < 5 * 60; minute++, now.us += USEC_PER_MIN)
		kept += ends(7, CAUSE_TIMEOUT);
	assert_int_equal(kept, 3 + 4);
}

static void the_next_outage_begins_anew(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++)
		(void)ends(7, CAUSE_REFUSED);
	assert_false(ends(7, CAUSE_PASS));
	assert_int_equal(keeper_streak(&keeper, 7), 0);
	assert_true(ends(7, CAUSE_REFUSED));
}

static void what_is_our_own_fault_is_neither_kept_nor_an_end(void **state)
{
	(void)state;
	assert_true(ends(7, CAUSE_REFUSED));
	assert_false(ends(7, CAUSE_LAGGED));
	assert_false(ends(7, CAUSE_RESOLVER));
	assert_int_equal(keeper_streak(&keeper, 7), 1);
}

static void a_failure_without_evidence_is_counted_all_the_same(void **state)
{
	const struct observation seen = { .target = 1,
					  .started.mono = now,
					  .outcome = { PHASE_CONNECT, CAUSE_REFUSED } };

	(void)state;
	assert_false(keeper_take(&keeper, &seen, NULL));
	assert_int_equal(keeper_streak(&keeper, 1), 1);
}

/* Ten thousand sites fail at once, and flap for hours. */
static void all_together_are_bounded(void **state)
{
	unsigned kept = 0;

	(void)state;
	for (int minute = 0; minute < 180; minute++, now.us += USEC_PER_MIN) {
		for (uint32_t target = 0; target < 1000; target++)
			kept += ends(target, minute % 5 == 4 ? CAUSE_PASS : CAUSE_REFUSED);
	}
	assert_int_equal(kept, 3 * 1500);
}

static void the_count_of_failures_does_not_run_over(void **state)
{
	(void)state;
	for (int i = 0; i < 70000; i++)
		(void)ends(0, CAUSE_REFUSED);
	assert_int_equal(keeper_streak(&keeper, 0), UINT16_MAX);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(the_first_three_failures_of_an_outage_are_kept),
		TEST(then_one_an_hour),
		TEST(the_next_outage_begins_anew),
		TEST(what_is_our_own_fault_is_neither_kept_nor_an_end),
		TEST(a_failure_without_evidence_is_counted_all_the_same),
		TEST(all_together_are_bounded),
		TEST(the_count_of_failures_does_not_run_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
