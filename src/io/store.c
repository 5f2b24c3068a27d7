/*
 * store.c - SQLite, the way the history uses it.
 *
 * Owns a connection: WAL with synchronous=FULL, because less loses acknowledged
 * commits at a power cut, and locking_mode=EXCLUSIVE, because then the WAL
 * opens on a full disk as well (reliability.md 1.2, 8.11). Turns SQLite's codes
 * into ours; knows nothing of tables: those are store_schema.c's and
 * store_database.c's.
 */
#include "io/store_sql.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#define BUSY_MS		 2000 /* a command may be reading at the moment we start */
#define CHECKPOINT_PAGES 1000 /* 4 MiB of log */

struct sql {
	sqlite3 *handle;
	int wal_pages;
};

static const struct {
	int code, error;
} codes[] = {
	{ SQLITE_OK, 0 },	    { SQLITE_DONE, 0 },		 { SQLITE_ROW, 0 },
	{ SQLITE_BUSY, EBUSY },	    { SQLITE_LOCKED, EBUSY },	 { SQLITE_PROTOCOL, EBUSY },
	{ SQLITE_FULL, ENOSPC },    { SQLITE_IOERR, EIO },	 { SQLITE_CORRUPT, EUCLEAN },
	{ SQLITE_NOTADB, EUCLEAN }, { SQLITE_READONLY, EROFS },	 { SQLITE_PERM, EACCES },
	{ SQLITE_AUTH, EACCES },    { SQLITE_CANTOPEN, ENOENT }, { SQLITE_NOMEM, ENOMEM },
	{ SQLITE_TOOBIG, EFBIG },
};

/* Where SQLite knows what the kernel said, that is the better answer. */
static int error_of(sqlite3 *handle, int code)
{
	int primary = code & 0xff;
	int system = handle ? sqlite3_system_errno(handle) : 0;

	if ((primary == SQLITE_CANTOPEN || primary == SQLITE_IOERR) && system > 0)
		return -system;
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (primary == codes[i].code)
			return -codes[i].error;
	return -EPROTO; /* our own SQL is wrong */
}

static int on_commit(void *ctx, sqlite3 *handle, const char *name, int pages)
{
	struct sql *sql = ctx;

	(void)handle;
	(void)name;
	sql->wal_pages = pages;
	return SQLITE_OK;
}

static bool has_wal(struct sql *sql)
{
	sqlite3_stmt *statement;
	bool is_wal = false;

	if (sql_prepare(sql, "PRAGMA journal_mode=WAL", &statement) < 0)
		return false;
	if (sql_step(statement) == 1)
		is_wal = strcmp(sql_text(statement, 0), "wal") == 0;
	sql_finalize(statement);
	return is_wal;
}

/*
 * Pages are read at the start and written now and then: a small cache is as fast as the usual
 * 2 MiB, which would stay with us. Where the file system cannot do a WAL, a rollback journal
 * needs EXTRA to be as safe.
 */
static int modes_set(struct sql *sql)
{
	int r = sql_run(sql, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA trusted_schema=OFF;"
			     "PRAGMA temp_store=MEMORY; PRAGMA cell_size_check=ON;"
			     "PRAGMA cache_size=-256"); /* KiB */

	if (r < 0)
		return r;
	r = sql_run(sql, has_wal(sql) ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=EXTRA");
	if (r < 0)
		return r;
	sqlite3_wal_hook(sql->handle, on_commit, sql); /* also ends SQLite's own checkpoints */
	return sql_run(sql, "PRAGMA journal_size_limit=16777216");
}

int sql_open(const char *path, bool is_read_only, struct sql **ret)
{
	struct sql *sql = calloc(1, sizeof *sql);
	int flags = is_read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;

	if (!sql)
		return -ENOMEM;
	int code = sqlite3_open_v2(path, &sql->handle, flags, NULL);
	int r = error_of(sql->handle, code);

	if (r == 0) {
		sqlite3_extended_result_codes(sql->handle, 1);
		sqlite3_busy_timeout(sql->handle, BUSY_MS);
		r = is_read_only ? 0 : modes_set(sql);
	}
	if (r < 0) {
		sql_close(sql);
		return r;
	}
	*ret = sql;
	return 0;
}

void sql_close(struct sql *sql)
{
	if (!sql)
		return;
	sqlite3_close(sql->handle);
	free(sql);
}

int sql_run(struct sql *sql, const char *text)
{
	return error_of(sql->handle, sqlite3_exec(sql->handle, text, NULL, NULL, NULL));
}

int sql_prepare(struct sql *sql, const char *text, struct sqlite3_stmt **ret)
{
	if (!sql)
		return -ENODEV; /* it could not be opened again yet */
	return error_of(sql->handle, sqlite3_prepare_v3(sql->handle, text, -1,
							SQLITE_PREPARE_PERSISTENT, ret, NULL));
}

void sql_finalize(struct sqlite3_stmt *statement)
{
	sqlite3_finalize(statement);
}

/* A value that cannot be bound is NULL, and the tables refuse that where it matters. */
void sql_bind_number(struct sqlite3_stmt *statement, int at, int64_t value)
{
	sqlite3_bind_int64(statement, at, value);
}

void sql_bind_text(struct sqlite3_stmt *statement, int at, const char *text, size_t n)
{
	sqlite3_bind_text64(statement, at, text, n, SQLITE_STATIC, SQLITE_UTF8);
}

void sql_bind_blob(struct sqlite3_stmt *statement, int at, const void *bytes, size_t n)
{
	sqlite3_bind_blob64(statement, at, bytes, n, SQLITE_STATIC);
}

int sql_step(struct sqlite3_stmt *statement)
{
	int code = sqlite3_step(statement);

	return code == SQLITE_ROW ? 1 : error_of(sqlite3_db_handle(statement), code);
}

void sql_reset(struct sqlite3_stmt *statement)
{
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
}

int sql_do(struct sqlite3_stmt *statement)
{
	int r = sql_step(statement);

	sql_reset(statement);
	return r < 0 ? r : 0;
}

int64_t sql_number(struct sqlite3_stmt *statement, int column)
{
	return sqlite3_column_int64(statement, column);
}

const char *sql_text(struct sqlite3_stmt *statement, int column)
{
	return (const char *)sqlite3_column_text(statement, column);
}

const void *sql_blob(struct sqlite3_stmt *statement, int column, size_t *ret_n)
{
	const void *bytes = sqlite3_column_blob(statement, column);

	*ret_n = (size_t)sqlite3_column_bytes(statement, column);
	return bytes;
}

int64_t sql_last_id(struct sql *sql)
{
	return sqlite3_last_insert_rowid(sql->handle);
}

/* One that fails is tried again after the next commit; what was committed is safe without it. */
void sql_checkpoint(struct sql *sql)
{
	if (sql->wal_pages < CHECKPOINT_PAGES)
		return;
	(void)sqlite3_wal_checkpoint_v2(sql->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}
