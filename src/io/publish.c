/*
 * publish.c - the page's files, replaced whole and only when they changed.
 *
 * Owns nothing between calls. Walks down from the page's folder descriptor by
 * descriptor and follows no link, so that somebody who may write into the
 * folder cannot make us write elsewhere (SR-31). alive/N.svg is written last:
 * whoever finds it knows that all of report N is there.
 */
#include "io/publish.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/words.h"
#include "io/gzip.h"

#define FOLDER_MODE    0755
#define FILE_MODE      0644 /* a web server of another user reads them */
#define PART_MAX       128  /* bytes of one part of a name */
#define ALIVE_NAME_MAX 32
#define HEAD_READ      16384 /* of a page, up to the picture that it waits for */
#define COMPRESSED_LEAST 1024 /* bytes; less is one packet as it is */

const char publish_alive_svg[] = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\" "
				 "height=\"400\" viewBox=\"0 0 1 400\"/>\n";

static int folder_check(int fd)
{
	struct stat at;

	if (fstat(fd, &at) < 0)
		return -errno;
	if ((at.st_mode & S_IWOTH) != 0 && (at.st_mode & S_ISVTX) == 0)
		return -EPERM;
	return 0;
}

/* A folder we made is for a web server to read, whatever our umask; another's is left as it is. */
static int folder_settle(int fd, bool is_ours)
{
	if (is_ours && fchmod(fd, FOLDER_MODE) < 0)
		return -errno;
	return folder_check(fd);
}

/* The page's own folder. fd or -errno. */
static int folder_open(const char *dir)
{
	bool is_ours = access(dir, F_OK) < 0;
	int r = is_ours ? file_mkdir(dir, FOLDER_MODE) : 0;

	if (r < 0)
		return r;
	int fd = file_open_dir(dir);

	if (fd < 0)
		return fd;
	r = folder_settle(fd, is_ours);
	if (r < 0) {
		close(fd);
		return r;
	}
	return fd;
}

/* A folder in the folder `at`, made when missing. fd or -errno. */
static int folder_enter(int at, const char *part)
{
	bool is_ours = mkdirat(at, part, FOLDER_MODE) == 0;

	if (!is_ours && errno != EEXIST)
		return -errno;
	int fd = openat(at, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (is_ours && fchmod(fd, FOLDER_MODE) < 0) {
		close(fd);
		return -EACCES;
	}
	return fd;
}

static bool part_is_fine(const char *part, size_t n)
{
	if (n == 0 || n >= PART_MAX || part[0] == '.')
		return false;
	for (size_t i = 0; i < n; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-",
			    part[i]))
			return false;
	return true;
}

/* The folder that holds `name`, and where in `name` its last part begins. fd or -errno. */
static int parent_open(int root, const char *name, const char **ret_last)
{
	int at = fcntl(root, F_DUPFD_CLOEXEC, 3);
	char part[PART_MAX];
	const char *slash;

	if (at < 0)
		return -errno;
	while ((slash = strchr(name, '/')) != NULL) {
		size_t n = (size_t)(slash - name);
		int next = -EINVAL;

		if (part_is_fine(name, n)) {
			memcpy(part, name, n);
			part[n] = '\0';
			next = folder_enter(at, part);
		}
		close(at);
		if (next < 0)
			return next;
		at = next;
		name = slash + 1;
	}
	if (!part_is_fine(name, strlen(name))) {
		close(at);
		return -EINVAL;
	}
	*ret_last = name;
	return at;
}

static bool content_is(int fd, const void *bytes, size_t n)
{
	const char *want = bytes;
	char block[16384];
	ssize_t got;

	while ((got = read(fd, block, sizeof block)) > 0) {
		if ((size_t)got > n || memcmp(block, want, (size_t)got) != 0)
			return false;
		want += got;
		n -= (size_t)got;
	}
	return got == 0 && n == 0;
}

/* What cannot be read is not the same: it is replaced. */
static bool file_is_same(int at, const char *name, const void *bytes, size_t n)
{
	struct stat is;
	int fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return false;
	bool is_same = fstat(fd, &is) == 0 && S_ISREG(is.st_mode) && (size_t)is.st_size == n &&
		       (is.st_mode & 0777) == FILE_MODE && content_is(fd, bytes, n);

	close(fd);
	return is_same;
}

/* ---- beside it ---- */

static bool name_compressed(const char *name, char ret[PART_MAX + 4])
{
	return snprintf(ret, PART_MAX + 4, "%s.gz", name) < PART_MAX + 4;
}

static int compressed_fill(void *ctx, int to)
{
	const int *from = ctx;

	return gzip_copy(*from, to);
}

/* Of a file that was just written, or that lies there without it. */
static int compressed_write(int at, const char *name, const char *beside, bool is_synced)
{
	int fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	const struct file_source source = { &fd, compressed_fill };
	struct stat is;

	if (fd < 0)
		return -errno;
	int r = fstat(fd, &is) < 0 ? -errno : 0;

	if (r == 0 && is.st_size >= COMPRESSED_LEAST)
		r = file_replace_with(at, beside, &source, FILE_MODE, is_synced);
	close(fd);
	return r;
}

/* Before its file changes. */
static int compressed_remove(int at, const char *name)
{
	char beside[PART_MAX + 4];

	if (!name_compressed(name, beside))
		return -ENAMETOOLONG;
	return unlinkat(at, beside, 0) < 0 && errno != ENOENT ? -errno : 0;
}

static int compressed_settle(int at, const char *name, unsigned ways)
{
	char beside[PART_MAX + 4];
	struct stat is;

	if ((ways & PUBLISH_COMPRESSED) == 0)
		return compressed_remove(at, name);
	if (!name_compressed(name, beside))
		return -ENAMETOOLONG;
	if (fstatat(at, beside, &is, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(is.st_mode))
		return 0;
	return compressed_write(at, name, beside, (ways & PUBLISH_LIGHT) == 0);
}

/* ---- one file ---- */

static int file_renew(int at, const char *name, const struct file_source *source, unsigned ways)
{
	int r = compressed_remove(at, name);

	return r < 0 ? r
		     : file_replace_with(at, name, source, FILE_MODE, (ways & PUBLISH_LIGHT) == 0);
}

static int bytes_fill(void *ctx, int fd)
{
	const struct publish_file *file = ctx;

	return file_write_all(fd, file->bytes, file->n);
}

static int file_publish(int root, const struct publish_file *file)
{
	struct publish_file copy = *file;
	const struct file_source source = { &copy, bytes_fill };
	const char *last = file->name;
	int at = parent_open(root, file->name, &last), r = 0;

	if (at < 0)
		return at;
	if (!file_is_same(at, last, file->bytes, file->n))
		r = file_renew(at, last, &source, file->ways);
	if (r == 0)
		r = compressed_settle(at, last, file->ways);
	close(at);
	return r;
}

/* The number of "N.svg"; 0: another file. */
static uint64_t alive_number(const char *name)
{
	size_t n = strlen(name);
	char digits[ALIVE_NAME_MAX];
	int64_t number;

	if (n < 5 || n - 4 >= sizeof digits || strcmp(name + n - 4, ".svg") != 0 || name[0] == '0')
		return 0;
	memcpy(digits, name, n - 4);
	digits[n - 4] = '\0';
	return words_int(digits, 1, INT64_MAX, &number) ? (uint64_t)number : 0;
}

static DIR *folder_list(int root, const char *folder)
{
	int fd = openat(root, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return NULL;
	DIR *dir = fdopendir(fd);

	if (!dir)
		close(fd);
	return dir;
}

/* A picture that stays is no harm, so that nothing here is an error. */
static void alive_prune(int root, uint64_t report)
{
	DIR *dir = folder_list(root, "alive");
	struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir)) != NULL) {
		uint64_t number = alive_number(entry->d_name);

		if (number > 0 && number + PUBLISH_ALIVE_KEPT <= report)
			(void)unlinkat(dirfd(dir), entry->d_name,
				       0); /* the next report tries again */
	}
	closedir(dir);
}

static int alive_publish(int root, uint64_t report)
{
	char name[ALIVE_NAME_MAX];

	snprintf(name, sizeof name, "alive/%" PRIu64 ".svg", report);
	const struct publish_file file = { name, publish_alive_svg, strlen(publish_alive_svg), 0 };
	int r = file_publish(root, &file);

	if (r == 0)
		alive_prune(root, report);
	return r;
}

int publish_files(const char *dir, const struct publish_file *files, size_t n, uint64_t report)
{
	int root = folder_open(dir);
	int first = 0;

	if (root < 0)
		return root;
	for (size_t i = 0; i < n; i++) {
		int r = file_publish(root, &files[i]);

		if (r < 0 && first == 0)
			first = r;
	}
	if (first == 0 && report > 0)
		first = alive_publish(root, report);
	close(root);
	return first;
}

int publish_streamed(const char *dir, const char *name, const struct file_source *source,
		     unsigned ways)
{
	int root = folder_open(dir);
	const char *last = name;

	if (root < 0)
		return root;
	int at = parent_open(root, name, &last);

	close(root);
	if (at < 0)
		return at;
	int r = file_renew(at, last, source, ways);

	if (r == 0)
		r = compressed_settle(at, last, ways);
	close(at);
	return r;
}

static uint64_t newest_alive(int root)
{
	DIR *alive = folder_list(root, "alive");
	uint64_t newest = 0;
	struct dirent *entry;

	while (alive && (entry = readdir(alive)) != NULL) {
		uint64_t number = alive_number(entry->d_name);

		if (number > newest)
			newest = number;
	}
	if (alive)
		closedir(alive);
	return newest;
}

/* The number behind the first `mark` at the beginning of a file; 0: there is none. */
static uint64_t number_in(int root, const char *name, const char *mark)
{
	char head[HEAD_READ + 1];
	int fd = openat(root, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, head, HEAD_READ) : -1;
	int64_t number;
	char *at;

	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return 0;
	head[n] = '\0';
	at = strstr(head, mark);
	if (!at)
		return 0;
	at += strlen(mark);
	at[strspn(at, "0123456789")] = '\0';
	return words_int(at, 1, INT64_MAX, &number) ? (uint64_t)number : 0;
}

static uint64_t greater(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

uint64_t publish_last_report(const char *dir)
{
	int root = file_open_dir(dir);
	uint64_t newest, next;

	if (root < 0)
		return 0;
	newest = greater(newest_alive(root), number_in(root, "status.json", "\"report\":"));
	next = number_in(root, "index.html", "url(alive/"); /* the one that it waits for */
	close(root);
	return greater(newest, next > 0 ? next - 1 : 0);
}

/* ---- what is not named any more ---- */

/* A file of ours by its form, without ".gz": "blog.html", "blog.ja.html". */
static bool name_is_ours(const char *name, char ret[PART_MAX])
{
	static const char *const endings[] = { ".html", ".en.html", ".ja.html", ".svg", ".json" };
	size_t n = strlen(name), slug = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

	if (n > 3 && strcmp(name + n - 3, ".gz") == 0)
		n -= 3;
	if (slug == 0 || n >= PART_MAX)
		return false;
	memcpy(ret, name, n);
	ret[n] = '\0';
	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
		if (strcmp(ret + slug, endings[i]) == 0)
			return true;
	return false;
}

static void entry_prune(DIR *dir, const char *folder, const char *entry,
			bool (*is_kept)(void *ctx, const char *name), void *ctx)
{
	char plain[PART_MAX], full[2 * PART_MAX];

	if (!name_is_ours(entry, plain))
		return;
	snprintf(full, sizeof full, "%s/%s", folder, plain);
	if (!is_kept(ctx, full))
		(void)unlinkat(dirfd(dir), entry, 0); /* stays: it is tried again */
}

void publish_prune(const char *dir, const char *folder,
		   bool (*is_kept)(void *ctx, const char *name), void *ctx)
{
	int root = file_open_dir(dir);
	struct dirent *entry;

	if (root < 0)
		return;
	DIR *list = folder_list(root, folder);

	close(root);
	if (!list)
		return;
	while ((entry = readdir(list)) != NULL)
		entry_prune(list, folder, entry->d_name, is_kept, ctx);
	closedir(list);
}

void publish_remove(const char *dir, const char *name)
{
	int root = file_open_dir(dir);
	const char *last = name;

	if (root < 0)
		return;
	int at = parent_open(root, name, &last);

	close(root);
	if (at < 0)
		return;
	(void)compressed_remove(at, last); /* both: tried again when it is next looked for */
	(void)unlinkat(at, last, 0);
	close(at);
}
