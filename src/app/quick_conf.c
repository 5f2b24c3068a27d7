/*
 * quick_conf.c - see quick_conf.h.
 *
 * A target is named after its URL, so that its history is its own: the host and
 * path as far as a name may hold them, and a few digits that tell apart what
 * only differs in the rest.
 */
#include "app/quick_conf.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/key.h"

#define SLUG_MAX 48 /* with the digits behind it less than a name may have */

static const struct scheme {
	const char *prefix;
	bool is_http;
} schemes[] = {
	{ "http://", true },
	{ "https://", true },
	{ "tcp://", false },
};

/* Schemes are case-insensitive (RFC 3986 3.1); what follows is not ours to change. */
static const struct scheme *scheme_of(const char *url)
{
	for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
		if (strncasecmp(url, schemes[i].prefix, strlen(schemes[i].prefix)) == 0)
			return &schemes[i];
	return NULL;
}

/* What cannot be in a URL cannot break out of a libconfig string either. */
static bool is_plain(const char *text)
{
	for (const char *c = text; *c; c++)
		if (*c <= ' ' || *c == '"' || *c == '\\' || *c > '~')
			return false;
	return text[0] != '\0';
}

static bool refuse(const char *url, const char *why, char what[QUICK_WHAT_MAX])
{
	(void)snprintf(what, QUICK_WHAT_MAX, "\"%.120s\" %s", url, why);
	return false;
}

static bool refuse_scheme(const char *url, char what[QUICK_WHAT_MAX])
{
	const char *colon = strrchr(url, ':');
	bool has_port = colon && colon[1] && strspn(colon + 1, "0123456789") == strlen(colon + 1);

	if (strstr(url, "://"))
		return refuse(url, "begins with none of http:// https:// tcp://host:port", what);
	(void)snprintf(what, QUICK_WHAT_MAX,
		       "\"%.80s\" says not how; write https://%.80s or tcp://%.80s%s", url, url,
		       url, has_port ? "" : ":PORT");
	return false;
}

bool quick_conf_probe(const char *url, struct buf *to, char what[QUICK_WHAT_MAX])
{
	const struct scheme *scheme = scheme_of(url);
	const char *rest;

	if (!is_plain(url))
		return refuse(url,
			      "holds a space, a quote or a letter that a URL cannot have; write it "
			      "percent-encoded",
			      what);
	if (!scheme)
		return refuse_scheme(url, what);
	rest = url + strlen(scheme->prefix);
	if (rest[0] == '\0' || rest[0] == '/')
		return refuse(url,
			      "has no host; write https://blog.example.com/ or tcp://host:port",
			      what);
	if (scheme->is_http)
		buf_printf(to, "http = { url = \"%s%s\"; };", scheme->prefix, rest);
	else if (strchr(rest, ':'))
		buf_printf(to, "tcp = { address = \"%s\"; }; layer = \"edge\";", rest);
	else
		return refuse(url, "has no port; write tcp://host:port", what);
	return true;
}

/* ---- names ---- */

/* "https://www.Example.org/x?y" -> "www-example-org-x-y" */
static void put_slug(const char *url, struct buf *to)
{
	const char *at = strstr(url, "://");
	size_t begin = to->n;
	bool is_gap = false;

	for (at = at ? at + 3 : url; *at && to->n - begin < SLUG_MAX - 1; at++) {
		if (!isalnum((unsigned char)*at)) {
			is_gap = to->n > begin;
			continue;
		}
		if (is_gap)
			buf_putc(to, '-');
		buf_putc(to, (char)tolower((unsigned char)*at));
		is_gap = false;
	}
}

static uint32_t digits_of(const char *url)
{
	return (uint32_t)key_text(url);
}

void quick_conf_folder(const char *const *urls, int n, struct buf *to)
{
	uint64_t sum = 0; /* of all, whatever their order */

	for (int i = 0; i < n; i++)
		sum += key_text(urls[i]);
	buf_puts(to, "quick-");
	put_slug(urls[0], to);
	if (n > 1)
		buf_printf(to, "-and-%d", n - 1);
	buf_printf(to, "-%08" PRIx32, (uint32_t)(sum ^ (sum >> 32)));
}

/* "https://www.example.org/" -> "www.example.org" for people. */
static void put_title(const char *url, struct buf *to)
{
	const char *host = strstr(url, "://") + 3;
	size_t n = strlen(host);

	if (n > 1 && host[n - 1] == '/')
		n--;
	buf_add(to, host, n);
}

static bool is_repeated(const char *const *urls, int i)
{
	for (int k = 0; k < i; k++)
		if (strcmp(urls[k], urls[i]) == 0)
			return true;
	return false;
}

bool quick_conf(const char *const *urls, int n, const struct quick_place *place, struct buf *to,
		char what[QUICK_WHAT_MAX])
{
	buf_printf(to,
		   "state_dir = \"%s\";\nlisten = { address = \"%s\"; };\npage = { title = "
		   "\"Status\"; };\n"
		   "mail = { from = \"shorewatch@localhost\"; to = [ \"you@localhost\" ]; "
		   "};\ntargets = (\n",
		   place->state_dir, place->listen);
	for (int i = 0; i < n; i++) {
		struct buf probe = BUF_INIT(8192);
		bool is_good = quick_conf_probe(urls[i], &probe, what);

		if (is_good && is_repeated(urls, i))
			is_good = refuse(urls[i], "was given twice", what);
		if (is_good) {
			buf_printf(to, "%s { name = \"", i > 0 ? "," : "");
			put_slug(urls[i], to);
			buf_printf(to, "-%08" PRIx32 "\"; title = \"", digits_of(urls[i]));
			put_title(urls[i], to);
			buf_printf(to, "\"; %s }\n", buf_text(&probe));
		}
		buf_done(&probe);
		if (!is_good)
			return false;
	}
	buf_puts(to, ");\n");
	return true;
}
