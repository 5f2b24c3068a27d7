/*
 * starttls_test.c - the tcp kind with STARTTLS: the words before it, and the
 * certificate after them.
 */
#include "probes/tls_lab.h"

#include "shorewatch/io.h"

struct words {
	const char *greeting;
	struct {
		const char *wanted; /* how our line must begin; NULL: no more */
		const char *answer;
	} turns[3];
};

static const struct words smtp = { "220-mail.test\r\n220 ESMTP\r\n",
				   { { "EHLO [127.0.0.1]",
				       "250-mail.test\r\n250-STARTTLS\r\n250 OK\r\n" },
				     { "STARTTLS", "220 go ahead\r\n" } } };
static const struct words imap = { "* OK [CAPABILITY STARTTLS] ready\r\n",
				   { { "a STARTTLS", "* CAPABILITY x\r\na OK begin\r\n" } } };
static const struct words pop3 = { "+OK ready\r\n", { { "STLS", "+OK begin\r\n" } } };

/* What the next site says; a peer's ctx is its TLS. */
static const struct words *script;

/* The answers of a turn come in single bytes: a line is a line however it comes. */
static bool drip(int client, const char *text)
{
	for (; *text != '\0'; text++) {
		if (!peer_write_bytes(client, text, 1))
			return false;
	}
	return true;
}

static void peer_talks_first(struct peer *peer, int client)
{
	char line[256];

	if (!drip(client, script->greeting))
		return;
	for (int i = 0; i < 3 && script->turns[i].wanted != NULL; i++) {
		if (!peer_read_line(peer, client, line, sizeof(line)))
			return;
		if (strncmp(line, script->turns[i].wanted, strlen(script->turns[i].wanted)) != 0) {
			peer_write(client, "500 what?\r\n");
			return;
		}
		if (!peer_write(client, script->turns[i].answer))
			return;
	}
	peer_serves_tls(peer, client);
}

static void *params_make(const char *address, int protocol, const char *ca_file)
{
	const struct probe_kind *kind = probe_kind_find("tcp");
	void *params = calloc(1, kind->params_bytes);

	site_set(kind, params, "address", address);
	site_set(kind, params, "ca_file", ca_file);
	*(int *)site_field(kind, params, "starttls") = protocol;
	return params;
}

static struct observation probe_at(const char *address, int protocol, const char *ca_file,
				   usec_t timeout)
{
	void *params = params_make(address, protocol, ca_file);
	struct observation seen = lab_run(probe_kind_find("tcp"), params,
					  (struct target_plan){ .timeout = timeout }, "");

	free(params);
	return seen;
}

static struct observation probe_site(int protocol, const struct words *words, const char *alt_name,
				     long until_s)
{
	struct observation seen;
	struct site site;

	script = words;
	site_start(&site, alt_name, until_s, peer_talks_first);
	seen = probe_at(site.address, protocol, site.ca_file, 2 * USEC_PER_SEC);
	site_stop(&site);
	return seen;
}

static struct observation probe_words(int protocol, struct words words)
{
	return probe_site(protocol, &words, "IP:127.0.0.1", 86400);
}

static void assert_good(const struct observation *seen)
{
	if (seen->outcome.cause != CAUSE_PASS)
		fail_msg("%s, %s", outcome_code(seen->outcome), seen->note);
	assert_int_equal(seen->outcome.phase, PHASE_TLS);
	assert_true(seen->is_reached);
	assert_true(wall_is_set(seen->certificate.not_after));
	assert_true(seen->phase_us[PHASE_CONNECT] >= 0);
	assert_true(seen->phase_us[PHASE_WAIT] > 0);
	assert_true(seen->phase_us[PHASE_TLS] > 0);
	assert_int_equal(seen->phase_us[PHASE_BODY], PHASE_NOT_REACHED);
}

static void each_protocol_gets_to_tls(void **state)
{
	struct observation seen;

	(void)state;
	seen = probe_site(IO_STARTTLS_SMTP, &smtp, "IP:127.0.0.1", 86400);
	assert_good(&seen);
	seen = probe_site(IO_STARTTLS_IMAP, &imap, "IP:127.0.0.1", 86400);
	assert_good(&seen);
	seen = probe_site(IO_STARTTLS_POP3, &pop3, "IP:127.0.0.1", 86400);
	assert_good(&seen);
}

static void the_certificate_is_verified_and_told(void **state)
{
	struct observation seen = probe_site(IO_STARTTLS_SMTP, &smtp, "DNS:mail.test", 86400);

	(void)state;
	assert_outcome(&seen, "tls-certificate");
	assert_true(seen.is_reached);
	assert_true(wall_is_set(seen.certificate.not_after));
	seen = probe_site(IO_STARTTLS_IMAP, &imap, "IP:127.0.0.1", -3600);
	assert_outcome(&seen, "tls-expired");
	assert_true(wall_is_set(seen.certificate.not_after));
}

static void what_was_not_expected_is_told(void **state)
{
	struct observation seen = probe_words(
		IO_STARTTLS_SMTP, (struct words){ .greeting = "554 no \x1b service\r\n" });

	(void)state;
	assert_outcome(&seen, "wait-mismatch");
	assert_true(seen.is_reached);
	assert_string_equal(seen.note, "not expected: 554 no \\x1b service");
	seen = probe_words(IO_STARTTLS_SMTP,
			   (struct words){ "220 x\r\n",
					   { { "EHLO", "250 x\r\n" },
					     { "STARTTLS", "502 5.5.1 not implemented\r\n" } } });
	assert_outcome(&seen, "wait-mismatch");
	assert_string_equal(seen.note, "not expected: 502 5.5.1 not implemented");
	seen = probe_words(IO_STARTTLS_IMAP, (struct words){ .greeting = "* BYE full\r\n" });
	assert_outcome(&seen, "wait-mismatch");
	seen = probe_words(IO_STARTTLS_POP3, (struct words){ .greeting = "-ERR busy\r\n" });
	assert_outcome(&seen, "wait-mismatch");
}

/* Else what somebody slipped in would be believed to have come encrypted. */
static void more_words_than_asked_for_are_refused(void **state)
{
	struct observation seen =
		probe_words(IO_STARTTLS_SMTP,
			    (struct words){ "220 x\r\n",
					    { { "EHLO", "250 x\r\n" },
					      { "STARTTLS", "220 go\r\n250 and more\r\n" } } });

	(void)state;
	assert_outcome(&seen, "wait-protocol");
	assert_string_equal(seen.note, "more was said than asked for before TLS");
}

static void endless_words_are_refused(void **state)
{
	static char lines[256 * 10 + 1], line[4096];
	struct observation seen;

	(void)state;
	for (size_t i = 0; i < 256; i++)
		memcpy(lines + i * 10, "220-more\r\n", 10);
	seen = probe_words(IO_STARTTLS_SMTP, (struct words){ .greeting = lines });
	assert_outcome(&seen, "wait-protocol");
	memset(line, 'x', sizeof(line) - 1);
	seen = probe_words(IO_STARTTLS_SMTP, (struct words){ .greeting = line });
	assert_outcome(&seen, "wait-protocol");
}

static void silence_is_no_greeting(void **state)
{
	struct peer peer = { .say = NULL };
	struct observation seen;
	char address[80];

	(void)state;
	peer_start(&peer, peer_is_silent);
	(void)snprintf(address, sizeof(address), "127.0.0.1:%u", peer.port);
	seen = probe_at(address, IO_STARTTLS_SMTP, NULL, 200 * USEC_PER_MS);
	peer_stop(&peer);
	assert_outcome(&seen, "wait-timeout");
	assert_false(seen.is_reached);
}

static void peer_goes(struct peer *peer, int client)
{
	(void)peer, (void)client;
}

static void an_end_before_tls_is_a_reset(void **state)
{
	struct peer peer = { .say = NULL };
	struct observation seen;
	char address[80];

	(void)state;
	peer_start(&peer, peer_goes);
	(void)snprintf(address, sizeof(address), "127.0.0.1:%u", peer.port);
	seen = probe_at(address, IO_STARTTLS_SMTP, NULL, 2 * USEC_PER_SEC);
	peer_stop(&peer);
	assert_outcome(&seen, "wait-reset");
	assert_false(seen.is_reached);
	(void)snprintf(address, sizeof(address), "127.0.0.1:%u", peer_closed_port());
	seen = probe_at(address, IO_STARTTLS_SMTP, NULL, 2 * USEC_PER_SEC);
	assert_outcome(&seen, "connect-refused");
	assert_string_equal(seen.note, "ECONNREFUSED");
}

/* The peer agrees to TLS and then never begins. */
static void peer_agrees_and_waits(struct peer *peer, int client)
{
	char line[64];

	peer_write(client, "+OK\r\n");
	if (peer_read_line(peer, client, line, sizeof(line)))
		peer_write(client, "+OK\r\n");
	peer_wait_gone(client);
}

static void silence_after_the_agreement_is_in_tls_and_reached(void **state)
{
	struct peer peer = { .say = NULL };
	struct observation seen;
	char address[80];

	(void)state;
	peer_start(&peer, peer_agrees_and_waits);
	(void)snprintf(address, sizeof(address), "127.0.0.1:%u", peer.port);
	seen = probe_at(address, IO_STARTTLS_POP3, NULL, 300 * USEC_PER_MS);
	peer_stop(&peer);
	assert_outcome(&seen, "tls-timeout");
	assert_true(seen.is_reached);
}

static void assert_fault(const char *send, int protocol, const char *ca_file, const char *option)
{
	struct option_fault fault = { .option = NULL };
	void *params = params_make("mail.test:25", protocol, ca_file);

	site_set(probe_kind_find("tcp"), params, "send", send);
	assert_false(probe_kind_find("tcp")->check(params, &fault));
	assert_string_equal(fault.option, option);
	free(params);
}

static void what_does_not_go_together_is_a_fault(void **state)
{
	(void)state;
	assert_fault("EHLO x\r\n", IO_STARTTLS_SMTP, NULL, "starttls");
	assert_fault(NULL, IO_STARTTLS_NONE, "/ca.pem", "ca_file");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_protocol_gets_to_tls),
		cmocka_unit_test(the_certificate_is_verified_and_told),
		cmocka_unit_test(what_was_not_expected_is_told),
		cmocka_unit_test(more_words_than_asked_for_are_refused),
		cmocka_unit_test(endless_words_are_refused),
		cmocka_unit_test(silence_is_no_greeting),
		cmocka_unit_test(an_end_before_tls_is_a_reset),
		cmocka_unit_test(silence_after_the_agreement_is_in_tls_and_reached),
		cmocka_unit_test(what_does_not_go_together_is_a_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
