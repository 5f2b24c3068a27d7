/*
 * mail_test.c - one mail against relays that accept, refuse, hang up and lie.
 */
#include "io/turns.h"

#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "io/certs.h"
#include "io/loop_fd.h"
#include "io/peer.h"

#define MESSAGE "Subject: x\r\n\r\nhello\r\n.dot\r\n"

/* A relay: what it replies to each command; NULL: hangs up instead. */
struct relay {
	const char *banner, *ehlo, *auth, *mail, *rcpt, *data, *final;
	bool waits_after_dot; /* never says the final word */
	unsigned slow_ms;     /* before the final word and the word to QUIT */
	const struct cert *cert;
	/* what it has seen */
	bool has_tls, has_quit;
	char content[4096];
};

static const struct relay good_relay = { .banner = "220 relay.test ESMTP",
					 .ehlo = "250-relay.test\r\n250 AUTH PLAIN LOGIN",
					 .auth = "235 welcome",
					 .mail = "250 sender ok",
					 .rcpt = "250 recipient ok",
					 .data = "354 go ahead",
					 .final = "250 queued as 4711" };

/* Either end of a relay's connection: clear, or inside TLS. */
struct line_end {
	struct peer *peer;
	int client;
	SSL *ssl;
};

static bool line_read(const struct line_end *end, char *line, size_t max)
{
	return end->ssl != NULL ? tls_read_line(end->peer, end->ssl, line, max)
				: peer_read_line(end->peer, end->client, line, max);
}

/* False: there is nothing to say but goodbye. */
static bool line_say(const struct line_end *end, const char *line)
{
	char text[1024];

	if (line == NULL)
		return false;
	(void)snprintf(text, sizeof(text), "%s\r\n", line);
	if (end->ssl != NULL)
		tls_write(end->ssl, text);
	else
		peer_write(end->client, text);
	return true;
}

static void relay_pause(const struct relay *relay)
{
	const struct timespec span = { .tv_nsec = (long)relay->slow_ms * 1000000 };

	nanosleep(&span, NULL);
}

static bool content_take(struct relay *relay, const struct line_end *end)
{
	char line[1024];

	while (line_read(end, line, sizeof(line))) {
		size_t n = strlen(relay->content);

		if (strcmp(line, ".") == 0) {
			relay_pause(relay);
			if (relay->waits_after_dot)
				return line_read(end, line, sizeof(line));
			return line_say(end, relay->final);
		}
		(void)snprintf(relay->content + n, sizeof(relay->content) - n, "%s\n", line);
	}
	return false;
}

static bool command_is(const char *line, const char *command)
{
	return strncasecmp(line, command, strlen(command)) == 0;
}

static bool auth_take(const struct relay *relay, const struct line_end *end)
{
	char line[1024];

	return line_say(end, "334 ") && line_read(end, line, sizeof(line)) &&
	       line_say(end, relay->auth);
}

/* False: the connection is over. */
static bool command_take(struct relay *relay, const struct line_end *end, const char *line)
{
	if (command_is(line, "EHLO"))
		return line_say(end, relay->ehlo);
	if (command_is(line, "AUTH"))
		return auth_take(relay, end);
	if (command_is(line, "MAIL"))
		return line_say(end, relay->mail);
	if (command_is(line, "RCPT"))
		return line_say(end, relay->rcpt);
	if (command_is(line, "DATA"))
		return line_say(end, relay->data) && relay->data[0] == '3' &&
		       content_take(relay, end);
	if (command_is(line, "QUIT")) {
		relay->has_quit = true;
		relay_pause(relay);
		(void)line_say(end, "221 bye");
		return false;
	}
	return line_say(end, "502 what?");
}

static void relay_talk(struct relay *relay, const struct line_end *end)
{
	char line[1024];

	while (line_read(end, line, sizeof(line))) {
		if (command_is(line, "STARTTLS")) {
			(void)line_say(end, "220 go");
			return;
		}
		if (!command_take(relay, end, line))
			return;
	}
}

static void relay_serve(struct peer *peer, int client)
{
	struct relay *relay = peer->ctx;
	struct line_end end = { peer, client, NULL };
	const struct tls_peer tls = { .cert = relay->cert };
	SSL_CTX *ctx;

	if (!line_say(&end, relay->banner))
		return;
	relay_talk(relay, &end);
	if (relay->cert == NULL)
		return;
	ctx = SSL_CTX_new(TLS_server_method());
	end.ssl = tls_accept(&tls, ctx, client);
	relay->has_tls = end.ssl != NULL;
	if (end.ssl != NULL)
		relay_talk(relay, &end);
	SSL_free(end.ssl);
	SSL_CTX_free(ctx);
}

/* ---- our side ---- */

struct sent {
	bool is_over;
	struct io_mail_result result;
	char dialogue[8192];
	usec_t worst_lag;
};

static void on_line(void *ctx, bool is_sent, const char *line, size_t n)
{
	struct sent *sent = ctx;
	size_t at = strlen(sent->dialogue);

	(void)snprintf(sent->dialogue + at, sizeof(sent->dialogue) - at, "%s%.*s\n",
		       is_sent ? "> " : "< ", (int)n, line);
}

static void on_done(void *ctx, const struct io_mail_result *result)
{
	struct sent *sent = ctx;

	assert_false(sent->is_over);
	sent->result = *result;
	sent->is_over = true;
}

static struct io_mail_spec spec_of(struct sent *sent, uint16_t port)
{
	struct io_mail_spec spec = { .host = "relay.test",
				     .is_plain = true,
				     .sender = "from@a.test",
				     .recipient = "to@b.test",
				     .message = MESSAGE,
				     .message_bytes = strlen(MESSAGE),
				     .on_line = on_line,
				     .on_done = on_done,
				     .ctx = sent };

	assert_true(address_parse_host("127.0.0.1", port, &spec.address));
	return spec;
}

static struct sent mail_run(struct io_mail_spec spec)
{
	struct io *io = turns_io(NULL, 0);
	struct sent sent = { .is_over = false };

	spec.ctx = &sent;
	if (io_mail_start(io, &spec) != NULL)
		sent.worst_lag = turns_until(io, &sent.is_over);
	assert_true(sent.is_over);
	io_free(io);
	return sent;
}

static struct sent mail_to(struct relay *relay)
{
	struct peer peer = { .ctx = relay };
	struct sent sent = { .is_over = false };

	peer_start(&peer, relay_serve);
	sent = mail_run(spec_of(&sent, peer.port));
	peer_stop(&peer);
	return sent;
}

/* ---- verdicts ---- */

static void an_accepted_mail_arrives_whole(void **state)
{
	struct relay relay = good_relay;
	struct sent sent = mail_to(&relay);

	(void)state;
	assert_int_equal(sent.result.verdict, MAIL_ACCEPTED);
	assert_int_equal(sent.result.code, 250);
	assert_string_equal(sent.result.reply, "250 queued as 4711");
	assert_string_equal(relay.content, "Subject: x\n\nhello\n..dot\n");
	assert_true(relay.has_quit);
}

static void a_slow_relay_does_not_hold_the_loop(void **state)
{
	struct relay relay = good_relay;
	struct sent sent;

	(void)state;
	relay.slow_ms = 700;
	sent = mail_to(&relay);
	assert_int_equal(sent.result.verdict, MAIL_ACCEPTED);
	assert_true(sent.worst_lag < 200 * USEC_PER_MS);
}

static void a_greylisted_mail_is_for_later(void **state)
{
	struct relay relay = good_relay;
	struct sent sent;

	(void)state;
	relay.rcpt = "451 4.7.1 Greylisted";
	sent = mail_to(&relay);
	assert_int_equal(sent.result.verdict, MAIL_LATER);
	assert_int_equal(sent.result.code, 451);
	assert_string_equal(sent.result.reply, "451 4.7.1 Greylisted");
	assert_string_equal(relay.content, "");
}

static void an_unknown_recipient_is_refused(void **state)
{
	struct relay relay = good_relay;
	struct sent sent;

	(void)state;
	relay.rcpt = "550-no\r\n550 nobody here";
	sent = mail_to(&relay);
	assert_int_equal(sent.result.verdict, MAIL_REFUSED);
	assert_int_equal(sent.result.code, 550);
	assert_string_equal(sent.result.reply, "550 nobody here");
}

static void refused_content_is_refused_before_and_after_it_was_sent(void **state)
{
	struct relay before = good_relay, after = good_relay;

	(void)state;
	before.data = "554 no";
	assert_int_equal(mail_to(&before).result.verdict, MAIL_REFUSED);
	after.final = "554 spam";
	assert_int_equal(mail_to(&after).result.verdict, MAIL_REFUSED);
	after.final = "452 full";
	assert_int_equal(mail_to(&after).result.verdict, MAIL_LATER);
}

static void a_hang_up_after_the_dot_is_in_doubt(void **state)
{
	struct relay relay = good_relay;
	struct sent sent;

	(void)state;
	relay.final = NULL;
	sent = mail_to(&relay);
	assert_int_equal(sent.result.verdict, MAIL_IN_DOUBT);
	assert_int_equal(sent.result.code, 354);
}

static void a_hang_up_before_data_is_for_later(void **state)
{
	struct relay relay = good_relay;

	(void)state;
	relay.rcpt = NULL;
	assert_int_equal(mail_to(&relay).result.verdict, MAIL_LATER);
}

static void nonsense_is_for_later(void **state)
{
	struct relay relay = good_relay;

	(void)state;
	relay.mail = "hello there";
	assert_int_equal(mail_to(&relay).result.verdict, MAIL_LATER);
	relay.banner = "421 busy";
	assert_int_equal(mail_to(&relay).result.verdict, MAIL_LATER);
	relay.banner = "554 go away";
	assert_int_equal(mail_to(&relay).result.verdict, MAIL_LATER);
	assert_int_equal(mail_to(&relay).result.code, 554);
}

static void no_relay_at_all_is_for_later(void **state)
{
	struct sent sent = { .is_over = false };

	(void)state;
	sent = mail_run(spec_of(&sent, peer_closed_port()));
	assert_int_equal(sent.result.verdict, MAIL_LATER);
	assert_string_equal(sent.result.reply, "connect-refused: ECONNREFUSED");
}

static void stop_waiting(void *ctx)
{
	*(bool *)ctx = true;
}

/* Whoever delivers must know that no relay has failed. */
static void without_a_descriptor_it_is_said_that_we_are_short(void **state)
{
	struct io *io = turns_io(NULL, 0);
	struct sent refused = { .is_over = false }, sent = { .is_over = false };
	struct io_mail_spec spec = spec_of(&refused, peer_closed_port());
	struct rlimit before, none;
	int spare;

	(void)state;
	if (io_mail_start(io, &spec) != NULL)
		turns_until(io, &refused.is_over);
	assert_false(refused.result.is_short);
	spare = dup(0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = (rlim_t)spare;
	close(spare);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	spec = spec_of(&sent, 9);
	if (io_mail_start(io, &spec) != NULL)
		turns_until(io, &sent.is_over);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(sent.result.verdict, MAIL_LATER);
	assert_true(sent.result.is_short);
	assert_string_equal(sent.result.reply, "connect-local: EMFILE");
	io_free(io);
}

static void a_cancelled_mail_says_nothing(void **state)
{
	struct relay relay = good_relay;
	struct peer peer = { .ctx = &relay };
	struct io *io = turns_io(NULL, 0);
	struct sent sent = { .is_over = false };
	bool has_waited = false;
	struct io_timer *timer = io_timer_new(io, stop_waiting, &has_waited);
	struct io_mail_spec spec;
	struct io_exchange *exchange;

	(void)state;
	relay.waits_after_dot = true;
	peer_start(&peer, relay_serve);
	spec = spec_of(&sent, peer.port);
	exchange = io_mail_start(io, &spec);
	io_timer_set(timer, mono_add(io_clock().mono, 200 * USEC_PER_MS));
	turns_until(io, &has_waited);
	io_exchange_cancel(exchange);
	assert_false(sent.is_over);
	io_timer_free(timer);
	io_free(io);
	peer_stop(&peer);
	assert_non_null(strstr(relay.content, "hello"));
}

/* ---- login and TLS ---- */

static struct sent mail_with_login(struct relay *relay, bool is_plain, bool is_known, bool has_tls)
{
	struct cert ca = cert_make("ca", NULL, NULL, -86400L, 86400L * 30);
	struct cert other = cert_make("other", NULL, NULL, -86400L, 86400L * 30);
	struct cert leaf = cert_make("leaf", "DNS:relay.test", &ca, -3600, 86400L);
	struct peer peer = { .ctx = relay };
	struct sent sent = { .is_over = false };
	struct io_mail_spec spec;
	char path[64];

	cert_write(is_known ? &ca : &other, path);
	relay->cert = has_tls ? &leaf : NULL;
	peer_start(&peer, relay_serve);
	spec = spec_of(&sent, peer.port);
	spec.is_plain = is_plain;
	spec.ca_file = path;
	spec.username = "user";
	spec.password = "canary";
	sent = mail_run(spec);
	peer_stop(&peer);
	unlink(path);
	cert_free(&leaf);
	cert_free(&other);
	cert_free(&ca);
	/* "\0user\0canary" in base64: the login must show up nowhere in what we tell. */
	assert_null(strstr(sent.dialogue, "AHVzZXIAY2FuYXJ5"));
	assert_null(strstr(sent.result.reply, "AHVzZXIAY2FuYXJ5"));
	if (!is_plain && !relay->has_tls)
		assert_null(strstr(peer.heard, "AUTH"));
	return sent;
}

static void a_login_inside_starttls_works_and_is_not_told(void **state)
{
	struct relay relay = good_relay;
	struct sent sent;

	(void)state;
	relay.ehlo = "250-relay.test\r\n250-STARTTLS\r\n250 AUTH PLAIN";
	sent = mail_with_login(&relay, false, true, true);
	assert_int_equal(sent.result.verdict, MAIL_ACCEPTED);
	assert_true(relay.has_tls);
	assert_non_null(strstr(sent.dialogue, "> AUTH ***"));
	assert_non_null(strstr(sent.dialogue, "> ***"));
	assert_non_null(strstr(sent.dialogue, "> RCPT TO:<to@b.test>"));
	assert_non_null(strstr(sent.dialogue, "< 250 queued as 4711"));
	assert_string_equal(relay.content, "Subject: x\n\nhello\n..dot\n");
}

static void without_starttls_nothing_is_said_in_clear(void **state)
{
	struct relay relay = good_relay;
	struct sent sent = mail_with_login(&relay, false, true, false);

	(void)state;
	assert_int_equal(sent.result.verdict, MAIL_LATER);
	assert_non_null(strstr(sent.result.reply, "STARTTLS is not offered"));
	assert_string_equal(relay.content, "");
}

static void a_relay_with_an_unknown_certificate_gets_nothing(void **state)
{
	struct relay relay = good_relay;
	struct sent sent;

	(void)state;
	relay.ehlo = "250-relay.test\r\n250-STARTTLS\r\n250 AUTH PLAIN";
	sent = mail_with_login(&relay, false, false, true);
	assert_int_equal(sent.result.verdict, MAIL_LATER);
	assert_false(relay.has_tls);
	assert_string_equal(relay.content, "");
}

static void a_refused_login_is_for_later(void **state)
{
	struct relay relay = good_relay;
	struct sent sent;

	(void)state;
	relay.auth = "535 5.7.8 bad password";
	sent = mail_with_login(&relay, true, true, false);
	assert_int_equal(sent.result.verdict, MAIL_LATER);
	assert_int_equal(sent.result.code, 535);
	assert_string_equal(sent.result.reply, "535 5.7.8 bad password");
}

static void a_relay_that_wants_a_login_is_for_later(void **state)
{
	struct relay relay = good_relay;

	(void)state;
	relay.mail = "530 5.7.0 Authentication required";
	assert_int_equal(mail_to(&relay).result.verdict, MAIL_LATER);
}

/* ---- what never reaches the wire ---- */

static void addresses_that_would_be_commands_are_refused(void **state)
{
	static const char *const wrong[] = { "a@b\r\nRSET", "a@b>", "<a@b", "a b@c", "", "a@b\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct sent sent = { .is_over = false };
		struct io_mail_spec spec = spec_of(&sent, 9);

		spec.recipient = wrong[i];
		assert_int_equal(mail_run(spec).result.verdict, MAIL_REFUSED);
		spec.recipient = "to@b.test";
		spec.sender = wrong[i];
		assert_int_equal(mail_run(spec).result.verdict, MAIL_REFUSED);
	}
}

static void plain_mail_leaves_only_for_loopback(void **state)
{
	struct sent sent = { .is_over = false };
	struct io_mail_spec spec = spec_of(&sent, 25);

	(void)state;
	assert_true(address_parse_host("192.0.2.1", 25, &spec.address));
	assert_int_equal(mail_run(spec).result.verdict, MAIL_LATER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_accepted_mail_arrives_whole),
		cmocka_unit_test(a_slow_relay_does_not_hold_the_loop),
		cmocka_unit_test(a_greylisted_mail_is_for_later),
		cmocka_unit_test(an_unknown_recipient_is_refused),
		cmocka_unit_test(refused_content_is_refused_before_and_after_it_was_sent),
		cmocka_unit_test(a_hang_up_after_the_dot_is_in_doubt),
		cmocka_unit_test(a_hang_up_before_data_is_for_later),
		cmocka_unit_test(nonsense_is_for_later),
		cmocka_unit_test(no_relay_at_all_is_for_later),
		cmocka_unit_test(without_a_descriptor_it_is_said_that_we_are_short),
		cmocka_unit_test(a_cancelled_mail_says_nothing),
		cmocka_unit_test(a_login_inside_starttls_works_and_is_not_told),
		cmocka_unit_test(without_starttls_nothing_is_said_in_clear),
		cmocka_unit_test(a_relay_with_an_unknown_certificate_gets_nothing),
		cmocka_unit_test(a_refused_login_is_for_later),
		cmocka_unit_test(a_relay_that_wants_a_login_is_for_later),
		cmocka_unit_test(addresses_that_would_be_commands_are_refused),
		cmocka_unit_test(plain_mail_leaves_only_for_loopback),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
