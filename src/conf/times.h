/*
 * times.h - when planned work is done, as people write it: an instant, days of
 * the week, or crontab's five fields. Pure.
 *
 * What is wrong is said in `fault`, which then holds one line with advice; what
 * was written stands in it as it is, and is made harmless by whoever shows it.
 */
#ifndef CONF_TIMES_H
#define CONF_TIMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/zone.h"
#include "shorewatch/window.h"

#define TIMES_FAULT_MAX 320

/* "0 2 * * sun", "30 1-5/2 1,15 jan-mar *", "@daily". */
bool times_cron(const char *text, struct recurrence *ret, char fault[TIMES_FAULT_MAX]);
/* "Sun 02:00-03:00", "Mon,Wed-Fri 23:00-01:00", "daily 04:00-24:00". `ret_ends`: minute of the day.
 */
bool times_weekly(const char *text, struct recurrence *ret, uint32_t *ret_ends,
		  char fault[TIMES_FAULT_MAX]);

/* "Mon 09:00": a moment of the week. */
bool times_week_moment(const char *text, struct recurrence *ret, char fault[TIMES_FAULT_MAX]);

/* "06:40": a moment of each day. */
bool times_day_moment(const char *text, struct recurrence *ret, char fault[TIMES_FAULT_MAX]);

struct moment {
	struct reading reading;
	bool has_offset;
	int32_t offset; /* seconds east of UTC */
};

/* "2026-12-01 02:00", with T for the space, with seconds, with Z or +09:00 behind it. */
bool times_moment(const char *text, struct moment *ret, char fault[TIMES_FAULT_MAX]);

/* The name that n characters begin, of three at least; below 0: none. Case does not matter. */
int times_name(const char *text, size_t n, const char *const *names);
/* Digits only, at most four of them. */
bool times_number(const char *text, size_t n, int *ret);

extern const char *const times_months[], *const times_weekdays[];

#endif
