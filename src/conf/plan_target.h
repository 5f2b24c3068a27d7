/*
 * plan_target.h - a target's own keys as they were read, before they are settled.
 */
#ifndef CONF_PLAN_TARGET_H
#define CONF_PLAN_TARGET_H

#include <stdbool.h>

#include "shorewatch/option.h"
#include "shorewatch/plan.h"

struct loader;
struct setting;

struct target_params {
	const char *name, *title, *link;
	const char *stack, *group, *runbook;
	int layer, family;
	usec_t interval, timeout, connect_timeout, settle, slow;
	int64_t fall, rise;
	struct strings retest, try_next, allow, depends_on;
	bool is_hidden;
};

/* Where a target's settings stand. */
struct target_places {
	const struct setting *target;	/* NULL while the defaults are judged by themselves */
	const struct setting *defaults; /* NULL: none */
};

/* The times of `t` from `p`: scaled where nobody said otherwise, told where they contradict. */
void timing_settle(struct loader *l, const struct target_places *places,
		   const struct target_params *p, struct target_plan *t);

#endif
