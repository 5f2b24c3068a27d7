/*
 * settings.h - a configuration file as a tree of settings, each with its place.
 *
 * The only part that knows libconfig; everything behind it reads this tree.
 */
#ifndef CONF_SETTINGS_H
#define CONF_SETTINGS_H

#include <stddef.h>
#include <stdint.h>

#include "conf/files.h"

struct loader;

#define SETTINGS_FILE_MAX ((size_t)1024 * 1024) /* bytes of one file */

enum setting_type {
	SETTING_GROUP, /* { } */
	SETTING_LIST,  /* ( ) and [ ] */
	SETTING_TEXT,
	SETTING_INT,
	SETTING_FRACTION,
	SETTING_BOOL,
};

struct setting {
	const char *name; /* NULL: an element of a list, or the whole file */
	enum setting_type type;
	const char *file;
	unsigned line;
	const char *text;	      /* SETTING_TEXT */
	int64_t number;		      /* SETTING_INT; SETTING_BOOL as 0 or 1 */
	struct setting *first, *next; /* members or elements; the next sibling */
};

/* The tree of one file, or of a text that is called `path`. NULL: a fault was told. */
const struct setting *settings_read_file(struct loader *l, enum file_role role, const char *path);
const struct setting *settings_read_text(struct loader *l, const char *text, size_t n,
					 const char *path);
/* The member of a group. NULL: none, or `group` is NULL. */
const struct setting *setting_find(const struct setting *group, const char *name);
/* The n-th element of a list; a setting that is no list is its own element. NULL: none. */
const struct setting *setting_element(const struct setting *list, size_t index);
/* A group with one text in it, as if it had been written where `at` is. */
const struct setting *setting_group_of(struct loader *l, const struct setting *at, const char *name,
				       const char *text);
/* "a text", "a group": for messages. */
const char *setting_type_name(enum setting_type type);

#endif
