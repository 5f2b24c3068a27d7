/*
 * echo.c - one ICMP echo over the kernel's ping socket, which needs no
 * privilege but that net.ipv4.ping_group_range names our group (also for
 * IPv6).
 *
 * The kernel puts its own id in and gives us only replies with it. The socket
 * is connected, so that unreachable answers show up as errno; but the kernel
 * hands over replies of any source all the same, so we look at that. What
 * proves that a reply is ours is the payload: bytes that nobody could know
 * (SR-38).
 */
#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "io/fault.h"
#include "io/loop_fd.h"
#include "io/socket.h"
#include "shorewatch/io.h"

#define PAYLOAD_BYTES 32
#define HEADER_BYTES  8 /* type, code, checksum, id, sequence: alike in both families */

struct packet {
	uint8_t type, code;
	uint8_t rest[HEADER_BYTES - 2]; /* checksum and id are the kernel's; our sequence is 0 */
	uint8_t payload[PAYLOAD_BYTES];
};

struct io_echo {
	struct io *io;
	struct io_echo_spec spec;
	int fd;
	struct io_fd *watch;
	struct packet sent;
};

static void echo_free(struct io_echo *echo)
{
	io_fd_close(echo->watch);
	if (echo->fd >= 0)
		io_fd_end(echo->io, echo->fd);
	free(echo);
}

static void echo_finish(struct io_echo *echo, enum cause cause, const char *note)
{
	const struct io_echo_spec spec = echo->spec;

	echo_free(echo);
	spec.on_done(spec.ctx, cause, note);
}

static bool is_v6(const struct io_echo *echo)
{
	return echo->spec.address.family == FAMILY_IPV6;
}

/* Only the address counts: what stands for a port, and a scope, is the kernel's. */
static bool is_from_there(const struct io_echo *echo, const struct sockaddr_storage *from)
{
	const uint8_t *bytes = (const uint8_t *)&((const struct sockaddr_in *)from)->sin_addr;

	if (is_v6(echo))
		bytes = ((const struct sockaddr_in6 *)from)->sin6_addr.s6_addr;
	return memcmp(bytes, echo->spec.address.bytes, is_v6(echo) ? 16 : 4) == 0;
}

static bool is_ours(const struct io_echo *echo, const struct packet *packet, size_t n)
{
	uint8_t reply = is_v6(echo) ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY;

	return n == sizeof(*packet) && packet->type == reply && packet->code == 0 &&
	       memcmp(packet->payload, echo->sent.payload, PAYLOAD_BYTES) == 0;
}

/* Whatever else comes is not for us, and we go on waiting. */
static void echo_ready(void *ctx, unsigned events)
{
	struct io_echo *echo = ctx;
	struct sockaddr_storage from = { .ss_family = AF_UNSPEC };
	socklen_t from_n = sizeof(from);
	struct packet packet;
	ssize_t n = recvfrom(echo->fd, &packet, sizeof(packet), MSG_TRUNC, (struct sockaddr *)&from,
			     &from_n);

	(void)events;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0)
		echo_finish(echo, fault_cause(errno), fault_name(errno));
	else if (is_ours(echo, &packet, (size_t)n) && is_from_there(echo, &from))
		echo_finish(echo, CAUSE_PASS, "");
}

/* 0 or the errno. */
static int echo_send(struct io_echo *echo)
{
	struct sockaddr_storage to;
	socklen_t n = socket_address(&echo->spec.address, &to);

	echo->sent.type = is_v6(echo) ? ICMP6_ECHO_REQUEST : ICMP_ECHO;
	if (getrandom(echo->sent.payload, PAYLOAD_BYTES, 0) != PAYLOAD_BYTES)
		return errno;
	echo->fd = socket(to.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
			  is_v6(echo) ? (int)IPPROTO_ICMPV6 : (int)IPPROTO_ICMP);
	if (echo->fd < 0)
		return errno;
	if (connect(echo->fd, (const struct sockaddr *)&to, n) < 0)
		return errno;
	echo->watch = io_fd_watch(echo->io, echo->fd, IO_READABLE, echo_ready, echo);
	if (echo->watch == NULL)
		return ENOMEM;
	return send(echo->fd, &echo->sent, sizeof(echo->sent), 0) < 0 ? errno : 0;
}

struct io_echo *io_echo_start(struct io *io, const struct io_echo_spec *spec)
{
	struct io_echo *echo = calloc(1, sizeof(*echo));
	int error;

	if (echo == NULL) {
		spec->on_done(spec->ctx, CAUSE_LOCAL, "ENOMEM");
		return NULL;
	}
	*echo = (struct io_echo){ .io = io, .spec = *spec, .fd = -1 };
	/* A ping socket's port is the id, which is the kernel's to choose. */
	echo->spec.address.port = 0;
	error = echo_send(echo);
	if (error == 0)
		return echo;
	echo_finish(echo, fault_cause(error), fault_name(error));
	return NULL;
}

void io_echo_cancel(struct io_echo *echo)
{
	if (echo != NULL)
		echo_free(echo);
}
