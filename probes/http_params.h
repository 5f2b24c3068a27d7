/*
 * http_params.h - what the http group of a target says.
 */
#ifndef PROBES_HTTP_PARAMS_H
#define PROBES_HTTP_PARAMS_H

#include <stddef.h>
#include <stdint.h>

#include "http_assert.h"
#include "shorewatch/option.h"

enum http_method {
	HTTP_GET,
	HTTP_HEAD,
	HTTP_POST,
	HTTP_PUT,
	HTTP_PATCH,
	HTTP_DELETE,
	HTTP_OPTIONS
};

struct http_params {
	const char *url;
	int method; /* enum http_method */
	struct pairs headers;
	const char *body;
	struct strings status, body_contains, body_not_contains;
	int64_t max_body, max_redirects;
	const char *ca_file, *address, *host;
	struct status_set wanted; /* of `status`, by check() */
};

extern const struct option http_options[];
extern const char *const http_methods[]; /* by enum http_method, NULL-terminated */

/* probe_kind.check */
bool http_check(void *params, struct option_fault *fault);

#endif
