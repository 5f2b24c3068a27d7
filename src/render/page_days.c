/*
 * page_days.c - what a day was: down, slow, planned, not observed, or plain.
 *
 * Not observed is what is left of a day when everything booked is taken away.
 * Only what is stored is told; nothing is derived from how things are now.
 *
 * Many checks are told as their mean, not as the worst of them: the worst of
 * 500 is bad nearly every day, and one site down for an hour would look like
 * all of them. With the mean the bar's height, its words and the group's
 * percentage are one and the same sum. It is rounded up, so that a second of
 * downtime of one check is never lost. A check of which nothing is known on a
 * day (it is newer) takes no part in that day.
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

uint64_t page_days_span_s(const struct model *model, const struct rollup *rollup, unsigned days)
{
	int32_t today = calendar_day(model->now.wall);
	wall_t from = calendar_day_start(today - (int32_t)days + 1);
	wall_t until = day_end(rollup, calendar_day_start(today), calendar_day_start(today + 1),
			       model->now.wall);

	return (uint64_t)(wall_span(from, until) / USEC_PER_SEC);
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

void page_window_read(const struct page_calendar *calendar, const struct rollup *rollup,
		      struct page_window *ret)
{
	*ret = (struct page_window){ .n = calendar->n };
	for (unsigned i = 0; i < calendar->n; i++) {
		struct day_sums sums = rollup_day(rollup, calendar->first + (int32_t)i);

		ret->days[i] = page_day_read(calendar, rollup, i);
		ret->span_s += ret->days[i].span_s;
		ret->observed_s += sums.observed_s;
		ret->down_s += sums.down_s;
		ret->planned_s += sums.planned_s;
	}
}

/* ---- many checks ---- */

static void sum_day_add(struct page_sum_day *to, const struct page_day *day)
{
	if (day->is_blank)
		return;
	to->span_s += day->span_s;
	to->down_s += day->down_s;
	to->slow_s += day->slow_s;
	to->planned_s += day->planned_s;
	to->unobserved_s += day->unobserved_s;
	to->of++;
	to->hit += day->down_s > 0;
}

void page_sum_add(struct page_sum *sum, const struct page_window *window)
{
	for (unsigned i = 0; i < window->n; i++)
		sum_day_add(&sum->days[i], &window->days[i]);
	sum->span_s += window->span_s;
	sum->observed_s += window->observed_s;
	sum->down_s += window->down_s;
	sum->planned_s += window->planned_s;
}

static uint32_t mean_of(uint64_t sum, unsigned of)
{
	return (uint32_t)((sum + of - 1) / of);
}

static struct page_day day_mean(const struct page_sum_day *day, int32_t number)
{
	struct page_day ret = { .number = number, .of = day->of, .hit = day->hit };

	ret.is_blank = day->of == 0;
	if (ret.is_blank)
		return ret;
	ret.span_s = mean_of(day->span_s, day->of);
	ret.down_s = mean_of(day->down_s, day->of);
	ret.slow_s = mean_of(day->slow_s, day->of);
	ret.planned_s = mean_of(day->planned_s, day->of);
	if (day->unobserved_s >= (uint64_t)UNOBSERVED_SHOWN * day->of)
		ret.unobserved_s = mean_of(day->unobserved_s, day->of);
	return ret;
}

void page_sum_mean(const struct page_sum *sum, const struct page_calendar *calendar,
		    struct page_window *ret)
{
	*ret = (struct page_window){ .n = calendar->n,
				     .is_mean = true,
				     .span_s = sum->span_s,
				     .observed_s = sum->observed_s,
				     .down_s = sum->down_s,
				     .planned_s = sum->planned_s };
	for (unsigned i = 0; i < calendar->n; i++)
		ret->days[i] = day_mean(&sum->days[i], calendar->first + (int32_t)i);
}
