/*
 * spool_folders.h - the folders of the outbox, the lock on them, and renames
 * between them that last. For spool.c only.
 */
#ifndef IO_SPOOL_FOLDERS_H
#define IO_SPOOL_FOLDERS_H

#include <dirent.h>
#include <stdbool.h>

#include "io/spool_slot.h"

enum folder { FOLDER_FREE, FOLDER_NEW, FOLDER_INFLIGHT, FOLDER_BAD, FOLDER_COUNT };

struct folders {
	int root, lock;
	int at[FOLDER_COUNT];
};

/* Makes what is missing, takes the lock (-EBUSY). Waits for no disk. 0 or -errno. */
int folders_open(struct folders *folders, const char *dir);
/* The folders durable, free slots made as far as there is space. 0 or -errno. */
int folders_stock(const struct folders *folders);
void folders_close(struct folders *folders);
/* The name of the free slot number `i`. */
void folders_slot(unsigned i, char name[SLOT_NAME_MAX]);
bool folders_has(const struct folders *folders, enum folder folder, const char *name);
/* Never over something that is there (-EEXIST). Durable when 0, else undone as far as the disk lets
 * us. */
int folders_move(const struct folders *folders, enum folder from, const char *name, enum folder to,
		 const char *as);
/* Back among the free slots, or gone if it never was a slot or they are complete. 0 or -errno. */
int folders_release(const struct folders *folders, enum folder folder, const char *name);
/* For reading its entries; closedir() it. NULL: errno says why. */
DIR *folders_list(const struct folders *folders, enum folder folder);

#endif
