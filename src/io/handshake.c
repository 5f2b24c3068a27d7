/*
 * handshake.c - TLS, and nothing inside it: a transfer that ends where HTTP
 * would begin, over a connection of its own or over one on which STARTTLS was
 * agreed.
 */
#include <netinet/in.h>
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
	bool has_talked;	 /* the peer has spoken before TLS */
	struct transfer *transfer;
	char url[URL_BYTES_MAX];
};

static void handshake_finish(struct handshake *handshake, const struct io_http_result *result)
{
	const struct io_tls_spec spec = handshake->spec;

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

/* `fd` NULL: a connection of its own. False: the handshake has ended. */
static bool tls_start(struct handshake *handshake, const int *fd)
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
	};
	struct io_http_result result;

	handshake->transfer = transfer_start(io_parts(handshake->io)->http, &transfer);
	if (handshake->transfer != NULL)
		return true;
	if (fd != NULL)
		io_fd_end(handshake->io, *fd);
	result = result_of(PHASE_CONNECT, CAUSE_LOCAL, "too many exchanges at once, or no memory");
	handshake_finish(handshake, &result);
	return false;
}

/* ---- the words before it ---- */

static void on_connected(void *ctx)
{
	phase_enter(ctx, PHASE_WAIT);
}

static void on_talked(void *ctx, enum cause cause, const char *note, int fd)
{
	struct handshake *handshake = ctx;
	struct io_http_result result;
	bool has_heard = starttls_has_heard(handshake->talk);

	(void)has_heard;
	handshake->talk = NULL;
	if (cause == CAUSE_PASS) {
		handshake->has_talked = true;
		(void)tls_start(handshake, &fd);
		return;
	}
	result = result_of(PHASE_WAIT, cause, note);
	handshake_finish(handshake, &result);
}
