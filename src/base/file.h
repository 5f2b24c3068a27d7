/*
 * file.h - whole files: read with a cap, written so that a reader or a power
 * cut sees the old or the new, never a part.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct buf;

/* Appends the whole file. 0, or -errno, and then `ret` is as it was; -EFBIG past its cap.
 * Regular files only (-EINVAL). */
int file_read(const char *path, struct buf *ret);
/* Temporary name in the same directory, write, fsync, rename, fsync of the directory. 0 or -errno.
 * `name` may have parts ("t/blog.html") whose directories exist. `mode` is exact, whatever
 * the umask. One writer a name: what a dead one left under the temporary name is removed. */
int file_replace(int dirfd, const char *name, const void *bytes, size_t n, mode_t mode,
		 bool is_synced);
/*
 * What a file is to hold, when that is too much to be held in memory: written to `fd`. 0 or -errno.
 */
struct file_source {
	void *ctx;
	int (*fill)(void *ctx, int fd);
};

/* As file_replace(); what `source` answers with, when it fails. */
int file_replace_with(int dirfd, const char *name, const struct file_source *source, mode_t mode,
		      bool is_synced);
/* mkdir -p; an existing directory is fine and keeps its mode, a new one gets exactly `mode`.
 * 0 or -errno. */
int file_mkdir(const char *path, mode_t mode);
/* Opened O_DIRECTORY|O_NOFOLLOW|O_CLOEXEC. fd or -errno. */
int file_open_dir(const char *path);
/* 0 or -errno; goes on after short writes and signals. */
int file_write_all(int fd, const void *bytes, size_t n);

#endif
