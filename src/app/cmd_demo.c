/*
 * cmd_demo.c - `demo`: the real daemon watches a pretended cluster that goes
 * down and comes back while you look. Nothing leaves this machine.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/cli.h"
#include "app/onlooker.h"
#include "app/publisher.h"
#include "app/stage.h"
#include "base/buf.h"
#include "base/log.h"

#define TOKEN "demo-token"
#define BEAT_PERIOD (2 * USEC_PER_SEC)
#define LOOK_AROUND (6 * USEC_PER_SEC)	  /* between what is to be seen */
#define NEXT_ROUND (20 * USEC_PER_SEC)
#define REPORTS_AT_END 2 /* the first one may have been begun before everything was up */
#define PATIENCE (90 * USEC_PER_SEC)	  /* an act that takes longer has failed */

enum act { ACT_RISE, ACT_UP, ACT_FALL, ACT_DOWN, ACT_RETURN, ACT_END };

struct demo {
	struct stage stage;
	enum act act;
	mono_t act_began;
	bool is_once;
	bool has_mail; /* in this act */
	unsigned published; /* likewise */
	char url[64];
};

static void write_conf(const struct stage *stage, uint16_t port, const char *state_dir,
		       struct buf *to)
{
	buf_printf(to,
		   "instance = \"demo\";\nstate_dir = \"%s\";\n"
		   "references = [ \"127.0.0.1:%u\" ];\n"
		   "defaults = { interval = \"2s\"; timeout = \"1s\"; connect_timeout = \"500ms\"; "
		   "fall = 3;\n"
		   "  retest = [ \"500ms\", \"1s\" ]; rise = 2; settle = \"1s\"; };\n"
		   "listen = { address = \"127.0.0.1:%u\"; };\n"
		   "page = { title = \"Demonstration\"; url = \"http://127.0.0.1:%u/\"; };\n"
		   "mail = { from = \"shorewatch <watch@demo.example>\"; to = [ "
		   "\"you@demo.example\" ]; group_wait = \"10s\"; };\n"
		   "stacks = ( { name = \"home\"; title = \"Home cluster\"; } );\n"
		   "watchdogs = ( { name = \"demo\"; stack = \"home\"; token = "
		   "\"env:SHOREWATCH_DEMO_TOKEN\";\n"
		   "  period = \"2s\"; grace = \"6s\"; } );\n",
		   state_dir, stage->port[STAGE_REFERENCE], port, port);
	buf_printf(
		to,
		"targets = (\n"
		"{ name = \"blog\"; title = \"Blog\"; stack = \"home\"; group = \"Public sites\";\n"
		"  http = { url = \"http://127.0.0.1:%u/\"; body_contains = \"pretended blog\"; }; "
		"},\n"
		"{ name = \"misskey\"; title = \"Misskey\"; stack = \"home\"; group = \"Public "
		"sites\";\n"
		"  http = { url = \"http://127.0.0.1:%u/api/ping\"; method = \"POST\"; body = "
		"\"{}\"; body_contains = \"pong\"; }; },\n"
		"{ name = \"apiserver\"; title = \"kube-apiserver\"; stack = \"home\"; group = "
		"\"Cluster\"; layer = \"edge\";\n"
		"  tcp = { address = \"127.0.0.1:%u\"; }; },\n"
		"{ name = \"alertmanager\"; title = \"Alertmanager\"; stack = \"home\"; group = "
		"\"Cluster\"; layer = \"edge\";\n"
		"  http = { url = \"http://127.0.0.1:%u/-/healthy\"; }; }\n);\n",
		stage->port[STAGE_BLOG], stage->port[STAGE_MISSKEY], stage->port[STAGE_APISERVER],
		stage->port[STAGE_ALERTMANAGER]);
}

/* ---- acts ---- */

static bool all_up(const struct model *m)
{
	for (size_t i = 0; i < m->plan->targets_n; i++)
		if (m->targets[i].state != VERDICT_UP)
			return false;
	return m->deadmen[0].state == DEADMAN_UP && m->incidents_n == 0;
}

static bool stack_is_down(const struct model *m)
{
	return m->incidents_n == 1 && m->incidents[0].state == INCIDENT_OPEN &&
	       m->incidents[0].finding == DIAGNOSIS_STACK_DOWN;
}

/* What is left behind says how it ended: it is written anew, though nothing changes any more. */
static bool is_last_act(const struct demo *d)
{
	return d->act == ACT_END && d->is_once;
}

static bool act_is_over(const struct demo *d, const struct model *m, struct now now)
{
	usec_t span = mono_span(d->act_began, now.mono);

	switch (d->act) {
	case ACT_RISE:
		return all_up(m);
	case ACT_UP:
	case ACT_DOWN:
		return span >= LOOK_AROUND && d->published > 0;
	case ACT_FALL:
		return stack_is_down(m) && d->has_mail;
	case ACT_RETURN:
		return all_up(m) && d->has_mail;
	case ACT_END:
		return is_last_act(d) ? d->published >= REPORTS_AT_END : span >= NEXT_ROUND;
	}
	return false;
}

static const char *const words[] = {
	[ACT_RISE] = "waiting until everything is up and the first Watchdog beats have come ...",
	[ACT_UP] = "everything is up. In 6 seconds the whole cluster goes down.",
	[ACT_FALL] = "the cluster is down now: nothing answers, no beat comes. Waiting for the "
		     "diagnosis and its one mail ...",
	[ACT_DOWN] = "diagnosis: the whole stack is down. One mail was written; the page is red. "
		     "In 6 seconds it comes back.",
	[ACT_RETURN] = "the cluster is back. Waiting until it is believed, and for the one mail "
		       "that says so ...",
	[ACT_END] = "everything is up again: one DOWN mail, one UP mail, one incident.",
};

static void act_begin(struct demo *d, enum act act, struct now now)
{
	d->act = act;
	d->act_began = now.mono;
	d->has_mail = false;
	d->published = 0;
	if (act == ACT_FALL)
		stage_turn(&d->stage, false);
	if (act == ACT_RETURN)
		stage_turn(&d->stage, true);
	onlooker_say(now, "%s", words[act]);
	if (act == ACT_UP || act == ACT_DOWN)
		onlooker_say(now, "  look: %s", d->url);
}

static mono_t on_turn(void *ctx, struct daemon *daemon, const struct model *m, struct now now)
{
	struct demo *d = ctx;

	if (is_last_act(d))
		publisher_touch(daemon->publisher);
	if (act_is_over(d, m, now)) {
		if (is_last_act(d)) {
			daemon_stop(daemon, 0);
			return MONO_NEVER;
		}
		act_begin(d, d->act == ACT_END ? ACT_UP : (enum act)(d->act + 1), now);
	} else if (mono_span(d->act_began, now.mono) > PATIENCE &&
		   (d->act != ACT_END || d->is_once)) {
		onlooker_say(now, "this did not happen within 90 seconds; that is a defect");
		daemon_stop(daemon, 1);
	}
	return mono_add(now.mono, 200 * USEC_PER_MS);
}

static void on_event(void *ctx, enum daemon_event event, const char *line, struct now now)
{
	struct demo *d = ctx;

	d->has_mail |= event == DAEMON_MAIL;
	d->published += event == DAEMON_PUBLISHED;
	if (event == DAEMON_READY)
		act_begin(d, ACT_RISE, now);
	onlooker_event(NULL, event, line, now);
}

/* ---- start ---- */

static int run_demo(struct demo *demo, uint16_t port, const char *state_dir, bool is_verbose)
{
	struct daemon_setup setup = {
		.is_demo = true,
		.is_text = true,
		.ctx = demo,
		.on_event = on_event,
		.on_turn = on_turn,
	};
	struct buf text = BUF_INIT(1u << 16);

	(void)setenv("SHOREWATCH_DEMO_TOKEN", TOKEN, 1);
	write_conf(&demo->stage, port, state_dir, &text);
	setup.generation = onlooker_load(buf_text(&text));
	buf_done(&text);
	if (!setup.generation)
		return EXIT_BAD_NEWS;
	(void)snprintf(demo->url, sizeof demo->url, "http://127.0.0.1:%u/", port);
	(void)printf("A pretended blog, Misskey, apiserver and Alertmanager run on loopback; "
		     "shorewatch watches them.\n"
		     "  page   %s\n  mails  %s/outbox/*.eml\n  end    Ctrl-C\n\n",
		     demo->url, state_dir);
	if (!is_verbose)
		log_setup(LOG_LEVEL_ERR, false);
	stage_beats(&demo->stage, port, TOKEN, BEAT_PERIOD);
	return daemon_run(&setup);
}

int command_demo(const struct arguments *a)
{
	struct demo demo = { .is_once = a->is_once };
	uint16_t port = onlooker_port(8080);
	const char *tmp = getenv("TMPDIR");
	char state_dir[512];
	int status, r;

	(void)snprintf(state_dir, sizeof state_dir, "%s/shorewatch-demo.XXXXXX",
		       tmp && tmp[0] == '/' ? tmp : "/tmp");
	if (port == 0 || !mkdtemp(state_dir)) {
		(void)fprintf(stderr, "shorewatch demo: %s: %s\n",
			      port ? state_dir : "no free port", strerror(errno));
		return EXIT_BAD_NEWS;
	}
	r = stage_start(&demo.stage);
	if (r < 0) {
		(void)fprintf(stderr, "shorewatch demo: the pretended cluster cannot start: %s\n",
			      strerror(-r));
		return EXIT_BAD_NEWS;
	}
	status = run_demo(&demo, port, state_dir, a->is_verbose);
	stage_end(&demo.stage);
	(void)printf("\nThe mails and the page stay in %s\n", state_dir);
	return status;
}
