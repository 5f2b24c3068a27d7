/*
 * canary_look.c - see canary_look.h.
 */
#include "app/canary_look.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/words.h"
#include "io/imap.h"
#include "render/canary_mail.h"

struct canary_looker {
	struct io *io;
	canary_on_looked *on_looked;
	void *ctx;
	struct generation *generation; /* held while one is under way; else NULL */
	char nonce[CANARY_NONCE_MAX];
	unsigned turn;
	struct io_query *query;
	struct io_exchange *exchange;
};

static void look_end(struct canary_looker *l)
{
	if (l->generation)
		generation_drop(l->generation);
	l->generation = NULL;
	l->query = NULL;
	l->exchange = NULL;
}

static void finish(struct canary_looker *l, enum canary_look look, size_t removed,
		   const char *words)
{
	look_end(l);
	l->on_looked(l->ctx, look, removed, words);
}

static void on_looked(void *ctx, const struct imap_look_result *result)
{
	static const enum canary_look looks[] = {
		[IMAP_SEEN] = CANARY_SEEN,
		[IMAP_ABSENT] = CANARY_ABSENT,
		[IMAP_NOT_LOOKED] = CANARY_NOT_LOOKED,
	};

	finish(ctx, looks[result->verdict], result->removed, result->words);
}

static void look_at(struct canary_looker *l, const struct address *at)
{
	const struct canary_plan *canary = l->generation->plan.canary;
	struct buf mark = BUF_INIT(256);
	struct io_exchange *exchange;

	canary_mark(&l->generation->plan, &mark);
	exchange = imap_look_start(l->io, &(struct imap_look_spec){
						  .host = canary->host,
						  .address = *at,
						  .is_implicit_tls = canary->is_implicit_tls,
						  .ca_file = canary->ca_file,
						  .username = canary->user,
						  .password = canary->password,
						  .folder = canary->folder,
						  .header = CANARY_HEADER,
						  .mark = buf_text(&mark),
						  .word = l->nonce,
						  .on_done = on_looked,
						  .ctx = l,
					  });
	if (exchange)
		l->exchange = exchange;
	buf_done(&mark);
}

/* Remembered addresses serve as well as fresh ones: the certificate says who answers. */
static void on_resolved(void *ctx, const struct io_answer *answer)
{
	struct canary_looker *l = ctx;
	struct outcome outcome = { PHASE_DNS, answer->cause };
	char words[96];

	l->query = NULL;
	if (answer->n > 0) {
		look_at(l, &answer->address[l->turn % answer->n]);
		return;
	}
	(void)snprintf(words, sizeof words, "the server's name has no address: %s",
		       outcome_code(outcome)); /* a short code: it fits */
	finish(l, CANARY_NOT_LOOKED, 0, words);
}

void canary_looker_start(struct canary_looker *l, struct generation *generation, const char *nonce,
			 unsigned turn)
{
	const struct canary_plan *canary = generation->plan.canary;
	struct io_query *query;

	assert(!l->generation);
	l->generation = generation_hold(generation);
	l->turn = turn;
	(void)words_copy(l->nonce, sizeof l->nonce, nonce);
	query = io_resolve(l->io, canary->host, canary->port, FAMILY_ANY, on_resolved, l);
	if (query)
		l->query = query;
}

struct canary_looker *canary_looker_new(struct io *io, canary_on_looked *on, void *ctx)
{
	struct canary_looker *l = calloc(1, sizeof *l);

	if (!l)
		return NULL;
	l->io = io;
	l->on_looked = on;
	l->ctx = ctx;
	return l;
}

void canary_looker_free(struct canary_looker *l)
{
	if (!l)
		return;
	if (l->query)
		io_query_cancel(l->query);
	if (l->exchange)
		io_exchange_cancel(l->exchange);
	look_end(l);
	free(l);
}
