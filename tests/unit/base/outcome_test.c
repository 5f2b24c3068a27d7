/*
 * outcome_test.c - every outcome has its words, its way back, and its fault.
 */
#include "shorewatch/outcome.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void codes_are_phase_and_cause(void **state)
{
	(void)state;
	assert_string_equal(outcome_code((struct outcome){PHASE_CONNECT, CAUSE_TIMEOUT}),
			    "connect-timeout");
	assert_string_equal(outcome_code((struct outcome){PHASE_WAIT, CAUSE_TIMEOUT}),
			    "wait-timeout");
	assert_string_equal(outcome_code((struct outcome){PHASE_DNS, CAUSE_NXDOMAIN}),
			    "dns-nxdomain");
	assert_string_equal(outcome_code((struct outcome){PHASE_TLS, CAUSE_CERTIFICATE}),
			    "tls-certificate");
	assert_string_equal(outcome_code((struct outcome){PHASE_WAIT, CAUSE_STATUS}),
			    "wait-status");
	assert_string_equal(outcome_code((struct outcome){PHASE_BODY, CAUSE_MISMATCH}),
			    "body-mismatch");
}

static void a_pass_is_called_pass_in_every_phase(void **state)
{
	(void)state;
	for (int phase = 0; phase < PHASE_COUNT; phase++)
		assert_string_equal(outcome_code((struct outcome){(enum phase)phase, CAUSE_PASS}),
				    "pass");
}

static void every_failure_is_parsed_back(void **state)
{
	(void)state;
	for (int phase = 0; phase < PHASE_COUNT; phase++) {
		for (int cause = CAUSE_PASS + 1; cause < CAUSE_COUNT; cause++) {
			struct outcome o = {(enum phase)phase, (enum cause)cause}, back;
			const char *name = phase_name(o.phase);

			assert_true(outcome_parse(outcome_code(o), &back));
			assert_int_equal(back.phase, o.phase);
			assert_int_equal(back.cause, o.cause);
			assert_memory_equal(outcome_code(o), name, strlen(name));
			assert_int_equal(outcome_code(o)[strlen(name)], '-');
		}
	}
}

static void a_pass_is_parsed_into_the_last_phase(void **state)
{
	struct outcome o = {PHASE_DNS, CAUSE_TIMEOUT};

	(void)state;
	assert_true(outcome_parse("pass", &o));
	assert_int_equal(o.cause, CAUSE_PASS);
	assert_int_equal(o.phase, PHASE_BODY);
}

static void other_words_are_no_outcome(void **state)
{
	static const char *const wrong[] = {
		"",	"-",	 "connect",  "timeout",	       "connect-",
		"Pass", "pass ", "dns-pass", "connect-timeou", NULL};
	struct outcome o = {PHASE_SEND, CAUSE_RESET};

	(void)state;
	for (size_t i = 0; wrong[i] != NULL; i++)
		assert_false(outcome_parse(wrong[i], &o));
	assert_int_equal(o.phase, PHASE_SEND);
	assert_int_equal(o.cause, CAUSE_RESET);
}

static void what_is_ours_is_not_blamed_on_the_target(void **state)
{
	(void)state;
	for (int cause = 0; cause < CAUSE_COUNT; cause++) {
		enum fault expected = cause == CAUSE_PASS      ? FAULT_NONE
				      : cause < CAUSE_RESOLVER ? FAULT_TARGET
							       : FAULT_VANTAGE;

		assert_int_equal(outcome_fault((struct outcome){PHASE_WAIT, (enum cause)cause}),
				 expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_are_phase_and_cause),
		cmocka_unit_test(a_pass_is_called_pass_in_every_phase),
		cmocka_unit_test(every_failure_is_parsed_back),
		cmocka_unit_test(a_pass_is_parsed_into_the_last_phase),
		cmocka_unit_test(other_words_are_no_outcome),
		cmocka_unit_test(what_is_ours_is_not_blamed_on_the_target),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
