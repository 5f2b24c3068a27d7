/*
 * courier_job.h - a notice's step on the disk, done by the worker; and the
 * texts a delivered notice leaves behind.
 */
#ifndef APP_COURIER_JOB_H
#define APP_COURIER_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "core/notice.h"
#include "core/outbox.h"
#include "io/spool.h"

struct look;
struct worker;

#define COURIER_NAME_MAX 96

enum courier_verb {
	COURIER_STOCK,
	COURIER_PUT,
	COURIER_BEGIN,
	COURIER_RETURN,
	COURIER_FINISH,
	COURIER_EML,
	COURIER_LOOK
};

struct courier_order {
	enum courier_verb verb;
	struct spool *spool;
	uint64_t id;
	wall_t at;
	struct buf file;		/* PUT: taken over */
	const char *message;		/* EML: must live until on_done */
	size_t message_bytes;
	char name[COURIER_NAME_MAX];	/* EML */
	char record[SPOOL_RING_BYTES];	/* FINISH */
	struct look *look;		/* LOOK: freed by on_done */
	/* On the loop; r: 0 or -errno. By then the notice may be final and forgotten. */
	void (*on_done)(void *ctx, const struct courier_order *order, int r);
	void *ctx;
};

/* Copies the order and queues it. Without memory on_done is called at once with -ENOMEM. */
void courier_job(struct worker *worker, const struct courier_order *order);

/* What stands before the reply in the record of a notice */
#define COURIER_GIVEN_UP "given up: " /* that nobody took */
#define COURIER_MERGED	 "merged: "   /* that the end of its incident has told */

/*
 * What the ring keeps of a final notice: enough to know its incident again, and the reply in a line
 * of its own.
 */
void courier_record(struct courier_order *order, const struct notice *notice, const char *reply);
bool courier_read_record(const char *record, struct notice *ret);
/* "20261121-1-0-down-1a2b3c4d": by incident, number of the mail, kind, recipient. */
void courier_file_name(const struct notice *notice, char name[COURIER_NAME_MAX]);
void courier_name(struct courier_order *order, const struct notice *notice);
/* A relay's foreign words as one safe line. */
void courier_clean_reply(const char *reply, struct buf *to);
const char *courier_result_name(enum outbox_result result);

#endif
