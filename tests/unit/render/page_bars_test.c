/*
 * page_bars_test.c - ninety days drawn sparsely look as if each had been drawn
 * by itself; percentages never flatter.
 *
 * The picture that the page writes is painted on a grid, a letter for each
 * cell of a bar, and compared with a painter that knows status-page.md 4 and
 * nothing of paths.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "model_fixture.h"
#include "render/page.h"
#include "render/page_days.h"
#include "render/page_parts.h"

#define FILE_CAP (1024 * 1024)
#define DAYS	 ROLLUP_DAYS
#define HIGH	 36

typedef char picture[DAYS][HIGH + 1];

static struct fixture *f; /* too large for a stack */

static int fixture_make(void **state)
{
	(void)state;
	f = malloc(sizeof *f);
	return f == NULL ? -1 : 0;
}

static int fixture_drop(void **state)
{
	(void)state;
	free(f);
	return 0;
}

static void row_write(struct buf *to)
{
	struct facts facts;
	const struct sheet s = { .model = &f->model, .facts = &facts,
					 .language = LANGUAGE_EN, .to = to };

	facts_gather(&f->model, &facts);
	page_bars(&s, "Blog", &f->rollups[BLOG]);
}

/* ---- painting what was written ---- */

static void stroke(picture p, char letter, long x, long y, long height)
{
	assert_int_equal(x % 8, 4);
	assert_in_range(x / 8, 0, DAYS - 1);
	assert_true(y >= 0 && height > 0 && y + height <= HIGH);
	for (long i = y; i < y + height; i++) {
		if (p[x / 8][i] != ' ')
			fail_msg("day %ld is painted twice at %ld", x / 8, i);
		p[x / 8][i] = letter;
	}
}

/* "M4 10v26m8-26v26..." */
static void columns_paint(picture p, char letter, const char *d)
{
	long x = 0, y = 0;
	char *end = NULL;

	while (*d == 'M' || *d == 'm') {
		bool is_relative = *d == 'm';

		x = strtol(d + 1, &end, 10) + (is_relative ? x : 0);
		y = strtol(end, &end, 10) + (is_relative ? y : 0);
		assert_int_equal(*end, 'v');
		long height = strtol(end + 1, &end, 10);
		stroke(p, letter, x, y, height);
		y += height;
		d = end;
	}
	assert_int_equal(*d, '"');
}

/* "M201.75 10.75h4.5v13.5h-4.5z": half the line's width around the box. */
static void box_paint(picture p, const char *d)
{
	long x = strtol(d + 1, NULL, 10) + 3;
	long y = strtol(strchr(d, ' ') + 1, NULL, 10);
	long inner = strtol(strchr(d, 'v') + 1, NULL, 10);

	stroke(p, 'm', x, y, inner + 2);
}

static void paint(picture p, const char *svg)
{
	const char *path = svg;

	for (unsigned i = 0; i < DAYS; i++) {
		memset(p[i], ' ', HIGH);
		p[i][HIGH] = '\0';
	}
	while ((path = strstr(path, "<path class=\"b")) != NULL) {
		char letter = path[strlen("<path class=\"b")];
		const char *d = strstr(path, " d=\"") + 4;

		if (letter == 'm')
			box_paint(p, d);
		else
			columns_paint(p, letter, d);
		path = d;
	}
}

/* ---- painting what should have been written, day by day ---- */

static int height_of(uint32_t s, const int *heights)
{
	return s < 120 ? heights[0] : s < 600 ? heights[1] : s < 1800 ? heights[2] :
	       s < 7200 ? heights[3] : s < 28800 ? heights[4] : heights[5];
}

static int fill(char *column, char letter, int from, int height, int bottom)
{
	int i = from;

	for (; i < from + height && i < bottom; i++)
		column[i] = letter;
	return i;
}

static void day_expect(char *column, const struct page_day *day)
{
	static const int caps[] = { 6, 9, 13, 19, 26, 36 }, boxes[] = { 6, 8, 12, 15, 20, 26 };
	int y = 0, bottom = HIGH, foot;

	if (day->is_blank) {
		(void)fill(column, 'n', 26, 10, HIGH);
		return;
	}
	if (day->unobserved_s > 0) {
		foot = (int)(26.0 * day->unobserved_s / day->span_s);
		foot = foot < 2 ? 2 : foot;
		(void)fill(column, 'n', HIGH - foot, foot, HIGH);
		bottom = HIGH - foot - 2;
	}
	if (day->down_s > 0)
		y = fill(column, 'd', 0, height_of(day->down_s, caps), bottom) + 2;
	if (day->slow_s > 0 && (y = y < 5 ? 5 : y) < bottom)
		y = fill(column, 's', y, height_of(day->slow_s, caps), bottom) + 2;
	if (day->planned_s > 0 && (y = y < 10 ? 10 : y) + 3 <= bottom)
		y = fill(column, 'm', y, height_of(day->planned_s, boxes), bottom) + 2;
	(void)fill(column, 'u', y < 10 ? 10 : y, HIGH, bottom);
}

static void picture_is_right(void)
{
	static picture drawn, expected;
	struct buf row = BUF_INIT(FILE_CAP);
	struct page_calendar calendar;

	page_calendar_read(&f->model, &calendar);
	row_write(&row);
	paint(drawn, buf_text(&row));
	for (unsigned i = 0; i < DAYS; i++) {
		struct page_day day = page_day_read(&calendar, &f->rollups[BLOG], i);

		memset(expected[i], ' ', HIGH);
		expected[i][HIGH] = '\0';
		day_expect(expected[i], &day);
		if (strcmp(drawn[i], expected[i]) != 0)
			fail_msg("day %u (down %u slow %u planned %u dark %u)\n'%s', not '%s'", i,
				 day.down_s, day.slow_s, day.planned_s, day.unobserved_s, drawn[i],
				 expected[i]);
	}
	buf_done(&row);
}

/* ---- bars ---- */

static void the_mocks_days_are_drawn_as_in_the_mocks(void **state)
{
	static const char *const parts[] = {
		"aria-label=\"Blog, last 90 days: 3 days with downtime. "
		"12 Sep: not observed 6 h 30 min. ",
		"<g><title>12 Sep: not observed 6 h 30 min</title>"
		"<path class=\"bn\" d=\"M156 29v7\"/><path class=\"bu\" d=\"M156 10v17\"/></g>",
		"<g><title>18 Sep: planned work 45 min</title>"
		"<path class=\"bm\" d=\"M201.75 10.75h4.5v13.5h-4.5z\"/>"
		"<path class=\"bu\" d=\"M204 27v9\"/></g>",
		"<g><title>2 Oct: down 42 min 20 s</title>"
		"<path class=\"bd\" d=\"M316 0v19\"/><path class=\"bu\" d=\"M316 21v15\"/></g>",
		"<b>99.905 %</b> up over 90 days",
	};
	struct buf row = BUF_INIT(FILE_CAP);

	(void)state;
	model_up(f);
	row_write(&row);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (strstr(buf_text(&row), parts[i]) == NULL)
			fail_msg("the row lacks '%s'", parts[i]);
	picture_is_right();
	buf_done(&row);
}

/* A small generator of our own: the same days on every machine. */
static uint32_t dice(uint64_t *seed, uint32_t sides)
{
	*seed = *seed * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)(*seed >> 33) % sides;
}

/* Mostly plain days; else any mixture that fits into the day. */
static void day_shuffle(struct rollup *r, int32_t ago, uint64_t *seed)
{
	struct day_sums sums = rollup_day(r, r->newest - ago);
	uint32_t left = sums.observed_s, take[4] = { 0 };

	if (dice(seed, 3) == 0)
		return;
	for (unsigned i = 0; i < 4; i++)
		if (dice(seed, 2) == 0)
			left -= take[i] = dice(seed, left + 1) / (1 + dice(seed, 200));
	if (dice(seed, 9) == 0)
		take[3] = sums.observed_s - take[0] - take[1] - take[2];
	rollup_day_was(r, ago, take[0], take[1], take[2], take[3]);
	if (dice(seed, 7) == 0)
		rollup_restore(r, r->newest - ago, &(struct day_sums){ 0 });
}

static void any_ninety_days_look_as_if_drawn_one_by_one(void **state)
{
	uint64_t seed = 20261121;

	(void)state;
	for (unsigned round = 0; round < 300; round++) {
		model_up(f);
		rollup_fill(&f->rollups[BLOG], f->model.now.wall);
		for (int32_t ago = 0; ago < DAYS; ago++)
			day_shuffle(&f->rollups[BLOG], ago, &seed);
		picture_is_right();
	}
}

static void plain_days_cost_one_path(void **state)
{
	struct buf row = BUF_INIT(FILE_CAP);

	(void)state;
	model_up(f);
	rollup_fill(&f->rollups[BLOG], f->model.now.wall);
	row_write(&row);
	assert_null(strstr(buf_text(&row), "<g>"));
	assert_true(row.n < 90 * 9 + 500);
	assert_non_null(strstr(buf_text(&row), "no day with downtime"));
	buf_done(&row);
}

static void days_without_any_record_are_one_element(void **state)
{
	struct buf row = BUF_INIT(FILE_CAP);

	(void)state;
	model_unknown(f);
	row_write(&row);
	assert_non_null(strstr(buf_text(&row), "<g><title>24 Aug to 21 Nov: not observed</title>"));
	assert_non_null(strstr(buf_text(&row), "<b>–</b> nothing observed in 90 days"));
	picture_is_right();
	buf_done(&row);
}

/* What is not booked yet, because a check runs, is not unobserved. */
static void the_seconds_since_the_last_booking_are_no_gap(void **state)
{
	struct buf row = BUF_INIT(FILE_CAP);

	(void)state;
	model_up(f);
	rollup_fill(&f->rollups[BLOG], clock_of(14, 10, 0));
	row_write(&row);
	assert_null(strstr(buf_text(&row), "<g>"));
	buf_done(&row);
}

static void fewer_days_can_be_shown(void **state)
{
	struct buf row = BUF_INIT(FILE_CAP);

	(void)state;
	model_up(f);
	f->plan.page.days = 30;
	row_write(&row);
	assert_non_null(strstr(buf_text(&row), "viewBox=\"0 0 240 36\""));
	assert_non_null(strstr(buf_text(&row), "up over 30 days"));
	assert_null(strstr(buf_text(&row), "d45"));
	buf_done(&row);
}

/* ---- percentages ---- */

static void percent_is(struct day_sums sums, const char *expected)
{
	struct buf b = BUF_INIT(64);

	page_write_percent(&b, rollup_uptime(&sums));
	assert_string_equal(buf_text(&b), expected);
	buf_done(&b);
}

static void percentages_are_floored_to_three_decimals(void **state)
{
	(void)state;
	percent_is((struct day_sums){ .observed_s = 86400 }, "100 %");
	percent_is((struct day_sums){ .observed_s = 90 * 86400, .down_s = 1 }, "99.999 %");
	percent_is((struct day_sums){ .observed_s = 3, .down_s = 1 }, "66.666 %");
	percent_is((struct day_sums){ .observed_s = 100000, .down_s = 95 }, "99.905 %");
	percent_is((struct day_sums){ .observed_s = 1000, .down_s = 1000 }, "0 %");
	percent_is((struct day_sums){ 0 }, "–");
}

static void observed_for(uint32_t seconds, const char *expected)
{
	struct buf row = BUF_INIT(FILE_CAP);

	rollup_init(&f->rollups[BLOG], &f->daybook);
	for (int32_t day = page_first_day(&f->model); seconds > 0; day++) {
		uint32_t part = seconds < 86400 ? seconds : 86400;

		rollup_restore(&f->rollups[BLOG], day, &(struct day_sums){ .observed_s = part });
		seconds -= part;
	}
	row_write(&row);
	if (expected == NULL)
		assert_null(strstr(buf_text(&row), ", observed"));
	else
		assert_non_null(strstr(buf_text(&row), expected));
	buf_done(&row);
}

static void less_than_half_observed_is_said(void **state)
{
	const uint32_t span = 89 * 86400 + 14 * 3600 + 25 * 60 + 12;

	(void)state;
	model_up(f);
	observed_for(span / 100 * 41 + 5000, "up over 90 days, observed 41 %");
	observed_for(span / 2 - 86400, "observed 48 %");
	observed_for(3600, "observed under 1 %");
	observed_for(span / 2 + 100, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_mocks_days_are_drawn_as_in_the_mocks),
		cmocka_unit_test(any_ninety_days_look_as_if_drawn_one_by_one),
		cmocka_unit_test(plain_days_cost_one_path),
		cmocka_unit_test(days_without_any_record_are_one_element),
		cmocka_unit_test(the_seconds_since_the_last_booking_are_no_gap),
		cmocka_unit_test(fewer_days_can_be_shown),
		cmocka_unit_test(percentages_are_floored_to_three_decimals),
		cmocka_unit_test(less_than_half_observed_is_said),
	};

	return cmocka_run_group_tests(tests, fixture_make, fixture_drop);
}
