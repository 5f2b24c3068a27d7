/*
 * http_lab.h - one run of the http kind, with the defaults of its option rows.
 */
#ifndef TESTS_PROBES_HTTP_LAB_H
#define TESTS_PROBES_HTTP_LAB_H

#include "probes/lab.h"

#include "../../../probes/http_params.h"

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\nhello and good by"

static const char *const default_status[] = { "2xx" };

/* As the option rows have it. */
static inline struct http_params params_of(const char *url)
{
	return (struct http_params){
		.url = url, .status = { default_status, 1 }, .max_body = 1048576, .max_redirects = 5
	};
}

static inline struct observation probe_as(struct http_params params, struct target_plan target)
{
	return lab_run(probe_kind_find("http"), &params, target,
		       "site.test 4 127.0.0.1\nother.test 4 127.0.0.1\n"
		       "two.test 4 127.0.0.2\ntwo.test 4 127.0.0.1\n");
}

static inline struct observation probe(struct http_params params)
{
	return probe_as(params, (struct target_plan){ 0 });
}

static inline const char *url_of(char url[200], const char *host, const struct peer *peer,
			  const char *path)
{
	(void)snprintf(url, 200, "http://%s:%u%s", host, peer->port, path);
	return url;
}

/* One GET to a peer by its address. */
static inline struct observation probe_peer(void (*serve)(struct peer *peer, int client),
					    const char *say, struct http_params params,
					    struct target_plan target)
{
	struct peer peer = { .say = say };
	struct observation seen;
	char url[200];

	peer_start(&peer, serve);
	params.url = url_of(url, "127.0.0.1", &peer, "/");
	seen = probe_as(params, target);
	peer_stop(&peer);
	return seen;
}

#endif
