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
/* Called every turn, after the engine has advanced: WATCHDOG=1 when a quarter of its limit has passed
 * since `last`, which it keeps. Returns when to be called again. */
mono_t systemd_alive(mono_t *last, struct now now);

#endif
