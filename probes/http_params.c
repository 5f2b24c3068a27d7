/*
 * http_params.c - the options of the http group, and what is wrong with them.
 */
#include "http_params.h"

#include <string.h>
#include <strings.h>

#include "fault.h"
#include "http_url.h"
#include "shorewatch/address.h"

#define BODY_DEFAULT	  "1048576"
#define BODY_MAX	  (64 * 1024 * 1024)
#define REDIRECTS_MAX	  20
#define HEADERS_MAX	  32
#define HEADERS_BYTES_MAX 3500 /* http.c builds them in a run's scratch of 4 KiB */

const char *const http_methods[] = { "GET",   "HEAD",	"POST",	   "PUT",
				     "PATCH", "DELETE", "OPTIONS", NULL };

#define FIELD(field) .offset = offsetof(struct http_params, field)

const struct option http_options[] = {
	{ .name = "url",
	  .type = OPTION_STRING,
	  FIELD(url),
	  .is_required = true,
	  .help = "what to ask for, http:// or https://" },
	{ .name = "method",
	  .type = OPTION_WORD,
	  FIELD(method),
	  .fallback = "GET",
	  .words = http_methods,
	  .help = "the request's method" },
	{ .name = "headers",
	  .type = OPTION_PAIRS,
	  FIELD(headers),
	  .help = "more request headers; Authorization, Cookie and Host stay with the first host" },
	{ .name = "body", .type = OPTION_STRING, FIELD(body), .help = "the request's body" },
	{ .name = "status",
	  .type = OPTION_STRINGS,
	  FIELD(status),
	  .fallback = "2xx",
	  .help = "good answers: \"200\", \"200-299\", \"2xx\"; redirects are followed before" },
	{ .name = "body_contains",
	  .type = OPTION_STRINGS,
	  FIELD(body_contains),
	  .help = "texts that must all be in the body" },
	{ .name = "body_not_contains",
	  .type = OPTION_STRINGS,
	  FIELD(body_not_contains),
	  .help = "texts of which none may be in the body" },
	{ .name = "max_body",
	  .type = OPTION_INT,
	  FIELD(max_body),
	  .fallback = BODY_DEFAULT,
	  .min = 1,
	  .max = BODY_MAX,
	  .help = "read at most so many bytes of the body" },
	{ .name = "max_redirects",
	  .type = OPTION_INT,
	  FIELD(max_redirects),
	  .fallback = "5",
	  .min = 0,
	  .max = REDIRECTS_MAX,
	  .help = "follow at most so many; 0: judge the redirect itself by its status" },
	{ .name = "ca_file",
	  .type = OPTION_PATH,
	  FIELD(ca_file),
	  .help = "believe these authorities instead of the system's" },
	{ .name = "address",
	  .type = OPTION_STRING,
	  FIELD(address),
	  .help = "connect there, host:port, whatever the URL's host resolves to" },
	{ .name = "host",
	  .type = OPTION_STRING,
	  FIELD(host),
	  .help = "the Host header, when it is not the URL's host" },
	{ .name = NULL },
};

/* ---- checks ---- */

static bool has_controls(const char *text)
{
	for (; *text != '\0'; text++) {
		if (((unsigned char)*text < ' ' && *text != '\t') || *text == 0x7f)
			return true;
	}
	return false;
}

/* RFC 9110 5.6.2 */
static bool is_token(const char *text)
{
	static const char marks[] = "!#$%&'*+-.^_`|~";

	for (const char *c = text; *c != '\0'; c++) {
		bool is_letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z');

		if (!is_letter && !(*c >= '0' && *c <= '9') && strchr(marks, *c) == NULL)
			return false;
	}
	return *text != '\0';
}

static bool headers_check(const struct http_params *params, struct option_fault *fault)
{
	size_t bytes = params->host != NULL ? strlen(params->host) + sizeof("Host: ") : 0;

	for (size_t i = 0; i < params->headers.n; i++) {
		const struct pair *header = &params->headers.v[i];

		if (!is_token(header->name))
			return fault_say(fault, "headers", "a name that no header can have");
		if (has_controls(header->value))
			return fault_say(fault, "headers", "a value with a control character");
		bytes += strlen(header->name) + strlen(header->value) + sizeof(": ");
	}
	if (params->headers.n > HEADERS_MAX || bytes > HEADERS_BYTES_MAX)
		return fault_say(fault, "headers", "at most 32, of 3500 bytes in all");
	return true;
}

static bool status_check(struct http_params *params, struct option_fault *fault)
{
	params->wanted.n = 0;
	for (size_t i = 0; i < params->status.n; i++) {
		if (!status_set_add(&params->wanted, params->status.v[i]))
			return fault_say(
				fault, "status",
				"write \"200\", \"200-299\" or \"2xx\", at most 16 of them");
	}
	if (params->wanted.n == 0)
		return fault_say(fault, "status", "empty, so that no answer could be good");
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

static bool places_check(const struct http_params *params, struct option_fault *fault)
{
	char host[URL_HOST_MAX];
	struct url url;
	uint16_t port;
	const char *wrong = url_read(params->url, &url);

	if (wrong != NULL)
		return fault_say(fault, "url", wrong);
	if (params->address != NULL && !address_split(params->address, host, sizeof(host), &port))
		return fault_say(fault, "address", "write host:port or [v6]:port");
	if (params->host != NULL && (has_controls(params->host) || *params->host == '\0'))
		return fault_say(fault, "host", "not a host");
	if (params->ca_file != NULL && !url.is_tls)
		return fault_say(fault, "ca_file", "only https:// has a certificate to verify");
	return true;
}

static bool body_check(const struct http_params *params, struct option_fault *fault)
{
	bool is_searched = params->body_contains.n > 0 || params->body_not_contains.n > 0;

	if (params->method == HTTP_HEAD && is_searched)
		return fault_say(fault, "method", "HEAD has no body to search; use GET");
	if (params->method == HTTP_HEAD && params->body != NULL)
		return fault_say(fault, "body", "HEAD sends none; use POST");
	return texts_check(&params->body_contains, "body_contains", fault) &&
	       texts_check(&params->body_not_contains, "body_not_contains", fault);
}

bool http_check(void *ctx, struct option_fault *fault)
{
	struct http_params *params = ctx;

	return places_check(params, fault) && headers_check(params, fault) &&
	       status_check(params, fault) && body_check(params, fault);
}
