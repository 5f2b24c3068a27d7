/*
 * flap_test.c - when coming and going is flapping, and when it has ended.
 */
#include "core/flap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MIN USEC_PER_MIN

static mono_t at(usec_t us)
{
	return (mono_t){ 1000 * MIN + us };
}

static void three_changes_are_none(void **state)
{
	struct flap f = { .at[0] = { 0 } };

	(void)state;
	for (int i = 0; i < FLAP_CHANGES - 1; i++) {
		flap_note(&f, at(i * MIN));
		assert_false(flap_is_on(&f, at(i * MIN)));
	}
	flap_note(&f, at(5 * MIN));
	assert_true(flap_is_on(&f, at(5 * MIN)));
}

static void four_in_just_more_than_the_span_are_none(void **state)
{
	struct flap f = { .at[0] = { 0 } };

	(void)state;
	flap_note(&f, at(0));
	flap_note(&f, at(MIN));
	flap_note(&f, at(2 * MIN));
	flap_note(&f, at(FLAP_WITHIN + 1));
	assert_false(flap_is_on(&f, at(FLAP_WITHIN + 1)));
	flap_note(&f, at(FLAP_WITHIN + MIN));
	assert_true(flap_is_on(&f, at(FLAP_WITHIN + MIN)));
}

static void it_ends_by_calm_alone(void **state)
{
	struct flap f = { .at[0] = { 0 } };

	(void)state;
	for (int i = 0; i < 10; i++)
		flap_note(&f, at(i * MIN));
	assert_int_equal(flap_ends(&f).us, at(9 * MIN + FLAP_CALM).us);
	assert_true(flap_is_on(&f, at(9 * MIN + FLAP_CALM - 1)));
	assert_false(flap_is_on(&f, at(9 * MIN + FLAP_CALM)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_changes_are_none),
		cmocka_unit_test(four_in_just_more_than_the_span_are_none),
		cmocka_unit_test(it_ends_by_calm_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
