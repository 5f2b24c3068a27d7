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
 * line of the form state_dir = "...". A guess, and so only one of the places
 * where a copy is looked for; a copy says itself whose it is.
 */
static const char *state_dir_guess(const struct loader *l)
{
	struct buf text = BUF_INIT(FILES_MAX);
	const char *line, *found = NULL;

	if (file_read(l->file, &text) == 0) {
		for (line = buf_text(&text); *line != '\0' && found == NULL;) {
			size_t n = strcspn(line, "\n");
			const char *at = line + strspn(line, " \t");
			const char *open = memchr(line, '"', n);
			const char *close =
				open != NULL ? memchr(open + 1, '"', (size_t)(line + n - open - 1))
					     : NULL;

			if (strncmp(at, "state_dir", 9) == 0 && close != NULL)
				found = arena_strndup(l->arena, open + 1,
						      (size_t)(close - open - 1));
			line += n + (line[n] == '\n');
		}
	}
	buf_done(&text);
	return found;
}

/* systemd gives several, with colons between them; the first one is ours. */
static const char *state_dir_given(const struct loader *l)
{
	const char *given = getenv("STATE_DIRECTORY");

	if (given == NULL || given[0] != '/')
		return NULL;
	return arena_strndup(l->arena, given, strcspn(given, ":"));
}

static struct files *copy_read(const struct loader *l, const char *state_dir, wall_t *ret_kept)
{
	const char *path;
	struct buf text = BUF_INIT(2 * FILES_MAX);
	struct files_home home = loader_home(l);
	struct files *files = NULL;
	struct stat st;

	if (state_dir == NULL)
		return NULL;
	path = arena_printf(l->arena, "%s/" FOLDER "/" NAME, state_dir);
	if (file_read(path, &text) == 0 && stat(path, &st) == 0)
		files = files_parse(buf_text(&text), text.n, &home);
	if (files != NULL)
		ret_kept->us =
			(int64_t)st.st_mtim.tv_sec * USEC_PER_SEC + st.st_mtim.tv_nsec / 1000;
	buf_done(&text);
	return files;
}

static struct files *copy_find(struct loader *l, wall_t *ret_kept)
{
	const char *guess = state_dir_guess(l);
	const char *places[] = {
		guess != NULL ? loader_beside(l, guess) : NULL,
		state_dir_given(l),
		STATE_USUAL,
	};
	struct files *files = NULL;

	for (size_t i = 0; i < sizeof places / sizeof places[0] && files == NULL; i++)
		files = copy_read(l, places[i], ret_kept);
	return files;
}

struct generation *conf_load_good_for(const char *path, struct conf_need need, struct diag *diag)
{
	struct arena *arena = arena_new();
	struct generation *generation = NULL;
	struct files *kept;
	struct loader l;
	wall_t when = { 0 };

	loader_init(&l, arena, diag, path);
	kept = copy_find(&l, &when);
	loader_done(&l);
	if (kept != NULL)
		generation = generation_load(
			&(struct source){ .path = path, .kept = kept, .need = need }, diag);
	if (generation != NULL) {
		generation->is_last_good = true;
		generation->kept = when;
	}
	files_free(kept);
	arena_free(arena);
	return generation;
}

struct generation *conf_load_good(const char *path, struct diag *diag)
{
	return conf_load_good_for(path, (struct conf_need){ .secrets = CONF_SECRETS_FOUND }, diag);
}
