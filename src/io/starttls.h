/*
 * starttls.h - a connection, and what is said on it in the clear until the
 * peer is ready for TLS.
 */
#ifndef IO_STARTTLS_H
#define IO_STARTTLS_H

#include "shorewatch/io.h"

struct starttls;

struct starttls_spec {
	struct address address;
	enum io_starttls protocol; /* not NONE */
	void (*on_connected)(void *ctx);
	/* PASS: `fd` is the callee's from here on, and TLS may begin. Else -1. */
	void (*on_done)(void *ctx, enum cause cause, const char *note, int fd);
	void *ctx;
};

/* NULL: on_done was already called. */
struct starttls *starttls_start(struct io *io, const struct starttls_spec *spec);
/* Anything at all has come. NULL is fine. */
bool starttls_has_heard(const struct starttls *talk);
/* NULL is fine. */
void starttls_cancel(struct starttls *talk);

#endif
