/*
 * announce_test.c - what should be said of an incident, and when: every
 * trigger of ARCHITECTURE 6 and email.md at its boundary.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/engine_parts.h"

#define MIN 60

static const struct mail_plan mail = {
	.group_wait = 60 * USEC_PER_SEC,
	.repeat = { USEC_PER_HOUR, 4 * USEC_PER_HOUR, 12 * USEC_PER_HOUR },
};

static struct now at_us(int64_t us)
{
	return (struct now){ { 7000 * USEC_PER_SEC + us }, { 70000 * USEC_PER_SEC + us } };
}

static struct now at(int64_t seconds)
{
	return at_us(seconds * USEC_PER_SEC);
}

static struct incident waiting(void)
{
	return (struct incident){
		.state = INCIDENT_WAITING,
		.opened = at(-60),
		.confirmed = at(0),
		.group_wait_ends = at(60).mono,
		.finding = DIAGNOSIS_SITE_DOWN,
		.worsened = MONO_NEVER,
		.narrowed = MONO_NEVER,
		.joined = MONO_NEVER,
	};
}

/* Mailed at 0 as `as`. */
static struct incident mailed(enum diagnosis as)
{
	struct incident i = waiting();

	i.state = INCIDENT_OPEN;
	i.finding = i.mailed = as;
	i.mails = 1;
	i.first_mail = i.last_mail = at(0);
	return i;
}

/* Nothing is said before `due`, `kind` is said at `due`, and it asks to be woken by then. */
static void assert_due(const struct incident *i, bool is_settled, int64_t due,
		       enum notice_kind kind)
{
	struct announcement before = announce(i, is_settled, &mail, at_us(due * USEC_PER_SEC - 1));
	struct announcement then = announce(i, is_settled, &mail, at(due));

	assert_false(before.is_due);
	assert_int_equal(before.wake.us, at(due).mono.us);
	assert_true(then.is_due);
	assert_int_equal(then.kind, kind);
}

static void the_first_mail_waits_for_group_wait_at_most(void **state)
{
	struct incident i = waiting();

	(void)state;
	assert_due(&i, false, 60, NOTICE_DOWN);
}

/* Parts of it are between two judgements: there is nothing that could be said of it. */
static void without_a_finding_nothing_is_said(void **state)
{
	struct incident i = waiting();
	struct announcement a;

	(void)state;
	i.finding = DIAGNOSIS_NONE;
	a = announce(&i, true, &mail, at(5 * MIN));
	assert_false(a.is_due);
	assert_int_equal(a.wake.us, INT64_MAX);
}

static void the_first_mail_goes_at_once_when_nothing_can_change_it(void **state)
{
	struct incident i = waiting();
	struct announcement a = announce(&i, true, &mail, at(0));

	(void)state;
	assert_true(a.is_due);
	assert_int_equal(a.kind, NOTICE_DOWN);
}

static void a_worse_finding_is_told_at_once_when_settled(void **state)
{
	(void)state;
	for (int was = DIAGNOSIS_STACK_DOWN; was < DIAGNOSIS_COUNT; was++) {
		for (int is = DIAGNOSIS_STACK_DOWN; is < DIAGNOSIS_COUNT; is++) {
			struct incident i = mailed((enum diagnosis)was);

			i.finding = (enum diagnosis)is;
			if (diagnosis_severity(i.finding) <= diagnosis_severity(i.mailed))
				continue;
			i.worsened = at(10).mono;
			assert_true(announce(&i, true, &mail, at(10)).is_due);
			assert_int_equal(announce(&i, true, &mail, at(10)).kind, NOTICE_CHANGE);
		}
	}
}

static void a_worse_finding_waits_for_group_wait_at_most(void **state)
{
	struct incident i = mailed(DIAGNOSIS_SITE_DOWN);

	(void)state;
	i.finding = DIAGNOSIS_UNREACHABLE;
	i.worsened = at(100).mono;
	assert_due(&i, false, 160, NOTICE_CHANGE);
}

static void a_milder_finding_must_hold_for_five_minutes(void **state)
{
	struct incident i = mailed(DIAGNOSIS_STACK_DOWN);

	(void)state;
	i.finding = DIAGNOSIS_SITE_DOWN;
	i.narrowed = at(10 * MIN).mono;
	assert_due(&i, true, 15 * MIN, NOTICE_CHANGE);
	/* and comes 5 min after the mail before it at the earliest */
	i.last_mail = at(12 * MIN);
	assert_due(&i, true, 17 * MIN, NOTICE_CHANGE);
}

static void
another_cause_of_the_same_weight_waits_for_five_minutes_since_the_last_mail(void **state)
{
	struct incident i = mailed(DIAGNOSIS_ALERTING_DEAD);

	(void)state;
	i.finding = DIAGNOSIS_PROMETHEUS_DEAD;
	assert_due(&i, true, 5 * MIN, NOTICE_CHANGE);
}

static void a_new_finding_beside_it_is_an_update(void **state)
{
	struct incident i = mailed(DIAGNOSIS_SITE_DOWN);

	(void)state;
	i.also = 1u << DIAGNOSIS_ALERTING_DEAD;
	assert_due(&i, true, 5 * MIN, NOTICE_CHANGE);
	/* one that has gone is not */
	i.also = 0;
	i.mailed_also = 1u << DIAGNOSIS_ALERTING_DEAD;
	assert_due(&i, true, 60 * MIN, NOTICE_REPEAT);
}

static void what_joins_waits_two_minutes_and_five_since_the_last_mail(void **state)
{
	struct incident i = mailed(DIAGNOSIS_SITE_DOWN);

	(void)state;
	i.joined = at(1 * MIN).mono;
	assert_due(&i, true, 5 * MIN, NOTICE_CHANGE);
	i.joined = at(10 * MIN).mono;
	assert_due(&i, true, 12 * MIN, NOTICE_CHANGE);
}

static void nobody_is_told_of_a_further_site_while_the_whole_stack_is_down(void **state)
{
	struct incident i = mailed(DIAGNOSIS_STACK_DOWN);

	(void)state;
	i.joined = at(10 * MIN).mono;
	assert_due(&i, true, 60 * MIN, NOTICE_REPEAT);
}

static void repeats_come_after_one_four_and_twelve_hours_and_then_daily(void **state)
{
	static const int hours[] = { 1, 4, 12, 36, 60, 84, 108 };
	struct incident i = mailed(DIAGNOSIS_SITE_DOWN);

	(void)state;
	for (size_t k = 0; k < sizeof hours / sizeof hours[0]; k++) {
		assert_due(&i, true, hours[k] * INT64_C(3600), NOTICE_REPEAT);
		i.repeats++;
		i.mails++;
		i.last_mail = at(hours[k] * INT64_C(3600));
	}
}

static void repeats_count_from_the_first_mail_whatever_was_said_between(void **state)
{
	struct incident i = mailed(DIAGNOSIS_SITE_DOWN);

	(void)state;
	i.mails = 3;
	i.last_mail = at(50 * MIN);
	assert_due(&i, true, 60 * MIN, NOTICE_REPEAT);
}

static void configured_repeats_are_kept(void **state)
{
	const struct mail_plan only = { .group_wait = 0, .repeat = { 30 * USEC_PER_MIN } };
	const struct mail_plan none = { .group_wait = 0 };
	struct incident i = mailed(DIAGNOSIS_SITE_DOWN);

	(void)state;
	assert_int_equal(incident_next_repeat(&i, &only).us, at(30 * MIN).mono.us);
	i.repeats = 1;
	assert_int_equal(incident_next_repeat(&i, &only).us, at(30 * MIN + 86400).mono.us);
	i.repeats = 0;
	assert_int_equal(incident_next_repeat(&i, &none).us, at(86400).mono.us);
	i.mails = 0;
	assert_int_equal(incident_next_repeat(&i, &only).us, INT64_MAX);
}

static void an_incident_that_goes_on_unchanged_is_silent(void **state)
{
	(void)state;
	for (int d = DIAGNOSIS_STACK_DOWN; d < DIAGNOSIS_COUNT; d++) {
		struct incident i = mailed((enum diagnosis)d);

		for (int64_t t = 0; t < 3600; t += 7)
			assert_false(announce(&i, t % 2, &mail, at(t)).is_due);
	}
}

/* ---- one family of a site, and both ---- */

static struct incident mailed_partly(void)
{
	struct incident i = mailed(DIAGNOSIS_SITE_DOWN);

	i.is_partial = i.is_partial_mailed = true;
	return i;
}

static void the_other_family_is_worse_and_told_at_once(void **state)
{
	struct incident i = mailed_partly();

	(void)state;
	assert_false(announce(&i, true, &mail, at(30)).is_due);
	i.is_partial = false;
	i.worsened = at(30).mono;
	assert_true(announce(&i, true, &mail, at(30)).is_due);
	assert_due(&i, false, 90, NOTICE_CHANGE);
}

static void one_family_that_returns_is_milder_when_it_has_lasted(void **state)
{
	struct incident i = mailed(DIAGNOSIS_SITE_DOWN);

	(void)state;
	i.is_partial = true;
	i.narrowed = at(10 * MIN).mono;
	assert_due(&i, true, 15 * MIN, NOTICE_CHANGE);
}

static void one_family_of_a_site_weighs_more_than_a_silent_watchdog(void **state)
{
	(void)state;
	assert_true(incident_weight(DIAGNOSIS_SITE_DOWN, true) >
		    incident_weight(DIAGNOSIS_ALERTING_DEAD, false));
	assert_true(incident_weight(DIAGNOSIS_SITE_DOWN, true) <
		    incident_weight(DIAGNOSIS_SITE_DOWN, false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_mail_waits_for_group_wait_at_most),
		cmocka_unit_test(without_a_finding_nothing_is_said),
		cmocka_unit_test(the_first_mail_goes_at_once_when_nothing_can_change_it),
		cmocka_unit_test(a_worse_finding_is_told_at_once_when_settled),
		cmocka_unit_test(a_worse_finding_waits_for_group_wait_at_most),
		cmocka_unit_test(a_milder_finding_must_hold_for_five_minutes),
		cmocka_unit_test(
			another_cause_of_the_same_weight_waits_for_five_minutes_since_the_last_mail),
		cmocka_unit_test(a_new_finding_beside_it_is_an_update),
		cmocka_unit_test(what_joins_waits_two_minutes_and_five_since_the_last_mail),
		cmocka_unit_test(nobody_is_told_of_a_further_site_while_the_whole_stack_is_down),
		cmocka_unit_test(repeats_come_after_one_four_and_twelve_hours_and_then_daily),
		cmocka_unit_test(repeats_count_from_the_first_mail_whatever_was_said_between),
		cmocka_unit_test(configured_repeats_are_kept),
		cmocka_unit_test(an_incident_that_goes_on_unchanged_is_silent),
		cmocka_unit_test(the_other_family_is_worse_and_told_at_once),
		cmocka_unit_test(one_family_that_returns_is_milder_when_it_has_lasted),
		cmocka_unit_test(one_family_of_a_site_weighs_more_than_a_silent_watchdog),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
