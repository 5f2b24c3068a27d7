/*
 * number.c - what people call an incident by: the day it began on, and which one of that day.
 *
 * Of two that are found at once the one that is found last may have begun a day
 * earlier, and a clock may be set back: then the count goes on where the
 * incidents that are still known of that day left it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "core/engine_parts.h"

/* "20261123-" and its terminator, with room for a day that cannot be */
#define DAY_TEXT 16

static unsigned later_count(unsigned count, const struct incident *incident, const char *day)
{
	unsigned long n;

	if (incident->state == INCIDENT_FREE || strncmp(incident->number, day, strlen(day)) != 0)
		return count;
	n = strtoul(incident->number + strlen(day), NULL, 10);
	return n > count ? (unsigned)n : count;
}

static unsigned last_count(const struct engine *e, unsigned count, const char *day)
{

	for (size_t i = 0; i < e->incidents_max; i++)
		count = later_count(count, &e->incidents[i], day);
	for (size_t i = 0; i < e->past_n; i++)
		count = later_count(count, &e->past[i], day);
	return count;
}

void number_give(struct engine *e, struct incident *incident)
{
	int32_t day = calendar_day(incident->opened.wall);
	struct calendar_date date = calendar_date(day);
	char text[DAY_TEXT];

	(void)snprintf(text, sizeof text, "%04d%02d%02d-", date.year % 10000, date.month % 100,
		       date.day % 100);
	/* A notice may have brought one back since we counted last. */
	e->number_count = last_count(e, day == e->number_day ? e->number_count : 0, text);
	e->number_day = day;
	(void)snprintf(incident->number, sizeof incident->number, "%s%u", text,
		       ++e->number_count % 100000);
}
