/*
 * config_window.c - planned work of a scenario's configuration:
 *
 *   NAME SCOPE,SCOPE 10m..40m       once, by the scenario's own time
 *   NAME SCOPE daily 10:30-11:00    by Japan's clock; every scenario begins at 10:00
 *
 * A scope is spelt as in shorewatch.cfg: all, stack:NAME, group:NAME or a name.
 */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/scope.h"
#include "config.h"
#include "scenario.h"

#define SCOPES_MAX 8

static struct strings scope_read(struct arena *arena, const char *text)
{
	const char **v = arena_alloc(arena, SCOPES_MAX, sizeof *v);
	size_t n = 0;

	while (*text != '\0' && n < SCOPES_MAX) {
		size_t length = strcspn(text, ",");

		v[n++] = arena_strndup(arena, text, length);
		text += length + (text[length] == ',');
	}
	return (struct strings){ v, n };
}

static bool once_read(const struct scenario *s, char *text, struct window_plan *w)
{
	int64_t world = s->wall_base - s->wall_stepped;
	char *dots = strstr(text, "..");
	usec_t from, until;

	if (!dots)
		return false;
	*dots = '\0';
	if (!span_parse(text, &from) || !span_parse(dots + 2, &until) || until <= from)
		return false;
	w->from.us = world + from;
	w->until.us = world + until;
	return true;
}

bool window_moment(const char *text, struct window_plan *ret)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	unsigned hour, minute;
	char day[4];

	if (sscanf(text, " %3s %2u:%2u", day, &hour, &minute) != 3 || hour > 23 || minute > 59)
		return false;
	*ret = (struct window_plan){ .name = "weekly", .ends = WINDOW_CLOCK_NONE, .duration = 1 };
	ret->begins = (struct recurrence){ .minutes = UINT64_C(1) << minute,
					   .hours = UINT32_C(1) << hour,
					   .days = UINT32_MAX - 1,
					   .months = 0x1ffe };
	for (int i = 0; i < 7; i++)
		if (strcmp(days[i], day) == 0)
			ret->begins.weekdays = (uint8_t)(1 << i);
	return ret->begins.weekdays != 0;
}

bool window_daily(const char *text, struct window_plan *w)
{
	unsigned from_hour, from_minute, hour, minute;

	if (sscanf(text, "%2u:%2u-%2u:%2u", &from_hour, &from_minute, &hour, &minute) != 4 ||
	    from_hour > 23 || from_minute > 59 || hour > 23 || minute > 59)
		return false;
	w->begins = (struct recurrence){ .minutes = UINT64_C(1) << from_minute,
					 .hours = UINT32_C(1) << from_hour,
					 .days = UINT32_MAX - 1,
					 .months = 0x1ffe,
					 .weekdays = 0x7f };
	w->ends = hour * 60 + minute;
	return true;
}

bool config_window(struct scenario *s, struct arena *arena, const char *at, struct window_plan *ret)
{
	char name[WORD_MAX], scope[WORD_MAX], when[WORD_MAX];
	bool is_daily;

	if (!word_next(&at, name) || !word_next(&at, scope))
		return scenario_misspelt(s, "a window without a scope", at);
	*ret = (struct window_plan){ .name = arena_strdup(arena, name),
				     .scope = scope_read(arena, scope),
				     .ends = WINDOW_CLOCK_NONE };
	ret->title = ret->name;
	is_daily = word_is(&at, "daily");
	if (!word_next(&at, when) || !(is_daily ? window_daily(when, ret) : once_read(s, when, ret)))
		return scenario_misspelt(s, "a window is FROM..TO or daily HH:MM-HH:MM", name);
	return true;
}

bool config_scopes_known(struct scenario *s, const struct plan *plan)
{
	for (size_t i = 0; i < plan->windows_n; i++)
		for (size_t k = 0; k < plan->windows[i].scope.n; k++)
			if (!scope_is_known(plan, plan->windows[i].scope.v[k]))
				return scenario_misspelt(s, "a window of nothing",
							 plan->windows[i].scope.v[k]);
	return true;
}
