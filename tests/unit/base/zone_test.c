/*
 * zone_test.c - zones as their files say, against the C library, and files
 * that say nothing sensible.
 */
#include "base/zone.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/calendar.h"
#include "base/file.h"

#define HOUR 3600
#define DAY  86400

static const char *const names[] = {
	"Europe/Berlin",    "Europe/Dublin",	  "America/New_York",  "America/Santiago",
	"Asia/Tokyo",	    "Asia/Kathmandu",	  "Asia/Gaza",	       "Australia/Lord_Howe",
	"Pacific/Apia",	    "Pacific/Kiritimati", "Africa/Casablanca", "America/Nuuk",
	"Antarctica/Troll", "America/St_Johns",	  "Etc/GMT+12",	       "UTC",
};

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
	(void)unsetenv("TZDIR");
	arena_free(arena);
	return 0;
}

static void process_zone_set(const char *name)
{
	assert_int_equal(setenv("TZ", name, 1), 0);
	tzset();
}

static const struct zone *zone_named(const char *name)
{
	const struct zone *zone = NULL;

	assert_int_equal(zone_read(arena, name, &zone), 0);
	assert_string_equal(zone_name(zone), name);
	return zone;
}

static wall_t instant(int64_t seconds)
{
	return (wall_t){ seconds * USEC_PER_SEC };
}

static wall_t utc(int year, int month, int day, int hour, int minute)
{
	return instant((int64_t)calendar_day_number(year, month, day) * DAY + hour * HOUR +
		       minute * 60);
}

static struct reading reads(int year, int month, int day, int hour, int minute)
{
	return (struct reading){ calendar_day_number(year, month, day), hour * HOUR + minute * 60 };
}

static int64_t linear(struct reading r)
{
	return (int64_t)r.day * DAY + r.seconds;
}

static int64_t libc_reading(int64_t seconds)
{
	time_t at = seconds;
	struct tm tm;

	assert_non_null(localtime_r(&at, &tm));
	return seconds + tm.tm_gmtoff;
}

/* Every seven hours and eleven minutes from 1900 to 2150. */
static void every_zone_reads_as_the_c_library_says(void **state)
{
	int64_t from = utc(1900, 1, 1, 0, 0).us / USEC_PER_SEC;
	int64_t to = utc(2150, 1, 1, 0, 0).us / USEC_PER_SEC;

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const struct zone *zone = zone_named(names[i]);

		process_zone_set(names[i]);
		for (int64_t at = from; at < to; at += 7 * HOUR + 11 * 60)
			if (linear(zone_reading(zone, instant(at))) != libc_reading(at))
				fail_msg("%s at %lld", names[i], (long long)at);
	}
}

static void assert_instants_equal(struct zone_instants a, struct zone_instants b)
{
	assert_int_equal(a.begin.us, b.begin.us);
	assert_int_equal(a.end.us, b.end.us);
	assert_int_equal(a.is_skipped, b.is_skipped);
}

/* The two sources of changes have nothing in common, and must lead to the same. */
static void every_reading_has_the_instants_that_the_c_library_leads_to(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const struct zone *zone = zone_named(names[i]);
		int64_t from = utc(2010, 1, 1, 0, 0).us / USEC_PER_SEC;
		int64_t to = utc(2045, 1, 1, 0, 0).us / USEC_PER_SEC;

		process_zone_set(names[i]);
		for (int64_t at = from; at < to; at += 2 * DAY + 37 * 60) {
			struct reading r = { (int32_t)(at / DAY), (int32_t)(at % DAY) };

			assert_instants_equal(zone_instants(zone, r), zone_instants(NULL, r));
			assert_int_equal(linear(zone_shown(zone, instant(at))),
					 linear(zone_shown(NULL, instant(at))));
		}
	}
}

/* Read from the clock itself: the first and the last minute at which it shows the reading. */
static void check_reading(const struct zone *zone, int64_t about, int64_t wanted)
{
	struct reading r = { (int32_t)(wanted / DAY), (int32_t)(wanted % DAY) };
	struct zone_instants got = zone_instants(zone, r);
	int64_t first = -1, last = -1, leap = -1;

	for (int64_t at = about - 2 * DAY; at < about + 2 * DAY; at += 60) {
		int64_t shown = libc_reading(at);

		if (shown == wanted) {
			first = first < 0 ? at : first;
			last = at;
		}
		if (leap < 0 && shown > wanted)
			leap = at;
	}
	assert_int_equal(got.is_skipped, first < 0);
	assert_int_equal(got.begin.us, (first < 0 ? leap : first) * USEC_PER_SEC);
	if (first < 0)
		last = leap + wanted - (libc_reading(leap - 60) + 60);
	assert_int_equal(got.end.us, last * USEC_PER_SEC);
}

static void a_reading_that_is_left_out_or_comes_twice_is_found_around_every_change(void **state)
{
	static const struct {
		const char *name;
		int64_t about; /* a change's instant */
	} changes[] = {
		{ "Europe/Berlin", 1774746000 },       /* 29 March 2026 */
		{ "Europe/Berlin", 1792890000 },       /* 25 October 2026 */
		{ "Europe/Berlin", 2582758800 },       /* 2051, behind the table */
		{ "America/New_York", 1772953200 },    /* 8 March 2026 */
		{ "America/New_York", 1793512800 },    /* 1 November 2026 */
		{ "Australia/Lord_Howe", 1775314800 }, /* half an hour back */
		{ "Australia/Lord_Howe", 1791041400 }, /* half an hour on */
		{ "Pacific/Apia", 1325239200 },	       /* a whole day left out */
		{ "America/Santiago", 1775358000 },    /* midnight twice */
	};

	(void)state;
	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		const struct zone *zone = zone_named(changes[i].name);
		int64_t middle;

		process_zone_set(changes[i].name);
		middle = libc_reading(changes[i].about) / 600 * 600;
		for (int64_t r = middle - 4 * HOUR; r < middle + 4 * HOUR; r += 600)
			check_reading(zone, changes[i].about, r);
	}
}

static void a_clock_that_was_put_back_has_shown_what_it_repeats(void **state)
{
	const struct zone *berlin = zone_named("Europe/Berlin");
	struct reading shown = zone_shown(berlin, utc(2026, 10, 25, 1, 10));

	(void)state;
	/* 2:10 for the second time: 2:59:59 was there. */
	assert_int_equal(shown.day, calendar_day_number(2026, 10, 25));
	assert_int_equal(shown.seconds, 3 * HOUR - 1);
	assert_int_equal(zone_shown(berlin, utc(2026, 10, 25, 0, 10)).seconds, 2 * HOUR + 600);
	assert_int_equal(zone_shown(berlin, utc(2026, 10, 25, 2, 10)).seconds, 3 * HOUR + 600);
	assert_int_equal(zone_shown(berlin, utc(2026, 3, 29, 1, 0)).seconds, 3 * HOUR);
}

static void names_that_lead_elsewhere_are_refused(void **state)
{
	static const char *const wrong[] = {
		"", "/etc/passwd", "../zoneinfo/UTC", "Europe/../UTC", "a b", "Europe/Berlin\n"
	};
	const struct zone *zone = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(zone_read(arena, wrong[i], &zone), -EINVAL);
	assert_int_equal(zone_read(arena, "Europe/Berlyn", &zone), -ENOENT);
	assert_null(zone);
}

/* ---- files of our own ---- */

struct folder {
	char path[64];
	int fd;
};

static void folder_make(struct folder *f)
{
	(void)snprintf(f->path, sizeof f->path, "/tmp/zone-test-XXXXXX");
	assert_non_null(mkdtemp(f->path));
	f->fd = file_open_dir(f->path);
	assert_true(f->fd >= 0);
	assert_int_equal(setenv("TZDIR", f->path, 1), 0);
}

static void folder_end(struct folder *f)
{
	(void)unlinkat(f->fd, "Made/Up", 0);
	(void)unlinkat(f->fd, "Made", AT_REMOVEDIR);
	assert_int_equal(close(f->fd), 0);
	assert_int_equal(rmdir(f->path), 0);
	assert_int_equal(unsetenv("TZDIR"), 0);
}

static void put(struct buf *to, int64_t value, size_t n)
{
	while (n-- > 0)
		buf_putc(to, (char)(uint8_t)((uint64_t)value >> 8 * n));
}

/* One change at `at` from `before` to `after`, with times of n bytes. */
static void put_table(struct buf *to, char version, size_t n, int64_t at, int32_t before,
		      int32_t after)
{
	const int counts[] = { 0, 0, 0, 1, 2, 4 };

	buf_puts(to, "TZif");
	buf_putc(to, version);
	put(to, 0, 8);
	put(to, 0, 7);
	for (size_t i = 0; i < 6; i++)
		put(to, counts[i], 4);
	put(to, at, n);
	put(to, 1, 1);
	put(to, before, 4);
	put(to, 0, 2);
	put(to, after, 4);
	put(to, 0, 2);
	buf_add(to, "ABC", 4);
}

static int read_made(const struct folder *f, const struct buf *text, const struct zone **ret)
{
	char path[128];

	(void)snprintf(path, sizeof path, "%s/Made", f->path);
	assert_int_equal(file_mkdir(path, 0755), 0);
	assert_int_equal(file_replace(f->fd, "Made/Up", text->data, text->n, 0644, false), 0);
	return zone_read(arena, "Made/Up", ret);
}

static void the_old_form_of_a_file_is_read(void **state)
{
	struct buf text = BUF_INIT(4096);
	const struct zone *zone;
	struct folder f;

	(void)state;
	folder_make(&f);
	put_table(&text, '\0', 4, 1000000, -HOUR, 2 * HOUR);
	assert_int_equal(read_made(&f, &text, &zone), 0);
	assert_int_equal(linear(zone_reading(zone, instant(999999))), 999999 - HOUR);
	assert_int_equal(linear(zone_reading(zone, instant(1000000))), 1000000 + 2 * HOUR);
	assert_int_equal(linear(zone_reading(zone, instant(4000000000))), 4000000000 + 2 * HOUR);
	buf_done(&text);
	folder_end(&f);
}

/* zic -b slim: the rest of time stands in the text at the end. */
static void make_slim(struct buf *text, const char *footer)
{
	put_table(text, '2', 4, 0, 0, 0);
	put_table(text, '2', 8, 1000000, 0, HOUR);
	buf_printf(text, "\n%s\n", footer);
}

static void the_rest_of_time_is_told_by_the_end_of_the_file(void **state)
{
	struct buf text = BUF_INIT(4096);
	const struct zone *zone;
	struct folder f;

	(void)state;
	folder_make(&f);
	make_slim(&text, "CET-1CEST,M3.5.0,M10.5.0/3");
	assert_int_equal(read_made(&f, &text, &zone), 0);
	assert_int_equal(zone_reading(zone, utc(2026, 1, 1, 12, 0)).seconds, 13 * HOUR);
	assert_int_equal(zone_reading(zone, utc(2026, 3, 29, 0, 59)).seconds, 2 * HOUR - 60);
	assert_int_equal(zone_reading(zone, utc(2026, 3, 29, 1, 0)).seconds, 3 * HOUR);
	assert_int_equal(zone_reading(zone, utc(2126, 7, 1, 12, 0)).seconds, 14 * HOUR);
	assert_true(zone_instants(zone, reads(2026, 3, 29, 2, 30)).is_skipped);
	buf_done(&text);
	folder_end(&f);
}

static void rules_of_all_forms_are_as_the_c_library_has_them(void **state)
{
	static const char *const rules[] = {
		"EST5EDT,M3.2.0,M11.1.0",
		"<-03>3<-02>,M10.3.0/0,M2.3.0/0",
		"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
		"IST-1GMT0,M10.5.0,M3.5.0/1",
		"AAA-3BBB,J60/3,J300/4",
		"AAA-3BBB,59,299/4:30:15",
		"<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
		"EET-2EEST,M3.4.4/50,M10.4.4/50",
		"<+0545>-5:45",
	};
	struct folder f;

	(void)state;
	folder_make(&f);
	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		struct buf text = BUF_INIT(4096);
		const struct zone *zone;

		make_slim(&text, rules[i]);
		assert_int_equal(read_made(&f, &text, &zone), 0);
		process_zone_set(rules[i]);
		for (int64_t at = 40 * 365 * (int64_t)DAY; at < 90 * 365 * (int64_t)DAY;
		     at += 3 * HOUR + 7)
			if (linear(zone_reading(zone, instant(at))) != libc_reading(at))
				fail_msg("%s at %lld", rules[i], (long long)at);
		buf_done(&text);
	}
	folder_end(&f);
}

/* RFC 8536 3.3.1: this is how a file says that summer time never ends. */
static void a_summer_time_without_end_has_no_changes(void **state)
{
	struct buf text = BUF_INIT(4096);
	const struct zone *zone;
	struct folder f;

	(void)state;
	folder_make(&f);
	make_slim(&text, "XXX3EDT4,0/0,J365/23");
	assert_int_equal(read_made(&f, &text, &zone), 0);
	for (int hour = 0; hour < 48; hour++) {
		wall_t at = utc(2026, 12, 31, hour, 0);
		struct reading r = zone_reading(zone, at);
		struct zone_instants back = zone_instants(zone, r);

		assert_int_equal(linear(r), at.us / USEC_PER_SEC - 4 * HOUR);
		assert_false(back.is_skipped);
		assert_int_equal(back.begin.us, at.us);
		assert_int_equal(back.end.us, at.us);
	}
	buf_done(&text);
	folder_end(&f);
}

static void wrong_rules_are_refused(void **state)
{
	static const char *const rules[] = { "CET",	   "C-1",
					     "CET-1CEST",  "CET-25",
					     "<CET-1",	   "CET-1CEST,M13.1.0,M10.5.0",
					     "CET-1CEST,", "CET-1CEST,J0,J1",
					     "CET-1x",	   "CET-1CEST,M3.5.0,M10.5.0/168" };
	struct folder f;

	(void)state;
	folder_make(&f);
	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		struct buf text = BUF_INIT(4096);
		const struct zone *zone;

		make_slim(&text, rules[i]);
		if (read_made(&f, &text, &zone) != -EBADMSG)
			fail_msg("%s", rules[i]);
		buf_done(&text);
	}
	folder_end(&f);
}

/* Cut anywhere, and each of its bytes turned over: refused or read, and never past its end. */
static void a_damaged_file_is_refused_or_read_but_never_breaks_us(void **state)
{
	struct buf whole = BUF_INIT(4096);
	const struct zone *zone;
	size_t refused = 0;
	struct folder f;

	(void)state;
	folder_make(&f);
	make_slim(&whole, "CET-1CEST,M3.5.0,M10.5.0/3");
	for (size_t n = 0; n < whole.n; n++) {
		struct buf part = BUF_INIT(4096);

		buf_add(&part, whole.data, n);
		assert_int_equal(read_made(&f, &part, &zone), -EBADMSG);
		buf_done(&part);
	}
	for (size_t i = 0; i < whole.n; i++) {
		whole.data[i] = (char)~whole.data[i];
		if (read_made(&f, &whole, &zone) == -EBADMSG)
			refused++;
		else
			(void)zone_instants(zone, reads(2026, 3, 29, 2, 30));
		whole.data[i] = (char)~whole.data[i];
	}
	assert_true(refused > 40);
	buf_done(&whole);
	folder_end(&f);
}

static void utc_needs_no_file(void **state)
{
	const struct zone *zone;
	struct folder f;

	(void)state;
	folder_make(&f);
	assert_int_equal(zone_read(arena, "UTC", &zone), 0);
	assert_int_equal(linear(zone_reading(zone, instant(1795222800))), 1795222800);
	assert_int_equal(zone_read(arena, "Europe/Berlin", &zone), -ENOENT);
	folder_end(&f);
}

static void a_date_and_its_number_lead_to_each_other(void **state)
{
	(void)state;
	for (int32_t day = -800000; day < 800000; day += 17) {
		struct calendar_date date = calendar_date(day);

		assert_int_equal(calendar_day_number(date.year, date.month, date.day), day);
	}
	assert_int_equal(calendar_day_number(2028, 2, 29), calendar_day_number(2028, 3, 1) - 1);
	assert_int_equal(calendar_day_number(2026, 2, 29), calendar_day_number(2026, 3, 1));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_make, arena_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_zone_reads_as_the_c_library_says),
		TEST(every_reading_has_the_instants_that_the_c_library_leads_to),
		TEST(a_reading_that_is_left_out_or_comes_twice_is_found_around_every_change),
		TEST(a_clock_that_was_put_back_has_shown_what_it_repeats),
		TEST(names_that_lead_elsewhere_are_refused),
		TEST(the_old_form_of_a_file_is_read),
		TEST(the_rest_of_time_is_told_by_the_end_of_the_file),
		TEST(rules_of_all_forms_are_as_the_c_library_has_them),
		TEST(a_summer_time_without_end_has_no_changes),
		TEST(wrong_rules_are_refused),
		TEST(a_damaged_file_is_refused_or_read_but_never_breaks_us),
		TEST(utc_needs_no_file),
		TEST(a_date_and_its_number_lead_to_each_other),
	};

	return cmocka_run_group_tests_name("base.zone", tests, NULL, NULL);
}
