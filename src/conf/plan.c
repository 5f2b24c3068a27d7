/*
 * plan.c - the plan as a whole: the top level's own keys, then every part in
 * the order in which the parts refer to each other.
 */
#include "conf/plan_parts.h"

#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "conf/forms.h"
#include "conf/loader.h"
#include "conf/settings.h"

#define HOSTNAME_BYTES 256

const char *const plan_languages[] = { "en", "ja", NULL };

struct main_params {
	const char *instance, *timezone, *state_dir, *targets_dir;
	int language;
	struct strings resolvers, references;
	const char *heartbeat_url;
};

static const struct option main_options[] = {
	{ "instance", OPTION_STRING, offsetof(struct main_params, instance),
	  .help = "this vantage's name, in mails and on the page; default: the host's name" },
	{ "language", OPTION_WORD, offsetof(struct main_params, language), .fallback = "en",
	  .words = plan_languages, .help = "of the page, and of mails unless a recipient has another" },
	{ "timezone", OPTION_STRING, offsetof(struct main_params, timezone),
	  .help = "times are shown in it, such as \"Asia/Tokyo\"; default: the machine's" },
	{ "state_dir", OPTION_STRING, offsetof(struct main_params, state_dir),
	  .fallback = "/var/lib/shorewatch", .help = "history and outgoing mails live there" },
	{ "targets_dir", OPTION_STRING, offsetof(struct main_params, targets_dir),
	  .help = "its *.cfg files are read too, in name order; default: targets.d, if it exists" },
	{ "resolvers", OPTION_STRINGS, offsetof(struct main_params, resolvers),
	  .help = "name servers by address; default: the system's" },
	{ "references", OPTION_STRINGS, offsetof(struct main_params, references),
	  .fallback = "1.1.1.1:443, 8.8.8.8:443, 9.9.9.9:443, [2606:4700:4700::1111]:443, "
		      "[2001:4860:4860::8888]:443, [2620:fe::fe]:443",
	  .help = "hosts that tell whether we are online ourselves; [] checks nothing" },
	{ "heartbeat_url", OPTION_STRING, offsetof(struct main_params, heartbeat_url),
	  .help = "called once a minute while everything due was done: who watches the watcher" },
	{ .name = NULL },
};

static const struct section_part main_parts[] = {
	{ "defaults", "what every target does unless it says otherwise" },
	{ "targets", "what is watched; also in the files of targets_dir" },
	{ "stacks", "targets and watchdogs that stand or fall together" },
	{ "watchdogs", "beats of an Alertmanager that must not stop" },
	{ "pings", "cron jobs that report themselves" },
	{ "windows", "planned work: once, weekly, or as cron has it" },
	{ "listen", "where beats come in and the page is served" },
	{ "page", "the status page" },
	{ "mail", "who is told, and how" },
	{ "channels", "who is told in other ways: ntfy, slack, webhook, ..." },
	{ "canary", "a mail a day to a mailbox that we read: does mail arrive?" },
	{ "retention", "how long history is kept" },
	{ .name = NULL },
};

const struct section section_main = {
	.name = "main",
	.place = "at the top level of the file",
	.summary = "this watcher itself",
	.options = main_options,
	.parts = main_parts,
};

struct retention_params {
	usec_t raw, buckets;
};

static const struct option retention_options[] = {
	{ "raw", OPTION_DURATION, offsetof(struct retention_params, raw), .fallback = "14d",
	  .min = USEC_PER_DAY, .max = 400 * USEC_PER_DAY, .help = "every single result" },
	{ "buckets", OPTION_DURATION, offsetof(struct retention_params, buckets),
	  .fallback = "400d", .min = 90 * USEC_PER_DAY, .max = 3650 * USEC_PER_DAY,
	  .help = "sums of a quarter of an hour" },
	{ .name = NULL },
};

const struct section section_retention = {
	.name = "retention",
	.place = "retention = { ... };",
	.summary = "how long history is kept",
	.options = retention_options,
};

/* What a file in targets_dir may hold; the rest belongs into the main file. */
static const char *const shared_lists[] = { "targets", "stacks", "watchdogs", "pings", "windows",
					      NULL };

static const struct setting *main_root(const struct builder *b)
{
	return b->roots[0];
}

/* ---- elements of lists ---- */

static size_t elements_count(const struct builder *b, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < b->roots_n; i++) {
		const struct setting *list = setting_find(b->roots[i], name);

		for (const struct setting *s = list != NULL ? list->first : NULL; s != NULL;
		     s = s->next)
			n++;
	}
	return n;
}

struct elements elements_gather(struct builder *b, const char *name, const char *form)
{
	struct elements e = { .n = 0 };

	e.v = arena_alloc(b->l->scratch, elements_count(b, name) + 1, sizeof(const struct setting *));
	for (size_t i = 0; i < b->roots_n; i++) {
		const struct setting *list = setting_find(b->roots[i], name);

		if (list == NULL)
			continue;
		if (list->type != SETTING_LIST) {
			fault_at(b->l, list, "%s must be a list in round brackets: %s", name, form);
			continue;
		}
		for (const struct setting *s = list->first; s != NULL; s = s->next) {
			if (options_is_group(b->l, s, form))
				e.v[e.n++] = s;
		}
	}
	return e;
}

void check_line(struct loader *l, const struct setting *group, const char *option, const char *text)
{
	if (text != NULL && !form_is_line(text))
		fault_at(l, setting_find(group, option),
			 "%s must be one line of text, not empty "
			 "and without control characters",
			 option);
}

/* The URL is not shown in the fault: a user and password may stand in it. */
void check_web_url(struct loader *l, const struct setting *group, const char *option,
		   const char *url)
{
	if (url != NULL && !form_is_web_url(url))
		fault_at(l, setting_find(group, option),
			 "%s must be a whole URL without user or "
			 "password, such as \"https://status.example.com/\"",
			 option);
}

/* ---- the top level ---- */

static void check_shared_files(struct builder *b)
{
	for (size_t i = 1; i < b->roots_n; i++) {
		for (const struct setting *s = b->roots[i]->first; s != NULL; s = s->next) {
			const char *const *known = shared_lists;

			while (*known != NULL && strcmp(*known, s->name) != 0)
				known++;
			if (*known != NULL)
				continue;
			if (options_find(main_options, s->name) != NULL)
				fault_at(b->l, s, "%s belongs into the main file, %s", s->name,
					 b->l->file);
			else
				options_unknown(b->l, "main", s, shared_lists);
		}
	}
}

static const char *host_name(struct loader *l)
{
	char name[HOSTNAME_BYTES];

	if (gethostname(name, sizeof name) < 0 || name[0] == '\0')
		return "shorewatch";
	name[sizeof name - 1] = '\0';
	return arena_strdup(l->arena, name);
}

/* The zone that the machine is set to: where /etc/localtime leads. */
static const char *machine_zone(struct loader *l)
{
	static const char mark[] = "/zoneinfo/";
	char target[256];
	ssize_t n = readlink("/etc/localtime", target, sizeof target - 1);
	const char *name;

	if (n <= 0)
		return "UTC";
	target[n] = '\0';
	name = strstr(target, mark);
	if (name == NULL || !form_is_timezone(name + strlen(mark)))
		return "UTC";
	return arena_strdup(l->arena, name + strlen(mark));
}

static void check_timezone(struct builder *b, const char *zone)
{
	if (zone != NULL && !form_is_timezone(zone))
		fault_at(b->l, setting_find(main_root(b), "timezone"),
			 "timezone: \"%s\" is not known on this machine; write a name such as "
			 "\"Asia/Tokyo\" or \"UTC\" (or install tzdata)",
			 loader_shown(b->l, zone));
}

/* "192.0.2.1", "2001:db8::1", or one with a port. */
static bool is_resolver(const char *text)
{
	char host[FORM_HOST_MAX];
	struct address address;
	uint16_t port;

	if (address_parse_host(text, 53, &address))
		return true;
	return address_split(text, host, sizeof host, &port) &&
	       address_parse_host(host, port, &address);
}

static void check_resolvers(struct builder *b, struct strings resolvers)
{
	const struct setting *list = setting_find(main_root(b), "resolvers");

	for (size_t i = 0; i < resolvers.n; i++) {
		if (!is_resolver(resolvers.v[i]))
			fault_at(b->l, setting_element(list, i),
				 "resolvers: \"%s\" is not an "
				 "address; write such as \"192.0.2.53\"",
				 loader_shown(b->l, resolvers.v[i]));
	}
}

/* Of the URL only the host is shown: the rest is a key. */
static void check_heartbeat(struct builder *b, const char *url)
{
	const struct setting *at = setting_find(main_root(b), "heartbeat_url");
	struct url parts;

	check_web_url(b->l, main_root(b), "heartbeat_url", url);
	if (url != NULL && form_is_web_url(url) && form_url(url, &parts) &&
	    strcmp(parts.scheme, "http") == 0 && !form_is_loopback(parts.host))
		warn_at(b->l, at,
			"heartbeat_url goes to %s in the clear, and whoever reads it can call it "
			"in our place; write https://",
			parts.host);
}

static void main_take(struct builder *b, const struct main_params *p)
{
	struct plan *plan = b->plan;

	plan->instance = p->instance != NULL ? p->instance : host_name(b->l);
	plan->timezone = p->timezone != NULL ? p->timezone : machine_zone(b->l);
	plan->state_dir = loader_beside(b->l, p->state_dir);
	plan->language = (enum language)p->language;
	plan->resolvers = p->resolvers;
	plan->heartbeat_url = p->heartbeat_url;
}

static void retention_read(struct builder *b)
{
	struct retention_params p = { .raw = 0 };

	options_read(b->l, &section_retention, setting_find(main_root(b), "retention"), &p);
	b->plan->retention_raw = p.raw;
	b->plan->retention_buckets = p.buckets;
}

static void check_watches_something(struct builder *b)
{
	if (b->plan->targets_n == 0 && b->plan->watchdogs_n == 0 && !b->l->is_partial)
		fault_at(b->l, main_root(b),
			 "nothing is watched: add targets = ( { name = \"blog\"; "
			 "http = { url = \"https://blog.example.com/\"; }; } );");
}

void plan_read(struct builder *b)
{
	struct main_params p = { .instance = NULL };
	const struct setting *root = main_root(b);

	options_read(b->l, &section_main, root, &p);
	check_line(b->l, root, "instance", p.instance);
	check_line(b->l, root, "state_dir", p.state_dir);
	plan_state_check(b, setting_find(root, "state_dir"), loader_beside(b->l, p.state_dir));
	check_heartbeat(b, p.heartbeat_url);
	check_timezone(b, p.timezone);
	check_resolvers(b, p.resolvers);
	check_shared_files(b);
	main_take(b, &p);
	plan_listen_read(b);
	plan_page_read(b);
	plan_stacks_read(b);
	plan_targets_read(b);
	plan_families_split(b);
	plan_pings_read(b);
	plan_references_read(b, p.references, setting_find(root, "references"));
	plan_watchdogs_read(b);
	plan_pings_check(b);
	plan_depends_read(b);
	plan_windows_read(b);
	b->channels = elements_gather(b, "channels", section_channel.place);
	plan_mail_read(b);
	plan_channels_read(b);
	plan_canary_read(b);
	plan_witnesses_read(b);
	retention_read(b);
	check_watches_something(b);
	if (!loader_has_fault(b->l))
		plan_advise(b);
}
