/*
 * page_days.c - what a day was: down, slow, planned, not observed, or plain.
 *
 * Not observed is what is left of a day when everything booked is taken away.
 * Only what is stored is told; nothing is derived from how things are now.
 */
#include "render/page_days.h"

#include "base/calendar.h"

/* Bookings round to seconds; less than this a day is no gap. */
#define UNOBSERVED_SHOWN 60

unsigned page_days(const struct model *model)
{
	unsigned days = model->plan->page.days;

	return days == 0 || days > ROLLUP_DAYS ? ROLLUP_DAYS : days;
}

int32_t page_first_day(const struct model *model)
{
	return calendar_day(model->now.wall) - (int32_t)page_days(model) + 1;
}

void page_calendar_read(const struct model *model, struct page_calendar *ret)
{
	*ret = (struct page_calendar){ .first = page_first_day(model),
				       .n = page_days(model),
				       .now = model->now.wall };
	for (unsigned i = 0; i <= ret->n; i++)
		ret->starts[i] = calendar_day_start(ret->first + (int32_t)i);
}

/* Today ends where bookings end: what is not settled yet is not a gap. */
static wall_t day_end(const struct rollup *r, wall_t start, wall_t end, wall_t now)
{
	if (end.us <= now.us)
		return end;
	return r->settled.us > start.us && r->settled.us < now.us ? r->settled : now;
}

struct page_day page_day_read(const struct page_calendar *calendar, const struct rollup *rollup,
			      unsigned i)
{
	int32_t day = calendar->first + (int32_t)i;
	wall_t start = calendar->starts[i];
	struct day_sums sums = rollup_day(rollup, day);
	usec_t span =
		wall_span(start, day_end(rollup, start, calendar->starts[i + 1], calendar->now));
	uint32_t known = sums.observed_s + sums.planned_s;
	struct page_day ret = {
		.number = day,
		.span_s = span > 0 ? (uint32_t)(span / USEC_PER_SEC) : 0,
		.down_s = sums.down_s,
		.slow_s = sums.slow_s,
		.planned_s = sums.planned_s,
		.is_blank = known == 0,
	};

	if (!ret.is_blank && ret.span_s >= known + UNOBSERVED_SHOWN)
		ret.unobserved_s = ret.span_s - known;
	return ret;
}

bool page_day_is_plain(const struct page_day *day)
{
	return !day->is_blank &&
	       day->down_s + day->slow_s + day->planned_s + day->unobserved_s == 0;
}
