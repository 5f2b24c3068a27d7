/*
 * conf.h - configuration files in, one generation out, or every fault at once.
 */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include "shorewatch/plan.h"

struct arena;
struct buf;
struct diag;
struct files;

/* Where something of a plan was written. */
struct conf_place {
	const char *file; /* NULL: nowhere, it is built in or there is none */
	unsigned line;
};

/* Of what tells its place to nobody else. Lists are in the order of the plan's. */
struct conf_places {
	const struct conf_place *relays, *recipients, *resolvers;
	struct conf_place public_url, page_url, heartbeat_url;
};

/* One loaded configuration: the plan and the arena that holds it. Counted. */
struct generation {
	struct plan plan;
	struct conf_places places;
	struct arena *arena;
	unsigned references;	   /* loop thread only */
	bool is_last_good;	   /* made of the kept copy, not of the files themselves */
	wall_t kept;		   /* when that copy was written; only if is_last_good */
	struct files *files;	   /* what was read, until conf_keep_good(); NULL: a text */
};

/* Which secrets are fetched. Where one is not, a text that opens nothing stands in the plan. */
enum conf_secrets {
	CONF_SECRETS_ALL,     /* run, and every reload */
	CONF_SECRETS_SERVICE, /* all; root judges for the user of the service: check, test-mail */
	/*
	 * those that are there; a missing one is a warning, and opens nothing: the last good copy
	 */
	CONF_SECRETS_FOUND,
	CONF_SECRETS_TARGET,  /* only those of the target or witness `target`: probe NAME */
	CONF_SECRETS_NONE,    /* status, incidents, mails, render, snippets, demo's own */
};

struct conf_need {
	enum conf_secrets secrets;
	const char *target; /* CONF_SECRETS_TARGET */
	const char *user;   /* that the service runs as; NULL: "shorewatch" */
	wall_t now;	    /* unset: windows that are over are not told */
};

/* NULL: faulty, and `diag` says why. Warnings come with a generation, too. Both stand in it in the
 * order of files and lines. `diag` is of the caller's arena. conf_load() needs all secrets. */
struct generation *conf_load(const char *path, struct diag *diag);
struct generation *conf_load_for(const char *path, struct conf_need need, struct diag *diag);
/* A generation from the text of one file, for quickstart's and demo's own: names in messages are
 * `path`. */
struct generation *conf_load_text(const char *text, const char *path, struct diag *diag);
struct generation *generation_hold(struct generation *generation);
void generation_drop(struct generation *generation);

/*
 * The last good copy (DECISIONS 4): all files of a configuration in the one
 * file state_dir/last-good/configuration, mode 0600, without any secret.
 *
 * Written at once or not at all, and only when it is not what is kept already
 * (`ret_is_new`, may be NULL). Blocks on the disk: for the worker, or at the
 * start. 0 or -errno; -ENODATA for a generation of a text, or kept before.
 */
int conf_keep_good(struct generation *generation, bool *ret_is_new);
/*
 * The generation that was kept of the configuration `path`, with the
 * secrets that are there (CONF_SECRETS_FOUND).
 * It is looked for where the faulty main file seems to put its state_dir, then in
 * $STATE_DIRECTORY and in the built-in place. Files are called in messages as
 * they were, plan.file is `path`. NULL: there is none, or `diag` says what is
 * wrong with it.
 */
struct generation *conf_load_good(const char *path, struct diag *diag);
/* The same for commands, which need fewer secrets. */
struct generation *conf_load_good_for(const char *path, struct conf_need need, struct diag *diag);
/* The one that lies in this state directory, whatever main file it is of. */
struct generation *conf_load_good_in(const char *state_dir, struct conf_need need,
				     struct diag *diag);

/* What two plans do not have in common, one by one. */
struct plan_difference {
	enum plan_change { PLAN_ADDED, PLAN_REMOVED, PLAN_CHANGED } change;
	const char *what; /* "target", "stack", "watchdog", "window", "channel", or a key such as "page.title" */
	const char *name; /* of the target, stack, watchdog or window; else "" */
	const char *key;  /* what differs first in a changed one of these; else "" */
	bool is_fixed; /* takes effect with the next start only: state_dir, listen.address, page.dir
			*/
};

typedef void plan_on_difference(void *ctx, const struct plan_difference *difference);
/* Pure. The texts live as long as both plans. Values are never told: they may be secrets. */
void plan_differ(const struct plan *before, const struct plan *after, plan_on_difference *on_each,
		 void *ctx);
/* "added", "removed", "changed". */
const char *plan_change_name(enum plan_change change);

/* What will be done, for `check -v`. No secrets. */
void conf_print_plan(const struct plan *plan, struct buf *to);
/* The reference of every option, for `options [KIND]`. False: no such kind. */
bool conf_print_options(const char *kind, struct buf *to);
/* The section or kind that `kind` may have been meant to be. NULL: none is near. */
const char *conf_options_nearest(const char *kind);
/* The same reference as the text of a manual page's section, in man(7). */
void conf_print_manual(struct buf *to);

#endif
