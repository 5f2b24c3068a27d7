/*
 * ways.c - by which family beats and reports come, and what follows when it is cut off.
 *
 * Our own IPv4 may be gone while IPv6 works: we are online, but whoever sends by
 * IPv4 cannot reach us. His silence is ours then, and does not count for as long
 * as the references of that family tell so. Whoever was heard by it after they
 * fell silent proves that they are what is broken, and that his silence is his.
 *
 * While all families are gone, all time is put off already (isolation.c).
 */
#include "core/engine_parts.h"

static uint32_t first_job(const struct engine *e)
{
	return (uint32_t)(e->plan->targets_n - e->plan->pings_n);
}

/* When it was heard last; never: when we began to listen. */
static mono_t heard_last(const struct engine *e, struct now last)
{
	return wall_is_set(last.wall) ? last.mono : e->began;
}

static bool is_cut(const struct engine *e, enum family family, mono_t last)
{
	return e->vantage_state == VANTAGE_OK &&
	       vantage_judge(&e->vantage, family) == VANTAGE_ISOLATED &&
	       last.us <= vantage_family_lost(&e->vantage, family).us;
}

/* What passed since the last look, or since its family was lost. */
static usec_t lost_by(struct engine *e, struct way *way, mono_t last, struct now now)
{
	enum family family = vantage_way(&e->vantage, way->by);
	mono_t from = e->advanced;

	if (e->vantage_state == VANTAGE_ISOLATED) {
		way->is_put_off = true;
		return 0;
	}
	if (!is_cut(e, family, last)) {
		way->is_put_off = false;
		return 0;
	}
	if (!way->is_put_off)
		from = vantage_family_lost(&e->vantage, family);
	if (from.us < e->resumed.us)
		from = e->resumed;
	way->is_put_off = true;
	e->is_way_cut = true;
	return mono_span(from, now.mono);
}

void ways_advance(struct engine *e, struct now now)
{
	struct way *way = e->ways;

	e->is_way_cut = false;
	for (size_t i = 0; i < e->plan->watchdogs_n; i++, way++) {
		struct deadman *d = &e->deadmen[i];

		deadman_excuse(d, lost_by(e, way, heard_last(e, d->last), now), now.mono);
	}
	for (size_t i = 0; i < e->plan->pings_n; i++, way++) {
		struct job *j = &e->jobs[i];
		usec_t lost = lost_by(e, way, heard_last(e, j->last), now);

		/* What nobody could hear at all, and planned work, is put off already. */
		if (!e->is_deaf && !is_planned(e, first_job(e) + (uint32_t)i))
			job_excuse(j, lost, now.mono);
	}
}

struct way *way_of_watchdog(const struct engine *e, uint32_t watchdog)
{
	return &e->ways[watchdog];
}

struct way *way_of_job(const struct engine *e, uint32_t target)
{
	return &e->ways[e->plan->watchdogs_n + target - first_job(e)];
}
