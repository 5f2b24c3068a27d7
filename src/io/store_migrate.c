/*
 * store_migrate.c - a database of an older version becomes one of ours.
 *
 * Every step between two versions is in one transaction: a kill or a full disk
 * leaves the old version whole. The copy is for going back to the program that
 * wrote it; where there is no room for one the history goes on without.
 */
#include "io/store_migrate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "io/store_schema.h"
#include "io/store_sql.h"

static int version_read(struct sql *sql, int *ret)
{
	struct sqlite3_stmt *statement;
	int r = sql_prepare(sql, "PRAGMA user_version", &statement);

	if (r < 0)
		return r;
	r = sql_step(statement);
	if (r == 1)
		*ret = (int)sql_number(statement, 0);
	sql_finalize(statement);
	return r < 0 ? r : 0;
}

/* ---- the copy ---- */

static int copy_into(struct sql *sql, const char *path)
{
	struct sqlite3_stmt *statement;
	int r = sql_prepare(sql, "VACUUM INTO ?1", &statement);

	if (r < 0)
		return r;
	sql_bind_text(statement, 1, path, strlen(path));
	r = sql_do(statement);
	sql_finalize(statement);
	return r;
}

/* Made by us, empty, so that nobody else can ever read it; SQLite takes an empty file. */
static int copy_make(struct sql *sql, const char *path)
{
	int fd, r;

	if (unlink(path) < 0 && errno != ENOENT) /* of a migration that was killed */
		return -errno;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	(void)close(fd); /* nothing was written */
	r = copy_into(sql, path);
	if (r < 0)
		(void)unlink(path); /* part of a copy is none; r tells */
	return r;
}

static void copy_keep(struct sql *sql, const char *path, int version, char *note, size_t note_max)
{
	struct buf copy = BUF_INIT(8192);
	int r;

	buf_printf(&copy, "%s.v%d", path, version);
	r = copy_make(sql, buf_text(&copy));
	if (r == 0)
		(void)snprintf(note, note_max,
			       "the history was brought to version %d; as it was it is kept as %s",
			       schema_version, buf_text(&copy));
	else
		(void)snprintf(note, note_max,
			       "the history was brought to version %d without a copy: %s",
			       schema_version, strerrordesc_np(-r));
	buf_done(&copy);
}

/* ---- the steps ---- */

static int steps_run(struct sql *sql, int version)
{
	char text[64];
	int r = 0;

	for (; r == 0 && version < schema_version; version++)
		r = sql_run(sql, schema_migrations[version]);
	(void)snprintf(text, sizeof text, "PRAGMA user_version=%d", schema_version);
	return r < 0 ? r : sql_run(sql, text);
}

static int transaction_run(struct sql *sql, int version)
{
	int r = sql_run(sql, "BEGIN IMMEDIATE");

	if (r < 0)
		return r;
	r = steps_run(sql, version);
	if (r == 0)
		r = sql_run(sql, "COMMIT");
	if (r < 0)
		(void)sql_run(sql, "ROLLBACK"); /* r tells */
	return r;
}

int store_migrate(struct sql *sql, const char *path, char *note, size_t note_max)
{
	int version = 0;
	int r = version_read(sql, &version);

	if (r < 0)
		return r;
	if (version < 0 || version > schema_version)
		return -ENOTSUP;
	if (version == schema_version)
		return 0;
	if (version > 0)
		copy_keep(sql, path, version, note, note_max);
	return transaction_run(sql, version);
}
