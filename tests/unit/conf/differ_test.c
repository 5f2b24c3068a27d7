/*
 * differ_test.c - what a reload is said to change: all of it, and nothing else.
 */
#include "lab.h"

#define STACKS "stacks = ( { name = \"s\"; }, { name = \"t\"; } );\n"
#define TARGETS                                                                                    \
	STACKS "targets = ( { name = \"a\"; stack = \"s\"; tcp = { address = \"192.0.2.1:1\"; }; " \
	       "},"                                                                                \
	       " { name = \"b\"; stack = \"t\"; tcp = { address = \"192.0.2.1:2\"; }; } );\n"
#define ONE(rest)  "targets = ( { name = \"a\"; " rest " } );\n"
#define TCP	   "tcp = { address = \"192.0.2.1:1\"; };"
#define HTTP(rest) "http = { url = \"https://a.example.com/\"; " rest " };"
#define DOG(rest)                                                                                  \
	ONE(TCP) "watchdogs = ( { name = \"w\"; token = \"env:CONF_TEST_TOKEN\"; " rest " } );\n"
#define PULL(rest) DOG("pull = { alertmanager = \"https://am.example.com\"; " rest " };")

static void difference_note(void *ctx, const struct plan_difference *d)
{
	buf_printf(ctx, "%s %s%s%s%s%s%s\n", plan_change_name(d->change), d->what,
		   *d->name != '\0' ? " " : "", d->name, *d->key != '\0' ? "." : "", d->key,
		   d->is_fixed ? " at the next start" : "");
}

static void expect(void **state, const char *before, const char *after, const char *differences)
{
	struct lab *lab = *state;
	struct buf told = BUF_INIT(64 * 1024);
	struct generation *old;

	(void)lab_plan(lab, before);
	old = lab->generation;
	(void)lab_plan(lab, after);
	plan_differ(&old->plan, &lab->generation->plan, difference_note, &told);
	assert_string_equal(buf_text(&told), differences);
	generation_drop(old);
	buf_done(&told);
}

static void the_same_twice_is_no_difference(void **state)
{
	expect(state, TARGETS, TARGETS, "");
}

static void the_order_of_targets_is_no_difference(void **state)
{
	expect(state, TARGETS,
	       STACKS
	       "targets = ( { name = \"b\"; stack = \"t\"; tcp = { address = \"192.0.2.1:2\"; }; },"
	       " { name = \"a\"; stack = \"s\"; tcp = { address = \"192.0.2.1:1\"; }; } );\n",
	       "");
}

#define WINDOWS(rest) ONE(TCP) "windows = ( " rest " );\n"
#define WINDOW(rest)  WINDOWS("{ name = \"w\"; scope = \"a\"; " rest " }")
#define SUNDAY	      "weekly = \"Sun 02:00-03:00\";"
#define MONTHLY	      "cron = \"@monthly\"; duration = \"1h\";"

static void planned_work_is_told_by_name_and_key(void **state)
{
	static const struct {
		const char *before, *after, *difference;
	} rows[] = {
		{ WINDOW(SUNDAY), WINDOW(SUNDAY), "" },
		{ WINDOW(SUNDAY), ONE(TCP), "removed window w\n" },
		{ ONE(TCP), WINDOW(SUNDAY), "added window w\n" },
		{ WINDOW(SUNDAY), WINDOW("weekly = \"Mon 02:00-03:00\";"),
		  "changed window w.weekly\n" },
		{ WINDOW(SUNDAY), WINDOW("weekly = \"Sun 02:00-03:30\";"),
		  "changed window w.weekly\n" },
		{ WINDOW(MONTHLY), WINDOW("cron = \"@daily\"; duration = \"1h\";"),
		  "changed window w.cron\n" },
		{ WINDOW(MONTHLY), WINDOW("cron = \"@monthly\"; duration = \"2h\";"),
		  "changed window w.duration\n" },
		{ WINDOW(SUNDAY), WINDOW(SUNDAY " title = \"Updates\";"),
		  "changed window w.title\n" },
		{ WINDOW(SUNDAY), WINDOW(SUNDAY " timezone = \"Asia/Tokyo\";"),
		  "changed window w.timezone\n" },
		{ WINDOW(SUNDAY), WINDOWS("{ name = \"w\"; scope = \"all\"; " SUNDAY " }"),
		  "changed window w.scope\n" },
		{ WINDOW("once = [ \"2026-12-01 02:00\", \"2026-12-01 03:00\" ];"),
		  WINDOW("once = [ \"2026-12-01 02:00\", \"2026-12-01 04:00\" ];"),
		  "changed window w.once\n" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct lab *lab = *state;

		expect(state, rows[i].before, rows[i].after, rows[i].difference);
		generation_drop(lab->generation);
		lab->generation = NULL;
	}
}

#define TWO(a, b)                                                                                  \
	"targets = ( { name = \"a\"; " a TCP " }, { name = \"b\"; " b TCP " } );\n"
#define TWO_TURNED(a, b)                                                                           \
	"targets = ( { name = \"b\"; " b TCP " }, { name = \"a\"; " a TCP " } );\n"
#define ON(name) "depends_on = \"" name "\"; "

static void what_a_target_depends_on_is_told(void **state)
{
	expect(state, TWO("", ""), TWO(ON("b"), ""), "changed target a.depends_on\n");
}

static void a_parent_that_stands_elsewhere_is_no_difference(void **state)
{
	expect(state, TWO(ON("b"), ""), TWO_TURNED(ON("b"), ""), "");
}

static void the_order_of_stacks_is_no_difference(void **state)
{
	expect(state,
	       "stacks = ( { name = \"s\"; }, { name = \"t\"; } );\n" ONE("stack = \"t\"; " TCP),
	       "stacks = ( { name = \"t\"; }, { name = \"s\"; } );\n" ONE("stack = \"t\"; " TCP),
	       "");
}

static void targets_added_removed_and_changed_are_told_by_name(void **state)
{
	expect(state, TARGETS,
	       STACKS
	       "targets = ( { name = \"b\"; stack = \"s\"; tcp = { address = \"192.0.2.1:2\"; }; },"
	       " { name = \"c\"; tcp = { address = \"192.0.2.1:1\"; }; } );\n",
	       "removed target a\nchanged target b.stack\nadded target c\nadded stack default\n");
}

static void what_differs_in_a_target_is_told(void **state)
{
	expect(state, ONE(TCP), ONE("interval = \"90s\"; " TCP), "changed target a.interval\n");
	generation_drop(((struct lab *)*state)->generation);
	expect(state, ONE(TCP), ONE("retest = [ \"10s\" ]; " TCP), "changed target a.retest\n");
	generation_drop(((struct lab *)*state)->generation);
	expect(state, ONE(TCP), ONE("allow = \"10.0.0.0/8\"; " TCP), "changed target a.allow\n");
	generation_drop(((struct lab *)*state)->generation);
	expect(state, ONE(TCP), ONE("try_next = \"look\"; " TCP), "changed target a.try_next\n");
	generation_drop(((struct lab *)*state)->generation);
	expect(state, ONE(TCP), ONE("hidden = true; " TCP), "changed target a.hidden\n");
	generation_drop(((struct lab *)*state)->generation);
	expect(state, ONE(TCP), ONE("tcp = { address = \"192.0.2.1:2\"; };"),
	       "changed target a.address\n");
	generation_drop(((struct lab *)*state)->generation);
	expect(state, ONE(TCP), ONE(HTTP("")), "changed target a.http\n");
}

static void every_type_of_option_is_compared(void **state)
{
	static const struct {
		const char *more, *key;
	} cases[] = {
		{ "method = \"POST\";", "method" },
		{ "headers = { A = \"b\"; };", "headers" },
		{ "body_contains = [ \"x\" ];", "body_contains" },
		{ "max_redirects = 1;", "max_redirects" },
		{ "ca_file = \"/dev/null\";", "ca_file" },
		{ "auth = { bearer = \"env:CONF_TEST_TOKEN\"; };", "auth" },
	};
	struct lab *lab = *state;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *after = arena_printf(
			lab->arena, ONE("http = { url = \"https://a.example.com/\"; %s };"),
			cases[i].more);
		const char *told = arena_printf(lab->arena, "changed target a.%s\n", cases[i].key);

		expect(state, ONE(HTTP("")), after, told);
		generation_drop(lab->generation);
		expect(state, after, after, "");
		generation_drop(lab->generation);
	}
	lab->generation = NULL;
}

static void a_changed_secret_is_told_without_it(void **state)
{
	assert_int_equal(setenv("CONF_TEST_OTHER", "canary-canary-canary", 1), 0);
	expect(state, DOG(""),
	       ONE(TCP) "watchdogs = ( { name = \"w\"; token = \"env:CONF_TEST_OTHER\"; } );",
	       "changed watchdog w.token\n");
}

static void channels_are_compared(void **state)
{
#define TOLD(more)                                                                                 \
	ONE(TCP) "channels = ( { name = \"c\"; webhook = { url = \"https://a.test/\"; " more " } );"
	static const char plain[] = TOLD("};");

	expect(state, ONE(TCP) "mail = { to = \"a@a.test\"; };",
	       ONE(TCP) "mail = { to = ( { address = \"a@a.test\"; after = \"1h\"; } ); };",
	       "changed mail.to\n");
	generation_drop(((struct lab *)*state)->generation);
	expect(state, plain, plain, "");
	generation_drop(((struct lab *)*state)->generation);
	expect(state, plain, TOLD("}; only = \"site-down\";"), "changed channel c.only\n");
	generation_drop(((struct lab *)*state)->generation);
	expect(state, plain, TOLD("}; quiet = \"22:00-07:00\";"), "changed channel c.quiet\n");
	generation_drop(((struct lab *)*state)->generation);
	expect(state, plain, TOLD("key = \"env:CONF_TEST_TOKEN\"; };"),
	       "changed channel c.key\n");
	generation_drop(((struct lab *)*state)->generation);
	expect(state, TOLD("};"), ONE(TCP) "mail = { to = \"root@localhost\"; };",
	       "removed channel c\nchanged mail.to\n");
}

static void pings_are_compared(void **state)
{
#define PINGED(more)                                                                               \
	ONE(TCP) "pings = ( { name = \"p\"; token = \"env:CONF_TEST_TOKEN\"; " more " } );"
	static const char day[] = PINGED("period = \"1d\";");

	expect(state, ONE(TCP), day, "added target p\n");
	generation_drop(((struct lab *)*state)->generation);
	expect(state, day, day, "");
	generation_drop(((struct lab *)*state)->generation);
	expect(state, day, PINGED("period = \"2d\";"), "changed target p.period\n");
	generation_drop(((struct lab *)*state)->generation);
	expect(state, day, PINGED("period = \"1d\"; grace = \"2h\";"), "changed target p.grace\n");
	generation_drop(((struct lab *)*state)->generation);
	expect(state, day, PINGED("period = \"1d\"; group = \"x\";"), "changed target p.group\n");
#undef PINGED
}

static void watchdogs_and_whom_they_ask_are_compared(void **state)
{
	expect(state, DOG(""), DOG("grace = \"300s\";"), "changed watchdog w.grace\n");
	generation_drop(((struct lab *)*state)->generation);
	expect(state, DOG(""), DOG("labels = \"cluster=x\";"), "changed watchdog w.labels\n");
	generation_drop(((struct lab *)*state)->generation);
	expect(state, DOG(""), PULL(""), "changed watchdog w.pull\n");
	generation_drop(((struct lab *)*state)->generation);
	expect(state, PULL(""), PULL("interval = \"30s\";"), "changed watchdog w.pull\n");
	generation_drop(((struct lab *)*state)->generation);
	expect(state, PULL(""), PULL("auth = { bearer = \"env:CONF_TEST_TOKEN\"; };"),
	       "changed watchdog w.pull\n");
	generation_drop(((struct lab *)*state)->generation);
	expect(state, PULL(""), PULL(""), "");
	generation_drop(((struct lab *)*state)->generation);
	expect(state, DOG(""), ONE(TCP), "removed watchdog w\n");
}

static void all_that_needs_a_start_is_told_and_not_only_the_first(void **state)
{
	expect(state, ONE(TCP),
	       ONE(TCP) "state_dir = \"/var/lib/other\"; listen = { address = \"127.0.0.1:8081\"; "
			"};"
			"page = { dir = \"/srv/page\"; };",
	       "changed state_dir at the next start\nchanged listen.address at the next start\n"
	       "changed page.dir at the next start\n");
}

#define RELAYED_ONE                                                                                \
	ONE(TCP) "mail = { from = \"a@example.com\"; to = \"b@example.com\"; relays = ( { url = "     \
		 "\"smtps://mail.example.com\"; } ); };\n"
#define CANARY(more)                                                                               \
	RELAYED_ONE "canary = { to = \"c@example.net\"; imap = \"imaps://i.example.net\"; "           \
		    "user = \"c\"; password = \"env:CONF_TEST_TOKEN\"; " more " };\n"

static void a_canary_is_one_key(void **state)
{
	static const char *const after[] = { CANARY("at = \"06:41\";"), CANARY("within = \"5m\";"),
					     CANARY("folder = \"Canary\";"), RELAYED_ONE };
	struct lab *lab = *state;

	expect(state, CANARY(""), CANARY("at = \"06:40\";"), "");
	for (size_t i = 0; i < sizeof after / sizeof after[0]; i++) {
		generation_drop(lab->generation);
		expect(state, CANARY(""), after[i], "changed canary\n");
	}
}

static void every_other_key_is_compared(void **state)
{
	expect(state, ONE(TCP),
	       ONE(TCP) "instance = \"x\"; language = \"ja\"; timezone = \"UTC\"; resolvers = "
			"\"192.0.2.1\";\n"
			"heartbeat_url = \"https://hc.example.org/\"; references = [ "
			"\"192.0.2.1:443\" ];\n"
			"listen = { public_url = \"https://s.example.com\"; metrics_token = "
			"\"env:CONF_TEST_TOKEN\"; };\n"
			"page = { title = \"T\"; url = \"https://s.example.com\"; days = 30; "
			"noindex = true; "
			"public_errors = \"full\"; };\n"
			"mail = { from = \"a@example.com\"; to = \"b@example.com\"; group_wait = "
			"\"1s\"; "
			"repeat = \"2h\"; cap = 3; subject = \"stable\"; relays = ( { url = "
			"\"smtps://mail.example.com\"; } ); };\n"
			"retention = { raw = \"7d\"; buckets = \"100d\"; };\n"
			"stacks = ( { name = \"default\"; title = \"All checks\"; runbook = "
			"\"https://r.example.com\"; } );",
	       "changed stack default.runbook\n"
	       "changed instance\nchanged language\nchanged timezone\nchanged resolvers\n"
	       "changed heartbeat_url\nchanged listen.public_url\nchanged listen.metrics_token\n"
	       "changed page.title\nchanged page.url\nchanged page.days\nchanged page.noindex\n"
	       "changed page.public_errors\nchanged mail.from\nchanged mail.group_wait\n"
	       "changed mail.repeat\nchanged mail.cap\nchanged mail.subject\nchanged "
	       "retention.raw\n"
	       "changed retention.buckets\nchanged references\nchanged mail.to\nchanged "
	       "mail.relays\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, lab_open, lab_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_same_twice_is_no_difference),
		TEST(the_order_of_targets_is_no_difference),
		TEST(the_order_of_stacks_is_no_difference),
		TEST(a_parent_that_stands_elsewhere_is_no_difference),
		TEST(what_a_target_depends_on_is_told),
		TEST(planned_work_is_told_by_name_and_key),
		TEST(targets_added_removed_and_changed_are_told_by_name),
		TEST(what_differs_in_a_target_is_told),
		TEST(every_type_of_option_is_compared),
		TEST(a_changed_secret_is_told_without_it),
		TEST(channels_are_compared),
		TEST(pings_are_compared),
		TEST(watchdogs_and_whom_they_ask_are_compared),
		TEST(all_that_needs_a_start_is_told_and_not_only_the_first),
		TEST(every_other_key_is_compared),
		TEST(a_canary_is_one_key),
	};

	if (setenv("CONF_TEST_TOKEN", "0123456789abcdef0123456789abcdef", 1) != 0)
		return 1;
	return cmocka_run_group_tests_name("conf.differ", tests, NULL, NULL);
}
