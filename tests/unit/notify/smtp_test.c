/*
 * smtp_test.c - one delivery attempt against a scripted io: every point at
 * which the world may answer at once, later, or never, and every cancel.
 *
 * The four functions of io.h that the notifier calls are defined here, so that
 * the order of calls is the test's; the real ones are proved by tests/e2e.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shorewatch/notify.h"
#include "shorewatch/plan.h"

struct io_query {
	bool is_live;
	io_on_answer *on_answer;
	void *ctx;
};

struct io_exchange {
	bool is_live;
	struct io_mail_spec spec;
};

/* What the world does, and what it was asked. One per test, reached by the fakes below. */
struct world {
	const struct io_answer *answer_at_once;
	const struct io_mail_result *result_at_once;
	const char *line_at_once;
	char host[64];
	uint16_t port;
	unsigned resolves, mails;
	struct io_query query;
	struct io_exchange exchange;

	struct notify_delivery *delivery;
	bool cancels_on_line, is_out;
	unsigned lines, reports;
	struct io_mail_result last;
};

static struct world *world;

struct io_query *io_resolve(struct io *io, const char *host, uint16_t port, enum family family,
			    io_on_answer *on_answer, void *ctx)
{
	(void)io;
	(void)family;
	world->resolves++;
	(void)snprintf(world->host, sizeof world->host, "%s", host);
	world->port = port;
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

struct io_exchange *io_mail_start(struct io *io, const struct io_mail_spec *spec)
{
	(void)io;
	world->mails++;
	world->exchange.spec = *spec;
	if (world->line_at_once != NULL)
		spec->on_line(spec->ctx, true, world->line_at_once, strlen(world->line_at_once));
	if (world->result_at_once != NULL) {
		spec->on_done(spec->ctx, world->result_at_once);
		return NULL;
	}
	world->exchange.is_live = true;
	return &world->exchange;
}

void io_exchange_cancel(struct io_exchange *exchange)
{
	assert_true(exchange->is_live);
	exchange->is_live = false;
}

bool io_mail_is_out(const struct io_exchange *exchange)
{
	assert_true(exchange->is_live);
	return world->is_out;
}

static void query_answer(const struct io_answer *answer)
{
	assert_true(world->query.is_live);
	world->query.is_live = false;
	world->query.on_answer(world->query.ctx, answer);
}

static void exchange_end(const struct io_mail_result *result)
{
	assert_true(world->exchange.is_live);
	world->exchange.is_live = false;
	world->exchange.spec.on_done(world->exchange.spec.ctx, result);
}

static void on_done(void *ctx, const struct io_mail_result *result)
{
	struct world *w = ctx;

	w->reports++;
	w->last = *result;
}

static void on_line(void *ctx, bool is_sent, const char *line, size_t n)
{
	struct world *w = ctx;

	(void)is_sent;
	(void)line;
	(void)n;
	w->lines++;
	if (w->cancels_on_line)
		notify_smtp.cancel(w->delivery);
}

static const struct relay_plan relays[] = {
	{ .is_implicit_tls = true,
	  .host = "mx.example",
	  .port = 465,
	  .username = "u",
	  .password = "p",
	  .ca_file = "/ca.pem" },
	{ .host = "backup.example", .port = 587, .starttls = STARTTLS_REQUIRED },
	{ .host = "local.example", .port = 25, .starttls = STARTTLS_NEVER },
};

static const struct plan plan = {
	.mail = { .from_address = "watch@sample.example", .relays = relays, .relays_n = 3 },
};

static const struct io_answer one_address = {
	.address = { { FAMILY_IPV4, 465, { 192, 0, 2, 1 } } },
	.n = 1,
};
static const struct io_answer two_addresses = {
	.address = { { FAMILY_IPV4, 465, { 192, 0, 2, 1 } },
		     { FAMILY_IPV4, 465, { 192, 0, 2, 2 } } },
	.n = 2,
};
static const struct io_answer loopback = {
	.address = { { FAMILY_IPV4, 25, { 127, 0, 0, 1 } } },
	.n = 1,
};
static const struct io_mail_result accepted = { .verdict = MAIL_ACCEPTED,
						.code = 250,
						.reply = "250 ok" };

static void attempt_start(struct world *w, unsigned route, const char *recipient)
{
	struct notify_attempt attempt = {
		.plan = &plan,
		.recipient = recipient,
		.message = "x\r\n",
		.message_bytes = 3,
		.route = route,
		.on_line = on_line,
		.on_done = on_done,
		.ctx = w,
	};

	world = w;
	w->delivery = notify_smtp.start(&attempt);
}

static void start(struct world *w, unsigned route)
{
	attempt_start(w, route, "ops@sample.example");
}

static void a_mail_is_handed_in_at_the_address_of_the_relay_and_reported_once(void **state)
{
	struct world w = { 0 };

	(void)state;
	start(&w, 0);
	assert_non_null(w.delivery);
	assert_string_equal(w.host, "mx.example");
	assert_int_equal(w.port, 465);
	query_answer(&one_address);
	assert_true(address_equal(&w.exchange.spec.address, &one_address.address[0]));
	assert_true(w.exchange.spec.is_implicit_tls);
	assert_false(w.exchange.spec.is_plain);
	assert_string_equal(w.exchange.spec.host, "mx.example");
	assert_string_equal(w.exchange.spec.username, "u");
	assert_string_equal(w.exchange.spec.password, "p");
	assert_string_equal(w.exchange.spec.ca_file, "/ca.pem");
	assert_string_equal(w.exchange.spec.sender, "watch@sample.example");
	assert_string_equal(w.exchange.spec.recipient, "ops@sample.example");
	assert_int_equal(w.exchange.spec.message_bytes, 3);
	exchange_end(&accepted);
	assert_int_equal(w.reports, 1);
	assert_int_equal(w.last.verdict, MAIL_ACCEPTED);
	assert_int_equal(w.last.code, 250);
}

static void an_answer_and_an_end_within_start_give_no_delivery(void **state)
{
	struct world w = { .answer_at_once = &one_address, .result_at_once = &accepted };

	(void)state;
	start(&w, 0);
	assert_null(w.delivery);
	assert_int_equal(w.reports, 1);
	assert_int_equal(w.last.verdict, MAIL_ACCEPTED);
}

static void a_refusal_at_once_after_a_late_answer_is_reported_once(void **state)
{
	struct world w = { .result_at_once = &accepted };

	(void)state;
	start(&w, 0);
	query_answer(&one_address);
	assert_int_equal(w.reports, 1);
}

static void the_route_chooses_relay_and_starttls(void **state)
{
	struct world w = { 0 };

	(void)state;
	start(&w, 1);
	assert_string_equal(w.host, "backup.example");
	assert_int_equal(w.port, 587);
	query_answer(&one_address);
	assert_false(w.exchange.spec.is_implicit_tls);
	assert_false(w.exchange.spec.is_plain);
	assert_null(w.exchange.spec.username);
	exchange_end(&accepted);
}

static void routes_past_the_last_relay_go_through_the_further_addresses(void **state)
{
	static const unsigned routes[] = { 0, 3, 6 };
	static const unsigned expected[] = { 0, 1, 0 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct world w = { .answer_at_once = &two_addresses };

		start(&w, routes[i]);
		assert_string_equal(w.host, "mx.example");
		assert_true(address_equal(&w.exchange.spec.address,
					  &two_addresses.address[expected[i]]));
		exchange_end(&accepted);
	}
}

static void remembered_addresses_are_used_when_resolvers_are_silent(void **state)
{
	struct io_answer answer = one_address;
	struct world w = { .answer_at_once = &answer };

	(void)state;
	answer.cause = CAUSE_RESOLVER;
	answer.is_remembered = true;
	start(&w, 0);
	assert_int_equal(w.mails, 1);
	exchange_end(&accepted);
	assert_int_equal(w.last.verdict, MAIL_ACCEPTED);
}

static void a_name_without_address_is_tried_later_and_says_why(void **state)
{
	static const struct io_answer nothing = { .cause = CAUSE_NXDOMAIN };
	struct world w = { 0 };

	(void)state;
	start(&w, 0);
	query_answer(&nothing);
	assert_int_equal(w.mails, 0);
	assert_int_equal(w.reports, 1);
	assert_int_equal(w.last.verdict, MAIL_LATER);
	assert_int_equal(w.last.code, 0);
	assert_non_null(strstr(w.last.reply, "nxdomain"));
	assert_false(w.last.is_short);
}

static void a_lookup_that_found_no_memory_says_that_we_are_short(void **state)
{
	static const struct io_answer nothing = { .cause = CAUSE_LOCAL };
	struct world w = { 0 };

	(void)state;
	start(&w, 0);
	query_answer(&nothing);
	assert_int_equal(w.last.verdict, MAIL_LATER);
	assert_true(w.last.is_short);
}

static void mail_without_tls_goes_to_loopback_only(void **state)
{
	struct world near = { .answer_at_once = &loopback };
	struct world far = { .answer_at_once = &one_address };

	(void)state;
	start(&near, 2);
	assert_int_equal(near.mails, 1);
	assert_true(near.exchange.spec.is_plain);
	exchange_end(&accepted);
	start(&far, 2);
	assert_null(far.delivery);
	assert_int_equal(far.mails, 0);
	assert_int_equal(far.last.verdict, MAIL_LATER);
}

static void cancel_while_resolving_reports_nothing(void **state)
{
	struct world w = { 0 };

	(void)state;
	start(&w, 0);
	notify_smtp.cancel(w.delivery);
	assert_false(w.query.is_live);
	assert_int_equal(w.reports, 0);
}

static void cancel_while_handing_in_reports_nothing(void **state)
{
	struct world w = { 0 };

	(void)state;
	start(&w, 0);
	query_answer(&one_address);
	notify_smtp.cancel(w.delivery);
	assert_false(w.exchange.is_live);
	assert_int_equal(w.reports, 0);
}

static void cancel_tells_whether_the_mail_is_in_doubt(void **state)
{
	struct world resolving = { 0 }, handing_in = { 0 }, out = { .is_out = true };

	(void)state;
	start(&resolving, 0);
	assert_false(notify_smtp.cancel(resolving.delivery));
	start(&handing_in, 0);
	query_answer(&one_address);
	assert_false(notify_smtp.cancel(handing_in.delivery));
	start(&out, 0);
	query_answer(&one_address);
	assert_true(notify_smtp.cancel(out.delivery));
}

static void cancel_from_within_the_dialogue_reports_nothing(void **state)
{
	struct world late = { .cancels_on_line = true };
	struct world early = { .cancels_on_line = true, .line_at_once = "EHLO x" };

	(void)state;
	start(&late, 0);
	query_answer(&one_address);
	late.exchange.spec.on_line(late.exchange.spec.ctx, true, "EHLO x", 6);
	assert_false(late.exchange.is_live);
	assert_int_equal(late.lines, 1);
	assert_int_equal(late.reports, 0);
	start(&early, 0);
	query_answer(&one_address); /* the line comes before io_mail_start returns */
	assert_false(early.exchange.is_live);
	assert_int_equal(early.reports, 0);
}

static void addresses_that_would_be_commands_never_reach_the_wire(void **state)
{
	char longest[300];
	const char *const bad[] = {
		"",
		"ops",
		"@sample.example",
		"ops@",
		"a b@sample.example",
		"a>@sample.example",
		"<a@sample.example",
		"a@sample.example\r\nRCPT TO:<b@sample.example>",
		"a@sample.example\n",
		"a\x01@sample.example",
		"a\x7f@sample.example",
		"\xc3\xa9@sample.example",
		longest,
	};

	(void)state;
	memset(longest, 'a', sizeof longest - 1);
	longest[1] = '@';
	longest[255] = '\0'; /* one byte too long */
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct world w = { .answer_at_once = &one_address };

		attempt_start(&w, 0, bad[i]);
		assert_null(w.delivery);
		assert_int_equal(w.resolves, 0);
		assert_int_equal(w.reports, 1);
		assert_int_equal(w.last.verdict, MAIL_REFUSED);
	}
	longest[254] = '\0';
	struct world w = { .answer_at_once = &one_address, .result_at_once = &accepted };
	attempt_start(&w, 0, longest);
	assert_int_equal(w.last.verdict, MAIL_ACCEPTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mail_is_handed_in_at_the_address_of_the_relay_and_reported_once),
		cmocka_unit_test(an_answer_and_an_end_within_start_give_no_delivery),
		cmocka_unit_test(a_refusal_at_once_after_a_late_answer_is_reported_once),
		cmocka_unit_test(the_route_chooses_relay_and_starttls),
		cmocka_unit_test(routes_past_the_last_relay_go_through_the_further_addresses),
		cmocka_unit_test(remembered_addresses_are_used_when_resolvers_are_silent),
		cmocka_unit_test(a_name_without_address_is_tried_later_and_says_why),
		cmocka_unit_test(a_lookup_that_found_no_memory_says_that_we_are_short),
		cmocka_unit_test(mail_without_tls_goes_to_loopback_only),
		cmocka_unit_test(cancel_while_resolving_reports_nothing),
		cmocka_unit_test(cancel_while_handing_in_reports_nothing),
		cmocka_unit_test(cancel_tells_whether_the_mail_is_in_doubt),
		cmocka_unit_test(cancel_from_within_the_dialogue_reports_nothing),
		cmocka_unit_test(addresses_that_would_be_commands_never_reach_the_wire),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
