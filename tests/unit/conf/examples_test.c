/*
 * examples_test.c - the files in etc/ as they are installed, what is printed
 * about them, and what becomes of them when they are damaged.
 */
#include "lab.h"

#include "shorewatch/notify.h"

#include "shorewatch/probe.h"

#define MAIN_FILE SOURCE_DIR "/etc/shorewatch.cfg"
#define TCP	  "tcp = { address = \"127.0.0.1:22\"; };"

static int examples_open(void **state)
{
	static const char token[] = "0123456789abcdef0123456789abcdef\n";
	static const char hook[] = "https://hooks.slack.com/services/T0/B0/canary\n";
	static const char *const others[] = { "smtp-password", "canary-password", "metrics-token", "pull-password",
					      "ping-backup", "ntfy-token" };
	struct lab *lab;

	if (lab_open(state) != 0)
		return -1;
	lab = *state;
	lab_write_bytes(lab, "hook-token", 0400, token, sizeof token - 1);
	lab_write_bytes(lab, "slack-hook", 0400, hook, sizeof hook - 1);
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		lab_write_bytes(lab, others[i], 0400, "canary\n", 7);
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
	assert_int_equal(plan->targets_n, 12);
	assert_true(has_target(plan, "controller-manager"));
	assert_true(has_target(plan, "scheduler"));
	assert_true(has_target(plan, "etcd"));
	assert_true(has_target(plan, "kube-proxy"));
	assert_true(has_target(plan, "zone"));
	assert_true(has_target(plan, "imap"));
	assert_true(has_target(plan, "smtp"));
}

/*
 * "#name = ..." and "#  name = ...", but no line of prose; the ends of groups and lists; and in a
 * list that is commented out as a whole its groups: "#  { ...".
 */
static bool is_commented_out(const char *hash)
{
	const char *at = hash + 1 + strspn(hash + 1, " ");
	size_t n = strspn(at, "abcdefghijklmnopqrstuvwxyz_");

	if (strncmp(at, "};", 2) == 0 || strncmp(at, ");", 2) == 0 ||
	    (at > hash + 1 && *at == '{'))
		return true;
	return n > 0 && at[n + strspn(at + n, " ")] == '=';
}

static void uncomment_keys(char *text)
{
	for (char *line = text; line != NULL && *line != '\0'; line = strchr(line, '\n')) {
		char *hash = line + strspn(line, "\n ");

		line += *line == '\n';
		if (*hash == '#' && is_commented_out(hash))
			*hash = ' ';
	}
}

static void every_key_that_is_commented_out_is_sound_as_well(void **state)
{
	struct lab *lab = *state;
	struct buf text = BUF_INIT(64 * 1024);
	const struct plan *plan;

	assert_int_equal(file_read(MAIN_FILE, &text), 0);
	uncomment_keys(text.data);
	plan = lab_plan(lab, buf_text(&text));
	buf_done(&text);
	assert_string_equal(plan->instance, "vps-tokyo");
	assert_string_equal(plan->heartbeat_url, "https://hc.example.org/ping/0a1b2c3d");
	assert_non_null(plan->listen.metrics_token);
	assert_true(plan->page.is_noindex);
	assert_true(plan->mail.is_subject_stable);
	assert_int_equal(plan->watchdogs[0].labels.n, 1);
	assert_int_equal(plan->witnesses_n, 4); /* pull, listener, relay */
	assert_int_equal(plan->channels_n, plan->mail.to_n + 2);
}

static void the_job_that_is_commented_out_is_sound_as_well(void **state)
{
	struct buf text = BUF_INIT(64 * 1024);
	const struct plan *plan;
	char *hash;

	assert_int_equal(file_read(MAIN_FILE, &text), 0);
	hash = strstr(text.data, "#{ name = \"backup\"");
	assert_non_null(hash);
	*hash = ' ';
	plan = lab_plan(*state, buf_text(&text));
	buf_done(&text);
	assert_int_equal(plan->pings_n, 1);
	assert_int_equal(plan->targets[plan->targets_n - 1].ping->grace, 2 * USEC_PER_HOUR);
}

/* Each of them by itself, for they stand there without commas. */
static void the_windows_that_are_commented_out_are_sound_as_well(void **state)
{
	static const char *const names[] = { "updates", "certs", "move" };
	struct lab *lab = *state;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *head = arena_printf(lab->arena, "#{ name = \"%s\"", names[i]);
		struct buf text = BUF_INIT(64 * 1024);
		const struct plan *plan;
		char *hash;

		assert_int_equal(file_read(MAIN_FILE, &text), 0);
		hash = strstr(text.data, head);
		assert_non_null(hash);
		*hash = ' ';
		buf_puts(&text, "targets = ( { name = \"apiserver\"; " TCP " }, { name = "
				"\"node1-ssh\"; " TCP " } );\n");
		plan = lab_plan(lab, buf_text(&text));
		assert_int_equal(plan->windows_n, 1);
		assert_string_equal(plan->windows[0].name, names[i]);
		generation_drop(lab->generation);
		lab->generation = NULL;
		buf_done(&text);
	}
}

/* What is written there as built in is what is built in. */
static void the_defaults_that_are_shown_are_the_built_in_ones(void **state)
{
	struct lab *lab = *state;
	struct buf text = BUF_INIT(64 * 1024);
	struct target_plan shown;

	assert_int_equal(file_read(MAIN_FILE, &text), 0);
	uncomment_keys(text.data);
	buf_puts(&text, ONE_TARGET);
	shown = lab_plan(lab, buf_text(&text))->targets[0];
	buf_done(&text);
	generation_drop(lab->generation);
	assert_int_equal(shown.interval, lab_plan(lab, ONE_TARGET)->targets[0].interval);
	assert_int_equal(shown.fall, lab->generation->plan.targets[0].fall);
	assert_int_equal(shown.settle, lab->generation->plan.targets[0].settle);
	assert_memory_equal(shown.retest, lab->generation->plan.targets[0].retest,
			    sizeof shown.retest);
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

static void what_a_plan_may_hold_besides_is_printed_as_well(void **state)
{
	struct lab *lab = *state;
	struct buf text = BUF_INIT(64 * 1024);

	conf_print_plan(
		lab_plan(lab,
			 "heartbeat_url = \"https://hc.example.org/ping/canary\";\n"
			 "page = { noindex = true; public_errors = \"full\"; };\n"
			 "mail = { subject = \"stable\"; };\n"
			 "listen = { public_url = \"https://status.example.com\"; metrics_token = "
			 "\"credential:metrics-token\"; };\n"
			 "targets = ( { name = \"a\"; family = \"ipv6\"; slow = \"2s\"; hidden = "
			 "true;\n"
			 "allow = [ \"10.0.0.0/8\", \"fd00::/8\" ]; http = { url = "
			 "\"https://a.example.com/\"; auth = { bearer = "
			 "\"credential:pull-password\"; }; }; } );\n"
			 "watchdogs = ( { name = \"x\"; token = \"credential:hook-token\"; pull = "
			 "{\n"
			 "alertmanager = \"https://am.example.com\"; prometheus = "
			 "\"https://p.example.com\";\n"
			 "auth = { basic = \"me\"; password = \"credential:pull-password\"; }; }; "
			 "} );\n"),
		&text);
	expect_printed(&text, "heartbeat   to hc.example.org while everything due is done\n");
	expect_printed(&text, "not for search engines, with the targets' own words\n");
	expect_printed(&text, "under the subject of the first one\n");
	expect_printed(&text, "/metrics with a token\n");
	expect_printed(&text,
		       "https://a.example.com/, with a bearer token, IPv6 only, slow after 2s, "
		       "may lead to 10.0.0.0/8 fd00::/8 (hidden)\n");
	expect_printed(
		&text,
		"    alertmanager asked every 1m: https://am.example.com, logged in as me\n");
	expect_printed(&text,
		       "    prometheus asked every 1m: https://p.example.com, logged in as me\n");
	expect_printed(&text,
		       "Our own listener asked every 1m: https://status.example.com/healthz\n");
	assert_null(strstr(buf_text(&text), "canary"));
	buf_done(&text);
}

static void a_misspelt_section_or_kind_has_a_suggestion(void **state)
{
	(void)state;
	assert_string_equal(conf_options_nearest("targt"), "target");
	assert_string_equal(conf_options_nearest("htp"), "http");
	assert_string_equal(conf_options_nearest("nfty"), "ntfy");
	assert_null(conf_options_nearest("prometheus"));
	assert_null(conf_options_nearest("nonsense"));
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

		/* What is made of a list of its own is told as its section. */
		if (probe_kinds[i]->is_made) {
			assert_int_equal(conf_print_options(probe_kinds[i]->name, &text),
					 probe_kinds[i]->start == NULL ||
						 notify_kind_find(probe_kinds[i]->name) != NULL);
			buf_done(&text);
			continue;
		}
		assert_true(conf_print_options(probe_kinds[i]->name, &text));
		expect_printed(&text, probe_kinds[i]->summary);
		for (const struct option *o = probe_kinds[i]->options; o->name != NULL; o++)
			expect_printed(&text, o->name);
		buf_done(&text);
	}
	for (size_t i = 0; i < notify_kinds_n; i++) {
		struct buf text = BUF_INIT(64 * 1024);

		assert_true(conf_print_options(notify_kinds[i]->name, &text));
		expect_printed(&text, notify_kinds[i]->summary);
		for (const struct option *o = notify_kinds[i]->options; o->name != NULL; o++)
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
		TEST(every_key_that_is_commented_out_is_sound_as_well),
		TEST(the_job_that_is_commented_out_is_sound_as_well),
		TEST(the_windows_that_are_commented_out_are_sound_as_well),
		TEST(the_defaults_that_are_shown_are_the_built_in_ones),
		TEST(the_plan_is_printed_whole),
		TEST(what_a_plan_may_hold_besides_is_printed_as_well),
		TEST(a_misspelt_section_or_kind_has_a_suggestion),
		TEST(the_options_of_one_section_are_printed),
		TEST(the_options_of_every_kind_are_printed),
		TEST(all_options_are_printed_without_a_name),
		TEST(an_unknown_section_prints_nothing),
		TEST(a_file_cut_anywhere_is_told_or_read_but_never_breaks_us),
		TEST(a_wrong_character_anywhere_is_told_or_read_but_never_breaks_us),
	};

	return cmocka_run_group_tests_name("conf.examples", tests, NULL, NULL);
}
