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
	bool is_precompressed, has_kiosk;
	int public_errors;
	struct strings frame_ancestors, languages;
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
	{ "frame_ancestors", OPTION_STRINGS, offsetof(struct page_params, frame_ancestors),
	  .help = "who may show the page in a frame: \"self\", \"https://intra.example.net\"; "
		  "default: nobody" },
	{ "precompress", OPTION_BOOL, offsetof(struct page_params, is_precompressed),
	  .fallback = "true", .help = "FILE.gz beside each file, for those who accept gzip" },
	{ "languages", OPTION_STRINGS, offsetof(struct page_params, languages),
	  .help = "that the page is written in: \"en\", \"ja\"; default: all of them" },
	{ "kiosk", OPTION_BOOL, offsetof(struct page_params, has_kiosk), .fallback = "false",
	  .help = "kiosk.html: the page for a screen on the wall, loading itself again" },
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

/* CSP 3, 6.4.2: "self", or where a site is, of which the first label may be "*". */
static bool is_frame_source(const char *text)
{
	static const char *const schemes[] = { "https://", "http://" };

	if (strcmp(text, "self") == 0)
		return true;
	for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
		size_t n = strlen(schemes[i]);
		size_t host = strncmp(text, schemes[i], n) != 0
				      ? 0
				      : strspn(text + n, "abcdefghijklmnopqrstuvwxyz"
							 "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
							 "0123456789.-:*[]");

		if (host > 0 && text[n + host] == '\0')
			return true;
	}
	return false;
}

/* NULL: nobody may. */
static const char *frame_policy(struct builder *b, const struct setting *at, struct strings sources)
{
	const char *policy = NULL;

	for (size_t i = 0; i < sources.n; i++) {
		if (!is_frame_source(sources.v[i]))
			fault_at(b->l, setting_find(at, "frame_ancestors"),
				 "page.frame_ancestors: \"%.80s\" must be \"self\" or a site "
				 "without a path, such as \"https://intra.example.net\"",
				 loader_shown(b->l, sources.v[i]));
		policy = arena_printf(b->l->arena, "%s %s",
				      policy != NULL ? policy : "frame-ancestors",
				      strcmp(sources.v[i], "self") == 0 ? "'self'"
									    : sources.v[i]);
	}
	return policy;
}

static bool is_listed(struct strings list, const char *word)
{
	for (size_t i = 0; i < list.n; i++)
		if (strcmp(list.v[i], word) == 0)
			return true;
	return false;
}

static void check_language(struct builder *b, const struct setting *at, const char *word)
{
	for (const char *const *known = plan_languages; *known != NULL; known++)
		if (strcmp(*known, word) == 0)
			return;
	fault_at(b->l, setting_find(at, "languages"),
		 "page.languages: \"%.80s\" must be one of en, ja", loader_shown(b->l, word));
}

/* Which languages are left out: none where none is named. */
static void languages_choose(struct builder *b, const struct setting *at, struct strings list)
{
	const char *first = plan_languages[b->plan->language];

	if (list.n == 0)
		return;
	for (size_t i = 0; i < list.n; i++)
		check_language(b, at, list.v[i]);
	if (!is_listed(list, first))
		fault_at(b->l, setting_find(at, "languages"),
			 "page.languages: \"%s\" is missing, the language of index.html: write it "
			 "here, or another one as language",
			 first);
	for (enum language l = 0; l < LANGUAGE_COUNT; l++)
		b->plan->page.is_left_out[l] = !is_listed(list, plan_languages[l]);
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
		.is_precompressed = p.is_precompressed,
		.has_kiosk = p.has_kiosk,
		.frame_policy = frame_policy(b, at, p.frame_ancestors),
	};
	languages_choose(b, at, p.languages);
}
