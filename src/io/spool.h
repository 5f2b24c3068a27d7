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
 * The functions block: they run on the worker thread; spool_open and spool_scan,
 * which only read, before the loop. The bytes of a notice are opaque here.
 */
#ifndef IO_SPOOL_H
#define IO_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shorewatch/time.h"

struct spool;

#define SPOOL_SLOT_BYTES   32768
#define SPOOL_SLOTS	   64
#define SPOOL_RING_BYTES   512 /* one record */
#define SPOOL_RING_RECORDS 4096

/*
 * Makes what is missing, takes the lock (-EBUSY: another instance), repairs. Waits for no disk. 0
 * or -errno.
 */
int spool_open(const char *dir, struct spool **ret);
/*
 * Before the first spool_put(), on the worker: what was made becomes durable,
 * and what a full disk must not lack is taken now. 0 or -errno.
 */
int spool_stock(struct spool *spool);
void spool_close(struct spool *spool);
/*
 * Every waiting notice (is_inflight: in doubt), then every ring record, oldest
 * first. Neither callback may change the spool.
 */
int spool_scan(struct spool *spool,
	       void (*on_notice)(void *ctx, uint64_t id, bool is_inflight, const char *bytes,
				 size_t n),
	       void (*on_sent)(void *ctx, uint64_t id, const char *record), void *ctx);

/* Every ring record, oldest first, with the time at which the notice was final. */
void spool_sent(const struct spool *spool,
		void (*on_sent)(void *ctx, uint64_t id, wall_t at, const char *record), void *ctx);
/*
 * For commands while no daemon runs: what waits and what was sent, as it lies
 * there. Nothing is locked, made or moved. 0 or -errno; -ENOENT: no outbox yet.
 */
int spool_look(const char *dir,
	       void (*on_notice)(void *ctx, uint64_t id, bool is_inflight, const char *bytes,
				 size_t n),
	       void (*on_sent)(void *ctx, uint64_t id, wall_t at, const char *record), void *ctx);

/*
 * Durable when it returns 0; -EEXIST: known before, waiting or sent; else -errno and,
 * as far as the disk lets us, nothing is there. At most 1 MiB (-EFBIG).
 */
int spool_put(struct spool *spool, uint64_t id, const void *bytes, size_t n);
/* The notice's bytes as they were put, with a terminator; free() them. -EUCLEAN: damaged. */
int spool_get(struct spool *spool, uint64_t id, char **ret, size_t *ret_n);
/*
 * new -> inflight before content is sent; inflight -> new after a definite no.
 * Durable on return; 0 as well when it is there already.
 */
int spool_begin(struct spool *spool, uint64_t id);
int spool_return(struct spool *spool, uint64_t id);
/*
 * Delivered (or given up): a record of less than SPOOL_RING_BYTES - 64 bytes enters
 * the ring, once, and the slot is freed. Also for what never was a file.
 */
int spool_finish(struct spool *spool, uint64_t id, const char *record, wall_t at);
/* An .eml for people, where there is no relay: DIR/NAME.eml, durable. */
int spool_eml(struct spool *spool, const char *name, const void *bytes, size_t n);
/* "outbox/…" of the .eml folder, for messages. */
const char *spool_dir(const struct spool *spool);

#endif
