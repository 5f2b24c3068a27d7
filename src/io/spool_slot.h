/*
 * spool_slot.h - one notice's file: a header line with length and checksum,
 * then the bytes. For spool.c only.
 */
#ifndef IO_SPOOL_SLOT_H
#define IO_SPOOL_SLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SLOT_HEADER_BYTES 64
#define SLOT_NAME_MAX	  24
#define NOTICE_BYTES_MAX  (1 << 20) /* a file that is longer is not a notice */

/* The file's name: the id in 16 hex digits. */
void slot_name(uint64_t id, char name[SLOT_NAME_MAX]);
/* False: not a notice's name. */
bool slot_name_read(const char *name, uint64_t *ret_id);

/* An empty slot of SPOOL_SLOT_BYTES zeros with its blocks allocated, fsynced. -EEXIST: there is
 * one. */
int slot_make(int folder, const char *name);
/* The whole slot overwritten in place, no block freed, then fsync. -ENOENT: no usable slot there.
 */
int slot_fill(int folder, const char *name, uint64_t id, const void *bytes, size_t n);
/* A file as long as the notice, where slots are used up or too small; fsynced. */
int slot_write_new(int folder, const char *name, uint64_t id, const void *bytes, size_t n);
/* Forget the content of a slot. */
int slot_wipe(int folder, const char *name);
/* A regular file of exactly a slot's size. */
bool slot_is_whole(int folder, const char *name);
/* free() the bytes. -EUCLEAN: damaged; -EINVAL: not a file of ours (link, FIFO, other owner, too
 * long). */
int slot_read(int folder, const char *name, uint64_t id, char **ret, size_t *ret_n);

#endif
