/*
 * sim.h - thousands of years of random worlds over the real engine, outbox and
 * renderers; shared by the simulator's own files only.
 *
 *   main.c    the command: seeds, replays, counts
 *   setup.h   what a life is made of
 *   draw.c    a seed becomes a setup: a plan, and ordeals that overlap
 *   trace.c   a setup as text, and back: what a failing seed leaves
 *   shrink.c  the least setup that still breaks the same promise
 *   life.c    one setup lived through, from event to event
 *   world.c   what is broken out there, and how every run ends because of it
 *   pair.c    Prometheus and its two Alertmanagers, with their races
 *   plan.c    the setup as the engine's plan
 *   us.c      we ourselves: effects, death, restarts, reloads, suspends
 *   us_state.c  what of us is durable
 *   post.c    notices: spool, relays, and what they have really accepted
 *   judge*.c  what was said, held against what was true: judge.h
 *   quiet.h   planned work, the operator, dependence and certificates have their own files
 *
 * Everything that happens is written in the setup; nothing is drawn later, but
 * for details that are a function of the seed and of what they belong to. So a
 * ordeal can be taken out of a setup without changing the rest, which is what
 * makes a long story of a failure short.
 *
 * The judge knows the documents and not the engine: its bounds are written
 * down from there. Times are microseconds of the world's own clock.
 */
#ifndef SIM_H
#define SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "core/engine.h"
#include "core/outbox.h"

#define SEC	     INT64_C(1000000)
#define MINUTE	     (60 * SEC)
#define HOUR	     (3600 * SEC)
#define DAY	     (24 * HOUR)
#define NEVER	     (INT64_MAX / 4)
#define LONG_AGO     (-NEVER)
#define STACKS_MAX   2
#define SITES_MAX    8 /* targets that are probed */
#define JOBS_MAX     2
#define REFS_MAX     5
#define ORDEALS_MAX   4096
#define HOSTS_MAX    (SITES_MAX + JOBS_MAX + REFS_MAX + 2 * STACKS_MAX + 1)
#define NAME_MAX_SIM 16

#include "setup.h"

/* ---- who is there ---- */

/* Everybody who is asked, or reports, in the order of the plan. */
enum host_role { HOST_SITE, HOST_JOB, HOST_REF, HOST_AM, HOST_PROM, HOST_LISTENER };

struct host {
	enum host_role role;
	int at; /* which site, job, reference, or stack */
	char name[NAME_MAX_SIM], url[32];
	int family;
	bool is_named;
	int stack; /* -1: none */
	uint32_t subject; /* index in the plan; NONE_INDEX: not in it for the time being */
};

/* ---- what is broken promises' name ---- */

enum promise {
	PROMISE_NONE,
	LATE_VERDICT,	/* I1 */
	LATE_MAIL,
	LATE_NAME,
	LATE_SILENCE,
	LATE_PULL,
	LATE_RECOVERY,
	LATE_DELIVERY,
	LATE_BLIND,
	FALSE_DOWN,	/* I2 */
	FALSE_UP,
	FALSE_SILENCE,
	FALSE_FINDING,
	FALSE_BLIND,
	WRONG_FINDING,
	WRONG_ORDER,	/* I3 */
	TOO_MANY,
	NEVER_ENDED,
	LOST_NOTICE,	/* I4 */
	TWICE,
	WRONG_SUMS,	/* I5 */
	WRONG_MODEL,	/* I6 */
	UNBOUNDED,	/* I7 */
	BROKEN_ENGINE,
	UNWANTED,	/* what planned work, the operator or a parent holds back */
	LOST_WORD,	/* of the operator's */
	LATE_CERT,
	FALSE_CERT,
	PROMISES,
};

/* ---- the world ---- */

struct run {
	bool is_active;
	bool is_real; /* if it fails, then by the host's own ordeal and not by ours */
	bool is_ours; /* it fails by ours */
	bool is_clock; /* it fails, because our clock is wrong */
	bool has_certificate;
	bool is_reached;
	struct now started;
	int64_t began, ends, took;
	struct outcome outcome;
	int code;
};

/* One Alertmanager; NEVER: nothing is planned. */
struct replica {
	bool is_alive, has_group;
	int64_t alert_ends, updated; /* of the alert; alert_ends 0: it knows of none */
	int64_t flush;
	int64_t decide;	     /* after its wait for the peer, with ... */
	bool is_firing_seen; /* ... what it saw at the flush */
	int64_t retry, retry_until;
	bool is_retry_firing;
};

struct pipeline {
	struct replica replicas[2];
	bool is_prometheus_alive;
	int64_t resend;
	/* the notification log, which the replicas share */
	bool has_log, is_log_firing;
	int64_t log_at;
	int64_t next;
	uint64_t counted; /* for details drawn from the seed */
};

struct trouble {
	int count;
	int64_t since, ended; /* of the last one */
	unsigned variant;
};

/* How a host answers now. */
struct answer {
	bool is_failing;  /* surely */
	bool is_doubtful; /* now and then: loss, or latency near a timeout */
	bool is_reached;
	struct outcome outcome;
	int code;
	int64_t takes;
	unsigned loss; /* per mille */
};

/* ---- post ---- */

enum letter_state { LETTER_NEW, LETTER_INFLIGHT, LETTER_RING, LETTER_LOST };

struct letter {
	struct notice notice;
	enum letter_state state;
	bool is_durable, is_recorded;
	bool is_forgotten; /* neither file nor record of it outlived us */
	int64_t made, sending_ends;
	int64_t waited; /* while a relay worked */
	bool was_refused, was_doubted;
	bool is_told; /* with the mail of its end */
	enum outbox_result ahead;
	bool is_accepted_ahead;
	unsigned accepted, allowed; /* how often; how often it may have been */
};

struct post {
	struct outbox outbox;
	struct letter *letters; /* by age; the oldest are let go when they are final */
	size_t letters_n, letters_room, let_go_at;
	size_t open_n; /* not final */
	size_t crowd;  /* as many as that at most, since there was none */
	mono_t wake;
	int64_t next_end;
	size_t waiting;
	wall_t oldest;
	int64_t looked; /* when the letters' waiting was counted last */
	int64_t good;	/* a relay has been good since then */
	uint64_t accepted_n, attempts_n;
	size_t most_waiting;
};

/* ---- we ourselves ---- */

#define DAYS_KEPT 512

struct stored_day {
	int32_t day;
	struct day_sums sums;
};

/* One configuration. A reload fills the other one: the engine before still looks at its own. */
struct bed {
	struct target_plan targets[HOSTS_MAX];
	struct ping_plan pings[JOBS_MAX];
	struct watchdog_plan watchdogs[STACKS_MAX];
	struct plan plan;
	struct window_plan windows[WINDOWS_MAX];
	const char *scopes[WINDOWS_MAX];
	uint32_t parents[SITES_MAX][SITES_MAX];
	uint32_t watchdog_of[STACKS_MAX]; /* NONE_INDEX: this stack has none */
	int host_of[HOSTS_MAX];
};

struct us {
	struct bed beds[2], *bed;
	struct engine *engine; /* NULL: dead */
	mono_t wake;
	bool is_dirty, is_touched, has_new_notice;
	bool is_suspended;
	/* it dies with its next notice, before the state is saved; NULL: no */
	const struct ordeal *torn;
	int64_t torn_until;
	char *saved;
	unsigned boot, saved_boot;
	struct now saved_at;
	int64_t saved_t, collected;
	int64_t mono_ahead; /* of the world's clock; another one after each boot */
	int64_t wall_ahead; /* of the world's wall clock */
	int64_t queued[STACKS_MAX]; /* a beat lies in the kernel since, while we are stopped */
	unsigned at_once;
	int64_t minute; /* in which so many turns were taken */
	unsigned turns;
	struct arena *arena; /* of the zones */
	const struct zone *zones[ZONES];
	bool is_rebooted, is_removed, is_lossy;
	const struct ordeal *sleep;
	bool is_without_site;
	unsigned lives;
	struct stored_day *days; /* DAYS_KEPT of each host, then of each stack's watchdog */
	int64_t hot; /* until then the state is saved as the daemon does: it will be wanted */
	int64_t rises; /* when we live again */
	int64_t risen; /* when we last did */
	int64_t slept; /* suspended since */
	const struct ordeal *death;
};

#include "judge.h"

enum edge_kind { EDGE_PREPARE, EDGE_BEGIN, EDGE_END };

struct edge {
	int64_t at;
	uint32_t ordeal;
	enum edge_kind kind;
};

struct sim {
	const struct setup *setup;
	bool is_verbose;
	int64_t t, end;
	struct host hosts[HOSTS_MAX];
	int hosts_n;
	struct run runs[HOSTS_MAX];
	uint32_t running; /* bits */
	uint64_t runs_n[HOSTS_MAX];
	struct trouble troubles[ORDEAL_KINDS][SITES_MAX];
	struct answer answers[HOSTS_MAX];
	struct edge *edges; /* in the order of their times */
	size_t edges_n, edges_at;
	struct pipeline pairs[STACKS_MAX];
	struct { int64_t next, ends; } jobs[JOBS_MAX];
	struct us us;
	struct post post;
	struct judge judge;
	struct quiet quiet;
	struct certs certs;
	/* the first promise that was broken */
	enum promise broken;
	int64_t broken_at;
	char story[400];
	/* what was done, for the counts */
	uint64_t steps, incidents, notices, pages;
};

/* ---- main.c ---- */

void story_tell(struct sim *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *promise_name(enum promise promise);
/* What a seed and two numbers make; the same each time. */
uint64_t lot(uint64_t seed, uint64_t a, uint64_t b);

/* ---- shrink.c ---- */

/* The least that still breaks `promise`, in place. */
void setup_shrink(struct setup *setup, enum promise promise);

/* ---- life.c ---- */

struct outcome_of_life {
	enum promise broken;
	int64_t broken_at, lived;
	uint64_t steps, incidents, mails, pages;
	char story[400];
};

void setup_live(const struct setup *setup, bool is_verbose, struct outcome_of_life *ret);

/* ---- world.c ---- */

void world_begin(struct sim *s);
bool is_on(const struct sim *s, enum ordeal_kind kind, int which);
/* It is, or was at some time since then. */
bool is_recent(const struct sim *s, enum ordeal_kind kind, int which, int64_t since);
/* A ordeal begins or ends. */
void world_change(struct sim *s, size_t ordeal, bool is_beginning);
/* How every host answers from now on. */
void world_work_out(struct sim *s);
struct run world_answer(struct sim *s, int host);
void world_testify(const struct sim *s, int host, struct observation *o);
/* Our link of this family, 4 or 6, is gone. */
bool is_link_gone(const struct sim *s, int family);
/* Since when it is, or was the last time. */
int64_t link_gone_since(const struct sim *s, int family);
/* Enough references of a family answer, if we do: FALSE with none of it and none at all. */
bool are_references_enough(const struct sim *s, int family);
bool has_references(const struct sim *s, int family);
/* There are some, and of no family do enough answer, whatever our own link does. */
bool are_references_gone(const struct sim *s);
/* How long a run of ours takes at most when all is well with it. */
int64_t timeout_of(const struct sim *s, int host);
int64_t interval_of(const struct sim *s, int host);

/* ---- pair.c ---- */

void pair_begin(struct sim *s, int stack);
void pair_live(struct sim *s, int stack);
/* Something has changed that may let a process die, or live again. */
void pair_change(struct sim *s, int stack);
/* What a question to the Alertmanagers is answered. False: they know of no alert. */
bool pair_answer(const struct sim *s, int stack, int64_t *ret_age);

/* ---- plan.c ---- */

void hosts_make(struct sim *s);
/* The engine's plan, of everything but what is away for the time being, in the other bed. */
void plan_make(struct sim *s);

/* ---- plan_quiet.c ---- */

/* Of the plan in the bed. */
void plan_add_windows(struct sim *s);
void plan_add_parents(struct sim *s);

/* ---- us.c ---- */

struct now sim_now(const struct sim *s);
void us_begin(struct sim *s);
/* When something is to be done by us. */
int64_t us_next(const struct sim *s);
void us_live(struct sim *s);
/* Death, suspend, reload, a step of the clock: begins, or ends. */
void us_change(struct sim *s, const struct ordeal *ordeal, bool is_beginning);
void us_beat(struct sim *s, int stack, enum beat beat);
void us_ping(struct sim *s, int job, enum ping ping);
/* May a POST to us be answered now? */
bool us_hears(const struct sim *s);
void us_end(struct sim *s);

/* ---- us_state.c ---- */

#define PRESENCE_PAUSE (10 * SEC) /* a daemon that changes nothing saves its state so often */

void us_keep_day(struct sim *s, const struct record *record);
/* The caller frees it; NULL: it does not fit, and a promise is broken. */
char *us_snapshot(struct sim *s, const struct engine *engine);
void us_save(struct sim *s);
/* NEVER while nobody will read it. */
int64_t us_next_save(const struct sim *s);
/* A new engine is told what was saved. */
void us_restore(struct sim *s);

/* ---- post.c ---- */

void post_begin(struct sim *s);
void post_take(struct sim *s, const struct notice *notice);
int64_t post_next(const struct sim *s);
void post_live(struct sim *s);
void post_die(struct sim *s);
void post_recover(struct sim *s);
/* Counts how long letters have waited though they could have been taken. */
void post_wait(struct sim *s);
void post_end(struct sim *s);

#endif
