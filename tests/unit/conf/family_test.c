/*
 * family_test.c - a target that is judged per family is two for the engine:
 * what they share, what they are called, and who depends on which.
 */
#include "lab.h"

#include "base/scope.h"

#define BOTH(name, more)                                                                           \
	"{ name = \"" name "\"; family = \"both\"; " more                                          \
	" http = { url = \"https://" name ".example.com/\"; }; }"
#define PLAIN(name, more)                                                                          \
	"{ name = \"" name "\"; " more " tcp = { address = \"" name ".example.com:22\"; }; }"

static const struct target_plan *named(const struct plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->targets_n; i++)
		if (strcmp(plan->targets[i].name, name) == 0)
			return &plan->targets[i];
	fail_msg("no target is called %s", name);
	return NULL;
}

static uint32_t place(const struct plan *plan, const char *name)
{
	return (uint32_t)(named(plan, name) - plan->targets);
}

static void both_families_make_two_targets_side_by_side(void **state)
{
	const struct plan *plan = lab_plan(
		*state, "targets = ( " PLAIN("a", "") ", "
			BOTH("blog", "title = \"Blog\"; group = \"G\"; fall = 2;") ", "
			PLAIN("z", "") " );\n");

	assert_int_equal(plan->targets_n, 4);
	assert_string_equal(plan->targets[1].name, "blog");
	assert_string_equal(plan->targets[2].name, "blog-ipv6");
	assert_int_equal(plan->targets[1].family, FAMILY_IPV4);
	assert_int_equal(plan->targets[2].family, FAMILY_IPV6);
	assert_string_equal(plan->targets[2].title, "Blog");
	assert_string_equal(plan->targets[2].group, "G");
	assert_int_equal(plan->targets[2].fall, 2);
	assert_ptr_equal(plan->targets[1].params, plan->targets[2].params);
	assert_string_equal(plan->targets[3].name, "z");
}

static void the_halves_know_each_other_and_nobody_else_has_one(void **state)
{
	const struct plan *plan = lab_plan(
		*state, "targets = ( " PLAIN("a", "") ", " BOTH("blog", "") " );\n"
			"listen = { address = \"127.0.0.1:8080\"; };\n"
			"pings = ( { name = \"job\"; token = \"env:CONF_TEST_TOKEN\"; "
			"period = \"1d\"; } );\n");

	assert_int_equal(target_twin(plan, place(plan, "blog")), place(plan, "blog-ipv6"));
	assert_int_equal(target_twin(plan, place(plan, "blog-ipv6")), place(plan, "blog"));
	assert_true(target_is_second(plan, place(plan, "blog-ipv6")));
	assert_false(target_is_second(plan, place(plan, "blog")));
	for (uint32_t i = 0; i < plan->targets_n + plan->references_n + plan->witnesses_n; i++)
		if (strncmp(plan->targets[i].name, "blog", 4) != 0)
			assert_int_equal(target_twin(plan, i), NONE_INDEX);
}

static void a_plan_of_zeroes_has_no_pairs(void **state)
{
	const struct target_plan targets[3] = { { .name = "a" }, { .name = "b" }, { .name = "c" } };
	const struct plan plan = { .targets = targets, .targets_n = 3 };

	(void)state;
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(target_twin(&plan, i), NONE_INDEX);
}

static void the_name_may_be_58_characters_long(void **state)
{
	const char *form = "targets = ( { name = \"%s\"; family = \"both\"; "
			   "tcp = { address = \"a.example.com:22\"; }; } );";
	const char *most = "abcdefghijklmnopqrstuvwxyz0123456789-abcdefghijklmnopqrstu";
	char text[256];

	assert_int_equal(strlen(most), 58);
	(void)snprintf(text, sizeof text, form, most);
	assert_int_equal(strlen(lab_plan(*state, text)->targets[1].name), 63);
}

static void defaults_leave_alone_what_cannot_be_a_pair(void **state)
{
	const struct plan *plan = lab_plan(
		*state, "defaults = { family = \"both\"; };\n"
			"targets = ( " PLAIN("blog", "") ",\n"
			"{ name = \"near\"; icmp = { address = \"192.0.2.1\"; }; },\n"
			"{ name = \"zone\"; dns = { name = \"example.com\"; }; } );\n");

	assert_int_equal(plan->targets_n, 4);
	assert_string_equal(plan->targets[1].name, "blog-ipv6");
	assert_int_equal(named(plan, "near")->family, FAMILY_ANY);
	assert_int_equal(named(plan, "zone")->family, FAMILY_ANY);
}

static void dependence_goes_by_family(void **state)
{
	const struct plan *plan = lab_plan(
		*state,
		"targets = ( " BOTH("router", "") ", " BOTH("blog", "depends_on = \"router\";") ", "
		PLAIN("wiki", "depends_on = \"router\";") ", "
		PLAIN("six", "family = \"ipv6\"; depends_on = \"router\";") ", "
		PLAIN("odd", "depends_on = \"router-ipv6\";") " );\n");
	static const char *const children[][2] = {
		{ "blog", "router" }, { "blog-ipv6", "router-ipv6" }, { "wiki", "router" },
		{ "six", "router-ipv6" }, { "odd", "router-ipv6" },
	};

	for (size_t i = 0; i < sizeof children / sizeof *children; i++) {
		const struct target_plan *child = named(plan, children[i][0]);

		assert_int_equal(child->parents.n, 1);
		assert_int_equal(child->parents.items[0], place(plan, children[i][1]));
	}
}

static void a_circle_of_pairs_is_told_once(void **state)
{
	struct lab *lab = *state;

	assert_null(lab_load_text(lab, "targets = ( " BOTH("a", "depends_on = \"b\";") ", "
				       BOTH("b", "depends_on = \"a\";") " );\n"));
	lab_expect_told(lab, "goes round in a circle: a, b, a");
	assert_int_equal(lab->diag.faults, 1);
}

static void the_name_of_a_pair_means_both_and_the_second_one_itself(void **state)
{
	const struct plan *plan = lab_plan(
		*state, "targets = ( " BOTH("blog", "") " );\n"
			"windows = ( { name = \"w\"; scope = \"blog-ipv6\"; weekly = \"Sun "
			"02:00-03:00\"; } );\n");

	assert_true(scope_has_target(plan, "blog", 0));
	assert_true(scope_has_target(plan, "blog", 1));
	assert_false(scope_has_target(plan, "blog-ipv6", 0));
	assert_true(scope_has_target(plan, "blog-ipv6", 1));
}

static void check_v_tells_the_halves(void **state)
{
	const struct plan *plan = lab_plan(*state, "targets = ( " BOTH("blog", "") ", "
						   PLAIN("six", "family = \"ipv6\";") " );\n");
	struct buf text = BUF_INIT(65536);

	conf_print_plan(plan, &text);
	assert_non_null(strstr(buf_text(&text), "https://blog.example.com/, IPv4\n"));
	assert_non_null(strstr(buf_text(&text), "https://blog.example.com/, IPv6\n"));
	assert_non_null(strstr(buf_text(&text), "six.example.com:22, IPv6 only\n"));
	buf_done(&text);
}

/* ---- a reload ---- */

static void on_difference(void *ctx, const struct plan_difference *d)
{
	buf_printf(ctx, "%s %s %s %s\n", plan_change_name(d->change), d->what, d->name, d->key);
}

static void from_any_to_both_the_name_stays_and_the_second_one_comes(void **state)
{
	struct lab *lab = *state;
	struct generation *any, *both;
	struct buf told = BUF_INIT(4096);

	assert_non_null(lab_load_text(lab, "targets = ( { name = \"blog\"; http = { url = "
					   "\"https://blog.example.com/\"; }; } );\n"));
	any = generation_hold(lab->generation);
	generation_drop(lab->generation);
	assert_non_null(lab_load_text(lab, "targets = ( " BOTH("blog", "") " );\n"));
	both = lab->generation;
	plan_differ(&any->plan, &both->plan, on_difference, &told);
	plan_differ(&both->plan, &any->plan, on_difference, &told);
	assert_string_equal(buf_text(&told), "changed target blog family\n"
					     "added target blog-ipv6 \n"
					     "changed target blog family\n"
					     "removed target blog-ipv6 \n");
	generation_drop(any);
	buf_done(&told);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, lab_open, lab_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(both_families_make_two_targets_side_by_side),
		TEST(the_halves_know_each_other_and_nobody_else_has_one),
		TEST(a_plan_of_zeroes_has_no_pairs),
		TEST(the_name_may_be_58_characters_long),
		TEST(defaults_leave_alone_what_cannot_be_a_pair),
		TEST(dependence_goes_by_family),
		TEST(a_circle_of_pairs_is_told_once),
		TEST(the_name_of_a_pair_means_both_and_the_second_one_itself),
		TEST(check_v_tells_the_halves),
		TEST(from_any_to_both_the_name_stays_and_the_second_one_comes),
	};

	(void)setenv("CONF_TEST_TOKEN", "0123456789abcdef", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
