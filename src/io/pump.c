/*
 * pump.c - see pump.h: it remembers the number.
 */
#include "io/pump.h"

#include <stdlib.h>

#include "io/loop_fd.h"

struct pump {
	int fd;
	struct io_fd *watch;
	void (*on_ready)(void *ctx, int fd, unsigned events);
	void *ctx;
};

static void pump_ready(void *ctx, unsigned events)
{
	const struct pump *pump = ctx;

	pump->on_ready(pump->ctx, pump->fd, events);
}

struct pump *pump_new(struct io *io, int fd, unsigned events,
		      void (*on_ready)(void *ctx, int fd, unsigned events), void *ctx)
{
	struct pump *pump = calloc(1, sizeof(*pump));

	if (pump == NULL)
		return NULL;
	*pump = (struct pump){ .fd = fd, .on_ready = on_ready, .ctx = ctx };
	pump->watch = io_fd_watch(io, fd, events, pump_ready, pump);
	if (pump->watch != NULL)
		return pump;
	free(pump);
	return NULL;
}

void pump_change(struct pump *pump, unsigned events)
{
	io_fd_change(pump->watch, events);
}

void pump_free(struct pump *pump)
{
	if (pump == NULL)
		return;
	io_fd_close(pump->watch);
	free(pump);
}
