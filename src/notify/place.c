/*
 * place.c - see place.h.
 */
#include "notify/place.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/words.h"

#define AUTHORITY_MAX (PLACE_HOST_MAX + 10) /* "[", "]", ":65535" */

static const char *skip(const char *text, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncasecmp(text, prefix, n) == 0 ? text + n : NULL;
}

/* Printable ASCII: anything else would have to be encoded, and a line break is another header. */
static bool is_plain(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text <= ' ' || *text > '~' || strchr("\"<>\\^`{|}#", *text) != NULL)
			return false;
	}
	return true;
}

static bool is_host(const char *host)
{
	struct address address;

	if (address_parse_host(host, 0, &address))
		return true;
	for (const char *c = host; *c != '\0'; c++) {
		bool is_alnum = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
				(*c >= '0' && *c <= '9');

		if (!is_alnum && *c != '-' && *c != '.')
			return false;
	}
	return host[0] != '\0' && host[0] != '.';
}

/* "host", "host:port", "[v6]" or "[v6]:port". */
static bool authority_read(const char *from, size_t n, struct place *ret)
{
	char text[AUTHORITY_MAX];

	if (n == 0 || n >= sizeof text)
		return false;
	memcpy(text, from, n);
	text[n] = '\0';
	if (address_split(text, ret->host, sizeof ret->host, &ret->port))
		return is_host(ret->host);
	if (text[0] == '[' && text[n - 1] == ']') {
		text[n - 1] = '\0';
		return words_copy(ret->host, sizeof ret->host, text + 1) && is_host(ret->host);
	}
	return strchr(text, ':') == NULL && words_copy(ret->host, sizeof ret->host, text) &&
	       is_host(ret->host);
}

/* A name may lead anywhere tomorrow: in the clear it has to be the address itself. */
static bool is_near(const char *host)
{
	struct address address;

	return strcasecmp(host, "localhost") == 0 ||
	       (address_parse_host(host, 0, &address) && address_is_private(&address));
}

const char *place_read(const char *url, struct place *ret)
{
	const char *secure = skip(url, "https://"), *clear = skip(url, "http://");
	const char *from = secure ? secure : clear;
	size_t n;

	*ret = (struct place){ .is_tls = secure != NULL, .port = secure ? 443 : 80 };
	if (from == NULL)
		return "begins neither with https:// nor with http://";
	if (strlen(url) >= PLACE_URL_MAX)
		return "is longer than 1999 bytes";
	if (!is_plain(url))
		return "holds a space, a '#' or another character that no address has";
	n = strcspn(from, "/?");
	if (memchr(from, '@', n) != NULL)
		return "holds a user or password";
	if (!authority_read(from, n, ret))
		return "has no host that could be understood";
	if (!ret->is_tls && !is_near(ret->host))
		return "begins with http://, and what is sent there would be readable on the way: use "
		       "https:// (http:// only to a loopback or private address)";
	ret->rest = from + n;
	(void)snprintf(ret->text, sizeof ret->text, "%.*s", (int)(from + n - url), url);
	return NULL;
}

bool fault_say(struct option_fault *fault, const char *option, const char *text)
{
	fault->option = option;
	(void)snprintf(fault->text, sizeof fault->text, "%s", text);
	return false;
}

bool place_check(const char *option, const char *url, char shown[PLACE_TEXT_MAX],
		 struct option_fault *fault)
{
	struct place place;
	const char *wrong;

	(void)snprintf(shown, PLACE_TEXT_MAX, "(not read)");
	if (strcmp(url, OPTION_SECRET_UNREAD) == 0)
		return true;
	wrong = place_read(url, &place);
	if (wrong != NULL)
		return fault_say(fault, option, wrong);
	(void)snprintf(shown, PLACE_TEXT_MAX, "%s", place.text);
	return true;
}

bool place_allows(const struct place *place, const struct address *address)
{
	return place->is_tls || address_is_private(address);
}
