/*
 * http_request.h - the header lines of a hop's request.
 */
#ifndef PROBES_HTTP_REQUEST_H
#define PROBES_HTTP_REQUEST_H

#include <stdbool.h>

#include "http_params.h"
#include "shorewatch/auth.h"

#define LINES_MAX   (HEADERS_MAX + 3) /* Host, Authorization, and the NULL */
#define LINES_BYTES (HEADERS_BYTES_MAX + AUTH_HEADER_MAX + 64)

struct request {
	const char *lines[LINES_MAX]; /* for io_http_spec.headers */
	size_t text_n;
	char text[LINES_BYTES]; /* holds secrets */
};

/* Once, before anything else. */
void request_init(struct request *request);
/* `is_first`: to the scheme, host and port of the configured URL. */
void request_build(struct request *request, const struct http_params *params, bool is_first,
		   bool has_body);
/* Forgets the secrets. */
void request_done(struct request *request);

#endif
