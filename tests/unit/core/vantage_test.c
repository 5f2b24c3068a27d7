/*
 * vantage_test.c - quorums, families, vouching and beats (DECISIONS 2).
 */
#include "core/vantage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static mono_t at(int64_t seconds)
{
	return (mono_t){ (5000 + seconds) * USEC_PER_SEC };
}

static struct vantage with(unsigned v4, unsigned v6)
{
	struct vantage v;

	vantage_init(&v);
	for (unsigned i = 0; i < v4; i++)
		vantage_add(&v, FAMILY_IPV4);
	for (unsigned i = 0; i < v6; i++)
		vantage_add(&v, FAMILY_IPV6);
	return v;
}

/* With fewer than 3, one answer suffices; with 3 or more, a majority. */
static bool is_enough(unsigned up, unsigned of)
{
	return of < 3 ? up >= 1 : 2 * up > of;
}

static void one_family_needs_its_quorum(void **state)
{
	(void)state;
	for (unsigned of = 1; of <= 7; of++) {
		for (unsigned mask = 0; mask < 1u << of; mask++) {
			struct vantage v = with(of, 0);
			unsigned up = 0;

			for (unsigned i = 0; i < of; i++) {
				bool answers = mask >> i & 1;

				up += answers;
				vantage_answer(&v, i, answers, at(10));
			}
			assert_int_equal(vantage_judge(&v, FAMILY_ANY),
					 is_enough(up, of) ? VANTAGE_OK : VANTAGE_ISOLATED);
			assert_int_equal(vantage_vouches(&v, FAMILY_ANY, at(10)),
					 is_enough(up, of));
			assert_false(vantage_vouches(&v, FAMILY_ANY, at(11)));
		}
	}
}

static void without_references_everything_is_judged(void **state)
{
	struct vantage v = with(0, 0);

	(void)state;
	assert_int_equal(vantage_judge(&v, FAMILY_ANY), VANTAGE_UNCHECKED);
	assert_int_equal(vantage_judge(&v, FAMILY_IPV4), VANTAGE_UNCHECKED);
	assert_true(vantage_vouches(&v, FAMILY_ANY, at(0)));
	assert_true(vantage_vouches(&v, FAMILY_IPV6, at(0)));
}

static void what_was_never_asked_does_not_make_us_isolated(void **state)
{
	struct vantage v = with(3, 0);

	(void)state;
	assert_int_equal(vantage_judge(&v, FAMILY_ANY), VANTAGE_OK);
	assert_false(vantage_vouches(&v, FAMILY_ANY, at(0)));
	vantage_answer(&v, 0, false, at(1));
	assert_int_equal(vantage_judge(&v, FAMILY_ANY), VANTAGE_OK);
	vantage_answer(&v, 1, false, at(1));
	assert_int_equal(vantage_judge(&v, FAMILY_ANY), VANTAGE_ISOLATED);
}

static void only_an_answer_after_the_failed_run_began_vouches(void **state)
{
	struct vantage v = with(3, 0);

	(void)state;
	for (size_t i = 0; i < 3; i++)
		vantage_answer(&v, i, true, at(10));
	assert_true(vantage_vouches(&v, FAMILY_IPV4, at(10)));
	assert_false(vantage_vouches(&v, FAMILY_IPV4, (mono_t){ at(10).us + 1 }));
	vantage_answer(&v, 0, true, at(20));
	assert_false(vantage_vouches(&v, FAMILY_IPV4, at(15)));
	vantage_answer(&v, 1, true, at(20));
	assert_true(vantage_vouches(&v, FAMILY_IPV4, at(15)));
}

static void a_dead_family_does_not_speak_for_the_other(void **state)
{
	struct vantage v = with(3, 3);

	(void)state;
	for (size_t i = 0; i < 6; i++)
		vantage_answer(&v, i, i < 3, at(10));
	assert_int_equal(vantage_judge(&v, FAMILY_IPV4), VANTAGE_OK);
	assert_int_equal(vantage_judge(&v, FAMILY_IPV6), VANTAGE_ISOLATED);
	assert_int_equal(vantage_judge(&v, FAMILY_ANY), VANTAGE_OK);
	assert_true(vantage_vouches(&v, FAMILY_IPV4, at(10)));
	assert_false(vantage_vouches(&v, FAMILY_IPV6, at(10)));
}

static void a_beat_does_not_make_a_dead_family_alive(void **state)
{
	struct vantage v = with(3, 3);

	(void)state;
	for (size_t i = 0; i < 6; i++)
		vantage_answer(&v, i, i < 3, at(10));
	vantage_heard(&v, FAMILY_IPV4, at(20));
	assert_int_equal(vantage_judge(&v, FAMILY_IPV6), VANTAGE_ISOLATED);
	assert_false(vantage_vouches(&v, FAMILY_IPV6, at(15)));
}

static void a_family_without_references_is_judged_by_the_other(void **state)
{
	struct vantage v = with(3, 0);

	(void)state;
	for (size_t i = 0; i < 3; i++)
		vantage_answer(&v, i, true, at(10));
	assert_int_equal(vantage_judge(&v, FAMILY_IPV6), VANTAGE_OK);
	assert_true(vantage_vouches(&v, FAMILY_IPV6, at(10)));
	for (size_t i = 0; i < 3; i++)
		vantage_answer(&v, i, false, at(20));
	assert_int_equal(vantage_judge(&v, FAMILY_IPV6), VANTAGE_ISOLATED);
}

static void a_beat_after_the_references_failed_says_that_they_are_broken(void **state)
{
	struct vantage v = with(3, 0);

	(void)state;
	vantage_heard(&v, FAMILY_IPV4, at(5));
	for (size_t i = 0; i < 3; i++)
		vantage_answer(&v, i, false, at(10));
	assert_int_equal(vantage_judge(&v, FAMILY_ANY), VANTAGE_ISOLATED);
	vantage_heard(&v, FAMILY_IPV4, at(20));
	assert_int_equal(vantage_judge(&v, FAMILY_ANY), VANTAGE_OK);
	/* it vouches for runs that began right after it; what failed before has to fail again */
	assert_false(vantage_vouches(&v, FAMILY_IPV4, at(15)));
	assert_true(vantage_was_proven_since(&v, at(15)));
	assert_true(vantage_vouches(&v, FAMILY_IPV4, at(20)));
	assert_true(vantage_vouches(&v, FAMILY_IPV4, at(40)));
	assert_false(vantage_vouches(&v, FAMILY_IPV4, at(41)));
	assert_false(vantage_was_proven_since(&v, at(25)));
}

static void a_beat_before_the_quorum_was_lost_proves_nothing(void **state)
{
	struct vantage v = with(3, 0);

	(void)state;
	/* one reference is dead for long; a beat comes; then the others fail */
	vantage_answer(&v, 0, false, at(0));
	vantage_answer(&v, 1, true, at(0));
	vantage_answer(&v, 2, true, at(0));
	vantage_heard(&v, FAMILY_IPV4, at(30));
	vantage_answer(&v, 1, false, at(60));
	vantage_answer(&v, 2, false, at(60));
	assert_int_equal(vantage_judge(&v, FAMILY_ANY), VANTAGE_ISOLATED);
	assert_int_equal(vantage_lost(&v).us, at(60).us);
}

static void lose(struct vantage *v, size_t from, size_t until, int64_t seconds)
{
	for (size_t i = from; i < until; i++)
		vantage_answer(v, i, false, at(seconds));
}

/* We are cut off since the second family went, whichever that was, or since the last witness. */
static void we_are_cut_off_since_the_last_that_vouched_for_us(void **state)
{
	(void)state;
	for (int order = 0; order < 2; order++) {
		struct vantage v = with(3, 3);

		lose(&v, 0, 3, order ? 20 : 10);
		lose(&v, 3, 6, order ? 10 : 20);
		assert_int_equal(vantage_lost(&v).us, at(20).us);
		vantage_heard(&v, FAMILY_IPV4, at(15));
		assert_int_equal(vantage_lost(&v).us, at(20).us);
		vantage_heard(&v, FAMILY_IPV4, at(25));
		assert_int_equal(vantage_lost(&v).us, at(25).us);
		v.trusted = at(22);
		assert_int_equal(vantage_lost(&v).us, at(25).us);
		v.trusted = at(30);
		assert_int_equal(vantage_lost(&v).us, at(30).us);
	}
}

static void without_references_nothing_of_them_is_broken(void **state)
{
	struct vantage v = with(0, 0);

	(void)state;
	vantage_overrule(&v, true);
	vantage_heard(&v, FAMILY_IPV4, at(5));
	assert_int_equal(vantage_judge(&v, FAMILY_ANY), VANTAGE_UNCHECKED);
	assert_true(vantage_vouches(&v, FAMILY_ANY, at(100)));
	assert_false(vantage_was_proven_since(&v, at(1)));
}

/* It vouches for what began before it was asked, not for what came after. */
static void a_relay_that_is_believed_vouches_for_what_began_before_its_answer(void **state)
{
	struct vantage v = with(3, 0);

	(void)state;
	lose(&v, 0, 3, 10);
	vantage_overrule(&v, true);
	assert_false(vantage_vouches(&v, FAMILY_IPV4, at(15)));
	vantage_relay(&v, FAMILY_IPV4, at(20));
	assert_true(vantage_vouches(&v, FAMILY_IPV4, at(15)));
	assert_false(vantage_vouches(&v, FAMILY_IPV4, at(25)));
}

static void either_family_that_is_back_proves_our_link(void **state)
{
	(void)state;
	for (size_t first = 0; first < 6; first += 3) {
		struct vantage v = with(3, 3);

		lose(&v, 0, 6, 10);
		assert_false(vantage_was_proven_since(&v, at(10)));
		for (size_t i = first; i < first + 3; i++)
			vantage_answer(&v, i, true, at(30));
		assert_true(vantage_was_proven_since(&v, at(20)));
		assert_false(vantage_was_proven_since(&v, at(30)));
		assert_true(vantage_vouches(&v, FAMILY_ANY, at(30)));
		assert_false(vantage_vouches(&v, FAMILY_ANY, at(31)));
	}
}

static void one_answer_ends_the_failures_in_a_row(void **state)
{
	struct vantage v = with(1, 0);

	(void)state;
	vantage_answer(&v, 0, false, at(10));
	vantage_answer(&v, 0, false, at(20));
	assert_int_equal(vantage_lost(&v).us, at(10).us);
	vantage_answer(&v, 0, true, at(30));
	vantage_answer(&v, 0, false, at(40));
	assert_int_equal(vantage_lost(&v).us, at(40).us);
}

static void the_count_leaves_out_a_family_that_is_not_there(void **state)
{
	struct vantage v = with(3, 2);
	unsigned up, of;

	(void)state;
	for (size_t i = 0; i < 5; i++)
		vantage_answer(&v, i, i < 3, at(10));
	vantage_count(&v, &up, &of);
	assert_int_equal(up, 3);
	assert_int_equal(of, 3);
	for (size_t i = 0; i < 5; i++)
		vantage_answer(&v, i, true, at(20));
	vantage_count(&v, &up, &of);
	assert_int_equal(up, 5);
	assert_int_equal(of, 5);
}

static void more_than_the_table_holds_are_not_taken(void **state)
{
	struct vantage v = with(REFERENCES_MAX + 10, 0);

	(void)state;
	assert_int_equal(v.n, REFERENCES_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_family_needs_its_quorum),
		cmocka_unit_test(without_references_everything_is_judged),
		cmocka_unit_test(what_was_never_asked_does_not_make_us_isolated),
		cmocka_unit_test(only_an_answer_after_the_failed_run_began_vouches),
		cmocka_unit_test(a_dead_family_does_not_speak_for_the_other),
		cmocka_unit_test(a_beat_does_not_make_a_dead_family_alive),
		cmocka_unit_test(a_family_without_references_is_judged_by_the_other),
		cmocka_unit_test(a_beat_after_the_references_failed_says_that_they_are_broken),
		cmocka_unit_test(a_beat_before_the_quorum_was_lost_proves_nothing),
		cmocka_unit_test(we_are_cut_off_since_the_last_that_vouched_for_us),
		cmocka_unit_test(without_references_nothing_of_them_is_broken),
		cmocka_unit_test(a_relay_that_is_believed_vouches_for_what_began_before_its_answer),
		cmocka_unit_test(either_family_that_is_back_proves_our_link),
		cmocka_unit_test(one_answer_ends_the_failures_in_a_row),
		cmocka_unit_test(the_count_leaves_out_a_family_that_is_not_there),
		cmocka_unit_test(more_than_the_table_holds_are_not_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
