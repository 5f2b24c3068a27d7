/*
 * diagnosis.h - what can be wrong with a stack, and what it is called: in the
 * configuration, in logs, mails and scenarios.
 */
#ifndef SHOREWATCH_DIAGNOSIS_H
#define SHOREWATCH_DIAGNOSIS_H

#include <stdbool.h>

/* Numbers are in snapshots: only ever added to. */
enum diagnosis {
	DIAGNOSIS_NONE,
	DIAGNOSIS_ISOLATED,
	DIAGNOSIS_STACK_DOWN,
	DIAGNOSIS_EDGE_DOWN,
	DIAGNOSIS_BACKENDS_DOWN,
	DIAGNOSIS_UNREACHABLE,
	DIAGNOSIS_DNS_FAULT,
	DIAGNOSIS_SITE_DOWN,
	DIAGNOSIS_PROMETHEUS_DEAD,
	DIAGNOSIS_WATCHDOG_SILENCED,
	DIAGNOSIS_BEATS_LOST,
	DIAGNOSIS_LISTENER_BROKEN,
	DIAGNOSIS_ALERTING_DEAD,
	DIAGNOSIS_COUNT,
};

const char *diagnosis_name(enum diagnosis d); /* "stack-down" */
/* False: no such diagnosis. */
bool diagnosis_parse(const char *name, enum diagnosis *ret);

#endif
