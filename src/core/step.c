/*
 * step.c - the wall clock leaps: nobody saw the time that it leapt over.
 *
 * Days are booked by the wall clock, because people read them by it. Of an hour
 * that a step skips nothing is known, whatever somebody was before it; an hour
 * that comes twice is booked once (rollup.c).
 */
#include "core/engine_parts.h"

/* More than any clock is slewed between two looks. */
#define STEP_LEAST (2 * USEC_PER_SEC)

void step_look(struct engine *e, struct now now)
{
	usec_t drift = now.wall.us - now.mono.us, step = drift - e->drift;

	e->drift = drift;
	if (step >= STEP_LEAST)
		blind_book_all(e, (wall_t){ now.wall.us - step }, now);
}
