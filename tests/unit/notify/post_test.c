/*
 * post_test.c - one attempt against a scripted io: every point at which the
 * world may answer at once, later or never, every cancel, and the clock.
 *
 * What of io.h the attempt calls is defined here, so that the order of calls
 * and the time are the test's; the real ones are asked by the kinds' own tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "notify/post.h"

#define STEPS_MAX 8

struct io_query {
	bool is_live;
	io_on_answer *on_answer;
	void *ctx;
};

struct io_exchange {
	bool is_live;
	struct io_http_spec spec;
	char url[128], header[128];
};

struct io_timer {
	bool is_live;
	mono_t due;
	void (*on_due)(void *ctx);
	void *ctx;
};

/* What the world does, and what it was asked. */
struct world {
	struct now now;
	const struct io_answer *answer_at_once;
	const struct io_http_result *result_at_once;
	struct io_query query;
	struct io_exchange exchange;
	struct io_timer timer;
	unsigned exchanges;
	struct address asked[STEPS_MAX];

	struct notify_delivery *delivery;
	unsigned reports;
	struct io_mail_result last;
};

static struct world *world;

struct now io_now(const struct io *io)
{
	(void)io;
	return world->now;
}

struct io_query *io_resolve(struct io *io, const char *host, uint16_t port, enum family family,
			    io_on_answer *on_answer, void *ctx)
{
	(void)io;
	(void)family;
	assert_true(strcmp(host, "service.example") == 0 || strcmp(host, "localhost") == 0);
	assert_int_equal(port, 8443);
	if (world->answer_at_once != NULL) {
		on_answer(ctx, world->answer_at_once);
		return NULL;
	}
	world->query = (struct io_query){ true, on_answer, ctx };
	return &world->query;
}

void io_query_cancel(struct io_query *query)
{
	assert_true(query->is_live);
	query->is_live = false;
}

/* Texts are copied: the attempt may let go of them. */
struct io_exchange *io_http_start(struct io *io, const struct io_http_spec *spec)
{
	struct io_exchange *e = &world->exchange;

	(void)io;
	assert_false(e->is_live);
	world->asked[world->exchanges++ % STEPS_MAX] = spec->address;
	e->spec = *spec;
	(void)snprintf(e->url, sizeof e->url, "%s", spec->url);
	(void)snprintf(e->header, sizeof e->header, "%s", spec->headers[1] ? spec->headers[1] : "");
	if (world->result_at_once != NULL) {
		spec->on_done(spec->ctx, world->result_at_once);
		return NULL;
	}
	e->is_live = true;
	return e;
}

void io_exchange_cancel(struct io_exchange *exchange)
{
	if (exchange == NULL)
		return;
	assert_true(exchange->is_live);
	exchange->is_live = false;
}

struct io_timer *io_timer_new(struct io *io, void (*on_due)(void *ctx), void *ctx)
{
	(void)io;
	world->timer = (struct io_timer){ true, MONO_NEVER, on_due, ctx };
	return &world->timer;
}

void io_timer_set(struct io_timer *timer, mono_t due)
{
	assert_true(timer->is_live);
	timer->due = due;
}

void io_timer_free(struct io_timer *timer)
{
	assert_true(timer == NULL || timer->is_live);
	if (timer != NULL)
		timer->is_live = false;
}

/* ---- what happens ---- */

static void names_are_told(const struct io_answer *answer)
{
	assert_true(world->query.is_live);
	world->query.is_live = false;
	world->query.on_answer(world->query.ctx, answer);
}

static void exchange_enters(enum phase phase)
{
	assert_true(world->exchange.is_live);
	world->exchange.spec.on_phase(world->exchange.spec.ctx, phase);
}

static void exchange_ends(enum phase phase, enum cause cause, int status)
{
	const struct io_http_result result = { .phase = phase, .cause = cause, .status = status };

	assert_true(world->exchange.is_live);
	world->exchange.is_live = false;
	world->exchange.spec.on_done(world->exchange.spec.ctx, &result);
}

/* The clock goes on, and the timer with it. */
static void time_passes(usec_t span)
{
	world->now.mono = mono_add(world->now.mono, span);
	if (world->timer.is_live && mono_reached(world->timer.due, world->now.mono)) {
		world->timer.due = MONO_NEVER;
		world->timer.on_due(world->timer.ctx);
	}
}

static void on_done(void *ctx, const struct io_mail_result *result)
{
	struct world *w = ctx;

	w->reports++;
	w->last = *result;
}

static struct io_answer answer_of(size_t n)
{
	struct io_answer answer = { .cause = n > 0 ? CAUSE_PASS : CAUSE_NXDOMAIN, .n = n };
	char text[32];

	for (size_t i = 0; i < n; i++) {
		(void)snprintf(text, sizeof text, "203.0.113.%zu", i + 1);
		assert_true(address_parse_host(text, 8443, &answer.address[i]));
	}
	return answer;
}

static void begin_at(const char *url)
{
	const struct notify_attempt attempt = {
		.message = "{}", .message_bytes = 2, .on_done = on_done, .ctx = world,
	};
	struct post post;

	post_prepare(&post);
	buf_puts(&post.url, url);
	post_header(&post, "Authorization", "Bearer sesame");
	post.ca_file = "/ca.pem";
	world->delivery = post_start(&attempt, &post);
}

static void begin(void)
{
	begin_at("https://service.example:8443/x");
}

static void begin_with(size_t addresses)
{
	struct io_answer answer = answer_of(addresses);

	begin();
	names_are_told(&answer);
}

static void assert_ended(enum mail_verdict verdict, const char *reply)
{
	assert_int_equal(world->reports, 1);
	assert_int_equal(world->last.verdict, verdict);
	if (strstr(world->last.reply, reply) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", world->last.reply, reply);
	assert_false(world->query.is_live || world->exchange.is_live || world->timer.is_live);
}

static int setup(void **state)
{
	*state = world = calloc(1, sizeof *world);
	return world == NULL;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

/* ---- tests ---- */

static void an_answer_ends_it(void **state)
{
	(void)state;
	begin_with(1);
	assert_string_equal(world->exchange.url, "https://service.example:8443/x");
	assert_string_equal(world->exchange.header, "Authorization: Bearer sesame");
	assert_string_equal(world->exchange.spec.body, "{}");
	assert_string_equal(world->exchange.spec.method, "POST");
	assert_string_equal(world->exchange.spec.ca_file, "/ca.pem");
	exchange_enters(PHASE_WAIT);
	exchange_ends(PHASE_BODY, CAUSE_PASS, 200);
	assert_ended(MAIL_ACCEPTED, "HTTP 200");
}

static void everything_at_once_is_one_report(void **state)
{
	static const struct io_http_result result = { .phase = PHASE_BODY, .status = 204 };
	struct io_answer answer = answer_of(1);

	(void)state;
	world->answer_at_once = &answer;
	world->result_at_once = &result;
	begin();
	assert_null(world->delivery);
	assert_ended(MAIL_ACCEPTED, "HTTP 204");
}

static void a_name_without_address_is_later(void **state)
{
	struct io_answer none = answer_of(0);

	(void)state;
	begin();
	names_are_told(&none);
	assert_ended(MAIL_LATER, "dns-nxdomain");
}

static void a_dead_address_leaves_time_for_the_next(void **state)
{
	(void)state;
	begin_with(2);
	time_passes(8 * USEC_PER_SEC);
	assert_int_equal(world->reports, 0);
	assert_int_equal(world->exchanges, 2);
	assert_int_equal(world->asked[1].bytes[3], 2);
	exchange_ends(PHASE_BODY, CAUSE_PASS, 200);
	assert_ended(MAIL_ACCEPTED, "");
}

static void a_refusing_address_is_followed_by_the_next(void **state)
{
	(void)state;
	begin_with(3);
	exchange_ends(PHASE_CONNECT, CAUSE_REFUSED, 0);
	exchange_ends(PHASE_CONNECT, CAUSE_UNREACHABLE, 0);
	assert_int_equal(world->exchanges, 3);
	exchange_ends(PHASE_CONNECT, CAUSE_REFUSED, 0);
	assert_ended(MAIL_LATER, "connect-refused");
}

/* Where something was handed over, no second address may get it as well. */
static void nothing_is_sent_twice(void **state)
{
	static const struct {
		enum phase phase;
		enum mail_verdict verdict;
	} ends[] = {
		{ PHASE_TLS, MAIL_LATER },
		{ PHASE_SEND, MAIL_LATER },
		{ PHASE_WAIT, MAIL_IN_DOUBT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		*world = (struct world){ .reports = 0 };
		begin_with(2);
		exchange_enters(ends[i].phase);
		exchange_ends(ends[i].phase, CAUSE_RESET, 0);
		assert_int_equal(world->exchanges, 1);
		assert_ended(ends[i].verdict, "reset");
	}
}

static void a_service_that_hangs_is_in_doubt_after_30_seconds(void **state)
{
	(void)state;
	begin_with(2);
	exchange_enters(PHASE_TLS);
	time_passes(8 * USEC_PER_SEC); /* the connection is good: it is not the address's fault */
	assert_int_equal(world->exchanges, 1);
	exchange_enters(PHASE_WAIT);
	time_passes(21 * USEC_PER_SEC);
	assert_int_equal(world->reports, 0);
	time_passes(USEC_PER_SEC);
	assert_ended(MAIL_IN_DOUBT, "wait-timeout");
}

static void a_handshake_or_name_that_hangs_is_later(void **state)
{
	(void)state;
	begin_with(1);
	exchange_enters(PHASE_TLS);
	time_passes(NOTIFY_PATIENCE);
	assert_ended(MAIL_LATER, "tls-timeout");
	*world = (struct world){ .reports = 0 };
	begin();
	time_passes(NOTIFY_PATIENCE);
	assert_ended(MAIL_LATER, "dns-timeout");
}

static void our_own_want_is_told_as_such(void **state)
{
	(void)state;
	begin_with(2);
	exchange_ends(PHASE_CONNECT, CAUSE_LOCAL, 0);
	assert_ended(MAIL_LATER, "");
	assert_true(world->last.is_short);
	assert_int_equal(world->exchanges, 1);
}

static void answer_more_than_is_read(int status)
{
	char block[4096];

	memset(block, 'x', sizeof block);
	exchange_enters(PHASE_BODY);
	for (size_t n = 0; n + sizeof block < ANSWER_BYTES_MAX; n += sizeof block)
		assert_true(world->exchange.spec.on_body(world->exchange.spec.ctx, block,
							 sizeof block));
	(void)world->exchange.spec.on_body(world->exchange.spec.ctx, block, sizeof block);
	assert_false(world->exchange.spec.on_body(world->exchange.spec.ctx, block, 1));
	exchange_ends(PHASE_BODY, CAUSE_CUT, status);
}

static void more_answer_than_is_read_is_an_answer(void **state)
{
	(void)state;
	begin_with(1);
	answer_more_than_is_read(200);
	assert_ended(MAIL_ACCEPTED, "HTTP 200: xxx");
	*world = (struct world){ .reports = 0 };
	begin_with(1);
	answer_more_than_is_read(404);
	assert_ended(MAIL_REFUSED, "HTTP 404: xxx");
}

static bool is_never_taken(const struct answer *answer)
{
	(void)answer;
	return false;
}

/* It may have said so behind what was read: sent again as it is not, it would show twice. */
static void a_cut_answer_that_does_not_say_it_is_in_doubt(void **state)
{
	struct io_answer answer = answer_of(1);
	const struct notify_attempt attempt = {
		.message = "{}", .message_bytes = 2, .on_done = on_done, .ctx = world,
	};
	struct post post;

	(void)state;
	post_prepare(&post);
	buf_puts(&post.url, "https://service.example:8443/x");
	post.is_taken = is_never_taken;
	world->delivery = post_start(&attempt, &post);
	names_are_told(&answer);
	answer_more_than_is_read(200);
	assert_ended(MAIL_IN_DOUBT, "the answer was cut");
	assert_int_equal(world->last.code, 200);
}

static void cancelled_it_says_nothing_and_knows_its_doubt(void **state)
{
	static const struct {
		enum phase phase;
		bool is_in_doubt;
	} at[] = {
		{ PHASE_CONNECT, false }, { PHASE_TLS, false }, { PHASE_SEND, false },
		{ PHASE_WAIT, true },	  { PHASE_BODY, true },
	};

	(void)state;
	begin();
	assert_false(post_cancel(world->delivery));
	assert_false(world->query.is_live || world->timer.is_live);
	for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
		*world = (struct world){ .reports = 0 };
		begin_with(1);
		exchange_enters(at[i].phase);
		assert_int_equal(post_cancel(world->delivery), at[i].is_in_doubt);
		assert_int_equal(world->reports, 0);
		assert_false(world->exchange.is_live || world->timer.is_live);
	}
}

/* A name that was private when the configuration was read may lead elsewhere now. */
static void nothing_readable_goes_to_a_public_address(void **state)
{
	struct io_answer answer = { .cause = CAUSE_PASS, .n = 1 };

	(void)state;
	assert_true(address_parse_host("8.8.8.8", 8443, &answer.address[0]));
	begin_at("http://localhost:8443/x");
	names_are_told(&answer);
	assert_int_equal(world->exchanges, 0);
	assert_ended(MAIL_LATER, "use https://");
	*world = (struct world){ .reports = 0 };
	begin_at("http://service.example:8443/x"); /* any other name in the clear is no place */
	assert_null(world->delivery);
	assert_ended(MAIL_REFUSED, "not one of the web");
}

static void no_memory_for_what_is_sent_is_later(void **state)
{
	const struct notify_attempt attempt = { .on_done = on_done, .ctx = world };
	struct post post;

	(void)state;
	post_prepare(&post);
	for (int i = 0; i < 5000; i++)
		buf_putc(&post.url, 'x');
	assert_null(post_start(&attempt, &post));
	assert_ended(MAIL_LATER, "no memory");
	assert_true(world->last.is_short);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(an_answer_ends_it),
		TEST(everything_at_once_is_one_report),
		TEST(a_name_without_address_is_later),
		TEST(a_dead_address_leaves_time_for_the_next),
		TEST(a_refusing_address_is_followed_by_the_next),
		TEST(nothing_is_sent_twice),
		TEST(a_service_that_hangs_is_in_doubt_after_30_seconds),
		TEST(a_handshake_or_name_that_hangs_is_later),
		TEST(our_own_want_is_told_as_such),
		TEST(more_answer_than_is_read_is_an_answer),
		TEST(a_cut_answer_that_does_not_say_it_is_in_doubt),
		TEST(cancelled_it_says_nothing_and_knows_its_doubt),
		TEST(nothing_readable_goes_to_a_public_address),
		TEST(no_memory_for_what_is_sent_is_later),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
