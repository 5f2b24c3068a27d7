/*
 * plan_page.c - what people reach: the listener and the status page.
 */
#include "conf/plan_parts.h"

#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "conf/forms.h"
#include "conf/loader.h"
#include "conf/settings.h"

struct listen_params {
	const char *address, *public_url, *metrics_token;
};

static const struct option listen_options[] = {
	{ "address", OPTION_STRING, offsetof(struct listen_params, address),
	  .fallback = "127.0.0.1:8080", .help = "plain HTTP, for a proxy with TLS; \"\": none" },
	{ "public_url", OPTION_STRING, offsetof(struct listen_params, public_url),
	  .help = "how Alertmanager reaches it, through the proxy" },
	{ "metrics_token", OPTION_SECRET, offsetof(struct listen_params, metrics_token),
	  .help = "opens /metrics from elsewhere; without it: loopback only" },
	{ .name = NULL },
};

const struct section section_listen = {
	.name = "listen",
	.place = "listen = { ... };",
	.summary = "where beats come in and the page is served",
	.options = listen_options,
};

static const char *const public_errors[] = { "class", "full", NULL };

struct page_params {
	const char *dir, *title, *url;
	int64_t days;
	bool is_noindex;
	int public_errors;
};

static const struct option page_options[] = {
	{ "dir", OPTION_STRING, offsetof(struct page_params, dir),
	  .help = "its files are written there; default: public in state_dir" },
	{ "title", OPTION_STRING, offsetof(struct page_params, title),
	  .help = "heading; default: the instance" },
	{ "url", OPTION_STRING, offsetof(struct page_params, url),
	  .help = "where people find it; in the mails" },
	{ "days", OPTION_INT, offsetof(struct page_params, days), .fallback = "90", .min = 1,
	  .max = 90, .help = "of history" },
	{ "noindex", OPTION_BOOL, offsetof(struct page_params, is_noindex), .fallback = "false",
	  .help = "ask search engines to stay away" },
	{ "public_errors", OPTION_WORD, offsetof(struct page_params, public_errors),
	  .fallback = "class", .words = public_errors,
	  .help = "full: also texts that came from the targets" },
	{ .name = NULL },
};

const struct section section_page = {
	.name = "page",
	.place = "page = { ... };",
	.summary = "the status page",
	.options = page_options,
};

/* An address, not a name: what a name means can change under a listener. Port 0 is any free one. */
static bool is_listen_address(const char *text)
{
	char host[FORM_HOST_MAX];
	struct address address;
	uint16_t port;

	return address_split(text, host, sizeof host, &port) &&
	       address_parse_host(host, port, &address);
}

void plan_listen_read(struct builder *b)
{
	const struct setting *at = setting_find(b->roots[0], "listen");
	struct listen_params p = { .address = NULL };

	options_read(b->l, &section_listen, at, &p);
	check_web_url(b->l, at, "public_url", p.public_url);
	if (p.address[0] != '\0' && !is_listen_address(p.address))
		fault_at(b->l, setting_find(at, "address"),
			 "listen.address: \"%.80s\" must be an "
			 "address and a port, such as \"127.0.0.1:8080\" or \"[::1]:8080\"; \"\" "
			 "turns the listener off",
			 loader_shown(b->l, p.address));
	b->plan->listen = (struct listen_plan){
		.address = p.address[0] != '\0' ? p.address : NULL,
		.public_url = p.public_url,
		.metrics_token = p.metrics_token,
	};
}

static const char *page_dir(struct builder *b, const struct setting *at, const char *dir)
{
	if (dir == NULL)
		return NULL;
	check_line(b->l, at, "dir", dir);
	return loader_beside(b->l, dir);
}

void plan_page_read(struct builder *b)
{
	const struct setting *at = setting_find(b->roots[0], "page");
	struct page_params p = { .dir = NULL };

	options_read(b->l, &section_page, at, &p);
	check_line(b->l, at, "title", p.title);
	check_web_url(b->l, at, "url", p.url);
	b->plan->page = (struct page_plan){
		.dir = page_dir(b, at, p.dir),
		.title = p.title != NULL ? p.title : b->plan->instance,
		.url = p.url,
		.days = (unsigned)p.days,
		.is_noindex = p.is_noindex,
		.is_public_errors_full = p.public_errors == 1,
	};
}
