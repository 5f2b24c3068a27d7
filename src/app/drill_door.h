/*
 * drill_door.h - the pretended service of a drill: a socket that listens on
 * loopback, or does not.
 */
#ifndef APP_DRILL_DOOR_H
#define APP_DRILL_DOOR_H

#include <stdbool.h>
#include <stdint.h>

struct drill_door {
	int fd;	       /* -1: none yet */
	uint16_t port; /* ours from the first opening to the end, also while it is shut */
};

#define DRILL_DOOR_NONE                                                                            \
	{                                                                                          \
		.fd = -1                                                                           \
	}

/* Listens, at first on any free port, later on the same one. 0 or -errno. */
int drill_door_open(struct drill_door *door);
/* Who connects from now on is refused. 0 or -errno; then the port is not ours any more. */
int drill_door_shut(struct drill_door *door);
/* Lets in whoever has come, and says goodbye. */
void drill_door_serve(struct drill_door *door);
void drill_door_done(struct drill_door *door);

#endif
