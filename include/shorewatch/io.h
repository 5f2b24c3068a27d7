/*
 * io.h - the world, as probe kinds and notifiers may reach it.
 *
 * The verbs: resolve a name, look a record up, exchange bytes over a TCP
 * connection, shake hands in TLS, send an echo, make one HTTP exchange or hand
 * in one mail. All of them run on the loop, call back exactly once unless
 * cancelled first, and never block. Deadlines are the caller's: cancel when
 * yours has passed.
 */
#ifndef SHOREWATCH_IO_H
#define SHOREWATCH_IO_H

#include "shorewatch/address.h"
#include "shorewatch/observation.h"
#include "shorewatch/outcome.h"
#include "shorewatch/time.h"

struct evidence;
struct io;

/* The turn's clock. */
struct now io_now(const struct io *io);

/* ---- waiting ---- */

struct io_timer;

/* Unset at first. NULL: no memory. */
struct io_timer *io_timer_new(struct io *io, void (*on_due)(void *ctx), void *ctx);
/* Once, in the first turn at or after `due`; replaces what was set. MONO_NEVER: unset. */
void io_timer_set(struct io_timer *timer, mono_t due);
/* NULL is fine. */
void io_timer_free(struct io_timer *timer);

/* ---- names ---- */

#define IO_ADDRESSES_MAX 16

/* What one of our resolvers says of a name: PASS, NXDOMAIN, NODATA, SERVFAIL, or RESOLVER. */
struct io_word {
	struct address server;
	enum cause cause;
};

struct io_answer {
	/*
	 * PASS, NXDOMAIN, NODATA, SERVFAIL, RESOLVER, LOCAL. Where we have several resolvers, a
	 * name that one denies was put to others as well: it is denied by two, or by the only
	 * one that says anything.
	 */
	enum cause cause;
	bool is_remembered;	/* our resolvers were silent: these are the last good addresses */
	struct address address[IO_ADDRESSES_MAX]; /* IPv4 first; port as asked */
	size_t n;
	/* of those who were asked by themselves, see above and io_resolve_turn(); until on_answer
	 * returns */
	const struct io_word *words;
	size_t words_n; /* 0: whoever answered first spoke for all */
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
/*
 * The same in a re-test, the `turn`th: of several resolvers another one is asked first, and by
 * himself; when he says nothing, all are. 0: as io_resolve().
 */
struct io_query *io_resolve_turn(struct io *io, const char *host, uint16_t port, enum family family,
				 unsigned turn, io_on_answer *on_answer, void *ctx);
void io_query_cancel(struct io_query *query);
/* Others are being asked because one has said this of the name; PASS: not so. NULL is fine. */
enum cause io_query_denial(const struct io_query *query);
/*
 * The addresses that this name had last, of names that are denied as well; as many as there is
 * room for. Returns how many.
 */
size_t io_names_last(const struct io *io, const char *host, uint16_t port, enum family family,
		     struct address *ret, size_t max);
/* Our resolvers in the order in which they are asked. Returns how many. */
size_t io_resolvers(const struct io *io, struct address *ret, size_t max);

/* ---- one question to the DNS (RFC 1035), fresh, to one server ---- */

enum io_record {
	IO_RECORD_A,
	IO_RECORD_AAAA,
	IO_RECORD_MX,
	IO_RECORD_NS,
	IO_RECORD_TXT,
	IO_RECORD_CNAME,
	IO_RECORD_SOA,
	IO_RECORD_CAA,
	IO_RECORD_SRV,
};

struct io_lookup_result {
	/* PASS: records came. NXDOMAIN, NODATA, SERVFAIL: the server says so. Of a server that was
	 * named also REFUSED, UNREACHABLE, TIMEOUT, PROTOCOL; when ours say nothing of use,
	 * RESOLVER, and what one of them denies was put to others as well. */
	enum cause cause;
	/* as in a zone file, without quotes and last dots; until on_done returns */
	const char *const *texts;
	size_t n;
	bool is_cut;		  /* there are more */
	/* the server's code when that says more than the cause; else empty */
	char note[NOTE_MAX];
};

struct io_lookup_spec {
	const char *name;
	enum io_record record;
	struct address server; /* FAMILY_ANY: our resolvers */
	void (*on_done)(void *ctx, const struct io_lookup_result *result);
	void *ctx;
};

struct io_lookup;
/* NULL: on_done was already called. */
struct io_lookup *io_lookup_start(struct io *io, const struct io_lookup_spec *spec);
/* Others are being asked because one of ours has said this; PASS: not so. NULL is fine. */
enum cause io_lookup_denial(const struct io_lookup *lookup);
/* NULL is fine. */
void io_lookup_cancel(struct io_lookup *lookup);

/* ---- one ICMP echo (RFC 792, RFC 4443 4.1), without privileges ---- */

struct io_echo_spec {
	struct address address;
	/*
	 * PASS: the very same bytes have come back. LOCAL with "EACCES": the kernel lets us send
	 * none.
	 */
	void (*on_done)(void *ctx, enum cause cause, const char *note);
	void *ctx;
};

struct io_echo;
/* NULL: on_done was already called. */
struct io_echo *io_echo_start(struct io *io, const struct io_echo_spec *spec);
/* NULL is fine. */
void io_echo_cancel(struct io_echo *echo);

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
/* Before a cancellation: something has come, though not what is expected; the note tells what. */
bool io_socket_has_answered(const struct io_socket *socket, char note[NOTE_MAX]);
void io_socket_cancel(struct io_socket *socket);

/* ---- one HTTP exchange: no redirect is followed, no name is resolved ---- */

struct io_http_result;

struct io_http_spec {
	/* http or https, host as written: SNI, Host and verification follow it */
	const char *url;
	struct address address;	  /* where to connect */
	const char *method;	  /* "GET" */
	const char *const *headers; /* "Name: value" lines, NULL-terminated; may be NULL */
	const char *body;	  /* NULL: none */
	size_t body_bytes;
	const char *ca_file;	  /* NULL: the system's */
	const char *client_cert, *client_key; /* PEM files; NULL: none is shown */
	/* 2: over TLS by ALPN, else CAUSE_PROTOCOL; ANY: whatever the peer chooses */
	enum io_http_version { IO_HTTP_1_1, IO_HTTP_2, IO_HTTP_ANY } version;
	/* the answer, as it comes; return false to stop reading: the exchange then ends as
	 * CAUSE_CUT. These four are called from inside the library and must not start or cancel
	 * anything. on_refusal: before the headers, when the status is not 2xx; may be NULL. */
	void (*on_refusal)(void *ctx, int status);
	bool (*on_header)(void *ctx, const char *name, const char *value);
	bool (*on_body)(void *ctx, const void *bytes, size_t n);
	void (*on_phase)(void *ctx, enum phase phase); /* the exchange entered it */
	void (*on_done)(void *ctx, const struct io_http_result *result);
	void *ctx;
	struct evidence *evidence; /* gets the chain that is shown; NULL: not wanted */
};

struct io_http_result {
	enum phase phase;	  /* in which it ended */
	enum cause cause;	  /* PASS: a whole answer came, whatever its status */
	int status;
	bool is_reached;
	usec_t phase_us[PHASE_COUNT]; /* PHASE_NOT_REACHED where it never got; PHASE_DNS never */
	struct certificate certificate; /* known even when verification failed */
	enum io_http_version version;	/* spoken: 1_1 or 2 */
	char note[NOTE_MAX];	  /* certificate reason, errno's name; never a host or a secret */
};

struct io_exchange;
/* NULL: on_done was already called. */
struct io_exchange *io_http_start(struct io *io, const struct io_http_spec *spec);
void io_exchange_cancel(struct io_exchange *exchange);

/* ---- TLS, and nothing inside it ---- */

/* What is said in the clear before: RFC 3207, RFC 9051 6.2.1, RFC 2595 4. */
enum io_starttls { IO_STARTTLS_NONE, IO_STARTTLS_SMTP, IO_STARTTLS_IMAP, IO_STARTTLS_POP3 };

struct io_tls_spec {
	struct address address;
	const char *server_name; /* a name or an address: SNI and verification follow it */
	enum io_starttls starttls;
	const char *ca_file;	 /* NULL: the system's; must live until on_done */
	/* CONNECT, WAIT for the words before STARTTLS, TLS. Must not start or cancel anything. */
	void (*on_phase)(void *ctx, enum phase phase);
	void (*on_done)(void *ctx, const struct io_http_result *result); /* no status, no version */
	void *ctx;
	struct evidence *evidence; /* as in io_http_spec */
};

/* NULL: on_done was already called. Cancel by io_exchange_cancel(). */
struct io_exchange *io_tls_start(struct io *io, const struct io_tls_spec *spec);

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
	/* the dialogue; may be NULL */
	void (*on_line)(void *ctx, bool is_sent, const char *line, size_t n);
	void (*on_done)(void *ctx, const struct io_mail_result *result);
	void *ctx;
};

struct io_mail_result {
	enum mail_verdict {
		MAIL_ACCEPTED, /* a final 2xx */
		/* 4xx, or no connection, or TLS or AUTH failed: nothing was handed over */
		MAIL_LATER,
		MAIL_REFUSED,  /* 5xx to sender, recipient or content */
		MAIL_IN_DOUBT, /* content sent, no final reply (reliability.md 1.9) */
	} verdict;
	int code;		  /* the last SMTP reply code, 0 = none */
	bool is_short;		  /* LATER for want of memory or descriptors of our own */
	usec_t retry_after;	  /* LATER: not before; 0: it did not say */
	/* the last reply line or our own words; escaped by whoever shows it */
	char reply[512];
};

struct io_exchange *io_mail_start(struct io *io, const struct io_mail_spec *spec);
/* Its content is out, and no final reply has come: cancelled now, it is in doubt. */
bool io_mail_is_out(const struct io_exchange *mail);

/* ---- who sent this ---- */

#define IO_SIGNATURE_BYTES 32

/* HMAC-SHA256 (RFC 2104) of n bytes. False: no memory, and nothing may go out as signed. */
bool io_sign(const char *key, const void *bytes, size_t n, uint8_t ret[IO_SIGNATURE_BYTES]);

#endif
