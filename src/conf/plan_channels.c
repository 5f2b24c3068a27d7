/*
 * plan_channels.c - the other ways out: whom to tell by what is no mail, and
 * for everybody who is told, when and of what.
 *
 * A channel's group is named after its kind, as a target's is; the kind's rows
 * read it, and its check() has the last word. Addresses of mail.to are channels
 * as well, the first of the plan's (plan_mail.c).
 */
#include "conf/plan_channel.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/recurrence.h"
#include "base/words.h"
#include "conf/loader.h"
#include "conf/settings.h"
#include "conf/times.h"
#include "shorewatch/diagnosis.h"
#include "shorewatch/notify.h"

#define DAYS_IN_WEEK 7
#define ALL_BITS     ((1u << DIAGNOSIS_COUNT) - (1u << DIAGNOSIS_STACK_DOWN))

const char *const channel_languages[] = { "en", "ja", NULL };

static const struct option channel_options[] = {
	{ "name", OPTION_STRING, offsetof(struct channel_params, name), .is_required = true,
	  .help = "1 to 63 of a-z, 0-9 and -; what it was told follows it" },
	CHANNEL_ROWS
};

const struct section section_channel = {
	.name = "channel",
	.place = "channels = ( { name = \"phone\"; ntfy = { ... }; } );",
	.summary = "whom to tell beside mail.to; one group in it, named after a kind, says how",
	.options = channel_options,
};

/* ---- of what ---- */

static const char *const *diagnosis_words(struct loader *l)
{
	const char **words = arena_alloc(l->scratch, DIAGNOSIS_COUNT, sizeof *words);
	size_t n = 0;

	for (int d = DIAGNOSIS_STACK_DOWN; d < DIAGNOSIS_COUNT; d++)
		words[n++] = diagnosis_name((enum diagnosis)d);
	return words;
}

static void only_fault(struct builder *b, const char *section, const struct setting *at,
		       const char *word)
{
	const char *near = words_nearest(word, diagnosis_words(b->l));

	if (near != NULL)
		fault_at(b->l, at, "%s.only: \"%.40s\" is no diagnosis; did you mean \"%s\"?", section,
			 loader_shown(b->l, word), near);
	else
		fault_at(b->l, at,
			 "%s.only: \"%.40s\" is no diagnosis; `shorewatch options channel` lists "
			 "them",
			 section, loader_shown(b->l, word));
}

static uint32_t only_read(struct builder *b, const char *section, const struct setting *at,
			  struct strings only)
{
	const struct setting *list = setting_find(at, "only");
	uint32_t bits = 0;

	if (list != NULL && list->type == SETTING_LIST && list->first == NULL)
		fault_at(b->l, list, "%s.only is empty: nothing would ever be told; remove it",
			 section);
	for (size_t i = 0; i < only.n; i++) {
		enum diagnosis d;

		if (diagnosis_parse(only.v[i], &d) && d >= DIAGNOSIS_STACK_DOWN)
			bits |= 1u << d;
		else
			only_fault(b, section, setting_element(list, i), only.v[i]);
	}
	return bits;
}

/* ---- when ---- */

/* "22:00-07:00" is meant of every day. */
static bool hours_read(struct builder *b, const char *text, struct window_plan *w,
		       char fault[TIMES_FAULT_MAX])
{
	bool is_daily;

	while (isspace((unsigned char)*text))
		text++;
	is_daily = isdigit((unsigned char)*text);
	*w = (struct window_plan){ .name = "quiet" };
	if (times_weekly(is_daily ? arena_printf(b->l->scratch, "daily %s", text) : text,
			 &w->begins, &w->ends, fault))
		return true;
	if (is_daily)
		(void)snprintf(fault, TIMES_FAULT_MAX,
			       "\"%.60s\" must be from when to when by the clock; write such as "
			       "\"22:00-07:00\"",
			       text);
	return false;
}

static bool has_minute(const struct window_plan *w, int32_t day, int minute)
{
	int starts = recurrence_minute_from(&w->begins, 0);
	int ends = (int)w->ends;
	bool is_over_night = ends <= starts;

	if (recurrence_has_day(&w->begins, day) && minute >= starts &&
	    (is_over_night || minute < ends))
		return true;
	return is_over_night && recurrence_has_day(&w->begins, day - 1) && minute < ends;
}

static bool is_any_quiet(const struct window_plan *quiet, size_t n, int32_t day, int minute)
{
	for (size_t i = 0; i < n; i++) {
		if (has_minute(&quiet[i], day, minute))
			return true;
	}
	return false;
}

/* No minute of the week is left to be told in. */
static bool is_always_quiet(const struct window_plan *quiet, size_t n)
{
	for (int32_t day = 1; day <= DAYS_IN_WEEK; day++) {
		for (int minute = 0; minute < MINUTES_PER_DAY; minute++) {
			if (!is_any_quiet(quiet, n, day, minute))
				return false;
		}
	}
	return true;
}

static void quiet_read(struct builder *b, const char *section, const struct setting *at,
		       struct strings texts, struct channel_plan *c)
{
	const struct setting *list = setting_find(at, "quiet");
	struct window_plan *quiet = arena_alloc(b->l->arena, texts.n + 1, sizeof *quiet);
	char fault[TIMES_FAULT_MAX];

	c->quiet = quiet;
	for (size_t i = 0; i < texts.n; i++) {
		if (hours_read(b, texts.v[i], &quiet[c->quiet_n], fault))
			c->quiet_n++;
		else
			fault_at(b->l, setting_element(list, i), "%s.quiet: %s", section,
				 loader_shown(b->l, fault));
	}
	if (texts.n > 0 && is_always_quiet(quiet, c->quiet_n))
		fault_at(b->l, list,
			 "%s.quiet leaves no hour in which anything is told; make it shorter, or "
			 "write only = [ \"stack-down\", \"edge-down\", \"unreachable\" ]",
			 section);
}

struct channel_plan channel_make(struct builder *b, const char *section, const struct setting *at,
				 const struct channel_params *p)
{
	struct channel_plan c = {
		.name = p->name,
		.language = (enum language)p->language,
		.after = p->after,
		.file = at != NULL ? at->file : NULL,
		.line = at != NULL ? at->line : 0,
	};

	c.only = only_read(b, section, at, p->only);
	quiet_read(b, section, at, p->quiet, &c);
	return c;
}

/* ---- how ---- */

struct channel_reading {
	struct builder *b;
	struct loader *l;
	const struct setting *at;
	const struct notify_kind *kind;
	const struct setting *kind_at; /* also of one that was meant to be a kind */
};

static const char *const *channel_words(struct loader *l)
{
	size_t rows = sizeof channel_options / sizeof channel_options[0] - 1;
	const char **words = arena_alloc(l->scratch, rows + notify_kinds_n + 1, sizeof *words);

	for (size_t i = 0; i < rows; i++)
		words[i] = channel_options[i].name;
	for (size_t i = 0; i < notify_kinds_n; i++)
		words[rows++] = notify_kinds[i]->name;
	return words;
}

static const char *kind_names(struct loader *l)
{
	const char *all = "";

	for (size_t i = 0; i < notify_kinds_n; i++)
		all = arena_printf(l->scratch, "%s%s%s", all, *all != '\0' ? ", " : "",
				   notify_kinds[i]->name);
	return all;
}

static void kind_take(struct channel_reading *r, const struct notify_kind *kind,
		      const struct setting *at)
{
	const char *form = arena_printf(r->l->scratch, "%s = { ... };", kind->name);

	if (r->kind != NULL) {
		fault_at(r->l, at,
			 "a channel is told in one way, and line %u already says how; "
			 "make %s a channel of its own",
			 r->kind_at->line, kind->name);
		return;
	}
	if (options_is_group(r->l, at, form))
		r->kind = kind;
	r->kind_at = at;
}

static void member_read(struct channel_reading *r, const struct setting *member)
{
	const struct notify_kind *kind = notify_kind_find(member->name);

	if (options_find(channel_options, member->name) != NULL)
		return;
	if (kind != NULL) {
		kind_take(r, kind, member);
		return;
	}
	if (strcmp(member->name, "smtp") == 0 || strcmp(member->name, "mail") == 0) {
		fault_at(r->l, member,
			 "channel.%s: who is told by mail stands in mail = { to = ...; }, also "
			 "with after, only and quiet",
			 member->name);
		r->kind_at = member;
		return;
	}
	options_unknown(r->l, "channel", member, channel_words(r->l));
	if (member->type == SETTING_GROUP && r->kind_at == NULL)
		r->kind_at = member; /* a kind was meant: one fault is enough */
}

static void members_read(struct channel_reading *r)
{
	for (const struct setting *s = r->at->first; s != NULL; s = s->next)
		member_read(r, s);
	if (r->kind_at == NULL)
		fault_at(r->l, r->at,
			 "the channel says nothing about how to tell it; add one of the groups %s, "
			 "such as ntfy = { url = \"https://ntfy.sh/...\"; };",
			 kind_names(r->l));
}

static void kind_check(struct channel_reading *r, void *params)
{
	struct option_fault fault = { .option = NULL };

	if (r->kind->check == NULL || r->kind->check(params, &fault))
		return;
	fault.text[sizeof fault.text - 1] = '\0';
	options_check_fault(r->l, r->kind->name, r->kind_at, &fault);
}

/* check() is asked only about options that were read without a fault. */
static const void *kind_params(struct channel_reading *r)
{
	void *params = arena_alloc(r->l->arena, 1, r->kind->params_bytes);
	size_t faults = r->l->diag->faults;

	options_default(r->l, r->kind->options, params);
	options_values(r->l, r->kind->name, r->kind->options, r->kind_at, params);
	if (r->l->diag->faults == faults)
		kind_check(r, params);
	options_unknown_rows(r->l, r->kind->name, r->kind->options, r->kind_at);
	return params;
}

/* ---- the whole ---- */

static void channel_read(struct builder *b, const struct setting *at, struct channel_plan *ret)
{
	struct channel_reading r = { .b = b, .l = b->l, .at = at };
	struct channel_params p = { .language = (int)b->plan->language };

	options_values(b->l, "channel", channel_options, at, &p);
	members_read(&r);
	*ret = channel_make(b, "channel", at, &p);
	ret->name = element_name(at);
	ret->kind = r.kind;
	if (r.kind != NULL)
		ret->params = kind_params(&r);
}

void plan_channels_read(struct builder *b)
{
	size_t mails = b->plan->channels_n;
	struct channel_plan *all =
		arena_alloc(b->l->arena, mails + b->channels.n + 1, sizeof *all);

	elements_check_names(b, &b->channels, "channel");
	if (mails > 0)
		memcpy(all, b->plan->channels, mails * sizeof *all);
	for (size_t i = 0; i < b->channels.n; i++)
		channel_read(b, b->channels.v[i], &all[mails + i]);
	b->plan->channels = all;
	b->plan->channels_n = mails + b->channels.n;
}

/* Somebody should be told at once of whatever may happen. */
void plan_channels_advise(struct builder *b)
{
	uint32_t told = 0;

	for (size_t i = 0; i < b->plan->channels_n; i++) {
		const struct channel_plan *c = &b->plan->channels[i];

		if (c->after == 0)
			told |= c->only != 0 ? c->only : ALL_BITS;
	}
	for (int d = DIAGNOSIS_STACK_DOWN; d < DIAGNOSIS_COUNT; d++) {
		if (told & 1u << d)
			continue;
		warn_at(b->l, NULL,
			"nobody is told at once of %s: each of mail.to and channels waits, or is "
			"told only of other things; add one without after and only",
			diagnosis_name((enum diagnosis)d));
		return;
	}
}
