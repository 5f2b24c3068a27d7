/*
 * page_bars.c - ninety days of one row: a bar a day, what the special ones
 * were in words, and what all of them sum up to.
 *
 * Only special days are elements, each with its words as <title>. Days in a
 * row of which nothing is known are one element together.
 *
 * In the mean of many checks nearly every day is special. There only the worst
 * days are told in words and are elements; the others are one path a shape, or
 * twenty groups would weigh more than all the rest of the page.
 */
#include "base/buf.h"
#include "base/text.h"
#include "render/page_columns.h"
#include "render/page_parts.h"
#include "render/speech.h"

#define PHONE_DAYS 45
#define MANY_DAYS  90 /* so many are halved on phones (style.css) */
#define MEAN_TOLD  3  /* days of a mean that have words */

void page_write_percent(struct buf *to, int uptime)
{
	if (uptime < 0)
		buf_puts(to, "–");
	else if (uptime % 100000 == 0)
		buf_printf(to, "%d %%", uptime / 1000);
	else
		buf_printf(to, "%d.%03d %%", uptime / 1000, uptime % 1000);
}

/* ---- words ---- */

static void span_add(struct buf *to, const struct sheet *s, enum word word, uint32_t seconds,
		     unsigned *n)
{
	if (seconds == 0)
		return;
	if ((*n)++ > 0)
		buf_puts(to, page_word(s->language, WORD_COMMA));
	page_fill(to, s, word, HOLES(hole_span("span", seconds * USEC_PER_SEC)));
}

/* "down 58 s"; of a mean "down 58 s on average (3 of 500 checks)". */
static void down_add(struct buf *to, const struct sheet *s, const struct page_day *bar, unsigned *n)
{
	if (bar->of == 0 || bar->down_s == 0) {
		span_add(to, s, WORD_DAY_DOWN, bar->down_s, n);
		return;
	}
	(*n)++;
	page_fill(to, s, WORD_DAY_DOWN_MEAN,
		  HOLES(hole_span("span", bar->down_s * USEC_PER_SEC), hole_number("n", bar->hit),
			hole_number("of", bar->of)));
}

/* "12 Sep: not observed 6 h 30 min"; of a run of blank days the first and the last. */
static void days_name(struct buf *to, const struct sheet *s, const struct page_day *bars,
		      unsigned n)
{
	struct buf first = BUF_INIT(64), last = BUF_INIT(64);

	speech_short_date(&first, s->language, bars[0].number);
	speech_short_date(&last, s->language, bars[n - 1].number);
	page_fill(to, s, n == 1 ? WORD_DAY : WORD_DAYS,
		  HOLES(hole_own("day", buf_text(&first)), hole_own("end", buf_text(&last))));
	buf_done(&first);
	buf_done(&last);
}

void page_write_day(struct buf *to, const struct sheet *s, const struct page_day *day)
{
	unsigned parts = 0;

	if (day->is_blank)
		buf_puts(to, page_word(s->language, WORD_DAY_BLANK));
	down_add(to, s, day, &parts);
	span_add(to, s, day->of > 0 ? WORD_DAY_SLOW_MEAN : WORD_DAY_SLOW, day->slow_s, &parts);
	span_add(to, s, WORD_DAY_PLANNED, day->planned_s, &parts);
	span_add(to, s, WORD_DAY_UNOBSERVED, day->unobserved_s, &parts);
}

static void special_say(struct buf *to, const struct sheet *s, const struct page_day *bars,
			unsigned n)
{
	days_name(to, s, bars, n);
	page_write_day(to, s, bars);
}

/* How many bars one element tells of: a run of blank ones, else one. 0: a plain one. */
static unsigned run_of(const struct page_day *bars, unsigned n)
{
	unsigned run = 0;

	if (page_day_is_plain(bars))
		return 0;
	while (run < n && bars[run].is_blank)
		run++;
	return run > 0 ? run : 1;
}

/* ---- which days have words ---- */

static bool is_worse(const struct page_day *a, const struct page_day *b)
{
	return a->down_s != b->down_s ? a->down_s > b->down_s : a->slow_s > b->slow_s;
}

static void worst_choose(const struct page_window *w, struct told *ret)
{
	const struct page_day none = { .is_blank = true };
	unsigned at = 0;

	for (unsigned k = 0; k < MEAN_TOLD; k++) {
		const struct page_day *worst = &none;

		for (unsigned i = 0; i < w->n; i++) {
			if (ret->is[i] || !is_worse(&w->days[i], worst))
				continue;
			worst = &w->days[i];
			at = i;
		}
		if (worst == &none)
			return;
		ret->is[at] = true;
	}
}

/* All special ones of a check, the worst ones of a mean. */
static void told_choose(const struct page_window *w, struct told *ret)
{
	*ret = (struct told){ 0 };
	if (w->is_mean)
		worst_choose(w, ret);
	else
		for (unsigned i = 0; i < w->n; i++)
			ret->is[i] = !page_day_is_plain(&w->days[i]);
}

/* How many bars the element that begins at `i` tells of; 0: it is told of in no words. */
static unsigned told_run(const struct page_window *w, const struct told *told, unsigned i)
{
	return told->is[i] ? run_of(&w->days[i], w->n - i) : 0;
}

static void specials_draw(const struct sheet *s, const struct page_window *w,
			  const struct told *told)
{
	for (unsigned i = 0, run; i < w->n; i += run > 0 ? run : 1) {
		struct buf line = BUF_INIT(LINE_MAX_BYTES);

		run = told_run(w, told, i);
		if (run == 0)
			continue;
		special_say(&line, s, &w->days[i], run);
		buf_puts(s->to, "<g><title>");
		text_html(s->to, buf_text(&line));
		buf_puts(s->to, "</title>");
		if (w->days[i].is_blank)
			columns_blank(s->to, i, run);
		else
			columns_special(s->to, &w->days[i], i);
		buf_puts(s->to, "</g>");
		buf_done(&line);
	}
}

/* The same facts for who does not see the picture, one escaped part after the other. */
static void label_write(const struct sheet *s, const char *title, const struct page_window *w,
			const struct told *told)
{
	unsigned bad = 0;

	for (unsigned i = 0; i < w->n; i++)
		bad += w->days[i].down_s > 0;
	page_say_attr(s, WORD_BARS_LABEL,
		      HOLES(hole_foreign("title", title), hole_number("n", w->n)));
	if (bad == 0)
		page_put(s, WORD_BARS_NONE);
	else
		page_say_attr(s, word_for(WORD_BARS_ONE, bad), HOLES(hole_number("n", bad)));
	for (unsigned i = 0, run; i < w->n; i += run > 0 ? run : 1) {
		struct buf line = BUF_INIT(LINE_MAX_BYTES);

		run = told_run(w, told, i);
		if (run == 0)
			continue;
		special_say(&line, s, &w->days[i], run);
		page_put(s, WORD_STOP);
		text_attr(s->to, buf_text(&line));
		buf_done(&line);
	}
}

/* ---- the line below ---- */

void page_say_observed(const struct sheet *s, uint64_t observed_s, uint64_t of_s)
{
	if (observed_s == 0 || observed_s * 2 >= of_s)
		return;
	page_put(s, WORD_COMMA);
	if (observed_s * 100 < of_s)
		page_put(s, WORD_OBSERVED_LITTLE);
	else
		page_say(s, WORD_OBSERVED, HOLES(hole_number("n", observed_s * 100 / of_s)));
}

/* The sentence is filled with markup of ours and written as it is: no foreign word is in it. */
static void uptime_write(const struct sheet *s, const struct page_window *w)
{
	struct buf percent = BUF_INIT(64);
	int uptime = rollup_share(w->observed_s, w->down_s);

	buf_puts(&percent, "<b>");
	page_write_percent(&percent, uptime);
	buf_puts(&percent, "</b>");
	page_fill(s->to, s, uptime < 0 ? WORD_UPTIME_NONE : WORD_UPTIME,
		  HOLES(hole_own("percent", buf_text(&percent)), hole_number("n", w->n)));
	buf_done(&percent);
}

static void day_label(const struct sheet *s, const char *class, int32_t day)
{
	buf_printf(s->to, "<span class=\"%s\">", class);
	speech_short_date(s->to, s->language, day);
	buf_puts(s->to, "</span>");
}

static void line_below(const struct sheet *s, const struct page_window *w)
{
	buf_puts(s->to, "      <p class=\"t-m\"><span>");
	if (w->n == MANY_DAYS) {
		day_label(s, "d90", w->days[0].number);
		day_label(s, "d45", w->days[w->n - PHONE_DAYS].number);
	} else {
		speech_short_date(s->to, s->language, w->days[0].number);
	}
	buf_puts(s->to, "</span><span>");
	uptime_write(s, w);
	page_say_observed(s, w->observed_s, w->span_s > w->planned_s ? w->span_s - w->planned_s : 0);
	buf_puts(s->to, "</span><span>");
	page_put(s, WORD_TODAY);
	buf_puts(s->to, "</span></p>\n");
}

void page_window_draw(const struct sheet *s, const char *title, const struct page_window *w)
{
	struct told told;

	told_choose(w, &told);
	buf_printf(s->to, "      <div class=\"clip\"><svg class=\"bars%s\" viewBox=\"0 0 %u %d\" "
			  "preserveAspectRatio=\"none\" role=\"img\" aria-label=\"",
		   w->n == MANY_DAYS ? " half" : "", COLUMN_PITCH * w->n, COLUMN_BOTTOM);
	label_write(s, title, w, &told);
	buf_puts(s->to, "\">");
	columns_plain(s->to, w->days, w->n);
	columns_merged(s->to, w, &told);
	specials_draw(s, w, &told);
	buf_puts(s->to, "</svg></div>\n");
	line_below(s, w);
}

void page_bars(const struct sheet *s, const char *title, const struct rollup *rollup)
{
	struct page_window window;

	page_window_read(&s->facts->calendar, rollup, &window);
	page_window_draw(s, title, &window);
}
