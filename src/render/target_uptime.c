/*
 * target_uptime.c - how much of the last day, week, month and quarter a check
 * was up, its bars, and the days that were not plain in words.
 */
#include "base/buf.h"
#include "base/calendar.h"
#include "base/text.h"
#include "render/speech.h"
#include "render/target_parts.h"

static const unsigned windows[] = { 7, 30, 90 };

/* One percentage of `span_s` and the downtime behind it: easier to judge than nines. */
static void number_write(const struct sheet *s, const char *label, const struct day_sums *sums,
			 uint64_t span_s)
{
	int uptime = rollup_uptime(sums);

	buf_puts(s->to, "      <div><dt>");
	text_html(s->to, label);
	buf_puts(s->to, "</dt><dd>");
	page_write_percent(s->to, uptime);
	buf_puts(s->to, "<span class=\"x\">");
	if (uptime < 0)
		page_put(s, WORD_NOT_OBSERVED);
	else if (sums->down_s == 0)
		page_put(s, WORD_T_NO_DOWNTIME);
	else
		page_say_span(s, WORD_DAY_DOWN, sums->down_s * USEC_PER_SEC);
	page_say_observed(s, sums->observed_s,
			  span_s > sums->planned_s ? span_s - sums->planned_s : 0);
	buf_puts(s->to, "</span></dd></div>\n");
}

static void day_number_write(const struct subject *u)
{
	struct buf label = BUF_INIT(64);

	page_fill(&label, u->sheet, WORD_T_HOURS, HOLES(hole_number("n", 24)));
	number_write(u->sheet, buf_text(&label), &u->past->last_day, USEC_PER_DAY / USEC_PER_SEC);
	buf_done(&label);
}

static void numbers_write(const struct subject *u)
{
	const struct sheet *s = u->sheet;
	int32_t today = calendar_day(s->model->now.wall);

	buf_puts(s->to, "    <dl class=\"nums\">\n");
	if (u->past)
		day_number_write(u);
	for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
		struct day_sums sums =
			rollup_window(&s->model->rollups[u->index], today, windows[i]);
		struct buf label = BUF_INIT(64);

		page_fill(&label, s, WORD_T_DAYS, HOLES(hole_number("n", windows[i])));
		number_write(s, buf_text(&label), &sums,
			     page_days_span_s(s->model, &s->model->rollups[u->index], windows[i]));
		buf_done(&label);
	}
	buf_puts(s->to, "    </dl>\n");
}

/* ---- days that were not plain ---- */

static void day_write(const struct sheet *s, const struct page_day *day)
{
	struct buf line = BUF_INIT(LINE_MAX_BYTES);

	page_write_day(&line, s, day);
	buf_puts(s->to, "        <li><time datetime=\"");
	calendar_print_date(s->to, day->number);
	buf_puts(s->to, "\">");
	speech_short_date(s->to, s->language, day->number);
	buf_puts(s->to, "</time><span>");
	text_html(s->to, buf_text(&line));
	buf_puts(s->to, "</span></li>\n");
	buf_done(&line);
}

/* Days of which nothing is known, before it was watched, are no list of their own. */
static bool is_special(const struct page_day *day)
{
	return !day->is_blank && !page_day_is_plain(day);
}

static void specials_write(const struct sheet *s, const struct page_window *w)
{
	unsigned n = 0;

	for (unsigned i = 0; i < w->n; i++)
		n += is_special(&w->days[i]);
	if (n == 0)
		return;
	buf_puts(s->to, "    <details>\n      <summary>");
	page_say(s, word_for(WORD_T_SPECIAL_ONE, n), HOLES(hole_number("n", n)));
	buf_puts(s->to, "</summary>\n      <ul class=\"past\">\n");
	for (unsigned i = w->n; i-- > 0;)
		if (is_special(&w->days[i]))
			day_write(s, &w->days[i]);
	buf_puts(s->to, "      </ul>\n    </details>\n");
}

void target_uptime(const struct subject *u)
{
	const struct sheet *s = u->sheet;
	struct page_window window;

	page_window_read(&s->facts->calendar, &s->model->rollups[u->index], &window);
	target_section(s, "s-upt", WORD_T_UPTIME);
	numbers_write(u);
	page_window_draw(s, u->name, &window);
	specials_write(s, &window);
	target_section_end(s);
}
