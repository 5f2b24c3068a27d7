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

/* 0 or -errno; -EFBIG past the buffer's cap. Regular files only (-EINVAL). */
int file_read(const char *path, struct buf *ret);
/* temporary name in the same directory, write, fsync, rename, fsync of the directory. 0 or -errno. */
int file_replace(int dirfd, const char *name, const void *bytes, size_t n, mode_t mode, bool is_synced);
/* mkdir -p of the last component chain; an existing directory is fine. 0 or -errno. */
int file_mkdir(const char *path, mode_t mode);
/* Opened O_DIRECTORY|O_NOFOLLOW|O_CLOEXEC. fd or -errno. */
int file_open_dir(const char *path);
int file_write_all(int fd, const void *bytes, size_t n);

#endif
