/*
 * tls_test.c - the tls kind against servers on loopback.
 */
#include "probes/tls_lab.h"

struct wish {
	const char *address, *server_name, *ca_file;
	usec_t timeout;
};

static void *params_make(const struct wish *wish)
{
	const struct probe_kind *kind = probe_kind_find("tls");
	void *params = calloc(1, kind->params_bytes);

	site_set(kind, params, "address", wish->address);
	site_set(kind, params, "server_name", wish->server_name);
	site_set(kind, params, "ca_file", wish->ca_file);
	return params;
}

static struct observation probe(struct wish wish)
{
	void *params = params_make(&wish);
	struct observation seen = lab_run(
		probe_kind_find("tls"), params, (struct target_plan){ .timeout = wish.timeout },
		"two.test 4 127.0.0.2\ntwo.test 4 127.0.0.1\nin.test 4 127.0.0.1\n");

	free(params);
	return seen;
}

static struct observation probe_site(const char *alt_name, long until_s, const char *server_name,
				     bool is_trusted)
{
	struct observation seen;
	struct site site;

	site_start(&site, alt_name, until_s, peer_serves_tls);
	seen = probe((struct wish){ .address = site.address,
				    .server_name = server_name,
				    .ca_file = is_trusted ? site.ca_file : NULL });
	site_stop(&site);
	return seen;
}

static void a_good_certificate_passes_and_is_told(void **state)
{
	struct observation seen = probe_site("DNS:mail.test", 86400, "mail.test", true);

	(void)state;
	assert_outcome(&seen, "pass");
	assert_int_equal(seen.outcome.phase, PHASE_TLS);
	assert_true(seen.is_reached);
	assert_true(wall_is_set(seen.certificate.not_after));
	assert_true(seen.certificate.fingerprint != 0);
	assert_true(seen.phase_us[PHASE_CONNECT] >= 0);
	assert_true(seen.phase_us[PHASE_TLS] > 0);
	assert_int_equal(seen.phase_us[PHASE_SEND], PHASE_NOT_REACHED);
	assert_int_equal(seen.phase_us[PHASE_WAIT], PHASE_NOT_REACHED);
	assert_int_equal(seen.code, 0);
	assert_string_equal(seen.note, "");
}

static void without_a_server_name_the_host_is_verified(void **state)
{
	struct observation seen = probe_site("IP:127.0.0.1", 86400, NULL, true);

	(void)state;
	assert_outcome(&seen, "pass");
	seen = probe_site("DNS:mail.test", 86400, NULL, true);
	assert_outcome(&seen, "tls-certificate");
	assert_string_equal(seen.note, "the certificate is for another name");
}

static void a_refused_certificate_is_told_as_well(void **state)
{
	struct observation seen = probe_site("DNS:mail.test", 86400, "other.test", true);

	(void)state;
	assert_outcome(&seen, "tls-certificate");
	assert_true(seen.is_reached);
	assert_true(wall_is_set(seen.certificate.not_after));
	seen = probe_site("DNS:mail.test", 86400, "mail.test", false);
	assert_outcome(&seen, "tls-certificate");
	assert_true(wall_is_set(seen.certificate.not_after));
	seen = probe_site("DNS:mail.test", -3600, "mail.test", true);
	assert_outcome(&seen, "tls-expired");
	assert_true(wall_is_set(seen.certificate.not_after));
	assert_true(seen.is_reached);
}

static void no_protocol_is_chosen_that_is_not_spoken(void **state)
{
	struct observation seen;
	struct site site;

	(void)state;
	site_start(&site, "DNS:mail.test", 86400, peer_serves_tls);
	site.tls.alpn = "imap"; /* a server that insists would refuse any other offer */
	seen = probe((struct wish){ site.address, "mail.test", site.ca_file, 0 });
	site_stop(&site);
	assert_outcome(&seen, "pass");
}

static void a_closed_port_is_refused(void **state)
{
	struct observation seen;
	char address[80];

	(void)state;
	(void)snprintf(address, sizeof(address), "127.0.0.1:%u", peer_closed_port());
	seen = probe((struct wish){ .address = address });
	assert_outcome(&seen, "connect-refused");
	assert_string_equal(seen.note, "ECONNREFUSED");
	assert_false(seen.is_reached);
}

/* Says something that is no record of TLS, at once. */
static void peer_babbles(struct peer *peer, int client)
{
	(void)peer;
	peer_write(client, "220 mail.test ESMTP ready and waiting for you\r\n");
	peer_wait_gone(client);
}

static void a_server_of_another_protocol_fails_in_tls(void **state)
{
	struct peer peer = { .say = NULL };
	struct observation seen;
	char address[80];

	(void)state;
	peer_start(&peer, peer_babbles);
	(void)snprintf(address, sizeof(address), "127.0.0.1:%u", peer.port);
	seen = probe((struct wish){ .address = address });
	peer_stop(&peer);
	assert_int_equal(seen.outcome.phase, PHASE_TLS);
	assert_int_equal(outcome_fault(seen.outcome), FAULT_TARGET);
	assert_false(wall_is_set(seen.certificate.not_after));
}

static void silence_and_reset_are_in_tls_and_not_reached(void **state)
{
	struct peer peer = { .say = NULL };
	struct observation seen;
	char address[80];

	(void)state;
	peer_start(&peer, peer_is_silent);
	(void)snprintf(address, sizeof(address), "127.0.0.1:%u", peer.port);
	seen = probe((struct wish){ .address = address, .timeout = 200 * USEC_PER_MS });
	peer_stop(&peer);
	assert_outcome(&seen, "tls-timeout");
	assert_false(seen.is_reached);
	peer = (struct peer){ .say = NULL };
	peer_start(&peer, peer_resets);
	(void)snprintf(address, sizeof(address), "127.0.0.1:%u", peer.port);
	seen = probe((struct wish){ .address = address, .timeout = 500 * USEC_PER_MS });
	peer_stop(&peer);
	assert_int_equal(seen.outcome.phase, PHASE_TLS);
	assert_false(seen.is_reached);
}

static void a_public_name_does_not_lead_into_a_private_net(void **state)
{
	struct observation seen = probe((struct wish){ .address = "in.test:443" });

	(void)state;
	assert_outcome(&seen, "dns-forbidden");
}

static void assert_fault(struct wish wish, const char *option)
{
	struct option_fault fault = { .option = NULL };
	void *params = params_make(&wish);

	assert_false(probe_kind_find("tls")->check(params, &fault));
	assert_string_equal(fault.option, option);
	free(params);
}

static void what_cannot_be_meant_is_a_fault(void **state)
{
	(void)state;
	assert_fault((struct wish){ .address = "mail.test" }, "address");
	assert_fault((struct wish){ .address = "https://mail.test:443" }, "address");
	assert_fault((struct wish){ .address = "mail.test:443", .server_name = "https://x" },
		     "server_name");
	assert_fault((struct wish){ .address = "mail.test:443", .server_name = "mail.test:443" },
		     "server_name");
	assert_fault((struct wish){ .address = "mail.test:443", .server_name = "" }, "server_name");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_certificate_passes_and_is_told),
		cmocka_unit_test(without_a_server_name_the_host_is_verified),
		cmocka_unit_test(a_refused_certificate_is_told_as_well),
		cmocka_unit_test(no_protocol_is_chosen_that_is_not_spoken),
		cmocka_unit_test(a_closed_port_is_refused),
		cmocka_unit_test(a_server_of_another_protocol_fails_in_tls),
		cmocka_unit_test(silence_and_reset_are_in_tls_and_not_reached),
		cmocka_unit_test(a_public_name_does_not_lead_into_a_private_net),
		cmocka_unit_test(what_cannot_be_meant_is_a_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
