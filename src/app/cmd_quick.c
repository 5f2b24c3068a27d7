/*
 * cmd_quick.c - `quick`: the real daemon on a configuration made from URLs.
 */
#include <stdio.h>
#include <stdlib.h>

#include "app/cli.h"
#include "app/onlooker.h"
#include "app/quick_conf.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/log.h"

struct quick {
	bool is_once, is_published, is_judged;
};

static void state_home(struct buf *to)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (state && state[0] == '/')
		buf_printf(to, "%s/shorewatch", state);
	else
		buf_printf(to, "%s/.local/state/shorewatch",
			   home && home[0] == '/' ? home : "/var/lib/shorewatch");
}

static bool all_judged(const struct model *m, bool *ret_all_up)
{
	*ret_all_up = true;
	for (size_t i = 0; i < m->plan->targets_n; i++) {
		enum verdict_state state = m->targets[i].state;

		if (state == VERDICT_UNKNOWN || state == VERDICT_SUSPECT)
			return false;
		*ret_all_up &= state == VERDICT_UP;
	}
	return true;
}

/* --once: everything has its first verdict, and a report that was begun after that is written. */
static mono_t on_turn(void *ctx, struct daemon *daemon, const struct model *m, struct now now)
{
	struct quick *q = ctx;
	bool is_all_up;

	if (!q->is_once || !all_judged(m, &is_all_up))
		return MONO_NEVER;
	if (!q->is_judged) {
		q->is_judged = true;
		q->is_published = false;
	} else if (q->is_published) {
		daemon_stop(daemon, is_all_up ? EXIT_GOOD : EXIT_BAD_NEWS);
	}
	return mono_add(now.mono, 200 * USEC_PER_MS);
}

static void on_event(void *ctx, enum daemon_event event, const char *line, struct now now)
{
	struct quick *q = ctx;

	q->is_published |= event == DAEMON_PUBLISHED;
	onlooker_event(NULL, event, line, now);
}

static int watch(const struct arguments *a, struct generation *generation,
		 const struct quick_place *place)
{
	struct quick quick = { .is_once = a->is_once };
	struct daemon_setup setup = {
		.generation = generation,
		.is_text = true,
		.ctx = &quick,
		.on_event = on_event,
		.on_turn = on_turn,
	};

	(void)printf("Watching %d URL%s every minute.\n  page   http://%s/\n  mails  "
		     "%s/outbox/*.eml (no relay is configured)\n"
		     "  end    Ctrl-C\nTo have them mailed and to watch a cluster's Watchdog, "
		     "write a configuration: see README.md.\n\n",
		     a->words_n, a->words_n == 1 ? "" : "s", place->listen, place->state_dir);
	(void)fflush(stdout);
	if (!a->is_verbose)
		log_setup(LOG_LEVEL_WARNING, false);
	return daemon_run(&setup);
}

/* The configuration is ours: its lines and keys say nothing to whoever gave a URL. */
static void print_fault(const struct arguments *a, const struct diag_entry *e)
{
	int i = (int)e->line - QUICK_FIRST_LINE;

	if (e->level != DIAG_FAULT)
		return;
	if (i >= 0 && i < a->words_n)
		(void)fprintf(stderr, "shorewatch quick: \"%s\": %s\n", a->words[i], e->text);
	else
		(void)fprintf(stderr, "shorewatch quick: %s\n", e->text);
}

static struct generation *load(const struct arguments *a, const struct quick_place *place)
{
	struct buf text = BUF_INIT(1u << 18);
	struct arena *arena = arena_new();
	struct generation *generation = NULL;
	char what[QUICK_WHAT_MAX];
	struct diag diag;

	diag_init(&diag, arena);
	if (quick_conf((const char *const *)a->words, a->words_n, place, &text, what))
		generation = conf_load_text(buf_text(&text), "command line", &diag);
	else
		(void)fprintf(stderr, "shorewatch quick: %s\n", what);
	for (const struct diag_entry *e = diag.first; e; e = e->next)
		print_fault(a, e);
	buf_done(&text);
	arena_free(arena);
	return generation;
}

int command_quick(const struct arguments *a)
{
	struct buf state_dir = BUF_INIT(4096);
	struct quick_place place;
	struct generation *generation;
	char listen[64];
	int status = EXIT_USAGE;

	state_home(&state_dir);
	buf_putc(&state_dir, '/');
	quick_conf_folder((const char *const *)a->words, a->words_n, &state_dir);
	(void)snprintf(listen, sizeof listen, "127.0.0.1:%u", onlooker_port(8080));
	place = (struct quick_place){ buf_text(&state_dir), listen };
	generation = load(a, &place);
	if (generation)
		status = watch(a, generation, &place);
	buf_done(&state_dir);
	return status;
}
