/*
 * store_file.c - what happens to the database's file outside of SQLite.
 */
#include "io/store_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"

/* Made by us before SQLite sees it, so that nobody else can ever read it. */
int store_file_prepare(const char *path, struct store_file *ret)
{
	int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	struct stat is;
	int r = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &is) < 0)
		r = -errno;
	else if (!S_ISREG(is.st_mode))
		r = -EINVAL;
	else if ((is.st_mode & 0077) != 0 && fchmod(fd, 0600) < 0)
		r = -errno;
	close(fd);
	if (r == 0)
		*ret = (struct store_file){ is.st_dev, is.st_ino, is.st_size };
	return r;
}

bool store_file_is_same(const char *path, const struct store_file *file)
{
	struct stat is;

	return lstat(path, &is) == 0 && is.st_dev == file->device && is.st_ino == file->inode;
}

/* The WAL goes with its database: a person may still read both together. */
int store_file_set_aside(const char *path, struct now now, char *note, size_t note_max)
{
	struct buf from = BUF_INIT(8192), to = BUF_INIT(8192);
	int r = 0;

	buf_printf(&to, "%s.broken-%" PRId64, path, now.wall.us / USEC_PER_SEC);
	if (buf_failed(&to) || rename(path, buf_text(&to)) < 0)
		r = buf_failed(&to) ? -ENAMETOOLONG : -errno;
	else
		snprintf(note, note_max,
			 "the history was broken; it is kept as %s, a new one was begun",
			 buf_text(&to));
	buf_puts(&to, "-wal");
	buf_printf(&from, "%s-wal", path);
	if (r == 0 && rename(buf_text(&from), buf_text(&to)) < 0 && errno != ENOENT)
		r = -errno;
	buf_done(&from);
	buf_done(&to);
	return r;
}

void store_boot_read(char boot[BOOT_ID_MAX])
{
	struct buf text = BUF_INIT(BOOT_ID_MAX);

	boot[0] = '\0';
	if (file_read("/proc/sys/kernel/random/boot_id", &text) == 0)
		snprintf(boot, BOOT_ID_MAX, "%.*s", (int)strcspn(buf_text(&text), "\n"),
			 buf_text(&text));
	buf_done(&text);
}
