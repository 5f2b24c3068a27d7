/*
 * systemd.h - sd_notify(3) without its library: a datagram to $NOTIFY_SOCKET.
 * Everywhere else these do nothing.
 */
#ifndef APP_SYSTEMD_H
#define APP_SYSTEMD_H

#include "shorewatch/time.h"

void systemd_say(const char *text);
/* RELOADING=1 with the monotonic time it wants. */
void systemd_reloading(struct now now);
/* "STATUS=text". */
void systemd_status(const char *text);
/*
 * How often WATCHDOG=1 is to be said: a quarter of the unit's limit, 15 s at most. 0: nobody waits
 * for it.
 */
usec_t systemd_watchdog_pause(void);

#endif
