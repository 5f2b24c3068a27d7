/*
 * slack_test.c - requests to an incoming webhook, and the answers of the three that have one.
 */
#include "notify/lab.h"

#define MESSAGE "{\"text\":\"t\",\"attachments\":[{\"text\":\"m\"}]}"

extern const struct notify_kind notify_slack;

static const void *params_at(const char *url)
{
	static char whole[128];
	void *params = lab_params(&notify_slack);

	(void)snprintf(whole, sizeof whole, "%s/services/T000/B000/XXXX", url);
	lab_set(&notify_slack, params, "url", whole);
	assert_fine(&notify_slack, params, url);
	return params;
}

static void the_message_goes_to_the_hook(void **state)
{
	struct lab lab;

	(void)state;
	lab_open(&lab, lab_answers, LAB_HEAD("200 OK") "\r\nok");
	lab_send(&lab, &notify_slack, params_at(lab.url), MESSAGE);
	assert_int_equal(lab.result.verdict, MAIL_ACCEPTED);
	assert_string_equal(lab.result.reply, "HTTP 200: ok");
	assert_asked(&lab, "POST /services/T000/B000/XXXX HTTP/1.1");
	assert_asked(&lab, "Content-Type: application/json");
	assert_string_equal(lab_body(&lab), MESSAGE);
}

static void answers_are_judged(void **state)
{
	static const struct lab_case cases[] = {
		{ LAB_JSON("200 OK") "{\"success\":true}", MAIL_ACCEPTED, 200, 0, "HTTP 200" },
		{ LAB_JSON("200 OK") "{\"success\":false}", MAIL_LATER, 200, 0, "not how" },
		{ LAB_HEAD("200 OK") "\r\n<html>ok</html>", MAIL_LATER, 200, 0, "not how" },
		{ LAB_HEAD("400 Bad Request") "\r\ninvalid_payload", MAIL_REFUSED, 400, 0,
		  "HTTP 400: invalid_payload" },
		{ LAB_HEAD("403 Forbidden") "\r\naction_prohibited", MAIL_REFUSED, 403, 0,
		  "action_prohibited" },
		{ LAB_HEAD("410 Gone") "\r\nchannel_is_archived", MAIL_REFUSED, 410, 0,
		  "channel_is_archived" },
		{ LAB_HEAD("429 Too Many Requests") "Retry-After: 30\r\n\r\nrate_limited",
		  MAIL_LATER, 429, 30 * USEC_PER_SEC, "rate_limited" },
		{ LAB_HEAD("500 Error") "\r\nrollup_error", MAIL_LATER, 500, 0, "rollup_error" },
		/* Mattermost */
		{ LAB_JSON("404 Not Found") "{\"id\":\"web.incoming_webhook.channel.app_error\","
					    "\"message\":\"Couldn't find the channel.\"}",
		  MAIL_REFUSED, 404, 0, "Couldn't find the channel." },
		/* Rocket.Chat */
		{ LAB_JSON("400 Bad Request") "{\"success\":false,\"error\":\"Invalid integration\"}",
		  MAIL_REFUSED, 400, 0, "Invalid integration" },
	};

	(void)state;
	assert_cases(&notify_slack, params_at, MESSAGE, cases, sizeof cases / sizeof cases[0]);
	assert_manners(&notify_slack, params_at, MESSAGE);
}

static void a_hook_that_was_not_fetched_is_fine(void **state)
{
	void *params = lab_params(&notify_slack);

	(void)state;
	lab_set(&notify_slack, params, "url", OPTION_SECRET_UNREAD);
	assert_fine(&notify_slack, params, "(not read)");
	lab_set(&notify_slack, params, "url", "hooks.slack.com/services/x");
	assert_fault(&notify_slack, params, "url", "neither");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_message_goes_to_the_hook),
		cmocka_unit_test(answers_are_judged),
		cmocka_unit_test(a_hook_that_was_not_fetched_is_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
