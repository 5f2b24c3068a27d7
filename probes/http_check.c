/*
 * http_check.c - what is wrong with an http group, and what is made of it once
 * it is not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fault.h"
#include "http_expect.h"
#include "http_params.h"
#include "http_redirect.h"
#include "http_token.h"
#include "http_url.h"
#include "shorewatch/auth.h"
#include "shorewatch/io.h"
#include "shorewatch/pattern.h"

/* ---- the request ---- */

/* NULL: it may be given under `headers`. */
static const char *header_fault(const struct http_params *params, const struct pair *header)
{
	static const struct {
		const char *name, *fault;
	} ours[] = {
		{ "Host", "Host is not given here: write host = \"...\"" },
		{ "Content-Length", "Content-Length follows from body; remove it" },
		{ "Transfer-Encoding", "Transfer-Encoding is not ours to choose; remove it" },
		{ "Connection", "Connection is always \"close\"; remove it" },
		{ "Keep-Alive", "every run has a connection of its own; remove Keep-Alive" },
		{ "Upgrade", "nothing else than HTTP is spoken; remove Upgrade" },
		{ "TE", "TE is not ours to choose; remove it" },
		{ "Expect", "Expect is never sent; remove it" },
		{ "Accept-Encoding", "a compressed body is not unpacked; remove Accept-Encoding" },
	};

	if (!token_is_fine(header->name, strlen(header->name)))
		return "a name that no header can have";
	if (text_has_controls(header->value))
		return "a value with a line break or another control character";
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
		if (strcasecmp(header->name, ours[i].name) == 0)
			return ours[i].fault;
	}
	if (params->auth != NULL && strcasecmp(header->name, "Authorization") == 0)
		return "Authorization is here and in auth; remove one";
	return NULL;
}

static bool headers_check(const struct http_params *params, struct option_fault *fault)
{
	size_t bytes = params->host != NULL ? strlen(params->host) + sizeof("Host: ") : 0;

	for (size_t i = 0; i < params->headers.n; i++) {
		const struct pair *header = &params->headers.v[i];
		const char *wrong = header_fault(params, header);

		if (wrong != NULL)
			return fault_say(fault, "headers", wrong);
		bytes += strlen(header->name) + strlen(header->value) + sizeof(": ");
	}
	if (params->headers.n > HEADERS_MAX || bytes > HEADERS_BYTES_MAX)
		return fault_say(fault, "headers", "at most 32, of 3500 bytes in all");
	return true;
}

static bool places_check(const struct http_params *params, struct option_fault *fault)
{
	char host[URL_HOST_MAX];
	uint16_t port;

	if (params->address != NULL && !address_split(params->address, host, sizeof(host), &port))
		return fault_say(fault, "address", "write host:port or [v6]:port");
	if (params->host != NULL && (text_has_controls(params->host) || *params->host == '\0'))
		return fault_say(fault, "host", "not a host");
	return true;
}

static bool tls_check(const struct http_params *params, bool is_tls, struct option_fault *fault)
{
	if (params->ca_file != NULL && !is_tls)
		return fault_say(fault, "ca_file", "only https:// has a certificate to verify");
	if (params->client_cert != NULL && !is_tls)
		return fault_say(fault, "client_cert", "only https:// can ask for one");
	if (params->client_cert != NULL && params->client_key == NULL)
		return fault_say(fault, "client_cert", "needs its key: add client_key");
	if (params->client_key != NULL && params->client_cert == NULL)
		return fault_say(fault, "client_key", "needs its certificate: add client_cert");
	if (params->http_version == IO_HTTP_2 && !is_tls)
		return fault_say(fault, "http_version",
				 "\"2\" is agreed on over TLS: use https://");
	return true;
}

static bool request_check(const struct http_params *params, struct option_fault *fault)
{
	struct url url;
	const char *wrong = url_read(params->url, &url);

	if (wrong != NULL)
		return fault_say(fault, "url", wrong);
	wrong = params->auth != NULL ? auth_fault(params->auth) : NULL;
	if (wrong != NULL)
		return fault_say(fault, "auth", wrong);
	if (params->method == HTTP_HEAD && params->body != NULL)
		return fault_say(fault, "body", "HEAD sends none; use POST");
	return places_check(params, fault) && tls_check(params, url.is_tls, fault) &&
	       headers_check(params, fault);
}

/* ---- the answer ---- */

/* A redirect that is followed is never an answer. */
static bool is_never_judged(const struct http_params *params, const struct status_range *range)
{
	return params->max_redirects > 0 && range->low == range->high && redirect_is(range->low);
}

static bool status_check(const struct http_params *params, struct option_fault *fault)
{
	struct status_range range;

	for (size_t i = 0; i < params->status.n; i++) {
		if (i == STATUS_RANGES_MAX || !status_range_read(params->status.v[i], &range))
			return fault_say(
				fault, "status",
				"write \"200\", \"200-299\" or \"2xx\", at most 16 of them");
		if (is_never_judged(params, &range))
			return fault_say(fault, "status",
					 "redirects are followed, so one is never the answer; "
					 "to judge the redirect itself add max_redirects = 0");
	}
	if (params->status.n == 0)
		return fault_say(fault, "status", "empty, so that no answer could be good");
	return true;
}

static bool header_check(const struct http_params *params, struct option_fault *fault)
{
	if (params->header.n > EXPECTS_MAX)
		return fault_say(fault, "header", "at most 16");
	for (size_t i = 0; i < params->header.n; i++) {
		if (!expect_is_fine(params->header.v[i]))
			return fault_say(fault, "header",
					 "write \"Name: text\", such as "
					 "\"Content-Type: application/json\"");
	}
	return true;
}

static bool texts_check(const struct strings *texts, const char *option, struct option_fault *fault)
{
	if (texts->n > SEARCH_TEXTS_MAX)
		return fault_say(fault, option, "at most 16 texts");
	for (size_t i = 0; i < texts->n; i++) {
		size_t n = strlen(texts->v[i]);

		if (n == 0 || n > SEARCH_TEXT_MAX)
			return fault_say(fault, option, "each text has from 1 to 512 bytes");
	}
	return true;
}

static bool patterns_compile(struct http_params *params, struct option_fault *fault)
{
	char why[PATTERN_WHY_MAX];

	if (params->body_matches.n > PATTERNS_MAX)
		return fault_say(fault, "body_matches", "at most 8 expressions");
	if (params->body_matches.n > 0)
		params->patterns = calloc(params->body_matches.n, sizeof(*params->patterns));
	if (params->body_matches.n > 0 && params->patterns == NULL)
		return fault_say(fault, "body_matches", "no memory");
	for (size_t i = 0; i < params->body_matches.n; i++) {
		params->patterns[i] = pattern_new(params->body_matches.v[i], why);
		if (params->patterns[i] == NULL)
			return fault_say(fault, "body_matches", why);
		params->patterns_n++;
	}
	return true;
}

static bool demands_read(struct http_params *params, struct option_fault *fault)
{
	char why[160];

	if (params->json.n > DEMANDS_MAX)
		return fault_say(fault, "json", "at most 16");
	if (params->json.n > 0)
		params->demands = calloc(params->json.n, sizeof(*params->demands));
	if (params->json.n > 0 && params->demands == NULL)
		return fault_say(fault, "json", "no memory");
	for (size_t i = 0; i < params->json.n; i++) {
		params->demands[i] = demand_new(params->json.v[i], why);
		if (params->demands[i] == NULL)
			return fault_say(fault, "json", why);
		params->demands_n++;
	}
	return true;
}

static bool answer_check(struct http_params *params, struct option_fault *fault)
{
	bool is_judged = params->body_contains.n > 0 || params->body_not_contains.n > 0 ||
			 params->body_matches.n > 0 || params->json.n > 0;

	if (params->method == HTTP_HEAD && is_judged)
		return fault_say(fault, "method", "HEAD has no body to search; use GET");
	return status_check(params, fault) && header_check(params, fault) &&
	       texts_check(&params->body_contains, "body_contains", fault) &&
	       texts_check(&params->body_not_contains, "body_not_contains", fault) &&
	       patterns_compile(params, fault) && demands_read(params, fault);
}

bool http_check(void *ctx, struct option_fault *fault)
{
	struct http_params *params = ctx;

	params->patterns = NULL;
	params->demands = NULL;
	params->patterns_n = params->demands_n = 0;
	return request_check(params, fault) && answer_check(params, fault);
}

void http_release(void *ctx)
{
	struct http_params *params = ctx;

	while (params->patterns_n > 0)
		pattern_free(params->patterns[--params->patterns_n]);
	while (params->demands_n > 0)
		demand_free(params->demands[--params->demands_n]);
	free(params->patterns);
	free(params->demands);
	params->patterns = NULL;
	params->demands = NULL;
}
