/*
 * store.c - the history's tables in SQLite.
 *
 * Owns the connection: WAL with synchronous=FULL, because less loses
 * acknowledged commits at a power cut, and locking_mode=EXCLUSIVE, because then
 * the WAL opens on a full disk as well (reliability.md 1.2, 8.11). History and
 * caches only: notices are files, see spool.c. A broken database is set aside
 * for a person and a new one begun; the daemon never stops for its history.
 */
#include "io/store_database.h"

#include <assert.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "io/store_file.h"
#include "io/store_passes.h"
#include "io/store_schema.h"

#define BUSY_MS		   2000 /* a command may be reading at the moment we start */
#define CHECKED_BYTES_MAX  (64 << 20) /* a longer file is not read through at start: it takes seconds */
#define CHECKPOINT_PAGES   1000
#define PASSES_BYTES_MAX   (8u << 20)

struct database {
	char *path;
	char boot[BOOT_ID_MAX];
	sqlite3 *sql; /* NULL: could not be opened; the next write tries again */
	sqlite3_stmt *write[ROW_KINDS];
	int wal_pages;
};

/* ---- SQLite's codes, turned into ours ---- */

static const struct {
	int code, error;
} codes[] = {
	{ SQLITE_OK, 0 },	      { SQLITE_ROW, 0 },	      { SQLITE_DONE, 0 },
	{ SQLITE_BUSY, EBUSY },	      { SQLITE_LOCKED, EBUSY },	      { SQLITE_FULL, ENOSPC },
	{ SQLITE_IOERR, EIO },	      { SQLITE_CORRUPT, EUCLEAN },    { SQLITE_NOTADB, EUCLEAN },
	{ SQLITE_READONLY, EROFS },   { SQLITE_PERM, EACCES },	      { SQLITE_AUTH, EACCES },
	{ SQLITE_CANTOPEN, ENOENT },  { SQLITE_NOMEM, ENOMEM },	      { SQLITE_TOOBIG, EFBIG },
	{ SQLITE_PROTOCOL, EBUSY },
};

/* Where SQLite knows what the kernel said, that is the better answer. */
static int code_to_error(sqlite3 *sql, int code)
{
	int system = sql ? sqlite3_system_errno(sql) : 0;

	if (((code & 0xff) == SQLITE_CANTOPEN || (code & 0xff) == SQLITE_IOERR) && system > 0)
		return -system;
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if ((code & 0xff) == codes[i].code)
			return -codes[i].error;
	return -EPROTO; /* our own SQL is wrong */
}

static int run(sqlite3 *sql, const char *text)
{
	return code_to_error(sql, sqlite3_exec(sql, text, NULL, NULL, NULL));
}

static int prepare(sqlite3 *sql, const char *text, sqlite3_stmt **ret)
{
	return code_to_error(sql, sqlite3_prepare_v3(sql, text, -1, SQLITE_PREPARE_PERSISTENT, ret,
						     NULL));
}

/* The first column of the first row. */
static int ask_number(sqlite3 *sql, const char *text, int *ret)
{
	sqlite3_stmt *statement;
	int r = prepare(sql, text, &statement);

	if (r < 0)
		return r;
	int code = sqlite3_step(statement);

	if (code == SQLITE_ROW)
		*ret = sqlite3_column_int(statement, 0);
	sqlite3_finalize(statement);
	return code == SQLITE_ROW ? 0 : code_to_error(sql, code);
}

static int ask_is(sqlite3 *sql, const char *text, const char *wanted, bool *ret)
{
	sqlite3_stmt *statement;
	int r = prepare(sql, text, &statement);

	if (r < 0)
		return r;
	int code = sqlite3_step(statement);
	const char *is = code == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : NULL;

	*ret = is && strcmp(is, wanted) == 0;
	sqlite3_finalize(statement);
	return code_to_error(sql, code);
}

/* ---- opening ---- */

static int modes_set(sqlite3 *sql)
{
	bool is_wal;
	int r = run(sql, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA trusted_schema=OFF;"
			 "PRAGMA temp_store=MEMORY; PRAGMA cell_size_check=ON");

	if (r < 0)
		return r;
	r = ask_is(sql, "PRAGMA journal_mode=WAL", "wal", &is_wal);
	if (r < 0)
		return r;
	r = run(sql, is_wal ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=EXTRA");
	return r < 0 ? r : run(sql, "PRAGMA wal_autocheckpoint=0; PRAGMA journal_size_limit=16777216");
}

static int check(sqlite3 *sql, off_t size)
{
	bool is_fine;

	if (size > CHECKED_BYTES_MAX)
		return 0;
	int r = ask_is(sql, "PRAGMA quick_check(1)", "ok", &is_fine);

	return r < 0 ? r : is_fine ? 0 : -EUCLEAN;
}

static int migrate_one(sqlite3 *sql, int version)
{
	char text[64];
	int r = run(sql, "BEGIN IMMEDIATE");

	if (r < 0)
		return r;
	r = run(sql, schema_migrations[version]);
	snprintf(text, sizeof text, "PRAGMA user_version=%d", version + 1);
	if (r == 0)
		r = run(sql, text);
	if (r == 0)
		r = run(sql, "COMMIT");
	if (r < 0)
		(void)run(sql, "ROLLBACK"); /* r tells */
	return r;
}

static int migrate(sqlite3 *sql)
{
	int version;
	int r = ask_number(sql, "PRAGMA user_version", &version);

	if (r < 0)
		return r;
	if (version > schema_version)
		return -ENOTSUP;
	for (; r == 0 && version < schema_version; version++)
		r = migrate_one(sql, version);
	return r;
}

static int on_commit(void *ctx, sqlite3 *sql, const char *name, int pages)
{
	struct database *db = ctx;

	(void)sql;
	(void)name;
	db->wal_pages = pages;
	return SQLITE_OK;
}

static int writes_prepare(struct database *db)
{
	int r = 0;

	for (int i = 0; r == 0 && i < ROW_KINDS; i++)
		if (schema_writes[i].sql)
			r = prepare(db->sql, schema_writes[i].sql, &db->write[i]);
	return r;
}

static void disconnect(struct database *db)
{
	for (int i = 0; i < ROW_KINDS; i++) {
		sqlite3_finalize(db->write[i]);
		db->write[i] = NULL;
	}
	sqlite3_close(db->sql);
	db->sql = NULL;
}

static int connection_setup(struct database *db, off_t size)
{
	int r;

	sqlite3_extended_result_codes(db->sql, 1);
	sqlite3_busy_timeout(db->sql, BUSY_MS);
	r = modes_set(db->sql);
	if (r == 0)
		r = migrate(db->sql);
	if (r == 0)
		r = check(db->sql, size);
	if (r == 0)
		r = writes_prepare(db);
	if (r == 0)
		sqlite3_wal_hook(db->sql, on_commit, db);
	return r;
}

static int connect_once(struct database *db)
{
	off_t size;
	int r = store_file_prepare(db->path, &size);

	if (r < 0)
		return r;
	int code = sqlite3_open_v2(db->path, &db->sql, SQLITE_OPEN_READWRITE, NULL);

	r = code == SQLITE_OK ? connection_setup(db, size) : code_to_error(db->sql, code);
	if (r < 0)
		disconnect(db);
	return r;
}

static int connect_or_renew(struct database *db, struct now now, char *note, size_t note_max)
{
	int r = connect_once(db);

	if (r != -EUCLEAN)
		return r;
	r = store_file_set_aside(db->path, now, note, note_max);
	return r < 0 ? r : connect_once(db);
}

int database_open(const char *path, struct now now, struct database **ret, char *note, size_t note_max)
{
	struct database *db = calloc(1, sizeof *db);
	int r = -ENOMEM;

	if (!db)
		return r;
	note[0] = '\0';
	store_boot_read(db->boot);
	db->path = strdup(path);
	if (db->path)
		r = connect_or_renew(db, now, note, note_max);
	if (r < 0) {
		database_close(db);
		return r;
	}
	*ret = db;
	return 0;
}

void database_close(struct database *db)
{
	if (!db)
		return;
	disconnect(db);
	free(db->path);
	free(db);
}

const char *database_boot(const struct database *db)
{
	return db->boot;
}

/* ---- writing ---- */

static int step_once(sqlite3 *sql, sqlite3_stmt *statement)
{
	int code = sqlite3_step(statement);
	int r = code_to_error(sql, code);

	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return r;
}

static void text_bind(sqlite3_stmt *statement, int at, struct row_text text)
{
	if (text.v)
		sqlite3_bind_text64(statement, at, text.v, text.n, SQLITE_STATIC, SQLITE_UTF8);
}

/* What is not bound is NULL. A value that cannot be bound makes the step fail. */
static int row_write(struct database *db, const struct row *row)
{
	sqlite3_stmt *statement = db->write[row->kind];
	int numbers = schema_writes[row->kind].numbers;

	for (int i = 0; i < numbers; i++)
		if (row->number[i] != ROW_NULL)
			sqlite3_bind_int64(statement, i + 1, row->number[i]);
	for (int i = 0; i < schema_writes[row->kind].texts; i++)
		text_bind(statement, numbers + i + 1, row->text[i]);
	return step_once(db->sql, statement);
}

static int name_find(struct database *db, struct row_text name, int64_t *ret)
{
	sqlite3_bind_text64(db->name_find, 1, name.v, name.n, SQLITE_STATIC, SQLITE_UTF8);
	int code = sqlite3_step(db->name_find);

	if (code == SQLITE_ROW)
		*ret = sqlite3_column_int64(db->name_find, 0);
	sqlite3_reset(db->name_find);
	return code == SQLITE_DONE ? -ENOENT : code_to_error(db->sql, code);
}

static int name_number(struct database *db, struct row_text name, int64_t *ret)
{
	int r = name_find(db, name, ret);

	if (r != -ENOENT)
		return r;
	sqlite3_bind_text64(db->name_add, 1, name.v, name.n, SQLITE_STATIC, SQLITE_UTF8);
	r = step_once(db->sql, db->name_add);
	if (r == 0)
		*ret = sqlite3_last_insert_rowid(db->sql);
	return r;
}

static int pass_add(struct database *db, struct buf *to, int64_t second, const struct row *row)
{
	struct pass pass = { .started_us = row->number[0], .total_us = row->number[1] };
	int r = name_number(db, row->text[0], &pass.name);

	if (r == 0)
		pass_write(to, second, &pass);
	return r;
}

static int passes_write(struct database *db, int64_t second, const struct buf *passes)
{
	if (passes->n == 0)
		return 0;
	sqlite3_bind_int64(db->passes_add, 1, second);
	sqlite3_bind_blob64(db->passes_add, 2, passes->data, passes->n, SQLITE_STATIC);
	return step_once(db->sql, db->passes_add);
}

static int rows_write(struct database *db, const struct batch *batch, int64_t second)
{
	struct buf passes = BUF_INIT(PASSES_BYTES_MAX);
	int r = 0;

	for (const struct row *row = batch->first; r == 0 && row; row = row->next)
		r = row->kind == ROW_PASS ? pass_add(db, &passes, second, row) : row_write(db, row);
	if (r == 0)
		r = buf_failed(&passes) ? -ENOMEM : passes_write(db, second, &passes);
	buf_done(&passes);
	return r;
}

/* A checkpoint that fails is tried again after the next commit; what was committed is safe without it. */
static void checkpoint(struct database *db)
{
	if (db->wal_pages < CHECKPOINT_PAGES)
		return;
	(void)sqlite3_wal_checkpoint_v2(db->sql, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

static int transaction_write(struct database *db, const struct batch *batch, int64_t second)
{
	int r = db->sql ? run(db->sql, "BEGIN IMMEDIATE") : -ENODEV;

	if (r < 0)
		return r;
	r = rows_write(db, batch, second);
	if (r == 0)
		r = run(db->sql, "COMMIT");
	if (r < 0)
		(void)run(db->sql, "ROLLBACK"); /* r tells */
	else
		checkpoint(db);
	return r;
}

int database_write(struct database *db, const struct batch *batch, struct now now)
{
	int64_t second = now.wall.us / USEC_PER_SEC;
	char note[512] = "";
	int r = transaction_write(db, batch, second);

	if (r != -EUCLEAN && r != -ENODEV)
		return r;
	disconnect(db);
	if (r == -EUCLEAN)
		r = store_file_set_aside(db->path, now, note, sizeof note);
	if (note[0])
		log_err("store.broken note=\"%s\"", note);
	r = connect_or_renew(db, now, note, sizeof note);
	return r < 0 ? r : transaction_write(db, batch, second);
}

/* ---- reading ---- */

static char *column_copy(sqlite3_stmt *statement, int column)
{
	const char *text = (const char *)sqlite3_column_text(statement, column);

	return text ? strdup(text) : NULL;
}

/* `boot` "": the kernel does not tell, so that nothing is of this boot. */
static int state_read(sqlite3 *sql, const char *boot, const char *key, struct store_saved *ret)
{
	sqlite3_stmt *statement;
	int r = prepare(sql, "SELECT mono, wall, boot, text FROM states WHERE key = ?1", &statement);

	if (r < 0)
		return r;
	*ret = (struct store_saved){ 0 };
	sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC);
	int code = sqlite3_step(statement);

	if (code == SQLITE_ROW) {
		const char *saved_boot = (const char *)sqlite3_column_text(statement, 2);

		ret->at.mono.us = sqlite3_column_int64(statement, 0);
		ret->at.wall.us = sqlite3_column_int64(statement, 1);
		ret->is_same_boot = boot[0] && saved_boot && strcmp(boot, saved_boot) == 0;
		ret->text = column_copy(statement, 3);
		r = ret->text ? 0 : -ENOMEM;
	} else {
		r = code_to_error(sql, code);
	}
	sqlite3_finalize(statement);
	return r;
}

int database_state(struct database *db, const char *key, struct store_saved *ret)
{
	return state_read(db->sql, db->boot, key, ret);
}

int database_days(struct database *db, int32_t since,
		  void (*each)(void *ctx, const char *name, int32_t day, const struct store_day *sums),
		  void *ctx)
{
	sqlite3_stmt *s;
	int code, r = prepare(db->sql, "SELECT name, day, observed, down, slow, planned FROM days"
				       " WHERE day >= ?1 ORDER BY name, day", &s);

	if (r < 0)
		return r;
	sqlite3_bind_int(s, 1, since);
	while ((code = sqlite3_step(s)) == SQLITE_ROW) {
		const struct store_day sums = {
			.observed_s = (uint32_t)sqlite3_column_int64(s, 2),
			.down_s = (uint32_t)sqlite3_column_int64(s, 3),
			.slow_s = (uint32_t)sqlite3_column_int64(s, 4),
			.planned_s = (uint32_t)sqlite3_column_int64(s, 5),
		};

		each(ctx, (const char *)sqlite3_column_text(s, 0), sqlite3_column_int(s, 1), &sums);
	}
	sqlite3_finalize(s);
	return code_to_error(db->sql, code);
}
