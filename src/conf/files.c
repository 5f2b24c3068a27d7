/*
 * files.c - the texts of a configuration, gathered and kept.
 *
 * Written by us and read by us, yet from a disk: what does not fit together
 * in every byte is refused as a whole.
 */
#include "conf/files.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/key.h"
#include "base/words.h"

#define HEAD	 "shorewatch kept configuration 1"
#define OF	 "of "
#define SUM	 "sum "
#define LINE_MAX 8192 /* bytes of a line that is ours */

static const char *const roles[] = { "main", "targets", "included" };

#define ROLES (sizeof roles / sizeof roles[0])

struct files *files_new(const struct files_home *home)
{
	struct arena *arena = arena_new();
	struct files *files = arena_alloc(arena, 1, sizeof *files);

	files->arena = arena;
	if (home->main_path != NULL)
		files->home = (struct files_home){
			.main_path = arena_strdup(arena, home->main_path),
			.main_shown = arena_strdup(arena, home->main_shown),
			.dir = arena_strdup(arena, home->dir),
		};
	files->last = &files->first;
	return files;
}

void files_free(struct files *files)
{
	if (files != NULL)
		arena_free(files->arena); /* it holds the list itself */
}

void files_add(struct files *files, enum file_role role, const char *path, const void *bytes,
	       size_t n)
{
	struct file_text *file;

	if (files_find(files, path) != NULL)
		return;
	file = arena_alloc(files->arena, 1, sizeof *file);
	file->role = role;
	file->path = arena_strdup(files->arena, path);
	file->bytes = arena_strndup(files->arena, n > 0 ? bytes : "", n);
	file->n = n;
	*files->last = file;
	files->last = &file->next;
}

const struct file_text *files_find(const struct files *files, const char *path)
{
	for (const struct file_text *f = files->first; f != NULL; f = f->next) {
		if (strcmp(f->path, path) == 0)
			return f;
	}
	return NULL;
}

/* ---- the kept form ---- */

static const char *path_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 && path[n] == '/' ? path + n + 1 : path;
}

int files_print(const struct files *files, struct buf *to)
{
	const struct files_home *home = &files->home;
	size_t before = to->n;

	if (strchr(home->main_path, '\n') != NULL)
		return -EINVAL;
	buf_printf(to, HEAD "\n" OF "%s\n", home->main_path);
	for (const struct file_text *f = files->first; f != NULL; f = f->next) {
		if (strchr(f->path, '\n') != NULL)
			return -EINVAL;
		buf_printf(to, "%s %zu %s\n", roles[f->role], f->n,
			   f->role == FILE_MAIN ? "" : path_below(f->path, home->dir));
		buf_add(to, f->bytes, f->n);
		buf_putc(to, '\n');
	}
	if (buf_failed(to))
		return -EFBIG;
	buf_printf(to, SUM "%016" PRIx64 "\n", key_hash(to->data + before, to->n - before, 0));
	return buf_failed(to) ? -EFBIG : 0;
}

struct reading {
	struct files *files;
	const char *at, *end;
};

/* The rest of this line without its break, into `line`. False: there is none that fits. */
static bool line_take(struct reading *r, char *line, size_t max)
{
	const char *end = memchr(r->at, '\n', (size_t)(r->end - r->at));
	size_t n = end != NULL ? (size_t)(end - r->at) : max;

	if (n >= max || memchr(r->at, '\0', n) != NULL)
		return false;
	memcpy(line, r->at, n);
	line[n] = '\0';
	r->at = end + 1;
	return true;
}

static bool word_is(const char *text, const char *word)
{
	return strncmp(text, word, strlen(word)) == 0;
}

static bool role_find(const char *word, enum file_role *ret)
{
	for (size_t i = 0; i < ROLES; i++) {
		if (strcmp(word, roles[i]) == 0) {
			*ret = (enum file_role)i;
			return true;
		}
	}
	return false;
}

static const char *path_full(struct reading *r, enum file_role role, const char *path)
{
	if (role == FILE_MAIN)
		return r->files->home.main_shown;
	if (path[0] == '/')
		return path;
	return arena_printf(r->files->arena, "%s/%s", r->files->home.dir, path);
}

/* "ROLE BYTES PATH", the bytes, a line break. */
static bool file_take(struct reading *r, char *line)
{
	char *size = strchr(line, ' ');
	char *path = size != NULL ? strchr(size + 1, ' ') : NULL;
	enum file_role role;
	int64_t n;

	if (path == NULL)
		return false;
	*size++ = '\0';
	*path++ = '\0';
	if (!role_find(line, &role) || !words_int(size, 0, r->end - r->at - 1, &n) ||
	    r->at[n] != '\n')
		return false;
	files_add(r->files, role, path_full(r, role, path), r->at, (size_t)n);
	r->at += n + 1;
	return true;
}

static bool sum_is_right(const char *text, const char *at, const char *word)
{
	uint64_t sum;

	return words_hex64(word, &sum) && sum == key_hash(text, (size_t)(at - text), 0);
}

/* It is of the file that was asked for; or of whichever it says. */
static bool home_take(struct files *files, const char *word)
{
	struct files_home *home = &files->home;
	const char *path, *slash;

	if (home->main_path != NULL)
		return strcmp(word, home->main_path) == 0;
	path = arena_strdup(files->arena, word);
	slash = strrchr(path, '/');
	home->main_path = home->main_shown = path;
	home->dir = slash == NULL   ? "."
		    : slash == path ? "/"
				    : arena_strndup(files->arena, path, (size_t)(slash - path));
	return path[0] != '\0';
}

static bool kept_read(struct reading *r, const char *text)
{
	char line[LINE_MAX];

	if (!line_take(r, line, sizeof line) || strcmp(line, HEAD) != 0)
		return false;
	if (!line_take(r, line, sizeof line) || !word_is(line, OF) ||
	    !home_take(r->files, line + strlen(OF)))
		return false;
	for (;;) {
		const char *began = r->at;

		if (!line_take(r, line, sizeof line))
			return false;
		if (word_is(line, SUM))
			return r->at == r->end && r->files->first != NULL &&
			       r->files->first->role == FILE_MAIN &&
			       sum_is_right(text, began, line + strlen(SUM));
		if (!file_take(r, line))
			return false;
	}
}

struct files *files_parse(const char *text, size_t n, const struct files_home *home)
{
	struct reading r = { files_new(home), text, text + n };

	if (kept_read(&r, text))
		return r.files;
	files_free(r.files);
	return NULL;
}
