/*
 * receiver_body_test.c - how a body may come, and what of it is refused. Limits
 * and deadlines: receiver_door_test.c.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "receiver_place.h"

/* ---- how a body may come ---- */

static void one_byte_at_a_time_is_fine(void **state)
{
	struct place *place = *state;
	struct buf request = post(RIGHT, ALERTS(FIRING_OF("a")), strlen(ALERTS(FIRING_OF("a"))));
	struct client client;

	say_bytes(place, &client, request.data, request.n, 1);
	assert_int_equal(client_status(&client), 200);
	assert_int_equal(place->beats[PROM_A], 1);
	client_done(&client);
	buf_done(&request);
}

static struct buf chunked(const char *body, size_t piece)
{
	struct buf request = BUF_INIT(8u << 20);
	size_t n = strlen(body);

	buf_puts(&request, "POST /hook/home HTTP/1.1\r\nHost: a\r\n" RIGHT
			   "Transfer-Encoding: chunked\r\n\r\n");
	for (size_t at = 0; at < n; at += piece) {
		size_t part = n - at < piece ? n - at : piece;

		buf_printf(&request, "%zx\r\n%.*s\r\n", part, (int)part, body + at);
	}
	buf_puts(&request, "0\r\n\r\n");
	return request;
}

static void chunked_bodies_are_fine(void **state)
{
	struct place *place = *state;
	struct buf body = fixture_read("webhook-grouped-watchdog-and-others");
	struct buf whole = chunked(buf_text(&body), 100000), pieces = chunked(buf_text(&body), 7);

	assert_answer(place, buf_text(&whole), 200, "counted\n");
	assert_answer(place, buf_text(&pieces), 200, "counted\n");
	assert_int_equal(place->beats[HOME], 2);
	buf_done(&body);
	buf_done(&whole);
	buf_done(&pieces);
}

static void a_bad_chunk_is_refused(void **state)
{
	struct place *place = *state;

	assert_answer(place,
		      "POST /hook/home HTTP/1.1\r\nHost: a\r\n" RIGHT
		      "Transfer-Encoding: chunked\r\n\r\n"
		      "zz\r\n{}\r\n0\r\n\r\n",
		      400, "");
	assert_int_equal(beats(place), 0);
}

static void a_sender_that_waits_for_continue_is_served(void **state)
{
	struct place *place = *state;
	struct buf request = post(RIGHT "Expect: 100-continue\r\n", ALERTS(FIRING_OF("a")),
				  strlen(ALERTS(FIRING_OF("a"))));
	struct client client;

	say_bytes(place, &client, request.data, request.n, SIZE_MAX);
	assert_non_null(strstr(buf_text(&client.response), "counted\n"));
	assert_int_equal(place->beats[PROM_A], 1);
	client_done(&client);
	/* A wrong token is told before the body: it never has to be sent. */
	assert_answer(place,
		      "POST /hook/home HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n"
		      "Expect: 100-continue\r\n\r\n",
		      401, "no token");
	buf_done(&request);
}

static void a_second_request_on_the_line_is_never_looked_at(void **state)
{
	struct place *place = *state;
	struct buf first = post(RIGHT, ALERTS(FIRING_OF("a")), strlen(ALERTS(FIRING_OF("a"))));
	struct buf both = BUF_INIT(1u << 20);
	struct client client;

	buf_add(&both, first.data, first.n);
	buf_add(&both, first.data, first.n);
	say(place, &client, buf_text(&both));
	assert_int_equal(place->beats[PROM_A], 1);
	assert_null(strstr(client_body(&client), "HTTP/1.1"));
	assert_int_equal(receiver_stats(place->receiver).requests, 1);
	client_done(&client);
	buf_done(&first);
	buf_done(&both);
}

static void smuggling_is_refused(void **state)
{
	struct place *place = *state;

	assert_answer(
		place,
		"POST /hook/home HTTP/1.1\r\nHost: a\r\n" RIGHT "Content-Length: 4\r\n"
		"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n",
		400, "contradict");
	assert_answer(place,
		      "POST /hook/home HTTP/1.1\r\nHost: a\r\n" RIGHT "Content-Length: 4\r\n"
		      "Content-Length: 5\r\n\r\n12345",
		      400, "twice");
	assert_answer(place, "GET / HTTP/1.1\nHost: a\n\n", 400, "CR LF");
	assert_int_equal(receiver_stats(place->receiver).requests, 0);
	assert_int_equal(receiver_stats(place->receiver).rejected_malformed, 3);
}

static void a_long_body_is_refused_early(void **state)
{
	struct place *place = *state;
	struct buf body = BUF_INIT(3u << 20), request;

	while (body.n < 2u << 20)
		buf_puts(&body, "                                                                ");
	request = post(RIGHT, body.data, body.n);
	assert_answer(place, buf_text(&request), 413, "longer than 1 MiB");
	buf_done(&request);
	request = chunked(buf_text(&body), 65536);
	assert_answer(place, buf_text(&request), 413, "longer than 1 MiB");
	buf_done(&request);
	assert_answer(place,
		      "POST /hook/home HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n", 413,
		      "1 MiB");
	buf_done(&body);
	assert_fixture(place, "webhook-firing-replica-0", "counted\n");
	assert_int_equal(beats(place), 1);
}

static void the_longest_body_is_read(void **state)
{
	struct place *place = *state;
	struct buf body = BUF_INIT(2u << 20);

	buf_puts(&body, ALERTS(FIRING_OF("a")));
	while (body.n < 1u << 20)
		buf_putc(&body, ' ');
	assert_post(place, RIGHT, buf_text(&body), 200, "counted\n");
	buf_done(&body);
}

static void a_sender_that_breaks_off_is_no_beat(void **state)
{
	struct place *place = *state;
	struct buf request = post(RIGHT, ALERTS(FIRING_OF("a")), strlen(ALERTS(FIRING_OF("a"))));
	const struct linger reset = { 1, 0 };
	struct client client;

	client_start(&client, &place->crowd, receiver_port(place->receiver), request.data,
		     request.n - 5, SIZE_MAX);
	crowd_run_for(&place->crowd, 50 * USEC_PER_MS);
	assert_int_equal(receiver_stats(place->receiver).requests, 1);
	assert_int_equal(setsockopt(client.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset), 0);
	client_done(&client);
	crowd_run_for(&place->crowd, 50 * USEC_PER_MS);
	assert_fixture(place, "webhook-firing-replica-0", "counted\n");
	assert_int_equal(place->beats[PROM_A], 0);
	assert_int_equal(place->beats[HOME], 1);
	buf_done(&request);
}

#define CROWD 80 /* more than the 64 that may be inside */

static void a_crowd_inside_does_not_keep_a_beat_out(void **state)
{
	static struct client slow[CROWD];
	static const char half[] =
		"POST /hook/home HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{";
	struct place *place = *state;

	for (size_t i = 0; i < CROWD; i++)
		client_start(&slow[i], &place->crowd, receiver_port(place->receiver), half,
			     sizeof half - 1, SIZE_MAX);
	for (size_t i = 0; i < CROWD; i++)
		slow[i].is_awaited = false;
	place->crowd.open = 0;
	mono_t began = io_clock().mono;

	assert_fixture(place, "webhook-firing-replica-0", "counted\n");
	assert_true(mono_span(began, io_clock().mono) < 2 * USEC_PER_SEC);
	assert_true(receiver_stats(place->receiver).refused_full >= CROWD - 63);
	for (size_t i = 0; i < CROWD; i++)
		client_done(&slow[i]);
}

static void a_half_body_costs_no_turns(void **state)
{
	struct place *place = *state;
	static const char body[500] = "{\"alerts\":";
	struct buf request = post(RIGHT, body, sizeof body);
	struct client client;
	uint64_t before;

	client_start(&client, &place->crowd, receiver_port(place->receiver), request.data,
		     request.n - 495, SIZE_MAX);
	crowd_run_for(&place->crowd, 50 * USEC_PER_MS);
	assert_int_equal(receiver_stats(place->receiver).requests, 1);
	before = io_loop_stats(place->crowd.io).turns;
	crowd_run_for(&place->crowd, 200 * USEC_PER_MS);
	assert_in_range(io_loop_stats(place->crowd.io).turns - before, 0, 5);
	client_done(&client);
	buf_done(&request);
}

/* The end of the daemon, with guests still inside. */
static void a_listener_ends_with_guests_inside(void **state)
{
	static const char half[] =
		"POST /hook/home HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{";
	struct place *place = *state;
	struct client inside, outside;

	client_start(&inside, &place->crowd, receiver_port(place->receiver), half, sizeof half - 1,
		     SIZE_MAX);
	client_start(&outside, &place->crowd, receiver_port(place->receiver), half, 20, SIZE_MAX);
	crowd_run_for(&place->crowd, 30 * USEC_PER_MS);
	assert_int_equal(receiver_stats(place->receiver).requests, 1);
	receiver_free(place->receiver);
	place->receiver = NULL;
	assert_true(crowd_run(&place->crowd));
	client_done(&inside);
	client_done(&outside);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		placed(one_byte_at_a_time_is_fine),
		placed(chunked_bodies_are_fine),
		placed(a_bad_chunk_is_refused),
		placed(a_sender_that_waits_for_continue_is_served),
		placed(a_second_request_on_the_line_is_never_looked_at),
		placed(smuggling_is_refused),
		placed(a_long_body_is_refused_early),
		placed(the_longest_body_is_read),
		placed(a_sender_that_breaks_off_is_no_beat),
		placed(a_crowd_inside_does_not_keep_a_beat_out),
		placed(a_half_body_costs_no_turns),
		placed(a_listener_ends_with_guests_inside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
