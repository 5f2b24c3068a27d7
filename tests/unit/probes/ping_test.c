/*
 * ping_test.c - the kind that is never started.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "shorewatch/plan.h"
#include "shorewatch/probe.h"

static void it_is_ours_to_make_and_nobodys_to_start(void **state)
{
	const struct probe_kind *kind = probe_kind_find("ping");

	(void)state;
	assert_non_null(kind);
	assert_true(kind->is_made);
	assert_null(kind->start);
	assert_null(kind->cancel);
	assert_null(kind->options->name);
}

static void its_endpoint_is_what_the_job_calls(void **state)
{
	const struct ping_plan ping = { .url = "https://status.example.net/ping/backup",
					.token = "secret" };

	(void)state;
	assert_string_equal(probe_kind_find("ping")->endpoint(&ping),
			    "https://status.example.net/ping/backup");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_ours_to_make_and_nobodys_to_start),
		cmocka_unit_test(its_endpoint_is_what_the_job_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
