/*
 * page_bars.c - ninety days of one row: a bar a day, and what they sum up to.
 *
 * The silhouette must be readable in grey (status-page.md 4): down rises above
 * the row, slow half as far, planned work is hollow, what was not observed
 * hangs low. Caps grow with the time in five steps, so that ten bad seconds do
 * not paint a whole day. All plain days are one path of relative moves, 8
 * bytes a day; only special days are elements, each with its words as <title>.
 * Days in a row of which nothing is known are one element together.
 */
#include <inttypes.h>

#include "base/buf.h"
#include "base/text.h"
#include "render/page_days.h"
#include "render/page_parts.h"
#include "render/speech.h"

#define PITCH	   8  /* from bar to bar */
#define BOTTOM	   36 /* of the picture */
#define PLAIN_TOP  10
#define SLOW_TOP   5
#define BLANK_TOP  26 /* of a day of which nothing is known */
#define GAP	   2
#define PHONE_DAYS 45
#define MANY_DAYS  90 /* so many are halved on phones (style.css) */

/* Where the next piece of a bar goes. */
struct pen {
	struct buf *to;
	unsigned x, y, bottom;
};

void page_write_percent(struct buf *to, int uptime)
{
	if (uptime < 0)
		buf_puts(to, "–");
	else if (uptime % 100000 == 0)
		buf_printf(to, "%d %%", uptime / 1000);
	else
		buf_printf(to, "%d.%03d %%", uptime / 1000, uptime % 1000);
}

/* ---- drawing ---- */

/* Height of a cap, and of the open box that has only the plain part of the column. */
static unsigned step_of(uint32_t seconds, const unsigned heights[6])
{
	static const uint32_t limits[] = { 2 * 60, 10 * 60, 30 * 60, 2 * 3600, 8 * 3600 };
	unsigned step = 0;

	while (step < 5 && seconds >= limits[step])
		step++;
	return heights[step];
}

static const unsigned cap_heights[6] = { 6, 9, 13, 19, 26, 36 };
static const unsigned box_heights[6] = { 6, 8, 12, 15, 20, 26 };

/* The height that is left above the foot. */
static unsigned fit(const struct pen *pen, unsigned height)
{
	unsigned room = pen->bottom > pen->y ? pen->bottom - pen->y : 0;

	return height < room ? height : room;
}

static void line_draw(const struct pen *pen, const char *class, unsigned y, unsigned height)
{
	buf_printf(pen->to, "<path class=\"%s\" d=\"M%u %uv%u\"/>", class, pen->x, y, height);
}

/* A cap from `top`, or from where the last piece ended. */
static void cap_draw(struct pen *pen, const char *class, uint32_t seconds, unsigned top)
{
	unsigned height;

	if (seconds == 0)
		return;
	if (pen->y < top)
		pen->y = top;
	height = fit(pen, step_of(seconds, cap_heights));
	if (height == 0)
		return;
	line_draw(pen, class, pen->y, height);
	pen->y += height + GAP;
}

/* Its line is 1.5 wide and lies inside the box. */
static void box_draw(struct pen *pen, uint32_t seconds)
{
	unsigned height;

	if (seconds == 0)
		return;
	if (pen->y < PLAIN_TOP)
		pen->y = PLAIN_TOP;
	height = fit(pen, step_of(seconds, box_heights));
	if (height < 3)
		return;
	buf_printf(pen->to, "<path class=\"bm\" d=\"M%u.75 %u.75h4.5v%u.5h-4.5z\"/>", pen->x - 3,
		   pen->y, height - 2);
	pen->y += height + GAP;
}

/* By the share of the day, at least visible; the rest of the bar stands on it. */
static void foot_draw(struct pen *pen, const struct page_day *bar)
{
	const unsigned full = BOTTOM - PLAIN_TOP;
	unsigned height;

	if (bar->unobserved_s == 0)
		return;
	height = (unsigned)((uint64_t)full * bar->unobserved_s / bar->span_s);
	if (height < 2)
		height = 2;
	line_draw(pen, "bn", BOTTOM - height, height);
	pen->bottom = BOTTOM - height - GAP;
}

static void rest_draw(struct pen *pen)
{
	unsigned height;

	if (pen->y < PLAIN_TOP)
		pen->y = PLAIN_TOP;
	height = fit(pen, BOTTOM);
	if (height > 0)
		line_draw(pen, "bu", pen->y, height);
}

static unsigned bar_x(unsigned i)
{
	return PITCH / 2 + PITCH * i;
}

static void special_draw(struct buf *to, const struct page_day *bar, unsigned i)
{
	struct pen pen = { .to = to, .x = bar_x(i), .y = 0, .bottom = BOTTOM };

	foot_draw(&pen, bar);
	cap_draw(&pen, "bd", bar->down_s, 0);
	cap_draw(&pen, "bs", bar->slow_s, SLOW_TOP);
	box_draw(&pen, bar->planned_s);
	rest_draw(&pen);
}

/* Columns of one height as one path: after each stroke the pen is at the bottom. */
struct row_path {
	struct buf *to;
	unsigned top, x; /* x 0: nothing drawn yet */
};

static void column_add(struct row_path *path, unsigned x)
{
	unsigned height = BOTTOM - path->top;

	if (path->x == 0)
		buf_printf(path->to, "M%u %uv%u", x, path->top, height);
	else
		buf_printf(path->to, "m%u-%uv%u", x - path->x, height, height);
	path->x = x;
}

static void plain_draw(struct buf *to, const struct page_day *bars, unsigned n)
{
	struct row_path path = { .to = to, .top = PLAIN_TOP };

	for (unsigned i = 0; i < n; i++) {
		if (!page_day_is_plain(&bars[i]))
			continue;
		if (path.x == 0)
			buf_puts(to, "<path class=\"bu\" d=\"");
		column_add(&path, bar_x(i));
	}
	if (path.x != 0)
		buf_puts(to, "\"/>");
}

static void blank_draw(struct buf *to, unsigned first, unsigned n)
{
	struct row_path path = { .to = to, .top = BLANK_TOP };

	buf_puts(to, "<path class=\"bn\" d=\"");
	for (unsigned i = 0; i < n; i++)
		column_add(&path, bar_x(first + i));
	buf_puts(to, "\"/>");
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

static void special_say(struct buf *to, const struct sheet *s, const struct page_day *bars,
			unsigned n)
{
	unsigned parts = 0;

	days_name(to, s, bars, n);
	if (bars->is_blank)
		buf_puts(to, page_word(s->language, WORD_DAY_BLANK));
	span_add(to, s, WORD_DAY_DOWN, bars->down_s, &parts);
	span_add(to, s, WORD_DAY_SLOW, bars->slow_s, &parts);
	span_add(to, s, WORD_DAY_PLANNED, bars->planned_s, &parts);
	span_add(to, s, WORD_DAY_UNOBSERVED, bars->unobserved_s, &parts);
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

static void specials_draw(const struct sheet *s, const struct page_day *bars, unsigned n)
{
	for (unsigned i = 0, run; i < n; i += run > 0 ? run : 1) {
		struct buf line = BUF_INIT(LINE_MAX_BYTES);

		run = run_of(&bars[i], n - i);
		if (run == 0)
			continue;
		special_say(&line, s, &bars[i], run);
		buf_puts(s->to, "<g><title>");
		text_html(s->to, buf_text(&line));
		buf_puts(s->to, "</title>");
		if (bars[i].is_blank)
			blank_draw(s->to, i, run);
		else
			special_draw(s->to, &bars[i], i);
		buf_puts(s->to, "</g>");
		buf_done(&line);
	}
}

/* The same facts for who does not see the picture, one escaped part after the other. */
static void label_write(const struct sheet *s, const char *title, const struct page_day *bars,
			unsigned n)
{
	unsigned bad = 0;

	for (unsigned i = 0; i < n; i++)
		bad += bars[i].down_s > 0;
	page_say_attr(s, WORD_BARS_LABEL,
		      HOLES(hole_foreign("title", title), hole_number("n", n)));
	if (bad == 0)
		page_put(s, WORD_BARS_NONE);
	else
		page_say_attr(s, word_for(WORD_BARS_ONE, bad), HOLES(hole_number("n", bad)));
	for (unsigned i = 0, run; i < n; i += run > 0 ? run : 1) {
		struct buf line = BUF_INIT(LINE_MAX_BYTES);

		run = run_of(&bars[i], n - i);
		if (run == 0)
			continue;
		special_say(&line, s, &bars[i], run);
		page_put(s, WORD_STOP);
		text_attr(s->to, buf_text(&line));
		buf_done(&line);
	}
}

/* ---- the line below ---- */

/* Under half observed: how much, so that nobody takes the percentage for more than it is. */
static void observed_write(const struct sheet *s, const struct day_sums *sums, uint64_t span_s)
{
	uint64_t of = span_s > sums->planned_s ? span_s - sums->planned_s : 0;

	if (sums->observed_s == 0 || of == 0 || sums->observed_s * (uint64_t)2 >= of)
		return;
	page_put(s, WORD_COMMA);
	if (sums->observed_s * (uint64_t)100 < of)
		page_put(s, WORD_OBSERVED_LITTLE);
	else
		page_say(s, WORD_OBSERVED,
			 HOLES(hole_number("n", sums->observed_s * (uint64_t)100 / of)));
}

/* The sentence is filled with markup of ours and written as it is: no foreign word is in it. */
static void uptime_write(const struct sheet *s, const struct day_sums *sums, unsigned days)
{
	struct buf percent = BUF_INIT(64);
	int uptime = rollup_uptime(sums);

	buf_puts(&percent, "<b>");
	page_write_percent(&percent, uptime);
	buf_puts(&percent, "</b>");
	page_fill(s->to, s, uptime < 0 ? WORD_UPTIME_NONE : WORD_UPTIME,
		  HOLES(hole_own("percent", buf_text(&percent)), hole_number("n", days)));
	buf_done(&percent);
}

static void day_label(const struct sheet *s, const char *class, int32_t day)
{
	buf_printf(s->to, "<span class=\"%s\">", class);
	speech_short_date(s->to, s->language, day);
	buf_puts(s->to, "</span>");
}

static void line_below(const struct sheet *s, const struct rollup *rollup,
		       const struct page_day *bars, unsigned n)
{
	struct day_sums sums = rollup_window(rollup, bars[n - 1].number, n);
	uint64_t span_s = 0;

	for (unsigned i = 0; i < n; i++)
		span_s += bars[i].span_s;
	buf_puts(s->to, "      <p class=\"t-m\"><span>");
	if (n == MANY_DAYS) {
		day_label(s, "d90", bars[0].number);
		day_label(s, "d45", bars[n - PHONE_DAYS].number);
	} else {
		speech_short_date(s->to, s->language, bars[0].number);
	}
	buf_puts(s->to, "</span><span>");
	uptime_write(s, &sums, n);
	observed_write(s, &sums, span_s);
	buf_puts(s->to, "</span><span>");
	page_put(s, WORD_TODAY);
	buf_puts(s->to, "</span></p>\n");
}

void page_bars(const struct sheet *s, const char *title, const struct rollup *rollup)
{
	struct page_day bars[ROLLUP_DAYS];
	unsigned n = page_days(s->model);

	for (unsigned i = 0; i < n; i++)
		bars[i] = page_day_read(&s->facts->calendar, rollup, i);
	buf_printf(s->to, "      <div class=\"clip\"><svg class=\"bars%s\" viewBox=\"0 0 %u %d\" "
			  "preserveAspectRatio=\"none\" role=\"img\" aria-label=\"",
		   n == MANY_DAYS ? " half" : "", PITCH * n, BOTTOM);
	label_write(s, title, bars, n);
	buf_puts(s->to, "\">");
	plain_draw(s->to, bars, n);
	specials_draw(s, bars, n);
	buf_puts(s->to, "</svg></div>\n");
	line_below(s, rollup, bars, n);
}
