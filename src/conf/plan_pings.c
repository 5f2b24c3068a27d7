/*
 * plan_pings.c - cron jobs and the like, which report themselves.
 *
 * Each becomes a target of the kind "ping", behind those that are probed: page,
 * history, incidents and mails treat it like them. A token opens one job only.
 */
#include "conf/plan_parts.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "conf/loader.h"
#include "conf/secret.h"
#include "conf/settings.h"

#define TOKEN_SHORT 16 /* characters; below, guessing is thinkable */

struct ping_params {
	const char *name, *title, *link, *stack, *group, *runbook, *token;
	struct strings try_next;
	usec_t period, grace;
	bool is_hidden;
};

static const struct option ping_options[] = {
	{ "name", OPTION_STRING, offsetof(struct ping_params, name), .is_required = true,
	  .help = "1 to 63 of a-z, 0-9 and -; the job calls /ping/NAME, and state follows it" },
	{ "title", OPTION_STRING, offsetof(struct ping_params, title),
	  .help = "for people; default: the name" },
	{ "link", OPTION_STRING, offsetof(struct ping_params, link),
	  .help = "where the page links to" },
	{ "stack", OPTION_STRING, offsetof(struct ping_params, stack),
	  .help = "name of the stack it belongs to; default: one for all that name none" },
	{ "group", OPTION_STRING, offsetof(struct ping_params, group), .fallback = "Jobs",
	  .help = "heading on the page" },
	{ "token", OPTION_SECRET, offsetof(struct ping_params, token), .is_required = true,
	  .help = "what the job sends as Authorization: Bearer; each job has its own" },
	{ "period", OPTION_DURATION, offsetof(struct ping_params, period), .is_required = true,
	  .min = USEC_PER_SEC, .max = 400 * USEC_PER_DAY,
	  .help = "from one report to the next" },
	{ "grace", OPTION_DURATION, offsetof(struct ping_params, grace), .fallback = "1h",
	  .min = USEC_PER_SEC, .max = 31 * USEC_PER_DAY,
	  .help = "down when it is overdue by so much, or when so long after /start it has not "
		  "finished; unless given, at most the period" },
	{ "runbook", OPTION_STRING, offsetof(struct ping_params, runbook),
	  .help = "URL, named in the mails; not on the stack itself" },
	{ "try_next", OPTION_STRINGS, offsetof(struct ping_params, try_next),
	  .help = "two or three steps for the mails, most likely first" },
	{ "hidden", OPTION_BOOL, offsetof(struct ping_params, is_hidden), .fallback = "false",
	  .help = "watched and mailed about, but not on the page" },
	{ .name = NULL },
};

const struct section section_ping = {
	.name = "ping",
	.place = "pings = ( { name = \"backup\"; token = \"credential:ping-backup\"; period = "
		 "\"1d\"; ... } );",
	.summary = "a cron job that reports itself: POST or GET /ping/NAME when it went well, "
		   "/ping/NAME/start when it begins, /ping/NAME/fail when it failed",
	.options = ping_options,
};

static void texts_check(struct builder *b, const struct setting *at, const struct ping_params *p)
{
	check_line(b->l, at, "title", p->title);
	check_line(b->l, at, "group", p->group);
	check_web_url(b->l, at, "link", p->link);
	check_web_url(b->l, at, "runbook", p->runbook);
	if (secret_is_read(p->token) && strlen(p->token) < TOKEN_SHORT)
		warn_at(b->l, setting_find(at, "token"),
			"the token has less than %d characters; "
			"make one with `openssl rand -hex 32`",
			TOKEN_SHORT);
}

/* What the job calls; ready to paste when public_url is set. */
static const char *ping_url(struct builder *b, const char *name)
{
	const struct listen_plan *listen = &b->plan->listen;
	const char *base = listen->public_url;

	if (base == NULL)
		return arena_printf(b->l->arena, "http://%s/ping/%s",
				    listen->address != NULL ? listen->address : "", name);
	return arena_printf(b->l->arena, "%s%sping/%s", base,
			    base[strlen(base) - 1] == '/' ? "" : "/", name);
}

static const struct ping_plan *ping_make(struct builder *b, const struct setting *at,
					 const struct ping_params *p)
{
	struct ping_plan *ping = arena_alloc(b->l->arena, 1, sizeof *ping);
	bool is_grace_ours = setting_find(at, "grace") == NULL;

	*ping = (struct ping_plan){
		.url = ping_url(b, element_name(at)),
		.token = p->token,
		.period = p->period,
		.grace = is_grace_ours && p->grace > p->period ? p->period : p->grace,
	};
	return ping;
}

/* One report is believed at once, for the worse and for the better. */
static void ping_read(struct builder *b, const struct setting *at, struct target_plan *t)
{
	struct ping_params p = { .name = NULL };
	const struct setting *stack = setting_find(at, "stack");
	const struct ping_plan *ping;

	options_read(b->l, &section_ping, at, &p);
	texts_check(b, at, &p);
	ping = ping_make(b, at, &p);
	*t = (struct target_plan){
		.name = element_name(at),
		.title = p.title != NULL ? p.title : element_name(at),
		.group = p.group,
		.link = p.link,
		.runbook = p.runbook,
		.try_next = p.try_next,
		.role = ROLE_TARGET,
		.stack = plan_stack_index(b, p.stack, stack != NULL ? stack : at),
		.watchdog = NONE_INDEX,
		.twin = NONE_INDEX,
		.interval = ping->period,
		.timeout = ping->grace,
		.connect_timeout = ping->grace,
		.fall = 1,
		.rise = 1,
		.is_hidden = p.is_hidden,
		.kind = probe_kind_find("ping"),
		.params = ping,
		.ping = ping,
		.file = at->file,
		.line = at->line,
	};
	assert(t->kind != NULL && t->kind->is_made);
}

/* Both have a history, and it follows the name. */
static void check_apart(struct builder *b, const struct setting *at, size_t probed_n)
{
	for (size_t i = 0; i < probed_n; i++) {
		const struct target_plan *t = &b->plan->targets[i];

		if (t->name[0] != '\0' && strcmp(t->name, element_name(at)) == 0)
			fault_at(b->l, setting_find(at, "name"),
				 "ping.name: \"%s\" is already the name of the target at %s:%u; "
				 "history follows the name, so give this one another",
				 t->name, t->file, t->line);
	}
}

void plan_pings_read(struct builder *b)
{
	struct elements e = elements_gather(b, "pings", section_ping.place);
	size_t probed_n = b->plan->targets_n;
	struct target_plan *all = arena_alloc(b->l->scratch, probed_n + e.n + 1, sizeof *all);

	memcpy(all, b->plan->targets, probed_n * sizeof *all);
	elements_check_names(b, &e, "ping");
	for (size_t i = 0; i < e.n; i++) {
		check_reserved_name(b, e.v[i], "ping");
		check_apart(b, e.v[i], probed_n);
		ping_read(b, e.v[i], &all[probed_n + i]);
	}
	if (e.n > 0 && b->plan->listen.address == NULL)
		fault_at(b->l, e.v[0],
			 "a ping needs the listener, for the job calls it there; "
			 "set listen.address");
	b->pings = e;
	b->plan->targets = all;
	b->plan->targets_n = probed_n + e.n;
	b->plan->pings_n = e.n;
}

/* ---- tokens ---- */

static bool is_same_token(const char *a, const char *b)
{
	return secret_is_read(a) && secret_is_read(b) && strcmp(a, b) == 0;
}

static void token_check(struct builder *b, size_t ping, const struct target_plan *pings)
{
	const struct setting *at = setting_find(b->pings.v[ping], "token");
	const char *token = pings[ping].ping->token;

	for (size_t i = 0; i < ping; i++) {
		if (is_same_token(token, pings[i].ping->token))
			fault_at(b->l, at,
				 "ping \"%s\" has the token of \"%s\"; a token opens one job only: "
				 "make another",
				 pings[ping].name, pings[i].name);
	}
	for (size_t i = 0; i < b->plan->watchdogs_n; i++) {
		if (is_same_token(token, b->plan->watchdogs[i].token))
			fault_at(b->l, at,
				 "ping \"%s\" has the token of the watchdog \"%s\": the job could "
				 "send its beats; make another",
				 pings[ping].name, b->plan->watchdogs[i].name);
	}
}

void plan_pings_check(struct builder *b)
{
	const struct target_plan *pings =
		b->plan->targets + b->plan->targets_n - b->plan->pings_n;

	for (size_t i = 0; i < b->plan->pings_n; i++)
		token_check(b, i, pings);
}
