/*
 * ending.h - how a transfer ended: from what libcurl, the socket and the
 * handshake each know, one result. Pure.
 */
#ifndef IO_ENDING_H
#define IO_ENDING_H

#include <stdbool.h>

#include "io/tls.h"
#include "shorewatch/io.h"

/* Where else to look, when the library's code alone does not say it. */
enum ending_hint {
	ENDING_PLAIN,
	ENDING_ERRNO,	     /* errno, if there is one */
	ENDING_HANDSHAKE,    /* has the peer spoken TLS at all? */
	ENDING_VERIFICATION, /* the chain, or else the name */
	ENDING_MEMORY,	     /* libcurl says so, too, when a header has no end */
};

struct ending {
	enum cause cause;
	enum ending_hint hint;
	const char *note;  /* for people; fixed */
	const char *words; /* the library's own, of which only OpenSSL's reason is shown */
	int error;	   /* errno of the socket, 0: none */
	bool is_ours;	   /* the socket was never made or never watched: errno decides */
	bool is_tls;	   /* from the first byte */
	bool is_session;   /* of mail: the peer sends no headers */
	bool has_bytes;
	int status;
	enum io_http_version wanted, spoken;
	enum phase phase;	  /* the last that was entered */
	usec_t ends[PHASE_COUNT]; /* since the start, 0: not reached; PHASE_BODY: the very end */
	const struct tls_seen *tls;
};

struct io_http_result ending_result(const struct ending *ending);

#endif
