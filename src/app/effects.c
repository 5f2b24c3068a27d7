/*
 * effects.c - the engine's five effects, each handed to the room that does it.
 */
#include <stdio.h>
#include <string.h>

#include "app/chronicle_parts.h"
#include "app/courier.h"
#include "app/daemon.h"
#include "app/exhibit.h"
#include "app/fate_machine.h"
#include "app/publisher.h"
#include "app/pulse.h"
#include "app/refresh.h"
#include "base/buf.h"
#include "base/calendar.h"
#include "io/runs.h"
#include "io/store.h"
#include "shorewatch/plan.h"

static void on_launch(void *ctx, uint32_t target, struct now now)
{
	struct daemon *d = ctx;

	pulse_launched(d->pulse, target, now);
	runs_start(d->runs, target, &d->generation->plan.targets[target]);
}

static void on_abort(void *ctx, uint32_t target)
{
	struct daemon *d = ctx;

	runs_abort(d->runs, target);
}

static void store_the_event(struct store *store, const struct incident *i,
			    const struct incident_event *e)
{
	const struct store_event row = {
		.incident = i->id,
		.at = e->at,
		.kind = chronicle_event_name(e->kind),
		.subject = e->subject,
		.outcome = e->outcome.cause == CAUSE_PASS ? "" : outcome_code(e->outcome),
		.diagnosis = e->diagnosis == DIAGNOSIS_NONE ? "" : diagnosis_name(e->diagnosis),
		.text = e->text,
		.code = e->code,
		.count = e->count,
	};

	store_event(store, &row);
}

static void print_affected(const struct incident *i, char *text, size_t max)
{
	size_t n = 0;

	text[0] = '\0';
	for (unsigned k = 0; k < i->affected_n; k++) {
		int put = snprintf(text + n, max - n, "%s%s", k > 0 ? "," : "", i->affected[k]);

		n += (size_t)put;
	}
}

/* The whole log each time: what the store knows already changes nothing there. */
static void store_the_incident(struct store *store, const struct incident *i)
{
	char affected[INCIDENT_AFFECTED_MAX * (NAME_TEXT_MAX + 1)];

	struct store_incident row = {
		.id = i->id,
		.number = i->number,
		.stack = i->stack,
		.diagnosis = diagnosis_name(i->finding),
		.worst = diagnosis_name(i->worst),
		.opened = i->opened.wall,
		.closed = i->state == INCIDENT_CLOSED ? i->closed.wall : (wall_t){ 0 },
		.lasted = i->state == INCIDENT_CLOSED ? incident_duration(i, i->closed) : -1,
		.affected = affected,
		.mails = i->mails,
		.members = i->members,
	};

	print_affected(i, affected, sizeof affected);
	store_incident(store, &row);
	for (unsigned k = 0; k < i->log_n; k++)
		store_the_event(store, i, &i->log[k]);
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
		if (strcmp(record->to, verdict_name(VERDICT_DOWN)) == 0)
			store_evidence(store, record->name, record->now.wall);
		break;
	case RECORD_INCIDENT:
		store_the_incident(store, record->incident);
		break;
	case RECORD_DAY:
		store_day(store, record->name, record->day, &sums);
		/* Of a day that is over no mark is needed: its sums are final. */
		if (record->day == calendar_day(record->now.wall))
			store_mark(store, record->name, record->now.wall, record->day, &sums);
		break;
	case RECORD_STATE:
		break;
	}
}

#define FACTS_MAX 8192 /* bytes; with all that can be in it about half of that */

/* What the run has seen whose failure is being recorded, if evidence of it is kept. */
static void store_the_exhibit(struct daemon *d, const struct record *record)
{
	const struct evidence *evidence = runs_evidence(d->runs);
	const struct observation *seen = record->observation;
	struct buf facts = BUF_INIT(FACTS_MAX);

	if (!evidence || d->generation->plan.targets[seen->target].ping)
		return;
	exhibit_print(&(struct exhibit){ &d->generation->plan, seen, evidence, d->references_up },
		      &facts);
	store_exhibit(d->store, &(struct store_exhibit){
					.name = record->name,
					.started = seen->started.wall,
					.facts = buf_text(&facts),
					.head = evidence->head_n > 0 ? evidence->head : NULL,
					.head_n = evidence->head_n,
					.body = evidence->body_n > 0 ? evidence->body : NULL,
					.body_n = evidence->body_n,
				});
	buf_done(&facts);
}

static void on_record(void *ctx, const struct record *record)
{
	struct daemon *d = ctx;

	if (record->kind == RECORD_STATE)
		d->is_state_dirty = true;
	else if (d->store)
		store_record(d->store, record);
	if (record->kind == RECORD_OBSERVATION && d->store)
		store_the_exhibit(d, record);
	report_record(d, record);
}

static void on_deliver(void *ctx, const struct notice *notice, const struct incident *incident)
{
	struct daemon *d = ctx;
	struct model model;

	if (notice->kind == NOTICE_RECOVERED)
		refresh_ended(d->refresh, notice->incident);
	daemon_model(d, &model);
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

/* For the evidence of failures: who else answered at that time. */
static void count_reference(struct daemon *d, const struct observation *o)
{
	const struct plan *plan = &d->generation->plan;
	size_t at = o->target - plan->targets_n;
	uint32_t bit;

	if (o->target < plan->targets_n || at >= plan->references_n ||
	    outcome_fault(o->outcome) == FAULT_VANTAGE)
		return;
	bit = (uint32_t)1 << at;
	d->references_up = o->is_reached || o->outcome.cause == CAUSE_PASS ? d->references_up | bit
									  : d->references_up & ~bit;
	if (d->store)
		store_references(d->store, (unsigned)__builtin_popcount(d->references_up),
				 (unsigned)plan->references_n);
}

#define OWN_ADDRESSES_MAX 64

static bool is_own_address(const struct address *address)
{
	struct address own[OWN_ADDRESSES_MAX];
	size_t n = fate_machine_addresses(own, OWN_ADDRESSES_MAX);

	for (size_t i = 0; i < n; i++) {
		own[i].port = address->port;
		if (address_equal(&own[i], address))
			return true;
	}
	return false;
}

bool effects_is_own_relay(const struct plan *plan, const struct observation *o)
{
	return plan->targets[o->target].role == ROLE_RELAY && o->outcome.cause == CAUSE_PASS &&
	       is_own_address(&o->address);
}

void effects_observed(void *daemon, const struct observation *observation)
{
	struct daemon *d = daemon;
	struct observation ours;

	d->now = io_now(d->io);
	if (effects_is_own_relay(&d->generation->plan, observation)) {
		ours = *observation;
		ours.outcome = (struct outcome){ PHASE_CONNECT, CAUSE_LOCAL };
		observation = &ours;
	}
	count_reference(d, observation);
	engine_observe(d->engine, observation, d->now);
}
