/*
 * sheaf.h - one report: the files of outputs.h, drawn from a model and written.
 *
 * One file after the other is drawn, written and forgotten, so that a report of
 * 10,000 targets needs no more memory than its largest page; and a bounded
 * number of them at a time, so that a mail that has to be on the disk first
 * need not wait for all.
 */
#ifndef APP_SHEAF_H
#define APP_SHEAF_H

#include <stdbool.h>
#include <stddef.h>

#include "app/outputs.h"
#include "base/buf.h"
#include "render/groups.h"

#define SHEAF_FILE_MAX (64u << 20)

/* With which stamp each file was drawn last: kept from report to report. */
struct ledger;

struct ledger *ledger_new(void); /* NULL: no memory */
void ledger_free(struct ledger *ledger);
/* Another configuration: everything is drawn again, and files that no row names are removed. */
void ledger_forget(struct ledger *ledger);

struct sheaf {
	struct sources from;
	const char *dir;
	struct ledger *ledger; /* NULL: every file is drawn, none removed */
	size_t row, which;     /* the next one */
	int r;		       /* the first error */
	struct groups groups;
};

/* Everything must stay where it is until the end. */
void sheaf_begin(struct sheaf *sheaf, const struct sources *from, const char *dir,
		 struct ledger *ledger);
/* Some more files. False: there are no more. A file that fails does not hold up the others. */
bool sheaf_step(struct sheaf *sheaf);
/*
 * alive/N.svg, when all the others are there. 0 or the first -errno; -ENOMEM: one
 * could not be drawn, and stays as it was.
 */
int sheaf_end(struct sheaf *sheaf);
/* Where a configuration has its page. */
void sheaf_dir(const struct plan *plan, struct buf *to);
/* All of it at once. */
int sheaf_publish(const struct sources *from, const char *dir);

/* Who takes the files in memory, one after the other. Below 0: no more of them. */
struct sheaf_taker {
	void *ctx;
	int (*take)(void *ctx, const char *name, const struct buf *bytes);
};

/* 0, -ENOMEM, or what the taker said. */
int sheaf_hand(const struct sources *from, const struct sheaf_taker *taker);

#endif
