/*
 * store_sql.h - SQLite in the few verbs that the history needs, with our error
 * codes. For the store's files only; implemented by store.c.
 */
#ifndef IO_STORE_SQL_H
#define IO_STORE_SQL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sql;
struct sqlite3_stmt; /* its own name: a statement is passed through as it is */

/* -EUCLEAN: not a database, or a damaged one. 0 or -errno. */
int sql_open(const char *path, bool is_read_only, struct sql **ret);
void sql_close(struct sql *sql);
int sql_run(struct sql *sql, const char *text);
/* -ENODEV: `sql` is NULL, the database is away. */
int sql_prepare(struct sql *sql, const char *text, struct sqlite3_stmt **ret);
void sql_finalize(struct sqlite3_stmt *statement); /* NULL is fine */

/* Parameters count from 1; what is not bound is NULL. The bytes must live until the step. */
void sql_bind_number(struct sqlite3_stmt *statement, int at, int64_t value);
void sql_bind_text(struct sqlite3_stmt *statement, int at, const char *text, size_t n);
void sql_bind_blob(struct sqlite3_stmt *statement, int at, const void *bytes, size_t n);
/* 1: a row is there, 0: no more, else -errno. */
int sql_step(struct sqlite3_stmt *statement);
/* Ready to be bound again. */
void sql_reset(struct sqlite3_stmt *statement);
/* One step of a statement without rows, then reset. 0 or -errno. */
int sql_do(struct sqlite3_stmt *statement);

/* Columns count from 0; pointers live until the next step. Text is NULL for NULL. */
int64_t sql_number(struct sqlite3_stmt *statement, int column);
const char *sql_text(struct sqlite3_stmt *statement, int column);
const void *sql_blob(struct sqlite3_stmt *statement, int column, size_t *ret_n);

int64_t sql_last_id(struct sql *sql);
/* Moves the log into the database when it has grown long. */
void sql_checkpoint(struct sql *sql);

#endif
