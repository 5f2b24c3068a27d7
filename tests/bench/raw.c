/*
 * raw.c - the floor: the least that a check can cost here.
 *
 *	raw http|https|tcp PORT COUNT PER_SECOND [HOST CA_FILE]
 *
 * One epoll loop, non-blocking sockets, a hand-written GET with
 * "Connection: close", the status line looked at, the body read to its end;
 * for https one SSL_CTX for all, chain and name verified each time; for tcp
 * connected and closed. The far sides are 127.0.10.1 to .64. No resolver, no
 * deadlines, no judgement. Probes start at even spacing; with PER_SECOND 0 the
 * next starts when one ends, 32 in flight. Prints
 * "PASSED FAILED CPU_MICROSECONDS".
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
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
#define ADDRESSES     64
#define FIRST_ADDRESS 0x7f000a01u /* 127.0.10.1 */

enum kind { KIND_HTTP, KIND_HTTPS, KIND_TCP };

struct probe {
	int fd; /* -1: free */
	SSL *ssl;
	bool is_connected, is_sent;
	bool is_200;
	bool is_begun; /* the status line was seen */
};

struct bench {
	enum kind kind;
	int epoll;
	uint16_t port;
	const char *host;
	SSL_CTX *tls;
	char request[512];
	int request_bytes;
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
	struct probe *p = &b->probes[slot];

	SSL_free(p->ssl);
	close(p->fd);
	p->fd = -1;
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
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(b->port),
				  .sin_addr.s_addr =
					  htonl(FIRST_ADDRESS + (uint32_t)b->started % ADDRESSES) };

	b->started++;
	*p = (struct probe){ .fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0) };
	if (p->fd < 0)
		die("socket");
	if (connect(p->fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS)
		probe_end(b, slot, false);
	else if (epoll_ctl(b->epoll, EPOLL_CTL_ADD, p->fd, &want) < 0)
		die("epoll_ctl");
}

/* ---- steps; false: not yet, or over ---- */

static bool step_connect(struct bench *b, unsigned slot)
{
	struct probe *p = &b->probes[slot];
	int error = 0;
	socklen_t n = sizeof error;

	if (getsockopt(p->fd, SOL_SOCKET, SO_ERROR, &error, &n) < 0 || error != 0 ||
	    b->kind == KIND_TCP) {
		probe_end(b, slot, error == 0);
		return false;
	}
	p->is_connected = true;
	if (b->kind == KIND_HTTPS) {
		p->ssl = SSL_new(b->tls);
		SSL_set_fd(p->ssl, p->fd);
		SSL_set_tlsext_host_name(p->ssl, b->host);
		SSL_set1_host(p->ssl, b->host);
		SSL_set_connect_state(p->ssl);
	}
	return true;
}

static bool is_waiting(const struct probe *p, int r)
{
	int why = p->ssl ? SSL_get_error(p->ssl, r) : 0;

	return p->ssl ? why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE
		      : errno == EAGAIN;
}

static bool step_send(struct bench *b, unsigned slot)
{
	struct probe *p = &b->probes[slot];
	int n = p->ssl ? SSL_write(p->ssl, b->request, b->request_bytes)
		       : (int)send(p->fd, b->request, (size_t)b->request_bytes, MSG_NOSIGNAL);

	p->is_sent = n == b->request_bytes;
	if (!p->is_sent && !is_waiting(p, n))
		probe_end(b, slot, false);
	return p->is_sent;
}

static void step_read(struct bench *b, unsigned slot)
{
	struct probe *p = &b->probes[slot];
	char bytes[16384];
	int n;

	while ((n = p->ssl ? SSL_read(p->ssl, bytes, sizeof bytes)
			   : (int)recv(p->fd, bytes, sizeof bytes, 0)) > 0) {
		if (!p->is_begun)
			p->is_200 = n > 12 && memcmp(bytes, "HTTP/1.1 200", 12) == 0;
		p->is_begun = true;
	}
	if (n == 0 || !is_waiting(p, n))
		probe_end(b, slot, p->is_200);
}

static void on_event(struct bench *b, const struct epoll_event *event)
{
	unsigned slot = event->data.u32;
	struct probe *p = &b->probes[slot];

	if (p->fd < 0)
		return;
	if (!p->is_connected && !step_connect(b, slot))
		return;
	if (!p->is_sent && !step_send(b, slot))
		return;
	step_read(b, slot);
}

/* ---- the loop ---- */

/* How many may have been started by now. */
static long due(const struct bench *b, int64_t began)
{
	long n = b->per_second > 0 ? (long)((now_us() - began) * b->per_second / 1000000) + 1
				   : b->started + CLOSED_LOOP - in_flight(b);

	return n < b->count ? n : b->count;
}

/* Until the next start, to the nanosecond: one that waits for a whole millisecond starts late. */
static struct timespec *patience(const struct bench *b, int64_t began, struct timespec *span)
{
	int64_t at;

	if (b->per_second == 0 || b->started == b->count)
		return NULL;
	at = began + (int64_t)b->started * 1000000 / b->per_second - now_us();
	at = at > 0 ? at : 0;
	*span = (struct timespec){ .tv_sec = at / 1000000, .tv_nsec = at % 1000000 * 1000 };
	return span;
}

static void bench_run(struct bench *b)
{
	struct epoll_event events[64];
	struct timespec span;
	int64_t began = now_us();

	while (b->passed + b->failed < b->count) {
		for (long until = due(b, began); b->started < until && b->free_n > 0;)
			probe_start(b);
		int n = epoll_pwait2(b->epoll, events, 64, patience(b, began, &span), NULL);
		for (int i = 0; i < n; i++)
			on_event(b, &events[i]);
	}
}

static void tls_init(struct bench *b, const char *ca_file)
{
	b->tls = SSL_CTX_new(TLS_client_method());
	if (b->tls == NULL || SSL_CTX_load_verify_file(b->tls, ca_file) != 1)
		die(ca_file);
	SSL_CTX_set_verify(b->tls, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_session_cache_mode(b->tls, SSL_SESS_CACHE_OFF);
}

static void bench_init(struct bench *b, char **words, int n)
{
	b->kind = strcmp(words[1], "tcp") == 0	   ? KIND_TCP
		  : strcmp(words[1], "https") == 0 ? KIND_HTTPS
						   : KIND_HTTP;
	b->port = (uint16_t)strtoul(words[2], NULL, 10);
	b->count = strtol(words[3], NULL, 10);
	b->per_second = strtol(words[4], NULL, 10);
	b->host = n > 5 ? words[5] : "127.0.10.1";
	b->request_bytes = snprintf(b->request, sizeof b->request,
				    "GET / HTTP/1.1\r\nHost: %s\r\nUser-Agent: raw\r\n"
				    "Accept: */*\r\nConnection: close\r\n\r\n",
				    b->host);
	if (b->kind == KIND_HTTPS)
		tls_init(b, words[6]);
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
	struct rusage used, before;

	if (argc < 5 || (strcmp(argv[1], "https") == 0 && argc != 7)) {
		fputs("usage: raw http|https|tcp PORT COUNT PER_SECOND [HOST CA_FILE]\n", stderr);
		return 2;
	}
	bench_init(&b, argv, argc);
	getrusage(RUSAGE_SELF, &before); /* the authorities are read once, and not by a probe */
	bench_run(&b);
	getrusage(RUSAGE_SELF, &used);
	printf("%ld %ld %ld\n", b.passed, b.failed,
	       (long)(used.ru_utime.tv_sec - before.ru_utime.tv_sec + used.ru_stime.tv_sec -
		      before.ru_stime.tv_sec) * 1000000 +
		       (long)(used.ru_utime.tv_usec - before.ru_utime.tv_usec +
			      used.ru_stime.tv_usec - before.ru_stime.tv_usec));
	return b.failed == 0 ? 0 : 1;
}
