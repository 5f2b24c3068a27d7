/*
 * ledger.c - see ledger.h.
 *
 * Used by one report at a time, on the worker thread.
 */
#include "app/ledger.h"

#include <stdlib.h>
#include <string.h>

struct page_stamps {
	uint64_t *stamps;
	size_t n;
};

struct ledger {
	struct page_stamps *rows; /* outputs_n */
	int64_t pruned_day;	  /* 0: not yet */
};

struct ledger *ledger_new(void)
{
	struct ledger *ledger = calloc(1, sizeof *ledger);

	if (!ledger)
		return NULL;
	ledger->rows = calloc(outputs_n, sizeof *ledger->rows);
	if (!ledger->rows) {
		free(ledger);
		return NULL;
	}
	return ledger;
}

void ledger_forget(struct ledger *ledger)
{
	for (size_t i = 0; i < outputs_n; i++) {
		free(ledger->rows[i].stamps);
		ledger->rows[i] = (struct page_stamps){ 0 };
	}
	ledger->pruned_day = 0;
}

void ledger_free(struct ledger *ledger)
{
	if (!ledger)
		return;
	ledger_forget(ledger);
	free(ledger->rows);
	free(ledger);
}

static bool stamps_resize(struct page_stamps *row, size_t n)
{
	uint64_t *stamps = reallocarray(row->stamps, n, sizeof *stamps);

	if (!stamps)
		return false;
	if (n > row->n)
		memset(stamps + row->n, 0, (n - row->n) * sizeof *stamps);
	row->stamps = stamps;
	row->n = n;
	return true;
}

uint64_t *ledger_stamp(struct ledger *ledger, size_t row, size_t which, size_t count)
{
	struct page_stamps *stamps = &ledger->rows[row];

	if (stamps->n != count && !stamps_resize(stamps, count))
		return NULL;
	return &stamps->stamps[which];
}

bool ledger_is_to_prune(struct ledger *ledger, wall_t now)
{
	int64_t day = now.us / USEC_PER_DAY;

	if (ledger->pruned_day == day)
		return false;
	ledger->pruned_day = day;
	return true;
}
