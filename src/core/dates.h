/*
 * dates.h - what other hosts' Date headers say of our own wall clock.
 */
#ifndef CORE_DATES_H
#define CORE_DATES_H

#include <stdbool.h>
#include <stddef.h>

#include "shorewatch/address.h"
#include "shorewatch/time.h"

#define DATES_MAX 16 /* hosts listened to; the one not heard for longest makes room */

struct date_heard {
	struct address host;
	usec_t off; /* theirs minus ours */
	mono_t at;
};

struct dates {
	struct date_heard v[DATES_MAX];
	size_t n;
};

void dates_hear(struct dates *dates, const struct address *host, usec_t off, mono_t at);
/*
 * Our clock is wrong: at least two hosts, and more than those that agree with
 * us, are of one mind that it is another day. `ret_off` is how far then.
 */
bool dates_doubt(const struct dates *dates, mono_t now, usec_t *ret_off);

#endif
