/*
 * snapshot.c - any text as the engine's state: refused whole, or taken; then
 * the engine lives on with it, and what it says of itself can be read again.
 */
#include "fuzz.h"

#include "base/buf.h"
#include "core/engine.h"

#define STATE_MAX (4u << 20)
#define TURNS 40

static const char *endpoint(const void *params)
{
	return params;
}

static const struct probe_kind kind = { .name = "http", .endpoint = endpoint };

#define TARGET(text, what)                                                                         \
	{                                                                                          \
		.name = text, .title = text, .group = "Checks", .role = what,                      \
		.interval = 60 * USEC_PER_SEC, .timeout = 10 * USEC_PER_SEC,                       \
		.connect_timeout = 5 * USEC_PER_SEC, .settle = 30 * USEC_PER_SEC,                  \
		.retest = { 10 * USEC_PER_SEC, 20 * USEC_PER_SEC }, .retests = 2, .fall = 3,       \
		.rise = 2, .kind = &kind                                                           \
	}

static const struct target_plan targets[] = { TARGET("blog", ROLE_TARGET),
					      TARGET("wiki", ROLE_TARGET),
					      TARGET("r1", ROLE_REFERENCE) };
static const struct stack_plan stacks[] = { { .name = "home", .title = "Home" } };
static const struct watchdog_plan watchdogs[] = {
	{ .name = "beats",
	  .hook = "beats",
	  .token = "t",
	  .period = 60 * USEC_PER_SEC,
	  .grace = 240 * USEC_PER_SEC,
	  .start_grace = 600 * USEC_PER_SEC,
	  .resolved_is_down = true },
};
static const struct recipient_plan to[] = { { .address = "ops@example.com" } };
static const struct channel_plan channels[] = { { .name = "ops@example.com" } };
static const struct plan plan = {
	.instance = "fuzz",
	.timezone = "UTC",
	.targets = targets,
	.targets_n = 2,
	.references_n = 1,
	.stacks = stacks,
	.stacks_n = 1,
	.watchdogs = watchdogs,
	.watchdogs_n = 1,
	.channels = channels,
	.channels_n = 1,
	.mail = { .host = "h.example",
		  .to = to,
		  .to_n = 1,
		  .group_wait = 60 * USEC_PER_SEC,
		  .cap = 10,
		  .repeat = { USEC_PER_HOUR, 4 * USEC_PER_HOUR, 12 * USEC_PER_HOUR,
			      24 * USEC_PER_HOUR } },
};

/* ---- a world that fails half of the time ---- */

struct world {
	struct engine *engine;
	uint32_t due[3];
	size_t due_n;
};

static void on_launch(void *ctx, uint32_t target, struct now now)
{
	struct world *w = ctx;

	(void)now;
	PROMISE(target < 3 && w->due_n < 3);
	w->due[w->due_n++] = target;
}

static void on_abort(void *ctx, uint32_t target)
{
	(void)ctx, (void)target;
}

static void on_record(void *ctx, const struct record *record)
{
	(void)ctx, (void)record;
}

static void on_deliver(void *ctx, const struct notice *notice, const struct incident *incident)
{
	(void)ctx, (void)incident;
	PROMISE(notice->id != 0);
}

static void on_publish(void *ctx)
{
	(void)ctx;
}

static void answer_all(struct world *w, bool is_good, struct now now)
{
	for (size_t i = 0; i < w->due_n; i++) {
		struct observation seen = {
			.target = w->due[i],
			.started = now,
			.ended = now.mono,
			.outcome = { is_good || w->due[i] == 2 ? PHASE_BODY : PHASE_CONNECT,
				     is_good || w->due[i] == 2 ? CAUSE_PASS : CAUSE_TIMEOUT },
		};

		engine_observe(w->engine, &seen, now);
	}
	w->due_n = 0;
}

static void live(struct world *w, struct now now)
{
	struct model model;

	for (int turn = 0; turn < TURNS; turn++) {
		now.mono.us += 20 * USEC_PER_SEC;
		now.wall.us += 20 * USEC_PER_SEC;
		(void)engine_advance(w->engine, now);
		answer_all(w, turn > TURNS / 2, now);
		if (turn % 3 == 0)
			engine_beat(w->engine, 0, turn % 2 ? BEAT_RESOLVED : BEAT_FIRING,
				    FAMILY_ANY, now);
		engine_model(w->engine, now, &model);
	}
}

static void say_and_read(const struct world *w, struct now now)
{
	struct engine_effects effects = { NULL,	     on_launch,	 on_abort,
					  on_record, on_deliver, on_publish };
	struct engine *other = engine_new(&plan, &effects, now, 2);
	struct buf text = BUF_INIT(STATE_MAX);

	engine_snapshot(w->engine, now, &text);
	PROMISE(engine_restore(other, buf_text(&text), 0, 0, now) == 0);
	engine_free(other);
	buf_done(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct now now = { { 1000 * USEC_PER_SEC }, { 1767225600 * USEC_PER_SEC } };
	struct world world = { .due_n = 0 };
	struct engine_effects effects = { &world,    on_launch,	 on_abort,
					  on_record, on_deliver, on_publish };
	char *text = fuzz_copy(data, size, 1);

	world.engine = engine_new(&plan, &effects, now, 1);
	if (engine_restore(world.engine, text, 0, 0, now) == 0) {
		say_and_read(&world, now);
		live(&world, now);
	}
	engine_free(world.engine);
	free(text);
	return 0;
}
