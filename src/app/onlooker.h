/*
 * onlooker.h - what `demo` and `quick` share: a place to listen, a place for
 * state, and events told to a person as they happen.
 */
#ifndef APP_ONLOOKER_H
#define APP_ONLOOKER_H

#include <stdbool.h>
#include <stdint.h>

#include "app/daemon.h"

/*
 * `wanted` when it is free on loopback, else the next free one, and says so; spoken for until we
 * end. 0: none at all.
 */
uint16_t onlooker_port(uint16_t wanted);
/* "14:01:40  text", to standard output, at once. */
void onlooker_say(struct now now, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A configuration from text; faults are printed. NULL: faulty. */
struct generation *onlooker_load(const char *text);
/* For daemon_setup.on_event: prints transitions, incidents and mails. */
void onlooker_event(void *ctx, enum daemon_event event, const char *line, struct now now);

#endif
