/*
 * cmd_probe.c - `probe`: one run now, shown with its phases.
 */
#include <stdio.h>
#include <string.h>

#include "app/cli.h"
#include "app/probe_say.h"
#include "app/quick_conf.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/words.h"
#include "io/loop.h"
#include "io/runs.h"

#define HOST_MAX       256
#define NAMES_PATIENCE (5 * USEC_PER_SEC)
#define TEXT_MAX       (1u << 18)

/* ---- one run ---- */

struct probing {
	struct io *io;
	struct probe_seen *seen;
	bool is_done;
	mono_t give_up;
};

static void on_observation(void *ctx, const struct observation *observation)
{
	struct probing *p = ctx;

	p->seen->seen = *observation;
	p->is_done = true;
	io_loop_stop(p->io);
}

/* The loop has nothing to do but this run, which has a deadline of its own. */
static bool run_once(struct probing *p)
{
	struct io_loop_hooks hooks = { .ctx = p };
	struct runs *runs = runs_new(p->io, 1, on_observation, p);

	if (!runs)
		return false;
	runs_start(runs, 0, p->seen->target);
	(void)io_loop_run(p->io, &hooks);
	runs_free(runs);
	return p->is_done;
}

/* ---- all addresses of its name ---- */

static void on_names(void *ctx, const struct io_answer *answer)
{
	struct probing *p = ctx;

	p->seen->names = *answer;
	p->is_done = true;
	io_loop_stop(p->io);
}

static mono_t on_turn(void *ctx, struct now now)
{
	struct probing *p = ctx;

	if (mono_reached(p->give_up, now.mono))
		io_loop_stop(p->io);
	return p->give_up;
}

/* "https://user@host:port/path" or "host:port" -> host. False: it is an address already. */
static bool host_of(const char *endpoint, char host[HOST_MAX])
{
	const char *at = strstr(endpoint, "://"), *user;
	struct address address;
	size_t n;

	at = at ? at + 3 : endpoint;
	n = strcspn(at, "/?#");
	user = memrchr(at, '@', n);
	if (user) {
		n -= (size_t)(user + 1 - at);
		at = user + 1;
	}
	if (at[0] == '[')
		return false;
	n = strcspn(at, ":/?#") < n ? strcspn(at, ":/?#") : n;
	(void)snprintf(host, HOST_MAX, "%.*s", (int)(n < HOST_MAX ? n : HOST_MAX - 1), at);
	return host[0] != '\0' && !address_parse_host(host, 0, &address);
}

static void ask_names(struct probing *p)
{
	const struct target_plan *t = p->seen->target;
	struct io_loop_hooks hooks = { .ctx = p, .on_turn = on_turn };
	struct io_query *query;
	char host[HOST_MAX];

	if (!host_of(t->kind->endpoint(t->params), host))
		return;
	p->is_done = false;
	p->give_up = mono_add(io_clock().mono, NAMES_PATIENCE);
	query = io_resolve(p->io, host, p->seen->seen.address.port, t->family, on_names, p);
	if (!p->is_done)
		(void)io_loop_run(p->io, &hooks);
	if (!p->is_done && query)
		io_query_cancel(query);
}

static bool probe_once(const struct plan *plan, struct probe_seen *seen)
{
	struct io_setup setup = { .resolvers = plan->resolvers };
	struct probing p = { .seen = seen };
	const char *why = NULL;
	bool is_good;

	p.io = io_new(&setup, &why);
	if (!p.io) {
		(void)fprintf(stderr, "shorewatch probe: %s\n", why);
		return false;
	}
	is_good = run_once(&p);
	if (is_good)
		ask_names(&p);
	io_free(p.io);
	return is_good;
}

/* ---- what is probed ---- */

/* A configuration with nothing but this URL; nothing of it is written anywhere. */
static struct generation *load_url(const char *url)
{
	struct arena *arena = arena_new();
	struct buf text = BUF_INIT(1u << 16);
	struct generation *generation = NULL;
	char what[QUICK_WHAT_MAX];
	struct diag diag;

	diag_init(&diag, arena);
	buf_puts(&text, "listen = { address = \"\"; }; targets = ( { name = \"url\"; ");
	if (!quick_conf_probe(url, &text, what)) {
		(void)fprintf(stderr, "shorewatch probe: %s\n", what);
		goto out;
	}
	buf_puts(&text, " } );\n");
	generation = conf_load_text(buf_text(&text), "command line", &diag);
	for (const struct diag_entry *e = diag.first; e; e = e->next)
		if (e->level == DIAG_FAULT)
			(void)fprintf(stderr, "shorewatch probe: \"%s\": %s\n", url, e->text);
out:
	buf_done(&text);
	arena_free(arena);
	return generation;
}

static size_t probed_n(const struct plan *plan)
{
	return plan->targets_n + plan->references_n + plan->witnesses_n;
}

static const struct target_plan *find_target(const struct plan *plan, const char *name)
{
	for (size_t i = 0; i < probed_n(plan); i++)
		if (strcmp(plan->targets[i].name, name) == 0)
			return &plan->targets[i];
	return NULL;
}

static void refuse_target(const struct arguments *a, const struct plan *plan)
{
	struct arena *arena = arena_new();
	const char **names = arena_alloc(arena, probed_n(plan) + 1, sizeof *names);
	const char *near;

	for (size_t i = 0; i < probed_n(plan); i++)
		names[i] = plan->targets[i].name;
	near = words_nearest(a->words[0], names);
	(void)fprintf(stderr,
		      "shorewatch probe: %s has no target \"%s\"%s%s%s; shorewatch check -v lists "
		      "them, a URL begins with https://\n",
		      a->config, a->words[0], near ? "; did you mean \"" : "", near ? near : "",
		      near ? "\"?" : "");
	arena_free(arena);
}

static int refuse_job(const struct target_plan *target)
{
	(void)fprintf(
		stderr,
		"shorewatch probe: %s reports itself, so there is nothing to probe; it calls %s\n",
		target->name, target->ping->url);
	return EXIT_USAGE;
}

static int probe_and_print(const struct arguments *a, const struct generation *generation,
			   const struct target_plan *target, const char *title)
{
	struct probe_seen seen = { .target = target, .title = title };
	struct buf text = BUF_INIT(TEXT_MAX);

	if (!probe_once(&generation->plan, &seen))
		return EXIT_BAD_NEWS;
	cli_set_zone(&generation->plan);
	if (a->is_json)
		probe_json(&seen, &text);
	else
		probe_text(&seen, cli_is_terminal(stdout), &text);
	(void)fputs(buf_text(&text), stdout);
	buf_done(&text);
	return seen.seen.outcome.cause == CAUSE_PASS ? EXIT_GOOD : EXIT_BAD_NEWS;
}

/* The name of a pair means both: the worse one is the answer. */
static int probe_named(const struct arguments *a, const struct generation *generation,
		       const struct target_plan *target)
{
	const struct plan *plan = &generation->plan;
	uint32_t index = (uint32_t)(target - plan->targets);
	uint32_t twin = target_twin(plan, index);
	int status = probe_and_print(a, generation, target, target->name), second = EXIT_GOOD;

	if (twin != NONE_INDEX && !target_is_second(plan, index)) {
		if (!a->is_json)
			(void)fputc('\n', stdout);
		second = probe_and_print(a, generation, &plan->targets[twin],
					 plan->targets[twin].name);
	}
	return status != EXIT_GOOD ? status : second;
}

static int probe_url(const struct arguments *a)
{
	struct generation *generation = load_url(a->words[0]);
	const struct target_plan *target;
	int status;

	if (!generation)
		return EXIT_USAGE;
	target = &generation->plan.targets[0];
	status = probe_and_print(a, generation, target, target->kind->endpoint(target->params));
	generation_drop(generation);
	return status;
}

static int probe_target(const struct arguments *a)
{
	struct conf_need need = { .secrets = CONF_SECRETS_TARGET, .target = a->words[0] };
	struct generation *generation = cli_load(a->config, need);
	const struct target_plan *target;
	int status = EXIT_USAGE;

	if (!generation)
		return EXIT_BAD_NEWS;
	target = find_target(&generation->plan, a->words[0]);
	if (target && target->ping)
		status = refuse_job(target);
	else if (target)
		status = probe_named(a, generation, target);
	else
		refuse_target(a, &generation->plan);
	generation_drop(generation);
	return status;
}

int command_probe(const struct arguments *a)
{
	bool is_name = words_is_name(a->words[0]) && strcmp(a->words[0], "localhost") != 0;

	return is_name ? probe_target(a) : probe_url(a);
}
