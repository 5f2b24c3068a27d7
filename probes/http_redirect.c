/*
 * http_redirect.c - redirects, hop by hop (RFC 9110 15.4).
 *
 * Only http and https are followed, and never from https to http: what was
 * asked for in secret is not asked again in the open, and a site that sends
 * its visitors there is broken (SR-04). 301, 302 and 303 turn a POST into a
 * GET, as every browser does; 307 and 308 repeat the request.
 */
#include "http_redirect.h"

#include <strings.h>

bool redirect_is(int status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static enum http_method method_after(enum http_method method, int status)
{
	if (status == 303 && method != HTTP_HEAD)
		return HTTP_GET;
	if ((status == 301 || status == 302) && method == HTTP_POST)
		return HTTP_GET;
	return method;
}

const char *redirect_follow(struct hop *hop, int status, const char *location)
{
	struct url url;
	const char *fault = url_join(&hop->url, location, &url);
	enum http_method method = method_after(hop->method, status);

	if (fault != NULL)
		return fault;
	if (hop->url.is_tls && !url.is_tls)
		return "leads from https to http";
	hop->url = url;
	hop->has_body = hop->has_body && method == hop->method;
	hop->method = method;
	return NULL;
}

bool redirect_keeps_header(const char *name, bool is_same_origin, bool has_body)
{
	static const struct {
		const char *name;
		bool is_for_body;
	} bound[] = {
		{ "Authorization", false },
		{ "Cookie", false },
		{ "Cookie2", false },
		{ "Host", false },
		{ "Proxy-Authorization", false },
		{ "Content-Type", true },
		{ "Content-Encoding", true },
		{ "Content-Language", true },
	};

	for (size_t i = 0; i < sizeof(bound) / sizeof(bound[0]); i++) {
		if (strcasecmp(bound[i].name, name) == 0)
			return bound[i].is_for_body ? has_body : is_same_origin;
	}
	return true;
}

/* FNV-1a: a chance hit only changes a word of a note. */
static uint64_t hop_hash(const struct hop *hop)
{
	uint64_t hash = 0xcbf29ce484222325u ^ (uint64_t)hop->method;

	for (const char *c = hop->url.text; *c != '\0'; c++)
		hash = (hash ^ (unsigned char)*c) * 0x100000001b3u;
	return hash;
}

void trail_begin(struct trail *trail)
{
	trail->n = 0;
	trail->is_loop = false;
}

void trail_add(struct trail *trail, const struct hop *hop)
{
	uint64_t hash = hop_hash(hop);

	for (size_t i = 0; i < trail->n; i++)
		trail->is_loop = trail->is_loop || trail->seen[i] == hash;
	if (trail->n < sizeof(trail->seen) / sizeof(trail->seen[0]))
		trail->seen[trail->n++] = hash;
}
