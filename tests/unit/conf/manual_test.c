/*
 * manual_test.c - the manual page names every option as the rows have it, and
 * is written as man(7) wants it.
 */
#include "lab.h"

#include <errno.h>
#include <spawn.h>
#include <sys/wait.h>

#define PAGE SOURCE_DIR "/src/conf/shorewatch.cfg.5"
#define BEGIN                                                                                      \
	".\\\" Begin of what the option rows say; SHOREWATCH_GOLDEN=update conf_manual_test "      \
	"writes it.\n"
#define END ".\\\" End of what the option rows say.\n"

extern char **environ;

static void page_read(struct buf *page)
{
	assert_int_equal(file_read(PAGE, page), 0);
	assert_non_null(strstr(buf_text(page), BEGIN));
	assert_non_null(strstr(buf_text(page), END));
}

static void page_make(const struct buf *page, struct buf *to)
{
	const char *begin = strstr(buf_text(page), BEGIN) + strlen(BEGIN);

	buf_add(to, buf_text(page), (size_t)(begin - buf_text(page)));
	conf_print_manual(to);
	buf_puts(to, strstr(buf_text(page), END));
	assert_false(buf_failed(to));
}

static void page_write(const struct buf *page)
{
	int dir = file_open_dir(SOURCE_DIR "/src/conf");

	assert_true(dir >= 0);
	assert_int_equal(file_replace(dir, "shorewatch.cfg.5", page->data, page->n, 0644, false),
			 0);
	assert_int_equal(close(dir), 0);
}

static void the_page_has_the_options_of_the_program(void **state)
{
	struct buf page = BUF_INIT(1024 * 1024), wanted = BUF_INIT(1024 * 1024);
	const char *wish = getenv("SHOREWATCH_GOLDEN");
	size_t at = 0, line = 1;

	(void)state;
	page_read(&page);
	page_make(&page, &wanted);
	if (wish != NULL && strcmp(wish, "update") == 0)
		page_write(&wanted);
	else if (strcmp(buf_text(&page), buf_text(&wanted)) != 0) {
		for (; page.data[at] == wanted.data[at]; at++)
			line += page.data[at] == '\n';
		fail_msg("%s:%zu is out of date: SHOREWATCH_GOLDEN=update conf_manual_test", PAGE,
			 line);
	}
	buf_done(&page);
	buf_done(&wanted);
}

/* What groff has to say about the page goes into a file; nothing is nothing. */
static void groff_complains_of_nothing(void **state)
{
	struct lab *lab = *state;
	const char *said = lab_path(lab, "said");
	char *words[] = { (char *)"groff",  (char *)"-ww", (char *)"-man", (char *)"-Tutf8",
			  (char *)"-Kutf8", (char *)"-z",  (char *)PAGE,   NULL };
	posix_spawn_file_actions_t actions;
	struct buf text = BUF_INIT(64 * 1024);
	int status = 0, r;
	pid_t pid;

	assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
	assert_int_equal(posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, said,
							  O_WRONLY | O_CREAT, 0600),
			 0);
	r = posix_spawnp(&pid, "groff", &actions, NULL, words, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	if (r == ENOENT)
		skip(); /* not installed here */
	assert_int_equal(r, 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(file_read(said, &text), 0);
	assert_string_equal(buf_text(&text), "");
	buf_done(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_page_has_the_options_of_the_program),
		cmocka_unit_test_setup_teardown(groff_complains_of_nothing, lab_open, lab_close),
	};

	return cmocka_run_group_tests_name("conf.manual", tests, NULL, NULL);
}
