/*
 * schedule.h - when a target is due next.
 */
#ifndef CORE_SCHEDULE_H
#define CORE_SCHEDULE_H

#include "core/verdict.h"
#include "shorewatch/plan.h"

/* A target that is not up is probed at least this often. */
#define SCHEDULE_TROUBLED (60 * USEC_PER_SEC)
/* A reference that does not answer: how soon we learn that we are back. */
#define SCHEDULE_REFERENCE_RETRY (10 * USEC_PER_SEC)

/*
 * The first run of one of `count` targets: spread over the interval, at 50 runs a second when that
 * is shorter.
 */
mono_t schedule_first(const struct target_plan *target, size_t count, mono_t now);
/*
 * After a run that began at `started` and has just ended at `now`. Slots of a
 * healthy target lie on a grid of its interval whose phase is a hash of its
 * name, so that they never drift by a run's duration. `was_conclusive`:
 * a run that proved nothing is made again soon.
 */
mono_t schedule_next(const struct target_plan *target, const struct verdict *verdict,
		     bool was_conclusive, mono_t started, mono_t now);
/*
 * A witness keeps to its grid, unless the next answer confirms something
 * (`is_hasty`: after its spacing), or decides it at `decides`.
 */
mono_t schedule_witness(const struct target_plan *target, bool is_hasty, mono_t decides,
			mono_t now);
/* The shortest pause between two runs that count. */
usec_t schedule_spacing(const struct target_plan *target);

#endif
