/*
 * cli_load.c - what several commands need: the configuration, as far as each
 * may read it, and how a terminal is to be treated.
 */
#include <stdlib.h>
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

/* An editor that is not finished must not keep anybody from seeing what is down. */
static struct generation *load_good(const char *path, struct conf_need need)
{
	struct arena *arena = arena_new();
	struct generation *generation;
	struct diag diag;

	diag_init(&diag, arena);
	generation = conf_load_good_for(path, need, &diag);
	arena_free(arena);
	return generation;
}

struct generation *cli_load_plain(const char *path)
{
	const struct conf_need need = { .secrets = CONF_SECRETS_NONE };
	struct generation *generation = cli_load(path, need);

	if (generation)
		return generation;
	generation = load_good(path, need);
	if (generation)
		(void)fprintf(stderr, "%s: faulty; going by the last good copy of it\n", path);
	return generation;
}

struct generation *cli_load_quietly(const char *path)
{
	const struct conf_need need = { .secrets = CONF_SECRETS_NONE };
	struct arena *arena = arena_new();
	struct generation *generation;
	struct diag diag;

	diag_init(&diag, arena);
	generation = conf_load_for(path, need, &diag);
	arena_free(arena);
	return generation ? generation : load_good(path, need);
}

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
