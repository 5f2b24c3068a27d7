/*
 * socket.h - addresses as the kernel wants them.
 */
#ifndef IO_SOCKET_H
#define IO_SOCKET_H

#include <sys/socket.h>

#include "shorewatch/address.h"

/* Returns how long it is. */
socklen_t socket_address(const struct address *from, struct sockaddr_storage *to);

#endif
