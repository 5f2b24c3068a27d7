/*
 * courier.h - takes a notice and sees it through: rendered once, durable,
 * sent, recorded. What to try when is core/outbox.c's.
 */
#ifndef APP_COURIER_H
#define APP_COURIER_H

#include <stdbool.h>
#include <stddef.h>

#include "conf/conf.h"
#include "core/model.h"
#include "core/notice.h"
#include "core/outbox.h"
#include "shorewatch/io.h"

struct courier;
struct engine;
struct spool;
struct worker;

struct courier_hooks {
	void *ctx;
	/*
	 * A notice was accepted by a relay or its channel, or written as an .eml: `where` says
	 * where to.
	 */
	void (*on_delivered)(void *ctx, const struct notice *notice, const char *where);
	/*
	 * How one attempt ended, good or bad, before anything else is made of it. `relay`:
	 * NULL for an .eml file, then `reply` is its path. Only of mails. May be NULL.
	 */
	void (*on_answer)(void *ctx, const struct notice *notice, const struct relay_plan *relay,
			  enum outbox_result result, const char *reply);
	/* One that was final in a life before, oldest first, while restoring. May be NULL. */
	void (*on_remembered)(void *ctx, const struct notice *notice);
	/* It is over: accepted after so many attempts that failed, or given up. May be NULL. */
	void (*on_final)(void *ctx, const struct notice *notice, unsigned failed,
			 bool is_accepted);
};

/* Opens and locks STATE_DIR/outbox. NULL with *ret_r = -errno (-EBUSY: another instance). */
struct courier *courier_new(struct io *io, struct worker *worker, const char *state_dir,
			    const struct courier_hooks *hooks, int *ret_r);
void courier_free(struct courier *courier);

/* Renders the notice from the model and queues it. A notice that is known is left alone. */
void courier_take(struct courier *courier, struct generation *generation, const struct model *model,
		  const struct notice *notice, const struct incident *incident, struct now now);
/*
 * Before the loop runs: what waits on the disk is taken up, what the ring remembers is told to the
 * engine.
 */
void courier_restore(struct courier *courier, struct engine *engine, struct now now);
/* Start what is due; returns when something will be. */
mono_t courier_advance(struct courier *courier, struct generation *generation, struct now now);
/* How many wait; `ret_oldest`: since when the oldest mail does. */
size_t courier_waiting(const struct courier *courier, wall_t *ret_oldest);
/* What holds that one back. */
enum outbox_hold courier_hold(const struct courier *courier);
/* Since when the oldest to this recipient waits; unset: none does. */
wall_t courier_oldest(const struct courier *courier, const char *recipient);
/*
 * When the first of them is to be tried next; in the past: it is late. MONO_NEVER: none waits for
 * its time.
 */
mono_t courier_due(const struct courier *courier);
/* Every notice that is not final. */
void courier_each(const struct courier *courier,
		  void (*each)(void *ctx, const struct outbox_entry *entry), void *ctx);
/* For jobs on the worker, which has it to itself. */
const struct spool *courier_spool(const struct courier *courier);
/*
 * Something is under way that the disk has not taken, or not yet: a state saved now would outlive
 * it, and say that it was made.
 */
bool courier_has_undurable(const struct courier *courier);
bool courier_is_storage_failing(const struct courier *courier);
/*
 * Attempts under way: at the end they are waited for a moment, since cutting one leaves it in
 * doubt.
 */
bool courier_is_busy(const struct courier *courier);
/* The end is near: what waits for the disk gets no more than this from now on. */
void courier_hurry(struct courier *courier, usec_t patience);
/* Cut what is still under way and begin nothing more; the worker is to be drained after it. */
void courier_stop(struct courier *courier);

#endif
