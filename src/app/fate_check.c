/*
 * fate_check.c - see fate_check.h.
 */
#include "app/fate_check.h"

#include <stdio.h>

#include "app/cli.h"
#include "app/fate.h"
#include "app/fate_gather.h"
#include "app/fate_look.h"
#include "base/arena.h"
#include "base/buf.h"

#define PATIENCE (5 * USEC_PER_SEC)
#define LINE_MAX (64u << 10)

static void on_finding(void *ctx, const struct fate_finding *finding)
{
	const struct fate_thing *ours = finding->ours;
	struct buf line = BUF_INIT(LINE_MAX);

	(void)ctx;
	fate_say(finding, &line);
	cli_warn(ours->file, ours->line, buf_text(&line));
	buf_done(&line);
}

static void tell_missing(const struct fate_look *look)
{
	struct buf names = BUF_INIT(LINE_MAX);

	fate_look_missing(look, &names);
	if (!fate_look_has_answers(look))
		(void)fputs("not looked at: everything that lives by name, since no resolver "
			    "answers; whether it shares its fate with a target is not known "
			    "(--offline skips this)\n",
			    stderr);
	else if (names.n > 0)
		(void)fprintf(stderr,
			      "not looked at: %s; whether they share their fate with a target is "
			      "not known\n",
			      buf_text(&names));
	buf_done(&names);
}

void fate_check(const struct generation *generation)
{
	struct arena *arena = arena_new();
	struct fate_look *look = fate_look_new(arena);
	struct fate fate = fate_gather(generation, look, arena);
	const char *why = "";

	if (fate_look_run(look, generation->plan.resolvers, PATIENCE, &why)) {
		fate_find(&fate, on_finding, NULL);
		tell_missing(look);
	} else {
		(void)fprintf(stderr, "not looked at: who lives with a target: %s\n", why);
	}
	arena_free(arena);
}
