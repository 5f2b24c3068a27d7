/*
 * model.h - everything true at one instant, read-only, for whoever shows it.
 *
 * Filled by engine_model(); deep enough to be copied to another thread with
 * model_copy(), since the engine goes on changing while a page is written.
 */
#ifndef CORE_MODEL_H
#define CORE_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/canary.h"
#include "core/deadman.h"
#include "core/diagnosis.h"
#include "core/incident.h"
#include "core/outbox.h"
#include "core/rollup.h"
#include "core/silence.h"
#include "core/vantage.h"
#include "core/verdict.h"
#include "core/weekly.h"
#include "core/window.h"
#include "shorewatch/observation.h"
#include "shorewatch/plan.h"

struct target_view {
	const struct target_plan *plan;
	enum verdict_state state;
	bool is_slow;
	bool is_out_of_sight;	     /* up, but no run of it has counted for too long to tell */
	unsigned streak;	     /* failures in a row while suspect */
	wall_t since;		     /* when the state was entered */
	wall_t failing_since;	     /* first failed run of the outage or streak; unset while up */
	wall_t last_seen;	     /* start of the last finished run; unset: none yet */
	wall_t last_ok;		     /* start of the last good run; unset: none yet */
	int32_t ok_phase_us[PHASE_COUNT]; /* of it; PHASE_NOT_REACHED */
	usec_t ok_total_us;	     /* of it */
	struct outcome failure;	     /* the last failure; CAUSE_PASS: none yet */
	int code;		     /* of the last good run while up, else of the last failure */
	usec_t failure_us;
	const char *note;	     /* of the last failure; NULL: none */
	struct certificate certificate;
	unsigned cert_days;	     /* the step it was warned at last: days left; 0: none */
	usec_t median_us;
	uint64_t incident;	     /* 0: none */
	wall_t planned_until;	     /* planned work: it counts nowhere; unset: none */
	bool is_silenced;	     /* its failure is not mailed for the time being */
	bool is_flapping;
};

struct deadman_view {
	const struct watchdog_plan *plan;
	enum deadman_state state;
	wall_t last;		     /* last beat; unset: never */
	wall_t since;
	usec_t silence;		     /* counted against the deadline */
	usec_t cadence;		     /* 0: not known yet */
	uint64_t beats, duplicates;
	uint64_t incident;
	/* what its witnesses say together; PULL_NONE: nothing is asked, or no answer yet */
	enum pull pull;
	/* what findings go by: it outlives answers that come no more */
	enum pull found;
	/* what its Prometheus says of itself; PULL_NONE: not asked, not heard */
	enum pull prometheus;
	/* `pull` is Prometheus's word: its Alertmanager says nothing of use */
	bool is_pull_own;
	bool is_listed;		     /* PULL_STALE: the alert is still shown when asked for */
	/* PULL_BROKEN: its beats come, but no such alert is known when asked */
	bool is_disputed;
	/* PULL_OK, PULL_STALE: of the news, by the Alertmanager's clock; -1: never any */
	usec_t pull_age;
	wall_t pulled;		     /* the last answer of any witness; unset: none yet */
	char pull_note[NOTE_MAX];    /* which silence, which status; foreign text */
	wall_t planned_until;	     /* as a target's */
	bool is_silenced, is_flapping;
};

/* Planned work: under way, or within the next 14 days. */
struct window_view {
	const struct window_plan *plan;
	struct span span;
	bool is_active;
};

struct stack_view {
	const struct stack_plan *plan;
	struct sight sight;
	struct finding finding;
	/* first failure of what the finding names; unset: nothing fails */
	wall_t since;
	wall_t last_answer;	     /* of any of its targets */
};

struct model {
	const struct plan *plan;
	struct now now;
	uint64_t report;	     /* filled by the publisher: N of alive/N */
	wall_t next_report;	     /* likewise */
	enum vantage_state vantage, vantage_family[2]; /* [0] IPv4, [1] IPv6 */
	unsigned references_up, references;
	wall_t isolated_since;	     /* unset: not isolated */
	/* the references are silent, but a mail relay answers: what is found is unconfirmed */
	bool is_unconfirmed;
	enum listener listener;	     /* asked by its public name */
	const struct target_view *targets; /* plan.targets_n, in the plan's order */
	const struct rollup *rollups;	   /* plan.targets_n, then plan.watchdogs_n */
	const struct deadman_view *deadmen; /* plan.watchdogs_n */
	const struct stack_view *stacks;    /* plan.stacks_n */
	const struct incident *incidents;   /* open ones, worst first */
	size_t incidents_n;
	const struct incident *past;	    /* closed ones, newest first */
	size_t past_n;
	const struct weekly *weekly;	    /* NULL in a copy: only mails show it */
	const struct incident_member *members; /* targets_n, then watchdogs_n; of open incidents */
	const struct window_view *windows;  /* by their beginning */
	size_t windows_n;
	const struct silence *silences;	    /* those that last, oldest first */
	size_t silences_n;
	size_t waiting_notices;
	wall_t oldest_notice;		    /* unset: none waits */
	bool is_mail_broken;		    /* the oldest waits longer than 10 min */
	enum outbox_hold mail_hold;	    /* and for this */
	struct canary_view canary;	    /* filled by the daemon */
	bool is_storage_failing;
	bool is_drill;			    /* one runs beside what is shown, which is real */
	bool is_demo;
	/* nobody watches any more: this is the last report; unset: the watcher runs */
	wall_t stopped;
	/* our own configuration is broken and the last good copy runs; NULL: no */
	const char *trouble;
	bool is_clock_wrong;		    /* other hosts say that it is another day */
	size_t worst;			    /* index of the stack that makes the headline */
};

/* It cannot leave, or does not arrive. */
static inline bool model_is_mail_broken(const struct model *model)
{
	return model->is_mail_broken ||
	       (model->canary.is_wanted && model->canary.state == CANARY_STATE_LOST);
}

/*
 * A deep copy of everything but the plan, in one allocation; free() releases it. NULL: no memory.
 */
struct model *model_copy(const struct model *model);

#endif
