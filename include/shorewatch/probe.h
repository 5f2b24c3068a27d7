/*
 * probe.h - the contract between a probe kind and the rest.
 *
 * A kind measures. It starts when told, reports once through
 * probe_run_finish(), stops at once when cancelled, and never decides what
 * its result means. It reaches the world only through io.h.
 */
#ifndef SHOREWATCH_PROBE_H
#define SHOREWATCH_PROBE_H

#include "shorewatch/address.h"
#include "shorewatch/observation.h"
#include "shorewatch/option.h"

struct evidence;
struct io;
struct target_plan;

/*
 * One execution: a slot of a fixed pool. The runner fills the first part; the
 * kind keeps `phase` true, fills `seen`, and calls probe_run_finish().
 * The runner alone enforces the deadlines: when one passes it calls
 * kind->cancel() and finishes the run itself as `overdue`, or when the kind has
 * left that at CAUSE_PASS, as a timeout of `phase`; in PHASE_DNS as
 * CAUSE_RESOLVER, because a name that does not exist says so.
 */
struct probe_run {
	struct io *io;
	const struct target_plan *target;
	const void *params;	    /* the kind's, from the generation */
	/* kind->scratch_bytes, zeroed up to kind->scratch_clean_bytes */
	void *scratch;
	mono_t started, deadline, connect_deadline; /* dns + connect must end by connect_deadline */

	enum phase phase;
	mono_t phase_began;
	enum cause overdue;
	struct observation seen;    /* phase_us, address, code, cert, note, is_reached */
	/* of this target, how many in a row failed before this one: 1 is the first re-test */
	unsigned failed_before;
	struct evidence *evidence;  /* the runner's, see probe_run_evidence() */
};

/* The run enters `phase` now: closes the span of the phase before it in seen.phase_us. */
void probe_run_enter(struct probe_run *run, enum phase phase);
/* The one report of a run. Call it exactly once, never after cancel. The run is gone afterwards. */
void probe_run_finish(struct probe_run *run, struct outcome outcome);
/* Remember a short foreign text (cut at NOTE_MAX). */
void probe_run_note(struct probe_run *run, const char *text);

/*
 * Where a failure's evidence goes, zeroed when it is asked for first. To be
 * called only for what has failed, and at the start of a run when the one
 * before has: one that passes is not to pay for it. NULL: none is wanted.
 */
struct evidence *probe_run_evidence(struct probe_run *run);

struct probe_kind {
	const char *name;		/* the sub-group's name: "http" */
	const char *summary;		/* one line for `shorewatch options` */
	/* by us, from a watchdog's `pull` or from `pings`: never a target's own group */
	bool is_made;
	const struct option *options;	/* ends with a row without a name */
	size_t params_bytes, scratch_bytes;
	/* of the scratch, how many are zeroed for each run; 0: all */
	size_t scratch_clean_bytes;
	/*
	 * After the options are read: parse and cross-check, into params. False: `fault` is filled.
	 */
	bool (*check)(void *params, struct option_fault *fault);
	/* Gives back what check() allocated; called once, with the generation's end, also when
	 * check() said no. May be NULL. */
	void (*release)(void *params);
	/* "https://blog.example/" or "host:22", for people. Points into params. */
	const char *(*endpoint)(const void *params);
	/* NULL, and so is cancel: nothing is probed, it reports itself */
	void (*start)(struct probe_run *run);
	void (*cancel)(struct probe_run *run);
};

/* All kinds, in the order of probes/kinds.def. */
extern const struct probe_kind *const probe_kinds[];
extern const size_t probe_kinds_n;
/* NULL: no such kind. */
const struct probe_kind *probe_kind_find(const char *name);

#endif
