/*
 * get_test.c - one small GET: what comes of it is told once, whatever the far
 * side does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/get.h"
#include "io/fixture.h"
#include "io/loop.h"
#include "io/peer.h"

#define LIMIT (20 * USEC_PER_SEC)

struct place {
	struct io *io;
	struct get *get;
	struct peer peer;
	char url[128];
	unsigned told;
	struct get_result result;
	mono_t give_up;
};

static void say_and_hang_up(struct peer *peer, int client)
{
	char head[2048];

	while (peer_read_line(peer, client, head, sizeof head) && head[0] != '\0')
		;
	peer_write(client, peer->say);
}

static void say_nothing(struct peer *peer, int client)
{
	char line[2048];

	while (peer_read_line(peer, client, line, sizeof line))
		;
}

static void on_done(void *ctx, const struct get_result *result)
{
	struct place *place = ctx;

	place->told++;
	place->result = *result;
}

static mono_t on_turn(void *ctx, struct now now)
{
	struct place *place = ctx;
	mono_t wake = get_advance(place->get, now);

	if (place->told > 0 || mono_reached(place->give_up, now.mono))
		io_loop_stop(place->io);
	return mono_min(wake, mono_add(now.mono, 20 * USEC_PER_MS));
}

static void run(struct place *place)
{
	struct io_loop_hooks hooks = { place, on_turn, NULL };

	place->give_up = mono_add(io_clock().mono, LIMIT);
	assert_int_equal(io_loop_run(place->io, &hooks), 0);
	assert_int_equal(place->told, 1);
	assert_false(get_is_busy(place->get));
}

static int setup(void **state)
{
	static const char *const nobody[] = { "127.0.0.1:9" };
	struct io_setup io = { .resolvers = { nobody, 1 } };
	struct place *place = calloc(1, sizeof *place);
	const char *why;

	place->io = io_new(&io, &why);
	place->get = get_new(place->io, on_done, place);
	*state = place;
	return 0;
}

static int teardown(void **state)
{
	struct place *place = *state;

	get_free(place->get);
	io_free(place->io);
	if (place->peer.serve)
		peer_stop(&place->peer);
	free(place);
	return 0;
}

static void peer_at(struct place *place, void (*serve)(struct peer *peer, int client),
		    const char *say)
{
	place->peer.say = say;
	peer_start(&place->peer, serve);
	(void)snprintf(place->url, sizeof place->url, "http://127.0.0.1:%u/beat/KEY",
		       place->peer.port);
}

static void the_status_is_told(void **state)
{
	struct place *place = *state;

	peer_at(place, say_and_hang_up, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
	get_start(place->get, place->url, NULL, LIMIT);
	run(place);
	assert_int_equal(place->result.outcome.cause, CAUSE_PASS);
	assert_int_equal(place->result.status, 204);
	assert_non_null(strstr(place->peer.heard, "GET /beat/KEY"));
}

static void a_body_is_not_read(void **state)
{
	struct place *place = *state;

	peer_at(place, say_and_hang_up,
		"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\nit goes on");
	get_start(place->get, place->url, NULL, LIMIT);
	run(place);
	assert_int_equal(place->result.outcome.cause, CAUSE_PASS);
	assert_int_equal(place->result.status, 200);
}

static void it_connects_where_it_is_told(void **state)
{
	struct place *place = *state;
	struct address at;

	peer_at(place, say_and_hang_up, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	at = peer_address(&place->peer);
	get_start(place->get, "http://status.example/healthz", &at, LIMIT);
	run(place);
	assert_int_equal(place->result.status, 200);
	assert_non_null(strstr(place->peer.heard, "status.example"));
}

static void silence_ends_with_its_patience(void **state)
{
	struct place *place = *state;

	peer_at(place, say_nothing, NULL);
	get_start(place->get, place->url, NULL, 100 * USEC_PER_MS);
	run(place);
	assert_int_equal(place->result.outcome.cause, CAUSE_TIMEOUT);
}

static void a_refusal_is_told(void **state)
{
	struct place *place = *state;

	get_start(place->get, "http://127.0.0.1:1/", NULL, LIMIT);
	run(place);
	assert_int_equal(place->result.outcome.cause, CAUSE_REFUSED);
}

static void what_is_no_url_is_told_at_once(void **state)
{
	static const char *const urls[] = { "ftp://host/",   "http://",
					    "http://a:b:c/", "http://somebody@host/",
					    "http://[::1/",  "" };
	struct place *place = *state;

	for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
		place->told = 0;
		get_start(place->get, urls[i], NULL, LIMIT);
		assert_int_equal(place->told, 1);
		assert_int_equal(place->result.outcome.cause, CAUSE_PROTOCOL);
	}
}

static void freed_on_its_way_it_says_nothing(void **state)
{
	struct place *place = *state;

	peer_at(place, say_nothing, NULL);
	get_start(place->get, place->url, NULL, LIMIT);
	get_free(place->get);
	assert_int_equal(place->told, 0);
	place->get = get_new(place->io, on_done, place);
}

#define PLACED(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PLACED(the_status_is_told),
		PLACED(a_body_is_not_read),
		PLACED(it_connects_where_it_is_told),
		PLACED(silence_ends_with_its_patience),
		PLACED(a_refusal_is_told),
		PLACED(what_is_no_url_is_told_at_once),
		PLACED(freed_on_its_way_it_says_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
