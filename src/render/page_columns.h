/*
 * page_columns.h - the pictures of days: a column a day, in an SVG.
 *
 * Internal to render; page_bars.c puts words to them.
 */
#ifndef RENDER_PAGE_COLUMNS_H
#define RENDER_PAGE_COLUMNS_H

#include "render/page_days.h"

struct buf;

#define COLUMN_PITCH  8	 /* from column to column */
#define COLUMN_BOTTOM 36 /* of the picture */

/* The days that have words, and are elements of their own. */
struct told {
	bool is[ROLLUP_DAYS];
};

/* All the plain ones of the first `n` days. */
void columns_plain(struct buf *to, const struct page_day *days, unsigned n);
/* `n` days from `first` on of which nothing is known. */
void columns_blank(struct buf *to, unsigned first, unsigned n);
/* The i-th day. */
void columns_special(struct buf *to, const struct page_day *day, unsigned i);
/* The special days that are not told: all pieces of a class are one path. */
void columns_merged(struct buf *to, const struct page_window *window, const struct told *told);

#endif
