/*
 * plan_windows.c - planned work: what it is about, and when it is done.
 *
 * Times are read by the clock of the window's zone, else of the page's. What
 * would be planned work for ever is refused: it would be an outage that nobody
 * is told of.
 */
#include "conf/plan_parts.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/recurrence.h"
#include "base/scope.h"
#include "base/words.h"
#include "base/zone.h"
#include "conf/loader.h"
#include "conf/settings.h"
#include "conf/times.h"

#define DURATION_MAX (31 * USEC_PER_DAY)
#define LOOK_DAYS    400 /* a year and more: every recurrence that comes every year */

struct window_params {
	const char *name, *title, *weekly, *cron, *timezone;
	struct strings scope, once;
	usec_t duration;
};

static const struct option window_options[] = {
	{ "name", OPTION_STRING, offsetof(struct window_params, name), .is_required = true,
	  .help = "1 to 63 of a-z, 0-9 and -" },
	{ "scope", OPTION_STRINGS, offsetof(struct window_params, scope), .is_required = true,
	  .help = "what is worked at: \"all\", \"stack:NAME\", \"group:NAME\", or the name of a "
		  "target, ping or watchdog; one of these or a list" },
	{ "title", OPTION_STRING, offsetof(struct window_params, title),
	  .help = "for people; default: the name" },
	{ "once", OPTION_STRINGS, offsetof(struct window_params, once),
	  .help = "from and to: [ \"2026-12-01 02:00\", \"2026-12-01 04:00\" ]; Z or +09:00 behind "
		  "a time for another clock" },
	{ "weekly", OPTION_STRING, offsetof(struct window_params, weekly),
	  .help = "days and times by the clock: \"Sun 02:00-03:00\", \"Mon,Wed-Fri 23:00-01:00\", "
		  "\"daily 04:00-04:30\"" },
	{ "cron", OPTION_STRING, offsetof(struct window_params, cron),
	  .help = "when it begins, as in crontab(5): \"0 2 1 * *\", \"@monthly\"; needs duration" },
	{ "duration", OPTION_DURATION, offsetof(struct window_params, duration),
	  .min = USEC_PER_MIN, .max = DURATION_MAX, .help = "how long each one of cron's lasts" },
	{ "timezone", OPTION_STRING, offsetof(struct window_params, timezone),
	  .help = "the clock that is meant, such as \"Europe/Berlin\"; default: the top level's" },
	{ .name = NULL },
};

const struct section section_window = {
	.name = "window",
	.place = "windows = ( { name = \"updates\"; scope = \"stack:home\"; weekly = \"Sun "
		 "02:00-03:00\"; } );",
	.summary = "planned work: probing goes on, its time counts neither as up nor as down, and "
		   "mails about it wait; one of once, weekly and cron says when",
	.options = window_options,
};

/* ---- what it is about ---- */

/* Everything that a scope may say. */
static const char *const *scope_words(struct builder *b)
{
	const struct plan *plan = b->plan;
	size_t room = plan->stacks_n + 2 * plan->targets_n + plan->watchdogs_n + 2, n = 0;
	const char **words = arena_alloc(b->l->scratch, room, sizeof *words);

	words[n++] = "all";
	for (size_t i = 0; i < plan->stacks_n; i++)
		words[n++] = arena_printf(b->l->scratch, "stack:%s", plan->stacks[i].name);
	for (size_t i = 0; i < plan->targets_n; i++) {
		words[n++] = plan->targets[i].name;
		words[n++] = arena_printf(b->l->scratch, "group:%s", plan->targets[i].group);
	}
	for (size_t i = 0; i < plan->watchdogs_n; i++)
		words[n++] = plan->watchdogs[i].name;
	return words;
}

/* A stack or group without its prefix, or something that is written nearly so. NULL: nothing. */
static const char *scope_nearest(struct builder *b, const char *scope)
{
	static const char *const prefixes[] = { "stack:", "group:" };

	for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
		const char *whole = arena_printf(b->l->scratch, "%s%s", prefixes[i], scope);

		if (scope_is_known(b->plan, whole))
			return whole;
	}
	return words_nearest(scope, scope_words(b));
}

static void scope_fault(struct builder *b, const struct setting *at, const char *scope)
{
	const char *near = scope_nearest(b, scope);

	if (near != NULL)
		fault_at(b->l, at, "window.scope: there is no \"%.80s\"; did you mean \"%s\"?",
			 loader_shown(b->l, scope), loader_shown(b->l, near));
	else
		fault_at(b->l, at,
			 "window.scope: there is no \"%.80s\"; write \"all\", \"stack:NAME\", "
			 "\"group:NAME\", or the name of a target, ping or watchdog",
			 loader_shown(b->l, scope));
}

static void scope_check(struct builder *b, const struct setting *at, struct strings scope)
{
	const struct setting *list = setting_find(at, "scope");

	if (list != NULL && list->type == SETTING_LIST && list->first == NULL)
		fault_at(b->l, list, "window.scope is empty; write \"all\", or what is worked at");
	for (size_t i = 0; i < scope.n && !b->l->is_partial; i++) {
		if (!scope_is_known(b->plan, scope.v[i]))
			scope_fault(b, setting_element(list, i), scope.v[i]);
	}
}

/* ---- when ---- */

static const struct zone *zone_find(struct builder *b, const struct setting *at, const char *name)
{
	const struct zone *zone = NULL;
	int r = zone_read(b->l->arena, name != NULL ? name : b->plan->timezone, &zone);

	if (r < 0 && name != NULL)
		fault_at(b->l, setting_find(at, "timezone"),
			 r == -EBADMSG
				 ? "window.timezone: what this machine has of \"%.80s\" is "
				   "not a zone's file; write a name such as \"Asia/Tokyo\""
				 : "window.timezone: \"%.80s\" is not known on this machine; "
				   "write a name such as \"Asia/Tokyo\" or \"UTC\" (or install "
				   "tzdata)",
			 loader_shown(b->l, name));
	return zone;
}

static void times_fault(struct builder *b, const struct setting *at, const char *key,
			const char *fault)
{
	fault_at(b->l, at, "window.%s: %s", key, loader_shown(b->l, fault));
}

/* Where `end` is true, the last instant at which the clock reads so. */
static bool instant_read(struct builder *b, const struct setting *at, const char *text,
			 const struct zone *zone, bool is_end, wall_t *ret)
{
	char fault[TIMES_FAULT_MAX];
	struct zone_instants instants;
	struct moment moment;

	if (!times_moment(text, &moment, fault)) {
		times_fault(b, at, "once", fault);
		return false;
	}
	if (moment.has_offset) {
		*ret = (wall_t){ moment.reading.day * USEC_PER_DAY +
				 (moment.reading.seconds - moment.offset) * USEC_PER_SEC };
		return true;
	}
	instants = zone_instants(zone, moment.reading);
	*ret = is_end ? instants.end : instants.begin;
	if (instants.is_skipped)
		warn_at(b->l, at, "window.once: the clocks leap over \"%s\"; it is taken as %s",
			text, is_end ? "if they did not" : "the instant of the leap");
	return true;
}

static void once_read(struct builder *b, const struct setting *at, struct strings once,
		      struct window_plan *w)
{
	const struct setting *list = setting_find(at, "once");

	if (once.n != 2) {
		fault_at(b->l, list,
			 "window.once: write from and to: [ \"2026-12-01 02:00\", "
			 "\"2026-12-01 04:00\" ]");
		return;
	}
	if (!instant_read(b, setting_element(list, 0), once.v[0], w->zone, false, &w->from) ||
	    !instant_read(b, setting_element(list, 1), once.v[1], w->zone, true, &w->until))
		return;
	if (w->until.us <= w->from.us)
		fault_at(b->l, setting_element(list, 1),
			 "window.once: it ends before it begins; write the earlier time first");
	else if (wall_span(w->from, w->until) > DURATION_MAX)
		warn_at(b->l, setting_element(list, 1),
			"window.once lasts more than 31 days, in which nobody is mailed about it; "
			"is the year right?");
}

/* How long each lasts by the clock. */
static int64_t lasts_minutes(const struct window_plan *w, int start)
{
	if (w->ends == WINDOW_CLOCK_NONE)
		return w->duration / USEC_PER_MIN;
	return (int64_t)w->ends - start + ((int)w->ends <= start ? MINUTES_PER_DAY : 0);
}

/* Each begins before the one before it is over, all through a year. */
static bool is_endless(const struct window_plan *w)
{
	int64_t until = 0;

	for (int32_t day = 0; day < LOOK_DAYS; day++) {
		int minute = recurrence_has_day(&w->begins, day) ? 0 : -1;

		while (minute >= 0 && (minute = recurrence_minute_from(&w->begins, minute)) >= 0) {
			int64_t start = (int64_t)day * MINUTES_PER_DAY + minute;

			if (until > 0 && start > until)
				return false;
			until = start + lasts_minutes(w, minute);
			minute++;
		}
	}
	return until >= (int64_t)LOOK_DAYS * MINUTES_PER_DAY;
}

static void cron_read(struct builder *b, const struct setting *at, const struct window_params *p,
		      struct window_plan *w)
{
	char fault[TIMES_FAULT_MAX];

	if (!times_cron(p->cron, &w->begins, fault))
		times_fault(b, setting_find(at, "cron"), "cron", fault);
	else if (setting_find(at, "duration") == NULL)
		fault_at(b->l, setting_find(at, "cron"),
			 "window.cron says when it begins; add how long it lasts, such as "
			 "duration = \"1h\";");
	else if (p->duration > 0 && is_endless(w))
		fault_at(
			b->l, setting_find(at, "duration"),
			"window.duration: the next one begins before this one is over, so it would "
			"never end; make it shorter, or remove what is not to be watched");
}

static void weekly_read(struct builder *b, const struct setting *at, const char *weekly,
			struct window_plan *w)
{
	char fault[TIMES_FAULT_MAX];

	if (!times_weekly(weekly, &w->begins, &w->ends, fault))
		times_fault(b, setting_find(at, "weekly"), "weekly", fault);
	else if (is_endless(w))
		fault_at(
			b->l, setting_find(at, "weekly"),
			"window.weekly: it would never end; make it shorter, or remove what is not "
			"to be watched");
}

/* Exactly one of the keys that say when. NULL: told. */
static const char *when_choose(struct builder *b, const struct setting *at)
{
	static const char *const keys[] = { "once", "weekly", "cron" };
	const char *chosen = NULL;

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		const struct setting *key = setting_find(at, keys[i]);

		if (key != NULL && chosen != NULL) {
			fault_at(b->l, key,
				 "window.%s: %s says already when; make this a window of its own",
				 keys[i], chosen);
			return NULL;
		}
		if (key != NULL)
			chosen = keys[i];
	}
	if (chosen == NULL)
		fault_at(b->l, at,
			 "the window does not say when: add once = [ from, to ], weekly = \"Sun "
			 "02:00-03:00\", or cron = \"0 2 1 * *\" with duration = \"1h\"");
	return chosen;
}

static void when_read(struct builder *b, const struct setting *at, const struct window_params *p,
		      struct window_plan *w)
{
	const char *key = when_choose(b, at);
	const struct setting *duration = setting_find(at, "duration");

	if (key == NULL)
		return;
	if (duration != NULL && p->cron == NULL)
		fault_at(b->l, duration, "window.duration: %s says already when it ends; remove it",
			 key);
	if (strcmp(key, "once") == 0)
		once_read(b, at, p->once, w);
	else if (p->weekly != NULL)
		weekly_read(b, at, p->weekly, w);
	else if (p->cron != NULL)
		cron_read(b, at, p, w);
}

/* ---- the whole ---- */

/* What was told to be of a wrong type is not looked at again. */
static void window_read(struct builder *b, const struct setting *at, struct window_plan *w)
{
	struct window_params p = { .name = NULL };
	size_t faults = b->l->diag->faults;
	bool is_read;

	options_read(b->l, &section_window, at, &p);
	is_read = b->l->diag->faults == faults;
	check_line(b->l, at, "title", p.title);
	*w = (struct window_plan){
		.name = element_name(at),
		.title = p.title != NULL ? p.title : element_name(at),
		.scope = p.scope,
		.duration = p.cron != NULL ? p.duration : 0,
		.ends = WINDOW_CLOCK_NONE,
		.zone = zone_find(b, at, p.timezone),
	};
	if (is_read) {
		scope_check(b, at, p.scope);
		when_read(b, at, &p, w);
	}
}

void plan_windows_read(struct builder *b)
{
	struct elements e = elements_gather(b, "windows", section_window.place);
	struct window_plan *windows = arena_alloc(b->l->arena, e.n + 1, sizeof *windows);

	elements_check_names(b, &e, "window");
	for (size_t i = 0; i < e.n; i++)
		window_read(b, e.v[i], &windows[i]);
	b->windows = e;
	b->plan->windows = windows;
	b->plan->windows_n = e.n;
}

void plan_windows_advise(struct builder *b)
{
	wall_t now = b->l->need.now;

	for (size_t i = 0; i < b->plan->windows_n && wall_is_set(now); i++) {
		const struct window_plan *w = &b->plan->windows[i];

		if (wall_is_set(w->until) && w->until.us <= now.us)
			warn_at(b->l, b->windows.v[i],
				"window \"%s\" is over and does nothing any more; remove it",
				w->name);
	}
}
