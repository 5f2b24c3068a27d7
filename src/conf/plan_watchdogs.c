/*
 * plan_watchdogs.c - the beats that must not stop.
 *
 * A token opens exactly one hook (SR-21). Watchdogs that share a hook share
 * its token and are told apart by their labels.
 */
#include "conf/plan_parts.h"

#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "base/words.h"
#include "conf/loader.h"
#include "conf/secret.h"
#include "conf/settings.h"

#define TOKEN_SHORT 16 /* characters; below, guessing is thinkable */

struct watchdog_params {
	const char *name, *stack, *token, *hook;
	struct strings labels;
	usec_t period, grace, start_grace;
	bool resolved_is_down;
};

static const struct option watchdog_options[] = {
	{ "name", OPTION_STRING, offsetof(struct watchdog_params, name), .is_required = true,
	  .help = "1 to 63 of a-z, 0-9 and -; state follows it" },
	{ "stack", OPTION_STRING, offsetof(struct watchdog_params, stack),
	  .help = "name of the stack it speaks for; default: one for all that name none" },
	{ "token", OPTION_SECRET, offsetof(struct watchdog_params, token), .is_required = true,
	  .help = "what Alertmanager sends as Authorization: Bearer" },
	{ "hook", OPTION_STRING, offsetof(struct watchdog_params, hook),
	  .help = "path below /hook/; default: the name" },
	{ "labels", OPTION_STRINGS, offsetof(struct watchdog_params, labels),
	  .help = "the alert must have all of them, such as \"cluster=home\"" },
	{ "period", OPTION_DURATION, offsetof(struct watchdog_params, period), .fallback = "60s",
	  .min = USEC_PER_SEC, .max = 24 * USEC_PER_HOUR,
	  .help = "how often beats come; late after two of them" },
	{ "grace", OPTION_DURATION, offsetof(struct watchdog_params, grace), .fallback = "240s",
	  .min = USEC_PER_SEC, .max = 24 * USEC_PER_HOUR,
	  .help = "silent when this much more than the period has passed" },
	{ "start_grace", OPTION_DURATION, offsetof(struct watchdog_params, start_grace),
	  .fallback = "10m", .min = USEC_PER_SEC, .max = 7 * USEC_PER_DAY,
	  .help = "for the very first beat" },
	{ "resolved_is_down", OPTION_BOOL, offsetof(struct watchdog_params, resolved_is_down),
	  .fallback = "true",
	  .help = "a resolved without a new firing means that Prometheus died" },
	{ .name = NULL },
};

static const struct section_part watchdog_parts[] = {
	{ "pull", "where to ask when beats do not come: { alertmanager, prometheus, ... }" },
	{ .name = NULL },
};

const struct section section_watchdog = {
	.name = "watchdog",
	.place = "watchdogs = ( { name = \"home\"; token = \"credential:hook-token\"; ... } );",
	.summary = "beats of an Alertmanager's Watchdog alert that must not stop",
	.options = watchdog_options,
	.parts = watchdog_parts,
};

/* Prometheus: [a-zA-Z_][a-zA-Z0-9_]* */
static bool is_label_name(const char *text, size_t n)
{
	static const char first[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";

	if (n == 0 || strchr(first, text[0]) == NULL)
		return false;
	for (size_t i = 1; i < n; i++) {
		if (strchr(first, text[i]) == NULL && strchr("0123456789", text[i]) == NULL)
			return false;
	}
	return true;
}

static struct pairs labels_read(struct builder *b, struct strings labels,
				const struct setting *list)
{
	struct pair *v = arena_alloc(b->l->arena, labels.n + 1, sizeof *v);

	for (size_t i = 0; i < labels.n; i++) {
		const char *equals = strchr(labels.v[i], '=');
		size_t n = equals != NULL ? (size_t)(equals - labels.v[i]) : 0;

		if (!is_label_name(labels.v[i], n)) {
			fault_at(b->l, setting_element(list, i),
				 "labels: \"%.80s\" must be a name "
				 "and its value, such as \"cluster=home\"",
				 loader_shown(b->l, labels.v[i]));
			return (struct pairs){ .n = 0 };
		}
		v[i] = (struct pair){ arena_strndup(b->l->arena, labels.v[i], n), equals + 1 };
	}
	return (struct pairs){ v, labels.n };
}

static void watchdog_check(struct builder *b, const struct setting *at,
			   const struct watchdog_params *p)
{
	if (p->hook != NULL && !words_is_name(p->hook))
		fault_at(b->l, setting_find(at, "hook"),
			 "watchdog.hook: \"%.80s\" must be 1 to 63 "
			 "of a-z, 0-9 and -; it stands in a URL",
			 loader_shown(b->l, p->hook));
	if (secret_is_read(p->token) && strlen(p->token) < TOKEN_SHORT)
		warn_at(b->l, setting_find(at, "token"),
			"the token has less than %d characters; "
			"make one with `openssl rand -hex 32`",
			TOKEN_SHORT);
}

static void watchdog_read(struct builder *b, const struct setting *at, struct watchdog_plan *w)
{
	struct watchdog_params p = { .name = NULL };
	const struct setting *stack = setting_find(at, "stack");

	options_read(b->l, &section_watchdog, at, &p);
	watchdog_check(b, at, &p);
	*w = (struct watchdog_plan){
		.name = element_name(at),
		.hook = p.hook != NULL ? p.hook : element_name(at),
		.stack = plan_stack_index(b, p.stack, stack != NULL ? stack : at),
		.token = p.token,
		.labels = labels_read(b, p.labels, setting_find(at, "labels")),
		.period = p.period,
		.grace = p.grace,
		.start_grace = p.start_grace,
		.resolved_is_down = p.resolved_is_down,
	};
}

/* Both have a history, and it follows the name. */
static void check_apart(struct builder *b, const struct setting *at)
{
	for (size_t i = 0; i < b->plan->targets_n; i++) {
		const struct target_plan *t = &b->plan->targets[i];

		if (t->name[0] != '\0' && strcmp(t->name, element_name(at)) == 0)
			fault_at(
				b->l, setting_find(at, "name"),
				"watchdog.name: \"%s\" is already the name of the target at %s:%u; "
				"history follows the name, so give this one another",
				t->name, t->file, t->line);
	}
}

/* ---- watchdogs beside each other ---- */

static bool labels_include(const struct pairs *labels, const struct pair *pair)
{
	for (size_t i = 0; i < labels->n; i++) {
		if (strcmp(labels->v[i].name, pair->name) == 0 &&
		    strcmp(labels->v[i].value, pair->value) == 0)
			return true;
	}
	return false;
}

static bool labels_equal(const struct pairs *a, const struct pairs *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		if (!labels_include(b, &a->v[i]))
			return false;
	}
	return true;
}

static void pair_check(struct builder *b, const struct setting *at, const struct watchdog_plan *w,
		       const struct watchdog_plan *other)
{
	bool is_one_hook = strcmp(w->hook, other->hook) == 0;
	bool are_known = secret_is_read(w->token) && secret_is_read(other->token);
	bool is_one_token = are_known && strcmp(w->token, other->token) == 0;

	if (is_one_hook && labels_equal(&w->labels, &other->labels))
		fault_at(b->l, at,
			 "watchdog \"%s\" hears the same beats as \"%s\": same hook, same "
			 "labels; give it labels of its own, or another hook",
			 w->name, other->name);
	else if (is_one_hook && !is_one_token && are_known)
		fault_at(b->l, setting_find(at, "token"),
			 "watchdog \"%s\" shares the hook of \"%s\" "
			 "and so needs its token, too",
			 w->name, other->name);
	else if (!is_one_hook && is_one_token)
		fault_at(b->l, setting_find(at, "token"),
			 "watchdog \"%s\" has the token of \"%s\"; "
			 "a token opens one hook only: make another",
			 w->name, other->name);
}

static void pairs_check(struct builder *b, const struct elements *e,
			const struct watchdog_plan *all)
{
	for (size_t i = 1; i < e->n; i++) {
		for (size_t j = 0; j < i; j++) {
			if (strcmp(all[i].name, all[j].name) != 0) /* else it was told */
				pair_check(b, e->v[i], &all[i], &all[j]);
		}
	}
}

void plan_watchdogs_read(struct builder *b)
{
	struct elements e = elements_gather(b, "watchdogs", section_watchdog.place);
	struct watchdog_plan *all = arena_alloc(b->l->arena, e.n + 1, sizeof *all);

	elements_check_names(b, &e, "watchdog");
	for (size_t i = 0; i < e.n; i++)
		watchdog_read(b, e.v[i], &all[i]);
	for (size_t i = 0; i < e.n; i++)
		check_apart(b, e.v[i]);
	pairs_check(b, &e, all);
	if (e.n > 0 && b->plan->listen.address == NULL)
		fault_at(b->l, e.v[0],
			 "a watchdog needs the listener, for its beats come in there; "
			 "set listen.address");
	b->watchdogs = e;
	b->plan->watchdogs = all;
	b->plan->watchdogs_n = e.n;
}
