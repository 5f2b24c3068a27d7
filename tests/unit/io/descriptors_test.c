/*
 * descriptors_test.c - watched descriptors: nothing is lost, and nothing is
 * told of one that is gone.
 */
#include "io/turns.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/loop_fd.h"

struct end {
	struct io *io;
	struct io_fd *watch;
	int fd, far;
	char got[65536];
	size_t got_n, bite; /* at most this much is read at a time */
	unsigned last_events;
	int calls;
	bool is_over, wants_out;
	struct end *other; /* closed by this one's call */
};

static void end_open(struct end *end, struct io *io, void (*on_ready)(void *ctx, unsigned events),
		     unsigned events)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair),
			 0);
	*end = (struct end){ .io = io, .fd = pair[0], .far = pair[1], .bite = 1 };
	end->watch = io_fd_watch(io, end->fd, events, on_ready, end);
	assert_non_null(end->watch);
}

static void end_close(struct end *end)
{
	io_fd_close(end->watch);
	end->watch = NULL;
	io_fd_end(end->io, end->fd);
}

static void say(const struct end *end, const char *text)
{
	assert_int_equal(write(end->far, text, strlen(text)), strlen(text));
}

/* Reads less than there is, and comes back for the rest only when it is told again. */
static void on_bite(void *ctx, unsigned events)
{
	struct end *end = ctx;
	ssize_t n;

	end->calls++;
	end->last_events = events;
	if (!(events & IO_READABLE))
		return;
	n = read(end->fd, end->got + end->got_n, end->bite);
	assert_true(n >= 0);
	end->got_n += (size_t)n;
	end->is_over = n == 0;
}

static void what_is_left_unread_is_told_again(void **state)
{
	struct io *io = turns_io(NULL, 0);
	struct end end;

	(void)state;
	end_open(&end, io, on_bite, IO_READABLE);
	say(&end, "hello");
	close(end.far); /* writes and closes at once: the bytes come before the end */
	turns_until(io, &end.is_over);
	assert_int_equal(end.got_n, 5);
	assert_memory_equal(end.got, "hello", 5);
	end_close(&end);
	io_free(io);
}

static void a_half_close_is_an_end_to_read_and_leaves_us_to_write(void **state)
{
	struct io *io = turns_io(NULL, 0);
	struct end end;
	char byte;

	(void)state;
	end_open(&end, io, on_bite, IO_READABLE);
	shutdown(end.far, SHUT_WR);
	turns_until(io, &end.is_over);
	assert_int_equal(write(end.fd, "x", 1), 1);
	assert_int_equal(read(end.far, &byte, 1), 1);
	close(end.far);
	end_close(&end);
	io_free(io);
}

/* Interest changes within a turn, back and forth: what stands at its end is what counts. */
static void on_fickle(void *ctx, unsigned events)
{
	struct end *end = ctx;

	end->calls++;
	if (events & IO_WRITABLE) {
		io_fd_change(end->watch, IO_READABLE | IO_WRITABLE);
		io_fd_change(end->watch, 0);
		io_fd_change(end->watch, IO_READABLE);
		say(end, "x");
		return;
	}
	on_bite(ctx, events);
	end->is_over = true;
}

static void the_last_change_of_a_turn_counts(void **state)
{
	struct io *io = turns_io(NULL, 0);
	struct end end;

	(void)state;
	end_open(&end, io, on_fickle, IO_WRITABLE);
	turns_until(io, &end.is_over);
	assert_int_equal(end.last_events, IO_READABLE);
	close(end.far);
	end_close(&end);
	io_free(io);
}

static void pause_over(void *ctx)
{
	*(bool *)ctx = true;
}

static void wait_a_moment(struct io *io)
{
	bool is_over = false;
	struct io_timer *timer = io_timer_new(io, pause_over, &is_over);

	io_timer_set(timer, mono_add(io_clock().mono, 20 * USEC_PER_MS));
	turns_until(io, &is_over);
	io_timer_free(timer);
}

static void without_interest_nothing_is_told_and_nothing_is_lost(void **state)
{
	struct io *io = turns_io(NULL, 0);
	struct end end;
	uint64_t turns;

	(void)state;
	end_open(&end, io, on_bite, IO_READABLE);
	io_fd_change(end.watch, 0);
	say(&end, "x");
	close(end.far); /* a hang-up is not told either, and does not make the loop spin */
	turns = io_loop_stats(io).turns;
	wait_a_moment(io);
	assert_int_equal(end.calls, 0);
	assert_true(io_loop_stats(io).turns - turns < 10);
	io_fd_change(end.watch, IO_READABLE);
	turns_until(io, &end.is_over);
	assert_int_equal(end.got_n, 1);
	end_close(&end);
	io_free(io);
}

/* Whoever of the two is told first closes the other and takes its number for a new pair. */
static void on_first_takes_all(void *ctx, unsigned events)
{
	struct end *end = ctx, *other = end->other;
	int number = other->fd;

	(void)events;
	assert_int_equal(++end->calls, 1);
	end->other = other->other = NULL;
	io_fd_change(end->watch, 0);
	end_close(other);
	close(other->far);
	end_open(other, end->io, on_bite, IO_READABLE);
	assert_int_equal(other->fd, number);
	end->is_over = true;
}

static void a_number_used_again_in_the_same_turn_is_somebody_else(void **state)
{
	struct io *io = turns_io(NULL, 0);
	struct end a, b, *fresh;

	(void)state;
	end_open(&a, io, on_first_takes_all, IO_READABLE);
	end_open(&b, io, on_first_takes_all, IO_READABLE);
	a.other = &b;
	b.other = &a;
	say(&a, "x");
	say(&b, "x");
	while (!a.is_over && !b.is_over)
		wait_a_moment(io);
	fresh = a.is_over ? &b : &a;
	assert_int_equal(fresh->calls, 0); /* the event was its predecessor's */
	say(fresh, "y");
	wait_a_moment(io);
	assert_int_equal(fresh->got_n, 1); /* and its own arrives */
	close(a.far);
	close(b.far);
	end_close(&a);
	end_close(&b);
	io_free(io);
}

/* close() behind our back, as libraries do with what they own. */
static void a_descriptor_closed_by_others_can_be_watched_again(void **state)
{
	struct io *io = turns_io(NULL, 0);
	struct end end;
	int number;

	(void)state;
	end_open(&end, io, on_bite, IO_READABLE);
	number = end.fd;
	io_fd_close(end.watch);
	close(end.fd);
	close(end.far);
	end_open(&end, io, on_bite, IO_READABLE);
	assert_int_equal(end.fd, number);
	say(&end, "z");
	close(end.far);
	turns_until(io, &end.is_over);
	assert_int_equal(end.got_n, 1);
	end_close(&end);
	io_free(io);
}

/* As with a session: libcurl lets go of the descriptor, and we watch it from there on. */
static void a_descriptor_may_change_its_watcher(void **state)
{
	struct io *io = turns_io(NULL, 0);
	struct end end;

	(void)state;
	end_open(&end, io, on_fickle, IO_WRITABLE);
	io_fd_close(end.watch);
	end.watch = io_fd_watch(io, end.fd, IO_READABLE, on_bite, &end);
	say(&end, "x");
	close(end.far);
	turns_until(io, &end.is_over);
	assert_int_equal(end.got_n, 1);
	end_close(&end);
	io_free(io);
}

static void more_at_once_than_a_turn_takes_all_come(void **state)
{
	enum { MANY = 400 };
	static struct end ends[MANY];
	struct io *io = turns_io(NULL, 0);

	(void)state;
	for (int i = 0; i < MANY; i++) {
		end_open(&ends[i], io, on_bite, IO_READABLE);
		ends[i].bite = 8;
		say(&ends[i], "x");
	}
	for (int round = 0; round < 3; round++)
		wait_a_moment(io);
	for (int i = 0; i < MANY; i++) {
		assert_int_equal(ends[i].got_n, 1);
		close(ends[i].far);
		end_close(&ends[i]);
	}
	io_free(io);
}

static void what_cannot_be_watched_is_refused(void **state)
{
	struct io *io = turns_io(NULL, 0);
	struct end end = { .io = io };
	int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int closed = dup(file);

	(void)state;
	close(closed);
	assert_null(io_fd_watch(io, closed, IO_READABLE, on_bite, &end));
	close(file);
	wait_a_moment(io);
	io_free(io);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_left_unread_is_told_again),
		cmocka_unit_test(a_half_close_is_an_end_to_read_and_leaves_us_to_write),
		cmocka_unit_test(the_last_change_of_a_turn_counts),
		cmocka_unit_test(without_interest_nothing_is_told_and_nothing_is_lost),
		cmocka_unit_test(a_number_used_again_in_the_same_turn_is_somebody_else),
		cmocka_unit_test(a_descriptor_closed_by_others_can_be_watched_again),
		cmocka_unit_test(a_descriptor_may_change_its_watcher),
		cmocka_unit_test(more_at_once_than_a_turn_takes_all_come),
		cmocka_unit_test(what_cannot_be_watched_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
