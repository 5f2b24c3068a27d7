/*
 * diag.c - the list of faults, in the order in which they were found.
 */
#include "base/diag.h"

#include <stdarg.h>

#include "base/arena.h"

void diag_init(struct diag *d, struct arena *arena)
{
	*d = (struct diag){.arena = arena};
	d->last = &d->first;
}

void diag_add(struct diag *d, enum diag_level level, const char *file, unsigned line,
	      const char *format, ...)
{
	struct diag_entry *entry = arena_alloc(d->arena, 1, sizeof *entry);
	va_list args;

	entry->level = level;
	/* A copy: the name may belong to a file that is closed before the list is read. */
	entry->file = file != NULL ? arena_strdup(d->arena, file) : NULL;
	entry->line = line;
	va_start(args, format);
	entry->text = arena_vprintf(d->arena, format, args);
	va_end(args);

	*d->last = entry;
	d->last = &entry->next;
	switch (level) {
	case DIAG_WARNING:
		d->warnings++;
		break;
	case DIAG_FAULT:
		d->faults++;
		break;
	}
}
