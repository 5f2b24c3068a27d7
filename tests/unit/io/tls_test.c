/*
 * tls_test.c - what TLS shows us of the peer, what we show of ourselves, and
 * which HTTP the two agree on.
 */
#include "io/turns.h"

#include <time.h>
#include <unistd.h>

#include "io/ask.h"
#include "io/certs.h"
#include "io/h2.h"

/* All zero: a good certificate of a known authority, for a day. */
struct tls_case {
	const char *alt_name;
	long from_s, until_s; /* from now */
	int max_version;
	bool is_unknown, is_self_signed;
	enum io_http_version version;
	const char *alpn;
	void (*talk)(struct peer *peer, SSL *ssl);
	bool wants_client; /* a certificate of the authority's must be shown */
	const char *client_cert, *client_key;
};

/* The certificate of the last site; its key is gone. */
static uint64_t leaf_fingerprint(const X509 *leaf)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	uint64_t fingerprint = 0;

	assert_int_equal(X509_digest(leaf, EVP_sha256(), digest, NULL), 1);
	for (int i = 0; i < 8; i++)
		fingerprint = fingerprint << 8 | digest[i];
	return fingerprint;
}

static struct io_http_spec tls_spec(const struct tls_case *what, struct seen *seen,
				    const struct peer *peer, const char *ca_file)
{
	struct io_http_spec spec = ask_of(seen, "https://site.test/", peer->port);

	spec.ca_file = ca_file;
	spec.version = what->version;
	spec.client_cert = what->client_cert;
	spec.client_key = what->client_key;
	return spec;
}

static struct seen tls_get_by(const struct tls_case *what, const struct cert *ca)
{
	struct cert other = cert_make("other", NULL, NULL, -86400L, 86400L * 30);
	struct cert leaf = cert_make(
		"leaf", what->alt_name != NULL ? what->alt_name : "DNS:site.test",
		what->is_self_signed ? NULL : ca, what->from_s != 0 ? what->from_s : -3600,
		what->until_s != 0 ? what->until_s : 86400);
	struct tls_peer tls = { .cert = &leaf,
				.max_version = what->max_version,
				.talk = what->talk != NULL ? what->talk : tls_says,
				.client_ca = what->wants_client ? ca : NULL,
				.alpn = what->alpn };
	struct peer peer = { .say = OK, .ctx = &tls };
	struct seen seen = { .is_over = false };
	char path[64];

	cert_write(what->is_unknown ? &other : ca, path);
	peer_start(&peer, peer_serves_tls);
	seen = ask_run(tls_spec(what, &seen, &peer, path));
	peer_stop(&peer);
	if (seen.result.certificate.fingerprint != 0)
		assert_true(seen.result.certificate.fingerprint == leaf_fingerprint(leaf.x509));
	unlink(path);
	cert_free(&leaf);
	cert_free(&other);
	return seen;
}

static struct seen tls_get(const struct tls_case *what)
{
	struct cert ca = cert_make("ca", NULL, NULL, -86400L, 86400L * 30);
	struct seen seen = tls_get_by(what, &ca);

	cert_free(&ca);
	return seen;
}

static bool is_near(wall_t at, long from_now_s)
{
	int64_t off = at.us - ((int64_t)time(NULL) + from_now_s) * USEC_PER_SEC;

	return wall_is_set(at) && off > -60 * USEC_PER_SEC && off < 60 * USEC_PER_SEC;
}

/* All there is to know of a certificate that was shown. */
static void assert_certificate(const struct seen *seen, long from_s, long until_s)
{
	assert_true(is_near(seen->result.certificate.not_before, from_s));
	assert_true(is_near(seen->result.certificate.not_after, until_s));
	assert_true(seen->result.certificate.fingerprint != 0); /* tls_get() has compared it */
}

static void a_good_certificate_passes_and_is_told(void **state)
{
	struct seen seen = tls_get(&(struct tls_case){ .until_s = 86400 * 9 });
	const enum phase expected[] = { PHASE_CONNECT, PHASE_TLS, PHASE_SEND, PHASE_WAIT,
					PHASE_BODY };

	(void)state;
	assert_int_equal(seen.result.cause, CAUSE_PASS);
	assert_string_equal(seen.body, "hello");
	assert_certificate(&seen, -3600, 86400 * 9);
	assert_int_equal(seen.phases_n, 5);
	assert_memory_equal(seen.phases, expected, sizeof(expected));
	assert_true(seen.result.phase_us[PHASE_TLS] > 0);
}

static void an_expired_certificate_is_reached_and_told(void **state)
{
	struct seen seen = tls_get(&(struct tls_case){ .from_s = -7200, .until_s = -3600 });

	(void)state;
	assert_int_equal(seen.result.cause, CAUSE_EXPIRED);
	assert_int_equal(seen.result.phase, PHASE_TLS);
	assert_true(seen.result.is_reached);
	assert_string_equal(seen.result.note, "certificate has expired");
	assert_certificate(&seen, -7200, -3600);
}

static void a_certificate_for_another_name_fails_and_is_told(void **state)
{
	struct seen seen = tls_get(&(struct tls_case){ .alt_name = "DNS:else.test" });

	(void)state;
	assert_int_equal(seen.result.cause, CAUSE_CERTIFICATE);
	assert_int_equal(seen.result.phase, PHASE_TLS);
	assert_true(seen.result.is_reached);
	assert_string_equal(seen.result.note, "the certificate is for another name");
	assert_certificate(&seen, -3600, 86400);
}

static void an_unknown_authority_fails_and_the_certificate_is_told(void **state)
{
	struct seen seen = tls_get(&(struct tls_case){ .is_unknown = true });

	(void)state;
	assert_int_equal(seen.result.cause, CAUSE_CERTIFICATE);
	assert_true(seen.result.is_reached);
	assert_certificate(&seen, -3600, 86400);
	assert_string_equal(seen.result.note, "unable to get local issuer certificate");
}

static void tls_1_1_is_too_old(void **state)
{
	struct seen seen = tls_get(&(struct tls_case){ .max_version = TLS1_1_VERSION });

	(void)state;
	assert_int_equal(seen.result.cause, CAUSE_HANDSHAKE);
	assert_int_equal(seen.result.phase, PHASE_TLS);
	assert_true(seen.result.is_reached);
}

static void peer_closes_at_once(struct peer *peer, int client)
{
	char byte;

	(void)peer;
	(void)recv(client, &byte, 1, 0);
}

static void a_silent_end_of_the_handshake_is_not_reached(void **state)
{
	struct peer peer = { .say = NULL };
	struct seen seen;

	(void)state;
	peer_start(&peer, peer_closes_at_once);
	seen = ask_get("https://site.test/", peer.port);
	peer_stop(&peer);
	assert_int_equal(seen.result.cause, CAUSE_RESET);
	assert_int_equal(seen.result.phase, PHASE_TLS);
	assert_false(seen.result.is_reached);
}

static void peer_speaks_clear(struct peer *peer, int client)
{
	peer_closes_at_once(peer, client);
	peer_write(client, "HTTP/1.1 400 Bad Request\r\n\r\n");
	peer_wait_gone(client);
}

static void clear_text_where_tls_is_due_is_a_failed_handshake(void **state)
{
	struct peer peer = { .say = NULL };
	struct seen seen;

	(void)state;
	peer_start(&peer, peer_speaks_clear);
	seen = ask_get("https://site.test/", peer.port);
	peer_stop(&peer);
	assert_int_equal(seen.result.cause, CAUSE_HANDSHAKE);
	assert_true(seen.result.is_reached);
	assert_string_equal(seen.result.note, "wrong version number");
}

static void a_ca_file_that_is_not_there_is_ours(void **state)
{
	struct peer peer = { .say = NULL };
	struct seen seen = { .is_over = false };
	struct io_http_spec spec;

	(void)state;
	peer_start(&peer, peer_is_silent);
	spec = ask_of(&seen, "https://site.test/", peer.port);
	spec.ca_file = "/nonexistent/ca.pem";
	seen = ask_run(spec);
	peer_stop(&peer);
	assert_int_equal(seen.result.cause, CAUSE_LOCAL);
	assert_string_equal(seen.result.note, "the CA file cannot be read");
}

static void a_self_signed_certificate_fails_and_is_told(void **state)
{
	struct seen seen = tls_get(&(struct tls_case){ .is_self_signed = true });

	(void)state;
	assert_int_equal(seen.result.cause, CAUSE_CERTIFICATE);
	assert_string_equal(seen.result.note, "self-signed certificate");
	assert_certificate(&seen, -3600, 86400);
}

static void without_tls_there_is_no_certificate(void **state)
{
	struct peer peer = { .say = OK };
	struct seen seen;

	(void)state;
	peer_start(&peer, peer_says);
	seen = ask_get("http://site.test/", peer.port);
	peer_stop(&peer);
	assert_false(wall_is_set(seen.result.certificate.not_after));
	assert_true(seen.result.certificate.fingerprint == 0);
}

/* ---- who we are ---- */

struct client {
	struct cert ca, cert;
	char cert_path[64], key_path[64];
};

static struct client client_make(const char *passphrase)
{
	struct client client = { .ca = cert_make("ca", NULL, NULL, -86400L, 86400L * 30) };

	client.cert = cert_make("client", NULL, &client.ca, -3600, 86400);
	cert_write(&client.cert, client.cert_path);
	key_write(&client.cert, passphrase, client.key_path);
	return client;
}

static void client_free(struct client *client)
{
	unlink(client->cert_path);
	unlink(client->key_path);
	cert_free(&client->cert);
	cert_free(&client->ca);
}

/* What becomes of it where a client's certificate is demanded. */
static struct seen client_get(struct client *client, const char *cert, const char *key, int version)
{
	struct seen seen = tls_get_by(&(struct tls_case){ .max_version = version,
							  .wants_client = true,
							  .client_cert = cert,
							  .client_key = key },
				      &client->ca);

	client_free(client);
	return seen;
}

static void a_client_certificate_opens_the_door(void **state)
{
	struct client client = client_make(NULL);
	struct seen seen = client_get(&client, client.cert_path, client.key_path, 0);

	(void)state;
	assert_int_equal(seen.result.cause, CAUSE_PASS);
	assert_string_equal(seen.body, "hello");
}

/* TLS 1.3 refuses after the handshake, when the request is already out; 1.2 within it. */
static void without_a_client_certificate_the_door_is_shut(void **state)
{
	struct client client = client_make(NULL), second = client_make(NULL);
	struct seen late = client_get(&client, NULL, NULL, 0);
	struct seen early = client_get(&second, NULL, NULL, TLS1_2_VERSION);

	(void)state;
	assert_int_equal(late.result.cause, CAUSE_HANDSHAKE);
	assert_true(late.result.is_reached);
	assert_string_equal(late.result.note, "tlsv13 alert certificate required");
	assert_int_equal(early.result.cause, CAUSE_HANDSHAKE);
	assert_int_equal(early.result.phase, PHASE_TLS);
	assert_true(early.result.is_reached);
}

static void a_client_certificate_of_nobodys_is_refused(void **state)
{
	struct client client = client_make(NULL), stranger = client_make(NULL);
	struct seen seen = client_get(&client, stranger.cert_path, stranger.key_path, 0);

	(void)state;
	assert_int_equal(seen.result.cause, CAUSE_HANDSHAKE);
	client_free(&stranger);
}

static void a_client_key_that_cannot_be_used_is_ours(void **state)
{
	struct client absent = client_make(NULL), locked = client_make("secret");
	struct client wrong = client_make(NULL), other = client_make(NULL);
	struct seen seen = client_get(&absent, "/nonexistent/client.pem", absent.key_path, 0);

	(void)state;
	assert_int_equal(seen.result.cause, CAUSE_LOCAL);
	assert_string_equal(seen.result.note, "the client certificate or its key cannot be used");
	/* Nobody is asked for the passphrase: that would stop the loop. */
	seen = client_get(&locked, locked.cert_path, locked.key_path, 0);
	assert_int_equal(seen.result.cause, CAUSE_LOCAL);
	seen = client_get(&wrong, wrong.cert_path, other.key_path, 0);
	assert_int_equal(seen.result.cause, CAUSE_LOCAL);
	client_free(&other);
}

/* The handle is used again, and must have forgotten. */
static void a_client_certificate_is_shown_only_where_it_is_asked_for(void **state)
{
	struct client client = client_make(NULL);
	struct cert leaf = cert_make("leaf", "DNS:site.test", &client.ca, -3600, 86400);
	struct tls_peer tls = { .cert = &leaf, .talk = tls_says, .client_ca = &client.ca };
	struct peer peer = { .say = OK, .ctx = &tls };
	struct io *io = turns_io(NULL, 0);
	struct seen shown = { .is_over = false }, hidden = { .is_over = false };
	struct io_http_spec spec;
	char ca_path[64];

	(void)state;
	cert_write(&client.ca, ca_path);
	peer_start(&peer, peer_serves_tls);
	spec = ask_of(&shown, "https://site.test/", peer.port);
	spec.ca_file = ca_path;
	spec.client_cert = client.cert_path;
	spec.client_key = client.key_path;
	assert_non_null(io_http_start(io, &spec));
	turns_until(io, &shown.is_over);
	spec.client_cert = spec.client_key = NULL;
	spec.ctx = &hidden;
	assert_non_null(io_http_start(io, &spec));
	turns_until(io, &hidden.is_over);
	assert_int_equal(shown.result.cause, CAUSE_PASS);
	assert_int_equal(hidden.result.cause, CAUSE_HANDSHAKE);
	io_free(io);
	peer_stop(&peer);
	unlink(ca_path);
	cert_free(&leaf);
	client_free(&client);
}

/* ---- HTTP/2 ---- */

static struct seen version_get(enum io_http_version wanted, const char *chosen)
{
	bool is_h2 = chosen != NULL && strcmp(chosen, "h2") == 0 && wanted != IO_HTTP_1_1;

	return tls_get(&(struct tls_case){
		.version = wanted, .alpn = chosen, .talk = is_h2 ? h2_says_hello : tls_says });
}

static void http_2_is_spoken_where_the_peer_chooses_it(void **state)
{
	const enum io_http_version wanted[] = { IO_HTTP_2, IO_HTTP_ANY };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct seen seen = version_get(wanted[i], "h2");

		assert_int_equal(seen.result.cause, CAUSE_PASS);
		assert_int_equal(seen.result.version, IO_HTTP_2);
		assert_int_equal(seen.result.status, 200);
		assert_string_equal(seen.headers, "a=b|");
		assert_string_equal(seen.body, "hello");
	}
}

static void http_2_that_is_wanted_and_not_chosen_fails(void **state)
{
	const char *const chosen[] = { "http/1.1", NULL };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct seen seen = version_get(IO_HTTP_2, chosen[i]);

		assert_int_equal(seen.result.cause, CAUSE_PROTOCOL);
		assert_string_equal(seen.result.note, "the peer did not choose HTTP/2");
		assert_int_equal(seen.result.version, IO_HTTP_1_1);
	}
}

/* The peer would choose it: it is not offered. */
static void http_1_1_is_spoken_when_it_is_wanted_or_chosen(void **state)
{
	struct seen wanted = version_get(IO_HTTP_1_1, "h2");
	struct seen chosen = version_get(IO_HTTP_ANY, "http/1.1");

	(void)state;
	assert_int_equal(wanted.result.cause, CAUSE_PASS);
	assert_int_equal(wanted.result.version, IO_HTTP_1_1);
	assert_int_equal(chosen.result.cause, CAUSE_PASS);
	assert_int_equal(chosen.result.version, IO_HTTP_1_1);
}

static void http_2_without_tls_is_refused(void **state)
{
	struct peer peer = { .say = OK };
	struct seen seen = { .is_over = false };
	struct io_http_spec spec;

	(void)state;
	peer_start(&peer, peer_says);
	spec = ask_of(&seen, "http://site.test/", peer.port);
	spec.version = IO_HTTP_2;
	seen = ask_run(spec);
	peer_stop(&peer);
	assert_int_equal(seen.result.cause, CAUSE_PROTOCOL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_certificate_passes_and_is_told),
		cmocka_unit_test(an_expired_certificate_is_reached_and_told),
		cmocka_unit_test(a_certificate_for_another_name_fails_and_is_told),
		cmocka_unit_test(an_unknown_authority_fails_and_the_certificate_is_told),
		cmocka_unit_test(tls_1_1_is_too_old),
		cmocka_unit_test(a_silent_end_of_the_handshake_is_not_reached),
		cmocka_unit_test(clear_text_where_tls_is_due_is_a_failed_handshake),
		cmocka_unit_test(a_ca_file_that_is_not_there_is_ours),
		cmocka_unit_test(a_self_signed_certificate_fails_and_is_told),
		cmocka_unit_test(without_tls_there_is_no_certificate),
		cmocka_unit_test(a_client_certificate_opens_the_door),
		cmocka_unit_test(without_a_client_certificate_the_door_is_shut),
		cmocka_unit_test(a_client_certificate_of_nobodys_is_refused),
		cmocka_unit_test(a_client_key_that_cannot_be_used_is_ours),
		cmocka_unit_test(a_client_certificate_is_shown_only_where_it_is_asked_for),
		cmocka_unit_test(http_2_is_spoken_where_the_peer_chooses_it),
		cmocka_unit_test(http_2_that_is_wanted_and_not_chosen_fails),
		cmocka_unit_test(http_1_1_is_spoken_when_it_is_wanted_or_chosen),
		cmocka_unit_test(http_2_without_tls_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
