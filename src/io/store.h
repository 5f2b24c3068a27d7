/*
 * store.h - history in SQLite: observations, transitions, incidents, days, and
 * the engine's last state. Everything runs on the worker thread except opening.
 */
#ifndef IO_STORE_H
#define IO_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shorewatch/io.h"
#include "shorewatch/observation.h"
#include "shorewatch/time.h"

struct store;
struct worker;

/*
 * Opens or makes PATH (0600), migrates, checks. A broken database is set aside
 * as PATH.broken-<time> and a new one made; *ret_note then says so. -errno when
 * there can be none at all: the caller goes on without history. -EBUSY: another
 * process has it; -ENOTSUP: a newer version wrote it. Without a worker (NULL)
 * every flush writes at once.
 */
int store_open(const char *path, struct worker *worker, struct now now, struct store **ret,
	       char *ret_note, size_t note_max);
void store_close(struct store *store);

/* Collected in memory; written by the next flush, at most once a second. */
void store_observation(struct store *store, const char *name, const struct observation *o);
void store_transition(struct store *store, const char *name, const char *from, const char *to,
		      const char *outcome, wall_t at);
struct store_incident {
	uint64_t id;
	const char *number, *stack, *diagnosis, *worst;
	const char *affected; /* the first members' names with commas between */
	wall_t opened, closed; /* `closed` unset: open when it was last written */
	usec_t lasted;	       /* by the boot clock; -1: open, or an older program wrote it */
	unsigned mails, members;
};
void store_incident(struct store *store, const struct store_incident *incident);
/* A line of an incident's log. The same one again changes nothing. */
struct store_event {
	uint64_t incident;
	wall_t at;
	const char *kind; /* "first-failure", "joined", "mailed" ... */
	const char *subject, *outcome, *diagnosis, *text; /* "" none */
	int code;
	unsigned count;
};
void store_event(struct store *store, const struct store_event *event);
/*
 * The verdict on `name` has fallen: its last failures are evidence and stay as long as incidents
 * do.
 */
void store_evidence(struct store *store, const char *name, wall_t at);
/*
 * What the failure of `name` that began at `started` has seen; gone when its row is. `facts` is
 * lines of "key value"; head and body are the first bytes of an answer, as they came.
 */
struct store_exhibit {
	const char *name;
	wall_t started;
	const char *facts;
	const char *head, *body; /* NULL: none */
	size_t head_n, body_n;
};
void store_exhibit(struct store *store, const struct store_exhibit *exhibit);
/* How many references answer, of how many: noted with every failure from here on. */
void store_references(struct store *store, unsigned up, unsigned asked);
struct store_day {
	uint32_t observed_s, down_s, slow_s, planned_s;
};
void store_day(struct store *store, const char *name, int32_t day, const struct store_day *sums);
/*
 * What the sums of `day` were at `at`, which lies in it; kept for a day and two hours. Together
 * with the days of now they tell what has been since then.
 */
void store_mark(struct store *store, const char *name, wall_t at, int32_t day,
		const struct store_day *sums);
/* The engine's snapshot, and last good names; replaced as a whole, in the flush's transaction. */
void store_state(struct store *store, const char *key, const char *text, size_t n);
/*
 * Hand what was collected to the worker; what could not be written goes with the
 * next flush, the oldest is dropped beyond 16 MiB. `is_final`: wait until it has
 * been tried.
 */
void store_flush(struct store *store, struct now now, bool is_final);
/* The last flush where nobody may wait for ever: at once, done when worker_drain() says so. */
void store_flush_last(struct store *store, struct now now);
/* The last flush failed, and why; NULL: fine. Valid until the next call. */
const char *store_trouble(const struct store *store);
/*
 * Sum the quarter hours that are over into buckets; drop raw rows older than
 * `raw`, everything else older than `days`.
 */
void store_prune(struct store *store, struct now now, usec_t raw, usec_t days);

/*
 * Reading: at start, before the loop runs; afterwards only from a job on the
 * store's worker, where nobody else uses the database. Texts live until `each`
 * returns. 0 or -errno.
 */
struct store_saved {
	struct now at;	   /* when the state was saved */
	bool is_same_boot; /* `at.mono` belongs to this boot */
	char *text;	   /* free() it; NULL: none */
};
int store_load_state(struct store *store, const char *key, struct store_saved *ret);
int store_load_days(struct store *store, int32_t since,
		    void (*each)(void *ctx, const char *name, int32_t day,
				 const struct store_day *sums),
		    void *ctx);
/* The first mark at or after `since`. -ENOENT: there is none. */
int store_load_mark(struct store *store, const char *name, wall_t since, int32_t *ret_day,
		    struct store_day *ret);
struct store_observed {
	const char *name;
	wall_t started;
	usec_t total_us;
	const char *outcome;	    /* outcome_code() */
	int status;		    /* 0: none, or a pass: passes keep only the line above */
	const char *address, *note; /* NULL for a pass */
	int references_up, references; /* that answered then; -1: not known */
	usec_t phase_us[PHASE_COUNT];  /* of a failure; PHASE_NOT_REACHED where it never got */
	const struct store_exhibit *exhibit; /* only store_load_evidence(); NULL: none is kept */
};
/* Raw history begun at or after `since`: passes as written, then failures by time. 0 or -errno. */
int store_load_observations(struct store *store, wall_t since,
			    void (*each)(void *ctx, const struct store_observed *observed),
			    void *ctx);
/* Incidents opened at or after `since`, newest first, `max` at most. */
int store_load_incidents(struct store *store, wall_t since, size_t max,
			 void (*each)(void *ctx, const struct store_incident *incident), void *ctx);
/* The one with this number. -ENOENT: there is none. */
int store_load_incident(struct store *store, const char *number,
			void (*each)(void *ctx, const struct store_incident *incident), void *ctx);
/* Its log, in the order in which things happened. */
int store_load_events(struct store *store, uint64_t incident,
		      void (*each)(void *ctx, const struct store_event *event), void *ctx);
/* The failures on which its verdicts rest, and later ones with an exhibit, by time. */
int store_load_evidence(struct store *store, uint64_t incident,
			void (*each)(void *ctx, const struct store_observed *observed), void *ctx);

#define STORE_BINS 16 /* response times: below 1 ms, 2 ms, 4 ms ... 16.4 s, and longer */
struct store_times {
	uint32_t passes, failures;
	uint32_t bins[STORE_BINS]; /* passes by response time */
};
/* Quarter hours that begin in [from, to), summed to days of the process's zone, by name and day. */
int store_load_times(struct store *store, wall_t from, wall_t to,
		     void (*each)(void *ctx, const char *name, int32_t day,
				  const struct store_times *times),
		     void *ctx);

/*
 * For commands while no daemon runs: what store_load_*() gives, nothing is
 * changed. -ENOENT: no history yet; -EBUSY: the daemon runs, ask it.
 */
int store_open_reading(const char *path, struct store **ret);
/* Read-only, for commands while the daemon is not running: 0 or -errno (-EBUSY: it runs). */
int store_read_state(const char *path, const char *key, struct store_saved *ret);

#endif
