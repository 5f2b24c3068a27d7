/*
 * judge_days.c - the seconds of the days: what is booked as down is what has
 * failed, within one interval for each outage; what nobody saw is neither.
 */
#include "sim.h"

/* ---- what may be booked, and what must be ---- */

void judge_days_grow(struct sim *s, int64_t span)
{
	(void)s;
	(void)span;
}

void judge_days(struct sim *s, const struct model *m)
{
	(void)s;
	(void)m;
}
