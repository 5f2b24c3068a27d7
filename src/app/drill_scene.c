/*
 * drill_scene.c - a drill's own engine, bound to the world as effects.c binds
 * the real one; but what it records goes to nobody, and its mails are marked.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "app/courier.h"
#include "app/daemon.h"
#include "app/drill_parts.h"
#include "base/buf.h"
#include "base/words.h"
#include "io/loop.h"
#include "io/runs.h"
#include "render/speech.h"

#define RUNS_AT_ONCE 2

/* ---- the engine's effects ---- */

static void on_launch(void *ctx, uint32_t target, struct now now)
{
	struct drill *r = ctx;

	(void)now;
	runs_start(r->runs, target, &r->plan->plan.targets[target]);
}

static void on_abort(void *ctx, uint32_t target)
{
	struct drill *r = ctx;

	runs_abort(r->runs, target);
}

static void see_pass(struct drill *r, const struct observation *seen, struct now now)
{
	struct buf took = BUF_INIT(64);
	bool is_news = r->act == DRILL_ANSWERS || r->act == DRILL_RETURNS;

	speech_latency(&took, LANGUAGE_EN, seen->total_us);
	if (is_news)
		drill_say(r, STEP_PASSED, now, "it answers (%s)", buf_text(&took));
	buf_done(&took);
}

static void see_failure(struct drill *r, const struct observation *seen, struct now now)
{
	struct buf what = BUF_INIT(256);

	if (r->act != DRILL_FAILS)
		return;
	speech_failure_short(&what, LANGUAGE_EN, seen->outcome, seen->code, seen->total_us);
	if (r->failures++ == 0)
		drill_say(r, STEP_FAILED, now, "first failure: %s", buf_text(&what));
	else
		drill_say(r, STEP_FAILED, now, "re-test %u: %s", r->failures - 1, buf_text(&what));
	buf_done(&what);
}

static void say_verdict(struct drill *r, struct now now)
{
	bool is_down = r->verdict == VERDICT_DOWN;
	struct buf span = BUF_INIT(64);

	speech_latency(&span, LANGUAGE_EN,
		       mono_span(is_down ? r->shut.mono : r->opened.mono, now.mono));
	if (is_down)
		drill_say(r, STEP_DOWN, now, "found DOWN, %s after it was shut", buf_text(&span));
	else if (r->verdict == VERDICT_UP && r->act == DRILL_RETURNS)
		drill_say(r, STEP_UP, now, "found UP, %s after it was opened again",
			  buf_text(&span));
	r->is_seen_up |= r->verdict == VERDICT_UP;
	r->verdict = VERDICT_UNKNOWN;
	buf_done(&span);
}

/* The engine tells of the verdict before the observation that it comes from; people read it after.
 */
static void see_transition(struct drill *r, const struct record *record)
{
	if (strcmp(record->to, verdict_name(VERDICT_DOWN)) == 0)
		r->verdict = VERDICT_DOWN;
	else if (strcmp(record->to, verdict_name(VERDICT_UP)) == 0)
		r->verdict = VERDICT_UP;
}

static void see(struct drill *r, const struct observation *seen, struct now now)
{
	if (seen->outcome.cause == CAUSE_PASS)
		see_pass(r, seen, now);
	else
		see_failure(r, seen, now);
	say_verdict(r, now);
}

/* Nothing is kept: a drill leaves no history. */
static void on_record(void *ctx, const struct record *record)
{
	struct drill *r = ctx;

	switch (record->kind) {
	case RECORD_OBSERVATION:
		see(r, record->observation, record->now);
		break;
	case RECORD_TRANSITION:
		if (strcmp(record->name, DRILL_NAME) == 0)
			see_transition(r, record);
		break;
	case RECORD_INCIDENT:
	case RECORD_DAY:
	case RECORD_STATE:
		break;
	}
}

/* What a mail says of ourselves is as true in a drill as in any other mail. */
static void drill_model(struct drill *r, struct now now, struct model *ret)
{
	struct model real;

	daemon_model(r->daemon, &real);
	engine_model(r->engine, now, ret);
	ret->vantage = real.vantage;
	memcpy(ret->vantage_family, real.vantage_family, sizeof ret->vantage_family);
	ret->references_up = real.references_up;
	ret->references = real.references;
	ret->is_storage_failing = real.is_storage_failing;
	ret->is_demo = real.is_demo;
}

static void on_deliver(void *ctx, const struct notice *notice, const struct incident *incident)
{
	struct drill *r = ctx;
	struct now now = notice->created;
	struct notice marked = *notice;
	struct model model;

	marked.is_drill = true;
	(void)words_copy(marked.number, sizeof marked.number, r->number);
	drill_model(r, now, &model);
	(void)drill_mail_add(r, &marked);
	courier_take(r->daemon->courier, r->plan->real, &model, &marked, incident, now);
}

static void on_publish(void *ctx)
{
	(void)ctx; /* the page shows nothing of it */
}

static void on_observed(void *ctx, const struct observation *observation)
{
	struct drill *r = ctx;

	engine_observe(r->engine, observation, io_now(r->daemon->io));
}

/* ---- opening and closing ---- */

static struct engine *engine_make(struct drill *r, struct now now)
{
	const struct engine_effects effects = {
		.ctx = r,
		.launch = on_launch,
		.abort = on_abort,
		.record = on_record,
		.deliver = on_deliver,
		.publish = on_publish,
	};
	uint64_t seed = (uint64_t)now.wall.us;

	(void)!getrandom(&seed, sizeof seed, GRND_NONBLOCK); /* else the clock will do */
	return engine_new(&r->plan->plan, &effects, now, seed);
}

int drill_scene_open(struct drill *r, struct now now)
{
	int result = drill_door_open(&r->door);

	if (result < 0)
		return result;
	r->plan = calloc(1, sizeof *r->plan);
	r->runs = runs_new(r->daemon->io, RUNS_AT_ONCE, on_observed, r);
	if (!r->plan || !r->runs || !drill_plan_init(r->plan, r->daemon->generation, r->door.port))
		return -ENOMEM;
	r->mails_max = 2 * r->plan->plan.mail.to_n;
	r->mails = calloc(r->mails_max, sizeof *r->mails);
	if (!r->mails)
		return -ENOMEM;
	r->engine = engine_make(r, now);
	return 0;
}

void drill_scene_close(struct drill *r)
{
	if (r->runs)
		runs_free(r->runs);
	engine_free(r->engine);
	if (r->plan)
		drill_plan_done(r->plan);
	free(r->plan);
	drill_door_done(&r->door);
	r->runs = NULL;
	r->engine = NULL;
	r->plan = NULL;
}
