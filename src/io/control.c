/*
 * control.c - see control.h.
 *
 * Owns the socket and its talks, which are few, fixed and each bounded in bytes
 * and time. Nothing here waits: a slow peer costs a slot until its deadline,
 * and a slot that has not asked anything yet is given to the next who comes.
 */
#include "io/control.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "io/control_path.h"
#include "io/loop_fd.h"

#define BACKLOG	    64
#define SHORT_PAUSE USEC_PER_SEC /* without a descriptor for who comes */
#define DRAIN_READS 64 /* of 4 KiB: unread bytes at close would take the answer from the peer */

struct talk {
	struct io_control *control;
	uint64_t id; /* 0: free */
	int fd;
	struct io_fd *watch;
	struct io_timer *deadline;
	char request[CONTROL_REQUEST_MAX + 1];
	size_t n;
	bool is_asked; /* its line is whole */
	char *answer;
	size_t answer_n, sent;
};

struct io_control {
	struct io *io;
	struct io_control_hooks hooks;
	char *path;
	int fd;
	struct io_fd *watch;
	struct io_timer *again;
	uint64_t made; /* ids of talks, never used twice */
	struct talk talks[CONTROL_TALKS];
};

/* ---- one talk ---- */

static void listening_set(struct io_control *c)
{
	bool has_room = false;

	for (size_t i = 0; i < CONTROL_TALKS; i++)
		has_room |= c->talks[i].id == 0 || !c->talks[i].is_asked;
	if (c->watch)
		io_fd_change(c->watch, has_room ? IO_READABLE : 0);
}

static void talk_drain(const struct talk *t)
{
	char rest[4096];

	for (int i = 0; i < DRAIN_READS; i++)
		if (recv(t->fd, rest, sizeof rest, MSG_DONTWAIT) <= 0)
			return;
}

static void talk_end(struct talk *t)
{
	struct io_control *c = t->control;

	talk_drain(t);
	io_fd_close(t->watch);
	io_timer_free(t->deadline);
	(void)close(t->fd); /* what was to be said is said, or nobody listens */
	free(t->answer);
	*t = (struct talk){ .control = c, .fd = -1 };
	listening_set(c);
}

static void talk_write(struct talk *t)
{
	while (t->sent < t->answer_n) {
		ssize_t n = send(t->fd, t->answer + t->sent, t->answer_n - t->sent,
				 MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN) {
			io_fd_change(t->watch, IO_WRITABLE);
			return;
		}
		if (n < 0)
			break; /* it has gone */
		t->sent += (size_t)n;
	}
	talk_end(t);
}

static void talk_answer(struct talk *t, struct buf *answer)
{
	t->answer = buf_take(answer, &t->answer_n);
	if (t->answer)
		talk_write(t);
	else
		talk_end(t); /* no memory: the other side sees that it got nothing */
}

static void talk_refuse(struct talk *t, const char *why)
{
	struct buf answer = BUF_INIT(4096);

	t->is_asked = true;
	t->control->hooks.on_nonsense(t->control->hooks.ctx, why, &answer);
	talk_answer(t, &answer);
	buf_done(&answer);
}

static void talk_ask(struct talk *t, char *newline)
{
	struct io_control *c = t->control;

	if (memchr(t->request, '\0', (size_t)(newline - t->request))) {
		talk_refuse(t, "a request holds no NUL");
		return;
	}
	*newline = '\0';
	t->is_asked = true;
	io_fd_change(t->watch, 0); /* nothing more is read */
	listening_set(c);
	c->hooks.on_request(c->hooks.ctx, t->id, t->request);
}

static void talk_read(struct talk *t)
{
	ssize_t n = recv(t->fd, t->request + t->n, sizeof t->request - t->n, MSG_DONTWAIT);
	char *newline;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		talk_end(t); /* it has gone without asking */
		return;
	}
	newline = memchr(t->request + t->n, '\n', (size_t)n);
	t->n += (size_t)n;
	if (newline)
		talk_ask(t, newline);
	else if (t->n == sizeof t->request)
		talk_refuse(t, "a request is one line of at most 1024 bytes");
}

static void on_talk(void *ctx, unsigned events)
{
	struct talk *t = ctx;

	(void)events;
	if (t->answer)
		talk_write(t);
	else if (!t->is_asked)
		talk_read(t);
}

static void on_deadline(void *ctx)
{
	talk_end(ctx);
}

/* ---- who comes ---- */

static bool is_welcome(int fd)
{
	struct ucred peer = { .uid = (uid_t)-1 };
	socklen_t n = sizeof peer;

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) == 0 &&
	       (peer.uid == 0 || peer.uid == geteuid());
}

static struct talk *slot_find(struct io_control *c)
{
	struct talk *oldest = NULL;

	for (size_t i = 0; i < CONTROL_TALKS; i++) {
		struct talk *t = &c->talks[i];

		if (t->id == 0)
			return t;
		if (!t->is_asked && (!oldest || t->id < oldest->id))
			oldest = t;
	}
	if (oldest)
		talk_end(oldest);
	return oldest;
}

static void talk_begin(struct io_control *c, struct talk *t, int fd)
{
	*t = (struct talk){ .control = c, .id = ++c->made, .fd = fd };
	t->deadline = io_timer_new(c->io, on_deadline, t);
	t->watch = t->deadline ? io_fd_watch(c->io, fd, IO_READABLE, on_talk, t) : NULL;
	if (!t->watch) {
		talk_end(t);
		return;
	}
	io_timer_set(t->deadline, mono_add(io_now(c->io).mono, c->hooks.patience));
	listening_set(c);
}

static bool is_short_of_descriptors(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

static void on_again(void *ctx)
{
	listening_set(ctx);
}

/* One a turn: whoever hammers here must not keep the loop from its own work. */
static void on_visitor(void *ctx, unsigned events)
{
	struct io_control *c = ctx;
	int fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct talk *t;

	(void)events;
	if (fd < 0 && is_short_of_descriptors(errno)) {
		io_fd_change(c->watch, 0);
		io_timer_set(c->again, mono_add(io_now(c->io).mono, SHORT_PAUSE));
	}
	if (fd < 0)
		return;
	t = is_welcome(fd) ? slot_find(c) : NULL;
	if (t)
		talk_begin(c, t, fd);
	else
		(void)close(fd);
}

/* ---- life ---- */

/* A socket that is ours or root's and that nobody can be listening at any more. */
static int stale_remove(const char *path)
{
	struct stat is;

	if (lstat(path, &is) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(is.st_mode) || (is.st_uid != geteuid() && is.st_uid != 0))
		return -EEXIST;
	return unlink(path) < 0 ? -errno : 0;
}

/* The mode is the socket's before it has a name: at no time can others connect. */
static int socket_bind(int fd, const char *path)
{
	struct control_path at;
	int r = control_path_of(path, &at);

	if (r < 0)
		return r;
	if (fchmod(fd, 0600) < 0 ||
	    bind(fd, (const struct sockaddr *)&at.address, sizeof at.address) < 0 ||
	    listen(fd, BACKLOG) < 0)
		r = -errno;
	control_path_done(&at);
	return r;
}

static int socket_open(const char *path)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int r = fd < 0 ? -errno : stale_remove(path);

	if (r == 0)
		r = socket_bind(fd, path);
	if (r == 0)
		return fd;
	if (fd >= 0)
		(void)close(fd);
	return r;
}

int io_control_new(struct io *io, const char *path, const struct io_control_hooks *hooks,
		   struct io_control **ret)
{
	struct io_control *c = calloc(1, sizeof *c);
	int r = -ENOMEM;

	if (!c)
		return r;
	*c = (struct io_control){ .io = io, .hooks = *hooks, .fd = -1, .path = strdup(path) };
	if (c->hooks.patience == 0)
		c->hooks.patience = CONTROL_DEADLINE;
	for (size_t i = 0; i < CONTROL_TALKS; i++)
		c->talks[i] = (struct talk){ .control = c, .fd = -1 };
	if (c->path)
		r = socket_open(path);
	if (r >= 0) {
		c->fd = r;
		c->again = io_timer_new(io, on_again, c);
		c->watch = c->again ? io_fd_watch(io, c->fd, IO_READABLE, on_visitor, c) : NULL;
		r = c->watch ? 0 : -ENOMEM;
	}
	if (r < 0) {
		io_control_free(c);
		return r;
	}
	*ret = c;
	return 0;
}

void io_control_free(struct io_control *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < CONTROL_TALKS; i++)
		if (c->talks[i].id != 0)
			talk_end(&c->talks[i]);
	io_fd_close(c->watch);
	io_timer_free(c->again);
	if (c->fd >= 0) {
		(void)close(c->fd);
		(void)unlink(c->path); /* one that stays is replaced by the next start */
	}
	free(c->path);
	free(c);
}

void io_control_answer(struct io_control *c, uint64_t talk, struct buf *answer)
{
	for (size_t i = 0; i < CONTROL_TALKS; i++) {
		struct talk *t = &c->talks[i];

		if (t->id != talk || talk == 0)
			continue;
		assert(t->is_asked && !t->answer);
		talk_answer(t, answer);
		return;
	}
	buf_clear(answer);
}
