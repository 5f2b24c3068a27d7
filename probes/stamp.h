/*
 * stamp.h - instants as programs write them in JSON. Pure.
 */
#ifndef PROBES_STAMP_H
#define PROBES_STAMP_H

#include <stdbool.h>

#include "shorewatch/time.h"

/* RFC 3339, "2026-11-22T09:36:08.534Z" or with an offset; any number of fractional digits. */
bool stamp_read_rfc3339(const char *text, wall_t *ret);

#endif
