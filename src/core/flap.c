/*
 * flap.c - see flap.h.
 */
#include "core/flap.h"

#include <string.h>

void flap_note(struct flap *flap, mono_t now)
{
	memmove(flap->at + 1, flap->at, (FLAP_CHANGES - 1) * sizeof flap->at[0]);
	flap->at[0] = now;
}

mono_t flap_ends(const struct flap *flap)
{
	return mono_add(flap->at[0], FLAP_CALM);
}

bool flap_was_on(const struct flap *flap)
{
	mono_t first = flap->at[FLAP_CHANGES - 1];

	return first.us != 0 && mono_span(first, flap->at[0]) <= FLAP_WITHIN;
}

bool flap_is_on(const struct flap *flap, mono_t now)
{
	return flap_was_on(flap) && mono_reached(flap->at[0], now) && !mono_reached(flap_ends(flap), now);
}
