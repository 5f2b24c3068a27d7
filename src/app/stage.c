/*
 * stage.c - see stage.h. One small poll loop: it answers every request on a
 * door with the same words, and posts a Watchdog as Alertmanager does. It is
 * scenery for the demonstration, not a server for anybody else.
 */
#include "app/stage.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/loop.h"

#define TOKEN_MAX 64

static const char *const answers[STAGE_DOORS] = {
	[STAGE_BLOG] = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: "
		       "51\r\nConnection: close\r\n\r\n"
		       "<html><body><h1>A pretended blog</h1></body></html>",
	[STAGE_MISSKEY] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
			  "22\r\nConnection: close\r\n\r\n"
			  "{\"pong\":1763791220000}",
	[STAGE_APISERVER] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
	[STAGE_ALERTMANAGER] =
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK",
	[STAGE_REFERENCE] = "",
};

struct order {
	char verb; /* 'u' up, 'd' down, 'b' beats */
	uint16_t port;
	char token[TOKEN_MAX];
	usec_t period;
};

struct play {
	int orders;
	int doors[STAGE_DOORS]; /* -1: shut */
	uint16_t port[STAGE_DOORS];
	bool is_up;
	struct order beats;
	usec_t next_beat; /* 0: none */
};

static struct sockaddr_in loopback(uint16_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};
}

/* A listening socket on `port`, any when 0. fd or -errno. */
static int door_open(uint16_t port, uint16_t *ret_port)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), one = 1, r;
	struct sockaddr_in address = loopback(port);
	socklen_t n = sizeof address;

	if (fd < 0)
		return -errno;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(fd, (struct sockaddr *)&address, n) < 0 || listen(fd, 64) < 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &n) < 0) {
		r = -errno;
		(void)close(fd);
		return r;
	}
	*ret_port = ntohs(address.sin_port);
	return fd;
}

/* ---- the child ---- */

static usec_t clock_now(void)
{
	return io_clock().mono.us;
}

/*
 * Reads what has come for at most a moment, then answers: our own probes send small requests at
 * once.
 */
static void serve(int door, const char *answer)
{
	struct pollfd p = { .events = POLLIN };
	char request[4096];

	p.fd = accept4(door, NULL, NULL, SOCK_CLOEXEC);
	if (p.fd < 0)
		return;
	if (answer[0] && poll(&p, 1, 200) == 1 && recv(p.fd, request, sizeof request, 0) > 0)
		(void)send(p.fd, answer, strlen(answer), MSG_NOSIGNAL);
	(void)shutdown(p.fd, SHUT_WR);
	(void)close(p.fd);
}

static void post_beat(const struct order *beats)
{
	static const char body[] =
		"{\"receiver\":\"shorewatch\",\"status\":\"firing\",\"alerts\":[{\"status\":"
		"\"firing\","
		"\"labels\":{\"alertname\":\"Watchdog\",\"severity\":\"none\"},\"annotations\":{},"
		"\"startsAt\":\"2026-01-01T00:00:00Z\",\"endsAt\":\"0001-01-01T00:00:00Z\"}],"
		"\"version\":\"4\"}\n";
	struct sockaddr_in address = loopback(beats->port);
	struct pollfd p = { .events = POLLIN };
	char request[1024], answer[256];

	p.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (p.fd < 0)
		return;
	(void)snprintf(request, sizeof request,
		       "POST /hook/demo HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: "
		       "pretended-alertmanager\r\n"
		       "Authorization: Bearer %s\r\nContent-Type: "
		       "application/json\r\nContent-Length: %zu\r\n\r\n%s",
		       beats->token, sizeof body - 1, body);
	if (connect(p.fd, (struct sockaddr *)&address, sizeof address) == 0 &&
	    send(p.fd, request, strlen(request), MSG_NOSIGNAL) > 0 && poll(&p, 1, 1000) == 1)
		(void)recv(p.fd, answer, sizeof answer, 0);
	(void)close(p.fd);
}

static void set_doors(struct play *play, bool is_up)
{
	play->is_up = is_up;
	for (int i = 0; i < STAGE_REFERENCE; i++) {
		if (is_up && play->doors[i] < 0) {
			play->doors[i] = door_open(play->port[i], &play->port[i]);
		} else if (!is_up && play->doors[i] >= 0) {
			(void)close(play->doors[i]);
			play->doors[i] = -1;
		}
	}
}

static bool take_order(struct play *play)
{
	struct order order;

	if (read(play->orders, &order, sizeof order) != sizeof order)
		return false; /* the other side has gone */
	if (order.verb == 'b')
		play->beats = order;
	else
		set_doors(play, order.verb == 'u');
	play->next_beat = play->beats.period > 0 ? clock_now() : 0;
	return true;
}

static int wait_ms(const struct play *play)
{
	usec_t left;

	if (!play->is_up || play->next_beat == 0)
		return -1;
	left = play->next_beat - clock_now();
	return left > 0 ? (int)(left / 1000) + 1 : 0;
}

static void perform(struct play *play)
{
	struct pollfd fds[STAGE_DOORS + 1];

	for (;;) {
		for (int i = 0; i < STAGE_DOORS; i++)
			fds[i] = (struct pollfd){ .fd = play->doors[i], .events = POLLIN };
		fds[STAGE_DOORS] = (struct pollfd){ .fd = play->orders, .events = POLLIN };
		if (poll(fds, STAGE_DOORS + 1, wait_ms(play)) < 0 && errno != EINTR)
			return;
		for (int i = 0; i < STAGE_DOORS; i++)
			if (fds[i].revents & POLLIN)
				serve(play->doors[i], answers[i]);
		if (fds[STAGE_DOORS].revents != 0 && !take_order(play))
			return;
		if (play->is_up && play->next_beat > 0 && clock_now() >= play->next_beat) {
			post_beat(&play->beats);
			play->next_beat = clock_now() + play->beats.period;
		}
	}
}

/* ---- the parent's side ---- */

static void close_doors(struct play *play)
{
	for (int i = 0; i < STAGE_DOORS; i++)
		if (play->doors[i] >= 0)
			(void)close(play->doors[i]);
}

int stage_start(struct stage *stage)
{
	struct play play = { .is_up = true };
	int pipes[2], r = 0;

	for (int i = 0; i < STAGE_DOORS; i++) {
		play.doors[i] = door_open(0, &play.port[i]);
		if (play.doors[i] < 0)
			r = play.doors[i];
		stage->port[i] = play.port[i];
	}
	if (r == 0 && pipe2(pipes, O_CLOEXEC) < 0)
		r = -errno;
	if (r < 0) {
		close_doors(&play);
		return r;
	}
	stage->pid = fork();
	if (stage->pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)signal(SIGINT, SIG_IGN); /* the parent ends us */
		(void)close(pipes[1]);
		play.orders = pipes[0];
		perform(&play);
		_exit(0);
	}
	r = stage->pid < 0 ? -errno : 0;
	stage->orders = pipes[1];
	(void)close(pipes[0]);
	close_doors(&play);
	return r;
}

static void give(const struct stage *stage, const struct order *order)
{
	/* A pipe takes so few bytes whole or not at all; a dead stage is seen by its silence. */
	(void)!write(stage->orders, order, sizeof *order);
}

void stage_beats(struct stage *stage, uint16_t port, const char *token, usec_t period)
{
	struct order order = { .verb = 'b', .port = port, .period = period };

	(void)snprintf(order.token, sizeof order.token, "%s", token);
	give(stage, &order);
}

void stage_turn(struct stage *stage, bool is_up)
{
	struct order order = { .verb = is_up ? 'u' : 'd' };

	give(stage, &order);
}

void stage_end(struct stage *stage)
{
	(void)close(stage->orders);
	if (stage->pid > 0)
		(void)waitpid(stage->pid, NULL, 0);
	stage->pid = 0;
}
