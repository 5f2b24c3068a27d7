/*
 * recurrence.c - see recurrence.h.
 */
#include "base/recurrence.h"

#include "base/calendar.h"

bool recurrence_has_day(const struct recurrence *r, int32_t day)
{
	struct calendar_date date = calendar_date(day);
	bool is_day = r->days >> date.day & 1, is_weekday = r->weekdays >> date.weekday & 1;

	if (!(r->months >> date.month & 1))
		return false;
	return r->is_either_day ? is_day || is_weekday : is_day && is_weekday;
}

int recurrence_minute_from(const struct recurrence *r, int least)
{
	for (int hour = least / 60; hour < 24; hour++) {
		uint64_t minutes = r->minutes;

		if (hour == least / 60)
			minutes &= UINT64_MAX << least % 60;
		if (minutes != 0 && (r->hours >> hour & 1))
			return hour * 60 + __builtin_ctzll(minutes);
	}
	return -1;
}

int recurrence_minute_until(const struct recurrence *r, int most)
{
	for (int hour = most / 60; hour >= 0; hour--) {
		uint64_t minutes = r->minutes;

		if (hour == most / 60)
			minutes &= UINT64_MAX >> (63 - most % 60);
		if (minutes != 0 && (r->hours >> hour & 1))
			return hour * 60 + 63 - __builtin_clzll(minutes);
	}
	return -1;
}

bool recurrence_ever_comes(const struct recurrence *r)
{
	static const uint8_t longest[] = { 0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	if (r->is_either_day)
		return r->months != 0 && r->weekdays != 0;
	for (int month = 1; month <= 12; month++) {
		uint32_t days = (UINT32_C(2) << longest[month]) - 2;

		if ((r->months >> month & 1) && (r->days & days) != 0)
			return r->weekdays != 0;
	}
	return false;
}
