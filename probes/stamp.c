/*
 * stamp.c - see stamp.h. No locale, no zone of ours, no time of the C library:
 * what cannot be read as it should be written is not read at all.
 */
#include "stamp.h"

#include <string.h>

struct parts {
	int year, month, day; /* month and day from 1 */
	int hour, minute, second;
};

/* Exactly `n` digits. */
static bool digits(const char **at, int n, int *ret)
{
	int value = 0;

	for (int i = 0; i < n; i++, (*at)++) {
		if (**at < '0' || **at > '9')
			return false;
		value = 10 * value + (**at - '0');
	}
	*ret = value;
	return true;
}

static bool literal(const char **at, const char *text)
{
	size_t n = strlen(text);

	if (strncmp(*at, text, n) != 0)
		return false;
	*at += n;
	return true;
}

/* Days from 1970-01-01, with years that begin in March, so that the leap day is their last. */
static int64_t days_of(const struct parts *p)
{
	int64_t year = p->year - (p->month <= 2);
	int64_t month = (p->month + 9) % 12;
	int64_t day_of_year = (153 * month + 2) / 5 + p->day - 1;

	return 365 * year + year / 4 - year / 100 + year / 400 + day_of_year - 719468;
}

/* A leap second is the second after it. */
static bool instant_of(const struct parts *p, usec_t fraction, wall_t *ret)
{
	int64_t seconds;

	if (p->month < 1 || p->month > 12 || p->day < 1 || p->day > 31 || p->hour > 23 ||
	    p->minute > 59 || p->second > 60)
		return false;
	seconds = days_of(p) * 86400 + p->hour * 3600 + p->minute * 60 + p->second;
	ret->us = seconds * USEC_PER_SEC + fraction;
	return true;
}

/* ".530123456": as far as microseconds go. */
static usec_t fraction_of(const char **at)
{
	usec_t unit = USEC_PER_SEC / 10, sum = 0;

	if (**at != '.')
		return 0;
	for ((*at)++; **at >= '0' && **at <= '9'; (*at)++, unit /= 10)
		sum += (**at - '0') * unit;
	return sum;
}

/* "Z", "+09:00": how far the written time is ahead of UTC. */
static bool offset_of(const char **at, usec_t *ret)
{
	bool is_behind = **at == '-';
	int hours, minutes;

	*ret = 0;
	if (literal(at, "Z") || literal(at, "z"))
		return true;
	if (!literal(at, "+") && !literal(at, "-"))
		return false;
	if (!digits(at, 2, &hours) || !literal(at, ":") || !digits(at, 2, &minutes))
		return false;
	*ret = hours * USEC_PER_HOUR + minutes * USEC_PER_MIN;
	if (is_behind)
		*ret = -*ret;
	return true;
}

static bool clock_of(const char **at, struct parts *ret)
{
	return digits(at, 2, &ret->hour) && literal(at, ":") && digits(at, 2, &ret->minute) &&
	       literal(at, ":") && digits(at, 2, &ret->second);
}

bool stamp_read_rfc3339(const char *text, wall_t *ret)
{
	struct parts p;
	usec_t fraction, offset;
	wall_t at;

	if (!digits(&text, 4, &p.year) || !literal(&text, "-") || !digits(&text, 2, &p.month) ||
	    !literal(&text, "-") || !digits(&text, 2, &p.day) ||
	    (!literal(&text, "T") && !literal(&text, "t")) || !clock_of(&text, &p))
		return false;
	fraction = fraction_of(&text);
	if (!offset_of(&text, &offset) || *text != '\0' || !instant_of(&p, fraction, &at))
		return false;
	ret->us = at.us - offset;
	return true;
}
