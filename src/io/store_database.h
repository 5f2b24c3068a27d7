/*
 * store_database.h - the database itself, for the store's files only. Used by
 * one thread at a time: before the loop by whoever opens, then by the worker.
 */
#ifndef IO_STORE_DATABASE_H
#define IO_STORE_DATABASE_H

#include <stddef.h>
#include <stdint.h>

#include "io/store.h"
#include "io/store_batch.h"
#include "io/store_file.h"

struct sql;
struct sqlite3_stmt;

struct database {
	char *path;
	char boot[BOOT_ID_MAX]; /* "" when the kernel does not tell */
	struct store_file file;
	struct sql *sql;	/* NULL: could not be opened; the next write tries again */
	struct sqlite3_stmt *write[ROW_KINDS], *name_find, *name_add, *passes_add;
};

int database_open(const char *path, struct now now, struct database **ret, char *note,
		  size_t note_max);
void database_close(struct database *db);
/* All rows in one transaction, or none. A database found broken is set aside and the rows go into a
 * new one. */
int database_write(struct database *db, const struct batch *batch, struct now now);

int database_state(struct database *db, const char *key, struct store_saved *ret);
int database_mark(struct database *db, const char *name, wall_t since, int32_t *ret_day,
		  struct store_day *ret);
int database_days(struct database *db, int32_t since,
		  void (*each)(void *ctx, const char *name, int32_t day,
			       const struct store_day *sums),
		  void *ctx);
int database_observations(struct database *db, wall_t since,
			  void (*each)(void *ctx, const struct store_observed *observed),
			  void *ctx);
int database_incidents(struct database *db, wall_t since, size_t max,
		       void (*each)(void *ctx, const struct store_incident *incident), void *ctx);
int database_incident(struct database *db, const char *number,
		      void (*each)(void *ctx, const struct store_incident *incident), void *ctx);
int database_events(struct database *db, uint64_t incident,
		    void (*each)(void *ctx, const struct store_event *event), void *ctx);
int database_evidence(struct database *db, uint64_t incident,
		      void (*each)(void *ctx, const struct store_observed *observed), void *ctx);
/* Opened by a command beside a daemon that is not there: nothing is made, migrated or set aside. */
int database_open_reading(const char *path, struct database **ret);

#endif
