/*
 * spool_test.c - the life of a notice on disk. Damage: spool_damage_test.c;
 * kills: spool_kill_test.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "spool_place.h"

static void a_first_start_makes_everything_closed(void **state)
{
	struct place *place = *state;
	struct stat is;

	assert_int_equal(free_slots(place), SPOOL_SLOTS);
	assert_int_equal(stat(place->box, &is), 0);
	assert_int_equal(is.st_mode & 0777, 0700);
	assert_int_equal(stat(folder_path(place->box, "free/00"), &is), 0);
	assert_int_equal(is.st_mode & 0777, 0600);
	assert_true(is.st_blocks * 512 >= SPOOL_SLOT_BYTES);
	assert_int_equal(stat(folder_path(place->box, "ring"), &is), 0);
	assert_int_equal(is.st_size, SPOOL_RING_BYTES * SPOOL_RING_RECORDS);
	assert_int_equal(scan(place)->notices, 0);
	assert_int_equal(place->seen.sent, 0);
	assert_string_equal(spool_dir(place->spool), place->box);
}

static void a_second_instance_is_refused(void **state)
{
	struct place *place = *state;
	struct spool *second = NULL;

	assert_int_equal(spool_open(place->box, &second), -EBUSY);
	assert_null(second);
}

static void *look_for_a_moment(void *ctx)
{
	const int *lock = ctx;

	(void)poll(NULL, 0, 30);
	(void)close(*lock); /* and with it goes the lock */
	return NULL;
}

/* `shorewatch status` at the moment of a start must not leave nobody watching. */
static void a_command_that_looks_at_the_lock_keeps_nobody_from_starting(void **state)
{
	struct place *place = *state;
	struct spool *next = NULL;
	pthread_t looking;
	int lock;

	spool_close(place->spool);
	place->spool = NULL;
	lock = open(folder_path(place->box, "lock"), O_RDONLY | O_CLOEXEC);
	assert_int_equal(flock(lock, LOCK_SH | LOCK_NB), 0);
	assert_int_equal(pthread_create(&looking, NULL, look_for_a_moment, &lock), 0);
	assert_int_equal(spool_open(place->box, &next), 0);
	assert_int_equal(pthread_join(looking, NULL), 0);
	spool_close(next);
}

static void a_notice_lives_through_its_folders(void **state)
{
	struct place *place = *state;
	char *bytes;
	size_t n;

	assert_int_equal(put(place, ID, "stack-down\n"), 0);
	assert_true(is_there(place, "new/" NAME));
	assert_int_equal(free_slots(place), SPOOL_SLOTS - 1);
	assert_int_equal(spool_get(place->spool, ID, &bytes, &n), 0);
	assert_int_equal(n, 11);
	assert_string_equal(bytes, "stack-down\n");
	free(bytes);
	assert_int_equal(spool_begin(place->spool, ID), 0);
	assert_true(is_there(place, "inflight/" NAME) && !is_there(place, "new/" NAME));
	assert_int_equal(spool_get(place->spool, ID, &bytes, &n), 0);
	free(bytes);
	assert_int_equal(spool_return(place->spool, ID), 0);
	assert_true(is_there(place, "new/" NAME) && !is_there(place, "inflight/" NAME));
	assert_int_equal(spool_begin(place->spool, ID), 0);
	assert_int_equal(spool_finish(place->spool, ID, "250 queued as 17", WHEN), 0);
	assert_false(is_there(place, "new/" NAME) || is_there(place, "inflight/" NAME));
	assert_int_equal(free_slots(place), SPOOL_SLOTS);
	assert_int_equal(spool_get(place->spool, ID, &bytes, &n), -ENOENT);
}

static void a_step_done_twice_is_fine(void **state)
{
	struct place *place = *state;

	assert_int_equal(put(place, ID, "x"), 0);
	assert_int_equal(spool_begin(place->spool, ID), 0);
	assert_int_equal(spool_begin(place->spool, ID), 0);
	assert_int_equal(spool_return(place->spool, ID), 0);
	assert_int_equal(spool_return(place->spool, ID), 0);
	assert_int_equal(spool_finish(place->spool, ID, "given up", WHEN), 0);
	assert_int_equal(spool_finish(place->spool, ID, "again", WHEN), 0);
	assert_int_equal(scan(place)->sent, 1);
	assert_string_equal(place->seen.record, "given up");
	assert_int_equal(spool_begin(place->spool, OTHER), -ENOENT);
}

static void a_known_notice_is_not_taken_again(void **state)
{
	struct place *place = *state;

	assert_int_equal(put(place, ID, "one"), 0);
	assert_int_equal(put(place, ID, "two"), -EEXIST);
	assert_int_equal(spool_begin(place->spool, ID), 0);
	assert_int_equal(put(place, ID, "two"), -EEXIST);
	assert_int_equal(spool_finish(place->spool, ID, "250", WHEN), 0);
	assert_int_equal(put(place, ID, "two"), -EEXIST);
	reopen(place);
	assert_int_equal(put(place, ID, "two"), -EEXIST);
}

static void a_restart_finds_what_waits_and_what_was_sent(void **state)
{
	struct place *place = *state;

	assert_int_equal(put(place, ID, "waits"), 0);
	reopen(place);
	assert_int_equal(scan(place)->notices, 1);
	assert_true(place->seen.id == ID && !place->seen.is_inflight);
	assert_string_equal(place->seen.bytes, "waits");
	assert_int_equal(spool_begin(place->spool, ID), 0);
	reopen(place);
	assert_int_equal(scan(place)->notices, 1);
	assert_true(place->seen.is_inflight);
	assert_int_equal(spool_finish(place->spool, ID, "ops@example.org 250 ok", WHEN), 0);
	reopen(place);
	assert_int_equal(scan(place)->notices, 0);
	assert_int_equal(place->seen.sent, 1);
	assert_true(place->seen.sent_id == ID);
	assert_string_equal(place->seen.record, "ops@example.org 250 ok");
}

/* Sent from memory because it could not be made durable: the ring is its only trace. */
static void a_notice_that_never_was_a_file_enters_the_ring(void **state)
{
	struct place *place = *state;

	assert_int_equal(spool_finish(place->spool, OTHER, "250", WHEN), 0);
	assert_int_equal(put(place, OTHER, "x"), -EEXIST);
}

static void a_long_notice_gets_a_file_of_its_own(void **state)
{
	struct place *place = *state;
	size_t n = 3 * SPOOL_SLOT_BYTES, got;
	char *bytes = malloc(n), *back;

	memset(bytes, 'n', n);
	assert_int_equal(spool_put(place->spool, ID, bytes, n), 0);
	assert_int_equal(free_slots(place), SPOOL_SLOTS);
	assert_int_equal(spool_get(place->spool, ID, &back, &got), 0);
	assert_int_equal(got, n);
	assert_memory_equal(back, bytes, n);
	assert_int_equal(spool_begin(place->spool, ID), 0);
	assert_int_equal(spool_finish(place->spool, ID, "250", WHEN), 0);
	assert_false(is_there(place, "inflight/" NAME));
	assert_int_equal(free_slots(place), SPOOL_SLOTS);
	assert_int_equal(spool_put(place->spool, OTHER, bytes, (1u << 20) + 1), -EFBIG);
	free(bytes);
	free(back);
}

static void more_notices_than_slots_are_taken(void **state)
{
	struct place *place = *state;

	for (uint64_t id = 1; id <= SPOOL_SLOTS + 6; id++)
		assert_int_equal(put(place, id, "notice"), 0);
	assert_int_equal(free_slots(place), 0);
	assert_int_equal(scan(place)->notices, SPOOL_SLOTS + 6);
	for (uint64_t id = 1; id <= SPOOL_SLOTS + 6; id++)
		assert_int_equal(spool_finish(place->spool, id, "250", WHEN), 0);
	assert_int_equal(scan(place)->notices, 0);
	assert_int_equal(free_slots(place), SPOOL_SLOTS);
}

static void a_slot_shows_nothing_of_its_last_notice(void **state)
{
	struct place *place = *state;
	struct buf file = BUF_INIT(SPOOL_SLOT_BYTES);

	for (uint64_t id = 1; id <= SPOOL_SLOTS; id++) {
		assert_int_equal(put(place, id, "the secret text of the first notice"), 0);
		assert_int_equal(spool_finish(place->spool, id, "250", WHEN), 0);
	}
	assert_int_equal(put(place, ID, "short"), 0);
	assert_int_equal(file_read(folder_path(place->box, "new/" NAME), &file), 0);
	assert_null(strstr(buf_text(&file), "secret"));
	assert_int_equal(strlen(buf_text(&file)), SPOOL_SLOT_BYTES);
	buf_done(&file);
}

static void the_ring_overwrites_the_oldest(void **state)
{
	struct place *place = *state;

	for (uint64_t id = 1; id <= SPOOL_RING_RECORDS + 10; id++)
		assert_int_equal(spool_finish(place->spool, id, "250", WHEN), 0);
	assert_int_equal(scan(place)->sent, SPOOL_RING_RECORDS);
	assert_true(place->seen.first_sent == 11);
	assert_true(place->seen.sent_id == SPOOL_RING_RECORDS + 10);
	reopen(place);
	assert_int_equal(scan(place)->sent, SPOOL_RING_RECORDS);
	assert_true(place->seen.first_sent == 11);
	assert_int_equal(put(place, 10, "forgotten"), 0);
	assert_int_equal(put(place, 11, "known"), -EEXIST);
}

static void a_long_record_is_cut(void **state)
{
	struct place *place = *state;
	char record[2 * SPOOL_RING_BYTES];

	memset(record, 'r', sizeof record);
	record[sizeof record - 1] = '\0';
	assert_int_equal(spool_finish(place->spool, ID, record, WHEN), 0);
	reopen(place);
	assert_int_equal(scan(place)->sent, 1);
	assert_int_equal(strlen(place->seen.record), SPOOL_RING_BYTES - 64 - 1);
}

static void mails_for_people_lie_beside_the_folders(void **state)
{
	struct place *place = *state;
	struct buf file = BUF_INIT(1024);

	assert_int_equal(spool_eml(place->spool, "2026-11-22-stack-down-1", "Subject: x\r\n", 12),
			 0);
	assert_int_equal(file_read(folder_path(place->box, "2026-11-22-stack-down-1.eml"), &file),
			 0);
	assert_string_equal(buf_text(&file), "Subject: x\r\n");
	assert_int_equal(spool_eml(place->spool, "../x", "x", 1), -EINVAL);
	assert_int_equal(spool_eml(place->spool, ".x", "x", 1), -EINVAL);
	buf_done(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		placed(a_first_start_makes_everything_closed),
		placed(a_second_instance_is_refused),
		placed(a_command_that_looks_at_the_lock_keeps_nobody_from_starting),
		placed(a_notice_lives_through_its_folders),
		placed(a_step_done_twice_is_fine),
		placed(a_known_notice_is_not_taken_again),
		placed(a_restart_finds_what_waits_and_what_was_sent),
		placed(a_notice_that_never_was_a_file_enters_the_ring),
		placed(a_long_notice_gets_a_file_of_its_own),
		placed(more_notices_than_slots_are_taken),
		placed(a_slot_shows_nothing_of_its_last_notice),
		placed(the_ring_overwrites_the_oldest),
		placed(a_long_record_is_cut),
		placed(mails_for_people_lie_beside_the_folders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
