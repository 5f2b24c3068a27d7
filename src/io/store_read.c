/*
 * store_read.c - the history's rows out of their tables: at start, and for
 * commands while no daemon runs.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "io/store_database.h"
#include "io/store_passes.h"
#include "io/store_sql.h"

/* Without a boot id nothing is of this boot: the reader then trusts the wall clock. */
static int state_take(struct sqlite3_stmt *s, const char *boot, struct store_saved *ret)
{
	const char *saved_boot = sql_text(s, 2), *text = sql_text(s, 3);

	ret->at.mono.us = sql_number(s, 0);
	ret->at.wall.us = sql_number(s, 1);
	ret->is_same_boot = boot[0] && saved_boot && strcmp(boot, saved_boot) == 0;
	ret->text = strdup(text ? text : "");
	return ret->text ? 0 : -ENOMEM;
}

static int state_read(struct sql *sql, const char *boot, const char *key, struct store_saved *ret)
{
	struct sqlite3_stmt *s;
	int r = sql_prepare(sql, "SELECT mono, wall, boot, text FROM states WHERE key = ?1", &s);

	*ret = (struct store_saved){ 0 };
	if (r < 0)
		return r;
	sql_bind_text(s, 1, key, strlen(key));
	r = sql_step(s);
	if (r == 1)
		r = state_take(s, boot, ret);
	sql_finalize(s);
	return r;
}

int database_state(struct database *db, const char *key, struct store_saved *ret)
{
	return state_read(db->sql, db->boot, key, ret);
}

int database_days(struct database *db, int32_t since,
		  void (*each)(void *ctx, const char *name, int32_t day,
			       const struct store_day *sums),
		  void *ctx)
{
	struct sqlite3_stmt *s;
	int r = sql_prepare(db->sql,
			    "SELECT name, day, observed, down, slow, planned FROM days"
			    " WHERE day >= ?1 ORDER BY name, day",
			    &s);

	if (r < 0)
		return r;
	sql_bind_number(s, 1, since);
	while ((r = sql_step(s)) == 1) {
		const struct store_day sums = {
			.observed_s = (uint32_t)sql_number(s, 2),
			.down_s = (uint32_t)sql_number(s, 3),
			.slow_s = (uint32_t)sql_number(s, 4),
			.planned_s = (uint32_t)sql_number(s, 5),
		};

		if (sql_text(s, 0)) /* a longer file is not checked at start, and nobody else would
				       mind */
			each(ctx, sql_text(s, 0), (int32_t)sql_number(s, 1), &sums);
	}
	sql_finalize(s);
	return r;
}

int database_mark(struct database *db, const char *name, wall_t since, int32_t *ret_day,
		  struct store_day *ret)
{
	struct sqlite3_stmt *s;
	int r = sql_prepare(db->sql,
			    "SELECT day, observed, down, slow, planned FROM marks"
			    " WHERE name = ?1 AND at >= ?2 ORDER BY at LIMIT 1",
			    &s);

	if (r < 0)
		return r;
	sql_bind_text(s, 1, name, strlen(name));
	sql_bind_number(s, 2, since.us);
	r = sql_step(s);
	if (r == 1) {
		*ret_day = (int32_t)sql_number(s, 0);
		*ret = (struct store_day){ .observed_s = (uint32_t)sql_number(s, 1),
					   .down_s = (uint32_t)sql_number(s, 2),
					   .slow_s = (uint32_t)sql_number(s, 3),
					   .planned_s = (uint32_t)sql_number(s, 4) };
	}
	sql_finalize(s);
	return r == 1 ? 0 : r == 0 ? -ENOENT : r;
}

#define FAILURE_COLUMNS                                                                            \
	"failures.name, failures.started, total, outcome, status, address, note, references_up,"   \
	" references_asked, dns, connect, tls, send, wait, failures.body"
#define EXHIBIT_COLUMNS ", facts, head, exhibits.body"
#define EXHIBIT_AT	15

struct observations {
	struct database *db;
	wall_t since;
	void (*each)(void *ctx, const struct store_observed *observed);
	void *ctx;
};

static void pass_tell(const struct observations *o, struct sqlite3_stmt *names,
		      const struct pass *pass)
{
	struct store_observed observed = { .outcome = "pass", .total_us = pass->total_us,
					   .references_up = -1, .references = -1 };

	observed.started.us = pass->started_us;
	if (pass->started_us < o->since.us)
		return;
	sql_bind_number(names, 1, pass->name);
	if (sql_step(names) == 1) {
		observed.name = sql_text(names, 0);
		o->each(o->ctx, &observed);
	}
	sql_reset(names);
}

static int passes_read(const struct observations *o, struct sqlite3_stmt *s,
		       struct sqlite3_stmt *names)
{
	struct pass pass;
	size_t n;
	int r;

	sql_bind_number(s, 1, o->since.us / USEC_PER_SEC);
	while ((r = sql_step(s)) == 1) {
		int64_t second = sql_number(s, 0);
		const uint8_t *at = sql_blob(s, 1, &n);

		while (pass_read(&at, &n, second, &pass))
			pass_tell(o, names, &pass);
	}
	return r;
}

static int passes_load(const struct observations *o)
{
	struct sqlite3_stmt *s = NULL, *names = NULL;
	int r = sql_prepare(o->db->sql,
			    "SELECT second, observations FROM passes WHERE second >= ?1"
			    " ORDER BY second, rowid",
			    &s);

	if (r == 0)
		r = sql_prepare(o->db->sql, "SELECT name FROM names WHERE id = ?1", &names);
	if (r == 0)
		r = passes_read(o, s, names);
	sql_finalize(s);
	sql_finalize(names);
	return r;
}

/* The columns are FAILURE_COLUMNS. */
static struct store_observed failure_read(struct sqlite3_stmt *s)
{
	struct store_observed observed = {
		.name = sql_text(s, 0),
		.started = { sql_number(s, 1) },
		.total_us = sql_number(s, 2),
		.outcome = sql_text(s, 3),
		.status = (int)sql_number(s, 4),
		.address = sql_text(s, 5),
		.note = sql_text(s, 6),
		.references_up = sql_text(s, 7) ? (int)sql_number(s, 7) : -1,
		.references = sql_text(s, 8) ? (int)sql_number(s, 8) : -1,
	};

	for (int i = 0; i < PHASE_COUNT; i++)
		observed.phase_us[i] =
			sql_text(s, 9 + i) ? sql_number(s, 9 + i) : PHASE_NOT_REACHED;
	return observed;
}

static void failure_tell(struct sqlite3_stmt *s,
			 void (*each)(void *ctx, const struct store_observed *observed), void *ctx)
{
	const struct store_observed observed = failure_read(s);

	each(ctx, &observed);
}

/* The columns are FAILURE_COLUMNS EXHIBIT_COLUMNS. */
static void evidence_tell(struct sqlite3_stmt *s,
			  void (*each)(void *ctx, const struct store_observed *observed), void *ctx)
{
	struct store_observed observed = failure_read(s);
	struct store_exhibit exhibit = { .name = observed.name,
					 .started = observed.started,
					 .facts = sql_text(s, EXHIBIT_AT) };

	/* The bytes as they are: a NUL may be among them. */
	exhibit.head = sql_blob(s, EXHIBIT_AT + 1, &exhibit.head_n);
	exhibit.body = sql_blob(s, EXHIBIT_AT + 2, &exhibit.body_n);
	observed.exhibit = exhibit.facts ? &exhibit : NULL;
	each(ctx, &observed);
}

static int failures_load(const struct observations *o)
{
	struct sqlite3_stmt *s;
	int r = sql_prepare(o->db->sql,
			    "SELECT " FAILURE_COLUMNS
			    " FROM failures WHERE started >= ?1 ORDER BY started",
			    &s);

	if (r < 0)
		return r;
	sql_bind_number(s, 1, o->since.us);
	while ((r = sql_step(s)) == 1)
		failure_tell(s, o->each, o->ctx);
	sql_finalize(s);
	return r;
}

/* An outage is backdated to its first failed run, which began a little before the incident. */
int database_evidence(struct database *db, uint64_t incident,
		      void (*each)(void *ctx, const struct store_observed *observed), void *ctx)
{
	struct sqlite3_stmt *s;
	int r = sql_prepare(
		db->sql,
		"SELECT " FAILURE_COLUMNS EXHIBIT_COLUMNS " FROM incidents"
		" CROSS JOIN failures ON failures.started >= opened - 60000000"
		" AND (failures.started <= closed OR closed = 0)"
		" LEFT JOIN exhibits ON exhibits.name = failures.name"
		" AND exhibits.started = failures.started"
		" WHERE incidents.id = ?1 AND (is_evidence = 1 OR facts IS NOT NULL)"
		" AND failures.name IN (SELECT subject FROM events WHERE incident = ?1)"
		" ORDER BY failures.started, failures.rowid",
		&s);

	if (r < 0)
		return r;
	sql_bind_number(s, 1, (int64_t)incident);
	while ((r = sql_step(s)) == 1)
		evidence_tell(s, each, ctx);
	sql_finalize(s);
	return r;
}

int database_observations(struct database *db, wall_t since,
			  void (*each)(void *ctx, const struct store_observed *observed), void *ctx)
{
	const struct observations o = { .db = db, .since = since, .each = each, .ctx = ctx };
	int r = passes_load(&o);

	return r < 0 ? r : failures_load(&o);
}

int store_read_state(const char *path, const char *key, struct store_saved *ret)
{
	char boot[BOOT_ID_MAX];
	struct sql *sql;
	int r = sql_open(path, true, &sql);

	if (r < 0)
		return r;
	store_boot_read(boot);
	r = state_read(sql, boot, key, ret);
	sql_close(sql);
	return r;
}
