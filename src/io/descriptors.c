/*
 * descriptors.c - one epoll set, told as little as possible.
 *
 * Two calls to epoll_ctl are enough for a connection that is made, talks and
 * ends: libuv's own watches took seven. So a change of interest is only noted,
 * and told before the next wait, if it still stands then; and a descriptor
 * that is closed by io_fd_end() is not taken out of the set, because closing
 * does that.
 *
 * Level-triggered, so that nothing is lost when an owner reads less than there
 * is. What the kernel was told is kept for each descriptor number with the
 * generation of the watch it was told for: an event of an earlier generation,
 * whose number has been given to a new descriptor within the same turn, is
 * dropped. If a descriptor was closed behind our back the kernel says ENOENT
 * or EEXIST, and is told again.
 */
#include "io/descriptors.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "io/loop_fd.h"
#include "io/parts.h"

#define EVENTS_MAX 256 /* a turn; what is left comes in the next one */

struct io_fd {
	struct descriptors *set;
	int fd;
	unsigned events;
	uint32_t generation;
	void (*on_ready)(void *ctx, unsigned events);
	void *ctx;
};

struct row {
	struct io_fd *watch; /* NULL: nobody's */
	unsigned told;	     /* what the kernel watches for, 0: not in the set */
	uint32_t told_generation;
	bool is_changed; /* it is in changed[] */
};

struct descriptors {
	int epoll;
	uint32_t generation;
	struct row *rows; /* by descriptor number */
	int *changed;	  /* as long as rows: each number is in it once at most */
	size_t rows_n, changed_n;
	struct epoll_event events[EVENTS_MAX];
	int events_n;
};

/* ---- what the kernel is told ---- */

static uint32_t mask_of(unsigned events)
{
	return ((events & IO_READABLE) ? (uint32_t)EPOLLIN : 0) |
	       ((events & IO_WRITABLE) ? (uint32_t)EPOLLOUT : 0) |
	       ((events & IO_EDGE) ? (uint32_t)EPOLLET : 0);
}

static bool has_interest(unsigned events)
{
	return (events & (IO_READABLE | IO_WRITABLE)) != 0;
}

/* 0 or -errno. The kernel may know better than we whether the descriptor is in the set. */
static int kernel_tell(struct descriptors *set, int fd, bool is_known, struct epoll_event *event)
{
	int r = epoll_ctl(set->epoll, is_known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, event);

	if (r < 0 && errno == (is_known ? ENOENT : EEXIST))
		r = epoll_ctl(set->epoll, is_known ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, event);
	return r < 0 ? -errno : 0;
}

/* 0 or -errno; then it stands as before. */
static int row_tell(struct descriptors *set, int fd)
{
	struct row *row = &set->rows[fd];
	const struct io_fd *watch = row->watch;
	unsigned wanted = watch != NULL && has_interest(watch->events) ? watch->events : 0;
	int r = 0;

	if (wanted == row->told && (wanted == 0 || watch->generation == row->told_generation))
		return 0;
	if (wanted != 0) {
		struct epoll_event event = { .events = mask_of(wanted),
					     .data.u64 = (uint64_t)watch->generation << 32 |
							 (uint32_t)fd };

		r = kernel_tell(set, fd, row->told != 0, &event);
	} else {
		/* Refused when it was closed meanwhile, which is just as well. */
		(void)epoll_ctl(set->epoll, EPOLL_CTL_DEL, fd, NULL);
	}
	if (r == 0) {
		row->told = wanted;
		row->told_generation = watch != NULL ? watch->generation : 0;
	}
	return r;
}

static void row_change(struct descriptors *set, int fd)
{
	struct row *row = &set->rows[fd];

	if (row->is_changed)
		return;
	row->is_changed = true;
	set->changed[set->changed_n++] = fd;
}

/* What cannot be told now (no memory in the kernel) is tried again before the next wait. */
static void changes_tell(struct descriptors *set)
{
	size_t n = set->changed_n;

	set->changed_n = 0;
	for (size_t i = 0; i < n; i++) {
		int fd = set->changed[i];

		set->rows[fd].is_changed = false;
		if (row_tell(set, fd) < 0)
			row_change(set, fd); /* never beyond i */
	}
}

/* ---- the owners' side ---- */

static bool rows_reach(struct descriptors *set, int fd)
{
	size_t n = (size_t)fd + 1, room = set->rows_n;
	struct row *rows;
	int *changed;

	if (n <= room)
		return true;
	room = n > room * 2 ? n + 64 : room * 2;
	rows = reallocarray(set->rows, room, sizeof(*rows));
	if (rows == NULL)
		return false;
	set->rows = rows;
	changed = reallocarray(set->changed, room, sizeof(*changed));
	if (changed == NULL)
		return false;
	set->changed = changed;
	for (size_t i = set->rows_n; i < room; i++)
		rows[i] = (struct row){ .watch = NULL };
	set->rows_n = room;
	return true;
}

struct io_fd *io_fd_watch(struct io *io, int fd, unsigned events,
			  void (*on_ready)(void *ctx, unsigned events), void *ctx)
{
	struct descriptors *set = io_parts(io)->descriptors;
	struct io_fd *watch = calloc(1, sizeof(*watch));

	if (watch == NULL || !rows_reach(set, fd)) {
		free(watch);
		return NULL;
	}
	assert(set->rows[fd].watch == NULL);
	*watch = (struct io_fd){ .set = set,
				 .fd = fd,
				 .events = events,
				 .generation = ++set->generation,
				 .on_ready = on_ready,
				 .ctx = ctx };
	set->rows[fd].watch = watch;
	if (row_tell(set, fd) == 0)
		return watch;
	io_fd_close(watch);
	return NULL;
}

void io_fd_change(struct io_fd *watch, unsigned events)
{
	if (watch->events == events)
		return;
	watch->events = events;
	row_change(watch->set, watch->fd);
}

void io_fd_close(struct io_fd *watch)
{
	if (watch == NULL)
		return;
	watch->set->rows[watch->fd].watch = NULL;
	row_change(watch->set, watch->fd);
	free(watch);
}

void io_fd_end(struct io *io, int fd)
{
	struct descriptors *set = io_parts(io)->descriptors;

	(void)close(fd); /* whatever was written to it that matters has been answered */
	if ((size_t)fd >= set->rows_n)
		return;
	assert(set->rows[fd].watch == NULL);
	set->rows[fd].told = 0;
}

/* ---- the loop's side ---- */

void descriptors_wait(struct descriptors *set, bool is_patient)
{
	changes_tell(set);
	set->events_n = epoll_wait(set->epoll, set->events, EVENTS_MAX, is_patient ? -1 : 0);
	/* Interrupted is like nothing; all else would be a mistake of ours. */
	assert(set->events_n >= 0 || errno == EINTR);
}

static void event_serve(struct descriptors *set, const struct epoll_event *event)
{
	uint32_t fd = (uint32_t)event->data.u64;
	const struct io_fd *watch = set->rows[fd].watch;
	unsigned events = 0;

	if (watch == NULL || watch->generation != (uint32_t)(event->data.u64 >> 32))
		return;
	if (event->events & EPOLLIN)
		events |= IO_READABLE;
	if (event->events & EPOLLOUT)
		events |= IO_WRITABLE;
	if (event->events & (EPOLLERR | EPOLLHUP))
		events = IO_READABLE | IO_WRITABLE;
	events &= watch->events;
	if (events != 0)
		watch->on_ready(watch->ctx, events);
}

void descriptors_serve(struct descriptors *set)
{
	for (int i = 0; i < set->events_n; i++)
		event_serve(set, &set->events[i]);
	set->events_n = 0;
}

/* ---- life ---- */

struct descriptors *descriptors_new(void)
{
	struct descriptors *set = calloc(1, sizeof(*set));

	if (set == NULL)
		return NULL;
	set->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (set->epoll >= 0)
		return set;
	free(set);
	return NULL;
}

void descriptors_free(struct descriptors *set)
{
	if (set == NULL)
		return;
	for (size_t i = 0; i < set->rows_n; i++)
		assert(set->rows[i].watch == NULL); /* a watch that somebody forgot */
	(void)close(set->epoll);
	free(set->rows);
	free(set->changed);
	free(set);
}
