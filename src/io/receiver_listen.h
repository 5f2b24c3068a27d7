/*
 * receiver_listen.h - the socket that is listened on. For the receiver's files
 * only.
 */
#ifndef IO_RECEIVER_LISTEN_H
#define IO_RECEIVER_LISTEN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "shorewatch/address.h"

/* "192.0.2.1:8080" or "[::]:8080", which takes IPv4 as well; port 0: the system chooses. fd or
 * -errno. */
int listener_open(const char *address);
/* What is wrong and what to do; static text. */
const char *listener_fault(int error);
uint16_t listener_port(int fd);
/* Where this machine reaches it: loopback when it listens on all addresses. */
struct address listener_reach(int fd);
/* Somebody waits to be accepted. */
bool listener_is_awaited(int fd);
/* Non-blocking. fd or -errno. */
int listener_accept(int fd, struct sockaddr_storage *name, socklen_t *n);
/* An accept failed for want of descriptors or memory: it will fail again at once. */
bool listener_is_exhausted(int error);
/* An IPv4 address within IPv6 is IPv4. */
struct address listener_address(const struct sockaddr_storage *name);
/* Whatever their ports. */
bool listener_is_same_host(const struct address *a, const struct address *b);

#endif
