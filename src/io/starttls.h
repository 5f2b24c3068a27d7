/*
 * starttls.h - a connection, and what is said on it in the clear until the
 * peer is ready for TLS.
 */
#ifndef IO_STARTTLS_H
#define IO_STARTTLS_H

#include "shorewatch/io.h"

struct starttls;

struct starttls_result {
	enum phase phase; /* CONNECT, or WAIT once connected */
	enum cause cause; /* PASS: `fd` is the callee's from here on, and TLS may begin */
	bool is_reached;  /* something has come */
	const char *note;
	int fd; /* -1: none */
};

struct starttls_spec {
	struct address address;
	enum io_starttls protocol; /* not NONE */
	void (*on_connected)(void *ctx);
	void (*on_done)(void *ctx, const struct starttls_result *result);
	void *ctx;
};

/* NULL: on_done was already called. */
struct starttls *starttls_start(struct io *io, const struct starttls_spec *spec);
/* NULL is fine. */
void starttls_cancel(struct starttls *talk);

#endif
