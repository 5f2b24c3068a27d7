/*
 * transfer.h - libcurl for the other files of this room: one exchange over one
 * fresh connection to one given address.
 *
 * An HTTP transfer runs to its end. One of SMTP or IMAP ends when the session is
 * open (greeting, TLS, login) and then is ours to talk over: libcurl itself
 * would wait for the reply to the final dot inside one call, up to ten
 * minutes, and the loop with it.
 *
 * on_line, on_bytes, on_phase and on_talk are called from inside libcurl: they
 * must not start or end anything. on_end is not, and may.
 */
#ifndef IO_TRANSFER_H
#define IO_TRANSFER_H

#include <stdbool.h>
#include <stddef.h>

#include "shorewatch/io.h"

struct transfer;
struct transfers;

/* NULL: no memory. */
struct transfers *transfers_new(struct io *io, unsigned max);
/* Every transfer must have ended. */
void transfers_free(struct transfers *transfers);

enum transfer_tls {
	TRANSFER_TLS_NEVER,
	TRANSFER_TLS_ALWAYS,   /* from the first byte: https, smtps */
	TRANSFER_TLS_REQUIRED, /* STARTTLS, or nothing is said at all */
};

/* What was started in this turn sets out now, not in the next one. */
void transfers_set_out(struct transfers *transfers);

struct transfer_spec {
	const char *url;
	struct address address;
	enum transfer_tls tls;
	const char *ca_file; /* NULL: the system's; must live as long as the transfer */
	bool is_session;     /* SMTP, IMAP */
	bool is_handshake;   /* https up to the end of the handshake, and nothing inside it */
	/* over this connection, the transfer's from its start on; NULL: a new one */
	const int *fd;
	/* HTTP */
	const char *method;
	const char *const *headers;
	const char *body;
	size_t body_bytes;
	const char *client_cert, *client_key; /* PEM; NULL: none; the key may lie in the first */
	enum io_http_version version;
	/* of a session */
	const char *username, *password;

	void (*on_phase)(void *ctx, enum phase phase);
	/* A header or a reply, its line end included. False: stop. */
	bool (*on_line)(void *ctx, const char *line, size_t n);
	bool (*on_bytes)(void *ctx, const void *bytes, size_t n);
	/* The dialogue as it is on the wire, credentials included; may be NULL. */
	void (*on_talk)(void *ctx, bool is_sent, const char *text, size_t n);
	/* The transfer is gone, but for a session that is open (CAUSE_PASS): end it by
	 * transfer_end(). */
	void (*on_end)(void *ctx, const struct io_http_result *result);
	void *ctx;
	struct evidence *evidence; /* as in io_http_spec */
};

/* Texts are copied but for ca_file. NULL: the pool is in use, or no memory; on_end is not called.
 */
struct transfer *transfer_start(struct transfers *transfers, const struct transfer_spec *spec);
/* Ends it at once, without on_end. NULL is fine. */
void transfer_end(struct transfer *transfer);

/* ---- an open session ---- */

int transfer_fd(const struct transfer *transfer);
/* Bytes moved, 0: not now, -EPIPE: the connection is gone. */
int transfer_send(struct transfer *transfer, const void *bytes, size_t n);
int transfer_receive(struct transfer *transfer, void *bytes, size_t n);

#endif
