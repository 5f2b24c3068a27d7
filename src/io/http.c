/*
 * http.c - one HTTP exchange: the heads of the answer taken apart, and kept
 * within bounds.
 *
 * Of several heads (100, 103, then 200) only the last is handed on; so are no
 * trailers. All heads together may have 64 KiB: libcurl has no such limit
 * over many (SR-08).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/exchange.h"
#include "io/parts.h"
#include "io/transfer.h"
#include "shorewatch/io.h"

#define HEADS_MAX  65536
#define HEADER_MAX 8192 /* a longer one is not handed on: nobody reads it whole */

struct http_exchange {
	struct io_exchange base;
	struct io_http_spec spec; /* callbacks; texts are gone after the start */
	struct transfer *transfer;
	size_t heads_bytes;
	bool is_final; /* the head that is being read has a status of 200 or more */
	bool has_body; /* what looks like a header now is a trailer */
	bool is_flooded;
};

/* The status begins here, with three characters at least; NULL: there is none. */
static const char *status_find(const char *line, size_t n)
{
	const char *space = memchr(line, ' ', n);

	return space != NULL && n - (size_t)(space - line) > 3 ? space + 1 : NULL;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void status_tell(const struct http_exchange *exchange, const char *status)
{
	if (exchange->spec.on_refusal != NULL && is_digit(status[1]) && is_digit(status[2]))
		exchange->spec.on_refusal(exchange->spec.ctx, (status[0] - '0') * 100 +
								      (status[1] - '0') * 10 +
								      (status[2] - '0'));
}

static void status_read(struct http_exchange *exchange, const char *line, size_t n)
{
	const char *status = status_find(line, n);

	exchange->is_final = status != NULL && *status >= '2' && *status <= '9';
	if (exchange->is_final && *status != '2')
		status_tell(exchange, status);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* What is left of `text` up to `end` without the blanks around it, terminated. */
static char *text_trim(char *text, char *end)
{
	while (end > text && is_blank(end[-1]))
		end--;
	*end = '\0';
	while (*text == ' ' || *text == '\t')
		text++;
	return text;
}

static bool header_tell(const struct http_exchange *exchange, const char *line, size_t n)
{
	char copy[HEADER_MAX], *colon, *name, *value;

	if (n >= sizeof(copy))
		return true;
	memcpy(copy, line, n);
	colon = memchr(copy, ':', n);
	if (colon == NULL || colon == copy || is_blank(*copy))
		return true;
	value = text_trim(colon + 1, copy + n);
	name = text_trim(copy, colon);
	return exchange->spec.on_header(exchange->spec.ctx, name, value);
}

static bool on_line(void *ctx, const char *line, size_t n)
{
	struct http_exchange *exchange = ctx;

	exchange->heads_bytes += n;
	if (exchange->heads_bytes > HEADS_MAX) {
		exchange->is_flooded = true;
		return false;
	}
	if (exchange->has_body)
		return true;
	if (n > 5 && memcmp(line, "HTTP/", 5) == 0) {
		status_read(exchange, line, n);
		return true;
	}
	return !exchange->is_final || exchange->spec.on_header == NULL ||
	       header_tell(exchange, line, n);
}

static bool on_bytes(void *ctx, const void *bytes, size_t n)
{
	struct http_exchange *exchange = ctx;

	exchange->has_body = true;
	return exchange->spec.on_body == NULL ||
	       exchange->spec.on_body(exchange->spec.ctx, bytes, n);
}

static void on_phase(void *ctx, enum phase phase)
{
	const struct http_exchange *exchange = ctx;

	if (exchange->spec.on_phase != NULL)
		exchange->spec.on_phase(exchange->spec.ctx, phase);
}

static void on_end(void *ctx, const struct io_http_result *ended)
{
	struct http_exchange *exchange = ctx;
	const struct io_http_spec spec = exchange->spec;
	struct io_http_result result = *ended;

	if (exchange->is_flooded) {
		result.cause = CAUSE_PROTOCOL;
		(void)snprintf(result.note, sizeof(result.note), "headers over 64 KiB");
	}
	free(exchange);
	spec.on_done(spec.ctx, &result);
}

static void exchange_cancel(struct io_exchange *base)
{
	struct http_exchange *exchange = (struct http_exchange *)base;

	transfer_end(exchange->transfer);
	free(exchange);
}

static struct io_exchange *start_fail(const struct io_http_spec *spec)
{
	struct io_http_result result = { .phase = PHASE_CONNECT, .cause = CAUSE_LOCAL };

	for (int p = PHASE_DNS; p < PHASE_COUNT; p++)
		result.phase_us[p] = PHASE_NOT_REACHED;
	(void)snprintf(result.note, sizeof(result.note),
		       "too many exchanges at once, or no memory");
	spec->on_done(spec->ctx, &result);
	return NULL;
}

struct io_exchange *io_http_start(struct io *io, const struct io_http_spec *spec)
{
	struct http_exchange *exchange = calloc(1, sizeof(*exchange));
	bool is_tls = strncmp(spec->url, "https:", 6) == 0;
	const struct transfer_spec transfer = {
		.url = spec->url,
		.address = spec->address,
		.tls = is_tls ? TRANSFER_TLS_ALWAYS : TRANSFER_TLS_NEVER,
		.ca_file = spec->ca_file,
		.client_cert = spec->client_cert,
		.client_key = spec->client_key,
		.version = spec->version,
		.method = spec->method,
		.headers = spec->headers,
		.body = spec->body,
		.body_bytes = spec->body != NULL ? spec->body_bytes : 0,
		.on_phase = on_phase,
		.on_line = on_line,
		.on_bytes = on_bytes,
		.on_end = on_end,
		.ctx = exchange,
		.evidence = spec->evidence,
	};

	if (exchange == NULL)
		return start_fail(spec);
	exchange->base.cancel = exchange_cancel;
	exchange->spec = *spec;
	exchange->transfer = transfer_start(io_parts(io)->http, &transfer);
	if (exchange->transfer != NULL) {
		on_phase(exchange, PHASE_CONNECT);
		return &exchange->base;
	}
	free(exchange);
	return start_fail(spec);
}

void io_exchange_cancel(struct io_exchange *exchange)
{
	if (exchange != NULL)
		exchange->cancel(exchange);
}
