/*
 * spool_test.c - notices on disk: nothing lost, nothing twice, whatever lies
 * in the folders and however full the disk is. Kills: spool_kill_test.c.
 */
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

static void reopen(struct place *place)
{
	spool_close(place->spool);
	place->spool = NULL;
	assert_int_equal(spool_open(place->box, &place->spool), 0);
}

static int place_make(void **state)
{
	struct place *place = calloc(1, sizeof *place);

	folder_make(place->folder);
	snprintf(place->box, sizeof place->box, "%s/outbox", place->folder);
	reopen(place);
	*state = place;
	return 0;
}

static int place_remove(void **state)
{
	struct place *place = *state;

	spool_close(place->spool);
	folder_remove(place->folder);
	free(place);
	return 0;
}

static void notice_seen(void *ctx, uint64_t id, bool is_inflight, const char *bytes, size_t n)
{
	struct seen *seen = ctx;

	seen->notices++;
	seen->id = id;
	seen->is_inflight = is_inflight;
	snprintf(seen->bytes, sizeof seen->bytes, "%.*s", (int)n, bytes);
}

static void sent_seen(void *ctx, uint64_t id, const char *record)
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

static int put(struct place *place, uint64_t id, const char *text)
{
	return spool_put(place->spool, id, text, strlen(text));
}

static bool is_there(const struct place *place, const char *name)
{
	return access(folder_path(place->box, "%s", name), F_OK) == 0;
}

static unsigned free_slots(const struct place *place)
{
	unsigned n = 0;
	struct stat is;

	for (unsigned i = 0; i < SPOOL_SLOTS; i++)
		if (stat(folder_path(place->box, "free/%02u", i), &is) == 0 &&
		    is.st_size == SPOOL_SLOT_BYTES)
			n++;
	return n;
}

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

static void overwrite(const struct place *place, const char *name, off_t at, const char *bytes)
{
	int fd = open(folder_path(place->box, "%s", name), O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, strlen(bytes), at), strlen(bytes));
	close(fd);
}

static void a_damaged_notice_is_kept_for_a_person(void **state)
{
	struct place *place = *state;

	assert_int_equal(put(place, ID, "the text"), 0);
	assert_int_equal(put(place, OTHER, "another"), 0);
	overwrite(place, "new/" NAME, 66, "X");
	reopen(place);
	assert_int_equal(scan(place)->notices, 1);
	assert_true(place->seen.id == OTHER);
	assert_true(is_there(place, "bad/" NAME));
	assert_int_equal(put(place, ID, "made again"), 0);
	overwrite(place, "new/" NAME, 0, "junk");
	assert_int_equal(scan(place)->notices, 1);
	assert_true(is_there(place, "bad/" NAME ".1"));
}

static void a_cut_notice_is_damaged(void **state)
{
	struct place *place = *state;

	assert_int_equal(put(place, ID, "the text"), 0);
	assert_int_equal(truncate(folder_path(place->box, "new/" NAME), 68), 0);
	assert_int_equal(scan(place)->notices, 0);
	assert_true(is_there(place, "bad/" NAME));
}

static void content_under_another_name_is_damaged(void **state)
{
	struct place *place = *state;

	assert_int_equal(put(place, ID, "the text"), 0);
	assert_int_equal(rename(folder_path(place->box, "new/" NAME),
				folder_path(place->box, "new/00000000000000ac")),
			 0);
	assert_int_equal(scan(place)->notices, 0);
	assert_true(is_there(place, "bad/00000000000000ac"));
}

static void foreign_things_are_skipped(void **state)
{
	struct place *place = *state;
	const char *out = folder_path(place->folder, "outside");
	int fd;

	assert_int_equal(mkfifo(folder_path(place->box, "new/0000000000000001"), 0600), 0);
	assert_int_equal(symlink(out, folder_path(place->box, "new/0000000000000002")), 0);
	assert_int_equal(mkdir(folder_path(place->box, "inflight/0000000000000003"), 0700), 0);
	fd = open(folder_path(place->box, "inflight/0000000000000004"), O_CREAT | O_WRONLY, 0600);
	assert_int_equal(ftruncate(fd, 1 << 30), 0);
	close(fd);
	fd = open(folder_path(place->box, "new/notes \033[31m.txt"), O_CREAT | O_WRONLY, 0600);
	close(fd);
	fd = open(folder_path(place->box, "new/00000000000000AB"), O_CREAT | O_WRONLY, 0600);
	close(fd);
	assert_int_equal(put(place, ID, "ours"), 0);
	reopen(place);
	assert_int_equal(scan(place)->notices, 1);
	assert_true(place->seen.id == ID);
	assert_true(is_there(place, "new/0000000000000001"));
	assert_true(is_there(place, "inflight/0000000000000004"));
}

static void links_and_fifos_among_the_free_slots_are_not_written_to(void **state)
{
	struct place *place = *state;
	struct stat is;
	int fd = open(folder_path(place->folder, "outside"), O_CREAT | O_WRONLY, 0600);

	assert_int_equal(ftruncate(fd, SPOOL_SLOT_BYTES), 0);
	close(fd);
	unlink(folder_path(place->box, "free/00"));
	unlink(folder_path(place->box, "free/01"));
	assert_int_equal(symlink("../../outside", folder_path(place->box, "free/00")), 0);
	assert_int_equal(mkfifo(folder_path(place->box, "free/01"), 0600), 0);
	assert_int_equal(put(place, ID, "ours"), 0);
	assert_int_equal(lstat(folder_path(place->box, "new/" NAME), &is), 0);
	assert_true(S_ISREG(is.st_mode));
	reopen(place);
	assert_int_equal(scan(place)->notices, 1);
}

static void a_short_slot_is_made_anew(void **state)
{
	struct place *place = *state;

	assert_int_equal(truncate(folder_path(place->box, "free/05"), 100), 0);
	unlink(folder_path(place->box, "free/06"));
	assert_int_equal(free_slots(place), SPOOL_SLOTS - 2);
	reopen(place);
	assert_int_equal(free_slots(place), SPOOL_SLOTS);
}

static void a_half_written_new_file_is_removed(void **state)
{
	struct place *place = *state;
	int fd = open(folder_path(place->box, "new/." NAME), O_CREAT | O_WRONLY, 0600);

	close(fd);
	reopen(place);
	assert_false(is_there(place, "new/." NAME));
	assert_int_equal(scan(place)->notices, 0);
}

/* Killed between the ring's record and the freeing of the slot. */
static void a_delivered_notice_left_in_flight_is_not_told(void **state)
{
	struct place *place = *state;

	assert_int_equal(put(place, ID, "x"), 0);
	assert_int_equal(spool_begin(place->spool, ID), 0);
	assert_int_equal(
		link(folder_path(place->box, "inflight/" NAME), folder_path(place->folder, "kept")),
		0);
	assert_int_equal(spool_finish(place->spool, ID, "250", WHEN), 0);
	assert_int_equal(rename(folder_path(place->folder, "kept"),
				folder_path(place->box, "inflight/" NAME)),
			 0);
	reopen(place);
	assert_int_equal(scan(place)->notices, 0);
	assert_int_equal(place->seen.sent, 1);
	assert_false(is_there(place, "inflight/" NAME));
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

static void a_damaged_ring_record_is_left_out(void **state)
{
	struct place *place = *state;

	for (uint64_t id = 1; id <= 3; id++)
		assert_int_equal(spool_finish(place->spool, id, "250", WHEN), 0);
	overwrite(place, "ring", 2 * SPOOL_RING_BYTES + 64, "9");
	reopen(place);
	assert_int_equal(scan(place)->sent, 2);
	assert_int_equal(spool_finish(place->spool, 4, "250", WHEN), 0);
	reopen(place);
	assert_int_equal(scan(place)->sent, 3);
	assert_true(place->seen.sent_id == 4);
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

static void a_ring_of_garbage_is_an_empty_one(void **state)
{
	struct place *place = *state;
	char junk[4096];
	int fd = open(folder_path(place->box, "ring"), O_WRONLY);

	for (size_t i = 0; i < sizeof junk; i++)
		junk[i] = (char)(i * 31 + 7);
	assert_int_equal(write(fd, junk, sizeof junk), sizeof junk);
	close(fd);
	reopen(place);
	assert_int_equal(scan(place)->sent, 0);
	assert_int_equal(spool_finish(place->spool, ID, "250", WHEN), 0);
	reopen(place);
	assert_int_equal(scan(place)->sent, 1);
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

/* ---- a full disk ---- */

#define SKIPPED 77

static void disk_fill(const char *box)
{
	static const char block[4096];
	int fd = open(folder_path(box, "filler"), O_CREAT | O_WRONLY, 0600);

	while (write(fd, block, sizeof block) > 0)
		;
	while (write(fd, block, 1) > 0)
		;
	close(fd);
}

#define must(condition)                                                                            \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);            \
			return 1;                                                                  \
		}                                                                                  \
	} while (0)

static int full_disk_life(const char *box)
{
	static char large[3 * SPOOL_SLOT_BYTES];
	struct seen seen = { 0 };
	struct spool *spool;

	must(spool_open(box, &spool) == 0);
	disk_fill(box);
	must(spool_put(spool, ID, "notice", 6) == 0);
	must(spool_put(spool, OTHER, large, sizeof large) == -ENOSPC);
	spool_close(spool);
	must(spool_open(box, &spool) == 0);
	must(spool_scan(spool, notice_seen, sent_seen, &seen) == 0);
	must(seen.notices == 1 && seen.id == ID && strcmp(seen.bytes, "notice") == 0);
	must(spool_begin(spool, ID) == 0);
	must(spool_return(spool, ID) == 0);
	must(spool_begin(spool, ID) == 0);
	must(spool_finish(spool, ID, "250", WHEN) == 0);
	must(access(folder_path(box, "new/.fedcba9876543210"), F_OK) != 0);
	spool_close(spool);
	return 0;
}

/* In a name space of its own: the mount ends with the process. */
static int full_disk_process(const char *folder)
{
	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", folder, "tmpfs", 0, "size=6m") < 0)
		return SKIPPED;
	return full_disk_life(folder_path(folder, "outbox"));
}

static void a_full_disk_still_takes_notices(void **state)
{
	struct place *place = *state;
	pid_t child;
	int status;

	assert_int_equal(mkdir(folder_path(place->folder, "small"), 0700), 0);
	child = fork();
	if (child == 0)
		_exit(full_disk_process(folder_path(place->folder, "small")));
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED) {
		print_message("no right to mount a small disk here: skipped\n");
		skip();
	}
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

#define placed(test) cmocka_unit_test_setup_teardown(test, place_make, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		placed(a_first_start_makes_everything_closed),
		placed(a_second_instance_is_refused),
		placed(a_notice_lives_through_its_folders),
		placed(a_step_done_twice_is_fine),
		placed(a_known_notice_is_not_taken_again),
		placed(a_restart_finds_what_waits_and_what_was_sent),
		placed(a_notice_that_never_was_a_file_enters_the_ring),
		placed(a_long_notice_gets_a_file_of_its_own),
		placed(more_notices_than_slots_are_taken),
		placed(a_slot_shows_nothing_of_its_last_notice),
		placed(a_damaged_notice_is_kept_for_a_person),
		placed(a_cut_notice_is_damaged),
		placed(content_under_another_name_is_damaged),
		placed(foreign_things_are_skipped),
		placed(links_and_fifos_among_the_free_slots_are_not_written_to),
		placed(a_short_slot_is_made_anew),
		placed(a_half_written_new_file_is_removed),
		placed(a_delivered_notice_left_in_flight_is_not_told),
		placed(the_ring_overwrites_the_oldest),
		placed(a_damaged_ring_record_is_left_out),
		placed(a_long_record_is_cut),
		placed(a_ring_of_garbage_is_an_empty_one),
		placed(mails_for_people_lie_beside_the_folders),
		placed(a_full_disk_still_takes_notices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
