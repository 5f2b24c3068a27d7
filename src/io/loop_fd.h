/*
 * loop_fd.h - the loop's inside, for the other files of this room only:
 * descriptors, and a way in from another thread. (Timers are in io.h.)
 *
 * Implemented by descriptors.c and loop.c. Callbacks run on the loop,
 * between the reading of the turn's clock and on_turn, and may close or free
 * the very thing that called them.
 */
#ifndef IO_LOOP_FD_H
#define IO_LOOP_FD_H

#include "shorewatch/io.h"

/* An error or a hang-up of the descriptor is reported as every event asked for. */
enum io_events {
	IO_READABLE = 1,
	IO_WRITABLE = 2,
	IO_EDGE = 4, /* told once for each thing that happens, for what is never emptied */
};

struct io_fd;

/*
 * The descriptor stays the caller's; on_ready comes as long as it is ready.
 * NULL: no memory, or no room in epoll.
 */
struct io_fd *io_fd_watch(struct io *io, int fd, unsigned events,
			  void (*on_ready)(void *ctx, unsigned events), void *ctx);
/* 0: nothing for now, the watch stays. */
void io_fd_change(struct io_fd *watch, unsigned events);
/* Stops watching, before the caller closes the descriptor. NULL is fine. */
void io_fd_close(struct io_fd *watch);
/* Closes a descriptor whose watch was closed in this turn: cheaper than close() alone. */
void io_fd_end(struct io *io, int fd);

/* From any thread: `call` runs on the loop's next turn, in the order posted. */
void io_post(struct io *io, void (*call)(void *ctx), void *ctx);

#endif
