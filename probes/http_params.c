/*
 * http_params.c - the options of the http group.
 */
#include "http_params.h"

#include <string.h>

#define BODY_DEFAULT  "1048576"
#define BODY_MAX      (64 * 1024 * 1024)
#define REDIRECTS_MAX 20

const char *const http_methods[] = { "GET",   "HEAD",	"POST",	   "PUT",
				     "PATCH", "DELETE", "OPTIONS", NULL };

static const char *const versions[] = { "1.1", "2", "any", NULL }; /* by enum io_http_version */

#define FIELD(field) .offset = offsetof(struct http_params, field)

const struct option http_options[] = {
	{ .name = "url",
	  .type = OPTION_STRING,
	  FIELD(url),
	  .is_required = true,
	  .help = "what to ask for, http:// or https://; credentials go into auth" },
	{ .name = "method",
	  .type = OPTION_WORD,
	  FIELD(method),
	  .fallback = "GET",
	  .words = http_methods,
	  .help = "the request's method" },
	{ .name = "headers",
	  .type = OPTION_PAIRS,
	  FIELD(headers),
	  .help = "more request headers; Authorization and Cookie go to the URL's own server "
		  "only" },
	{ .name = "body",
	  .type = OPTION_STRING,
	  FIELD(body),
	  .help = "the request's body; say its Content-Type in headers" },
	{ .name = "status",
	  .type = OPTION_STRINGS,
	  FIELD(status),
	  .fallback = "2xx",
	  .help = "good answers: \"200\", \"200-299\", \"2xx\"; redirects are followed before" },
	{ .name = "body_contains",
	  .type = OPTION_STRINGS,
	  FIELD(body_contains),
	  .help = "texts that must all be in the body, byte for byte" },
	{ .name = "body_not_contains",
	  .type = OPTION_STRINGS,
	  FIELD(body_not_contains),
	  .help = "texts of which none may be in the body" },
	{ .name = "body_matches",
	  .type = OPTION_STRINGS,
	  FIELD(body_matches),
	  .help = "Perl expressions that must all match in the body, such as \"(?i)[0-9]+ "
		  "posts\"" },
	{ .name = "json",
	  .type = OPTION_STRINGS,
	  FIELD(json),
	  .help = "\"/a/0/b == 1\": pointer, then == != < <= > >= and a number, true, null or "
		  "\\\"text\\\"; or exists, absent" },
	{ .name = "header",
	  .type = OPTION_STRINGS,
	  FIELD(header),
	  .help = "\"Name: text\": such a header holds the text, in any case; \"Name:\": there is "
		  "one" },
	{ .name = "max_body",
	  .type = OPTION_INT,
	  FIELD(max_body),
	  .fallback = BODY_DEFAULT,
	  .min = 1,
	  .max = BODY_MAX,
	  .help = "read at most so many bytes; what they do not decide is neither up nor down" },
	{ .name = "max_redirects",
	  .type = OPTION_INT,
	  FIELD(max_redirects),
	  .fallback = "5",
	  .min = 0,
	  .max = REDIRECTS_MAX,
	  .help = "follow at most so many, never from https to http; 0: judge the redirect "
		  "itself" },
	{ .name = "auth",
	  .type = OPTION_AUTH,
	  FIELD(auth),
	  .help = "who we are to the URL's own server; a redirect to another one does not get it" },
	{ .name = "ca_file",
	  .type = OPTION_PATH,
	  FIELD(ca_file),
	  .help = "believe these authorities (PEM) instead of the system's" },
	{ .name = "client_cert",
	  .type = OPTION_PATH,
	  FIELD(client_cert),
	  .help = "our certificate (PEM) for a server that asks for one; not shown to others" },
	{ .name = "client_key",
	  .type = OPTION_PATH,
	  FIELD(client_key),
	  .help = "the key (PEM) of client_cert" },
	{ .name = "address",
	  .type = OPTION_STRING,
	  FIELD(address),
	  .help = "connect there, host:port, whatever the URL's host resolves to" },
	{ .name = "host",
	  .type = OPTION_STRING,
	  FIELD(host),
	  .help = "the Host header, when it is not the URL's host" },
	{ .name = "http_version",
	  .type = OPTION_WORD,
	  FIELD(http_version),
	  .fallback = "1.1",
	  .words = versions,
	  .help = "\"2\": over TLS, and a server without it fails; \"any\": as the server likes" },
	{ .name = NULL },
};
