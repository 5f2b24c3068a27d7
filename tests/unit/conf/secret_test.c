/*
 * secret_test.c - where secrets may lie, who may read them, and that they stay secret.
 */
#include "lab.h"

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
	expect_fault(*state, WATCHDOG("file:none"), "/none cannot be read: No such file");
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
	expect_fault(*state, WATCHDOG("credential:hook-token"), "LoadCredential=hook-token");
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
