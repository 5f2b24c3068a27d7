/*
 * discord_test.c - requests to a webhook of a channel, and its answers.
 */
#include "notify/lab.h"

#define MESSAGE "{\"content\":\"t\",\"embeds\":[{\"description\":\"m\"}]}"
#define TAKEN LAB_JSON("200 OK") "{\"id\":\"1234567890123456789\",\"type\":0,\"content\":\"t\"}"

extern const struct notify_kind notify_discord;

static const void *params_for(const char *url, const char *query)
{
	static char whole[128];
	void *params = lab_params(&notify_discord);

	(void)snprintf(whole, sizeof whole, "%s/api/webhooks/1/token%s", url, query);
	lab_set(&notify_discord, params, "url", whole);
	assert_fine(&notify_discord, params, url);
	return params;
}

static const void *params_at(const char *url)
{
	return params_for(url, "");
}

static void it_is_waited_for_the_message(void **state)
{
	struct lab lab;

	(void)state;
	lab_open(&lab, lab_answers, TAKEN);
	lab_send(&lab, &notify_discord, params_at(lab.url), MESSAGE);
	assert_int_equal(lab.result.verdict, MAIL_ACCEPTED);
	assert_asked(&lab, "POST /api/webhooks/1/token?wait=true HTTP/1.1");
	assert_string_equal(lab_body(&lab), MESSAGE);
	lab_open(&lab, lab_answers, TAKEN);
	lab_send(&lab, &notify_discord, params_for(lab.url, "?thread_id=7"), MESSAGE);
	assert_asked(&lab, "POST /api/webhooks/1/token?thread_id=7&wait=true HTTP/1.1");
}

static void answers_are_judged(void **state)
{
	static const struct lab_case cases[] = {
		{ LAB_HEAD("204 No Content") "\r\n", MAIL_LATER, 204, 0, "not how" },
		{ LAB_JSON("400 Bad Request") "{\"message\":\"Invalid Form Body\",\"code\":50035}",
		  MAIL_REFUSED, 400, 0, "HTTP 400: Invalid Form Body" },
		{ LAB_JSON("404 Not Found") "{\"message\":\"Unknown Webhook\",\"code\":10015}",
		  MAIL_REFUSED, 404, 0, "Unknown Webhook" },
		{ LAB_JSON("429 Too Many Requests") "{\"message\":\"You are being rate limited.\","
						    "\"retry_after\":2.5,\"global\":false}",
		  MAIL_LATER, 429, 2500 * USEC_PER_MS + 1, "rate limited" },
		/* the longer of both */
		{ LAB_HEAD("429 Too Many Requests") "Retry-After: 9\r\n\r\n{\"retry_after\":2.5}",
		  MAIL_LATER, 429, 9 * USEC_PER_SEC, "429" },
	};

	(void)state;
	assert_cases(&notify_discord, params_at, MESSAGE, cases, sizeof cases / sizeof cases[0]);
	assert_manners(&notify_discord, params_at, MESSAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_waited_for_the_message),
		cmocka_unit_test(answers_are_judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
