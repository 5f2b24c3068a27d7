/*
 * window_test.c - spans of planned work, against an oracle that walks the
 * clock minute by minute, and by hand where people have written them down.
 */
#include "core/window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/calendar.h"
#include "base/zone.h"

#define DAY_MINUTES 1440
#define ALL_DAYS    (UINT32_MAX - 1)
#define ALL_MONTHS  0x1ffe
#define ALL_WEEK    0x7f
#define SUNDAY	    0x01
#define SATURDAY    0x40

static struct arena *arena;

static int arena_make(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int arena_end(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static const struct zone *zone_set(const char *name)
{
	const struct zone *zone = NULL;

	assert_int_equal(setenv("TZ", name, 1), 0);
	tzset();
	assert_int_equal(zone_read(arena, name, &zone), 0);
	return zone;
}

static wall_t utc(int year, int month, int day, int hour, int minute)
{
	return (wall_t){ (int64_t)calendar_day_number(year, month, day) * USEC_PER_DAY +
			 hour * USEC_PER_HOUR + minute * USEC_PER_MIN };
}

static struct recurrence at_clock(int hour, int minute)
{
	return (struct recurrence){ .minutes = UINT64_C(1) << minute,
				    .hours = UINT32_C(1) << hour,
				    .days = ALL_DAYS,
				    .months = ALL_MONTHS,
				    .weekdays = ALL_WEEK };
}

static struct window_plan by_clock(int hour, int minute, int end_hour, int end_minute)
{
	return (struct window_plan){ .begins = at_clock(hour, minute),
				     .ends = (uint32_t)(end_hour * 60 + end_minute) };
}

static struct window_plan lasting(int hour, int minute, usec_t duration)
{
	return (struct window_plan){ .begins = at_clock(hour, minute),
				     .duration = duration,
				     .ends = WINDOW_CLOCK_NONE };
}

static void assert_span(const struct window_plan *w, wall_t at, wall_t from, wall_t until)
{
	struct span span = window_span(w, at);

	assert_int_equal(span.from.us, from.us);
	assert_int_equal(span.until.us, until.us);
}

static void assert_none(const struct window_plan *w, wall_t at)
{
	struct span span = window_span(w, at);

	assert_false(wall_is_set(span.from));
	assert_false(wall_is_set(span.until));
	assert_false(span_has(&span, at));
}

/* ---- the oracle ---- */

#define WALK_DAYS 26
#define WALK	  (WALK_DAYS * DAY_MINUTES)
#define SPANS_MAX (WALK + DAY_MINUTES)

/* All spans that begin within the walk, in minutes since 1970; in the order of their beginning. */
struct walk {
	int64_t from;
	int64_t readings[WALK];
	struct {
		int64_t from, until;
	} spans[SPANS_MAX];
	size_t n;
};

/* The minutes of the clock since 1970, as the C library reads it. */
static int64_t libc_minutes(int64_t at)
{
	time_t seconds = at * 60;
	struct tm tm;

	assert_non_null(localtime_r(&seconds, &tm));
	return at + tm.tm_gmtoff / 60;
}

static bool is_start(const struct recurrence *r, int64_t reading)
{
	time_t seconds = reading * 60;
	struct tm tm;
	bool is_day, is_weekday;

	assert_non_null(gmtime_r(&seconds, &tm));
	is_day = r->days & UINT32_C(1) << tm.tm_mday;
	is_weekday = r->weekdays & 1 << tm.tm_wday;
	return r->minutes & UINT64_C(1) << tm.tm_min && r->hours & UINT32_C(1) << tm.tm_hour &&
	       r->months & 1 << (tm.tm_mon + 1) &&
	       (r->is_either_day ? is_day || is_weekday : is_day && is_weekday);
}

/* The last minute of the walk that reads so; and when the clock leaps over it, as if it did not. */
static int64_t oracle_end(const struct walk *k, const struct window_plan *w, size_t at,
			  int64_t reading)
{
	int64_t today = reading / DAY_MINUTES * DAY_MINUTES, end = today + w->ends;

	if (w->ends == WINDOW_CLOCK_NONE)
		return k->from + (int64_t)at + w->duration / USEC_PER_MIN;
	if (end <= reading)
		end += DAY_MINUTES;
	for (size_t i = WALK; i-- > 0;)
		if (k->readings[i] == end)
			return k->from + (int64_t)i;
	for (size_t i = at > 0 ? at : 1; i < WALK; i++)
		if (k->readings[i - 1] < end && k->readings[i] > end)
			return k->from + (int64_t)i - 1 + (end - k->readings[i - 1]);
	return INT64_MAX; /* behind the walk */
}

/* A start is due when the clock has reached its reading for the first time, or has leapt over it.
 */
static struct walk *walk_make(const struct window_plan *w, wall_t from)
{
	struct walk *k = calloc(1, sizeof *k);
	int64_t reached;

	assert_non_null(k);
	k->from = from.us / USEC_PER_MIN;
	for (size_t i = 0; i < WALK; i++)
		k->readings[i] = libc_minutes(k->from + (int64_t)i);
	reached = k->readings[0];
	for (size_t i = 1; i < WALK; i++) {
		while (reached < k->readings[i]) {
			if (!is_start(&w->begins, ++reached))
				continue;
			k->spans[k->n].from = k->from + (int64_t)i;
			k->spans[k->n++].until = oracle_end(k, w, i, reached);
		}
	}
	return k;
}

static struct span oracle_span(const struct walk *k, int64_t at)
{
	struct span best = { { 0 }, { 0 } };

	for (size_t i = 0; i < k->n && k->spans[i].from <= at; i++)
		if (at < k->spans[i].until && k->spans[i].until * USEC_PER_MIN >= best.until.us)
			best = (struct span){ { k->spans[i].from * USEC_PER_MIN },
					      { k->spans[i].until * USEC_PER_MIN } };
	for (size_t i = 0; i < k->n && !wall_is_set(best.until); i++)
		if (k->spans[i].from > at)
			best = (struct span){ { k->spans[i].from * USEC_PER_MIN },
					      { k->spans[i].until * USEC_PER_MIN } };
	return best;
}

/* Every seventh minute of the days in the middle, a second and a microsecond off as well. */
static void compare(struct window_plan *w, const struct walk *k, const char *zone)
{
	static const usec_t offs[] = { 0, USEC_PER_SEC, USEC_PER_MIN - 1 };

	for (int64_t i = 9 * DAY_MINUTES; i < 17 * DAY_MINUTES; i += 7) {
		struct span wanted = oracle_span(k, k->from + i);
		wall_t at = { (k->from + i) * USEC_PER_MIN + offs[i % 3] };
		struct span got = window_span(w, at);

		/* Which one comes next, if it lies behind the walk, is not known. */
		if (!wall_is_set(wanted.until) ||
		    wanted.until.us > (k->from + WALK - 1) * USEC_PER_MIN)
			continue;
		if (got.from.us != wanted.from.us || got.until.us != wanted.until.us)
			fail_msg("%s at %lld: %lld to %lld, not %lld to %lld", zone,
				 (long long)(at.us / USEC_PER_SEC),
				 (long long)(wanted.from.us / USEC_PER_SEC),
				 (long long)(wanted.until.us / USEC_PER_SEC),
				 (long long)(got.from.us / USEC_PER_SEC),
				 (long long)(got.until.us / USEC_PER_SEC));
	}
}

/* By the zone's own file, and by the C library. */
static void check(struct window_plan w, const char *zone, wall_t about)
{
	struct walk *k;

	w.zone = zone_set(zone);
	k = walk_make(&w, (wall_t){ about.us - WALK_DAYS / 2 * USEC_PER_DAY });
	compare(&w, k, zone);
	w.zone = NULL;
	compare(&w, k, zone);
	free(k);
}

static const struct {
	const char *zone;
	int year, month, day;
} changes[] = {
	{ "Europe/Berlin", 2026, 3, 29 },      { "Europe/Berlin", 2026, 10, 25 },
	{ "America/New_York", 2026, 3, 8 },    { "America/New_York", 2026, 11, 1 },
	{ "Australia/Lord_Howe", 2026, 4, 5 }, { "Australia/Lord_Howe", 2026, 10, 4 },
	{ "Asia/Tokyo", 2026, 11, 21 },	       { "Asia/Kathmandu", 2028, 2, 29 },
	{ "Europe/Berlin", 2051, 3, 26 },
};

static void check_everywhere(struct window_plan w)
{
	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++)
		check(w, changes[i].zone,
		      utc(changes[i].year, changes[i].month, changes[i].day, 0, 0));
}

static void nights_by_the_clock_are_as_the_clock_shows_them(void **state)
{
	(void)state;
	check_everywhere(by_clock(1, 30, 3, 30));
	check_everywhere(by_clock(2, 10, 2, 50));
	check_everywhere(by_clock(2, 0, 3, 0));
	check_everywhere(by_clock(1, 45, 2, 15));
	check_everywhere(by_clock(2, 15, 4, 0));
}

static void nights_over_midnight_are_as_the_clock_shows_them(void **state)
{
	(void)state;
	check_everywhere(by_clock(23, 0, 1, 0));
	check_everywhere(by_clock(22, 30, 2, 30));
	check_everywhere(by_clock(3, 0, 2, 59));
	check_everywhere(by_clock(0, 0, 0, 0));
}

static void what_lasts_is_counted_by_the_second_and_not_by_the_clock(void **state)
{
	(void)state;
	check_everywhere(lasting(2, 30, USEC_PER_HOUR));
	check_everywhere(lasting(23, 59, 3 * USEC_PER_HOUR));
	check_everywhere(lasting(1, 0, 30 * USEC_PER_HOUR));
	check_everywhere(lasting(12, 0, 5 * USEC_PER_DAY));
}

static void expressions_of_cron_are_as_the_clock_shows_them(void **state)
{
	struct window_plan w = lasting(0, 0, 7 * USEC_PER_MIN);

	(void)state;
	w.begins.minutes = 0x0040100401004011; /* every ten minutes or so */
	w.begins.hours = 0x00f00f;
	check_everywhere(w);
	w.begins.weekdays = SUNDAY | SATURDAY;
	check_everywhere(w);
	w.begins.days = 1u << 29 | 1u << 5 | 1u << 21;
	check_everywhere(w);
	w.begins.is_either_day = true;
	check_everywhere(w);
}

static uint64_t next_random(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *seed >> 20;
}

/* Few bits each, so that there are gaps between the starts. */
static uint64_t few_bits(uint64_t *seed, unsigned most)
{
	uint64_t bits = UINT64_C(1) << next_random(seed) % most;

	while (next_random(seed) % 2)
		bits |= UINT64_C(1) << next_random(seed) % most;
	return bits;
}

static void any_recurrence_is_as_the_clock_shows_it(void **state)
{
	uint64_t seed = 20261121;

	(void)state;
	for (int i = 0; i < 40; i++) {
		struct window_plan w = lasting(0, 0, USEC_PER_MIN);
		size_t c = (size_t)i % (sizeof changes / sizeof changes[0]);

		w.begins.minutes = few_bits(&seed, 60);
		w.begins.hours = (uint32_t)few_bits(&seed, 24) | (uint32_t)few_bits(&seed, 6);
		if (next_random(&seed) % 2)
			w.begins.days = (uint32_t)few_bits(&seed, 31) << 1;
		if (next_random(&seed) % 2)
			w.begins.weekdays = (uint8_t)few_bits(&seed, 7);
		w.begins.is_either_day = next_random(&seed) % 2;
		w.duration = (usec_t)(1 + next_random(&seed) % 3000) * USEC_PER_MIN;
		if (next_random(&seed) % 3 == 0) {
			w.ends = (uint32_t)(next_random(&seed) % DAY_MINUTES);
			w.duration = 0;
		}
		check(w, changes[c].zone,
		      utc(changes[c].year, changes[c].month, changes[c].day, 0, 0));
	}
}

/* ---- by hand ---- */

static void a_window_that_is_once_is_over_afterwards(void **state)
{
	struct window_plan w = { .from = utc(2026, 12, 1, 2, 0), .until = utc(2026, 12, 1, 3, 0) };

	(void)state;
	assert_span(&w, utc(2026, 11, 1, 0, 0), w.from, w.until);
	assert_span(&w, w.from, w.from, w.until);
	assert_span(&w, (wall_t){ w.until.us - 1 }, w.from, w.until);
	assert_none(&w, w.until);
}

static void a_span_has_its_beginning_and_not_its_end(void **state)
{
	struct span span = { utc(2026, 12, 1, 2, 0), utc(2026, 12, 1, 3, 0) };

	(void)state;
	assert_false(span_has(&span, (wall_t){ span.from.us - 1 }));
	assert_true(span_has(&span, span.from));
	assert_true(span_has(&span, (wall_t){ span.until.us - 1 }));
	assert_false(span_has(&span, span.until));
}

static void a_start_that_is_leapt_over_is_at_the_leap(void **state)
{
	struct window_plan w = by_clock(2, 30, 4, 0);

	(void)state;
	w.zone = zone_set("Europe/Berlin");
	assert_span(&w, utc(2026, 3, 28, 12, 0), utc(2026, 3, 29, 1, 0), utc(2026, 3, 29, 2, 0));
}

/* What a machine does at 2:10 it does then as soon as it can, and for as long as ever. */
static void a_span_that_is_leapt_over_as_a_whole_is_not_lost(void **state)
{
	struct window_plan w = by_clock(2, 10, 2, 50);

	(void)state;
	w.zone = zone_set("Europe/Berlin");
	assert_span(&w, utc(2026, 3, 28, 12, 0), utc(2026, 3, 29, 1, 0), utc(2026, 3, 29, 1, 50));
	assert_span(&w, utc(2026, 3, 29, 1, 50), utc(2026, 3, 30, 0, 10), utc(2026, 3, 30, 0, 50));
}

static void a_span_that_comes_twice_begins_the_first_time_and_ends_the_second(void **state)
{
	struct window_plan w = by_clock(2, 10, 2, 50);

	(void)state;
	w.zone = zone_set("Europe/Berlin");
	assert_span(&w, utc(2026, 10, 24, 12, 0), utc(2026, 10, 25, 0, 10),
		    utc(2026, 10, 25, 1, 50));
	assert_span(&w, utc(2026, 10, 25, 0, 55), utc(2026, 10, 25, 0, 10),
		    utc(2026, 10, 25, 1, 50));
}

/* During the second 2:30 the one of the first is over, and none begins. */
static void what_lasts_begins_once_only_in_the_night_that_is_longer(void **state)
{
	struct window_plan w = lasting(2, 30, 10 * USEC_PER_MIN);

	(void)state;
	w.zone = zone_set("Europe/Berlin");
	assert_span(&w, utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 0, 30),
		    utc(2026, 10, 25, 0, 40));
	assert_span(&w, utc(2026, 10, 25, 1, 30), utc(2026, 10, 26, 1, 30),
		    utc(2026, 10, 26, 1, 40));
	w.begins = at_clock(2, 59);
	assert_span(&w, utc(2026, 10, 25, 1, 10), utc(2026, 10, 26, 1, 59),
		    utc(2026, 10, 26, 2, 9));
}

static void months_without_a_31st_have_no_span(void **state)
{
	struct window_plan w = lasting(4, 0, USEC_PER_HOUR);

	(void)state;
	w.begins.days = 1u << 31;
	w.zone = zone_set("Asia/Tokyo");
	assert_span(&w, utc(2026, 3, 31, 0, 0), utc(2026, 5, 30, 19, 0), utc(2026, 5, 30, 20, 0));
}

static void a_leap_day_is_found_and_its_absence_borne(void **state)
{
	struct window_plan w = lasting(0, 0, USEC_PER_DAY);

	(void)state;
	w.begins.days = 1u << 29;
	w.begins.months = 1u << 2;
	w.zone = zone_set("UTC");
	assert_none(&w, utc(2026, 3, 1, 0, 0));
	assert_span(&w, utc(2027, 2, 1, 0, 0), utc(2028, 2, 29, 0, 0), utc(2028, 3, 1, 0, 0));
	assert_span(&w, utc(2028, 2, 29, 12, 0), utc(2028, 2, 29, 0, 0), utc(2028, 3, 1, 0, 0));
	assert_none(&w, utc(2096, 3, 1, 0, 0)); /* 2100 has none either */
}

static void a_day_of_the_month_or_of_the_week_is_enough_when_both_are_said(void **state)
{
	struct window_plan w = lasting(0, 0, USEC_PER_HOUR);

	(void)state;
	w.begins.days = 1u << 13;
	w.begins.weekdays = 1u << 5;
	w.zone = zone_set("UTC");
	/* The 13th of November 2026 is a Friday. */
	assert_span(&w, utc(2026, 10, 10, 12, 0), utc(2026, 11, 13, 0, 0), utc(2026, 11, 13, 1, 0));
	w.begins.is_either_day = true;
	assert_span(&w, utc(2026, 10, 10, 12, 0), utc(2026, 10, 13, 0, 0), utc(2026, 10, 13, 1, 0));
	assert_span(&w, utc(2026, 10, 13, 12, 0), utc(2026, 10, 16, 0, 0), utc(2026, 10, 16, 1, 0));
}

/* Apia had no 30 December 2011: what was said for that day is done at the beginning of the next. */
static void a_day_that_a_place_left_out_loses_no_span(void **state)
{
	struct window_plan w = lasting(6, 0, USEC_PER_HOUR);

	(void)state;
	w.begins.days = 1u << 30;
	w.zone = zone_set("Pacific/Apia");
	assert_span(&w, utc(2011, 12, 29, 0, 0), utc(2011, 12, 30, 10, 0),
		    utc(2011, 12, 30, 11, 0));
}

static void of_spans_that_overlap_the_last_one_is_told(void **state)
{
	struct window_plan w = lasting(0, 0, 90 * USEC_PER_MIN);

	(void)state;
	w.begins.hours = 0xffffff;
	w.zone = zone_set("UTC");
	assert_span(&w, utc(2026, 5, 1, 12, 10), utc(2026, 5, 1, 12, 0), utc(2026, 5, 1, 13, 30));
	assert_span(&w, utc(2026, 5, 1, 11, 59), utc(2026, 5, 1, 11, 0), utc(2026, 5, 1, 12, 30));
}

static void what_never_comes_is_none(void **state)
{
	struct window_plan w = lasting(0, 0, USEC_PER_HOUR);

	(void)state;
	w.begins.days = 1u << 30;
	w.begins.months = 1u << 2;
	w.zone = zone_set("UTC");
	assert_none(&w, utc(2026, 1, 1, 0, 0));
}

/* More than a year ahead is as good as never: nobody is told of it, and nobody looks for it. */
static void a_day_that_comes_every_four_years_is_not_looked_for(void **state)
{
	struct window_plan w = by_clock(2, 0, 4, 0);

	(void)state;
	w.zone = zone_set("UTC");
	w.begins.days = UINT32_C(1) << 29;
	w.begins.months = 1 << 2;
	assert_none(&w, utc(2025, 3, 1, 0, 0));
	assert_none(&w, utc(2027, 1, 23, 0, 0));
	assert_span(&w, utc(2028, 2, 1, 0, 0), utc(2028, 2, 29, 2, 0), utc(2028, 2, 29, 4, 0));
	assert_span(&w, utc(2027, 1, 25, 3, 0), utc(2028, 2, 29, 2, 0), utc(2028, 2, 29, 4, 0));
}

static void assert_last(const struct window_plan *w, wall_t at, wall_t from, wall_t until)
{
	struct span span = window_last(w, at);

	assert_int_equal(span.from.us, from.us);
	assert_int_equal(span.until.us, until.us);
}

static void the_last_one_may_be_over_for_a_month(void **state)
{
	struct window_plan w = by_clock(2, 0, 4, 0);
	wall_t none = { 0 }, from = utc(2028, 2, 29, 2, 0), until = utc(2028, 2, 29, 4, 0);

	(void)state;
	w.zone = zone_set("UTC");
	w.begins.days = UINT32_C(1) << 29;
	w.begins.months = 1 << 2;
	assert_last(&w, utc(2028, 2, 29, 1, 59), none, none);
	assert_last(&w, utc(2028, 2, 29, 2, 0), from, until);
	assert_last(&w, utc(2028, 3, 30, 0, 0), from, until);
	assert_last(&w, utc(2028, 5, 1, 0, 0), none, none);
}

static void one_that_was_once_is_the_last_for_ever(void **state)
{
	struct window_plan w = { .from = utc(2026, 3, 1, 2, 0), .until = utc(2026, 3, 1, 4, 0) };

	(void)state;
	assert_last(&w, utc(2026, 3, 1, 1, 59), (wall_t){ 0 }, (wall_t){ 0 });
	assert_last(&w, w.from, w.from, w.until);
	assert_last(&w, utc(2030, 1, 1, 0, 0), w.from, w.until);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_make, arena_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_day_that_comes_every_four_years_is_not_looked_for),
		TEST(nights_by_the_clock_are_as_the_clock_shows_them),
		TEST(nights_over_midnight_are_as_the_clock_shows_them),
		TEST(what_lasts_is_counted_by_the_second_and_not_by_the_clock),
		TEST(expressions_of_cron_are_as_the_clock_shows_them),
		TEST(any_recurrence_is_as_the_clock_shows_it),
		TEST(a_window_that_is_once_is_over_afterwards),
		TEST(a_span_has_its_beginning_and_not_its_end),
		TEST(a_start_that_is_leapt_over_is_at_the_leap),
		TEST(a_span_that_is_leapt_over_as_a_whole_is_not_lost),
		TEST(a_span_that_comes_twice_begins_the_first_time_and_ends_the_second),
		TEST(what_lasts_begins_once_only_in_the_night_that_is_longer),
		TEST(months_without_a_31st_have_no_span),
		TEST(a_leap_day_is_found_and_its_absence_borne),
		TEST(a_day_of_the_month_or_of_the_week_is_enough_when_both_are_said),
		TEST(a_day_that_a_place_left_out_loses_no_span),
		TEST(of_spans_that_overlap_the_last_one_is_told),
		TEST(what_never_comes_is_none),
		TEST(the_last_one_may_be_over_for_a_month),
		TEST(one_that_was_once_is_the_last_for_ever),
	};

	return cmocka_run_group_tests_name("core.window", tests, NULL, NULL);
}
