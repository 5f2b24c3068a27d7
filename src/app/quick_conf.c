/*
 * quick_conf.c - see quick_conf.h.
 */
#include "app/quick_conf.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"

static bool starts_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* A libconfig string; what cannot be in a URL is refused before. */
static bool is_plain(const char *text)
{
	for (const char *c = text; *c; c++)
		if (*c <= ' ' || *c == '"' || *c == '\\' || *c > '~')
			return false;
	return text[0] != '\0';
}

bool quick_conf_probe(const char *url, struct buf *to)
{
	if (!is_plain(url))
		return false;
	if (starts_with(url, "http://") || starts_with(url, "https://"))
		buf_printf(to, "http = { url = \"%s\"; };", url);
	else if (starts_with(url, "tcp://") && strchr(url + 6, ':'))
		buf_printf(to, "tcp = { address = \"%s\"; }; layer = \"edge\";", url + 6);
	else
		return false;
	return true;
}

/* "https://www.example.org/x" -> "www.example.org/x" for people. */
static void put_title(struct buf *to, const char *url)
{
	const char *host = strstr(url, "://") + 3;
	size_t n = strlen(host);

	if (n > 1 && host[n - 1] == '/')
		n--;
	buf_puts(to, "title = \"");
	buf_add(to, host, n);
	buf_puts(to, "\"; ");
}

bool quick_conf(const char *const *urls, int n, const char *state_dir, const char *listen, struct buf *to, char *what)
{
	buf_printf(to, "state_dir = \"%s\";\nlisten = { address = \"%s\"; };\n"
		       "page = { title = \"Status\"; };\n"
		       "mail = { from = \"shorewatch@localhost\"; to = [ \"you@localhost\" ]; };\ntargets = (\n",
		   state_dir, listen);
	for (int i = 0; i < n; i++) {
		buf_printf(to, "%s { name = \"check-%d\"; ", i > 0 ? "," : "", i + 1);
		if (strstr(urls[i], "://") && is_plain(urls[i]))
			put_title(to, urls[i]);
		if (!quick_conf_probe(urls[i], to)) {
			(void)snprintf(what, 200, "\"%.100s\" is not http://…, https://… or tcp://host:port", urls[i]);
			return false;
		}
		buf_puts(to, " }\n");
	}
	buf_puts(to, ");\n");
	return true;
}
