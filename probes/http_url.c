/*
 * http_url.c - URLs.
 *
 * A URL is taken apart, each part is checked, and the text that goes on is
 * built anew from the parts: so whoever parses it again cannot understand
 * something else. Credentials are refused, a fragment is dropped, dot segments
 * are left to the HTTP library. Names that are not ASCII must be given as
 * xn--…: the step there is a table of its own, and no one redirects to one.
 */
#include "http_url.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "shorewatch/address.h"

struct span {
	const char *at;
	size_t n;
};

static struct span span_take(const char **text, const char *stops)
{
	struct span span = { *text, strcspn(*text, stops) };

	*text += span.n;
	return span;
}

static bool is_host_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

static char to_lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* ---- the parts ---- */

static const char *scheme_read(const char **text, bool *ret_is_tls)
{
	static const struct {
		const char *prefix;
		bool is_tls;
	} schemes[] = { { "http://", false }, { "https://", true } };

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		size_t n = strlen(schemes[i].prefix);

		if (strncasecmp(*text, schemes[i].prefix, n) != 0)
			continue;
		*text += n;
		*ret_is_tls = schemes[i].is_tls;
		return NULL;
	}
	return "neither http:// nor https://";
}

static const char *host_read(struct span host, char ret[URL_HOST_MAX])
{
	struct address address;
	bool is_v6 = host.n >= 2 && host.at[0] == '[';

	if (is_v6)
		host = (struct span){ host.at + 1, host.n - 2 };
	if (host.n == 0)
		return "there is no host in it";
	if (host.n >= URL_HOST_MAX)
		return "the host is too long";
	for (size_t i = 0; i < host.n; i++) {
		ret[i] = to_lower(host.at[i]);
		if ((unsigned char)ret[i] >= 0x80)
			return "write a host that is not ASCII in its xn-- form";
		if (!is_host_byte(ret[i]) && !(is_v6 && ret[i] == ':'))
			return "a character that no host may have";
	}
	ret[host.n] = '\0';
	if (is_v6 && (!address_parse_host(ret, 0, &address) || address.family != FAMILY_IPV6))
		return "not an IPv6 address between the brackets";
	return NULL;
}

static const char *port_read(struct span digits, uint16_t *ret)
{
	unsigned port = 0;

	if (digits.n == 0)
		return NULL; /* "host:" means the usual one */
	for (size_t i = 0; i < digits.n; i++) {
		if (digits.at[i] < '0' || digits.at[i] > '9' || port > UINT16_MAX)
			return "the port is not a number from 1 to 65535";
		port = port * 10 + (unsigned)(digits.at[i] - '0');
	}
	if (port == 0 || port > UINT16_MAX)
		return "the port is not a number from 1 to 65535";
	*ret = (uint16_t)port;
	return NULL;
}

/* "host", "host:port", "[v6]:port". */
static const char *authority_read(struct span authority, struct url *ret)
{
	struct span host = authority;
	const char *fault, *colon;

	if (memchr(authority.at, '@', authority.n) != NULL)
		return "a user name or password must not stand in a URL";
	if (authority.n > 0 && authority.at[0] == '[') {
		const char *end = memchr(authority.at, ']', authority.n);

		if (end == NULL)
			return "the bracket of the IPv6 address is not closed";
		host.n = (size_t)(end - authority.at) + 1;
	} else {
		colon = memchr(authority.at, ':', authority.n);
		host.n = colon != NULL ? (size_t)(colon - authority.at) : authority.n;
	}
	fault = host_read(host, ret->host);
	if (fault != NULL || host.n == authority.n)
		return fault;
	if (authority.at[host.n] != ':')
		return "something stands between host and port";
	return port_read((struct span){ authority.at + host.n + 1, authority.n - host.n - 1 },
			 &ret->port);
}

/* ---- the text ---- */

static bool text_add(struct url *url, size_t *n, const char *bytes, size_t bytes_n)
{
	if (bytes_n >= sizeof(url->text) - *n)
		return false;
	memcpy(url->text + *n, bytes, bytes_n);
	*n += bytes_n;
	url->text[*n] = '\0';
	return true;
}

static bool text_put(struct url *url, size_t *n, const char *text)
{
	return text_add(url, n, text, strlen(text));
}

static bool port_put(struct url *url, size_t *n)
{
	char text[6] = "";
	size_t at = sizeof(text) - 1;

	for (unsigned rest = url->port; rest > 0; rest /= 10)
		text[--at] = (char)('0' + rest % 10);
	return text_put(url, n, ":") && text_put(url, n, text + at);
}

static bool origin_build(struct url *url, size_t *n)
{
	bool is_v6 = strchr(url->host, ':') != NULL;
	bool is_usual = url->port == (url->is_tls ? 443 : 80);

	return text_put(url, n, url->is_tls ? "https://" : "http://") &&
	       text_put(url, n, is_v6 ? "[" : "") && text_put(url, n, url->host) &&
	       text_put(url, n, is_v6 ? "]" : "") && (is_usual || port_put(url, n));
}

static size_t plain_length(struct span path)
{
	size_t n = 0;

	while (n < path.n && path.at[n] != ' ' && (unsigned char)path.at[n] < 0x80)
		n++;
	return n;
}

/* Path and query; spaces and what is not ASCII in percent signs. */
static bool path_build(struct url *url, size_t *n, struct span path)
{
	url->path_at = *n;
	if ((path.n == 0 || *path.at != '/') && !text_add(url, n, "/", 1))
		return false;
	while (path.n > 0) {
		size_t plain = plain_length(path);
		char escaped[4] = "";

		if (!text_add(url, n, path.at, plain))
			return false;
		path = (struct span){ path.at + plain, path.n - plain };
		if (path.n == 0)
			break;
		(void)snprintf(escaped, sizeof(escaped), "%%%02X", (unsigned char)*path.at);
		if (!text_put(url, n, escaped))
			return false;
		path = (struct span){ path.at + 1, path.n - 1 };
	}
	return true;
}

static bool has_controls(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7f || *text == '\\')
			return true;
	}
	return false;
}

const char *url_read(const char *text, struct url *ret)
{
	const char *fault;
	size_t n = 0;

	if (has_controls(text))
		return "a control character or a backslash";
	fault = scheme_read(&text, &ret->is_tls);
	if (fault != NULL)
		return fault;
	ret->port = ret->is_tls ? 443 : 80;
	fault = authority_read(span_take(&text, "/?#"), ret);
	if (fault != NULL)
		return fault;
	if (!origin_build(ret, &n) || !path_build(ret, &n, span_take(&text, "#")))
		return "longer than 2000 characters";
	return NULL;
}

/* ---- references ---- */

/* A scheme is letters, digits and "+-." up to a colon; the first is a letter. */
static bool has_scheme(const char *reference)
{
	size_t n = strspn(reference,
			  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

	return n > 0 && reference[n] == ':' && to_lower(reference[0]) >= 'a' &&
	       to_lower(reference[0]) <= 'z';
}

/* How much of the base stays in front of the reference (RFC 3986 5.3). */
static size_t base_kept(const struct url *base, const char *reference)
{
	const char *path = base->text + base->path_at;
	size_t path_n = strcspn(path, "?");

	if (reference[0] == '/')
		return reference[1] == '/' ? strcspn(base->text, "/") : base->path_at;
	if (reference[0] == '?')
		return base->path_at + path_n;
	if (reference[0] == '#' || reference[0] == '\0')
		return strlen(base->text);
	while (path_n > 0 && path[path_n - 1] != '/')
		path_n--;
	return base->path_at + path_n;
}

const char *url_join(const struct url *base, const char *reference, struct url *ret)
{
	char text[2 * URL_MAX];
	size_t kept;

	if (has_scheme(reference))
		return url_read(reference, ret);
	if (strlen(reference) >= URL_MAX)
		return "longer than 2000 characters";
	kept = base_kept(base, reference);
	(void)snprintf(text, sizeof(text), "%.*s%s", (int)kept, base->text, reference);
	return url_read(text, ret);
}

bool url_same_origin(const struct url *a, const struct url *b)
{
	return a->is_tls == b->is_tls && a->port == b->port && strcmp(a->host, b->host) == 0;
}
