/*
 * file.c - whole files, read with a cap and replaced in one step.
 *
 * Blocks on the disk: whoever must not wait calls it on the worker thread.
 */
#include "base/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

#define READ_BYTES 16384

/* Read to the end rather than to st_size: the file may grow, and some files say they have none. */
static int fd_read_all(int fd, struct buf *to)
{
	char chunk[READ_BYTES];

	for (;;) {
		ssize_t n = read(fd, chunk, sizeof chunk);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0;
		if ((size_t)n > to->cap - to->n)
			return -EFBIG;
		buf_add(to, chunk, (size_t)n);
		if (buf_failed(to))
			return -ENOMEM;
	}
}

static void buf_rewind(struct buf *b, size_t n)
{
	b->n = n;
	b->has_failed = false;
	if (b->data != NULL)
		b->data[n] = '\0';
}

/* Opened without waiting: a FIFO in place of a file must not stop us. */
int file_read(const char *path, struct buf *ret)
{
	struct stat st;
	size_t before = ret->n;
	int fd, r;

	assert(!buf_failed(ret));
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		r = -errno;
	else if (!S_ISREG(st.st_mode))
		r = -EINVAL;
	else
		r = fd_read_all(fd, ret);
	(void)close(fd); /* only read from: nothing can be lost */
	if (r < 0)
		buf_rewind(ret, before);
	return r;
}

int file_write_all(int fd, const void *bytes, size_t n)
{
	const char *at = bytes;

	while (n > 0) {
		ssize_t written = write(fd, at, n);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -errno;
		at += written;
		n -= (size_t)written;
	}
	return 0;
}

/* Where the last part of `name` begins. */
static size_t name_base(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash != NULL ? (size_t)(slash - name) + 1 : 0;
}

/* "t/blog.html" to "t/.blog.html.new" */
static int name_temporary(const char *name, char temporary[PATH_MAX])
{
	size_t base = name_base(name);
	int n;

	if (strlen(name) >= PATH_MAX)
		return -ENAMETOOLONG;
	n = snprintf(temporary, PATH_MAX, "%.*s.%s.new", (int)base, name, name + base);
	return n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : 0;
}

static int fd_fill(int fd, const struct file_source *source, mode_t mode, bool is_synced)
{
	int r = source->fill(source->ctx, fd);

	if (r < 0)
		return r;
	if (fchmod(fd, mode) < 0)
		return -errno;
	return is_synced && fsync(fd) < 0 ? -errno : 0;
}

static int temporary_write(int dirfd, const char *temporary, const struct file_source *source,
			   mode_t mode, bool is_synced)
{
	int fd, r;

	/* What is there is left over from a crash, or somebody's link; O_EXCL follows neither. */
	(void)unlinkat(dirfd, temporary, 0);
	fd = openat(dirfd, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	r = fd_fill(fd, source, mode, is_synced);
	if (close(fd) < 0 && r == 0)
		r = -errno; /* network file systems report a full disk here */
	return r;
}

/* The rename lives in the directory that holds the name, which need not be `dirfd` itself. */
static int directory_sync(int dirfd, const char *name)
{
	char parent[PATH_MAX];
	size_t base = name_base(name);
	int fd, r;

	if (base == 0)
		return fsync(dirfd) < 0 ? -errno : 0;
	memcpy(parent, name, base);
	parent[base] = '\0';
	fd = openat(dirfd, parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = fsync(fd) < 0 ? -errno : 0;
	(void)close(fd); /* only opened to be synced */
	return r;
}

int file_replace_with(int dirfd, const char *name, const struct file_source *source, mode_t mode,
		      bool is_synced)
{
	char temporary[PATH_MAX];
	int r = name_temporary(name, temporary);

	if (r < 0)
		return r;
	r = temporary_write(dirfd, temporary, source, mode, is_synced);
	if (r == 0 && renameat(dirfd, temporary, dirfd, name) < 0)
		r = -errno;
	if (r < 0) {
		(void)unlinkat(dirfd, temporary, 0); /* the first error is the one to tell */
		return r;
	}
	return is_synced ? directory_sync(dirfd, name) : 0;
}

struct held {
	const void *bytes;
	size_t n;
};

static int held_fill(void *ctx, int fd)
{
	const struct held *held = ctx;

	return file_write_all(fd, held->bytes, held->n);
}

int file_replace(int dirfd, const char *name, const void *bytes, size_t n, mode_t mode,
		 bool is_synced)
{
	struct held held = { bytes, n };

	return file_replace_with(dirfd, name, &(struct file_source){ &held, held_fill }, mode,
				 is_synced);
}

/* Some systems answer EROFS or EACCES where a directory already is: look before believing. */
static int directory_make(const char *path, mode_t mode)
{
	struct stat st;
	int r;

	if (mkdir(path, mode) == 0)
		return chmod(path, mode) < 0 ? -errno : 0;
	r = -errno;
	if (stat(path, &st) < 0)
		return r;
	return S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
}

int file_mkdir(const char *path, mode_t mode)
{
	char part[PATH_MAX];
	size_t n = strlen(path);

	if (n == 0)
		return -ENOENT;
	if (n >= sizeof part)
		return -ENAMETOOLONG;
	memcpy(part, path, n + 1);
	for (size_t i = 1; i < n; i++) {
		int r;

		if (part[i] != '/' || part[i - 1] == '/')
			continue;
		part[i] = '\0';
		r = directory_make(part, mode);
		part[i] = '/';
		if (r < 0)
			return r;
	}
	return directory_make(part, mode);
}

int file_open_dir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}
