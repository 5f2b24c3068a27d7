/*
 * progress_test.c - what is stuck, and what of it a restart is the remedy for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/progress.h"
#include "base/buf.h"

#define SEC USEC_PER_SEC

static const struct progress_facts fine = {
	.lag = 4 * SEC,
	.mail_late = 60 * SEC,
	.is_listening = true,
	.has_answered = true,
	.listener_silent = 60 * SEC,
	.disk_age = 600 * SEC,
};

static void at_its_limits_everything_is_fine(void **state)
{
	(void)state;
	assert_int_equal(progress_judge(&fine), 0);
	assert_false(progress_is_fatal(0));
	assert_false(progress_is_unsound(0));
}

static void each_condition_fails_by_itself(void **state)
{
	struct progress_facts f;

	(void)state;
	f = fine, f.lag = 5 * SEC;
	assert_int_equal(progress_judge(&f), STUCK_LOOP);
	f = fine, f.probe_late = 1;
	assert_int_equal(progress_judge(&f), STUCK_PROBES);
	f = fine, f.mail_late = 60 * SEC + 1;
	assert_int_equal(progress_judge(&f), STUCK_MAIL);
	f = fine, f.listener_silent = 60 * SEC + 1;
	assert_int_equal(progress_judge(&f), STUCK_LISTENER);
	f = fine, f.disk_age = 600 * SEC + 1;
	assert_int_equal(progress_judge(&f), STUCK_DISK);
}

static void only_what_a_restart_may_mend_is_fatal(void **state)
{
	(void)state;
	assert_true(progress_is_fatal(STUCK_LOOP));
	assert_true(progress_is_fatal(STUCK_PROBES));
	assert_true(progress_is_fatal(STUCK_MAIL));
	assert_true(progress_is_fatal(STUCK_LISTENER));
	assert_false(progress_is_fatal(STUCK_DISK));
	assert_false(progress_is_fatal(STUCK_DEAF));
	assert_false(progress_is_fatal(STUCK_CROWD));
	assert_true(progress_is_fatal(STUCK_DISK | STUCK_LOOP));
}

static void a_mass_outage_is_late_and_goes_on(void **state)
{
	struct progress_facts f = fine;

	(void)state;
	f.is_crowded = true;
	assert_int_equal(progress_judge(&f), 0);
	f.lag = 29 * SEC;
	f.probe_late = 3600 * SEC;
	assert_int_equal(progress_judge(&f), STUCK_CROWD);
	assert_false(progress_is_unsound(STUCK_CROWD));
	f.lag = 30 * SEC;
	assert_true(progress_is_fatal(progress_judge(&f)));
}

static void a_listener_that_never_answered_is_told_and_not_killed_for(void **state)
{
	struct progress_facts f = fine;

	(void)state;
	f.has_answered = false;
	assert_int_equal(progress_judge(&f), 0);
	f.listener_silent = 3600 * SEC;
	assert_int_equal(progress_judge(&f), STUCK_DEAF);
	assert_true(progress_is_unsound(STUCK_DEAF));
	f.is_listening = false;
	assert_int_equal(progress_judge(&f), 0);
}

static void a_stalled_disk_is_not_sound_from_afar(void **state)
{
	(void)state;
	assert_true(progress_is_unsound(STUCK_DISK));
}

static void everything_stuck_is_named(void **state)
{
	struct buf text = BUF_INIT(1024);

	(void)state;
	progress_print(STUCK_MAIL | STUCK_DISK, &text);
	assert_string_equal(buf_text(&text), "mail is not tried, the disk does not answer");
	buf_done(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_its_limits_everything_is_fine),
		cmocka_unit_test(each_condition_fails_by_itself),
		cmocka_unit_test(only_what_a_restart_may_mend_is_fatal),
		cmocka_unit_test(a_mass_outage_is_late_and_goes_on),
		cmocka_unit_test(a_listener_that_never_answered_is_told_and_not_killed_for),
		cmocka_unit_test(a_stalled_disk_is_not_sound_from_afar),
		cmocka_unit_test(everything_stuck_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
