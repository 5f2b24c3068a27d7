/*
 * drill_door.c - see drill_door.h.
 *
 * A shut door is a socket that is bound and does not listen: the kernel refuses
 * who connects, and nobody else can take the port meanwhile and answer in the
 * place of what is pretended to be down.
 */
#include "app/drill_door.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 16 /* between two turns of the loop one probe comes */

static int door_bind(struct drill_door *door)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_port = htons(door->port),
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), one = 1, r;
	socklen_t n = sizeof at;

	if (fd < 0)
		return -errno;
	/* Connections that we have ended linger on the port. */
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(fd, (const struct sockaddr *)&at, n) < 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &n) < 0) {
		r = -errno;
		(void)close(fd);
		return r;
	}
	door->fd = fd;
	door->port = ntohs(at.sin_port);
	return 0;
}

int drill_door_open(struct drill_door *door)
{
	int r = door->fd < 0 ? door_bind(door) : 0;

	if (r < 0)
		return r;
	return listen(door->fd, BACKLOG) < 0 ? -errno : 0;
}

int drill_door_shut(struct drill_door *door)
{
	(void)close(door->fd);
	door->fd = -1;
	return door_bind(door);
}

void drill_door_serve(struct drill_door *door)
{
	int fd;

	while (door->fd >= 0 && (fd = accept4(door->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0)
		(void)close(fd);
}

void drill_door_done(struct drill_door *door)
{
	if (door->fd >= 0)
		(void)close(door->fd);
	*door = (struct drill_door)DRILL_DOOR_NONE;
}
