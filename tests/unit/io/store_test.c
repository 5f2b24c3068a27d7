/*
 * store_test.c - the history: what goes in comes out. Trouble:
 * store_trouble_test.c.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "store_place.h"

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
	assert_int_equal(count(place, "PRAGMA user_version"), 5);
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
