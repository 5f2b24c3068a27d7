/*
 * transfer.c - libcurl on our loop: sockets, time, options, and one table that
 * turns its codes into causes.
 *
 * Where to connect is decided before: every transfer has the same CONNECT_TO,
 * a made-up address, and the open-socket callback puts the real one in its
 * place. It is also where errno is seen, which libcurl loses (reliability.md
 * 1.5). The made-up address is seeded into the name cache, and any other look
 * at a name is refused. libcurl's own error texts speak of the made-up address
 * and are never shown; of a failed handshake only OpenSSL's reason is taken.
 *
 * Handles are kept and used again for HTTP, where everything that differs is
 * set each time; between two bare requests that is the URL and the header lines.
 * A session's handle knows a password and is thrown away.
 *
 * Longer than most files here, because libcurl's header is included only once.
 */
#include "io/transfer.h"

#include <assert.h>
#include <curl/curl.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/ending.h"
#include "io/loop.h"
#include "io/loop_fd.h"
#include "io/parts.h"
#include "io/pump.h"
#include "io/socket.h"
#include "io/tls.h"
#include "io/url_parts.h"

/* One letter: libcurl prints it four times for each connection, byte by byte. */
#define DETOUR	    "::x:1"	    /* every host and port leads there, */
#define DETOUR_SEED "x:1:127.0.0.1" /* which is known without asking */
#define IDLE_MAX    16L
#define AGENT	    "User-Agent"

/* Requests between which only the URL and the header lines differ. */
enum shape {
	SHAPE_OTHER,
	SHAPE_BARE_HTTP, /* GET, HTTP/1.1, no body, no certificate of ours */
	SHAPE_BARE_HTTPS,
};

struct transfer {
	struct transfers *transfers;
	CURL *easy;
	CURLU *url;		    /* of a plain one; kept like `easy`, and given to it each time */
	const char *scheme;	    /* that is set in `url` */
	enum shape shape;	    /* that `easy` is set for */
	struct curl_slist *headers; /* its own lines, and behind them `common`, which is shared */
	struct curl_slist *common;
	struct transfer_spec spec; /* texts other than ca_file are gone after the start */
	struct tls_seen tls;
	char error[CURL_ERROR_SIZE];
	int given;	  /* the connection that we were given, until libcurl has it; else -1 */
	int socket_error; /* of the open-socket callback, and of watching it */
	enum phase phase;
	usec_t connected_us; /* when TLS began: libcurl only tells it once TLS has succeeded */
	usec_t sent_us;	     /* when the body was out; 0: no body */
	bool has_bytes, is_broken, is_used;
	struct transfer *next_free;
};

struct transfers {
	struct io *io;
	CURLM *multi;
	struct io_timer *timer;
	struct curl_slist *detour, *detour_seed;
	struct curl_slist *common; /* lines of every request; the first of them says who asks */
	struct transfer *all, *free;
	unsigned max, used; /* the rest of all[] was never touched, and costs no memory */
	bool has_broken;
	bool is_hasty; /* libcurl wants to be called at once */
};

/* ---- how it ended ---- */

static const struct code_row {
	CURLcode code;
	enum cause cause;
	enum ending_hint hint;
	const char *note;
} code_rows[] = {
	{ CURLE_OK, CAUSE_PASS, ENDING_PLAIN, "" },
	{ CURLE_COULDNT_CONNECT, CAUSE_RESET, ENDING_ERRNO, "" },
	{ CURLE_SEND_ERROR, CAUSE_RESET, ENDING_ERRNO, "" },
	{ CURLE_RECV_ERROR, CAUSE_RESET, ENDING_ERRNO, "" },
	{ CURLE_GOT_NOTHING, CAUSE_RESET, ENDING_PLAIN, "closed without an answer" },
	{ CURLE_OPERATION_TIMEDOUT, CAUSE_TIMEOUT, ENDING_PLAIN, "" },
	{ CURLE_SSL_CONNECT_ERROR, CAUSE_HANDSHAKE, ENDING_HANDSHAKE, "" },
	{ CURLE_SSL_CIPHER, CAUSE_HANDSHAKE, ENDING_HANDSHAKE, "" },
	{ CURLE_PEER_FAILED_VERIFICATION, CAUSE_CERTIFICATE, ENDING_VERIFICATION,
	  "the certificate is for another name" },
	{ CURLE_USE_SSL_FAILED, CAUSE_HANDSHAKE, ENDING_PLAIN, "STARTTLS is not offered" },
	{ CURLE_LOGIN_DENIED, CAUSE_PROTOCOL, ENDING_PLAIN, "login refused" },
	{ CURLE_PARTIAL_FILE, CAUSE_PROTOCOL, ENDING_PLAIN, "the answer ended early" },
	{ CURLE_WEIRD_SERVER_REPLY, CAUSE_PROTOCOL, ENDING_PLAIN, "" },
	{ CURLE_REMOTE_ACCESS_DENIED, CAUSE_PROTOCOL, ENDING_PLAIN, "" },
	{ CURLE_UNSUPPORTED_PROTOCOL, CAUSE_PROTOCOL, ENDING_PLAIN, "not HTTP" },
	{ CURLE_HTTP2, CAUSE_PROTOCOL, ENDING_PLAIN, "broken HTTP/2" },
	{ CURLE_HTTP2_STREAM, CAUSE_PROTOCOL, ENDING_PLAIN, "the peer gave up the HTTP/2 stream" },
	{ CURLE_URL_MALFORMAT, CAUSE_PROTOCOL, ENDING_PLAIN, "not a URL" },
	{ CURLE_WRITE_ERROR, CAUSE_CUT, ENDING_PLAIN, "" },
	{ CURLE_OUT_OF_MEMORY, CAUSE_LOCAL, ENDING_MEMORY, "ENOMEM" },
	{ CURLE_SSL_CACERT_BADFILE, CAUSE_LOCAL, ENDING_PLAIN, "the CA file cannot be read" },
	{ CURLE_SSL_CERTPROBLEM, CAUSE_LOCAL, ENDING_PLAIN,
	  "the client certificate or its key cannot be used" },
	{ CURLE_SSL_CLIENTCERT, CAUSE_HANDSHAKE, ENDING_HANDSHAKE, "" },
};

static const struct code_row *code_find(CURLcode code)
{
	static const struct code_row unknown = { CURLE_FAILED_INIT, CAUSE_LOCAL, ENDING_PLAIN,
						 "libcurl" };

	for (size_t i = 0; i < sizeof(code_rows) / sizeof(code_rows[0]); i++) {
		if (code_rows[i].code == code)
			return &code_rows[i];
	}
	return &unknown;
}

static usec_t info_us(const struct transfer *t, CURLINFO info)
{
	curl_off_t us = 0;

	(void)curl_easy_getinfo(t->easy, info, &us); /* 0 when it never got there */
	return us;
}

static int info_int(const struct transfer *t, CURLINFO info)
{
	long value = 0;

	(void)curl_easy_getinfo(t->easy, info, &value);
	return (int)value;
}

static struct io_http_result result_make(const struct transfer *t, CURLcode code)
{
	const struct code_row *row = code_find(code);
	const usec_t first_us = info_us(t, CURLINFO_STARTTRANSFER_TIME_T);
	const struct ending ending = {
		.cause = row->cause,
		.hint = row->hint,
		.note = row->note,
		.words = t->error,
		.error = t->socket_error != 0 ? t->socket_error : info_int(t, CURLINFO_OS_ERRNO),
		.is_ours = t->socket_error != 0,
		.is_tls = t->spec.tls == TRANSFER_TLS_ALWAYS,
		.is_session = t->spec.is_session,
		.has_bytes = t->has_bytes || (first_us > 0 && code != CURLE_GOT_NOTHING),
		.status = info_int(t, CURLINFO_RESPONSE_CODE),
		.wanted = t->spec.version,
		.spoken = info_int(t, CURLINFO_HTTP_VERSION) >= CURL_HTTP_VERSION_2_0 ? IO_HTTP_2
										      : IO_HTTP_1_1,
		.phase = t->phase,
		.ends = { [PHASE_CONNECT] = t->connected_us != 0
						    ? t->connected_us
						    : info_us(t, CURLINFO_CONNECT_TIME_T),
			  [PHASE_TLS] = info_us(t, CURLINFO_APPCONNECT_TIME_T),
			  [PHASE_SEND] = t->sent_us != 0 ? t->sent_us
							 : info_us(t, CURLINFO_PRETRANSFER_TIME_T),
			  [PHASE_WAIT] = first_us,
			  [PHASE_BODY] = info_us(t, CURLINFO_TOTAL_TIME_T) },
		.tls = &t->tls,
	};

	return ending_result(&ending);
}

/* ---- the pool ---- */

static struct transfer *transfer_take(struct transfers *transfers)
{
	struct transfer *t = transfers->free;

	if (t != NULL)
		transfers->free = t->next_free;
	else if (transfers->used < transfers->max)
		t = &transfers->all[transfers->used++];
	return t;
}

static void headers_free(struct transfer *t)
{
	struct curl_slist **end = &t->headers;

	while (*end != NULL && *end != t->common)
		end = &(*end)->next;
	*end = NULL;
	curl_slist_free_all(t->headers);
	t->headers = NULL;
}

static void transfer_release(struct transfer *t)
{
	(void)curl_multi_remove_handle(t->transfers->multi, t->easy);
	headers_free(t);
	if (t->given >= 0)
		io_fd_end(t->transfers->io, t->given);
	if (t->spec.is_session || t->spec.is_handshake) {
		curl_easy_cleanup(t->easy);
		t->easy = NULL;
	}
	t->is_used = false;
	t->next_free = t->transfers->free;
	t->transfers->free = t;
}

static void transfer_finish(struct transfer *t, CURLcode code)
{
	struct io_http_result result = result_make(t, code);
	const struct transfer_spec spec = t->spec;

	if (!spec.is_session || result.cause != CAUSE_PASS)
		transfer_release(t);
	/* When it ends as soon as it sets out, on_turn has been; it has to see this, too. */
	io_loop_wake(t->transfers->io);
	spec.on_end(spec.ctx, &result);
}

/* From the start again each time: whoever is told may start and end others. */
static void broken_finish(struct transfers *transfers)
{
	while (transfers->has_broken) {
		transfers->has_broken = false;
		for (unsigned i = 0; i < transfers->used; i++) {
			struct transfer *t = &transfers->all[i];

			if (!t->is_used || !t->is_broken)
				continue;
			transfers->has_broken = true;
			transfer_finish(t, CURLE_COULDNT_CONNECT);
			break;
		}
	}
}

static void transfers_act(struct transfers *transfers, curl_socket_t fd, int mask)
{
	const CURLMsg *message;
	int left;

	(void)curl_multi_socket_action(transfers->multi, fd, mask, &left);
	while ((message = curl_multi_info_read(transfers->multi, &left)) != NULL) {
		struct transfer *t = NULL;
		CURLcode code = message->data.result;

		(void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &t);
		transfer_finish(t, code);
	}
	broken_finish(transfers);
}

/* ---- libcurl asks for sockets and time ---- */

static void socket_ready(void *ctx, int fd, unsigned events)
{
	transfers_act(ctx, fd,
		      ((events & IO_READABLE) ? CURL_CSELECT_IN : 0) |
			      ((events & IO_WRITABLE) ? CURL_CSELECT_OUT : 0));
}

/* A refusal here would end every transfer of the multi handle: only this one is given up. */
static int socket_wanted(CURL *easy, curl_socket_t fd, int what, void *ctx, void *socket_ctx)
{
	struct transfers *transfers = ctx;
	struct pump *pump = socket_ctx;
	unsigned events = ((what & CURL_POLL_IN) ? IO_READABLE : 0u) |
			  ((what & CURL_POLL_OUT) ? IO_WRITABLE : 0u);
	struct transfer *t = NULL;

	if (what == CURL_POLL_REMOVE || pump != NULL) {
		if (what == CURL_POLL_REMOVE)
			pump_free(pump);
		else
			pump_change(pump, events);
		return 0;
	}
	pump = pump_new(transfers->io, fd, events, socket_ready, transfers);
	if (pump != NULL) {
		(void)curl_multi_assign(transfers->multi, fd, pump);
		return 0;
	}
	(void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, &t);
	t->socket_error = ENOMEM;
	t->is_broken = transfers->has_broken = true;
	return 0;
}

static int time_wanted(CURLM *multi, long ms, void *ctx)
{
	struct transfers *transfers = ctx;

	(void)multi;
	transfers->is_hasty = ms == 0;
	io_timer_set(transfers->timer,
		     ms < 0 ? MONO_NEVER : mono_add(io_now(transfers->io).mono, ms * USEC_PER_MS));
	return 0;
}

static void time_come(void *ctx)
{
	struct transfers *transfers = ctx;

	transfers->is_hasty = false;
	io_timer_set(transfers->timer, MONO_NEVER);
	transfers_act(transfers, CURL_SOCKET_TIMEOUT, 0);
}

void transfers_set_out(struct transfers *transfers)
{
	if (transfers->is_hasty)
		time_come(transfers);
}

/* ---- libcurl asks for a connection ---- */

static curl_socket_t socket_open(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct transfer *t = ctx;
	struct sockaddr_storage to = { 0 };
	int fd;

	(void)purpose;
	address->addrlen = socket_address(&t->spec.address, &to);
	address->family = to.ss_family;
	/* libcurl keeps a sockaddr_storage behind the sockaddr that it shows. */
	memcpy((unsigned char *)address + offsetof(struct curl_sockaddr, addr), &to,
	       address->addrlen);
	if (t->given >= 0) {
		fd = t->given;
		t->given = -1;
		return fd;
	}
	fd = socket(address->family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
	if (fd < 0)
		t->socket_error = errno;
	return fd < 0 ? CURL_SOCKET_BAD : fd;
}

static int socket_is_connected(void *ctx, curl_socket_t fd, curlsocktype purpose)
{
	(void)ctx, (void)fd, (void)purpose;
	return CURL_SOCKOPT_ALREADY_CONNECTED;
}

static int socket_close(void *ctx, curl_socket_t fd)
{
	const struct transfers *transfers = ctx;

	io_fd_end(transfers->io, fd);
	return 0;
}

/* Nobody but us resolves names. */
static int lookup_refused(void *resolver, void *reserved, void *ctx)
{
	(void)resolver, (void)reserved, (void)ctx;
	return 1;
}

static void phase_enter(struct transfer *t, enum phase phase)
{
	if (phase <= t->phase)
		return;
	t->phase = phase;
	if (t->spec.on_phase != NULL)
		t->spec.on_phase(t->spec.ctx, phase);
}

static CURLcode tls_begins(CURL *easy, void *ssl_ctx, void *ctx)
{
	struct transfer *t = ctx;
	struct io *io = t->transfers->io;

	(void)easy;
	t->connected_us = info_us(t, CURLINFO_TOTAL_TIME_T) + 1; /* never 0 */
	phase_enter(t, PHASE_TLS);
	t->tls.evidence = t->spec.evidence;
	return trust_attach(io_parts(io)->trust, t->spec.ca_file, ssl_ctx, &t->tls, io_now(io).wall)
		       ? CURLE_OK
		       : CURLE_SSL_CACERT_BADFILE;
}

/* ---- libcurl tells how it goes ---- */

/* Right before the request: without a body it leaves in one piece. */
static int request_begins(void *ctx, char *ip, char *own_ip, int port, int own_port)
{
	struct transfer *t = ctx;

	(void)ip, (void)own_ip, (void)port, (void)own_port;
	if (t->spec.is_session || t->spec.is_handshake)
		return CURL_PREREQFUNC_OK;
	phase_enter(t, PHASE_SEND);
	if (t->spec.body_bytes == 0)
		phase_enter(t, PHASE_WAIT);
	return CURL_PREREQFUNC_OK;
}

static int body_moved(void *ctx, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
		      curl_off_t up)
{
	struct transfer *t = ctx;

	(void)down_total, (void)down;
	if (t->phase == PHASE_SEND && up_total > 0 && up >= up_total) {
		t->sent_us = info_us(t, CURLINFO_TOTAL_TIME_T);
		phase_enter(t, PHASE_WAIT);
	}
	return 0;
}

static size_t line_arrived(char *line, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;

	t->has_bytes = true;
	if (!t->spec.is_session)
		phase_enter(t, PHASE_BODY);
	return t->spec.on_line(t->spec.ctx, line, size * n) ? size * n : 0;
}

static size_t bytes_arrived(char *bytes, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;

	t->has_bytes = true;
	return t->spec.on_bytes == NULL || t->spec.on_bytes(t->spec.ctx, bytes, size * n) ? size * n
											  : 0;
}

static int talk_heard(CURL *easy, curl_infotype type, char *text, size_t n, void *ctx)
{
	const struct transfer *t = ctx;

	(void)easy;
	if (type == CURLINFO_HEADER_IN || type == CURLINFO_HEADER_OUT)
		t->spec.on_talk(t->spec.ctx, type == CURLINFO_HEADER_OUT, text, n);
	return 0;
}

/* ---- options ---- */

/* Of HTTP, too, what never differs: its handles are used again. */
static void options_constant_http(CURL *easy)
{
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
}

/* What never differs. Out of memory shows up as a transfer that fails at once. */
static void options_constant(struct transfer *t)
{
	CURL *easy = t->easy;

	if (!t->spec.is_session)
		options_constant_http(easy);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, t);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->error);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "*"); /* the environment is not asked (SR-30) */
	curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECT_TO, t->transfers->detour);
	curl_easy_setopt(easy, CURLOPT_RESOLVE, t->transfers->detour_seed);
	curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, -1L);
	curl_easy_setopt(easy, CURLOPT_RESOLVER_START_FUNCTION, lookup_refused);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, socket_open);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, t);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, socket_close);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, t->transfers);
	curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	/* Both, or libcurl reads its own bundle into our shared store each time. */
	curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
	curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	/* Else OpenSSL would ask the terminal for the passphrase of a client's key, and wait. */
	curl_easy_setopt(easy, CURLOPT_KEYPASSWD, "");
	curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, tls_begins);
	curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, t);
	curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, request_begins);
	curl_easy_setopt(easy, CURLOPT_PREREQDATA, t);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, line_arrived);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, bytes_arrived);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, body_moved);
	curl_easy_setopt(easy, CURLOPT_XFERINFODATA, t);
}

static bool header_add(struct transfer *t, const char *line)
{
	struct curl_slist *list = curl_slist_append(t->headers, line);

	if (list != NULL)
		t->headers = list;
	return list != NULL;
}

static bool is_agent(const char *line)
{
	size_t n = strlen(AGENT);

	return strncasecmp(line, AGENT, n) == 0 && (line[n] == ':' || line[n] == ';');
}

/* The common lines behind them, ours of who asks not when they say it themselves. */
static bool headers_make(struct transfer *t)
{
	struct curl_slist *common = t->transfers->common, **end = &t->headers;

	for (const char *const *line = t->spec.headers; line != NULL && *line != NULL; line++) {
		if (!header_add(t, *line))
			return false;
		if (is_agent(*line))
			common = t->transfers->common->next;
	}
	/* Takes away the wait for "100 Continue" that a large body would bring. */
	if (t->spec.body_bytes > 0 && !header_add(t, "Expect:"))
		return false;
	while (*end != NULL)
		end = &(*end)->next;
	*end = t->common = common;
	return true;
}

static bool scheme_set(struct transfer *t, const char *scheme)
{
	bool is_set = t->scheme == scheme ||
		      curl_url_set(t->url, CURLUPART_SCHEME, scheme, 0) == CURLUE_OK;

	t->scheme = is_set ? scheme : NULL;
	return is_set;
}

static bool parts_set(CURLU *url, const struct url_parts *parts)
{
	const char *port = parts->port[0] != '\0' ? parts->port : NULL;

	return curl_url_set(url, CURLUPART_HOST, parts->host, 0) == CURLUE_OK &&
	       curl_url_set(url, CURLUPART_PORT, port, 0) == CURLUE_OK &&
	       curl_url_set(url, CURLUPART_PATH, parts->path, 0) == CURLUE_OK &&
	       curl_url_set(url, CURLUPART_QUERY, parts->query, 0) == CURLUE_OK;
}

static CURLcode options_url(struct transfer *t)
{
	struct url_parts parts;
	bool is_plain = t->url != NULL && url_parts_cut(t->spec.url, &parts) &&
			scheme_set(t, parts.scheme) && parts_set(t->url, &parts);

	curl_easy_setopt(t->easy, CURLOPT_CURLU, is_plain ? t->url : NULL);
	return is_plain ? CURLE_OK : curl_easy_setopt(t->easy, CURLOPT_URL, t->spec.url);
}

static enum shape shape_of(const struct transfer_spec *spec)
{
	if (spec->body_bytes > 0 || spec->version != IO_HTTP_1_1 || spec->client_cert != NULL ||
	    spec->client_key != NULL || strcmp(spec->method, "GET") != 0)
		return SHAPE_OTHER;
	return spec->tls == TRANSFER_TLS_NEVER ? SHAPE_BARE_HTTP : SHAPE_BARE_HTTPS;
}

static CURLcode options_request(struct transfer *t)
{
	const struct transfer_spec *spec = &t->spec;
	bool has_body = spec->body_bytes > 0;
	bool is_one_piece = !has_body && spec->tls == TRANSFER_TLS_NEVER;
	CURL *easy = t->easy;

	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
			 spec->version == IO_HTTP_1_1 ? (long)CURL_HTTP_VERSION_1_1
						      : (long)CURL_HTTP_VERSION_2TLS);
	curl_easy_setopt(easy, CURLOPT_SSLCERT, spec->client_cert);
	curl_easy_setopt(easy, CURLOPT_SSLKEY, spec->client_key);
	/* A request in one piece has nothing to wait with: one system call less. */
	curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, is_one_piece ? 0L : 1L);
	curl_easy_setopt(easy, CURLOPT_NOPROGRESS, has_body ? 0L : 1L);
	curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L); /* undoes HEAD and POST of the run before */
	curl_easy_setopt(easy, CURLOPT_NOBODY, strcmp(spec->method, "HEAD") == 0 ? 1L : 0L);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)spec->body_bytes);
	if (has_body && curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, spec->body) != CURLE_OK)
		return CURLE_OUT_OF_MEMORY;
	return curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, spec->method);
}

static CURLcode options_http(struct transfer *t)
{
	enum shape shape = shape_of(&t->spec);
	CURLcode code = CURLE_OK;

	if (!headers_make(t))
		return CURLE_OUT_OF_MEMORY;
	curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
	if (shape == SHAPE_OTHER || shape != t->shape)
		code = options_request(t);
	t->shape = code == CURLE_OK ? shape : SHAPE_OTHER;
	return code == CURLE_OK ? options_url(t) : code;
}

static CURLcode options_session(struct transfer *t)
{
	const struct transfer_spec *spec = &t->spec;
	CURL *easy = t->easy;

	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps,imap,imaps");
	curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(easy, CURLOPT_USE_SSL,
			 spec->tls == TRANSFER_TLS_NEVER ? (long)CURLUSESSL_NONE
							 : (long)CURLUSESSL_ALL);
	if (spec->on_talk != NULL) {
		curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
		curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, talk_heard);
		curl_easy_setopt(easy, CURLOPT_DEBUGDATA, t);
	}
	if (spec->username != NULL) {
		/* Inside TLS nothing is gained by the others, and some servers offer what they
		 * cannot do. */
		curl_easy_setopt(easy, CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN");
		curl_easy_setopt(easy, CURLOPT_USERNAME, spec->username);
		if (curl_easy_setopt(easy, CURLOPT_PASSWORD, spec->password) != CURLE_OK)
			return CURLE_OUT_OF_MEMORY;
	}
	return options_url(t);
}

static CURLcode options_handshake(struct transfer *t)
{
	CURL *easy = t->easy;

	curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
	/* It need not be HTTP that is spoken there. */
	curl_easy_setopt(easy, CURLOPT_SSL_ENABLE_ALPN, 0L);
	if (t->given >= 0)
		curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, socket_is_connected);
	return options_url(t);
}

/* ---- for the others of this room ---- */

static bool transfer_prepare(struct transfer *t)
{
	if (t->easy == NULL) {
		t->easy = curl_easy_init();
		if (t->easy == NULL)
			return false;
		t->shape = SHAPE_OTHER;
		options_constant(t);
	}
	if (t->url == NULL)
		t->url = curl_url();
	if (t->spec.is_handshake)
		return options_handshake(t) == CURLE_OK;
	return (t->spec.is_session ? options_session(t) : options_http(t)) == CURLE_OK;
}

struct transfer *transfer_start(struct transfers *transfers, const struct transfer_spec *spec)
{
	struct transfer *t = transfer_take(transfers);

	if (t == NULL)
		return NULL;
	*t = (struct transfer){ .transfers = transfers,
				.easy = t->easy,
				.url = t->url,
				.scheme = t->scheme,
				.shape = t->shape,
				.spec = *spec,
				.given = spec->fd != NULL ? *spec->fd : -1,
				.phase = PHASE_CONNECT,
				.is_used = true };
	if (transfer_prepare(t) && curl_multi_add_handle(transfers->multi, t->easy) == CURLM_OK)
		return t;
	t->given = -1; /* the caller's still */
	transfer_release(t);
	return NULL;
}

void transfer_end(struct transfer *transfer)
{
	if (transfer != NULL)
		transfer_release(transfer);
}

int transfer_fd(const struct transfer *transfer)
{
	curl_socket_t fd = CURL_SOCKET_BAD;

	(void)curl_easy_getinfo(transfer->easy, CURLINFO_ACTIVESOCKET, &fd);
	return fd;
}

int transfer_send(struct transfer *transfer, const void *bytes, size_t n)
{
	size_t sent = 0;
	CURLcode code = curl_easy_send(transfer->easy, bytes, n, &sent);

	if (code == CURLE_AGAIN)
		return 0;
	return code == CURLE_OK ? (int)sent : -EPIPE;
}

int transfer_receive(struct transfer *transfer, void *bytes, size_t n)
{
	size_t got = 0;
	CURLcode code = curl_easy_recv(transfer->easy, bytes, n, &got);

	if (code == CURLE_AGAIN)
		return 0;
	return code == CURLE_OK && got > 0 ? (int)got : -EPIPE;
}

/* ---- life ---- */

static bool multi_prepare(struct transfers *transfers)
{
	CURLM *multi = transfers->multi = curl_multi_init();

	if (multi == NULL)
		return false;
	curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, socket_wanted);
	curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, transfers);
	curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, time_wanted);
	curl_multi_setopt(multi, CURLMOPT_TIMERDATA, transfers);
	curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, IDLE_MAX);
	return true;
}

struct transfers *transfers_new(struct io *io, unsigned max)
{
	struct transfers *transfers = calloc(1, sizeof(*transfers));

	if (transfers == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		free(transfers);
		return NULL;
	}
	*transfers = (struct transfers){ .io = io, .max = max };
	transfers->timer = io_timer_new(io, time_come, transfers);
	transfers->detour = curl_slist_append(NULL, DETOUR);
	transfers->detour_seed = curl_slist_append(NULL, DETOUR_SEED);
	transfers->common = curl_slist_append(NULL, AGENT ": shorewatch/" SHOREWATCH_VERSION);
	transfers->all = calloc(max, sizeof(transfers->all[0]));
	if (transfers->timer == NULL || transfers->detour == NULL ||
	    transfers->detour_seed == NULL || transfers->common == NULL ||
	    curl_slist_append(transfers->common, "Connection: close") == NULL ||
	    transfers->all == NULL || !multi_prepare(transfers)) {
		transfers_free(transfers);
		return NULL;
	}
	return transfers;
}

void transfers_free(struct transfers *transfers)
{
	if (transfers == NULL)
		return;
	for (unsigned i = 0; i < transfers->used; i++) {
		assert(!transfers->all[i].is_used);
		if (transfers->all[i].easy != NULL)
			curl_easy_cleanup(transfers->all[i].easy);
		curl_url_cleanup(transfers->all[i].url);
	}
	if (transfers->multi != NULL)
		(void)curl_multi_cleanup(transfers->multi);
	curl_slist_free_all(transfers->detour);
	curl_slist_free_all(transfers->detour_seed);
	curl_slist_free_all(transfers->common);
	io_timer_free(transfers->timer);
	free(transfers->all);
	free(transfers);
	curl_global_cleanup();
}
