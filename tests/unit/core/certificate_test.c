/*
 * certificate_test.c - when the end of a certificate is told: every hour of
 * every lifetime from an hour to thirteen months, and the ledger of what was told.
 */
#include "core/certificate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "core/dates.h"

#define HOURS_MAX (400 * 24)

static const int64_t step_days[CERTIFICATE_STEPS] = { 21, 14, 7, 3, 1 };

static wall_t at_hour(int64_t hour)
{
	return (wall_t){ 1000 * USEC_PER_DAY + hour * USEC_PER_HOUR };
}

static struct certificate lasting(int64_t hours)
{
	return (struct certificate){ at_hour(0), at_hour(hours), 1 };
}

/* Said another way than the code does: counted in minutes. */
static int expected_step(int64_t lifetime_minutes, int64_t left_minutes)
{
	int step = -1;

	if (left_minutes <= 0)
		return -1;
	for (int i = 0; i < CERTIFICATE_STEPS; i++)
		if (left_minutes <= step_days[i] * 1440 && left_minutes * 4 <= lifetime_minutes)
			step = i;
	/* A quarter that is less than a step's days reaches all of the larger steps at once. */
	if (left_minutes * 4 <= lifetime_minutes)
		for (int i = 0; i < CERTIFICATE_STEPS; i++)
			if (lifetime_minutes <= step_days[i] * 1440 * 4 && i > step)
				step = i;
	return step;
}

static void every_hour_of_every_lifetime_has_its_step(void **state)
{
	(void)state;
	for (int64_t lifetime = 1; lifetime <= HOURS_MAX; lifetime += lifetime < 2400 ? 1 : 24) {
		struct certificate c = lasting(lifetime);

		for (int64_t hour = 0; hour <= lifetime; hour += lifetime < 2400 ? 1 : 6) {
			int is = certificate_step(&c, at_hour(hour));
			int wanted = expected_step(lifetime * 60, (lifetime - hour) * 60);

			if (is != wanted)
				fail_msg("lifetime %lld h, after %lld h: step %d, not %d",
					 (long long)lifetime, (long long)hour, is, wanted);
		}
	}
}

/*
 * A certificate lives through its steps once each and in order, and one wakes exactly when one
 * comes.
 */
static void a_life_goes_through_its_steps_in_order(void **state)
{
	(void)state;
	for (int64_t lifetime = 1; lifetime <= HOURS_MAX; lifetime++) {
		struct certificate c = lasting(lifetime);
		wall_t at = c.not_before;
		int before = certificate_step(&c, at);
		usec_t until;

		assert_int_equal(before, -1);
		while ((until = certificate_until_next(&c, at)) > 0) {
			int then = certificate_step(&c, (wall_t){ at.us + until - 1 });

			assert_int_equal(then, before);
			at.us += until;
			then = certificate_step(&c, at);
			assert_true(then > before || at.us == c.not_after.us);
			before = then;
		}
		assert_int_equal(at.us, c.not_after.us);
	}
}

static void ninety_days_have_all_five_steps_and_six_days_have_two(void **state)
{
	struct certificate long_one = lasting(90 * 24), short_one = lasting(6 * 24);

	(void)state;
	for (int i = 0; i < CERTIFICATE_STEPS; i++)
		assert_int_equal(certificate_ahead(&long_one, i), step_days[i] * USEC_PER_DAY);
	for (int i = 0; i < CERTIFICATE_STEPS - 1; i++)
		assert_int_equal(certificate_ahead(&short_one, i), 36 * USEC_PER_HOUR);
	assert_int_equal(certificate_ahead(&short_one, 4), USEC_PER_DAY);
}

static void what_is_not_known_is_not_told(void **state)
{
	struct certificate none = { .fingerprint = 7 }, no_begin = { .not_after = at_hour(48) };
	struct certificate backwards = { at_hour(100), at_hour(50), 1 };

	(void)state;
	assert_int_equal(certificate_step(&none, at_hour(0)), -1);
	assert_int_equal(certificate_until_next(&none, at_hour(0)), 0);
	assert_int_equal(certificate_step(&no_begin, at_hour(0)), 3);
	assert_int_equal(certificate_step(&no_begin, at_hour(48)), -1);
	assert_int_equal(certificate_step(&backwards, at_hour(49)), -1);
	assert_int_equal(certificate_step(&backwards, at_hour(51)), -1);
}

/* ---- the ledger ---- */

static void a_step_tells_for_all_before_it(void **state)
{
	struct certificate_told told = { .steps = 1 << 2 };

	(void)state;
	assert_true(ledger_has(&told, 0) && ledger_has(&told, 2));
	assert_false(ledger_has(&told, 3) || ledger_has(NULL, 0));
	assert_int_equal(ledger_last(&told), 2);
	/* the old one may come back: then it is warned of again */
	told.steps |= 1 << CERTIFICATE_RENEWED;
	assert_false(ledger_has(&told, 3));
	assert_int_equal(ledger_last(&told), 2);
	told.steps = 1 << CERTIFICATE_RENEWED;
	assert_int_equal(ledger_last(&told), -1);
	assert_int_equal(ledger_last(NULL), -1);
}

static void a_full_ledger_forgets_what_ends_first(void **state)
{
	struct certificate_told rows[3];
	struct certificate_ledger ledger = { rows, 0, 3 };

	(void)state;
	ledger_open(&ledger, 1, at_hour(30))->steps = 1;
	ledger_open(&ledger, 2, at_hour(10))->steps = 1;
	ledger_open(&ledger, 3, at_hour(20))->steps = 1;
	assert_int_equal(ledger_open(&ledger, 1, at_hour(30))->steps, 1);
	assert_int_equal(ledger_open(&ledger, 4, at_hour(40))->steps, 0);
	assert_null(ledger_find(&ledger, 2));
	assert_non_null(ledger_find(&ledger, 1));
	assert_non_null(ledger_find(&ledger, 3));
	assert_int_equal(ledger.n, 3);
}

/* ---- other hosts' dates ---- */

#define DAY USEC_PER_DAY

static struct address host(uint8_t last)
{
	return (struct address){ FAMILY_IPV4, (uint16_t)(last * 7), { 192, 0, 2, last } };
}

static void hear(struct dates *dates, uint8_t last, usec_t off, int64_t minute)
{
	struct address from = host(last);

	dates_hear(dates, &from, off, (mono_t){ minute * USEC_PER_MIN });
}

static bool is_doubted(const struct dates *dates, int64_t minute)
{
	usec_t off = 0;

	return dates_doubt(dates, (mono_t){ minute * USEC_PER_MIN }, &off);
}

/* Every crowd of up to four on each side, and of either mind. */
static void two_of_one_mind_and_more_than_the_others_make_a_doubt(void **state)
{
	(void)state;
	for (uint8_t agree = 0; agree <= 4; agree++) {
		for (uint8_t accuse = 0; accuse <= 4; accuse++) {
			for (uint8_t stray = 0; stray <= 4; stray++) {
				struct dates dates = { .n = 0 };
				uint8_t n = 0;

				for (uint8_t i = 0; i < agree; i++)
					hear(&dates, n++, i * USEC_PER_HOUR, 0);
				for (uint8_t i = 0; i < accuse; i++)
					hear(&dates, n++, 30 * DAY + i * USEC_PER_SEC, 0);
				for (uint8_t i = 0; i < stray; i++)
					hear(&dates, n++, -(i + 2) * DAY, 0);
				assert_int_equal(is_doubted(&dates, 1),
						 accuse >= 2 && accuse > agree);
			}
		}
	}
}

static void one_host_counts_once_whatever_its_port(void **state)
{
	struct dates dates = { .n = 0 };
	struct address other_port = host(1);

	(void)state;
	other_port.port = 8443;
	hear(&dates, 1, 2 * DAY, 0);
	dates_hear(&dates, &other_port, 2 * DAY, (mono_t){ 0 });
	assert_false(is_doubted(&dates, 0));
	hear(&dates, 2, 2 * DAY, 0);
	assert_true(is_doubted(&dates, 0));
	hear(&dates, 2, 0, 1);
	assert_false(is_doubted(&dates, 1));
}

static void a_day_is_the_limit_and_an_hour_the_memory(void **state)
{
	struct dates dates = { .n = 0 };

	(void)state;
	hear(&dates, 1, DAY, 0);
	hear(&dates, 2, DAY, 0);
	assert_false(is_doubted(&dates, 0));
	hear(&dates, 1, DAY + 1, 0);
	hear(&dates, 2, DAY + 1, 0);
	assert_true(is_doubted(&dates, 60));
	assert_false(is_doubted(&dates, 61));
}

static void the_host_not_heard_for_longest_makes_room(void **state)
{
	struct dates dates = { .n = 0 };

	(void)state;
	for (uint8_t i = 0; i < DATES_MAX; i++)
		hear(&dates, i, 0, i);
	hear(&dates, 100, 2 * DAY, 20);
	assert_int_equal(dates.n, DATES_MAX);
	for (size_t i = 0; i < dates.n; i++)
		assert_int_not_equal(dates.v[i].host.bytes[3], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_hour_of_every_lifetime_has_its_step),
		cmocka_unit_test(a_life_goes_through_its_steps_in_order),
		cmocka_unit_test(ninety_days_have_all_five_steps_and_six_days_have_two),
		cmocka_unit_test(what_is_not_known_is_not_told),
		cmocka_unit_test(a_step_tells_for_all_before_it),
		cmocka_unit_test(a_full_ledger_forgets_what_ends_first),
		cmocka_unit_test(two_of_one_mind_and_more_than_the_others_make_a_doubt),
		cmocka_unit_test(one_host_counts_once_whatever_its_port),
		cmocka_unit_test(a_day_is_the_limit_and_an_hour_the_memory),
		cmocka_unit_test(the_host_not_heard_for_longest_makes_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
