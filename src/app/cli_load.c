/*
 * cli_load.c - what several commands need: the configuration, as far as each
 * may read it and from where, and how a terminal is to be treated.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/cli.h"
#include "base/arena.h"
#include "base/diag.h"

static void print_place(const char *file, unsigned line)
{
	if (file && line)
		(void)fprintf(stderr, "%s:%u: ", file, line);
	else if (file)
		(void)fprintf(stderr, "%s: ", file);
}

void cli_warn(const char *file, unsigned line, const char *text)
{
	print_place(file, line);
	(void)fprintf(stderr, "warning: %s\n", text);
}

static void print_diag(const struct diag *diag, bool with_warnings)
{
	for (const struct diag_entry *e = diag->first; e; e = e->next) {
		if (e->level == DIAG_FAULT) {
			print_place(e->file, e->line);
			(void)fprintf(stderr, "%s\n", e->text);
		} else if (with_warnings) {
			cli_warn(e->file, e->line, e->text);
		}
	}
	if (diag->faults > 1)
		(void)fprintf(stderr, "%zu faults\n", diag->faults);
}

static struct generation *load(const char *path, struct conf_need need, bool with_warnings)
{
	struct arena *arena = arena_new();
	struct generation *generation;
	struct diag diag;

	diag_init(&diag, arena);
	generation = conf_load_for(path, need, &diag);
	print_diag(&diag, with_warnings);
	arena_free(arena);
	return generation;
}

struct generation *cli_load(const char *path, struct conf_need need)
{
	return load(path, need, false);
}

struct generation *cli_load_with_warnings(const char *path, struct conf_need need)
{
	return load(path, need, true);
}

/* ---- the last good copy ---- */

#define PLAIN ((struct conf_need){ .secrets = CONF_SECRETS_NONE })

/* One line: the first fault, how many more, and what is gone by instead. */
static void print_first(const struct diag *diag)
{
	const struct diag_entry *e = diag->first;

	while (e && e->level != DIAG_FAULT)
		e = e->next;
	if (!e)
		return;
	print_place(e->file, e->line);
	(void)fprintf(stderr, "%s (", e->text);
	if (diag->faults > 1)
		(void)fprintf(stderr, "and %zu more fault%s; ", diag->faults - 1,
			      diag->faults == 2 ? "" : "s");
	(void)fputs("going by the last good copy)\n", stderr);
}

/* What of it can still be asked is behind an option. */
static void print_way_out(const struct arguments *a)
{
	if (strchr(a->command->options, 's'))
		(void)fprintf(stderr,
			      "shorewatch %s: no last good copy of %s is found; say where the "
			      "daemon keeps its state: shorewatch %s --state-dir DIR\n",
			      a->command->name, a->config, a->command->name);
}

/* An editor that is not finished must not keep anybody from seeing what is down. */
static struct generation *load_as_written(const struct arguments *a, bool is_quiet)
{
	struct arena *arena = arena_new();
	struct generation *generation;
	struct diag diag, diag_good;

	diag_init(&diag, arena);
	diag_init(&diag_good, arena);
	generation = conf_load_for(a->config, PLAIN, &diag);
	if (!generation) {
		generation = conf_load_good_for(a->config, PLAIN, &diag_good);
		if (generation && !is_quiet)
			print_first(&diag);
		if (!generation) {
			print_diag(&diag, false);
			print_way_out(a);
		}
	}
	arena_free(arena);
	return generation;
}

static struct generation *load_from_state(const struct arguments *a)
{
	struct arena *arena = arena_new();
	struct generation *generation;
	struct diag diag;

	diag_init(&diag, arena);
	generation = conf_load_good_in(a->state_dir, PLAIN, &diag);
	print_diag(&diag, false);
	if (!generation)
		(void)fprintf(stderr,
			      "shorewatch %s: there is no configuration to be read in "
			      "%s/last-good; is that where a shorewatch keeps its state, and are "
			      "you root or its user?\n",
			      a->command->name, a->state_dir);
	arena_free(arena);
	return generation;
}

struct generation *cli_load_plain(const struct arguments *a)
{
	return a->state_dir ? load_from_state(a) : load_as_written(a, false);
}

struct generation *cli_load_quietly(const struct arguments *a)
{
	return a->state_dir ? load_from_state(a) : load_as_written(a, true);
}

/* ---- the terminal ---- */

void cli_set_zone(const struct plan *plan)
{
	if (!plan->timezone)
		return;
	(void)setenv("TZ", plan->timezone, 1);
	tzset();
}

bool cli_is_terminal(FILE *stream)
{
	return getenv("NO_COLOR") == NULL && isatty(fileno(stream)) == 1;
}
