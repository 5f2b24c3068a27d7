/*
 * tls.c - OpenSSL: the shared stores, the verify callback, digests.
 *
 * Owns one X509_STORE per CA file. curl's own way parses 150 roots for every
 * connection and costs 20 times as much (performance.md 9.1). The verify
 * callback asks OpenSSL as usual and writes down what was seen either way:
 * a refused certificate's dates are evidence, too.
 *
 * Each store remembers the chains that have verified against it, by the
 * digests of all certificates that were sent: the same ones mean the same
 * answer for an hour, or until the first of the chain expires. It saves half
 * the handshake where an authority signs with P-384 (performance.md 3). A
 * chain that fails is never remembered, and a reload forgets all. The table is
 * direct-mapped: who falls on another's place is verified again.
 */
#include "io/tls.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "io/digest.h"
#include "shorewatch/evidence.h"
#include "shorewatch/io.h"

/* Named here and not asked of OpenSSL, which would obey SSL_CERT_FILE (SR-30). */
static const char *const system_files[] = {
	"/etc/ssl/certs/ca-certificates.crt", /* Debian */
	"/etc/pki/tls/certs/ca-bundle.crt",   /* Fedora */
	"/etc/ssl/ca-bundle.pem",	      /* openSUSE */
	"/etc/ssl/cert.pem",		      /* Alpine, BSD */
};

#define CHAINS	   1024 /* remembered for each store; 48 bytes each */
#define CHAIN_SPAN (60 * 60 * USEC_PER_SEC)
#define CERTS_MAX  10 /* of a chain; a longer one is verified each time */

struct chain {
	uint8_t key[DIGEST_BYTES];
	wall_t from, until; /* within which nothing changes; until unset: nobody's place */
};

struct trust_file {
	char *path; /* NULL: the system's */
	X509_STORE *store;
	struct chain *chains; /* NULL until the first has verified */
	struct trust_file *next;
};

struct trust {
	struct trust_file *files;
};

/* ---- stores ---- */

static X509_STORE *store_read(const char *path)
{
	X509_STORE *store = X509_STORE_new();

	if (store == NULL)
		return NULL;
	if (X509_STORE_load_file(store, path) != 1) {
		ERR_clear_error();
		X509_STORE_free(store);
		return NULL;
	}
	return store;
}

static X509_STORE *store_read_system(void)
{
	for (size_t i = 0; i < sizeof(system_files) / sizeof(system_files[0]); i++) {
		if (access(system_files[i], R_OK) == 0)
			return store_read(system_files[i]);
	}
	return NULL;
}

static bool is_same_path(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static X509_STORE *store_find(struct trust *trust, const char *path)
{
	struct trust_file *file;
	X509_STORE *store;

	for (file = trust->files; file != NULL; file = file->next) {
		if (is_same_path(file->path, path))
			return file->store;
	}
	store = path != NULL ? store_read(path) : store_read_system();
	if (store == NULL)
		return NULL; /* not remembered: the file may appear */
	file = calloc(1, sizeof(*file));
	if (file != NULL && path != NULL)
		file->path = strdup(path);
	if (file == NULL || (path != NULL && file->path == NULL)) {
		X509_STORE_free(store);
		free(file);
		return NULL;
	}
	file->store = store;
	file->next = trust->files;
	trust->files = file;
	return store;
}

static void files_drop(struct trust *trust)
{
	while (trust->files != NULL) {
		struct trust_file *file = trust->files;

		trust->files = file->next;
		X509_STORE_free(file->store); /* connections under way hold a reference */
		free(file->chains);
		free(file->path);
		free(file);
	}
}

struct trust *trust_new(void)
{
	struct trust *trust = calloc(1, sizeof(*trust));

	if (trust != NULL)
		(void)store_find(trust, NULL); /* without any, a handshake will say so */
	return trust;
}

void trust_free(struct trust *trust)
{
	if (trust == NULL)
		return;
	files_drop(trust);
	free(trust);
}

void trust_reload(struct trust *trust)
{
	files_drop(trust);
	(void)store_find(trust, NULL);
}

/* ---- what a handshake shows ---- */

static wall_t time_read(const ASN1_TIME *from)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(from, &tm) != 1)
		return (wall_t){ 0 };
	return (wall_t){ (int64_t)timegm(&tm) * USEC_PER_SEC };
}

static struct certificate certificate_read(const X509 *leaf)
{
	struct certificate seen = { .not_before = time_read(X509_get0_notBefore(leaf)),
				    .not_after = time_read(X509_get0_notAfter(leaf)) };
	uint8_t digest[DIGEST_BYTES];

	if (X509_digest(leaf, EVP_sha256(), digest, NULL) != 1)
		return seen;
	for (size_t i = 0; i < sizeof(seen.fingerprint); i++)
		seen.fingerprint = seen.fingerprint << 8 | digest[i];
	return seen;
}

/* ---- chains that are known ---- */

/* The leaf, then all that came with it, in their order. False: more than we look at. */
static bool chain_key(X509_STORE_CTX *chain, uint8_t key[DIGEST_BYTES])
{
	const STACK_OF(X509) *sent = X509_STORE_CTX_get0_untrusted(chain);
	int n = sent != NULL ? sk_X509_num(sent) : 0;
	uint8_t digests[CERTS_MAX + 1][DIGEST_BYTES];

	if (n > CERTS_MAX ||
	    X509_digest(X509_STORE_CTX_get0_cert(chain), EVP_sha256(), digests[0], NULL) != 1)
		return false;
	for (int i = 0; i < n; i++) {
		if (X509_digest(sk_X509_value(sent, i), EVP_sha256(), digests[i + 1], NULL) != 1)
			return false;
	}
	digest_sha256(digests, (size_t)(n + 1) * DIGEST_BYTES, key);
	return true;
}

/* NULL: the store has been dropped by a reload since the handshake began. */
static struct trust_file *file_of(const struct trust *trust, const X509_STORE *store)
{
	for (struct trust_file *file = trust->files; file != NULL; file = file->next) {
		if (file->store == store)
			return file;
	}
	return NULL;
}

static struct chain *chain_place(const struct trust_file *file, const uint8_t key[DIGEST_BYTES])
{
	return &file->chains[((unsigned)key[0] << 8 | key[1]) % CHAINS];
}

static bool chain_is_known(const struct trust_file *file, const uint8_t key[DIGEST_BYTES],
			   wall_t now)
{
	const struct chain *known;

	if (file->chains == NULL)
		return false;
	known = chain_place(file, key);
	return wall_is_set(known->until) && now.us >= known->from.us && now.us < known->until.us &&
	       memcmp(known->key, key, DIGEST_BYTES) == 0;
}

/* Not before it was looked at, should the clock be set back; not beyond any of its dates. */
static void chain_keep(struct trust_file *file, const uint8_t key[DIGEST_BYTES],
		       X509_STORE_CTX *chain, wall_t now)
{
	const STACK_OF(X509) *all = X509_STORE_CTX_get0_chain(chain);
	struct chain known = { .from = now, .until = { now.us + CHAIN_SPAN } };

	for (int i = 0; i < sk_X509_num(all); i++) {
		wall_t end = time_read(X509_get0_notAfter(sk_X509_value(all, i)));

		known.until = end.us < known.until.us ? end : known.until;
	}
	if (file->chains == NULL)
		file->chains = calloc(CHAINS, sizeof(*file->chains));
	if (file->chains == NULL)
		return;
	memcpy(known.key, key, DIGEST_BYTES);
	*chain_place(file, key) = known;
}

/* As X509_verify_cert(), which it asks when the chain is not known. */
static int chain_check(X509_STORE_CTX *chain, struct tls_seen *seen)
{
	struct trust_file *file = file_of(seen->trust, X509_STORE_CTX_get0_store(chain));
	uint8_t key[DIGEST_BYTES];
	bool has_key = file != NULL && chain_key(chain, key);
	int is_good;

	if (has_key && chain_is_known(file, key, seen->now)) {
		seen->is_known = true;
		X509_STORE_CTX_set_error(chain, X509_V_OK);
		return 1;
	}
	is_good = X509_verify_cert(chain);
	if (is_good == 1 && has_key)
		chain_keep(file, key, chain, seen->now);
	return is_good;
}

/* ---- evidence ---- */

static void link_read(const X509 *from, struct evidence_link *to)
{
	to->not_before = time_read(X509_get0_notBefore(from));
	to->not_after = time_read(X509_get0_notAfter(from));
	(void)X509_digest(from, EVP_sha256(), to->sha256, NULL); /* without memory: zeroes */
	(void)X509_NAME_oneline(X509_get_subject_name(from), to->subject, sizeof(to->subject));
}

/* As it was sent, whatever it was worth. A server that sends its leaf twice is shown as it is. */
static void chain_tell(X509_STORE_CTX *chain, struct evidence *to)
{
	const STACK_OF(X509) *sent = X509_STORE_CTX_get0_untrusted(chain);
	const X509 *leaf = X509_STORE_CTX_get0_cert(chain);
	int n = sent != NULL ? sk_X509_num(sent) : 0;

	to->verify_error = X509_STORE_CTX_get_error(chain);
	to->chain_n = 0;
	link_read(leaf, &to->chain[to->chain_n++]);
	for (int i = 0; i < n && to->chain_n < EVIDENCE_CHAIN_MAX; i++) {
		if (sk_X509_value(sent, i) != leaf)
			link_read(sk_X509_value(sent, i), &to->chain[to->chain_n++]);
	}
}

static int chain_verify(X509_STORE_CTX *chain, void *ctx)
{
	struct tls_seen *seen = ctx;
	const X509 *leaf = X509_STORE_CTX_get0_cert(chain);
	int is_good, error;

	if (leaf == NULL)
		return 0;
	seen->certificate = certificate_read(leaf);
	is_good = chain_check(chain, seen);
	error = X509_STORE_CTX_get_error(chain);
	if (seen->evidence != NULL)
		chain_tell(chain, seen->evidence);
	if (is_good == 1)
		return 1;
	seen->cause = error == X509_V_ERR_CERT_HAS_EXPIRED ? CAUSE_EXPIRED : CAUSE_CERTIFICATE;
	(void)snprintf(seen->note, sizeof(seen->note), "%s", X509_verify_cert_error_string(error));
	return is_good;
}

static void record_seen(int is_sent, int version, int type, const void *bytes, size_t n, SSL *ssl,
			void *ctx)
{
	struct tls_seen *seen = ctx;

	(void)version, (void)type, (void)bytes, (void)n, (void)ssl;
	if (!is_sent)
		seen->has_answered = true;
}

bool trust_attach(struct trust *trust, const char *ca_file, void *ssl_ctx, struct tls_seen *seen,
		  wall_t now)
{
	X509_STORE *store = store_find(trust, ca_file);

	if (store == NULL)
		return false;
	seen->trust = trust;
	seen->now = now;
	SSL_CTX_set1_cert_store(ssl_ctx, store);
	SSL_CTX_set_cert_verify_callback(ssl_ctx, chain_verify, seen);
	SSL_CTX_set_msg_callback(ssl_ctx, record_seen);
	SSL_CTX_set_msg_callback_arg(ssl_ctx, seen);
	return true;
}

/* ---- digests ---- */

void digest_sha256(const void *bytes, size_t n, uint8_t out[DIGEST_BYTES])
{
	/* Fails only without memory or without SHA-256, and a token must never pass by accident. */
	if (EVP_Digest(bytes, n, out, NULL, EVP_sha256(), NULL) != 1)
		abort();
}

bool io_sign(const char *key, const void *bytes, size_t n, uint8_t ret[IO_SIGNATURE_BYTES])
{
	return HMAC(EVP_sha256(), key, (int)strlen(key), bytes, n, ret, NULL) != NULL;
}

bool digest_equal(const uint8_t a[DIGEST_BYTES], const uint8_t b[DIGEST_BYTES])
{
	return CRYPTO_memcmp(a, b, DIGEST_BYTES) == 0;
}
