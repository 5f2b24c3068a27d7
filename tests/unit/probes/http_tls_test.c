/*
 * http_tls_test.c - the http kind over TLS: to whom our certificate is shown,
 * and HTTP/2.
 */
#include "probes/http_lab.h"
#include "probes/tls_lab.h"

#include "io/h2.h"
#include "shorewatch/io.h"

/* A certificate of our own, from the authority of `site`. */
struct own {
	struct cert cert;
	char cert_file[64], key_file[64];
};

static void own_make(struct own *own, const struct site *site)
{
	own->cert = cert_make("client", NULL, &site->ca, -3600, 86400);
	cert_write(&own->cert, own->cert_file);
	key_write(&own->cert, NULL, own->key_file);
}

static void own_drop(struct own *own)
{
	unlink(own->cert_file);
	unlink(own->key_file);
	cert_free(&own->cert);
}

/* ctx is the TLS of the peer; where to is peer->say. */
static void tls_redirects(struct peer *peer, SSL *ssl)
{
	char line[1024];

	while (tls_read_line(peer, ssl, line, sizeof(line)) && line[0] != '\0')
		;
	tls_write(ssl, "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: ");
	tls_write(ssl, peer->say);
	tls_write(ssl, "\r\n\r\n");
}

static struct observation probe_with(struct http_params params, const struct site *site,
				     const struct own *own)
{
	params.ca_file = site->ca_file;
	if (own != NULL) {
		params.client_cert = own->cert_file;
		params.client_key = own->key_file;
	}
	return probe(params);
}

static const char *https_url(char url[200], const struct site *site)
{
	(void)snprintf(url, 200, "https://127.0.0.1:%u/", site->peer.port);
	return url;
}

/* Both demand a certificate; only the first is ours to show it to. */
static void our_certificate_is_not_shown_to_another_server(void **state)
{
	struct site home, other;
	struct observation seen;
	struct own own;
	char url[200], away[200];

	(void)state;
	site_start(&home, "IP:127.0.0.1", 86400, peer_serves_tls);
	site_start(&other, "IP:127.0.0.1", 86400, peer_serves_tls);
	own_make(&own, &home);
	/* Of the same authority, or the client would not even get that far. */
	X509_free(other.leaf.x509);
	EVP_PKEY_free(other.leaf.key);
	other.leaf = cert_make("leaf", "IP:127.0.0.1", &home.ca, -3600, 86400);
	home.tls.client_ca = other.tls.client_ca = &home.ca;
	home.tls.talk = tls_redirects;
	other.tls.talk = tls_says;
	home.peer.say = https_url(away, &other);
	other.peer.say = OK;
	seen = probe_with(params_of(https_url(url, &other)), &home, &own);
	assert_outcome(&seen, "pass"); /* asked directly, it is shown */
	other.peer.heard_n = 0;
	other.peer.heard[0] = '\0';
	seen = probe_with(params_of(https_url(url, &home)), &home, &own);
	assert_int_equal(outcome_fault(seen.outcome), FAULT_TARGET);
	assert_int_equal(seen.outcome.cause, CAUSE_HANDSHAKE);
	own_drop(&own);
	site_stop(&home);
	site_stop(&other);
	assert_non_null(strstr(home.peer.heard, "GET / HTTP/1.1"));
	assert_string_equal(other.peer.heard, "");
}

static struct observation probe_version(int version, const char *alpn,
					void (*talk)(struct peer *peer, SSL *ssl))
{
	struct observation seen;
	struct http_params params;
	struct site site;
	char url[200];

	site_start(&site, "IP:127.0.0.1", 86400, peer_serves_tls);
	site.tls.alpn = alpn;
	site.tls.talk = talk;
	site.peer.say = OK;
	params = params_of(https_url(url, &site));
	params.http_version = version;
	seen = probe_with(params, &site, NULL);
	site_stop(&site);
	return seen;
}

static void http_2_is_spoken_where_it_is_asked_for(void **state)
{
	struct observation seen = probe_version(IO_HTTP_2, "h2", h2_says_hello);

	(void)state;
	assert_outcome(&seen, "pass");
	assert_int_equal(seen.code, 200);
	assert_true(wall_is_set(seen.certificate.not_after));
}

static void a_server_without_http_2_fails_where_it_is_asked_for(void **state)
{
	struct observation seen = probe_version(IO_HTTP_2, "http/1.1", tls_says);

	(void)state;
	assert_int_equal(seen.outcome.cause, CAUSE_PROTOCOL);
	assert_string_equal(seen.note, "the peer did not choose HTTP/2");
	seen = probe_version(IO_HTTP_ANY, "http/1.1", tls_says);
	assert_outcome(&seen, "pass");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(our_certificate_is_not_shown_to_another_server),
		cmocka_unit_test(http_2_is_spoken_where_it_is_asked_for),
		cmocka_unit_test(a_server_without_http_2_fails_where_it_is_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
