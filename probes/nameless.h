/*
 * nameless.h - a name that is denied: does its last good address still answer?
 *
 * That is what tells a fault of the name from one of the host (DECISIONS 1,
 * dns-fault). A plain connection is enough, and the run fails either way.
 */
#ifndef PROBES_NAMELESS_H
#define PROBES_NAMELESS_H

#include <stdint.h>

#include "shorewatch/io.h"

struct probe_run;
struct nameless;

struct nameless_spec {
	const char *host;
	uint16_t port;
	enum cause cause;	 /* how the name failed */
	struct nameless **place; /* set while it is under way; NULL before and afterwards */
	void (*on_over)(void *ctx, enum cause cause); /* finishes the run in PHASE_DNS */
	void *ctx;
};

/* May call on_over before it returns: when the cause is no denial, or no address is known. */
void nameless_begin(struct probe_run *run, const struct nameless_spec *spec);
/*
 * The run ends now: what is under way is dropped, and if its deadline has passed it fails as the
 * name did, also when `query` was still waiting for a second opinion on that. NULL is fine.
 */
void nameless_cancel(struct nameless *nameless, struct probe_run *run,
		     const struct io_query *query);

#endif
