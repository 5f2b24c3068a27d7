/*
 * http_params.h - what the http group of a target says.
 */
#ifndef PROBES_HTTP_PARAMS_H
#define PROBES_HTTP_PARAMS_H

#include <stddef.h>
#include <stdint.h>

#include "http_assert.h"
#include "http_json.h"
#include "shorewatch/option.h"

struct pattern;

enum http_method {
	HTTP_GET,
	HTTP_HEAD,
	HTTP_POST,
	HTTP_PUT,
	HTTP_PATCH,
	HTTP_DELETE,
	HTTP_OPTIONS
};

#define PATTERNS_MAX	  8
#define HEADERS_MAX	  32
#define HEADERS_BYTES_MAX 3500 /* names, values and Host, without Authorization */

/* One for each target, of which there are many: what is seldom said takes a pointer. */
struct http_params {
	const char *url;
	int method;	  /* enum http_method */
	int http_version; /* enum io_http_version */
	struct pairs headers;
	const char *body;
	struct strings status, header;
	struct strings body_contains, body_not_contains, body_matches, json;
	int64_t max_body, max_redirects;
	const struct auth *auth;
	const char *ca_file, *client_cert, *client_key, *address, *host;

	/* by http_check(), from the above; http_release() gives them back. NULL: there are none */
	struct pattern **patterns; /* of body_matches, by index */
	struct demand **demands;   /* of json, by index */
	unsigned patterns_n, demands_n;
};

extern const struct option http_options[];
extern const char *const http_methods[]; /* by enum http_method, NULL-terminated */

/* probe_kind.check and .release */
bool http_check(void *params, struct option_fault *fault);
void http_release(void *params);

#endif
