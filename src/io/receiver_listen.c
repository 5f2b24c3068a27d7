/*
 * receiver_listen.c - from "127.0.0.1:8080" to a socket, or to a sentence that
 * says what to do.
 */
#include "io/receiver_listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define BACKLOG 1024 /* a dropped SYN comes again after a second only */

static const struct {
	int error;
	const char *words;
} faults[] = {
	{ EADDRINUSE,
	  "listen.address is in use: another program, or another shorewatch, listens there" },
	{ EADDRNOTAVAIL, "listen.address is not an address of this machine" },
	{ EACCES, "listen.address has a port below 1024, which needs CAP_NET_BIND_SERVICE; use "
		  "8080 and a proxy" },
	{ EAFNOSUPPORT, "listen.address is of a family this machine has switched off" },
	{ EINVAL, "listen.address is not \"192.0.2.1:8080\" or \"[2001:db8::1]:8080\"" },
};

/* Port 0, which is no port elsewhere, is one that the system chooses: for tests and the
 * demonstration. */
static bool address_read(const char *text, struct address *ret)
{
	size_t n = strlen(text);
	bool is_any = n > 2 && strcmp(text + n - 2, ":0") == 0;
	char copy[ADDRESS_TEXT_MAX], host[ADDRESS_TEXT_MAX];
	uint16_t port;

	if (n >= sizeof copy)
		return false;
	memcpy(copy, text, n + 1);
	if (is_any)
		copy[n - 1] = '1';
	if (!address_split(copy, host, sizeof host, &port))
		return false;
	return address_parse_host(host, is_any ? 0 : port, ret);
}

static bool name_make(const char *text, struct sockaddr_storage *name, socklen_t *n)
{
	struct sockaddr_in *four = (struct sockaddr_in *)name;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)name;
	struct address a;

	if (!address_read(text, &a))
		return false;
	if (a.family == FAMILY_IPV4) {
		*four = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(a.port) };
		memcpy(&four->sin_addr, a.bytes, 4);
		*n = sizeof *four;
	} else {
		*six = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_port = htons(a.port) };
		memcpy(&six->sin6_addr, a.bytes, 16);
		*n = sizeof *six;
	}
	return true;
}

int listener_open(const char *text)
{
	struct sockaddr_storage name = { 0 };
	const int yes = 1;
	socklen_t n;

	if (!name_make(text, &name, &n))
		return -EINVAL;
	int fd = socket(name.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes,
			 sizeof yes); /* only for a quick restart */
	if (bind(fd, (const struct sockaddr *)&name, n) < 0 || listen(fd, BACKLOG) < 0) {
		int error = errno;

		close(fd);
		return -error;
	}
	return fd;
}

const char *listener_fault(int error)
{
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
		if (faults[i].error == error)
			return faults[i].words;
	return "listen.address cannot be listened on: no descriptor or no memory";
}

struct address listener_address(const struct sockaddr_storage *name)
{
	const struct sockaddr_in *four = (const struct sockaddr_in *)name;
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)name;
	struct address a = { .family = FAMILY_ANY };

	if (name->ss_family == AF_INET) {
		a = (struct address){ .family = FAMILY_IPV4, .port = ntohs(four->sin_port) };
		memcpy(a.bytes, &four->sin_addr, 4);
	} else if (name->ss_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&six->sin6_addr)) {
		a = (struct address){ .family = FAMILY_IPV4, .port = ntohs(six->sin6_port) };
		memcpy(a.bytes, six->sin6_addr.s6_addr + 12, 4);
	} else if (name->ss_family == AF_INET6) {
		a = (struct address){ .family = FAMILY_IPV6, .port = ntohs(six->sin6_port) };
		memcpy(a.bytes, &six->sin6_addr, 16);
	}
	return a;
}

bool listener_is_awaited(int fd)
{
	struct pollfd listener = { .fd = fd, .events = POLLIN };

	return poll(&listener, 1, 0) == 1;
}

int listener_accept(int fd, struct sockaddr_storage *name, socklen_t *n)
{
	*n = sizeof *name;
	int r = accept4(fd, (struct sockaddr *)name, n, SOCK_NONBLOCK | SOCK_CLOEXEC);

	return r < 0 ? -errno : r;
}

bool listener_is_exhausted(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

uint16_t listener_port(int fd)
{
	struct sockaddr_storage name = { 0 };
	socklen_t n = sizeof name;

	if (getsockname(fd, (struct sockaddr *)&name, &n) < 0)
		return 0;
	return listener_address(&name).port;
}

struct address listener_reach(int fd)
{
	static const uint8_t nowhere[16];
	struct sockaddr_storage name = { 0 };
	socklen_t n = sizeof name;
	struct address a;

	if (getsockname(fd, (struct sockaddr *)&name, &n) < 0)
		return (struct address){ .family = FAMILY_ANY };
	a = listener_address(&name);
	if (memcmp(a.bytes, nowhere, sizeof nowhere) == 0)
		(void)address_parse_host(a.family == FAMILY_IPV4 ? "127.0.0.1" : "::1", a.port, &a);
	return a;
}

bool listener_is_same_host(const struct address *a, const struct address *b)
{
	return a->family == b->family && memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}
