/*
 * ntfy_test.c - requests as docs.ntfy.sh/publish describes them, and its answers.
 */
#include "notify/lab.h"

#define MESSAGE "{\"title\":\"t\",\"message\":\"m\",\"sequence_id\":\"1a2b3c4d5e6f7081\"}"
#define TAKEN                                                                                      \
	LAB_JSON("200 OK")                                                                         \
	"{\"id\":\"hwQ2YpKdmg\",\"time\":1795237388,\"event\":\"message\",\"topic\":\"alarm\"}"

extern const struct notify_kind notify_ntfy;

static const void *params_at(const char *url)
{
	static char whole[128];
	void *params = lab_params(&notify_ntfy);

	(void)snprintf(whole, sizeof whole, "%s/alarm", url);
	lab_set(&notify_ntfy, params, "url", whole);
	assert_fine(&notify_ntfy, params, url);
	return params;
}

static void the_topic_is_put_in_front_and_json_goes_to_the_root(void **state)
{
	struct lab lab;
	struct json *json;

	(void)state;
	lab_open(&lab, lab_answers, TAKEN);
	lab_send(&lab, &notify_ntfy, params_at(lab.url), MESSAGE);
	assert_int_equal(lab.result.verdict, MAIL_ACCEPTED);
	assert_asked(&lab, "POST / HTTP/1.1");
	assert_null(strstr(lab.peer.heard, "Authorization"));
	json = lab_json(lab_body(&lab));
	assert_json_text(json, "/topic", "alarm");
	assert_json_text(json, "/title", "t");
	assert_json_text(json, "/sequence_id", "1a2b3c4d5e6f7081");
	json_free(json);
}

static const void *secret_params_at(const char *url)
{
	void *params = lab_params(&notify_ntfy);

	lab_set(&notify_ntfy, params, "url", url);
	lab_set(&notify_ntfy, params, "topic", "se-cret_1");
	lab_set(&notify_ntfy, params, "token", "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2");
	assert_fine(&notify_ntfy, params, url);
	return params;
}

static void a_secret_topic_and_a_token_are_sent_with_the_attempt(void **state)
{
	struct lab lab;
	struct json *json;

	(void)state;
	lab_open(&lab, lab_answers, TAKEN);
	lab_send(&lab, &notify_ntfy, secret_params_at(lab.url), MESSAGE);
	assert_int_equal(lab.result.verdict, MAIL_ACCEPTED);
	assert_asked(&lab, "Authorization: Bearer tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2");
	json = lab_json(lab_body(&lab));
	assert_json_text(json, "/topic", "se-cret_1");
	json_free(json);
}

static void answers_are_judged(void **state)
{
	static const struct lab_case cases[] = {
		{ LAB_JSON("403 Forbidden") "{\"code\":40301,\"http\":403,\"error\":\"forbidden\","
					    "\"link\":\"https://ntfy.sh/docs/publish/\"}",
		  MAIL_REFUSED, 403, 0, "HTTP 403: forbidden" },
		{ LAB_JSON("429 Too Many Requests") "{\"code\":42901,\"http\":429,\"error\":"
						    "\"limit reached: too many requests\"}",
		  MAIL_LATER, 429, 0, "limit reached" },
		{ LAB_JSON("507 Insufficient Storage") "{\"code\":50701,\"http\":507}", MAIL_LATER,
		  507, 0, "HTTP 507" },
		/* a captive portal says 200 to everything */
		{ LAB_HEAD("200 OK") "\r\n<html>Welcome", MAIL_LATER, 200, 0, "not how the service" },
		{ LAB_JSON("200 OK") "{\"event\":\"open\"}", MAIL_LATER, 200, 0, "not how" },
		{ LAB_HEAD("200 OK") "Content-Length: 90\r\n\r\n{\"id\":\"hwQ", MAIL_IN_DOUBT, 200,
		  0, "cut" },
	};

	(void)state;
	assert_cases(&notify_ntfy, params_at, MESSAGE, cases, sizeof cases / sizeof cases[0]);
	assert_manners(&notify_ntfy, params_at, MESSAGE);
}

static void faulty_options_are_told(void **state)
{
	void *params = lab_params(&notify_ntfy);

	(void)state;
	lab_set(&notify_ntfy, params, "url", "https://ntfy.sh");
	assert_fault(&notify_ntfy, params, "url", "names no topic");
	lab_set(&notify_ntfy, params, "url", "https://ntfy.sh/");
	assert_fault(&notify_ntfy, params, "url", "names no topic");
	lab_set(&notify_ntfy, params, "url", "https://ntfy.sh/a/b");
	assert_fault(&notify_ntfy, params, "url", "no topic");
	lab_set(&notify_ntfy, params, "url", "https://ntfy.sh/a?title=x");
	assert_fault(&notify_ntfy, params, "url", "no topic");
	lab_set(&notify_ntfy, params, "url", "https://ntfy.sh/alarm");
	assert_fine(&notify_ntfy, params, "https://ntfy.sh");
	lab_set(&notify_ntfy, params, "topic", "other");
	assert_fault(&notify_ntfy, params, "topic", "names one already");
	lab_set(&notify_ntfy, params, "url", "https://ntfy.sh");
	lab_set(&notify_ntfy, params, "topic", "a\",\"x\":\"");
	assert_fault(&notify_ntfy, params, "topic", "no topic");
	lab_set(&notify_ntfy, params, "topic", OPTION_SECRET_UNREAD);
	assert_fine(&notify_ntfy, params, "https://ntfy.sh");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_topic_is_put_in_front_and_json_goes_to_the_root),
		cmocka_unit_test(a_secret_topic_and_a_token_are_sent_with_the_attempt),
		cmocka_unit_test(answers_are_judged),
		cmocka_unit_test(faulty_options_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
