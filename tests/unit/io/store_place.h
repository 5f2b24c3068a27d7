/*
 * store_place.h - a history in a folder of its own, a clock that is moved by
 * hand, and what was read back.
 */
#ifndef TEST_IO_STORE_PLACE_H
#define TEST_IO_STORE_PLACE_H

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
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
#include "io/loop.h"
#include "io/store.h"
#include "io/store_batch.h"
#include "io/store_passes.h"
#include "io/worker.h"

#define NOTE_BYTES 512

struct place {
	char folder[FOLDER_MAX], path[FOLDER_MAX + 16], note[NOTE_BYTES];
	struct store *store;
	struct now now;
};

static inline void reopen(struct place *place)
{
	store_close(place->store);
	place->store = NULL;
	assert_int_equal(store_open(place->path, NULL, place->now, &place->store, place->note,
				    sizeof place->note),
			 0);
}

static inline int place_make(void **state)
{
	struct place *place = calloc(1, sizeof *place);

	folder_make(place->folder);
	snprintf(place->path, sizeof place->path, "%s/history.db", place->folder);
	place->now = (struct now){ .mono = { 5000 * USEC_PER_SEC },
				   .wall = { 1795600000 * USEC_PER_SEC } };
	reopen(place);
	*state = place;
	return 0;
}

static inline int place_remove(void **state)
{
	struct place *place = *state;

	store_close(place->store);
	folder_remove(place->folder);
	free(place);
	return 0;
}

static inline void later(struct place *place, usec_t span)
{
	place->now.mono = mono_add(place->now.mono, span);
	place->now.wall.us += span;
}

static inline void flush(struct place *place)
{
	later(place, USEC_PER_SEC);
	store_flush(place->store, place->now, false);
}

static inline struct observation observation(struct now started, usec_t total)
{
	struct observation o = { .started = started, .total_us = total };

	for (int i = 0; i < PHASE_COUNT; i++)
		o.phase_us[i] = PHASE_NOT_REACHED;
	o.outcome = (struct outcome){ PHASE_BODY, CAUSE_PASS };
	return o;
}

struct seen {
	size_t n;
	char text[4096];
};

static inline void observed_seen(void *ctx, const struct store_observed *o)
{
	struct seen *seen = ctx;
	size_t at = strlen(seen->text);

	seen->n++;
	snprintf(seen->text + at, sizeof seen->text - at,
		 "%s %s +%" PRId64 " %" PRId64 " %d %s %s|", o->name, o->outcome,
		 (o->started.us - 1795600000 * USEC_PER_SEC) / 1000, o->total_us, o->status,
		 o->address ? o->address : "-", o->note ? o->note : "-");
}

static inline struct seen observations_since(struct place *place, wall_t since)
{
	struct seen seen = { 0 };

	assert_int_equal(store_load_observations(place->store, since, observed_seen, &seen), 0);
	return seen;
}

static inline void day_seen(void *ctx, const char *name, int32_t day, const struct store_day *sums)
{
	struct seen *seen = ctx;
	size_t at = strlen(seen->text);

	seen->n++;
	snprintf(seen->text + at, sizeof seen->text - at, "%s %d %u/%u/%u/%u|", name, day,
		 sums->observed_s, sums->down_s, sums->slow_s, sums->planned_s);
}

static inline struct seen days_since(struct place *place, int32_t since)
{
	struct seen seen = { 0 };

	assert_int_equal(store_load_days(place->store, since, day_seen, &seen), 0);
	return seen;
}

#define placed(test) cmocka_unit_test_setup_teardown(test, place_make, place_remove)

#endif
