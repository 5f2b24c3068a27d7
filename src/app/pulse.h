/*
 * pulse.h - do we get on? Told to systemd (WATCHDOG=1, STATUS=) and to
 * heartbeat_url, and asked of our own listener.
 */
#ifndef APP_PULSE_H
#define APP_PULSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/model.h"
#include "shorewatch/io.h"

struct pulse;

/* What the daemon sees of its rooms in this turn. */
struct pulse_view {
	usec_t lag;		/* of the turn */
	size_t runs_waiting;	/* probes that find no free slot */
	mono_t mail_due;	/* of the queue's head; MONO_NEVER: none waits */
	size_t mails_waiting;
	usec_t disk_age;	/* of the oldest job of the writer */
	uint64_t refused_full;	/* connections that the listener had no room for */
};

/* NULL: no memory. The plan must outlive it, or be followed by pulse_renew(). */
struct pulse *pulse_new(struct io *io, const struct plan *plan, struct now now);
void pulse_free(struct pulse *pulse);
/* Our own listener, reached from this machine; FAMILY_ANY: there is none. */
void pulse_listener(struct pulse *pulse, const struct address *own);
/* Another generation, or time in which we were not there: every target counts from now. */
void pulse_renew(struct pulse *pulse, const struct plan *plan, struct now now);
void pulse_launched(struct pulse *pulse, uint32_t target, struct now now);
/* The newest report's findings, for STATUS=. */
void pulse_found(struct pulse *pulse, const struct model *model);
/* Say everything again: after READY=1 of a reload. */
void pulse_touch(struct pulse *pulse);
/* Every turn, after the engine has advanced. Returns when to be called next. */
mono_t pulse_advance(struct pulse *pulse, const struct pulse_view *view, struct now now);

#endif
