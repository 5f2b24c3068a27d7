/*
 * panel_test.c - what one name server says against a name, and what the others
 * say to that.
 */
#include "io/turns.h"

#include <string.h>

#include "io/zone.h"

enum { RCODE_SERVFAIL = 2, RCODE_NXDOMAIN = 3, RCODE_REFUSED = 5 };

static const struct zone_row knowing[] = {
	ZONE_ROW("blog.test", 1, "\xc0\x00\x02\x07"),
	{ NULL },
};
static const struct zone_row empty[] = { { NULL } };

struct asked {
	bool is_over;
	struct io_answer answer;
	struct io_word words[3];
	usec_t took;
};

static void on_answer(void *ctx, const struct io_answer *answer)
{
	struct asked *asked = ctx;

	assert_false(asked->is_over);
	asked->answer = *answer;
	assert_true(answer->words_n <= 3);
	for (size_t i = 0; i < answer->words_n; i++)
		asked->words[i] = answer->words[i];
	asked->is_over = true;
}

static struct asked ask(struct io *io, const char *host)
{
	struct asked asked = { .is_over = false };
	mono_t began = io_clock().mono;

	assert_non_null(io_resolve(io, host, 443, FAMILY_ANY, on_answer, &asked));
	turns_until(io, &asked.is_over);
	asked.took = mono_span(began, io_clock().mono);
	return asked;
}

/* Servers in their order: 0 knows blog.test, any other rcode is what it says of every name. */
static struct asked ask_servers(const char *host, const unsigned *rcodes, size_t n)
{
	struct zone zones[3];
	const char *at[3];
	struct asked asked;
	struct io *io;

	for (size_t i = 0; i < n; i++) {
		zone_start(&zones[i], rcodes[i] == 0 ? knowing : empty);
		zones[i].missing = rcodes[i];
		at[i] = zones[i].at;
	}
	io = turns_io(at, n);
	asked = ask(io, host);
	io_free(io);
	for (size_t i = 0; i < n; i++)
		zone_stop(&zones[i]);
	return asked;
}

#define ASK(host, ...)                                                                             \
	ask_servers(host, (const unsigned[]){ __VA_ARGS__ },                                       \
		    sizeof((const unsigned[]){ __VA_ARGS__ }) / sizeof(unsigned))

static void one_server_that_denies_a_name_is_not_believed(void **state)
{
	struct asked asked = ASK("Blog.test", RCODE_NXDOMAIN, 0);

	(void)state;
	assert_int_equal(asked.answer.cause, CAUSE_PASS);
	assert_false(asked.answer.is_remembered);
	assert_int_equal(asked.answer.n, 1);
	assert_int_equal(asked.answer.address[0].port, 443);
	assert_int_equal(asked.answer.address[0].bytes[3], 7);
	assert_int_equal(asked.answer.words_n, 2);
	assert_int_equal(asked.words[0].cause, CAUSE_NXDOMAIN);
	assert_int_equal(asked.words[1].cause, CAUSE_PASS);
	assert_int_not_equal(asked.words[0].server.port, asked.words[1].server.port);
}

static void an_empty_answer_is_no_better(void **state)
{
	struct zone first, second;
	const char *at[2];
	struct asked asked;
	struct io *io;

	(void)state;
	zone_start(&first, empty);
	zone_start(&second, knowing);
	at[0] = first.at, at[1] = second.at;
	io = turns_io(at, 2);
	asked = ask(io, "blog.test");
	assert_int_equal(asked.answer.cause, CAUSE_PASS);
	assert_int_equal(asked.words[0].cause, CAUSE_NODATA);
	io_free(io);
	zone_stop(&first);
	zone_stop(&second);
}

static void two_servers_that_agree_are_believed_at_once(void **state)
{
	struct asked asked = ASK("blog.test", RCODE_NXDOMAIN, RCODE_NXDOMAIN);

	(void)state;
	assert_int_equal(asked.answer.cause, CAUSE_NXDOMAIN);
	assert_int_equal(asked.answer.n, 0);
	assert_int_equal(asked.words[0].cause, CAUSE_NXDOMAIN);
	assert_int_equal(asked.words[1].cause, CAUSE_NXDOMAIN);
	assert_true(asked.took < 1 * USEC_PER_SEC);
}

static void denials_of_two_sorts_are_two(void **state)
{
	struct asked asked = ASK("blog.test", RCODE_NXDOMAIN, RCODE_SERVFAIL);

	(void)state;
	assert_int_equal(asked.answer.cause, CAUSE_NXDOMAIN);
	assert_int_equal(asked.words[1].cause, CAUSE_SERVFAIL);
}

static void two_servers_that_fail_are_servfail(void **state)
{
	struct asked asked = ASK("blog.test", RCODE_SERVFAIL, RCODE_SERVFAIL);

	(void)state;
	assert_int_equal(asked.answer.cause, CAUSE_SERVFAIL);
	assert_int_equal(asked.answer.words_n, 2);
}

static void a_third_that_knows_the_name_is_heard_unless_two_have_denied_it(void **state)
{
	struct asked asked = ASK("blog.test", RCODE_NXDOMAIN, RCODE_REFUSED, 0);

	(void)state;
	assert_int_equal(asked.answer.cause, CAUSE_PASS);
	assert_int_equal(asked.answer.words_n, 3);
	assert_int_equal(asked.words[1].cause, CAUSE_RESOLVER);
}

/* A server that hears everything and says nothing. */
struct mute {
	int fd;
	char at[32];
};

static void mute_start(struct mute *mute)
{
	uint16_t port;

	mute->fd = peer_listen(SOCK_DGRAM, &port);
	(void)snprintf(mute->at, sizeof(mute->at), "127.0.0.1:%u", port);
}

/* An expired name must go down though our second resolver is dead. */
static void the_only_one_that_speaks_is_believed(void **state)
{
	struct zone zone;
	struct mute mute;
	const char *at[2];
	struct asked asked;
	struct io *io;

	(void)state;
	assert_int_equal(ASK("blog.test", RCODE_NXDOMAIN, RCODE_REFUSED).answer.cause,
			 CAUSE_NXDOMAIN);
	zone_start(&zone, empty);
	zone.missing = RCODE_NXDOMAIN;
	mute_start(&mute);
	at[0] = zone.at, at[1] = mute.at;
	io = turns_io(at, 2);
	io_names_load(io, "blog.test 4 192.0.2.7\n");
	asked = ask(io, "blog.test");
	assert_int_equal(asked.answer.cause, CAUSE_NXDOMAIN);
	assert_false(asked.answer.is_remembered);
	assert_true(asked.took > 900 * USEC_PER_MS && asked.took < 2 * USEC_PER_SEC);
	assert_int_equal(asked.words[1].cause, CAUSE_RESOLVER);
	io_free(io);
	zone_stop(&zone);
	close(mute.fd);
}

static void one_resolver_alone_is_not_asked_twice(void **state)
{
	struct asked asked = ASK("blog.test", RCODE_NXDOMAIN);

	(void)state;
	assert_int_equal(asked.answer.cause, CAUSE_NXDOMAIN);
	assert_int_equal(asked.answer.words_n, 0);
}

static void a_name_that_is_known_is_asked_for_once(void **state)
{
	struct zone first, second;
	const char *at[2];
	struct io *io;

	(void)state;
	zone_start(&first, knowing);
	zone_start(&second, knowing);
	at[0] = first.at, at[1] = second.at;
	io = turns_io(at, 2);
	assert_int_equal(ask(io, "blog.test").answer.cause, CAUSE_PASS);
	io_free(io);
	zone_stop(&first);
	zone_stop(&second);
	assert_int_equal(first.asked_udp, 2); /* A and AAAA */
	assert_int_equal(second.asked_udp, 0);
}

/* ---- re-tests ---- */

static struct asked ask_turn(struct io *io, const char *host, unsigned turn)
{
	struct asked asked = { .is_over = false };
	mono_t began = io_clock().mono;

	assert_non_null(io_resolve_turn(io, host, 443, FAMILY_ANY, turn, on_answer, &asked));
	assert_false(asked.is_over);
	turns_until(io, &asked.is_over);
	asked.took = mono_span(began, io_clock().mono);
	return asked;
}

static void a_retest_asks_another_resolver(void **state)
{
	static const struct zone_row other[] = {
		ZONE_ROW("blog.test", 1, "\xc0\x00\x02\x08"),
		{ NULL },
	};
	struct zone first, second;
	const char *at[2];
	struct asked asked;
	struct io *io;

	(void)state;
	zone_start(&first, knowing);
	zone_start(&second, other);
	at[0] = first.at, at[1] = second.at;
	io = turns_io(at, 2);
	for (unsigned turn = 0; turn < 4; turn++) {
		asked = ask_turn(io, "blog.test", turn);
		assert_int_equal(asked.answer.cause, CAUSE_PASS);
		assert_int_equal(asked.answer.address[0].bytes[3], turn % 2 == 0 ? 7 : 8);
		assert_int_equal(asked.answer.words_n, turn > 0);
		if (turn > 0)
			assert_int_equal(asked.words[0].server.port,
					 turn % 2 == 0 ? first.port : second.port);
	}
	io_free(io);
	zone_stop(&first);
	zone_stop(&second);
}

static void whose_turn_it_is_may_be_dead(void **state)
{
	struct zone zone;
	struct mute mute;
	const char *at[2];
	struct asked asked;
	struct io *io;

	(void)state;
	zone_start(&zone, knowing);
	mute_start(&mute);
	at[0] = zone.at, at[1] = mute.at;
	io = turns_io(at, 2);
	asked = ask_turn(io, "blog.test", 1);
	assert_int_equal(asked.answer.cause, CAUSE_PASS);
	assert_false(asked.answer.is_remembered);
	assert_true(asked.took > 900 * USEC_PER_MS && asked.took < 2 * USEC_PER_SEC);
	assert_int_equal(asked.answer.words_n, 0); /* all were asked in the end */
	assert_true(ask(io, "blog.test").took < 500 * USEC_PER_MS); /* and nobody is blamed */
	io_free(io);
	zone_stop(&zone);
	close(mute.fd);
}

static void whose_turn_it_is_may_deny_the_name(void **state)
{
	struct zone first, second;
	const char *at[2];
	struct asked asked;
	struct io *io;

	(void)state;
	zone_start(&first, knowing);
	zone_start(&second, empty);
	second.missing = RCODE_SERVFAIL;
	at[0] = first.at, at[1] = second.at;
	io = turns_io(at, 2);
	asked = ask_turn(io, "blog.test", 1);
	assert_int_equal(asked.answer.cause, CAUSE_PASS);
	assert_int_equal(asked.answer.words_n, 2);
	assert_int_equal(asked.words[1].cause, CAUSE_SERVFAIL);
	assert_int_equal(ask_turn(io, "gone.test", 1).answer.cause, CAUSE_SERVFAIL);
	io_free(io);
	zone_stop(&first);
	zone_stop(&second);
}

static void a_retest_with_one_resolver_is_as_any_other(void **state)
{
	struct zone zone;
	const char *at[1];
	struct asked asked;
	struct io *io;

	(void)state;
	zone_start(&zone, knowing);
	at[0] = zone.at;
	io = turns_io(at, 1);
	asked = ask_turn(io, "blog.test", 1);
	assert_int_equal(asked.answer.cause, CAUSE_PASS);
	assert_int_equal(asked.answer.words_n, 0);
	io_free(io);
	zone_stop(&zone);
}

static void on_turn_look(void *ctx, const struct io_answer *answer)
{
	(void)ctx;
	(void)answer;
	fail_msg("a cancelled query speaks");
}

/* Somebody's time to connect is over while the second opinion is awaited. */
static void the_first_word_is_known_to_whoever_loses_patience(void **state)
{
	struct zone zone;
	struct mute mute;
	const char *at[2];
	bool is_never = false;
	struct io_query *query;
	struct io *io;

	(void)state;
	zone_start(&zone, empty);
	zone.missing = RCODE_NXDOMAIN;
	mute_start(&mute);
	at[0] = zone.at, at[1] = mute.at;
	io = turns_io(at, 2);
	query = io_resolve(io, "blog.test", 1, FAMILY_ANY, on_turn_look, NULL);
	assert_int_equal(io_query_denial(query), CAUSE_PASS);
	for (int i = 0; i < 100 && io_query_denial(query) == CAUSE_PASS; i++) {
		struct turns turns = { .io = io,
				       .is_over = &is_never,
				       .give_up = mono_add(io_clock().mono, 5 * USEC_PER_MS) };
		struct io_loop_hooks hooks = { .ctx = &turns, .on_turn = turns_on_turn };

		assert_int_equal(io_loop_run(io, &hooks), 0);
	}
	assert_int_equal(io_query_denial(query), CAUSE_NXDOMAIN);
	io_query_cancel(query);
	assert_int_equal(io_query_denial(NULL), CAUSE_PASS);
	io_free(io);
	zone_stop(&zone);
	close(mute.fd);
}

/* The channels to the servers are made anew while they are asked. */
static void a_reload_in_between_ends_well(void **state)
{
	struct zone zone;
	struct mute mute;
	const char *at[2];
	struct asked asked = { .is_over = false };
	struct io *io;

	(void)state;
	zone_start(&zone, empty);
	zone.missing = RCODE_NXDOMAIN;
	mute_start(&mute);
	at[0] = zone.at, at[1] = mute.at;
	io = turns_io(at, 2);
	(void)ask(io, "blog.test"); /* the channels are there */
	assert_non_null(io_resolve(io, "blog.test", 1, FAMILY_ANY, on_answer, &asked));
	assert_int_equal(io_resolvers_set(io, (struct strings){ at, 2 }), 0);
	turns_until(io, &asked.is_over);
	assert_int_equal(asked.answer.cause, CAUSE_NXDOMAIN);
	io_free(io);
	zone_stop(&zone);
	close(mute.fd);
}

static void the_resolvers_are_told_in_their_order(void **state)
{
	const char *const at[] = { "192.0.2.1", "[2001:db8::1]:5353" };
	struct address servers[3];
	char text[ADDRESS_TEXT_MAX];
	struct io *io = turns_io(at, 2);

	(void)state;
	assert_int_equal(io_resolvers(io, servers, 1), 1);
	assert_int_equal(io_resolvers(io, servers, 3), 2);
	address_print(&servers[0], text);
	assert_string_equal(text, "192.0.2.1:53");
	address_print(&servers[1], text);
	assert_string_equal(text, "[2001:db8::1]:5353");
	io_free(io);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_server_that_denies_a_name_is_not_believed),
		cmocka_unit_test(an_empty_answer_is_no_better),
		cmocka_unit_test(two_servers_that_agree_are_believed_at_once),
		cmocka_unit_test(denials_of_two_sorts_are_two),
		cmocka_unit_test(two_servers_that_fail_are_servfail),
		cmocka_unit_test(a_third_that_knows_the_name_is_heard_unless_two_have_denied_it),
		cmocka_unit_test(the_only_one_that_speaks_is_believed),
		cmocka_unit_test(one_resolver_alone_is_not_asked_twice),
		cmocka_unit_test(a_name_that_is_known_is_asked_for_once),
		cmocka_unit_test(a_retest_asks_another_resolver),
		cmocka_unit_test(whose_turn_it_is_may_be_dead),
		cmocka_unit_test(whose_turn_it_is_may_deny_the_name),
		cmocka_unit_test(a_retest_with_one_resolver_is_as_any_other),
		cmocka_unit_test(the_first_word_is_known_to_whoever_loses_patience),
		cmocka_unit_test(a_reload_in_between_ends_well),
		cmocka_unit_test(the_resolvers_are_told_in_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
