/*
 * weekly.h - what a week adds up to, for the mail that sums it up.
 *
 * Internal to core, but for the sums, which the model shows to whoever writes
 * that mail.
 */
#ifndef CORE_WEEKLY_H
#define CORE_WEEKLY_H

#include <stdint.h>

#include "core/incident.h"
#include "shorewatch/time.h"
#include "shorewatch/window.h"

/* More than a week has, unless something comes and goes without end. */
#define OUTAGES_KEPT 48

/* An incident that has ended, as much of it as one line tells. */
struct outage {
	wall_t opened, closed;
	usec_t lasted;		     /* by the boot clock */
	enum diagnosis worst;
	unsigned most_failing;	     /* at once */
	char stack[NAME_TEXT_MAX];
	char first[NAME_TEXT_MAX];   /* who failed first; "": not known any more */
	struct outcome outcome;	     /* how he did */
	int code;
};

struct weekly {
	/* the moment of the last summary that was written or passed over; unset: none yet */
	wall_t told;
	/* mails since then that a relay has taken, and how many of them at the first attempt */
	unsigned mails, mails_at_once;
	unsigned mails_lost;	     /* given up */
	struct outage outages[OUTAGES_KEPT]; /* oldest first */
	size_t outages_n;
	wall_t forgotten;	     /* the end of the newest one that had no room; unset: none */
};

/* The first moment after `at`; unset: there is none. */
wall_t weekly_next(const struct window_plan *moments, wall_t at);

#endif
