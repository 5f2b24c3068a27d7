/*
 * until.c - see until.h.
 */
#include "app/until.h"

#include <string.h>
#include <time.h>

#include "base/calendar.h"
#include "base/words.h"

bool until_read_span(const char *text, struct until *ret)
{
	usec_t span;

	if (!words_duration(text, &span) || span <= 0)
		return false;
	*ret = (struct until){ .span = span };
	return true;
}

/* `n` digits at `text`, `min` to `max`. */
static bool digits_read(const char *text, size_t n, int min, int max, int *ret)
{
	int value = 0;

	for (size_t i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = 10 * value + (text[i] - '0');
	}
	*ret = value;
	return value >= min && value <= max;
}

/* "18:00" and nothing behind it; "8:00" will do. */
static bool time_read(const char *text, struct until *u)
{
	const char *colon = strchr(text, ':');
	size_t digits = colon ? (size_t)(colon - text) : 0;

	return digits >= 1 && digits <= 2 && strlen(colon) == strlen(":00") &&
	       digits_read(text, digits, 0, 23, &u->hour) &&
	       digits_read(colon + 1, 2, 0, 59, &u->minute);
}

/* "2026-11-23T"; a length is looked at first, so that nothing behind the end is. */
static bool date_read(const char *text, struct until *u)
{
	return strlen(text) > strlen("2026-11-23T") && text[4] == '-' && text[7] == '-' &&
	       text[10] == 'T' && digits_read(text, 4, 1970, 9999, &u->year) &&
	       digits_read(text + 5, 2, 1, 12, &u->month) &&
	       digits_read(text + 8, 2, 1, 31, &u->day);
}

bool until_read_clock(const char *text, struct until *ret)
{
	struct until u = { .has_date = strchr(text, 'T') != NULL };

	if (u.has_date && !date_read(text, &u))
		return false;
	if (!time_read(u.has_date ? text + strlen("2026-11-23T") : text, &u))
		return false;
	*ret = u;
	return true;
}

/* A time that the clock leaps over is the C library's choice of its neighbours. */
static wall_t clock_at(struct calendar_date date, int hour, int minute)
{
	struct tm tm = { .tm_year = date.year - 1900,
			 .tm_mon = date.month - 1,
			 .tm_mday = date.day,
			 .tm_hour = hour,
			 .tm_min = minute,
			 .tm_isdst = -1 };
	struct tm asked = tm;
	time_t seconds = mktime(&tm);

	if (asked.tm_mday != tm.tm_mday || asked.tm_mon != tm.tm_mon)
		return (wall_t){ 0 };
	return (wall_t){ seconds * USEC_PER_SEC };
}

wall_t until_end(const struct until *u, wall_t now)
{
	int32_t today = calendar_day(now);
	wall_t end;

	if (u->span > 0)
		return (wall_t){ now.us + u->span };
	if (u->has_date)
		return clock_at((struct calendar_date){ u->year, u->month, u->day, 0 }, u->hour,
				u->minute);
	end = clock_at(calendar_date(today), u->hour, u->minute);
	if (end.us <= now.us)
		end = clock_at(calendar_date(today + 1), u->hour, u->minute);
	return end;
}
