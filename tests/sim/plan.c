/*
 * plan.c - the setup as the engine's plan: who is asked, how often, and what
 * the configuration would make of it.
 */
#include "sim.h"

#include <string.h>

#include "base/words.h"

static const char *endpoint(const void *params)
{
	return params;
}

static const struct probe_kind http = { .name = "http", .summary = "", .endpoint = endpoint };
static const struct probe_kind tcp = { .name = "tcp", .summary = "", .endpoint = endpoint };
static const struct probe_kind ping = { .name = "ping", .summary = "", .endpoint = endpoint };
static const struct stack_plan stacks[STACKS_MAX] = { { .name = "home", .title = "Home" },
						      { .name = "away", .title = "Away" } };
static const struct recipient_plan recipients[] = {
	{ .address = "ops@example.com" },
	{ .address = "boss@example.com", .language = LANGUAGE_JA },
};
static const struct channel_plan channels[] = {
	{ .name = "ops@example.com" },
	{ .name = "boss@example.com", .language = LANGUAGE_JA },
};
static const struct relay_plan relays[] = {
	{ .url = "smtps://one.example.com", .host = "one.example.com", .port = 465 },
	{ .url = "smtps://two.example.com", .host = "two.example.com", .port = 465 },
};
static const char *const site_names[SITES_MAX] = { "blog", "wiki", "shop",  "news",
						   "chat", "mail", "forge", "cloud" };
static const char *const job_names[JOBS_MAX] = { "backup", "renew" };

/* ---- hosts ---- */

static void add_host(struct sim *s, enum host_role role, int at, const char *name, int stack)
{
	struct host *h = &s->hosts[s->hosts_n++];

	*h = (struct host){ .role = role, .at = at, .stack = stack, .family = 4 };
	words_copy(h->name, sizeof h->name, name);
	(void)snprintf(h->url, sizeof h->url, "https://%s.example/", name);
}

void hosts_make(struct sim *s)
{
	const struct setup *u = s->setup;
	static const char *const pulls[2 * STACKS_MAX] = { "am-home", "am-away", "prom-home",
							   "prom-away" };

	for (int i = 0; i < u->sites_n; i++) {
		add_host(s, HOST_SITE, i, site_names[i], u->sites[i].stack);
		s->hosts[i].family = u->sites[i].family;
		s->hosts[i].is_named = u->sites[i].is_named;
	}
	for (int i = 0; i < u->jobs_n; i++)
		add_host(s, HOST_JOB, i, job_names[i], u->jobs[i].stack);
	for (int i = 0; i < u->refs_n; i++) {
		char name[8] = { 'r', 'e', 'f', (char)('1' + i), '\0' };

		add_host(s, HOST_REF, i, name, -1);
		s->hosts[s->hosts_n - 1].family = u->refs[i];
	}
	for (int i = 0; i < u->stacks_n; i++) {
		if (!u->watchdogs[i].is_there)
			continue;
		if (u->watchdogs[i].has_pull)
			add_host(s, HOST_AM, i, pulls[i], i);
		if (u->watchdogs[i].has_prometheus)
			add_host(s, HOST_PROM, i, pulls[STACKS_MAX + i], i);
	}
	for (int i = 0; i < s->hosts_n; i++)
		if (s->hosts[i].role >= HOST_AM)
			s->hosts[i].is_named = true;
	if (u->has_listener)
		add_host(s, HOST_LISTENER, 0, "listener", -1);
}

/* ---- spans ---- */

static int64_t shorter(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t reference_interval(const struct setup *u)
{
	int64_t least = MINUTE;

	for (int i = 0; i < u->sites_n; i++)
		least = shorter(least, u->sites[i].interval);
	return least;
}

int64_t interval_of(const struct sim *s, int host)
{
	const struct host *h = &s->hosts[host];

	switch (h->role) {
	case HOST_SITE:
		return s->setup->sites[h->at].interval;
	case HOST_JOB:
		return s->setup->jobs[h->at].period;
	case HOST_REF:
		return reference_interval(s->setup);
	default:
		return MINUTE;
	}
}

int64_t timeout_of(const struct sim *s, int host)
{
	const struct host *h = &s->hosts[host];

	if (h->role == HOST_SITE)
		return s->setup->sites[h->at].timeout;
	return h->role == HOST_REF ? 5 * SEC : 10 * SEC;
}

/* ---- the plan ---- */

static enum role role_of(enum host_role role)
{
	static const enum role roles[] = {
		[HOST_SITE] = ROLE_TARGET,	[HOST_JOB] = ROLE_TARGET,
		[HOST_REF] = ROLE_REFERENCE,	[HOST_AM] = ROLE_ALERTMANAGER,
		[HOST_PROM] = ROLE_PROMETHEUS,	[HOST_LISTENER] = ROLE_LISTENER,
	};

	return roles[role];
}

static bool is_away(const struct sim *s, int host)
{
	const struct host *h = &s->hosts[host];

	return s->us.is_without_site && h->role == HOST_SITE && h->at > 0 &&
	       h->at == s->setup->sites_n - 1;
}

static enum layer layer_of(const struct sim *s, const struct host *h)
{
	if (h->role != HOST_SITE)
		return LAYER_UNSET;
	if (s->setup->sites[h->at].is_edge)
		return LAYER_EDGE;
	return s->setup->sites[h->at].is_service ? LAYER_SERVICE : LAYER_UNSET;
}

static void add_job(struct sim *s, struct target_plan *t, const struct host *h)
{
	static const char url[] = "https://status.example.net/ping/";
	struct ping_plan *p = &s->us.bed->pings[h->at];

	*p = (struct ping_plan){ .url = url,
				 .token = "t",
				 .period = s->setup->jobs[h->at].period,
				 .grace = s->setup->jobs[h->at].grace };
	t->ping = p;
	t->params = p;
	t->kind = &ping;
	s->us.bed->plan.pings_n++;
}

static void add_target(struct sim *s, int host, uint32_t at)
{
	struct host *h = &s->hosts[host];
	struct bed *bed = s->us.bed;
	struct target_plan *t = &bed->targets[at];

	h->subject = at;
	bed->host_of[at] = host;
	*t = (struct target_plan){
		.name = h->name,
		.title = h->name,
		.group = h->role == HOST_SITE && h->at % 2 ? "Others" : "Checks",
		.role = role_of(h->role),
		.layer = layer_of(s, h),
		.stack = h->role <= HOST_JOB ? (uint32_t)h->stack : NONE_INDEX,
		.watchdog = h->role == HOST_AM || h->role == HOST_PROM ? bed->watchdog_of[h->stack]
								       : NONE_INDEX,
		.interval = interval_of(s, host),
		.timeout = timeout_of(s, host),
		.connect_timeout = 5 * SEC,
		.settle = h->role == HOST_SITE ? 30 * SEC : 0,
		.slow = h->role == HOST_SITE ? s->setup->sites[h->at].slow : 0,
		.retest = { 10 * SEC, 20 * SEC },
		.retests = 2,
		.fall = h->role == HOST_REF || h->role == HOST_JOB ? 1 : 3,
		.rise = h->role == HOST_REF || h->role == HOST_JOB ? 1 : 2,
		.family = h->role == HOST_REF || h->role == HOST_SITE
				  ? h->family == 6 ? FAMILY_IPV6 : FAMILY_IPV4
				  : FAMILY_ANY,
		.kind = h->role == HOST_REF || !h->is_named ? &tcp : &http,
		.params = h->url,
		.file = "sim",
	};
	if (h->role == HOST_JOB)
		add_job(s, t, h);
	if (h->role <= HOST_JOB)
		bed->plan.targets_n++;
	else if (h->role == HOST_REF)
		bed->plan.references_n++;
	else
		bed->plan.witnesses_n++;
}

static void add_watchdogs(struct sim *s)
{
	struct bed *bed = s->us.bed;

	for (int i = 0; i < s->setup->stacks_n; i++) {
		const struct watchdog_setup *w = &s->setup->watchdogs[i];
		size_t at = bed->plan.watchdogs_n;

		bed->watchdog_of[i] = NONE_INDEX;
		if (!w->is_there)
			continue;
		bed->watchdog_of[i] = (uint32_t)at;
		bed->watchdogs[at] = (struct watchdog_plan){
			.name = i == 0 ? "dog-home" : "dog-away",
			.hook = i == 0 ? "dog-home" : "dog-away",
			.stack = (uint32_t)i,
			.token = "t",
			.period = w->period,
			.grace = w->grace,
			.start_grace = 10 * MINUTE,
			.resolved_is_down = true,
		};
		bed->plan.watchdogs_n++;
	}
}

void plan_make(struct sim *s)
{
	const struct setup *u = s->setup;
	struct us *us = &s->us;
	struct bed *bed = us->bed == &us->beds[0] ? &us->beds[1] : &us->beds[0];
	uint32_t n = 0;

	us->bed = bed;
	bed->plan = (struct plan){
		.file = "sim",
		.instance = "vps",
		.targets = bed->targets,
		.stacks = stacks,
		.stacks_n = (size_t)u->stacks_n,
		.watchdogs = bed->watchdogs,
		.page = { .title = "status", .days = 90 },
		.channels = channels,
		.channels_n = (size_t)u->recipients,
		.mail = { .from = "shorewatch@example.com",
			  .from_address = "shorewatch@example.com",
			  .host = "example.com",
			  .to = recipients,
			  .to_n = (size_t)u->recipients,
			  .relays = relays,
			  .relays_n = (size_t)u->relays,
			  .group_wait = u->group_wait,
			  .cap = 10,
			  .repeat = { HOUR, 4 * HOUR, 12 * HOUR } },
	};
	add_watchdogs(s);
	for (int i = 0; i < s->hosts_n; i++) {
		s->hosts[i].subject = NONE_INDEX;
		if (!is_away(s, i))
			add_target(s, i, n++);
	}
	plan_add_windows(s);
	plan_add_parents(s);
}
