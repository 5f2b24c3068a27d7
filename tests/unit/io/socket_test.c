/*
 * socket_test.c - plain TCP: connected, sent, expected.
 */
#include "io/turns.h"

#include <string.h>
#include <sys/resource.h>

#include "io/peer.h"

struct seen {
	bool is_over, is_connected, is_reached;
	enum cause cause;
	char note[120];
};

static void on_connected(void *ctx)
{
	((struct seen *)ctx)->is_connected = true;
}

static void on_done(void *ctx, enum cause cause, bool is_reached, const char *note)
{
	struct seen *seen = ctx;

	assert_false(seen->is_over);
	seen->is_over = true;
	seen->cause = cause;
	seen->is_reached = is_reached;
	(void)snprintf(seen->note, sizeof(seen->note), "%s", note);
}

static struct seen talk(uint16_t port, const char *send, const char *expect)
{
	struct io *io = turns_io(NULL, 0);
	struct seen seen = { .is_over = false };
	struct io_socket_spec spec = { .send = send,
				       .expect = expect,
				       .on_connected = on_connected,
				       .on_done = on_done,
				       .ctx = &seen };

	assert_true(address_parse_host("127.0.0.1", port, &spec.address));
	if (io_socket_start(io, &spec) != NULL)
		turns_until(io, &seen.is_over);
	assert_true(seen.is_over);
	io_free(io);
	return seen;
}

static struct seen talk_to(void (*serve)(struct peer *peer, int client), const char *say,
			   const char *send, const char *expect)
{
	struct peer peer = { .say = say };
	struct seen seen;

	peer_start(&peer, serve);
	seen = talk(peer.port, send, expect);
	peer_stop(&peer);
	return seen;
}

static void peer_greets(struct peer *peer, int client)
{
	peer_write(client, peer->say);
	peer_wait_gone(client);
}

static void peer_answers_a_line(struct peer *peer, int client)
{
	char line[64];

	if (peer_read_line(peer, client, line, sizeof(line)) && strcmp(line, "PING") == 0)
		peer_write(client, "+PONG\r\n");
}

static void peer_greets_in_pieces(struct peer *peer, int client)
{
	for (const char *c = peer->say; *c != '\0'; c++)
		peer_write_bytes(client, c, 1);
	peer_wait_gone(client);
}

static void peer_floods(struct peer *peer, int client)
{
	(void)peer;
	while (peer_write(client, "nothing of interest "))
		;
}

static void peer_says_and_leaves(struct peer *peer, int client)
{
	peer_write(client, peer->say);
}

static void peer_resets_at_once(struct peer *peer, int client)
{
	(void)peer;
	peer_reset(client);
}

static void a_connection_is_enough(void **state)
{
	struct seen seen = talk_to(peer_is_silent, NULL, NULL, NULL);

	(void)state;
	assert_int_equal(seen.cause, CAUSE_PASS);
	assert_true(seen.is_connected);
	assert_true(seen.is_reached);
}

static void a_greeting_is_found_even_in_pieces(void **state)
{
	(void)state;
	assert_int_equal(talk_to(peer_greets, "SSH-2.0-x\r\n", NULL, "SSH-2.0").cause, CAUSE_PASS);
	assert_int_equal(talk_to(peer_greets_in_pieces, "SSH-2.0-x\r\n", NULL, "2.0-x").cause,
			 CAUSE_PASS);
}

static void an_answer_to_what_was_sent_is_found(void **state)
{
	(void)state;
	assert_int_equal(talk_to(peer_answers_a_line, NULL, "PING\r\n", "+PONG").cause, CAUSE_PASS);
}

static void the_wrong_greeting_is_a_mismatch(void **state)
{
	struct seen seen = talk_to(peer_says_and_leaves, "220 mail\r\n", NULL, "SSH-2.0");

	(void)state;
	assert_int_equal(seen.cause, CAUSE_MISMATCH);
	assert_true(seen.is_reached);
}

static void only_the_first_4_kib_are_looked_at(void **state)
{
	(void)state;
	assert_int_equal(talk_to(peer_floods, NULL, NULL, "SSH-2.0").cause, CAUSE_MISMATCH);
}

static void an_end_without_a_word_is_a_reset(void **state)
{
	struct seen seen = talk_to(peer_says_and_leaves, "", NULL, "SSH-2.0");

	(void)state;
	assert_int_equal(seen.cause, CAUSE_RESET);
	assert_false(seen.is_reached);
	assert_int_equal(talk_to(peer_resets_at_once, NULL, NULL, "SSH").cause, CAUSE_RESET);
}

static void a_closed_port_is_refused(void **state)
{
	struct seen seen = talk(peer_closed_port(), NULL, NULL);

	(void)state;
	assert_int_equal(seen.cause, CAUSE_REFUSED);
	assert_false(seen.is_connected);
	assert_string_equal(seen.note, "ECONNREFUSED");
}

static void no_descriptor_left_is_ours(void **state)
{
	struct io *io = turns_io(NULL, 0);
	struct seen seen = { .is_over = false };
	struct io_socket_spec spec = { .on_done = on_done, .ctx = &seen };
	struct rlimit before, none;
	int spare = dup(0);

	(void)state;
	assert_true(address_parse_host("127.0.0.1", 9, &spec.address));
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = (rlim_t)spare;
	close(spare);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_null(io_socket_start(io, &spec));
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(seen.cause, CAUSE_LOCAL);
	assert_string_equal(seen.note, "EMFILE");
	io_free(io);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_connection_is_enough),
		cmocka_unit_test(a_greeting_is_found_even_in_pieces),
		cmocka_unit_test(an_answer_to_what_was_sent_is_found),
		cmocka_unit_test(the_wrong_greeting_is_a_mismatch),
		cmocka_unit_test(only_the_first_4_kib_are_looked_at),
		cmocka_unit_test(an_end_without_a_word_is_a_reset),
		cmocka_unit_test(a_closed_port_is_refused),
		cmocka_unit_test(no_descriptor_left_is_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
