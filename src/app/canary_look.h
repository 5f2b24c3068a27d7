/*
 * canary_look.h - one look for a mail canary: where its mailbox's server is, and
 * whether it is there.
 */
#ifndef APP_CANARY_LOOK_H
#define APP_CANARY_LOOK_H

#include "conf/conf.h"
#include "core/canary.h"
#include "shorewatch/io.h"

struct canary_looker;

/* `words`: why not, or what went wrong besides; "" nothing did. */
typedef void canary_on_looked(void *ctx, enum canary_look look, size_t removed, const char *words);

/* NULL: no memory. on_looked comes once for each start, perhaps before it returns. */
struct canary_looker *canary_looker_new(struct io *io, canary_on_looked *on_looked, void *ctx);
/* What is under way is cancelled without a word. NULL is fine. */
void canary_looker_free(struct canary_looker *looker);
/* Not while one is under way. `turn`: another address of the server is asked with each. */
void canary_looker_start(struct canary_looker *looker, struct generation *generation,
			 const char *nonce, unsigned turn);

#endif
