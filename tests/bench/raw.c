/*
 * raw.c - the floor: the least that an HTTP check over TCP can cost here.
 *
 *	raw PORT PATH HOST COUNT PER_SECOND
 *
 * One epoll loop, non-blocking sockets, a hand-written GET with
 * "Connection: close", the status line looked at, the body read to its end.
 * No resolver, no TLS, no deadlines, no judgement. Probes start at even
 * spacing; with PER_SECOND 0 the next starts when one ends, 32 in flight.
 * Prints "PASSED FAILED CPU_MICROSECONDS".
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
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define IN_FLIGHT_MAX 1024
#define CLOSED_LOOP   32

struct probe {
	int fd; /* -1: free */
	bool is_sent;
	bool is_200;
	bool is_begun; /* the status line was seen */
};

struct bench {
	int epoll;
	struct sockaddr_in to;
	char request[512];
	size_t request_bytes;
	long count, started, passed, failed;
	long per_second;
	struct probe probes[IN_FLIGHT_MAX];
	unsigned free_slots[IN_FLIGHT_MAX];
	unsigned free_n;
};

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static long in_flight(const struct bench *b)
{
	return IN_FLIGHT_MAX - (long)b->free_n;
}

static void probe_end(struct bench *b, unsigned slot, bool is_passed)
{
	close(b->probes[slot].fd);
	b->probes[slot].fd = -1;
	b->free_slots[b->free_n++] = slot;
	if (is_passed)
		b->passed++;
	else
		b->failed++;
}

static void probe_start(struct bench *b)
{
	unsigned slot = b->free_slots[--b->free_n];
	struct probe *p = &b->probes[slot];
	struct epoll_event want = { .events = EPOLLIN | EPOLLOUT | EPOLLET, .data.u32 = slot };

	b->started++;
	*p = (struct probe){ .fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0) };
	if (p->fd < 0)
		die("socket");
	if (connect(p->fd, (struct sockaddr *)&b->to, sizeof b->to) < 0 && errno != EINPROGRESS)
		probe_end(b, slot, false);
	else if (epoll_ctl(b->epoll, EPOLL_CTL_ADD, p->fd, &want) < 0)
		die("epoll_ctl");
}

static void probe_send(struct bench *b, unsigned slot)
{
	struct probe *p = &b->probes[slot];

	p->is_sent = true;
	if (send(p->fd, b->request, b->request_bytes, MSG_NOSIGNAL) != (ssize_t)b->request_bytes)
		probe_end(b, slot, false);
}

static void probe_read(struct bench *b, unsigned slot)
{
	struct probe *p = &b->probes[slot];
	char bytes[16384];
	ssize_t n;

	while ((n = recv(p->fd, bytes, sizeof bytes, 0)) > 0) {
		if (!p->is_begun)
			p->is_200 = n > 12 && memcmp(bytes, "HTTP/1.1 200", 12) == 0;
		p->is_begun = true;
	}
	if (n == 0)
		probe_end(b, slot, p->is_200);
	else if (errno != EAGAIN)
		probe_end(b, slot, false);
}

static void on_event(struct bench *b, const struct epoll_event *event)
{
	unsigned slot = event->data.u32;
	struct probe *p = &b->probes[slot];

	if (p->fd >= 0 && !p->is_sent && (event->events & EPOLLOUT) != 0)
		probe_send(b, slot);
	if (p->fd >= 0 && p->is_sent && (event->events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
		probe_read(b, slot);
}

/* How many may have been started by now. */
static long due(const struct bench *b, int64_t began)
{
	long n = b->per_second > 0 ? (long)((now_us() - began) * b->per_second / 1000000) + 1
				   : b->started + CLOSED_LOOP - in_flight(b);

	return n < b->count ? n : b->count;
}

/* Milliseconds until the next start, rounded up; -1 when only events matter. */
static int patience(const struct bench *b, int64_t began)
{
	int64_t at;

	if (b->per_second == 0 || b->started == b->count)
		return -1;
	at = began + (int64_t)b->started * 1000000 / b->per_second - now_us();
	return at > 0 ? (int)((at + 999) / 1000) : 0;
}

static void bench_run(struct bench *b)
{
	struct epoll_event events[64];
	int64_t began = now_us();

	while (b->passed + b->failed < b->count) {
		for (long until = due(b, began); b->started < until && b->free_n > 0;)
			probe_start(b);
		int n = epoll_wait(b->epoll, events, 64, patience(b, began));
		for (int i = 0; i < n; i++)
			on_event(b, &events[i]);
	}
}

static void bench_init(struct bench *b, char **words)
{
	int n = snprintf(b->request, sizeof b->request,
			 "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: raw\r\nAccept: */*\r\n"
			 "Connection: close\r\n\r\n",
			 words[2], words[3]);

	if (n < 0 || (size_t)n >= sizeof b->request)
		die("request");
	b->request_bytes = (size_t)n;
	b->to = (struct sockaddr_in){ .sin_family = AF_INET,
				      .sin_port = htons((uint16_t)strtoul(words[1], NULL, 10)),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	b->count = strtol(words[4], NULL, 10);
	b->per_second = strtol(words[5], NULL, 10);
	b->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (b->epoll < 0)
		die("epoll_create1");
	for (unsigned i = 0; i < IN_FLIGHT_MAX; i++) {
		b->probes[i].fd = -1;
		b->free_slots[b->free_n++] = IN_FLIGHT_MAX - 1 - i;
	}
}

int main(int argc, char **argv)
{
	static struct bench b;
	struct rusage used;

	if (argc != 6) {
		fputs("usage: raw PORT PATH HOST COUNT PER_SECOND\n", stderr);
		return 2;
	}
	bench_init(&b, argv);
	bench_run(&b);
	getrusage(RUSAGE_SELF, &used);
	printf("%ld %ld %ld\n", b.passed, b.failed,
	       (long)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 +
		       (long)(used.ru_utime.tv_usec + used.ru_stime.tv_usec));
	return b.failed == 0 ? 0 : 1;
}
