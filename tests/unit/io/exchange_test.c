/*
 * exchange_test.c - one HTTP exchange against far sides that behave, and that
 * do not. No name is resolved, no redirect followed here.
 */
#include "io/turns.h"

#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

#include "io/certs.h"
#include "io/loop_fd.h"
#include "io/peer.h"

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

struct seen {
	bool is_over;
	struct io_http_result result;
	enum phase phases[PHASE_COUNT];
	size_t phases_n;
	char headers[4096], body[4096];
	size_t body_n, body_max;
};

static bool on_header(void *ctx, const char *name, const char *value)
{
	struct seen *seen = ctx;
	size_t n = strlen(seen->headers);

	(void)snprintf(seen->headers + n, sizeof(seen->headers) - n, "%s=%s|", name, value);
	return true;
}

static bool on_body(void *ctx, const void *bytes, size_t n)
{
	struct seen *seen = ctx;

	for (size_t i = 0; i < n && seen->body_n + i < sizeof(seen->body) - 1; i++)
		seen->body[seen->body_n + i] = ((const char *)bytes)[i];
	seen->body_n += n;
	return seen->body_max == 0 || seen->body_n < seen->body_max;
}

static void on_phase(void *ctx, enum phase phase)
{
	struct seen *seen = ctx;

	assert_true(seen->phases_n < PHASE_COUNT);
	seen->phases[seen->phases_n++] = phase;
}

static void on_done(void *ctx, const struct io_http_result *result)
{
	struct seen *seen = ctx;

	assert_false(seen->is_over);
	seen->result = *result;
	seen->is_over = true;
}

static struct io_http_spec spec_of(struct seen *seen, const char *url, uint16_t port)
{
	struct io_http_spec spec = { .url = url,
				     .method = "GET",
				     .on_header = on_header,
				     .on_body = on_body,
				     .on_phase = on_phase,
				     .on_done = on_done,
				     .ctx = seen };

	assert_true(address_parse_host("127.0.0.1", port, &spec.address));
	return spec;
}

static struct seen exchange_run(struct io_http_spec spec)
{
	struct io *io = turns_io(NULL, 0);
	struct seen seen = { .body_max = ((struct seen *)spec.ctx)->body_max };

	spec.ctx = &seen;
	if (io_http_start(io, &spec) != NULL)
		turns_until(io, &seen.is_over);
	assert_true(seen.is_over);
	io_free(io);
	return seen;
}

static struct seen get(const char *url, uint16_t port)
{
	struct seen seen = { .is_over = false };

	return exchange_run(spec_of(&seen, url, port));
}

static struct seen get_from(void (*serve)(struct peer *peer, int client), const char *say)
{
	struct peer peer = { .say = say };
	struct seen seen;

	peer_start(&peer, serve);
	seen = get("http://site.test/path?q=1", peer.port);
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
	(void)get("http://site.test:8080/path?q=1", peer.port);
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
	spec = spec_of(&seen, "http://site.test/", peer.port);
	spec.method = "PUT";
	spec.headers = headers;
	spec.body = "data";
	spec.body_bytes = 4;
	assert_non_null(io_http_start(io, &spec));
	turns_until(io, &seen.is_over);
	assert_int_equal(seen.result.cause, CAUSE_PASS);
	/* The same handle again: nothing of the first request may stay in it. */
	seen = (struct seen){ .is_over = false };
	spec = spec_of(&seen, "http://site.test/", second.port);
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
	struct seen seen = get("http://site.test/", peer_closed_port());

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
	seen = exchange_run(spec_of(&seen, "http://site.test/", peer.port));
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
	spec = spec_of(&seen, "http://site.test/", peer.port);
	spec.on_header = NULL;
	seen = exchange_run(spec);
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
	spec = spec_of(&seen, "http://site.test/", peer.port);
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
	struct io_http_spec spec = spec_of(&seen, "http://site.test/", 9);
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
	struct io_http_spec spec = spec_of(&first, "http://site.test/", 9);
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

/* ---- certificates ---- */

struct tls_case {
	const char *alt_name;
	long from_s, until_s;
	int max_version;
	bool is_unknown;
};

static struct seen tls_get(const struct tls_case *what)
{
	struct cert ca = cert_make("ca", NULL, NULL, -86400L, 86400L * 30);
	struct cert other = cert_make("other", NULL, NULL, -86400L, 86400L * 30);
	struct cert leaf = cert_make("leaf", what->alt_name, &ca, what->from_s, what->until_s);
	struct tls_peer tls = { .cert = &leaf, .max_version = what->max_version, .talk = tls_says };
	struct peer peer = { .say = OK, .ctx = &tls };
	struct seen seen = { .is_over = false };
	struct io_http_spec spec;
	char path[64];

	cert_write(what->is_unknown ? &other : &ca, path);
	peer_start(&peer, peer_serves_tls);
	spec = spec_of(&seen, "https://site.test/", peer.port);
	spec.ca_file = path;
	seen = exchange_run(spec);
	peer_stop(&peer);
	unlink(path);
	cert_free(&leaf);
	cert_free(&other);
	cert_free(&ca);
	return seen;
}

static void assert_not_after(const struct seen *seen, long from_now_s)
{
	int64_t expected = ((int64_t)time(NULL) + from_now_s) * USEC_PER_SEC;
	int64_t off = seen->result.cert_not_after.us - expected;

	assert_true(wall_is_set(seen->result.cert_not_after));
	assert_true(off > -60 * USEC_PER_SEC && off < 60 * USEC_PER_SEC);
}

static void a_good_certificate_passes_and_tells_its_end(void **state)
{
	struct seen seen =
		tls_get(&(struct tls_case){ "DNS:site.test", -3600, 86400 * 9, 0, false });
	const enum phase expected[] = { PHASE_CONNECT, PHASE_TLS, PHASE_SEND, PHASE_WAIT,
					PHASE_BODY };

	(void)state;
	assert_int_equal(seen.result.cause, CAUSE_PASS);
	assert_string_equal(seen.body, "hello");
	assert_not_after(&seen, 86400 * 9);
	assert_int_equal(seen.phases_n, 5);
	assert_memory_equal(seen.phases, expected, sizeof(expected));
	assert_true(seen.result.phase_us[PHASE_TLS] > 0);
}

static void an_expired_certificate_is_reached_and_tells_its_end(void **state)
{
	struct seen seen = tls_get(&(struct tls_case){ "DNS:site.test", -7200, -3600, 0, false });

	(void)state;
	assert_int_equal(seen.result.cause, CAUSE_EXPIRED);
	assert_int_equal(seen.result.phase, PHASE_TLS);
	assert_true(seen.result.is_reached);
	assert_string_equal(seen.result.note, "certificate has expired");
	assert_not_after(&seen, -3600);
}

static void a_certificate_for_another_name_fails(void **state)
{
	struct seen seen = tls_get(&(struct tls_case){ "DNS:else.test", -3600, 86400, 0, false });

	(void)state;
	assert_int_equal(seen.result.cause, CAUSE_CERTIFICATE);
	assert_int_equal(seen.result.phase, PHASE_TLS);
	assert_true(seen.result.is_reached);
	assert_string_equal(seen.result.note, "the certificate is for another name");
	assert_not_after(&seen, 86400);
}

static void an_unknown_authority_fails_and_the_end_is_known(void **state)
{
	struct seen seen = tls_get(&(struct tls_case){ "DNS:site.test", -3600, 86400, 0, true });

	(void)state;
	assert_int_equal(seen.result.cause, CAUSE_CERTIFICATE);
	assert_true(seen.result.is_reached);
	assert_not_after(&seen, 86400);
	assert_string_equal(seen.result.note, "unable to get local issuer certificate");
}

static void tls_1_1_is_too_old(void **state)
{
	struct seen seen =
		tls_get(&(struct tls_case){ "DNS:site.test", -3600, 86400, TLS1_1_VERSION, false });

	(void)state;
	assert_int_equal(seen.result.cause, CAUSE_HANDSHAKE);
	assert_int_equal(seen.result.phase, PHASE_TLS);
	assert_true(seen.result.is_reached);
}

static void peer_closes_at_once(struct peer *peer, int client)
{
	char byte;

	(void)peer;
	(void)recv(client, &byte, 1, 0);
}

static void a_silent_end_of_the_handshake_is_not_reached(void **state)
{
	struct peer peer = { .say = NULL };
	struct seen seen;

	(void)state;
	peer_start(&peer, peer_closes_at_once);
	seen = get("https://site.test/", peer.port);
	peer_stop(&peer);
	assert_int_equal(seen.result.cause, CAUSE_RESET);
	assert_int_equal(seen.result.phase, PHASE_TLS);
	assert_false(seen.result.is_reached);
}

static void peer_speaks_clear(struct peer *peer, int client)
{
	peer_closes_at_once(peer, client);
	peer_write(client, "HTTP/1.1 400 Bad Request\r\n\r\n");
	peer_wait_gone(client);
}

static void clear_text_where_tls_is_due_is_a_failed_handshake(void **state)
{
	struct peer peer = { .say = NULL };
	struct seen seen;

	(void)state;
	peer_start(&peer, peer_speaks_clear);
	seen = get("https://site.test/", peer.port);
	peer_stop(&peer);
	assert_int_equal(seen.result.cause, CAUSE_HANDSHAKE);
	assert_true(seen.result.is_reached);
	assert_string_equal(seen.result.note, "wrong version number");
}

static void a_ca_file_that_is_not_there_is_ours(void **state)
{
	struct peer peer = { .say = NULL };
	struct seen seen = { .is_over = false };
	struct io_http_spec spec;

	(void)state;
	peer_start(&peer, peer_is_silent);
	spec = spec_of(&seen, "https://site.test/", peer.port);
	spec.ca_file = "/nonexistent/ca.pem";
	seen = exchange_run(spec);
	peer_stop(&peer);
	assert_int_equal(seen.result.cause, CAUSE_LOCAL);
	assert_string_equal(seen.result.note, "the CA file cannot be read");
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
		cmocka_unit_test(a_good_certificate_passes_and_tells_its_end),
		cmocka_unit_test(an_expired_certificate_is_reached_and_tells_its_end),
		cmocka_unit_test(a_certificate_for_another_name_fails),
		cmocka_unit_test(an_unknown_authority_fails_and_the_end_is_known),
		cmocka_unit_test(tls_1_1_is_too_old),
		cmocka_unit_test(a_silent_end_of_the_handshake_is_not_reached),
		cmocka_unit_test(clear_text_where_tls_is_due_is_a_failed_handshake),
		cmocka_unit_test(a_ca_file_that_is_not_there_is_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
