/*
 * relays.h - keeps the relays' addresses known, so that a mail leaves also
 * when our resolvers are what is broken.
 */
#ifndef APP_RELAYS_H
#define APP_RELAYS_H

#include "shorewatch/io.h"
#include "shorewatch/plan.h"

struct relays;

/* NULL: no memory. */
struct relays *relays_new(struct io *io);
void relays_free(struct relays *relays);
/*
 * Looks every relay's name up when it is time; io remembers the answers. Returns when to be called
 * next.
 */
mono_t relays_advance(struct relays *relays, const struct plan *plan, struct now now);
/* Another configuration: its relays are looked up with the next call. */
void relays_renew(struct relays *relays);

#endif
