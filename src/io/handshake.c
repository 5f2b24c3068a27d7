/*
 * handshake.c - TLS, and nothing inside it: a transfer that ends where HTTP
 * would begin, over a connection of its own or over one on which STARTTLS was
 * agreed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/exchange.h"
#include "io/loop_fd.h"
#include "io/parts.h"
#include "io/starttls.h"
#include "io/transfer.h"
#include "shorewatch/io.h"

#define URL_BYTES_MAX 300

struct handshake {
	struct io_exchange base;
	struct io *io;
	struct io_tls_spec spec; /* server_name is gone after the start */
	struct starttls *talk;	 /* NULL: over, or none is wanted */
	bool has_talked;	 /* the peer has spoken in the clear */
	struct transfer *transfer;
	bool *is_over; /* while io_tls_start() has not returned; else NULL */
	char url[URL_BYTES_MAX];
};

static void handshake_finish(struct handshake *handshake, const struct io_http_result *result)
{
	const struct io_tls_spec spec = handshake->spec;

	if (handshake->is_over != NULL)
		*handshake->is_over = true;
	free(handshake);
	spec.on_done(spec.ctx, result);
}

static struct io_http_result result_of(enum phase phase, enum cause cause, const char *note)
{
	struct io_http_result result = { .phase = phase, .cause = cause };

	for (int p = PHASE_DNS; p < PHASE_COUNT; p++)
		result.phase_us[p] = PHASE_NOT_REACHED;
	(void)snprintf(result.note, sizeof(result.note), "%s", note);
	return result;
}

static void phase_enter(const struct handshake *handshake, enum phase phase)
{
	if (handshake->spec.on_phase != NULL)
		handshake->spec.on_phase(handshake->spec.ctx, phase);
}

/* ---- TLS ---- */

static void on_phase(void *ctx, enum phase phase)
{
	if (phase == PHASE_TLS)
		phase_enter(ctx, phase);
}

static bool on_line(void *ctx, const char *line, size_t n)
{
	(void)ctx, (void)line, (void)n;
	return false; /* nothing was asked */
}

static void on_end(void *ctx, const struct io_http_result *ended)
{
	struct handshake *handshake = ctx;
	struct io_http_result result = *ended;

	result.is_reached = result.is_reached || handshake->has_talked;
	/* libcurl is done where the request would begin: that is our end of TLS. */
	if (result.phase > PHASE_TLS)
		result.phase = PHASE_TLS;
	for (enum phase p = PHASE_SEND; p < PHASE_COUNT; p++)
		result.phase_us[p] = PHASE_NOT_REACHED;
	/* Of a connection that was given, its making is none of libcurl's. */
	if (handshake->has_talked)
		result.phase_us[PHASE_CONNECT] = PHASE_NOT_REACHED;
	handshake_finish(handshake, &result);
}

/* `fd` NULL: a connection of its own. May have ended when it returns. */
static void tls_start(struct handshake *handshake, const int *fd)
{
	const struct transfer_spec transfer = {
		.url = handshake->url,
		.address = handshake->spec.address,
		.tls = TRANSFER_TLS_ALWAYS,
		.ca_file = handshake->spec.ca_file,
		.is_handshake = true,
		.fd = fd,
		.on_phase = on_phase,
		.on_line = on_line,
		.on_end = on_end,
		.ctx = handshake,
		.evidence = handshake->spec.evidence,
	};
	struct io_http_result result;

	handshake->transfer = transfer_start(io_parts(handshake->io)->http, &transfer);
	if (handshake->transfer != NULL)
		return;
	if (fd != NULL)
		io_fd_end(handshake->io, *fd);
	result = result_of(PHASE_CONNECT, CAUSE_LOCAL, "too many exchanges at once, or no memory");
	handshake_finish(handshake, &result);
}

/* ---- the words before it ---- */

static void on_connected(void *ctx)
{
	phase_enter(ctx, PHASE_WAIT);
}

static void on_talked(void *ctx, const struct starttls_result *talked)
{
	struct handshake *handshake = ctx;
	struct io_http_result result;

	handshake->talk = NULL;
	handshake->has_talked = talked->is_reached;
	if (talked->cause == CAUSE_PASS) {
		tls_start(handshake, &talked->fd);
		return;
	}
	result = result_of(talked->phase, talked->cause, talked->note);
	result.is_reached = talked->is_reached;
	handshake_finish(handshake, &result);
}

/* May have ended when it returns. */
static void talk_start(struct handshake *handshake)
{
	const struct starttls_spec spec = { .address = handshake->spec.address,
					    .protocol = handshake->spec.starttls,
					    .on_connected = on_connected,
					    .on_done = on_talked,
					    .ctx = handshake };
	struct starttls *talk = starttls_start(handshake->io, &spec);

	/* NULL: on_talked has been here, and nothing of ours is left. */
	if (talk != NULL)
		handshake->talk = talk;
}

/* ---- life ---- */

static void handshake_cancel(struct io_exchange *base)
{
	struct handshake *handshake = (struct handshake *)base;

	starttls_cancel(handshake->talk);
	transfer_end(handshake->transfer);
	free(handshake);
}

/* False: the name is too long. */
static bool url_make(struct handshake *handshake, const struct io_tls_spec *spec)
{
	bool is_v6 = strchr(spec->server_name, ':') != NULL;
	int n = snprintf(handshake->url, sizeof(handshake->url), "https://%s%s%s:%u/",
			 is_v6 ? "[" : "", spec->server_name, is_v6 ? "]" : "", spec->address.port);

	return (size_t)n < sizeof(handshake->url);
}

struct io_exchange *io_tls_start(struct io *io, const struct io_tls_spec *spec)
{
	struct handshake *handshake = calloc(1, sizeof(*handshake));
	struct io_http_result none = result_of(PHASE_CONNECT, CAUSE_LOCAL, "ENOMEM");
	bool is_over = false;

	if (handshake == NULL) {
		spec->on_done(spec->ctx, &none);
		return NULL;
	}
	*handshake = (struct handshake){
		.base.cancel = handshake_cancel, .io = io, .spec = *spec, .is_over = &is_over
	};
	if (!url_make(handshake, spec)) {
		none = result_of(PHASE_CONNECT, CAUSE_LOCAL, "the server name is too long");
		handshake_finish(handshake, &none);
		return NULL;
	}
	phase_enter(handshake, PHASE_CONNECT);
	if (spec->starttls == IO_STARTTLS_NONE)
		tls_start(handshake, NULL);
	else
		talk_start(handshake);
	if (is_over)
		return NULL;
	handshake->is_over = NULL;
	return &handshake->base;
}
