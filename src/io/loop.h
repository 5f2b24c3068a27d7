/*
 * loop.h - the event loop: the one place that asks the kernel what time it is.
 */
#ifndef IO_LOOP_H
#define IO_LOOP_H

#include <stdbool.h>
#include <stddef.h>

#include "shorewatch/io.h"
#include "shorewatch/option.h"

struct io_setup {
	struct strings resolvers;  /* "192.0.2.1" or "192.0.2.1:53"; empty: the system's */
	unsigned transfers_max;	   /* easy handles in flight, 0: 256 */
};

/*
 * NULL with *ret_error set to a static text: no loop, no resolver. From here
 * on SIGPIPE is ignored: a peer that hangs up must not end the program.
 */
struct io *io_new(const struct io_setup *setup, const char **ret_error);
/* Everything in flight must have been cancelled or finished. */
void io_free(struct io *io);

struct io_loop_hooks {
	void *ctx;
	/*
	 * After the inputs of a turn were handed out; returns when to be called next at the latest.
	 * May be NULL.
	 */
	mono_t (*on_turn)(void *ctx, struct now now);
	/* HUP, TERM, INT, USR1; NULL: as the program had them */
	void (*on_signal)(void *ctx, int signum);
};

/* Runs until io_loop_stop(). 0 or -errno. */
int io_loop_run(struct io *io, const struct io_loop_hooks *hooks);
void io_loop_stop(struct io *io);
/* Have on_turn called in this turn or the next one at once. */
void io_loop_wake(struct io *io);
/* Both clocks, read from the kernel now: before the loop runs, and for one-shot commands. */
struct now io_clock(void);

/*
 * How far behind this turn began: the larger of how late its timer fired and
 * how long the turn before it took. A result of a turn with more than one
 * second proves nothing about a timeout (DECISIONS 2).
 */
usec_t io_lag(const struct io *io);
struct io_loop_stats { uint64_t turns; usec_t worst_turn_us; uint64_t slow_turns; /* > 100 ms */ };
struct io_loop_stats io_loop_stats(const struct io *io);

/* Resolvers of a new generation; questions in flight end as they will. 0 or -errno. */
int io_resolvers_set(struct io *io, struct strings resolvers);
/*
 * The CA files have changed or a new generation names others: read them again. Connections under
 * way keep theirs.
 */
void io_trust_reload(struct io *io);
/* Last good addresses, for persistence: one "name family address" a line. */
struct buf;
void io_names_save(const struct io *io, struct buf *to);
void io_names_load(struct io *io, const char *text);

#endif
