/*
 * quiet_draw.c - planned work, the operator's words, who depends on whom, and
 * certificates: drawn with dice of their own, beside what draw.c draws, so that
 * a seed's other ordeals stay what they are.
 *
 * A window's days are those of the life it is in, and now and then the life is
 * moved to where a zone changes its clock: what is seldom is not left to chance.
 */
#include "sim.h"

/* Seconds of UTC at which one of the zones changes its clock, in the years that are drawn. */
static const struct {
	int64_t at;
	enum zone_code zone;
} changeovers[] = {
	{ 1791041400, ZONE_LORD_HOWE }, { 1792890000, ZONE_BERLIN },   { 1793512800, ZONE_NEW_YORK },
	{ 1805007600, ZONE_NEW_YORK },	{ 1806195600, ZONE_BERLIN },   { 1806764400, ZONE_LORD_HOWE },
	{ 1822491000, ZONE_LORD_HOWE }, { 1824944400, ZONE_BERLIN },   { 1825567200, ZONE_NEW_YORK },
};

struct draw {
	struct setup *setup;
	uint64_t dice;
};

static int64_t between(struct draw *d, int64_t least, int64_t most)
{
	uint64_t roll = lot(d->setup->seed, 6, ++d->dice);

	return least + (int64_t)(roll % (uint64_t)(most - least + 1));
}

static bool chance(struct draw *d, int percent)
{
	return between(d, 0, 99) < percent;
}

/* ---- scopes ---- */

static int random_scope(struct draw *d)
{
	const struct setup *u = d->setup;
	int64_t dice = between(d, 0, 99);

	if (dice < 8)
		return SCOPE_ALL;
	if (dice < 35)
		return SCOPE_STACK + (int)between(d, 0, u->stacks_n - 1);
	if (dice < 50)
		return SCOPE_GROUP + (int)between(d, 0, 1);
	if (dice < 60 && u->watchdogs[0].is_there)
		return SCOPE_DOG;
	if (dice < 68 && u->jobs_n > 0)
		return SCOPE_JOB + (int)between(d, 0, u->jobs_n - 1);
	return SCOPE_SITE + (int)between(d, 0, u->sites_n - 1);
}

/* ---- windows ---- */

static int64_t whole_minutes(int64_t span)
{
	return span / MINUTE * MINUTE;
}

static void draw_once(struct draw *d, struct window_setup *w)
{
	w->from = whole_minutes(between(d, HOUR, d->setup->until));
	w->until = w->from + whole_minutes(between(d, 5 * MINUTE, chance(d, 80) ? 3 * HOUR : DAY));
}

/* Near the hours at which clocks are changed, as planned work is. */
static void draw_hours(struct draw *d, struct window_setup *w)
{
	w->minute = chance(d, 60) ? (int)between(d, 0, 3) * 15 : (int)between(d, 0, 59);
	w->hours = 1u << between(d, 0, chance(d, 60) ? 4 : 23);
	if (chance(d, 25))
		w->hours |= 0x041041; /* every six hours besides */
	if (chance(d, 8))
		w->hours = 0;
}

static void draw_length(struct draw *d, struct window_setup *w)
{
	w->ends = NO_CLOCK;
	if (chance(d, 45)) {
		w->ends = (int)between(d, 0, chance(d, 60) ? 5 * 60 : 24 * 60 - 1);
		return;
	}
	w->duration = whole_minutes(between(d, 5 * MINUTE, chance(d, 85) ? 4 * HOUR : 30 * HOUR));
}

static void draw_recurring(struct draw *d, struct window_setup *w)
{
	int64_t how = between(d, 0, 9);

	w->zone = (enum zone_code)between(d, 0, ZONES - 1);
	draw_hours(d, w);
	draw_length(d, w);
	if (w->hours == 0 && w->ends != NO_CLOCK) {
		w->ends = NO_CLOCK; /* that would be always */
		w->duration = 10 * MINUTE;
	}
	if (how < 5)
		w->weekdays = 1u << between(d, 0, 6);
	else if (how == 5)
		w->days = 1u << between(d, 1, 28);
	else if (how == 6)
		w->weekdays = 1u << between(d, 0, 6), w->days = 1u << between(d, 1, 28);
	else if (how == 7)
		w->months = 0x1555; /* every other */
}

/* The life is moved to where a clock is changed, and work is planned for those hours. */
static void draw_changeover(struct draw *d)
{
	struct setup *u = d->setup;
	struct window_setup *w = &u->windows[0];
	int64_t i = between(d, 0, (int64_t)(sizeof changeovers / sizeof changeovers[0]) - 1);

	u->wall = changeovers[i].at * SEC - whole_minutes(between(d, 0, u->until));
	if (!chance(d, 80))
		return;
	w->from = w->until = 0;
	w->zone = changeovers[i].zone;
	w->weekdays = w->days = w->months = 0;
	w->hours = 1u << between(d, 0, 3);
	w->duration = whole_minutes(between(d, 5 * MINUTE, 3 * HOUR));
	w->ends = NO_CLOCK;
	if (chance(d, 75)) {
		w->duration = 0;
		w->ends = (int)between(d, 60, 180);
	}
}

static void draw_windows(struct draw *d)
{
	struct setup *u = d->setup;

	u->windows_n = (int)between(d, 1, WINDOWS_MAX);
	for (int i = 0; i < u->windows_n; i++) {
		struct window_setup *w = &u->windows[i];

		*w = (struct window_setup){ .scope = random_scope(d), .ends = NO_CLOCK };
		if (chance(d, 45))
			draw_once(d, w);
		else
			draw_recurring(d, w);
	}
	if (chance(d, 50))
		draw_changeover(d);
}

/* ---- the operator ---- */

static void add(struct draw *d, struct ordeal f)
{
	struct setup *u = d->setup;

	f.variant = (unsigned)between(d, 0, 999);
	if (u->ordeals_n < ORDEALS_MAX)
		u->ordeals[u->ordeals_n++] = f;
}

/* He speaks a few minutes after something has happened, or for no reason that is seen. */
static int64_t occasion(struct draw *d)
{
	const struct setup *u = d->setup;

	if (u->ordeals_n == 0 || chance(d, 30))
		return between(d, 10 * MINUTE, u->until);
	return u->ordeals[between(d, 0, (int64_t)u->ordeals_n - 1)].from +
	       between(d, -5 * MINUTE, 20 * MINUTE);
}

static void draw_operator(struct draw *d, size_t ordeals)
{
	int64_t words = (int64_t)ordeals / between(d, 3, 12) + 2;

	for (int64_t i = 0; i < words; i++) {
		int64_t at = occasion(d), lasts = between(d, 2, chance(d, 70) ? 90 : 1500) * MINUTE;

		if (at < MINUTE)
			continue;
		if (chance(d, 35))
			add(d, (struct ordeal){ .kind = ORDEAL_ACK, .from = at, .to = at });
		else
			add(d, (struct ordeal){ .kind = ORDEAL_HUSH,
						.which = random_scope(d),
						.from = at,
						.to = at + (chance(d, 30) ? between(d, MINUTE, lasts)
									  : 2 * lasts),
						.by = lasts });
	}
}

/* ---- who depends on whom ---- */

/* On those before it, so that nobody depends on himself. */
static void draw_parents(struct draw *d)
{
	struct setup *u = d->setup;

	for (int i = 1; i < u->sites_n; i++) {
		if (!chance(d, 45))
			continue;
		u->sites[i].parents = 1u << (chance(d, 60) ? 0 : between(d, 0, i - 1));
		if (chance(d, 20))
			u->sites[i].parents |= 1u << between(d, 0, i - 1);
	}
}

/* ---- certificates ---- */

static int64_t lifetime(struct draw *d)
{
	static const int64_t days[] = { 6, 45, 90, 90, 365 };

	return days[between(d, 0, 4)] * DAY;
}

static void draw_certs(struct draw *d)
{
	struct setup *u = d->setup;

	u->certs_n = (int)between(d, 1, CERTS_MAX);
	for (int i = 0; i < u->certs_n; i++) {
		int64_t lasts = lifetime(d), ends = between(d, HOUR, u->until + 20 * DAY);

		ends = ends > lasts ? lasts : ends;
		u->certs[i] = (struct cert_setup){ .from = ends - lasts, .ends = ends };
		/* Some are renewed in time, some late. */
		for (int64_t at = ends; at < u->until; at += lasts) {
			int64_t early = lasts * between(d, -2, 40) / 100;

			lasts = lifetime(d);
			at -= early;
			if (at > 10 * MINUTE)
				add(d, (struct ordeal){ .kind = ORDEAL_RENEW,
							.which = i + 1,
							.from = at,
							.to = at,
							.by = lasts });
		}
	}
	for (int i = 0; i < u->sites_n; i++)
		if (u->sites[i].is_named && chance(d, 70))
			u->sites[i].cert = (int)between(d, 1, u->certs_n);
}

void quiet_draw(struct setup *setup)
{
	struct draw d = { .setup = setup };
	size_t ordeals = setup->ordeals_n;

	if (chance(&d, 40))
		draw_windows(&d);
	if (chance(&d, 40))
		draw_parents(&d);
	if (chance(&d, 35))
		draw_certs(&d);
	if (chance(&d, 45))
		draw_operator(&d, ordeals);
}
