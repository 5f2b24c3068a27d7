/*
 * chains_test.c - chains that were verified before: when they count as known,
 * and that nothing else does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "io/ask.h"
#include "io/certs.h"
#include "io/tls.h"

#define DAY 86400L

static wall_t from_now(long seconds)
{
	return (wall_t){ ((int64_t)time(NULL) + seconds) * USEC_PER_SEC };
}

static SSL *end_make(SSL_CTX *ctx, BIO *reads, BIO *writes)
{
	SSL *ssl = SSL_new(ctx);

	assert_non_null(ssl);
	BIO_up_ref(reads);
	BIO_up_ref(writes);
	SSL_set_bio(ssl, reads, writes);
	return ssl;
}

/* Both ends in memory, step by step. True: the client is satisfied. */
static bool handshake(SSL_CTX *client_ctx, SSL_CTX *server_ctx)
{
	BIO *up = BIO_new(BIO_s_mem()), *down = BIO_new(BIO_s_mem());
	SSL *client = end_make(client_ctx, down, up), *server = end_make(server_ctx, up, down);
	int r = 0;

	for (int i = 0; i < 10 && r != 1; i++) {
		r = SSL_connect(client);
		(void)SSL_accept(server);
	}
	SSL_free(client);
	SSL_free(server);
	BIO_free(up);
	BIO_free(down);
	return r == 1;
}

struct scene {
	struct cert ca, leaf;
	char ca_path[64];
	struct trust *trust;
};

static struct scene scene_make(long leaf_until_s)
{
	struct scene scene = { .ca = cert_make("ca", NULL, NULL, -DAY, 30 * DAY),
			       .trust = trust_new() };

	scene.leaf = cert_make("leaf", "DNS:site.test", &scene.ca, -DAY, leaf_until_s);
	cert_write(&scene.ca, scene.ca_path);
	return scene;
}

static void scene_free(struct scene *scene)
{
	unlink(scene->ca_path);
	trust_free(scene->trust);
	cert_free(&scene->leaf);
	cert_free(&scene->ca);
}

static struct tls_seen meet_by(struct scene *scene, const struct cert *leaf, const char *ca_path,
			       wall_t now, bool expected)
{
	SSL_CTX *client = SSL_CTX_new(TLS_client_method());
	SSL_CTX *server = SSL_CTX_new(TLS_server_method());
	struct tls_seen seen = { .has_answered = false };

	assert_int_equal(SSL_CTX_use_certificate(server, leaf->x509), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(server, leaf->key), 1);
	SSL_CTX_set_verify(client, SSL_VERIFY_PEER, NULL);
	assert_true(trust_attach(scene->trust, ca_path, client, &seen, now));
	assert_int_equal(handshake(client, server), expected);
	SSL_CTX_free(client);
	SSL_CTX_free(server);
	return seen;
}

/* The leaf of the scene, against its authority. */
static bool is_known_at(struct scene *scene, wall_t now)
{
	return meet_by(scene, &scene->leaf, scene->ca_path, now, true).is_known;
}

static void a_chain_is_known_from_its_second_time(void **state)
{
	struct scene scene = scene_make(30 * DAY);

	(void)state;
	assert_false(is_known_at(&scene, from_now(0)));
	assert_true(is_known_at(&scene, from_now(0)));
	scene_free(&scene);
}

static void it_is_known_for_an_hour(void **state)
{
	struct scene scene = scene_make(30 * DAY);

	(void)state;
	assert_false(is_known_at(&scene, from_now(0)));
	assert_true(is_known_at(&scene, from_now(3500)));
	assert_false(is_known_at(&scene, from_now(3700)));
	scene_free(&scene);
}

static void it_is_not_known_beyond_its_dates(void **state)
{
	struct scene scene = scene_make(600);

	(void)state;
	assert_false(is_known_at(&scene, from_now(0)));
	assert_true(is_known_at(&scene, from_now(500)));
	assert_false(is_known_at(&scene, from_now(700)));
	scene_free(&scene);
}

static void it_is_not_known_before_it_was_looked_at(void **state)
{
	struct scene scene = scene_make(30 * DAY);

	(void)state;
	assert_false(is_known_at(&scene, from_now(0)));
	assert_false(is_known_at(&scene, from_now(-DAY * 100)));
	scene_free(&scene);
}

static void a_reload_forgets(void **state)
{
	struct scene scene = scene_make(30 * DAY);

	(void)state;
	assert_false(is_known_at(&scene, from_now(0)));
	trust_reload(scene.trust);
	assert_false(is_known_at(&scene, from_now(0)));
	scene_free(&scene);
}

/* The file names another authority now: after a reload the old one's chain fails. */
static void a_removed_authority_fails_after_the_reload(void **state)
{
	struct scene scene = scene_make(30 * DAY);
	struct cert other = cert_make("ca", NULL, NULL, -DAY, 30 * DAY);
	FILE *file;
	struct tls_seen seen;

	(void)state;
	assert_false(is_known_at(&scene, from_now(0)));
	assert_true(is_known_at(&scene, from_now(0)));
	file = fopen(scene.ca_path, "w");
	assert_non_null(file);
	assert_int_equal(PEM_write_X509(file, other.x509), 1);
	fclose(file);
	trust_reload(scene.trust);
	seen = meet_by(&scene, &scene.leaf, scene.ca_path, from_now(0), false);
	assert_int_equal(seen.cause, CAUSE_CERTIFICATE);
	cert_free(&other);
	scene_free(&scene);
}

static void another_file_has_its_own_memory(void **state)
{
	struct scene scene = scene_make(30 * DAY);
	struct cert other = cert_make("other", NULL, NULL, -DAY, 30 * DAY);
	char other_path[64];

	(void)state;
	cert_write(&other, other_path);
	assert_false(is_known_at(&scene, from_now(0)));
	(void)meet_by(&scene, &scene.leaf, other_path, from_now(0), false);
	(void)meet_by(&scene, &scene.leaf, other_path, from_now(0), false);
	assert_true(is_known_at(&scene, from_now(0)));
	unlink(other_path);
	cert_free(&other);
	scene_free(&scene);
}

static void another_certificate_of_the_same_name_is_not_known(void **state)
{
	struct scene scene = scene_make(30 * DAY);
	struct cert second = cert_make("leaf", "DNS:site.test", &scene.ca, -DAY, 30 * DAY);
	struct cert forged = cert_make("leaf", "DNS:site.test", NULL, -DAY, 30 * DAY);
	struct tls_seen seen;

	(void)state;
	assert_false(is_known_at(&scene, from_now(0)));
	seen = meet_by(&scene, &second, scene.ca_path, from_now(0), true);
	assert_false(seen.is_known);
	(void)meet_by(&scene, &forged, scene.ca_path, from_now(0), false);
	cert_free(&forged);
	cert_free(&second);
	scene_free(&scene);
}

static void what_fails_is_not_remembered(void **state)
{
	struct scene scene = scene_make(-3600);
	struct tls_seen seen;

	(void)state;
	for (int i = 0; i < 2; i++) {
		seen = meet_by(&scene, &scene.leaf, scene.ca_path, from_now(0), false);
		assert_false(seen.is_known);
		assert_int_equal(seen.cause, CAUSE_EXPIRED);
	}
	scene_free(&scene);
}

/* The facts of the leaf are told, known or not. */
static void a_known_chain_still_tells_its_leaf(void **state)
{
	struct scene scene = scene_make(30 * DAY);
	struct tls_seen first, second;

	(void)state;
	first = meet_by(&scene, &scene.leaf, scene.ca_path, from_now(0), true);
	second = meet_by(&scene, &scene.leaf, scene.ca_path, from_now(0), true);
	assert_true(second.is_known);
	assert_memory_equal(&first.certificate, &second.certificate, sizeof(first.certificate));
	scene_free(&scene);
}

static void ask_twice(struct io *io, const struct peer *peer, const char *ca_path,
		      const char *second_url, struct seen *second)
{
	struct seen first = { .is_over = false };
	struct io_http_spec spec = ask_of(&first, "https://site.test/", peer->port);

	spec.ca_file = ca_path;
	assert_non_null(io_http_start(io, &spec));
	turns_until(io, &first.is_over);
	assert_int_equal(first.result.cause, CAUSE_PASS);
	spec = ask_of(second, second_url, peer->port);
	spec.ca_file = ca_path;
	assert_non_null(io_http_start(io, &spec));
	turns_until(io, &second->is_over);
}

static void the_name_of_a_known_chain_is_checked_all_the_same(void **state)
{
	struct scene scene = scene_make(30 * DAY);
	struct tls_peer tls = { .cert = &scene.leaf, .talk = tls_says };
	struct peer peer = { .say = OK, .ctx = &tls };
	struct io *io = turns_io(NULL, 0);
	struct seen same = { .is_over = false }, other = { .is_over = false };

	(void)state;
	peer_start(&peer, peer_serves_tls);
	ask_twice(io, &peer, scene.ca_path, "https://site.test/", &same);
	assert_int_equal(same.result.cause, CAUSE_PASS);
	ask_twice(io, &peer, scene.ca_path, "https://else.test/", &other);
	assert_int_equal(other.result.cause, CAUSE_CERTIFICATE);
	assert_string_equal(other.result.note, "the certificate is for another name");
	io_free(io);
	peer_stop(&peer);
	scene_free(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chain_is_known_from_its_second_time),
		cmocka_unit_test(it_is_known_for_an_hour),
		cmocka_unit_test(it_is_not_known_beyond_its_dates),
		cmocka_unit_test(it_is_not_known_before_it_was_looked_at),
		cmocka_unit_test(a_reload_forgets),
		cmocka_unit_test(a_removed_authority_fails_after_the_reload),
		cmocka_unit_test(another_file_has_its_own_memory),
		cmocka_unit_test(another_certificate_of_the_same_name_is_not_known),
		cmocka_unit_test(what_fails_is_not_remembered),
		cmocka_unit_test(a_known_chain_still_tells_its_leaf),
		cmocka_unit_test(the_name_of_a_known_chain_is_checked_all_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
