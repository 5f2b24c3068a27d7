/*
 * resolve_test.c - names, asked of name servers that answer, deny, fail, lie
 * or say nothing.
 */
#include "io/turns.h"

#include <string.h>

#include "base/buf.h"
#include "io/names.h"
#include "io/peer.h"

/* ---- a name server ---- */

struct reply {
	unsigned char bytes[512];
	size_t n;
};

struct names_peer {
	int fd;
	uint16_t port;
	char at[32]; /* "127.0.0.1:port" */
	pthread_t thread;
	unsigned questions;
	struct reply held; /* until the next one has been sent; n 0: none */
};

#define TYPE_A	  1
#define TYPE_AAAA 28

enum { RCODE_OK = 0, RCODE_SERVFAIL = 2, RCODE_NXDOMAIN = 3, RCODE_REFUSED = 5 };

static void reply_byte(struct reply *reply, unsigned byte)
{
	reply->bytes[reply->n++] = (unsigned char)byte;
}

/* One address record for the name in the question. */
static void reply_address(struct reply *reply, unsigned type, unsigned last)
{
	const unsigned head[] = {
		0xc0, 0x0c, 0, type, 0, 1, 0, 0, 0, 60, 0, type == TYPE_A ? 4 : 16
	};

	for (size_t i = 0; i < sizeof(head) / sizeof(head[0]); i++)
		reply_byte(reply, head[i]);
	if (type == TYPE_A)
		reply_byte(reply, 192), reply_byte(reply, 0), reply_byte(reply, 2);
	else
		for (int i = 0; i < 15; i++)
			reply_byte(reply, i == 0 ? 0x20 : i == 1 ? 0x01 : 0);
	reply_byte(reply, last);
	reply->bytes[7]++;
}

/* The first label says what to do. Returns false: say nothing. */
static bool reply_fill(struct reply *reply, const char *label, unsigned type)
{
	reply->bytes[2] = 0x81;
	reply->bytes[3] = 0x80;
	if (strcmp(label, "silent") == 0)
		return false;
	if (strcmp(label, "nx") == 0)
		reply->bytes[3] |= RCODE_NXDOMAIN;
	else if (strcmp(label, "servfail") == 0)
		reply->bytes[3] |= RCODE_SERVFAIL;
	else if (strcmp(label, "refused") == 0)
		reply->bytes[3] |= RCODE_REFUSED;
	else if ((strcmp(label, "nosix") == 0 && type == TYPE_AAAA) ||
		 (strcmp(label, "nofour") == 0 && type == TYPE_A))
		return false;
	else if (strcmp(label, "garbage") == 0)
		memset(reply->bytes + 12, 0xff, reply->n - 12);
	else if (strcmp(label, "many") == 0)
		for (unsigned i = 1; i <= 25 && type == TYPE_A; i++)
			reply_address(reply, type, i);
	else if (strcmp(label, "six") != 0 || type == TYPE_AAAA)
		if (strcmp(label, "four") != 0 || type == TYPE_A)
			reply_address(reply, type, 7);
	return true;
}

static void reply_send(const struct names_peer *peer, struct reply *reply,
		       const struct sockaddr_in *to)
{
	if (reply->n > 0)
		(void)sendto(peer->fd, reply->bytes, reply->n, 0, (const struct sockaddr *)to,
			     sizeof(*to));
	reply->n = 0;
}

static void reply_question(struct names_peer *peer, struct reply *reply,
			   const struct sockaddr_in *from)
{
	char label[64];
	size_t at = 12, n = reply->bytes[12];

	if (reply->n < 17)
		return;
	memcpy(label, reply->bytes + 13, n);
	label[n] = '\0';
	while (reply->bytes[at] != 0)
		at += reply->bytes[at] + 1u;
	reply->n = at + 5;
	memset(reply->bytes + 6, 0, 6); /* whatever else was in it is gone */
	peer->questions++;
	if (!reply_fill(reply, label, reply->bytes[at + 2]))
		return;
	if (strcmp(label, "laterfour") == 0 && reply->bytes[at + 2] == TYPE_A) {
		peer->held = *reply;
		return;
	}
	reply_send(peer, reply, from);
	reply_send(peer, &peer->held, from);
}

/* A datagram of one byte ends it. */
static void *names_run(void *ctx)
{
	struct names_peer *peer = ctx;

	peer->held.n = 0;
	for (;;) {
		struct reply reply;
		struct sockaddr_in from;
		socklen_t from_n = sizeof(from);
		ssize_t n = recvfrom(peer->fd, reply.bytes, sizeof(reply.bytes), 0,
				     (struct sockaddr *)&from, &from_n);

		if (n <= 1)
			return NULL;
		reply.n = (size_t)n;
		reply_question(peer, &reply, &from);
	}
}

static void names_peer_start(struct names_peer *peer)
{
	peer->fd = peer_listen(SOCK_DGRAM, &peer->port);
	(void)snprintf(peer->at, sizeof(peer->at), "127.0.0.1:%u", peer->port);
	assert_int_equal(pthread_create(&peer->thread, NULL, names_run, peer), 0);
}

static void names_peer_stop(struct names_peer *peer)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(peer->port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	assert_int_equal(sendto(peer->fd, "x", 1, 0, (struct sockaddr *)&to, sizeof(to)), 1);
	pthread_join(peer->thread, NULL);
	close(peer->fd);
}

/* ---- asking ---- */

struct asked {
	bool is_over;
	struct io_answer answer;
	usec_t took, worst_lag;
};

static void on_answer(void *ctx, const struct io_answer *answer)
{
	struct asked *asked = ctx;

	assert_false(asked->is_over);
	asked->answer = *answer;
	asked->is_over = true;
}

static void turns_for(struct io *io, usec_t span)
{
	const bool is_over = false;
	struct turns turns = { .io = io,
			       .is_over = &is_over,
			       .give_up = mono_add(io_clock().mono, span) };
	struct io_loop_hooks hooks = { .ctx = &turns, .on_turn = turns_on_turn };

	assert_int_equal(io_loop_run(io, &hooks), 0);
}

static struct asked ask_io(struct io *io, const char *host, enum family family)
{
	struct asked asked = { .is_over = false };
	mono_t began = io_clock().mono;

	assert_non_null(io_resolve(io, host, 443, family, on_answer, &asked));
	assert_false(asked.is_over); /* never before io_resolve has returned */
	asked.worst_lag = turns_until(io, &asked.is_over);
	asked.took = mono_span(began, io_clock().mono);
	return asked;
}

static struct asked ask(const char *host, enum family family)
{
	struct names_peer peer = { .questions = 0 };
	const char *servers[1];
	struct asked asked;
	struct io *io;

	names_peer_start(&peer);
	servers[0] = peer.at;
	io = turns_io(servers, 1);
	asked = ask_io(io, host, family);
	io_free(io);
	names_peer_stop(&peer);
	return asked;
}

static void assert_address(const struct address *address, const char *expected)
{
	char text[ADDRESS_TEXT_MAX];

	address_print(address, text);
	assert_string_equal(text, expected);
}

static void a_name_has_its_addresses_with_the_port(void **state)
{
	struct asked asked = ask("four.test", FAMILY_ANY);

	(void)state;
	assert_int_equal(asked.answer.cause, CAUSE_PASS);
	assert_int_equal(asked.answer.n, 1);
	assert_false(asked.answer.is_remembered);
	assert_address(&asked.answer.address[0], "192.0.2.7:443");
}

/* Whichever answer came first. */
static void both_families_come_ipv4_first(void **state)
{
	struct asked asked = ask("good.test", FAMILY_ANY);

	(void)state;
	assert_int_equal(asked.answer.n, 2);
	assert_address(&asked.answer.address[0], "192.0.2.7:443");
	assert_address(&asked.answer.address[1], "[2001::7]:443");
	asked = ask("laterfour.test", FAMILY_ANY);
	assert_int_equal(asked.answer.n, 2);
	assert_address(&asked.answer.address[0], "192.0.2.7:443");
	assert_address(&asked.answer.address[1], "[2001::7]:443");
}

/* Some servers drop every question for AAAA (RFC 4074 4.1). */
static void a_server_that_drops_the_second_question_costs_little_time(void **state)
{
	struct asked asked = ask("nosix.test", FAMILY_ANY);

	(void)state;
	assert_int_equal(asked.answer.cause, CAUSE_PASS);
	assert_int_equal(asked.answer.n, 1);
	assert_address(&asked.answer.address[0], "192.0.2.7:443");
	assert_true(asked.took < 1 * USEC_PER_SEC);
}

static void a_silence_for_ipv4_alone_still_gives_ipv6(void **state)
{
	struct asked asked = ask("nofour.test", FAMILY_ANY);

	(void)state;
	assert_int_equal(asked.answer.cause, CAUSE_PASS);
	assert_false(asked.answer.is_remembered);
	assert_address(&asked.answer.address[0], "[2001::7]:443");
}

static void any_family_falls_to_ipv6_when_there_is_no_ipv4(void **state)
{
	struct asked asked = ask("six.test", FAMILY_ANY);

	(void)state;
	assert_int_equal(asked.answer.n, 1);
	assert_address(&asked.answer.address[0], "[2001::7]:443");
}

static void a_name_without_the_wanted_family_has_no_data(void **state)
{
	struct asked asked = ask("four.test", FAMILY_IPV6);

	(void)state;
	assert_int_equal(asked.answer.cause, CAUSE_NODATA);
	assert_int_equal(asked.answer.n, 0);
}

static void a_name_that_does_not_exist_is_said_so_at_once(void **state)
{
	struct asked asked = ask("nx.test", FAMILY_ANY);

	(void)state;
	assert_int_equal(asked.answer.cause, CAUSE_NXDOMAIN);
	assert_true(asked.took < 1 * USEC_PER_SEC);
}

static void a_failing_server_is_servfail(void **state)
{
	(void)state;
	assert_int_equal(ask("servfail.test", FAMILY_ANY).answer.cause, CAUSE_SERVFAIL);
}

static void a_server_that_refuses_us_is_our_resolver(void **state)
{
	(void)state;
	assert_int_equal(ask("refused.test", FAMILY_ANY).answer.cause, CAUSE_RESOLVER);
}

static void at_most_sixteen_addresses_are_kept(void **state)
{
	struct asked asked = ask("many.test", FAMILY_BOTH);

	(void)state;
	assert_int_equal(asked.answer.cause, CAUSE_PASS);
	assert_int_equal(asked.answer.n, IO_ADDRESSES_MAX);
}

static void a_name_that_no_server_could_know_does_not_exist(void **state)
{
	char host[400];

	(void)state;
	memset(host, 'a', sizeof(host));
	memcpy(host + 390, ".test", 6);
	assert_int_equal(ask(host, FAMILY_ANY).answer.cause, CAUSE_NXDOMAIN);
	assert_int_equal(ask("a..test", FAMILY_ANY).answer.cause, CAUSE_NXDOMAIN);
}

static void an_address_needs_no_question(void **state)
{
	struct io *io = turns_io(NULL, 0);
	struct asked asked = { .is_over = false };

	(void)state;
	assert_null(io_resolve(io, "2001:db8::1", 25, FAMILY_ANY, on_answer, &asked));
	assert_true(asked.is_over);
	assert_address(&asked.answer.address[0], "[2001:db8::1]:25");
	io_free(io);
}

static void localhost_needs_no_question_either(void **state)
{
	struct io *io = turns_io(NULL, 0);
	struct asked asked = ask_io(io, "LocalHost", FAMILY_BOTH);

	(void)state;
	assert_int_equal(asked.answer.n, 2);
	assert_address(&asked.answer.address[0], "127.0.0.1:443");
	assert_address(&asked.answer.address[1], "[::1]:443");
	io_free(io);
}

/* ---- silence ---- */

/* Takes the whole patience of a query: 4 s. */
static void silence_delays_nobody_and_is_ours(void **state)
{
	struct asked asked = ask("silent.test", FAMILY_ANY);

	(void)state;
	assert_int_equal(asked.answer.cause, CAUSE_RESOLVER);
	assert_true(asked.took >= 3 * USEC_PER_SEC && asked.took < 5 * USEC_PER_SEC);
	assert_true(asked.worst_lag < 200 * USEC_PER_MS);
}

static void the_last_good_addresses_help_through_silence(void **state)
{
	struct io *io = turns_io(NULL, 0); /* a port where nobody answers */
	struct buf saved = BUF_INIT(4096);
	struct asked asked;

	(void)state;
	io_names_load(io, "blog.test 4 192.0.2.1\nblog.test 6 2001:db8::1\nnonsense\nx 4 y\n");
	asked = ask_io(io, "Blog.test", FAMILY_ANY);
	assert_int_equal(asked.answer.cause, CAUSE_PASS);
	assert_true(asked.answer.is_remembered);
	assert_int_equal(asked.answer.n, 2);
	assert_address(&asked.answer.address[0], "192.0.2.1:443");
	assert_address(&asked.answer.address[1], "[2001:db8::1]:443");
	io_names_save(io, &saved);
	assert_string_equal(buf_text(&saved), "blog.test 4 192.0.2.1\nblog.test 6 2001:db8::1\n");
	buf_done(&saved);
	io_free(io);
}

static void good_answers_are_remembered_until_the_servers_go_silent(void **state)
{
	struct names_peer peer = { .questions = 0 };
	const char *servers[1];
	const char *const nobody[] = { "127.0.0.1:9" };
	struct asked asked;
	struct io *io;

	(void)state;
	names_peer_start(&peer);
	servers[0] = peer.at;
	io = turns_io(servers, 1);
	assert_int_equal(ask_io(io, "good.test", FAMILY_ANY).answer.cause, CAUSE_PASS);
	assert_int_equal(io_resolvers_set(io, (struct strings){ nobody, 1 }), 0);
	asked = ask_io(io, "good.test", FAMILY_ANY);
	assert_true(asked.answer.is_remembered);
	assert_address(&asked.answer.address[0], "192.0.2.7:443");
	io_free(io);
	names_peer_stop(&peer);
}

/* Who asks next has his last good address at once, however short his own patience is. */
static void who_lost_patience_after_half_a_second_has_seen_the_silence(void **state)
{
	struct names_peer peer = { .questions = 0 };
	const char *servers[1];
	struct asked impatient = { .is_over = false }, next;
	struct io_query *query;
	struct io *io;

	(void)state;
	names_peer_start(&peer);
	servers[0] = peer.at;
	io = turns_io(servers, 1);
	io_names_load(io, "silent.test 4 192.0.2.1\n");
	query = io_resolve(io, "silent.test", 443, FAMILY_ANY, on_answer, &impatient);
	turns_for(io, 500 * USEC_PER_MS);
	assert_false(impatient.is_over);
	io_query_cancel(query);
	next = ask_io(io, "silent.test", FAMILY_ANY);
	assert_true(next.answer.is_remembered);
	assert_true(next.took < 500 * USEC_PER_MS);
	io_free(io);
	names_peer_stop(&peer);
}

static void a_name_that_is_gone_is_not_remembered_into_life(void **state)
{
	struct names_peer peer = { .questions = 0 };
	const char *servers[1];
	struct io *io;

	(void)state;
	names_peer_start(&peer);
	servers[0] = peer.at;
	io = turns_io(servers, 1);
	io_names_load(io, "nx.test 4 192.0.2.1\n");
	assert_int_equal(ask_io(io, "nx.test", FAMILY_ANY).answer.cause, CAUSE_NXDOMAIN);
	io_free(io);
	names_peer_stop(&peer);
}

static void every_question_is_fresh(void **state)
{
	struct names_peer peer = { .questions = 0 };
	const char *servers[1];
	struct io *io;

	(void)state;
	names_peer_start(&peer);
	servers[0] = peer.at;
	io = turns_io(servers, 1);
	(void)ask_io(io, "four.test", FAMILY_IPV4);
	(void)ask_io(io, "four.test", FAMILY_IPV4);
	io_free(io);
	names_peer_stop(&peer);
	assert_int_equal(peer.questions, 2);
}

/* ---- cancelling and setting ---- */

static void a_cancelled_query_says_nothing(void **state)
{
	struct names_peer peer = { .questions = 0 };
	const char *servers[1];
	struct asked cancelled = { .is_over = false };
	struct io *io;

	(void)state;
	names_peer_start(&peer);
	servers[0] = peer.at;
	io = turns_io(servers, 1);
	io_query_cancel(io_resolve(io, "silent.test", 1, FAMILY_ANY, on_answer, &cancelled));
	io_query_cancel(io_resolve(io, "good.test", 1, FAMILY_ANY, on_answer, &cancelled));
	assert_int_equal(ask_io(io, "good.test", FAMILY_ANY).answer.cause, CAUSE_PASS);
	assert_false(cancelled.is_over);
	io_free(io);
	names_peer_stop(&peer);
}

/* More reloads than channels are kept for: one is given up with a question in it. */
static void a_storm_of_reloads_leaves_no_question_hanging(void **state)
{
	struct names_peer peer;
	const char *servers[1];
	struct asked asked[20] = { { .is_over = false } };
	struct io *io;

	(void)state;
	names_peer_start(&peer);
	servers[0] = peer.at;
	io = turns_io(servers, 1);
	for (int i = 0; i < 20; i++) {
		assert_non_null(
			io_resolve(io, "silent.test", 443, FAMILY_ANY, on_answer, &asked[i]));
		assert_int_equal(io_resolvers_set(io, (struct strings){ servers, 1 }), 0);
	}
	for (int i = 0; i < 20; i++)
		if (!asked[i].is_over)
			turns_until(io, &asked[i].is_over);
	for (int i = 0; i < 20; i++)
		assert_int_equal(asked[i].answer.cause, CAUSE_RESOLVER);
	io_free(io);
	names_peer_stop(&peer);
}

static void resolvers_that_are_no_addresses_are_refused(void **state)
{
	const char *const wrong[] = { "dns.example" };
	struct io_setup setup = { .resolvers = { wrong, 1 } };
	struct io *io = turns_io(NULL, 0);
	const char *error;

	(void)state;
	assert_true(io_resolvers_set(io, (struct strings){ wrong, 1 }) < 0);
	io_free(io);
	assert_null(io_new(&setup, &error));
	assert_non_null(error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_has_its_addresses_with_the_port),
		cmocka_unit_test(both_families_come_ipv4_first),
		cmocka_unit_test(a_server_that_drops_the_second_question_costs_little_time),
		cmocka_unit_test(a_silence_for_ipv4_alone_still_gives_ipv6),
		cmocka_unit_test(any_family_falls_to_ipv6_when_there_is_no_ipv4),
		cmocka_unit_test(a_name_without_the_wanted_family_has_no_data),
		cmocka_unit_test(a_name_that_does_not_exist_is_said_so_at_once),
		cmocka_unit_test(a_failing_server_is_servfail),
		cmocka_unit_test(a_server_that_refuses_us_is_our_resolver),
		cmocka_unit_test(at_most_sixteen_addresses_are_kept),
		cmocka_unit_test(a_name_that_no_server_could_know_does_not_exist),
		cmocka_unit_test(an_address_needs_no_question),
		cmocka_unit_test(localhost_needs_no_question_either),
		cmocka_unit_test(silence_delays_nobody_and_is_ours),
		cmocka_unit_test(the_last_good_addresses_help_through_silence),
		cmocka_unit_test(good_answers_are_remembered_until_the_servers_go_silent),
		cmocka_unit_test(who_lost_patience_after_half_a_second_has_seen_the_silence),
		cmocka_unit_test(a_name_that_is_gone_is_not_remembered_into_life),
		cmocka_unit_test(every_question_is_fresh),
		cmocka_unit_test(a_cancelled_query_says_nothing),
		cmocka_unit_test(a_storm_of_reloads_leaves_no_question_hanging),
		cmocka_unit_test(resolvers_that_are_no_addresses_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
