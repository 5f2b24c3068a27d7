/*
 * until.h - how long somebody wants something to last, as people write it:
 *
 *   2h                      from now on, as durations of the configuration
 *   18:00                   the next time that the clock says so
 *   2026-11-23T08:00        then
 *
 * Clock times are those of the process's zone. Pure: whoever knows the time
 * gives it.
 */
#ifndef APP_UNTIL_H
#define APP_UNTIL_H

#include <stdbool.h>
#include <stdint.h>

#include "shorewatch/time.h"

struct until {
	usec_t span; /* > 0: from now on; 0: by the clock */
	bool has_date;
	int year, month, day; /* if it has one */
	int hour, minute;
};

/* "2h"; false: it is no duration, or it is none at all. */
bool until_read_span(const char *text, struct until *ret);
/* "18:00", "2026-11-23T08:00"; false: it is neither. */
bool until_read_clock(const char *text, struct until *ret);
/* When that is; may lie before `now` if it has a date. Unset: the calendar has no such day. */
wall_t until_end(const struct until *until, wall_t now);

#endif
