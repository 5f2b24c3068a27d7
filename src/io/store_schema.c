/*
 * store_schema.c - the history's tables, as SQL.
 *
 * Owns nothing; every time in the tables is microseconds since 1970 UTC but
 * passes.second, and buckets.quarter, which counts quarter hours. Failures,
 * transitions and days carry the target's name, so that a person can ask with
 * sqlite3(1); passes and buckets are many and carry its number, see
 * store_passes.c.
 */
#include "io/store_schema.h"

const char *const schema_migrations[] = {
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
	"TEXT);",

	/* 2: incidents with their logs and evidence, quarter hours with their response times. */
	"ALTER TABLE failures ADD COLUMN references_up INTEGER;"
	"ALTER TABLE failures ADD COLUMN references_asked INTEGER;"
	"ALTER TABLE failures ADD COLUMN is_evidence INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE incidents ADD COLUMN affected TEXT;"
	"CREATE INDEX incidents_opened ON incidents(opened);"
	"CREATE INDEX incidents_number ON incidents(number);"
	"CREATE TABLE events(id INTEGER PRIMARY KEY, incident INTEGER NOT NULL,"
	" at INTEGER NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, outcome TEXT,"
	" diagnosis TEXT, text TEXT NOT NULL, code INTEGER, count INTEGER,"
	" UNIQUE(incident, at, kind, subject, text));"
	"CREATE TABLE buckets(quarter INTEGER NOT NULL, name INTEGER NOT NULL,"
	" passes INTEGER NOT NULL, failures INTEGER NOT NULL, bins BLOB NOT NULL,"
	" PRIMARY KEY(quarter, name)) WITHOUT ROWID;",

	/* 3: what single failures have seen, beyond their row. */
	("CREATE TABLE exhibits(name TEXT NOT NULL, started INTEGER NOT NULL, facts TEXT NOT NULL,"
	 " head TEXT, body TEXT, UNIQUE(name, started));"),

	/*
	 * 4: how long an incident lasted, in microseconds by the boot clock, which nobody sets;
	 * NULL while it is open, and of those that an older program wrote.
	 */
	"ALTER TABLE incidents ADD COLUMN lasted INTEGER;",

	/* 5: what a running day's sums were at some moments of it: what is left is since then. */
	"CREATE TABLE marks(name TEXT NOT NULL, at INTEGER NOT NULL, day INTEGER NOT NULL,"
	" observed INTEGER, down INTEGER, slow INTEGER, planned INTEGER,"
	" PRIMARY KEY(name, at)) WITHOUT ROWID;"
	"CREATE INDEX marks_at ON marks(at);",
};

const int schema_version = (int)(sizeof schema_migrations / sizeof *schema_migrations);

const struct schema_write schema_writes[ROW_KINDS] = {
	[ROW_FAILURE] = { "INSERT INTO failures(started, total, status, is_reached, not_after, dns,"
			  " connect, tls, send, wait, body, references_up, references_asked,"
			  " name, outcome, address, note)"
			  " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17)",
			  13, 4 },
	[ROW_TRANSITION] = { "INSERT INTO transitions(at, name, was, became, outcome)"
			     " VALUES(?1,?2,?3,?4,?5)",
			     1, 4 },
	[ROW_INCIDENT] = { "INSERT OR REPLACE INTO incidents(id, opened, closed, mails, members,"
			   " lasted, number, stack, diagnosis, worst, affected)"
			   " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)",
			   6, 5 },
	[ROW_EVENT] = { "INSERT OR IGNORE INTO events(incident, at, code, count, kind, subject,"
			" outcome, diagnosis, text) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)",
			4, 5 },
	/* Four: the first failure and the re-tests that confirmed it (ARCHITECTURE 4). */
	[ROW_EVIDENCE] = { "UPDATE failures SET is_evidence = 1 WHERE rowid IN (SELECT rowid"
			   " FROM failures WHERE name = ?2 AND started <= ?1"
			   " ORDER BY started DESC LIMIT 4)",
			   1, 1 },
	[ROW_EXHIBIT] = { "INSERT OR IGNORE INTO exhibits(started, name, facts, head, body)"
			  " VALUES(?1,?2,?3,?4,?5)",
			  1, 4 },
	[ROW_DAY] = { "INSERT OR REPLACE INTO days(day, observed, down, slow, planned, name)"
		      " VALUES(?1,?2,?3,?4,?5,?6)",
		      5, 1 },
	[ROW_MARK] = { "INSERT OR REPLACE INTO marks(at, day, observed, down, slow, planned, name)"
		       " VALUES(?1,?2,?3,?4,?5,?6,?7)",
		       6, 1 },
	[ROW_STATE] = { "INSERT OR REPLACE INTO states(mono, wall, key, boot, text)"
			" VALUES(?1,?2,?3,?4,?5)",
			2, 3 },
	[ROW_PRUNE_PASSES] = { "DELETE FROM passes WHERE second < ?1", 1, 0 },
	[ROW_PRUNE_FAILURES] = { "DELETE FROM failures WHERE started < ?1 AND is_evidence = 0",
				 1, 0 },
	[ROW_PRUNE_EVIDENCE] = { "DELETE FROM failures WHERE started < ?1", 1, 0 },
	[ROW_PRUNE_EXHIBITS] = { "DELETE FROM exhibits WHERE NOT EXISTS (SELECT 1 FROM failures"
				 " WHERE failures.name = exhibits.name"
				 " AND failures.started = exhibits.started)",
				 0, 0 },
	[ROW_PRUNE_TRANSITIONS] = { "DELETE FROM transitions WHERE at < ?1", 1, 0 },
	[ROW_PRUNE_INCIDENTS] = { "DELETE FROM incidents WHERE closed > 0 AND closed < ?1", 1, 0 },
	[ROW_PRUNE_EVENTS] = { "DELETE FROM events WHERE incident NOT IN"
			       " (SELECT id FROM incidents)",
			       0, 0 },
	[ROW_PRUNE_BUCKETS] = { "DELETE FROM buckets WHERE quarter < ?1", 1, 0 },
	[ROW_PRUNE_MARKS] = { "DELETE FROM marks WHERE at < ?1", 1, 0 },
	[ROW_PRUNE_DAYS] = { "DELETE FROM days WHERE day < ?1", 1, 0 },
};
