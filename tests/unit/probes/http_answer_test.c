/*
 * http_answer_test.c - what an answer must hold: expressions, JSON, headers;
 * and servers that make this hard.
 */
#include "probes/http_lab.h"

#include <time.h>

static const char page[] = "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
			   "Content-Type: text/html; charset=utf-8\r\nContent-Length: 30\r\n\r\n"
			   "<p>12 posts, 3 of them new</p>";
static const char api[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
			  "Content-Length: 46\r\n\r\n"
			  "{\"pong\":1700000000000,\"ok\":true,\"name\":\"mk\"}  ";

static struct observation ask(const char *answer, struct http_params params)
{
	return probe_peer(peer_says, answer, params, (struct target_plan){ 0 });
}

static struct http_params wanting(struct strings *field, struct http_params *params,
				  const char *const *texts, size_t n)
{
	*field = (struct strings){ texts, n };
	return *params;
}

#define WANT(field, ...)                                                                           \
	wanting(&params.field, &params, (const char *const[]){ __VA_ARGS__ },                      \
		sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

/* ---- expressions ---- */

static void every_expression_must_match(void **state)
{
	struct http_params params = params_of("");
	struct observation seen;

	(void)state;
	seen = ask(page, WANT(body_matches, "[0-9]+ posts", "(?i)</P>$"));
	assert_outcome(&seen, "pass");
	seen = ask(page, WANT(body_matches, "posts", "[0-9]+ followers"));
	assert_outcome(&seen, "body-mismatch");
	assert_string_equal(seen.note, "the body does not match [0-9]+ followers");
}

/* A thousand repeats of what an expression can be made to despair of. */
static void peer_says_many_a(struct peer *peer, int client)
{
	static char block[65536];

	memset(block, 'a', sizeof(block));
	if (!peer_read_head(peer, client))
		return;
	peer_write(client, "HTTP/1.1 200 OK\r\nContent-Length: 65537\r\n\r\n");
	peer_write_bytes(client, block, sizeof(block));
	peer_write(client, "!");
}

static void an_expression_that_takes_too_long_is_inconclusive(void **state)
{
	struct http_params params = params_of("");
	struct observation seen;

	(void)state;
	(void)WANT(body_matches, "^(a+)+$");
	seen = probe_peer(peer_says_many_a, NULL, params, (struct target_plan){ 0 });
	assert_outcome(&seen, "body-cut");
	assert_int_equal(outcome_fault(seen.outcome), FAULT_VANTAGE);
	assert_non_null(strstr(seen.note, "make it simpler: ^(a+)+$"));
	assert_true(seen.total_us < 5 * USEC_PER_SEC);
}

static void what_max_body_cuts_off_is_left_open(void **state)
{
	struct http_params params = params_of("");
	struct observation seen;

	(void)state;
	params.max_body = 10;
	seen = ask(page, WANT(body_matches, "12 posts"));
	assert_outcome(&seen, "body-cut");
	assert_non_null(strstr(seen.note, "10 bytes; raise it"));
	params.max_body = 11;
	seen = ask(page, WANT(body_matches, "12 posts"));
	assert_outcome(&seen, "pass"); /* it is there, whatever follows */
	params = params_of("");
	params.max_body = 46 - 3;
	seen = ask(api, WANT(json, "/ok == true"));
	assert_outcome(&seen, "body-cut");
	params = params_of("");
	params.max_body = 12;
	seen = ask(page, WANT(body_not_contains, "error"));
	assert_outcome(&seen, "body-cut");
}

static void what_fails_for_certain_comes_before_what_is_left_open(void **state)
{
	struct http_params params = params_of("");
	struct observation seen;

	(void)state;
	params.max_body = 12;
	(void)WANT(body_matches, "12 posts");
	seen = ask(page, WANT(body_not_contains, "12"));
	assert_outcome(&seen, "body-mismatch");
	params = params_of("");
	(void)WANT(body_matches, "(?R)?x");
	seen = ask(page, WANT(json, "/ok == true"));
	assert_outcome(&seen, "body-mismatch");
}

/* ---- JSON ---- */

static void json_is_asked_by_pointer(void **state)
{
	struct http_params params = params_of("");
	struct observation seen;

	(void)state;
	seen = ask(api, WANT(json, "/pong > 0", "/ok == true", "/name == \"mk\"", "/x absent"));
	assert_outcome(&seen, "pass");
	seen = ask(api, WANT(json, "/pong > 0", "/name == \"misskey\""));
	assert_outcome(&seen, "body-mismatch");
	assert_string_equal(seen.note, "/name is \"mk\", not \"misskey\"");
	seen = ask(page, WANT(json, "/pong > 0"));
	assert_outcome(&seen, "body-mismatch");
	assert_string_equal(seen.note, "the body is not JSON: not JSON (near byte 1)");
	seen = ask("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", params);
	assert_outcome(&seen, "body-mismatch");
	assert_string_equal(seen.note, "the body is not JSON: empty");
}

static void json_deeper_than_we_read_is_not_the_targets_fault(void **state)
{
	struct http_params params = params_of("");
	struct observation seen;
	char answer[400];
	int n = snprintf(answer, sizeof(answer), "HTTP/1.1 200 OK\r\nContent-Length: 140\r\n\r\n");

	(void)state;
	memset(answer + n, '[', 70);
	memset(answer + n + 70, ']', 70);
	answer[n + 140] = '\0';
	seen = ask(answer, WANT(json, "/0 exists"));
	assert_outcome(&seen, "body-cut");
	assert_string_equal(seen.note, "the JSON is not judged: nested deeper than 64");
}

/* ---- headers ---- */

static void headers_are_demanded_of_the_last_answer(void **state)
{
	struct http_params params = params_of("");
	struct observation seen;

	(void)state;
	seen = ask(page, WANT(header, "content-type: TEXT/html", "Date:"));
	assert_outcome(&seen, "pass");
	assert_int_equal(seen.date.us, (int64_t)784111777 * USEC_PER_SEC);
	seen = ask(page, WANT(header, "Content-Type: application/json"));
	assert_outcome(&seen, "wait-mismatch");
	assert_string_equal(
		seen.note,
		"Content-Type is \"text/html; charset=utf-8\", without \"application/json\"");
	seen = ask(page, WANT(header, "Strict-Transport-Security:"));
	assert_outcome(&seen, "wait-mismatch");
	assert_string_equal(seen.note, "there is no header Strict-Transport-Security");
}

static void the_date_is_kept_when_the_probe_fails(void **state)
{
	struct observation seen = ask(
		"HTTP/1.1 503 No\r\nDate: Sun Nov  6 08:49:37 1994\r\nContent-Length: 0\r\n\r\n",
		params_of(""));

	(void)state;
	assert_outcome(&seen, "wait-status");
	assert_int_equal(seen.date.us, (int64_t)784111777 * USEC_PER_SEC);
}

/* ---- servers that make it hard ---- */

static void framing_that_contradicts_itself_never_passes_a_wrong_body(void **state)
{
	static const char *const answers[] = {
		"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 16\r\n\r\nhell",
		"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\nhell",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhell",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhell",
	};
	struct http_params params = params_of("");

	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct observation seen = ask(answers[i], WANT(body_contains, "hello"));

		if (seen.outcome.cause == CAUSE_PASS)
			fail_msg("passes: %s", answers[i]);
		assert_int_equal(outcome_fault(seen.outcome), FAULT_TARGET);
	}
}

static void peer_never_ends_a_header(struct peer *peer, int client)
{
	char block[4096];

	memset(block, 'x', sizeof(block));
	if (peer_read_head(peer, client) && peer_write(client, "HTTP/1.1 200 OK\r\nX-Long: "))
		while (peer_write_bytes(client, block, sizeof(block)))
			;
}

static void peer_never_ends_its_headers(struct peer *peer, int client)
{
	if (peer_read_head(peer, client) && peer_write(client, "HTTP/1.1 200 OK\r\n"))
		while (peer_write(client, "X-Again: and again and again\r\n"))
			;
}

static void endless_headers_are_the_targets_fault(void **state)
{
	struct observation seen = probe_peer(peer_never_ends_a_header, NULL, params_of(""),
					     (struct target_plan){ 0 });

	(void)state;
	assert_outcome(&seen, "body-protocol");
	seen = probe_peer(peer_never_ends_its_headers, NULL, params_of(""),
			  (struct target_plan){ 0 });
	assert_outcome(&seen, "body-protocol");
}

/* A gzip header and bytes: they are searched as they are, so nothing can grow. */
static void what_is_compressed_is_not_unpacked(void **state)
{
	struct http_params params = params_of("");
	struct observation seen;
	struct peer peer = { .say = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
				    "Content-Length: 8\r\n\r\n\x1f\x8b\x08\x01\x01\x01\x01\x01" };
	char url[200];

	(void)state;
	peer_start(&peer, peer_says);
	params = params_of(url_of(url, "127.0.0.1", &peer, "/"));
	seen = probe(WANT(body_matches, "^\\x1f\\x8b\\x08"));
	peer_stop(&peer);
	assert_outcome(&seen, "pass");
	assert_null(strstr(peer.heard, "Accept-Encoding"));
}

/* ---- several addresses ---- */

static struct observation probe_two(uint16_t port)
{
	struct address_net loopback;
	char url[200];

	assert_true(address_net_parse("127.0.0.0/8", &loopback));
	(void)snprintf(url, sizeof(url), "http://two.test:%u/", port);
	return probe_as(params_of(url), (struct target_plan){ .allow = &loopback, .allow_n = 1 });
}

/* 127.0.0.2 refuses: the peer listens on 127.0.0.1 only. */
static void the_next_address_is_tried_when_one_refuses(void **state)
{
	struct peer peer = { .say = page };
	struct observation seen;
	char note[NOTE_MAX];

	(void)state;
	peer_start(&peer, peer_says);
	seen = probe_two(peer.port);
	peer_stop(&peer);
	assert_outcome(&seen, "pass");
	assert_int_equal(seen.address.bytes[3], 1);
	(void)snprintf(note, sizeof(note), "not at 127.0.0.2:%u (ECONNREFUSED)", peer.port);
	assert_string_equal(seen.note, note);
}

static void when_all_refuse_the_first_is_told(void **state)
{
	struct observation seen = probe_two(peer_closed_port());

	(void)state;
	assert_outcome(&seen, "connect-refused");
	assert_int_equal(seen.address.bytes[3], 2);
	assert_false(seen.is_reached);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_expression_must_match),
		cmocka_unit_test(an_expression_that_takes_too_long_is_inconclusive),
		cmocka_unit_test(what_max_body_cuts_off_is_left_open),
		cmocka_unit_test(what_fails_for_certain_comes_before_what_is_left_open),
		cmocka_unit_test(json_is_asked_by_pointer),
		cmocka_unit_test(json_deeper_than_we_read_is_not_the_targets_fault),
		cmocka_unit_test(headers_are_demanded_of_the_last_answer),
		cmocka_unit_test(the_date_is_kept_when_the_probe_fails),
		cmocka_unit_test(framing_that_contradicts_itself_never_passes_a_wrong_body),
		cmocka_unit_test(endless_headers_are_the_targets_fault),
		cmocka_unit_test(what_is_compressed_is_not_unpacked),
		cmocka_unit_test(the_next_address_is_tried_when_one_refuses),
		cmocka_unit_test(when_all_refuse_the_first_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
