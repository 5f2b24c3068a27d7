/*
 * again.c - the command line that repeats a probe by hand.
 *
 * What the kind was told is read by its own option rows, so that this file
 * needs to know no kind's inside. All that came from elsewhere stands between
 * single quotes. A header that could carry a secret, and whoever we say we
 * are, is left out and named instead; of what is stored, the request's body
 * as well.
 */
#include "app/again.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "shorewatch/plan.h"

#define HOST_MAX 256

/* Known to be harmless; of any other header only the name is shown. */
static const char *const plain_headers[] = { "Accept",	     "Accept-Language",
					     "Content-Type", "User-Agent",
					     "Host",	     NULL };

/* ---- what the kind was told ---- */

static const struct option *option_find(const struct probe_kind *kind, const char *name,
					enum option_type type)
{
	for (const struct option *o = kind->options; o->name; o++)
		if (strcmp(o->name, name) == 0 && o->type == type)
			return o;
	return NULL;
}

static const void *option_at(const struct target_plan *t, const char *name, enum option_type type)
{
	const struct option *o = option_find(t->kind, name, type);

	return o ? (const char *)t->params + o->offset : NULL;
}

static const char *text_of(const struct target_plan *t, const char *name, enum option_type type)
{
	const void *at = option_at(t, name, type);

	return at ? *(const char *const *)at : NULL;
}

static const char *word_of(const struct target_plan *t, const char *name)
{
	const struct option *o = option_find(t->kind, name, OPTION_WORD);

	return o ? o->words[*(const int *)(const void *)((const char *)t->params + o->offset)]
		 : NULL;
}

/* Between single quotes a shell takes everything as it is, but for the quote. */
static void put_quoted(struct buf *to, const char *text)
{
	buf_putc(to, '\'');
	for (; *text; text++) {
		if (*text == '\'')
			buf_puts(to, "'\\''");
		else if ((unsigned char)*text >= ' ' && *text != 0x7f)
			buf_putc(to, *text);
	}
	buf_putc(to, '\'');
}

static void put_option(struct buf *to, const char *option, const char *value)
{
	if (!value)
		return;
	buf_printf(to, " %s ", option);
	put_quoted(to, value);
}

static bool is_plain_header(const char *name)
{
	for (size_t i = 0; plain_headers[i]; i++)
		if (strcasecmp(name, plain_headers[i]) == 0)
			return true;
	return false;
}

static void put_headers(const struct target_plan *t, struct buf *to, struct buf *left_out)
{
	const struct pairs *headers = option_at(t, "headers", OPTION_PAIRS);
	struct buf line = BUF_INIT(8192);

	for (size_t i = 0; headers && i < headers->n; i++) {
		if (!is_plain_header(headers->v[i].name)) {
			buf_printf(left_out, "%s%s", left_out->n > 0 ? ", " : "",
				   headers->v[i].name);
			continue;
		}
		buf_clear(&line);
		buf_printf(&line, "%s: %s", headers->v[i].name, headers->v[i].value);
		put_option(to, "-H", buf_text(&line));
	}
	buf_done(&line);
}

/* A user and password in front of the host stay here. */
static void put_url(const char *url, struct buf *to)
{
	const char *host = strstr(url, "://"), *end, *user;

	host = host ? host + 3 : url;
	end = host + strcspn(host, "/?#");
	user = memrchr(host, '@', (size_t)(end - host));
	if (!user) {
		put_quoted(to, url);
		return;
	}
	for (const char *at = url; at < host; at++)
		buf_putc(to, *at); /* "https://": nothing in it that a shell would take */
	put_quoted(to, user + 1);
}

/* ---- places ---- */

/* "192.0.2.1:443"; what the configuration says when no address was used. */
static const char *place_of(const struct again *a, char text[ADDRESS_TEXT_MAX])
{
	if (a->seen->address.family == FAMILY_ANY)
		return a->target->kind->endpoint(a->target->params);
	address_print(&a->seen->address, text);
	return text;
}

/* A place taken apart; without a port 0. */
static uint16_t place_split(const char *place, char host[HOST_MAX])
{
	uint16_t port = 0;

	if (!address_split(place, host, HOST_MAX, &port))
		(void)snprintf(host, HOST_MAX, "%s", place);
	return port;
}

static unsigned seconds_of(usec_t span)
{
	return (unsigned)((span + USEC_PER_SEC - 1) / USEC_PER_SEC);
}

/* ---- kinds ---- */

static void put_body(const struct again *a, struct buf *to, struct buf *left_out)
{
	const char *body = text_of(a->target, "body", OPTION_STRING);

	if (!a->is_kept)
		put_option(to, "--data-raw", body);
	else if (body)
		buf_printf(left_out, "%sbody", left_out->n > 0 ? ", " : "");
}

static void put_http(const struct again *a, struct buf *to, struct buf *left_out)
{
	const struct target_plan *t = a->target;
	const char *method = word_of(t, "method"), *family = "";
	const struct auth *const *auth = option_at(t, "auth", OPTION_AUTH);
	char address[ADDRESS_TEXT_MAX];

	if (t->family == FAMILY_IPV4 || t->family == FAMILY_IPV6)
		family = t->family == FAMILY_IPV4 ? " -4" : " -6";
	buf_printf(to, "curl %s%s", a->is_kept ? "-sv" : "-v", family);
	if (a->is_kept)
		buf_printf(to, " --max-time %u", seconds_of(t->timeout));
	if (method && strcmp(method, "HEAD") == 0)
		buf_puts(to, " -I");
	else if (method && strcmp(method, "GET") != 0)
		put_option(to, "-X", method);
	put_headers(t, to, left_out);
	put_body(a, to, left_out);
	put_option(to, "--cacert", text_of(t, "ca_file", OPTION_PATH));
	put_option(to, "--cert", text_of(t, "client_cert", OPTION_PATH));
	put_option(to, "--key", text_of(t, "client_key", OPTION_PATH));
	if (a->seen->address.family != FAMILY_ANY) {
		address_print(&a->seen->address, address);
		buf_printf(to, " --connect-to '::%s'", address);
	}
	buf_putc(to, ' ');
	put_url(t->kind->endpoint(t->params), to);
	if (auth && *auth)
		buf_printf(left_out, "%sauth", left_out->n > 0 ? ", " : "");
}

/* The handshake, and whether the certificate is for this name. */
static void put_tls(const struct again *a, const char *starttls, struct buf *to)
{
	const char *name = text_of(a->target, "server_name", OPTION_STRING);
	char place[ADDRESS_TEXT_MAX], host[HOST_MAX];
	struct address literal;

	if (!name) {
		(void)place_split(a->target->kind->endpoint(a->target->params), host);
		name = host;
	}
	buf_printf(to, "timeout %u openssl s_client", seconds_of(a->target->timeout));
	put_option(to, "-connect", place_of(a, place));
	put_option(to, "-starttls", starttls);
	if (address_parse_host(name, 0, &literal)) {
		put_option(to, "-verify_ip", name);
	} else {
		put_option(to, "-servername", name);
		put_option(to, "-verify_hostname", name);
	}
	put_option(to, "-CAfile", text_of(a->target, "ca_file", OPTION_PATH));
	buf_puts(to, " -verify_return_error -showcerts </dev/null");
}

static void put_tls_plain(const struct again *a, struct buf *to, struct buf *left_out)
{
	(void)left_out;
	put_tls(a, NULL, to);
}

static void put_tcp(const struct again *a, struct buf *to, struct buf *left_out)
{
	const char *starttls = word_of(a->target, "starttls");
	bool is_asked = text_of(a->target, "expect", OPTION_STRING) != NULL;
	char place[ADDRESS_TEXT_MAX], host[HOST_MAX];
	uint16_t port;

	(void)left_out;
	if (starttls && strcmp(starttls, "none") != 0) {
		put_tls(a, starttls, to);
		return;
	}
	port = place_split(place_of(a, place), host);
	buf_printf(to, "nc -v%s -w %u ", is_asked ? "" : "z", seconds_of(a->target->timeout));
	put_quoted(to, host);
	buf_printf(to, " %u", port);
}

static void put_dig(const struct address *server, const char *name, const char *type,
		    struct buf *to)
{
	char place[ADDRESS_TEXT_MAX], host[HOST_MAX];

	buf_puts(to, "dig +tries=1 +time=5");
	if (server->family != FAMILY_ANY) {
		address_print(server, place);
		buf_printf(to, " -p %u", place_split(place, host));
		buf_printf(to, " @%s", host); /* an address: nothing in it that a shell would take */
	}
	buf_putc(to, ' ');
	put_quoted(to, name);
	buf_printf(to, " %s", type);
}

static void put_dns(const struct again *a, struct buf *to, struct buf *left_out)
{
	const char *type = word_of(a->target, "type");

	(void)left_out;
	put_dig(&a->seen->address, text_of(a->target, "name", OPTION_STRING), type ? type : "A",
		to);
}

static void put_icmp(const struct again *a, struct buf *to, struct buf *left_out)
{
	char place[ADDRESS_TEXT_MAX], host[HOST_MAX];

	(void)left_out;
	(void)place_split(place_of(a, place), host);
	/* An echo has no port, and address_split() takes no port 0: "192.0.2.1:0", "[v6]:0". */
	if (a->seen->address.family != FAMILY_ANY) {
		bool is_v6 = place[0] == '[';

		*strrchr(place, is_v6 ? ']' : ':') = '\0';
		(void)snprintf(host, sizeof host, "%s", place + is_v6);
	}
	buf_printf(to, "ping -c 1 -W %u ", seconds_of(a->target->timeout));
	put_quoted(to, host);
}

static const struct maker {
	const char *kind;
	void (*put)(const struct again *a, struct buf *to, struct buf *left_out);
} makers[] = {
	{ "http", put_http }, { "tcp", put_tcp },   { "tls", put_tls_plain },
	{ "dns", put_dns },   { "icmp", put_icmp },
};

void again_print(const struct again *a, struct buf *to)
{
	struct buf left_out = BUF_INIT(4096);

	for (size_t i = 0; i < sizeof makers / sizeof makers[0]; i++)
		if (strcmp(makers[i].kind, a->target->kind->name) == 0)
			makers[i].put(a, to, &left_out);
	if (left_out.n > 0)
		buf_printf(to, "   # without: %s", buf_text(&left_out));
	buf_done(&left_out);
}

void again_print_name(const struct address *server, const char *name, enum family family,
		      struct buf *to)
{
	put_dig(server, name, family == FAMILY_IPV6 ? "AAAA" : "A", to);
}
