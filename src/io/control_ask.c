/*
 * control_ask.c - the asking side of control.h: a command waits for its answer,
 * but not for ever.
 */
#include <errno.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/buf.h"
#include "io/control.h"
#include "io/control_path.h"

#define PATIENCE_S (CONTROL_DEADLINE / USEC_PER_SEC + 2)

static int socket_connect(const char *path)
{
	const struct timeval patience = { .tv_sec = PATIENCE_S };
	struct control_path at;
	int r = control_path_of(path, &at), fd;

	if (r < 0)
		return r;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) < 0 ||
	    connect(fd, (const struct sockaddr *)&at.address, sizeof at.address) < 0)
		r = -errno;
	control_path_done(&at);
	if (r == 0)
		return fd;
	if (fd >= 0)
		(void)close(fd);
	return r == -EAGAIN ? -ETIMEDOUT : r;
}

static int answer_read(int fd, struct buf *ret)
{
	char bytes[16384];
	ssize_t n;

	for (;;) {
		n = recv(fd, bytes, sizeof bytes, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		buf_add(ret, bytes, (size_t)n);
	}
	if (n < 0)
		return errno == EAGAIN ? -ETIMEDOUT : -errno;
	return buf_failed(ret) ? -EFBIG : 0;
}

int io_control_ask(const char *path, const char *line, struct buf *ret)
{
	int fd = socket_connect(path), r = fd;

	if (fd < 0)
		return r;
	r = 0;
	if (send(fd, line, strlen(line), MSG_NOSIGNAL) < 0 || send(fd, "\n", 1, MSG_NOSIGNAL) < 0)
		r = -errno;
	/* Who refuses us may have said why before it closed. */
	if (r == 0 || r == -EPIPE)
		r = answer_read(fd, ret);
	(void)close(fd); /* it was only read */
	return r;
}
