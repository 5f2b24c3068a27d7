/*
 * evidence.h - of which failures evidence is kept. For the room's files only;
 * what it is: shorewatch/evidence.h.
 */
#ifndef IO_EVIDENCE_H
#define IO_EVIDENCE_H

#include "shorewatch/evidence.h"
#include "shorewatch/observation.h"

/* Zeroed at first. Targets by index, up to the highest that ever failed. */
struct keeper {
	struct streak *streaks;
	size_t n;
	mono_t hour;	     /* when counting began */
	unsigned kept;	     /* since then, of all */
};

void keeper_done(struct keeper *keeper);
/* How many runs of it have failed in a row. */
unsigned keeper_streak(const struct keeper *keeper, uint32_t target);
/* Should it fail now, its evidence would be kept. */
bool keeper_wants(const struct keeper *keeper, uint32_t target, mono_t now);
/*
 * A run has ended, and unless it passed after one that passed this is to be
 * called: counts it. True: its evidence, if there is any, is to be kept.
 */
bool keeper_take(struct keeper *keeper, const struct observation *seen,
		 const struct evidence *evidence);

#endif
