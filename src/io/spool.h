/*
 * spool.h - notices as durable files (ARCHITECTURE 6, reliability.md 8.1-9).
 *
 *   outbox/free/NN          preallocated slots, zero-filled, fsynced
 *   outbox/new/ID           to be sent
 *   outbox/inflight/ID      an attempt may have handed it over
 *   outbox/bad/             unreadable, kept for a person
 *   outbox/ring             what was delivered, 30 days, fixed records
 *   outbox/NAME.eml           written instead of mailed where no relay is configured
 *
 * The functions block: they run on the worker thread, spool_open and
 * spool_scan before the loop. The bytes of a notice are opaque here.
 */
#ifndef IO_SPOOL_H
#define IO_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shorewatch/time.h"

struct spool;

#define SPOOL_SLOT_BYTES 32768
#define SPOOL_SLOTS 64
#define SPOOL_RING_BYTES 512 /* one record */
#define SPOOL_RING_RECORDS 4096

/* Makes what is missing, takes the lock (-EBUSY: another instance), repairs. 0 or -errno. */
int spool_open(const char *dir, struct spool **ret);
void spool_close(struct spool *spool);
/* Every waiting notice (is_inflight: in doubt), then every ring record, oldest first. */
int spool_scan(struct spool *spool,
	       void (*on_notice)(void *ctx, uint64_t id, bool is_inflight, const char *bytes, size_t n),
	       void (*on_sent)(void *ctx, uint64_t id, const char *record), void *ctx);

/* Durable when it returns 0; -EEXIST: known already, waiting or sent; else -errno and nothing is there. */
int spool_put(struct spool *spool, uint64_t id, const void *bytes, size_t n);
/* The whole file; free() it. */
int spool_get(struct spool *spool, uint64_t id, char **ret, size_t *ret_n);
/* new -> inflight before content is sent; inflight -> new after a definite no. Durable on return. */
int spool_begin(struct spool *spool, uint64_t id);
int spool_return(struct spool *spool, uint64_t id);
/* Delivered (or given up): a record of at most SPOOL_RING_BYTES - 64 bytes enters the ring, the slot is freed. */
int spool_finish(struct spool *spool, uint64_t id, const char *record, wall_t at);
/* An .eml for people, where there is no relay: DIR/NAME.eml, durable. */
int spool_eml(struct spool *spool, const char *name, const void *bytes, size_t n);
/* "outbox/…" of the .eml folder, for messages. */
const char *spool_dir(const struct spool *spool);

#endif
