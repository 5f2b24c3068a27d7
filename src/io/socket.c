/*
 * socket.c - one plain TCP connection: connected, perhaps something sent,
 * perhaps something expected.
 *
 * The descriptor closes with the report or the cancellation. What comes back
 * is looked at up to 4 KiB; more than that without the expected text is an
 * answer like any other that does not hold it.
 */
#include "io/socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/fault.h"
#include "io/loop_fd.h"
#include "shorewatch/io.h"

#define ANSWER_MAX 4096

struct io_socket {
	struct io *io;
	struct io_socket_spec spec; /* send and expect are copies */
	char *send, *expect;
	int fd;
	struct io_fd *watch;
	bool is_connected;
	size_t sent, got;
	char *answer; /* ANSWER_MAX bytes; NULL: none is expected */
};

socklen_t socket_address(const struct address *from, struct sockaddr_storage *to)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(from->port) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(from->port) };

	memset(to, 0, sizeof(*to));
	if (from->family == FAMILY_IPV6) {
		memcpy(&v6.sin6_addr, from->bytes, sizeof(v6.sin6_addr));
		memcpy(to, &v6, sizeof(v6));
		return sizeof(v6);
	}
	memcpy(&v4.sin_addr, from->bytes, sizeof(v4.sin_addr));
	memcpy(to, &v4, sizeof(v4));
	return sizeof(v4);
}

int socket_dial(const struct address *address, int *ret_fd)
{
	struct sockaddr_storage to;
	socklen_t n = socket_address(address, &to);

	*ret_fd = socket(to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
	if (*ret_fd < 0)
		return errno;
	if (connect(*ret_fd, (const struct sockaddr *)&to, n) < 0 && errno != EINPROGRESS)
		return errno;
	return 0;
}

int socket_error(int fd)
{
	int error = 0;
	socklen_t n = sizeof(error);

	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &n) < 0 ? errno : error;
}

/* What came instead: the first bytes, what is not printable ASCII as \xNN or by its C name. */
void socket_note(const void *bytes, size_t bytes_n, char note[NOTE_MAX])
{
	const unsigned char *at = bytes;
	size_t n = (size_t)snprintf(note, NOTE_MAX, "not expected: "), i = 0;

	for (; i < bytes_n && n < NOTE_MAX - 8; i++) {
		unsigned char c = at[i];

		if (c == '\r' || c == '\n')
			n += (size_t)snprintf(note + n, NOTE_MAX - n, c == '\r' ? "\\r" : "\\n");
		else
			n += (size_t)snprintf(note + n, NOTE_MAX - n,
					      c >= ' ' && c < 0x7f ? "%c" : "\\x%02x", c);
	}
	if (i < bytes_n)
		(void)snprintf(note + n, NOTE_MAX - n, "…");
}

static void socket_free(struct io_socket *socket)
{
	io_fd_close(socket->watch);
	if (socket->fd >= 0)
		io_fd_end(socket->io, socket->fd);
	free(socket->send);
	free(socket->expect);
	free(socket->answer);
	free(socket);
}

static void socket_finish(struct io_socket *socket, enum cause cause, const char *note)
{
	const struct io_socket_spec spec = socket->spec;
	bool is_reached = socket->got > 0 || cause == CAUSE_PASS;

	socket_free(socket);
	spec.on_done(spec.ctx, cause, is_reached, note);
}

static void socket_fail(struct io_socket *socket, int error)
{
	socket_finish(socket, fault_cause(error), fault_name(error));
}

/* ---- steps; false: the socket is gone ---- */

static bool step_connected(struct io_socket *socket)
{
	int error = socket_error(socket->fd);

	if (error != 0) {
		socket_fail(socket, error);
		return false;
	}
	socket->is_connected = true;
	if (socket->spec.on_connected != NULL)
		socket->spec.on_connected(socket->spec.ctx);
	return true;
}

static bool step_send(struct io_socket *socket)
{
	size_t left = socket->send != NULL ? strlen(socket->send) - socket->sent : 0;
	ssize_t n;

	if (left == 0)
		return true;
	n = send(socket->fd, socket->send + socket->sent, left, MSG_NOSIGNAL);
	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		socket_fail(socket, errno);
		return false;
	}
	socket->sent += n > 0 ? (size_t)n : 0;
	return true;
}

static bool is_all_sent(const struct io_socket *socket)
{
	return socket->send == NULL || socket->sent == strlen(socket->send);
}

static void answer_judge(struct io_socket *socket, bool is_over)
{
	size_t wanted = strlen(socket->expect);
	char note[NOTE_MAX];

	if (memmem(socket->answer, socket->got, socket->expect, wanted) != NULL) {
		socket_finish(socket, CAUSE_PASS, "");
	} else if (socket->got == 0 && is_over) {
		socket_finish(socket, CAUSE_RESET, "closed without an answer");
	} else if (is_over || socket->got == ANSWER_MAX) {
		socket_note(socket->answer, socket->got, note);
		socket_finish(socket, CAUSE_MISMATCH, note);
	}
}

static void step_receive(struct io_socket *socket)
{
	ssize_t n = recv(socket->fd, socket->answer + socket->got, ANSWER_MAX - socket->got, 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0) {
		socket_fail(socket, errno);
		return;
	}
	socket->got += (size_t)n;
	answer_judge(socket, n == 0);
}

static void socket_ready(void *ctx, unsigned events)
{
	struct io_socket *socket = ctx;

	if (!socket->is_connected && !step_connected(socket))
		return;
	if (!step_send(socket))
		return;
	if (!is_all_sent(socket)) {
		io_fd_change(socket->watch, IO_WRITABLE);
	} else if (socket->expect == NULL) {
		socket_finish(socket, CAUSE_PASS, "");
	} else {
		io_fd_change(socket->watch, IO_READABLE);
		if (events & IO_READABLE)
			step_receive(socket);
	}
}

/* ---- start ---- */

/* 0 or the errno. */
static int socket_connect(struct io_socket *s)
{
	int error = socket_dial(&s->spec.address, &s->fd);

	if (error != 0)
		return error;
	s->watch = io_fd_watch(s->io, s->fd, IO_WRITABLE, socket_ready, s);
	return s->watch != NULL ? 0 : ENOMEM;
}

static bool text_copy(char **to, const char *from)
{
	*to = from != NULL ? strdup(from) : NULL;
	return from == NULL || *to != NULL;
}

static bool texts_copy(struct io_socket *socket)
{
	const struct io_socket_spec *spec = &socket->spec;

	if (spec->expect != NULL)
		socket->answer = malloc(ANSWER_MAX);
	return text_copy(&socket->send, spec->send) && text_copy(&socket->expect, spec->expect) &&
	       (spec->expect == NULL || socket->answer != NULL);
}

struct io_socket *io_socket_start(struct io *io, const struct io_socket_spec *spec)
{
	struct io_socket *socket = calloc(1, sizeof(*socket));
	int error;

	if (socket == NULL) {
		spec->on_done(spec->ctx, CAUSE_LOCAL, false, "ENOMEM");
		return NULL;
	}
	socket->io = io;
	socket->spec = *spec;
	socket->fd = -1;
	error = texts_copy(socket) ? socket_connect(socket) : ENOMEM;
	if (error == 0)
		return socket;
	socket_fail(socket, error);
	return NULL;
}

bool io_socket_has_answered(const struct io_socket *socket, char note[NOTE_MAX])
{
	if (socket == NULL || socket->got == 0)
		return false;
	socket_note(socket->answer, socket->got, note);
	return true;
}

void io_socket_cancel(struct io_socket *socket)
{
	if (socket != NULL)
		socket_free(socket);
}
