/*
 * credential.c - systemd's credentials, looked for by hand.
 *
 * `check` and `test-mail` are run by a person, to whom nothing was handed
 * over; root may look where the service will get them from: systemd.exec(5),
 * LoadCredential=. Only what a person writes is understood: plain lines of
 * the unit and its drop-ins, no continuation lines, no globs.
 */
#include "conf/credential.h"

#include <dirent.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/file.h"

#define UNIT	 "shorewatch.service"
#define UNIT_MAX ((size_t)256 * 1024) /* bytes of a unit's file */
#define KEY	 "LoadCredential="

/* In systemd's order: what an administrator wrote comes first. */
static const char *const unit_folders[] = {
	"/etc/systemd/system",	   "/run/systemd/system", "/usr/local/lib/systemd/system",
	"/usr/lib/systemd/system", "/lib/systemd/system",
};
static const char *const stores[] = { "/etc/credstore", "/run/credstore",
				      "/usr/local/lib/credstore", "/usr/lib/credstore" };
static const char *const encrypted_stores[] = { "/etc/credstore.encrypted",
						"/run/credstore.encrypted" };

#define COUNT(all) (sizeof(all) / sizeof(all)[0])

/* "LoadCredential=NAME:/PATH" in one line of n bytes; a later line overrules an earlier one. */
static void line_read(struct arena *arena, const char *line, size_t n, const char *name,
		      const char **path)
{
	size_t key = strlen(KEY), length = strlen(name);

	while (n > 0 && (line[n - 1] == ' ' || line[n - 1] == '\t' || line[n - 1] == '\r'))
		n--;
	if (n <= key + length + 1 || strncmp(line, KEY, key) != 0 ||
	    strncmp(line + key, name, length) != 0 || line[key + length] != ':')
		return;
	if (line[key + length + 1] == '/')
		*path = arena_strndup(arena, line + key + length + 1, n - key - length - 1);
}

static void unit_read(struct arena *arena, const char *file, const char *name, const char **path)
{
	struct buf text = BUF_INIT(UNIT_MAX);
	const char *line;

	if (file_read(file, &text) == 0) {
		for (line = buf_text(&text); *line != '\0';) {
			size_t n = strcspn(line, "\n");

			line_read(arena, line, n, name, path);
			line += n + (line[n] == '\n');
		}
	}
	buf_done(&text);
}

static bool is_drop_in(const char *name)
{
	size_t n = strlen(name);

	return n > 5 && strcmp(name + n - 5, ".conf") == 0 && name[0] != '.';
}

static void drop_ins_read(struct arena *arena, const char *folder, const char *name,
			  const char **path)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL) {
		if (is_drop_in(entry->d_name))
			unit_read(arena, arena_printf(arena, "%s/%s", folder, entry->d_name), name,
				  path);
	}
	(void)closedir(dir); /* it was only read */
}

static const char *unit_path(struct arena *arena, const char *root, const char *name)
{
	const char *path = NULL;

	for (size_t i = COUNT(unit_folders); i-- > 0;)
		unit_read(arena, arena_printf(arena, "%s%s/" UNIT, root, unit_folders[i]), name,
			  &path);
	for (size_t i = COUNT(unit_folders); i-- > 0;)
		drop_ins_read(arena, arena_printf(arena, "%s%s/" UNIT ".d", root, unit_folders[i]),
			      name, &path);
	return path != NULL ? arena_printf(arena, "%s%s", root, path) : NULL;
}

static const char *store_find(struct arena *arena, const char *root, const char *const *folders,
			      size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		const char *path = arena_printf(arena, "%s%s/%s", root, folders[i], name);

		if (access(path, F_OK) == 0)
			return path;
	}
	return NULL;
}

const char *credential_find(struct arena *arena, const char *root, const char *name)
{
	const char *path = unit_path(arena, root, name);

	if (path != NULL)
		return path;
	return store_find(arena, root, stores, COUNT(stores), name);
}

const char *credential_find_encrypted(struct arena *arena, const char *root, const char *name)
{
	return store_find(arena, root, encrypted_stores, COUNT(encrypted_stores), name);
}
