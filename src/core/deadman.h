/*
 * deadman.h - the clock on beats: silence becomes a judgement.
 */
#ifndef CORE_DEADMAN_H
#define CORE_DEADMAN_H

#include <stdbool.h>
#include <stdint.h>

#include "shorewatch/time.h"

enum deadman_state {
	DEADMAN_NEW,	  /* no beat yet, within start_grace */
	DEADMAN_UP,
	DEADMAN_LATE,	  /* 2 x period without a beat: page only */
	DEADMAN_SILENT,	  /* period + grace, or never one within start_grace */
	DEADMAN_RESOLVED, /* Alertmanager said "resolved", and no firing came since */
	/* dead, one beat has come; a second one at least half a period later ends it */
	DEADMAN_RETURNING,
	DEADMAN_COUNT,
};

enum beat { BEAT_FIRING, BEAT_RESOLVED };

struct deadman_rule {
	usec_t period, grace, start_grace;
	bool resolved_is_down;
};

struct deadman {
	enum deadman_state state;
	struct now since;	   /* when the state was entered */
	struct now last;	   /* last firing beat; wall unset: never */
	/*
	 * the silence is counted from here: the last beat or the start, put off by our own absences
	 */
	mono_t began;
	mono_t resolved;	   /* a resolved without a firing since; MONO_NEVER: none */
	wall_t dead_since;	   /* the last beat before the silence that is judged now */
	bool was_resolved;	   /* that silence was announced by a "resolved" */
	mono_t return_began;	   /* first beat of a return */
	uint64_t beats, duplicates;
	usec_t gaps[10];	   /* the last gaps between beats, for the cadence */
	unsigned gaps_n;
	usec_t cadence;		   /* their median; 0: fewer than 3 */
};

void deadman_init(struct deadman *d, struct now now);
/* A beat has come. True: the state changed. */
bool deadman_beat(struct deadman *d, const struct deadman_rule *rule, enum beat beat,
		  struct now now);
/* Time has passed. True: the state changed. */
bool deadman_advance(struct deadman *d, const struct deadman_rule *rule, struct now now);
/* When deadman_advance can next change anything. */
mono_t deadman_wake(const struct deadman *d, const struct deadman_rule *rule);
/*
 * How long after the last one a beat is overdue that has not come yet: by its period, or by how
 * they have come so far.
 */
usec_t deadman_patience(const struct deadman *d, const struct deadman_rule *rule);
/* We did not listen for `span`: it does not count as silence. */
void deadman_excuse(struct deadman *d, usec_t span, mono_t now);
/*
 * For longer than a period nobody kept count: beats may have come meanwhile, and are given a
 * period to come again, 75 s at most.
 */
void deadman_expect(struct deadman *d, const struct deadman_rule *rule, struct now now);
/* It is known to have returned while its state was lost: up, with a whole window ahead. */
void deadman_trust(struct deadman *d, struct now now);
/* Silent, resolved or returning. */
bool deadman_is_dead(const struct deadman *d);
/* They come so much more rarely than expected that each wait for the next looks like a silence. */
bool deadman_is_slow(usec_t cadence, usec_t period);
const char *deadman_name(enum deadman_state state);
bool deadman_parse(const char *name, enum deadman_state *ret);

#endif
