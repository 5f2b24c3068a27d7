/*
 * tls.h - which certificates we believe, and what a handshake showed: OpenSSL,
 * turned into our words. Digests: digest.h.
 */
#ifndef IO_TLS_H
#define IO_TLS_H

#include <stdbool.h>
#include <stddef.h>

#include "shorewatch/observation.h"
#include "shorewatch/outcome.h"
#include "shorewatch/time.h"

struct evidence;
struct trust;

/* Reads the system's authorities at once, so that no probe waits for it. NULL: no memory. */
struct trust *trust_new(void);
void trust_free(struct trust *trust);
/* Read all files again: the system's now, others when they are needed next. */
void trust_reload(struct trust *trust);

/* What one handshake showed; lives as long as its connection. */
struct tls_seen {
	bool has_answered;		/* at least one record came back */
	struct certificate certificate; /* the leaf, known even when verification failed */
	enum cause cause;		/* PASS, EXPIRED or CERTIFICATE, for the chain alone */
	char note[NOTE_MAX];		/* why not; a fixed text */
	bool is_known;	     /* the very same chain was verified before, within the hour */
	struct trust *trust; /* set by trust_attach(), as is the next */
	wall_t now;
	struct evidence *evidence; /* gets the chain as it was sent; NULL: not wanted */
};

/*
 * Make an SSL_CTX verify against the authorities of `ca_file` (NULL: the
 * system's) and tell `seen`. A file is parsed once and shared by all, and so
 * is what was verified against it: the names and the proof of the key are
 * still checked each time. False: it cannot be read.
 */
bool trust_attach(struct trust *trust, const char *ca_file, void *ssl_ctx, struct tls_seen *seen,
		  wall_t now);

#endif
