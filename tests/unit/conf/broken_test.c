/*
 * broken_test.c - every file of tests/fixtures/broken tells the faults that it
 * names at its head, at their lines, in their order, and no others.
 */
#include "lab.h"

#include <dirent.h>

#define FOLDER	  SOURCE_DIR "/tests/fixtures/broken"
#define FILES_MAX 128
#define LEAST	  30 /* a folder that was not found must not pass */

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static size_t names_collect(char **names)
{
	DIR *dir = opendir(FOLDER);
	const struct dirent *entry;
	size_t n = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (strstr(entry->d_name, ".cfg") != NULL) {
			assert_true(n < FILES_MAX);
			names[n++] = strdup(entry->d_name);
		}
	}
	assert_int_equal(closedir(dir), 0);
	qsort(names, n, sizeof *names, by_name);
	return n;
}

/* "# fault: LINE: words" at `text`: the words, and behind them in `*rest` the next line. */
static char *fault_take(char *text, unsigned *ret_line, char **rest)
{
	static const char head[] = "# fault: ";
	char *end;

	if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
		text += 3;
	if (strncmp(text, head, strlen(head)) != 0)
		return NULL;
	*ret_line = (unsigned)strtoul(text + strlen(head), &end, 10);
	assert_int_equal(strncmp(end, ": ", 2), 0);
	text = end + 2;
	end = strchr(text, '\n');
	assert_non_null(end);
	*end = '\0';
	*rest = end + 1;
	return text;
}

static const struct diag_entry *fault_next(const struct diag_entry *e)
{
	while (e != NULL && e->level != DIAG_FAULT)
		e = e->next;
	return e;
}

static void expect_faults(struct lab *lab, const char *path, char *text)
{
	const struct diag_entry *e = fault_next(lab->diag.first);
	unsigned line;
	char *words;

	assert_non_null(strstr(text, "# fault: "));
	while ((words = fault_take(text, &line, &text)) != NULL) {
		if (e == NULL)
			fail_msg("%s: \"%s\" was not told, but:\n%s", path, words, lab_told(lab));
		assert_string_equal(e->file, path);
		if (e->line != line || strstr(e->text, words) == NULL)
			fail_msg("%s:%u: %s\n... was expected, but:\n%s", path, line, words,
				 lab_told(lab));
		e = fault_next(e->next);
	}
	if (e != NULL)
		fail_msg("one more was told:\n%s", lab_told(lab));
}

static void file_is_refused_as_it_says(void **state)
{
	struct lab *lab;
	struct buf text = BUF_INIT(64 * 1024);
	const char *path;
	void *opened;

	assert_int_equal(lab_open(&opened), 0);
	lab = opened;
	path = arena_printf(lab->arena, FOLDER "/%s", (const char *)*state);
	assert_int_equal(file_read(path, &text), 0);
	lab->generation = conf_load(path, &lab->diag);
	assert_null(lab->generation);
	expect_faults(lab, path, text.data);
	lab_expect_untold(lab, "canary");
	buf_done(&text);
	assert_int_equal(lab_close(&opened), 0);
}

int main(void)
{
	struct CMUnitTest tests[FILES_MAX] = { 0 };
	char *names[FILES_MAX];
	size_t n = names_collect(names);
	int failed;

	(void)unsetenv("CREDENTIALS_DIRECTORY"); /* fails for no name of ours */
	if (n < LEAST)
		return 1;
	for (size_t i = 0; i < n; i++)
		tests[i] = (struct CMUnitTest){ names[i], file_is_refused_as_it_says, NULL, NULL,
						names[i] };
	failed = _cmocka_run_group_tests("conf.broken", tests, n, NULL, NULL);
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	return failed;
}
