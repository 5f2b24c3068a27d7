/*
 * ping.c - the kind of a job that reports itself: /ping/NAME is called by it.
 *
 * Nothing is measured here, so there is no start: the engine never launches a
 * run, and reports and silences become observations there (core/jobs.c). The
 * row gives the kind its name and says what the job is to call.
 */
#include "shorewatch/plan.h"
#include "shorewatch/probe.h"

/* They are read as the section `pings`, with the keys that a target has. */
static const struct option ping_options[] = {
	{ .name = NULL },
};

static const char *ping_endpoint(const void *params)
{
	return ((const struct ping_plan *)params)->url;
}

const struct probe_kind probe_ping = {
	.name = "ping",
	.summary = "a job that reports itself",
	.is_made = true,
	.options = ping_options,
	.params_bytes = sizeof(struct ping_plan),
	.endpoint = ping_endpoint,
};
