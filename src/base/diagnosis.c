/*
 * diagnosis.c - what diagnoses are called.
 */
#include "shorewatch/diagnosis.h"

#include <string.h>

static const char *const names[DIAGNOSIS_COUNT] = {
	[DIAGNOSIS_NONE] = "none",
	[DIAGNOSIS_ISOLATED] = "isolated",
	[DIAGNOSIS_STACK_DOWN] = "stack-down",
	[DIAGNOSIS_EDGE_DOWN] = "edge-down",
	[DIAGNOSIS_BACKENDS_DOWN] = "backends-down",
	[DIAGNOSIS_UNREACHABLE] = "unreachable",
	[DIAGNOSIS_DNS_FAULT] = "dns-fault",
	[DIAGNOSIS_SITE_DOWN] = "site-down",
	[DIAGNOSIS_PROMETHEUS_DEAD] = "prometheus-dead",
	[DIAGNOSIS_WATCHDOG_SILENCED] = "watchdog-silenced",
	[DIAGNOSIS_BEATS_LOST] = "beats-lost",
	[DIAGNOSIS_LISTENER_BROKEN] = "listener-broken",
	[DIAGNOSIS_ALERTING_DEAD] = "alerting-dead",
};

const char *diagnosis_name(enum diagnosis d)
{
	return names[d];
}

bool diagnosis_parse(const char *name, enum diagnosis *ret)
{
	for (int i = 0; i < DIAGNOSIS_COUNT; i++) {
		if (strcmp(names[i], name) == 0) {
			*ret = (enum diagnosis)i;
			return true;
		}
	}
	return false;
}
