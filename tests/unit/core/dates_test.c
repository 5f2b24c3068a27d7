/*
 * dates_test.c - whose word about our clock counts, and how long.
 */
#include "core/dates.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define DAYS(n) ((n) * USEC_PER_DAY)

static mono_t at(int64_t minutes)
{
	return (mono_t){ 5000 * USEC_PER_SEC + minutes * USEC_PER_MIN };
}

static void say(struct dates *dates, uint8_t host, usec_t off, int64_t minutes)
{
	const struct address address = { .family = FAMILY_IPV4, .bytes = { 192, 0, 2, host } };

	dates_hear(dates, &address, off, at(minutes));
}

static bool doubts(const struct dates *dates, int64_t minutes)
{
	usec_t off;

	return dates_doubt(dates, at(minutes), &off);
}

static void two_of_one_mind_accuse_our_clock(void **state)
{
	struct dates dates = { .n = 0 };
	usec_t off = 0;

	(void)state;
	say(&dates, 1, DAYS(3), 0);
	assert_false(doubts(&dates, 0));
	say(&dates, 1, DAYS(3), 1); /* the same one, again */
	assert_false(doubts(&dates, 1));
	say(&dates, 2, DAYS(9), 1); /* of another mind */
	assert_false(doubts(&dates, 1));
	say(&dates, 3, DAYS(3) + USEC_PER_MIN, 2);
	assert_true(dates_doubt(&dates, at(2), &off));
	assert_in_range(off, DAYS(3), DAYS(3) + USEC_PER_MIN);
}

static void as_many_who_agree_with_us_acquit_it(void **state)
{
	struct dates dates = { .n = 0 };

	(void)state;
	say(&dates, 1, DAYS(3), 0);
	say(&dates, 2, DAYS(3), 0);
	say(&dates, 3, 0, 0);
	assert_true(doubts(&dates, 0));
	say(&dates, 4, USEC_PER_SEC, 0);
	assert_false(doubts(&dates, 0));
}

/* What was said an hour ago may have been of another clock: of theirs, or of ours. */
static void what_was_said_long_ago_is_forgotten(void **state)
{
	struct dates dates = { .n = 0 };

	(void)state;
	say(&dates, 1, DAYS(3), 0);
	say(&dates, 2, DAYS(3), 30);
	assert_true(doubts(&dates, 59));
	assert_false(doubts(&dates, 61));
}

/* More hosts than places: whoever was heard last is heard. */
static void the_one_not_heard_for_longest_makes_room(void **state)
{
	struct dates dates = { .n = 0 };

	(void)state;
	for (uint8_t i = 0; i < DATES_MAX; i++)
		say(&dates, i, 0, i);
	assert_false(doubts(&dates, DATES_MAX));
	for (uint8_t i = 0; i < DATES_MAX; i++)
		say(&dates, (uint8_t)(100 + i), DAYS(3), 20 + i);
	assert_true(doubts(&dates, 40));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_of_one_mind_accuse_our_clock),
		cmocka_unit_test(as_many_who_agree_with_us_acquit_it),
		cmocka_unit_test(what_was_said_long_ago_is_forgotten),
		cmocka_unit_test(the_one_not_heard_for_longest_makes_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
