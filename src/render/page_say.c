/*
 * page_say.c - words on the page: filled as plain text, then escaped once for
 * the place they are written to.
 *
 * What the catalogue says is ours, what fills its holes may be foreign; since
 * the whole sentence is escaped, no hole can be forgotten.
 */
#include "base/buf.h"
#include "base/calendar.h"
#include "base/text.h"
#include "render/page_parts.h"
#include "render/speech.h"

void page_put(const struct sheet *s, enum word word)
{
	buf_puts(s->to, page_word(s->language, word));
}

void page_fill(struct buf *to, const struct sheet *s, enum word word, const struct hole *holes)
{
	sentence_fill(to, s->language, page_word(s->language, word), holes);
}

void page_say(const struct sheet *s, enum word word, const struct hole *holes)
{
	struct buf line = BUF_INIT(LINE_MAX_BYTES);

	page_fill(&line, s, word, holes);
	text_html(s->to, buf_text(&line));
	buf_done(&line);
}

void page_say_attr(const struct sheet *s, enum word word, const struct hole *holes)
{
	struct buf line = BUF_INIT(LINE_MAX_BYTES);

	page_fill(&line, s, word, holes);
	text_attr(s->to, buf_text(&line));
	buf_done(&line);
}

/* ---- times ---- */

bool page_is_of_day(const struct sheet *s, wall_t at)
{
	bool has_own = s->place != NULL && wall_is_set(s->place->day);

	return calendar_day(at) == calendar_day(has_own ? s->place->day : s->model->now.wall);
}

/* `clock` is its time of day as it is to be shown. */
static void clock_write(struct buf *to, const struct sheet *s, wall_t at, const struct buf *clock)
{
	struct buf day = BUF_INIT(64);

	speech_short_date(&day, s->language, calendar_day(at));
	if (page_is_of_day(s, at))
		buf_puts(to, buf_text(clock));
	else
		page_fill(
			to, s, WORD_OTHER_DAY,
			HOLES(hole_own("day", buf_text(&day)), hole_own("time", buf_text(clock))));
	buf_done(&day);
}

void page_write_clock(struct buf *to, const struct sheet *s, wall_t at)
{
	struct buf clock = BUF_INIT(64);

	calendar_print_time(&clock, at);
	clock_write(to, s, at, &clock);
	buf_done(&clock);
}

void page_write_minute(struct buf *to, const struct sheet *s, wall_t at)
{
	struct buf clock = BUF_INIT(64);

	calendar_print_minute(&clock, at);
	clock_write(to, s, at, &clock);
	buf_done(&clock);
}

void page_time(const struct sheet *s, wall_t at)
{
	buf_puts(s->to, "<time datetime=\"");
	calendar_print_iso(s->to, at);
	buf_puts(s->to, "\">");
	page_write_clock(s->to, s, at);
	buf_puts(s->to, "</time>");
}

void page_say_time(const struct sheet *s, enum word word, wall_t at)
{
	struct buf clock = BUF_INIT(128);

	page_write_clock(&clock, s, at);
	page_say(s, word, HOLES(hole_own("time", buf_text(&clock))));
	buf_done(&clock);
}

void page_say_span(const struct sheet *s, enum word word, usec_t span)
{
	page_say(s, word, HOLES(hole_span("span", span)));
}

/* ---- lists of names ---- */

void names_add(struct names *names, const char *title)
{
	if (names->shown == NAMES_SHOWN) {
		names->more++;
		return;
	}
	if (names->shown++ > 0)
		buf_puts(names->to, page_word(names->sheet->language, WORD_COMMA));
	text_line(names->to, title);
}

void names_end(struct names *names)
{
	struct buf all = BUF_INIT(LINE_MAX_BYTES);

	if (names->more == 0 || names->shown == 0)
		return;
	buf_puts(&all, buf_text(names->to));
	buf_clear(names->to);
	page_fill(names->to, names->sheet, WORD_AND_MORE,
		  HOLES(hole_own("names", buf_text(&all)), hole_number("n", names->more)));
	buf_done(&all);
}
