/*
 * telegram_test.c - sendMessage as core.telegram.org/bots/api describes it, and its answers.
 */
#include "notify/lab.h"

#define MESSAGE "{\"text\":\"t\",\"link_preview_options\":{\"is_disabled\":true}}"
#define TOKEN "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11"
#define TAKEN LAB_JSON("200 OK") "{\"ok\":true,\"result\":{\"message_id\":7}}"

extern const struct notify_kind notify_telegram;

static const void *params_at(const char *url)
{
	void *params = lab_params(&notify_telegram);

	lab_set(&notify_telegram, params, "url", url);
	lab_set(&notify_telegram, params, "token", TOKEN);
	lab_set(&notify_telegram, params, "chat", "-1001234567890");
	assert_fine(&notify_telegram, params, url);
	return params;
}

static void token_and_chat_are_added_at_the_attempt(void **state)
{
	struct lab lab;
	struct json *json;

	(void)state;
	lab_open(&lab, lab_answers, TAKEN);
	lab_send(&lab, &notify_telegram, params_at(lab.url), MESSAGE);
	assert_int_equal(lab.result.verdict, MAIL_ACCEPTED);
	assert_asked(&lab, "POST /bot" TOKEN "/sendMessage HTTP/1.1");
	json = lab_json(lab_body(&lab));
	assert_json_text(json, "/chat_id", "-1001234567890");
	assert_json_text(json, "/text", "t");
	assert_null(json_at(json, "/message_thread_id"));
	json_free(json);
}

static void a_topic_is_a_number(void **state)
{
	struct lab lab;
	struct json *json;
	double topic;
	void *params;

	(void)state;
	lab_open(&lab, lab_answers, TAKEN);
	params = (void *)params_at(lab.url);
	*(int64_t *)lab_field(&notify_telegram, params, "topic") = 42;
	lab_set(&notify_telegram, params, "chat", "@nagisa_alarm");
	lab_send(&lab, &notify_telegram, params, MESSAGE);
	json = lab_json(lab_body(&lab));
	assert_json_text(json, "/chat_id", "@nagisa_alarm");
	assert_true(json_as_number(json_at(json, "/message_thread_id"), &topic));
	assert_true(topic > 41.5 && topic < 42.5);
	json_free(json);
}

static void answers_are_judged(void **state)
{
	static const struct lab_case cases[] = {
		{ LAB_JSON("200 OK") "{\"ok\":false}", MAIL_LATER, 200, 0, "not how" },
		{ LAB_JSON("400 Bad Request") "{\"ok\":false,\"error_code\":400,\"description\":"
					      "\"Bad Request: chat not found\"}",
		  MAIL_REFUSED, 400, 0, "HTTP 400: Bad Request: chat not found" },
		{ LAB_JSON("401 Unauthorized") "{\"ok\":false,\"error_code\":401,\"description\":"
					       "\"Unauthorized\"}",
		  MAIL_REFUSED, 401, 0, "HTTP 401: Unauthorized" },
		{ LAB_JSON("429 Too Many Requests") "{\"ok\":false,\"error_code\":429,"
						    "\"description\":\"Too Many Requests: retry "
						    "after 5\",\"parameters\":{\"retry_after\":5}}",
		  MAIL_LATER, 429, 5 * USEC_PER_SEC + 1, "retry after 5" },
	};

	(void)state;
	assert_cases(&notify_telegram, params_at, MESSAGE, cases, sizeof cases / sizeof cases[0]);
	assert_manners(&notify_telegram, params_at, MESSAGE);
}

static void faulty_options_are_told(void **state)
{
	static const char *const tokens[] = { "", "123456", "123456:", ":ABC", "12:a/b", "12:a b" };
	static const char *const chats[] = { "", "@", "@a b", "ops", "12.5", "1\",\"x\":\"" };
	void *params = (void *)params_at("https://api.telegram.org");

	(void)state;
	for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++) {
		lab_set(&notify_telegram, params, "token", tokens[i]);
		assert_fault(&notify_telegram, params, "token", "no token of a bot");
	}
	lab_set(&notify_telegram, params, "token", OPTION_SECRET_UNREAD);
	assert_fine(&notify_telegram, params, "https://api.telegram.org");
	for (size_t i = 0; i < sizeof chats / sizeof chats[0]; i++) {
		lab_set(&notify_telegram, params, "chat", chats[i]);
		assert_fault(&notify_telegram, params, "chat", "@channel");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(token_and_chat_are_added_at_the_attempt),
		cmocka_unit_test(a_topic_is_a_number),
		cmocka_unit_test(answers_are_judged),
		cmocka_unit_test(faulty_options_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
