/*
 * rows.h - a struct as one line of "key=value" words, from a table of its
 * fields: writing and reading cannot drift apart, unknown keys are passed
 * over and missing ones leave the field as it is, so that versions can differ.
 */
#ifndef CORE_ROWS_H
#define CORE_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "shorewatch/time.h"

struct buf;

enum row_type {
	ROW_WORD,    /* char[size], no spaces */
	ROW_TEXT,    /* char[size], any text: spaces, controls and '%' are written as %XX */
	ROW_INT,     /* int, also enums */
	ROW_COUNT,   /* unsigned, uint32_t */
	ROW_LONG,    /* uint64_t, as a decimal below 2^63 */
	ROW_ID,	     /* uint64_t, as hex */
	ROW_BOOL,
	ROW_SPAN,    /* usec_t */
	ROW_MONO,    /* shifted when restored, unless it is one of the marks */
	ROW_WALL,
	ROW_NOW,     /* "mono,wall" */
	ROW_OUTCOME, /* by its code */
};

struct row {
	const char *key;
	enum row_type type;
	size_t offset, size;
};

#define ROW(struct_type, field, row_type, name)                                                    \
	{                                                                                          \
		name, row_type, offsetof(struct struct_type, field),                               \
			sizeof(((struct struct_type *)0)->field)                                   \
	}
#define ROW_END { NULL, ROW_INT, 0, 0 }

/* Fields whose bytes are all zero are left out. The line goes on. */
void rows_add(struct buf *to, const struct row *rows, const void *from);
/* The same, and the line ends. */
void rows_write(struct buf *to, const struct row *rows, const void *from);
/* False: a known key has a value that cannot be. `shift` is added to monotonic times. */
bool rows_read(const char *line, size_t n, const struct row *rows, usec_t shift, void *to);

#endif
