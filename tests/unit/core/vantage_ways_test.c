/*
 * vantage_ways_test.c - beats and relays speak for the family they came by.
 */
#include "core/vantage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static mono_t at(int64_t seconds)
{
	return (mono_t){ (5000 + seconds) * USEC_PER_SEC };
}

/* Three references of IPv4, and `v6` of the other family; all fail from then on. */
static struct vantage lost(unsigned v6, int64_t seconds)
{
	struct vantage v;

	vantage_init(&v);
	for (unsigned i = 0; i < 3 + v6; i++) {
		vantage_add(&v, i < 3 ? FAMILY_IPV4 : FAMILY_IPV6);
		vantage_answer(&v, i, false, at(seconds));
	}
	return v;
}

static void a_beat_by_ipv6_alone_proves_our_link(void **state)
{
	struct vantage v = lost(3, 10);

	(void)state;
	assert_int_equal(vantage_judge(&v, FAMILY_ANY), VANTAGE_ISOLATED);
	vantage_heard(&v, FAMILY_IPV6, at(20));
	assert_int_equal(vantage_judge(&v, FAMILY_ANY), VANTAGE_OK);
	assert_int_equal(vantage_judge(&v, FAMILY_IPV6), VANTAGE_OK);
	assert_int_equal(vantage_judge(&v, FAMILY_IPV4), VANTAGE_ISOLATED);
}

static void a_beat_by_ipv6_vouches_for_what_began_right_after_it(void **state)
{
	struct vantage v = lost(3, 10);

	(void)state;
	vantage_heard(&v, FAMILY_IPV6, at(20));
	assert_true(vantage_vouches(&v, FAMILY_ANY, at(21)));
	assert_true(vantage_vouches(&v, FAMILY_IPV6, at(21)));
	assert_false(vantage_vouches(&v, FAMILY_IPV4, at(21)));
	assert_false(vantage_vouches(&v, FAMILY_ANY, at(60)));
}

static void a_relay_vouches_for_a_family_that_has_no_references(void **state)
{
	struct vantage v = lost(0, 10);

	(void)state;
	vantage_relay(&v, FAMILY_IPV4, at(20));
	vantage_overrule(&v, true);
	assert_true(vantage_vouches(&v, FAMILY_IPV4, at(15)));
	assert_true(vantage_vouches(&v, FAMILY_IPV6, at(15)));
}

static void a_relay_knows_nothing_of_a_family_whose_references_are_silent(void **state)
{
	struct vantage v = lost(3, 10);

	(void)state;
	vantage_relay(&v, FAMILY_IPV4, at(20));
	vantage_overrule(&v, true);
	assert_true(vantage_vouches(&v, FAMILY_IPV4, at(15)));
	assert_false(vantage_vouches(&v, FAMILY_IPV6, at(15)));
	assert_int_equal(vantage_judge(&v, FAMILY_IPV6), VANTAGE_ISOLATED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_beat_by_ipv6_alone_proves_our_link),
		cmocka_unit_test(a_beat_by_ipv6_vouches_for_what_began_right_after_it),
		cmocka_unit_test(a_relay_vouches_for_a_family_that_has_no_references),
		cmocka_unit_test(a_relay_knows_nothing_of_a_family_whose_references_are_silent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
