/*
 * receiver_head_test.c - which heads pass to the HTTP library (SR-19).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "io/receiver_head.h"

#define POST "POST /hook/home HTTP/1.1\r\nHost: a\r\n"

static void assert_fine(const char *head)
{
	struct head_fault fault = { 0 };

	if (head_check(head, strlen(head), &fault) != HEAD_FINE)
		fail_msg("refused with \"%s\": %s", fault.reason ? fault.reason : "more", head);
}

static void assert_bad_bytes(const char *head, size_t n, int status, const char *why)
{
	struct head_fault fault = { 0 };

	if (head_check(head, n, &fault) != HEAD_BAD)
		fail_msg("not refused (%s): %s", why, head);
	assert_int_equal(fault.status, status);
	if (!strstr(fault.reason, why))
		fail_msg("\"%s\" does not say \"%s\"", fault.reason, why);
}

#define assert_bad(head, status, why) assert_bad_bytes(head, strlen(head), status, why)

static void ordinary_heads_are_fine(void **state)
{
	(void)state;
	assert_fine("GET / HTTP/1.1\r\nHost: status.example.net\r\n\r\n");
	assert_fine("GET /t/blog.html?x=1&y=%00 HTTP/1.0\r\n\r\n");
	assert_fine("OPTIONS * HTTP/1.1\r\nHost:\r\n\r\n");
	assert_fine(POST "Content-Length: 1883\r\nAuthorization: Bearer x\r\n\r\n");
	assert_fine(POST "content-length:0\r\n\r\n");
	assert_fine(POST "Transfer-Encoding: Chunked \r\nExpect: 100-continue\r\n\r\n");
	assert_fine(POST "X-Odd: tab\there \xc3\xa9\r\nX-Empty:\r\n\r\n");
}

static void the_body_is_not_looked_at(void **state)
{
	static const char with_body[] = POST "Content-Length: 5\r\n\r\n\0\n\x01\r\x7f";
	struct head_fault fault;

	(void)state;
	assert_int_equal(head_check(with_body, sizeof with_body - 1, &fault), HEAD_FINE);
}

static void every_beginning_of_a_head_waits_for_more(void **state)
{
	static const char head[] =
		POST "Content-Length: 5\r\nUser-Agent: Alertmanager/0.25.0\r\n\r\n";
	struct head_fault fault;

	(void)state;
	for (size_t n = 0; n + 1 < sizeof head - 1; n++)
		assert_int_equal(head_check(head, n, &fault), HEAD_MORE);
}

static void framing_that_contradicts_is_refused(void **state)
{
	(void)state;
	assert_bad(POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400,
		   "contradict");
	assert_bad(POST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", 400,
		   "contradict");
	assert_bad("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400, "contradict");
	assert_bad(POST "Content-Length: 5\r\nContent-Length: 5\r\n\r\n", 400, "twice");
	assert_bad(POST "Content-Length: 5\r\ncontent-LENGTH: 6\r\n\r\n", 400, "twice");
	assert_bad(POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400,
		   "twice");
	assert_bad(POST "Transfer-Encoding: gzip, chunked\r\n\r\n", 400, "other than chunked");
	assert_bad(POST "Transfer-Encoding: xchunked\r\n\r\n", 400, "other than chunked");
}

static void lengths_are_plain_numbers(void **state)
{
	(void)state;
	assert_bad(POST "Content-Length: \r\n\r\n", 400, "not a number");
	assert_bad(POST "Content-Length: +5\r\n\r\n", 400, "not a number");
	assert_bad(POST "Content-Length: -5\r\n\r\n", 400, "not a number");
	assert_bad(POST "Content-Length: 5, 5\r\n\r\n", 400, "not a number");
	assert_bad(POST "Content-Length: 0x5\r\n\r\n", 400, "not a number");
	assert_bad(POST "Content-Length: 99999999999999999999\r\n\r\n", 400, "not a number");
	assert_bad(POST "Content-Length: 1048577\r\n\r\n", 413, "longer than 1 MiB");
	assert_fine(POST "Content-Length: 1048576\r\n\r\n");
}

static void names_and_lines_are_strict(void **state)
{
	(void)state;
	assert_bad(POST "Content-Length : 5\r\n\r\n", 400, "malformed");
	assert_bad(POST ": 5\r\n\r\n", 400, "malformed");
	assert_bad(POST "no colon\r\n\r\n", 400, "malformed");
	assert_bad(POST "Na(me: 5\r\n\r\n", 400, "malformed");
	assert_bad(POST "X-Long: one\r\n two\r\n\r\n", 400, "folded");
	assert_bad(POST "X-Long: one\r\n\ttwo\r\n\r\n", 400, "folded");
	assert_bad("GET / HTTP/1.1\nHost: a\n\n", 400, "CR LF");
	assert_bad(POST "X: one\rtwo\r\n\r\n", 400, "CR LF");
	assert_bad(POST "X: one\n\r\n\r\n", 400, "CR LF");
	assert_bad("POST / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "twice");
	assert_bad(POST "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n", 400, "twice");
	assert_bad("GET / HTTP/1.1\r\n\r\n", 400, "Host");
}

static void control_characters_are_refused(void **state)
{
	static const char nul[] = "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n";

	(void)state;
	assert_bad_bytes(nul, sizeof nul - 1, 400, "control");
	assert_bad(POST "X: \x1b[31m\r\n\r\n", 400, "control");
	assert_bad(POST "X: \x7f\r\n\r\n", 400, "control");
}

static void request_lines_are_strict(void **state)
{
	(void)state;
	assert_bad("\r\n\r\n", 400, "request line");
	assert_bad("GET\r\n\r\n", 400, "request line");
	assert_bad("GET /\r\n\r\n", 400, "request line");
	assert_bad("GET  / HTTP/1.1\r\n\r\n", 400, "request line");
	assert_bad("GET / HTTP/1.1 \r\n\r\n", 400, "request line");
	assert_bad("GET / HTTP/2.0\r\n\r\n", 400, "request line");
	assert_bad("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "request line");
	assert_bad("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400, "request line");
	assert_bad("GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "request line");
	assert_bad("G{T / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "request line");
	assert_bad("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400,
		   "control"); /* TLS to a plain port */
}

static void a_head_has_an_end(void **state)
{
	struct buf head = BUF_INIT(1u << 20);
	struct head_fault fault;

	(void)state;
	buf_puts(&head, POST "Authorization: Bearer ");
	while (head.n < HEAD_BYTES_MAX - 1)
		buf_putc(&head, 'a');
	assert_int_equal(head_check(head.data, head.n, &fault), HEAD_MORE);
	buf_putc(&head, 'a');
	assert_bad_bytes(head.data, head.n, 431, "16 KiB");
	buf_clear(&head);
	buf_puts(&head, POST);
	for (int i = 0; i < 100; i++)
		buf_printf(&head, "X-%d: y\r\n", i);
	buf_puts(&head, "\r\n");
	assert_bad_bytes(head.data, head.n, 431, "100 fields");
	buf_done(&head);
}

static void answers_close_the_connection(void **state)
{
	char text[HEAD_ANSWER_MAX];
	size_t n = head_answer(&head_body_too_long, text);

	(void)state;
	assert_int_equal(strlen(text), n);
	assert_non_null(strstr(text, "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\n"));
	assert_non_null(strstr(text, "Content-Length: 30\r\n\r\nthe body is longer than 1 MiB\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ordinary_heads_are_fine),
		cmocka_unit_test(the_body_is_not_looked_at),
		cmocka_unit_test(every_beginning_of_a_head_waits_for_more),
		cmocka_unit_test(framing_that_contradicts_is_refused),
		cmocka_unit_test(lengths_are_plain_numbers),
		cmocka_unit_test(names_and_lines_are_strict),
		cmocka_unit_test(control_characters_are_refused),
		cmocka_unit_test(request_lines_are_strict),
		cmocka_unit_test(a_head_has_an_end),
		cmocka_unit_test(answers_close_the_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
