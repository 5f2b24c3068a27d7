/*
 * forms.h - the forms that values of ours must have: URLs, hosts, mail
 * addresses, zones. Pure but for the zone, which is looked up on disk.
 */
#ifndef CONF_FORMS_H
#define CONF_FORMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FORM_HOST_MAX 254 /* RFC 1035 2.3.4, with the terminator */

struct url {
	char scheme[12];
	char host[FORM_HOST_MAX]; /* without brackets */
	uint16_t port;		  /* 0: not given */
	bool has_userinfo;
	const char *rest; /* path and what follows; "" */
};

/* "scheme://[user@]host[:port][/...]" of printable ASCII. */
bool form_url(const char *text, struct url *ret);
/* http or https, and no user or password in it. */
bool form_is_web_url(const char *text);
/* Letters, digits, dots and hyphens, or an address. */
bool form_is_host(const char *host);
/* "localhost" or a loopback address. */
bool form_is_loopback(const char *host);
/* local@domain that may go into an SMTP command as it is (SR-14). */
bool form_is_mail_address(const char *text);
/* What stands right of the '@', or NULL. */
const char *form_mail_domain(const char *address);
/* Fit for the right side of a Message-ID (RFC 5322 3.6.4). */
bool form_is_message_host(const char *host);
bool form_is_timezone(const char *name);
/* One line of text for people: not empty, no control characters. */
bool form_is_line(const char *text);

#endif
