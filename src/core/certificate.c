/*
 * certificate.c - see certificate.h. Pure: a certificate and a time in, a step out.
 *
 * Steps belong to the certificate, not to the target: one certificate on ten
 * hosts is told of once. They are remembered by fingerprint also after it was
 * replaced, because behind one address there may be two servers, of which only
 * one was given the new one: the old one then comes and goes.
 */
#include "core/certificate.h"

#include <assert.h>

#define LIFETIME_PART 4 /* a step is never further from the end than this part of the lifetime */
#define STEP_BITS ((UINT32_C(1) << CERTIFICATE_STEPS) - 1)

static const usec_t aheads[CERTIFICATE_STEPS] = {
	21 * USEC_PER_DAY, 14 * USEC_PER_DAY, 7 * USEC_PER_DAY, 3 * USEC_PER_DAY, 1 * USEC_PER_DAY,
};

usec_t certificate_ahead(const struct certificate *c, int step)
{
	usec_t part = wall_span(c->not_before, c->not_after) / LIFETIME_PART;

	assert(step >= 0 && step < CERTIFICATE_STEPS);
	if (!wall_is_set(c->not_before) || part > aheads[step])
		return aheads[step];
	return part;
}

int certificate_step(const struct certificate *c, wall_t at)
{
	usec_t left = wall_span(at, c->not_after);
	int step = -1;

	if (!wall_is_set(c->not_after) || left <= 0)
		return -1;
	while (step + 1 < CERTIFICATE_STEPS && left <= certificate_ahead(c, step + 1))
		step++;
	return step;
}

usec_t certificate_until_next(const struct certificate *c, wall_t at)
{
	usec_t left = wall_span(at, c->not_after);
	int next = certificate_step(c, at) + 1;

	if (!wall_is_set(c->not_after) || left <= 0)
		return 0;
	return next < CERTIFICATE_STEPS ? left - certificate_ahead(c, next) : left;
}

/* ---- what was told ---- */

struct certificate_told *ledger_find(const struct certificate_ledger *ledger, uint64_t fingerprint)
{
	for (size_t i = 0; i < ledger->n; i++)
		if (ledger->v[i].fingerprint == fingerprint)
			return &ledger->v[i];
	return NULL;
}

static struct certificate_told *ends_first(const struct certificate_ledger *ledger)
{
	struct certificate_told *first = &ledger->v[0];

	for (size_t i = 1; i < ledger->n; i++)
		if (ledger->v[i].not_after.us < first->not_after.us)
			first = &ledger->v[i];
	return first;
}

struct certificate_told *ledger_open(struct certificate_ledger *ledger, uint64_t fingerprint,
				     wall_t not_after)
{
	struct certificate_told *told = ledger_find(ledger, fingerprint);

	assert(ledger->max > 0);
	if (told)
		return told;
	told = ledger->n < ledger->max ? &ledger->v[ledger->n++] : ends_first(ledger);
	*told = (struct certificate_told){ .fingerprint = fingerprint, .not_after = not_after };
	return told;
}

bool ledger_has(const struct certificate_told *told, int step)
{
	return told && (told->steps & STEP_BITS) >> step != 0;
}

int ledger_last(const struct certificate_told *told)
{
	int last = CERTIFICATE_STEPS - 1;

	while (last >= 0 && !ledger_has(told, last))
		last--;
	return last;
}
