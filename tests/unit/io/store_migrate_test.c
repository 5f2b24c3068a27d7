/*
 * store_migrate_test.c - a history that version 1 wrote, brought to ours: in
 * one piece, with a copy of what it was.
 */
#include "io/store_schema.h"
#include "io/store_sql.h"
#include "store_place.h"

/* As version 1 made it, never to be changed: the program that wrote it is out there. */
static const char version_1[] =
	"CREATE TABLE names(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
	"CREATE TABLE passes(second INTEGER NOT NULL, observations BLOB NOT NULL);"
	"CREATE INDEX passes_second ON passes(second);"
	"CREATE TABLE failures(started INTEGER NOT NULL, name TEXT NOT NULL, outcome TEXT NOT NULL,"
	" total INTEGER, status INTEGER, is_reached INTEGER, not_after INTEGER, dns INTEGER,"
	" connect INTEGER, tls INTEGER, send INTEGER, wait INTEGER, body INTEGER, address TEXT, "
	"note TEXT);"
	"CREATE INDEX failures_name ON failures(name, started);"
	"CREATE INDEX failures_started ON failures(started);"
	"CREATE TABLE transitions(at INTEGER NOT NULL, name TEXT NOT NULL, was TEXT NOT NULL,"
	" became TEXT NOT NULL, outcome TEXT);"
	"CREATE INDEX transitions_at ON transitions(at);"
	"CREATE TABLE incidents(id INTEGER PRIMARY KEY, number TEXT, stack TEXT, diagnosis TEXT,"
	" worst TEXT, opened INTEGER NOT NULL, closed INTEGER, mails INTEGER, members INTEGER);"
	"CREATE TABLE days(name TEXT NOT NULL, day INTEGER NOT NULL, observed INTEGER, down "
	"INTEGER,"
	" slow INTEGER, planned INTEGER, PRIMARY KEY(name, day)) WITHOUT ROWID;"
	"CREATE TABLE states(key TEXT PRIMARY KEY, mono INTEGER, wall INTEGER, boot TEXT, text "
	"TEXT);"
	"PRAGMA user_version = 1;";

static const char rows_1[] =
	"INSERT INTO names VALUES(1, 'blog');"
	/* One pass: name 1, 0 ms before its second, 5000 us. */
	"INSERT INTO passes VALUES(1795600000, x'01008827');"
	"INSERT INTO failures(started, name, outcome, total, status, is_reached, address, note)"
	" VALUES(1795600001000000, 'blog', 'wait-status', 7, 503, 1, '192.0.2.7:443', 'busy');"
	"INSERT INTO transitions VALUES(1795600002000000, 'blog', 'suspect', 'down', "
	"'wait-status');"
	"INSERT INTO incidents VALUES(7, '20261125-1', 'home', 'site-down', 'site-down', "
	"1795600001000000, 0, 1, 1);"
	"INSERT INTO days VALUES('blog', 20782, 600, 60, 0, 0);"
	"INSERT INTO states VALUES('engine', 1, 2, 'boot', 'shorewatch-state 1');";

/* The place's own history gives way to one that version 1 wrote. */
static void write_1(struct place *place, const char *text)
{
	struct sql *sql = NULL;

	store_close(place->store);
	place->store = NULL;
	assert_int_equal(truncate(place->path, 0), 0);
	(void)unlink(folder_path(place->folder, "history.db-wal"));
	assert_int_equal(sql_open(place->path, false, &sql), 0);
	assert_int_equal(sql_run(sql, version_1), 0);
	assert_int_equal(sql_run(sql, text), 0);
	sql_close(sql);
}

static int64_t ask(const char *path, const char *question)
{
	struct sqlite3_stmt *s = NULL;
	struct sql *sql = NULL;
	int64_t answer;

	assert_int_equal(sql_open(path, true, &sql), 0);
	assert_int_equal(sql_prepare(sql, question, &s), 0);
	assert_int_equal(sql_step(s), 1);
	answer = sql_number(s, 0);
	sql_finalize(s);
	sql_close(sql);
	return answer;
}

static void version_1_keeps_all_it_knew(void **state)
{
	struct place *place = *state;
	struct store_saved saved = { 0 };

	write_1(place, rows_1);
	reopen(place);
	assert_non_null(strstr(place->note, "history.db.v1"));
	assert_string_equal(
		observations_since(place, (wall_t){ 0 }).text,
		"blog pass +0 5000 0 - -|blog wait-status +1000 7 503 192.0.2.7:443 busy|");
	assert_string_equal(days_since(place, 0).text, "blog 20782 600/60/0/0|");
	assert_int_equal(store_load_state(place->store, "engine", &saved), 0);
	assert_string_equal(saved.text, "shorewatch-state 1");
	free(saved.text);
}

static void what_it_was_is_kept_for_the_program_that_wrote_it(void **state)
{
	struct place *place = *state;
	const char *copy = folder_path(place->folder, "history.db.v1");
	struct stat is;

	write_1(place, rows_1);
	reopen(place);
	assert_int_equal(stat(copy, &is), 0);
	assert_int_equal(is.st_mode & 0777, 0600);
	assert_int_equal(ask(copy, "PRAGMA user_version"), 1);
	assert_int_equal(ask(copy, "SELECT count(*) FROM failures"), 1);
	reopen(place);
	assert_string_equal(place->note, ""); /* once */
}

static void version_1_takes_what_is_new(void **state)
{
	struct place *place = *state;
	struct observation fail = observation(place->now, 5);

	write_1(place, rows_1);
	reopen(place);
	fail.outcome = (struct outcome){ PHASE_CONNECT, CAUSE_REFUSED };
	store_references(place->store, 3, 3);
	store_observation(place->store, "blog", &fail);
	store_evidence(place->store, "blog", place->now.wall);
	later(place, USEC_PER_HOUR);
	store_prune(place->store, place->now, 14 * USEC_PER_DAY, 400 * USEC_PER_DAY);
	flush(place);
	assert_null(store_trouble(place->store));
	store_close(place->store);
	place->store = NULL;
	assert_int_equal(ask(place->path, "SELECT sum(is_evidence) FROM failures"), 1);
	assert_int_equal(ask(place->path, "SELECT count(*) FROM buckets"), 1);
	assert_int_equal(ask(place->path, "PRAGMA user_version"), schema_version);
}

/* Version 2 is out there as well: only what is new is made. */
static void version_2_gets_a_place_for_exhibits(void **state)
{
	struct place *place = *state;
	struct sql *sql = NULL;

	write_1(place, rows_1);
	assert_int_equal(sql_open(place->path, false, &sql), 0);
	assert_int_equal(sql_run(sql, schema_migrations[1]), 0);
	assert_int_equal(sql_run(sql, "PRAGMA user_version = 2"), 0);
	sql_close(sql);
	reopen(place);
	assert_non_null(strstr(place->note, "history.db.v2"));
	store_exhibit(place->store, &(struct store_exhibit){ .name = "blog",
							     .started = { 1795600001000000 },
							     .facts = "resolver x" });
	flush(place);
	assert_null(store_trouble(place->store));
	store_close(place->store);
	place->store = NULL;
	assert_int_equal(ask(place->path, "SELECT count(*) FROM exhibits, failures USING(name, "
					  "started) WHERE facts = 'resolver x' AND head IS NULL"),
			 1);
}

static void incident_lasted(void *ctx, const struct store_incident *i)
{
	*(usec_t *)ctx = i->lasted;
}

static usec_t lasted_of(struct place *place, const char *number)
{
	usec_t lasted = 0;

	assert_int_equal(store_load_incident(place->store, number, incident_lasted, &lasted), 0);
	return lasted;
}

/* Nobody can say of old incidents how long they lasted by the boot clock; of new ones we do. */
static void version_3_learns_how_long_incidents_lasted(void **state)
{
	struct place *place = *state;
	struct sql *sql = NULL;

	write_1(place, rows_1);
	assert_int_equal(sql_open(place->path, false, &sql), 0);
	assert_int_equal(sql_run(sql, schema_migrations[1]), 0);
	assert_int_equal(sql_run(sql, schema_migrations[2]), 0);
	assert_int_equal(sql_run(sql, "PRAGMA user_version = 3"), 0);
	sql_close(sql);
	reopen(place);
	assert_non_null(strstr(place->note, "history.db.v3"));
	assert_int_equal(lasted_of(place, "20261125-1"), -1);
	store_incident(place->store,
		       &(struct store_incident){ .id = 8,
						 .number = "20261125-2",
						 .opened = place->now.wall,
						 .closed = { place->now.wall.us - USEC_PER_HOUR },
						 .lasted = 13 * USEC_PER_SEC });
	flush(place);
	assert_null(store_trouble(place->store));
	assert_int_equal(lasted_of(place, "20261125-2"), 13 * USEC_PER_SEC);
	assert_int_equal(lasted_of(place, "20261125-1"), -1);
}

/* A table that the second step wants to make is there already: the step fails in its middle. */
static void a_step_that_fails_leaves_the_old_version_whole(void **state)
{
	struct place *place = *state;

	write_1(place, rows_1);
	{
		struct sql *sql = NULL;

		assert_int_equal(sql_open(place->path, false, &sql), 0);
		assert_int_equal(sql_run(sql, "CREATE TABLE buckets(x)"), 0);
		sql_close(sql);
	}
	assert_true(store_open(place->path, NULL, place->now, &place->store, place->note,
			       sizeof place->note) < 0);
	place->store = NULL;
	assert_int_equal(ask(place->path, "PRAGMA user_version"), 1);
	assert_int_equal(ask(place->path, "SELECT count(*) FROM failures"), 1);
	assert_int_equal(ask(place->path, "SELECT count(*) FROM pragma_table_info('failures') "
					  "WHERE name = 'is_evidence'"),
			 0);
}

static void a_copy_left_by_a_kill_is_made_again(void **state)
{
	struct place *place = *state;
	const char *copy = folder_path(place->folder, "history.db.v1");
	FILE *half = fopen(copy, "w");

	assert_non_null(half);
	fputs("half a copy", half);
	fclose(half);
	write_1(place, rows_1);
	reopen(place);
	assert_int_equal(
		ask(folder_path(place->folder, "history.db.v1"), "SELECT count(*) FROM failures"),
		1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		placed(version_1_keeps_all_it_knew),
		placed(what_it_was_is_kept_for_the_program_that_wrote_it),
		placed(version_1_takes_what_is_new),
		placed(version_2_gets_a_place_for_exhibits),
		placed(version_3_learns_how_long_incidents_lasted),
		placed(a_step_that_fails_leaves_the_old_version_whole),
		placed(a_copy_left_by_a_kill_is_made_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
