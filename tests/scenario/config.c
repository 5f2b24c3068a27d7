/*
 * config.c - the `config` line becomes a plan, with the defaults that the
 * daemon has: every 60s, timeout 10s and 5s to connect, fall 3, re-tests at
 * 10s and 20s, rise 2 over 30s, group_wait 60s, repeats at 1h 4h 12h, cap 10.
 *
 *   targets NAME(http, every 60s, ...) ...    options below; NAME*500 makes NAME-1 .. NAME-500
 *   watchdog NAME every 60s grace 240s start_grace 10m stack NAME keeps-resolved
 *            pull alertmanager|prometheus|both pull_every 60s
 *   ping NAME every 1d grace 1h stack NAME title "TEXT"    a job that reports itself
 *   listener                 ours is asked by its public name, every 60s
 *   relay_host [near]        a mail relay, asked while the references are silent
 *   references N | references N and M ipv6 | references N ipv6
 *   window NAME SCOPE,SCOPE 10m..40m       planned work, by the scenario's time
 *   weekly Mon 09:00         a summary by Japan's clock
 *   subject stable
 *   window NAME SCOPE daily 10:30-11:00    the same by Japan's clock; a scenario begins at 10:00
 *   stack NAME ... ; group_wait 60s ; cap 10 ; relays 2 ; to ops@example.com ja:night@example.com
 *
 * Whoever names no stack is in the first stack that is named anywhere, and
 * when none is, in one called "default". Whoever depends on others names each
 * of them: web(depends_on router, depends_on switch). web(both) is judged per
 * family: web by IPv4, and web-ipv6.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/words.h"
#include "config.h"
#include "scenario.h"

#define STACKS_MAX     8
#define WINDOWS_MAX    8
#define DEPENDS_MAX    1024
#define ITEM_MAX       4096

/* One `depends_on`; by name, since the parent may be written after it. */
struct dependence {
	const char *child, *parent;
};

struct reader {
	struct scenario *s;
	struct arena *arena;
	struct plan *plan;
	struct target_plan *targets, *pings, *references, *witnesses;
	struct stack_plan *stacks;
	struct watchdog_plan *watchdogs;
	struct window_plan *windows;
	struct telling_reader told;
	struct dependence *depends;
	size_t depends_n;
};

static const char *endpoint(const void *params)
{
	return params;
}

static const struct probe_kind kinds[] = {
	{ .name = "http", .summary = "", .endpoint = endpoint },
	{ .name = "tcp", .summary = "", .endpoint = endpoint },
	{ .name = "ping", .summary = "", .endpoint = endpoint },
};

static const struct probe_kind *kind_of(const char *name)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

static uint32_t stack_of(struct reader *r, const char *name)
{
	struct plan *p = r->plan;

	for (uint32_t i = 0; i < p->stacks_n; i++)
		if (strcmp(r->stacks[i].name, name) == 0)
			return i;
	if (p->stacks_n == STACKS_MAX)
		return 0;
	r->stacks[p->stacks_n].name = r->stacks[p->stacks_n].title = arena_strdup(r->arena, name);
	return (uint32_t)p->stacks_n++;
}

/* ---- targets ---- */

static void target_defaults(struct reader *r, struct target_plan *t, const char *name)
{
	*t = (struct target_plan){
		.name = arena_strdup(r->arena, name),
		.group = "Checks",
		.role = ROLE_TARGET,
		.stack = NONE_INDEX,
		.twin = NONE_INDEX,
		.interval = 60 * USEC_PER_SEC,
		.timeout = 10 * USEC_PER_SEC,
		.connect_timeout = 5 * USEC_PER_SEC,
		.settle = 30 * USEC_PER_SEC,
		.retest = { 10 * USEC_PER_SEC, 20 * USEC_PER_SEC },
		.retests = 2,
		.fall = 3,
		.rise = 2,
		.kind = &kinds[0],
		.file = "scenario",
	};
	t->title = t->name;
}

static bool option_span(struct target_plan *t, const char *name, usec_t span)
{
	if (strcmp(name, "every") == 0)
		t->interval = span;
	else if (strcmp(name, "timeout") == 0)
		t->timeout = span;
	else if (strcmp(name, "connect_timeout") == 0)
		t->connect_timeout = span;
	else if (strcmp(name, "settle") == 0)
		t->settle = span;
	else if (strcmp(name, "slow") == 0)
		t->slow = span;
	else
		return false;
	return true;
}

static bool option_count(struct target_plan *t, const char *name, unsigned count)
{
	if (strcmp(name, "fall") == 0)
		t->fall = count;
	else if (strcmp(name, "rise") == 0)
		t->rise = count;
	else
		return false;
	return true;
}

static bool depends_add(struct reader *r, const struct target_plan *t, const char *parent)
{
	if (r->depends_n == DEPENDS_MAX)
		return false;
	r->depends[r->depends_n++] =
		(struct dependence){ t->name, arena_strdup(r->arena, parent) };
	return true;
}

static bool option_text(struct reader *r, struct target_plan *t, const char *name, const char *text)
{
	if (strcmp(name, "stack") == 0)
		t->stack = stack_of(r, text);
	else if (strcmp(name, "layer") == 0)
		t->layer = strcmp(text, "edge") == 0 ? LAYER_EDGE : LAYER_SERVICE;
	else if (strcmp(name, "title") == 0)
		t->title = arena_strdup(r->arena, text);
	else if (strcmp(name, "group") == 0)
		t->group = arena_strdup(r->arena, text);
	else if (strcmp(name, "depends_on") == 0)
		return depends_add(r, t, text);
	else
		return false;
	return true;
}

static bool target_option(struct reader *r, struct target_plan *t, const char *text)
{
	const char *at = text;
	char name[WORD_MAX], value[WORD_MAX];
	usec_t span;
	int64_t count;

	if (!word_next(&at, name))
		return true;
	if (!word_next(&at, value)) {
		if (strcmp(name, "ipv6") == 0)
			t->family = FAMILY_IPV6;
		else if (strcmp(name, "both") == 0)
			t->family = FAMILY_BOTH;
		else if (kind_of(name))
			t->kind = kind_of(name);
		else
			return scenario_misspelt(r->s, "no such option", text);
		return true;
	}
	if ((span_parse(value, &span) && option_span(t, name, span)) ||
	    (words_int(value, 1, 100, &count) && option_count(t, name, (unsigned)count)) ||
	    option_text(r, t, name, value))
		return true;
	return scenario_misspelt(r->s, "no such option", text);
}

static bool target_options(struct reader *r, struct target_plan *t, const char *text)
{
	while (*text != '\0') {
		size_t n = strcspn(text, ",");
		char option[WORD_MAX];

		(void)snprintf(option, sizeof option, "%.*s", (int)n, text);
		if (!target_option(r, t, option))
			return false;
		text += n + (text[n] == ',');
	}
	t->params = arena_printf(r->arena, "%s://%s.example/", t->kind->name, t->name);
	return true;
}

/* As conf does it: NAME by IPv4, and NAME-ipv6. What it depends on, it depends on by family. */
static void target_halve(struct reader *r, struct target_plan *t)
{
	uint32_t index = (uint32_t)(t - r->targets);
	struct target_plan *second = &r->targets[r->plan->targets_n++];
	size_t depends_n = r->depends_n;

	*second = *t;
	second->name = arena_printf(r->arena, "%s" TWIN_SUFFIX, t->name);
	second->family = FAMILY_IPV6;
	second->twin = index;
	t->family = FAMILY_IPV4;
	t->twin = index + 1;
	for (size_t i = 0; i < depends_n; i++)
		if (strcmp(r->depends[i].child, t->name) == 0)
			(void)depends_add(r, second, r->depends[i].parent);
}

static bool target_make(struct reader *r, const char *name, const char *options)
{
	struct target_plan *t = &r->targets[r->plan->targets_n];

	if (r->plan->targets_n + 64 >= TARGETS_MAX || !words_is_name(name))
		return scenario_misspelt(r->s, "not a target's name, or too many", name);
	target_defaults(r, t, name);
	r->plan->targets_n++;
	if (!target_options(r, t, options))
		return false;
	if (t->family == FAMILY_BOTH)
		target_halve(r, t);
	return true;
}

/* "web*500": web-1 to web-500. */
static bool targets_make(struct reader *r, char *name, const char *options)
{
	char *star = strchr(name, '*'), one[NAME_TEXT_MAX];
	int64_t count = 1;

	if (star) {
		*star = '\0';
		if (!words_int(star + 1, 1, TARGETS_MAX, &count))
			return scenario_misspelt(r->s, "not a number", star + 1);
	}
	for (int64_t i = 1; i <= count; i++) {
		if (star)
			(void)snprintf(one, sizeof one, "%.40s-%lld", name, (long long)i);
		else
			words_copy(one, sizeof one, name);
		if (!target_make(r, one, options))
			return false;
	}
	return true;
}

static bool item_targets(struct reader *r, const char *at)
{
	while (*(at += strspn(at, " ")) != '\0') {
		size_t name_n = strcspn(at, "( "), options_n;
		char name[WORD_MAX], options[ITEM_MAX] = "";

		(void)snprintf(name, sizeof name, "%.*s", (int)name_n, at);
		at += name_n;
		if (*at == '(') {
			options_n = strcspn(++at, ")");
			(void)snprintf(options, sizeof options, "%.*s", (int)options_n, at);
			at += options_n + (at[options_n] == ')');
		}
		if (!targets_make(r, name, options))
			return false;
	}
	return true;
}

/* ---- references ---- */

static void reference_make(struct reader *r, enum family family)
{
	size_t n = r->plan->references_n++;
	struct target_plan *t = &r->references[n];

	target_defaults(r, t, arena_printf(r->arena, "reference-%zu", n + 1));
	t->title = arena_printf(
		r->arena, family == FAMILY_IPV6 ? "[2001:db8::%zu]:443" : "192.0.2.%zu:443", n + 1);
	t->group = "References";
	t->role = ROLE_REFERENCE;
	t->timeout = t->connect_timeout = 5 * USEC_PER_SEC;
	t->fall = t->rise = 1;
	t->settle = 0;
	t->family = family;
	t->kind = &kinds[1];
	t->params = t->title;
}

static bool item_references(struct reader *r, const char *at)
{
	char word[WORD_MAX];
	int64_t count;

	while (word_next(&at, word)) {
		enum family family;

		if (strcmp(word, "and") == 0)
			continue;
		if (!words_int(word, 0, 16, &count))
			return scenario_misspelt(r->s, "not a number of references", word);
		family = word_is(&at, "ipv6") ? FAMILY_IPV6 : FAMILY_IPV4;
		for (int64_t i = 0; i < count; i++)
			reference_make(r, family);
	}
	return true;
}

/* ---- witnesses, with the times that the daemon gives them ---- */

static void witness_make(struct reader *r, const char *name, enum role role, usec_t every)
{
	struct target_plan *t = &r->witnesses[r->plan->witnesses_n++];

	target_defaults(r, t, name);
	t->group = "Witnesses";
	t->role = role;
	t->interval = every;
	t->retests = 0;
	t->watchdog = (uint32_t)(r->plan->watchdogs_n - 1);
	t->params = arena_printf(r->arena, "https://%s.example/", name);
}

static void witnesses_make(struct reader *r, const char *name, const char *which, usec_t every)
{
	if (strcmp(which, "prometheus") != 0)
		witness_make(r, arena_printf(r->arena, "%s-alertmanager", name), ROLE_ALERTMANAGER,
			     every);
	if (strcmp(which, "alertmanager") != 0)
		witness_make(r, arena_printf(r->arena, "%s-prometheus", name), ROLE_PROMETHEUS,
			     every);
}

static bool item_listener(struct reader *r, const char *at)
{
	(void)at;
	witness_make(r, "listener", ROLE_LISTENER, 60 * USEC_PER_SEC);
	return true;
}

/* relay_host [near]: of the private network, whose answer crosses no link of ours. */
static bool item_relay_host(struct reader *r, const char *at)
{
	struct target_plan *t = &r->witnesses[r->plan->witnesses_n];
	bool is_near = word_is(&at, "near");

	witness_make(r, "relay", ROLE_RELAY, 30 * USEC_PER_SEC);
	t->watchdog = NONE_INDEX;
	t->title = is_near ? RELAY_NEAR : "The mail relay";
	return true;
}

/* ---- the others ---- */

static bool item_watchdog(struct reader *r, const char *at)
{
	struct watchdog_plan *w = &r->watchdogs[r->plan->watchdogs_n];
	char word[WORD_MAX], value[WORD_MAX], which[WORD_MAX] = "";
	usec_t pull_every = 60 * USEC_PER_SEC;

	if (r->plan->watchdogs_n == WATCHDOGS_MAX || !word_next(&at, word))
		return scenario_misspelt(r->s, "too many watchdogs, or one without a name", at);
	*w = (struct watchdog_plan){ .name = arena_strdup(r->arena, word),
				     .stack = NONE_INDEX,
				     .token = "secret",
				     .period = 60 * USEC_PER_SEC,
				     .grace = 240 * USEC_PER_SEC,
				     .start_grace = 10 * USEC_PER_MIN,
				     .resolved_is_down = true };
	w->hook = w->name;
	r->plan->watchdogs_n++;
	while (word_next(&at, word)) {
		if (strcmp(word, "keeps-resolved") == 0) {
			w->resolved_is_down = false;
			continue;
		}
		if (!word_next(&at, value))
			return scenario_misspelt(r->s, "no value", word);
		if (strcmp(word, "stack") == 0)
			w->stack = stack_of(r, value);
		else if (strcmp(word, "pull") == 0)
			words_copy(which, sizeof which, value);
		else if (!(strcmp(word, "pull_every") == 0 && span_parse(value, &pull_every)) &&
			 !(strcmp(word, "every") == 0 && span_parse(value, &w->period)) &&
			 !(strcmp(word, "grace") == 0 && span_parse(value, &w->grace)) &&
			 !(strcmp(word, "start_grace") == 0 && span_parse(value, &w->start_grace)))
			return scenario_misspelt(r->s, "a watchdog has no such option", word);
	}
	if (which[0] != '\0')
		witnesses_make(r, w->name, which, pull_every);
	return true;
}

static struct target_plan *ping_make(struct reader *r, const char *name, struct ping_plan *ping)
{
	struct target_plan *t = &r->pings[r->plan->pings_n++];

	target_defaults(r, t, name);
	*ping = (struct ping_plan){ .url = "https://status.example.net/ping/backup",
				    .token = "secret",
				    .period = USEC_PER_DAY,
				    .grace = USEC_PER_HOUR };
	t->group = "Jobs";
	t->kind = kind_of("ping");
	t->params = ping->url;
	t->ping = ping;
	t->fall = t->rise = 1;
	t->retests = 0;
	t->settle = 0;
	return t;
}

static bool item_ping(struct reader *r, const char *at)
{
	struct ping_plan *ping = arena_alloc(r->arena, 1, sizeof *ping);
	char word[WORD_MAX], value[WORD_MAX];
	struct target_plan *t;

	if (r->plan->pings_n == PINGS_MAX || !word_next(&at, word))
		return scenario_misspelt(r->s, "too many pings, or one without a name", at);
	t = ping_make(r, word, ping);
	while (word_next(&at, word)) {
		if (!word_next(&at, value))
			return scenario_misspelt(r->s, "no value", word);
		if (!(strcmp(word, "every") == 0 && span_parse(value, &ping->period)) &&
		    !(strcmp(word, "grace") == 0 && span_parse(value, &ping->grace)) &&
		    !option_text(r, t, word, value))
			return scenario_misspelt(r->s, "a ping has no such option", word);
	}
	t->interval = ping->period;
	t->timeout = t->connect_timeout = ping->grace;
	return true;
}

static bool item_window(struct reader *r, const char *at)
{
	struct window_plan *w = &r->windows[r->plan->windows_n];

	if (r->plan->windows_n == WINDOWS_MAX)
		return scenario_misspelt(r->s, "too many windows", at);
	r->plan->windows_n++;
	return config_window(r->s, r->arena, at, w);
}

static bool item_to(struct reader *r, const char *at)
{
	return config_to(&r->told, r->s, at);
}

static bool item_channel(struct reader *r, const char *at)
{
	return config_channel(&r->told, r->s, at);
}

static bool item_stack(struct reader *r, const char *at)
{
	char word[WORD_MAX];

	while (word_next(&at, word))
		(void)stack_of(r, word);
	return true;
}

static bool item_number(struct reader *r, const char *at, int64_t max, int64_t *ret)
{
	char word[WORD_MAX];

	return (word_next(&at, word) && words_int(word, 0, max, ret)) ||
	       scenario_misspelt(r->s, "not a number", at);
}

static bool item_cap(struct reader *r, const char *at)
{
	int64_t cap;

	if (!item_number(r, at, 1000, &cap))
		return false;
	r->plan->mail.cap = (unsigned)cap;
	return true;
}

static bool item_relays(struct reader *r, const char *at)
{
	int64_t count;

	if (!item_number(r, at, RELAYS_MAX, &count))
		return false;
	r->plan->mail.relays_n = (size_t)count;
	return true;
}

static bool item_group_wait(struct reader *r, const char *at)
{
	return span_next(&at, &r->plan->mail.group_wait) ||
	       scenario_misspelt(r->s, "not a time", at);
}

static bool item_weekly(struct reader *r, const char *at)
{
	struct window_plan *w = arena_alloc(r->arena, 1, sizeof *w);

	if (!window_moment(at, w))
		return scenario_misspelt(r->s, "not a day and a time", at);
	r->plan->mail.weekly = w;
	return true;
}

static bool item_subject(struct reader *r, const char *at)
{
	char how[WORD_MAX];

	r->plan->mail.is_subject_stable = word_next(&at, how) && strcmp(how, "stable") == 0;
	return r->plan->mail.is_subject_stable || scenario_misspelt(r->s, "not stable", at);
}

static const struct {
	const char *name;
	bool (*read)(struct reader *r, const char *at);
} items[] = {
	{ "targets", item_targets },   { "references", item_references },
	{ "watchdog", item_watchdog }, { "to", item_to },
	{ "stack", item_stack },       { "cap", item_cap },
	{ "relays", item_relays },     { "group_wait", item_group_wait },
	{ "listener", item_listener }, { "ping", item_ping },
	{ "window", item_window },     { "relay_host", item_relay_host },
	{ "channel", item_channel },   { "weekly", item_weekly },     { "subject", item_subject },
};

static bool item_read(struct reader *r, const char *text)
{
	char name[WORD_MAX];

	if (!word_next(&text, name))
		return true;
	for (size_t i = 0; i < sizeof items / sizeof items[0]; i++)
		if (strcmp(items[i].name, name) == 0)
			return items[i].read(r, text);
	return scenario_misspelt(r->s, "config has no such thing", name);
}

/* ---- the whole ---- */

static void begin(struct reader *r)
{
	static const struct mail_plan mail = {
		.from = "shorewatch <watch@example.net>",
		.from_address = "watch@example.net",
		.host = "status.example.net",
		.relays_n = 1,
		.group_wait = 60 * USEC_PER_SEC,
		.repeat = { USEC_PER_HOUR, 4 * USEC_PER_HOUR, 12 * USEC_PER_HOUR },
		.cap = 10,
	};
	struct relay_plan *relays = arena_alloc(r->arena, RELAYS_MAX, sizeof *relays);

	r->plan = arena_alloc(r->arena, 1, sizeof *r->plan);
	*r->plan = (struct plan){
		.file = "scenario",
		.instance = "vps-tokyo",
		.timezone = "Asia/Tokyo",
		.state_dir = ".",
		.mail = mail,
		.page = { .title = "Status", .url = "https://status.example.net/", .days = 90 }
	};
	for (size_t i = 0; i < RELAYS_MAX; i++)
		relays[i] = (struct relay_plan){ .url = "smtps://relay.example",
						 .host = "relay.example",
						 .is_implicit_tls = true,
						 .port = 465 };
	r->plan->mail.relays = relays;
	r->targets = arena_alloc(r->arena, TARGETS_MAX, sizeof *r->targets);
	r->pings = arena_alloc(r->arena, PINGS_MAX, sizeof *r->pings);
	r->references = arena_alloc(r->arena, 64, sizeof *r->references);
	r->witnesses = arena_alloc(r->arena, 2 * WATCHDOGS_MAX + 2, sizeof *r->witnesses);
	r->stacks = arena_alloc(r->arena, STACKS_MAX, sizeof *r->stacks);
	r->watchdogs = arena_alloc(r->arena, WATCHDOGS_MAX, sizeof *r->watchdogs);
	r->windows = arena_alloc(r->arena, WINDOWS_MAX, sizeof *r->windows);
	r->told.arena = r->arena;
	r->depends = arena_alloc(r->arena, DEPENDS_MAX, sizeof *r->depends);
}

static uint32_t target_named(const struct reader *r, const char *name)
{
	for (uint32_t i = 0; i < r->plan->targets_n; i++)
		if (strcmp(r->targets[i].name, name) == 0)
			return i;
	return NONE_INDEX;
}

static bool depends_resolve(struct reader *r)
{
	for (size_t i = 0; i < r->depends_n; i++) {
		uint32_t parent = target_named(r, r->depends[i].parent);
		struct target_plan *child = &r->targets[target_named(r, r->depends[i].child)];
		struct indices *to = &child->parents;
		uint32_t *all = arena_alloc(r->arena, to->n + 1, sizeof *all);

		if (parent == NONE_INDEX)
			return scenario_misspelt(r->s, "no such target", r->depends[i].parent);
		if (child->family == FAMILY_IPV6 && target_twin(r->plan, parent) != NONE_INDEX &&
		    !target_is_second(r->plan, parent))
			parent = target_twin(r->plan, parent);
		if (to->n > 0)
			memcpy(all, to->items, to->n * sizeof *all);
		all[to->n] = parent;
		*to = (struct indices){ all, to->n + 1 };
	}
	return true;
}

static void finish(struct reader *r)
{
	struct plan *p = r->plan;

	for (size_t i = 0; i < p->pings_n; i++)
		r->targets[p->targets_n++] = r->pings[i];
	if (p->stacks_n == 0) {
		r->stacks[stack_of(r, "default")].is_implicit = true;
		r->stacks[0].title = "All checks";
	}
	for (size_t i = 0; i < p->targets_n; i++)
		if (r->targets[i].stack == NONE_INDEX)
			r->targets[i].stack = 0;
	for (size_t i = 0; i < p->watchdogs_n; i++)
		if (r->watchdogs[i].stack == NONE_INDEX)
			r->watchdogs[i].stack = 0;
	for (size_t i = 0; i < p->references_n; i++)
		r->targets[p->targets_n + i] = r->references[i];
	for (size_t i = 0; i < p->witnesses_n; i++)
		r->targets[p->targets_n + p->references_n + i] = r->witnesses[i];
	if (r->told.channels_n == 0)
		(void)item_to(r, "ops@example.com");
	p->targets = r->targets;
	p->stacks = r->stacks;
	p->watchdogs = r->watchdogs;
	p->windows = r->windows;
	config_channels_take(&r->told, p);
}

struct plan *config_read(struct scenario *s, const char *text, struct arena **ret_arena)
{
	struct reader r = { .s = s, .arena = arena_new() };
	char item[ITEM_MAX];

	*ret_arena = r.arena;
	begin(&r);
	while (*text != '\0') {
		size_t n = strcspn(text, ";");

		(void)snprintf(item, sizeof item, "%.*s", (int)n, text);
		if (!item_read(&r, item))
			return NULL;
		text += n + (text[n] == ';');
	}
	finish(&r);
	return depends_resolve(&r) && config_scopes_known(s, r.plan) ? r.plan : NULL;
}
