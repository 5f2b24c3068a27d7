/*
 * systemd.c - see systemd.h. Protocol: sd_notify(3), "Standard for
 * reimplementation"; WATCHDOG_USEC: sd_watchdog_enabled(3).
 */
#include "app/systemd.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/words.h"

#define STATUS_MAX 512
#define WATCHDOG_PAUSE (15 * USEC_PER_SEC) /* reliability.md 7 */

void systemd_say(const char *text)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t n = path ? strlen(path) : 0;
	int fd;

	if (n < 2 || n >= sizeof address.sun_path || (path[0] != '/' && path[0] != '@'))
		return;
	memcpy(address.sun_path, path, n);
	if (path[0] == '@')
		address.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return;
	/* Nobody to tell it to is no fault of ours. */
	(void)sendto(fd, text, strlen(text), MSG_NOSIGNAL, (struct sockaddr *)&address,
		     (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
	(void)close(fd);
}

void systemd_reloading(struct now now)
{
	char text[96];

	/*
	 * systemd compares with CLOCK_MONOTONIC; ours includes suspends, so it is later or equal:
	 * accepted.
	 */
	(void)snprintf(text, sizeof text, "RELOADING=1\nMONOTONIC_USEC=%lld",
		       (long long)now.mono.us);
	systemd_say(text);
}

void systemd_status(const char *text)
{
	char line[STATUS_MAX];

	(void)snprintf(line, sizeof line, "STATUS=%s", text);
	systemd_say(line);
}

usec_t systemd_watchdog_pause(void)
{
	const char *limit = getenv("WATCHDOG_USEC");
	int64_t limit_us;

	if (!limit || !words_int(limit, 1, INT64_MAX / 2, &limit_us))
		return 0;
	return limit_us / 4 < WATCHDOG_PAUSE ? limit_us / 4 : WATCHDOG_PAUSE;
}
