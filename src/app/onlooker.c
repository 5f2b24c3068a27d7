/*
 * onlooker.c - see onlooker.h.
 */
#include "app/onlooker.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/calendar.h"
#include "base/diag.h"

#define PORTS_TRIED 64

static uint16_t try_port(uint16_t port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(port),
				       .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
	socklen_t n = sizeof address;
	uint16_t got = 0;

	if (fd < 0)
		return 0;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(fd, (struct sockaddr *)&address, n) == 0 && listen(fd, 1) == 0 &&
	    getsockname(fd, (struct sockaddr *)&address, &n) == 0)
		got = ntohs(address.sin_port);
	(void)close(fd);
	return got;
}

/*
 * Between finding a port free and listening there is a moment in which another
 * demonstration could find it free, too. A name without a file says that it is
 * spoken for; it lasts as long as this process, and no longer.
 */
static bool claim_port(uint16_t port)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int n = snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "shorewatch-port-%u", port);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return true; /* without it the moment remains */
	if (bind(fd, (const struct sockaddr *)&name,
		 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n)) == 0)
		return true; /* held until we end */
	(void)close(fd);
	return false;
}

uint16_t onlooker_port(uint16_t wanted)
{
	for (uint16_t port = wanted; port < wanted + PORTS_TRIED; port++) {
		if (!claim_port(port) || try_port(port) == 0)
			continue;
		if (port != wanted)
			(void)printf("Port %u is taken; this one listens at %u.\n", wanted, port);
		return port;
	}
	return try_port(0);
}

void onlooker_say(struct now now, const char *format, ...)
{
	struct buf time = BUF_INIT(64);
	va_list args;

	calendar_print_time(&time, now.wall);
	(void)printf("%s  ", buf_text(&time));
	buf_done(&time);
	va_start(args, format);
	(void)vprintf(format, args);
	va_end(args);
	(void)putchar('\n');
	(void)fflush(stdout);
}

struct generation *onlooker_load(const char *text)
{
	struct arena *arena = arena_new();
	struct generation *generation;
	struct diag diag;

	diag_init(&diag, arena);
	generation = conf_load_text(text, "command line", &diag);
	for (const struct diag_entry *e = diag.first; e; e = e->next)
		if (e->level == DIAG_FAULT)
			(void)fprintf(stderr, "shorewatch: %s\n", e->text);
	arena_free(arena);
	return generation;
}

void onlooker_event(void *ctx, enum daemon_event event, const char *line, struct now now)
{
	(void)ctx;
	switch (event) {
	case DAEMON_TRANSITION:
	case DAEMON_INCIDENT:
	case DAEMON_MAIL:
		onlooker_say(now, "  %s", line);
		break;
	case DAEMON_READY:
	case DAEMON_PUBLISHED:
		break;
	}
}
