/*
 * spool_look_test.c - the outbox seen by a command: everything that is there,
 * nothing that was not, and not a byte changed, whether a daemon has it or not.
 */
#include "spool_place.h"

#include <dirent.h>

static void sent_at(void *ctx, uint64_t id, wall_t at, const char *record)
{
	struct seen *seen = ctx;

	assert_true(at.us == WHEN.us);
	sent_seen(seen, id, record);
}

static struct seen look(const char *box, int expected)
{
	struct seen seen = { .notices = 0 };

	assert_int_equal(spool_look(box, notice_seen, sent_at, &seen), expected);
	return seen;
}

static void what_waits_and_what_was_sent_are_told(void **state)
{
	struct place *place = *state;
	struct seen seen;

	assert_int_equal(put(place, ID, "waits"), 0);
	assert_int_equal(spool_finish(place->spool, OTHER, "ops@example.org 250 ok", WHEN), 0);
	seen = look(place->box, 0);
	assert_int_equal(seen.notices, 1);
	assert_true(seen.id == ID);
	assert_false(seen.is_inflight);
	assert_string_equal(seen.bytes, "waits");
	assert_int_equal(seen.sent, 1);
	assert_true(seen.sent_id == OTHER);
	assert_string_equal(seen.record, "ops@example.org 250 ok");
	assert_int_equal(scan(place)->notices, 1); /* it is all still there */
	assert_int_equal(place->seen.sent, 1);
}

static void doubt_is_told(void **state)
{
	struct place *place = *state;

	assert_int_equal(put(place, ID, "out"), 0);
	assert_int_equal(spool_begin(place->spool, ID), 0);
	assert_true(look(place->box, 0).is_inflight);
}

/* Killed between the record and the slot's release: the file lies there, but it was delivered. */
static void a_delivered_one_does_not_wait(void **state)
{
	struct place *place = *state;
	char from[FOLDER_MAX + 64], to[FOLDER_MAX + 64];
	struct seen seen;

	assert_int_equal(put(place, ID, "delivered"), 0);
	snprintf(from, sizeof from, "%s/new/" NAME, place->box);
	snprintf(to, sizeof to, "%s/kept", place->folder);
	assert_int_equal(link(from, to), 0);
	assert_int_equal(spool_finish(place->spool, ID, "250", WHEN), 0);
	assert_int_equal(rename(to, from), 0);
	seen = look(place->box, 0);
	assert_int_equal(seen.notices, 0);
	assert_int_equal(seen.sent, 1);
}

static void damage_and_foreign_files_are_passed_over(void **state)
{
	struct place *place = *state;
	char path[FOLDER_MAX + 64];
	FILE *file;

	snprintf(path, sizeof path, "%s/new/" NAME, place->box);
	file = fopen(path, "w");
	fputs("not a notice", file);
	fclose(file);
	snprintf(path, sizeof path, "%s/new/README", place->box);
	file = fopen(path, "w");
	fclose(file);
	snprintf(path, sizeof path, "%s/new/0000000000000001", place->box);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(look(place->box, 0).notices, 0);
}

static size_t entries_of(const char *folder)
{
	DIR *dir = opendir(folder);
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

static void an_empty_folder_stays_empty(void **state)
{
	struct place *place = *state;
	const char *path = folder_path(place->folder, "empty");

	assert_int_equal(mkdir(path, 0700), 0);
	(void)look(path, -ENOENT);
	assert_int_equal(entries_of(path), 2);
	(void)look(folder_path(place->folder, "nowhere"), -ENOENT);
}

#define placed(test) cmocka_unit_test_setup_teardown(test, place_make, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		placed(what_waits_and_what_was_sent_are_told),
		placed(doubt_is_told),
		placed(a_delivered_one_does_not_wait),
		placed(damage_and_foreign_files_are_passed_over),
		placed(an_empty_folder_stays_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
