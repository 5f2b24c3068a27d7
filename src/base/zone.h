/*
 * zone.h - the clock of a place: what it reads at an instant, and at which
 * instant it reads so. Over DST both ways: a reading may be leapt over, and a
 * reading may come twice.
 *
 * A zone is read once, from the system's zone files (TZif, RFC 8536); all else
 * is pure. NULL is the process's own zone (TZ, set by the app), by the C library.
 */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#include "shorewatch/time.h"

struct arena;
struct zone;

/* What a clock shows. */
struct reading {
	int32_t day;	 /* since 1970-01-01, as calendar.h has it */
	int32_t seconds; /* of the day, 0 to 86399 */
};

/*
 * "Europe/Berlin", from below $TZDIR or /usr/share/zoneinfo; "UTC" needs no file. It lives in
 * the arena. -EINVAL: not such a name; -EBADMSG: the file is not a zone's, or counts leap
 * seconds; else the system's -errno, as -ENOENT.
 */
int zone_read(struct arena *arena, const char *name, const struct zone **ret);
/* As it was read; NULL for the process's. */
const char *zone_name(const struct zone *zone);

struct reading zone_reading(const struct zone *zone, wall_t at);
/* The latest reading that the clock has shown, or leapt over, by `at`. */
struct reading zone_shown(const struct zone *zone, wall_t at);

/*
 * When what is said to begin at a reading begins, and what is said to end then ends.
 * Nearly always the same. A reading that comes twice begins the first time and ends the second
 * time. One that is left out begins with the leap, and ends as if the clock had not leapt.
 */
struct zone_instants {
	wall_t begin, end;
	bool is_skipped;
};

struct zone_instants zone_instants(const struct zone *zone, struct reading reading);

#endif
