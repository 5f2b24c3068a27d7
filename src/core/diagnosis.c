/*
 * diagnosis.c - the first rule that matches names what is wrong.
 *
 * Owns DECISIONS 1 and nothing else. Pure and total: every combination of
 * counts and signals has exactly one primary diagnosis, which a test enumerates.
 * A new diagnosis is a row in facts[], a line in rules[], and its name (base/diagnosis.c).
 */
#include "core/diagnosis.h"

static const struct facts {
	int severity; /* higher is worse */
	bool is_stack_level, is_red, is_pipeline;
} facts[DIAGNOSIS_COUNT] = {
	[DIAGNOSIS_NONE] = { 0, false, false, false },
	[DIAGNOSIS_ISOLATED] = { 0, false, false, false },
	[DIAGNOSIS_STACK_DOWN] = { 7, true, true, false },
	[DIAGNOSIS_EDGE_DOWN] = { 6, true, true, false },
	[DIAGNOSIS_UNREACHABLE] = { 6, true, true, false },
	[DIAGNOSIS_BACKENDS_DOWN] = { 5, true, false, false },
	[DIAGNOSIS_DNS_FAULT] = { 4, true, false, false },
	[DIAGNOSIS_SITE_DOWN] = { 3, false, false, false },
	[DIAGNOSIS_PROMETHEUS_DEAD] = { 2, false, false, true },
	[DIAGNOSIS_WATCHDOG_SILENCED] = { 2, false, false, true },
	[DIAGNOSIS_BEATS_LOST] = { 2, false, false, true },
	[DIAGNOSIS_LISTENER_BROKEN] = { 2, false, false, true },
	[DIAGNOSIS_ALERTING_DEAD] = { 2, false, false, true },
};

static unsigned failing(const struct sight *s)
{
	return s->edge_failing + s->service_failing;
}

static unsigned open_ones(const struct sight *s)
{
	return s->edge_open + s->service_open;
}

static bool all_fail(const struct sight *s)
{
	return failing(s) > 0 && s->edge_up + s->service_up == 0 && open_ones(s) == 0;
}

static bool every_edge_fails(const struct sight *s)
{
	return s->edge_failing > 0 && s->edge_up + s->edge_open == 0;
}

static bool most_services_fail(const struct sight *s)
{
	return s->service_failing > s->service_up + s->service_open;
}

static bool watchdog_is_dead(const struct sight *s)
{
	return s->watchdog == WATCHDOG_SILENT || s->watchdog == WATCHDOG_RESOLVED;
}

static bool is_isolated(const struct sight *s)
{
	return s->vantage == VANTAGE_ISOLATED;
}

/* A stray answer (a CDN, a site that lives elsewhere) must not hide a dead cluster. */
static bool is_stack_down(const struct sight *s)
{
	if (all_fail(s))
		return watchdog_is_dead(s) || s->watchdog == WATCHDOG_LATE;
	return watchdog_is_dead(s) && (every_edge_fails(s) || most_services_fail(s));
}

static bool is_edge_down(const struct sight *s)
{
	return all_fail(s) && s->reached == 0 && s->watchdog == WATCHDOG_FRESH;
}

static bool is_backends_down(const struct sight *s)
{
	bool all_services = s->service_failing > 0 && s->service_up + s->service_open == 0;

	return all_services && (s->reached > 0 || s->edge_up > 0);
}

static bool is_unreachable(const struct sight *s)
{
	return all_fail(s) && s->reached == 0 && s->watchdog != WATCHDOG_FRESH;
}

/*
 * Every failure is one of a name whose last good address still answers. Before
 * all that says the cluster or its way in is gone: both have just been seen.
 * The Watchdog may well be silent, too, when its beats go to such a name.
 */
static bool is_dns_fault(const struct sight *s)
{
	return s->names_failing > 0 && s->names_failing == failing(s);
}

/* A job that fails proves nothing about the stack, but it is a check that is down. */
static bool is_site_down(const struct sight *s)
{
	return failing(s) + s->jobs_failing > 0;
}

static bool is_prometheus_dead(const struct sight *s)
{
	return s->watchdog == WATCHDOG_RESOLVED || s->pull == PULL_STALE || s->pull == PULL_MISSING;
}

/* The pull names the silence, so a merely late Watchdog is explained by it. */
static bool is_watchdog_silenced(const struct sight *s)
{
	return s->pull == PULL_SUPPRESSED &&
	       (s->watchdog == WATCHDOG_SILENT || s->watchdog == WATCHDOG_LATE);
}

static bool is_silent_though_pull_is_fine(const struct sight *s)
{
	return s->watchdog == WATCHDOG_SILENT && s->pull == PULL_OK;
}

static bool is_listener_broken(const struct sight *s)
{
	return is_silent_though_pull_is_fine(s) && s->listener == LISTENER_FAILS;
}

static bool is_beats_lost(const struct sight *s)
{
	return is_silent_though_pull_is_fine(s) && s->listener != LISTENER_FAILS;
}

static bool is_alerting_dead(const struct sight *s)
{
	return s->watchdog == WATCHDOG_SILENT;
}

/* In the order in which they are tried. */
static const struct rule {
	enum diagnosis diagnosis;
	bool (*holds)(const struct sight *sight);
} rules[] = {
	{ DIAGNOSIS_ISOLATED, is_isolated },
	{ DIAGNOSIS_DNS_FAULT, is_dns_fault },
	{ DIAGNOSIS_STACK_DOWN, is_stack_down },
	{ DIAGNOSIS_EDGE_DOWN, is_edge_down },
	{ DIAGNOSIS_BACKENDS_DOWN, is_backends_down },
	{ DIAGNOSIS_UNREACHABLE, is_unreachable },
	{ DIAGNOSIS_SITE_DOWN, is_site_down },
	{ DIAGNOSIS_PROMETHEUS_DEAD, is_prometheus_dead },
	{ DIAGNOSIS_WATCHDOG_SILENCED, is_watchdog_silenced },
	{ DIAGNOSIS_LISTENER_BROKEN, is_listener_broken },
	{ DIAGNOSIS_BEATS_LOST, is_beats_lost },
	{ DIAGNOSIS_ALERTING_DEAD, is_alerting_dead },
};

/*
 * One thing is said once: of the rows about what answers only the first, of
 * the rows about the pipeline only the first; a dead stack explains its
 * pipeline, and while isolated nothing else is claimed.
 */
struct finding diagnose(const struct sight *sight)
{
	struct finding finding = { DIAGNOSIS_NONE, 0 };
	bool has_pipeline = false;

	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		enum diagnosis d = rules[i].diagnosis;

		if (!rules[i].holds(sight))
			continue;
		if (finding.primary == DIAGNOSIS_NONE) {
			finding.primary = d;
			has_pipeline = facts[d].is_pipeline;
		} else if (facts[d].is_pipeline && !has_pipeline) {
			finding.also |= 1u << d;
			has_pipeline = true;
		}
		if (finding.primary == DIAGNOSIS_ISOLATED ||
		    finding.primary == DIAGNOSIS_STACK_DOWN)
			break;
	}
	return finding;
}

bool diagnosis_is_settled(const struct sight *sight)
{
	if (open_ones(sight) > 0)
		return false;
	return !(all_fail(sight) && sight->watchdog == WATCHDOG_UNDETERMINED) ||
	       is_dns_fault(sight);
}

int diagnosis_severity(enum diagnosis d)
{
	return facts[d].severity;
}

bool diagnosis_is_stack_level(enum diagnosis d)
{
	return facts[d].is_stack_level;
}

bool diagnosis_is_red(enum diagnosis d)
{
	return facts[d].is_red;
}

bool diagnosis_is_pipeline(enum diagnosis d)
{
	return facts[d].is_pipeline;
}
