/*
 * store_file.h - the database's file as a file: made, set aside; and the boot's
 * id, which the canary's state wants as well.
 */
#ifndef IO_STORE_FILE_H
#define IO_STORE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "shorewatch/time.h"

#define BOOT_ID_MAX 40

struct store_file {
	dev_t device;
	ino_t inode;
	off_t bytes;
};

/* Made when missing, 0600, regular. 0 or -errno. */
int store_file_prepare(const char *path, struct store_file *ret);
/* False: it was deleted, or another one lies there. */
bool store_file_is_same(const char *path, const struct store_file *file);
/* Renamed to PATH.broken-<time>; `note` says so. 0 or -errno. */
int store_file_set_aside(const char *path, struct now now, char *note, size_t note_max);
/* "" when the kernel does not tell. */
void store_boot_read(char boot[BOOT_ID_MAX]);

#endif
