/*
 * store_batch.h - rows on their way to the database: plain values in a list.
 * For the store's files only.
 */
#ifndef IO_STORE_BATCH_H
#define IO_STORE_BATCH_H

#include <stddef.h>
#include <stdint.h>

enum row_kind {
	ROW_PASS,	  /* started; total | name */
	ROW_FAILURE,	  /* started, total, status, reached, not_after, six phases, references up,
			     references asked | name, outcome, address, note */
	ROW_TRANSITION,	  /* at | name, from, to, outcome */
	ROW_INCIDENT,	  /* id, opened, closed, mails, members, lasted | number, stack, diagnosis,
			     worst, affected */
	ROW_EVENT,	  /* incident, at, code, count | kind, subject, outcome, diagnosis, text */
	ROW_EVIDENCE,	  /* at | name */
	ROW_EXHIBIT,	  /* started | name, facts, head, body: of a failure */
	ROW_DAY,	  /* day, observed, down, slow, planned | name */
	ROW_MARK,	  /* at, day, observed, down, slow, planned | name */
	ROW_STATE,	  /* mono, wall | key, boot, text */
	ROW_BUCKETS,	  /* the quarter hour that is not over yet | */
	ROW_PRUNE_PASSES, /* before | */
	ROW_PRUNE_FAILURES,
	ROW_PRUNE_TRANSITIONS,
	ROW_PRUNE_EVIDENCE,
	ROW_PRUNE_EXHIBITS, /* | of failures that are gone */
	ROW_PRUNE_INCIDENTS,
	ROW_PRUNE_EVENTS, /* | of incidents that are gone */
	ROW_PRUNE_BUCKETS,
	ROW_PRUNE_MARKS,
	ROW_PRUNE_DAYS,
	ROW_KINDS,
};

#define ROW_NUMBERS 13
#define ROW_TEXTS   5
#define ROW_NULL    INT64_MIN /* a number that is not known */

struct row_text {
	const char *v;
	size_t n;
};

struct block;

struct row {
	enum row_kind kind;
	int64_t number[ROW_NUMBERS];
	struct row_text text[ROW_TEXTS];
	size_t bytes;
	struct block *block; /* in which it lies */
	struct row *next;
	char tail[]; /* the texts */
};

struct batch {
	struct row *first, **last;
	struct block *open; /* that is being filled; NULL: none */
	size_t rows, bytes;
	uint64_t dropped; /* no memory, or more than may wait */
};

void batch_init(struct batch *batch);
void batch_done(struct batch *batch);
/* A copy of `row` with its texts at the end; a state replaces one of the same key. */
void batch_add(struct batch *batch, const struct row *row);
/* `newer` behind `batch`, emptied; the oldest are dropped when there are too many. */
void batch_join(struct batch *batch, struct batch *newer);

#endif
