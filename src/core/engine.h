/*
 * engine.h - the pure heart: observations and beats in, five effects out.
 *
 * No clock, no I/O, no allocation after engine_new(). Everything it does
 * happens inside a call, in the order of the calls, the same way every time.
 * Effects are called from within; of the engine they may call engine_model()
 * and engine_snapshot() only.
 */
#ifndef CORE_ENGINE_H
#define CORE_ENGINE_H

#include <stdint.h>

#include "core/deadman.h"
#include "core/model.h"
#include "core/notice.h"
#include "shorewatch/observation.h"
#include "shorewatch/plan.h"

struct buf;
struct engine;

enum record_kind {
	RECORD_OBSERVATION, /* observation */
	RECORD_TRANSITION,  /* name, from, to, outcome */
	RECORD_INCIDENT,    /* incident: opened, changed or closed */
	RECORD_DAY,	    /* name, day, sums */
	/* something worth surviving a restart has changed: take engine_snapshot() */
	RECORD_STATE,
};

struct record {
	enum record_kind kind;
	struct now now;
	const struct observation *observation;
	const struct incident *incident;
	const char *name;	/* target's or watchdog's */
	const char *from, *to;
	struct outcome outcome;
	int32_t day;
	struct day_sums sums;
};

struct engine_effects {
	void *ctx;
	/* Start a run of plan.targets[target]; its observation is expected, or engine_abort'ed. */
	void (*launch)(void *ctx, uint32_t target, struct now now);
	/* The run of this target no longer matters. */
	void (*abort)(void *ctx, uint32_t target);
	void (*record)(void *ctx, const struct record *record);
	/* A new notice: make it durable, then send it. The model shows what it speaks of. */
	void (*deliver)(void *ctx, const struct notice *notice, const struct incident *incident);
	/* What the page shows has changed. */
	void (*publish)(void *ctx);
};

/* The plan must outlive the engine. `seed`: random, so that incident ids differ between lives. */
struct engine *engine_new(const struct plan *plan, const struct engine_effects *effects,
			  struct now now, uint64_t seed);
void engine_free(struct engine *engine);

/*
 * State as versioned text, by name, so that it follows a target over restart,
 * upgrade and reload. `shift` is what must be added to its monotonic times
 * (0 within one boot); `absence` is how long nobody watched. -EBADMSG: not ours, or
 * not whole; then nothing of it was taken.
 */
void engine_snapshot(const struct engine *engine, struct now now, struct buf *to);
int engine_restore(struct engine *engine, const char *text, usec_t shift, usec_t absence,
		   struct now now);
void engine_restore_day(struct engine *engine, const char *name, int32_t day,
			const struct day_sums *sums);
/* Days, response times and what is known of our own link, of the engine before a reload. */
void engine_carry(struct engine *engine, const struct engine *before);
/* The end: what is certain is booked and every running day recorded. */
void engine_close(struct engine *engine, struct now now);
/* A notice that outlived its state: its incident goes on, it is not made twice. */
void engine_adopt(struct engine *engine, const struct notice *notice, struct now now);

/* Let time pass. Returns when to be called next at the latest. */
mono_t engine_advance(struct engine *engine, struct now now);
void engine_observe(struct engine *engine, const struct observation *observation, struct now now);
/* `by`: the family by which it came; FAMILY_ANY: nobody knows, a proxy or a tunnel passed it on. */
void engine_beat(struct engine *engine, uint32_t watchdog, enum beat beat, enum family by,
		 struct now now);
/* plan.targets[target] is a job, and this is what it says. */
void engine_ping(struct engine *engine, uint32_t target, enum ping ping, enum family by,
		 struct now now);
/*
 * The outbox's state, for the model and mail-broken: how many notices wait, and since when the
 * oldest of those that are mails. Channels that are no mail are told when it is broken, and when it
 * works again.
 */
void engine_outbox(struct engine *engine, size_t waiting, wall_t oldest, bool is_storage_failing,
		   struct now now);
/*
 * The same of plan.channels[channel], which is no mail: since when its oldest notice waits; unset:
 * none does. Others are told.
 */
void engine_channel(struct engine *engine, size_t channel, wall_t oldest, struct now now);
/*
 * The end of a notice's delivery: a relay has taken it after so many rounds that failed, or it was
 * given up. For the summary of the week.
 */
void engine_delivered(struct engine *engine, unsigned attempts, bool is_accepted, struct now now);
/* The operator's words for an open or past incident, by its number. False: no such incident. */
bool engine_note(struct engine *engine, const char *number, const char *text, struct now now);
/*
 * Hold back mails about `scope` (base/scope.h) until `until`; `words`: why, may
 * be empty. One for the same scope is replaced. -ENOENT: the plan has nothing of
 * that name; -EINVAL: `until` has passed; -ENOSPC: there are SILENCES_MAX.
 */
int engine_silence(struct engine *engine, const char *scope, wall_t until, const char *words,
		   struct now now);
/* End the silence of this very scope. False: there is none. */
bool engine_unsilence(struct engine *engine, const char *scope, struct now now);
/*
 * Somebody knows of the open incident and needs no repeats; worse, who else
 * fails and its end are mailed as ever. False: no open incident has this number.
 */
bool engine_acknowledge(struct engine *engine, const char *number, const char *words,
			struct now now);
/*
 * Something about ourselves that people must know: one notice for every
 * recipient, once for each `detail` while it lasts, over restarts as well. It
 * lasts until it is told with another `detail`, or is over: NULL.
 */
void engine_self(struct engine *engine, enum self_matter matter, const char *detail,
		 struct now now);
/* We were not there for `span` (suspend, a stalled loop): runs are void, silence is excused. */
void engine_gap(struct engine *engine, usec_t span, struct now now);
/*
 * For `span` up to now requests were lost for want of our own memory or descriptors: what was not
 * heard then is nobody's silence. Runs are not void.
 */
void engine_deaf(struct engine *engine, usec_t span, struct now now);
/* Probe everything now (SIGUSR1). */
void engine_probe_all(struct engine *engine, struct now now);

/* Valid until the next call with this engine. */
void engine_model(struct engine *engine, struct now now, struct model *ret);

#endif
