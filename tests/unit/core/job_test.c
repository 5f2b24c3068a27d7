/*
 * job_test.c - when a job that reports itself is overdue, and since when.
 */
#include "core/job.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define START	(500 * USEC_PER_SEC)
#define WALL	(1700000000 * USEC_PER_SEC)
#define DAILY	((struct job_rule){ USEC_PER_DAY, USEC_PER_HOUR })
#define MINUTES ((struct job_rule){ 60 * USEC_PER_SEC, 30 * USEC_PER_SEC })

static struct now at(usec_t since_start)
{
	return (struct now){ { START + since_start }, { WALL + since_start } };
}

static void assert_lapse(const struct job *j, struct job_rule rule, usec_t deadline, usec_t since,
			 bool is_hanging)
{
	struct job_lapse lapse = job_lapse(j, &rule, at(deadline));

	assert_int_equal(lapse.deadline.us, START + deadline);
	assert_int_equal(lapse.since.mono.us, START + since);
	assert_int_equal(lapse.since.wall.us, WALL + since);
	assert_int_equal(lapse.is_hanging, is_hanging);
}

static void silence_is_counted_from_the_last_good_report(void **state)
{
	struct job j;

	(void)state;
	job_init(&j, at(0));
	assert_int_equal(job_end(&j, at(USEC_PER_MIN)), 0);
	assert_lapse(&j, DAILY, USEC_PER_MIN + USEC_PER_DAY + USEC_PER_HOUR,
		     USEC_PER_MIN + USEC_PER_DAY, false);
	assert_int_equal(job_fail(&j, at(USEC_PER_HOUR)), 0);
	assert_lapse(&j, DAILY, USEC_PER_MIN + USEC_PER_DAY + USEC_PER_HOUR,
		     USEC_PER_MIN + USEC_PER_DAY, false);
}

static void who_was_never_heard_of_is_given_ten_minutes_at_least(void **state)
{
	struct job j;

	(void)state;
	job_init(&j, at(0));
	assert_lapse(&j, MINUTES, 10 * USEC_PER_MIN, 10 * USEC_PER_MIN - 30 * USEC_PER_SEC, false);
	assert_lapse(&j, DAILY, USEC_PER_DAY + USEC_PER_HOUR, USEC_PER_DAY, false);
	(void)job_end(&j, at(0));
	assert_lapse(&j, MINUTES, 90 * USEC_PER_SEC, 60 * USEC_PER_SEC, false);
}

static void a_run_that_began_has_its_grace(void **state)
{
	struct job j;

	(void)state;
	job_init(&j, at(0));
	job_start(&j, at(USEC_PER_MIN));
	assert_lapse(&j, DAILY, USEC_PER_MIN + USEC_PER_HOUR, USEC_PER_MIN, true);
	assert_int_equal(job_end(&j, at(3 * USEC_PER_MIN)), 2 * USEC_PER_MIN);
	assert_lapse(&j, DAILY, 3 * USEC_PER_MIN + USEC_PER_DAY + USEC_PER_HOUR,
		     3 * USEC_PER_MIN + USEC_PER_DAY, false);
	job_start(&j, at(USEC_PER_HOUR));
	assert_int_equal(job_fail(&j, at(USEC_PER_HOUR + USEC_PER_SEC)), USEC_PER_SEC);
	assert_int_equal(job_end(&j, at(2 * USEC_PER_HOUR)), 0); /* it began nowhere */
}

static void a_start_puts_the_silence_off_by_nothing(void **state)
{
	const usec_t due = USEC_PER_DAY, late = due + USEC_PER_HOUR;
	struct job j;

	(void)state;
	job_init(&j, at(0));
	(void)job_end(&j, at(0));
	job_start(&j, at(due + 30 * USEC_PER_MIN));
	assert_lapse(&j, DAILY, late, due, false);
	job_start(&j, at(due - 30 * USEC_PER_MIN));
	assert_lapse(&j, DAILY, due + 30 * USEC_PER_MIN, due - 30 * USEC_PER_MIN, true);
}

static void our_absence_is_added_to_both_limits(void **state)
{
	const usec_t away = 17 * USEC_PER_MIN;
	struct job j;

	(void)state;
	job_init(&j, at(0));
	(void)job_end(&j, at(0));
	job_excuse(&j, away, MONO_NEVER);
	assert_lapse(&j, DAILY, USEC_PER_DAY + USEC_PER_HOUR + away, USEC_PER_DAY + away, false);
	job_start(&j, at(USEC_PER_HOUR));
	job_excuse(&j, away, MONO_NEVER);
	assert_lapse(&j, DAILY, 2 * USEC_PER_HOUR + away, USEC_PER_HOUR, true);
	/* How long it took is not ours to shorten. */
	assert_int_equal(job_end(&j, at(2 * USEC_PER_HOUR)), USEC_PER_HOUR);
	job_start(&j, at(3 * USEC_PER_HOUR));
	assert_lapse(&j, DAILY, 4 * USEC_PER_HOUR, 3 * USEC_PER_HOUR, true);
}

static void who_is_trusted_has_a_whole_window(void **state)
{
	struct job j;

	(void)state;
	job_init(&j, at(0));
	(void)job_end(&j, at(0));
	job_start(&j, at(USEC_PER_MIN));
	job_trust(&j, at(USEC_PER_HOUR));
	assert_lapse(&j, DAILY, 2 * USEC_PER_HOUR + USEC_PER_DAY, USEC_PER_HOUR + USEC_PER_DAY,
		     false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(silence_is_counted_from_the_last_good_report),
		cmocka_unit_test(who_was_never_heard_of_is_given_ten_minutes_at_least),
		cmocka_unit_test(a_run_that_began_has_its_grace),
		cmocka_unit_test(a_start_puts_the_silence_off_by_nothing),
		cmocka_unit_test(our_absence_is_added_to_both_limits),
		cmocka_unit_test(who_is_trusted_has_a_whole_window),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
