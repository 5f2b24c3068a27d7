/*
 * spool_folders.c - where the notices lie, and how they move.
 *
 * Owns the folders' descriptors and the lock. A step is one rename that both
 * folders are fsynced after. Fewer free slots than wanted are no reason not to
 * start: a new file is made where none is free. Neither is a disk that has
 * become read-only, as broken ones do: then notices are sent from memory.
 */
#include "io/spool_folders.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "io/spool.h"

#define LOCK_TRIES  20 /* of 10 ms each */
#define FOLDER_MODE 0700 /* notices name hidden targets and addresses */

static const char *const folder_names[FOLDER_COUNT] = {
	[FOLDER_FREE] = "free",
	[FOLDER_NEW] = "new",
	[FOLDER_INFLIGHT] = "inflight",
	[FOLDER_BAD] = "bad",
};

static int both_sync(const struct folders *folders, enum folder a, enum folder b)
{
	if (fsync(folders->at[a]) < 0 || fsync(folders->at[b]) < 0)
		return -errno;
	return 0;
}

/*
 * Never over something that is there. The lock makes us the only writer, so
 * that looking first is enough where the file system has no RENAME_NOREPLACE.
 */
static int rename_new(int from, const char *name, int to, const char *as)
{
	if (renameat2(from, name, to, as, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -errno;
	if (faccessat(to, as, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return -EEXIST;
	return renameat(from, name, to, as) == 0 ? 0 : -errno;
}

static int folder_open(int root, const char *name)
{
	if (mkdirat(root, name, FOLDER_MODE) < 0 && errno != EEXIST)
		return -errno;
	int fd = openat(root, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int subfolders_open(struct folders *folders)
{
	for (int i = 0; i < FOLDER_COUNT; i++) {
		folders->at[i] = folder_open(folders->root, folder_names[i]);
		if (folders->at[i] < 0)
			return folders->at[i];
	}
	return 0;
}

/* A command that looks whether we run holds the lock for a moment: no reason not to start. */
static int lock_wait(int fd)
{
	const struct timespec moment = { .tv_nsec = 10 * 1000 * 1000 };
	int r = flock(fd, LOCK_EX | LOCK_NB);

	for (int i = 0; r < 0 && errno == EWOULDBLOCK && i < LOCK_TRIES; i++) {
		(void)nanosleep(&moment, NULL); /* however long it was */
		r = flock(fd, LOCK_EX | LOCK_NB);
	}
	if (r < 0)
		return errno == EWOULDBLOCK ? -EBUSY : -errno;
	return 0;
}

static int lock_take(struct folders *folders)
{
	folders->lock =
		openat(folders->root, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (folders->lock < 0 && errno == EROFS)
		folders->lock = openat(folders->root, "lock", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (folders->lock < 0)
		return -errno;
	return lock_wait(folders->lock);
}

/* A slot of another size is left over from a kill while it was made. */
static int slot_repair(const struct folders *folders, const char *name)
{
	struct stat is;

	if (slot_is_whole(folders->at[FOLDER_FREE], name))
		return 0;
	if (fstatat(folders->at[FOLDER_FREE], name, &is, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(is.st_mode))
		(void)unlinkat(folders->at[FOLDER_FREE], name, 0); /* slot_make tells if it stays */
	return slot_make(folders->at[FOLDER_FREE], name);
}

/* Fewer slots are no reason not to start: a new file is made where none is free. */
static void slots_repair(const struct folders *folders)
{
	char name[SLOT_NAME_MAX];
	unsigned missing = 0;

	for (unsigned i = 0; i < SPOOL_SLOTS; i++) {
		folders_slot(i, name);
		if (slot_repair(folders, name) < 0)
			missing++;
	}
	if (fsync(folders->at[FOLDER_FREE]) < 0 || missing > 0)
		log_warning("spool.slots missing=%u going-on=without-them", missing);
}

/* ".ID": a new file that was killed before it had its name. */
static void leftovers_remove(const struct folders *folders)
{
	DIR *dir = folders_list(folders, FOLDER_NEW);
	struct dirent *entry;
	uint64_t id;

	if (!dir)
		return;
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_name[0] == '.' && slot_name_read(entry->d_name + 1, &id))
			(void)unlinkat(dirfd(dir), entry->d_name, 0); /* harmless if it stays */
	closedir(dir);
}

static int contents_open(struct folders *folders, const char *dir)
{
	int r = file_mkdir(dir, FOLDER_MODE);

	if (r < 0)
		return r;
	folders->root = file_open_dir(dir);
	if (folders->root < 0)
		return folders->root;
	r = lock_take(folders);
	if (r < 0)
		return r;
	r = subfolders_open(folders);
	if (r < 0)
		return r;
	leftovers_remove(folders);
	return 0;
}

int folders_stock(const struct folders *folders)
{
	int r = fsync(folders->root) < 0 ? -errno : 0;

	slots_repair(folders);
	return r;
}

void folders_slot(unsigned i, char name[SLOT_NAME_MAX])
{
	snprintf(name, SLOT_NAME_MAX, "%02u", i);
}

bool folders_has(const struct folders *folders, enum folder folder, const char *name)
{
	return faccessat(folders->at[folder], name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

int folders_move(const struct folders *folders, enum folder from, const char *name, enum folder to,
		 const char *as)
{
	int r = rename_new(folders->at[from], name, folders->at[to], as);

	if (r < 0)
		return r;
	r = both_sync(folders, from, to);
	if (r < 0)
		(void)rename_new(folders->at[to], as, folders->at[from], name); /* r tells */
	return r;
}

int folders_release(const struct folders *folders, enum folder folder, const char *name)
{
	char as[SLOT_NAME_MAX];

	for (unsigned i = 0; slot_is_whole(folders->at[folder], name) && i < SPOOL_SLOTS; i++) {
		folders_slot(i, as);
		int r = folders_move(folders, folder, name, FOLDER_FREE, as);

		if (r == 0)
			return slot_wipe(folders->at[FOLDER_FREE], as);
		if (r != -EEXIST)
			return r;
	}
	if (unlinkat(folders->at[folder], name, 0) < 0)
		return -errno;
	return fsync(folders->at[folder]) < 0 ? -errno : 0;
}

DIR *folders_list(const struct folders *folders, enum folder folder)
{
	int fd = openat(folders->at[folder], ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return NULL;
	DIR *dir = fdopendir(fd);

	if (!dir)
		close(fd);
	return dir;
}

int folders_open(struct folders *folders, const char *dir)
{
	folders->root = folders->lock = -1;
	for (int i = 0; i < FOLDER_COUNT; i++)
		folders->at[i] = -1;
	int r = contents_open(folders, dir);

	if (r < 0)
		folders_close(folders);
	return r;
}

static void descriptor_close(int fd)
{
	if (fd >= 0)
		close(fd);
}

void folders_close(struct folders *folders)
{
	for (int i = 0; i < FOLDER_COUNT; i++)
		descriptor_close(folders->at[i]);
	descriptor_close(folders->lock);
	descriptor_close(folders->root);
}
