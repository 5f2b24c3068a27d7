/*
 * table.h - cells of a table on a terminal, and times in it.
 */
#ifndef APP_TABLE_H
#define APP_TABLE_H

#include <stddef.h>

#include "shorewatch/time.h"

struct buf;

/* Foreign text, cleaned, and at least two spaces behind it. */
void table_cell(struct buf *to, const char *text, size_t columns);
/* "2026-11-21 14:01:40"; "-" when unset. */
void table_time(struct buf *to, wall_t at);
void table_time_cell(struct buf *to, wall_t at);

#endif
