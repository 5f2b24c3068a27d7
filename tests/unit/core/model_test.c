/*
 * model_test.c - a copy of the model is read by another thread, while whoever
 * it was copied from goes on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/model.h"

static void a_copy_keeps_what_the_original_loses(void **state)
{
	struct target_plan target = { .name = "blog" };
	struct stack_plan stack = { .name = "home" };
	const struct plan plan = { .targets = &target, .targets_n = 1, .stacks = &stack, .stacks_n = 1 };
	char note[] = "refused";
	struct target_view views[1] = { { .plan = &target, .streak = 7, .note = note } };
	struct odd_day odd[ODD_DAYS_MAX(1)] = { { 0 } };
	struct daybook book = { .odd = odd };
	struct rollup rollups[1];
	struct stack_view stacks[1] = { { .plan = &stack } };
	struct incident incidents[1] = { { .number = "20261121-1" } };
	struct incident_member members[1] = { { .code = 503 } };
	char trouble[] = "a.cfg:1: no such key";
	const struct model model = { .plan = &plan, .targets = views, .rollups = rollups, .stacks = stacks,
				     .incidents = incidents, .incidents_n = 1, .members = members,
				     .trouble = trouble };
	struct model *copy;

	(void)state;
	rollup_init(&rollups[0], &book);
	rollup_restore(&rollups[0], 19999, &(struct day_sums){ .observed_s = 86400 });
	rollup_restore(&rollups[0], 20000, &(struct day_sums){ .observed_s = 70, .down_s = 3 });
	copy = model_copy(&model);
	assert_non_null(copy);
	memset(note, 'x', sizeof note - 1);
	memset(odd, 0, sizeof odd);
	memset(&book, 0, sizeof book);
	memset(views, 0, sizeof views);
	memset(rollups, 0, sizeof rollups);
	memset(incidents, 0, sizeof incidents);
	memset(members, 0, sizeof members);
	memset(trouble, 'x', sizeof trouble - 1);
	assert_int_equal(copy->targets[0].streak, 7);
	assert_string_equal(copy->targets[0].note, "refused");
	assert_int_equal(copy->rollups[0].newest, 20000);
	assert_int_equal(rollup_day(&copy->rollups[0], 19999).observed_s, 86400);
	assert_int_equal(rollup_day(&copy->rollups[0], 20000).down_s, 3);
	assert_string_equal(copy->incidents[0].number, "20261121-1");
	assert_int_equal(copy->members[0].code, 503);
	assert_string_equal(copy->trouble, "a.cfg:1: no such key");
	free(copy);
}

static void no_trouble_and_no_note_stay_none(void **state)
{
	struct target_plan target = { .name = "blog" };
	const struct plan plan = { .targets = &target, .targets_n = 1 };
	const struct target_view view = { .plan = &target };
	struct odd_day odd[ODD_DAYS_MAX(1)] = { { 0 } };
	struct daybook book = { .odd = odd };
	struct rollup rollup;
	struct incident_member member = { .code = 0 };
	struct model *copy;

	(void)state;
	rollup_init(&rollup, &book);
	copy = model_copy(&(struct model){ .plan = &plan, .targets = &view, .rollups = &rollup,
					   .members = &member });
	assert_non_null(copy);
	assert_null(copy->trouble);
	assert_null(copy->targets[0].note);
	free(copy);
}

static void a_plan_without_targets_has_a_model(void **state)
{
	const struct plan plan = { .targets_n = 0 };
	struct model *copy = model_copy(&(struct model){ .plan = &plan, .trouble = "none yet" });

	(void)state;
	assert_non_null(copy);
	assert_string_equal(copy->trouble, "none yet");
	free(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_copy_keeps_what_the_original_loses),
		cmocka_unit_test(no_trouble_and_no_note_stay_none),
		cmocka_unit_test(a_plan_without_targets_has_a_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
