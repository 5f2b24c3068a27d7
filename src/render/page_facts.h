/*
 * page_facts.h - what of a model may be said in public, counted once.
 *
 * Hidden targets exist for their owner only: not one of them is counted, named
 * or hinted at through any of this (DECISIONS 1 gives findings over all targets;
 * here they are narrowed to what visible targets and Watchdogs show).
 */
#ifndef RENDER_PAGE_FACTS_H
#define RENDER_PAGE_FACTS_H

#include "core/model.h"
#include "render/speech.h"
#include "render/page_days.h"

/*
 * Visible targets by the state they are shown in; slow and suspect ones are up.
 * What is judged per family is one of them, in the state of its worse half.
 */
struct tally {
	unsigned all, up, slow, suspect, failing, paused, unknown;
};

/* How the page looks as a whole: a row of looks[]. */
enum look { LOOK_UP, LOOK_SLOW, LOOK_MAINT, LOOK_UNKNOWN, LOOK_SITE, LOOK_STACK, LOOK_COUNT };

struct look_row {
	const char *body;	       /* class of <body>: the tint */
	const char *favicon;	       /* favicon-NAME.svg, also the state's word in JSON */
	const char *symbol;	       /* of the sprite; NULL: the band's own large mark */
	const char *light, *dark;      /* theme-color: the tint's ground, as in style.css */
};

struct facts {
	struct tally targets;	       /* of all stacks */
	unsigned deadmen_up;	       /* arriving or late */
	unsigned deadmen_dead;	       /* silent, resolved or returning */
	unsigned deadmen_late;
	unsigned deadmen_planned;      /* and in none of the others */
	unsigned deadmen_of;	       /* all but the planned ones */
	enum diagnosis finding;	       /* of the headline; NONE: see look */
	size_t stack;		       /* whose finding it is */
	unsigned count;		       /* targets the headline speaks of, pairs once */
	const struct target_view *one; /* the first of them, to be named by facts_name() */
	enum look look;
	bool is_stopped;	       /* nobody watches any more */
	struct page_calendar calendar;
};

void facts_gather(const struct model *model, struct facts *ret);
const struct look_row *look_of(const struct facts *facts);
/*
 * All that is judged of the stack fails, but that is one visible site, `ret_one`, and `ret_planned`
 * others are worked at: of them nothing may be claimed.
 */
bool facts_is_last_one(const struct model *model, size_t stack, const struct target_view **ret_one,
		       unsigned *ret_planned);
/* When the headline's trouble began; unset while there is none. */
wall_t facts_since(const struct model *model, const struct facts *facts);
/* For how long it has lasted, by the boot clock where an incident tells; 0 while there is none. */
usec_t facts_lasting(const struct model *model, const struct facts *facts);

/* What a stack's finding is to the public; NONE when only hidden targets made it. */
enum diagnosis facts_finding(const struct model *model, size_t stack);
/* Our own link of this family is gone, though not the other; FAMILY_ANY: never. */
bool facts_is_cut_off(const struct model *model, enum family family);
/* The state to show: while we are isolated nothing is observed. */
enum verdict_state facts_state(const struct model *model, const struct target_view *target);
/* Slow, and nothing worse. */
bool facts_is_slow(const struct model *model, const struct target_view *target);
/* The other half of its pair; NULL: it has none. */
const struct target_view *facts_twin(const struct model *model, const struct target_view *target);
/* The state of the worse half, as it is shown. */
enum verdict_state facts_state_of_pair(const struct model *model,
				       const struct target_view *target);
/*
 * Told with the first half of its pair, of which the same holds: that it fails,
 * or else that it is slow.
 */
bool facts_is_second(const struct model *model, const struct target_view *target);
/* What a sentence calls a target of which that holds: "Blog", "Blog (IPv6 only)". */
void facts_name(struct buf *to, enum language language, const struct model *model,
		const struct target_view *target);
/* Likewise; whether its other half is well: it is down by one family only. */
bool facts_is_partial(const struct model *model, const struct target_view *target);
/* Failing visible targets of a stack, pairs once; the first one in *ret_first, NULL when none. */
unsigned facts_failing(const struct model *model, size_t stack,
		       const struct target_view **ret_first);
/* How a target failed last; CAUSE_PASS: not yet. */
struct failure {
	struct outcome outcome;
	int code;
	usec_t took;
};

struct failure facts_failure(const struct target_view *target);
/* Count `target` as it is shown; a pair counts with its first half. */
void tally_add(struct tally *tally, const struct model *model, const struct target_view *target);
/* Nothing of it is observed right now. */
bool tally_is_blind(const struct tally *tally);
/* What a sum is given out of: all but the planned ones. */
unsigned tally_of(const struct tally *tally);
/* Those of which something is known: all but the planned and the unknown ones. */
unsigned tally_seen(const struct tally *tally);

/* Something of the incident is visible. */
bool facts_shows_incident(const struct model *model, const struct incident *incident);
/* The event names nothing hidden. */
bool facts_shows_event(const struct model *model, const struct incident_event *event);
/* The event as it is told: it counts no more than can be seen. */
struct incident_event facts_event(const struct model *model, const struct incident_event *event);
/* The visible target of that name, or NULL. */
const struct target_plan *facts_target(const struct model *model, const char *name);
bool facts_is_watchdog(const struct model *model, const char *name);
/* Words for machines: "ok", "stale"; "unknown", "fails". */
const char *facts_pull_name(enum pull pull);
const char *facts_listener_name(enum listener listener);
/* Failing visible members of an open incident; the first one in *ret_first. */
unsigned facts_members(const struct model *model, const struct incident *incident,
		       const struct target_view **ret_first);

#endif
