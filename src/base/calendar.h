/*
 * calendar.h - wall times as people write them, in the process's zone.
 *
 * The zone is set once by the app (TZ); nothing here reads a clock.
 */
#ifndef BASE_CALENDAR_H
#define BASE_CALENDAR_H

#include <stddef.h>
#include <stdint.h>

#include "shorewatch/time.h"

struct buf;

/* Days since 1970-01-01 of the local date of `t`: a day's number on the page. */
int32_t calendar_day(wall_t t);
/* The first instant of local day `day` (23, 24 or 25 h before the next day's). Where the clocks
 * jump over midnight it is the first time that exists; a day left out begins with the next. */
wall_t calendar_day_start(int32_t day);
/* "2026-11-21" */
void calendar_print_date(struct buf *to, int32_t day);
/* "2026-11-21T14:01:40+09:00" */
void calendar_print_iso(struct buf *to, wall_t t);
/* "14:01:40" and "14:01" */
void calendar_print_time(struct buf *to, wall_t t);
void calendar_print_minute(struct buf *to, wall_t t);
/* "JST"; "+0545" style zones are given as "UTC+5:45". */
void calendar_print_zone(struct buf *to, wall_t t);
/* "UTC+09:00" */
void calendar_print_offset(struct buf *to, wall_t t);
/* RFC 5322: "Sat, 21 Nov 2026 14:03:08 +0900" */
void calendar_print_rfc5322(struct buf *to, wall_t t);
struct calendar_date {
	int year;
	int month;   /* 1.. */
	int day;     /* 1.. */
	int weekday; /* 0 = Sunday */
};
struct calendar_date calendar_date(int32_t day);
/* The other way round. `day` may lie outside of its month: it is counted on. */
int32_t calendar_day_number(int year, int month, int day);

#endif
