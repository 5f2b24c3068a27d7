/*
 * keep.c - the last good copy of a configuration, and back from it.
 *
 * A machine that reboots into a broken configuration must not leave nobody
 * watching (DECISIONS 4). So what was taken over is kept in the state
 * directory, as one file that is replaced in one step: killed at any point,
 * there is the old copy or the new one. References to secrets stay
 * references, and relative paths still lie beside the configuration itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/file.h"
#include "conf/conf.h"
#include "conf/files.h"
#include "conf/load.h"
#include "conf/loader.h"

#define FOLDER	    "last-good"
#define NAME	    "configuration"
#define STATE_USUAL "/var/lib/shorewatch"
#define STATE_DIR   "state_dir"

/* ---- keeping ---- */

/* The folder, made when it is not there, and then durable. fd or -errno. */
static int folder_open(const char *state_dir)
{
	struct buf path = BUF_INIT(PATH_MAX);
	int parent, fd = -ENAMETOOLONG;

	buf_printf(&path, "%s/" FOLDER, state_dir);
	if (!buf_failed(&path))
		fd = file_open_dir(buf_text(&path));
	if (fd == -ENOENT && (fd = file_mkdir(buf_text(&path), 0700)) == 0) {
		parent = file_open_dir(state_dir);
		if (parent >= 0) {
			(void)fsync(parent); /* at worst the copy is made again */
			(void)close(parent);
		}
		fd = file_open_dir(buf_text(&path));
	}
	buf_done(&path);
	return fd;
}

static bool is_kept_already(const char *state_dir, const struct buf *text)
{
	struct buf path = BUF_INIT(PATH_MAX), kept = BUF_INIT(2 * FILES_MAX);
	bool is_same = false;

	buf_printf(&path, "%s/" FOLDER "/" NAME, state_dir);
	if (!buf_failed(&path) && file_read(buf_text(&path), &kept) == 0)
		is_same = kept.n == text->n && memcmp(kept.data, text->data, text->n) == 0;
	buf_done(&path);
	buf_done(&kept);
	return is_same;
}

static int copy_write(const char *state_dir, const struct buf *text)
{
	int fd = folder_open(state_dir);
	int r;

	if (fd < 0)
		return fd;
	r = file_replace(fd, NAME, text->data, text->n, 0600, true);
	(void)close(fd); /* file_replace has synced it */
	return r;
}

int conf_keep_good(struct generation *generation, bool *ret_is_new)
{
	const char *state_dir = generation->plan.state_dir;
	struct buf text = BUF_INIT(2 * FILES_MAX);
	bool is_new;
	int r;

	if (generation->files == NULL)
		return -ENODATA;
	r = files_print(generation->files, &text);
	if (r < 0)
		goto out;
	is_new = !is_kept_already(state_dir, &text);
	if (is_new)
		r = copy_write(state_dir, &text);
	if (r < 0)
		goto out;
	if (ret_is_new != NULL)
		*ret_is_new = is_new;
	files_free(generation->files);
	generation->files = NULL;
out:
	buf_done(&text);
	return r;
}

/* ---- back ---- */

/*
 * What a main file that cannot be read as a whole says about its state_dir: a
 * path behind that word, quoted or nearly so, for it may be this very line
 * that is broken. A guess, and so only one of the places where a copy is
 * looked for; a copy says itself whose it is.
 */
static const char *path_guess(struct loader *l, const char *text)
{
	const char *at = text + strspn(text, " \t=:\"");
	size_t n = strcspn(at, "\";\r\n");

	while (n > 0 && at[n - 1] == ' ')
		n--;
	return n > 0 ? loader_beside(l, arena_strndup(l->arena, at, n)) : NULL;
}

static bool is_in_a_comment(const char *line, const char *at)
{
	return strncmp(line, "//", 2) == 0 || memchr(line, '#', (size_t)(at - line)) != NULL;
}

/* Behind the next state_dir of `text` that no comment has put out of use; NULL: there is none. */
static const char *state_dir_next(const char *text)
{
	const char *found = text, *line = text;

	while ((found = strstr(found, STATE_DIR)) != NULL) {
		const char *newline = memrchr(line, '\n', (size_t)(found - line));

		line = newline != NULL ? newline + 1 : line;
		found += strlen(STATE_DIR);
		if (!is_in_a_comment(line, found))
			return found;
	}
	return NULL;
}

/* systemd gives several, with colons between them; the first one is ours. */
static const char *state_dir_given(const struct loader *l)
{
	const char *given = getenv("STATE_DIRECTORY");

	if (given == NULL || given[0] != '/')
		return NULL;
	return arena_strndup(l->arena, given, strcspn(given, ":"));
}

static struct files *copy_read(const struct loader *l, const char *state_dir,
			       const struct files_home *home, wall_t *ret_kept)
{
	const char *path;
	struct buf text = BUF_INIT(2 * FILES_MAX);
	struct files *files = NULL;
	struct stat st;

	if (state_dir == NULL)
		return NULL;
	path = arena_printf(l->arena, "%s/" FOLDER "/" NAME, state_dir);
	if (file_read(path, &text) == 0 && stat(path, &st) == 0)
		files = files_parse(buf_text(&text), text.n, home);
	if (files != NULL)
		ret_kept->us =
			(int64_t)st.st_mtim.tv_sec * USEC_PER_SEC + st.st_mtim.tv_nsec / 1000;
	buf_done(&text);
	return files;
}

/* Where the broken main file seems to say. */
static struct files *copy_guess(struct loader *l, const struct files_home *home, wall_t *ret_kept)
{
	struct buf text = BUF_INIT(FILES_MAX);
	struct files *files = NULL;
	const char *at = file_read(l->file, &text) == 0 ? buf_text(&text) : "";

	while (files == NULL && (at = state_dir_next(at)) != NULL)
		files = copy_read(l, path_guess(l, at), home, ret_kept);
	buf_done(&text);
	return files;
}

static struct files *copy_find(struct loader *l, wall_t *ret_kept)
{
	const struct files_home home = loader_home(l);
	struct files *files = copy_guess(l, &home, ret_kept);

	if (files == NULL)
		files = copy_read(l, state_dir_given(l), &home, ret_kept);
	return files != NULL ? files : copy_read(l, STATE_USUAL, &home, ret_kept);
}

/* With a state_dir what lies in it, whatever it is of. */
static struct generation *good_load(const char *path, const char *state_dir, struct conf_need need,
				    struct diag *diag)
{
	const struct files_home its_own = { 0 };
	struct arena *arena = arena_new();
	struct generation *generation = NULL;
	struct source source = { .need = need };
	struct files *kept;
	struct loader l;
	wall_t when = { 0 };

	loader_init(&l, arena, diag, path);
	kept = state_dir != NULL ? copy_read(&l, state_dir, &its_own, &when) : copy_find(&l, &when);
	loader_done(&l);
	if (kept != NULL) {
		source.path = kept->home.main_shown;
		source.kept = kept;
		generation = generation_load(&source, diag);
	}
	if (generation != NULL) {
		generation->is_last_good = true;
		generation->kept = when;
	}
	files_free(kept);
	arena_free(arena);
	return generation;
}

struct generation *conf_load_good_for(const char *path, struct conf_need need, struct diag *diag)
{
	return good_load(path, NULL, need, diag);
}

struct generation *conf_load_good_in(const char *state_dir, struct conf_need need,
				     struct diag *diag)
{
	struct generation *generation = good_load("", state_dir, need, diag);

	if (generation != NULL)
		generation->plan.state_dir = arena_strdup(generation->arena, state_dir);
	return generation;
}

struct generation *conf_load_good(const char *path, struct diag *diag)
{
	return conf_load_good_for(path, (struct conf_need){ .secrets = CONF_SECRETS_FOUND }, diag);
}
