/*
 * windows_test.c - planned work and dependencies: what becomes of them in the
 * plan, and what is told of those that cannot be meant.
 */
#include "lab.h"

#include "base/calendar.h"
#include "base/zone.h"

#define WORLD                                                                                      \
	"timezone = \"Europe/Berlin\"; stacks = ( { name = \"home\"; } ); listen = { address = "   \
	"\"127.0.0.1:8080\"; };\n"                                                                 \
	"targets = ( { name = \"blog\"; stack = \"home\"; group = \"Public sites\"; tcp = { "      \
	"address = \"127.0.0.1:22\"; }; } );\n"                                                    \
	"pings = ( { name = \"backup\"; token = \"env:CONF_TEST_TOKEN\"; period = \"1d\"; } );\n"  \
	"watchdogs = ( { name = \"beats\"; token = \"env:CONF_TEST_HOOK\"; } );\n"
#define WINDOW(rest) WORLD "windows = (\n{ name = \"w\"; scope = \"blog\";\n" rest " } );\n"
#define WEEKLY	     "weekly = \"Sun 02:00-03:00\";"

static int windows_open(void **state)
{
	return setenv("CONF_TEST_TOKEN", "0123456789abcdef0123456789abcdef", 1) != 0 ||
			       setenv("CONF_TEST_HOOK", "fedcba9876543210fedcba9876543210", 1) != 0
		       ? -1
		       : lab_open(state);
}

static wall_t utc(int year, int month, int day, int hour, int minute)
{
	return (wall_t){ calendar_day_number(year, month, day) * USEC_PER_DAY +
			 hour * USEC_PER_HOUR + minute * USEC_PER_MIN };
}

static const struct window_plan *window(void **state, const char *text)
{
	const struct plan *plan = lab_plan(*state, text);

	assert_int_equal(plan->windows_n, 1);
	return &plan->windows[0];
}

static void a_weekly_window_ends_by_the_clock(void **state)
{
	const struct window_plan *w =
		window(state, WINDOW("title = \"Updates\"; weekly = \"Sat 23:00-01:00\";"));

	assert_string_equal(w->name, "w");
	assert_string_equal(w->title, "Updates");
	assert_int_equal(w->scope.n, 1);
	assert_string_equal(w->scope.v[0], "blog");
	assert_false(wall_is_set(w->from));
	assert_false(wall_is_set(w->until));
	assert_int_equal(w->begins.weekdays, 1 << 6);
	assert_int_equal(w->ends, 60);
	assert_int_equal(w->duration, 0);
	assert_string_equal(zone_name(w->zone), "Europe/Berlin");
}

static void a_window_of_cron_lasts_as_long_as_it_says(void **state)
{
	const struct window_plan *w = window(
		state,
		WINDOW("cron = \"30 4 1 * *\"; duration = \"90m\"; timezone = \"Asia/Tokyo\";"));

	assert_string_equal(w->title, "w");
	assert_int_equal(w->begins.days, 1 << 1);
	assert_int_equal(w->ends, WINDOW_CLOCK_NONE);
	assert_int_equal(w->duration, 90 * USEC_PER_MIN);
	assert_string_equal(zone_name(w->zone), "Asia/Tokyo");
}

static void a_window_that_is_once_goes_by_its_clock_or_by_what_stands_behind_it(void **state)
{
	const struct window_plan *w =
		window(state, WINDOW("once = [ \"2026-12-01 02:00\", \"2026-12-01T03:00Z\" ];"));

	assert_int_equal(w->from.us, utc(2026, 12, 1, 1, 0).us);
	assert_int_equal(w->until.us, utc(2026, 12, 1, 3, 0).us);
	assert_int_equal(w->ends, WINDOW_CLOCK_NONE);
	assert_int_equal(w->duration, 0);
}

static void a_window_that_is_once_has_the_whole_of_an_hour_that_comes_twice(void **state)
{
	const struct window_plan *w =
		window(state, WINDOW("once = [ \"2026-10-25 02:00\", \"2026-10-25 02:30\" ];"));

	assert_int_equal(w->from.us, utc(2026, 10, 25, 0, 0).us);
	assert_int_equal(w->until.us, utc(2026, 10, 25, 1, 30).us);
}

static void an_hour_that_is_left_out_is_taken_and_warned_about(void **state)
{
	const struct window_plan *w =
		window(state, WINDOW("once = [ \"2026-03-29 02:10\", \"2026-03-29 02:50\" ];"));

	assert_int_equal(w->from.us, utc(2026, 3, 29, 1, 0).us);
	assert_int_equal(w->until.us, utc(2026, 3, 29, 1, 50).us);
	lab_expect_told(*state, "test.cfg:7: warning: window.once: the clocks leap over "
				"\"2026-03-29 02:10\"");
}

static void every_sort_of_scope_is_known(void **state)
{
	const struct plan *plan = lab_plan(
		*state, WORLD "windows = ( { name = \"w\"; " WEEKLY
			      " scope = [ \"all\", \"stack:home\", \"stack:default\", "
			      "\"group:Public sites\", \"blog\", \"backup\", \"beats\" ]; } );");

	assert_int_equal(plan->windows[0].scope.n, 7);
}

static void windows_stand_in_files_of_the_folder_as_well(void **state)
{
	struct lab *lab = *state;

	lab_write(lab, "main.cfg", WINDOW(WEEKLY));
	lab_mkdir(lab, "targets.d");
	lab_write(lab, "targets.d/a.cfg",
		  "windows = ( { name = \"v\"; scope = \"blog\"; " WEEKLY " } );");
	assert_non_null(lab_load(lab, "main.cfg"));
	assert_int_equal(lab->generation->plan.windows_n, 2);
	assert_string_equal(lab->generation->plan.windows[1].name, "v");
}

static void expect_refused(void **state, const char *text, const char *place, const char *advice)
{
	struct lab *lab = *state;

	assert_null(lab_load_text(lab, text));
	lab_expect_faults(lab, 1);
	lab_expect_told(lab, place);
	lab_expect_told(lab, advice);
}

struct refusal {
	const char *text, *place, *advice;
};

static const struct refusal refusals[] = {
	{ WINDOW(""), "test.cfg:6:", "does not say when" },
	{ WINDOW(WEEKLY "\ncron = \"@daily\"; duration = \"1h\";"),
	  "test.cfg:8:", "weekly says already when" },
	{ WINDOW(WEEKLY "\nduration = \"1h\";"), "test.cfg:8:", "remove it" },
	{ WINDOW("cron = \"@daily\";"), "test.cfg:7:", "add how long it lasts" },
	{ WINDOW("cron = \"61 2 * * *\"; duration = \"1h\";"),
	  "test.cfg:7:", "window.cron: minute: \"61\" must be 0 to 59" },
	{ WINDOW("cron = \"@hourly\";\nduration = \"1h\";"), "test.cfg:8:", "never end" },
	{ WINDOW("cron = \"@monthly\";\nduration = \"31d\";"), "test.cfg:8:", "never end" },
	{ WINDOW("cron = \"@daily\"; duration = \"10s\";"), "test.cfg:7:", "1m" },
	{ WINDOW("weekly = \"Sun\";"), "test.cfg:7:", "window.weekly: \"Sun\" does not say" },
	{ WINDOW("weekly = \"daily 00:00-24:00\";"), "test.cfg:7:", "never end" },
	{ WINDOW("once = \"2026-12-01 02:00\";"), "test.cfg:7:", "write from and to" },
	{ WINDOW("once = [\n\"2026-12-01 02:00\",\n\"2026-12-01\" ];"),
	  "test.cfg:9:", "\"2026-12-01\" is no date and time" },
	{ WINDOW("once = [\n\"2026-12-01 02:00\",\n\"2026-12-01 01:59\" ];"),
	  "test.cfg:9:", "ends before it begins" },
	{ WINDOW(WEEKLY "\ntimezone = \"Europe/Berlyn\";"), "test.cfg:8:", "not known on this" },
	{ WINDOW(WEEKLY "\ntimezone = \"../passwd\";"), "test.cfg:8:", "not known on this" },
	{ WINDOW(WEEKLY "\nzone = \"UTC\";"), "test.cfg:8:", "window.zone is not known" },
	{ WINDOW(WEEKLY "\ntitle = \"\";"), "test.cfg:8:", "title must be one line" },
	{ WORLD "windows = (\n{ name = \"w\"; " WEEKLY " } );", "test.cfg:6:", "needs scope" },
	{ WORLD "windows = (\n{ name = \"w\"; scope = [ ]; " WEEKLY " } );",
	  "test.cfg:6:", "scope is empty" },
	{ WORLD "windows = (\n{ name = \"w\"; scope = [ \"all\",\n\"blgo\" ]; " WEEKLY " } );",
	  "test.cfg:7:", "there is no \"blgo\"; did you mean \"blog\"" },
	{ WORLD "windows = (\n{ name = \"w\"; scope = \"home\"; " WEEKLY " } );",
	  "test.cfg:6:", "did you mean \"stack:home\"" },
	{ WORLD "windows = (\n{ name = \"w\"; scope = \"Public sites\"; " WEEKLY " } );",
	  "test.cfg:6:", "did you mean \"group:Public sites\"" },
	{ WORLD "windows = (\n{ name = \"w\"; scope = \"stack:hom\"; " WEEKLY " } );",
	  "test.cfg:6:", "did you mean \"stack:home\"" },
	{ WORLD "windows = (\n{ name = \"w\"; scope = \"something\"; " WEEKLY " } );",
	  "test.cfg:6:", "write \"all\", \"stack:NAME\"" },
	{ WORLD "windows = (\n{ name = \"w\"; scope = \"all\"; " WEEKLY " },\n{ name = \"w\"; "
		"scope = \"blog\"; " WEEKLY " } );",
	  "test.cfg:7:", "already the name of the window" },
	{ WORLD "windows = (\n{ scope = \"all\"; " WEEKLY " } );", "test.cfg:6:", "needs name" },
	{ WORLD "windows = \"Sun 02:00-03:00\";", "test.cfg:5:", "must be a list" },
};

static void what_cannot_be_meant_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
		void *opened;

		assert_int_equal(windows_open(&opened), 0);
		expect_refused(&opened, refusals[i].text, refusals[i].place, refusals[i].advice);
		(void)lab_close(&opened);
	}
}

/* 0: nobody knows what time it is, as in a test of the files alone. */
static void load_at(struct lab *lab, wall_t now)
{
	const struct conf_need need = { .secrets = CONF_SECRETS_ALL, .now = now };

	lab_write(lab, "main.cfg",
		  WINDOW("once = [ \"2026-12-01 02:00\", \"2026-12-01 03:00\" ];"));
	lab->generation = conf_load_for(lab_path(lab, "main.cfg"), need, &lab->diag);
	assert_non_null(lab->generation);
}

static void a_window_that_is_over_is_warned_about(void **state)
{
	load_at(*state, utc(2026, 12, 1, 2, 0));
	lab_expect_told(*state, "main.cfg:6: warning: window \"w\" is over");
}

static void a_window_that_is_not_over_is_no_warning(void **state)
{
	load_at(*state, utc(2026, 12, 1, 1, 59));
	lab_expect_untold(*state, "is over");
}

static void without_a_clock_nothing_is_over(void **state)
{
	load_at(*state, (wall_t){ 0 });
	lab_expect_untold(*state, "is over");
}

static void a_window_of_a_year_is_warned_about(void **state)
{
	(void)window(state, WINDOW("once = [ \"2026-12-01 02:00\",\n\"2027-12-01 03:00\" ];"));
	lab_expect_told(*state, "test.cfg:8: warning: window.once lasts more than 31 days");
}

/* ---- depends_on ---- */

#define TCP(n) "tcp = { address = \"127.0.0.1:" n "\"; };"
#define THREE(a, b, c)                                                                             \
	"targets = (\n{ name = \"a\"; " a TCP("1") " },\n{ name = \"b\"; " b TCP(                  \
		"2") " },\n{ name = \"c\"; " c TCP("3") " } );\n"
#define ON(names) "depends_on = " names "; "

static void parents_are_places_in_the_plan(void **state)
{
	const struct plan *plan =
		lab_plan(*state, THREE(ON("[ \"c\", \"backup\" ]"), ON("\"c\""),
				       "") "listen = { address = \"127.0.0.1:8080\"; };\n"
					   "pings = ( { name = \"backup\"; token = "
					   "\"env:CONF_TEST_TOKEN\"; period = \"1d\"; } );\n");

	assert_int_equal(plan->targets[0].parents.n, 2);
	assert_int_equal(plan->targets[0].parents.items[0], 2);
	assert_int_equal(plan->targets[0].parents.items[1], 3);
	assert_int_equal(plan->targets[1].parents.n, 1);
	assert_int_equal(plan->targets[1].parents.items[0], 2);
	assert_int_equal(plan->targets[2].parents.n, 0);
}

static void many_ways_to_one_parent_are_no_circle(void **state)
{
	const struct plan *plan = lab_plan(*state, THREE(ON("[ \"b\", \"c\" ]"), ON("\"c\""), ""));

	assert_int_equal(plan->targets[0].parents.n, 2);
	lab_expect_untold(*state, "circle");
}

static const struct refusal wrong_parents[] = {
	{ THREE(ON("[ \"b\",\n\"d-router\" ]"), "", ""),
	  "test.cfg:3:", "there is no target \"d-router\"; write the name" },
	{ "targets = ( { name = \"router\"; " TCP("1") " },\n{ name = \"a\"; " ON("\"ruoter\"")
		  TCP("2") " } );\n",
	  "test.cfg:2:", "did you mean \"router\"" },
	{ THREE("", ON("\"b\""), ""), "test.cfg:3:", "cannot depend on itself" },
	{ THREE(ON("[ \"b\", \"b\" ]"), "", ""), "test.cfg:2:", "stands here twice" },
	{ THREE(ON("\"b\""), ON("\"a\""), ""), "test.cfg:3:", "circle: a, b, a, each" },
	{ THREE(ON("\"b\""), ON("\"c\""), ON("[ \"a\" ]")),
	  "test.cfg:4:", "circle: a, b, c, a, each" },
	{ THREE(ON("\"b\""), ON("\"c\""), ON("\"b\"")), "test.cfg:4:", "circle: b, c, b, each" },
	{ "defaults = { " ON("\"a\"") "};\n" THREE("", "", ""),
	  "test.cfg:1:", "defaults.depends_on is not known" },
};

static void parents_that_cannot_be_meant_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof wrong_parents / sizeof wrong_parents[0]; i++) {
		void *opened;

		assert_int_equal(windows_open(&opened), 0);
		expect_refused(&opened, wrong_parents[i].text, wrong_parents[i].place,
			       wrong_parents[i].advice);
		(void)lab_close(&opened);
	}
}

/* Ten thousand, each on the one before it: no recursion of ours, and no second look at any. */
static void a_very_long_chain_is_borne(void **state)
{
	struct buf text = BUF_INIT(4u << 20);
	const struct plan *plan;

	buf_puts(&text, "targets = ( { name = \"t0\"; " TCP("1") " }\n");
	for (int i = 1; i < 10000; i++)
		buf_printf(&text, ", { name = \"t%d\"; depends_on = \"t%d\"; " TCP("1") " }\n", i,
			   i - 1);
	buf_puts(&text, ");\n");
	plan = lab_plan(*state, buf_text(&text));
	assert_int_equal(plan->targets[9999].parents.items[0], 9998);
	buf_done(&text);
}

static void parents_are_printed(void **state)
{
	struct buf text = BUF_INIT(64 * 1024);

	conf_print_plan(lab_plan(*state, THREE(ON("[ \"b\", \"c\" ]"), "", "")), &text);
	assert_non_null(strstr(buf_text(&text), "127.0.0.1:1, depends on b c\n"));
	buf_done(&text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, windows_open, lab_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_weekly_window_ends_by_the_clock),
		TEST(a_window_of_cron_lasts_as_long_as_it_says),
		TEST(a_window_that_is_once_goes_by_its_clock_or_by_what_stands_behind_it),
		TEST(a_window_that_is_once_has_the_whole_of_an_hour_that_comes_twice),
		TEST(an_hour_that_is_left_out_is_taken_and_warned_about),
		TEST(every_sort_of_scope_is_known),
		TEST(windows_stand_in_files_of_the_folder_as_well),
		TEST(what_cannot_be_meant_is_refused),
		TEST(a_window_that_is_over_is_warned_about),
		TEST(a_window_that_is_not_over_is_no_warning),
		TEST(without_a_clock_nothing_is_over),
		TEST(a_window_of_a_year_is_warned_about),
		TEST(parents_are_places_in_the_plan),
		TEST(many_ways_to_one_parent_are_no_circle),
		TEST(parents_that_cannot_be_meant_are_refused),
		TEST(a_very_long_chain_is_borne),
		TEST(parents_are_printed),
	};

	return cmocka_run_group_tests_name("conf.windows", tests, NULL, NULL);
}
