/*
 * latency.c - response times as 16 bits each.
 *
 * A code is a number of 11 bits and, above it, 5 bits that say how often it is
 * doubled: below 2048 us exact, beyond it right to 1/2048. Longer times have
 * greater codes, so that codes can be sorted as they are.
 */
#include "core/latency.h"

#include <string.h>

#define SLOT	     USEC_PER_HOUR
#define DIGITS	     11
#define DOUBLED_MOST 31
#define US_MOST	     ((usec_t)2047 << DOUBLED_MOST) /* 50 days */

static uint16_t code_of(usec_t us)
{
	unsigned doubled = 0;

	if (us < 1)
		us = 1; /* 0 is none */
	if (us > US_MOST)
		us = US_MOST;
	for (; us >> DIGITS != 0; doubled++)
		us = (us >> 1) + (us & 1);
	return (uint16_t)(doubled << DIGITS | (unsigned)us);
}

static usec_t us_of(uint16_t code)
{
	return (usec_t)(code & ((1 << DIGITS) - 1)) << (code >> DIGITS);
}

void latency_add(struct latency *l, wall_t at, usec_t us)
{
	int32_t slot = (int32_t)(at.us / SLOT);

	if (slot < l->newest)
		return;
	if (slot - l->newest >= LATENCY_SLOTS)
		memset(l->codes, 0, sizeof l->codes);
	else
		for (int32_t s = l->newest + 1; s < slot; s++)
			l->codes[s % LATENCY_SLOTS] = 0;
	l->newest = slot;
	l->codes[slot % LATENCY_SLOTS] = code_of(us);
}

/* They are few, and all of them are asked for whenever a page is made. */
static void sort_codes(uint16_t *codes, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		uint16_t code = codes[i];
		size_t at = i;

		for (; at > 0 && codes[at - 1] > code; at--)
			codes[at] = codes[at - 1];
		codes[at] = code;
	}
}

usec_t latency_median(const struct latency *l, wall_t now)
{
	uint16_t sorted[LATENCY_SLOTS];
	int32_t oldest = (int32_t)(now.us / SLOT) - LATENCY_SLOTS + 1;
	size_t n = 0;

	for (int32_t s = l->newest; s > l->newest - LATENCY_SLOTS && s >= oldest && s >= 0; s--)
		if (l->codes[s % LATENCY_SLOTS] > 0)
			sorted[n++] = l->codes[s % LATENCY_SLOTS];
	if (n == 0)
		return 0;
	sort_codes(sorted, n);
	return us_of(sorted[(n - 1) / 2]); /* nearest rank */
}
