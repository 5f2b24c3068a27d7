/*
 * certs.h - certificates made on the spot, and a TLS server that shows them.
 */
#ifndef TESTS_IO_CERTS_H
#define TESTS_IO_CERTS_H

#include <assert.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "io/peer.h"

struct cert {
	EVP_PKEY *key;
	X509 *x509;
};

static inline void cert_extend(X509 *x509, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *extension;

	X509V3_set_ctx(&ctx, issuer, x509, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	assert(extension != NULL);
	X509_add_ext(x509, extension, -1);
	X509_EXTENSION_free(extension);
}

/* `issuer` NULL: an authority of its own. `alt_name` as "DNS:site.test,IP:127.0.0.1". */
static inline struct cert cert_make(const char *name, const char *alt_name,
				    const struct cert *issuer, long from_s, long until_s)
{
	struct cert cert = { EVP_EC_gen("P-256"), X509_new() };
	const struct cert *by = issuer != NULL ? issuer : &cert;
	X509_NAME *subject = X509_get_subject_name(cert.x509);

	assert(cert.key != NULL);
	X509_set_version(cert.x509, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(cert.x509), issuer != NULL ? 2 : 1);
	X509_gmtime_adj(X509_getm_notBefore(cert.x509), from_s);
	X509_gmtime_adj(X509_getm_notAfter(cert.x509), until_s);
	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1,
				   0);
	X509_set_issuer_name(cert.x509, X509_get_subject_name(by->x509));
	X509_set_pubkey(cert.x509, cert.key);
	cert_extend(cert.x509, by->x509, NID_basic_constraints,
		    issuer != NULL ? "critical,CA:FALSE" : "critical,CA:TRUE");
	if (alt_name != NULL)
		cert_extend(cert.x509, by->x509, NID_subject_alt_name, alt_name);
	assert(X509_sign(cert.x509, by->key, EVP_sha256()) > 0);
	return cert;
}

static inline void cert_free(struct cert *cert)
{
	EVP_PKEY_free(cert->key);
	X509_free(cert->x509);
}

static inline FILE *pem_open(char path[64])
{
	FILE *file;

	(void)snprintf(path, 64, "/tmp/shorewatch-test-ca-XXXXXX");
	file = fdopen(mkstemp(path), "w");
	assert(file != NULL);
	return file;
}

/* A PEM file in the directory of temporary files; unlink() and forget it. */
static inline void cert_write(const struct cert *cert, char path[64])
{
	FILE *file = pem_open(path);

	assert(PEM_write_X509(file, cert->x509) == 1);
	assert(fclose(file) == 0);
}

/* The same for its key, under `passphrase` unless that is NULL. */
static inline void key_write(const struct cert *cert, const char *passphrase, char path[64])
{
	FILE *file = pem_open(path);

	assert(PEM_write_PrivateKey(file, cert->key, passphrase != NULL ? EVP_aes_128_cbc() : NULL,
				    NULL, 0, NULL, (void *)(uintptr_t)passphrase) == 1);
	assert(fclose(file) == 0);
}

/* What a TLS peer needs; peer.ctx points here. */
struct tls_peer {
	const struct cert *cert;
	int max_version; /* 0: whatever both can */
	void (*talk)(struct peer *peer, SSL *ssl);
	const struct cert *client_ca; /* whose certificate the client must show; NULL: none */
	const char *alpn;	      /* the protocol that is chosen; NULL: none */
};

static inline int alpn_choose(SSL *ssl, const unsigned char **ret, unsigned char *ret_n,
			      const unsigned char *offered, unsigned n, void *ctx)
{
	const char *wanted = ctx;
	size_t wanted_n = strlen(wanted);

	(void)ssl;
	for (unsigned at = 0; at < n; at += 1u + offered[at]) {
		*ret = offered + at + 1;
		*ret_n = offered[at];
		if (*ret_n == wanted_n && memcmp(*ret, wanted, wanted_n) == 0)
			return SSL_TLSEXT_ERR_OK;
	}
	return SSL_TLSEXT_ERR_NOACK;
}

static inline SSL *tls_accept(const struct tls_peer *tls, SSL_CTX *ctx, int client)
{
	SSL *ssl;

	assert(SSL_CTX_use_certificate(ctx, tls->cert->x509) == 1);
	assert(SSL_CTX_use_PrivateKey(ctx, tls->cert->key) == 1);
	if (tls->max_version != 0) {
		SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION);
		SSL_CTX_set_max_proto_version(ctx, tls->max_version);
		SSL_CTX_set_cipher_list(ctx, "ALL:@SECLEVEL=0");
	}
	if (tls->client_ca != NULL) {
		SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
		X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), tls->client_ca->x509);
	}
	if (tls->alpn != NULL)
		SSL_CTX_set_alpn_select_cb(ctx, alpn_choose, (void *)(uintptr_t)tls->alpn);
	ssl = SSL_new(ctx);
	SSL_set_fd(ssl, client);
	if (SSL_accept(ssl) == 1)
		return ssl;
	SSL_free(ssl);
	return NULL;
}

static inline void peer_serves_tls(struct peer *peer, int client)
{
	const struct tls_peer *tls = peer->ctx;
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	SSL *ssl = tls_accept(tls, ctx, client);

	if (ssl != NULL) {
		tls->talk(peer, ssl);
		SSL_shutdown(ssl);
		SSL_free(ssl);
	} else {
		/* closed at once, a request under way would end in a reset */
		peer_wait_gone(client);
	}
	SSL_CTX_free(ctx);
}

/* Without its line end. False: the far side has gone. */
static inline bool tls_read_line(struct peer *peer, SSL *ssl, char *line, size_t max)
{
	size_t n = 0;
	char c;

	while (SSL_read(ssl, &c, 1) == 1) {
		peer_hear(peer, &c, 1);
		if (c == '\n') {
			line[n] = '\0';
			return true;
		}
		if (c != '\r' && n + 1 < max)
			line[n++] = c;
	}
	return false;
}

static inline void tls_write(SSL *ssl, const char *text)
{
	(void)SSL_write(ssl, text, (int)strlen(text));
}

/* Reads a request's head, says peer->say. */
static inline void tls_says(struct peer *peer, SSL *ssl)
{
	char line[1024];

	while (tls_read_line(peer, ssl, line, sizeof(line)) && line[0] != '\0')
		;
	tls_write(ssl, peer->say);
}

#endif
