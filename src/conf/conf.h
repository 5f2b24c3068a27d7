/*
 * conf.h - configuration files in, one generation out, or every fault at once.
 */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include "shorewatch/plan.h"

struct arena;
struct diag;
struct buf;

/* One loaded configuration: the plan and the arena that holds it. Counted. */
struct generation {
	struct plan plan;
	struct arena *arena;
	unsigned references; /* loop thread only */
};

/* NULL: faulty, or `diag` says why. Warnings come with a generation, too. `diag` is of the caller's
 * arena. */
struct generation *conf_load(const char *path, struct diag *diag);
/* A generation from the text of one file, for quickstart's and demo's own: names in messages are
 * `path`. */
struct generation *conf_load_text(const char *text, const char *path, struct diag *diag);
struct generation *generation_hold(struct generation *generation);
void generation_drop(struct generation *generation);

/* What will be done, for `check -v`. No secrets. */
void conf_print_plan(const struct plan *plan, struct buf *to);
/* The reference of every option, for `options [KIND]`. False: no such kind. */
bool conf_print_options(const char *kind, struct buf *to);

#endif
