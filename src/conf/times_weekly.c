/*
 * times_weekly.c - "Mon,Wed 02:00-03:00": days of the week, and from when to
 * when by the clock. What ends earlier than it begins ends on the next day.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/recurrence.h"
#include "base/words.h"
#include "conf/times.h"

#define ALL_DAYS     0x7f
#define DAYS_IN_WEEK 7
#define FORM	     "write such as \"Sun 02:00-03:00\", \"Mon,Wed 23:00-01:00\" or \"daily 04:00-04:30\""

static void spaces_skip(const char **at)
{
	while (**at == ' ' || **at == '\t')
		(*at)++;
}

static bool take(const char **at, char c)
{
	spaces_skip(at);
	if (**at != c)
		return false;
	(*at)++;
	spaces_skip(at);
	return true;
}

/* ---- days ---- */

static bool tell_day(const char *text, size_t n, char *fault)
{
	char word[32] = "", lower[32];
	const char *near;

	(void)snprintf(word, sizeof word, "%.*s", (int)(n < 24 ? n : 24), text);
	for (size_t i = 0; i < sizeof word; i++)
		lower[i] = (char)tolower((unsigned char)word[i]);
	near = words_nearest(lower, times_weekdays);
	if (n == 0)
		(void)snprintf(fault, TIMES_FAULT_MAX, "it names no day; " FORM);
	else if (near != NULL)
		(void)snprintf(fault, TIMES_FAULT_MAX,
			       "\"%s\" is no day of the week; did you mean \"%c%.2s\"?", word,
			       toupper((unsigned char)near[0]), near + 1);
	else
		(void)snprintf(fault, TIMES_FAULT_MAX, "\"%s\" is no day of the week; " FORM, word);
	return false;
}

static bool day_take(const char **at, int *ret, char *fault)
{
	const char *from = *at;
	size_t n = 0;

	while (isalpha((unsigned char)from[n]))
		n++;
	*ret = times_name(from, n, times_weekdays);
	*at += n;
	return *ret >= 0 || tell_day(from, n, fault);
}

/* "Fri-Mon" goes over the end of the week. */
static bool days_take(const char **at, uint8_t *ret, char *fault)
{
	int from, to;

	do {
		if (!day_take(at, &from, fault))
			return false;
		to = from;
		if (take(at, '-') && !day_take(at, &to, fault))
			return false;
		for (int day = from; day != to; day = (day + 1) % DAYS_IN_WEEK)
			*ret |= (uint8_t)(1 << day);
		*ret |= (uint8_t)(1 << to);
	} while (take(at, ','));
	return true;
}

static bool daily_take(const char **at)
{
	static const char daily[] = "daily";
	size_t n = strlen(daily);

	if (strncasecmp(*at, daily, n) != 0 || isalpha((unsigned char)(*at)[n]))
		return false;
	*at += n;
	spaces_skip(at);
	return true;
}

/* ---- the clock ---- */

/* "2:00" to "24:00" as minutes. */
static bool clock_take(const char **at, int *ret)
{
	const char *text = *at;
	size_t hour_n = strspn(text, "0123456789"), minute_n;
	int hour, minute;

	if (hour_n < 1 || hour_n > 2 || text[hour_n] != ':')
		return false;
	minute_n = strspn(text + hour_n + 1, "0123456789");
	if (minute_n != 2 || !times_number(text, hour_n, &hour) ||
	    !times_number(text + hour_n + 1, minute_n, &minute))
		return false;
	*at += hour_n + 1 + minute_n;
	*ret = hour * 60 + minute;
	return minute < 60 && *ret <= MINUTES_PER_DAY;
}

static bool clocks_take(const char **at, int *from, int *to)
{
	return clock_take(at, from) && *from < MINUTES_PER_DAY && take(at, '-') &&
	       clock_take(at, to) && (spaces_skip(at), **at == '\0');
}

static struct recurrence recurrence_of(uint8_t weekdays, int minute)
{
	return (struct recurrence){ .minutes = UINT64_C(1) << minute % 60,
				    .hours = UINT32_C(1) << minute / 60,
				    .days = UINT32_MAX - 1,
				    .months = 0x1ffe,
				    .weekdays = weekdays };
}

bool times_weekly(const char *text, struct recurrence *ret, uint32_t *ret_ends,
		  char fault[TIMES_FAULT_MAX])
{
	const char *at = text;
	uint8_t weekdays = ALL_DAYS;
	int from, to;

	spaces_skip(&at);
	if (!daily_take(&at)) {
		weekdays = 0;
		if (!days_take(&at, &weekdays, fault))
			return false;
	}
	if (!clocks_take(&at, &from, &to)) {
		(void)snprintf(fault, TIMES_FAULT_MAX,
			       "\"%.60s\" does not say from when to when by the clock; " FORM,
			       text);
		return false;
	}
	if (from == to) {
		(void)snprintf(fault, TIMES_FAULT_MAX,
			       "\"%.60s\" ends when it begins; for a whole day write 00:00-24:00",
			       text);
		return false;
	}
	*ret = recurrence_of(weekdays, from);
	*ret_ends = (uint32_t)(to % MINUTES_PER_DAY);
	return true;
}

bool times_week_moment(const char *text, struct recurrence *ret, char fault[TIMES_FAULT_MAX])
{
	const char *at = text;
	int day, minute;

	spaces_skip(&at);
	if (!day_take(&at, &day, fault) && strstr(fault, "did you mean") != NULL)
		return false;
	spaces_skip(&at);
	if (day < 0 || !clock_take(&at, &minute) || minute >= MINUTES_PER_DAY ||
	    (spaces_skip(&at), *at)) {
		(void)snprintf(fault, TIMES_FAULT_MAX,
			       "\"%.60s\" must be a day of the week and a time by the clock; "
			       "write such as \"Mon 09:00\"",
			       text);
		return false;
	}
	*ret = recurrence_of((uint8_t)(1 << day), minute);
	return true;
}

bool times_day_moment(const char *text, struct recurrence *ret, char fault[TIMES_FAULT_MAX])
{
	const char *at = text;
	int minute;

	spaces_skip(&at);
	if (!clock_take(&at, &minute) || minute >= MINUTES_PER_DAY || (spaces_skip(&at), *at)) {
		(void)snprintf(fault, TIMES_FAULT_MAX,
			       "\"%.60s\" must be a time by the clock; write such as \"06:40\"",
			       text);
		return false;
	}
	*ret = recurrence_of(ALL_DAYS, minute);
	return true;
}
