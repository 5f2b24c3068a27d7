/*
 * snippet_web.c - see snippet_web.h.
 *
 * The headers are those that the daemon's own listener sends (receiver.c): the
 * page has no cookies and no forms, and its pictures and styles are its own.
 * Names that begin with a dot are files that are being written.
 */
#include "app/snippet_web.h"

#include <stdio.h>
#include <string.h>

#include "app/cli.h"
#include "app/sheaf.h"
#include "base/buf.h"

#define EXAMPLE_HOST "status.example.net"
#define FOR_EVER     "public, max-age=31536000, immutable"

struct header {
	const char *name, *value;
};

#define HEADERS_MAX 8

static size_t headers_list(const struct plan *plan, struct header ret[HEADERS_MAX])
{
	size_t n = 0;

	ret[n++] = (struct header){ "X-Content-Type-Options", "nosniff" };
	ret[n++] = (struct header){ "Referrer-Policy", "no-referrer" };
	ret[n++] = (struct header){ "Content-Security-Policy", plan->page.frame_policy
								? plan->page.frame_policy
								: "frame-ancestors 'none'" };
	if (plan->page.is_noindex)
		ret[n++] = (struct header){ "X-Robots-Tag", "noindex" };
	return n;
}

static bool is_written_there(const struct plan *plan, struct buf *dir)
{
	sheaf_dir(plan, dir);
	return dir->n > 0 && !buf_failed(dir) && strpbrk(buf_text(dir), "\"\n;{}$") == NULL;
}

static int refuse_dir(const char *what)
{
	(void)fprintf(stderr, "shorewatch snippets: the page's folder has a name that %s would "
			      "misunderstand; set page.dir to another one\n", what);
	return EXIT_BAD_NEWS;
}

/* ---- nginx ---- */

/* A location that adds one header takes none from around it: each has all of them. */
static void nginx_headers(const struct plan *plan, const char *caching, const char *more)
{
	struct header headers[HEADERS_MAX];
	size_t n = headers_list(plan, headers);

	(void)printf("    add_header Cache-Control \"%s\" always;\n", caching);
	for (size_t i = 0; i < n; i++)
		(void)printf("    add_header %s \"%s\" always;\n", headers[i].name,
			     headers[i].value);
	(void)printf("%s}\n", more);
}

static void nginx_page(const struct plan *plan, const char *dir)
{
	(void)printf("# In a server { } with your certificate.\n"
		     "# The page, from its folder: it stays readable while shorewatch is down.\n"
		     "root \"%s\";\n"
		     "index index.html;\n"
		     "charset utf-8;\n"
		     "charset_types text/css application/atom+xml;\n"
		     "gzip_static %s;\n"
		     "location / {\n"
		     "    try_files $uri $uri/ =404;\n",
		     dir, plan->page.is_precompressed ? "on" : "off");
	nginx_headers(plan, "no-cache", "");
	(void)printf("location ~ ^/style\\.[0-9a-f]+\\.css$ {\n");
	nginx_headers(plan, FOR_EVER, "");
	(void)printf("location ~ \\.(json|atom)$ {\n");
	nginx_headers(plan, "no-cache",
		      "    add_header Access-Control-Allow-Origin \"*\" always;\n");
	(void)printf("location ~ /\\. { return 404; }\n");
}

static void nginx_daemon(const struct plan *plan)
{
	(void)printf("# Heartbeats, jobs, health and metrics, from the daemon.\n"
		     "location ~ ^/(hook/|ping/|healthz$|metrics$) {\n"
		     "    proxy_pass http://%s;\n"
		     "    proxy_set_header Host $host;\n"
		     "    proxy_set_header X-Forwarded-For $remote_addr;   # /metrics then needs "
		     "its token\n"
		     "    proxy_read_timeout 15s;\n"
		     "    client_max_body_size 1m;\n"
		     "}\n",
		     plan->listen.address);
}

int snippet_nginx(const struct plan *plan)
{
	struct buf dir = BUF_INIT(8192);
	int status = EXIT_GOOD;

	if (is_written_there(plan, &dir)) {
		nginx_page(plan, buf_text(&dir));
		if (plan->listen.address)
			nginx_daemon(plan);
	} else {
		status = refuse_dir("nginx");
	}
	buf_done(&dir);
	return status;
}

/* ---- Caddy ---- */

/* The name that people know the page by, without scheme and path. */
static void caddy_host(const struct plan *plan)
{
	const char *url = plan->page.url ? plan->page.url : plan->listen.public_url;
	const char *host = url ? strstr(url, "://") : NULL;

	if (!host) {
		(void)printf("# FILL IN: neither page.url nor listen.public_url is set, so that "
			     "\"" EXAMPLE_HOST "\" is only an example.\n" EXAMPLE_HOST " {\n");
		return;
	}
	host += 3;
	(void)printf("%s%.*s {\n", strncmp(url, "http://", 7) == 0 ? "http://" : "",
		     (int)strcspn(host, "/?#"), host);
}

static void caddy_headers(const struct plan *plan)
{
	struct header headers[HEADERS_MAX];
	size_t n = headers_list(plan, headers);

	(void)printf("\t\theader {\n"
		     "\t\t\t?Cache-Control \"no-cache\"\n");
	for (size_t i = 0; i < n; i++)
		(void)printf("\t\t\t%s \"%s\"\n", headers[i].name, headers[i].value);
	(void)printf("\t\t\t-Server\n"
		     "\t\t}\n"
		     "\t\t@style path_regexp ^/style\\.[0-9a-f]+\\.css$\n"
		     "\t\theader @style Cache-Control \"" FOR_EVER "\"\n"
		     "\t\t@machines path *.json *.atom\n"
		     "\t\theader @machines Access-Control-Allow-Origin \"*\"\n"
		     "\t\t@feed path *.atom\n"
		     "\t\theader @feed Content-Type \"application/atom+xml; charset=utf-8\"\n");
}

static void caddy_page(const struct plan *plan, const char *dir)
{
	(void)printf("\t# The page, from its folder: it stays readable while shorewatch is down.\n"
		     "\thandle {\n"
		     "\t\troot * \"%s\"\n",
		     dir);
	caddy_headers(plan);
	(void)printf("\t\tfile_server {\n"
		     "\t\t\thide .*\n"
		     "%s"
		     "\t\t}\n"
		     "\t}\n",
		     plan->page.is_precompressed ? "\t\t\tprecompressed gzip\n" : "");
}

static void caddy_daemon(const struct plan *plan)
{
	(void)printf("\t# Heartbeats, jobs, health and metrics, from the daemon.\n"
		     "\t@daemon path /hook/* /ping/* /healthz /metrics\n"
		     "\thandle @daemon {\n"
		     "\t\trequest_body {\n"
		     "\t\t\tmax_size 1MB\n"
		     "\t\t}\n"
		     "\t\treverse_proxy %s\n"
		     "\t}\n",
		     plan->listen.address);
}

int snippet_caddy(const struct plan *plan)
{
	struct buf dir = BUF_INIT(8192);
	int status = EXIT_GOOD;

	if (is_written_there(plan, &dir)) {
		(void)printf("# For the Caddyfile; Caddy gets the certificate by itself.\n");
		caddy_host(plan);
		caddy_page(plan, buf_text(&dir));
		if (plan->listen.address)
			caddy_daemon(plan);
		(void)printf("}\n");
	} else {
		status = refuse_dir("Caddy");
	}
	buf_done(&dir);
	return status;
}
