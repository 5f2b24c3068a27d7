/*
 * loader.c - where a configuration lies, and the faults found in it.
 *
 * The caller's diag copies what it is given, so that faults outlive the
 * generation's arena, which ends with a load that failed.
 */
#include "conf/loader.h"

#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/text.h"
#include "conf/settings.h"

static const char *directory_of(struct arena *arena, const char *file)
{
	const char *slash = strrchr(file, '/');

	if (slash == NULL)
		return ".";
	if (slash == file)
		return "/";
	return arena_strndup(arena, file, (size_t)(slash - file));
}

/* The directory of a text that is no file need not exist: then its name has to do. */
static const char *directory_absolute(struct arena *arena, const char *dir)
{
	char real[PATH_MAX];

	return realpath(dir, real) != NULL ? arena_strdup(arena, real) : dir;
}

static void message_add(struct loader *l, enum diag_level level, const char *file, unsigned line,
			const char *format, va_list args)
{
	diag_add(l->diag, level, file, line, "%s", arena_vprintf(l->diag->arena, format, args));
}

void loader_init(struct loader *l, struct arena *arena, struct diag *diag, const char *file)
{
	*l = (struct loader){ .arena = arena, .diag = diag, .file = arena_strdup(arena, file) };
	l->faults = diag->faults;
	l->dir = directory_of(arena, file);
	l->root = directory_absolute(arena, l->dir);
}

bool loader_has_fault(const struct loader *l)
{
	return l->diag->faults > l->faults;
}

void fault_at(struct loader *l, const struct setting *at, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	message_add(l, DIAG_FAULT, at != NULL ? at->file : NULL, at != NULL ? at->line : 0, format,
		    args);
	va_end(args);
}

void warn_at(struct loader *l, const struct setting *at, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	message_add(l, DIAG_WARNING, at != NULL ? at->file : NULL, at != NULL ? at->line : 0,
		    format, args);
	va_end(args);
}

void fault_in(struct loader *l, const char *file, unsigned line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	message_add(l, DIAG_FAULT, file, line, format, args);
	va_end(args);
}

const char *loader_shown(struct loader *l, const char *text)
{
	struct buf clean = BUF_INIT(4096);
	const char *shown;

	text_line(&clean, text);
	shown = arena_strdup(l->arena, buf_text(&clean));
	buf_done(&clean);
	return shown;
}

const char *loader_beside(struct loader *l, const char *path)
{
	if (path[0] == '/')
		return path;
	return arena_printf(l->arena, "%s/%s", l->root, path);
}
