/*
 * page_days.h - a rollup's days as page and JSON tell them: with the share of
 * each day of which nothing is known.
 */
#ifndef RENDER_PAGE_DAYS_H
#define RENDER_PAGE_DAYS_H

#include "core/model.h"

struct page_day {
	int32_t number;	 /* calendar_day() */
	uint32_t span_s; /* how much of the day there is: today is measured to now */
	uint32_t down_s, slow_s, planned_s, unobserved_s;
	bool is_blank;	 /* nothing is known of it */
	unsigned of, hit; /* of a mean: so many checks, so many of them down; 0: of one check */
};

/* The days that are shown and when each begins: the zone's rules are slow, so once a report. */
struct page_calendar {
	int32_t first;	/* day number */
	unsigned n;
	wall_t now;
	wall_t starts[ROLLUP_DAYS + 1]; /* the last one ends today */
};

void page_calendar_read(const struct model *model, struct page_calendar *ret);

/* How many days are shown. */
unsigned page_days(const struct model *model);
/* The first of them, the last one being today. */
int32_t page_first_day(const struct model *model);
/* How long the last `days` days are, shown or not: today is measured to where bookings end. */
uint64_t page_days_span_s(const struct model *model, const struct rollup *rollup, unsigned days);
/* The i-th of them. */
struct page_day page_day_read(const struct page_calendar *calendar, const struct rollup *rollup,
			      unsigned i);
/* Nothing but up. */
bool page_day_is_plain(const struct page_day *day);

/* The days that are shown, of one check or as the mean of many, and their exact sums. */
struct page_window {
	struct page_day days[ROLLUP_DAYS];
	unsigned n;
	bool is_mean;
	uint64_t span_s, observed_s, down_s, planned_s; /* of a mean: of all of them together */
};

void page_window_read(const struct page_calendar *calendar, const struct rollup *rollup,
		      struct page_window *ret);

/* Windows of many checks, added up; begin with zeroes. */
struct page_sum {
	struct page_sum_day {
		uint64_t span_s, down_s, slow_s, planned_s, unobserved_s;
		unsigned of, hit;
	} days[ROLLUP_DAYS];
	uint64_t span_s, observed_s, down_s, planned_s;
};

void page_sum_add(struct page_sum *sum, const struct page_window *window);
/* As the mean check of them. */
void page_sum_mean(const struct page_sum *sum, const struct page_calendar *calendar,
		    struct page_window *ret);

#endif
