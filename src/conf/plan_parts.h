/*
 * plan_parts.h - the parts of a plan and who reads them, between plan_*.c.
 */
#ifndef CONF_PLAN_PARTS_H
#define CONF_PLAN_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/options.h"
#include "shorewatch/plan.h"

struct loader;
struct setting;

/* Groups that stand in lists of the same name, over all files. */
struct elements {
	const struct setting **v;
	size_t n;
};

/* Names that targets may not have: those of the targets that are made by us. */
#define REFERENCE_PREFIX "reference-"
#define WITNESS_PREFIX	 "witness-"

struct builder {
	struct loader *l;
	struct plan *plan;
	const struct setting *const *roots; /* the main file, then those of targets_dir */
	size_t roots_n;
	struct stack_plan *stacks; /* plan->stacks, with room for the implicit one */
	/* where the first of plan->targets stand: both halves of a pair at the same place */
	struct elements targets;
	const struct strings *depends_on; /* their keys of this name */
	struct elements windows;   /* where plan->windows stand */
	struct elements watchdogs; /* where plan->watchdogs stand */
	struct elements pings;	   /* where the last of plan->targets stand */
	struct elements channels;  /* where the last of plan->channels stand */
};

/* Everything from the roots into b->plan; faults and warnings into the loader's diag. */
void plan_read(struct builder *b);

/* All elements of the lists called `name`; what is no group is told and left out. */
struct elements elements_gather(struct builder *b, const char *name, const char *form);
/* Tell names that are badly written, and those that stand twice. `what`: "target". */
void elements_check_names(struct builder *b, const struct elements *e, const char *what);
/* The element's name, or "" when it has none that is a text. */
const char *element_name(const struct setting *at);
/* Tell a name that is kept for the targets that are made by us. `what`: "target". */
void check_reserved_name(struct builder *b, const struct setting *at, const char *what);
/* Tell when `text` (NULL is fine) is not one line for people, or not a web URL. */
void check_line(struct loader *l, const struct setting *group, const char *option,
		const char *text);
void check_web_url(struct loader *l, const struct setting *group, const char *option,
		   const char *url);

/* Tell when no directory can be at `path`. */
void plan_state_check(struct builder *b, const struct setting *at, const char *path);
void plan_stacks_read(struct builder *b);
/* The index of the stack `name`; NULL: the implicit one, made when it is first needed. */
uint32_t plan_stack_index(struct builder *b, const char *name, const struct setting *at);
void plan_targets_read(struct builder *b);
/* After targets, before pings: those with family = "both" become two, side by side. */
void plan_families_split(struct builder *b);
/* After listen and targets: they get their places behind these. */
void plan_pings_read(struct builder *b);
/* After watchdogs: tell tokens that would open more than one thing. */
void plan_pings_check(struct builder *b);
/* The networks of `allow`, where `list` stands. */
void plan_allow_read(struct loader *l, struct strings allow, const struct setting *list,
		     struct target_plan *t);
/* After targets and pings: they get their places behind them. `list`: where they stand, or NULL. */
void plan_references_read(struct builder *b, struct strings addresses, const struct setting *list);
void plan_listen_read(struct builder *b);
/* "en", "ja" by enum language; then NULL. */
extern const char *const plan_languages[];
void plan_page_read(struct builder *b);
/* After listen and targets. */
void plan_watchdogs_read(struct builder *b);
/*
 * After watchdogs and references: they get their places behind these. All targets move a last time:
 * into the generation; until then they were in the scratch arena.
 */
void plan_witnesses_read(struct builder *b);
/* After page. */
void plan_mail_read(struct builder *b);
/* After mail: they get their places behind its addresses. */
void plan_channels_read(struct builder *b);
void plan_channels_advise(struct builder *b);
/* After targets and pings, and before witnesses: while targets may still be changed. */
void plan_depends_read(struct builder *b);
/* After everything that a scope may name. */
void plan_windows_read(struct builder *b);
void plan_windows_advise(struct builder *b);
/* After mail. */
void plan_canary_read(struct builder *b);
/* What is allowed, and yet likely not meant. Only for a plan without faults. */
void plan_advise(struct builder *b);

extern const struct section section_main, section_defaults, section_target, section_stack,
	section_watchdog, section_pull, section_ping, section_window, section_listen, section_page, section_mail,
	section_recipient, section_relay, section_channel, section_canary, section_retention;

#endif
