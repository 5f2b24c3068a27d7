/*
 * dates.c - see dates.h. Pure.
 *
 * A host is an address: two sites behind one ingress are one witness. That the
 * accusers must agree with each other keeps caches out of it, which repeat the
 * Date of the answer they keep (RFC 9110 6.6.1), each of another hour.
 */
#include "core/dates.h"

#include <string.h>

#define FAR_OFF USEC_PER_DAY		 /* DECISIONS 2 */
#define OF_ONE_MIND (10 * USEC_PER_MIN)
#define REMEMBERED (60 * USEC_PER_MIN)	 /* what a host said longer ago may be of another clock */
#define ACCUSERS_MIN 2

static bool is_within(usec_t a, usec_t b, usec_t span)
{
	return a - b <= span && b - a <= span;
}

static bool is_host(const struct address *a, const struct address *b)
{
	return a->family == b->family && memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static struct date_heard *place_for(struct dates *dates, const struct address *host)
{
	struct date_heard *oldest = &dates->v[0];

	for (size_t i = 0; i < dates->n; i++) {
		if (is_host(&dates->v[i].host, host))
			return &dates->v[i];
		if (dates->v[i].at.us < oldest->at.us)
			oldest = &dates->v[i];
	}
	return dates->n < DATES_MAX ? &dates->v[dates->n++] : oldest;
}

void dates_hear(struct dates *dates, const struct address *host, usec_t off, mono_t at)
{
	*place_for(dates, host) = (struct date_heard){ *host, off, at };
}

/* Hosts that put our clock off by `off`, give or take `span`. */
static unsigned count_near(const struct dates *dates, usec_t off, usec_t span, mono_t now)
{
	unsigned n = 0;

	for (size_t i = 0; i < dates->n; i++)
		n += mono_span(dates->v[i].at, now) <= REMEMBERED &&
		     is_within(dates->v[i].off, off, span);
	return n;
}

/* Told by more than those who agree with us? */
static bool is_charge_carried(const struct dates *dates, usec_t off, mono_t now)
{
	unsigned accusers = count_near(dates, off, OF_ONE_MIND, now);

	return accusers >= ACCUSERS_MIN && accusers > count_near(dates, 0, FAR_OFF, now);
}

/* Asked after every answer: as long as nobody accuses us, there is nothing to count. */
bool dates_doubt(const struct dates *dates, mono_t now, usec_t *ret_off)
{
	for (size_t i = 0; i < dates->n; i++) {
		const struct date_heard *heard = &dates->v[i];

		if (is_within(heard->off, 0, FAR_OFF) ||
		    mono_span(heard->at, now) > REMEMBERED ||
		    !is_charge_carried(dates, heard->off, now))
			continue;
		*ret_off = heard->off;
		return true;
	}
	return false;
}
