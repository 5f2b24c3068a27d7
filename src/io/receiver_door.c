/*
 * receiver_door.c - accepting connections without being drowned by them.
 *
 * Owns the listening socket and one slot for each connection. Libraries time
 * out idle connections only and spin when descriptors run out (reliability.md
 * 1.6); so we accept ourselves. A connection has a total deadline. Its head is
 * looked at without taking it (MSG_PEEK) until it is whole; SO_RCVLOWAT keeps
 * the kernel from waking us for what we have seen. When all slots are taken,
 * the oldest connection of the busiest address has to go: a true sender comes
 * with one connection and is served within milliseconds, a flood is its own
 * victim (SR-18). Out of descriptors we stop listening for a second (SR-20).
 */
#include "io/receiver_door.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "io/loop_fd.h"
#include "io/receiver_head.h"
#include "io/receiver_listen.h"

#define ACCEPTS_A_TURN 32
#define GUESTS_SHARE   8 /* one descriptor in so many */
#define GUESTS_AT_LEAST 4
#define PAUSE	       USEC_PER_SEC	   /* when descriptors have run out */
#define STAY_AT_LEAST  (250 * USEC_PER_MS) /* nobody is thrown out before */
#define DRAIN_AT_MOST  (2 * USEC_PER_SEC)  /* for a guest to read why it was refused */

enum stage {
	STAGE_FREE,
	STAGE_HEAD,  /* ours: the head is not whole yet */
	STAGE_GUEST, /* the library's; we know the number of its descriptor */
	STAGE_SHUT,  /* the same, shut down by us: the library will notice */
	STAGE_DRAIN, /* ours: answered, waiting for the other side to close */
};

struct slot {
	struct door *door;
	enum stage stage;
	int fd;
	struct io_fd *watch; /* while it is ours */
	size_t seen;	     /* bytes of the head */
	mono_t came, deadline;
	struct address peer;
	struct sockaddr_storage name;
	socklen_t name_n;
};

struct door {
	struct io *io;
	struct door_hooks hooks;
	usec_t deadline;
	int listener;
	struct io_fd *watch;
	struct io_timer *timer;
	mono_t closed_until; /* descriptors ran out */
	bool is_listening;
	struct door_stats stats;
	size_t guests; /* as many of these are used */
	struct slot slot[DOOR_GUESTS_MAX];
	char head[HEAD_BYTES_MAX];
};

static void door_settle(struct door *door);

/* ---- slots ---- */

static mono_t now_of(const struct door *door)
{
	return io_now(door->io).mono;
}

static struct slot *slot_find(struct door *door, int fd)
{
	for (size_t i = 0; i < DOOR_GUESTS_MAX; i++)
		if (door->slot[i].fd == fd &&
		    (door->slot[i].stage == STAGE_GUEST || door->slot[i].stage == STAGE_SHUT))
			return &door->slot[i];
	return NULL;
}

static struct slot *slot_unused(struct door *door)
{
	for (size_t i = 0; i < door->guests; i++)
		if (door->slot[i].stage == STAGE_FREE)
			return &door->slot[i];
	return NULL;
}

static void slot_close(struct slot *slot)
{
	io_fd_close(slot->watch);
	close(slot->fd);
	*slot = (struct slot){ .door = slot->door, .fd = -1 };
}

/* Call it readable when so many bytes are there. */
static bool wake_at(const struct slot *slot, size_t bytes)
{
	const int n = (int)bytes;

	return setsockopt(slot->fd, SOL_SOCKET, SO_RCVLOWAT, &n, sizeof n) == 0;
}

/* The library closes the descriptor once it notices; until then its number is taken. */
static void slot_shut(struct slot *slot)
{
	slot->stage = STAGE_SHUT;
	slot->deadline = MONO_NEVER;
	shutdown(slot->fd, SHUT_RDWR);
}

static void slot_end(struct slot *slot)
{
	switch (slot->stage) {
	case STAGE_HEAD:
	case STAGE_DRAIN:
		slot_close(slot);
		break;
	case STAGE_GUEST:
		slot_shut(slot);
		slot->door->hooks.on_shut(slot->door->hooks.ctx);
		break;
	case STAGE_FREE:
	case STAGE_SHUT:
		break;
	}
}

/* ---- refusing ---- */

static void answer_send(int fd, const struct head_fault *fault)
{
	char text[HEAD_ANSWER_MAX];
	size_t n = head_answer(fault, text);

	/* A guest that takes nothing gets nothing. */
	(void)send(fd, text, n, MSG_NOSIGNAL | MSG_DONTWAIT);
	(void)shutdown(fd, SHUT_WR);
}

/* Closing with unread bytes would reset the connection and with it our answer. */
static void drain_ready(void *ctx, unsigned events)
{
	struct slot *slot = ctx;
	struct door *door = slot->door;
	ssize_t n = recv(slot->fd, door->head, sizeof door->head, MSG_DONTWAIT);

	(void)events;
	if (n == 0 || (n < 0 && errno != EAGAIN)) {
		slot_close(slot);
		door_settle(door);
	}
}

static void drain_start(struct slot *slot)
{
	mono_t latest = mono_add(now_of(slot->door), DRAIN_AT_MOST);

	slot->stage = STAGE_DRAIN;
	slot->deadline = mono_min(slot->deadline, latest);
	(void)wake_at(slot, 1); /* only costs a delay */
	io_fd_close(slot->watch);
	slot->watch = io_fd_watch(slot->door->io, slot->fd, IO_READABLE, drain_ready, slot);
	if (!slot->watch)
		slot_close(slot);
}

static void head_refuse(struct slot *slot, const struct head_fault *fault)
{
	slot->door->stats.refused_malformed++;
	log_info("receiver.refused status=%d reason=\"%s\"", fault->status, fault->reason);
	answer_send(slot->fd, fault);
	drain_start(slot);
}

/* ---- the head ---- */

static void guest_hand_over(struct slot *slot)
{
	struct door *door = slot->door;

	(void)wake_at(slot, 1); /* only costs a delay */
	io_fd_close(slot->watch);
	slot->watch = NULL;
	slot->stage = STAGE_GUEST;
	door->hooks.on_guest(door->hooks.ctx, slot->fd, (const struct sockaddr *)&slot->name,
			     slot->name_n);
}

static void head_wait(struct slot *slot, size_t n)
{
	slot->seen = n;
	if (!wake_at(slot, n + 1))
		slot_close(slot); /* without it we would spin */
}

static void head_ready(void *ctx, unsigned events)
{
	struct slot *slot = ctx;
	struct door *door = slot->door;
	struct head_fault fault;
	ssize_t n = recv(slot->fd, door->head, sizeof door->head, MSG_PEEK | MSG_DONTWAIT);

	(void)events;
	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0 ||
	    (size_t)n <= slot->seen) { /* woken with nothing new: the other side has closed */
		slot_close(slot);
		door_settle(door);
		return;
	}
	switch (head_check(door->head, (size_t)n, &fault)) {
	case HEAD_MORE:
		head_wait(slot, (size_t)n);
		break;
	case HEAD_FINE:
		guest_hand_over(slot);
		break;
	case HEAD_BAD:
		head_refuse(slot, &fault);
		break;
	}
	door_settle(door);
}

/* ---- coming in ---- */

static unsigned slots_of(const struct door *door, const struct address *peer)
{
	unsigned n = 0;

	for (size_t i = 0; i < DOOR_GUESTS_MAX; i++)
		n += door->slot[i].stage != STAGE_FREE &&
		     listener_is_same_host(&door->slot[i].peer, peer);
	return n;
}

/* Of the address with the most connections the oldest; NULL: all are shut already. */
static struct slot *slot_to_evict(struct door *door)
{
	struct slot *worst = NULL;
	unsigned most = 0;

	for (size_t i = 0; i < DOOR_GUESTS_MAX; i++) {
		struct slot *slot = &door->slot[i];

		if (slot->stage == STAGE_SHUT || slot->stage == STAGE_FREE)
			continue;
		unsigned n = slots_of(door, &slot->peer);

		if (!worst || n > most || (n == most && slot->came.us < worst->came.us)) {
			worst = slot;
			most = n;
		}
	}
	return worst;
}

/* A free slot, by eviction when somebody needs it. NULL: not yet. */
static struct slot *slot_take(struct door *door)
{
	struct slot *slot = slot_unused(door);
	struct slot *worst =
		slot || !listener_is_awaited(door->listener) ? NULL : slot_to_evict(door);

	if (worst && mono_span(worst->came, now_of(door)) >= STAY_AT_LEAST) {
		door->stats.refused_full++;
		slot_end(worst);
		slot = slot_unused(door);
	}
	return slot;
}

static void accept_failed(struct door *door, int error)
{
	if (!listener_is_exhausted(error))
		return; /* nobody there, or gone again */
	door->stats.lost++;
	log_warning("receiver.full error=%s going-on=in-a-second", strerrorname_np(error));
	door->closed_until = mono_add(now_of(door), PAUSE);
}

static void slot_enter(struct slot *slot, int fd)
{
	struct door *door = slot->door;

	slot->stage = STAGE_HEAD;
	slot->fd = fd;
	slot->came = now_of(door);
	slot->deadline = mono_add(slot->came, door->deadline);
	slot->peer = listener_address(&slot->name);
	slot->watch = io_fd_watch(door->io, fd, IO_READABLE, head_ready, slot);
	if (slot->watch)
		return;
	door->stats.lost++;
	slot_close(slot);
}

/* False: no more for now. */
static bool accept_one(struct door *door)
{
	struct slot *slot = slot_take(door);

	if (!slot)
		return false;
	int fd = listener_accept(door->listener, &slot->name, &slot->name_n);

	if (fd < 0) {
		accept_failed(door, -fd);
		return false;
	}
	slot_enter(slot, fd);
	return true;
}

static void listener_ready(void *ctx, unsigned events)
{
	struct door *door = ctx;

	(void)events;
	for (unsigned i = 0; i < ACCEPTS_A_TURN && accept_one(door); i++)
		;
	door_settle(door);
}

/* ---- time ---- */

/* When somebody may be thrown out for those who wait outside. */
static mono_t next_eviction(struct door *door)
{
	struct slot *worst = slot_to_evict(door);

	return worst ? mono_add(worst->came, STAY_AT_LEAST) : MONO_NEVER;
}

/* Listening or not, and the next thing to be done, from the state as it is now. */
static void door_settle(struct door *door)
{
	mono_t now = now_of(door), due = MONO_NEVER, opens = { INT64_MIN };

	for (size_t i = 0; i < DOOR_GUESTS_MAX; i++)
		if (door->slot[i].stage != STAGE_FREE)
			due = mono_min(due, door->slot[i].deadline);
	if (!slot_unused(door))
		opens = next_eviction(door);
	if (opens.us < door->closed_until.us)
		opens = door->closed_until;
	bool is_open = mono_reached(opens, now);

	if (is_open != door->is_listening)
		io_fd_change(door->watch, is_open ? IO_READABLE : 0);
	door->is_listening = is_open;
	io_timer_set(door->timer, is_open ? due : mono_min(due, opens));
}

static void timer_due(void *ctx)
{
	struct door *door = ctx;

	for (size_t i = 0; i < DOOR_GUESTS_MAX; i++)
		if (door->slot[i].stage != STAGE_FREE &&
		    mono_reached(door->slot[i].deadline, now_of(door)))
			slot_end(&door->slot[i]);
	door_settle(door);
}

/* ---- opening ---- */

/* Strangers must not take the descriptors that probes, mails and the page need. */
static size_t guests_budget(void)
{
	struct rlimit limit;
	size_t most = DOOR_GUESTS_MAX;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur / GUESTS_SHARE < most)
		most = (size_t)limit.rlim_cur / GUESTS_SHARE;
	return most < GUESTS_AT_LEAST ? GUESTS_AT_LEAST : most;
}

struct door *door_new(struct io *io, const char *address, usec_t deadline,
		      const struct door_hooks *hooks, const char **ret_error)
{
	struct door *door = calloc(1, sizeof *door);
	int fd = door ? listener_open(address) : -ENOMEM;

	if (fd < 0) {
		*ret_error = listener_fault(-fd);
		free(door);
		return NULL;
	}
	door->io = io;
	door->hooks = *hooks;
	door->deadline = deadline;
	door->listener = fd;
	door->closed_until.us = INT64_MIN;
	door->guests = guests_budget();
	door->is_listening = true;
	for (size_t i = 0; i < DOOR_GUESTS_MAX; i++)
		door->slot[i] = (struct slot){ .door = door, .fd = -1 };
	door->timer = io_timer_new(io, timer_due, door);
	door->watch = io_fd_watch(io, fd, IO_READABLE, listener_ready, door);
	if (!door->timer || !door->watch) {
		*ret_error = listener_fault(ENOMEM);
		door_free(door);
		return NULL;
	}
	return door;
}

/* Guests of the library must be gone by now. */
void door_free(struct door *door)
{
	if (!door)
		return;
	for (size_t i = 0; i < DOOR_GUESTS_MAX; i++)
		if (door->slot[i].stage == STAGE_HEAD || door->slot[i].stage == STAGE_DRAIN)
			slot_close(&door->slot[i]);
	io_fd_close(door->watch);
	io_timer_free(door->timer);
	close(door->listener);
	free(door);
}

uint16_t door_port(const struct door *door)
{
	return listener_port(door->listener);
}

struct address door_address(const struct door *door)
{
	return listener_reach(door->listener);
}

struct door_stats door_stats(const struct door *door)
{
	return door->stats;
}

void door_leave(struct door *door, int fd)
{
	struct slot *slot = slot_find(door, fd);

	if (!slot)
		return; /* refused in the middle: the line is ours */
	*slot = (struct slot){ .door = door, .fd = -1 };
	door_settle(door);
}

const struct address *door_peer(const struct door *door, int fd)
{
	const struct slot *slot = slot_find((struct door *)door, fd);

	return slot ? &slot->peer : NULL;
}

void door_refuse(struct door *door, int fd, const struct head_fault *fault)
{
	struct slot *slot = slot_find(door, fd);
	int own = slot ? fcntl(fd, F_DUPFD_CLOEXEC, 3) : -1;

	answer_send(fd, fault);
	if (own < 0)
		return; /* then the answer may be lost to a reset */
	slot->fd = own;
	drain_start(slot);
	door_settle(door);
}
