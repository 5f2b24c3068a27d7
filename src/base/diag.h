/*
 * diag.h - faults collected rather than thrown: all of them, each with its place.
 */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include <stddef.h>

struct arena;

enum diag_level { DIAG_WARNING, DIAG_FAULT };

struct diag_entry {
	enum diag_level level;
	const char *file; /* NULL: the whole configuration */
	unsigned line;	  /* 0: unknown */
	const char *text; /* what is wrong and what to do */
	struct diag_entry *next;
};

struct diag {
	struct arena *arena;
	struct diag_entry *first, **last;
	size_t faults, warnings;
};

void diag_init(struct diag *d, struct arena *arena);
void diag_add(struct diag *d, enum diag_level level, const char *file, unsigned line,
	      const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
