/*
 * flap.h - a target that comes and goes: its last changes, counted.
 *
 * Four changes within 30 min are flapping; it ends after 15 min of calm, in
 * whatever state (ARCHITECTURE 4). Pure.
 */
#ifndef CORE_FLAP_H
#define CORE_FLAP_H

#include <stdbool.h>

#include "shorewatch/time.h"

#define FLAP_CHANGES 4
#define FLAP_WITHIN (30 * USEC_PER_MIN)
#define FLAP_CALM (15 * USEC_PER_MIN)

struct flap {
	mono_t at[FLAP_CHANGES]; /* newest first; 0: there were fewer */
};

/* It has failed, or has returned, just now. */
void flap_note(struct flap *flap, mono_t now);
/* It was on, or is: so many changes so close together; how long ago does not matter. */
bool flap_was_on(const struct flap *flap);
bool flap_is_on(const struct flap *flap, mono_t now);
/* When it will have been calm for long enough. */
mono_t flap_ends(const struct flap *flap);

#endif
