/*
 * storm.h - random worlds over the real engine, and what must hold in each of
 * them; shared by the storm's own files only.
 *
 *   main.c     seeds, time, one storm from its calm beginning to its calm end
 *   world.c    what is really broken out there, second by second
 *   watcher.c  we ourselves: plan, runs, restarts, reloads, suspends
 *   judge.c    what was said, held against what was true
 *
 * A storm draws everything from its seed, so that a failing one can be told
 * again, and `storm SEED verbose` tells it. A violation is either the engine's
 * fault, and becomes a scenario, or the judge's, who then did not see that the
 * truth could not be known: our own link was gone, or we were not there.
 */
#ifndef STORM_H
#define STORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/engine.h"

#define S	      USEC_PER_SEC
#define BEGINNING     (1000000 * S) /* of the monotonic clock */
#define FOREVER	      (INT64_MAX / 2)
#define LONG_AGO      (INT64_MIN / 4)
#define INCIDENTS_MAX 1024
#define NOTICES_MAX   8192
#define BEDS_MAX      640
#define DAYS_MAX      64

/* Everybody who is probed; a plan may lack NEWS, and the pull's two. */
enum host { BLOG, WIKI, SHOP, NEWS, EDGE, REF0, REF1, REF2, AM, PROM, LISTENER, HOSTS };

/* What can go wrong out there, overlapping as it likes. */
enum trouble {
	TROUBLE_BLOG, /* in the order of the hosts */
	TROUBLE_WIKI,
	TROUBLE_SHOP,
	TROUBLE_NEWS,
	TROUBLE_BACKENDS, /* the ingress answers for all of them with errors */
	TROUBLE_EDGE,	  /* nobody gets in; beats still get out */
	TROUBLE_CLUSTER,
	TROUBLE_PROMETHEUS,
	TROUBLE_ALERTMANAGER,
	TROUBLE_PULL_PATH,
	TROUBLE_PUSH_PATH,
	TROUBLE_LISTENER,
	TROUBLE_SILENCE,
	TROUBLE_UPLINK,	    /* ours */
	TROUBLE_REFERENCES, /* one, two or three of them */
	TROUBLES,
};

struct ordeal {
	bool is_active;
	int64_t since, until, ended;
	unsigned variant;
};

/* One configuration; freed at the end, because an engine may still look at it. */
struct bed {
	struct target_plan targets[HOSTS];
	enum host hosts[HOSTS];
	struct watchdog_plan watchdog;
	struct plan plan;
	bool has_news, has_pull, has_prometheus;
};

struct run {
	bool is_active, is_real; /* real: the host's own failure, not our link's */
	bool is_reached;
	struct now started;
	int64_t ends;
	struct outcome outcome;
	int code;
};

/* The cluster's side of the Watchdog. */
struct pipeline {
	int64_t news; /* the last evaluation that reached Alertmanager; negative: it knows of none
		       */
	int64_t evaluates_at, beats_at; /* seconds within 90 and 60 */
	int64_t stale_firing;		/* a replica sends it after the end; 0: none */
	bool is_known;
};

struct stored_day {
	char name[NAME_TEXT_MAX];
	int32_t day;
	struct day_sums sums;
};

/* We ourselves, and what is durable of us. */
struct watcher {
	struct bed *bed, *beds[BEDS_MAX];
	size_t beds_n;
	struct engine *engine; /* NULL: dead */
	mono_t wake;
	struct run runs[HOSTS];
	bool is_dirty, has_new_notice;
	bool is_absent; /* dead or suspended */
	bool is_doomed; /* dies with the next notice, before the state is saved */
	bool is_lossy;	/* has died so: a notice may be made a second time */
	int64_t absent_until, next_turn_of_fate, fate_struck;
	unsigned lives;
	char *saved;
	struct now saved_at;
	struct notice notices[NOTICES_MAX];
	size_t notices_n;
	struct stored_day days[DAYS_MAX];
	size_t days_n;
};

/* One incident as its reader knows it. */
struct thread {
	uint64_t id;
	uint32_t next_seq;
	bool is_over;
	unsigned names; /* bits of the hosts that were named */
};

/* The truth, kept apart from what the engine was shown. Spans in microseconds. */
struct truth {
	unsigned real_streak[HOSTS];
	bool is_down[HOSTS];	/* the engine says so */
	int64_t failing[HOSTS]; /* seen from outside without a break, and we could have known */
	int64_t failed[HOSTS], known[HOSTS]; /* in all; and while we could know */
	int64_t certain[HOSTS];		     /* long and clear enough that it must be booked */
	int64_t unnamed[HOSTS];
	unsigned spells[HOSTS];
	int64_t silence_least, silence_most; /* what may be counted of it, to either side */
	int64_t silence_before;		     /* the most, when the last beat ended it */
	unsigned breaks;		     /* of our view, since the last beat */
	int64_t last_beat, resolved, link_gone, blocked, checked;
	int64_t prometheus_dead, silenced, pull_changed;
	int64_t calm_since, blind_due;
	unsigned ordeals, downs, blinds; /* since it was calm */
	bool has_stepped, has_died, has_lost_news;
	struct thread threads[INCIDENTS_MAX];
	size_t threads_n;
};

struct storm {
	uint64_t seed, dice;
	bool is_verbose, is_ending;
	bool is_busy, is_rough; /* much happens to us; out there */
	unsigned violations, said;
	int64_t t, wall_ahead; /* the monotonic clock, and what the wall clock is ahead of it */
	struct ordeal ordeals[TROUBLES];
	int64_t next_ordeal;
	struct pipeline pipeline;
	struct watcher us;
	struct truth truth;
};

/* ---- main.c ---- */

uint64_t storm_dice(struct storm *w);
int64_t storm_between(struct storm *w, int64_t least, int64_t most);
bool storm_chance(struct storm *w, unsigned percent);
struct now storm_now(const struct storm *w);
void storm_say(struct storm *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *host_name(enum host host);
const char *trouble_name(enum trouble trouble);

/* ---- world.c ---- */

bool is_on(const struct storm *w, enum trouble trouble);
/* It is, or was at some time since `since`. */
bool is_recent(const struct storm *w, enum trouble trouble, int64_t since);
/* Whoever asks it from a good place gets no good answer. */
bool is_failing(const struct storm *w, enum host host);
bool alertmanager_lives(const struct storm *w);
/* A second has passed. */
void world_second(struct storm *w);
void world_calm(struct storm *w);
/* How a run that begins now will end. */
struct run world_answer(const struct storm *w, enum host host, const struct target_plan *plan);
void world_testify(const struct storm *w, enum host host, struct observation *o);

/* ---- watcher.c ---- */

bool is_planned(const struct storm *w, enum host host);
void watcher_begin(struct storm *w);
/* Nothing of us happens before then. */
int64_t watcher_next(const struct storm *w);
/* Runs end, time passes, fate strikes. */
void watcher_live(struct storm *w);
void watcher_beat(struct storm *w, enum beat beat);
void watcher_done(struct storm *w);

/* ---- judge.c ---- */

/* We could not know: not there, no link, or no references and no beats to vouch. */
bool is_blocked(const struct storm *w);
void judge_second(struct storm *w);
void judge_transition(struct storm *w, const struct record *record);
void judge_notice(struct storm *w, const struct notice *notice);
void judge_twice(struct storm *w, const struct notice *first, const struct notice *second);
/* After every turn. */
void judge_model(struct storm *w);
/* A reload took targets away, and with them perhaps whole incidents. */
void judge_removal(struct storm *w);
void judge_end(struct storm *w);
void judge_broken(struct storm *w, const char *what);

#endif
