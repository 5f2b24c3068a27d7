/*
 * secret_test.c - where secrets may lie, who may read them, and that they stay secret.
 */
#include "lab.h"

#include <pwd.h>

#include "conf/credential.h"

#define SECRET "canary-3f1c9a77d2b84e65a0"

#define WATCHDOG(token) ONE_TARGET "watchdogs = ( { name = \"home\";\ntoken = \"" token "\"; } );\n"

static int clean_open(void **state)
{
	(void)unsetenv("CREDENTIALS_DIRECTORY"); /* fails for no name of ours */
	return lab_open(state);
}

static void write_secret(struct lab *lab, const char *name, mode_t mode, const char *text)
{
	lab_write_bytes(lab, name, mode, text, strlen(text));
}

static void expect_token(struct lab *lab, const char *text, const char *token)
{
	assert_string_equal(lab_plan(lab, text)->watchdogs[0].token, token);
}

static void expect_fault(struct lab *lab, const char *text, const char *words)
{
	assert_null(lab_load_text(lab, text));
	lab_expect_faults(lab, 1);
	lab_expect_told(lab, "test.cfg:3: watchdog.token: ");
	lab_expect_told(lab, words);
	lab_expect_untold(lab, "canary");
}

static void a_closed_file_is_read_without_its_last_line_break(void **state)
{
	write_secret(*state, "token", 0600, SECRET "\n");
	expect_token(*state, WATCHDOG("file:token"), SECRET);
}

static void line_breaks_of_another_system_are_trimmed_as_well(void **state)
{
	write_secret(*state, "token", 0400, SECRET "\r\n\r\n");
	expect_token(*state, WATCHDOG("file:token"), SECRET);
}

static void a_file_without_a_line_break_is_read_whole(void **state)
{
	write_secret(*state, "token", 0600, SECRET);
	expect_token(*state, WATCHDOG("file:token"), SECRET);
}

static void a_file_that_others_can_read_is_refused(void **state)
{
	write_secret(*state, "token", 0644, SECRET);
	expect_fault(*state, WATCHDOG("file:token"),
		     "has mode 0644 and can be read by others, need 0600");
}

static void a_file_that_a_group_can_read_is_refused(void **state)
{
	write_secret(*state, "token", 0640, SECRET);
	expect_fault(*state, WATCHDOG("file:token"), "has mode 0640");
}

static void a_file_of_somebody_else_is_refused(void **state)
{
	struct lab *lab = *state;

	write_secret(lab, "token", 0600, SECRET);
	if (chown(lab_path(lab, "token"), 12345, 12345) != 0)
		skip(); /* only root can give files away */
	expect_fault(lab, WATCHDOG("file:token"), "belongs to user 12345");
}

static void a_missing_file_is_named(void **state)
{
	expect_fault(*state, WATCHDOG("file:none"), "token: none cannot be read: No such file");
}

static void a_folder_is_refused(void **state)
{
	lab_mkdir(*state, "token");
	expect_fault(*state, WATCHDOG("file:token"), "not a regular file");
}

static void a_fifo_does_not_stop_us(void **state)
{
	struct lab *lab = *state;

	assert_int_equal(mkfifo(lab_path(lab, "token"), 0600), 0);
	expect_fault(lab, WATCHDOG("file:token"), "not a regular file");
}

static void an_empty_file_is_refused(void **state)
{
	write_secret(*state, "token", 0600, "\n\n");
	expect_fault(*state, WATCHDOG("file:token"), "is empty");
}

static void two_lines_are_refused(void **state)
{
	write_secret(*state, "token", 0600, SECRET "\r\nX-Injected: canary");
	expect_fault(*state, WATCHDOG("file:token"), "one line of text");
}

static void a_zero_byte_is_refused(void **state)
{
	lab_write_bytes(*state, "token", 0600, "canary\0rest", 11);
	expect_fault(*state, WATCHDOG("file:token"), "one line of text");
}

static void the_longest_secret_is_read_and_one_byte_more_is_refused(void **state)
{
	struct lab *lab = *state;
	char text[4097];

	memset(text, 'x', sizeof text);
	lab_write_bytes(lab, "long", 0600, text, 4096);
	lab_write_bytes(lab, "token", 0600, text, 4097);
	assert_int_equal(strlen(lab_plan(lab, WATCHDOG("file:long"))->watchdogs[0].token), 4096);
	generation_drop(lab->generation);
	expect_fault(lab, WATCHDOG("file:token"), "longer than 4096 bytes");
}

static void a_credential_comes_from_systemds_folder(void **state)
{
	struct lab *lab = *state;

	write_secret(lab, "hook-token", 0400, SECRET "\n");
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", lab->dir, 1), 0);
	expect_token(lab, WATCHDOG("credential:hook-token"), SECRET);
}

static void a_credential_may_show_the_mask_of_an_access_list(void **state)
{
	struct lab *lab = *state;

	write_secret(lab, "hook-token", 0440, SECRET);
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", lab->dir, 1), 0);
	expect_token(lab, WATCHDOG("credential:hook-token"), SECRET);
}

static void a_credential_that_all_can_read_is_refused(void **state)
{
	struct lab *lab = *state;

	write_secret(lab, "hook-token", 0444, SECRET);
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", lab->dir, 1), 0);
	expect_fault(lab, WATCHDOG("credential:hook-token"), "has mode 0444");
}

static void a_credential_without_systemd_says_how_to_get_it(void **state)
{
	struct lab *lab = *state;

	expect_fault(lab, WATCHDOG("credential:no-such-hook"), "LoadCredential=no-such-hook");
	lab_expect_told(lab, "/etc/credstore/no-such-hook");
	lab_expect_told(lab, "CREDENTIALS_DIRECTORY");
}

static void a_credential_that_was_not_handed_over_says_where_it_belongs(void **state)
{
	struct lab *lab = *state;

	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", lab->dir, 1), 0);
	expect_fault(lab, WATCHDOG("credential:hook-token"),
		     "/etc/credstore/hook-token (root, 0600)");
	lab_expect_told(lab, "LoadCredential=hook-token into the unit");
}

/* ---- whose secrets, and for whom ---- */

#define SECRETS(target)                                                                            \
	"listen = { metrics_token = \"file:none\"; };\n"                                           \
	"mail = { from = \"a@example.com\"; to = \"b@example.com\"; relays = ( { url = "           \
	"\"smtps://mail.example.com\"; username = \"me\"; password = \"credential:none\"; } ); "   \
	"};\n"                                                                                     \
	"watchdogs = ( { name = \"home\"; token = \"env:CONF_TEST_UNSET\"; },\n"                   \
	"{ name = \"other\"; token = \"env:CONF_TEST_UNSET\"; pull = { alertmanager = "            \
	"\"https://am.example.com\"; ca_file = \"none.pem\"; auth = { bearer = \"file:token\"; "   \
	"}; "                                                                                      \
	"}; } );\n"                                                                                \
	"targets = ( { name = \"a\"; http = { url = \"https://a.example.com/\"; auth = { bearer "  \
	"= "                                                                                       \
	"\"file:" target "\"; }; }; },\n"                                                          \
	"{ name = \"b\"; http = { url = \"https://b.example.com/\"; auth = { basic = \"me\"; "     \
	"password = \"file:none\"; }; }; } );\n"

static const struct plan *plan_for(struct lab *lab, const char *text, struct conf_need need)
{
	lab_write(lab, "main.cfg", text);
	lab->generation = conf_load_for(lab_path(lab, "main.cfg"), need, &lab->diag);
	return lab->generation != NULL ? &lab->generation->plan : NULL;
}

static const struct auth *auth_of(const struct target_plan *t)
{
	for (const struct option *row = t->kind->options; row->name != NULL; row++) {
		if (row->type == OPTION_AUTH)
			return *(const struct auth *const *)((const char *)t->params + row->offset);
	}
	return NULL;
}

static void who_needs_no_secrets_reads_none(void **state)
{
	struct lab *lab = *state;
	const struct plan *plan =
		plan_for(lab, SECRETS("none"), (struct conf_need){ .secrets = CONF_SECRETS_NONE });

	if (plan == NULL)
		fail_msg("refused:\n%s", lab_told(lab));
	assert_int_equal(plan->targets_n, 2);
	assert_int_equal(plan->watchdogs_n, 2);
	lab_expect_untold(lab,
			  "characters"); /* nothing is said about a token that nobody has read */
}

static void what_is_no_reference_to_a_secret_is_refused_all_the_same(void **state)
{
	struct lab *lab = *state;

	assert_null(plan_for(lab, WATCHDOG(SECRET),
			     (struct conf_need){ .secrets = CONF_SECRETS_NONE }));
	lab_expect_told(lab, "main.cfg:3: watchdog.token: a secret must not stand");
	lab_expect_untold(lab, "canary");
}

static void a_probe_reads_the_secrets_of_its_target_alone(void **state)
{
	struct lab *lab = *state;
	const struct plan *plan;

	write_secret(lab, "token", 0600, SECRET);
	plan = plan_for(lab, SECRETS("token"),
			(struct conf_need){ .secrets = CONF_SECRETS_TARGET, .target = "a" });
	if (plan == NULL)
		fail_msg("refused:\n%s", lab_told(lab));
	assert_string_equal(auth_of(&plan->targets[0])->bearer, SECRET);
	assert_null(strstr(auth_of(&plan->targets[1])->password, "canary"));
}

static void a_probe_of_a_target_without_its_secret_is_refused(void **state)
{
	struct lab *lab = *state;

	assert_null(plan_for(lab, SECRETS("token"),
			     (struct conf_need){ .secrets = CONF_SECRETS_TARGET, .target = "b" }));
	lab_expect_faults(lab, 1);
	lab_expect_told(lab, "main.cfg:6: http.auth.password: none cannot be read");
}

static void a_probe_of_a_witness_reads_the_secrets_of_its_pull(void **state)
{
	struct lab *lab = *state;

	assert_null(plan_for(lab, SECRETS("token"),
			     (struct conf_need){ .secrets = CONF_SECRETS_TARGET,
						 .target = "witness-other-alertmanager" }));
	lab_expect_faults(lab, 2);
	lab_expect_told(lab, "main.cfg:4: pull.ca_file: none.pem cannot be read");
	lab_expect_told(lab, "main.cfg:4: pull.auth.bearer: token cannot be read");
}

/* "daemon" stands for the service's user, whom this machine may not have. */
#define SERVICE                                                                                    \
	(struct conf_need)                                                                         \
	{                                                                                          \
		.secrets = CONF_SECRETS_SERVICE, .user = "daemon"                                  \
	}

static void give_to(struct lab *lab, const char *user)
{
	const struct passwd *entry = getpwnam(user);

	if (geteuid() != 0 || entry == NULL ||
	    chown(lab_path(lab, "token"), entry->pw_uid, entry->pw_gid) != 0)
		skip(); /* only root can give files away */
}

static void root_accepts_what_belongs_to_the_service(void **state)
{
	struct lab *lab = *state;

	write_secret(lab, "token", 0600, SECRET);
	give_to(lab, "daemon");
	assert_non_null(plan_for(lab, WATCHDOG("file:token"), SERVICE));
	assert_string_equal(lab->generation->plan.watchdogs[0].token, SECRET);
	lab_expect_untold(lab, "chown");
}

static void root_is_told_what_the_service_cannot_read(void **state)
{
	struct lab *lab = *state;

	write_secret(lab, "token", 0600, SECRET);
	give_to(lab, "root");
	assert_non_null(plan_for(lab, WATCHDOG("file:token"), SERVICE));
	lab_expect_told(lab, "main.cfg:3: warning: watchdog.token: token belongs to root, so the "
			     "service, which runs as daemon, cannot read it");
}

static void a_file_of_a_third_one_says_whose_it_must_be(void **state)
{
	struct lab *lab = *state;

	write_secret(lab, "token", 0600, SECRET);
	give_to(lab, "nobody");
	assert_null(plan_for(lab, WATCHDOG("file:token"), SERVICE));
	lab_expect_told(lab, "it must belong to daemon or root");
	lab_expect_untold(lab, "canary");
}

static void what_belongs_to_the_service_must_be_closed_as_well(void **state)
{
	struct lab *lab = *state;

	write_secret(lab, "token", 0640, SECRET);
	give_to(lab, "daemon");
	assert_null(plan_for(lab, WATCHDOG("file:token"), SERVICE));
	lab_expect_told(lab, "has mode 0640");
}

/* ---- where systemd would take a credential from ---- */

static void put(struct lab *lab, const char *path, const char *text)
{
	const char *full = lab_path(lab, path);
	const char *slash = strrchr(full, '/');

	assert_int_equal(file_mkdir(arena_strndup(lab->arena, full, (size_t)(slash - full)), 0700),
			 0);
	lab_write(lab, path, text);
}

static const char *found(struct lab *lab, const char *name)
{
	const char *path = credential_find(lab->arena, lab->dir, name);

	return path != NULL ? path + strlen(lab->dir) : "";
}

static void the_credential_stores_are_looked_through_in_order(void **state)
{
	struct lab *lab = *state;

	assert_string_equal(found(lab, "x"), "");
	put(lab, "usr/lib/credstore/x", "");
	assert_string_equal(found(lab, "x"), "/usr/lib/credstore/x");
	put(lab, "etc/credstore/x", "");
	assert_string_equal(found(lab, "x"), "/etc/credstore/x");
	assert_string_equal(found(lab, "y"), "");
}

static void a_path_in_the_unit_comes_first_and_a_drop_in_before_it(void **state)
{
	struct lab *lab = *state;

	put(lab, "etc/credstore/x", "");
	put(lab, "usr/lib/systemd/system/shorewatch.service",
	    "[Service]\n#LoadCredential=x:/wrong\nLoadCredential=x\nLoadCredential=xx:/wrong\n"
	    "LoadCredential=y:/etc/y\n");
	assert_string_equal(found(lab, "x"), "/etc/credstore/x");
	assert_string_equal(found(lab, "y"), "/etc/y");
	put(lab, "etc/systemd/system/shorewatch.service.d/override.conf",
	    "[Service]\nLoadCredential=y:/srv/y \n");
	put(lab, "etc/systemd/system/shorewatch.service.d/override.conf~",
	    "LoadCredential=y:/no\n");
	assert_string_equal(found(lab, "y"), "/srv/y");
}

static void an_encrypted_credential_is_seen(void **state)
{
	struct lab *lab = *state;

	assert_null(credential_find_encrypted(lab->arena, lab->dir, "x"));
	put(lab, "etc/credstore.encrypted/x", "");
	assert_non_null(credential_find_encrypted(lab->arena, lab->dir, "x"));
	assert_string_equal(found(lab, "x"), "");
}

static void a_credential_cannot_leave_its_folder(void **state)
{
	struct lab *lab = *state;

	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", lab->dir, 1), 0);
	expect_fault(lab, WATCHDOG("credential:../../etc/hostname"),
		     "a plain name, without a path");
}

static void the_environment_may_hold_a_secret(void **state)
{
	assert_int_equal(setenv("CONF_TEST_SECRET", SECRET, 1), 0);
	expect_token(*state, WATCHDOG("env:CONF_TEST_SECRET"), SECRET);
}

static void an_empty_variable_is_refused(void **state)
{
	assert_int_equal(setenv("CONF_TEST_SECRET", "", 1), 0);
	expect_fault(*state, WATCHDOG("env:CONF_TEST_SECRET"), "is not set or empty");
}

static void a_secret_in_the_configuration_is_refused_and_not_repeated(void **state)
{
	expect_fault(*state, WATCHDOG(SECRET), "\"file:PATH\"");
}

static void a_secret_without_quotes_is_not_repeated(void **state)
{
	struct lab *lab = *state;

	assert_null(lab_load_text(lab, "watchdogs = ( { token = canary; } );"));
	lab_expect_told(lab, "needs quotes");
	lab_expect_untold(lab, "canary");
}

static void a_short_token_is_warned_about(void **state)
{
	struct lab *lab = *state;

	write_secret(lab, "token", 0600, "short\n");
	(void)lab_plan(lab, WATCHDOG("file:token"));
	lab_expect_told(lab, "test.cfg:3: warning: the token has less than 16 characters");
}

static void no_secret_is_printed_with_the_plan(void **state)
{
	struct lab *lab = *state;
	struct buf text = BUF_INIT(64 * 1024);

	write_secret(lab, "token", 0600, SECRET);
	conf_print_plan(
		lab_plan(lab,
			 WATCHDOG("file:token") "listen = { metrics_token = \"file:token\"; };\n"
						"mail = { from = \"a@example.com\"; to = "
						"\"b@example.com\"; relays = ( { url = "
						"\"smtps://mail.example.com\";"
						" username = \"me\"; password = \"file:token\"; } "
						"); };"),
		&text);
	assert_false(buf_failed(&text));
	assert_non_null(strstr(buf_text(&text), "mail.example.com:465 with TLS, logged in"));
	assert_null(strstr(buf_text(&text), "canary"));
	buf_done(&text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, clean_open, lab_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_closed_file_is_read_without_its_last_line_break),
		TEST(line_breaks_of_another_system_are_trimmed_as_well),
		TEST(a_file_without_a_line_break_is_read_whole),
		TEST(a_file_that_others_can_read_is_refused),
		TEST(a_file_that_a_group_can_read_is_refused),
		TEST(a_file_of_somebody_else_is_refused),
		TEST(a_missing_file_is_named),
		TEST(a_folder_is_refused),
		TEST(a_fifo_does_not_stop_us),
		TEST(an_empty_file_is_refused),
		TEST(two_lines_are_refused),
		TEST(a_zero_byte_is_refused),
		TEST(the_longest_secret_is_read_and_one_byte_more_is_refused),
		TEST(a_credential_comes_from_systemds_folder),
		TEST(a_credential_may_show_the_mask_of_an_access_list),
		TEST(a_credential_that_all_can_read_is_refused),
		TEST(a_credential_without_systemd_says_how_to_get_it),
		TEST(a_credential_that_was_not_handed_over_says_where_it_belongs),
		TEST(who_needs_no_secrets_reads_none),
		TEST(what_is_no_reference_to_a_secret_is_refused_all_the_same),
		TEST(a_probe_reads_the_secrets_of_its_target_alone),
		TEST(a_probe_of_a_target_without_its_secret_is_refused),
		TEST(a_probe_of_a_witness_reads_the_secrets_of_its_pull),
		TEST(root_accepts_what_belongs_to_the_service),
		TEST(root_is_told_what_the_service_cannot_read),
		TEST(a_file_of_a_third_one_says_whose_it_must_be),
		TEST(what_belongs_to_the_service_must_be_closed_as_well),
		TEST(the_credential_stores_are_looked_through_in_order),
		TEST(a_path_in_the_unit_comes_first_and_a_drop_in_before_it),
		TEST(an_encrypted_credential_is_seen),
		TEST(a_credential_cannot_leave_its_folder),
		TEST(the_environment_may_hold_a_secret),
		TEST(an_empty_variable_is_refused),
		TEST(a_secret_in_the_configuration_is_refused_and_not_repeated),
		TEST(a_secret_without_quotes_is_not_repeated),
		TEST(a_short_token_is_warned_about),
		TEST(no_secret_is_printed_with_the_plan),
	};

	return cmocka_run_group_tests_name("conf.secret", tests, NULL, NULL);
}
