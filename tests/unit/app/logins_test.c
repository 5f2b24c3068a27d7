/*
 * logins_test.c - a wrong password hammers at no relay, and a slow relay makes nobody late.
 */
#include "app/logins.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

static const struct relay_plan relay = {
	.host = "mail.example.com", .port = 587, .username = "watch", .password = "wrong"
};

static struct now at(int64_t seconds)
{
	return (struct now){ { (1000 + seconds) * USEC_PER_SEC },
			     { (800000 + seconds) * USEC_PER_SEC } };
}

static enum login_turn turn(struct logins *logins, const struct relay_plan *of, int64_t seconds)
{
	const char *reply;
	mono_t until;

	return logins_turn(logins, of, at(seconds), &until, &reply);
}

static void hears(struct logins *logins, enum mail_verdict verdict, int code, int64_t seconds)
{
	struct io_mail_result result = { .verdict = verdict, .code = code };

	logins_heard(logins, &relay, &result, "535 5.7.8 wrong", at(seconds));
}

static void a_refused_login_rests_for_a_quarter_of_an_hour_for_everybody(void **state)
{
	static const int codes[] = { 530, 534, 535, 538 };

	(void)state;
	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
		struct logins logins = { 0 };
		const char *reply;
		mono_t until;

		assert_int_equal(turn(&logins, &relay, 0), LOGIN_NOW);
		hears(&logins, MAIL_LATER, codes[i], 3);
		assert_int_equal(logins_turn(&logins, &relay, at(4), &until, &reply), LOGIN_RESTS);
		assert_int_equal(until.us, at(903).mono.us);
		assert_string_equal(reply, "535 5.7.8 wrong");
		assert_int_equal(turn(&logins, &relay, 902), LOGIN_RESTS);
		assert_int_equal(turn(&logins, &relay, 903), LOGIN_NOW); /* one of them */
		assert_int_equal(turn(&logins, &relay, 903), LOGIN_RESTS);
		hears(&logins, MAIL_ACCEPTED, 250, 904);
		assert_int_equal(turn(&logins, &relay, 904), LOGIN_NOW);
		assert_int_equal(turn(&logins, &relay, 904), LOGIN_NOW);
	}
}

/* Many notices that would ask each second: four logins in any hour. */
static void four_logins_in_any_hour(void **state)
{
	struct logins logins = { 0 };
	int64_t asked[64];
	size_t n = 0;

	(void)state;
	for (int64_t t = 0; t < 4 * 3600; t++)
		for (int notice = 0; notice < 8; notice++)
			if (turn(&logins, &relay, t) == LOGIN_NOW) {
				assert_true(n < 64);
				asked[n++] = t;
				hears(&logins, MAIL_LATER, 535, t);
			}
	assert_int_equal(n, 16);
	for (size_t i = 4; i < n; i++)
		assert_true(asked[i] - asked[i - 4] >= 3600);
}

static void who_has_not_let_us_in_yet_is_asked_by_one_first(void **state)
{
	struct logins logins = { 0 };
	const char *reply;
	mono_t until;

	(void)state;
	assert_int_equal(turn(&logins, &relay, 0), LOGIN_NOW);
	assert_int_equal(logins_turn(&logins, &relay, at(0), &until, &reply), LOGIN_SOON);
	assert_int_equal(until.us, at(1).mono.us);
	assert_int_equal(turn(&logins, &relay, 9), LOGIN_SOON);
	assert_int_equal(turn(&logins, &relay, 10), LOGIN_NOW); /* it is slow: nobody is late for it */
	hears(&logins, MAIL_LATER, 0, 11); /* no word about the login */
	assert_int_equal(turn(&logins, &relay, 12), LOGIN_NOW);
	assert_int_equal(turn(&logins, &relay, 12), LOGIN_SOON);
	hears(&logins, MAIL_LATER, 451, 13); /* greylisted: so it has let us in */
	assert_int_equal(turn(&logins, &relay, 13), LOGIN_NOW);
	assert_int_equal(turn(&logins, &relay, 13), LOGIN_NOW);
}

static void a_relay_that_dies_meanwhile_is_still_asked_seldom(void **state)
{
	struct logins logins = { 0 };

	(void)state;
	(void)turn(&logins, &relay, 0);
	hears(&logins, MAIL_LATER, 535, 0);
	assert_int_equal(turn(&logins, &relay, 900), LOGIN_NOW);
	hears(&logins, MAIL_LATER, 0, 930);
	assert_int_equal(turn(&logins, &relay, 1799), LOGIN_RESTS);
	assert_int_equal(turn(&logins, &relay, 1800), LOGIN_NOW);
}

static void another_password_is_tried_at_once(void **state)
{
	struct relay_plan mended = relay;
	struct logins logins = { 0 };

	(void)state;
	mended.password = "right";
	(void)turn(&logins, &relay, 0);
	hears(&logins, MAIL_LATER, 535, 0);
	assert_int_equal(turn(&logins, &mended, 1), LOGIN_NOW);
	assert_int_equal(turn(&logins, &relay, 1), LOGIN_RESTS);
}

static void without_a_login_nobody_waits_for_anybody(void **state)
{
	const struct relay_plan open = { .host = "mail.example.com", .port = 25 };
	struct logins logins = { 0 };

	(void)state;
	assert_int_equal(turn(&logins, &open, 0), LOGIN_NOW);
	assert_int_equal(turn(&logins, &open, 0), LOGIN_NOW);
}

static void of_too_many_relays_the_first_is_forgotten(void **state)
{
	struct relay_plan many = relay;
	struct logins logins = { 0 };

	(void)state;
	(void)turn(&logins, &relay, 0);
	hears(&logins, MAIL_LATER, 535, 0);
	for (uint16_t i = 1; i < LOGINS_MAX; i++) {
		many.port = i;
		(void)turn(&logins, &many, 1);
	}
	assert_int_equal(turn(&logins, &relay, 1), LOGIN_RESTS);
	many.port = 999;
	(void)turn(&logins, &many, 1);
	assert_int_equal(turn(&logins, &relay, 1), LOGIN_NOW);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_refused_login_rests_for_a_quarter_of_an_hour_for_everybody),
		cmocka_unit_test(four_logins_in_any_hour),
		cmocka_unit_test(who_has_not_let_us_in_yet_is_asked_by_one_first),
		cmocka_unit_test(a_relay_that_dies_meanwhile_is_still_asked_seldom),
		cmocka_unit_test(another_password_is_tried_at_once),
		cmocka_unit_test(without_a_login_nobody_waits_for_anybody),
		cmocka_unit_test(of_too_many_relays_the_first_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
