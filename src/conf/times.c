/*
 * times.c - names, numbers, and instants; see times.h.
 */
#include "conf/times.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/calendar.h"

#define LETTERS_MIN	 3
#define DIGITS_MAX	 4
#define YEAR_MIN	 1970
#define YEAR_MAX	 9999
#define OFFSET_HOURS_MAX 14 /* Kiritimati */

const char *const times_months[] = { "january",	 "february", "march",  "april",	    "may",
				     "june",	 "july",     "august", "september", "october",
				     "november", "december", NULL };
const char *const times_weekdays[] = { "sunday",   "monday", "tuesday",	 "wednesday",
				       "thursday", "friday", "saturday", NULL };

int times_name(const char *text, size_t n, const char *const *names)
{
	for (int i = 0; names[i] != NULL && n >= LETTERS_MIN; i++)
		if (n <= strlen(names[i]) && strncasecmp(text, names[i], n) == 0)
			return i;
	return -1;
}

bool times_number(const char *text, size_t n, int *ret)
{
	int value = 0;

	for (size_t i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = value * 10 + (text[i] - '0');
		if (i == DIGITS_MAX)
			return false;
	}
	*ret = value;
	return n > 0;
}

/* ---- instants ---- */

/* Exactly n digits, then a character of `ends` that is taken as well; "" takes none. */
static bool digits_take(const char **at, size_t n, const char *ends, int *ret)
{
	if (strnlen(*at, n) < n || !times_number(*at, n, ret))
		return false;
	*at += n;
	if (*ends == '\0')
		return true;
	if (**at == '\0' || strchr(ends, **at) == NULL)
		return false;
	(*at)++;
	return true;
}

static bool date_take(const char **at, int32_t *ret)
{
	int year, month, day;
	struct calendar_date date;

	if (!digits_take(at, 4, "-", &year) || !digits_take(at, 2, "-", &month) ||
	    !digits_take(at, 2, " T", &day) || month < 1 || month > 12 || year < YEAR_MIN ||
	    year > YEAR_MAX)
		return false;
	*ret = calendar_day_number(year, month, day);
	date = calendar_date(*ret);
	return date.month == month && date.day == day; /* no 31st of November */
}

static bool clock_take(const char **at, int32_t *ret)
{
	int hour, minute, second = 0;

	if (!digits_take(at, 2, ":", &hour) || !digits_take(at, 2, "", &minute))
		return false;
	if (**at == ':' && ((*at)++, !digits_take(at, 2, "", &second)))
		return false;
	*ret = hour * 3600 + minute * 60 + second;
	return hour < 24 && minute < 60 && second < 60;
}

/* "Z", "+09:00", "+0900" */
static bool offset_take(const char **at, int32_t *ret)
{
	int hours, minutes, sign = **at == '-' ? -1 : 1;

	if (**at == 'Z') {
		(*at)++;
		*ret = 0;
		return true;
	}
	if (**at != '+' && **at != '-')
		return false;
	(*at)++;
	if (!digits_take(at, 2, "", &hours))
		return false;
	*at += **at == ':';
	if (!digits_take(at, 2, "", &minutes))
		return false;
	*ret = sign * (hours * 3600 + minutes * 60);
	return hours <= OFFSET_HOURS_MAX && minutes < 60;
}

bool times_moment(const char *text, struct moment *ret, char fault[TIMES_FAULT_MAX])
{
	struct moment m = { .offset = 0 };
	const char *at = text;

	if (date_take(&at, &m.reading.day) && clock_take(&at, &m.reading.seconds)) {
		m.has_offset = *at != '\0';
		if ((*at == '\0' || offset_take(&at, &m.offset)) && *at == '\0') {
			*ret = m;
			return true;
		}
	}
	(void)snprintf(fault, TIMES_FAULT_MAX,
		       "\"%.60s\" is no date and time; write such as \"2026-12-01 02:00\", or "
		       "\"2026-12-01T02:00+09:00\" for another place's clock",
		       text);
	return false;
}
