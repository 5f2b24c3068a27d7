/*
 * lab.h - a folder for one test's files, and configurations loaded in it.
 *
 * Header only, for the tests of this room: every function is used by some of
 * them, so unused ones are not complained about.
 */
#ifndef TESTS_UNIT_CONF_LAB_H
#define TESTS_UNIT_CONF_LAB_H

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/file.h"
#include "conf/conf.h"

#define MAYBE __attribute__((unused))

struct lab {
	char dir[64];
	struct arena *arena;
	struct diag diag;
	struct generation *generation;
};

MAYBE static int lab_remove(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

MAYBE static int lab_open(void **state)
{
	struct lab *lab = calloc(1, sizeof *lab);

	assert_non_null(lab);
	(void)snprintf(lab->dir, sizeof lab->dir, "/tmp/conf-test-XXXXXX");
	assert_non_null(mkdtemp(lab->dir));
	lab->arena = arena_new();
	diag_init(&lab->diag, lab->arena);
	*state = lab;
	return 0;
}

MAYBE static int lab_close(void **state)
{
	struct lab *lab = *state;

	generation_drop(lab->generation);
	arena_free(lab->arena);
	(void)nftw(lab->dir, lab_remove, 8, FTW_DEPTH | FTW_PHYS);
	free(lab);
	return 0;
}

MAYBE static const char *lab_path(struct lab *lab, const char *name)
{
	return arena_printf(lab->arena, "%s/%s", lab->dir, name);
}

MAYBE static void lab_write_bytes(struct lab *lab, const char *name, mode_t mode, const char *bytes,
				  size_t n)
{
	int fd = open(lab_path(lab, name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(file_write_all(fd, bytes, n), 0);
	assert_int_equal(close(fd), 0);
}

MAYBE static void lab_write(struct lab *lab, const char *name, const char *text)
{
	lab_write_bytes(lab, name, 0644, text, strlen(text));
}

MAYBE static void lab_mkdir(struct lab *lab, const char *name)
{
	assert_int_equal(mkdir(lab_path(lab, name), 0700), 0);
}

/* One load a lab: the generation lives until the end of the test. */
MAYBE static struct generation *lab_load(struct lab *lab, const char *name)
{
	lab->generation = conf_load(lab_path(lab, name), &lab->diag);
	return lab->generation;
}

MAYBE static struct generation *lab_load_text(struct lab *lab, const char *text)
{
	lab->generation = conf_load_text(text, lab_path(lab, "test.cfg"), &lab->diag);
	return lab->generation;
}

MAYBE static const char *lab_shown(const struct lab *lab, const char *file)
{
	size_t n = strlen(lab->dir);

	if (file == NULL)
		return "-";
	return strncmp(file, lab->dir, n) == 0 && file[n] == '/' ? file + n + 1 : file;
}

/* The lab's folder is cut off: "test.cfg:3: words". */
MAYBE static const char *lab_told(struct lab *lab)
{
	const char *all = "";

	for (const struct diag_entry *e = lab->diag.first; e != NULL; e = e->next)
		all = arena_printf(lab->arena, "%s%s:%u: %s%s\n", all, lab_shown(lab, e->file),
				   e->line, e->level == DIAG_WARNING ? "warning: " : "", e->text);
	return all;
}

MAYBE static void lab_expect_told(struct lab *lab, const char *words)
{
	if (strstr(lab_told(lab), words) == NULL)
		fail_msg("\"%s\" was not told, but:\n%s", words, lab_told(lab));
}

MAYBE static void lab_expect_untold(struct lab *lab, const char *words)
{
	if (strstr(lab_told(lab), words) != NULL)
		fail_msg("\"%s\" should not be told:\n%s", words, lab_told(lab));
}

/* Exactly these beginnings of what was told, in this order; NULL ends them. */
MAYBE static void lab_expect_order(struct lab *lab, const char *const *places)
{
	const char *at = lab_told(lab);

	for (; *places != NULL; places++) {
		if (strncmp(at, *places, strlen(*places)) != 0)
			fail_msg("\"%s\" was expected at \"%.60s\" of:\n%s", *places, at,
				 lab_told(lab));
		at = strchr(at, '\n') + 1;
	}
	if (*at != '\0')
		fail_msg("more was told: %s", at);
}

/* The plan of a text that must be sound. */
MAYBE static const struct plan *lab_plan(struct lab *lab, const char *text)
{
	if (lab_load_text(lab, text) == NULL)
		fail_msg("refused:\n%s", lab_told(lab));
	return &lab->generation->plan;
}

MAYBE static void lab_expect_faults(struct lab *lab, size_t n)
{
	if (lab->diag.faults != n)
		fail_msg("%zu faults instead of %zu:\n%s", lab->diag.faults, n, lab_told(lab));
}

/* A target without which nothing would be watched. */
#define ONE_TARGET "targets = ( { name = \"a\"; tcp = { address = \"127.0.0.1:22\"; }; } );\n"

#endif
