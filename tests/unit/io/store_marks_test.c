/*
 * store_marks_test.c - marks: what a day's sums were at moments of it, kept for
 * a day and two hours, also over a restart and a clock that steps back.
 */
#include "store_place.h"

#define RAW_KEPT  (7 * USEC_PER_DAY)
#define DAYS_KEPT (90 * USEC_PER_DAY)
#define DAY	  20782 /* the number is the caller's: nothing here asks a calendar */

static const struct store_day none = { 0 };

/* A mark at the present moment. */
static void mark(struct place *place, const char *name, int32_t day, uint32_t observed)
{
	store_mark(place->store, name, place->now.wall, day,
		   &(struct store_day){ .observed_s = observed, .down_s = 20, .slow_s = 3,
					.planned_s = 4 });
}

static wall_t before(const struct place *place, usec_t span)
{
	return (wall_t){ place->now.wall.us - span };
}

/* The observed seconds of the first mark from then on; -1: there is none. */
static int64_t marked_since(struct place *place, const char *name, wall_t since)
{
	struct store_day sums;
	int32_t day;
	int r = store_load_mark(place->store, name, since, &day, &sums);

	if (r == -ENOENT)
		return -1;
	assert_int_equal(r, 0);
	return sums.observed_s;
}

static void a_mark_comes_back_as_it_was(void **state)
{
	struct place *place = *state;
	wall_t at = place->now.wall;
	struct store_day sums = none;
	int32_t day = 0;

	mark(place, "blog", DAY, 1000);
	flush(place);
	assert_int_equal(store_load_mark(place->store, "blog", at, &day, &sums), 0);
	assert_int_equal(day, DAY);
	assert_int_equal(sums.observed_s, 1000);
	assert_int_equal(sums.down_s, 20);
	assert_int_equal(sums.slow_s, 3);
	assert_int_equal(sums.planned_s, 4);
}

static void without_a_mark_nothing_is_touched(void **state)
{
	struct place *place = *state;
	struct store_day sums = { .observed_s = 77 };
	int32_t day = 5;

	mark(place, "blog", DAY, 1000);
	flush(place);
	assert_int_equal(store_load_mark(place->store, "misskey", (wall_t){ 0 }, &day, &sums),
			 -ENOENT);
	assert_int_equal(store_load_mark(place->store, "blog", place->now.wall, &day, &sums),
			 -ENOENT);
	assert_int_equal(day, 5);
	assert_int_equal(sums.observed_s, 77);
}

static void the_first_mark_from_then_on_is_told(void **state)
{
	struct place *place = *state;
	wall_t first = place->now.wall, second;

	mark(place, "blog", DAY, 1000);
	mark(place, "misskey", DAY, 5);
	flush(place);
	later(place, 15 * USEC_PER_MIN);
	second = place->now.wall;
	mark(place, "blog", DAY, 1900);
	flush(place);
	assert_int_equal(marked_since(place, "blog", (wall_t){ 0 }), 1000);
	assert_int_equal(marked_since(place, "blog", first), 1000);
	assert_int_equal(marked_since(place, "blog", (wall_t){ first.us + 1 }), 1900);
	assert_int_equal(marked_since(place, "blog", second), 1900);
	assert_int_equal(marked_since(place, "blog", (wall_t){ second.us + 1 }), -1);
	assert_int_equal(marked_since(place, "misskey", (wall_t){ 0 }), 5);
}

static void a_mark_at_the_same_moment_replaces_the_first(void **state)
{
	struct place *place = *state;

	mark(place, "blog", DAY, 1000);
	mark(place, "blog", DAY, 1001);
	flush(place);
	assert_int_equal(marked_since(place, "blog", (wall_t){ 0 }), 1001);
}

static void marks_outlive_a_restart(void **state)
{
	struct place *place = *state;

	mark(place, "blog", DAY, 1000);
	flush(place);
	later(place, USEC_PER_HOUR);
	reopen(place);
	assert_int_equal(marked_since(place, "blog", (wall_t){ 0 }), 1000);
	later(place, USEC_PER_HOUR);
	mark(place, "blog", DAY, 4600);
	flush(place);
	reopen(place);
	assert_int_equal(marked_since(place, "blog", (wall_t){ 0 }), 1000);
	assert_int_equal(marked_since(place, "blog", before(place, USEC_PER_HOUR)), 4600);
}

/* A mark each quarter of an hour for two days: the last 26 h of them stay. */
static void marks_are_kept_a_day_and_two_hours(void **state)
{
	struct place *place = *state;
	wall_t began = place->now.wall;
	usec_t kept = 26 * USEC_PER_HOUR;

	for (uint32_t i = 0; i < 192; i++) {
		mark(place, "blog", DAY + (int32_t)i / 96, i);
		later(place, 15 * USEC_PER_MIN);
	}
	flush(place);
	assert_int_equal(marked_since(place, "blog", began), 0);
	store_prune(place->store, place->now, RAW_KEPT, DAYS_KEPT);
	wall_t oldest = before(place, kept);

	flush(place);
	/* 48 h and 1 s after the beginning, less 26 h, is one second after mark 88. */
	assert_int_equal((oldest.us - began.us) / USEC_PER_SEC, 22 * 3600 + 1);
	assert_int_equal(marked_since(place, "blog", began), 89);
	assert_int_equal(marked_since(place, "blog", before(place, 24 * USEC_PER_HOUR)), 97);
}

/* Marks of the time that is to come again are no harm: the last day still finds its own. */
static void a_clock_that_steps_back_marks_again(void **state)
{
	struct place *place = *state;
	wall_t first = place->now.wall;

	mark(place, "blog", DAY, 1000);
	flush(place);
	later(place, 3 * USEC_PER_HOUR);
	mark(place, "blog", DAY, 11800);
	flush(place);
	place->now.wall.us -= 2 * USEC_PER_HOUR;
	mark(place, "blog", DAY, 11800);
	flush(place);
	assert_int_equal(marked_since(place, "blog", first), 1000);
	assert_int_equal(marked_since(place, "blog", (wall_t){ first.us + 1 }), 11800);
	store_prune(place->store, place->now, RAW_KEPT, DAYS_KEPT);
	flush(place);
	reopen(place);
	assert_int_equal(marked_since(place, "blog", first), 1000);
}

/* Set forward by a year and back again: what was pruned is gone, new marks serve from then on. */
static void a_clock_that_was_a_year_ahead_leaves_no_mark_behind(void **state)
{
	struct place *place = *state;
	usec_t year = 365 * USEC_PER_DAY;

	mark(place, "blog", DAY, 1000);
	flush(place);
	place->now.wall.us += year;
	mark(place, "blog", DAY + 365, 50);
	store_prune(place->store, place->now, RAW_KEPT, DAYS_KEPT);
	flush(place);
	place->now.wall.us -= year;
	mark(place, "blog", DAY, 1030);
	flush(place);
	assert_int_equal(marked_since(place, "blog", before(place, USEC_PER_DAY)), 1030);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		placed(a_mark_comes_back_as_it_was),
		placed(without_a_mark_nothing_is_touched),
		placed(the_first_mark_from_then_on_is_told),
		placed(a_mark_at_the_same_moment_replaces_the_first),
		placed(marks_outlive_a_restart),
		placed(marks_are_kept_a_day_and_two_hours),
		placed(a_clock_that_steps_back_marks_again),
		placed(a_clock_that_was_a_year_ahead_leaves_no_mark_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
