/*
 * notify.h - the contract between a notifier and the outbox.
 *
 * A notifier makes one attempt to hand one rendered message to one recipient
 * and reports once. When to try, and whether to try again, is not its business.
 */
#ifndef SHOREWATCH_NOTIFY_H
#define SHOREWATCH_NOTIFY_H

#include <stdbool.h>
#include <stddef.h>

#include "shorewatch/io.h"

struct plan;

struct notify_attempt {
	struct io *io;
	const struct plan *plan;
	const char *recipient;
	const char *message;	 /* whole and final: a repeated attempt is byte for byte the same */
	size_t message_bytes;
	unsigned route;		 /* which relay, 0 = the first */
	void (*on_line)(void *ctx, bool is_sent, const char *line, size_t n); /* may be NULL */
	void (*on_done)(void *ctx, const struct io_mail_result *result);
	void *ctx;
};

struct notify_delivery;

struct notifier {
	const char *name;
	/* NULL: on_done was already called. */
	struct notify_delivery *(*start)(const struct notify_attempt *attempt);
	/* True: the content was handed over and nobody will know what became of it. */
	bool (*cancel)(struct notify_delivery *delivery);
};

extern const struct notifier notify_smtp;

#endif
