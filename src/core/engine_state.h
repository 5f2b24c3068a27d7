/*
 * engine_state.h - what the engine remembers; shared by its own files only, whose
 * doors are in engine_parts.h.
 */
#ifndef CORE_ENGINE_STATE_H
#define CORE_ENGINE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/heap.h"
#include "core/certificate.h"
#include "core/dates.h"
#include "core/deadman.h"
#include "core/engine.h"
#include "core/flap.h"
#include "core/incident.h"
#include "core/job.h"
#include "core/latency.h"
#include "core/model.h"
#include "core/notice.h"
#include "core/pull.h"
#include "core/rollup.h"
#include "core/vantage.h"
#include "core/verdict.h"

#define CASES_PER_STACK 8 /* incidents open at once in a stack; beyond, failures join the newest */
#define PAST_MAX 8
#define ENDED_MAX 256
#define REFERENCE_PAUSE USEC_PER_SEC /* references are asked at most once a second */

/* A target or reference: what we believe, and what was last seen. */
struct check {
	struct verdict verdict;
	bool is_running, is_slow;
	bool is_called;		  /* while it ran: again, when that has ended */
	bool is_held;		  /* a FAIL that waits for references to vouch */
	bool is_reached;	  /* of the last failure */
	bool is_address_good;	  /* of the last failure: it is only the name */
	bool is_observed;	  /* in this life: a run has ended */
	bool is_parent;		  /* one of another stack depends on it */
	bool is_current;	  /* seen since our clock was last set, and in this life */
	bool is_answering;	  /* the last run that we did not spoil ourselves has passed */
	enum family family;	  /* of the address used last */
	int code;
	mono_t last_started;
	mono_t last_ended;	  /* a re-test counts from here, also over a restart */
	mono_t last_told;	  /* end of the last run that counted */
	wall_t last_seen, last_ok;
	int32_t ok_phase_us[PHASE_COUNT];
	usec_t ok_total_us;
	struct certificate certificate;
	/* fingerprint of the one in whose place it came, if people were told of that; 0 */
	uint64_t certificate_before;
	mono_t day_recorded;
};

/* What the mail relays say while the references are silent. */
struct doubt {
	mono_t asked;
	mono_t answered;  /* start of the last run that was answered */
	unsigned answers; /* in a row */
	bool is_told;	  /* that nothing was seen, since the references fell silent */
};

/*
 * How a check failed last. Most never do, and memory that is not touched costs nothing: this is
 * written only when there is something to write.
 */
/* How a run failed, before it is known whether that was our own link. */
struct unproven {
	struct outcome outcome;
	int code;
	usec_t took;
	bool is_reached, is_address_good;
	char note[NOTE_MAX];
};

struct setback {
	struct unproven last;
	mono_t unseen_since;	  /* it may fail since then: no run has counted; 0: not known */
	bool is_doubted;	  /* it was the first run to fail otherwise: once more, soon */
	bool has_differed;	  /* since how it fails was taken, one has failed otherwise */
	struct outcome outcome;	  /* CAUSE_PASS: it never failed */
	int code;
	usec_t took;
	struct now held_started;  /* of a FAIL that waits for references to vouch */
	struct now first_good;	  /* of a recovery */
	char note[NOTE_MAX];
};

/* Planned work at a target or watchdog. */
struct planned {
	wall_t until; /* unset: none is under way */
	struct now began, ended; /* of the last one */
};

struct window_state {
	struct span span; /* under way, or next */
	bool is_known, is_active;
	wall_t looked;
};

struct stack_state {
	bool is_dirty;		  /* something it is judged by has changed */
	mono_t wake;		  /* when time alone may change what is to be said */
	struct sight sight;
	struct finding finding;
	const uint32_t *targets;  /* indices */
	size_t targets_n;
};

/* What a channel was told of an incident. */
struct telling {
	uint64_t incident;	/* id; another's: nothing yet */
	uint32_t seq;		/* of its last notice */
	enum diagnosis finding; /* which that one told */
	bool is_held;		/* quiet hours have held one back since */
};

/* What belongs to no incident: how much a channel was told this hour, and whether it fails. */
struct channel_state {
	unsigned mails; /* since `began`, for the cap */
	mono_t began;
	uint32_t held; /* back by the cap, and not told of yet */
	wall_t held_from;
	wall_t trouble; /* since when it fails, as the others were told; unset: it does not */
};

/* How a watchdog, or a job, reaches us. */
struct way {
	enum family by;	 /* of what came last; FAMILY_ANY: unknown, nothing came yet */
	bool is_put_off; /* up to the last engine_advance: it cannot reach us */
};

struct engine {
	const struct plan *plan;
	struct engine_effects effects;
	struct arena *arena;
	uint64_t seed, made; /* for ids */

	struct check *checks; /* targets_n, then references_n, then witnesses_n */
	size_t checks_n;
	struct heap due;
	size_t held;
	size_t found; /* the target that was looked up by name last */
	struct setback *setbacks; /* checks_n */
	struct latency *latencies; /* targets_n */
	struct rollup *rollups; /* targets_n, then watchdogs_n */
	struct daybook daybook; /* theirs */
	struct deadman *deadmen;
	struct witness *witnesses; /* witnesses_n */
	struct pull_state *pulls;  /* watchdogs_n */
	struct job *jobs;	   /* pings_n */
	struct way *ways;	   /* watchdogs_n, then pings_n */
	bool is_family_cut[2];	   /* [0] IPv4, [1] IPv6, as last judged */
	mono_t family_cut_until[2];
	bool is_way_cut;	   /* one of them is, and its silence is put off */
	mono_t jobs_booked, deadmen_booked;
	bool is_deaf;		   /* our listener fails, and silences are put off since */
	mono_t listened;	   /* they were put off up to here, if it fails */
	/* within an hour from then requests were lost for so long in all (deaf.c) */
	mono_t turned_away_since;
	usec_t turned_away;
	mono_t deaf_until;	   /* and are up to here, however often it was found to fail */
	enum listener listener;
	struct vantage vantage;
	enum vantage_state vantage_state;
	struct doubt doubt;
	struct now isolated_since;
	bool is_isolation_inherited; /* of another life, and it may have ended since */
	/* a life or the end of an isolation from which on everything is to be seen once */
	mono_t reviewed;
	/* when that ended last: failures of runs that began before are ours */
	mono_t isolated_until;
	mono_t references_asked;

	struct stack_state *stacks;
	struct incident_member *members; /* targets_n, then watchdogs_n */
	/* CASES_PER_STACK for each stack, then those of stacks that are gone */
	struct incident *incidents;
	size_t incidents_max;
	struct incident past[PAST_MAX]; /* newest first */
	uint64_t ended[ENDED_MAX];	/* by their UP, read from the outbox; a ring */
	size_t ended_n;
	size_t past_n;
	int32_t number_day;
	unsigned number_count;
	struct weekly weekly;
	mono_t weekly_wake;	/* when to look again; 0: now */
	int64_t weekly_drift;	/* wall minus mono when that was found */
	struct channel_state *channels; /* channels_n */
	struct telling *tellings;	/* for each of incidents, channels_n */
	wall_t mail_trouble;		/* since when mail fails, as the others were told */

	/* of each window, and targets_n, then watchdogs_n; NULL: the plan has no windows */
	struct window_state *windows;
	struct planned *planned;
	struct silence silences[SILENCES_MAX]; /* oldest first */
	size_t silences_n;
	struct flap *flaps;	/* targets_n, then watchdogs_n */

	struct certificate_ledger told;
	mono_t expiry_wake, expiry_hour;
	unsigned expiry_mails;	/* since expiry_hour */
	struct dates dates;
	usec_t clock_drift;	/* wall minus mono when the clock was last set */
	mono_t clock_stepped;
	bool is_clock_wrong;
	uint64_t self[SELF_MATTERS]; /* what was told of it, while it lasts; 0: nothing */

	/* when the state that was restored had been saved; unset: none was */
	wall_t restored;
	uint64_t restored_serial; /* of the last mail that it knew of */
	uint64_t serial;	/* of the last mail about an incident; see struct notice */
	mono_t began;		/* engine_new */
	mono_t dirtied;		/* when saving was last asked for */
	mono_t advanced;	/* the last engine_advance */
	mono_t resumed;		/* from a suspend, the last one */
	/* until then nothing but a run that begins, or ends well, changes anything; 0: look */
	mono_t settled_until;
	usec_t drift;		/* wall minus mono at the last look */
	usec_t settled_drift;	/* wall minus mono when that was found */
	size_t waiting_notices;
	wall_t oldest_notice;
	bool is_storage_failing;
	bool is_mail_broken;

	struct target_view *target_views;
	bool is_viewed;		/* they are filled */
	struct deadman_view *deadman_views;
	struct stack_view *stack_views;
	struct incident *incident_views;
	struct window_view *window_views;
};

/* Something has come that more than one target goes by. */
static inline void engine_unsettle(struct engine *e)
{
	e->settled_until = (mono_t){ 0 };
}

static inline void engine_dirty(struct engine *e, struct now now)
{
	engine_unsettle(e);
	e->dirtied = now.mono;
	e->effects.record(e->effects.ctx, &(struct record){ .kind = RECORD_STATE, .now = now });
}

/* A target that reports itself: nobody asks it. */
static inline bool is_job(const struct engine *e, uint32_t target)
{
	return e->plan->targets[target].ping != NULL;
}

/* By which family it is reached: as configured, else as it was last. */
static inline enum family family_of(const struct engine *e, uint32_t index)
{
	enum family family = e->plan->targets[index].family;

	return family == FAMILY_ANY || family == FAMILY_BOTH ? e->checks[index].family : family;
}

static inline struct deadman_rule deadman_rule_of(const struct watchdog_plan *w)
{
	return (struct deadman_rule){
		.period = w->period,
		.grace = w->grace,
		.start_grace = w->start_grace,
		.resolved_is_down = w->resolved_is_down,
	};
}

/* Our own link of its family is gone: of such a target nothing is learned. */
static inline bool is_cut_off(const struct engine *e, uint32_t index)
{
	return vantage_judge(&e->vantage, family_of(e, index)) == VANTAGE_ISOLATED;
}

/* `subject`: a target, or a watchdog as a member. */
static inline bool is_planned(const struct engine *e, uint32_t subject)
{
	return e->planned && wall_is_set(e->planned[subject].until);
}

static inline uint32_t member_of_watchdog(const struct engine *e, uint32_t watchdog)
{
	return (uint32_t)e->plan->targets_n + watchdog;
}

#endif
