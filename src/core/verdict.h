/*
 * verdict.h - what we believe about one target: ARCHITECTURE's table 4.
 */
#ifndef CORE_VERDICT_H
#define CORE_VERDICT_H

#include <stdbool.h>

#include "shorewatch/time.h"

enum verdict_state {
	VERDICT_UNKNOWN,
	VERDICT_UP,
	VERDICT_SUSPECT,
	VERDICT_DOWN,
	VERDICT_RECOVERING,
	VERDICT_PAUSED,
	VERDICT_COUNT,
};

enum signal { SIGNAL_PASS, SIGNAL_FAIL, SIGNAL_INCONCLUSIVE };

struct verdict_rule {
	unsigned fall, rise;
	usec_t settle; /* passes must span this much before a recovery is believed */
};

struct verdict {
	enum verdict_state state;
	/* consecutive FAILs while unknown or suspect, PASSes while recovering */
	unsigned streak;
	struct now streak_began;  /* start of the run that began the streak */
	struct now since;	  /* when the state was entered */
	struct now failing_since; /* start of the first failed run of the outage; unset while up */
};

/*
 * One observation, reduced to its signal. `started` is the run's start.
 * `is_vouched`: enough references answered after that run began; without it a
 * FAIL never completes the fall (the streak waits one short of it).
 * True: the state changed.
 */
bool verdict_step(struct verdict *v, const struct verdict_rule *rule, enum signal signal,
		  bool is_vouched, struct now started, struct now now);

/* Of several failures in a row the last one was our own link's. */
void verdict_unstep(struct verdict *v);

/* A failure that nobody vouches for lies within its recovery: good answers count from the next on. */
void verdict_recount(struct verdict *v);
/* The failures in a row were our own link's: as before them. True: the state changed. */
bool verdict_retract(struct verdict *v, struct now now);
/* What was believed is out of date: back to unknown, the next observations decide. */
void verdict_forget(struct verdict *v, struct now now);
/* Down or recovering: believed to fail. */
bool verdict_is_failing(enum verdict_state state);
/* Suspect, or unknown: may turn out either way. */
bool verdict_is_open(enum verdict_state state);
const char *verdict_name(enum verdict_state state);
bool verdict_parse(const char *name, enum verdict_state *ret);

#endif
