/*
 * relays.c - see relays.h. The answers are not used here: io_resolve() keeps
 * the last good addresses of every name it was asked for.
 */
#include "app/relays.h"

#include <stdlib.h>

#define REFRESH (10 * USEC_PER_MIN)
#define RELAYS_MAX 8 /* further ones are looked up when they are used */

struct relays {
	struct io *io;
	struct io_query *queries[RELAYS_MAX];
	mono_t next;
};

static void on_answer(void *ctx, const struct io_answer *answer)
{
	struct io_query **query = ctx;

	(void)answer;
	*query = NULL;
}

struct relays *relays_new(struct io *io)
{
	struct relays *relays = calloc(1, sizeof *relays);

	if (relays)
		relays->io = io;
	return relays;
}

static void cancel_all(struct relays *relays)
{
	for (size_t i = 0; i < RELAYS_MAX; i++) {
		if (relays->queries[i])
			io_query_cancel(relays->queries[i]);
		relays->queries[i] = NULL;
	}
}

void relays_free(struct relays *relays)
{
	if (!relays)
		return;
	cancel_all(relays);
	free(relays);
}

void relays_renew(struct relays *relays)
{
	relays->next = (mono_t){ 0 };
}

mono_t relays_advance(struct relays *relays, const struct plan *plan, struct now now)
{
	if (!mono_reached(relays->next, now.mono))
		return relays->next;
	relays->next = mono_add(now.mono, REFRESH);
	cancel_all(relays);
	for (size_t i = 0; i < plan->mail.relays_n && i < RELAYS_MAX; i++) {
		const struct relay_plan *relay = &plan->mail.relays[i];
		struct io_query *query = io_resolve(relays->io, relay->host, relay->port,
						    FAMILY_ANY, on_answer, &relays->queries[i]);

		if (query)
			relays->queries[i] = query;
	}
	return relays->next;
}
