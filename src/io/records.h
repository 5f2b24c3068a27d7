/*
 * records.h - the answers in a reply of the DNS, as texts (RFC 1035 4.1, 5.1).
 * Pure.
 */
#ifndef IO_RECORDS_H
#define IO_RECORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "shorewatch/io.h"

#define RECORDS_MAX	  64
#define RECORDS_BYTES_MAX 65536 /* of all texts; one reply over TCP may hold more, escaped */

struct records {
	const char *texts[RECORDS_MAX]; /* into `bytes` */
	size_t n;
	bool is_cut; /* there were more, or longer ones */
	struct buf bytes;
	size_t places[RECORDS_MAX]; /* where in `bytes` each begins */
};

/* The type's number (RFC 1035 3.2.2, 3596, 2782, 8659). */
unsigned records_type(enum io_record record);

/*
 * Those of the asked type, in their order, whoever they belong to: a chain of
 * aliases is the server's business. False: the reply is broken; what was read
 * before the break is there. records_done() in any case.
 */
bool records_read(struct records *to, enum io_record record, const unsigned char *reply, size_t n);
void records_done(struct records *records);

#endif
