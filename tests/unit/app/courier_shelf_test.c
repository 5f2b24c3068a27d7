/*
 * courier_shelf_test.c - more notices than can be known at once, or than there
 * is memory for: the rest waits on the disk, and each has its turn, in order.
 *
 * All are for a channel that the configuration has no more, so that each is
 * final at its first turn, without a peer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "app/courier.h"
#include "app/courier_look.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "core/engine.h"
#include "core/outbox.h"
#include "io/fixture.h"
#include "io/loop.h"
#include "io/spool.h"
#include "io/worker.h"

#define LIMIT (60 * USEC_PER_SEC)
#define MANY  (OUTBOX_MAX + 300)
#define BEGAN (1795600000 * USEC_PER_SEC)

struct place {
	char folder[FOLDER_MAX];
	struct io *io;
	struct worker *worker;
	struct generation *generation;
	struct engine *engine;
	struct courier *courier;
	unsigned finals, wanted;
	uint8_t ended[MANY + 1]; /* by serial: how often */
	bool is_disorder;	 /* one was final before an earlier one of its incident */
	usec_t ahead;		 /* of the courier's clock */
	mono_t give_up;
};

/* ---- the world ---- */

static void on_launch(void *ctx, uint32_t target, struct now now)
{
	(void)ctx, (void)target, (void)now;
}

static void on_abort(void *ctx, uint32_t target)
{
	(void)ctx, (void)target;
}

static void on_record(void *ctx, const struct record *record)
{
	(void)ctx, (void)record;
}

static void on_deliver(void *ctx, const struct notice *notice, const struct incident *incident)
{
	(void)ctx, (void)notice, (void)incident;
}

static void on_publish(void *ctx)
{
	(void)ctx;
}

static const struct engine_effects effects = { NULL,	  on_launch,  on_abort,
					       on_record, on_deliver, on_publish };

static void on_delivered(void *ctx, const struct notice *notice, const char *where)
{
	(void)ctx, (void)notice, (void)where;
	fail_msg("nobody was there to deliver to");
}

static void on_final(void *ctx, const struct notice *notice, unsigned failed, bool is_accepted)
{
	struct place *place = ctx;

	(void)failed;
	assert_false(is_accepted);
	assert_in_range(notice->serial, 1, MANY);
	place->ended[notice->serial]++;
	place->finals++;
	if (notice->seq > 0 && place->ended[notice->serial - 1] == 0)
		place->is_disorder = true;
}

static struct generation *generation_of(const struct place *place)
{
	struct arena *arena = arena_new();
	struct generation *generation;
	char text[FOLDER_MAX + 400];
	struct diag diag;

	diag_init(&diag, arena);
	snprintf(text, sizeof text,
		 "state_dir = \"%s\"; references = [];\n"
		 "mail = { from = \"watch@lab.test\"; to = [ \"ops@lab.test\" ];\n"
		 "  relays = ( { url = \"smtp://127.0.0.1:9\"; starttls = \"never\"; } ); };\n"
		 "targets = ( { name = \"blog\"; tcp = { address = \"127.0.0.1:9\"; }; } );\n",
		 place->folder);
	generation = conf_load_text(text, "test", &diag);
	if (!generation)
		fail_msg("%s", diag.first->text);
	arena_free(arena);
	return generation;
}

static void open_courier(struct place *place)
{
	const struct courier_hooks hooks = { .ctx = place, .on_delivered = on_delivered,
					     .on_final = on_final };
	int r;

	place->worker = worker_new(place->io);
	place->courier = courier_new(place->io, place->worker, place->folder, &hooks, &r);
	assert_int_equal(r, 0);
	courier_restore(place->courier, place->engine, io_clock());
}

static int setup(void **state)
{
	static const char *const nobody[] = { "127.0.0.1:9" };
	struct io_setup io = { .resolvers = { nobody, 1 } };
	struct place *place = calloc(1, sizeof *place);
	const char *why;

	folder_make(place->folder);
	place->generation = generation_of(place);
	place->io = io_new(&io, &why);
	place->engine = engine_new(&place->generation->plan, &effects, io_clock(), 1);
	*state = place;
	return 0;
}

static void close_courier(struct place *place)
{
	courier_stop(place->courier);
	assert_true(worker_drain(place->worker, LIMIT));
	worker_free(place->worker);
	courier_free(place->courier);
}

static int teardown(void **state)
{
	struct place *place = *state;

	close_courier(place);
	engine_free(place->engine);
	io_free(place->io);
	generation_drop(place->generation);
	folder_remove(place->folder);
	free(place);
	return 0;
}

/* Each incident has two mails, one after the other. */
static struct notice notice_number(uint64_t serial)
{
	struct notice notice = { .incident = (serial + 1) / 2,
				 .seq = (uint32_t)(serial - 1) % 2,
				 .serial = serial,
				 .kind = NOTICE_TEST,
				 .recipient = "gone",
				 .host = "lab.test" };

	notice.created.wall.us = BEGAN + (int64_t)serial * USEC_PER_SEC;
	notice.id = notice_id(&notice);
	return notice;
}

/* They lie there, as lives before have left them. */
static void fill(struct place *place, uint64_t n)
{
	char box[FOLDER_MAX + 16];
	struct spool *spool;

	snprintf(box, sizeof box, "%s/outbox", place->folder);
	assert_int_equal(spool_open(box, &spool), 0);
	for (uint64_t serial = 1; serial <= n; serial++) {
		struct notice notice = notice_number(serial);
		struct buf file = BUF_INIT(4096);

		notice_write(&notice, 0, &file);
		buf_puts(&file, "x");
		assert_int_equal(spool_put(spool, notice.id, buf_text(&file), file.n), 0);
		buf_done(&file);
	}
	spool_close(spool);
}

static mono_t on_turn(void *ctx, struct now now)
{
	struct place *place = ctx;

	now.mono = mono_add(now.mono, place->ahead);
	(void)courier_advance(place->courier, place->generation, now);
	if (place->finals >= place->wanted || mono_reached(place->give_up, io_clock().mono))
		io_loop_stop(place->io);
	return mono_add(io_clock().mono, USEC_PER_MS);
}

static void run_until_final(struct place *place, unsigned wanted)
{
	struct io_loop_hooks hooks = { place, on_turn, NULL };

	place->wanted = wanted;
	place->give_up = mono_add(io_clock().mono, LIMIT);
	assert_int_equal(io_loop_run(place->io, &hooks), 0);
	assert_int_equal(place->finals, wanted);
}

static size_t waiting(const struct place *place)
{
	wall_t oldest;

	return courier_waiting(place->courier, &oldest);
}

static void take(struct place *place, uint64_t serial)
{
	struct notice notice = notice_number(serial);
	struct model model;

	engine_model(place->engine, notice.created, &model);
	courier_take(place->courier, place->generation, &model, &notice, NULL, notice.created);
}

static void each_ended_once(const struct place *place, uint64_t n)
{
	for (uint64_t serial = 1; serial <= n; serial++)
		assert_int_equal(place->ended[serial], 1);
	assert_false(place->is_disorder);
}

static void count_known(void *ctx, const struct outbox_entry *entry)
{
	size_t *known = ctx;

	assert_in_range(entry->notice.serial, 1, OUTBOX_MAX);
	(*known)++;
}

/* ---- tests ---- */

static void what_is_too_much_to_be_known_is_looked_for_when_there_is_room(void **state)
{
	struct place *place = *state;
	size_t known = 0;

	fill(place, MANY);
	open_courier(place);
	assert_int_equal(waiting(place), MANY);
	courier_each(place->courier, count_known, &known); /* the oldest ones */
	assert_int_equal(known, OUTBOX_MAX);
	run_until_final(place, MANY);
	each_ended_once(place, MANY);
	assert_int_equal(waiting(place), 0);
}

static void a_new_one_waits_on_the_disk_for_the_one_before_it(void **state)
{
	struct place *place = *state;

	fill(place, OUTBOX_MAX + 1);
	open_courier(place);
	take(place, OUTBOX_MAX + 2);
	assert_true(courier_has_undurable(place->courier)); /* no state is saved before it is there */
	assert_int_equal(waiting(place), OUTBOX_MAX + 2);
	run_until_final(place, OUTBOX_MAX + 2);
	each_ended_once(place, OUTBOX_MAX + 2);
	assert_false(courier_has_undurable(place->courier));
	assert_int_equal(waiting(place), 0);
}

static void what_the_disk_knows_is_taken_no_second_time(void **state)
{
	struct place *place = *state;

	fill(place, OUTBOX_MAX + 4);
	open_courier(place);
	take(place, OUTBOX_MAX + 3); /* as the engine makes it again, from a state of before */
	take(place, OUTBOX_MAX + 4);
	run_until_final(place, OUTBOX_MAX + 4);
	each_ended_once(place, OUTBOX_MAX + 4);
}

static struct look *look_of(size_t wanted, uint64_t known, const struct place *place)
{
	char box[FOLDER_MAX + 16];
	struct look *look = look_new(known, wanted);

	for (uint64_t i = 0; i < known; i++)
		look->known[i] = notice_number(i + 1).id;
	snprintf(box, sizeof box, "%s/outbox", place->folder);
	assert_int_equal(look_run(look, box), 0);
	return look;
}

static void the_oldest_that_are_not_known_are_found(void **state)
{
	struct place *place = *state;
	uint64_t found = 0;
	struct look *look;

	fill(place, 20);
	look = look_of(5, 4, place);
	assert_int_equal(look->all, 16);
	assert_int_equal(look->found_n, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_in_range(look->found[i].notice.serial, 5, 9);
		assert_int_equal(look->found[i].n, 1);
		assert_int_equal(look->found[i].message[0], 'x');
		found |= 1u << look->found[i].notice.serial;
	}
	assert_int_equal(found, 0x3e0);
	look_free(look);
	open_courier(place);
}

#define PLACED(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PLACED(what_is_too_much_to_be_known_is_looked_for_when_there_is_room),
		PLACED(a_new_one_waits_on_the_disk_for_the_one_before_it),
		PLACED(what_the_disk_knows_is_taken_no_second_time),
		PLACED(the_oldest_that_are_not_known_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
