/*
 * peer.h - far sides for tests: small TCP servers on loopback, each a thread
 * that serves one connection after the other by a script of the test's.
 */
#ifndef TESTS_IO_PEER_H
#define TESTS_IO_PEER_H

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "shorewatch/address.h"

#define PEER_HEARD_MAX 65536

struct peer {
	int fd;
	uint16_t port;
	pthread_t thread;
	void (*serve)(struct peer *peer, int client);
	const char *say; /* for serve functions that only say something */
	void *ctx;
	unsigned clients;	    /* how many came; read it after peer_stop() or once served */
	char heard[PEER_HEARD_MAX]; /* by peer_read_line() and peer_read_head(), in order */
	size_t heard_n;
};

static inline struct address peer_address(const struct peer *peer)
{
	struct address address;

	assert(address_parse_host("127.0.0.1", peer->port, &address));
	return address;
}

static inline int peer_bind(int type, uint16_t *ret_port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	assert(fd >= 0);
	assert(bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0);
	assert(getsockname(fd, (struct sockaddr *)&at, &n) == 0);
	*ret_port = ntohs(at.sin_port);
	return fd;
}

static inline int peer_listen(int type, uint16_t *ret_port)
{
	int fd = peer_bind(type, ret_port);

	if (type == SOCK_STREAM)
		assert(listen(fd, 16) == 0);
	return fd;
}

static inline void *peer_run(void *ctx)
{
	struct peer *peer = ctx;
	int client;

	while ((client = accept(peer->fd, NULL, NULL)) >= 0) {
		peer->clients++;
		peer->serve(peer, client);
		close(client);
	}
	return NULL;
}

/* `*peer` must stay where it is until peer_stop(). */
static inline void peer_start(struct peer *peer, void (*serve)(struct peer *peer, int client))
{
	peer->fd = peer_listen(SOCK_STREAM, &peer->port);
	peer->serve = serve;
	assert(pthread_create(&peer->thread, NULL, peer_run, peer) == 0);
}

/* A served connection must end by itself: the far side has gone, or the script is over. */
static inline void peer_stop(struct peer *peer)
{
	shutdown(peer->fd, SHUT_RDWR);
	pthread_join(peer->thread, NULL);
	close(peer->fd);
}

/*
 * A port on which nobody listens. It stays bound until the process ends: given back to the system,
 * it could be the port of a peer of another test a moment later.
 */
static inline uint16_t peer_closed_port(void)
{
	uint16_t port;

	(void)peer_bind(SOCK_STREAM, &port);
	return port;
}

/* ---- words for scripts ---- */

static inline bool peer_write_bytes(int client, const void *bytes, size_t n)
{
	const char *at = bytes;

	while (n > 0) {
		ssize_t sent = send(client, at, n, MSG_NOSIGNAL);

		if (sent <= 0)
			return false;
		at += sent;
		n -= (size_t)sent;
	}
	return true;
}

static inline bool peer_write(int client, const char *text)
{
	return peer_write_bytes(client, text, strlen(text));
}

static inline void peer_hear(struct peer *peer, const char *text, size_t n)
{
	if (n >= sizeof(peer->heard) - peer->heard_n)
		return;
	memcpy(peer->heard + peer->heard_n, text, n);
	peer->heard_n += n;
	peer->heard[peer->heard_n] = '\0';
}

/* Without its line end. False: the far side has gone. */
static inline bool peer_read_line(struct peer *peer, int client, char *line, size_t max)
{
	size_t n = 0;
	char c;

	while (recv(client, &c, 1, 0) == 1) {
		peer_hear(peer, &c, 1);
		if (c == '\n') {
			line[n] = '\0';
			return true;
		}
		if (c != '\r' && n + 1 < max)
			line[n++] = c;
	}
	return false;
}

/* The lines of a request up to the empty one. */
static inline bool peer_read_head(struct peer *peer, int client)
{
	char line[4096];

	while (peer_read_line(peer, client, line, sizeof(line))) {
		if (line[0] == '\0')
			return true;
	}
	return false;
}

/* Until the far side goes. */
static inline void peer_wait_gone(int client)
{
	char bytes[4096];

	while (recv(client, bytes, sizeof(bytes), 0) > 0)
		;
}

/* The connection ends with a reset, not with an end of file. */
static inline void peer_reset(int client)
{
	struct linger linger = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(client, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

/* ---- whole scripts ---- */

static inline void peer_says(struct peer *peer, int client)
{
	if (peer_read_head(peer, client))
		peer_write(client, peer->say);
}

static inline void peer_is_silent(struct peer *peer, int client)
{
	(void)peer;
	peer_wait_gone(client);
}

static inline void peer_resets(struct peer *peer, int client)
{
	(void)peer_read_head(peer, client);
	peer_reset(client);
}

#endif
