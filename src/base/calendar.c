/*
 * calendar.c - local dates and times, by the C library's zone rules.
 *
 * Names of days and months come from tables: mail needs them in English
 * whatever the locale is.
 */
#include "base/calendar.h"

#include <assert.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"

#define SECONDS_PER_DAY 86400
#define ZONE_REACH	(2 * SECONDS_PER_DAY) /* no zone is further from UTC than 26 hours */

static const char *const weekdays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
				     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static struct tm local(time_t seconds)
{
	struct tm tm;
	struct tm *ok = localtime_r(&seconds, &tm);

	assert(ok != NULL); /* a year beyond int is beyond 64 bits of microseconds as well */
	return tm;
}

static struct tm wall_local(wall_t t)
{
	return local(floor_div(t.us, USEC_PER_SEC));
}

static int32_t seconds_day(time_t seconds)
{
	return (int32_t)floor_div(seconds + local(seconds).tm_gmtoff, SECONDS_PER_DAY);
}

static struct tm day_date(int32_t day)
{
	time_t seconds = (time_t)day * SECONDS_PER_DAY;
	struct tm tm;
	struct tm *ok = gmtime_r(&seconds, &tm);

	assert(ok != NULL);
	return tm;
}

int32_t calendar_day(wall_t t)
{
	return seconds_day(floor_div(t.us, USEC_PER_SEC));
}

/* Halves the span between a second before the day and one not before it. */
static time_t day_search(int32_t day)
{
	time_t before = (time_t)day * SECONDS_PER_DAY - ZONE_REACH;
	time_t reached = (time_t)day * SECONDS_PER_DAY + ZONE_REACH;

	while (reached - before > 1) {
		time_t middle = before + (reached - before) / 2;

		if (seconds_day(middle) < day)
			before = middle;
		else
			reached = middle;
	}
	return reached;
}

/*
 * mktime knows midnight on nearly every day. Where midnight does not exist or
 * happens twice, what it answers is not the first second, and the search finds it.
 */
wall_t calendar_day_start(int32_t day)
{
	struct tm date = day_date(day);
	struct tm midnight = {.tm_year = date.tm_year,
			      .tm_mon = date.tm_mon,
			      .tm_mday = date.tm_mday,
			      .tm_isdst = -1};
	time_t seconds = mktime(&midnight);

	if (seconds_day(seconds) != day || seconds_day(seconds - 1) >= day)
		seconds = day_search(day);
	return (wall_t){seconds * USEC_PER_SEC};
}

struct calendar_date calendar_date(int32_t day)
{
	struct tm tm = day_date(day);

	return (struct calendar_date){.year = tm.tm_year + 1900,
				      .month = tm.tm_mon + 1,
				      .day = tm.tm_mday,
				      .weekday = tm.tm_wday};
}

/*
 * Years are counted from March, so that a leap day is the last of its year:
 * 153 days are five months from there, 719468 days lie between 0000-03-01 and
 * 1970-01-01.
 */
int32_t calendar_day_number(int year, int month, int day)
{
	int64_t years = (int64_t)year - (month < 3);
	int from_march = (month + 9) % 12;
	int64_t days = 365 * years + floor_div(years, 4) - floor_div(years, 100) +
		       floor_div(years, 400) + (153 * from_march + 2) / 5 + day - 1;

	return (int32_t)(days - 719468);
}

/* "+09:00" with ':' between, "+0900" with "" between. Seconds of old local times are left out. */
static void print_offset(struct buf *to, const struct tm *tm, const char *between)
{
	long minutes = labs(tm->tm_gmtoff) / 60;

	buf_printf(to, "%c%02ld%s%02ld", tm->tm_gmtoff < 0 ? '-' : '+', minutes / 60, between,
		   minutes % 60);
}

static void print_clock(struct buf *to, const struct tm *tm)
{
	buf_printf(to, "%02d:%02d:%02d", tm->tm_hour, tm->tm_min, tm->tm_sec);
}

void calendar_print_date(struct buf *to, int32_t day)
{
	struct calendar_date date = calendar_date(day);

	buf_printf(to, "%04d-%02d-%02d", date.year, date.month, date.day);
}

void calendar_print_iso(struct buf *to, wall_t t)
{
	struct tm tm = wall_local(t);

	buf_printf(to, "%04d-%02d-%02dT", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
	print_clock(to, &tm);
	print_offset(to, &tm, ":");
}

void calendar_print_time(struct buf *to, wall_t t)
{
	struct tm tm = wall_local(t);

	print_clock(to, &tm);
}

void calendar_print_minute(struct buf *to, wall_t t)
{
	struct tm tm = wall_local(t);

	buf_printf(to, "%02d:%02d", tm.tm_hour, tm.tm_min);
}

/* The zone files give zones without a name of their own as "+0545" or "-03". */
void calendar_print_zone(struct buf *to, wall_t t)
{
	struct tm tm = wall_local(t);
	long minutes = labs(tm.tm_gmtoff) / 60;

	if (tm.tm_zone[0] != '+' && tm.tm_zone[0] != '-') {
		buf_puts(to, tm.tm_zone);
		return;
	}
	buf_printf(to, "UTC%c%ld", tm.tm_gmtoff < 0 ? '-' : '+', minutes / 60);
	if (minutes % 60 != 0)
		buf_printf(to, ":%02ld", minutes % 60);
}

void calendar_print_offset(struct buf *to, wall_t t)
{
	struct tm tm = wall_local(t);

	buf_puts(to, "UTC");
	print_offset(to, &tm, ":");
}

/* RFC 5322 3.3: "-0000" would say that the zone is unknown, so UTC is "+0000". */
void calendar_print_rfc5322(struct buf *to, wall_t t)
{
	struct tm tm = wall_local(t);

	buf_printf(to, "%s, %02d %s %04d ", weekdays[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
		   tm.tm_year + 1900);
	print_clock(to, &tm);
	buf_putc(to, ' ');
	print_offset(to, &tm, "");
}
