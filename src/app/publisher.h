/*
 * publisher.h - the page's files, written every 30 s and at once on a change.
 */
#ifndef APP_PUBLISHER_H
#define APP_PUBLISHER_H

#include <stdbool.h>
#include <stdint.h>

#include "conf/conf.h"
#include "core/model.h"
#include "shorewatch/io.h"

struct publisher;
struct store;
struct worker;

struct publisher_hooks {
	void *ctx;
	void (*on_published)(void *ctx, uint64_t report);
	/* What is true now, for the report that is due; the history it may be read from. */
	void (*look)(void *ctx, struct model *ret, struct store **ret_store);
};

/*
 * NULL: no memory. `state_dir` also receives status.txt and status.json, closed to others, for
 * `status`.
 */
struct publisher *publisher_new(struct io *io, struct worker *worker, const char *page_dir,
				const char *state_dir, const struct publisher_hooks *hooks);
void publisher_free(struct publisher *publisher);
/* No further report, and of one that is being written no further part: each of its files is whole. */
void publisher_stop(struct publisher *publisher);
/* Something that is shown has changed: a report is due at once (at most one a second). */
void publisher_touch(struct publisher *publisher);
/* Write when due and no report is being written; returns when the next one is due. */
mono_t publisher_advance(struct publisher *publisher, struct generation *generation,
			 struct now now);

#endif
