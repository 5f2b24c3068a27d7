/*
 * load_test.c - which files are read, in which order, and what a file may not do.
 */
#include "lab.h"

#define TARGET_IN(name)                                                                            \
	"targets = ( { name = \"" name "\"; tcp = { address = \"127.0.0.1:22\"; }; } );\n"

static void assert_target(const struct lab *lab, size_t index, const char *name)
{
	assert_true(index < lab->generation->plan.targets_n);
	assert_string_equal(lab->generation->plan.targets[index].name, name);
}

static void a_missing_file_is_told_by_name(void **state)
{
	struct lab *lab = *state;

	assert_null(lab_load(lab, "none.cfg"));
	lab_expect_told(lab, "none.cfg:0: it cannot be read");
}

static void a_folder_instead_of_a_file_is_told(void **state)
{
	struct lab *lab = *state;

	lab_mkdir(lab, "main.cfg");
	assert_null(lab_load(lab, "main.cfg"));
	lab_expect_told(lab, "main.cfg:0: it cannot be read");
}

static void a_missing_file_says_how_to_name_another(void **state)
{
	struct lab *lab = *state;

	assert_null(lab_load(lab, "none.cfg"));
	lab_expect_told(lab, "there is no such file; name another with -c FILE");
}

static void a_folder_says_which_file_may_be_meant(void **state)
{
	struct lab *lab = *state;

	assert_null(conf_load(lab->dir, &lab->diag));
	lab_expect_told(lab, "it is a directory; name the file in it");
}

static void an_empty_name_is_told(void **state)
{
	struct lab *lab = *state;

	assert_null(conf_load("", &lab->diag));
	lab_expect_faults(lab, 1);
	lab_expect_told(lab, "-:0: the configuration's name is empty; say -c FILE");
}

static void a_file_that_we_may_not_read_says_so(void **state)
{
	struct lab *lab = *state;

	if (geteuid() == 0)
		skip(); /* root may read everything */
	lab_write_bytes(lab, "main.cfg", 0000, "", 0);
	assert_null(lab_load(lab, "main.cfg"));
	lab_expect_told(lab, "chmod 0644");
}

static void a_fifo_instead_of_a_file_does_not_stop_us(void **state)
{
	struct lab *lab = *state;

	assert_int_equal(mkfifo(lab_path(lab, "main.cfg"), 0600), 0);
	assert_null(lab_load(lab, "main.cfg"));
	lab_expect_told(lab, "main.cfg:0: it cannot be read");
}

static void targets_are_read_in_name_order_behind_those_of_the_main_file(void **state)
{
	struct lab *lab = *state;

	lab_write(lab, "main.cfg", TARGET_IN("first"));
	lab_mkdir(lab, "targets.d");
	lab_write(lab, "targets.d/b.cfg", TARGET_IN("third"));
	lab_write(lab, "targets.d/a.cfg", TARGET_IN("second"));
	assert_non_null(lab_load(lab, "main.cfg"));
	assert_int_equal(lab->generation->plan.targets_n, 3);
	assert_target(lab, 0, "first");
	assert_target(lab, 1, "second");
	assert_target(lab, 2, "third");
}

static void hidden_files_and_backups_are_left_alone(void **state)
{
	static const char *const others[] = {
		"targets.d/.a.cfg", "targets.d/a.cfg~",	   "targets.d/#a.cfg#",
		"targets.d/#a.cfg", "targets.d/a.cfg.bak", "targets.d/.a.cfg.swp",
		"targets.d/README", "targets.d/.cfg",
	};
	struct lab *lab = *state;

	lab_write(lab, "main.cfg", "targets_dir = \"targets.d\";\n" TARGET_IN("only"));
	lab_mkdir(lab, "targets.d");
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		lab_write(lab, others[i], "this is no configuration");
	assert_non_null(lab_load(lab, "main.cfg"));
	assert_int_equal(lab->generation->plan.targets_n, 1);
}

static void a_targets_dir_that_is_named_must_exist(void **state)
{
	struct lab *lab = *state;

	lab_write(lab, "main.cfg", TARGET_IN("a") "targets_dir = \"none.d\";\n");
	assert_null(lab_load(lab, "main.cfg"));
	lab_expect_told(lab, "main.cfg:2: targets_dir: ");
	lab_expect_told(lab, "create it, or remove targets_dir");
}

static void without_targets_dir_the_usual_one_may_be_missing(void **state)
{
	struct lab *lab = *state;

	lab_write(lab, "main.cfg", TARGET_IN("a"));
	assert_non_null(lab_load(lab, "main.cfg"));
}

static void a_text_reads_no_folder_that_it_does_not_name(void **state)
{
	struct lab *lab = *state;

	lab_mkdir(lab, "targets.d");
	lab_write(lab, "targets.d/a.cfg", TARGET_IN("b"));
	assert_non_null(lab_load_text(lab, TARGET_IN("a")));
	assert_int_equal(lab->generation->plan.targets_n, 1);
}

static void a_text_reads_the_folder_that_it_names(void **state)
{
	struct lab *lab = *state;

	lab_mkdir(lab, "more");
	lab_write(lab, "more/a.cfg", TARGET_IN("b"));
	assert_non_null(lab_load_text(lab, "targets_dir = \"more\";\n" TARGET_IN("a")));
	assert_int_equal(lab->generation->plan.targets_n, 2);
}

static void stacks_and_watchdogs_may_stand_beside_targets(void **state)
{
	struct lab *lab = *state;

	lab_write(lab, "main.cfg", TARGET_IN("a"));
	lab_mkdir(lab, "targets.d");
	lab_write(lab, "targets.d/a.cfg",
		  "stacks = ( { name = \"home\"; } );\n"
		  "targets = ( { name = \"b\"; stack = \"home\"; tcp = { address = "
		  "\"127.0.0.1:22\"; }; } );");
	assert_non_null(lab_load(lab, "main.cfg"));
	assert_string_equal(lab->generation->plan.stacks[0].name, "home");
}

static void what_belongs_into_the_main_file_is_refused_elsewhere(void **state)
{
	struct lab *lab = *state;

	lab_write(lab, "main.cfg", TARGET_IN("a"));
	lab_mkdir(lab, "targets.d");
	lab_write(lab, "targets.d/a.cfg", TARGET_IN("b") "instance = \"other\";\ntarget = 1;\n");
	assert_null(lab_load(lab, "main.cfg"));
	lab_expect_faults(lab, 2);
	lab_expect_told(lab, "targets.d/a.cfg:2: instance belongs into the main file");
	lab_expect_told(lab, "targets.d/a.cfg:3: main.target is not known");
}

static void one_name_in_two_files_is_told_with_both_places(void **state)
{
	struct lab *lab = *state;

	lab_write(lab, "main.cfg", TARGET_IN("a"));
	lab_mkdir(lab, "targets.d");
	lab_write(lab, "targets.d/x.cfg", "\n" TARGET_IN("a"));
	assert_null(lab_load(lab, "main.cfg"));
	lab_expect_told(lab, "targets.d/x.cfg:2: ");
	lab_expect_told(lab, "/main.cfg:1; give this one another");
}

static void every_fault_of_every_file_is_told_in_one_go(void **state)
{
	struct lab *lab = *state;

	lab_write(lab, "main.cfg",
		  "language = \"de\";\npage = { dais = 5; };\n"
		  "listen = { address = \"nowhere\"; };\n"
		  "mail = { to = \"nobody\"; relays = ( { url = \"mail\"; } ); };\n"
		  "targets = ( { name = \"A\"; fall = 99; tcp = { }; } );\n");
	lab_mkdir(lab, "targets.d");
	lab_write(lab, "targets.d/1.cfg", "targets = (\n{ name = \"b\"; }, );");
	lab_write(lab, "targets.d/2.cfg", "targets = (\n{ name = \"c; } );");
	lab_write(lab, "targets.d/3.cfg", "targets = (\n{ name = \"d\"; } );");
	assert_null(lab_load(lab, "main.cfg"));
	lab_expect_faults(lab, 12);
	lab_expect_told(lab, "main.cfg:1: main.language");
	lab_expect_told(lab, "main.cfg:2: page.dais");
	lab_expect_told(lab, "main.cfg:3: listen.address");
	lab_expect_told(lab, "main.cfg:4: mail.to");
	lab_expect_told(lab, "main.cfg:4: relay.url");
	lab_expect_told(lab, "main.cfg:4: mail needs from");
	lab_expect_told(lab, "main.cfg:5: target.name");
	lab_expect_told(lab, "main.cfg:5: target.fall");
	lab_expect_told(lab, "main.cfg:5: tcp needs address");
	lab_expect_told(lab, "targets.d/1.cfg:2: remove the comma");
	lab_expect_told(lab, "targets.d/2.cfg:2: a text that begins");
	lab_expect_told(lab, "targets.d/3.cfg:2: the target says nothing");
}

/* Found in the order in which the parts need each other, told in that of the files. */
static void faults_and_warnings_stand_in_the_order_of_files_and_lines(void **state)
{
	struct lab *lab = *state;

	lab_write(
		lab, "main.cfg",
		"@include \"first.cfg\"\n"
		"mail = { to = \"nobody\"; };\n"
		"targets = (\n{ name = \"x\"; fall = 0; tcp = { address = \"127.0.0.1:1\"; }; },\n"
		"{ name = \"y\"; fall = 0; tcp = { address = \"127.0.0.1:2\"; }; },\n"
		"{ name = \"x\"; tcp = { address = \"127.0.0.1:3\"; }; } );\n"
		"language = \"de\";\n");
	lab_write(lab, "first.cfg", "\nreferences = [ \"a.example.com:443\" ];\n");
	lab_mkdir(lab, "targets.d");
	lab_write(lab, "targets.d/b.cfg", "targets = ( { name = \"x\"; tcp = { }; } );\n");
	lab_write(lab, "targets.d/a.cfg", "targets = (\n");
	assert_null(lab_load(lab, "main.cfg"));
	lab_expect_order(lab, (const char *const[]){
				      "main.cfg:2:", "main.cfg:4:", "main.cfg:5:", "main.cfg:6:",
				      "main.cfg:7:", "first.cfg:2:", "targets.d/a.cfg:1:",
				      "targets.d/b.cfg:1:", "targets.d/b.cfg:1:", NULL });
}

static void paths_are_told_as_they_were_written(void **state)
{
	struct lab *lab = *state;

	lab_write(lab, "main.cfg",
		  "targets_dir = \"none.d\";\n"
		  "targets = ( { name = \"a\"; http = { url = \"https://a.example.com/\";\n"
		  "ca_file = \"none.pem\"; }; } );\n");
	assert_null(lab_load(lab, "main.cfg"));
	lab_expect_told(lab, "main.cfg:1: targets_dir: none.d cannot be read");
	lab_expect_told(lab, "main.cfg:3: http.ca_file: none.pem cannot be read");
}

static void what_a_broken_file_may_hold_is_not_missed(void **state)
{
	struct lab *lab = *state;

	lab_write(lab, "main.cfg",
		  "targets = ( { name = \"a\"; stack = \"home\";\n"
		  "tcp = { address = \"127.0.0.1:22\"; }; } );");
	lab_mkdir(lab, "targets.d");
	lab_write(lab, "targets.d/a.cfg", "stacks = ( { name = \"home\" }; );\n");
	assert_null(lab_load(lab, "main.cfg"));
	lab_expect_faults(lab, 1);
	lab_expect_told(lab, "targets.d/a.cfg:1: ");
}

static void a_file_of_ten_megabytes_is_refused(void **state)
{
	struct lab *lab = *state;
	size_t n = (size_t)10 * 1024 * 1024;
	char *text = malloc(n);

	assert_non_null(text);
	memset(text, '\n', n);
	lab_write_bytes(lab, "main.cfg", 0644, text, n);
	lab_write_bytes(lab, "small.cfg", 0644, text, 1024 * 1024 - 1);
	free(text);
	assert_null(lab_load(lab, "main.cfg"));
	lab_expect_told(lab, "main.cfg:0: it is larger than 1 MiB");
	assert_null(lab_load(lab, "small.cfg"));
	lab_expect_untold(lab, "small.cfg:0: it is larger");
}

static void zero_bytes_are_refused(void **state)
{
	struct lab *lab = *state;
	static const char text[] = TARGET_IN("a") "\0 hidden = 1;";

	lab_write_bytes(lab, "main.cfg", 0644, text, sizeof text - 1);
	assert_null(lab_load(lab, "main.cfg"));
	lab_expect_told(lab, "it holds NUL bytes");
}

/* ---- @include ---- */

static void an_included_file_keeps_its_own_lines(void **state)
{
	struct lab *lab = *state;

	lab_write(lab, "main.cfg", TARGET_IN("a") "\n@include \"more.cfg\"\n");
	lab_write(lab, "more.cfg", "\n\nlanguage = \"de\";\n");
	assert_null(lab_load(lab, "main.cfg"));
	lab_expect_faults(lab, 1);
	lab_expect_told(lab, "more.cfg:3: main.language");
}

static void what_libconfig_refuses_in_an_included_file_has_its_place(void **state)
{
	struct lab *lab = *state;

	lab_write(lab, "main.cfg", TARGET_IN("a") "@include \"more.cfg\"\n");
	lab_write(lab, "more.cfg", "\npage == { };\n");
	assert_null(lab_load(lab, "main.cfg"));
	lab_expect_told(lab, "more.cfg:2: not understood");
}

/* The line behind an @include is again one of the file with it, whatever that held. */
static void lines_behind_an_include_are_counted_on(void **state)
{
	struct lab *lab = *state;

	lab_write(lab, "main.cfg",
		  TARGET_IN("a") "@include \"one.cfg\" # here\n@include \"two.cfg\"\nlanguage = "
				 "\"de\";\n");
	lab_write(lab, "one.cfg",
		  "\n\ninstance = \"a\";\n\n\n@include \"deep.cfg\"\nretention = 1;");
	lab_write(lab, "two.cfg", "resolvers = [ \"x\" ]; # without an end of line");
	lab_write(lab, "deep.cfg", "page = { };\nlistn = { };\n");
	assert_null(lab_load(lab, "main.cfg"));
	lab_expect_order(lab, (const char *const[]){ "main.cfg:4: main.language",
						     "one.cfg:7: ", "deep.cfg:2: main.listn",
						     "two.cfg:1: resolvers", NULL });
}

static void an_included_file_is_looked_at_as_well(void **state)
{
	struct lab *lab = *state;

	lab_write(lab, "main.cfg", TARGET_IN("a") "@include \"more.cfg\"\n");
	lab_write(lab, "more.cfg", "page = { days = 4294967386; };\n");
	assert_null(lab_load(lab, "main.cfg"));
	lab_expect_told(lab, "more.cfg:1: the number");
}

static void an_include_above_the_folder_is_refused(void **state)
{
	struct lab *lab = *state;

	lab_mkdir(lab, "etc");
	lab_write(lab, "outside.cfg", "language = \"ja\";\n");
	lab_write(lab, "etc/main.cfg", TARGET_IN("a") "@include \"../outside.cfg\"\n");
	assert_null(lab_load(lab, "etc/main.cfg"));
	lab_expect_told(lab, "etc/main.cfg:2: @include: \"../outside.cfg\" lies outside");
}

static void an_include_through_a_link_out_of_the_folder_is_refused(void **state)
{
	struct lab *lab = *state;

	lab_mkdir(lab, "etc");
	lab_write(lab, "outside.cfg", "language = \"ja\";\n");
	assert_int_equal(symlink(lab_path(lab, "outside.cfg"), lab_path(lab, "etc/in.cfg")), 0);
	lab_write(lab, "etc/main.cfg", TARGET_IN("a") "@include \"in.cfg\"\n");
	assert_null(lab_load(lab, "etc/main.cfg"));
	lab_expect_told(lab, "etc/main.cfg:2: @include: \"in.cfg\" lies outside");
}

static void an_include_by_absolute_path_is_refused(void **state)
{
	struct lab *lab = *state;

	lab_write(lab, "main.cfg", TARGET_IN("a") "  @include \"/etc/passwd\"\n");
	assert_null(lab_load(lab, "main.cfg"));
	lab_expect_told(lab, "main.cfg:2: @include: name the file relative");
	lab_expect_untold(lab, "root:");
}

static void a_missing_include_is_told_at_its_line(void **state)
{
	struct lab *lab = *state;

	lab_write(lab, "main.cfg", TARGET_IN("a") "@include \"none.cfg\"\n");
	assert_null(lab_load(lab, "main.cfg"));
	lab_expect_told(lab, "main.cfg:2: @include: \"none.cfg\"");
}

static void a_file_that_includes_itself_comes_to_an_end(void **state)
{
	struct lab *lab = *state;

	lab_write(lab, "main.cfg", TARGET_IN("a") "@include \"main.cfg\"\n");
	assert_null(lab_load(lab, "main.cfg"));
	lab_expect_told(lab, "does a file include itself?");
}

static void an_include_in_a_comment_or_text_is_none(void **state)
{
	struct lab *lab = *state;

	lab_write(lab, "main.cfg",
		  TARGET_IN("a") "# @include \"none.cfg\"\n/*\n@include \"none.cfg\"\n*/\n"
				 "instance = \"@include \\\"none.cfg\\\"\";\n");
	assert_non_null(lab_load(lab, "main.cfg"));
}

/* ---- generations ---- */

static void a_generation_lives_until_its_last_reference_is_dropped(void **state)
{
	struct lab *lab = *state;
	struct generation *g = lab_load_text(lab, TARGET_IN("a"));

	assert_ptr_equal(generation_hold(g), g);
	generation_drop(g);
	assert_string_equal(g->plan.targets[0].name, "a"); /* the sanitizer would object */
	assert_int_equal(g->references, 1);
}

static void faults_outlive_the_load_that_failed(void **state)
{
	struct lab *lab = *state;

	assert_null(lab_load_text(lab, TARGET_IN("a") "instence = \"a\";"));
	lab_expect_told(lab, "test.cfg:2: main.instence");
}

static void a_second_load_with_the_same_diag_judges_itself_alone(void **state)
{
	struct lab *lab = *state;

	assert_null(lab_load_text(lab, "x = 1;"));
	assert_non_null(lab_load_text(lab, TARGET_IN("a")));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, lab_open, lab_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_missing_file_is_told_by_name),
		TEST(a_folder_instead_of_a_file_is_told),
		TEST(a_missing_file_says_how_to_name_another),
		TEST(a_folder_says_which_file_may_be_meant),
		TEST(an_empty_name_is_told),
		TEST(a_file_that_we_may_not_read_says_so),
		TEST(a_fifo_instead_of_a_file_does_not_stop_us),
		TEST(targets_are_read_in_name_order_behind_those_of_the_main_file),
		TEST(hidden_files_and_backups_are_left_alone),
		TEST(a_targets_dir_that_is_named_must_exist),
		TEST(without_targets_dir_the_usual_one_may_be_missing),
		TEST(a_text_reads_no_folder_that_it_does_not_name),
		TEST(a_text_reads_the_folder_that_it_names),
		TEST(stacks_and_watchdogs_may_stand_beside_targets),
		TEST(what_belongs_into_the_main_file_is_refused_elsewhere),
		TEST(one_name_in_two_files_is_told_with_both_places),
		TEST(every_fault_of_every_file_is_told_in_one_go),
		TEST(faults_and_warnings_stand_in_the_order_of_files_and_lines),
		TEST(paths_are_told_as_they_were_written),
		TEST(what_a_broken_file_may_hold_is_not_missed),
		TEST(a_file_of_ten_megabytes_is_refused),
		TEST(zero_bytes_are_refused),
		TEST(an_included_file_keeps_its_own_lines),
		TEST(what_libconfig_refuses_in_an_included_file_has_its_place),
		TEST(lines_behind_an_include_are_counted_on),
		TEST(an_included_file_is_looked_at_as_well),
		TEST(an_include_above_the_folder_is_refused),
		TEST(an_include_through_a_link_out_of_the_folder_is_refused),
		TEST(an_include_by_absolute_path_is_refused),
		TEST(a_missing_include_is_told_at_its_line),
		TEST(a_file_that_includes_itself_comes_to_an_end),
		TEST(an_include_in_a_comment_or_text_is_none),
		TEST(a_generation_lives_until_its_last_reference_is_dropped),
		TEST(faults_outlive_the_load_that_failed),
		TEST(a_second_load_with_the_same_diag_judges_itself_alone),
	};

	return cmocka_run_group_tests_name("conf.load", tests, NULL, NULL);
}
