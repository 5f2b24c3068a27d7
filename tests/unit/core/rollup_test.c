/*
 * rollup_test.c - days against brute force, second by second, in a zone whose
 * days have 23 and 25 hours.
 */
#include "core/rollup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "base/calendar.h"

#define AUTUMN                                                                                     \
	INT64_C(1792800000) /* Sat 24 Oct 2026 00:00 UTC; the day after has 25 hours in Berlin */
#define SPRING INT64_C(1774656000) /* Sat 28 Mar 2026 00:00 UTC; the day after has 23 */
#define SPAN   (4 * 86400)

static struct odd_day odd[ODD_DAYS_MAX(3)];
static struct daybook book;
static struct rollup rollups[3];

/* The first of three that share a book, which is as new. */
static struct rollup *rollup_new(void)
{
	memset(odd, 0, sizeof odd);
	book = (struct daybook){ .odd = odd };
	for (size_t i = 0; i < 3; i++)
		rollup_init(&rollups[i], &book);
	return &rollups[0];
}

static wall_t wall(int64_t seconds)
{
	return (wall_t){ seconds * USEC_PER_SEC };
}

struct truth {
	int64_t from;
	unsigned char as[SPAN]; /* booking + 1; 0: nothing */
};

static void truth_book(struct truth *t, int64_t from, int64_t to, enum booking as)
{
	for (int64_t s = from; s < to; s++)
		t->as[s - t->from] = (unsigned char)(as + 1);
}

static struct day_sums truth_day(const struct truth *t, int32_t day)
{
	struct day_sums sums = { 0 };

	for (int64_t s = 0; s < SPAN; s++) {
		if (t->as[s] == 0 || t->as[s] == BOOK_UNOBSERVED + 1 ||
		    calendar_day(wall(t->from + s)) != day)
			continue;
		sums.planned_s += t->as[s] == BOOK_PLANNED + 1;
		sums.observed_s += t->as[s] != BOOK_PLANNED + 1;
		sums.down_s += t->as[s] == BOOK_DOWN + 1;
		sums.slow_s += t->as[s] == BOOK_SLOW + 1;
	}
	return sums;
}

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

static void compare_days(const struct rollup *r, const struct truth *t)
{
	for (int32_t day = calendar_day(wall(t->from)) - 1;
	     day <= calendar_day(wall(t->from + SPAN)) + 1; day++) {
		struct day_sums is = rollup_day(r, day), wanted = truth_day(t, day);

		assert_memory_equal(&is, &wanted, sizeof is);
	}
}

static void replay(int64_t from, uint32_t seed)
{
	struct rollup *r = rollup_new();
	struct truth *t = calloc(1, sizeof *t);
	int64_t at = from;

	assert_non_null(t);
	t->from = from;
	rollup_book(r, wall(at), BOOK_UP); /* only starts */
	for (;;) {
		int64_t next = at + 1 + next_random(&seed) % 9000;
		enum booking as = (enum booking)(next_random(&seed) % 5);

		if (next >= from + SPAN)
			break;
		rollup_book(r, (wall_t){ next * USEC_PER_SEC + next_random(&seed) % 1000000 }, as);
		truth_book(t, at, next, as);
		at = next;
	}
	compare_days(r, t);
	free(t);
}

static void days_equal_brute_force(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= 12; seed++) {
		replay(AUTUMN, seed);
		replay(SPRING, seed);
	}
}

static void a_day_of_25_hours_has_its_seconds(void **state)
{
	struct rollup *r = rollup_new();
	int32_t day = calendar_day(wall(AUTUMN + 36 * 3600));

	(void)state;
	rollup_book(r, wall(AUTUMN), BOOK_UP);
	rollup_book(r, wall(AUTUMN + 3 * 86400), BOOK_UP);
	assert_int_equal(rollup_day(r, day).observed_s, 25 * 3600);
	assert_int_equal(rollup_day(r, day + 1).observed_s, 24 * 3600);
}

static void a_day_of_23_hours_has_its_seconds(void **state)
{
	struct rollup *r = rollup_new();
	int32_t day = calendar_day(wall(SPRING + 36 * 3600));

	(void)state;
	rollup_book(r, wall(SPRING), BOOK_UP);
	rollup_book(r, wall(SPRING + 3 * 86400), BOOK_UP);
	assert_int_equal(rollup_day(r, day).observed_s, 23 * 3600);
}

static void a_clock_that_steps_back_books_nothing_twice(void **state)
{
	struct rollup *r = rollup_new();
	int32_t day = calendar_day(wall(AUTUMN + 4 * 3600));

	(void)state;
	rollup_book(r, wall(AUTUMN + 3600), BOOK_UP);
	rollup_book(r, wall(AUTUMN + 7200), BOOK_UP);
	rollup_book(r, wall(AUTUMN + 3700), BOOK_DOWN);
	rollup_book(r, wall(AUTUMN + 7100), BOOK_DOWN);
	assert_int_equal(rollup_day(r, day).observed_s, 3600);
	assert_int_equal(rollup_day(r, day).down_s, 0);
}

static void ninety_days_are_kept_and_no_more(void **state)
{
	struct rollup *r = rollup_new();
	int64_t noon = AUTUMN + 12 * 3600;
	int32_t first = calendar_day(wall(noon)), newest;
	struct day_sums window;

	(void)state;
	rollup_book(r, wall(noon), BOOK_UP);
	for (int i = 1; i <= 100; i++)
		rollup_book(r, wall(noon + i * INT64_C(86400)), i % 2 ? BOOK_UP : BOOK_DOWN);
	newest = calendar_day(wall(noon + 100 * INT64_C(86400)));
	assert_int_equal(rollup_day(r, first).observed_s, 0);
	assert_int_equal(rollup_day(r, newest - 90).observed_s, 0);
	assert_true(rollup_day(r, newest - 89).observed_s > 0);
	assert_int_equal(rollup_day(r, newest + 1).observed_s, 0);
	window = rollup_window(r, newest, 30);
	assert_in_range(window.observed_s, 29 * 86400, 30 * 86400);
	assert_in_range(window.down_s, 14 * 86400, 16 * 86400);
}

static void stored_days_come_back_and_go_on(void **state)
{
	struct rollup *r = rollup_new();
	int32_t day = calendar_day(wall(AUTUMN + 12 * 3600));
	struct day_sums stored = {
		.observed_s = 1000, .down_s = 100, .slow_s = 10, .planned_s = 1
	};

	(void)state;
	rollup_restore(r, day - 1, &stored);
	rollup_restore(r, day, &stored);
	assert_int_equal(rollup_window(r, day, 2).observed_s, 2000);
	rollup_book(r, wall(AUTUMN + 12 * 3600), BOOK_UP);
	rollup_book(r, wall(AUTUMN + 13 * 3600), BOOK_DOWN);
	assert_int_equal(rollup_day(r, day).observed_s, 4600);
	assert_int_equal(rollup_day(r, day).down_s, 3700);
	assert_int_equal(rollup_day(r, day - 1).observed_s, 1000);
}

/* Of an old disk, or of a clock that was far ahead: it takes nothing from the days that are kept. */
static void what_is_older_than_the_days_kept_goes_nowhere(void **state)
{
	struct rollup *r = rollup_new();
	int32_t day = calendar_day(wall(AUTUMN));
	const struct day_sums sums = { .observed_s = 1000 };

	(void)state;
	rollup_restore(r, day, &sums);
	rollup_restore(r, day - ROLLUP_DAYS, &sums);
	assert_int_equal(rollup_day(r, day - ROLLUP_DAYS).observed_s, 0);
	rollup_book(r, wall(AUTUMN - 100 * INT64_C(86400)), BOOK_UP);
	rollup_book(r, wall(AUTUMN - 100 * INT64_C(86400) + 3600), BOOK_DOWN);
	assert_int_equal(rollup_window(r, day, ROLLUP_DAYS).observed_s, 1000);
	assert_int_equal(rollup_window(r, day, ROLLUP_DAYS).down_s, 0);
}

static void percentages_are_rounded_down(void **state)
{
	(void)state;
	assert_int_equal(rollup_uptime(&(struct day_sums){ 0 }), -1);
	assert_int_equal(rollup_uptime(&(struct day_sums){ .planned_s = 5 }), -1);
	assert_int_equal(rollup_uptime(&(struct day_sums){ .observed_s = 86400 }), 100000);
	assert_int_equal(rollup_uptime(&(struct day_sums){ .observed_s = 90 * 86400, .down_s = 1 }),
			 99999);
	assert_int_equal(rollup_uptime(&(struct day_sums){ .observed_s = 3, .down_s = 1 }), 66666);
	assert_int_equal(rollup_uptime(&(struct day_sums){ .observed_s = 86400, .down_s = 86400 }),
			 0);
	assert_true(rollup_uptime(&(struct day_sums){ .observed_s = 90 * 86400,
						      .down_s = 90 * 86400 - 1 }) > 0);
	assert_int_equal(rollup_uptime(&(struct day_sums){
				 .observed_s = 1000, .down_s = 0, .slow_s = 1000 }),
			 100000);
}

/* ---- what is kept, against plain arrays ---- */

struct plain {
	int32_t newest;
	struct day_sums days[200]; /* by day number less FIRST */
};

#define FIRST 20000

static uint32_t odd_or_not(uint32_t *seed, uint32_t most)
{
	return next_random(seed) % 3 == 0 ? next_random(seed) % (most + 1) : 0;
}

/* Whole and empty ones, those of 23 and 25 hours, those one second short, and any. */
static struct day_sums any_day(uint32_t *seed)
{
	static const uint32_t often[] = { 86400, 86400, 86400, 82800, 90000, 86399, 86401, 0 };
	struct day_sums sums = { .observed_s = often[next_random(seed) % 8] };

	if (next_random(seed) % 2 == 0)
		return sums;
	sums.down_s = odd_or_not(seed, sums.observed_s);
	sums.slow_s = odd_or_not(seed, sums.observed_s);
	sums.planned_s = odd_or_not(seed, 90000);
	return sums;
}

static void plain_put(struct plain *p, int32_t day, const struct day_sums *sums)
{
	for (; p->newest < day; p->newest++)
		if (p->newest >= FIRST && p->newest + 1 - FIRST < 200)
			p->days[p->newest + 1 - FIRST] = (struct day_sums){ 0 };
	if (day > p->newest - ROLLUP_DAYS)
		p->days[day - FIRST] = *sums;
}

static void same_days(const struct rollup *r, const struct plain *p)
{
	for (int32_t day = FIRST; day < FIRST + 200; day++) {
		bool is_held = day <= p->newest && day > p->newest - ROLLUP_DAYS;
		struct day_sums is = rollup_day(r, day), wanted = { 0 };

		if (is_held)
			wanted = p->days[day - FIRST];
		assert_memory_equal(&is, &wanted, sizeof is);
	}
}

static void shuffle(uint32_t seed)
{
	struct plain plain[2] = { { .newest = FIRST }, { .newest = FIRST } };

	(void)rollup_new();
	for (int i = 0; i < 600; i++) {
		unsigned which = next_random(&seed) % 2;
		int32_t day = FIRST + 1 + i / 4 + (int32_t)(next_random(&seed) % 40);
		struct day_sums sums = any_day(&seed);

		rollup_restore(&rollups[which], day, &sums);
		plain_put(&plain[which], day, &sums);
		if (i % 20 == 0)
			same_days(&rollups[which], &plain[which]);
	}
	for (size_t i = 0; i < 2; i++)
		same_days(&rollups[i], &plain[i]);
	rollup_copy(&rollups[2], &rollups[0]);
	same_days(&rollups[2], &plain[0]);
	rollup_copy(&rollups[2], &rollups[1]);
	same_days(&rollups[2], &plain[1]);
}

static void days_are_kept_as_a_plain_array_keeps_them(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= 40; seed++)
		shuffle(seed);
}

static void a_book_has_room_for_every_day_of_each(void **state)
{
	struct rollup *r = rollup_new();

	(void)state;
	for (int32_t day = FIRST; day < FIRST + 1000; day++)
		for (int i = 0; i < 3; i++)
			rollup_restore(&r[i], day, &(struct day_sums){ .observed_s = (uint32_t)(day + i) });
	assert_int_equal(book.used, 3 * ROLLUP_DAYS);
	for (int32_t day = FIRST + 1000 - ROLLUP_DAYS; day < FIRST + 1000; day++)
		for (int i = 0; i < 3; i++)
			assert_int_equal(rollup_day(&r[i], day).observed_s, day + i);
}

static void whole_days_take_nothing_of_the_book(void **state)
{
	struct rollup *r = rollup_new();
	int64_t midnight = SPRING + 3 * 86400 - 2 * 3600; /* in Berlin, in summer */

	(void)state;
	rollup_book(r, wall(midnight), BOOK_UP);
	for (int i = 1; i <= 50 * 24; i++)
		rollup_book(r, wall(midnight + i * 3600), BOOK_UP);
	assert_int_equal(book.used, 1); /* the running day's, again and again */
	assert_int_equal(rollup_window(r, r->newest, ROLLUP_DAYS).observed_s, 50 * 86400);
}

static void a_day_of_more_seconds_than_there_are_is_cut(void **state)
{
	struct rollup *r = rollup_new();

	(void)state;
	rollup_restore(r, FIRST, &(struct day_sums){ UINT32_MAX, UINT32_MAX, 1, DAY_S_MAX + 1 });
	assert_int_equal(rollup_day(r, FIRST).observed_s, DAY_S_MAX);
	assert_int_equal(rollup_day(r, FIRST).down_s, DAY_S_MAX);
	assert_int_equal(rollup_day(r, FIRST).slow_s, 1);
	assert_int_equal(rollup_day(r, FIRST).planned_s, DAY_S_MAX);
}

static void what_was_booked_as_up_can_turn_out_to_have_been_down(void **state)
{
	struct rollup *r = rollup_new();
	int32_t day = calendar_day(wall(AUTUMN + 3600));

	(void)state;
	rollup_book(r, wall(AUTUMN), BOOK_UP);
	rollup_book(r, wall(AUTUMN + 100), BOOK_UP);
	rollup_book(r, wall(AUTUMN + 150), BOOK_UNOBSERVED);
	rollup_book(r, wall(AUTUMN + 250), BOOK_UP);
	rollup_refute(r, wall(AUTUMN + 200));
	assert_int_equal(rollup_day(r, day).down_s, 50);
	assert_int_equal(rollup_day(r, day).observed_s, 200);
	/* Once, and never what was not seen, or seen as something else. */
	rollup_refute(r, wall(AUTUMN));
	assert_int_equal(rollup_day(r, day).down_s, 50);
	rollup_book(r, wall(AUTUMN + 300), BOOK_DOWN);
	rollup_refute(r, wall(AUTUMN));
	assert_int_equal(rollup_day(r, day).down_s, 100);
	rollup_book(r, wall(AUTUMN + 400), BOOK_UP);
	rollup_refute(r, wall(AUTUMN));
	assert_int_equal(rollup_day(r, day).down_s, 200);
	assert_int_equal(rollup_day(r, day).observed_s, 350);
	rollup_refute(r, wall(AUTUMN + 900));
	assert_int_equal(rollup_day(r, day).down_s, 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_equal_brute_force),
		cmocka_unit_test(a_day_of_25_hours_has_its_seconds),
		cmocka_unit_test(a_day_of_23_hours_has_its_seconds),
		cmocka_unit_test(a_clock_that_steps_back_books_nothing_twice),
		cmocka_unit_test(ninety_days_are_kept_and_no_more),
		cmocka_unit_test(stored_days_come_back_and_go_on),
		cmocka_unit_test(what_is_older_than_the_days_kept_goes_nowhere),
		cmocka_unit_test(percentages_are_rounded_down),
		cmocka_unit_test(days_are_kept_as_a_plain_array_keeps_them),
		cmocka_unit_test(a_book_has_room_for_every_day_of_each),
		cmocka_unit_test(whole_days_take_nothing_of_the_book),
		cmocka_unit_test(a_day_of_more_seconds_than_there_are_is_cut),
		cmocka_unit_test(what_was_booked_as_up_can_turn_out_to_have_been_down),
	};

	setenv("TZ", "Europe/Berlin", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
