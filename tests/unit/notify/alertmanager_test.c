/*
 * alertmanager_test.c - requests to the v2 API, and its answers. Against a real
 * Alertmanager: tests/e2e/alerts.py.
 */
#include "notify/lab.h"

#define MESSAGE "[{\"labels\":{\"alertname\":\"ShorewatchIncident\"}}]"

extern const struct notify_kind notify_alertmanager;

static const void *params_at(const char *url)
{
	static char whole[128];
	void *params = lab_params(&notify_alertmanager);

	(void)snprintf(whole, sizeof whole, "%s/am/", url);
	lab_set(&notify_alertmanager, params, "url", whole);
	assert_fine(&notify_alertmanager, params, url);
	return params;
}

static void alerts_go_below_the_prefix(void **state)
{
	static const struct auth auth = { .user = "shore", .password = "watch" };
	struct lab lab;
	void *params;

	(void)state;
	lab_open(&lab, lab_answers, LAB_HEAD("200 OK") "\r\n");
	params = (void *)params_at(lab.url);
	*(const struct auth **)lab_field(&notify_alertmanager, params, "auth") = &auth;
	lab_send(&lab, &notify_alertmanager, params, MESSAGE);
	assert_int_equal(lab.result.verdict, MAIL_ACCEPTED);
	assert_asked(&lab, "POST /am/api/v2/alerts HTTP/1.1");
	assert_asked(&lab, "Authorization: Basic c2hvcmU6d2F0Y2g=");
	assert_string_equal(lab_body(&lab), MESSAGE);
}

static void answers_are_judged(void **state)
{
	static const struct lab_case cases[] = {
		{ LAB_JSON("400 Bad Request") "\"start time must be before end time\"", MAIL_REFUSED,
		  400, 0, "HTTP 400: start time must be before end time" },
		{ LAB_JSON("422 Unprocessable") "{\"code\":601,\"message\":\"bad label\"}",
		  MAIL_REFUSED, 422, 0, "bad label" },
		{ LAB_JSON("500 Error") "\"no\"", MAIL_LATER, 500, 0, "HTTP 500: no" },
	};

	(void)state;
	assert_cases(&notify_alertmanager, params_at, MESSAGE, cases,
		     sizeof cases / sizeof cases[0]);
	assert_manners(&notify_alertmanager, params_at, MESSAGE);
}

static void labels_of_ours_and_names_that_are_none_are_faults(void **state)
{
	static const struct pair ours = { "severity", "page" }, none = { "team-a", "x" },
				 fine = { "team", "web" };
	struct pairs many = { &fine, 11 };
	void *params = (void *)params_at("https://am.example");
	struct pairs *labels = lab_field(&notify_alertmanager, params, "labels");

	(void)state;
	*labels = (struct pairs){ &ours, 1 };
	assert_fault(&notify_alertmanager, params, "labels", "sets itself");
	*labels = (struct pairs){ &none, 1 };
	assert_fault(&notify_alertmanager, params, "labels", "no label has");
	*labels = many;
	assert_fault(&notify_alertmanager, params, "labels", "more than 10");
	*labels = (struct pairs){ &fine, 1 };
	assert_fine(&notify_alertmanager, params, "https://am.example");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alerts_go_below_the_prefix),
		cmocka_unit_test(answers_are_judged),
		cmocka_unit_test(labels_of_ours_and_names_that_are_none_are_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
