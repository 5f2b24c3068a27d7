/*
 * files.h - the texts that a configuration was made of, and their kept form.
 *
 * One text holds them all, so that it can be replaced in one step: a line for
 * each file with its role, size and path, then its bytes, and a last line with
 * the sum of everything before it.
 */
#ifndef CONF_FILES_H
#define CONF_FILES_H

#include <stddef.h>

struct arena;
struct buf;

enum file_role { FILE_MAIN, FILE_TARGETS, FILE_INCLUDED };

struct file_text {
	enum file_role role;
	const char *path;  /* as it is called in messages */
	const char *bytes; /* terminated; may hold zero bytes */
	size_t n;
	struct file_text *next;
};

/* Where the configuration lies. */
struct files_home {
	const char *main_path;	/* absolute; NULL, for files_parse(): what the text says */
	const char *main_shown; /* the same in messages */
	const char *dir;	/* of the main file, in messages */
};

/* In the order in which they were read. Owns all its texts. */
struct files {
	struct arena *arena;
	struct files_home home;
	struct file_text *first, **last;
};

#define FILES_MAX ((size_t)64 * 1024 * 1024) /* bytes of all files together */

/* Copies the texts of `home`. */
struct files *files_new(const struct files_home *home);
/* NULL is fine. */
void files_free(struct files *files);
/* Copies both. A file that was read twice is there once. */
void files_add(struct files *files, enum file_role role, const char *path, const void *bytes,
	       size_t n);
/* NULL: there is none of this name. */
const struct file_text *files_find(const struct files *files, const char *path);

/* The kept form; paths below home.dir are written without it. 0; -EINVAL: a path holds a line
 * break; -EFBIG. */
int files_print(const struct files *files, struct buf *to);
/* Back from files_print(). NULL: it is damaged, or of another main file. */
struct files *files_parse(const char *text, size_t n, const struct files_home *home);

#endif
