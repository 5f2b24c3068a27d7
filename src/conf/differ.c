/*
 * differ.c - what a reload changes, one line each.
 *
 * Targets, stacks, watchdogs, windows and channels are matched by name, as their state is; the
 * rest is compared key by key, by a table. A probe kind's params are compared
 * by the rows that read them, so a new option needs no line here. Names of
 * keys are told, never values: they may be secrets.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/zone.h"
#include "conf/conf.h"
#include "conf/equal.h"
#include "shorewatch/notify.h"

enum shape { SHAPE_TEXT, SHAPE_STRINGS, SHAPE_BYTES };

struct field {
	const char *name;
	enum shape shape;
	size_t offset, bytes;
	bool is_fixed;
};

#define TEXT(of, member, key)                                                                      \
	{                                                                                          \
		key, SHAPE_TEXT, offsetof(struct of, member), 0, false                             \
	}
#define FIXED(of, member, key)                                                                     \
	{                                                                                          \
		key, SHAPE_TEXT, offsetof(struct of, member), 0, true                              \
	}
#define STRINGS(of, member, key)                                                                   \
	{                                                                                          \
		key, SHAPE_STRINGS, offsetof(struct of, member), 0, false                          \
	}
#define VALUE(of, member, key)                                                                     \
	{                                                                                          \
		key, SHAPE_BYTES, offsetof(struct of, member),                                     \
			sizeof(((struct of *)NULL)->member), false                                 \
	}

static const struct field plan_fields[] = {
	TEXT(plan, instance, "instance"),
	VALUE(plan, language, "language"),
	TEXT(plan, timezone, "timezone"),
	FIXED(plan, state_dir, "state_dir"),
	STRINGS(plan, resolvers, "resolvers"),
	TEXT(plan, heartbeat_url, "heartbeat_url"),
	FIXED(plan, listen.address, "listen.address"),
	TEXT(plan, listen.public_url, "listen.public_url"),
	TEXT(plan, listen.metrics_token, "listen.metrics_token"),
	FIXED(plan, page.dir, "page.dir"),
	TEXT(plan, page.title, "page.title"),
	TEXT(plan, page.url, "page.url"),
	VALUE(plan, page.days, "page.days"),
	VALUE(plan, page.is_noindex, "page.noindex"),
	VALUE(plan, page.is_precompressed, "page.precompress"),
	VALUE(plan, page.has_kiosk, "page.kiosk"),
	VALUE(plan, page.is_left_out, "page.languages"),
	TEXT(plan, page.frame_policy, "page.frame_ancestors"),
	VALUE(plan, page.is_public_errors_full, "page.public_errors"),
	TEXT(plan, mail.from, "mail.from"),
	VALUE(plan, mail.group_wait, "mail.group_wait"),
	VALUE(plan, mail.repeat, "mail.repeat"),
	VALUE(plan, mail.cap, "mail.cap"),
	VALUE(plan, mail.is_subject_stable, "mail.subject"),
	VALUE(plan, retention_raw, "retention.raw"),
	VALUE(plan, retention_buckets, "retention.buckets"),
	{ .name = NULL },
};

static const struct field channel_fields[] = {
	TEXT(channel_plan, name, "name"),
	VALUE(channel_plan, language, "language"),
	VALUE(channel_plan, after, "after"),
	VALUE(channel_plan, only, "only"),
	{ .name = NULL },
};

static const struct field relay_fields[] = {
	TEXT(relay_plan, url, "url"),		TEXT(relay_plan, username, "username"),
	TEXT(relay_plan, password, "password"), VALUE(relay_plan, starttls, "starttls"),
	TEXT(relay_plan, ca_file, "ca_file"),	{ .name = NULL },
};

static const struct field canary_fields[] = {
	TEXT(canary_plan, to, "to"),
	VALUE(canary_plan, within, "within"),
	VALUE(canary_plan, is_implicit_tls, "imap"),
	TEXT(canary_plan, host, "imap"),
	VALUE(canary_plan, port, "imap"),
	TEXT(canary_plan, user, "user"),
	TEXT(canary_plan, password, "password"),
	TEXT(canary_plan, folder, "folder"),
	TEXT(canary_plan, ca_file, "ca_file"),
	{ .name = NULL },
};

static const struct field stack_fields[] = {
	TEXT(stack_plan, title, "title"),
	TEXT(stack_plan, runbook, "runbook"),
	STRINGS(stack_plan, try_next, "try_next"),
	{ .name = NULL },
};

static const struct field ping_fields[] = {
	TEXT(ping_plan, token, "token"),
	VALUE(ping_plan, period, "period"),
	VALUE(ping_plan, grace, "grace"),
	{ .name = NULL },
};

static const struct field target_fields[] = {
	TEXT(target_plan, title, "title"),
	TEXT(target_plan, group, "group"),
	TEXT(target_plan, link, "link"),
	TEXT(target_plan, runbook, "runbook"),
	STRINGS(target_plan, try_next, "try_next"),
	VALUE(target_plan, layer, "layer"),
	VALUE(target_plan, interval, "interval"),
	VALUE(target_plan, timeout, "timeout"),
	VALUE(target_plan, connect_timeout, "connect_timeout"),
	VALUE(target_plan, settle, "settle"),
	VALUE(target_plan, slow, "slow"),
	VALUE(target_plan, retest, "retest"),
	VALUE(target_plan, fall, "fall"),
	VALUE(target_plan, rise, "rise"),
	VALUE(target_plan, family, "family"),
	VALUE(target_plan, is_hidden, "hidden"),
	{ .name = NULL },
};

static const struct field watchdog_fields[] = {
	TEXT(watchdog_plan, hook, "hook"),
	TEXT(watchdog_plan, token, "token"),
	VALUE(watchdog_plan, period, "period"),
	VALUE(watchdog_plan, grace, "grace"),
	VALUE(watchdog_plan, start_grace, "start_grace"),
	VALUE(watchdog_plan, resolved_is_down, "resolved_is_down"),
	{ .name = NULL },
};

static const struct field window_fields[] = {
	TEXT(window_plan, title, "title"),
	STRINGS(window_plan, scope, "scope"),
	VALUE(window_plan, from, "once"),
	VALUE(window_plan, until, "once"),
	VALUE(window_plan, ends, "weekly"),
	VALUE(window_plan, duration, "duration"),
	{ .name = NULL },
};

struct differ {
	const struct plan *before, *after;
	plan_on_difference *on_each;
	void *ctx;
	struct arena *arena;
};

static void tell(const struct differ *d, enum plan_change change, const char *what,
		 const char *name, const char *key)
{
	const struct plan_difference difference = { change, what, name, key, false };

	d->on_each(d->ctx, &difference);
}

/* ---- values ---- */

static bool field_equal(const struct field *f, const void *before, const void *after)
{
	const char *a = (const char *)before + f->offset;
	const char *b = (const char *)after + f->offset;

	switch (f->shape) {
	case SHAPE_TEXT:
		return text_equal(*(const char *const *)a, *(const char *const *)b);
	case SHAPE_STRINGS:
		return strings_equal((const struct strings *)a, (const struct strings *)b);
	case SHAPE_BYTES:
		return memcmp(a, b, f->bytes) == 0;
	}
	return true;
}

/* The first field that differs, or NULL. */
static const char *fields_differ(const struct field *fields, const void *before, const void *after)
{
	for (const struct field *f = fields; f->name != NULL; f++) {
		if (!field_equal(f, before, after))
			return f->name;
	}
	return NULL;
}

/* ---- things with names ---- */

static const char *params_differ(const struct option *rows, const void *before, const void *after)
{
	for (const struct option *row = rows; row->name != NULL; row++) {
		if (!option_equal(row, before, after))
			return row->name;
	}
	return NULL;
}

static const char *kind_differs(const struct target_plan *a, const struct target_plan *b)
{
	if (a->kind != b->kind)
		return b->kind->name;
	return params_differ(a->kind->options, a->params, b->params);
}

static bool quiet_equal(const struct channel_plan *a, const struct channel_plan *b)
{
	if (a->quiet_n != b->quiet_n)
		return false;
	for (size_t i = 0; i < a->quiet_n; i++) {
		if (a->quiet[i].ends != b->quiet[i].ends ||
		    !recurrence_equal(&a->quiet[i].begins, &b->quiet[i].begins))
			return false;
	}
	return true;
}

/* An address is none of a kind. */
static const char *channel_differs(const struct differ *d, const void *before, const void *after)
{
	const struct channel_plan *a = before, *b = after;
	const char *key = fields_differ(channel_fields, a, b);

	(void)d;
	if (key != NULL)
		return key;
	if (!quiet_equal(a, b))
		return "quiet";
	if (a->kind != b->kind)
		return b->kind->name;
	return a->kind != NULL ? params_differ(a->kind->options, a->params, b->params) : NULL;
}

static bool allow_equal(const struct target_plan *a, const struct target_plan *b)
{
	if (a->allow_n != b->allow_n)
		return false;
	for (size_t i = 0; i < a->allow_n; i++) {
		if (a->allow[i].prefix != b->allow[i].prefix ||
		    !address_equal(&a->allow[i].base, &b->allow[i].base))
			return false;
	}
	return true;
}

/* By name: places move. */
static bool parents_equal(const struct differ *d, const struct indices *a, const struct indices *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		if (strcmp(d->before->targets[a->items[i]].name,
			   d->after->targets[b->items[i]].name) != 0)
			return false;
	}
	return true;
}

static const char *target_differs(const struct differ *d, const void *before, const void *after)
{
	const struct target_plan *a = before, *b = after;
	const char *key = NULL;

	if (a->ping != NULL && b->ping != NULL)
		key = fields_differ(ping_fields, a->ping, b->ping);
	if (key == NULL)
		key = fields_differ(target_fields, a, b);
	if (key != NULL)
		return key;
	if (strcmp(d->before->stacks[a->stack].name, d->after->stacks[b->stack].name) != 0)
		return "stack";
	if (!allow_equal(a, b))
		return "allow";
	if (!parents_equal(d, &a->parents, &b->parents))
		return "depends_on";
	return kind_differs(a, b);
}

static const char *window_differs(const struct differ *d, const void *before, const void *after)
{
	const struct window_plan *a = before, *b = after;
	const char *key = fields_differ(window_fields, a, b);

	(void)d;
	if (key != NULL)
		return key;
	if (!recurrence_equal(&a->begins, &b->begins))
		return b->ends != WINDOW_CLOCK_NONE ? "weekly" : "cron";
	return text_equal(zone_name(a->zone), zone_name(b->zone)) ? NULL : "timezone";
}

static const char *stack_differs(const struct differ *d, const void *before, const void *after)
{
	(void)d;
	return fields_differ(stack_fields, before, after);
}

/* What is asked about it: NULL when it is not asked there. */
static const struct target_plan *witness_of(const struct plan *plan, const struct watchdog_plan *w,
					    enum role role)
{
	const struct target_plan *all = plan->targets + plan->targets_n + plan->references_n;

	for (size_t i = 0; i < plan->witnesses_n; i++) {
		if (all[i].role == role && all[i].watchdog == (uint32_t)(w - plan->watchdogs))
			return &all[i];
	}
	return NULL;
}

static bool witness_equal(const struct target_plan *a, const struct target_plan *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return a->interval == b->interval && allow_equal(a, b) && kind_differs(a, b) == NULL;
}

static const char *watchdog_differs(const struct differ *d, const void *before, const void *after)
{
	static const enum role roles[] = { ROLE_ALERTMANAGER, ROLE_PROMETHEUS };
	const struct watchdog_plan *a = before, *b = after;
	const char *key = fields_differ(watchdog_fields, a, b);

	if (key != NULL)
		return key;
	if (strcmp(d->before->stacks[a->stack].name, d->after->stacks[b->stack].name) != 0)
		return "stack";
	if (!pairs_equal(&a->labels, &b->labels))
		return "labels";
	for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
		if (!witness_equal(witness_of(d->before, a, roles[i]),
				   witness_of(d->after, b, roles[i])))
			return "pull";
	}
	return NULL;
}

/* One sort of things with names: each begins with `const char *name`. */
struct named_list {
	const char *what;
	const void *v;
	size_t n, size;
};

struct named {
	const char *name;
	const void *thing;
};

static int named_compare(const void *a, const void *b)
{
	return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

static struct named *named_sorted(const struct differ *d, const struct named_list *list)
{
	struct named *all = arena_alloc(d->arena, list->n + 1, sizeof *all);

	for (size_t i = 0; i < list->n; i++) {
		all[i].thing = (const char *)list->v + i * list->size;
		all[i].name = *(const char *const *)all[i].thing;
	}
	if (list->n > 1)
		qsort(all, list->n, sizeof *all, named_compare);
	return all;
}

typedef const char *differs_by(const struct differ *d, const void *before, const void *after);

/* Sorted and walked together: there may be very many. */
static void lists_differ(const struct differ *d, const struct named_list *before,
			 const struct named_list *after, differs_by *differs)
{
	const struct named *a = named_sorted(d, before), *b = named_sorted(d, after);
	size_t i = 0, j = 0;

	while (i < before->n || j < after->n) {
		int order = i == before->n ? 1 : -1;

		if (i < before->n && j < after->n)
			order = strcmp(a[i].name, b[j].name);
		if (order < 0) {
			tell(d, PLAN_REMOVED, before->what, a[i++].name, "");
		} else if (order > 0) {
			tell(d, PLAN_ADDED, after->what, b[j++].name, "");
		} else {
			const char *key = differs(d, a[i++].thing, b[j].thing);

			if (key != NULL)
				tell(d, PLAN_CHANGED, after->what, b[j].name, key);
			j++;
		}
	}
}

#define LIST(what_, plan_, list_)                                                                  \
	(struct named_list)                                                                        \
	{                                                                                          \
		.what = (what_), .v = (plan_)->list_, .n = (plan_)->list_##_n,                     \
		.size = sizeof *(plan_)->list_                                                     \
	}

/* Those behind the addresses of mail.to, which are told as one key. */
static struct named_list channel_list(const struct plan *plan)
{
	return (struct named_list){ .what = "channel",
				    .v = plan->channels + plan->mail.to_n,
				    .n = plan->channels_n - plan->mail.to_n,
				    .size = sizeof *plan->channels };
}

static void named_differ(const struct differ *d)
{
	const struct named_list stacks[] = { LIST("stack", d->before, stacks),
					     LIST("stack", d->after, stacks) };
	const struct named_list targets[] = { LIST("target", d->before, targets),
					      LIST("target", d->after, targets) };
	const struct named_list watchdogs[] = { LIST("watchdog", d->before, watchdogs),
						LIST("watchdog", d->after, watchdogs) };
	const struct named_list windows[] = { LIST("window", d->before, windows),
					      LIST("window", d->after, windows) };
	const struct named_list channels[] = { channel_list(d->before), channel_list(d->after) };

	lists_differ(d, &targets[0], &targets[1], target_differs);
	lists_differ(d, &stacks[0], &stacks[1], stack_differs);
	lists_differ(d, &watchdogs[0], &watchdogs[1], watchdog_differs);
	lists_differ(d, &windows[0], &windows[1], window_differs);
	lists_differ(d, &channels[0], &channels[1], channel_differs);
}

/* ---- the rest ---- */

static bool references_equal(const struct plan *a, const struct plan *b)
{
	const struct target_plan *x = a->targets + a->targets_n, *y = b->targets + b->targets_n;

	if (a->references_n != b->references_n)
		return false;
	for (size_t i = 0; i < a->references_n; i++) {
		if (strcmp(x[i].title, y[i].title) != 0)
			return false;
	}
	return true;
}

static bool recipients_equal(const struct differ *d)
{
	if (d->before->mail.to_n != d->after->mail.to_n)
		return false;
	for (size_t i = 0; i < d->before->mail.to_n; i++) {
		if (channel_differs(d, &d->before->channels[i], &d->after->channels[i]) != NULL)
			return false;
	}
	return true;
}

static bool moments_equal(const struct window_plan *a, const struct window_plan *b)
{
	return a == b || (a != NULL && b != NULL && recurrence_equal(&a->begins, &b->begins));
}

static bool relays_equal(const struct mail_plan *a, const struct mail_plan *b)
{
	if (a->relays_n != b->relays_n)
		return false;
	for (size_t i = 0; i < a->relays_n; i++) {
		if (fields_differ(relay_fields, &a->relays[i], &b->relays[i]) != NULL)
			return false;
	}
	return true;
}

static bool canaries_equal(const struct canary_plan *a, const struct canary_plan *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return moments_equal(a->at, b->at) && fields_differ(canary_fields, a, b) == NULL;
}

static void keys_differ(const struct differ *d)
{
	for (const struct field *f = plan_fields; f->name != NULL; f++) {
		const struct plan_difference difference = { PLAN_CHANGED, f->name, "", "",
							    f->is_fixed };

		if (!field_equal(f, d->before, d->after))
			d->on_each(d->ctx, &difference);
	}
	if (!references_equal(d->before, d->after))
		tell(d, PLAN_CHANGED, "references", "", "");
	if (!recipients_equal(d))
		tell(d, PLAN_CHANGED, "mail.to", "", "");
	if (!moments_equal(d->before->mail.weekly, d->after->mail.weekly))
		tell(d, PLAN_CHANGED, "mail.weekly", "", "");
	if (!relays_equal(&d->before->mail, &d->after->mail))
		tell(d, PLAN_CHANGED, "mail.relays", "", "");
	if (!canaries_equal(d->before->canary, d->after->canary))
		tell(d, PLAN_CHANGED, "canary", "", "");
}

void plan_differ(const struct plan *before, const struct plan *after, plan_on_difference *on_each,
		 void *ctx)
{
	const struct differ d = { before, after, on_each, ctx, arena_new() };

	named_differ(&d);
	keys_differ(&d);
	arena_free(d.arena);
}

const char *plan_change_name(enum plan_change change)
{
	switch (change) {
	case PLAN_ADDED:
		return "added";
	case PLAN_REMOVED:
		return "removed";
	case PLAN_CHANGED:
		return "changed";
	}
	return "";
}
