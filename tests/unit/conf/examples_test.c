/*
 * examples_test.c - the files in etc/ as they are installed, what is printed
 * about them, and what becomes of them when they are damaged.
 */
#include "lab.h"

#include "shorewatch/probe.h"

#define MAIN_FILE SOURCE_DIR "/etc/shorewatch.cfg"

static int examples_open(void **state)
{
	static const char token[] = "0123456789abcdef0123456789abcdef\n";
	struct lab *lab;

	if (lab_open(state) != 0)
		return -1;
	lab = *state;
	lab_write_bytes(lab, "hook-token", 0400, token, sizeof token - 1);
	lab_write_bytes(lab, "smtp-password", 0400, "canary\n", 7);
	return setenv("CREDENTIALS_DIRECTORY", lab->dir, 1);
}

static const struct plan *examples_load(struct lab *lab)
{
	lab->generation = conf_load(MAIN_FILE, &lab->diag);
	if (lab->generation == NULL)
		fail_msg("refused:\n%s", lab_told(lab));
	return &lab->generation->plan;
}

static bool has_target(const struct plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->targets_n; i++) {
		if (strcmp(plan->targets[i].name, name) == 0)
			return true;
	}
	return false;
}

static void the_installed_files_are_sound_and_without_warning(void **state)
{
	static const char *const names[] = {
		"blog",	   "misskey-web", "misskey-api",  "misskey-health", "apiserver",
		"ingress", "node1-ssh",	  "alertmanager", "prometheus",
	};
	struct lab *lab = *state;
	const struct plan *plan = examples_load(lab);

	assert_string_equal(lab_told(lab), "");
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		assert_true(has_target(plan, names[i]));
	assert_int_equal(plan->stacks_n, 1);
	assert_int_equal(plan->watchdogs_n, 1);
	assert_int_equal(plan->mail.relays_n, 1);
}

/* "#,{" begins what is commented out, two spaces and all. */
static void uncomment(char *text)
{
	for (char *line = text; line != NULL && *line != '\0'; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, "  #,{", 5) == 0 || strncmp(line, "  #}", 4) == 0 ||
		    strncmp(line, "  #  ", 5) == 0)
			line[2] = ' ';
	}
}

static void what_is_commented_out_is_sound_as_well(void **state)
{
	struct lab *lab = *state;
	struct buf text = BUF_INIT(64 * 1024);
	const struct plan *plan;

	assert_int_equal(file_read(SOURCE_DIR "/etc/targets.d/cluster.cfg", &text), 0);
	uncomment(text.data);
	buf_puts(&text, "stacks = ( { name = \"home\"; } );\n");
	plan = lab_plan(lab, buf_text(&text));
	buf_done(&text);
	assert_int_equal(plan->targets_n, 9);
	assert_true(has_target(plan, "controller-manager"));
	assert_true(has_target(plan, "scheduler"));
	assert_true(has_target(plan, "etcd"));
	assert_true(has_target(plan, "kube-proxy"));
}

static void expect_printed(const struct buf *text, const char *words)
{
	if (strstr(buf_text(text), words) == NULL)
		fail_msg("\"%s\" is not in\n%s", words, buf_text(text));
}

static void the_plan_is_printed_whole(void **state)
{
	struct buf text = BUF_INIT(64 * 1024);

	conf_print_plan(examples_load(*state), &text);
	assert_false(buf_failed(&text));
	expect_printed(&text, "stack home \"Home cluster\"");
	expect_printed(
		&text,
		"  blog            1m       10s      3     auto     https://blog.example.com/\n");
	expect_printed(&text,
		       "  node1-ssh       1m       10s      3     edge     node1.example.com:22\n");
	expect_printed(&text, "watchdog home: late after 2m, silent after 5m");
	expect_printed(&text, "https://status.example.com/hook/home\n");
	expect_printed(&text, "through mail.example.com:465 with TLS, logged in");
	expect_printed(&text, "references, every 30s\n  1.1.1.1:443\n");
	expect_printed(&text, "listener    127.0.0.1:8080");
	assert_null(strstr(buf_text(&text), "canary"));
	assert_null(strstr(buf_text(&text), "0123456789abcdef"));
	buf_done(&text);
}

static void the_options_of_one_section_are_printed(void **state)
{
	struct buf text = BUF_INIT(64 * 1024);

	(void)state;
	assert_true(conf_print_options("target", &text));
	expect_printed(&text, "interval            time 1s to 1d; default 60s");
	expect_printed(&text, "one of auto, service, edge; default auto");
	expect_printed(&text, "name                text; required");
	assert_null(strstr(buf_text(&text), "start_grace"));
	buf_done(&text);
}

static void the_options_of_every_kind_are_printed(void **state)
{
	(void)state;
	for (size_t i = 0; i < probe_kinds_n; i++) {
		struct buf text = BUF_INIT(64 * 1024);

		assert_true(conf_print_options(probe_kinds[i]->name, &text));
		expect_printed(&text, probe_kinds[i]->summary);
		for (const struct option *o = probe_kinds[i]->options; o->name != NULL; o++)
			expect_printed(&text, o->name);
		buf_done(&text);
	}
}

static void all_options_are_printed_without_a_name(void **state)
{
	struct buf text = BUF_INIT(64 * 1024);

	(void)state;
	assert_true(conf_print_options(NULL, &text));
	expect_printed(&text, "resolved_is_down");
	expect_printed(&text, "http: ");
	expect_printed(&text, "relay: ");
	assert_false(buf_failed(&text));
	buf_done(&text);
}

static void an_unknown_section_prints_nothing(void **state)
{
	struct buf text = BUF_INIT(1024);

	(void)state;
	assert_false(conf_print_options("nonsense", &text));
	assert_string_equal(buf_text(&text), "");
	buf_done(&text);
}

/* ---- damage ---- */

static void load_and_forget(const char *text)
{
	struct arena *arena = arena_new();
	struct generation *generation;
	struct diag diag;

	diag_init(&diag, arena);
	generation = conf_load_text(text, MAIN_FILE, &diag);
	assert_true((generation == NULL) == (diag.faults > 0));
	generation_drop(generation);
	arena_free(arena);
}

static void a_file_cut_anywhere_is_told_or_read_but_never_breaks_us(void **state)
{
	struct buf text = BUF_INIT(64 * 1024);

	(void)state;
	assert_int_equal(file_read(MAIN_FILE, &text), 0);
	for (size_t n = text.n; n > 0; n--) {
		text.data[n] = '\0';
		load_and_forget(text.data);
	}
	buf_done(&text);
}

static void a_wrong_character_anywhere_is_told_or_read_but_never_breaks_us(void **state)
{
	static const char wrong[] = "\"{(],;=#\\@\x80"
				    "9";
	struct buf text = BUF_INIT(64 * 1024);

	(void)state;
	assert_int_equal(file_read(SOURCE_DIR "/etc/targets.d/misskey.cfg", &text), 0);
	for (size_t i = 0; i < text.n; i++) {
		char right = text.data[i];

		text.data[i] = wrong[i % (sizeof wrong - 1)];
		load_and_forget(text.data);
		text.data[i] = right;
	}
	buf_done(&text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, examples_open, lab_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_installed_files_are_sound_and_without_warning),
		TEST(what_is_commented_out_is_sound_as_well),
		TEST(the_plan_is_printed_whole),
		TEST(the_options_of_one_section_are_printed),
		TEST(the_options_of_every_kind_are_printed),
		TEST(all_options_are_printed_without_a_name),
		TEST(an_unknown_section_prints_nothing),
		TEST(a_file_cut_anywhere_is_told_or_read_but_never_breaks_us),
		TEST(a_wrong_character_anywhere_is_told_or_read_but_never_breaks_us),
	};

	return cmocka_run_group_tests_name("conf.examples", tests, NULL, NULL);
}
