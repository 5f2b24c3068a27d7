/*
 * store_migrate.h - a database of an older version becomes one of ours. For
 * the store's files only.
 */
#ifndef IO_STORE_MIGRATE_H
#define IO_STORE_MIGRATE_H

#include <stddef.h>

struct sql;

/*
 * All steps in one transaction, or none; a database that held something is
 * first copied to PATH.v<version>, and `note` says so. -ENOTSUP: a newer
 * version wrote it. 0 or -errno.
 */
int store_migrate(struct sql *sql, const char *path, char *note, size_t note_max);

#endif
