/*
 * zone_rule.c - "CET-1CEST,M3.5.0,M10.5.0/3": the rule by which a zone's clock
 * goes on behind its table (POSIX.1-2017 8.3, RFC 8536 3.3.1).
 *
 * Offsets in the text are west of UTC, here they are east of it.
 */
#include <string.h>

#include "base/calendar.h"
#include "base/zone_parts.h"

#define SECONDS_PER_DAY	 86400
#define SECONDS_PER_HOUR 3600
#define OFFSET_HOURS_MAX 24
#define TIME_HOURS_MAX	 167
/* Of a year and its neighbours: a change may be said for one year and come in the next. */
#define YEARS	4
#define CHANGES (2 * YEARS)

/* ---- the text ---- */

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool take(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

/* "CET" or "<+0545>". */
static bool name_skip(const char **at)
{
	const char *from = *at;

	if (take(at, '<')) {
		while (is_letter(**at) || is_digit(**at) || **at == '+' || **at == '-')
			(*at)++;
		return *at - from > 3 && take(at, '>');
	}
	while (is_letter(**at))
		(*at)++;
	return *at - from >= 3;
}

static bool number_take(const char **at, int least, int most, int *ret)
{
	const char *from = *at;
	int n = 0;

	while (is_digit(**at) && *at - from < 4)
		n = n * 10 + (*(*at)++ - '0');
	*ret = n;
	return *at > from && n >= least && n <= most;
}

/* "[+-]hh[:mm[:ss]]" as seconds. */
static bool time_take(const char **at, int hours_max, int32_t *ret)
{
	bool is_negative = take(at, '-');
	int hours, minutes = 0, seconds = 0;

	if (!is_negative)
		(void)take(at, '+');
	if (!number_take(at, 0, hours_max, &hours))
		return false;
	if (take(at, ':') && !number_take(at, 0, 59, &minutes))
		return false;
	if (minutes >= 0 && take(at, ':') && !number_take(at, 0, 59, &seconds))
		return false;
	*ret = hours * SECONDS_PER_HOUR + minutes * 60 + seconds;
	if (is_negative)
		*ret = -*ret;
	return true;
}

static bool offset_take(const char **at, int32_t *ret)
{
	int32_t west;

	if (!time_take(at, OFFSET_HOURS_MAX, &west))
		return false;
	*ret = -west;
	return true;
}

static bool date_take(const char **at, struct zone_day *ret)
{
	if (take(at, 'J')) {
		ret->form = ZONE_DAY_JULIAN;
		return number_take(at, 1, 365, &ret->day);
	}
	if (take(at, 'M')) {
		ret->form = ZONE_DAY_WEEKDAY;
		return number_take(at, 1, 12, &ret->month) && take(at, '.') &&
		       number_take(at, 1, 5, &ret->week) && take(at, '.') &&
		       number_take(at, 0, 6, &ret->weekday);
	}
	ret->form = ZONE_DAY_COUNTED;
	return number_take(at, 0, 365, &ret->day);
}

static bool day_take(const char **at, struct zone_day *ret)
{
	*ret = (struct zone_day){ .seconds = 2 * SECONDS_PER_HOUR };
	return take(at, ',') && date_take(at, ret) &&
	       (!take(at, '/') || time_take(at, TIME_HOURS_MAX, &ret->seconds));
}

bool zone_rule_parse(const char *text, struct zone_rule *ret)
{
	struct zone_rule rule = { .has_summer = false };

	if (!name_skip(&text) || !offset_take(&text, &rule.standard))
		return false;
	if (*text != '\0') {
		rule.has_summer = true;
		rule.summer = rule.standard + SECONDS_PER_HOUR;
		if (!name_skip(&text) || (*text != ',' && !offset_take(&text, &rule.summer)) ||
		    !day_take(&text, &rule.begins) || !day_take(&text, &rule.ends) || *text != '\0')
			return false;
	}
	*ret = rule;
	return true;
}

/* ---- its changes ---- */

static int month_days(int year, int month)
{
	int next_year = year + month / 12, next = month % 12 + 1;

	return calendar_day_number(next_year, next, 1) - calendar_day_number(year, month, 1);
}

/* Days since 1970-01-01 are counted from a Thursday. */
static int weekday_of(int32_t day)
{
	return (int)(((int64_t)day % 7 + 7 + 4) % 7);
}

static int32_t weekday_in_month(const struct zone_day *d, int year)
{
	int32_t first = calendar_day_number(year, d->month, 1);
	int in = (d->weekday - weekday_of(first) + 7) % 7 + 7 * (d->week - 1);

	return first + (in < month_days(year, d->month) ? in : in - 7);
}

static int32_t day_in_year(const struct zone_day *d, int year)
{
	int32_t first = calendar_day_number(year, 1, 1);
	bool is_leap = month_days(year, 2) == 29;

	switch (d->form) {
	case ZONE_DAY_JULIAN:
		return first + d->day - 1 + (is_leap && d->day > 31 + 28);
	case ZONE_DAY_COUNTED:
		return first + d->day;
	case ZONE_DAY_WEEKDAY:
		return weekday_in_month(d, year);
	}
	return first;
}

static int64_t change_at(const struct zone_day *d, int year, int32_t offset)
{
	return (int64_t)day_in_year(d, year) * SECONDS_PER_DAY + d->seconds - offset;
}

static void changes_insert(struct zone_change all[CHANGES], size_t n, struct zone_change change)
{
	for (; n > 0 && all[n - 1].at > change.at; n--)
		all[n] = all[n - 1];
	all[n] = change;
}

static int year_of(int64_t at)
{
	return calendar_date((int32_t)(at / SECONDS_PER_DAY - (at % SECONDS_PER_DAY < 0))).year;
}

/* Sorted; of two at once the one that was put in later comes later, and holds. */
static void changes_about(const struct zone_rule *rule, int64_t at, struct zone_change all[CHANGES])
{
	int year = year_of(at) - 2;
	size_t n = 0;

	for (int i = 0; i < YEARS; i++, year++) {
		struct zone_change begins = { change_at(&rule->begins, year, rule->standard),
					      rule->standard, rule->summer };
		struct zone_change ends = { change_at(&rule->ends, year, rule->summer),
					    rule->summer, rule->standard };

		changes_insert(all, n++, begins.at < ends.at ? begins : ends);
		changes_insert(all, n++, begins.at < ends.at ? ends : begins);
	}
}

int32_t zone_rule_offset(const struct zone_rule *rule, int64_t at)
{
	struct zone_change all[CHANGES];
	int32_t offset = rule->standard;

	if (!rule->has_summer)
		return offset;
	changes_about(rule, at, all);
	for (size_t i = 0; i < CHANGES && all[i].at <= at; i++)
		offset = all[i].after;
	return offset;
}

/*
 * A summer time that ends when it begins again, as in "XXX3EDT4,0/0,J365/23", changes nothing:
 * what a change comes to is looked at, not what it says.
 */
bool zone_rule_next(const struct zone_rule *rule, int64_t after, struct zone_change *ret)
{
	struct zone_change all[CHANGES];
	int32_t before;

	if (!rule->has_summer)
		return false;
	changes_about(rule, after, all);
	before = zone_rule_offset(rule, after);
	for (size_t i = 0; i < CHANGES; i++) {
		bool is_last = i + 1 == CHANGES || all[i + 1].at > all[i].at;

		if (all[i].at <= after || !is_last || all[i].after == before)
			continue;
		*ret = (struct zone_change){ all[i].at, before, all[i].after };
		return true;
	}
	return false;
}
