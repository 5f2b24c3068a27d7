/*
 * keep_test.c - the last good copy: whole, closed, written only when needed,
 * and read back as if the files were still what they were.
 */
#include "lab.h"

#include <errno.h>
#include <sys/wait.h>

#include "conf/files.h"

#define TARGET_IN(name)                                                                            \
	"targets = ( { name = \"" name "\"; tcp = { address = \"127.0.0.1:22\"; }; } );\n"
#define MAIN                                                                                       \
	"state_dir = \"state\";\nwatchdogs = ( { name = \"w\"; token = \"file:token\"; } );\n"     \
	"@include \"parts/more.cfg\"\n"
#define KEPT  "state/last-good/configuration"
#define TOKEN "canary-0123456789abcdef"

/* A main file with an include, a file of targets and a secret. */
static struct generation *good_load(struct lab *lab)
{
	lab_write(lab, "main.cfg", MAIN);
	lab_mkdir(lab, "state");
	lab_mkdir(lab, "parts");
	lab_mkdir(lab, "targets.d");
	lab_write(lab, "parts/more.cfg", "instance = \"kept\";");
	lab_write(lab, "targets.d/b.cfg", TARGET_IN("b"));
	lab_write(lab, "targets.d/a.cfg", TARGET_IN("a"));
	lab_write_bytes(lab, "token", 0600, TOKEN, strlen(TOKEN));
	if (lab_load(lab, "main.cfg") == NULL)
		fail_msg("refused:\n%s", lab_told(lab));
	return lab->generation;
}

static void keep(struct lab *lab, bool is_new_expected)
{
	bool is_new = !is_new_expected;

	assert_int_equal(conf_keep_good(lab->generation, &is_new), 0);
	assert_int_equal(is_new, is_new_expected);
}

static void break_all(struct lab *lab)
{
	lab_write(lab, "main.cfg", "state_dir = \"state\";\ntargets = (\n");
	assert_int_equal(unlink(lab_path(lab, "targets.d/a.cfg")), 0);
	lab_write(lab, "targets.d/b.cfg", "this is no configuration");
	assert_int_equal(unlink(lab_path(lab, "parts/more.cfg")), 0);
}

static struct generation *good_again(struct lab *lab)
{
	generation_drop(lab->generation);
	diag_init(&lab->diag, lab->arena);
	lab->generation = conf_load_good(lab_path(lab, "main.cfg"), &lab->diag);
	return lab->generation;
}

static void what_was_kept_comes_back_when_all_files_are_broken(void **state)
{
	struct lab *lab = *state;
	const struct plan *plan;

	assert_false(good_load(lab)->is_last_good);
	keep(lab, true);
	break_all(lab);
	if (good_again(lab) == NULL)
		fail_msg("refused:\n%s", lab_told(lab));
	plan = &lab->generation->plan;
	assert_true(lab->generation->is_last_good);
	assert_true(lab->generation->kept.us > INT64_C(1600000000) * USEC_PER_SEC);
	assert_string_equal(plan->file, lab_path(lab, "main.cfg"));
	assert_string_equal(plan->instance, "kept");
	assert_int_equal(plan->targets_n, 2);
	assert_string_equal(plan->targets[0].name, "a");
	assert_string_equal(plan->targets[1].file, lab_path(lab, "targets.d/b.cfg"));
	assert_int_equal(plan->targets[1].line, 1);
	assert_string_equal(plan->watchdogs[0].token, TOKEN);
	assert_string_equal(plan->state_dir, lab_path(lab, "state"));
}

static void what_comes_back_is_the_same_plan(void **state)
{
	struct lab *lab = *state;
	struct buf before = BUF_INIT(64 * 1024), after = BUF_INIT(64 * 1024);

	(void)good_load(lab);
	conf_print_plan(&lab->generation->plan, &before);
	keep(lab, true);
	break_all(lab);
	assert_non_null(good_again(lab));
	conf_print_plan(&lab->generation->plan, &after);
	assert_string_equal(buf_text(&before), buf_text(&after));
	buf_done(&before);
	buf_done(&after);
}

static void the_copy_is_closed_and_holds_no_secret(void **state)
{
	struct lab *lab = *state;
	struct buf text = BUF_INIT(64 * 1024);
	struct stat st;

	(void)good_load(lab);
	keep(lab, true);
	assert_int_equal(stat(lab_path(lab, KEPT), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(lab_path(lab, "state/last-good"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(file_read(lab_path(lab, KEPT), &text), 0);
	assert_non_null(strstr(buf_text(&text), "file:token"));
	assert_null(strstr(buf_text(&text), "canary"));
	buf_done(&text);
}

static void an_unchanged_configuration_is_not_written_again(void **state)
{
	struct lab *lab = *state;
	struct stat first, second;

	(void)good_load(lab);
	keep(lab, true);
	assert_int_equal(stat(lab_path(lab, KEPT), &first), 0);
	generation_drop(lab->generation);
	assert_non_null(lab_load(lab, "main.cfg"));
	keep(lab, false);
	assert_int_equal(stat(lab_path(lab, KEPT), &second), 0);
	assert_int_equal(first.st_ino, second.st_ino);
	generation_drop(lab->generation);
	lab_write(lab, "targets.d/a.cfg", "# once more\n" TARGET_IN("a"));
	assert_non_null(lab_load(lab, "main.cfg"));
	keep(lab, true);
	assert_int_equal(stat(lab_path(lab, KEPT), &second), 0);
	assert_int_not_equal(first.st_ino, second.st_ino);
}

static void a_generation_is_kept_once_and_a_text_never(void **state)
{
	struct lab *lab = *state;

	(void)good_load(lab);
	keep(lab, true);
	assert_int_equal(conf_keep_good(lab->generation, NULL), -ENODATA);
	generation_drop(lab->generation);
	assert_non_null(lab_load_text(lab, ONE_TARGET));
	assert_int_equal(conf_keep_good(lab->generation, NULL), -ENODATA);
}

static void what_came_from_the_copy_is_not_kept_again(void **state)
{
	struct lab *lab = *state;

	(void)good_load(lab);
	keep(lab, true);
	break_all(lab);
	assert_non_null(good_again(lab));
	assert_int_equal(conf_keep_good(lab->generation, NULL), -ENODATA);
}

static void a_copy_that_cannot_be_written_leaves_the_old_one(void **state)
{
	struct lab *lab = *state;

	(void)good_load(lab);
	assert_int_equal(rmdir(lab_path(lab, "state")), 0);
	lab_write(lab, "state", "a file");
	assert_true(conf_keep_good(lab->generation, NULL) < 0);
	assert_int_equal(unlink(lab_path(lab, "state")), 0);
	lab_mkdir(lab, "state");
	keep(lab, true); /* what failed may be tried again */
}

static void what_a_dead_writer_left_does_not_matter(void **state)
{
	struct lab *lab = *state;

	(void)good_load(lab);
	lab_mkdir(lab, "state/last-good");
	lab_write(lab, "state/last-good/.configuration.tmp", "half of");
	lab_write(lab, "state/last-good/configuration.tmp", "half of");
	keep(lab, true);
	break_all(lab);
	assert_non_null(good_again(lab));
}

static void a_damaged_copy_is_refused_wherever_it_is_cut_or_changed(void **state)
{
	struct lab *lab = *state;
	struct buf text = BUF_INIT(64 * 1024);
	struct files_home home = { .main_shown = "main.cfg", .dir = "." };
	struct files *files;

	(void)good_load(lab);
	home.main_path = lab->generation->files->home.main_path;
	home.main_path = arena_strdup(lab->arena, home.main_path);
	keep(lab, true);
	assert_int_equal(file_read(lab_path(lab, KEPT), &text), 0);
	files = files_parse(text.data, text.n, &home);
	assert_non_null(files);
	files_free(files);
	for (size_t n = 0; n < text.n; n++)
		assert_null(files_parse(text.data, n, &home));
	for (size_t i = 0; i < text.n; i++) {
		text.data[i] ^= 1;
		assert_null(files_parse(text.data, text.n, &home));
		text.data[i] ^= 1;
	}
	buf_done(&text);
}

static void the_copy_of_another_configuration_is_left_alone(void **state)
{
	struct lab *lab = *state;

	(void)good_load(lab);
	keep(lab, true);
	lab_write(lab, "other.cfg", "state_dir = \"state\";\ntargets = (\n");
	generation_drop(lab->generation);
	diag_init(&lab->diag, lab->arena);
	lab->generation = conf_load_good(lab_path(lab, "other.cfg"), &lab->diag);
	assert_null(lab->generation);
	assert_string_equal(lab_told(lab), "");
}

/* The very line that tells where the copy lies may be what is broken. */
static void the_copy_is_found_by_a_state_dir_that_is_hardly_one(void **state)
{
	static const char *const mains[] = {
		"state_dir = \"state\"; targets = (\n",
		"instance = \"x\"; state_dir = \"state\"; targets = (\n",
		"state_dir = \"state;\ntargets = ();\n",
		"state_dir = state\n",
		"state_dir \"state\";\n",
		"state_dir: state ;",
		"# state_dir = \"nowhere\";\n// state_dir = \"nowhere\";\r\nstate_dir = \"state\"\r\n\"",
		"state_dir = 7;\nstate_dir = \"state\";\n",
	};
	struct lab *lab = *state;

	(void)good_load(lab);
	keep(lab, true);
	for (size_t i = 0; i < sizeof mains / sizeof mains[0]; i++) {
		lab_write(lab, "main.cfg", mains[i]);
		if (good_again(lab) == NULL)
			fail_msg("not found by: %s", mains[i]);
		assert_string_equal(lab->generation->plan.state_dir, lab_path(lab, "state"));
	}
}

static void a_state_dir_in_a_comment_is_no_guess(void **state)
{
	struct lab *lab = *state;

	(void)good_load(lab);
	keep(lab, true);
	lab_write(lab, "main.cfg", "# state_dir = \"state\";\n// state_dir = \"state\"\n(");
	assert_null(good_again(lab));
}

static struct generation *good_in(struct lab *lab, const char *state_dir)
{
	generation_drop(lab->generation);
	diag_init(&lab->diag, lab->arena);
	lab->generation = conf_load_good_in(
		state_dir, (struct conf_need){ .secrets = CONF_SECRETS_NONE }, &lab->diag);
	return lab->generation;
}

static void what_lies_in_a_state_directory_is_taken_whatever_it_is_of(void **state)
{
	struct lab *lab = *state;
	const struct plan *plan;

	(void)good_load(lab);
	keep(lab, true);
	break_all(lab);
	assert_int_equal(unlink(lab_path(lab, "main.cfg")), 0);
	assert_int_equal(rename(lab_path(lab, "state"), lab_path(lab, "moved")), 0);
	if (good_in(lab, lab_path(lab, "moved")) == NULL)
		fail_msg("refused:\n%s", lab_told(lab));
	plan = &lab->generation->plan;
	assert_true(lab->generation->is_last_good);
	assert_string_equal(plan->state_dir, lab_path(lab, "moved"));
	assert_string_equal(plan->file, lab_path(lab, "main.cfg"));
	assert_string_equal(plan->targets[1].file, lab_path(lab, "targets.d/b.cfg"));
	assert_null(good_in(lab, lab_path(lab, "state")));
	assert_string_equal(lab_told(lab), "");
}

static void without_a_copy_there_is_none_and_nothing_is_said(void **state)
{
	struct lab *lab = *state;

	lab_write(lab, "main.cfg", "state_dir = \"state\";\ntargets = (\n");
	lab->generation = conf_load_good(lab_path(lab, "main.cfg"), &lab->diag);
	assert_null(lab->generation);
	assert_string_equal(lab_told(lab), "");
}

/* The main file is gone, too; systemd says where the state is. */
static void systemds_state_directory_is_looked_into(void **state)
{
	struct lab *lab = *state;

	(void)good_load(lab);
	keep(lab, true);
	assert_int_equal(unlink(lab_path(lab, "main.cfg")), 0);
	assert_int_equal(setenv("STATE_DIRECTORY",
				arena_printf(lab->arena, "%s:/tmp/other", lab_path(lab, "state")),
				1),
			 0);
	assert_non_null(good_again(lab));
	assert_int_equal(unsetenv("STATE_DIRECTORY"), 0);
}

/*
 * Better to watch without it than not at all; nothing can be opened with what stands in its place.
 */
static void a_secret_that_is_gone_is_a_warning_with_the_name_of_the_file_it_came_from(void **state)
{
	struct lab *lab = *state;

	(void)good_load(lab);
	keep(lab, true);
	break_all(lab);
	assert_int_equal(unlink(lab_path(lab, "token")), 0);
	assert_non_null(good_again(lab));
	lab_expect_faults(lab, 0);
	lab_expect_told(lab, "main.cfg:2: warning: watchdog.token: token cannot be read");
}

/* Killed at any moment while it keeps one configuration after the other. */
static void a_kill_at_any_time_leaves_a_whole_copy(void **state)
{
	struct lab *lab = *state;

	(void)good_load(lab);
	keep(lab, true);
	for (unsigned turn = 0; turn < 20; turn++) {
		pid_t pid = fork();
		int status;

		assert_true(pid >= 0);
		if (pid == 0) {
			for (unsigned i = 0;; i++) {
				lab_write(lab, "targets.d/a.cfg", i % 2 ? TARGET_IN("a") : "");
				generation_drop(lab->generation);
				if (lab_load(lab, "main.cfg") != NULL)
					(void)conf_keep_good(lab->generation, NULL);
			}
		}
		assert_int_equal(usleep(turn * 1500 + 500), 0);
		assert_int_equal(kill(pid, SIGKILL), 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (good_again(lab) == NULL)
			fail_msg("after %u turns:\n%s", turn, lab_told(lab));
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, lab_open, lab_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_kept_comes_back_when_all_files_are_broken),
		TEST(what_comes_back_is_the_same_plan),
		TEST(the_copy_is_closed_and_holds_no_secret),
		TEST(an_unchanged_configuration_is_not_written_again),
		TEST(a_generation_is_kept_once_and_a_text_never),
		TEST(what_came_from_the_copy_is_not_kept_again),
		TEST(a_copy_that_cannot_be_written_leaves_the_old_one),
		TEST(what_a_dead_writer_left_does_not_matter),
		TEST(a_damaged_copy_is_refused_wherever_it_is_cut_or_changed),
		TEST(the_copy_of_another_configuration_is_left_alone),
		TEST(the_copy_is_found_by_a_state_dir_that_is_hardly_one),
		TEST(a_state_dir_in_a_comment_is_no_guess),
		TEST(what_lies_in_a_state_directory_is_taken_whatever_it_is_of),
		TEST(without_a_copy_there_is_none_and_nothing_is_said),
		TEST(systemds_state_directory_is_looked_into),
		TEST(a_secret_that_is_gone_is_a_warning_with_the_name_of_the_file_it_came_from),
		TEST(a_kill_at_any_time_leaves_a_whole_copy),
	};

	return cmocka_run_group_tests_name("conf.keep", tests, NULL, NULL);
}
