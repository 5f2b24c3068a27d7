/*
 * history_page.c - all past incidents by month, the newest first.
 *
 * It tells of what is over, so it is written when that changes and not with
 * every report.
 */
#include "render/history_page.h"

#include "base/buf.h"
#include "base/calendar.h"
#include "base/text.h"
#include "render/page_parts.h"
#include "render/speech.h"

/* One history being written. */
struct listing {
	const struct sheet *sheet;
	const struct history *history;
};

static int32_t day_of(const struct listing *l, size_t which)
{
	return calendar_day(l->history->at(l->history->ctx, which)->opened.wall);
}

/* Months since the year 0. */
static int month_of(int32_t day)
{
	struct calendar_date date = calendar_date(day);

	return date.year * 12 + date.month - 1;
}

/* ---- the head ---- */

static void count_write(const struct listing *l)
{
	const struct sheet *s = l->sheet;
	size_t n = l->history->n;
	struct buf date = BUF_INIT(128);

	buf_puts(s->to, "      <p class=\"lede\">");
	if (n > 0) {
		speech_full_date(&date, s->language, day_of(l, n - 1));
		page_say(s, word_for(WORD_H_COUNT_ONE, (unsigned)n),
			 HOLES(hole_number("n", n), hole_own("date", buf_text(&date))));
	} else {
		page_put(s, WORD_H_NONE);
	}
	buf_puts(s->to, "</p>\n");
	buf_done(&date);
}

static void head_write(const struct listing *l)
{
	const struct sheet *s = l->sheet;

	buf_puts(s->to, "  <div class=\"hero\">\n    <div class=\"wrap verdict\">\n"
			"      <p class=\"crumb\"><a href=\"");
	page_write_index(s->to, s);
	buf_puts(s->to, "\">");
	page_put(s, WORD_T_ALL);
	buf_puts(s->to, "</a></p>\n      <h1>");
	page_put(s, WORD_PAST);
	buf_puts(s->to, "</h1>\n");
	count_write(l);
	page_reported(s);
	buf_puts(s->to, "    </div>\n  </div>\n  <div class=\"wrap\">\n  <div id=\"checks\">\n");
}

/* ---- months ---- */

static void month_begin(const struct listing *l, int month, size_t n)
{
	const struct sheet *s = l->sheet;

	buf_printf(s->to, "  <section aria-labelledby=\"m-%d-%02d\">\n    <h2 id=\"m-%d-%02d\">",
		   month / 12, month % 12 + 1, month / 12, month % 12 + 1);
	speech_month(s->to, s->language, month / 12, month % 12 + 1);
	buf_puts(s->to, "</h2>\n    <p class=\"sub\">");
	page_say(s, word_for(WORD_H_MONTH_ONE, (unsigned)n), HOLES(hole_number("n", n)));
	buf_puts(s->to, "</p>\n    <ul class=\"past\">\n");
}

/* Those of the same month as `first`; the place after the last one of them. */
static size_t month_end(const struct listing *l, size_t first)
{
	int month = month_of(day_of(l, first));
	size_t i = first + 1;

	while (i < l->history->n && month_of(day_of(l, i)) == month)
		i++;
	return i;
}

static void months_write(const struct listing *l)
{
	const struct sheet *s = l->sheet;

	for (size_t i = 0; i < l->history->n;) {
		size_t end = month_end(l, i);

		month_begin(l, month_of(day_of(l, i)), end - i);
		for (; i < end; i++)
			page_past_row(s, l->history->at(l->history->ctx, i));
		buf_puts(s->to, "    </ul>\n");
		if (end == l->history->n && l->history->is_cut) {
			buf_puts(s->to, "    <p class=\"more\">");
			page_put(s, WORD_H_CUT);
			buf_puts(s->to, "</p>\n");
		}
		buf_puts(s->to, "  </section>\n");
	}
}

void page_history(const struct model *model, const struct history *history, enum language language,
		  struct buf *to)
{
	const struct place place = {
		.folder = "", .file = "history", .is_record = true, .is_over = true
	};
	struct facts facts;

	facts_gather(model, &facts);
	facts.look = LOOK_UNKNOWN; /* colours and favicon are not of now */
	const struct sheet s = {
		model, &facts, language, to, &place, page_word(language, WORD_PAST)
	};
	const struct listing l = { .sheet = &s, .history = history };

	page_begin(&s);
	head_write(&l);
	months_write(&l);
	buf_puts(to, "  </div>\n");
	page_end(&s);
}
