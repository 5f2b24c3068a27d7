/*
 * store_trouble_test.c - broken databases, full and stalled disks: told, and
 * harming nobody.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "store_place.h"

static void scribble(const char *path, off_t at, size_t n)
{
	int fd = open(path, O_RDWR | O_CREAT, 0600);

	for (size_t i = 0; i < n; i++) {
		const char junk = (char)(i * 37 + 11);

		assert_int_equal(pwrite(fd, &junk, 1, at + (off_t)i), 1);
	}
	close(fd);
}

static unsigned set_aside_files(const struct place *place)
{
	const char *aside = folder_path(place->folder, "history.db.broken-%" PRId64,
					place->now.wall.us / USEC_PER_SEC);

	return access(aside, F_OK) == 0;
}

static void garbage_instead_of_a_database_is_set_aside(void **state)
{
	struct place *place = *state;

	store_close(place->store);
	place->store = NULL;
	unlink(place->path);
	scribble(place->path, 0, 20000);
	reopen(place);
	assert_non_null(strstr(place->note, "history.db.broken-1795600000"));
	assert_int_equal(set_aside_files(place), 1);
	store_day(place->store, "blog", 1, &(struct store_day){ 1, 0, 0, 0 });
	flush(place);
	assert_null(store_trouble(place->store));
	assert_int_equal(days_since(place, 0).n, 1);
}

static void a_damaged_page_is_found_at_start(void **state)
{
	struct place *place = *state;

	for (int day = 0; day < 2000; day++)
		store_day(place->store, "blog", day, &(struct store_day){ 1, 0, 0, 0 });
	flush(place);
	store_close(place->store);
	place->store = NULL;
	scribble(place->path, 15 * 4096, 4096);
	reopen(place);
	assert_int_equal(set_aside_files(place), 1);
	assert_true(place->note[0] != '\0');
}

static void a_truncated_database_is_set_aside(void **state)
{
	struct place *place = *state;

	for (int day = 0; day < 2000; day++)
		store_day(place->store, "blog", day, &(struct store_day){ 1, 0, 0, 0 });
	flush(place);
	store_close(place->store);
	place->store = NULL;
	assert_int_equal(truncate(place->path, 9000), 0);
	reopen(place);
	assert_int_equal(set_aside_files(place), 1);
}

static void an_empty_file_becomes_a_database(void **state)
{
	struct place *place = *state;

	store_close(place->store);
	place->store = NULL;
	assert_int_equal(truncate(place->path, 0), 0);
	reopen(place);
	assert_string_equal(place->note, "");
}

static void a_newer_database_is_left_alone(void **state)
{
	struct place *place = *state;
	struct store *store = NULL;
	const unsigned char newer[4] = { 0, 0, 0, 99 };
	int fd;

	store_close(place->store);
	place->store = NULL;
	fd = open(place->path, O_WRONLY);
	assert_int_equal(pwrite(fd, newer, 4, 60), 4); /* where the format keeps user_version */
	close(fd);
	assert_int_equal(store_open(place->path, NULL, place->now, &store, place->note, NOTE_BYTES),
			 -ENOTSUP);
	assert_int_equal(set_aside_files(place), 0);
}

static void what_is_not_a_file_is_refused(void **state)
{
	struct place *place = *state;
	struct store *store = NULL;

	assert_true(store_open(place->folder, NULL, place->now, &store, place->note, NOTE_BYTES) <
		    0);
	assert_int_equal(store_open(folder_path(place->folder, "no/such/place.db"), NULL,
				    place->now, &store, place->note, NOTE_BYTES),
			 -ENOENT);
	assert_int_equal(symlink("history.db", folder_path(place->folder, "link.db")), 0);
	assert_int_equal(store_open(folder_path(place->folder, "link.db"), NULL, place->now, &store,
				    place->note, NOTE_BYTES),
			 -ELOOP);
	assert_null(store);
}

static void a_second_instance_is_refused(void **state)
{
	struct place *place = *state;
	struct store *second = NULL;
	char note[NOTE_BYTES];
	int status;
	pid_t child = fork();

	/* Another process: locks of one process do not exclude each other. */
	if (child == 0)
		_exit(store_open(place->path, NULL, place->now, &second, note, sizeof note) ==
				      -EBUSY
			      ? 0
			      : 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(set_aside_files(place), 0);
}

static void a_history_that_is_deleted_is_begun_anew(void **state)
{
	struct place *place = *state;
	struct observation o = observation(place->now, 5);

	store_observation(place->store, "blog", &o);
	flush(place);
	assert_int_equal(unlink(place->path), 0);
	assert_int_equal(unlink(folder_path(place->folder, "history.db-wal")), 0);
	store_observation(place->store, "misskey", &o);
	flush(place);
	assert_null(store_trouble(place->store));
	reopen(place);
	assert_string_equal(place->note, "");
	assert_string_equal(observations_since(place, (wall_t){ 0 }).text,
			    "misskey pass +0 5 0 - -|");
}

/* ---- what waits in memory ---- */

static void rows_that_wait_too_long_are_dropped_but_never_a_state(void **state)
{
	static char text[100000];
	struct row failure = { .kind = ROW_FAILURE, .text = { { text, sizeof text } } };
	struct row saved = { .kind = ROW_STATE,
			     .text = { { "engine", 6 }, { "", 0 }, { "x", 1 } } };
	struct batch batch;

	(void)state;
	batch_init(&batch);
	batch_add(&batch, &saved);
	for (int i = 0; i < 500; i++)
		batch_add(&batch, &failure);
	assert_true(batch.dropped > 300 && batch.dropped < 500);
	assert_true(batch.bytes <= 16u << 20);
	assert_int_equal(batch.rows, 501 - batch.dropped);
	assert_int_equal(batch.first->kind, ROW_STATE);
	batch_done(&batch);
	assert_int_equal(batch.bytes, 0);
}

static void a_newer_state_replaces_the_one_that_waits(void **state)
{
	struct row old = { .kind = ROW_STATE,
			   .text = { { "engine", 6 }, { "", 0 }, { "old", 3 } } };
	struct row new = { .kind = ROW_STATE,
			   .text = { { "engine", 6 }, { "", 0 }, { "new", 3 } } };
	struct row other = { .kind = ROW_STATE,
			     .text = { { "names", 5 }, { "", 0 }, { "old", 3 } } };
	struct batch batch, newer;

	(void)state;
	batch_init(&batch);
	batch_init(&newer);
	batch_add(&batch, &other);
	batch_add(&batch, &old);
	batch_add(&newer, &new);
	batch_join(&batch, &newer);
	assert_int_equal(batch.rows, 2);
	assert_null(newer.first);
	assert_string_equal(batch.first->text[2].v, "old");
	assert_string_equal(batch.first->next->text[2].v, "new");
	batch_done(&batch);
}

/* ---- a full disk ---- */

#define SKIPPED 77

#define must(condition)                                                                            \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);            \
			return 1;                                                                  \
		}                                                                                  \
	} while (0)

static void disk_fill(const char *path)
{
	static const char block[4096];
	int fd = open(path, O_CREAT | O_WRONLY, 0600);

	while (write(fd, block, sizeof block) > 0)
		;
	close(fd);
}

static int full_disk_life(const char *path, const char *filler, struct now now)
{
	struct seen seen = { 0 };
	char note[NOTE_BYTES];
	struct store *store;

	must(store_open(path, NULL, now, &store, note, sizeof note) == 0);
	disk_fill(filler);
	for (int day = 0; day < 500; day++)
		store_day(store, "blog", day, &(struct store_day){ 1, 0, 0, 0 });
	store_flush(store, now, true);
	must(store_trouble(store) && strstr(store_trouble(store), "the disk is full; 500 rows"));
	store_close(store);
	must(store_open(path, NULL, now, &store, note, sizeof note) ==
	     0); /* a restart in the middle of it */
	for (int day = 0; day < 500; day++)
		store_day(store, "blog", day, &(struct store_day){ 1, 0, 0, 0 });
	store_flush(store, now, true);
	must(store_trouble(store) != NULL);
	unlink(filler);
	store_day(store, "blog", 500, &(struct store_day){ 1, 0, 0, 0 });
	store_flush(store, now, true);
	must(store_trouble(store) == NULL);
	must(store_load_days(store, 0, day_seen, &seen) == 0 && seen.n == 501);
	store_close(store);
	return 0;
}

/* In a name space of its own: the mount ends with the process. */
static int full_disk_process(const char *folder, struct now now)
{
	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", folder, "tmpfs", 0, "size=200k") < 0)
		return SKIPPED;
	return full_disk_life(folder_path(folder, "history.db"), folder_path(folder, "filler"),
			      now);
}

static void a_full_disk_is_told_and_loses_nothing_yet(void **state)
{
	struct place *place = *state;
	int status;
	pid_t child;

	assert_int_equal(mkdir(folder_path(place->folder, "small"), 0700), 0);
	child = fork();
	if (child == 0)
		_exit(full_disk_process(folder_path(place->folder, "small"), place->now));
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED) {
		print_message("no right to mount a small disk here: skipped\n");
		skip();
	}
	assert_int_equal(status, 0);
}

/* ---- beside the loop ---- */

struct gate {
	pthread_mutex_t lock;
};

static void gate_pass(void *job)
{
	struct gate *gate = job;

	pthread_mutex_lock(&gate->lock);
	pthread_mutex_unlock(&gate->lock);
}

static void a_stalled_disk_holds_up_nobody(void **state)
{
	struct place *place = *state;
	struct gate gate = { PTHREAD_MUTEX_INITIALIZER };
	const struct io_setup setup = { 0 };
	const char *error;
	struct io *io = io_new(&setup, &error);
	struct worker *worker = worker_new(io);

	store_close(place->store);
	assert_int_equal(
		store_open(place->path, worker, place->now, &place->store, place->note, NOTE_BYTES),
		0);
	pthread_mutex_lock(&gate.lock);
	worker_queue(worker, &gate, gate_pass, NULL);
	for (int day = 0; day < 5; day++) {
		store_day(place->store, "blog", day, &(struct store_day){ 1, 0, 0, 0 });
		flush(place);
	}
	assert_int_equal(worker_waiting(worker),
			 2); /* the gate and one flush, however often asked */
	pthread_mutex_unlock(&gate.lock);
	store_flush(place->store, place->now, true);
	assert_null(store_trouble(place->store));
	worker_free(worker);
	assert_int_equal(days_since(place, 0).n, 5);
	io_free(io);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		placed(garbage_instead_of_a_database_is_set_aside),
		placed(a_damaged_page_is_found_at_start),
		placed(a_truncated_database_is_set_aside),
		placed(an_empty_file_becomes_a_database),
		placed(a_newer_database_is_left_alone),
		placed(what_is_not_a_file_is_refused),
		placed(a_second_instance_is_refused),
		placed(a_history_that_is_deleted_is_begun_anew),
		cmocka_unit_test(rows_that_wait_too_long_are_dropped_but_never_a_state),
		cmocka_unit_test(a_newer_state_replaces_the_one_that_waits),
		placed(a_full_disk_is_told_and_loses_nothing_yet),
		placed(a_stalled_disk_holds_up_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
