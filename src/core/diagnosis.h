/*
 * diagnosis.h - what is wrong with a stack: a total function over counts
 * (DECISIONS 1), and one row of facts for each of its results.
 */
#ifndef CORE_DIAGNOSIS_H
#define CORE_DIAGNOSIS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/vantage.h"
#include "shorewatch/diagnosis.h"

/* What the Watchdog says, seen from the moment since which everything that fails now has failed. */
enum watchdog_level {
	WATCHDOG_NONE,	   /* no deadman watches this stack */
	WATCHDOG_NEVER,	   /* none has come yet */
	/* nothing fails and it is in time, or one came after the last failure began */
	WATCHDOG_FRESH,
	WATCHDOG_UNDETERMINED, /* in time, but none since then */
	WATCHDOG_LATE,
	WATCHDOG_SILENT,
	WATCHDOG_RESOLVED,
	WATCHDOG_LEVELS,
};

enum pull {
	PULL_NONE,
	PULL_OK,
	PULL_STALE,
	PULL_SUPPRESSED,
	PULL_MISSING,
	PULL_UNREACHABLE,
	PULL_BROKEN,
	PULL_COUNT
};
enum listener { LISTENER_UNKNOWN, LISTENER_OK, LISTENER_FAILS, LISTENER_COUNT };

/*
 * Targets that count; planned, paused and never observed ones are in none of these. One that failed
 * when it was seen last, and cannot be seen, is both failing and open.
 */
struct sight {
	unsigned edge_up, edge_failing, edge_open;	  /* layer = "edge" */
	unsigned service_up, service_failing, service_open;
	unsigned reached;	 /* failing, yet connected and something came back */
	unsigned names_failing;	 /* failing for their name while the last good address answers */
	/* jobs that report themselves: of no layer, and no evidence about the stack */
	unsigned jobs_failing;
	enum watchdog_level watchdog;
	enum pull pull;
	enum vantage_state vantage;
	enum listener listener;
};

struct finding {
	enum diagnosis primary;
	uint32_t also; /* 1 << diagnosis for each other one that holds */
};

struct finding diagnose(const struct sight *sight);
/*
 * Waiting cannot change the finding any more: nothing is undetermined, and when
 * everything outside fails, the Watchdog has spoken or is late.
 */
bool diagnosis_is_settled(const struct sight *sight);

int diagnosis_severity(enum diagnosis d);     /* 0 none, higher is worse */
bool diagnosis_is_stack_level(enum diagnosis d); /* one incident for the whole stack */
bool diagnosis_is_red(enum diagnosis d);      /* the page's solid band */
bool diagnosis_is_pipeline(enum diagnosis d); /* sites are fine, the cluster's alarm is not */

#endif
