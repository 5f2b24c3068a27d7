/*
 * socket.h - addresses as the kernel wants them, and connections on their way.
 */
#ifndef IO_SOCKET_H
#define IO_SOCKET_H

#include <sys/socket.h>

#include "shorewatch/address.h"
#include "shorewatch/observation.h"

/* Returns how long it is. */
socklen_t socket_address(const struct address *from, struct sockaddr_storage *to);
/* A TCP connection sets out: writable means that it has ended. 0 or the errno; *ret_fd is the
 * caller's in any case, -1: none. */
int socket_dial(const struct address *to, int *ret_fd);
/* How it has ended: 0 or the errno. */
int socket_error(int fd);
/* "not expected: ..." and the first bytes of what came, in harmless letters. */
void socket_note(const void *bytes, size_t n, char note[NOTE_MAX]);

#endif
