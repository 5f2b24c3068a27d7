/*
 * exchange_test.c - one HTTP exchange against far sides that behave, and that
 * do not. No name is resolved, no redirect followed here.
 */
#include "io/turns.h"

#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

#include "io/ask.h"
#include "io/loop_fd.h"

static struct seen get_from(void (*serve)(struct peer *peer, int client), const char *say)
{
	struct peer peer = { .say = say };
	struct seen seen;

	peer_start(&peer, serve);
	seen = ask_get("http://site.test/path?q=1", peer.port);
	peer_stop(&peer);
	return seen;
}

/* ---- good answers ---- */

static void an_answer_comes_with_headers_body_phases_and_spans(void **state)
{
	struct seen seen = get_from(peer_says, "HTTP/1.1 200 OK\r\nA: b \r\nC:d\r\n"
					       "Content-Length: 5\r\n\r\nhello");
	const enum phase expected[] = { PHASE_CONNECT, PHASE_SEND, PHASE_WAIT, PHASE_BODY };

	(void)state;
	assert_int_equal(seen.result.cause, CAUSE_PASS);
	assert_int_equal(seen.result.status, 200);
	assert_int_equal(seen.result.phase, PHASE_BODY);
	assert_true(seen.result.is_reached);
	assert_string_equal(seen.headers, "A=b|C=d|Content-Length=5|");
	assert_string_equal(seen.body, "hello");
	assert_int_equal(seen.phases_n, 4);
	assert_memory_equal(seen.phases, expected, sizeof(expected));
	assert_true(seen.result.phase_us[PHASE_CONNECT] > 0);
	assert_true(seen.result.phase_us[PHASE_WAIT] >= 0);
	assert_int_equal(seen.result.phase_us[PHASE_DNS], PHASE_NOT_REACHED);
	assert_int_equal(seen.result.phase_us[PHASE_TLS], PHASE_NOT_REACHED);
}

static void the_request_says_who_asks_and_closes(void **state)
{
	struct peer peer = { .say = OK };

	(void)state;
	peer_start(&peer, peer_says);
	(void)ask_get("http://site.test:8080/path?q=1", peer.port);
	peer_stop(&peer);
	assert_non_null(strstr(peer.heard, "GET /path?q=1 HTTP/1.1\r\n"));
	assert_non_null(strstr(peer.heard, "Host: site.test:8080\r\n"));
	assert_non_null(strstr(peer.heard, "Connection: close\r\n"));
	assert_non_null(strstr(peer.heard, "User-Agent: shorewatch/" SHOREWATCH_VERSION "\r\n"));
	assert_null(strstr(peer.heard, "Accept-Encoding"));
}

static void peer_takes_post(struct peer *peer, int client)
{
	char body[16] = "";

	assert(peer_read_head(peer, client));
	assert(recv(client, body, 4, MSG_WAITALL) == 4);
	peer_hear(peer, body, 4);
	peer_write(client, peer->say);
}

static void a_body_is_sent_and_the_next_request_has_none(void **state)
{
	const char *const headers[] = { "Content-Type: text/x", "X-Empty;", NULL };
	struct peer peer = { .say = OK }, second = { .say = OK };
	struct io *io = turns_io(NULL, 0);
	struct seen seen = { .is_over = false };
	struct io_http_spec spec;

	(void)state;
	peer_start(&peer, peer_takes_post);
	peer_start(&second, peer_says);
	spec = ask_of(&seen, "http://site.test/", peer.port);
	spec.method = "PUT";
	spec.headers = headers;
	spec.body = "data";
	spec.body_bytes = 4;
	assert_non_null(io_http_start(io, &spec));
	turns_until(io, &seen.is_over);
	assert_int_equal(seen.result.cause, CAUSE_PASS);
	/* The same handle again: nothing of the first request may stay in it. */
	seen = (struct seen){ .is_over = false };
	spec = ask_of(&seen, "http://site.test/", second.port);
	assert_non_null(io_http_start(io, &spec));
	turns_until(io, &seen.is_over);
	assert_int_equal(seen.result.cause, CAUSE_PASS);
	io_free(io);
	peer_stop(&peer);
	peer_stop(&second);
	assert_non_null(strstr(peer.heard, "PUT / HTTP/1.1\r\n"));
	assert_non_null(strstr(peer.heard, "Content-Type: text/x\r\n"));
	assert_non_null(strstr(peer.heard, "X-Empty:\r\n"));
	assert_null(strstr(peer.heard, "Expect"));
	assert_non_null(strstr(peer.heard, "\r\n\r\ndata"));
	assert_non_null(strstr(second.heard, "GET / HTTP/1.1\r\n"));
	assert_null(strstr(second.heard, "Content-"));
	assert_null(strstr(second.heard, "X-Empty"));
}

static void of_several_heads_only_the_last_is_told(void **state)
{
	struct seen seen = get_from(peer_says, "HTTP/1.1 103 Early Hints\r\nLocation: /no\r\n\r\n"
					       "HTTP/1.1 204 None\r\nA: b\r\n\r\n");

	(void)state;
	assert_int_equal(seen.result.status, 204);
	assert_string_equal(seen.headers, "A=b|");
}

/* ---- bad answers ---- */

static void a_closed_port_is_refused(void **state)
{
	struct seen seen = ask_get("http://site.test/", peer_closed_port());

	(void)state;
	assert_int_equal(seen.result.cause, CAUSE_REFUSED);
	assert_int_equal(seen.result.phase, PHASE_CONNECT);
	assert_false(seen.result.is_reached);
	assert_string_equal(seen.result.note, "ECONNREFUSED");
}

static void a_reset_before_the_answer_is_not_reached(void **state)
{
	struct seen seen = get_from(peer_resets, NULL);

	(void)state;
	assert_int_equal(seen.result.cause, CAUSE_RESET);
	assert_int_equal(seen.result.phase, PHASE_WAIT);
	assert_false(seen.result.is_reached);
}

static void an_end_without_answer_is_a_reset(void **state)
{
	struct seen seen = get_from(peer_says, "");

	(void)state;
	assert_int_equal(seen.result.cause, CAUSE_RESET);
	assert_false(seen.result.is_reached);
}

static void a_truncated_body_is_broken_framing(void **state)
{
	struct seen seen =
		get_from(peer_says, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello");

	(void)state;
	assert_int_equal(seen.result.cause, CAUSE_PROTOCOL);
	assert_int_equal(seen.result.phase, PHASE_BODY);
	assert_true(seen.result.is_reached);
}

static void what_is_not_http_is_the_wrong_protocol(void **state)
{
	struct seen seen = get_from(peer_says, "220 mail.test ESMTP\r\n");

	(void)state;
	assert_int_equal(seen.result.cause, CAUSE_PROTOCOL);
	assert_true(seen.result.is_reached);
}

static void peer_never_ends_body(struct peer *peer, int client)
{
	char block[4096];

	memset(block, 'x', sizeof(block));
	if (peer_read_head(peer, client) && peer_write(client, "HTTP/1.1 200 OK\r\n\r\n"))
		while (peer_write_bytes(client, block, sizeof(block)))
			;
}

static void an_endless_body_ends_where_the_reader_stops(void **state)
{
	struct peer peer = { .say = NULL };
	struct seen seen = { .body_max = 100000 };

	(void)state;
	peer_start(&peer, peer_never_ends_body);
	seen = ask_run(ask_of(&seen, "http://site.test/", peer.port));
	peer_stop(&peer);
	assert_int_equal(seen.result.cause, CAUSE_CUT);
	assert_true(seen.body_n >= 100000 && seen.body_n < 100000 + 20000);
}

static void peer_never_ends_header(struct peer *peer, int client)
{
	char block[4096];

	memset(block, 'x', sizeof(block));
	if (peer_read_head(peer, client) && peer_write(client, "HTTP/1.1 200 OK\r\nA: "))
		while (peer_write_bytes(client, block, sizeof(block)))
			;
}

static void one_endless_header_is_the_far_sides_fault(void **state)
{
	struct seen seen = get_from(peer_never_ends_header, NULL);

	(void)state;
	assert_int_equal(seen.result.cause, CAUSE_PROTOCOL);
	assert_true(seen.result.is_reached);
}

static void peer_never_ends_headers(struct peer *peer, int client)
{
	if (peer_read_head(peer, client) && peer_write(client, "HTTP/1.1 200 OK\r\n"))
		while (peer_write(client,
				  "A: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\r\n"))
			;
}

static void headers_without_end_are_stopped(void **state)
{
	struct peer peer = { .say = NULL };
	struct seen seen = { .is_over = false };
	struct io_http_spec spec;

	(void)state;
	peer_start(&peer, peer_never_ends_headers);
	spec = ask_of(&seen, "http://site.test/", peer.port);
	spec.on_header = NULL;
	seen = ask_run(spec);
	peer_stop(&peer);
	assert_int_equal(seen.result.cause, CAUSE_PROTOCOL);
	assert_string_equal(seen.result.note, "headers over 64 KiB");
}

static void stop_waiting(void *ctx)
{
	*(bool *)ctx = true;
}

static void a_cancelled_exchange_reports_nothing(void **state)
{
	struct peer peer = { .say = NULL };
	struct io *io = turns_io(NULL, 0);
	struct seen seen = { .is_over = false };
	bool has_waited = false;
	struct io_timer *timer = io_timer_new(io, stop_waiting, &has_waited);
	struct io_http_spec spec;
	struct io_exchange *exchange;

	(void)state;
	peer_start(&peer, peer_is_silent);
	spec = ask_of(&seen, "http://site.test/", peer.port);
	exchange = io_http_start(io, &spec);
	io_timer_set(timer, mono_add(io_clock().mono, 50 * USEC_PER_MS));
	turns_until(io, &has_waited);
	assert_int_equal(seen.phases[seen.phases_n - 1], PHASE_WAIT);
	io_exchange_cancel(exchange);
	assert_false(seen.is_over);
	io_timer_free(timer);
	io_free(io);
	peer_stop(&peer);
}

/* ---- our own want ---- */

static void no_descriptor_left_is_ours(void **state)
{
	struct io *io = turns_io(NULL, 0);
	struct seen seen = { .is_over = false };
	struct io_http_spec spec = ask_of(&seen, "http://site.test/", 9);
	struct rlimit before, none;
	int spare = dup(0);

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = (rlim_t)spare;
	close(spare);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	if (io_http_start(io, &spec) != NULL)
		turns_until(io, &seen.is_over);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(seen.result.cause, CAUSE_LOCAL);
	assert_string_equal(seen.result.note, "EMFILE");
	io_free(io);
}

static void more_exchanges_than_the_pool_holds_are_ours_too(void **state)
{
	static const char *const nobody[] = { "127.0.0.1:9" };
	struct io_setup setup = { .resolvers = { nobody, 1 }, .transfers_max = 1 };
	const char *error;
	struct io *io = io_new(&setup, &error);
	struct seen first = { .is_over = false }, second = { .is_over = false };
	struct io_http_spec spec = ask_of(&first, "http://site.test/", 9);
	struct io_exchange *exchange = io_http_start(io, &spec);

	(void)state;
	assert_non_null(exchange);
	spec.ctx = &second;
	assert_null(io_http_start(io, &spec));
	assert_true(second.is_over);
	assert_int_equal(second.result.cause, CAUSE_LOCAL);
	io_exchange_cancel(exchange);
	io_free(io);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_comes_with_headers_body_phases_and_spans),
		cmocka_unit_test(the_request_says_who_asks_and_closes),
		cmocka_unit_test(a_body_is_sent_and_the_next_request_has_none),
		cmocka_unit_test(of_several_heads_only_the_last_is_told),
		cmocka_unit_test(a_closed_port_is_refused),
		cmocka_unit_test(a_reset_before_the_answer_is_not_reached),
		cmocka_unit_test(an_end_without_answer_is_a_reset),
		cmocka_unit_test(a_truncated_body_is_broken_framing),
		cmocka_unit_test(what_is_not_http_is_the_wrong_protocol),
		cmocka_unit_test(an_endless_body_ends_where_the_reader_stops),
		cmocka_unit_test(one_endless_header_is_the_far_sides_fault),
		cmocka_unit_test(headers_without_end_are_stopped),
		cmocka_unit_test(a_cancelled_exchange_reports_nothing),
		cmocka_unit_test(no_descriptor_left_is_ours),
		cmocka_unit_test(more_exchanges_than_the_pool_holds_are_ours_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
