/*
 * store_schema.h - the tables of the history, and how rows enter them. For the
 * store's files only.
 */
#ifndef IO_STORE_SCHEMA_H
#define IO_STORE_SCHEMA_H

#include "io/store_batch.h"

/* What brings a database from version i to i + 1. Never changed once released: add a row. */
extern const char *const schema_migrations[];
extern const int schema_version;

/* A row's numbers are the parameters 1.., its texts follow. Without SQL: not written one by one. */
struct schema_write {
	const char *sql;
	int numbers, texts;
};

extern const struct schema_write schema_writes[ROW_KINDS];

#endif
