/*
 * control_path.h - the address of a socket file. A socket's own address holds
 * 107 bytes (unix(7)); a longer path is reached through its folder's descriptor.
 */
#ifndef IO_CONTROL_PATH_H
#define IO_CONTROL_PATH_H

#include <sys/socket.h>
#include <sys/un.h>

struct control_path {
	struct sockaddr_un address;
	int folder; /* -1: the address is the path itself */
};

/* 0 or -errno. Close the folder with control_path_done() once bound or connected. */
int control_path_of(const char *path, struct control_path *ret);
void control_path_done(const struct control_path *path);

#endif
