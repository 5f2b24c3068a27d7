/*
 * deadman.c - what a silence means, by its length and by what preceded it.
 *
 * Owns one dead-man's clock (watchdog.md 9). Pure. All limits derive from
 * period and grace (DECISIONS 2):
 *   late      2 x period without a beat
 *   silent    period + grace; with no beat ever, start_grace
 *   resolved  max(90 s, 1.5 x period) after a "resolved" without a firing since:
 *             covers the stale firing that a replica sends 11 s after it, and a
 *             label change where old labels resolve while new ones fire. The
 *             90 s are the resend period of Prometheus; where the grace is short,
 *             in a drill, they give way to half of it: at period + grace the
 *             silence speaks, and it must not come first.
 *   return    two beats at least half a period apart, so that one stale firing
 *             cannot end an outage
 */
#include "core/deadman.h"

#include <stdlib.h>
#include <string.h>

#define DUPLICATE_SPAN (20 * USEC_PER_SEC) /* replicas race within 15 s, seen up to 0.2 s */
#define RESOLVED_LEAST (90 * USEC_PER_SEC)
#define EXPECT_MOST   (75 * USEC_PER_SEC)
#define CADENCE_LEAST 3
#define CADENCE_SLACK (10 * USEC_PER_SEC)

static const char *const names[DEADMAN_COUNT] = {
	[DEADMAN_NEW] = "new",	     [DEADMAN_UP] = "up",
	[DEADMAN_LATE] = "late",     [DEADMAN_SILENT] = "silent",
	[DEADMAN_RESOLVED] = "resolved", [DEADMAN_RETURNING] = "returning",
};

static usec_t least(usec_t a, usec_t b)
{
	return a < b ? a : b;
}

static usec_t resolved_hold(const struct deadman_rule *rule)
{
	usec_t hold = rule->period + rule->period / 2;
	usec_t least_hold = least(RESOLVED_LEAST, rule->grace / 2);

	return least(hold > least_hold ? hold : least_hold, rule->period + rule->grace);
}

static usec_t silent_after(const struct deadman *d, const struct deadman_rule *rule)
{
	return d->state == DEADMAN_NEW ? rule->start_grace : rule->period + rule->grace;
}

static usec_t late_after(const struct deadman_rule *rule)
{
	return least(2 * rule->period, rule->period + rule->grace);
}

/* The one place where a state is assigned. */
static bool deadman_enter(struct deadman *d, enum deadman_state state, struct now now)
{
	if (d->state == state)
		return false;
	d->state = state;
	d->since = now;
	return true;
}

void deadman_init(struct deadman *d, struct now now)
{
	*d = (struct deadman){
		.state = DEADMAN_NEW,
		.since = now,
		.began = now.mono,
		.resolved = MONO_NEVER,
		.return_began = MONO_NEVER,
	};
}

static int compare_spans(const void *a, const void *b)
{
	usec_t x = *(const usec_t *)a, y = *(const usec_t *)b;

	return (x > y) - (x < y);
}

static void count_cadence(struct deadman *d)
{
	usec_t sorted[sizeof d->gaps / sizeof d->gaps[0]];

	/* What is known from a life before stands until this one knows better. */
	if (d->gaps_n < CADENCE_LEAST)
		return;
	memcpy(sorted, d->gaps, sizeof sorted);
	qsort(sorted, d->gaps_n, sizeof sorted[0], compare_spans);
	d->cadence = sorted[d->gaps_n / 2];
}

static void remember_gap(struct deadman *d, usec_t gap)
{
	size_t most = sizeof d->gaps / sizeof d->gaps[0];

	if (d->gaps_n == most)
		memmove(d->gaps, d->gaps + 1, (most - 1) * sizeof d->gaps[0]);
	else
		d->gaps_n++;
	d->gaps[d->gaps_n - 1] = gap;
	count_cadence(d);
}

/* A second POST for the same tick: counted, and no news for cadence or return. */
static bool is_duplicate(const struct deadman *d, const struct deadman_rule *rule, struct now now)
{
	return wall_is_set(d->last.wall) &&
	       mono_span(d->last.mono, now.mono) < least(DUPLICATE_SPAN, rule->period / 3);
}

static bool deadman_return(struct deadman *d, const struct deadman_rule *rule, struct now now)
{
	if (d->state != DEADMAN_RETURNING) {
		d->return_began = now.mono;
		return deadman_enter(d, DEADMAN_RETURNING, now);
	}
	if (mono_span(d->return_began, now.mono) < rule->period / 2)
		return false;
	d->return_began = MONO_NEVER;
	return deadman_enter(d, DEADMAN_UP, now);
}

static bool deadman_fire(struct deadman *d, const struct deadman_rule *rule, struct now now)
{
	d->beats++;
	d->resolved = MONO_NEVER;
	if (is_duplicate(d, rule, now))
		d->duplicates++;
	else if (wall_is_set(d->last.wall))
		remember_gap(d, mono_span(d->last.mono, now.mono));
	d->last = now;
	d->began = now.mono;
	if (deadman_is_dead(d))
		return deadman_return(d, rule, now);
	return deadman_enter(d, DEADMAN_UP, now);
}

bool deadman_beat(struct deadman *d, const struct deadman_rule *rule, enum beat beat,
		  struct now now)
{
	if (beat == BEAT_FIRING)
		return deadman_fire(d, rule, now);
	if (d->resolved.us == INT64_MAX && wall_is_set(d->last.wall))
		d->resolved = now.mono;
	return false;
}

static bool deadman_die(struct deadman *d, enum deadman_state how, struct now now)
{
	if (!deadman_is_dead(d))
		d->dead_since = wall_is_set(d->last.wall) ? d->last.wall : d->since.wall;
	d->return_began = MONO_NEVER;
	d->was_resolved = how == DEADMAN_RESOLVED;
	return deadman_enter(d, how, now);
}

bool deadman_advance(struct deadman *d, const struct deadman_rule *rule, struct now now)
{
	usec_t silence = mono_span(d->began, now.mono);

	if (d->state == DEADMAN_SILENT || d->state == DEADMAN_RESOLVED)
		return false;
	if (rule->resolved_is_down && d->resolved.us != INT64_MAX &&
	    mono_span(d->resolved, now.mono) >= resolved_hold(rule))
		return deadman_die(d, DEADMAN_RESOLVED, now);
	if (silence >= silent_after(d, rule))
		return deadman_die(d, DEADMAN_SILENT, now);
	if (d->state == DEADMAN_UP && silence >= late_after(rule))
		return deadman_enter(d, DEADMAN_LATE, now);
	/* What made it late has been excused since: our own link was gone. */
	if (d->state == DEADMAN_LATE && silence < late_after(rule))
		return deadman_enter(d, DEADMAN_UP, now);
	return false;
}

mono_t deadman_wake(const struct deadman *d, const struct deadman_rule *rule)
{
	mono_t wake;

	if (d->state == DEADMAN_SILENT || d->state == DEADMAN_RESOLVED)
		return MONO_NEVER;
	wake = mono_add(d->began,
			d->state == DEADMAN_UP ? late_after(rule) : silent_after(d, rule));
	if (rule->resolved_is_down && d->resolved.us != INT64_MAX)
		wake = mono_min(wake, mono_add(d->resolved, resolved_hold(rule)));
	return wake;
}

usec_t deadman_patience(const struct deadman *d, const struct deadman_rule *rule)
{
	usec_t late = late_after(rule);

	return d->cadence > 0 ? least(late, 2 * d->cadence + CADENCE_SLACK) : late;
}

/* A beat that came in that very span has ended the silence already: none begins in the future. */
void deadman_excuse(struct deadman *d, usec_t span, mono_t now)
{
	d->began = mono_min(mono_add(d->began, span), now);
	if (d->resolved.us != INT64_MAX)
		d->resolved = mono_min(mono_add(d->resolved, span), now);
	if (d->return_began.us != INT64_MAX)
		d->return_began = mono_min(mono_add(d->return_began, span), now);
}

void deadman_expect(struct deadman *d, const struct deadman_rule *rule, struct now now)
{
	usec_t wait = least(rule->period + rule->period / 4, EXPECT_MOST);
	mono_t began = { now.mono.us + wait - silent_after(d, rule) };
	mono_t resolved = { now.mono.us + wait - resolved_hold(rule) };

	if (deadman_is_dead(d) || !wall_is_set(d->last.wall))
		return;
	if (d->began.us < began.us)
		d->began = mono_min(began, now.mono);
	if (d->resolved.us < resolved.us)
		d->resolved = mono_min(resolved, now.mono);
}

void deadman_trust(struct deadman *d, struct now now)
{
	d->began = now.mono;
	d->resolved = d->return_began = MONO_NEVER;
	(void)deadman_enter(d, DEADMAN_UP, now);
}

bool deadman_is_dead(const struct deadman *d)
{
	return d->state == DEADMAN_SILENT || d->state == DEADMAN_RESOLVED ||
	       d->state == DEADMAN_RETURNING;
}

/*
 * Half as much again: two replicas that take turns come every 75 s where one
 * comes every 60 s, and are fine; the usual slips make it twice as long or ten
 * times (watchdog.md 2).
 */
bool deadman_is_slow(usec_t cadence, usec_t period)
{
	return cadence > period + period / 2;
}

const char *deadman_name(enum deadman_state state)
{
	return names[state];
}

bool deadman_parse(const char *name, enum deadman_state *ret)
{
	for (int i = 0; i < DEADMAN_COUNT; i++) {
		if (strcmp(names[i], name) == 0) {
			*ret = (enum deadman_state)i;
			return true;
		}
	}
	return false;
}
