/*
 * scope_test.c - what a scope names, and what it does not.
 */
#include "base/scope.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct stack_plan stacks[] = { { .name = "home" }, { .name = "work" } };

static const struct target_plan targets[] = {
	{ .name = "blog", .group = "Public sites", .stack = 0 },
	{ .name = "wiki", .group = "Public sites", .stack = 1 },
	{ .name = "home", .group = "stack:work", .stack = 1 },
};

static const struct watchdog_plan watchdogs[] = {
	{ .name = "beats", .stack = 0 },
	{ .name = "blog", .stack = 1 },
};

static const struct plan plan = {
	.stacks = stacks,
	.stacks_n = 2,
	.targets = targets,
	.targets_n = 3,
	.watchdogs = watchdogs,
	.watchdogs_n = 2,
};

/* Bits: the stacks 0 and 1, the targets 0 to 2, the watchdogs 0 and 1, from the left. */
static void assert_holds(const char *scope, const char *bits)
{
	char got[8] = "";
	char *to = got;

	for (uint32_t i = 0; i < 2; i++)
		*to++ = scope_has_stack(&plan, scope, i) ? '1' : '0';
	for (uint32_t i = 0; i < 3; i++)
		*to++ = scope_has_target(&plan, scope, i) ? '1' : '0';
	for (uint32_t i = 0; i < 2; i++)
		*to++ = scope_has_watchdog(&plan, scope, i) ? '1' : '0';
	*to = '\0';
	assert_string_equal(got, bits);
}

static void all_is_everything(void **state)
{
	(void)state;
	assert_holds("all", "1111111");
}

static void a_stack_holds_its_targets_and_watchdogs(void **state)
{
	(void)state;
	assert_holds("stack:home", "1010010");
	assert_holds("stack:work", "0101101");
}

static void a_group_holds_targets_of_any_stack_and_nothing_else(void **state)
{
	(void)state;
	assert_holds("group:Public sites", "0011000");
	assert_holds("group:stack:work", "0000100");
}

static void a_name_is_a_target_or_a_watchdog_and_never_a_whole_stack(void **state)
{
	(void)state;
	assert_holds("blog", "0010001");
	assert_holds("home", "0000100");
	assert_holds("beats", "0000010");
}

static void names_are_taken_as_they_are_written(void **state)
{
	static const char *const unknown[] = { "",	     "All",	     "blo",
					       "blogs",	     "stack:",	     "stack:hom",
					       "stack:HOME", "group:",	     "group:public sites",
					       "work",	     "Public sites", "stack:blog" };

	(void)state;
	for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
		assert_holds(unknown[i], "0000000");
		assert_false(scope_is_known(&plan, unknown[i]));
	}
}

static void what_holds_anything_is_known(void **state)
{
	static const char *const known[] = { "all",  "stack:work", "group:Public sites",
					     "wiki", "beats",	   "blog" };
	const struct plan empty = { .targets_n = 0 };

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		assert_true(scope_is_known(&plan, known[i]));
	assert_true(scope_is_known(&empty, "all"));
	assert_false(scope_is_known(&empty, "blog"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_is_everything),
		cmocka_unit_test(a_stack_holds_its_targets_and_watchdogs),
		cmocka_unit_test(a_group_holds_targets_of_any_stack_and_nothing_else),
		cmocka_unit_test(a_name_is_a_target_or_a_watchdog_and_never_a_whole_stack),
		cmocka_unit_test(names_are_taken_as_they_are_written),
		cmocka_unit_test(what_holds_anything_is_known),
	};

	return cmocka_run_group_tests_name("base.scope", tests, NULL, NULL);
}
