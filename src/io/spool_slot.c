/*
 * spool_slot.c - the format of a notice on disk, and slots that cost no space
 * to write.
 *
 * Owns no state. A slot is overwritten within its blocks and never truncated,
 * so that it can be written on a full disk (reliability.md 1.3). Its header
 * "shorewatch-notice 1 LENGTH CHECKSUM" tells how much of it counts; the rest
 * is line breaks, so that `less` shows a text. The checksum is seeded with the
 * id: content under another notice's name is damage too.
 */
#include "io/spool_slot.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/key.h"
#include "base/words.h"
#include "io/spool.h"

#define MAGIC	  "shorewatch-notice 1 "
#define LENGTH_AT (sizeof MAGIC - 1)
#define SUM_AT	  (LENGTH_AT + 9)

static void header_write(char *file, uint64_t id, const char *bytes, size_t n)
{
	char line[SLOT_HEADER_BYTES + 1];

	snprintf(line, sizeof line, MAGIC "%08zu %016" PRIx64 "%*s\n", n, key_hash(bytes, n, id),
		 (int)(SLOT_HEADER_BYTES - SUM_AT - 17), "");
	memcpy(file, line, SLOT_HEADER_BYTES);
}

/* False: `file` of `size` bytes does not hold the notice `id`. */
static bool header_read(const char *file, size_t size, uint64_t id, size_t *ret_n)
{
	char length[9] = "", digits[17] = "";
	uint64_t sum;
	int64_t n;

	if (size < SLOT_HEADER_BYTES || memcmp(file, MAGIC, LENGTH_AT) != 0)
		return false;
	memcpy(length, file + LENGTH_AT, 8);
	memcpy(digits, file + SUM_AT, 16);
	if (!words_int(length, 0, (int64_t)(size - SLOT_HEADER_BYTES), &n) ||
	    !words_hex64(digits, &sum) || sum != key_hash(file + SLOT_HEADER_BYTES, (size_t)n, id))
		return false;
	*ret_n = (size_t)n;
	return true;
}

/* The file's bytes: header, notice, and line breaks up to `size`. free() it; NULL: no memory. */
static char *image_new(uint64_t id, const void *bytes, size_t n, size_t size)
{
	char *image = malloc(size);

	assert(size >= n + SLOT_HEADER_BYTES);
	if (!image)
		return NULL;
	memcpy(image + SLOT_HEADER_BYTES, bytes, n);
	header_write(image, id, image + SLOT_HEADER_BYTES, n);
	memset(image + SLOT_HEADER_BYTES + n, '\n', size - SLOT_HEADER_BYTES - n);
	return image;
}

static int write_synced(int fd, const void *bytes, size_t n)
{
	int r = file_write_all(fd, bytes, n);

	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	return r;
}

/* Only a regular file of ours; never waits for the other end of a FIFO. fd or -errno. */
static int open_ours(int folder, const char *name, int flags, off_t *ret_size)
{
	struct stat is;
	int fd = openat(folder, name, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return errno == ELOOP || errno == ENXIO ? -EINVAL : -errno;
	if (fstat(fd, &is) < 0 || !S_ISREG(is.st_mode) || is.st_uid != geteuid()) {
		close(fd);
		return -EINVAL;
	}
	*ret_size = is.st_size;
	return fd;
}

static int open_slot(int folder, const char *name)
{
	off_t size = 0;
	int fd = open_ours(folder, name, O_WRONLY, &size);

	if (fd < 0)
		return fd == -EINVAL ? -ENOENT : fd;
	if (size != SPOOL_SLOT_BYTES) {
		close(fd);
		return -ENOENT;
	}
	return fd;
}

void slot_name(uint64_t id, char name[SLOT_NAME_MAX])
{
	snprintf(name, SLOT_NAME_MAX, "%016" PRIx64, id);
}

bool slot_name_read(const char *name, uint64_t *ret_id)
{
	char again[SLOT_NAME_MAX];
	uint64_t id;

	if (!words_hex64(name, &id))
		return false;
	slot_name(id, again);
	if (strcmp(again, name) != 0)
		return false;
	*ret_id = id;
	return true;
}

int slot_make(int folder, const char *name)
{
	static const char zeros[SPOOL_SLOT_BYTES];
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return -errno;
	int r = write_synced(fd, zeros, sizeof zeros);

	close(fd);
	if (r < 0)
		(void)unlinkat(folder, name, 0); /* a short slot is made anew at the next start */
	return r;
}

int slot_fill(int folder, const char *name, uint64_t id, const void *bytes, size_t n)
{
	int fd = open_slot(folder, name);

	if (fd < 0)
		return fd;
	char *image = image_new(id, bytes, n, SPOOL_SLOT_BYTES);
	int r = image ? write_synced(fd, image, SPOOL_SLOT_BYTES) : -ENOMEM;

	free(image);
	close(fd);
	return r;
}

int slot_write_new(int folder, const char *name, uint64_t id, const void *bytes, size_t n)
{
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return -errno;
	char *image = image_new(id, bytes, n, n + SLOT_HEADER_BYTES);
	int r = image ? write_synced(fd, image, n + SLOT_HEADER_BYTES) : -ENOMEM;

	free(image);
	close(fd);
	if (r < 0)
		(void)unlinkat(folder, name, 0); /* a leftover is removed at the next start */
	return r;
}

int slot_wipe(int folder, const char *name)
{
	static const char zeros[SLOT_HEADER_BYTES];
	int fd = open_slot(folder, name);

	if (fd < 0)
		return fd;
	int r = write_synced(fd, zeros, sizeof zeros);

	close(fd);
	return r;
}

bool slot_is_whole(int folder, const char *name)
{
	struct stat is;

	return fstatat(folder, name, &is, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(is.st_mode) &&
	       is.st_size == SPOOL_SLOT_BYTES;
}

static int read_whole(int fd, char *to, size_t n)
{
	size_t have = 0;

	while (have < n) {
		ssize_t got = read(fd, to + have, n - have);

		if (got < 0)
			return -errno;
		if (got == 0)
			return -EUCLEAN;
		have += (size_t)got;
	}
	return 0;
}

int slot_read(int folder, const char *name, uint64_t id, char **ret, size_t *ret_n)
{
	off_t size = 0;
	int fd = open_ours(folder, name, O_RDONLY, &size);
	char *file = NULL;
	int r = -EINVAL;

	if (fd < 0)
		return fd;
	if (size > NOTICE_BYTES_MAX + SLOT_HEADER_BYTES)
		goto out;
	file = malloc((size_t)size + 1);
	r = file ? read_whole(fd, file, (size_t)size) : -ENOMEM;
	if (r == 0 && !header_read(file, (size_t)size, id, ret_n))
		r = -EUCLEAN;
out:
	close(fd);
	if (r < 0) {
		free(file);
		return r;
	}
	memmove(file, file + SLOT_HEADER_BYTES, *ret_n);
	file[*ret_n] = '\0';
	*ret = file;
	return 0;
}
