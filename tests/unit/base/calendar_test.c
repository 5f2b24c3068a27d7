/*
 * calendar_test.c - days that are 23, 24 and 25 hours long, in zones of all sorts.
 *
 * Zones are given as POSIX rules, so that the tests need no zone files.
 */
#include "base/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"

#define TOKYO	  "JST-9"
#define KATHMANDU "<+0545>-5:45"
#define BERLIN	  "CET-1CEST,M3.5.0,M10.5.0/3"
#define NEW_YORK  "EST5EDT,M3.2.0,M11.1.0"
#define ST_JOHNS  "NST3:30NDT,M3.2.0,M11.1.0"
#define SAO_PAULO "<-03>3<-02>,M10.3.0/0,M2.3.0/0"	 /* clocks jump over midnight, and back */
#define HAVANA	  "CST5CDT,M3.2.0/0,M11.1.0/1"		 /* midnight is left out, or comes twice */
#define LORD_HOWE "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0" /* half an hour of summer time */
#define FURTHEST  "<+14>-14"
#define NEAREST	  "<-12>12"

static const char *const zones[] = {"UTC0",    TOKYO,  KATHMANDU, BERLIN,   NEW_YORK, ST_JOHNS,
				    SAO_PAULO, HAVANA, LORD_HOWE, FURTHEST, NEAREST};

static void zone_set(const char *zone)
{
	assert_int_equal(setenv("TZ", zone, 1), 0);
	tzset();
}

static wall_t utc(int year, int month, int day, int hour, int minute, int second)
{
	struct tm tm = {.tm_year = year - 1900,
			.tm_mon = month - 1,
			.tm_mday = day,
			.tm_hour = hour,
			.tm_min = minute,
			.tm_sec = second};

	return (wall_t){timegm(&tm) * USEC_PER_SEC};
}

static int32_t day_of(int year, int month, int day)
{
	return (int32_t)(utc(year, month, day, 0, 0, 0).us / USEC_PER_DAY);
}

typedef void printer(struct buf *to, wall_t t);

static void assert_printed(printer *print, wall_t t, const char *expected)
{
	struct buf b = BUF_INIT(100);

	print(&b, t);
	assert_string_equal(buf_text(&b), expected);
	buf_done(&b);
}

static void a_time_is_printed_in_its_zone(void **state)
{
	wall_t t = utc(2026, 11, 21, 5, 1, 40);

	(void)state;
	zone_set(TOKYO);
	assert_printed(calendar_print_iso, t, "2026-11-21T14:01:40+09:00");
	assert_printed(calendar_print_time, t, "14:01:40");
	assert_printed(calendar_print_minute, t, "14:01");
	assert_printed(calendar_print_zone, t, "JST");
	assert_printed(calendar_print_offset, t, "UTC+09:00");
	assert_printed(calendar_print_rfc5322, t, "Sat, 21 Nov 2026 14:01:40 +0900");
}

static void zones_with_minutes_are_printed_with_them(void **state)
{
	wall_t t = utc(2026, 11, 21, 5, 1, 40);

	(void)state;
	zone_set(KATHMANDU);
	assert_printed(calendar_print_iso, t, "2026-11-21T10:46:40+05:45");
	assert_printed(calendar_print_zone, t, "UTC+5:45");
	assert_printed(calendar_print_offset, t, "UTC+05:45");
	assert_printed(calendar_print_rfc5322, t, "Sat, 21 Nov 2026 10:46:40 +0545");
	zone_set(ST_JOHNS);
	assert_printed(calendar_print_iso, t, "2026-11-21T01:31:40-03:30");
	assert_printed(calendar_print_zone, t, "NST");
	assert_printed(calendar_print_offset, t, "UTC-03:30");
	zone_set("<-0930>9:30");
	assert_printed(calendar_print_zone, t, "UTC-9:30");
}

static void zones_without_a_name_are_called_by_their_hours(void **state)
{
	wall_t t = utc(2026, 7, 1, 0, 0, 0);

	(void)state;
	zone_set(SAO_PAULO);
	assert_printed(calendar_print_zone, t, "UTC-3");
	zone_set(FURTHEST);
	assert_printed(calendar_print_zone, t, "UTC+14");
	zone_set("UTC0");
	assert_printed(calendar_print_zone, t, "UTC");
	assert_printed(calendar_print_offset, t, "UTC+00:00");
	assert_printed(calendar_print_rfc5322, t, "Wed, 01 Jul 2026 00:00:00 +0000");
}

static void summer_time_is_printed_as_such(void **state)
{
	(void)state;
	zone_set(BERLIN);
	assert_printed(calendar_print_iso, utc(2026, 3, 29, 0, 59, 59),
		       "2026-03-29T01:59:59+01:00");
	assert_printed(calendar_print_iso, utc(2026, 3, 29, 1, 0, 0), "2026-03-29T03:00:00+02:00");
	assert_printed(calendar_print_zone, utc(2026, 3, 29, 1, 0, 0), "CEST");
	assert_printed(calendar_print_iso, utc(2026, 10, 25, 0, 30, 0),
		       "2026-10-25T02:30:00+02:00");
	assert_printed(calendar_print_iso, utc(2026, 10, 25, 1, 30, 0),
		       "2026-10-25T02:30:00+01:00");
}

static void fractions_are_cut_downwards_on_both_sides_of_the_epoch(void **state)
{
	(void)state;
	zone_set("UTC0");
	assert_printed(calendar_print_iso, (wall_t){USEC_PER_SEC - 1}, "1970-01-01T00:00:00+00:00");
	assert_printed(calendar_print_iso, (wall_t){-1}, "1969-12-31T23:59:59+00:00");
	assert_int_equal(calendar_day((wall_t){-1}), -1);
	assert_int_equal(calendar_day((wall_t){0}), 0);
	assert_int_equal(calendar_day((wall_t){USEC_PER_DAY - 1}), 0);
	assert_int_equal(calendar_day((wall_t){USEC_PER_DAY}), 1);
}

static void the_day_changes_at_local_midnight(void **state)
{
	(void)state;
	zone_set(TOKYO);
	assert_int_equal(calendar_day(utc(2026, 11, 20, 14, 59, 59)), day_of(2026, 11, 20));
	assert_int_equal(calendar_day(utc(2026, 11, 20, 15, 0, 0)), day_of(2026, 11, 21));
	zone_set(KATHMANDU);
	assert_int_equal(calendar_day(utc(2026, 11, 20, 18, 14, 59)), day_of(2026, 11, 20));
	assert_int_equal(calendar_day(utc(2026, 11, 20, 18, 15, 0)), day_of(2026, 11, 21));
	zone_set(NEW_YORK);
	assert_int_equal(calendar_day(utc(2026, 11, 21, 4, 59, 59)), day_of(2026, 11, 20));
	assert_int_equal(calendar_day(utc(2026, 11, 21, 5, 0, 0)), day_of(2026, 11, 21));
}

static void dates_are_counted_over_leap_days(void **state)
{
	struct buf b = BUF_INIT(100);
	struct calendar_date date = calendar_date(day_of(2028, 2, 29));

	(void)state;
	assert_int_equal(date.year, 2028);
	assert_int_equal(date.month, 2);
	assert_int_equal(date.day, 29);
	assert_int_equal(date.weekday, 2);
	date = calendar_date(0);
	assert_int_equal(date.year, 1970);
	assert_int_equal(date.weekday, 4);
	date = calendar_date(-1);
	assert_int_equal(date.day, 31);
	assert_int_equal(date.weekday, 3);
	calendar_print_date(&b, day_of(2028, 2, 29) + 1);
	assert_string_equal(buf_text(&b), "2028-03-01");
	buf_done(&b);
}

/* How many hours, in minutes, the local day has. */
static int64_t day_minutes(int year, int month, int day)
{
	int32_t n = day_of(year, month, day);

	return wall_span(calendar_day_start(n), calendar_day_start(n + 1)) / USEC_PER_MIN;
}

static void days_of_a_clock_change_are_longer_or_shorter(void **state)
{
	(void)state;
	zone_set(BERLIN);
	assert_int_equal(day_minutes(2026, 3, 28), 24 * 60);
	assert_int_equal(day_minutes(2026, 3, 29), 23 * 60);
	assert_int_equal(day_minutes(2026, 10, 25), 25 * 60);
	zone_set(LORD_HOWE);
	assert_int_equal(day_minutes(2026, 10, 4), 23 * 60 + 30);
	assert_int_equal(day_minutes(2026, 4, 5), 24 * 60 + 30);
	zone_set(KATHMANDU);
	assert_int_equal(day_minutes(2026, 10, 25), 24 * 60);
}

static void a_day_without_midnight_begins_at_one(void **state)
{
	wall_t start;

	(void)state;
	zone_set(SAO_PAULO);
	start = calendar_day_start(day_of(2026, 10, 18));
	assert_printed(calendar_print_iso, start, "2026-10-18T01:00:00-02:00");
	assert_int_equal(day_minutes(2026, 10, 18), 23 * 60);
	assert_int_equal(day_minutes(2026, 2, 14), 25 * 60); /* 23:00 came twice */
	zone_set(HAVANA);
	start = calendar_day_start(day_of(2026, 3, 8));
	assert_printed(calendar_print_iso, start, "2026-03-08T01:00:00-04:00");
}

static void a_day_with_two_midnights_begins_at_the_first(void **state)
{
	wall_t start;

	(void)state;
	zone_set(HAVANA);
	start = calendar_day_start(day_of(2026, 11, 1));
	assert_printed(calendar_print_iso, start, "2026-11-01T00:00:00-04:00");
	assert_int_equal(day_minutes(2026, 11, 1), 25 * 60);
}

/* Samoa went over the date line and left a Friday out. No POSIX rule can say that. */
static void a_day_that_was_left_out_begins_with_the_next(void **state)
{
	wall_t friday, saturday;

	(void)state;
	if (access("/usr/share/zoneinfo/Pacific/Apia", R_OK) != 0)
		skip();
	zone_set("Pacific/Apia");
	friday = calendar_day_start(day_of(2011, 12, 30));
	saturday = calendar_day_start(day_of(2011, 12, 31));
	assert_true(friday.us == saturday.us);
	assert_printed(calendar_print_iso, friday, "2011-12-31T00:00:00+14:00");
}

/* For every day of two years, in every zone: its start is in it, and a microsecond before is not.
 */
static void every_day_begins_where_the_last_one_ends(void **state)
{
	(void)state;
	for (size_t z = 0; z < sizeof zones / sizeof zones[0]; z++) {
		zone_set(zones[z]);
		for (int32_t day = day_of(2026, 1, 1); day < day_of(2028, 1, 1); day++) {
			wall_t start = calendar_day_start(day);

			assert_int_equal(calendar_day(start), day);
			assert_int_equal(calendar_day((wall_t){start.us - 1}), day - 1);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_time_is_printed_in_its_zone),
		cmocka_unit_test(zones_with_minutes_are_printed_with_them),
		cmocka_unit_test(zones_without_a_name_are_called_by_their_hours),
		cmocka_unit_test(summer_time_is_printed_as_such),
		cmocka_unit_test(fractions_are_cut_downwards_on_both_sides_of_the_epoch),
		cmocka_unit_test(the_day_changes_at_local_midnight),
		cmocka_unit_test(dates_are_counted_over_leap_days),
		cmocka_unit_test(days_of_a_clock_change_are_longer_or_shorter),
		cmocka_unit_test(a_day_without_midnight_begins_at_one),
		cmocka_unit_test(a_day_with_two_midnights_begins_at_the_first),
		cmocka_unit_test(a_day_that_was_left_out_begins_with_the_next),
		cmocka_unit_test(every_day_begins_where_the_last_one_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
