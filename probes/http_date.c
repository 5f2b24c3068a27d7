/*
 * http_date.c - the three forms of a date (RFC 9110 5.6.7):
 *
 *   Sun, 06 Nov 1994 08:49:37 GMT	IMF-fixdate
 *   Sunday, 06-Nov-94 08:49:37 GMT	RFC 850
 *   Sun Nov  6 08:49:37 1994		asctime
 *
 * The day of the week is not compared with the date: it adds nothing. A leap
 * second counts as the one after it.
 */
#include "http_date.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct moment {
	int year, month, day, hour, minute, second; /* month 1..12 */
};

/* A place in the text; what does not fit makes it NULL, and it stays so. */
static void take_text(const char **at, const char *text)
{
	size_t n = strlen(text);

	if (*at != NULL)
		*at = strncmp(*at, text, n) == 0 ? *at + n : NULL;
}

static int take_number(const char **at, size_t digits)
{
	int value = 0;

	for (size_t i = 0; i < digits && *at != NULL; i++) {
		if (**at < '0' || **at > '9')
			*at = NULL;
		else
			value = value * 10 + (*(*at)++ - '0');
	}
	return value;
}

/* asctime writes a day below ten with a space before it. */
static int take_padded(const char **at)
{
	if (*at != NULL && **at == ' ') {
		(*at)++;
		return take_number(at, 1);
	}
	return take_number(at, 2);
}

/* 1 and up; three letters each. */
static int take_month(const char **at)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int i = 0; i < 12 && *at != NULL; i++) {
		const char *name = names + 3 * i;

		if ((*at)[0] == name[0] && (*at)[1] == name[1] && (*at)[2] == name[2]) {
			*at += 3;
			return i + 1;
		}
	}
	*at = NULL;
	return 0;
}

static void take_clock(const char **at, struct moment *m)
{
	m->hour = take_number(at, 2);
	take_text(at, ":");
	m->minute = take_number(at, 2);
	take_text(at, ":");
	m->second = take_number(at, 2);
}

/* ---- the forms; each begins after the name of the day ---- */

static bool read_fixdate(const char *at, struct moment *m)
{
	take_text(&at, ", ");
	m->day = take_number(&at, 2);
	take_text(&at, " ");
	m->month = take_month(&at);
	take_text(&at, " ");
	m->year = take_number(&at, 4);
	take_text(&at, " ");
	take_clock(&at, m);
	take_text(&at, " GMT");
	return at != NULL && *at == '\0';
}

static bool read_rfc850(const char *at, struct moment *m)
{
	take_text(&at, ", ");
	m->day = take_number(&at, 2);
	take_text(&at, "-");
	m->month = take_month(&at);
	take_text(&at, "-");
	m->year = take_number(&at, 2);
	take_text(&at, " ");
	take_clock(&at, m);
	take_text(&at, " GMT");
	return at != NULL && *at == '\0';
}

static bool read_asctime(const char *at, struct moment *m)
{
	take_text(&at, " ");
	m->month = take_month(&at);
	take_text(&at, " ");
	m->day = take_padded(&at);
	take_text(&at, " ");
	take_clock(&at, m);
	take_text(&at, " ");
	m->year = take_number(&at, 4);
	return at != NULL && *at == '\0';
}

/* ---- to a time ---- */

/* Days since 1970-01-01; the year begins in March, so that the leap day is its last. */
static int64_t days_of(int year, int month, int day)
{
	int64_t y = year - (month <= 2), month_from_march = (month + 9) % 12;

	return y * 365 + y / 4 - y / 100 + y / 400 + (month_from_march * 153 + 2) / 5 + day - 1 -
	       719468;
}

static wall_t wall_of(const struct moment *m)
{
	int64_t seconds;

	if (m->day < 1 || m->day > 31 || m->hour > 23 || m->minute > 59 || m->second > 60 ||
	    m->year < 1970)
		return (wall_t){ 0 };
	seconds = days_of(m->year, m->month, m->day) * 86400 + m->hour * 3600 + m->minute * 60 +
		  m->second;
	return (wall_t){ seconds * USEC_PER_SEC };
}

static wall_t wall_of_short_year(struct moment m, wall_t near)
{
	const usec_t half_century = 50 * 365 * USEC_PER_DAY;
	wall_t wall;

	m.year += 2000;
	wall = wall_of(&m);
	if (wall_span(near, wall) <= half_century)
		return wall;
	m.year -= 100;
	return wall_of(&m);
}

wall_t http_date_read(const char *text, wall_t near)
{
	struct moment m;
	size_t n = 0;

	while ((text[n] >= 'a' && text[n] <= 'z') || (text[n] >= 'A' && text[n] <= 'Z'))
		n++;
	if (n == 3 && (read_fixdate(text + n, &m) || read_asctime(text + n, &m)))
		return wall_of(&m);
	if (n > 3 && read_rfc850(text + n, &m))
		return wall_of_short_year(m, near);
	return (wall_t){ 0 };
}
