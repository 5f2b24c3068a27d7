/*
 * draw.c - a seed becomes a setup: who is watched, and what befalls them.
 *
 * Lives are quiet, calm, busy or rough: days between ordeals, a day, hours, or
 * minutes. A quiet one is as it is at most people's: seldom anything happens,
 * for weeks, and what does is not mixed up with everything else. Alarms without
 * cause are seldom, so long lives are what shows them; a rough one is short and
 * lets everything overlap. None is longer than the days that are shown, so that
 * all of its sums can be held against the truth at its end.
 *
 * Two lives in five are quiet, and the others share the rest. So of a hundred
 * years about seventy-five are quiet and twenty calm; busy and rough lives are
 * the fewest years, but nearly half of all lives and most of what befalls anybody:
 * a rough life has some hundreds of ordeals, and a quiet one forty. `sim` counts
 * lives, years, ordeals and CPU seconds of each temper.
 *
 * What a year costs is the number of its runs and beats, and those of one kind
 * in a row show nothing new. So most lives, and of the long ones nearly all, are
 * easy: sites are asked every few minutes, by few witnesses. The others are as
 * dense as a configuration may be. Each life has its ordeals, whatever its pace.
 */
#include "sim.h"

#define WALL_FIRST INT64_C(1790000000) /* s */

static const struct {
	int share;	     /* of a hundred lives */
	int64_t least, most; /* how long a life lasts */
	int64_t pause;	     /* between ordeals, in the mean */
	int dense;	     /* of a hundred of its lives */
} tempers[TEMPERS] = {
	[QUIET] = { 40, 80 * DAY, 85 * DAY, 60 * HOUR, 0 },
	[CALM] = { 15, 30 * DAY, 85 * DAY, 20 * HOUR, 4 },
	[BUSY] = { 20, 3 * DAY, 14 * DAY, 80 * MINUTE, 30 },
	[ROUGH] = { 25, 1 * DAY, 4 * DAY, 4 * MINUTE, 30 },
};

enum pace { DENSE, EASY, SLOW };

struct draw {
	struct setup *setup;
	uint64_t dice;
	enum temper temper;
	enum pace pace;
};

static uint64_t roll(struct draw *d)
{
	return lot(d->setup->seed, 1, ++d->dice);
}

static int64_t between(struct draw *d, int64_t least, int64_t most)
{
	return least + (int64_t)(roll(d) % (uint64_t)(most - least + 1));
}

static bool chance(struct draw *d, int percent)
{
	return between(d, 0, 99) < percent;
}

/* ---- who is there ---- */

static void draw_site(struct draw *d, int i)
{
	static const int64_t intervals[][20] = {
		[DENSE] = { 20, 30, 30, 60, 60, 60, 60, 60, 60, 60,
			    120, 120, 120, 120, 180, 180, 300, 300, 600, 600 },
		[EASY] = { 60, 120, 120, 180, 180, 300, 300, 300, 300, 300,
			   300, 300, 600, 600, 600, 600, 600, 600, 600, 600 },
		[SLOW] = { 300, 300, 300, 300, 300, 300, 300, 300, 300, 300,
			   600, 600, 600, 600, 600, 600, 600, 600, 600, 600 },
	};
	struct setup *u = d->setup;
	struct site_setup *site = &u->sites[i];

	*site = (struct site_setup){
		.stack = (int)between(d, 0, u->stacks_n - 1),
		.interval = intervals[d->pace][between(d, 0, 19)] * SEC,
		.timeout = (chance(d, 80) ? 10 : 5) * SEC,
		.is_edge = chance(d, i == 0 ? 50 : 12),
		.family = chance(d, 85) ? 4 : 6,
		.slow = chance(d, 30) ? 2 * SEC : 0,
	};
	site->is_service = !site->is_edge && chance(d, 30);
	site->is_named = !site->is_edge && chance(d, 85);
}

static void draw_watchdog(struct draw *d, int i)
{
	static const int pulls[] = { [DENSE] = 60, [EASY] = 30, [SLOW] = 15 };
	struct watchdog_setup *w = &d->setup->watchdogs[i];
	int64_t route = between(d, 0, 9);

	/* Each beat of a minute costs more than the run of a site that is asked every ten. */
	if (d->pace == SLOW && chance(d, 75))
		route = 9;
	*w = (struct watchdog_setup){
		.is_there = chance(d, 85),
		.has_pull = chance(d, pulls[d->pace]),
		.period = MINUTE,
		.grace = 4 * MINUTE,
		.group_interval = MINUTE,
		.repeat_interval = (route < 5 ? 30 : 50) * SEC,
	};
	w->has_prometheus = w->has_pull && chance(d, 60);
	if (route == 8) { /* every 60 s, with duplicates */
		w->group_interval = 10 * SEC;
		w->repeat_interval = 55 * SEC;
	} else if (route == 9) {
		w->group_interval = 5 * MINUTE;
		w->repeat_interval = MINUTE;
		w->period = w->grace = 10 * MINUTE;
	}
}

static void draw_references(struct draw *d)
{
	struct setup *u = d->setup;
	bool has_6 = chance(d, 45);

	u->refs_n = chance(d, 8) ? 0 : (int)between(d, 1, REFS_MAX);
	if (chance(d, d->pace == DENSE ? 40 : 10))
		u->refs_n = 3;
	else if (d->pace == EASY && chance(d, 90))
		u->refs_n = 1;
	for (int i = 0; i < u->refs_n; i++)
		u->refs[i] = has_6 && chance(d, 40) ? 6 : 4;
}

static void draw_plan(struct draw *d)
{
	struct setup *u = d->setup;

	d->pace = chance(d, tempers[d->temper].dense) ? DENSE : d->temper == QUIET ? SLOW : EASY;
	u->wall = (WALL_FIRST + between(d, 0, 40000000)) * SEC;
	u->group_wait = (chance(d, 70) ? 60 : 30) * SEC;
	u->recipients = chance(d, 70) ? 1 : 2;
	u->relays = chance(d, 60) ? 1 : 2;
	u->stacks_n = chance(d, 70) ? 1 : 2;
	u->sites_n = (int)between(d, 1, chance(d, d->pace == DENSE ? 60 : 80) ? 4 : SITES_MAX);
	u->jobs_n = chance(d, 30) ? (int)between(d, 1, JOBS_MAX) : 0;
	for (int i = 0; i < u->sites_n; i++)
		draw_site(d, i);
	for (int i = 0; i < u->jobs_n; i++) {
		int64_t period = chance(d, 50) ? HOUR : 10 * MINUTE;

		u->jobs[i] = (struct job_setup){ .stack = (int)between(d, 0, u->stacks_n - 1),
						 .period = period,
						 .grace = period / between(d, 2, 6) };
	}
	for (int i = 0; i < u->stacks_n; i++)
		draw_watchdog(d, i);
	draw_references(d);
	u->has_listener = chance(d, d->pace == DENSE ? 50 : 20);
}

/* ---- what befalls them ---- */

static int which_of(struct draw *d, enum ordeal_kind kind)
{
	const struct setup *u = d->setup;
	int64_t n = 1;

	if (kind <= ORDEAL_LATENCY)
		n = u->sites_n;
	else if (kind <= ORDEAL_PUSH_PATH)
		n = u->stacks_n;
	else if (kind == ORDEAL_ALERTMANAGER)
		n = 2 * u->stacks_n;
	else if (kind == ORDEAL_JOB)
		n = u->jobs_n;
	else if (kind == ORDEAL_REFERENCE)
		n = u->refs_n;
	else if (kind == ORDEAL_RELAY)
		n = u->relays;
	else if (kind == ORDEAL_OWN_LINK)
		return chance(d, 60) ? 0 : chance(d, 60) ? 6 : 4;
	return n > 0 ? (int)between(d, 0, n - 1) : -1;
}

static enum ordeal_kind random_kind(struct draw *d)
{
	static const unsigned char weights[ORDEAL_KINDS] = {
		[ORDEAL_SERVICE] = 12,  [ORDEAL_ROUTE] = 3,	[ORDEAL_CERTIFICATE] = 2,
		[ORDEAL_LOSS] = 3,      [ORDEAL_LATENCY] = 3,	[ORDEAL_INGRESS] = 5,
		[ORDEAL_EDGE] = 6,      [ORDEAL_CLUSTER] = 8,	[ORDEAL_UPLINK] = 6,
		[ORDEAL_ZONE] = 3,      [ORDEAL_PROMETHEUS] = 5,	[ORDEAL_SILENCE] = 3,
		[ORDEAL_PULL_PATH] = 3, [ORDEAL_PUSH_PATH] = 4,	[ORDEAL_ALERTMANAGER] = 12,
		[ORDEAL_JOB] = 3,       [ORDEAL_REFERENCE] = 10,	[ORDEAL_LISTENER] = 3,
		[ORDEAL_RESOLVER] = 4,  [ORDEAL_OWN_LINK] = 9,	[ORDEAL_OWN_LOSS] = 2,
		[ORDEAL_RELAY] = 6,     [ORDEAL_DISK] = 3,	[ORDEAL_ABSENCE] = 10,
		[ORDEAL_SUSPEND] = 4,   [ORDEAL_RELOAD] = 6,	[ORDEAL_STEP] = 3,
	};
	unsigned sum = 0, at, i = 0;

	for (int k = 0; k < ORDEAL_KINDS; k++)
		sum += weights[k];
	at = (unsigned)between(d, 0, sum - 1);
	while (at >= weights[i])
		at -= weights[i++];
	return (enum ordeal_kind)i;
}

static int64_t random_span(struct draw *d)
{
	static const struct {
		int64_t least, most;
	} spans[] = {
		{ 1, 90 },    { 1, 30 },      { 60, 400 },     { 60, 400 },
		{ 200, 900 }, { 300, 1500 }, { 600, 6000 },  { 7000, 90000 },
	};
	int64_t i = between(d, 0, d->temper == ROUGH ? 4 : 7);

	return between(d, spans[i].least * SEC, spans[i].most * SEC);
}

/* We are away more briefly than things out there break, mostly. */
static int64_t span_of(struct draw *d, enum ordeal_kind kind)
{
	if (kind == ORDEAL_SUSPEND)
		return between(d, 31, chance(d, 70) ? 120 : 3600) * SEC;
	if (kind == ORDEAL_ABSENCE && chance(d, 60))
		return between(d, SEC / 10, 20 * SEC);
	if (kind == ORDEAL_OWN_LINK && chance(d, 40))
		return between(d, SEC, 100 * SEC);
	if (kind == ORDEAL_RELAY && chance(d, 10))
		return between(d, HOUR, 60 * HOUR);
	return kind >= ORDEAL_RELOAD ? 0 : random_span(d);
}

static int64_t random_step(struct draw *d)
{
	static const int64_t sizes[] = { 2 * SEC, HOUR, HOUR, DAY, 60 * DAY };
	/* No round numbers: else two things of one boot may have the same wall time. */
	int64_t size = sizes[between(d, 0, 4)] + between(d, 1, SEC - 1);

	return chance(d, 50) ? size : -size;
}

static bool is_out_of_place(const struct draw *d, enum ordeal_kind kind, int which)
{
	return which < 0 || (kind == ORDEAL_STEP && d->temper <= CALM);
}

static int64_t add_ordeal(struct draw *d, int64_t at)
{
	struct setup *u = d->setup;
	enum ordeal_kind kind = random_kind(d);
	struct ordeal f = { .kind = kind, .which = which_of(d, kind), .from = at };

	f.to = at + span_of(d, kind);
	f.variant = (unsigned)between(d, 0, 999);
	if (kind == ORDEAL_STEP)
		f.by = random_step(d);
	if (!is_out_of_place(d, kind, f.which))
		u->ordeals[u->ordeals_n++] = f;
	return f.to;
}

static void draw_ordeals(struct draw *d)
{
	struct setup *u = d->setup;
	int64_t pause = tempers[d->temper].pause;
	int64_t at = between(d, 30 * MINUTE, 2 * HOUR);

	while (at < u->until && u->ordeals_n + 1 < ORDEALS_MAX) {
		(void)add_ordeal(d, at);
		/* Half of them come soon after another one, so that they overlap. */
		at += chance(d, 50) ? between(d, 0, 10 * MINUTE) : between(d, 0, 4 * pause);
	}
}

static enum temper random_temper(struct draw *d)
{
	int dice = (int)between(d, 0, 99);
	enum temper temper = QUIET;

	while (dice >= tempers[temper].share)
		dice -= tempers[temper++].share;
	return temper;
}

void setup_draw(uint64_t seed, struct setup *ret)
{
	struct draw d = { .setup = ret };

	*ret = (struct setup){ .seed = seed };
	ret->temper = d.temper = random_temper(&d);
	ret->until = between(&d, tempers[d.temper].least, tempers[d.temper].most);
	draw_plan(&d);
	draw_ordeals(&d);
	quiet_draw(ret);
}
