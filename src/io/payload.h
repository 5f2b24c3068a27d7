/*
 * payload.h - Alertmanager's webhook body, reduced to what a dead-man's check
 * may believe (watchdog.md 9).
 */
#ifndef IO_PAYLOAD_H
#define IO_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "shorewatch/option.h"

struct payload; /* parsed once, asked for each watchdog of the hook */

/*
 * NULL: `fault` says in one line why. errno: EBADMSG for what is not a webhook body, ENOMEM when it
 * is we who cannot read it now.
 */
struct payload *payload_parse(const char *body, size_t n, char *fault, size_t fault_max);
void payload_free(struct payload *payload);

enum payload_watchdog { PAYLOAD_NOTHING, PAYLOAD_FIRING, PAYLOAD_RESOLVED };
/* Firing wins when both are there. */
enum payload_watchdog payload_find(const struct payload *payload, struct pairs labels);

#endif
