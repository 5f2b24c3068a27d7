/*
 * http_url.h - http and https URLs, read strictly (RFC 3986). Pure.
 */
#ifndef PROBES_HTTP_URL_H
#define PROBES_HTTP_URL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define URL_MAX	     2048
#define URL_HOST_MAX 256

struct url {
	char text[URL_MAX]; /* scheme, host, path and query, rebuilt from what was understood */
	size_t path_at;	    /* where the path begins in it */
	bool is_tls;
	char host[URL_HOST_MAX]; /* lower case, an IPv6 address without its brackets */
	uint16_t port;
};

/* NULL: fine; else what is wrong, static text, and *ret is undefined. Only what it holds is
 * written: it is large. */
const char *url_read(const char *text, struct url *ret);
/* `reference` as it stands in a Location header, seen from `base`. */
const char *url_join(const struct url *base, const char *reference, struct url *ret);
/* Scheme, host and port. */
bool url_same_origin(const struct url *a, const struct url *b);

#endif
