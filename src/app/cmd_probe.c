/*
 * cmd_probe.c - `probe`: one run now, shown with its phases.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "app/cli.h"
#include "app/quick_conf.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/calendar.h"
#include "base/diag.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "base/text.h"
#include "io/loop.h"
#include "io/runs.h"

#define BAR_COLUMNS 40

struct probing {
	struct io *io;
	struct observation seen;
	bool is_done;
};

static void on_observation(void *ctx, const struct observation *observation)
{
	struct probing *p = ctx;

	p->seen = *observation;
	p->is_done = true;
	io_loop_stop(p->io);
}

/* The loop has nothing to do but this run, which has a deadline of its own. */
static int probe_once(const struct plan *plan, const struct target_plan *target, struct observation *ret)
{
	struct io_setup setup = { .resolvers = plan->resolvers };
	struct probing p = { 0 };
	struct io_loop_hooks hooks = { .ctx = &p };
	const char *why = NULL;
	struct runs *runs;

	p.io = io_new(&setup, &why);
	if (!p.io) {
		(void)fprintf(stderr, "shorewatch probe: %s\n", why);
		return -1;
	}
	runs = runs_new(p.io, 1, on_observation, &p);
	if (runs) {
		runs_start(runs, 0, target);
		(void)io_loop_run(p.io, &hooks);
		runs_free(runs);
	}
	io_free(p.io);
	*ret = p.seen;
	return p.is_done ? 0 : -1;
}

static void print_phases(const struct observation *o)
{
	for (int i = 0; i < PHASE_COUNT; i++) {
		usec_t us = o->phase_us[i];
		int width;

		if (us == PHASE_NOT_REACHED || (us == 0 && i != (int)o->outcome.phase))
			continue;
		width = o->total_us > 0 ? (int)(us * BAR_COLUMNS / o->total_us) : 0;
		(void)printf("  %-8s %9.1f ms  ", phase_name((enum phase)i), (double)us / 1000.0);
		for (int k = 0; k < (width > 0 ? width : 1); k++)
			(void)fputs(width > 0 ? "█" : "▏", stdout);
		(void)putchar('\n');
	}
}

static void print_cert(const struct observation *o)
{
	struct buf text = BUF_INIT(200);
	usec_t left = wall_span(o->started.wall, o->cert_not_after);

	if (!wall_is_set(o->cert_not_after))
		return;
	calendar_print_iso(&text, o->cert_not_after);
	(void)printf("  certificate ends %s (%lld days)\n", buf_text(&text), (long long)(left / USEC_PER_DAY));
	buf_done(&text);
}

static void print_text(const struct target_plan *t, const struct observation *o)
{
	const char *endpoint = t->kind->endpoint(t->params);
	bool is_good = o->outcome.cause == CAUSE_PASS, has_colour = cli_is_terminal(stdout);
	char address[ADDRESS_TEXT_MAX];
	struct buf note = BUF_INIT(1024);

	address_print(&o->address, address);
	text_line(&note, o->note);
	(void)printf("%s%s%s %s", has_colour ? (is_good ? "\033[32m" : "\033[31m") : "",
		     is_good ? "PASS" : "FAIL", has_colour ? "\033[0m" : "", endpoint);
	if (!is_good)
		(void)printf("  %s", outcome_code(o->outcome));
	if (o->code)
		(void)printf("  HTTP %d", o->code);
	(void)printf("  %.1f ms  %s\n", (double)o->total_us / 1000.0, address);
	if (note.n > 0)
		(void)printf("  %s\n", buf_text(&note));
	print_phases(o);
	print_cert(o);
	if (strcmp(t->kind->name, "http") == 0 && o->address.family != FAMILY_ANY)
		(void)printf("  repeat with: curl -v --connect-to '::%s' '%s'\n", address, endpoint);
	buf_done(&note);
}

static void print_json(const struct target_plan *t, const struct observation *o)
{
	struct buf text = BUF_INIT(1u << 16);
	char address[ADDRESS_TEXT_MAX];
	struct json_writer w;

	address_print(&o->address, address);
	json_begin(&w, &text);
	json_object(&w);
	json_key(&w, "target"), json_text(&w, t->name);
	json_key(&w, "endpoint"), json_text(&w, t->kind->endpoint(t->params));
	json_key(&w, "outcome"), json_text(&w, outcome_code(o->outcome));
	json_key(&w, "http_status"), o->code ? json_int(&w, o->code) : json_null(&w);
	json_key(&w, "address"), json_text(&w, address);
	json_key(&w, "reached"), json_bool(&w, o->is_reached);
	json_key(&w, "total_ms"), json_decimal(&w, o->total_us, 3);
	json_key(&w, "phases_ms"), json_object(&w);
	for (int i = 0; i < PHASE_COUNT; i++) {
		json_key(&w, phase_name((enum phase)i));
		if (o->phase_us[i] == PHASE_NOT_REACHED)
			json_null(&w);
		else
			json_decimal(&w, o->phase_us[i], 3);
	}
	json_object_end(&w);
	json_key(&w, "note"), json_text(&w, o->note);
	json_object_end(&w);
	(void)printf("%s\n", buf_text(&text));
	buf_done(&text);
}

/* A configuration with nothing but this URL; nothing of it is written anywhere. */
static struct generation *load_url(const char *url)
{
	struct arena *arena = arena_new();
	struct buf text = BUF_INIT(1u << 16);
	struct generation *generation = NULL;
	struct diag diag;

	diag_init(&diag, arena);
	buf_puts(&text, "listen = { address = \"\"; }; targets = ( { name = \"url\"; ");
	if (!quick_conf_probe(url, &text)) {
		(void)fprintf(stderr, "shorewatch probe: \"%s\" is not http://…, https://… or tcp://host:port\n", url);
		goto out;
	}
	buf_puts(&text, " } );\n");
	generation = conf_load_text(buf_text(&text), "command line", &diag);
	for (const struct diag_entry *e = diag.first; e; e = e->next)
		if (e->level == DIAG_FAULT)
			(void)fprintf(stderr, "shorewatch probe: %s\n", e->text);
out:
	buf_done(&text);
	arena_free(arena);
	return generation;
}

static const struct target_plan *find_target(const struct plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->targets_n; i++)
		if (strcmp(plan->targets[i].name, name) == 0)
			return &plan->targets[i];
	return NULL;
}

int command_probe(const struct arguments *a)
{
	bool is_url = strstr(a->words[0], "://") != NULL;
	struct generation *generation = is_url ? load_url(a->words[0]) : cli_load(a->config, false);
	const struct target_plan *target;
	struct observation seen;
	int status = EXIT_BAD_NEWS;

	if (!generation)
		return is_url ? EXIT_USAGE : EXIT_BAD_NEWS;
	target = is_url ? &generation->plan.targets[0] : find_target(&generation->plan, a->words[0]);
	if (!target) {
		(void)fprintf(stderr, "shorewatch probe: %s has no target \"%s\"; shorewatch check -v lists them\n",
			      a->config, a->words[0]);
		status = EXIT_USAGE;
	} else if (probe_once(&generation->plan, target, &seen) == 0) {
		(a->is_json ? print_json : print_text)(target, &seen);
		status = seen.outcome.cause == CAUSE_PASS ? EXIT_GOOD : EXIT_BAD_NEWS;
	}
	generation_drop(generation);
	return status;
}
