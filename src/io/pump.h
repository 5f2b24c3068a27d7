/*
 * pump.h - a descriptor that somebody else's library opens and closes, and
 * that must be told by number when it is ready.
 */
#ifndef IO_PUMP_H
#define IO_PUMP_H

#include "shorewatch/io.h"

struct pump;

/* `events` as in loop_fd.h. NULL: it cannot be watched. */
struct pump *pump_new(struct io *io, int fd, unsigned events,
		      void (*on_ready)(void *ctx, int fd, unsigned events), void *ctx);
void pump_change(struct pump *pump, unsigned events);
/* NULL is fine. */
void pump_free(struct pump *pump);

#endif
