/*
 * log_test.c - what reaches standard error, line by line.
 *
 * Standard error is a pipe of records while a test runs: each write is read
 * as one piece, which is how "one write a line" is seen.
 */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static int reader = -1, real_stderr = -1;

static int capture_begin(void **state)
{
	int fds[2];

	(void)state;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) < 0)
		return -1;
	real_stderr = dup(STDERR_FILENO);
	if (real_stderr < 0 || dup2(fds[1], STDERR_FILENO) < 0)
		return -1;
	(void)close(fds[1]);
	reader = fds[0];
	return 0;
}

static int capture_end(void **state)
{
	(void)state;
	(void)dup2(real_stderr, STDERR_FILENO);
	(void)close(real_stderr);
	(void)close(reader);
	log_setup(LOG_LEVEL_INFO, false);
	return 0;
}

/* The next line, or "" when nothing was written. */
static const char *next_line(void)
{
	static char line[8192];
	ssize_t n = read(reader, line, sizeof line - 1);

	line[n > 0 ? n : 0] = '\0';
	return line;
}

/*
 * Lines are limited to 20 a second and the sink cannot be emptied from
 * outside, so each test runs in a process of its own with a fresh sink.
 * Asserts go to the parent as its exit status.
 */
static void in_child(void (*body)(void))
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		body();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void expect_line(const char *expected)
{
	const char *line = next_line();

	if (strcmp(line, expected) == 0)
		return;
	(void)printf("expected: %s\nwritten:  %s\n", expected, line);
	(void)fflush(stdout);
	_exit(1);
}

static void body_lines(void)
{
	log_notice("verdict target=%s to=%s", "blog", "down");
	log_debug("not shown");
	log_info("shown");
	log_setup(LOG_LEVEL_ERR, true);
	log_warning("not shown either");
	log_err("state.open path=x");
	expect_line("verdict target=blog to=down\n");
	expect_line("shown\n");
	expect_line("<3>state.open path=x\n");
	expect_line("");
}

static void lines_are_written_up_to_the_level(void **state)
{
	(void)state;
	in_child(body_lines);
}

static void body_fail(void)
{
	errno = EPERM;
	if (log_fail(-ENOENT, "state.open path=%s", "x") != -ENOENT || errno != EPERM)
		_exit(1);
	(void)log_fail(-99999, "odd");
	expect_line("state.open path=x error=ENOENT\n");
	expect_line("odd error=-99999\n");
}

static void a_failure_is_named_and_given_back(void **state)
{
	(void)state;
	in_child(body_fail);
}

static void body_hostile(void)
{
	static char text[10000];

	log_info("a\nb\x1b[31m\x7f");
	memset(text, 'x', sizeof text - 1);
	log_info("%s", text);
	expect_line("a b [31m \n");
	const char *line = next_line();
	size_t n = strlen(line);

	if (n > 2049 || n < 2000 || strcmp(line + n - 4, "…\n") != 0 || strlen(next_line()) != 0)
		_exit(1);
	(void)log_fail(-EIO, "%s", text);
	line = next_line();
	n = strlen(line);
	if (strcmp(line + n - 14, "… error=EIO\n") != 0)
		_exit(1);
}

static void a_line_stays_one_line_of_bounded_length(void **state)
{
	(void)state;
	in_child(body_hostile);
}

static void body_repeats(void)
{
	for (int i = 0; i < 100; i++)
		log_warning("delivery relay=mx reply=421");
	log_info("delivery relay=mx reply=421"); /* another level is another line */
	log_info("other");
	expect_line("delivery relay=mx reply=421\n");
	expect_line("log.repeated repeated=99\n");
	expect_line("delivery relay=mx reply=421\n");
	expect_line("other\n");
	expect_line("");
}

static void repeats_are_counted_and_told_before_the_next_line(void **state)
{
	(void)state;
	in_child(body_repeats);
}

static time_t second_now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/* All lines within one second, or the attempt does not count. */
static void body_flood(void)
{
	unsigned written = 0;
	time_t second;

	second = second_now();
	for (int i = 0; i < 500; i++)
		log_info("line n=%d", i);
	for (; next_line()[0] != '\0';)
		written++;
	if (written != (second == second_now() ? 20U : written) || written < 20 || written > 41)
		_exit(1);
}

static void lines_beyond_twenty_a_second_are_not_written(void **state)
{
	(void)state;
	in_child(body_flood);
}

/* The clock cannot be moved from outside; the next second is waited for without sleeping long. */
static void body_suppressed(void)
{
	unsigned told = 0, written = 0;
	const char *line;

	for (int i = 0; i < 60; i++)
		log_info("line n=%d", i);
	for (time_t second = second_now(); second == second_now();)
		(void)nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
	log_info("later");
	log_info("latest"); /* and what was told is not told again */
	while ((line = next_line())[0] != '\0') {
		unsigned n;

		if (sscanf(line, "log.suppressed lines=%u", &n) == 1)
			told += n;
		else
			written++;
	}
	if (told == 0 || told + written != 62)
		_exit(1);
}

static void what_was_not_written_is_told_afterwards(void **state)
{
	(void)state;
	in_child(body_suppressed);
}

static void dying_says_why_even_in_a_flood(void **state)
{
	const char *line, *last = "";
	char kept[128];
	int status;
	pid_t pid = fork();

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0) {
		for (int i = 0; i < 30; i++)
			log_info("line n=%d", i);
		log_die("memory.exhausted bytes=%d", 7);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	while ((line = next_line())[0] != '\0') {
		(void)snprintf(kept, sizeof kept, "%.*s", (int)sizeof kept - 1, line);
		last = kept;
	}
	assert_string_equal(last, "memory.exhausted bytes=7\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, capture_begin, capture_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lines_are_written_up_to_the_level),
		TEST(a_failure_is_named_and_given_back),
		TEST(a_line_stays_one_line_of_bounded_length),
		TEST(repeats_are_counted_and_told_before_the_next_line),
		TEST(lines_beyond_twenty_a_second_are_not_written),
		TEST(what_was_not_written_is_told_afterwards),
		TEST(dying_says_why_even_in_a_flood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
