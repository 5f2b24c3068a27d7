/*
 * pull.h - what the witnesses of a Watchdog say when asked, judged together.
 */
#ifndef CORE_PULL_H
#define CORE_PULL_H

#include <stdbool.h>

#include "core/deadman.h"
#include "core/diagnosis.h"
#include "core/witness.h"

/* NULL: not configured. */
struct pull_evidence {
	const struct witness *alertmanager, *prometheus;
	const struct deadman *deadman;
};

/* What is made of one Watchdog's witnesses. */
struct pull_state {
	enum pull verdict;  /* what they say now */
	mono_t since;	    /* for so long */
	enum pull believed; /* what findings go by: an OK has to last first when something was wrong
			     */
	enum pull own;	    /* what its Prometheus says of itself; NONE: not asked, not heard */
	bool is_own;	    /* the verdict is Prometheus's: its Alertmanager says nothing of use */
	bool is_whole;	    /* the Alertmanager was heard: its list proves both halves */
	bool is_refuting;   /* firing again for a whole window after a "resolved": it is the beats
			       that are lost */
	enum pull blame; /* STALE, MISSING, SUPPRESSED: of this the watchdog is found guilty until
			    refuted */
	struct now blamed_from; /* since when, as far as it is known */
	mono_t blamed;
};

/* Judge them anew. True: a finding may follow from it. */
bool pull_advance(struct pull_state *p, const struct pull_rule *rule,
		  const struct pull_evidence *ev, struct now now);
/* When pull_advance can next change anything by time alone. */
mono_t pull_wake(const struct pull_state *p, const struct pull_rule *rule,
		 const struct pull_evidence *ev, mono_t now);
/* What findings go by. */
enum pull pull_effective(const struct pull_state *p, const struct deadman *d);
/* Found guilty of being dead though its beats may come: nobody renews the alert. */
bool pull_is_guilty(const struct pull_state *p);
/* Nothing is known for the moment, and soon something will be: what was found before stands. */
bool pull_is_open(const struct pull_state *p, const struct pull_rule *rule, mono_t now);

/* Whose news the verdict is about; NULL: nobody is asked. */
const struct witness *pull_speaker(const struct pull_state *p, const struct pull_evidence *ev);
/*
 * Beats come of which their Alertmanager, when asked, knows nothing: it is asked in the wrong way.
 */
bool pull_is_disputed(const struct pull_state *p, const struct pull_evidence *ev);
/* One line of theirs for people; "" when there is nothing to add. */
const char *pull_note(const struct pull_state *p, const struct pull_evidence *ev);

const char *pull_name(enum pull pull);

#endif
