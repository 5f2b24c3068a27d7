/*
 * file_test.c - files in a directory of their own, read with a cap and replaced whole.
 */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
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

#include "base/buf.h"

static char root[64];
static int root_fd = -1;

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static int directory_begin(void **state)
{
	(void)state;
	(void)snprintf(root, sizeof root, "/tmp/file_test.XXXXXX");
	if (mkdtemp(root) == NULL)
		return -1;
	root_fd = file_open_dir(root);
	return root_fd < 0 ? -1 : 0;
}

static int directory_end(void **state)
{
	(void)state;
	(void)close(root_fd);
	return nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static const char *path_of(const char *name)
{
	static char path[256];

	(void)snprintf(path, sizeof path, "%s/%s", root, name);
	return path;
}

static void assert_content(const char *name, const char *expected)
{
	struct buf b = BUF_INIT(100000);

	assert_int_equal(file_read(path_of(name), &b), 0);
	assert_string_equal(buf_text(&b), expected);
	buf_done(&b);
}

static unsigned names_count(const char *path)
{
	DIR *dir = opendir(path);
	unsigned n = 0;

	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir)) != NULL;)
		n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	(void)closedir(dir);
	return n;
}

static mode_t mode_of(const char *name)
{
	struct stat st;

	assert_int_equal(lstat(path_of(name), &st), 0);
	return st.st_mode & 07777;
}

static void a_file_is_replaced_and_nothing_is_left_beside_it(void **state)
{
	(void)state;
	assert_int_equal(file_replace(root_fd, "page", "old", 3, 0644, true), 0);
	assert_content("page", "old");
	assert_int_equal(file_replace(root_fd, "page", "newer", 5, 0644, false), 0);
	assert_content("page", "newer");
	assert_int_equal(file_replace(root_fd, "page", NULL, 0, 0644, true), 0);
	assert_content("page", "");
	assert_int_equal(names_count(root), 1);
}

static void a_reader_of_the_old_file_keeps_it(void **state)
{
	char old[4] = "";
	int fd;

	(void)state;
	assert_int_equal(file_replace(root_fd, "page", "old", 3, 0644, false), 0);
	fd = open(path_of("page"), O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(file_replace(root_fd, "page", "new", 3, 0644, false), 0);
	assert_int_equal(read(fd, old, 3), 3);
	assert_string_equal(old, "old");
	(void)close(fd);
}

static void the_mode_is_exact_whatever_the_umask(void **state)
{
	mode_t mask = umask(0077);

	(void)state;
	assert_int_equal(file_replace(root_fd, "page", "x", 1, 0644, false), 0);
	assert_int_equal(file_mkdir(path_of("a/b"), 0755), 0);
	(void)umask(mask);
	assert_int_equal(mode_of("page"), 0644);
	assert_int_equal(mode_of("a"), 0755);
	assert_int_equal(mode_of("a/b"), 0755);
	assert_int_equal(file_replace(root_fd, "page", "x", 1, 0600, false), 0);
	assert_int_equal(mode_of("page"), 0600);
}

static void a_name_may_have_parts(void **state)
{
	(void)state;
	assert_int_equal(file_replace(root_fd, "t/blog.html", "x", 1, 0644, true), -ENOENT);
	assert_int_equal(file_mkdir(path_of("t"), 0755), 0);
	assert_int_equal(file_replace(root_fd, "t/blog.html", "x", 1, 0644, true), 0);
	assert_content("t/blog.html", "x");
	assert_int_equal(names_count(path_of("t")), 1);
}

/* The remains of a crash are removed; a link that somebody put there is not followed. */
static void what_lies_under_the_temporary_name_does_no_harm(void **state)
{
	(void)state;
	assert_int_equal(file_replace(root_fd, "other", "safe", 4, 0644, false), 0);
	assert_int_equal(symlinkat("other", root_fd, ".page.new"), 0);
	assert_int_equal(file_replace(root_fd, "page", "x", 1, 0644, true), 0);
	assert_content("page", "x");
	assert_content("other", "safe");
	assert_int_equal(names_count(root), 2);
}

static void a_link_is_replaced_and_its_target_is_not(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(file_replace(root_fd, "other", "safe", 4, 0644, false), 0);
	assert_int_equal(symlinkat("other", root_fd, "page"), 0);
	assert_int_equal(file_replace(root_fd, "page", "x", 1, 0644, false), 0);
	assert_int_equal(lstat(path_of("page"), &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_content("other", "safe");
}

static void a_failed_replacement_leaves_the_old_file_and_no_other(void **state)
{
	(void)state;
	assert_int_equal(file_mkdir(path_of("page/inner"), 0755), 0);
	assert_int_equal(file_replace(root_fd, "page", "x", 1, 0644, true), -EISDIR);
	assert_int_equal(names_count(root), 1);
	assert_int_equal(names_count(path_of("page")), 1);
}

static void names_that_are_too_long_are_refused(void **state)
{
	char name[5000];

	(void)state;
	memset(name, 'x', sizeof name);
	name[sizeof name - 1] = '\0';
	assert_int_equal(file_replace(root_fd, name, "x", 1, 0644, true), -ENAMETOOLONG);
	assert_int_equal(file_mkdir(name, 0755), -ENAMETOOLONG);
	name[255] = '\0'; /* fits, but its temporary name does not */
	assert_int_equal(file_replace(root_fd, name, "x", 1, 0644, true), -ENAMETOOLONG);
	name[250] = '\0';
	assert_int_equal(file_replace(root_fd, name, "x", 1, 0644, true), 0);
}

static void a_file_is_read_up_to_the_cap(void **state)
{
	static char bytes[50000];
	struct buf b = BUF_INIT(sizeof bytes);

	(void)state;
	memset(bytes, 'x', sizeof bytes);
	assert_int_equal(file_replace(root_fd, "big", bytes, sizeof bytes, 0644, false), 0);
	assert_int_equal(file_read(path_of("big"), &b), 0);
	assert_int_equal(b.n, sizeof bytes);
	buf_done(&b);
	buf_init(&b, sizeof bytes - 1);
	assert_int_equal(file_read(path_of("big"), &b), -EFBIG);
	assert_string_equal(buf_text(&b), "");
	buf_done(&b);
}

static void a_failed_read_leaves_the_buffer_as_it_was(void **state)
{
	static char bytes[20000];
	struct buf b = BUF_INIT(17000);

	(void)state;
	assert_int_equal(file_replace(root_fd, "big", bytes, sizeof bytes, 0644, false), 0);
	buf_puts(&b, "before");
	assert_int_equal(file_read(path_of("big"), &b), -EFBIG);
	assert_int_equal(file_read(path_of("absent"), &b), -ENOENT);
	assert_false(buf_failed(&b));
	assert_int_equal(b.n, 6);
	assert_string_equal(buf_text(&b), "before");
	buf_done(&b);
}

static void only_regular_files_are_read(void **state)
{
	struct buf b = BUF_INIT(100);

	(void)state;
	assert_int_equal(mkfifoat(root_fd, "fifo", 0600), 0);
	assert_int_equal(file_read(path_of("fifo"), &b), -EINVAL);
	assert_int_equal(file_read(root, &b), -EINVAL);
	assert_int_equal(file_read("/dev/null", &b), -EINVAL);
	buf_done(&b);
}

static void files_that_say_they_have_no_size_are_read(void **state)
{
	struct buf b = BUF_INIT(100000);

	(void)state;
	assert_int_equal(file_read("/proc/self/status", &b), 0);
	assert_non_null(strstr(buf_text(&b), "Name:"));
	buf_done(&b);
}

static void directories_are_made_to_the_last(void **state)
{
	(void)state;
	assert_int_equal(file_mkdir(path_of("a//b/c/"), 0755), 0);
	assert_int_equal(file_mkdir(path_of("a/b/c"), 0700), 0);
	assert_int_equal(mode_of("a/b/c"), 0755);
	assert_int_equal(file_mkdir("/", 0755), 0);
	assert_int_equal(file_mkdir("", 0755), -ENOENT);
	assert_int_equal(file_replace(root_fd, "plain", "x", 1, 0644, false), 0);
	assert_int_equal(file_mkdir(path_of("plain"), 0755), -ENOTDIR);
	assert_int_equal(file_mkdir(path_of("plain/x"), 0755), -ENOTDIR);
}

static void only_directories_are_opened_as_such(void **state)
{
	int fd = file_open_dir(root);

	(void)state;
	assert_true(fd >= 0);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	(void)close(fd);
	assert_int_equal(symlinkat(".", root_fd, "link"), 0);
	/* The kernel names a link that is not followed ENOTDIR or ELOOP. */
	fd = file_open_dir(path_of("link"));
	assert_true(fd == -ENOTDIR || fd == -ELOOP);
	assert_int_equal(file_open_dir(path_of("absent")), -ENOENT);
}

static void writing_to_a_closed_pipe_is_an_error(void **state)
{
	int fds[2];

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_int_equal(file_write_all(fds[0], "x", 1), -EBADF);
	assert_int_equal(file_write_all(fds[1], "abc", 3), 0);
	assert_int_equal(file_write_all(fds[1], NULL, 0), 0);
	(void)close(fds[0]);
	(void)close(fds[1]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, directory_begin, directory_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_is_replaced_and_nothing_is_left_beside_it),
		TEST(a_reader_of_the_old_file_keeps_it),
		TEST(the_mode_is_exact_whatever_the_umask),
		TEST(a_name_may_have_parts),
		TEST(what_lies_under_the_temporary_name_does_no_harm),
		TEST(a_link_is_replaced_and_its_target_is_not),
		TEST(a_failed_replacement_leaves_the_old_file_and_no_other),
		TEST(names_that_are_too_long_are_refused),
		TEST(a_file_is_read_up_to_the_cap),
		TEST(a_failed_read_leaves_the_buffer_as_it_was),
		TEST(only_regular_files_are_read),
		TEST(files_that_say_they_have_no_size_are_read),
		TEST(directories_are_made_to_the_last),
		TEST(only_directories_are_opened_as_such),
		TEST(writing_to_a_closed_pipe_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
