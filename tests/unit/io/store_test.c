/*
 * store_test.c - the history: what goes in comes out, trouble is told and
 * harms nobody.
 */
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

static void reopen(struct place *place)
{
	store_close(place->store);
	place->store = NULL;
	assert_int_equal(store_open(place->path, NULL, place->now, &place->store, place->note,
				    sizeof place->note),
			 0);
}

static int place_make(void **state)
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

static int place_remove(void **state)
{
	struct place *place = *state;

	store_close(place->store);
	folder_remove(place->folder);
	free(place);
	return 0;
}

static void later(struct place *place, usec_t span)
{
	place->now.mono = mono_add(place->now.mono, span);
	place->now.wall.us += span;
}

static void flush(struct place *place)
{
	later(place, USEC_PER_SEC);
	store_flush(place->store, place->now, false);
}

static struct observation observation(struct now started, usec_t total)
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

static void observed_seen(void *ctx, const struct store_observed *o)
{
	struct seen *seen = ctx;
	size_t at = strlen(seen->text);

	seen->n++;
	snprintf(seen->text + at, sizeof seen->text - at,
		 "%s %s +%" PRId64 " %" PRId64 " %d %s %s|", o->name, o->outcome,
		 (o->started.us - 1795600000 * USEC_PER_SEC) / 1000, o->total_us, o->status,
		 o->address ? o->address : "-", o->note ? o->note : "-");
}

static struct seen observations_since(struct place *place, wall_t since)
{
	struct seen seen = { 0 };

	assert_int_equal(store_load_observations(place->store, since, observed_seen, &seen), 0);
	return seen;
}

static void day_seen(void *ctx, const char *name, int32_t day, const struct store_day *sums)
{
	struct seen *seen = ctx;
	size_t at = strlen(seen->text);

	seen->n++;
	snprintf(seen->text + at, sizeof seen->text - at, "%s %d %u/%u/%u/%u|", name, day,
		 sums->observed_s, sums->down_s, sums->slow_s, sums->planned_s);
}

static struct seen days_since(struct place *place, int32_t since)
{
	struct seen seen = { 0 };

	assert_int_equal(store_load_days(place->store, since, day_seen, &seen), 0);
	return seen;
}

static void a_new_database_is_for_us_alone(void **state)
{
	struct place *place = *state;
	struct stat is;

	assert_string_equal(place->note, "");
	assert_int_equal(stat(place->path, &is), 0);
	assert_int_equal(is.st_mode & 0777, 0600);
	assert_int_equal(stat(folder_path(place->folder, "history.db-wal"), &is), 0);
	assert_int_equal(is.st_mode & 0777, 0600);
	assert_int_not_equal(access(folder_path(place->folder, "history.db-shm"), F_OK), 0);
	assert_null(store_trouble(place->store));
}

static void an_old_database_for_everybody_is_closed(void **state)
{
	struct place *place = *state;
	struct stat is;

	assert_int_equal(chmod(place->path, 0644), 0);
	reopen(place);
	assert_int_equal(stat(place->path, &is), 0);
	assert_int_equal(is.st_mode & 0777, 0600);
}

static void observations_come_back_after_a_restart(void **state)
{
	struct place *place = *state;
	struct observation pass = observation(place->now, 12345), late = pass, fail = pass;

	late.started.wall.us += 250 * USEC_PER_MS;
	late.total_us = 98765432;
	fail.started.wall.us += 400 * USEC_PER_MS;
	fail.outcome = (struct outcome){ PHASE_WAIT, CAUSE_STATUS };
	fail.code = 503;
	fail.phase_us[PHASE_DNS] = 1000;
	assert_true(address_parse_host("192.0.2.7", 443, &fail.address));
	snprintf(fail.note, sizeof fail.note, "Service\nUnavailable \xff");
	store_observation(place->store, "blog", &pass);
	store_observation(place->store, "misskey", &late);
	store_observation(place->store, "blog", &fail);
	flush(place);
	reopen(place);
	assert_string_equal(
		observations_since(place, (wall_t){ 0 }).text,
		"blog pass +0 12345 0 - -|misskey pass +250 98765432 0 - -|"
		"blog wait-status +400 12345 503 192.0.2.7:443 Service Unavailable \xef\xbf\xbd|");
	assert_int_equal(observations_since(place, (wall_t){ fail.started.wall.us }).n, 1);
}

static void a_blob_holds_starts_on_both_sides_of_its_second(void **state)
{
	const struct pass in[] = { { 1, 999000, 5 },
				   { 300, -7000, 0 },
				   { 1, 86400000000, INT64_MAX } };
	struct buf blob = BUF_INIT(1024);
	struct pass out;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		pass_write(&blob, 1, &in[i]);
	const uint8_t *at = (const uint8_t *)blob.data;
	size_t n = blob.n;

	for (size_t i = 0; i < 3; i++) {
		assert_true(pass_read(&at, &n, 1, &out));
		assert_memory_equal(&in[i], &out, sizeof out);
	}
	assert_false(pass_read(&at, &n, 1, &out));
	for (n = 1; n < 3; n++) { /* a cut blob ends early and reads nothing beyond */
		size_t left = n;

		at = (const uint8_t *)blob.data;
		assert_false(pass_read(&at, &left, 1, &out));
	}
	buf_done(&blob);
}

static void a_state_is_replaced_as_a_whole(void **state)
{
	struct place *place = *state;
	struct store_saved saved;

	assert_int_equal(store_load_state(place->store, "engine", &saved), 0);
	assert_null(saved.text);
	store_state(place->store, "engine", "one two", 7);
	store_state(place->store, "engine", "three", 5);
	store_state(place->store, "names", "", 0);
	flush(place);
	struct now written = place->now;

	store_state(place->store, "engine", "four and more", 4);
	flush(place);
	later(place, USEC_PER_HOUR);
	reopen(place);
	assert_int_equal(store_load_state(place->store, "engine", &saved), 0);
	assert_string_equal(saved.text, "four");
	assert_true(saved.at.mono.us == written.mono.us + USEC_PER_SEC);
	assert_true(saved.at.wall.us == written.wall.us + USEC_PER_SEC);
	assert_true(saved.is_same_boot);
	free(saved.text);
	assert_int_equal(store_load_state(place->store, "names", &saved), 0);
	assert_string_equal(saved.text, "");
	free(saved.text);
}

static void commands_read_the_state_of_a_stopped_daemon(void **state)
{
	struct place *place = *state;
	struct store_saved saved;

	store_state(place->store, "engine", "snapshot", 8);
	flush(place);
	assert_int_equal(store_read_state(place->path, "engine", &saved), -EBUSY);
	store_close(place->store);
	place->store = NULL;
	assert_int_equal(store_read_state(place->path, "engine", &saved), 0);
	assert_string_equal(saved.text, "snapshot");
	assert_true(saved.is_same_boot);
	free(saved.text);
	assert_int_equal(store_read_state(folder_path(place->folder, "none.db"), "engine", &saved),
			 -ENOENT);
	reopen(place);
}

/* kill -9: the log is left behind and holds the last commit. */
static void commands_read_the_state_of_a_killed_daemon(void **state)
{
	struct place *place = *state;
	struct store_saved saved;
	int status;
	pid_t child;

	store_close(place->store);
	place->store = NULL;
	child = fork();
	if (child == 0) {
		if (store_open(place->path, NULL, place->now, &place->store, place->note,
			       NOTE_BYTES) < 0)
			_exit(1);
		store_state(place->store, "engine", "acknowledged", 12);
		store_flush(place->store, place->now, true);
		_exit(store_trouble(place->store) ? 1 : 0); /* without closing anything */
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(access(folder_path(place->folder, "history.db-wal"), F_OK), 0);
	assert_int_equal(store_read_state(place->path, "engine", &saved), 0);
	assert_string_equal(saved.text, "acknowledged");
	free(saved.text);
	reopen(place);
	assert_int_equal(store_load_state(place->store, "engine", &saved), 0);
	assert_string_equal(saved.text, "acknowledged");
	free(saved.text);
}

static void days_are_upserted(void **state)
{
	struct place *place = *state;

	store_day(place->store, "blog", 20780, &(struct store_day){ 86400, 60, 5, 0 });
	store_day(place->store, "blog", 20781, &(struct store_day){ 100, 0, 0, 0 });
	flush(place);
	store_day(place->store, "blog", 20781, &(struct store_day){ 200, 7, 0, 3 });
	store_day(place->store, "api", 20781, &(struct store_day){ 200, 0, 0, 0 });
	flush(place);
	reopen(place);
	assert_string_equal(days_since(place, 0).text,
			    "api 20781 200/0/0/0|blog 20780 86400/60/5/0|blog 20781 200/7/0/3|");
	assert_int_equal(days_since(place, 20781).n, 2);
}

static unsigned count(struct place *place, const char *question)
{
	char command[2048];
	unsigned n = 0;

	store_close(place->store);
	place->store = NULL;
	snprintf(command, sizeof command, "%s", question);
	int out[2];

	assert_int_equal(pipe(out), 0);
	pid_t child = fork();

	if (child == 0) {
		dup2(out[1], STDOUT_FILENO);
		execlp("sqlite3", "sqlite3", place->path, command, (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	char digits[32] = "";
	ssize_t got = read(out[0], digits, sizeof digits - 1);
	int status;

	close(out[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	reopen(place);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
		print_message("the sqlite3 shell is missing: skipped\n");
		skip();
	}
	assert_true(got > 0);
	n = (unsigned)strtoul(digits, NULL, 10);
	return n;
}

static void transitions_and_incidents_are_kept(void **state)
{
	struct place *place = *state;
	struct store_incident incident = { .id = UINT64_MAX - 5,
					   .number = "17",
					   .stack = "home",
					   .diagnosis = "site-down",
					   .worst = "site-down",
					   .opened = place->now.wall };

	store_transition(place->store, "blog", "suspect", "down", "connect-timeout",
			 place->now.wall);
	store_incident(place->store, &incident);
	flush(place);
	incident.worst = "stack-down";
	incident.closed = (wall_t){ place->now.wall.us + 5 };
	incident.mails = 2;
	store_incident(place->store, &incident);
	flush(place);
	assert_int_equal(
		count(place,
		      "SELECT count(*) FROM incidents WHERE worst = 'stack-down' AND mails = 2"
		      " AND id = -6"),
		1);
	assert_int_equal(count(place, "SELECT count(*) FROM transitions WHERE became = 'down'"), 1);
	assert_int_equal(count(place, "PRAGMA user_version"), 1);
}

static void old_rows_are_pruned(void **state)
{
	struct place *place = *state;
	struct observation o = observation(place->now, 5), fail = o;

	fail.outcome = (struct outcome){ PHASE_CONNECT, CAUSE_REFUSED };
	store_observation(place->store, "blog", &o);
	store_observation(place->store, "blog", &fail);
	store_day(place->store, "blog", 20000, &(struct store_day){ 1, 1, 1, 1 });
	flush(place);
	later(place, 15 * USEC_PER_DAY);
	o.started = fail.started = place->now;
	store_observation(place->store, "blog", &o);
	store_observation(place->store, "blog", &fail);
	store_day(place->store, "blog", 20797, &(struct store_day){ 2, 2, 2, 2 });
	store_prune(place->store, place->now, 14 * USEC_PER_DAY, 400 * USEC_PER_DAY);
	flush(place);
	assert_int_equal(observations_since(place, (wall_t){ 0 }).n, 2);
	assert_string_equal(days_since(place, 0).text, "blog 20797 2/2/2/2|");
}

static void a_flush_comes_at_most_once_a_second(void **state)
{
	struct place *place = *state;
	struct observation o = observation(place->now, 5);

	store_observation(place->store, "blog", &o);
	flush(place);
	store_observation(place->store, "blog", &o);
	later(place, 400 * USEC_PER_MS);
	store_flush(place->store, place->now, false);
	assert_int_equal(observations_since(place, (wall_t){ 0 }).n, 1);
	later(place, 600 * USEC_PER_MS);
	store_flush(place->store, place->now, false);
	assert_int_equal(observations_since(place, (wall_t){ 0 }).n, 2);
	store_observation(place->store, "blog", &o);
	store_flush(place->store, place->now, true);
	assert_int_equal(observations_since(place, (wall_t){ 0 }).n, 3);
}

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

#define placed(test) cmocka_unit_test_setup_teardown(test, place_make, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		placed(a_new_database_is_for_us_alone),
		placed(an_old_database_for_everybody_is_closed),
		placed(observations_come_back_after_a_restart),
		cmocka_unit_test(a_blob_holds_starts_on_both_sides_of_its_second),
		placed(a_state_is_replaced_as_a_whole),
		placed(commands_read_the_state_of_a_stopped_daemon),
		placed(commands_read_the_state_of_a_killed_daemon),
		placed(days_are_upserted),
		placed(transitions_and_incidents_are_kept),
		placed(old_rows_are_pruned),
		placed(a_flush_comes_at_most_once_a_second),
		placed(garbage_instead_of_a_database_is_set_aside),
		placed(a_damaged_page_is_found_at_start),
		placed(a_truncated_database_is_set_aside),
		placed(an_empty_file_becomes_a_database),
		placed(a_newer_database_is_left_alone),
		placed(what_is_not_a_file_is_refused),
		placed(a_second_instance_is_refused),
		cmocka_unit_test(rows_that_wait_too_long_are_dropped_but_never_a_state),
		cmocka_unit_test(a_newer_state_replaces_the_one_that_waits),
		placed(a_full_disk_is_told_and_loses_nothing_yet),
		placed(a_stalled_disk_holds_up_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
