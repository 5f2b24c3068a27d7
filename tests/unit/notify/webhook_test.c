/*
 * webhook_test.c - the webhook's requests and what it makes of the answers.
 */
#include "notify/lab.h"

#define MESSAGE "{\"version\":1}\n"

extern const struct notify_kind notify_webhook;

static const void *params_at(const char *url)
{
	static char whole[128];
	void *params = lab_params(&notify_webhook);

	(void)snprintf(whole, sizeof whole, "%s/hook?to=ops", url);
	lab_set(&notify_webhook, params, "url", whole);
	assert_fine(&notify_webhook, params, url);
	return params;
}

static const void *signed_params_at(const char *url)
{
	void *params = (void *)params_at(url);

	lab_set(&notify_webhook, params, "key", "sesame");
	lab_set(&notify_webhook, params, "bearer", "tk_1");
	return params;
}

static void the_message_is_posted_as_it_is(void **state)
{
	struct lab lab;

	(void)state;
	lab_open(&lab, lab_answers, LAB_HEAD("204 No Content") "\r\n");
	lab_send(&lab, &notify_webhook, params_at(lab.url), MESSAGE);
	assert_int_equal(lab.result.verdict, MAIL_ACCEPTED);
	assert_int_equal(lab.result.code, 204);
	assert_asked(&lab, "POST /hook?to=ops HTTP/1.1");
	assert_asked(&lab, "Content-Type: application/json");
	assert_asked(&lab, "Idempotency-Key: \"1a2b3c4d5e6f7081\"");
	assert_string_equal(lab_body(&lab), MESSAGE);
	assert_null(strstr(lab.peer.heard, "Shorewatch-Signature"));
	assert_null(strstr(lab.peer.heard, "Authorization"));
}

/* The receiver's side, as it is documented. */
static void assert_signature(const struct lab *lab, const char *key)
{
	const char *stamp = strstr(lab->peer.heard, "Shorewatch-Timestamp: ");
	const char *signature = strstr(lab->peer.heard, "Shorewatch-Signature: v1=");
	struct buf text = BUF_INIT(4096);
	uint8_t expected[IO_SIGNATURE_BYTES];
	char hex[3];

	assert_non_null(stamp);
	assert_non_null(signature);
	stamp += strlen("Shorewatch-Timestamp: ");
	signature += strlen("Shorewatch-Signature: v1=");
	buf_add(&text, stamp, strcspn(stamp, "\r"));
	buf_printf(&text, ".%s", lab_body(lab));
	assert_true(io_sign(key, buf_text(&text), text.n, expected));
	for (size_t i = 0; i < IO_SIGNATURE_BYTES; i++) {
		(void)snprintf(hex, sizeof hex, "%02x", expected[i]);
		assert_memory_equal(signature + 2 * i, hex, 2);
	}
	assert_true(signature[2 * IO_SIGNATURE_BYTES] == '\r');
	buf_done(&text);
}

static void a_key_signs_the_time_and_the_body(void **state)
{
	struct lab lab;

	(void)state;
	lab_open(&lab, lab_answers, LAB_HEAD("200 OK") "\r\nthanks");
	lab_send(&lab, &notify_webhook, signed_params_at(lab.url), MESSAGE);
	assert_int_equal(lab.result.verdict, MAIL_ACCEPTED);
	assert_string_equal(lab.result.reply, "HTTP 200: thanks");
	assert_asked(&lab, "Authorization: Bearer tk_1");
	assert_signature(&lab, "sesame");
	assert_null(strstr(lab.peer.heard, "sesame"));
}

/* RFC 4231 4.3: key "Jefe". */
static void the_signature_is_hmac_sha256(void **state)
{
	static const uint8_t expected[IO_SIGNATURE_BYTES] = {
		0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e, 0x6a, 0x04, 0x24,
		0x26, 0x08, 0x95, 0x75, 0xc7, 0x5a, 0x00, 0x3f, 0x08, 0x9d, 0x27,
		0x39, 0x83, 0x9d, 0xec, 0x58, 0xb9, 0x64, 0xec, 0x38, 0x43,
	};
	const char *text = "what do ya want for nothing?";
	uint8_t is[IO_SIGNATURE_BYTES];

	(void)state;
	assert_true(io_sign("Jefe", text, strlen(text), is));
	assert_memory_equal(is, expected, sizeof is);
}

static void answers_are_judged(void **state)
{
	static const struct lab_case cases[] = {
		{ LAB_HEAD("202 Accepted") "\r\n", MAIL_ACCEPTED, 202, 0, "HTTP 202" },
		{ LAB_JSON("422 No") "{\"error\":\"no such field\"}", MAIL_REFUSED, 422, 0,
		  "HTTP 422: no such field" },
		/* the status has said it, though the rest is missing */
		{ LAB_HEAD("200 OK") "Content-Length: 90\r\n\r\nhalf", MAIL_ACCEPTED, 200, 0, "half" },
	};

	(void)state;
	assert_cases(&notify_webhook, params_at, MESSAGE, cases, sizeof cases / sizeof cases[0]);
	assert_manners(&notify_webhook, params_at, MESSAGE);
}

static void faulty_options_are_told(void **state)
{
	static const struct {
		const char *url, *words;
	} faults[] = {
		{ "ftp://host/", "neither" },
		{ "http://hooks.example/x", "readable on the way" },
		{ "http://8.8.8.8/x", "readable on the way" },
		{ "https://user:pass@hooks.example/", "user or password" },
		{ "https:///x", "no host" },
		{ "https://hooks.example/a b", "a space" },
		{ "https://hooks.example/\r\nX: y", "a space" },
		{ "https://hooks.example:70000/", "no host" },
		{ "https://ho_oks.example/", "no host" },
	};
	void *params = lab_params(&notify_webhook);

	(void)state;
	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		lab_set(&notify_webhook, params, "url", faults[i].url);
		assert_fault(&notify_webhook, params, "url", faults[i].words);
	}
	lab_set(&notify_webhook, params, "url", "https://hooks.example:8443/secret?x=y");
	assert_fine(&notify_webhook, params, "https://hooks.example:8443");
	lab_set(&notify_webhook, params, "url", "http://[fd00::1]:81/x");
	assert_fine(&notify_webhook, params, "http://[fd00::1]:81");
	lab_set(&notify_webhook, params, "url", "http://localhost/x");
	assert_fine(&notify_webhook, params, "http://localhost");
	lab_set(&notify_webhook, params, "bearer", "two words");
	assert_fault(&notify_webhook, params, "bearer", "no spaces");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_message_is_posted_as_it_is),
		cmocka_unit_test(a_key_signs_the_time_and_the_body),
		cmocka_unit_test(the_signature_is_hmac_sha256),
		cmocka_unit_test(answers_are_judged),
		cmocka_unit_test(faulty_options_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
