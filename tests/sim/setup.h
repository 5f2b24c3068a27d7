/*
 * setup.h - what a life is made of: who is watched, by whom, and what befalls
 * them. A part of sim.h. Times are microseconds since the beginning.
 */
#ifndef SIM_SETUP_H
#define SIM_SETUP_H

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

/* ---- who is watched ---- */

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

#endif
