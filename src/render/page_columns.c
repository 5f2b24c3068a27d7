/*
 * page_columns.c - how a day is drawn: see page_columns.h.
 *
 * The silhouette must be readable in grey (status-page.md 4): down rises above
 * the row, slow half as far, planned work is hollow, what was not observed
 * hangs low. Caps grow with the time in five steps, so that ten bad seconds do
 * not paint a whole day. All plain days are one path of relative moves, 8
 * bytes a day.
 */
#include "render/page_columns.h"

#include <string.h>

#include "base/buf.h"

#define PLAIN_TOP  10
#define SLOW_TOP   5
#define BLANK_TOP  26 /* of a day of which nothing is known */
#define GAP	   2
#define PATH_MAX_BYTES 8192 /* ninety pieces have some 20 bytes each */

/* Where the next piece of a bar goes. */
struct pen {
	struct buf *to;
	const char *only; /* pieces of this class as parts of one path; NULL: each an element */
	unsigned x, y, bottom;
};

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

static void piece_begin(const struct pen *pen, const char *class)
{
	if (pen->only == NULL)
		buf_printf(pen->to, "<path class=\"%s\" d=\"", class);
}

static void piece_end(const struct pen *pen)
{
	if (pen->only == NULL)
		buf_puts(pen->to, "\"/>");
}

static bool is_drawn(const struct pen *pen, const char *class)
{
	return pen->only == NULL || strcmp(pen->only, class) == 0;
}

static void line_draw(const struct pen *pen, const char *class, unsigned y, unsigned height)
{
	if (!is_drawn(pen, class))
		return;
	piece_begin(pen, class);
	buf_printf(pen->to, "M%u %uv%u", pen->x, y, height);
	piece_end(pen);
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
	if (is_drawn(pen, "bm")) {
		piece_begin(pen, "bm");
		buf_printf(pen->to, "M%u.75 %u.75h4.5v%u.5h-4.5z", pen->x - 3, pen->y, height - 2);
		piece_end(pen);
	}
	pen->y += height + GAP;
}

/* By the share of the day, at least visible; the rest of the bar stands on it. */
static void foot_draw(struct pen *pen, const struct page_day *bar)
{
	const unsigned full = COLUMN_BOTTOM - PLAIN_TOP;
	unsigned height;

	if (bar->unobserved_s == 0)
		return;
	height = (unsigned)((uint64_t)full * bar->unobserved_s / bar->span_s);
	if (height < 2)
		height = 2;
	line_draw(pen, "bn", COLUMN_BOTTOM - height, height);
	pen->bottom = COLUMN_BOTTOM - height - GAP;
}

static void rest_draw(struct pen *pen)
{
	unsigned height;

	if (pen->y < PLAIN_TOP)
		pen->y = PLAIN_TOP;
	height = fit(pen, COLUMN_BOTTOM);
	if (height > 0)
		line_draw(pen, "bu", pen->y, height);
}

static unsigned bar_x(unsigned i)
{
	return COLUMN_PITCH / 2 + COLUMN_PITCH * i;
}

static void bar_draw(struct pen pen, const struct page_day *bar, unsigned i)
{
	pen.x = bar_x(i);
	pen.bottom = COLUMN_BOTTOM;
	if (bar->is_blank) {
		line_draw(&pen, "bn", BLANK_TOP, COLUMN_BOTTOM - BLANK_TOP);
		return;
	}
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
	unsigned height = COLUMN_BOTTOM - path->top;

	if (path->x == 0)
		buf_printf(path->to, "M%u %uv%u", x, path->top, height);
	else
		buf_printf(path->to, "m%u-%uv%u", x - path->x, height, height);
	path->x = x;
}

void columns_plain(struct buf *to, const struct page_day *bars, unsigned n)
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

void columns_blank(struct buf *to, unsigned first, unsigned n)
{
	struct row_path path = { .to = to, .top = BLANK_TOP };

	buf_puts(to, "<path class=\"bn\" d=\"");
	for (unsigned i = 0; i < n; i++)
		column_add(&path, bar_x(first + i));
	buf_puts(to, "\"/>");
}

void columns_special(struct buf *to, const struct page_day *bar, unsigned i)
{
	bar_draw((struct pen){ .to = to }, bar, i);
}

void columns_merged(struct buf *to, const struct page_window *w, const struct told *told)
{
	static const char *const classes[] = { "bu", "bs", "bd", "bm", "bn" };

	for (size_t k = 0; k < sizeof classes / sizeof *classes; k++) {
		struct buf path = BUF_INIT(PATH_MAX_BYTES);

		for (unsigned i = 0; i < w->n; i++)
			if (!told->is[i] && !page_day_is_plain(&w->days[i]))
				bar_draw((struct pen){ .to = &path, .only = classes[k] },
					 &w->days[i], i);
		if (path.n > 0)
			buf_printf(to, "<path class=\"%s\" d=\"%s\"/>", classes[k],
				   buf_text(&path));
		buf_done(&path);
	}
}
