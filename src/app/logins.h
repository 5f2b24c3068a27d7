/*
 * logins.h - which relays let us in, so that a wrong password hammers at none.
 *
 * Providers shut an account after a handful of refused logins. So a relay that
 * has refused ours (or wants one that we have not) is left alone for 15 min,
 * whoever the notices are for; then one of them asks again, and until it has
 * been served the others wait on. That is four logins in any hour. A relay
 * that has not let us in yet is asked by one notice first, and the others
 * give it 10 s: then it is slow, and that is no reason to be late.
 *
 * What is remembered belongs to the relay with its credentials: another password is tried at once.
 * A restart has forgotten it.
 */
#ifndef APP_LOGINS_H
#define APP_LOGINS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shorewatch/io.h"
#include "shorewatch/plan.h"
#include "shorewatch/time.h"

#define LOGINS_MAX 8 /* relays; of more than these the first ones are forgotten */
#define LOGIN_REST (15 * USEC_PER_MIN)
#define LOGIN_PATIENCE (10 * USEC_PER_SEC)

struct login {
	uint64_t key; /* of the relay and its credentials; 0: free */
	enum login_state { LOGIN_UNKNOWN, LOGIN_TRIED, LOGIN_GOOD, LOGIN_REFUSED } state;
	mono_t until; /* TRIED: that the others wait; REFUSED: that it is left alone */
	char reply[200]; /* REFUSED: with these words, made safe */
};

struct logins {
	struct login of[LOGINS_MAX];
	size_t oldest;
};

enum login_turn {
	LOGIN_NOW,   /* ask it, and say with logins_heard() how that ended */
	LOGIN_SOON,  /* another one is asking: come again in a moment */
	LOGIN_RESTS, /* not to be asked */
};

/*
 * `ret_until`: not to come back before then, unless NOW. `ret_reply`: with which words it refused
 * us, until the next call; "" none.
 */
enum login_turn logins_turn(struct logins *logins, const struct relay_plan *relay, struct now now,
			    mono_t *ret_until, const char **ret_reply);
/* How an attempt at this relay ended; `reply` is safe to show. */
void logins_heard(struct logins *logins, const struct relay_plan *relay,
		  const struct io_mail_result *result, const char *reply, struct now now);

#endif
