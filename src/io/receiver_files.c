/*
 * receiver_files.c - the page, straight from its folder.
 *
 * Owns nothing. A name is walked part by part, no link is followed, nothing
 * that begins with a dot is served, and only regular files are: whoever can
 * write into the folder still cannot show the rest of the machine (SR-31).
 * Opening cannot wait for a FIFO, and does not touch the access time, which
 * would wait for a stalled disk. Nothing is compressed here: what lies beside a
 * file as NAME.gz is given to those who take it (publish.h says why it fits).
 */
#include "io/receiver_files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/words.h"
#include "io/publish.h"

#define PART_MAX       128
#define PATH_MAX_BYTES 512

static const struct {
	const char *ending, *type;
} types[] = {
	{ ".html", "text/html; charset=utf-8" },
	{ ".css", "text/css; charset=utf-8" },
	{ ".js", "text/javascript; charset=utf-8" },
	{ ".json", "application/json" },
	{ ".svg", "image/svg+xml" },
	{ ".atom", "application/atom+xml; charset=utf-8" },
	{ ".xml", "application/xml" },
	{ ".txt", "text/plain; charset=utf-8" },
	{ ".png", "image/png" },
	{ ".ico", "image/x-icon" },
	{ ".webmanifest", "application/manifest+json" },
};

static const char *type_of(const char *path)
{
	const char *ending = strrchr(path, '.');

	for (size_t i = 0; ending && i < sizeof types / sizeof *types; i++)
		if (strcmp(ending, types[i].ending) == 0)
			return types[i].type;
	return "application/octet-stream";
}

/* "/" and "/ja/" mean the index in there. False: no name of ours. */
static bool path_complete(const char *path, char full[PATH_MAX_BYTES])
{
	size_t n = strlen(path);
	const char *index = n > 0 && path[n - 1] == '/' ? "index.html" : "";
	int written;

	if (path[0] != '/' ||
	    path[strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			      "0123456789._/-")] != '\0')
		return false;
	written = snprintf(full, PATH_MAX_BYTES, "%s%s", path + 1, index);
	return written > 0 && written < PATH_MAX_BYTES;
}

static bool part_copy(const char *from, size_t n, char part[PART_MAX])
{
	if (n == 0 || n >= PART_MAX || from[0] == '.')
		return false;
	memcpy(part, from, n);
	part[n] = '\0';
	return true;
}

/* O_NOATIME is for the file's owner only; the page may have been put there by another user. */
static int file_open(int folder, const char *name)
{
	int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int fd = openat(folder, name, flags | O_NOATIME);

	return fd < 0 && errno == EPERM ? openat(folder, name, flags) : fd;
}

/* The file beside it, whose name has ".gz" at its end; -1: there is none. */
static int compressed_open(int folder, const char *name)
{
	char beside[PART_MAX + 4];

	(void)snprintf(beside, sizeof beside, "%s.gz", name);
	return file_open(folder, beside);
}

/* fd or -1. */
static int path_open(const char *dir, const char *path, bool takes_gzip, bool *ret_is_gzip)
{
	char part[PART_MAX];
	const char *slash;
	int at = file_open_dir(dir), fd = -1;

	while (at >= 0 && (slash = strchr(path, '/')) != NULL) {
		int next = -1;

		if (part_copy(path, (size_t)(slash - path), part))
			next = openat(at, part, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		close(at);
		at = next;
		path = slash + 1;
	}
	if (at < 0)
		return -1;
	if (part_copy(path, strlen(path), part)) {
		fd = takes_gzip ? compressed_open(at, part) : -1;
		*ret_is_gzip = fd >= 0;
		if (fd < 0)
			fd = file_open(at, part);
	}
	close(at);
	return fd;
}

/* "gzip" or "gzip;q=0.5": a weight of nothing but 0 refuses (RFC 9110 12.4.2). */
static bool coding_is_gzip(const char *coding, size_t n)
{
	size_t name = strcspn(coding, " \t;,");
	const char *weight = memmem(coding, n, "q=", 2);

	if (name > n || !((name == 4 && strncasecmp(coding, "gzip", 4) == 0) ||
			  (name == 6 && strncasecmp(coding, "x-gzip", 6) == 0)))
		return false;
	return !weight || strspn(weight + 2, "0.") < strcspn(weight + 2, " \t;,");
}

/* RFC 9110 12.5.3: codings with commas between. */
static bool gzip_is_taken(const char *list)
{
	while (list && *list != '\0') {
		list += strspn(list, " \t,");
		size_t n = strcspn(list, ",");

		if (coding_is_gzip(list, n))
			return true;
		list += n;
	}
	return false;
}

/* RFC 9110 13.1.2: a list of tags, weak ones compare as well, or "*". */
static bool tag_is_listed(const char *list, const char *etag)
{
	return list && (strcmp(list, "*") == 0 || strstr(list, etag) != NULL);
}

static bool path_has_hash(const char *path)
{
	const char *ending = strrchr(path, '.');

	return strncmp(path, "style.", 6) == 0 && ending && strcmp(ending, ".css") == 0;
}

void page_file_open(const char *dir, const struct page_question *question, struct page_file *ret)
{
	char full[PATH_MAX_BYTES];
	struct stat is;

	*ret = (struct page_file){ .status = 404, .fd = -1 };
	if (!path_complete(question->path, full))
		return;
	int fd = path_open(dir, full, gzip_is_taken(question->accept_encoding), &ret->is_gzip);

	if (fd < 0)
		return;
	if (fstat(fd, &is) < 0 || !S_ISREG(is.st_mode)) {
		close(fd);
		return;
	}
	ret->size = (uint64_t)is.st_size;
	ret->type = type_of(full);
	ret->is_for_ever = path_has_hash(full);
	ret->is_for_all = strcmp(ret->type, "application/json") == 0 ||
			  strncmp(ret->type, "application/atom", 16) == 0;
	/* A file is replaced, never changed: another content, or coding, has another inode. */
	snprintf(ret->etag, sizeof ret->etag, "\"%jx-%jx.%lx-%jx\"", (uintmax_t)is.st_size,
		 (uintmax_t)is.st_mtim.tv_sec, is.st_mtim.tv_nsec, (uintmax_t)is.st_ino);
	ret->status = tag_is_listed(question->if_none_match, ret->etag) ? 304 : 200;
	if (ret->status == 200)
		ret->fd = fd;
	else
		close(fd);
}

bool page_alive_asked(const char *path)
{
	return strncmp(path, "/alive/", 7) == 0;
}

bool page_alive_is(const char *path, uint64_t report)
{
	char digits[24];
	int64_t number;
	size_t n = strlen(path);

	if (!page_alive_asked(path) || n < 12 || n - 11 >= sizeof digits || path[7] == '0' ||
	    strcmp(path + n - 4, ".svg") != 0)
		return false;
	memcpy(digits, path + 7, n - 11);
	digits[n - 11] = '\0';
	return words_int(digits, 1, INT64_MAX, &number) && (uint64_t)number <= report &&
	       (uint64_t)number + PUBLISH_ALIVE_KEPT > report;
}
