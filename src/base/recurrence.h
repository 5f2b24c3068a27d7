/*
 * recurrence.h - the days and minutes of a clock at which something begins.
 * About what a clock reads only; instants are zone.h's.
 */
#ifndef BASE_RECURRENCE_H
#define BASE_RECURRENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "shorewatch/window.h"

#define MINUTES_PER_DAY 1440

/* It begins on this day, numbered as calendar.h has it. */
bool recurrence_has_day(const struct recurrence *r, int32_t day);
/* The first minute of such a day from `least` on, the last one up to `most`; below 0: none. */
int recurrence_minute_from(const struct recurrence *r, int least);
int recurrence_minute_until(const struct recurrence *r, int most);
/* There is such a day in any year: not the 30th of February alone. */
bool recurrence_ever_comes(const struct recurrence *r);

#endif
