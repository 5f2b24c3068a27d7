/*
 * agenda_test.c - planned work as `check -v` tells it.
 */
#include "app/agenda.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/calendar.h"
#include "base/zone.h"

static wall_t utc(int year, int month, int day, int hour, int minute)
{
	return (wall_t){ calendar_day_number(year, month, day) * USEC_PER_DAY +
			 hour * USEC_PER_HOUR + minute * USEC_PER_MIN };
}

static const char *const scope[] = { "stack:home", "group:Public\nsites" };

static struct window_plan night(const struct zone *zone)
{
	return (struct window_plan){
		.name = "updates",
		.title = "Node updates",
		.scope = { scope, 2 },
		.begins = { .minutes = 1,
			    .hours = 1 << 23,
			    .days = UINT32_MAX - 1,
			    .months = 0x1ffe,
			    .weekdays = 1 << 6 },
		.ends = 60,
		.zone = zone,
	};
}

static void assert_told(const struct window_plan *w, wall_t now, const char *wanted)
{
	const struct plan plan = { .windows = w, .windows_n = 1, .timezone = "Asia/Tokyo" };
	struct buf text = BUF_INIT(4096);

	agenda_print(&plan, now, &text);
	assert_string_equal(buf_text(&text), wanted);
	buf_done(&text);
}

static void the_next_span_is_told_by_its_own_clock(void **state)
{
	struct arena *arena = arena_new();
	const struct zone *zone;
	struct window_plan w;

	(void)state;
	assert_int_equal(zone_read(arena, "Europe/Berlin", &zone), 0);
	w = night(zone);
	assert_told(
		&w, utc(2026, 11, 22, 0, 1),
		"\nplanned work\n"
		"  updates \"Node updates\" of stack:home, group:Public sites\n"
		"    next: Sat 2026-11-28 23:00 to Sun 2026-11-29 01:00 (2h), in 6 days, by the "
		"clock of Europe/Berlin\n");
	assert_told(&w, utc(2026, 11, 28, 22, 30),
		    "\nplanned work\n"
		    "  updates \"Node updates\" of stack:home, group:Public sites\n"
		    "    next: under way until Sun 2026-11-29 01:00, by the clock of "
		    "Europe/Berlin\n");
	arena_free(arena);
}

static void what_is_once_is_over_at_last(void **state)
{
	struct arena *arena = arena_new();
	struct window_plan w;

	(void)state;
	w = (struct window_plan){ .name = "move",
				  .title = "move",
				  .scope = { scope, 1 },
				  .from = utc(2026, 12, 1, 22, 0),
				  .until = utc(2026, 12, 1, 23, 30),
				  .ends = WINDOW_CLOCK_NONE };
	assert_int_equal(zone_read(arena, "UTC", &w.zone), 0);
	assert_told(&w, utc(2026, 11, 30, 16, 0),
		    "\nplanned work\n  move \"move\" of stack:home\n"
		    "    once: Tue 2026-12-01 22:00 to 23:30 (90m), in 30 hours, by the clock of "
		    "UTC\n");
	assert_told(&w, utc(2026, 12, 1, 21, 1),
		    "\nplanned work\n  move \"move\" of stack:home\n"
		    "    once: Tue 2026-12-01 22:00 to 23:30 (90m), in 59 minutes, by the clock of "
		    "UTC\n");
	assert_told(&w, utc(2026, 12, 1, 23, 30),
		    "\nplanned work\n  move \"move\" of stack:home\n    once: over\n");
	arena_free(arena);
}

static void a_leap_day_may_be_far_away(void **state)
{
	struct arena *arena = arena_new();
	struct window_plan w;

	(void)state;
	w = night(NULL);
	w.begins.days = 1 << 29;
	w.begins.months = 1 << 2;
	w.begins.weekdays = 0x7f;
	w.scope.n = 1;
	assert_int_equal(zone_read(arena, "UTC", &w.zone), 0);
	assert_told(&w, utc(2026, 12, 1, 0, 0),
		    "\nplanned work\n  updates \"Node updates\" of stack:home\n"
		    "    next: not within 400 days\n");
	arena_free(arena);
}

static void nothing_planned_is_nothing_told(void **state)
{
	const struct plan plan = { .windows_n = 0 };
	struct buf text = BUF_INIT(4096);

	(void)state;
	agenda_print(&plan, utc(2026, 12, 1, 0, 0), &text);
	assert_string_equal(buf_text(&text), "");
	buf_done(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_next_span_is_told_by_its_own_clock),
		cmocka_unit_test(what_is_once_is_over_at_last),
		cmocka_unit_test(a_leap_day_may_be_far_away),
		cmocka_unit_test(nothing_planned_is_nothing_told),
	};

	return cmocka_run_group_tests_name("app.agenda", tests, NULL, NULL);
}
