/*
 * until_test.c - how long, as people write it, and when that ends.
 */
#include "app/until.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#define NOW 1795238712 /* Sat 21 Nov 2026, 14:25:12 JST */

static int zone_set(void **state)
{
	(void)state;
	(void)setenv("TZ", "JST-9", 1);
	tzset();
	return 0;
}

static wall_t seconds(int64_t s)
{
	return (wall_t){ s * USEC_PER_SEC };
}

static void clock_ends(const char *text, int64_t expected)
{
	struct until until;

	assert_true(until_read_clock(text, &until));
	assert_int_equal(until_end(&until, seconds(NOW)).us, seconds(expected).us);
}

static void a_duration_counts_from_now(void **state)
{
	struct until until;

	(void)state;
	assert_true(until_read_span("2h", &until));
	assert_int_equal(until_end(&until, seconds(NOW)).us, seconds(NOW + 7200).us);
}

static void a_duration_of_nothing_is_none(void **state)
{
	struct until until;

	(void)state;
	assert_false(until_read_span("0h", &until));
	assert_false(until_read_span("2", &until));
	assert_false(until_read_span("soon", &until));
	assert_false(until_read_span("", &until));
}

static void a_clock_time_is_the_next_one(void **state)
{
	(void)state;
	clock_ends("18:00", 1795251600);
	clock_ends("14:26", 1795238760);
	clock_ends("14:25", 1795238700 + 86400);
	clock_ends("8:00", 1795215600 + 86400);
	clock_ends("00:00", 1795273200);
}

static void a_date_is_taken_as_it_is(void **state)
{
	(void)state;
	clock_ends("2026-11-23T08:00", 1795388400);
	clock_ends("2026-11-20T08:00", 1795129200);
}

static void a_day_that_does_not_exist_ends_nowhere(void **state)
{
	struct until until;

	(void)state;
	assert_true(until_read_clock("2027-02-29T08:00", &until));
	assert_false(wall_is_set(until_end(&until, seconds(NOW))));
}

static void what_is_no_time_is_refused(void **state)
{
	static const char *const wrong[] = {
		"",
		"18",
		"18:0",
		"18:000",
		"24:00",
		"18:60",
		"-8:00",
		" 8:00",
		":00",
		"118:00",
		"18:00:00",
		"T18:00",
		"2026-11-23",
		"2026-11-23T",
		"2026-11-23T8",
		"2026-13-23T08:00",
		"2026-11-23 08:00",
		"26-11-23T08:00",
		"2026-11-00T08:00",
		"2026-11-23T08:00Z",
		"2026-11-23t08:00",
		"0000-11-23T08:00",
	};
	struct until until;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (until_read_clock(wrong[i], &until))
			fail_msg("\"%s\" is taken for a time", wrong[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_duration_counts_from_now),
		cmocka_unit_test(a_duration_of_nothing_is_none),
		cmocka_unit_test(a_clock_time_is_the_next_one),
		cmocka_unit_test(a_date_is_taken_as_it_is),
		cmocka_unit_test(a_day_that_does_not_exist_ends_nowhere),
		cmocka_unit_test(what_is_no_time_is_refused),
	};

	return cmocka_run_group_tests(tests, zone_set, NULL);
}
