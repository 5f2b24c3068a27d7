/*
 * canary_send.h - one mail canary handed in: each relay is asked once, in turn.
 * Beside the outbox, so that no notice waits for it.
 */
#ifndef APP_CANARY_SEND_H
#define APP_CANARY_SEND_H

#include "conf/conf.h"
#include "core/canary.h"
#include "shorewatch/io.h"

struct canary_send;

/* `words`: the last relay's. */
typedef void canary_on_sent(void *ctx, enum canary_sent sent, const char *words);

/* NULL: no memory. on_sent comes once for each start, perhaps before it returns. */
struct canary_send *canary_send_new(struct io *io, canary_on_sent *on_sent, void *ctx);
/* What is under way is cancelled without a word. NULL is fine. */
void canary_send_free(struct canary_send *send);
/* Not while one is under way. The plan has a canary, and a relay. */
void canary_send_start(struct canary_send *send, struct generation *generation, const char *nonce,
		       wall_t made);

#endif
