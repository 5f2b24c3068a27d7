/*
 * effects.c - the engine's five effects, each handed to the room that does it.
 */
#include "app/courier.h"
#include "app/daemon.h"
#include "app/publisher.h"
#include "io/runs.h"
#include "io/store.h"
#include "shorewatch/plan.h"

static void on_launch(void *ctx, uint32_t target, struct now now)
{
	struct daemon *d = ctx;

	(void)now; /* the run reads the turn's clock itself */
	runs_start(d->runs, target, &d->generation->plan.targets[target]);
}

static void on_abort(void *ctx, uint32_t target)
{
	struct daemon *d = ctx;

	runs_abort(d->runs, target);
}

static void store_the_incident(struct store *store, const struct incident *i)
{
	struct store_incident row = {
		.id = i->id,
		.number = i->number,
		.stack = i->stack,
		.diagnosis = diagnosis_name(i->finding),
		.worst = diagnosis_name(i->worst),
		.opened = i->opened.wall,
		.closed = i->state == INCIDENT_CLOSED ? i->closed.wall : (wall_t){ 0 },
		.mails = i->mails,
		.members = i->members,
	};

	store_incident(store, &row);
}

static void store_record(struct store *store, const struct record *record)
{
	struct store_day sums = { record->sums.observed_s, record->sums.down_s, record->sums.slow_s,
				  record->sums.planned_s };

	switch (record->kind) {
	case RECORD_OBSERVATION:
		store_observation(store, record->name, record->observation);
		break;
	case RECORD_TRANSITION:
		store_transition(store, record->name, record->from, record->to,
				 outcome_code(record->outcome), record->now.wall);
		break;
	case RECORD_INCIDENT:
		store_the_incident(store, record->incident);
		break;
	case RECORD_DAY:
		store_day(store, record->name, record->day, &sums);
		break;
	case RECORD_STATE:
		break;
	}
}

static void on_record(void *ctx, const struct record *record)
{
	struct daemon *d = ctx;

	if (record->kind == RECORD_STATE)
		d->is_state_dirty = true;
	else if (d->store)
		store_record(d->store, record);
	report_record(d, record);
}

static void on_deliver(void *ctx, const struct notice *notice, const struct incident *incident)
{
	struct daemon *d = ctx;
	struct model model;

	engine_model(d->engine, d->now, &model);
	model.is_demo = d->setup.is_demo;
	courier_take(d->courier, d->generation, &model, notice, incident, d->now);
}

static void on_publish(void *ctx)
{
	struct daemon *d = ctx;

	publisher_touch(d->publisher);
}

struct engine_effects effects_of(struct daemon *d)
{
	return (struct engine_effects){
		.ctx = d,
		.launch = on_launch,
		.abort = on_abort,
		.record = on_record,
		.deliver = on_deliver,
		.publish = on_publish,
	};
}

void effects_observed(void *daemon, const struct observation *observation)
{
	struct daemon *d = daemon;

	d->now = io_now(d->io);
	engine_observe(d->engine, observation, d->now);
}
