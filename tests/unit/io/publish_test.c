/*
 * publish_test.c - the page's files: whole, unchanged ones left alone, never
 * out of their folder.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/file.h"
#include "fixture.h"
#include "io/publish.h"

struct place {
	char folder[FOLDER_MAX], page[FOLDER_MAX + 16];
};

static int place_make(void **state)
{
	struct place *place = calloc(1, sizeof *place);

	folder_make(place->folder);
	snprintf(place->page, sizeof place->page, "%s/public", place->folder);
	*state = place;
	return 0;
}

static int place_remove(void **state)
{
	struct place *place = *state;

	folder_remove(place->folder);
	free(place);
	return 0;
}

static int publish(const struct place *place, const char *name, const char *text, uint64_t report)
{
	const struct publish_file file = { name, text, strlen(text), 0 };

	return publish_files(place->page, &file, 1, report);
}

static void assert_holds(const struct place *place, const char *name, const char *text)
{
	struct buf is = BUF_INIT(1u << 20);

	assert_int_equal(file_read(folder_path(place->page, "%s", name), &is), 0);
	assert_string_equal(buf_text(&is), text);
	buf_done(&is);
}

static ino_t inode_of(const struct place *place, const char *name)
{
	struct stat is;

	assert_int_equal(lstat(folder_path(place->page, "%s", name), &is), 0);
	return is.st_ino;
}

static bool is_there(const struct place *place, const char *name)
{
	return access(folder_path(place->page, "%s", name), F_OK) == 0;
}

static void files_are_written_with_folders_made(void **state)
{
	const struct place *place = *state;
	const struct publish_file files[] = { { "index.html", "<p>", 3, 0 },
					      { "api/v2/status.json", "{}", 2, 0 },
					      { "t/blog.html", "", 0, 0 } };
	struct stat is;

	umask(077);
	assert_int_equal(publish_files(place->page, files, 3, 7), 0);
	umask(022);
	assert_holds(place, "index.html", "<p>");
	assert_holds(place, "api/v2/status.json", "{}");
	assert_holds(place, "t/blog.html", "");
	assert_holds(place, "alive/7.svg", publish_alive_svg);
	assert_int_equal(stat(folder_path(place->page, "index.html"), &is), 0);
	assert_int_equal(is.st_mode & 0777, 0644);
	assert_int_equal(stat(folder_path(place->page, "api/v2"), &is), 0);
	assert_int_equal(is.st_mode & 0777, 0755);
	assert_int_equal(stat(place->page, &is), 0);
	assert_int_equal(is.st_mode & 0777, 0755);
}

static void an_unchanged_file_is_left_alone(void **state)
{
	const struct place *place = *state;

	assert_int_equal(publish(place, "style.css", "a{}", 1), 0);
	ino_t before = inode_of(place, "style.css");

	assert_int_equal(publish(place, "style.css", "a{}", 2), 0);
	assert_true(inode_of(place, "style.css") == before);
	assert_int_equal(publish(place, "style.css", "b{}", 3), 0);
	assert_false(inode_of(place, "style.css") == before);
	assert_holds(place, "style.css", "b{}");
}

static void no_temporary_file_stays(void **state)
{
	const struct place *place = *state;

	assert_int_equal(publish(place, "index.html", "one", 1), 0);
	assert_int_equal(publish(place, "index.html", "two", 2), 0);
	assert_false(is_there(place, ".index.html.new"));
}

static void a_hundred_and_twenty_pictures_stay(void **state)
{
	const struct place *place = *state;

	for (uint64_t report = 1; report <= 125; report++)
		assert_int_equal(publish(place, "index.html", "x", report), 0);
	assert_false(is_there(place, "alive/5.svg"));
	assert_true(is_there(place, "alive/6.svg"));
	assert_true(is_there(place, "alive/125.svg"));
	assert_int_equal(publish_last_report(place->page), 125);
}

static void the_last_report_counts_numbers_only(void **state)
{
	const struct place *place = *state;

	assert_int_equal(publish_last_report(place->page), 0);
	assert_int_equal(publish(place, "alive/9999x.svg", "x", 41), 0);
	assert_int_equal(publish(place, "alive/077.svg", "x", 42), 0);
	assert_int_equal(publish(place, "alive/99999999999999999999999.svg", "x", 42), 0);
	assert_int_equal(publish_last_report(place->page), 42);
}

/* On a full disk some files are written, and which they are nobody knows. */
static void a_report_that_was_not_whole_has_used_its_number(void **state)
{
	static const char page[] = "<style>@keyframes alive{to{content:url(alive/52.svg)}}</style>";
	static const char status[] = "{\"schema\":\"s\",\"report\":63,\"page\":{}}";
	const struct place *place = *state;

	assert_int_equal(publish(place, "index.html", page, 42), 0);
	assert_int_equal(publish_last_report(place->page), 51);
	assert_int_equal(publish(place, "status.json", status, 42), 0);
	assert_int_equal(publish_last_report(place->page), 63);
	assert_int_equal(publish(place, "status.json", "{\"report\":x}", 64), 0);
	assert_int_equal(publish_last_report(place->page), 64);
}

static void a_folder_that_is_a_link_is_refused(void **state)
{
	const struct place *place = *state;

	assert_int_equal(mkdir(folder_path(place->folder, "elsewhere"), 0755), 0);
	assert_int_equal(symlink("elsewhere", place->page), 0);
	assert_true(publish(place, "index.html", "x", 1) < 0);
	assert_int_not_equal(access(folder_path(place->folder, "elsewhere/index.html"), F_OK), 0);
}

static void a_link_inside_is_not_followed(void **state)
{
	const struct place *place = *state;

	assert_int_equal(publish(place, "index.html", "x", 1), 0);
	assert_int_equal(mkdir(folder_path(place->folder, "elsewhere"), 0755), 0);
	assert_int_equal(symlink("../elsewhere", folder_path(place->page, "t")), 0);
	assert_true(publish(place, "t/blog.html", "x", 2) < 0);
	assert_int_not_equal(access(folder_path(place->folder, "elsewhere/blog.html"), F_OK), 0);
}

static void a_link_in_place_of_a_file_is_replaced(void **state)
{
	const struct place *place = *state;
	struct stat is;

	assert_int_equal(publish(place, "a.html", "x", 1), 0);
	assert_int_equal(publish(place, "b.html", "same", 1), 0);
	assert_int_equal(symlink("b.html", folder_path(place->page, "c.html")), 0);
	assert_int_equal(publish(place, "c.html", "same", 2), 0);
	assert_int_equal(lstat(folder_path(place->page, "c.html"), &is), 0);
	assert_true(S_ISREG(is.st_mode));
	assert_holds(place, "b.html", "same");
}

static void a_folder_for_everybody_is_refused(void **state)
{
	const struct place *place = *state;

	assert_int_equal(mkdir(place->page, 0755), 0);
	assert_int_equal(chmod(place->page, 0777), 0);
	assert_int_equal(publish(place, "index.html", "x", 1), -EPERM);
}

static void names_that_lead_out_are_refused(void **state)
{
	static const char *const names[] = { "../x",	"a/../../x", "/etc/x", "a//b", "",
					     ".hidden", "a/.b",	     "a/",     "x y" };
	const struct place *place = *state;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (publish(place, names[i], "x", 1) != -EINVAL)
			fail_msg("\"%s\" is taken", names[i]);
	assert_false(is_there(place, "alive/1.svg"));
}

/* The rest of the page is still worth having, but it must not claim to be whole. */
static void one_bad_file_holds_back_the_picture_only(void **state)
{
	const struct place *place = *state;
	const struct publish_file files[] = { { "a.html", "a", 1, 0 },
					      { "b.html", "b", 1, 0 },
					      { "c.html", "c", 1, 0 } };

	assert_int_equal(mkdir(place->page, 0755), 0);
	assert_int_equal(mkdir(folder_path(place->page, "b.html"), 0755), 0);
	assert_true(publish_files(place->page, files, 3, 5) < 0);
	assert_holds(place, "a.html", "a");
	assert_holds(place, "c.html", "c");
	assert_false(is_there(place, "alive/5.svg"));
}

static void a_fifo_in_place_of_a_file_does_not_hang_us(void **state)
{
	const struct place *place = *state;

	assert_int_equal(mkdir(place->page, 0755), 0);
	assert_int_equal(mkfifo(folder_path(place->page, "index.html"), 0644), 0);
	assert_int_equal(publish(place, "index.html", "x", 1), 0);
	assert_holds(place, "index.html", "x");
}

/* Two parts, and then what `ctx` points to: 0 or -errno. */
static int fill_in_parts(void *ctx, int fd)
{
	int r = file_write_all(fd, "{\"a\":", 5);

	if (r == 0)
		r = file_write_all(fd, "1}", 2);
	return r < 0 ? r : *(int *)ctx;
}

static void what_is_written_in_parts_is_replaced_whole(void **state)
{
	const struct place *place = *state;
	int answer = 0;
	const struct file_source source = { &answer, fill_in_parts };
	struct stat is;

	assert_int_equal(publish(place, "status.json", "{}", 1), 0);
	answer = -ENOSPC;
	assert_int_equal(publish_streamed(place->page, "status.json", &source, 0), -ENOSPC);
	assert_holds(place, "status.json", "{}");
	assert_false(is_there(place, ".status.json.new"));
	answer = 0;
	assert_int_equal(publish_streamed(place->page, "status.json", &source, 0), 0);
	assert_holds(place, "status.json", "{\"a\":1}");
	assert_int_equal(stat(folder_path(place->page, "status.json"), &is), 0);
	assert_int_equal(is.st_mode & 0777, 0644);
	assert_int_equal(publish_streamed(place->page, "../out.json", &source, 0), -EINVAL);
}

#define placed(test) cmocka_unit_test_setup_teardown(test, place_make, place_remove)

/* ---- compressed, beside ---- */

static const char large[] =
	"<p>a line that comes again and again, so that it can be made smaller</p>\n";

static int publish_large(const struct place *place, const char *name, unsigned times, unsigned ways)
{
	struct buf text = BUF_INIT(1u << 20);

	for (unsigned i = 0; i < times; i++)
		buf_puts(&text, large);
	const struct publish_file file = { name, buf_text(&text), text.n, ways };
	int r = publish_files(place->page, &file, 1, 0);

	buf_done(&text);
	return r;
}

/* By a program that is not ours. */
static bool unpacks_to_same(const struct place *place, const char *name)
{
	char command[2048];

	snprintf(command, sizeof command, "gzip -dc '%s/%s.gz' | cmp -s - '%s/%s'", place->page,
		 name, place->page, name);
	return system(command) == 0;
}

static void a_compressed_file_lies_beside_its_own(void **state)
{
	const struct place *place = *state;
	struct stat is;

	assert_int_equal(publish_large(place, "t/a.html", 100, PUBLISH_COMPRESSED), 0);
	assert_true(unpacks_to_same(place, "t/a.html"));
	assert_int_equal(stat(folder_path(place->page, "t/a.html.gz"), &is), 0);
	assert_int_equal(is.st_mode & 0777, 0644);
	assert_true((size_t)is.st_size < sizeof large * 10);
	assert_int_equal(publish_large(place, "t/a.html", 200, PUBLISH_COMPRESSED), 0);
	assert_true(unpacks_to_same(place, "t/a.html"));
}

static void what_is_compressed_again_is_the_same_file(void **state)
{
	const struct place *place = *state;
	ino_t before;

	assert_int_equal(publish_large(place, "a.html", 100, PUBLISH_COMPRESSED), 0);
	before = inode_of(place, "a.html.gz");
	assert_int_equal(publish_large(place, "a.html", 100, PUBLISH_COMPRESSED), 0);
	assert_int_equal(inode_of(place, "a.html.gz"), before);
	/* One that was lost comes back. */
	assert_int_equal(unlink(folder_path(place->page, "a.html.gz")), 0);
	assert_int_equal(publish_large(place, "a.html", 100, PUBLISH_COMPRESSED), 0);
	assert_true(unpacks_to_same(place, "a.html"));
}

static void a_small_file_is_left_as_it_is(void **state)
{
	const struct place *place = *state;

	assert_int_equal(publish_large(place, "a.html", 100, PUBLISH_COMPRESSED), 0);
	assert_int_equal(publish_large(place, "a.html", 2, PUBLISH_COMPRESSED), 0);
	assert_false(is_there(place, "a.html.gz"));
}

static void an_old_compressed_file_does_not_outlive_its_content(void **state)
{
	const struct place *place = *state;

	assert_int_equal(publish_large(place, "a.html", 100, PUBLISH_COMPRESSED), 0);
	assert_int_equal(publish_large(place, "a.html", 100, 0), 0); /* the same, the option is off */
	assert_false(is_there(place, "a.html.gz"));
	/* A folder in its place cannot go: then the file must not change either. */
	assert_int_equal(mkdir(folder_path(place->page, "a.html.gz"), 0755), 0);
	assert_true(publish_large(place, "a.html", 50, 0) < 0);
}

static void a_link_in_place_of_a_compressed_file_is_not_followed(void **state)
{
	const struct place *place = *state;
	struct buf is = BUF_INIT(64);

	assert_int_equal(file_mkdir(place->page, 0755), 0);
	fclose(fopen(folder_path(place->folder, "outside"), "w"));
	assert_int_equal(symlink("../outside", folder_path(place->page, "a.html.gz")), 0);
	assert_int_equal(publish_large(place, "a.html", 100, PUBLISH_COMPRESSED), 0);
	assert_true(unpacks_to_same(place, "a.html"));
	assert_int_equal(file_read(folder_path(place->folder, "outside"), &is), 0);
	assert_int_equal(is.n, 0);
	buf_done(&is);
}

/* ---- what is not named any more ---- */

static bool is_kept(void *ctx, const char *name)
{
	return strcmp(name, ctx) == 0;
}

static void what_nobody_names_is_removed_and_nothing_else(void **state)
{
	static const char *const names[] = { "t/blog.html", "t/old.html", "t/old.html.gz",
					     "t/blog.html.gz", "t/README", "t/Old.html",
					     "t/old.txt", "old.html" };
	static const bool stays[] = { true, false, false, true, true, true, true, true };
	struct place *place = *state;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		assert_int_equal(publish(place, names[i], "x", 0), 0);
	assert_int_equal(publish_large(place, "t/blog.html", 100, PUBLISH_COMPRESSED), 0);
	publish_prune(place->page, "t", is_kept, (char[]){ "t/blog.html" });
	publish_prune(place->page, "no-such-folder", is_kept, (char[]){ "" });
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (is_there(place, names[i]) != stays[i])
			fail_msg("%s", names[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		placed(files_are_written_with_folders_made),
		placed(an_unchanged_file_is_left_alone),
		placed(no_temporary_file_stays),
		placed(a_hundred_and_twenty_pictures_stay),
		placed(the_last_report_counts_numbers_only),
		placed(a_report_that_was_not_whole_has_used_its_number),
		placed(a_folder_that_is_a_link_is_refused),
		placed(a_link_inside_is_not_followed),
		placed(a_link_in_place_of_a_file_is_replaced),
		placed(a_folder_for_everybody_is_refused),
		placed(names_that_lead_out_are_refused),
		placed(one_bad_file_holds_back_the_picture_only),
		placed(a_fifo_in_place_of_a_file_does_not_hang_us),
		placed(what_is_written_in_parts_is_replaced_whole),
		placed(a_compressed_file_lies_beside_its_own),
		placed(what_is_compressed_again_is_the_same_file),
		placed(a_small_file_is_left_as_it_is),
		placed(an_old_compressed_file_does_not_outlive_its_content),
		placed(a_link_in_place_of_a_compressed_file_is_not_followed),
		placed(what_nobody_names_is_removed_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
