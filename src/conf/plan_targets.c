/*
 * plan_targets.c - what is watched: the keys that every target has, and the
 * one group that says how.
 *
 * The group's name is the probe kind; its rows read it, and its check() has
 * the last word, placed at the line of the option that it names.
 */
#include "conf/plan_parts.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "conf/loader.h"
#include "conf/plan_target.h"
#include "conf/settings.h"

static const char *const layers[] = { "auto", "service", "edge", NULL };
static const char *const families[] = { "any", "ipv4", "ipv6", "both", NULL };

/* What is one target's alone: not to be given in `defaults`. */
#define OWN_ROWS 4

static const struct option target_options[] = {
	{ "name", OPTION_STRING, offsetof(struct target_params, name), .is_required = true,
	  .help = "1 to 63 of a-z, 0-9 and -; state follows it" },
	{ "title", OPTION_STRING, offsetof(struct target_params, title),
	  .help = "for people; default: the name" },
	{ "link", OPTION_STRING, offsetof(struct target_params, link),
	  .help = "where the page links to" },
	{ "depends_on", OPTION_STRINGS, offsetof(struct target_params, depends_on),
	  .help = "targets or pings by name; while one of them fails, this one's failure is listed "
		  "but not mailed" },
	{ "stack", OPTION_STRING, offsetof(struct target_params, stack),
	  .help = "name of the stack it belongs to; default: one for all that name none" },
	{ "group", OPTION_STRING, offsetof(struct target_params, group), .fallback = "Checks",
	  .help = "heading on the page" },
	{ "layer", OPTION_WORD, offsetof(struct target_params, layer), .fallback = "auto",
	  .words = layers,
	  .help = "edge: answers only tell reachability; auto: by the phase in which it fails" },
	{ "interval", OPTION_DURATION, offsetof(struct target_params, interval), .fallback = "60s",
	  .min = USEC_PER_SEC, .max = 24 * USEC_PER_HOUR, .help = "from one start to the next" },
	{ "timeout", OPTION_DURATION, offsetof(struct target_params, timeout), .fallback = "10s",
	  .min = 100 * USEC_PER_MS, .max = USEC_PER_HOUR,
	  .help = "for the whole run; unless given, at most nine tenths of the interval" },
	{ "connect_timeout", OPTION_DURATION, offsetof(struct target_params, connect_timeout),
	  .fallback = "5s", .min = 50 * USEC_PER_MS, .max = USEC_PER_HOUR,
	  .help = "for name and connection; unless given, at most half of the timeout" },
	{ "fall", OPTION_INT, offsetof(struct target_params, fall), .fallback = "3", .min = 1,
	  .max = 10, .help = "failures in a row until it is down" },
	{ "retest", OPTION_STRINGS, offsetof(struct target_params, retest), .fallback = "10s, 20s",
	  .help = "how long after a failure it is tried again; unless given, at most the "
		  "interval" },
	{ "rise", OPTION_INT, offsetof(struct target_params, rise), .fallback = "2", .min = 1,
	  .max = 10, .help = "good answers in a row until it is up again" },
	{ "settle", OPTION_DURATION, offsetof(struct target_params, settle), .fallback = "30s",
	  .min = 0, .max = USEC_PER_HOUR, .help = "they must span this much" },
	{ "slow", OPTION_DURATION, offsetof(struct target_params, slow), .min = USEC_PER_MS,
	  .max = USEC_PER_HOUR,
	  .help = "a good answer that takes longer is shown as slow; default: no limit" },
	{ "family", OPTION_WORD, offsetof(struct target_params, family), .fallback = "any",
	  .words = families,
	  .help = "addresses to use; both: each is judged by itself, as NAME by IPv4 and as "
		  "NAME-ipv6 by IPv6" },
	{ "hidden", OPTION_BOOL, offsetof(struct target_params, is_hidden), .fallback = "false",
	  .help = "watched and mailed about, but not on the page" },
	{ "runbook", OPTION_STRING, offsetof(struct target_params, runbook),
	  .help = "URL, named in the mails; not on the stack itself" },
	{ "try_next", OPTION_STRINGS, offsetof(struct target_params, try_next),
	  .help = "two or three steps for the mails, most likely first" },
	{ "allow", OPTION_STRINGS, offsetof(struct target_params, allow),
	  .help = "private networks its name may lead to, such as \"10.0.0.0/8\"" },
	{ .name = NULL },
};

const struct section section_target = {
	.name = "target",
	.place = "targets = ( { name = \"blog\"; http = { ... }; } );",
	.summary = "what is watched; one group in it, named after a probe kind, says how",
	.options = target_options,
};

const struct section section_defaults = {
	.name = "defaults",
	.place = "defaults = { ... };",
	.summary = "for every target that does not say otherwise",
	.options = &target_options[OWN_ROWS],
};

/* One target on its way from the file into the plan. */
struct target_reading {
	struct builder *b;
	struct loader *l;
	struct target_places places;
	struct target_params params;
	const void **kinds; /* what the kinds' options are unless given, by probe_kinds; NULL: not
			       asked yet */
	const struct probe_kind *kind;
	const struct setting *kind_at;
};

/* ---- the kind ---- */

static const char *const *target_words(struct loader *l)
{
	size_t rows = sizeof target_options / sizeof target_options[0] - 1;
	const char **words = arena_alloc(l->scratch, rows + probe_kinds_n + 1, sizeof *words);

	for (size_t i = 0; i < rows; i++)
		words[i] = target_options[i].name;
	for (size_t i = 0; i < probe_kinds_n; i++) {
		if (!probe_kinds[i]->is_made)
			words[rows++] = probe_kinds[i]->name;
	}
	return words;
}

static const char *kind_names(struct loader *l)
{
	const char *all = "";

	for (size_t i = 0; i < probe_kinds_n; i++) {
		if (!probe_kinds[i]->is_made)
			all = arena_printf(l->scratch, "%s%s%s", all, *all != '\0' ? ", " : "",
					   probe_kinds[i]->name);
	}
	return all;
}

static void kind_take(struct target_reading *r, const struct probe_kind *kind,
		      const struct setting *at)
{
	const char *form = arena_printf(r->l->scratch, "%s = { ... };", kind->name);

	if (!options_is_group(r->l, at, form)) {
		r->kind_at = at;
		return;
	}
	if (r->kind_at != NULL) {
		fault_at(r->l, at,
			 "a target is probed in one way, and line %u already says how; "
			 "make %s a target of its own",
			 r->kind_at->line, kind->name);
		return;
	}
	r->kind = kind;
	r->kind_at = at;
}

/* A witness is asked about a watchdog, and a job reports itself: never a target's own group. */
static void kind_refuse(struct target_reading *r, const struct probe_kind *kind,
			const struct setting *at)
{
	r->kind_at = at;
	if (kind->start == NULL) {
		fault_at(r->l, at,
			 "target.%s: a job that reports itself stands in a list of its own: "
			 "pings = ( { name = \"backup\"; ... } );",
			 kind->name);
		return;
	}
	fault_at(r->l, at,
		 "target.%s: what it tells is about a watchdog: write pull = { %s = "
		 "\"https://...\"; }; into that, and here an http group to see whether it answers",
		 kind->name, kind->name);
}

static void member_read(struct target_reading *r, const struct setting *member)
{
	const struct probe_kind *kind;

	if (options_find(target_options, member->name) != NULL)
		return;
	kind = probe_kind_find(member->name);
	if (kind != NULL && kind->is_made) {
		kind_refuse(r, kind, member);
		return;
	}
	if (kind != NULL) {
		kind_take(r, kind, member);
		return;
	}
	options_unknown(r->l, "target", member, target_words(r->l));
	if (member->type == SETTING_GROUP && r->kind_at == NULL)
		r->kind_at = member; /* a kind was meant: one fault is enough */
}

static void members_read(struct target_reading *r)
{
	for (const struct setting *s = r->places.target->first; s != NULL; s = s->next)
		member_read(r, s);
	if (r->kind_at == NULL)
		fault_at(r->l, r->places.target,
			 "the target says nothing about how to probe it; "
			 "add one of the groups %s, such as http = { url = \"...\"; };",
			 kind_names(r->l));
}

static void kind_check(struct target_reading *r, void *params)
{
	struct option_fault fault = { .option = NULL };

	if (!options_check(r->l, r->kind, params, &fault))
		options_check_fault(r->l, r->kind->name, r->kind_at, &fault);
}

/* Every target of a kind begins with the same ones, and shares what these point to. */
static const void *kind_defaults(struct target_reading *r)
{
	const void **known = &r->kinds[0];
	void *params;

	for (size_t i = 0; i < probe_kinds_n; i++) {
		if (probe_kinds[i] == r->kind)
			known = &r->kinds[i];
	}
	if (*known == NULL) {
		params = arena_alloc(r->l->scratch, 1, r->kind->params_bytes);
		options_default(r->l, r->kind->options, params);
		*known = params;
	}
	return *known;
}

/* check() is asked only about options that were read without a fault. */
static const void *kind_params(struct target_reading *r)
{
	void *params = arena_alloc(r->l->arena, 1, r->kind->params_bytes);
	size_t faults = r->l->diag->faults;

	memcpy(params, kind_defaults(r), r->kind->params_bytes);
	options_values(r->l, r->kind->name, r->kind->options, r->kind_at, params);
	if (r->l->diag->faults == faults)
		kind_check(r, params);
	options_unknown_rows(r->l, r->kind->name, r->kind->options, r->kind_at);
	return params;
}

/* ---- the rest ---- */

void plan_allow_read(struct loader *l, struct strings allow, const struct setting *list,
		     struct target_plan *t)
{
	struct address_net *nets;

	if (allow.n == 0)
		return;
	nets = arena_alloc(l->arena, allow.n, sizeof *nets);
	for (size_t i = 0; i < allow.n; i++) {
		if (!address_net_parse(allow.v[i], &nets[i]))
			fault_at(l, setting_element(list, i),
				 "allow: \"%.60s\" is not a "
				 "network; write such as \"10.0.0.0/8\" or one address",
				 loader_shown(l, allow.v[i]));
	}
	t->allow = nets;
	t->allow_n = allow.n;
}

static void allow_read(struct target_reading *r, struct target_plan *t)
{
	const struct setting *list = setting_find(r->places.target, "allow");

	if (list == NULL)
		list = setting_find(r->places.defaults, "allow");
	plan_allow_read(r->l, r->params.allow, list, t);
}

static void texts_check(struct target_reading *r)
{
	const struct setting *at = r->places.target;

	check_line(r->l, at, "title", r->params.title);
	check_web_url(r->l, at, "link", r->params.link);
	if (setting_find(at, "group") != NULL)
		check_line(r->l, at, "group", r->params.group);
	if (setting_find(at, "runbook") != NULL)
		check_web_url(r->l, at, "runbook", r->params.runbook);
	check_reserved_name(r->b, at, "target");
}

static const struct setting *stack_place(const struct target_reading *r)
{
	const struct setting *at = setting_find(r->places.target, "stack");

	if (at == NULL)
		at = setting_find(r->places.defaults, "stack");
	return at != NULL ? at : r->places.target;
}

static void target_take(struct target_reading *r, struct target_plan *t)
{
	const struct target_params *p = &r->params;

	*t = (struct target_plan){
		.name = element_name(r->places.target),
		.title = p->title != NULL ? p->title : element_name(r->places.target),
		.group = p->group,
		.link = p->link,
		.runbook = p->runbook,
		.try_next = p->try_next,
		.role = ROLE_TARGET,
		.watchdog = NONE_INDEX,
		.layer = (enum layer)p->layer,
		.family = (enum family)p->family,
		.twin = NONE_INDEX,
		.is_hidden = p->is_hidden,
		.stack = plan_stack_index(r->b, p->stack, stack_place(r)),
		.kind = r->kind,
		.file = r->places.target->file,
		.line = r->places.target->line,
	};
}

/* A time that was told to be wrong is not compared with the others. */
static void target_read(struct target_reading *r, struct target_plan *t)
{
	size_t faults = r->l->diag->faults;

	loader_secrets_for(r->l, element_name(r->places.target));
	options_values(r->l, "target", target_options, r->places.target, &r->params);
	members_read(r);
	texts_check(r);
	target_take(r, t);
	allow_read(r, t);
	if (r->l->diag->faults == faults)
		timing_settle(r->l, &r->places, &r->params, t);
	if (r->kind != NULL)
		t->params = kind_params(r);
}

static void defaults_judge(struct builder *b, const struct setting *at,
			   const struct target_params *base)
{
	struct target_places places = { .defaults = at };
	struct target_plan nobody = { .name = "" };

	check_line(b->l, at, "group", base->group);
	check_web_url(b->l, at, "runbook", base->runbook);
	timing_settle(b->l, &places, base, &nobody);
}

static struct target_params defaults_read(struct builder *b, const struct setting *at)
{
	struct target_params base = { .name = NULL };
	size_t faults = b->l->diag->faults;

	options_read(b->l, &section_defaults, at, &base);
	if (b->l->diag->faults == faults)
		defaults_judge(b, at, &base);
	return base;
}

void plan_targets_read(struct builder *b)
{
	const struct setting *defaults = setting_find(b->roots[0], "defaults");
	struct elements e = elements_gather(b, "targets", section_target.place);
	struct target_params base = defaults_read(b, defaults);
	struct target_plan *targets = arena_alloc(b->l->scratch, e.n + 1, sizeof *targets);
	struct strings *depends_on = arena_alloc(b->l->scratch, e.n + 1, sizeof *depends_on);
	const void **kinds = arena_alloc(b->l->scratch, probe_kinds_n, sizeof *kinds);

	elements_check_names(b, &e, "target");
	for (size_t i = 0; i < e.n; i++) {
		struct target_reading r = {
			.b = b,
			.l = b->l,
			.params = base,
			.kinds = kinds,
			.places = { .target = e.v[i], .defaults = defaults },
		};

		target_read(&r, &targets[i]);
		depends_on[i] = r.params.depends_on;
	}
	loader_secrets_for(b->l, NULL);
	b->targets = e;
	b->depends_on = depends_on;
	b->plan->targets = targets;
	b->plan->targets_n = e.n;
}
