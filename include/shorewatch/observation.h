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

/*
 * What a witness said of the Watchdog (ROLE_ALERTMANAGER, ROLE_PROMETHEUS); only with CAUSE_PASS.
 */
enum testimony {
	TESTIMONY_NONE,
	/* firing; age_us says how old the news is by the witness's own clock */
	TESTIMONY_ACTIVE,
	TESTIMONY_SUPPRESSED, /* silenced or inhibited; the note says by what */
	TESTIMONY_ABSENT,     /* it knows of no such alert */
};

/* The certificate that was shown, also when it does not verify. */
struct certificate {
	wall_t not_before, not_after; /* not_after unset: none was seen */
	uint64_t fingerprint;	      /* the first 8 bytes of the leaf's SHA-256 */
};

struct observation {
	uint32_t target;		/* index into plan.targets */
	struct now started;
	mono_t ended;
	struct outcome outcome;
	bool is_reached;		/* connected and anything came back (DECISIONS 1) */
	/* the name failed (PHASE_DNS), but an address that it had before can be connected to */
	bool is_address_good;
	int code;			/* HTTP status, 0 = none */
	usec_t phase_us[PHASE_COUNT];	/* PHASE_NOT_REACHED where it never got */
	usec_t total_us;
	struct address address;		/* the one used last */
	struct certificate certificate;
	enum testimony testimony;
	/* TESTIMONY_ACTIVE: of the last evaluation that reached the witness */
	usec_t age_us;
	wall_t date;			/* the answer's Date header; unset: none */
	char note[NOTE_MAX];		/* one line, UTF-8 not guaranteed: foreign text */
};

#endif
