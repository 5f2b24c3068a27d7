/*
 * timers.h - the list behind io_timer_set(), for loop.c: there are few, one
 * for each part that waits; whoever has many deadlines keeps a heap of his own
 * and one timer for its top.
 */
#ifndef IO_TIMERS_H
#define IO_TIMERS_H

#include "shorewatch/time.h"

struct io_timer;

struct timers {
	struct io_timer *first;
};

/* The earliest, or MONO_NEVER. */
mono_t timers_due(const struct timers *timers);
/*
 * Calls each that is due, once: one that is set anew by such a call waits for
 * the next turn, so that every pass ends.
 */
void timers_serve(struct timers *timers, mono_t now);
/* Releases what was freed while the list was walked. */
void timers_sweep(struct timers *timers);

#endif
