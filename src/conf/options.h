/*
 * options.h - a group of the configuration, read as its option rows say.
 *
 * The same rows make validation, messages and the reference. A section is our
 * own group (listen, mail, a target's common keys); a probe kind brings rows
 * of its own.
 */
#ifndef CONF_OPTIONS_H
#define CONF_OPTIONS_H

#include <stdbool.h>

#include "shorewatch/option.h"

struct loader;
struct probe_kind;
struct setting;

/* A key that holds groups or a list, read by its own section. */
struct section_part {
	const char *name, *help;
};

struct section {
	const char *name;		  /* in messages and for `shorewatch options NAME` */
	const char *place;		  /* how it is written */
	const char *summary;		  /* one line */
	const struct option *options;	  /* ends with a row without a name */
	const struct section_part *parts; /* ends with one without a name; NULL: none */
};

/* Fill in what the rows give as fallback. Fields without one stay as they are. */
void options_default(struct loader *l, const struct option *rows, void *params);
/* Read the members of `group` that the rows know; tell wrong ones and missing required ones. */
void options_values(struct loader *l, const char *section, const struct option *rows,
		    const struct setting *group, void *params);
/* Default, values, and unknown keys. `group` may be NULL: all defaults. */
void options_read(struct loader *l, const struct section *section, const struct setting *group,
		  void *params);
/* Tell that `key` is not known; `words` (NULL-terminated) are those that would be. */
void options_unknown(struct loader *l, const char *section, const struct setting *key,
		     const char *const *words);
/* Tell each member of a kind's group that its rows do not know. */
void options_unknown_rows(struct loader *l, const char *kind, const struct option *rows,
			  const struct setting *group);
/* Tell what a kind's check() has found in its group. */
void options_check_fault(struct loader *l, const char *kind, const struct setting *group,
			 const struct option_fault *fault);
const struct option *options_find(const struct option *rows, const char *name);
/* The kind's own check. What it allocates is given back with the generation, whatever it says. */
bool options_check(struct loader *l, const struct probe_kind *kind, void *params,
		   struct option_fault *fault);
/* True: a group. Else it is told, with the form that is meant. */
bool options_is_group(struct loader *l, const struct setting *at, const char *form);

#endif
