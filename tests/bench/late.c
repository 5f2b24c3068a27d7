/*
 * late.c - how late things begin on this machine.
 *
 *	late nop PER_SECOND SECONDS
 *	late serve PORT SECONDS
 *
 * nop: a loop that does nothing but wake for each due time, as a scheduler
 * without work would; how long after it did it wake?
 * serve: answers "GET /NAME" of the daemon's targets, whose due times are
 * known: each falls, by CLOCK_BOOTTIME, key_text(NAME) modulo its interval of
 * one second. The time of a connection's acceptance less the due time is the
 * lateness, our own included. What comes in the first third is not counted.
 * Prints "COUNT P50_US P99_US MAX_US".
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/key.h"

#define SECOND 1000000
#define LATE_MAX 4000000
#define FDS_MAX 4096
#define ANSWER "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"

struct samples {
	int *us;
	size_t n;
};

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (int64_t)t.tv_sec * SECOND + t.tv_nsec / 1000;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void sample_add(struct samples *s, int64_t us)
{
	if (s->n < LATE_MAX)
		s->us[s->n++] = (int)us;
}

static int compare(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static void samples_print(struct samples *s)
{
	if (s->n == 0)
		die("nothing came");
	qsort(s->us, s->n, sizeof *s->us, compare);
	printf("%zu %d %d %d\n", s->n, s->us[s->n / 2], s->us[s->n * 99 / 100], s->us[s->n - 1]);
}

/* ---- nop ---- */

/* Random spacing, as the daemon's targets have it. */
static int64_t due_next(int64_t due, long per_second, uint64_t *seed)
{
	*seed = key_mix(*seed + 1);
	return due + (int64_t)(*seed % (uint64_t)(2 * SECOND / per_second));
}

static void nop(struct samples *s, long per_second, int64_t until)
{
	int timer = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC);
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	int64_t due = now_us() + 1000;
	uint64_t seed = 1;

	if (timer < 0 || epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, timer, &event) < 0)
		die("timer");
	while (due < until) {
		int64_t left = due - now_us();
		struct itimerspec spec = { .it_value = { .tv_sec = left / SECOND,
							 .tv_nsec = left % SECOND * 1000 } };

		if (left > 0) {
			timerfd_settime(timer, 0, &spec, NULL);
			(void)epoll_wait(epoll, &event, 1, -1);
			continue;
		}
		sample_add(s, -left);
		due = due_next(due, per_second, &seed);
	}
}

/* ---- serve ---- */

static int listen_at(uint16_t port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_port = htons(port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, (struct sockaddr *)&at, sizeof at) < 0 || listen(fd, 1024) < 0)
		die("listen");
	return fd;
}

static int64_t lateness(char *request, int64_t accepted)
{
	char *name = strchr(request, '/') ? strchr(request, '/') + 1 : request;
	int64_t phase;

	name[strcspn(name, " ")] = '\0';
	phase = (int64_t)(key_text(name) % SECOND);
	return ((accepted - phase) % SECOND + SECOND) % SECOND;
}

static void accept_all(int epoll, int listening, int64_t accepted[FDS_MAX])
{
	int fd;

	while ((fd = accept4(listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

		if (fd >= FDS_MAX || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0)
			die("too many at once");
		accepted[fd] = now_us();
	}
}

static void answer(struct samples *s, int fd, int64_t accepted, bool is_counted)
{
	char request[2048];
	ssize_t n = recv(fd, request, sizeof request - 1, 0);

	if (n > 0) {
		request[n] = '\0';
		if (is_counted)
			sample_add(s, lateness(request, accepted));
		(void)send(fd, ANSWER, sizeof ANSWER - 1, MSG_NOSIGNAL);
	}
	close(fd);
}

static void serve(struct samples *s, uint16_t port, int64_t counted_from, int64_t until)
{
	static int64_t accepted[FDS_MAX];
	struct epoll_event events[64], event = { .events = EPOLLIN };
	int listening = listen_at(port), epoll = epoll_create1(EPOLL_CLOEXEC);

	event.data.fd = listening;
	if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listening, &event) < 0)
		die("epoll");
	while (now_us() < until) {
		int n = epoll_wait(epoll, events, 64, 100);

		for (int i = 0; i < n; i++) {
			if (events[i].data.fd == listening)
				accept_all(epoll, listening, accepted);
			else
				answer(s, events[i].data.fd, accepted[events[i].data.fd],
				       now_us() > counted_from);
		}
	}
}

int main(int argc, char **argv)
{
	static int us[LATE_MAX];
	struct samples samples = { .us = us };
	int64_t span, until;

	if (argc != 4 || (strcmp(argv[1], "nop") != 0 && strcmp(argv[1], "serve") != 0)) {
		fputs("usage: late nop PER_SECOND SECONDS | late serve PORT SECONDS\n", stderr);
		return 2;
	}
	span = strtol(argv[3], NULL, 10) * SECOND;
	until = now_us() + span;
	if (strcmp(argv[1], "nop") == 0)
		nop(&samples, strtol(argv[2], NULL, 10), until);
	else
		serve(&samples, (uint16_t)strtoul(argv[2], NULL, 10), until - span * 2 / 3, until);
	samples_print(&samples);
	return 0;
}
