/*
 * control.h - a door for commands on this machine: a socket file, one line
 * asked, one answer given, closed.
 *
 * Only root and the user we run as are heard (SR-36): the file is 0600 and the
 * kernel tells who is at the other end. What the words mean is app/control.c's.
 */
#ifndef IO_CONTROL_H
#define IO_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shorewatch/io.h"

struct buf;
struct io_control;

#define CONTROL_REQUEST_MAX 1024 /* bytes of a request, without its newline */
#define CONTROL_TALKS	    8	 /* at once; beyond, who has not asked yet makes room */
#define CONTROL_DEADLINE    (10 * USEC_PER_SEC) /* from the connection to the answer's last byte */

struct io_control_hooks {
	void *ctx;
	/* A whole line, without its end and free of NUL. To be answered once, now or later. */
	void (*on_request)(void *ctx, uint64_t talk, const char *line);
	/* The answer to what is no such line; `to` is empty. */
	void (*on_nonsense)(void *ctx, const char *why, struct buf *to);
	usec_t patience; /* with a connection, until its answer is out; 0: CONTROL_DEADLINE */
};

/*
 * Listens at `path`. A socket file that a dead one left is replaced: the caller
 * holds the lock that makes it the only one (the outbox's). 0 or -errno;
 * -EEXIST: something else lies there.
 */
int io_control_new(struct io *io, const char *path, const struct io_control_hooks *hooks,
		   struct io_control **ret);
/* Cuts what is under way and removes the file. NULL is fine. */
void io_control_free(struct io_control *control);
/* Takes the text out of `answer`. Who has gone meanwhile, or waited too long, gets nothing. */
void io_control_answer(struct io_control *control, uint64_t talk, struct buf *answer);

/*
 * The other side, for commands: blocks, for a little longer than the deadline.
 * 0, or -errno: -ENOENT, -ECONNREFUSED: nobody listens; -EACCES: not for this
 * user; -ETIMEDOUT: no answer; -EFBIG: more than `ret` takes.
 */
int io_control_ask(const char *path, const char *line, struct buf *ret);

#endif
