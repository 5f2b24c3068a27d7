/*
 * forms.c - the forms that values of ours must have.
 *
 * Stricter than the standards where the rest is never seen in a configuration
 * of ours and would have to be escaped everywhere else: no quoted local
 * parts, no address literals in mail, no user in a URL.
 */
#include "conf/forms.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/words.h"
#include "shorewatch/address.h"

#define MAIL_ADDRESS_MAX 254 /* RFC 5321 4.5.3.1.3 less the brackets */
#define ZONE_MAX	 100 /* characters; the longest has 32 */
#define MESSAGE_HOST_MAX 127 /* what an incident keeps of it */

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_made_of(const char *text, size_t n, const char *also)
{
	for (size_t i = 0; i < n; i++) {
		if (!is_alnum(text[i]) && (text[i] == '\0' || strchr(also, text[i]) == NULL))
			return false;
	}
	return n > 0;
}

/* No space, quote, bracket or backslash: nothing that could end the URL where it is written. */
static bool is_url_text(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text <= ' ' || *text > '~' || strchr("\"'<>\\^`{|}", *text) != NULL)
			return false;
	}
	return true;
}

static bool copy_part(char *to, size_t max, const char *from, size_t n)
{
	if (n == 0 || n >= max)
		return false;
	memcpy(to, from, n);
	to[n] = '\0';
	return true;
}

static bool is_port(const char *text, size_t n, uint16_t *ret)
{
	char digits[6];
	int64_t port;

	if (!copy_part(digits, sizeof digits, text, n) || !words_int(digits, 1, UINT16_MAX, &port))
		return false;
	*ret = (uint16_t)port;
	return true;
}

/* "host", "host:port", "[v6]" or "[v6]:port" in n bytes. */
static bool url_authority(const char *text, size_t n, struct url *url)
{
	bool is_bracketed = n > 0 && text[0] == '[';
	const char *close = is_bracketed ? memchr(text, ']', n) : NULL;
	const char *host = is_bracketed ? text + 1 : text;
	const char *colon, *end = text + n;
	struct address address;

	if (is_bracketed && close == NULL)
		return false;
	colon = is_bracketed ? close + 1 : memchr(text, ':', n);
	if (colon == NULL)
		colon = end;
	if (colon < end &&
	    (*colon != ':' || !is_port(colon + 1, (size_t)(end - colon - 1), &url->port)))
		return false;
	end = is_bracketed ? close : colon;
	if (!copy_part(url->host, sizeof url->host, host, (size_t)(end - host)))
		return false;
	return is_bracketed ? address_parse_host(url->host, 1, &address) : form_is_host(url->host);
}

bool form_url(const char *text, struct url *ret)
{
	const char *colon = strstr(text, "://");
	struct url url = { .port = 0 };
	const char *host, *at;
	size_t n;

	if (colon == NULL || !is_url_text(text) ||
	    !copy_part(url.scheme, sizeof url.scheme, text, (size_t)(colon - text)))
		return false;
	host = colon + 3;
	n = strcspn(host, "/?#");
	at = memchr(host, '@', n);
	if (at != NULL) {
		url.has_userinfo = true;
		n -= (size_t)(at + 1 - host);
		host = at + 1;
	}
	url.rest = host + n;
	if (!url_authority(host, n, &url))
		return false;
	*ret = url;
	return true;
}

bool form_is_web_url(const char *text)
{
	struct url url;

	return form_url(text, &url) && !url.has_userinfo &&
	       (strcmp(url.scheme, "http") == 0 || strcmp(url.scheme, "https") == 0);
}

bool form_is_host(const char *host)
{
	struct address address;

	if (address_parse_host(host, 1, &address))
		return true;
	return is_made_of(host, strlen(host), ".-_") && strlen(host) < FORM_HOST_MAX &&
	       host[0] != '-' && host[0] != '.' && strstr(host, "..") == NULL;
}

bool form_is_loopback(const char *host)
{
	struct address address;

	return strcasecmp(host, "localhost") == 0 ||
	       (address_parse_host(host, 1, &address) && address_is_loopback(&address));
}

/* RFC 5322 3.2.3: atoms with single dots between them. */
static bool is_dot_atom(const char *text, size_t n)
{
	return is_made_of(text, n, ".!#$%&'*+-/=?^_`{|}~") && text[0] != '.' &&
	       text[n - 1] != '.' && memmem(text, n, "..", 2) == NULL;
}

bool form_is_mail_address(const char *text)
{
	const char *domain = form_mail_domain(text);

	if (domain == NULL || strlen(text) > MAIL_ADDRESS_MAX)
		return false;
	return is_dot_atom(text, (size_t)(domain - 1 - text)) &&
	       is_made_of(domain, strlen(domain), ".-") && form_is_host(domain) &&
	       domain[strlen(domain) - 1] != '.';
}

const char *form_mail_domain(const char *address)
{
	const char *at = strrchr(address, '@');

	return at != NULL && at > address && at[1] != '\0' ? at + 1 : NULL;
}

bool form_is_message_host(const char *host)
{
	size_t n = strlen(host);

	return n <= MESSAGE_HOST_MAX && is_made_of(host, n, ".-") && is_dot_atom(host, n);
}

/* Only names below the zone directory; "UTC" needs no file, as on a machine without tzdata. */
bool form_is_timezone(const char *name)
{
	char path[ZONE_MAX + 32];
	struct stat st;

	if (strcmp(name, "UTC") == 0)
		return true;
	if (strlen(name) > ZONE_MAX || !is_made_of(name, strlen(name), "_+-/") || name[0] == '/')
		return false;
	(void)snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name); /* known to fit */
	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

bool form_is_line(const char *text)
{
	if (text[0] == '\0')
		return false;
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	}
	return true;
}
