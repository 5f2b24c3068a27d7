/*
 * drill.h - `shorewatch drill`: a pretended outage through the whole chain.
 *
 * A second small engine watches one pretended service of our own, which is
 * shut and opened again; its mails take the real outbox and the real relays,
 * marked as a drill. Nothing of it enters state, history or page, but that a
 * drill is running.
 *
 *   drill.c         the drill as acts, one after the other
 *   drill_scene.c   its engine, bound to a pool of runs of its own and to the courier
 *   drill_plan.c    what that engine watches, and whom it tells
 *   drill_door.c    the pretended service: a socket on loopback
 *   drill_mails.c   its mails, followed to the relay's reply
 *   drill_say.c     what has happened so far, as text and JSON
 */
#ifndef APP_DRILL_H
#define APP_DRILL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/notice.h"
#include "core/outbox.h"
#include "shorewatch/time.h"

struct buf;
struct daemon;
struct drill;
struct relay_plan;

/*
 * Begins one with this daemon's configuration of now, in the place of one that is over. NULL, and
 * `why` says it in a sentence: one is running, nobody would be told, no memory.
 */
struct drill *drill_begin(struct daemon *daemon, struct buf *why);
/* NULL is fine: no drill so far. */
void drill_free(struct drill *drill);
bool drill_is_running(const struct drill *drill);
/* Tells drills apart; NULL: 0, which is none. */
uint64_t drill_id(const struct drill *drill);
/* Every turn, before the courier's. When to be called next; MONO_NEVER: it is over. */
mono_t drill_advance(struct drill *drill, struct now now);
/* We were not there for `span`. */
void drill_gap(struct drill *drill, usec_t span, struct now now);
/* No further than needed: a DOWN that is made still gets its UP. */
void drill_end(struct drill *drill, struct now now);
/* Any mail's attempt has ended; the courier's on_answer. */
void drill_answered(struct drill *drill, const struct notice *notice,
		    const struct relay_plan *relay, enum outbox_result result, const char *reply,
		    struct now now);

/* ---- what has happened so far ---- */

size_t drill_steps(const struct drill *drill);
/* It is over, and every mail was taken. */
bool drill_has_passed(const struct drill *drill);
/* The steps from number `from` on, a line each. */
void drill_write_steps(const struct drill *drill, size_t from, struct buf *to);
/* Over: why it has not passed, a line each. Nothing when it has. */
void drill_write_faults(const struct drill *drill, struct buf *to);
/* All of it: shorewatch.drill/1. */
void drill_write_json(const struct drill *drill, struct buf *to);

#endif
