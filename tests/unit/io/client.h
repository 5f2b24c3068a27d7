/*
 * client.h - connections to a listener of this process, pumped by its own loop.
 */
#ifndef TEST_IO_CLIENT_H
#define TEST_IO_CLIENT_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "io/loop.h"
#include "io/loop_fd.h"

#define PATIENCE (20 * USEC_PER_SEC) /* a test that takes longer has failed */

struct crowd {
	struct io *io;
	size_t open; /* clients that are awaited */
	struct io_timer *patience;
	bool has_run_out;
};

struct client {
	struct crowd *crowd;
	int fd;
	struct io_fd *watch;
	struct buf request, response;
	size_t sent, piece; /* bytes at once */
	bool is_awaited, is_reset;
};

static inline void crowd_impatient(void *ctx)
{
	struct crowd *crowd = ctx;

	crowd->has_run_out = true;
	io_loop_stop(crowd->io);
}

static inline void crowd_init(struct crowd *crowd)
{
	const struct io_setup setup = { 0 };
	const char *error;

	*crowd = (struct crowd){ .io = io_new(&setup, &error) };
	if (!crowd->io)
		abort();
	crowd->patience = io_timer_new(crowd->io, crowd_impatient, crowd);
}

static inline void crowd_done(struct crowd *crowd)
{
	io_timer_free(crowd->patience);
	io_free(crowd->io);
}

static inline mono_t crowd_turn(void *ctx, struct now now)
{
	(void)ctx;
	(void)now;
	return MONO_NEVER;
}

/* Until every awaited client's connection has been closed by the other side. False: PATIENCE ran
 * out. */
static inline bool crowd_run(struct crowd *crowd)
{
	const struct io_loop_hooks hooks = { .ctx = crowd, .on_turn = crowd_turn };

	if (crowd->open == 0)
		return true;
	io_timer_set(crowd->patience, mono_add(io_clock().mono, PATIENCE));
	io_loop_run(crowd->io, &hooks);
	io_timer_set(crowd->patience, MONO_NEVER);
	return !crowd->has_run_out;
}

/* For so long. */
static inline void crowd_run_for(struct crowd *crowd, usec_t span)
{
	const struct io_loop_hooks hooks = { .ctx = crowd, .on_turn = crowd_turn };

	io_timer_set(crowd->patience, mono_add(io_clock().mono, span));
	io_loop_run(crowd->io, &hooks);
	io_timer_set(crowd->patience, MONO_NEVER);
	crowd->has_run_out = false;
}

static inline void client_ended(struct client *client)
{
	io_fd_close(client->watch);
	client->watch = NULL;
	if (client->is_awaited && --client->crowd->open == 0)
		io_loop_stop(client->crowd->io);
	client->is_awaited = false;
}

static inline void client_read(struct client *client)
{
	char block[65536];
	ssize_t n;

	while ((n = recv(client->fd, block, sizeof block, MSG_DONTWAIT)) > 0)
		buf_add(&client->response, block, (size_t)n);
	if (n < 0 && errno == EAGAIN)
		return;
	client->is_reset = n < 0;
	client_ended(client);
}

static inline void client_write(struct client *client)
{
	size_t left = client->request.n - client->sent;
	size_t n = left < client->piece ? left : client->piece;
	ssize_t done = n > 0 ? send(client->fd, client->request.data + client->sent, n,
				    MSG_DONTWAIT | MSG_NOSIGNAL)
			     : 0;

	if (done > 0)
		client->sent += (size_t)done;
	/* Refused in the middle: what is left need not be sent, the answer may be there. */
	if (client->sent == client->request.n || (done < 0 && errno != EAGAIN))
		io_fd_change(client->watch, IO_READABLE);
}

static inline void client_ready(void *ctx, unsigned events)
{
	struct client *client = ctx;

	if (events & IO_WRITABLE)
		client_write(client);
	if (events & IO_READABLE)
		client_read(client);
}

/* Connects while the loop runs. `request` is copied. */
static inline void client_start(struct client *client, struct crowd *crowd, uint16_t port,
				const void *request, size_t n, size_t piece)
{
	const struct sockaddr_in to = { .sin_family = AF_INET,
					.sin_port = htons(port),
					.sin_addr = { htonl(INADDR_LOOPBACK) } };

	*client = (struct client){ .crowd = crowd, .piece = piece, .is_awaited = true };
	buf_init(&client->request, 4u << 20);
	buf_init(&client->response, 4u << 20);
	buf_add(&client->request, request, n);
	client->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (client->fd < 0 || (connect(client->fd, (const struct sockaddr *)&to, sizeof to) < 0 &&
			       errno != EINPROGRESS))
		abort();
	crowd->open++;
	client->watch =
		io_fd_watch(crowd->io, client->fd, IO_READABLE | IO_WRITABLE, client_ready, client);
}

/* Nobody waits for this one any more. */
static inline void client_done(struct client *client)
{
	if (client->watch)
		client_ended(client);
	close(client->fd);
	buf_done(&client->request);
	buf_done(&client->response);
}

static inline int client_status(const struct client *client)
{
	const char *text = buf_text(&client->response);

	return strncmp(text, "HTTP/1.1 ", 9) == 0 ? (int)strtol(text + 9, NULL, 10) : 0;
}

static inline const char *client_body(const struct client *client)
{
	const char *end = strstr(buf_text(&client->response), "\r\n\r\n");

	return end ? end + 4 : "";
}

/* "Name: value" is a line of the answer's head. */
static inline bool client_has(const struct client *client, const char *line)
{
	char wanted[512];
	const char *text = buf_text(&client->response), *end = strstr(text, "\r\n\r\n");
	const char *found;

	snprintf(wanted, sizeof wanted, "\r\n%s\r\n", line);
	found = strstr(text, wanted);
	return found && end && found <= end;
}

#endif
