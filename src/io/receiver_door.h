/*
 * receiver_door.h - who may come in: accepting, limits, deadlines, and the
 * strict look at each head before the HTTP library gets the connection. For the
 * receiver's files only.
 */
#ifndef IO_RECEIVER_DOOR_H
#define IO_RECEIVER_DOOR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "shorewatch/io.h"

struct door;
struct head_fault;

#define DOOR_GUESTS_MAX 64

struct door_hooks {
	void *ctx;
	/* A head is whole and strict: the descriptor is the receiver's from now on, to be closed by
	 * it. */
	void (*on_guest)(void *ctx, int fd, const struct sockaddr *peer, socklen_t n);
	/* A guest's socket was shut: let the library notice now. */
	void (*on_shut)(void *ctx);
};

struct door_stats {
	uint64_t refused_full, refused_malformed;
	uint64_t lost; /* for want of memory or descriptors; one for as many as wait outside */
};

/* `deadline` is a connection's whole time, from accept to close. NULL: *ret_error says why. */
struct door *door_new(struct io *io, const char *address, usec_t deadline,
		      const struct door_hooks *hooks, const char **ret_error);
void door_free(struct door *door);
uint16_t door_port(const struct door *door);
struct address door_address(const struct door *door);
struct door_stats door_stats(const struct door *door);

/* The guest's descriptor is about to be closed. */
void door_leave(struct door *door, int fd);
/* Where the guest sits; NULL: no guest of ours. */
const struct address *door_peer(const struct door *door, int fd);
/*
 * The guest's request must end here, in the middle of its body: answer by
 * ourselves. The library closes its descriptor; we keep the line open until
 * the guest has read it.
 */
void door_refuse(struct door *door, int fd, const struct head_fault *fault);

#endif
