/*
 * store_database.c - the history's rows in and out of its tables.
 *
 * Owns the database of one state directory. History and caches only: notices
 * are files, see spool.c. A broken database is set aside for a person and a new
 * one begun: the daemon never stops for its history.
 */
#include "io/store_database.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "io/store_buckets.h"
#include "io/store_migrate.h"
#include "io/store_passes.h"
#include "io/store_schema.h"
#include "io/store_sql.h"

#define CHECKED_BYTES_MAX                                                                          \
	(64 << 20) /* a longer file is not read through at start: it takes seconds */
#define PASSES_BYTES_MAX (8u << 20)

/* ---- opening ---- */

static int check(struct sql *sql, off_t size)
{
	struct sqlite3_stmt *statement;

	if (size > CHECKED_BYTES_MAX)
		return 0;
	int r = sql_prepare(sql, "PRAGMA quick_check(1)", &statement);

	if (r < 0)
		return r;
	r = sql_step(statement);
	if (r == 1)
		r = strcmp(sql_text(statement, 0), "ok") == 0 ? 0 : -EUCLEAN;
	sql_finalize(statement);
	return r;
}

static int statements_prepare(struct database *db)
{
	int r = sql_prepare(db->sql, "SELECT id FROM names WHERE name = ?1", &db->name_find);

	if (r == 0)
		r = sql_prepare(db->sql, "INSERT INTO names(name) VALUES(?1)", &db->name_add);
	if (r == 0)
		r = sql_prepare(db->sql, "INSERT INTO passes(second, observations) VALUES(?1, ?2)",
				&db->passes_add);
	for (int i = 0; r == 0 && i < ROW_KINDS; i++)
		if (schema_writes[i].sql)
			r = sql_prepare(db->sql, schema_writes[i].sql, &db->write[i]);
	return r;
}

static void statement_drop(struct sqlite3_stmt **statement)
{
	sql_finalize(*statement);
	*statement = NULL;
}

static void disconnect(struct database *db)
{
	for (int i = 0; i < ROW_KINDS; i++)
		statement_drop(&db->write[i]);
	statement_drop(&db->name_find);
	statement_drop(&db->name_add);
	statement_drop(&db->passes_add);
	sql_close(db->sql);
	db->sql = NULL;
}

static int connect_once(struct database *db, char *note, size_t note_max)
{
	int r = store_file_prepare(db->path, &db->file);

	if (r == 0)
		r = sql_open(db->path, false, &db->sql);
	if (r < 0)
		return r;
	r = store_migrate(db->sql, db->path, note, note_max);
	if (r == 0)
		r = check(db->sql, db->file.bytes);
	if (r == 0)
		r = statements_prepare(db);
	if (r < 0)
		disconnect(db);
	return r;
}

static int connect_or_renew(struct database *db, struct now now, char *note, size_t note_max)
{
	int r = connect_once(db, note, note_max);

	if (r != -EUCLEAN)
		return r;
	r = store_file_set_aside(db->path, now, note, note_max);
	return r < 0 ? r : connect_once(db, note, note_max);
}

int database_open(const char *path, struct now now, struct database **ret, char *note,
		  size_t note_max)
{
	struct database *db = calloc(1, sizeof *db);
	int r = -ENOMEM;

	if (!db)
		return r;
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

/* Another version's columns are not ours to guess: -ENOTSUP. */
static int version_check(struct sql *sql)
{
	struct sqlite3_stmt *statement;
	int r = sql_prepare(sql, "PRAGMA user_version", &statement);

	if (r < 0)
		return r;
	r = sql_step(statement);
	if (r == 1)
		r = sql_number(statement, 0) == schema_version ? 0 : -ENOTSUP;
	sql_finalize(statement);
	return r;
}

int database_open_reading(const char *path, struct database **ret)
{
	struct database *db = calloc(1, sizeof *db);
	int r;

	if (!db)
		return -ENOMEM;
	store_boot_read(db->boot);
	r = sql_open(path, true, &db->sql);
	if (r == 0)
		r = version_check(db->sql);
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

/* ---- writing ---- */

static int row_write(struct database *db, const struct row *row)
{
	struct sqlite3_stmt *statement = db->write[row->kind];
	int numbers = schema_writes[row->kind].numbers;

	for (int i = 0; i < numbers; i++)
		if (row->number[i] != ROW_NULL)
			sql_bind_number(statement, i + 1, row->number[i]);
	for (int i = 0; i < schema_writes[row->kind].texts; i++)
		if (row->text[i].v)
			sql_bind_text(statement, numbers + i + 1, row->text[i].v, row->text[i].n);
	return sql_do(statement);
}

static int name_find(struct database *db, struct row_text name, int64_t *ret)
{
	sql_bind_text(db->name_find, 1, name.v, name.n);
	int r = sql_step(db->name_find);

	if (r == 1)
		*ret = sql_number(db->name_find, 0);
	sql_reset(db->name_find);
	return r == 1 ? 0 : r == 0 ? -ENOENT : r;
}

static int name_number(struct database *db, struct row_text name, int64_t *ret)
{
	int r = name_find(db, name, ret);

	if (r != -ENOENT)
		return r;
	sql_bind_text(db->name_add, 1, name.v, name.n);
	r = sql_do(db->name_add);
	if (r == 0)
		*ret = sql_last_id(db->sql);
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
	sql_bind_number(db->passes_add, 1, second);
	sql_bind_blob(db->passes_add, 2, passes->data, passes->n);
	return sql_do(db->passes_add);
}

static int rows_write(struct database *db, const struct batch *batch, int64_t second)
{
	struct buf passes = BUF_INIT(PASSES_BYTES_MAX);
	int r = 0;

	for (const struct row *row = batch->first; r == 0 && row; row = row->next) {
		if (row->kind == ROW_PASS)
			r = pass_add(db, &passes, second, row);
		else if (row->kind == ROW_BUCKETS)
			r = buckets_write(db->sql, row->number[0]);
		else
			r = row_write(db, row);
	}
	if (r == 0)
		r = buf_failed(&passes) ? -ENOMEM : passes_write(db, second, &passes);
	buf_done(&passes);
	return r;
}

/* Deleted or replaced under our feet: what we write would be lost with the last descriptor. */
static void notice_loss(struct database *db)
{
	if (!db->sql || store_file_is_same(db->path, &db->file))
		return;
	log_err("store.gone path=%s then=\"a new history is begun\"", db->path);
	disconnect(db);
}

static int transaction_write(struct database *db, const struct batch *batch, int64_t second)
{
	int r = db->sql ? sql_run(db->sql, "BEGIN IMMEDIATE") : -ENODEV;

	if (r < 0)
		return r;
	r = rows_write(db, batch, second);
	if (r == 0)
		r = sql_run(db->sql, "COMMIT");
	if (r < 0)
		(void)sql_run(db->sql, "ROLLBACK"); /* r tells */
	else
		sql_checkpoint(db->sql);
	return r;
}

static int database_renew(struct database *db, bool is_broken, struct now now)
{
	char note[512] = "";
	int r = 0;

	disconnect(db);
	if (is_broken)
		r = store_file_set_aside(db->path, now, note, sizeof note);
	if (r == 0)
		r = connect_or_renew(db, now, note, sizeof note);
	if (note[0])
		log_err("store.broken note=\"%s\"", note);
	return r;
}

int database_write(struct database *db, const struct batch *batch, struct now now)
{
	int64_t second = now.wall.us / USEC_PER_SEC;
	int r;

	notice_loss(db);
	r = transaction_write(db, batch, second);
	if (r != -EUCLEAN && r != -ENODEV)
		return r;
	r = database_renew(db, r == -EUCLEAN, now);
	return r < 0 ? r : transaction_write(db, batch, second);
}
