/*
 * spool_place.h - an outbox in a folder of its own, and what a scan of it saw.
 */
#ifndef TEST_IO_SPOOL_PLACE_H
#define TEST_IO_SPOOL_PLACE_H

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "fixture.h"
#include "io/spool.h"

#define ID    0x00000000000000abull
#define NAME  "00000000000000ab"
#define OTHER 0xfedcba9876543210ull
#define WHEN  ((wall_t){ 1795600000000000 })

struct seen {
	size_t notices, sent;
	uint64_t id, sent_id, first_sent;
	bool is_inflight;
	char bytes[256], record[SPOOL_RING_BYTES];
};

struct place {
	char folder[FOLDER_MAX], box[FOLDER_MAX + 16];
	struct spool *spool;
	struct seen seen;
};

static inline void reopen(struct place *place)
{
	spool_close(place->spool);
	place->spool = NULL;
	assert_int_equal(spool_open(place->box, &place->spool), 0);
	assert_int_equal(spool_stock(place->spool), 0);
}

static inline int place_make(void **state)
{
	struct place *place = calloc(1, sizeof *place);

	folder_make(place->folder);
	snprintf(place->box, sizeof place->box, "%s/outbox", place->folder);
	reopen(place);
	*state = place;
	return 0;
}

static inline int place_remove(void **state)
{
	struct place *place = *state;

	spool_close(place->spool);
	folder_remove(place->folder);
	free(place);
	return 0;
}

static inline void notice_seen(void *ctx, uint64_t id, bool is_inflight, const char *bytes,
			       size_t n)
{
	struct seen *seen = ctx;

	seen->notices++;
	seen->id = id;
	seen->is_inflight = is_inflight;
	snprintf(seen->bytes, sizeof seen->bytes, "%.*s", (int)n, bytes);
}

static inline void sent_seen(void *ctx, uint64_t id, const char *record)
{
	struct seen *seen = ctx;

	if (seen->sent++ == 0)
		seen->first_sent = id;
	seen->sent_id = id;
	snprintf(seen->record, sizeof seen->record, "%s", record);
}

static const struct seen *scan(struct place *place)
{
	place->seen = (struct seen){ 0 };
	assert_int_equal(spool_scan(place->spool, notice_seen, sent_seen, &place->seen), 0);
	return &place->seen;
}

static inline int put(struct place *place, uint64_t id, const char *text)
{
	return spool_put(place->spool, id, text, strlen(text));
}

static inline bool is_there(const struct place *place, const char *name)
{
	return access(folder_path(place->box, "%s", name), F_OK) == 0;
}

static inline unsigned free_slots(const struct place *place)
{
	unsigned n = 0;
	struct stat is;

	for (unsigned i = 0; i < SPOOL_SLOTS; i++)
		if (stat(folder_path(place->box, "free/%02u", i), &is) == 0 &&
		    is.st_size == SPOOL_SLOT_BYTES)
			n++;
	return n;
}

#define placed(test) cmocka_unit_test_setup_teardown(test, place_make, place_remove)

#endif
