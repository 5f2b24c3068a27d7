/*
 * spool_damage_test.c - foreign files, broken files, a full disk: what is ours
 * and whole goes on (SR-32, SR-33).
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "spool_place.h"

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
/* One that could not be removed, as on a disk that became read-only for a while. */
static void a_half_written_file_left_over_is_in_nobodys_way(void **state)
{
	static char large[2 * SPOOL_SLOT_BYTES];
	struct place *place = *state;
	int fd = open(folder_path(place->box, "new/." NAME), O_CREAT | O_WRONLY, 0600);

	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(spool_put(place->spool, ID, large, sizeof large), 0);
	assert_true(is_there(place, "new/" NAME));
}

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
	must(spool_stock(spool) == 0);
	disk_fill(box);
	must(spool_put(spool, ID, "notice", 6) == 0);
	must(spool_put(spool, OTHER, large, sizeof large) == -ENOSPC);
	spool_close(spool);
	must(spool_open(box, &spool) == 0);
	must(spool_stock(spool) == 0);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		placed(a_damaged_notice_is_kept_for_a_person),
		placed(a_cut_notice_is_damaged),
		placed(content_under_another_name_is_damaged),
		placed(foreign_things_are_skipped),
		placed(links_and_fifos_among_the_free_slots_are_not_written_to),
		placed(a_short_slot_is_made_anew),
		placed(a_half_written_new_file_is_removed),
		placed(a_half_written_file_left_over_is_in_nobodys_way),
		placed(a_delivered_notice_left_in_flight_is_not_told),
		placed(a_damaged_ring_record_is_left_out),
		placed(a_ring_of_garbage_is_an_empty_one),
		placed(a_full_disk_still_takes_notices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
