/*
 * sim.h - thousands of years of random worlds over the real engine, outbox and
 * renderers; shared by the simulator's own files only.
 *
 *   main.c    the command: seeds, replays, counts
 *   draw.c    a seed becomes a setup: a plan, and ordeals that overlap
 *   trace.c   a setup as text, and back: what a failing seed leaves
 *   shrink.c  the least setup that still breaks the same promise
 *   life.c    one setup lived through, from event to event
 *   world.c   what is broken out there, and how every run ends because of it
 *   pair.c    Prometheus and its two Alertmanagers, with their races
 *   plan.c    the setup as the engine's plan
 *   us.c      we ourselves: effects, death, restarts, reloads, suspends
 *   post.c    notices: spool, relays, and what they have really accepted
 *   judge*.c  what was said, held against what was true
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

/* ---- what happens ---- */

enum ordeal_kind {
	/* out there; `which` is a site */
	ORDEAL_SERVICE,
	ORDEAL_ROUTE, /* out of reach from here only */
	ORDEAL_CERTIFICATE,
	ORDEAL_LOSS,
	ORDEAL_LATENCY,
	/* `which` is a stack */
	ORDEAL_INGRESS, /* answers 503 for all services */
	ORDEAL_EDGE,    /* nobody gets in, beats get out */
	ORDEAL_CLUSTER, /* no power */
	ORDEAL_UPLINK,  /* nothing gets in or out, inside all is well */
	ORDEAL_ZONE,
	ORDEAL_PROMETHEUS,
	ORDEAL_SILENCE,
	ORDEAL_PULL_PATH,
	ORDEAL_PUSH_PATH,
	/* `which` is stack * 2 + replica */
	ORDEAL_ALERTMANAGER,
	ORDEAL_JOB, /* `which` is a job */
	/* ours; `which` is a reference, a relay, or nothing */
	ORDEAL_REFERENCE,
	ORDEAL_LISTENER,
	ORDEAL_RESOLVER,
	ORDEAL_OWN_LINK, /* which: 0 both families, 4, 6 */
	ORDEAL_OWN_LOSS,
	ORDEAL_RELAY,
	ORDEAL_DISK,
	ORDEAL_ABSENCE, /* we are dead; variant: how we died */
	ORDEAL_SUSPEND,
	/* moments: they have no end */
	ORDEAL_RELOAD,
	ORDEAL_STEP, /* of the wall clock, by `by` */
	/* the operator's, and who renews certificates */
	ORDEAL_HUSH, /* `which` is a scope, until `by` later; lifted at `to` */
	ORDEAL_ACK,  /* of one of the open incidents */
	ORDEAL_RENEW, /* `which` is a certificate, from 1; it lasts for `by` */
	ORDEAL_KINDS,
};

/* How an absence begins. */
enum death { DEATH_RESTART, DEATH_KILL, DEATH_TORN, DEATH_REBOOT, DEATHS };

struct ordeal {
	enum ordeal_kind kind;
	int which;
	int64_t from, to; /* since the beginning */
	unsigned variant;
	int64_t by;
};

#include "quiet.h"

/* ---- who is there ---- */

struct site_setup {
	int stack;
	int64_t interval, timeout, slow;
	bool is_edge, is_service; /* neither: no layer is given */
	bool is_named;		  /* reached by a name */
	int family;		  /* 4 or 6 */
	unsigned parents;	  /* bits of the sites it depends on */
	int cert;		  /* which one it shows, from 1; 0: none that is known */
};

struct job_setup {
	int stack;
	int64_t period, grace;
};

struct watchdog_setup {
	bool is_there, has_pull, has_prometheus;
	int64_t period, grace;
	int64_t group_interval, repeat_interval; /* of Alertmanager's route */
};

/* How much befalls a life that was drawn; nobody goes by it but who counts. */
enum temper { QUIET, CALM, BUSY, ROUGH, TEMPERS };

struct setup {
	uint64_t seed;
	enum temper temper;
	int64_t until;	  /* then everything heals, and the end is looked at */
	int64_t wall;	  /* at the beginning */
	int64_t group_wait;
	int recipients, relays;
	bool has_listener;
	int stacks_n, sites_n, jobs_n, refs_n;
	struct watchdog_setup watchdogs[STACKS_MAX];
	struct site_setup sites[SITES_MAX];
	struct job_setup jobs[JOBS_MAX];
	int refs[REFS_MAX]; /* families */
	int windows_n, certs_n;
	struct window_setup windows[WINDOWS_MAX];
	struct cert_setup certs[CERTS_MAX];
	size_t ordeals_n;
	struct ordeal ordeals[ORDEALS_MAX];
};

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
	int64_t made, sending_ends;
	int64_t waited; /* while a relay worked */
	bool was_refused, was_doubted;
	enum outbox_result ahead;
	bool is_accepted_ahead;
	unsigned accepted, allowed; /* how often; how often it may have been */
};

struct post {
	struct outbox outbox;
	struct letter *letters; /* by age; the oldest are let go when they are final */
	size_t letters_n, letters_room, let_go_at;
	size_t open_n; /* not final */
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
	struct arena *arena; /* of the zones */
	const struct zone *zones[ZONES];
	bool is_rebooted, is_removed, is_lossy;
	const struct ordeal *sleep;
	bool is_without_site;
	unsigned lives;
	struct stored_day *days; /* DAYS_KEPT of each host, then of each stack's watchdog */
	int64_t hot; /* until then the state is saved as the daemon does: it will be wanted */
	int64_t rises; /* when we live again */
	int64_t slept; /* suspended since */
	const struct ordeal *death;
};

/* ---- the judge's notes ---- */

#define THREADS_MAX  4096
#define NOTICED_MAX  16
#define NAMED_LATER    (330 * SEC) /* joined within 2 min, mails 5 min apart */
#define CALM_ENOUGH    (45 * MINUTE) /* then nothing may be open any more */
#define SETTLED_AFTER (17 * MINUTE) /* since nothing has changed; then all of it is told */

/* One incident as its reader knows it. */
struct thread {
	uint64_t id;
	int stack;
	uint32_t next_seq;
	bool is_over;
	bool is_lossy; /* a notice of it was lost with us */
	uint32_t names; /* bits of the hosts that were named */
	bool is_dog_named;
	enum diagnosis told;
	int perhaps, surely; /* the severity by which worse is measured */
	int seen;	     /* that of what it is found to be, since then */
	int64_t seen_at;
	int64_t began, over, mailed;
	char number[INCIDENT_NUMBER_MAX];
};

/* Something that has to be done before its time has run out; time runs while it could be done. */
struct duty {
	bool is_on;
	int64_t left, whole;
};

struct host_truth {
	bool is_failing, is_doubtful, is_blocked;
	int64_t since;	  /* is_failing changed last */
	int64_t doubtful; /* it was so last */
	int64_t unblocked; /* since then we could see it again */
	int64_t seen;	  /* the last run of it ended */
	int64_t shown;	  /* the last run of it that really failed began */
	int64_t shown_reached, shown_unreached; /* likewise, of one that ended so */
	unsigned bad, good; /* runs in a row, as they really were */
	int64_t ours;	  /* a run failed by our own link last */
	unsigned ours_n;  /* so many since the last good one, before that could be known */
	enum verdict_state verdict;
	bool is_forgotten; /* a run was, with us; until the next good one */
	int caller;	   /* who failed with it and will be found before it; it itself: nobody */
	int64_t dated;	   /* the last good run began that said what time it is; LONG_AGO */
	unsigned clock_n;  /* runs in a row that failed by our clock */
	bool is_slow, is_slow_known; /* the last good run took too long */
	struct duty verdict_duty, mail_duty, name_duty, up_duty;
	/* the time in which it failed: what may be booked, and what must be */
	int64_t most, least;
	unsigned spells;
};

/* A Watchdog, or a job: somebody who is heard of, or not. */
struct silence_truth {
	int64_t heard;	 /* last, well; LONG_AGO: never */
	bool is_forgotten; /* the last time was, with us */
	int64_t returned;  /* first heard again after it was dead; NEVER */
	int64_t lost;	 /* what it said and we did not hear, last */
	int64_t resolved; /* NEVER: not since it was heard */
	bool has_failed; /* a job has said so */
	int64_t least, most; /* of the silence, as far as it counts; to either side */
	unsigned breaks;
	bool is_dead;	 /* the engine says so */
	int64_t died;
};

struct judge {
	struct host_truth hosts[HOSTS_MAX];
	struct silence_truth dogs[STACKS_MAX], jobs[JOBS_MAX];
	struct thread threads[THREADS_MAX];
	size_t threads_n;
	int64_t now, next;   /* up to when all is counted; when to look again */
	int64_t cut;	     /* all of our links are gone since; NEVER: one is there */
	int64_t was_unvouched; /* too few references answered last */
	int64_t deserted;      /* too few of them would have, whatever our own link, last */
	int64_t ours;	     /* something was the matter with us last */
	int64_t away;	     /* we died or slept last */
	int64_t broken_off;  /* we died, slept, or were loaded anew last */
	int64_t changed[STACKS_MAX]; /* something that matters to this stack did last */
	int64_t calm;	     /* nothing at all is the matter since; NEVER: something is */
	unsigned causes[STACKS_MAX], downs[STACKS_MAX]; /* since it was calm */
	bool is_unruly;	     /* since then one cause may have been many */
	int64_t blind_due;
	int64_t lost_state;  /* what was durable was not all, last */
	int64_t removed;
	int64_t stepped;
	int64_t noticed[NOTICED_MAX]; /* when the last mails were made */
	unsigned noticed_n;
	int64_t unseen;	     /* we were not there, in all */
	unsigned absences;
	unsigned looks;
};

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

/* ---- draw.c ---- */

void setup_draw(uint64_t seed, struct setup *ret);

/* ---- trace.c ---- */

const char *ordeal_name(enum ordeal_kind kind);
void setup_write(const struct setup *setup, FILE *to);
void trace_seconds(FILE *to, const char *name, int64_t us);
/* The number behind "name=" in the line; 0 when it is not there. */
int64_t trace_micros(const char *line, const char *name);
/* False: said why, with the line. */
bool setup_read(const char *file, struct setup *ret);

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

/* ---- judge.c ---- */

void judge_begin(struct sim *s);
/* Time has passed until now; call before anything changes. */
void judge_time(struct sim *s);
/* We die, and what came after the state was saved dies with us. */
void judge_forget(struct sim *s);
/* What we believe is what was saved, or carried over. */
void judge_recall(struct sim *s);
/* The world, or we, have changed. */
void judge_change(struct sim *s, const struct ordeal *ordeal, bool is_beginning);
void judge_look(struct sim *s);
/* Look if there is something new to see, or time is up for something. */
void judge_step(struct sim *s);
void judge_end(struct sim *s);
void broken(struct sim *s, enum promise promise, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* So long it may take until a site that fails is found to, by its own runs. */
int64_t own_bound(const struct sim *s, int host);
/* Somebody could tell that our link works. */
bool is_vouched(const struct sim *s);
/* A silence does not count for the time being. */
bool is_silence_blocked(const struct sim *s);

/* ---- judge_duties.c ---- */

void look_at_duties(struct sim *s, const struct model *m, int host);
void look_at_watchdog(struct sim *s, const struct model *m, int stack);
void look_at_job(struct sim *s, const struct model *m, int job);
void look_at_calm(struct sim *s, const struct model *m);
void look_at_blind(struct sim *s);

/* ---- judge_runs.c ---- */

void judge_run(struct sim *s, int host, const struct run *run);
/* Our IPv6 is gone and no reference of the other family answers, but beats come by that one. */
bool is_six_vouched_by_four(const struct sim *s);
void judge_transition(struct sim *s, const struct record *record);
void judge_beat(struct sim *s, int stack, enum beat beat);
/* It could not reach us. */
void judge_lost_beat(struct sim *s, int stack);
/* A job has spoken, heard or not. */
void judge_ping(struct sim *s, int job, enum ping ping, bool is_heard);

/* ---- judge_mail.c ---- */

void judge_notice(struct sim *s, const struct notice *notice, const struct incident *incident);
struct thread *thread_of(struct sim *s, uint64_t id);
void judge_letter(struct sim *s, const struct letter *letter);

/* Of the same incident to the same reader. */
bool is_earlier(const struct letter *a, const struct letter *b);
/* It is lost with us, or was never written down. */
void judge_lost_letter(struct sim *s, const struct letter *letter);
/* Have they waited for too long? */
void judge_post(struct sim *s);
/* A reload has taken a site away. */
void judge_removal(struct sim *s);

/* ---- judge_model.c ---- */

void judge_model(struct sim *s, const struct model *m);

/* ---- judge_days.c ---- */

/* So much time has passed as it was. */
void judge_days_grow(struct sim *s, int64_t span);
void judge_days(struct sim *s, const struct model *m);

#endif
