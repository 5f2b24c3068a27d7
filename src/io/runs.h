/*
 * runs.h - the pool of runs: starts a probe kind, holds its deadline, hands on
 * its observation.
 */
#ifndef IO_RUNS_H
#define IO_RUNS_H

#include <stddef.h>
#include <stdint.h>

#include "shorewatch/io.h"
#include "shorewatch/observation.h"
#include "shorewatch/plan.h"

struct evidence;
struct runs;

typedef void runs_on_observation(void *ctx, const struct observation *observation);

/*
 * `max` runs at once; a further start waits in order and its run begins when a slot is free. NULL:
 * no memory.
 */
struct runs *runs_new(struct io *io, size_t max, runs_on_observation *on_observation, void *ctx);
/*
 * What the run saw whose observation is being reported: for on_observation, until that returns.
 * Only of failures of the target's: the first three in a row, then one an hour. NULL: none.
 */
const struct evidence *runs_evidence(const struct runs *runs);
void runs_free(struct runs *runs); /* cancels everything, reports nothing */
/*
 * `index` becomes observation.target. Reports exactly once, never before runs_start returns, unless
 * aborted.
 */
void runs_start(struct runs *runs, uint32_t index, const struct target_plan *target);
/* Forget the run of this target: no observation comes. */
void runs_abort(struct runs *runs, uint32_t index);
void runs_abort_all(struct runs *runs);
size_t runs_in_flight(const struct runs *runs);
/* more than 0 for long: the pool is too small; say so */
size_t runs_waiting(const struct runs *runs);

#endif
