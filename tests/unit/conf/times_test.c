/*
 * times_test.c - crontab's fields, days of the week and instants, as people
 * write them, and as they must not.
 */
#include "conf/times.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "base/recurrence.h"

#define ALL_MINUTES ((UINT64_C(1) << 60) - 1)
#define ALL_HOURS   0xffffff
#define ALL_DAYS    0xfffffffe
#define ALL_MONTHS  0x1ffe
#define ALL_WEEK    0x7f

static void assert_recurrence(const struct recurrence *r, uint64_t minutes, uint32_t hours,
			      uint32_t days, unsigned months, unsigned weekdays)
{
	assert_true(r->minutes == minutes);
	assert_int_equal(r->hours, hours);
	assert_int_equal(r->days, days);
	assert_int_equal(r->months, months);
	assert_int_equal(r->weekdays, weekdays);
}

static struct recurrence cron(const char *text)
{
	struct recurrence r;
	char fault[TIMES_FAULT_MAX] = "";

	if (!times_cron(text, &r, fault))
		fail_msg("%s: %s", text, fault);
	return r;
}

static void cron_has_lists_ranges_steps_and_names(void **state)
{
	struct recurrence r = cron("* * * * *");

	(void)state;
	assert_recurrence(&r, ALL_MINUTES, ALL_HOURS, ALL_DAYS, ALL_MONTHS, ALL_WEEK);
	r = cron("0 2 * * sun");
	assert_recurrence(&r, 1, 1 << 2, ALL_DAYS, ALL_MONTHS, 1);
	r = cron(" 0,30\t*/6  1,15 jan-mar,DECEMBER mon-fri ");
	assert_recurrence(&r, 1 | UINT64_C(1) << 30, 1 | 1 << 6 | 1 << 12 | 1 << 18,
			  1 << 1 | 1 << 15, 1 << 1 | 1 << 2 | 1 << 3 | 1 << 12, 0x3e);
	r = cron("5-59/20 22-23 31 * *");
	assert_recurrence(&r, 1 << 5 | 1 << 25 | UINT64_C(1) << 45, 3 << 22, UINT32_C(1) << 31,
			  ALL_MONTHS, ALL_WEEK);
}

static void sunday_is_nought_and_seven(void **state)
{
	struct recurrence r = cron("0 0 * * 7");

	(void)state;
	assert_int_equal(r.weekdays, 1);
	r = cron("0 0 * * 5-7");
	assert_int_equal(r.weekdays, 1 | 1 << 5 | 1 << 6);
	r = cron("0 0 * * 0-7");
	assert_int_equal(r.weekdays, ALL_WEEK);
}

/* crontab(5): what begins with a star restricts nothing, whatever comes behind it. */
static void either_day_is_enough_only_when_both_are_restricted(void **state)
{
	(void)state;
	assert_true(cron("0 0 13 * fri").is_either_day);
	assert_false(cron("0 0 * * fri").is_either_day);
	assert_false(cron("0 0 13 * *").is_either_day);
	assert_false(cron("0 0 */2 * fri").is_either_day);
	assert_false(cron("0 0 13 * */2").is_either_day);
}

static void shorthands_are_what_they_stand_for(void **state)
{
	struct recurrence r = cron("@daily");

	(void)state;
	assert_recurrence(&r, 1, 1, ALL_DAYS, ALL_MONTHS, ALL_WEEK);
	r = cron("@hourly");
	assert_recurrence(&r, 1, ALL_HOURS, ALL_DAYS, ALL_MONTHS, ALL_WEEK);
	r = cron("@Weekly");
	assert_recurrence(&r, 1, 1, ALL_DAYS, ALL_MONTHS, 1);
	r = cron("@monthly");
	assert_recurrence(&r, 1, 1, 1 << 1, ALL_MONTHS, ALL_WEEK);
	r = cron("@yearly");
	assert_recurrence(&r, 1, 1, 1 << 1, 1 << 1, ALL_WEEK);
}

struct wrong {
	const char *text, *advice;
};

static void wrong_cron_is_told_with_advice(void **state)
{
	static const struct wrong wrongs[] = {
		{ "", "0 fields, not five" },
		{ "0 2 * *", "4 fields, not five" },
		{ "0 0 2 * * sun", "no seconds" },
		{ "60 2 * * *", "minute: \"60\" must be 0 to 59" },
		{ "0 24 * * *", "hour: \"24\" must be 0 to 23" },
		{ "0 0 0 * *", "day of the month: \"0\" must be 1 to 31" },
		{ "0 0 * 13 *", "month: \"13\" must be 1 to 12, or jan to dec" },
		{ "0 0 * janaury *", "did you mean \"jan\"" },
		{ "0 0 * * 8", "day of the week: \"8\" must be 0 to 7, or sun to sat" },
		{ "0 22-5 * * *", "goes backwards; write \"22-23,0-5\"" },
		{ "0/5 * * * *", "write \"*/N\" or \"0-59/5\"" },
		{ "*/0 * * * *", "the step \"0\" must be 1 to 59" },
		{ "*/99 * * * *", "the step \"99\" must be 1 to 59" },
		{ "1,,2 * * * *", "minute: \"\" must be" },
		{ "5- * * * *", "minute: \"\" must be" },
		{ "-5 * * * *", "minute: \"\" must be" },
		{ "** * * * *", "minute: \"**\" must be" },
		{ "*-5 * * * *", "minute: \"*\" must be" },
		{ "99999999999 * * * *", "must be 0 to 59" },
		{ "0 0 30 2 *", "never comes" },
		{ "0 0 31 4,6,9,11 *", "never comes" },
		{ "@reboot", "write @hourly" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrongs / sizeof wrongs[0]; i++) {
		struct recurrence r = { .minutes = 42 };
		char fault[TIMES_FAULT_MAX] = "";

		if (times_cron(wrongs[i].text, &r, fault))
			fail_msg("\"%s\" was taken", wrongs[i].text);
		if (strstr(fault, wrongs[i].advice) == NULL)
			fail_msg("\"%s\": \"%s\" is not in \"%s\"", wrongs[i].text,
				 wrongs[i].advice, fault);
		assert_true(r.minutes == 42);
	}
}

static void a_day_that_comes_in_leap_years_only_comes(void **state)
{
	(void)state;
	assert_int_equal(cron("0 0 29 2 *").days, 1 << 29);
	assert_int_equal(cron("0 0 31 1,2 *").months, 1 << 1 | 1 << 2);
	assert_true(cron("0 0 30 2 mon").is_either_day); /* each Monday of February */
}

static void assert_weekly(const char *text, unsigned weekdays, int from, uint32_t ends)
{
	struct recurrence r;
	char fault[TIMES_FAULT_MAX] = "";
	uint32_t got;

	if (!times_weekly(text, &r, &got, fault))
		fail_msg("%s: %s", text, fault);
	assert_recurrence(&r, UINT64_C(1) << from % 60, UINT32_C(1) << from / 60, ALL_DAYS,
			  ALL_MONTHS, weekdays);
	assert_false(r.is_either_day);
	assert_int_equal(got, ends);
}

static void weekly_has_days_and_the_clock(void **state)
{
	(void)state;
	assert_weekly("Sun 02:00-03:00", 1, 120, 180);
	assert_weekly("Mon,Wed 2:00-3:30", 1 << 1 | 1 << 3, 120, 210);
	assert_weekly("Sat 23:00-01:00", 1 << 6, 23 * 60, 60);
	assert_weekly("Fri-Mon 00:00-24:00", 1 << 5 | 1 << 6 | 1 | 1 << 1, 0, 0);
	assert_weekly("  monday , Tuesday-thu  09:05 - 17:59 ", 0x1e, 9 * 60 + 5, 17 * 60 + 59);
	assert_weekly("daily 04:00-04:30", ALL_WEEK, 240, 270);
	assert_weekly("DAILY 23:59-00:00", ALL_WEEK, 23 * 60 + 59, 0);
	assert_weekly("Sun-Sun 01:00-02:00", 1, 60, 120);
}

static void wrong_weekly_is_told_with_advice(void **state)
{
	static const struct wrong wrongs[] = {
		{ "", "it names no day" },
		{ "02:00-03:00", "it names no day" },
		{ "Sun", "from when to when" },
		{ "Sun 02:00", "from when to when" },
		{ "Sun 0200-0300", "from when to when" },
		{ "Sun 02:60-03:00", "from when to when" },
		{ "Sun 24:00-01:00", "from when to when" },
		{ "Sun 02:00-24:01", "from when to when" },
		{ "Sun 02:00-03:00 Mon", "from when to when" },
		{ "Sun 2pm-3pm", "from when to when" },
		{ "Sudnay 02:00-03:00", "did you mean \"Sun\"" },
		{ "Foo 02:00-03:00", "\"Foo\" is no day of the week" },
		{ "Mon, 02:00-03:00", "it names no day" },
		{ "dailyx 02:00-03:00", "\"dailyx\" is no day" },
		{ "Sun 02:00-02:00", "write 00:00-24:00" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrongs / sizeof wrongs[0]; i++) {
		struct recurrence r;
		uint32_t ends;
		char fault[TIMES_FAULT_MAX] = "";

		if (times_weekly(wrongs[i].text, &r, &ends, fault))
			fail_msg("\"%s\" was taken", wrongs[i].text);
		if (strstr(fault, wrongs[i].advice) == NULL)
			fail_msg("\"%s\": \"%s\" is not in \"%s\"", wrongs[i].text,
				 wrongs[i].advice, fault);
	}
}

static void assert_moment(const char *text, int seconds, bool has_offset, int offset)
{
	struct moment m;
	char fault[TIMES_FAULT_MAX];

	assert_true(times_moment(text, &m, fault));
	assert_int_equal(m.reading.day, calendar_day_number(2028, 2, 29));
	assert_int_equal(m.reading.seconds, seconds);
	assert_int_equal(m.has_offset, has_offset);
	assert_int_equal(m.offset, offset);
}

static void an_instant_is_a_date_a_time_and_perhaps_an_offset(void **state)
{
	(void)state;
	assert_moment("2028-02-29 02:00", 7200, false, 0);
	assert_moment("2028-02-29T23:59:59", 86399, false, 0);
	assert_moment("2028-02-29T02:00Z", 7200, true, 0);
	assert_moment("2028-02-29T02:00:00+09:00", 7200, true, 9 * 3600);
	assert_moment("2028-02-29 02:00-0330", 7200, true, -(3 * 3600 + 1800));
}

static void what_is_no_instant_is_told(void **state)
{
	static const char *const wrongs[] = {
		"",
		"tomorrow",
		"2026-12-01",
		"2026-12-01 ",
		"2026-12-01 02",
		"2026-12-01 2:00",
		"2026-12-01 24:00",
		"2026-12-01 02:60",
		"2026-12-01 02:00:60",
		"2026-12-01 02:00:",
		"2026-12-01  02:00",
		"2026-12-01 02:00 ",
		"2026-12-01 02:00 JST",
		"2026-12-01 02:00+15:00",
		"2026-12-01 02:00+09:",
		"2026-12-01 02:00+9",
		"2026-11-31 02:00",
		"2026-02-29 02:00",
		"2026-13-01 02:00",
		"2026-00-01 02:00",
		"1969-12-31 02:00",
		"26-12-01 02:00",
		"01.12.2026 02:00",
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrongs / sizeof wrongs[0]; i++) {
		struct moment m;
		char fault[TIMES_FAULT_MAX] = "";

		if (times_moment(wrongs[i], &m, fault))
			fail_msg("\"%s\" was taken", wrongs[i]);
		assert_non_null(strstr(fault, "write such as"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cron_has_lists_ranges_steps_and_names),
		cmocka_unit_test(sunday_is_nought_and_seven),
		cmocka_unit_test(either_day_is_enough_only_when_both_are_restricted),
		cmocka_unit_test(shorthands_are_what_they_stand_for),
		cmocka_unit_test(wrong_cron_is_told_with_advice),
		cmocka_unit_test(a_day_that_comes_in_leap_years_only_comes),
		cmocka_unit_test(weekly_has_days_and_the_clock),
		cmocka_unit_test(wrong_weekly_is_told_with_advice),
		cmocka_unit_test(an_instant_is_a_date_a_time_and_perhaps_an_offset),
		cmocka_unit_test(what_is_no_instant_is_told),
	};

	return cmocka_run_group_tests_name("conf.times", tests, NULL, NULL);
}
