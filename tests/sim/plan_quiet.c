/*
 * plan_quiet.c - planned work and dependence, in the words of the engine's plan.
 */
#include "sim.h"

#include "base/arena.h"
#include "base/zone.h"

#define BITS(n) ((UINT64_C(1) << (n)) - 1)

/* Zones are read once in a life: the plans before a reload look at them as well. */
static const struct zone *zone_read_once(struct sim *s, enum zone_code zone)
{
	struct us *us = &s->us;

	if (!us->arena)
		us->arena = arena_new();
	if (!us->zones[zone] && zone_read(us->arena, zone_of(zone), &us->zones[zone]) < 0)
		broken(s, BROKEN_ENGINE, "the zone %s cannot be read", zone_of(zone));
	return us->zones[zone];
}

static uint64_t or_each(unsigned bits, uint64_t each)
{
	return bits ? bits : each;
}

static struct window_plan window_of(struct sim *s, const struct window_setup *w)
{
	struct window_plan plan = { .name = "work", .title = "work", .ends = WINDOW_CLOCK_NONE };

	if (w->until != 0) {
		plan.from = (wall_t){ s->setup->wall + w->from };
		plan.until = (wall_t){ s->setup->wall + w->until };
		return plan;
	}
	plan.zone = zone_read_once(s, w->zone);
	plan.begins = (struct recurrence){
		.minutes = UINT64_C(1) << w->minute,
		.hours = (uint32_t)or_each(w->hours, BITS(24)),
		.days = (uint32_t)or_each(w->days, BITS(31) << 1),
		.months = (uint16_t)or_each(w->months, BITS(12) << 1),
		.weekdays = (uint8_t)or_each(w->weekdays, BITS(7)),
		.is_either_day = w->days && w->weekdays,
	};
	plan.duration = w->ends == NO_CLOCK ? w->duration : 0;
	plan.ends = w->ends == NO_CLOCK ? WINDOW_CLOCK_NONE : (uint32_t)w->ends;
	return plan;
}

void plan_add_windows(struct sim *s)
{
	struct bed *bed = s->us.bed;

	for (int i = 0; i < s->setup->windows_n; i++) {
		bed->scopes[i] = scope_words(s, s->setup->windows[i].scope);
		bed->windows[i] = window_of(s, &s->setup->windows[i]);
		bed->windows[i].scope = (struct strings){ &bed->scopes[i], 1 };
	}
	bed->plan.windows = bed->windows;
	bed->plan.windows_n = (size_t)s->setup->windows_n;
}

void plan_add_parents(struct sim *s)
{
	struct bed *bed = s->us.bed;

	for (int i = 0; i < s->setup->sites_n; i++) {
		uint32_t *items = bed->parents[i];
		size_t n = 0;

		if (s->hosts[i].subject == NONE_INDEX)
			continue;
		for (int p = 0; p < s->setup->sites_n; p++)
			if (s->setup->sites[i].parents >> p & 1 &&
			    s->hosts[p].subject != NONE_INDEX)
				items[n++] = s->hosts[p].subject;
		bed->targets[s->hosts[i].subject].parents = (struct indices){ items, n };
	}
}
