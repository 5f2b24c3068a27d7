/*
 * prometheus_test.c - watchdog.md 11, case 48, on the captured answers.
 */
#include "probes/witness_lab.h"

#define OK                                                                                         \
	"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: Sun, 22 Nov 2026 09:37:25 "    \
	"GMT\r\n"
#define SERIES(labels, age) "{\"metric\":{" labels "},\"value\":[1795340245.546,\"" age "\"]}"
#define ANSWER(series)                                                                             \
	"{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[" series "]}}"

static struct observation ask_as(const char *head, const char *body, struct witness_params params,
				 char *heard)
{
	return witness_probe("prometheus", (struct said){ head, body, 0 }, params, heard);
}

static struct observation ask(const char *head, const char *body)
{
	return ask_as(head, body, (struct witness_params){ 0 }, NULL);
}

static void the_value_is_the_age(void **state)
{
	char text[FIXTURE_MAX], heard[PEER_HEARD_MAX];
	struct observation seen = ask_as(OK, fixture("prom-query-alerts-age", text),
					 (struct witness_params){ .url = "/prometheus/" }, heard);

	(void)state;
	assert_outcome(&seen, "pass");
	assert_int_equal(seen.testimony, TESTIMONY_ACTIVE);
	assert_in_range(seen.age_us, seconds(17.015), seconds(17.017));
	assert_non_null(strstr(
		heard, "GET /prometheus/api/v1/query?query=time%28%29-timestamp%28ALERTS%7B"
		       "alertname%3D%22Watchdog%22%2Calertstate%3D%22firing%22%7D%29 HTTP/1.1"));
	seen = ask(OK, ANSWER(SERIES("", "301")));
	assert_int_equal(seen.age_us, seconds(301));
}

static void no_series_is_an_absence(void **state)
{
	char text[FIXTURE_MAX];
	struct observation seen = ask(OK, fixture("prom-query-empty", text));

	(void)state;
	assert_outcome(&seen, "pass");
	assert_int_equal(seen.testimony, TESTIMONY_ABSENT);
}

static void an_error_is_broken_and_not_down(void **state)
{
	char text[FIXTURE_MAX];
	struct observation seen =
		ask("HTTP/1.1 400 Bad Request\r\n", fixture("prom-query-error", text));

	(void)state;
	assert_outcome(&seen, "wait-status");
	assert_int_equal(seen.code, 400);
	seen = ask(OK, fixture("prom-query-error", text));
	assert_outcome(&seen, "body-mismatch");
	assert_string_equal(seen.note, "the query was answered with an error");
}

/* /api/v1/alerts is another answer, and so is a scalar. */
static void another_answer_says_nothing(void **state)
{
	char text[FIXTURE_MAX];
	const char *const bodies[] = {
		fixture("prom-alerts", text),
		"[]",
		"\"no\"",
		"<html>",
		"{\"status\":\"success\"}",
		"{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"17\"]}"
		"}",
		"{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":{}}}",
		ANSWER("1"),
		ANSWER(SERIES("", "NaN")),
		ANSWER(SERIES("", "+Inf")),
		ANSWER(SERIES("", "")),
		ANSWER(SERIES("", "17 s")),
		ANSWER("{\"metric\":{},\"value\":[1]}"),
		ANSWER("{\"metric\":{},\"value\":[1,17]}"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct observation seen = ask(OK, bodies[i]);

		assert_outcome(&seen, "body-mismatch");
		assert_int_equal(seen.testimony, TESTIMONY_NONE);
	}
}

static void the_freshest_of_several_counts(void **state)
{
	struct observation seen =
		ask(OK, ANSWER(SERIES("\"a\":\"1\"", "250") "," SERIES(
				"\"a\":\"2\"", "40.5") "," SERIES("\"a\":\"3\"", "90")));

	(void)state;
	assert_int_equal(seen.age_us, seconds(40.5));
	seen = ask(OK, ANSWER(SERIES("", "-0.25")));
	assert_int_equal(seen.age_us, 0);
}

/* External labels are not shown here: only one with another value says that it is another's. */
static void a_label_that_is_missing_is_an_external_one(void **state)
{
	struct pair labels[] = { { "cluster", "home" }, { "severity", "none" } };
	struct witness_params params = { .labels = { labels, 2 } };
	char text[FIXTURE_MAX];
	struct observation seen = ask_as(OK, fixture("prom-query-alerts-age", text), params, NULL);

	(void)state;
	assert_int_equal(seen.testimony, TESTIMONY_ACTIVE);
	labels[1].value = "critical";
	seen = ask_as(OK, text, params, NULL);
	assert_int_equal(seen.testimony, TESTIMONY_ABSENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_value_is_the_age),
		cmocka_unit_test(no_series_is_an_absence),
		cmocka_unit_test(an_error_is_broken_and_not_down),
		cmocka_unit_test(another_answer_says_nothing),
		cmocka_unit_test(the_freshest_of_several_counts),
		cmocka_unit_test(a_label_that_is_missing_is_an_external_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
