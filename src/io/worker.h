/*
 * worker.h - one thread beside the loop for everything that may wait for a
 * disk: jobs run in order, each reports back on the loop.
 */
#ifndef IO_WORKER_H
#define IO_WORKER_H

#include <stdbool.h>
#include <stddef.h>

#include "shorewatch/io.h"

struct worker;

struct worker *worker_new(struct io *io);
/* Finishes what was queued, then ends the thread. on_done of those jobs is called. */
void worker_free(struct worker *worker);
/* `work` runs on the thread, then `on_done` on the loop (may be NULL). Both get `job`. */
void worker_queue(struct worker *worker, void *job, void (*work)(void *job),
		  void (*on_done)(void *job));
/*
 * Wait beside the loop until every job is done and reported, also those that
 * reports queue; at most `patience`. False: the disk did not answer in time.
 */
bool worker_drain(struct worker *worker, usec_t patience);
size_t worker_waiting(const struct worker *worker);
/* How long the oldest job has been waiting or running. */
usec_t worker_age(const struct worker *worker);

#endif
