/*
 * settled.c - between two looks nothing can have changed.
 *
 * Most turns of a loop are because one run begins or ends and is well, and
 * everything else was looked at a moment ago. Each part of the engine says when
 * time alone will change what it has found; until then, and until something
 * comes in that is not routine, looking again finds the same. Where a part goes
 * by time as it passes (what is put off while we are cut off or deaf, what
 * waits for references), nothing is settled and every turn looks.
 *
 * Whatever changes more than its own target unsettles: cases_touch(),
 * engine_dirty(), and the few calls that do neither.
 */
#include "core/engine_parts.h"

/* Wall clocks are slewed a little all the time; more than this is a step, and windows go by it. */
#define SLEWED (100 * USEC_PER_MS)

static bool is_vantage_settled(const struct engine *e)
{
	return e->vantage_state != VANTAGE_ISOLATED && !e->is_isolation_inherited &&
	       (e->plan->references_n == 0 || vantage_has_quorum(&e->vantage));
}

/* A finding that reaches into another stack is judged there at the next look. */
static bool are_stacks_settled(const struct engine *e)
{
	for (size_t i = 0; i < e->plan->stacks_n; i++)
		if (e->stacks[i].is_dirty)
			return false;
	return true;
}

void settled_note(struct engine *e, mono_t wake, struct now now)
{
	bool is_settled = is_vantage_settled(e) && are_stacks_settled(e) &&
			  !jobs_are_put_off(e) && !e->is_way_cut && e->settled_until.us != 0;

	e->settled_until = is_settled ? wake : (mono_t){ 0 };
	e->settled_drift = now.wall.us - now.mono.us;
}

bool is_calm(const struct engine *e, struct now now)
{
	usec_t slewed = now.wall.us - now.mono.us - e->settled_drift;

	return e->held == 0 && now.mono.us < e->settled_until.us &&
	       now.mono.us < e->expiry_wake.us && slewed <= SLEWED && slewed >= -SLEWED;
}

/* One that was well and is: nobody goes by it but its own target. */
bool is_routine(const struct engine *e, const struct observation *o)
{
	size_t reference = o->target - e->plan->targets_n;

	if (o->target < e->plan->targets_n)
		return true; /* what it changes for its stack touches that */
	return reference < e->plan->references_n && o->outcome.cause == CAUSE_PASS &&
	       e->vantage.references[reference].is_known &&
	       e->vantage.references[reference].has_answered;
}
