/*
 * observation.h - what one run measured. A plain value, copied downhill.
 */
#ifndef SHOREWATCH_OBSERVATION_H
#define SHOREWATCH_OBSERVATION_H

#include "shorewatch/address.h"
#include "shorewatch/outcome.h"
#include "shorewatch/time.h"

#define NOTE_MAX 120
#define PHASE_NOT_REACHED ((usec_t)-1)

struct observation {
	uint32_t target;		/* index into plan.targets */
	struct now started;
	mono_t ended;
	struct outcome outcome;
	bool is_reached;		/* connected and anything came back (DECISIONS 1) */
	int code;			/* HTTP status, 0 = none */
	usec_t phase_us[PHASE_COUNT];	/* PHASE_NOT_REACHED where it never got */
	usec_t total_us;
	struct address address;		/* the one used last */
	wall_t cert_not_after;		/* unset: no certificate seen */
	char note[NOTE_MAX];		/* one line, UTF-8 not guaranteed: foreign text */
};

#endif
