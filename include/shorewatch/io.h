/*
 * io.h - the world, as probe kinds and notifiers may reach it.
 *
 * Three verbs: resolve a name, exchange bytes over a TCP connection, make one
 * HTTP exchange or hand in one mail. All of them run on the loop, call back
 * exactly once unless cancelled first, and never block. Deadlines are the
 * caller's: cancel when yours has passed.
 */
#ifndef SHOREWATCH_IO_H
#define SHOREWATCH_IO_H

#include "shorewatch/address.h"
#include "shorewatch/observation.h"
#include "shorewatch/outcome.h"
#include "shorewatch/time.h"

struct io;

/* The turn's clock. */
struct now io_now(const struct io *io);

/* ---- names ---- */

#define IO_ADDRESSES_MAX 16

struct io_answer {
	enum cause cause;	/* PASS, NXDOMAIN, NODATA, SERVFAIL, RESOLVER, LOCAL */
	bool is_remembered;	/* our resolvers were silent: these are the last good addresses */
	struct address address[IO_ADDRESSES_MAX]; /* IPv4 first; port as asked */
	size_t n;
};

struct io_query;
typedef void io_on_answer(void *ctx, const struct io_answer *answer);

/*
 * Resolve `host` with a fresh question (no cache), or take it as it is when it
 * is an address: then on_answer comes before io_resolve returns, and NULL is
 * returned. Otherwise the query, owned by io until it answers or is cancelled.
 */
struct io_query *io_resolve(struct io *io, const char *host, uint16_t port, enum family family,
			    io_on_answer *on_answer, void *ctx);
void io_query_cancel(struct io_query *query);

/* ---- plain TCP, optionally one send and one expectation ---- */

struct io_socket_spec {
	struct address address;
	const char *send;	/* NULL: nothing */
	const char *expect;	/* NULL: connected is enough; else a substring of the first 4 KiB */
	void (*on_connected)(void *ctx);	/* may be NULL; must not start or cancel anything */
	void (*on_done)(void *ctx, enum cause cause, bool is_reached, const char *note);
	void *ctx;
};

struct io_socket;
/* NULL: on_done was already called (refused at once, no descriptor). */
struct io_socket *io_socket_start(struct io *io, const struct io_socket_spec *spec);
void io_socket_cancel(struct io_socket *socket);

/* ---- one HTTP exchange: no redirect is followed, no name is resolved ---- */

struct io_http_result;

struct io_http_spec {
	const char *url;	  /* http or https, host as written: SNI, Host and verification follow it */
	struct address address;	  /* where to connect */
	const char *method;	  /* "GET" */
	const char *const *headers; /* "Name: value" lines, NULL-terminated; may be NULL */
	const char *body;	  /* NULL: none */
	size_t body_bytes;
	const char *ca_file;	  /* NULL: the system's */
	/* the answer, as it comes; return false to stop reading: the exchange then ends as CAUSE_CUT.
	 * These three are called from inside the library and must not start or cancel anything. */
	bool (*on_header)(void *ctx, const char *name, const char *value);
	bool (*on_body)(void *ctx, const void *bytes, size_t n);
	void (*on_phase)(void *ctx, enum phase phase); /* the exchange entered it */
	void (*on_done)(void *ctx, const struct io_http_result *result);
	void *ctx;
};

struct io_http_result {
	enum phase phase;	  /* in which it ended */
	enum cause cause;	  /* PASS: a whole answer came, whatever its status */
	int status;
	bool is_reached;
	usec_t phase_us[PHASE_COUNT]; /* PHASE_NOT_REACHED where it never got; PHASE_DNS never */
	wall_t cert_not_after;	  /* known even when verification failed */
	char note[NOTE_MAX];	  /* certificate reason, errno's name; never a host or a secret */
};

struct io_exchange;
/* NULL: on_done was already called. */
struct io_exchange *io_http_start(struct io *io, const struct io_http_spec *spec);
void io_exchange_cancel(struct io_exchange *exchange);

/* ---- one mail to one recipient over SMTP (RFC 5321) ---- */

struct io_mail_result;

struct io_mail_spec {
	const char *host;	  /* verified against the certificate, sent as SNI */
	struct address address;
	bool is_implicit_tls;	  /* else STARTTLS, unless is_plain */
	bool is_plain;		  /* only ever towards loopback */
	const char *ca_file;
	const char *username, *password; /* NULL: no AUTH */
	const char *sender, *recipient;	 /* local@domain, free of CR, LF, space, '<', '>' (SR-14) */
	const char *message;	  /* RFC 5322 with CRLF; must live until on_done */
	size_t message_bytes;
	void (*on_line)(void *ctx, bool is_sent, const char *line, size_t n); /* the dialogue; may be NULL */
	void (*on_done)(void *ctx, const struct io_mail_result *result);
	void *ctx;
};

struct io_mail_result {
	enum mail_verdict {
		MAIL_ACCEPTED, /* a final 2xx */
		MAIL_LATER,    /* 4xx, or no connection, or TLS or AUTH failed: nothing was handed over */
		MAIL_REFUSED,  /* 5xx to sender, recipient or content */
		MAIL_IN_DOUBT, /* content sent, no final reply (reliability.md 1.9) */
	} verdict;
	int code;		  /* the last SMTP reply code, 0 = none */
	char reply[512];	  /* the last reply line or our own words; escaped by whoever shows it */
};

struct io_exchange *io_mail_start(struct io *io, const struct io_mail_spec *spec);
/* Its content is out, and no final reply has come: cancelled now, it is in doubt. */
bool io_mail_is_out(const struct io_exchange *mail);

#endif
