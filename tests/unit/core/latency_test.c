/*
 * latency_test.c - 24 h of response times: which of them count, and how exactly.
 */
#include "core/latency.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#define AT (INT64_C(1792800000) * USEC_PER_SEC)

static wall_t after(usec_t span)
{
	return (wall_t){ AT + span };
}

static void the_median_is_of_the_last_day(void **state)
{
	struct latency l = { 0 };
	usec_t at = 0;

	(void)state;
	assert_int_equal(latency_median(&l, after(0)), 0);
	for (int i = 0; i < 96; i++, at += 15 * USEC_PER_MIN)
		latency_add(&l, after(at), 100 * USEC_PER_MS);
	assert_in_range(latency_median(&l, after(at)), 99900, 100100);
	for (int i = 0; i < 60; i++, at += 15 * USEC_PER_MIN)
		latency_add(&l, after(at), 300 * USEC_PER_MS);
	assert_in_range(latency_median(&l, after(at)), 299700, 300300);
	assert_int_equal(latency_median(&l, after(at + 2 * USEC_PER_DAY)), 0);
}

static void what_is_a_day_old_counts_no_more(void **state)
{
	struct latency l = { 0 };

	(void)state;
	latency_add(&l, after(0), 7);
	assert_int_equal(latency_median(&l, after(USEC_PER_DAY - USEC_PER_HOUR)), 7);
	assert_int_equal(latency_median(&l, after(USEC_PER_DAY)), 0);
	latency_add(&l, after(3 * USEC_PER_DAY), 9);
	assert_int_equal(latency_median(&l, after(3 * USEC_PER_DAY)), 9);
	/* a clock that was set back */
	latency_add(&l, after(2 * USEC_PER_DAY), 1000);
	assert_int_equal(latency_median(&l, after(3 * USEC_PER_DAY)), 9);
}

static usec_t kept(usec_t us)
{
	struct latency l = { 0 };

	latency_add(&l, after(0), us);
	return latency_median(&l, after(0));
}

static void it_is_right_to_a_thousandth_and_keeps_its_order(void **state)
{
	usec_t before = 1;

	(void)state;
	for (usec_t us = 1; us < 100 * USEC_PER_HOUR; us += us / 3000 + 1) {
		usec_t is = kept(us);

		assert_true(us >= 2048 || is == us);
		assert_true(llabs(is - us) * 1000 <= us);
		assert_true(is >= before);
		before = is;
	}
}

/* Some machines have no clock of their own and begin in 1970. */
static void it_is_known_in_the_first_day_of_time(void **state)
{
	struct latency l = { 0 };

	(void)state;
	latency_add(&l, (wall_t){ USEC_PER_MIN }, 100 * USEC_PER_MS);
	assert_in_range(latency_median(&l, (wall_t){ USEC_PER_MIN }), 99900, 100100);
}

static void what_cannot_be_is_cut(void **state)
{
	(void)state;
	assert_int_equal(kept(0), 1); /* 0 would be no measurement */
	assert_int_equal(kept(-5), 1);
	assert_true(kept(INT64_MAX) > 1000 * USEC_PER_HOUR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_median_is_of_the_last_day),
		cmocka_unit_test(what_is_a_day_old_counts_no_more),
		cmocka_unit_test(it_is_right_to_a_thousandth_and_keeps_its_order),
		cmocka_unit_test(it_is_known_in_the_first_day_of_time),
		cmocka_unit_test(what_cannot_be_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
