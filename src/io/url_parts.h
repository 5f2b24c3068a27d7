/*
 * url_parts.h - a plain http or https URL, cut into the parts that libcurl
 * takes one by one. Pure.
 */
#ifndef IO_URL_PARTS_H
#define IO_URL_PARTS_H

#include <stdbool.h>

#define URL_PARTS_HOST_MAX 256
#define URL_PARTS_PORT_MAX 6
#define URL_PARTS_PATH_MAX 2048

struct url_parts {
	const char *scheme; /* static text */
	char host[URL_PARTS_HOST_MAX];
	char port[URL_PARTS_PORT_MAX]; /* empty: the scheme's own */
	char path[URL_PARTS_PATH_MAX]; /* begins with a slash */
	const char *query;	       /* inside path[], without its mark; NULL: none */
};

/*
 * False: it has something in it that wants a real parser (an IPv6 address, a
 * percent sign, a dot segment, …), or it is too long; *ret is undefined then.
 */
bool url_parts_cut(const char *url, struct url_parts *ret);

#endif
