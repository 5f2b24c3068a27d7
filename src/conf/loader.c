/*
 * loader.c - where a configuration lies, and the faults found in it.
 *
 * The caller's diag copies what it is given, so that faults outlive the
 * generation's arena, which ends with a load that failed. They are found in
 * the order in which the parts depend on each other, and told in the order in
 * which somebody goes through the files.
 */
#include "conf/loader.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/text.h"
#include "conf/settings.h"

struct file_name {
	const char *path;
	struct file_name *next;
};

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
	diag_add(l->diag, level, file, line, "%s", arena_vprintf(l->scratch, format, args));
}

void loader_init(struct loader *l, struct arena *arena, struct diag *diag, const char *file)
{
	*l = (struct loader){ .arena = arena, .diag = diag, .file = arena_strdup(arena, file) };
	l->scratch = arena_new();
	l->faults = diag->faults;
	l->told = diag->last;
	l->names_last = &l->names;
	l->dir = directory_of(arena, file);
	l->root = directory_absolute(arena, l->dir);
}

/* The half of a pair that is probed by IPv6 stands in the file under the pair's name. */
static bool is_named(const char *wanted, const char *name)
{
	size_t n = strlen(name);

	return strncmp(wanted, name, n) == 0 &&
	       (wanted[n] == '\0' || strcmp(wanted + n, TWIN_SUFFIX) == 0);
}

void loader_secrets_for(struct loader *l, const char *name)
{
	switch (l->need.secrets) {
	case CONF_SECRETS_ALL:
	case CONF_SECRETS_SERVICE:
	case CONF_SECRETS_FOUND:
		l->reads_secrets = true;
		break;
	case CONF_SECRETS_TARGET:
		l->reads_secrets =
			name != NULL && l->need.target != NULL && is_named(l->need.target, name);
		break;
	case CONF_SECRETS_NONE:
		l->reads_secrets = false;
		break;
	}
}

bool loader_has_fault(const struct loader *l)
{
	return l->diag->faults > l->faults;
}

void fault_at(struct loader *l, const struct setting *at, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	message_add(l, l->is_lenient ? DIAG_WARNING : DIAG_FAULT, at != NULL ? at->file : NULL,
		    at != NULL ? at->line : 0, format, args);
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
	shown = arena_strdup(l->scratch, buf_text(&clean));
	buf_done(&clean);
	return shown;
}

const char *loader_text(struct loader *l, const char *text)
{
	return texts_keep(&l->texts, l->arena, l->scratch, text);
}

const char *loader_beside(struct loader *l, const char *path)
{
	if (path[0] == '/')
		return path;
	return arena_printf(l->arena, "%s/%s", l->root, path);
}

/* ---- files ---- */

struct files_home loader_home(const struct loader *l)
{
	const char *slash = strrchr(l->file, '/');
	const char *name = slash != NULL ? slash + 1 : l->file;

	return (struct files_home){
		.main_path = arena_printf(l->arena, "%s/%s", l->root, name),
		.main_shown = l->file,
		.dir = l->dir,
	};
}

void loader_meet(struct loader *l, const char *path)
{
	struct file_name *name = arena_alloc(l->scratch, 1, sizeof *name);

	name->path = path;
	*l->names_last = name;
	l->names_last = &name->next;
}

static int kept_read(const struct files *kept, const char *path, struct buf *ret)
{
	const struct file_text *file = files_find(kept, path);

	if (file == NULL)
		return -ENOENT;
	if (file->n > ret->cap - ret->n)
		return -EFBIG;
	buf_add(ret, file->bytes, file->n);
	return buf_failed(ret) ? -ENOMEM : 0;
}

int loader_read(struct loader *l, enum file_role role, const char *path, struct buf *ret)
{
	size_t before = ret->n;
	int r = l->kept != NULL ? kept_read(l->kept, path, ret) : file_read(path, ret);

	if (r == 0 && l->files != NULL)
		files_add(l->files, role, path, buf_text(ret) + before, ret->n - before);
	return r;
}

/* ---- order ---- */

struct place {
	struct diag_entry *entry;
	size_t file, index;
};

/* Behind all files: what concerns the configuration as a whole. */
static size_t file_order(const struct loader *l, const char *file)
{
	size_t order = 0;

	for (const struct file_name *n = l->names; n != NULL; n = n->next, order++) {
		if (file != NULL && strcmp(n->path, file) == 0)
			return order;
	}
	return file != NULL ? order : order + 1;
}

static int place_compare(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	if (x->entry->line != y->entry->line)
		return x->entry->line < y->entry->line ? -1 : 1;
	return x->index < y->index ? -1 : 1;
}

static void entries_link(struct loader *l, const struct place *places, size_t n)
{
	struct diag_entry **end = l->told;

	for (size_t i = 0; i < n; i++) {
		*end = places[i].entry;
		end = &places[i].entry->next;
	}
	*end = NULL;
	l->diag->last = end;
}

static void entries_sort(struct loader *l)
{
	struct place *places;
	size_t n = 0;

	for (const struct diag_entry *e = *l->told; e != NULL; e = e->next)
		n++;
	places = arena_alloc(l->scratch, n + 1, sizeof *places);
	n = 0;
	for (struct diag_entry *e = *l->told; e != NULL; e = e->next, n++)
		places[n] = (struct place){ e, file_order(l, e->file), n };
	if (n > 1)
		qsort(places, n, sizeof *places, place_compare);
	entries_link(l, places, n);
}

void loader_done(struct loader *l)
{
	entries_sort(l);
	arena_free(l->scratch);
}
