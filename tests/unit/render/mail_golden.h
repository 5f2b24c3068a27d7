/*
 * mail_golden.h - golden mails, and a strict parser that is not ours.
 *
 * MAIL_GOLDEN_WRITE=1 writes the golden files anew; look at the difference
 * before you keep it.
 */
#ifndef TESTS_MAIL_GOLDEN_H
#define TESTS_MAIL_GOLDEN_H

#include "render/mail_fixture.h"

#include <errno.h>
#include <spawn.h>
#include <sys/wait.h>

#define GOLDEN SOURCE_DIR "/tests/golden/mail/"

extern char **environ;

static inline void render(struct world *w, enum language language, struct buf *to)
{
	w->request.language = language;
	buf_clear(to);
	mail_render(&w->request, to);
	assert_false(buf_failed(to));
}

static inline void golden_path(char *path, size_t max, const char *name, int language)
{
	(void)snprintf(path, max, GOLDEN "%s.%s.eml", name, language == LANGUAGE_JA ? "ja" : "en");
}

static inline void golden_write(const char *path, const struct buf *mail)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(mail->data, 1, mail->n, file), mail->n);
	assert_int_equal(fclose(file), 0);
}

static inline void golden_compare(const char *path, const struct buf *mail)
{
	static char bytes[MAIL_BYTES_MAX];
	FILE *file = fopen(path, "rb");
	size_t n;

	if (file == NULL)
		fail_msg("no golden file %s", path);
	n = fread(bytes, 1, sizeof bytes, file);
	assert_int_equal(fclose(file), 0);
	if (n != mail->n || memcmp(bytes, mail->data, n) != 0)
		fail_msg("differs from %s; MAIL_GOLDEN_WRITE=1 writes it anew", path);
}

/* Written, when that is asked for; else compared. */
static inline void golden_settle(const char *path, const struct buf *mail)
{
	if (getenv("MAIL_GOLDEN_WRITE") != NULL)
		golden_write(path, mail);
	else
		golden_compare(path, mail);
}

/* Exit status of tests/tools/mail_check.py over `paths`; -1: there is no python3. */
static inline int run_check(char **paths, size_t n)
{
	char **argv = calloc(n + 3, sizeof *argv);
	char tool[] = SOURCE_DIR "/tests/tools/mail_check.py", python[] = "python3";
	int status = -1;
	pid_t pid;

	assert_non_null(argv);
	argv[0] = python;
	argv[1] = tool;
	memcpy(argv + 2, paths, n * sizeof *paths);
	if (posix_spawnp(&pid, python, NULL, NULL, argv, environ) != 0)
		status = -1;
	else
		while (waitpid(pid, &status, 0) < 0)
			assert_int_equal(errno, EINTR);
	free(argv);
	return status;
}

#endif
