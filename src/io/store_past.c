/*
 * store_past.c - past incidents out of their tables: what they were, and their
 * logs. Their evidence is read as the failures are, in store_read.c.
 */
#include <errno.h>
#include <string.h>

#include "io/store_database.h"
#include "io/store_sql.h"

#define INCIDENT_COLUMNS                                                                           \
	"id, number, stack, diagnosis, worst, affected, opened, closed, mails, members,"           \
	" ifnull(lasted, -1)"

static void incident_tell(struct sqlite3_stmt *s,
			  void (*each)(void *ctx, const struct store_incident *incident), void *ctx)
{
	const struct store_incident incident = {
		.id = (uint64_t)sql_number(s, 0),
		.number = sql_text(s, 1),
		.stack = sql_text(s, 2),
		.diagnosis = sql_text(s, 3),
		.worst = sql_text(s, 4),
		.affected = sql_text(s, 5) ? sql_text(s, 5) : "", /* version 1 did not know */
		.opened = { sql_number(s, 6) },
		.closed = { sql_number(s, 7) },
		.mails = (unsigned)sql_number(s, 8),
		.members = (unsigned)sql_number(s, 9),
		.lasted = sql_number(s, 10),
	};

	each(ctx, &incident);
}

int database_incidents(struct database *db, wall_t since, size_t max,
		       void (*each)(void *ctx, const struct store_incident *incident), void *ctx)
{
	struct sqlite3_stmt *s;
	int r = sql_prepare(db->sql,
			    "SELECT " INCIDENT_COLUMNS " FROM incidents WHERE opened >= ?1"
			    " ORDER BY opened DESC LIMIT ?2",
			    &s);

	if (r < 0)
		return r;
	sql_bind_number(s, 1, since.us);
	sql_bind_number(s, 2, (int64_t)max);
	while ((r = sql_step(s)) == 1)
		incident_tell(s, each, ctx);
	sql_finalize(s);
	return r;
}

int database_incident(struct database *db, const char *number,
		      void (*each)(void *ctx, const struct store_incident *incident), void *ctx)
{
	struct sqlite3_stmt *s;
	int r = sql_prepare(db->sql,
			    "SELECT " INCIDENT_COLUMNS " FROM incidents WHERE number = ?1"
			    " ORDER BY opened DESC LIMIT 1",
			    &s);

	if (r < 0)
		return r;
	sql_bind_text(s, 1, number, strlen(number));
	r = sql_step(s);
	if (r == 1)
		incident_tell(s, each, ctx);
	sql_finalize(s);
	return r == 1 ? 0 : r == 0 ? -ENOENT : r;
}

int database_events(struct database *db, uint64_t incident,
		    void (*each)(void *ctx, const struct store_event *event), void *ctx)
{
	struct sqlite3_stmt *s;
	int r = sql_prepare(db->sql,
			    "SELECT at, kind, subject, outcome, diagnosis, text, code, count"
			    " FROM events WHERE incident = ?1 ORDER BY id",
			    &s);

	if (r < 0)
		return r;
	sql_bind_number(s, 1, (int64_t)incident);
	while ((r = sql_step(s)) == 1) {
		const struct store_event event = {
			.incident = incident,
			.at = { sql_number(s, 0) },
			.kind = sql_text(s, 1),
			.subject = sql_text(s, 2),
			.outcome = sql_text(s, 3),
			.diagnosis = sql_text(s, 4),
			.text = sql_text(s, 5),
			.code = (int)sql_number(s, 6),
			.count = (unsigned)sql_number(s, 7),
		};

		each(ctx, &event);
	}
	sql_finalize(s);
	return r;
}
