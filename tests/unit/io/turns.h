/*
 * turns.h - run the loop in a test until something has happened, at most a few
 * seconds long.
 */
#ifndef TESTS_IO_TURNS_H
#define TESTS_IO_TURNS_H

#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "io/loop.h"

struct turns {
	struct io *io;
	const bool *is_over;
	mono_t give_up;
	usec_t worst_lag;
};

static inline mono_t turns_on_turn(void *ctx, struct now now)
{
	struct turns *turns = ctx;

	if (io_lag(turns->io) > turns->worst_lag)
		turns->worst_lag = io_lag(turns->io);
	if (*turns->is_over || mono_reached(turns->give_up, now.mono))
		io_loop_stop(turns->io);
	return turns->give_up;
}

/* Returns the worst lag of a turn. */
static inline usec_t turns_until(struct io *io, const bool *is_over)
{
	struct turns turns = { .io = io,
			       .is_over = is_over,
			       .give_up = mono_add(io_clock().mono, 20 * USEC_PER_SEC) };
	struct io_loop_hooks hooks = { .ctx = &turns, .on_turn = turns_on_turn };

	assert_int_equal(io_loop_run(io, &hooks), 0);
	assert_true(*is_over);
	return turns.worst_lag;
}

/* With name servers at these addresses; none: one that nobody runs, so that no test asks the real
 * ones. */
static inline struct io *turns_io(const char *const *resolvers, size_t n)
{
	static const char *const nobody[] = { "127.0.0.1:9" };
	struct io_setup setup = { .resolvers = { n > 0 ? resolvers : nobody, n > 0 ? n : 1 } };
	const char *error;
	struct io *io = io_new(&setup, &error);

	if (io == NULL)
		fail_msg("%s", error);
	return io;
}

#endif
