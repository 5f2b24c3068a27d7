/*
 * scanned.h - one text made of a file and all that it includes, each line of
 * which still knows where it came from.
 */
#ifndef CONF_SCANNED_H
#define CONF_SCANNED_H

#include <stddef.h>

#include "base/buf.h"

struct loader;

/* One text made of a file and all that it includes, and where each line of it came from. */
struct scanned {
	struct buf text;
	unsigned line; /* the last one so far, from 1 */
	struct scan_origin {
		unsigned from; /* this line of the text, and those behind it, */
		const char *file;
		unsigned line; /* are this line of the file, and those behind it */
	} * origins;
	size_t n, room;
};

void scanned_init(struct scanned *scanned);
/* What is added next begins with this line of `file`. */
void scanned_mark(struct loader *l, struct scanned *scanned, const char *file, unsigned line);
void scanned_add(struct scanned *scanned, const char *from, size_t n);
void scanned_done(struct scanned *scanned);
/* Where a line of the text stands. `line` 0: in the first file, unknown. */
struct scan_origin scanned_place(const struct scanned *scanned, unsigned line);

#endif
