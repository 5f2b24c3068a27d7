/*
 * publish_reader_test.c - whoever reads the page while it is rewritten and its
 * writer is killed, a thousand times a second, finds each file whole.
 *
 * A file is one letter over and over and its newline, as long as the letter
 * says. A child writes one after another; it is killed within some
 * milliseconds, and the next one goes on.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

#include "fixture.h"
#include "io/publish.h"

#define LIVES	   150
#define READS	   24 /* in each of them, a millisecond apart */
#define LETTERS	   26
#define STEP_BYTES 5000
#define TEXT_BYTES ((LETTERS + 1) * STEP_BYTES)

static const char *const names[] = { "index.html", "t/blog.html", "status.json" };

static size_t length_of(char letter)
{
	return (size_t)(letter - 'a' + 1) * STEP_BYTES;
}

static void child_publish(const char *page, unsigned life)
{
	static char text[TEXT_BYTES];

	/* A test that fails leaves nobody behind who writes for ever. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		_exit(1);
	for (unsigned i = life;; i++) {
		char letter = (char)('a' + i % LETTERS);
		size_t n = length_of(letter);
		struct publish_file files[3];

		memset(text, letter, n);
		text[n - 1] = '\n';
		for (size_t f = 0; f < 3; f++)
			files[f] = (struct publish_file){ names[f], text, n, PUBLISH_LIGHT };
		if (publish_files(page, files, 3, i + 1) < 0)
			_exit(1);
	}
}

/* The letter of which it is whole; 0: it is not there at all. */
static char letter_read(const char *path)
{
	static char text[TEXT_BYTES];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t n = 0;
	ssize_t r;

	if (fd < 0)
		return 0;
	while ((r = read(fd, text + n, sizeof text - n)) > 0)
		n += (size_t)r;
	close(fd);
	assert_true(n > 1 && text[0] >= 'a' && text[0] <= 'z');
	assert_int_equal(n, length_of(text[0]));
	assert_int_equal(text[n - 1], '\n');
	for (size_t i = 1; i + 1 < n; i++)
		if (text[i] != text[0])
			fail_msg("%s: '%c' among '%c'", path, text[i], text[0]);
	return text[0];
}

static void millisecond_wait(void)
{
	(void)nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
}

/* How often a file was another one than the last time. */
static unsigned life_read(const char *folder, bool was_there[3], char last[3], unsigned reads)
{
	unsigned changes = 0;

	for (unsigned i = 0; i < reads; i++) {
		char letter = letter_read(folder_path(folder, "%s", names[i % 3]));

		assert_false(was_there[i % 3] && letter == 0);
		was_there[i % 3] = letter != 0;
		changes += letter != last[i % 3];
		last[i % 3] = letter;
		millisecond_wait();
	}
	return changes;
}

static void a_reader_never_sees_half_a_file(void **state)
{
	char folder[FOLDER_MAX], last[3] = { 0 };
	bool was_there[3] = { false };
	unsigned changes = 0;

	(void)state;
	folder_make(folder);
	for (unsigned life = 0; life < LIVES; life++) {
		pid_t child = fork();
		int status;

		assert_true(child >= 0);
		if (child == 0)
			child_publish(folder, life * 7);
		changes += life_read(folder, was_there, last, 3 + life * 11 % READS);
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		changes += life_read(folder, was_there, last, 3);
	}
	assert_true(changes > LIVES);
	folder_remove(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reader_never_sees_half_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
