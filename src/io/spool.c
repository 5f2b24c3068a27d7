/*
 * spool.c - notices as durable files, moved between folders.
 *
 * Owns the outbox. A notice's state is the folder it lies in; every step is one
 * durable rename, so that a kill or a power cut leaves it done or not done. The ring record comes
 * before the slot is freed: a notice that is in the ring is delivered, wherever its file still
 * lies, and the next scan tidies up. Everything works on a full disk, but for the first start.
 */
#include "io/spool.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/log.h"
#include "base/words.h"
#include "base/text.h"
#include "io/spool_folders.h"
#include "io/spool_ring.h"
#include "io/spool_slot.h"

#define PUT_ATTEMPTS 3 /* files tried when an fsync fails (reliability.md 8.7) */
#define EML_NAME_MAX 128

struct spool {
	char *dir;
	struct folders folders;
	struct spool_ring *ring;
};

/* ---- opening ---- */

int spool_open(const char *dir, struct spool **ret)
{
	struct spool *spool = calloc(1, sizeof *spool);
	int r = -ENOMEM;

	if (!spool)
		return r;
	spool->dir = strdup(dir);
	if (!spool->dir)
		goto fail;
	r = folders_open(&spool->folders, dir);
	if (r < 0)
		goto fail;
	r = ring_open(spool->folders.root, &spool->ring);
	if (r < 0)
		goto fail_open;
	*ret = spool;
	return 0;
fail_open:
	folders_close(&spool->folders);
fail:
	free(spool->dir);
	free(spool);
	return r;
}

int spool_stock(struct spool *spool)
{
	int grown = ring_stock(spool->ring);
	int r = folders_stock(&spool->folders);

	return grown < 0 ? grown : r;
}

void spool_close(struct spool *spool)
{
	if (!spool)
		return;
	ring_close(spool->ring);
	folders_close(&spool->folders);
	free(spool->dir);
	free(spool);
}

const char *spool_dir(const struct spool *spool)
{
	return spool->dir;
}

/* ---- scanning ---- */

struct scan {
	struct spool *spool;
	void (*on_notice)(void *ctx, uint64_t id, bool is_inflight, const char *bytes, size_t n);
	void *ctx;
	unsigned foreign;
	char example[NAME_MAX + 1];
};

static void scan_foreign(struct scan *scan, const char *name)
{
	if (scan->foreign++ == 0)
		(void)words_copy(scan->example, sizeof scan->example, name);
}

static void scan_damaged(struct scan *scan, enum folder folder, const char *name)
{
	char as[SLOT_NAME_MAX + 8];
	int r = -EEXIST;

	(void)words_copy(as, sizeof as, name);
	for (unsigned i = 1; r == -EEXIST && i < 1000; i++) {
		r = folders_move(&scan->spool->folders, folder, name, FOLDER_BAD, as);
		snprintf(as, sizeof as, "%.*s.%u", SLOT_NAME_MAX - 1, name, i % 1000);
	}
	log_err("spool.damaged notice=%s kept-in=%s/bad", name, scan->spool->dir);
}

/* Delivered before we were killed, or moved on by a rename that a power cut half forgot. */
static bool is_left_over(const struct scan *scan, enum folder folder, const char *name, uint64_t id)
{
	return ring_has(scan->spool->ring, id) ||
	       (folder == FOLDER_NEW && folders_has(&scan->spool->folders, FOLDER_INFLIGHT, name));
}

static void scan_file(struct scan *scan, enum folder folder, const char *name)
{
	uint64_t id;
	char *bytes;
	size_t n;

	if (!slot_name_read(name, &id)) {
		scan_foreign(scan, name);
		return;
	}
	if (is_left_over(scan, folder, name, id)) {
		/* Where it cannot be removed, the next scan tries again. */
		(void)folders_release(&scan->spool->folders, folder, name);
		return;
	}
	int r = slot_read(scan->spool->folders.at[folder], name, id, &bytes, &n);

	if (r == -EINVAL) {
		scan_foreign(scan, name);
	} else if (r == -EUCLEAN) {
		scan_damaged(scan, folder, name);
	} else if (r < 0) {
		(void)log_fail(r, "spool.read notice=%s", name); /* stays for the next start */
	} else {
		scan->on_notice(scan->ctx, id, folder == FOLDER_INFLIGHT, bytes, n);
		free(bytes);
	}
}

static int scan_folder(struct scan *scan, enum folder folder)
{
	DIR *dir = folders_list(&scan->spool->folders, folder);
	struct dirent *entry;

	if (!dir)
		return -errno;
	while ((entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			scan_file(scan, folder, entry->d_name);
	closedir(dir);
	return 0;
}

static void scan_tell(const struct scan *scan)
{
	struct buf name = BUF_INIT(1024);

	if (scan->foreign == 0)
		return;
	text_log(&name, scan->example);
	log_warning("spool.foreign files=%u example=%s going-on=without-them", scan->foreign,
		    buf_text(&name));
	buf_done(&name);
}

void spool_sent(const struct spool *spool,
		void (*on_sent)(void *ctx, uint64_t id, wall_t at, const char *record), void *ctx)
{
	ring_each(spool->ring, on_sent, ctx);
}

struct sent {
	void (*on_sent)(void *ctx, uint64_t id, const char *record);
	void *ctx;
};

static void sent_tell(void *ctx, uint64_t id, wall_t at, const char *record)
{
	const struct sent *sent = ctx;

	(void)at; /* the notice itself says when it was made */
	sent->on_sent(sent->ctx, id, record);
}

int spool_scan(struct spool *spool,
	       void (*on_notice)(void *ctx, uint64_t id, bool is_inflight, const char *bytes,
				 size_t n),
	       void (*on_sent)(void *ctx, uint64_t id, const char *record), void *ctx)
{
	struct scan scan = { .spool = spool, .on_notice = on_notice, .ctx = ctx };
	struct sent sent = { on_sent, ctx };
	int r = scan_folder(&scan, FOLDER_INFLIGHT);

	if (r == 0)
		r = scan_folder(&scan, FOLDER_NEW);
	if (r < 0)
		return r;
	scan_tell(&scan);
	ring_each(spool->ring, sent_tell, &sent);
	return 0;
}

/* ---- the life of a notice ---- */

static bool is_known(const struct spool *spool, uint64_t id, const char *name)
{
	return folders_has(&spool->folders, FOLDER_NEW, name) ||
	       folders_has(&spool->folders, FOLDER_INFLIGHT, name) || ring_has(spool->ring, id);
}

static int put_into_slot(const struct spool *spool, unsigned i, uint64_t id, const void *bytes,
			 size_t n)
{
	char slot[SLOT_NAME_MAX], name[SLOT_NAME_MAX];

	folders_slot(i, slot);
	int r = slot_fill(spool->folders.at[FOLDER_FREE], slot, id, bytes, n);

	if (r < 0)
		return r;
	slot_name(id, name);
	return folders_move(&spool->folders, FOLDER_FREE, slot, FOLDER_NEW, name);
}

/* -ENOENT: no slot is free, or all that were tried are on a bad place of the disk. */
static int put_into_slots(const struct spool *spool, uint64_t id, const void *bytes, size_t n)
{
	unsigned attempts = 0;

	for (unsigned i = 0; i < SPOOL_SLOTS && attempts < PUT_ATTEMPTS; i++) {
		int r = put_into_slot(spool, i, id, bytes, n);

		if (r == 0)
			return 0;
		if (r != -ENOENT)
			attempts++;
	}
	return -ENOENT;
}

static int put_into_new_file(const struct spool *spool, uint64_t id, const void *bytes, size_t n)
{
	char hidden[SLOT_NAME_MAX + 1] = ".";

	slot_name(id, hidden + 1);
	(void)unlinkat(spool->folders.at[FOLDER_NEW], hidden, 0); /* of an earlier attempt, if any */
	int r = slot_write_new(spool->folders.at[FOLDER_NEW], hidden, id, bytes, n);

	if (r < 0)
		return r;
	r = folders_move(&spool->folders, FOLDER_NEW, hidden, FOLDER_NEW, hidden + 1);
	if (r < 0) /* a leftover is removed at the next start */
		(void)unlinkat(spool->folders.at[FOLDER_NEW], hidden, 0);
	return r;
}

int spool_put(struct spool *spool, uint64_t id, const void *bytes, size_t n)
{
	char name[SLOT_NAME_MAX];
	int r = -ENOENT;

	if (n > NOTICE_BYTES_MAX)
		return -EFBIG;
	slot_name(id, name);
	if (is_known(spool, id, name))
		return -EEXIST;
	if (n <= SPOOL_SLOT_BYTES - SLOT_HEADER_BYTES)
		r = put_into_slots(spool, id, bytes, n);
	if (r < 0)
		r = put_into_new_file(spool, id, bytes, n);
	/* A disk that died under us may keep what we could not take back: that is no notice known. */
	return r == -EEXIST ? -EIO : r;
}

int spool_get(struct spool *spool, uint64_t id, char **ret, size_t *ret_n)
{
	char name[SLOT_NAME_MAX];

	slot_name(id, name);
	int r = slot_read(spool->folders.at[FOLDER_INFLIGHT], name, id, ret, ret_n);

	return r == -ENOENT ? slot_read(spool->folders.at[FOLDER_NEW], name, id, ret, ret_n) : r;
}

/* Being there already is as good as having moved. */
static int notice_move(const struct spool *spool, enum folder from, enum folder to, uint64_t id)
{
	char name[SLOT_NAME_MAX];

	slot_name(id, name);
	int r = folders_move(&spool->folders, from, name, to, name);

	return r == -ENOENT && folders_has(&spool->folders, to, name) ? 0 : r;
}

int spool_begin(struct spool *spool, uint64_t id)
{
	return notice_move(spool, FOLDER_NEW, FOLDER_INFLIGHT, id);
}

int spool_return(struct spool *spool, uint64_t id)
{
	return notice_move(spool, FOLDER_INFLIGHT, FOLDER_NEW, id);
}

int spool_finish(struct spool *spool, uint64_t id, const char *record, wall_t at)
{
	char name[SLOT_NAME_MAX];
	int r = ring_has(spool->ring, id) ? 0 : ring_add(spool->ring, id, record, at);

	if (r < 0)
		return r;
	slot_name(id, name);
	if (folders_has(&spool->folders, FOLDER_INFLIGHT, name))
		return folders_release(&spool->folders, FOLDER_INFLIGHT, name);
	/* Given up before any attempt, or sent from memory and never a file at all. */
	return folders_has(&spool->folders, FOLDER_NEW, name)
		       ? folders_release(&spool->folders, FOLDER_NEW, name)
		       : 0;
}

static bool eml_name_is_fine(const char *name)
{
	return name[0] != '\0' && name[0] != '.' && !strchr(name, '/') &&
	       strlen(name) < EML_NAME_MAX;
}

int spool_eml(struct spool *spool, const char *name, const void *bytes, size_t n)
{
	char file[EML_NAME_MAX + 8];

	if (!eml_name_is_fine(name))
		return -EINVAL;
	snprintf(file, sizeof file, "%s.eml", name);
	return file_replace(spool->folders.root, file, bytes, n, 0600, true);
}
