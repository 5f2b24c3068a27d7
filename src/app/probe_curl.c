/*
 * probe_curl.c - the curl command that repeats a probe by hand.
 *
 * What the kind was told is read by its own option rows, so that this file
 * needs to know no kind's inside. A header that could carry a secret, and
 * whoever we say we are, is left out and named instead.
 */
#include <string.h>
#include <strings.h>

#include "app/probe_say.h"
#include "base/buf.h"

/* Known to be harmless; of any other header only the name is shown. */
static const char *const plain_headers[] = { "Accept",	     "Accept-Language",
					     "Content-Type", "User-Agent",
					     "Host",	     NULL };

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

static void put_line(const struct probe_seen *p, struct buf *to, struct buf *left_out)
{
	const struct target_plan *t = p->target;
	const char *method = word_of(t, "method"), *family = NULL;
	char address[ADDRESS_TEXT_MAX];

	if (t->family == FAMILY_IPV4 || t->family == FAMILY_IPV6)
		family = t->family == FAMILY_IPV4 ? " -4" : " -6";
	buf_printf(to, "curl -v%s", family ? family : "");
	if (method && strcmp(method, "HEAD") == 0)
		buf_puts(to, " -I");
	else if (method && strcmp(method, "GET") != 0)
		put_option(to, "-X", method);
	put_headers(t, to, left_out);
	put_option(to, "--data-raw", text_of(t, "body", OPTION_STRING));
	put_option(to, "--cacert", text_of(t, "ca_file", OPTION_PATH));
	put_option(to, "--cert", text_of(t, "client_cert", OPTION_PATH));
	put_option(to, "--key", text_of(t, "client_key", OPTION_PATH));
	if (p->seen.address.family != FAMILY_ANY) {
		address_print(&p->seen.address, address);
		buf_printf(to, " --connect-to '::%s'", address);
	}
	buf_putc(to, ' ');
	put_url(t->kind->endpoint(t->params), to);
}

void probe_curl(const struct probe_seen *p, struct buf *to)
{
	const struct auth *const *auth = option_at(p->target, "auth", OPTION_AUTH);
	struct buf left_out = BUF_INIT(4096);

	if (!option_find(p->target->kind, "url", OPTION_STRING))
		return;
	put_line(p, to, &left_out);
	if (auth && *auth)
		buf_printf(&left_out, "%sauth", left_out.n > 0 ? ", " : "");
	if (left_out.n > 0)
		buf_printf(to, "   # without: %s", buf_text(&left_out));
	buf_done(&left_out);
}
