/*
 * verdict.c - unknown, up, suspect, down, recovering: one step per observation.
 *
 * Owns the rule by which single measurements become a belief. Pure. It does
 * not know when the next run is due, nor what a failure means for the stack.
 */
#include "core/verdict.h"

#include <string.h>

static const char *const names[VERDICT_COUNT] = {
	[VERDICT_UNKNOWN] = "unknown",	   [VERDICT_UP] = "up",
	[VERDICT_SUSPECT] = "suspect",	   [VERDICT_DOWN] = "down",
	[VERDICT_RECOVERING] = "recovering", [VERDICT_PAUSED] = "paused",
};

/* The one place where a state is assigned. */
static bool verdict_enter(struct verdict *v, enum verdict_state state, struct now now)
{
	if (v->state == state)
		return false;
	v->state = state;
	v->since = now;
	if (state == VERDICT_UP) {
		v->streak = 0;
		v->failing_since = (struct now){ 0 };
	}
	return true;
}

static void streak_begin(struct verdict *v, struct now started)
{
	v->streak = 1;
	v->streak_began = started;
}

/* unknown, suspect: a further failure brings the fall nearer, if references vouch for it. */
static bool verdict_fall(struct verdict *v, const struct verdict_rule *rule, bool is_vouched,
			 struct now started, struct now now)
{
	if (v->streak == 0) {
		streak_begin(v, started);
		v->failing_since = started;
	} else if (v->streak + 1 < rule->fall || is_vouched) {
		v->streak++;
	}
	if (v->streak >= rule->fall && is_vouched)
		return verdict_enter(v, VERDICT_DOWN, now);
	return v->state == VERDICT_UP ? verdict_enter(v, VERDICT_SUSPECT, now) : false;
}

static bool verdict_pass(struct verdict *v, const struct verdict_rule *rule, struct now started,
			 struct now now)
{
	switch (v->state) {
	case VERDICT_UNKNOWN:
	case VERDICT_UP:
	case VERDICT_SUSPECT:
		v->streak = 0;
		v->failing_since = (struct now){ 0 };
		return verdict_enter(v, VERDICT_UP, now);
	case VERDICT_DOWN:
		streak_begin(v, started);
		if (rule->rise <= 1 && rule->settle == 0)
			return verdict_enter(v, VERDICT_UP, now);
		return verdict_enter(v, VERDICT_RECOVERING, now);
	case VERDICT_RECOVERING:
		if (v->streak == 0)
			streak_begin(v, started);
		else
			v->streak++;
		if (v->streak >= rule->rise &&
		    mono_span(v->streak_began.mono, started.mono) >= rule->settle)
			return verdict_enter(v, VERDICT_UP, now);
		return false;
	case VERDICT_PAUSED:
	case VERDICT_COUNT:
		return false;
	}
	return false;
}

static bool verdict_fail(struct verdict *v, const struct verdict_rule *rule, bool is_vouched,
			 struct now started, struct now now)
{
	switch (v->state) {
	case VERDICT_UP:
		v->streak = 0;
		return verdict_fall(v, rule, is_vouched, started, now);
	case VERDICT_UNKNOWN:
	case VERDICT_SUSPECT:
		return verdict_fall(v, rule, is_vouched, started, now);
	case VERDICT_RECOVERING:
		v->streak = 0;
		return verdict_enter(v, VERDICT_DOWN, now);
	case VERDICT_DOWN:
	case VERDICT_PAUSED:
	case VERDICT_COUNT:
		return false;
	}
	return false;
}

bool verdict_step(struct verdict *v, const struct verdict_rule *rule, enum signal signal,
		  bool is_vouched, struct now started, struct now now)
{
	switch (signal) {
	case SIGNAL_PASS:
		return verdict_pass(v, rule, started, now);
	case SIGNAL_FAIL:
		return verdict_fail(v, rule, is_vouched, started, now);
	case SIGNAL_INCONCLUSIVE:
		return false;
	}
	return false;
}

void verdict_unstep(struct verdict *v)
{
	v->streak--;
}

void verdict_recount(struct verdict *v)
{
	if (v->state == VERDICT_RECOVERING)
		v->streak = 0;
}

bool verdict_retract(struct verdict *v, struct now now)
{
	if (!verdict_is_open(v->state))
		return false;
	v->streak = 0;
	v->failing_since = (struct now){ 0 };
	return v->state == VERDICT_SUSPECT && verdict_enter(v, VERDICT_UP, now);
}

void verdict_forget(struct verdict *v, struct now now)
{
	*v = (struct verdict){ .state = VERDICT_UP };
	(void)verdict_enter(v, VERDICT_UNKNOWN, now);
}

bool verdict_is_failing(enum verdict_state state)
{
	return state == VERDICT_DOWN || state == VERDICT_RECOVERING;
}

bool verdict_is_open(enum verdict_state state)
{
	return state == VERDICT_SUSPECT || state == VERDICT_UNKNOWN;
}

const char *verdict_name(enum verdict_state state)
{
	return names[state];
}

bool verdict_parse(const char *name, enum verdict_state *ret)
{
	for (int i = 0; i < VERDICT_COUNT; i++) {
		if (strcmp(names[i], name) == 0) {
			*ret = (enum verdict_state)i;
			return true;
		}
	}
	return false;
}
