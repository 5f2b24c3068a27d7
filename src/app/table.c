/*
 * table.c - see table.h.
 */
#include "app/table.h"

#include "base/buf.h"
#include "base/calendar.h"
#include "base/text.h"

#define TIME_COLUMNS 19

void table_cell(struct buf *to, const char *text, size_t columns)
{
	size_t from = to->n, used;

	text_line(to, text);
	used = text_columns(buf_text(to) + from);
	do
		buf_putc(to, ' ');
	while (++used < columns + 2);
}

void table_time(struct buf *to, wall_t at)
{
	if (!wall_is_set(at)) {
		buf_putc(to, '-');
		return;
	}
	calendar_print_date(to, calendar_day(at));
	buf_putc(to, ' ');
	calendar_print_time(to, at);
}

void table_time_cell(struct buf *to, wall_t at)
{
	struct buf text = BUF_INIT(64);

	table_time(&text, at);
	table_cell(to, buf_text(&text), TIME_COLUMNS);
	buf_done(&text);
}
