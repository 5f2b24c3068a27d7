/*
 * recall.c - see recall.h.
 *
 * The engine is put back as of the time of its saving and no later: nobody has
 * watched since, so nothing may age by it.
 */
#include "app/recall.h"

#include <errno.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/calendar.h"
#include "io/store.h"

#define STATE_KEY "engine"

static void ignore_launch(void *ctx, uint32_t target, struct now now)
{
	(void)ctx, (void)target, (void)now;
}

static void ignore_abort(void *ctx, uint32_t target)
{
	(void)ctx, (void)target;
}

static void ignore_record(void *ctx, const struct record *record)
{
	(void)ctx, (void)record;
}

static void ignore_notice(void *ctx, const struct notice *notice, const struct incident *incident)
{
	(void)ctx, (void)notice, (void)incident;
}

static void ignore_publish(void *ctx)
{
	(void)ctx;
}

struct engine_effects effects_none(void)
{
	return (struct engine_effects){
		.launch = ignore_launch,
		.abort = ignore_abort,
		.record = ignore_record,
		.deliver = ignore_notice,
		.publish = ignore_publish,
	};
}

static void restore_day(void *ctx, const char *name, int32_t day, const struct store_day *sums)
{
	struct day_sums s = { sums->observed_s, sums->down_s, sums->slow_s, sums->planned_s };

	engine_restore_day(ctx, name, day, &s);
}

static int engine_recall(const struct generation *generation, const struct store_saved *saved,
			 struct recall *ret)
{
	struct engine_effects effects = effects_none();

	if (!saved->text)
		return -ENOENT;
	ret->at = saved->at;
	ret->engine = engine_new(&generation->plan, &effects, ret->at, 1);
	(void)store_load_days(ret->store, calendar_day(ret->at.wall) - ROLLUP_DAYS, restore_day,
			      ret->engine); /* without days there is less to show */
	return engine_restore(ret->engine, saved->text, 0, 0, ret->at);
}

int recall_open(const struct generation *generation, struct recall *ret)
{
	struct buf path = BUF_INIT(8192);
	struct store_saved saved = { 0 };
	int r;

	*ret = (struct recall){ .engine = NULL };
	buf_printf(&path, "%s/history.db", generation->plan.state_dir);
	r = store_open_reading(buf_text(&path), &ret->store);
	if (r == 0)
		r = store_load_state(ret->store, STATE_KEY, &saved);
	if (r == 0)
		r = engine_recall(generation, &saved, ret);
	free(saved.text);
	buf_done(&path);
	if (r < 0)
		recall_close(ret);
	return r;
}

void recall_close(struct recall *recall)
{
	engine_free(recall->engine);
	if (recall->store)
		store_close(recall->store);
	*recall = (struct recall){ .engine = NULL };
}

void recall_model(struct recall *recall, struct model *ret)
{
	engine_model(recall->engine, recall->at, ret);
}
