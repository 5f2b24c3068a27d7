/*
 * diagnosis_test.c - DECISIONS 1, written down a second time from the
 * document and compared over all small counts and all signals.
 */
#include "core/diagnosis.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define COUNT_MAX 2

/* ---- the document, as a function ---- */

static bool is_dead(const struct sight *s)
{
	return s->watchdog == WATCHDOG_SILENT || s->watchdog == WATCHDOG_RESOLVED;
}

static enum diagnosis pipeline_of(const struct sight *s)
{
	/* "prometheus-dead (resolved held 90 s, or pull stale >= 180 s)": that it has lasted is
	 * the pull's business (pull_test.c); a missing Watchdog is Prometheus not delivering */
	if (s->watchdog == WATCHDOG_RESOLVED || s->pull == PULL_STALE || s->pull == PULL_MISSING)
		return DIAGNOSIS_PROMETHEUS_DEAD;
	if (s->pull == PULL_SUPPRESSED &&
	    (s->watchdog == WATCHDOG_LATE || s->watchdog == WATCHDOG_SILENT))
		return DIAGNOSIS_WATCHDOG_SILENCED;
	if (s->watchdog != WATCHDOG_SILENT)
		return DIAGNOSIS_NONE;
	if (s->pull == PULL_OK)
		return s->listener == LISTENER_FAILS ? DIAGNOSIS_LISTENER_BROKEN
						     : DIAGNOSIS_BEATS_LOST;
	return DIAGNOSIS_ALERTING_DEAD;
}

static enum diagnosis document(const struct sight *s)
{
	unsigned failing = s->edge_failing + s->service_failing; /* a job is neither */
	unsigned others = s->edge_up + s->service_up + s->edge_open + s->service_open;
	bool all_fail = failing >= 1 && others == 0;
	bool every_edge = s->edge_failing >= 1 && s->edge_up + s->edge_open == 0;
	bool most_services =
		2 * s->service_failing > s->service_failing + s->service_up + s->service_open;
	bool all_services = s->service_failing >= 1 && s->service_up + s->service_open == 0;

	if (s->vantage == VANTAGE_ISOLATED)
		return DIAGNOSIS_ISOLATED;
	/* rule 6 before 2 to 5: what answers by address is neither dead nor out of reach */
	if (failing >= 1 && s->names_failing == failing)
		return DIAGNOSIS_DNS_FAULT;
	if ((is_dead(s) && (all_fail || every_edge || most_services)) ||
	    (s->watchdog == WATCHDOG_LATE && all_fail))
		return DIAGNOSIS_STACK_DOWN;
	if (all_fail && s->reached == 0 && s->watchdog == WATCHDOG_FRESH)
		return DIAGNOSIS_EDGE_DOWN;
	if (all_services && (s->reached >= 1 || s->edge_up >= 1))
		return DIAGNOSIS_BACKENDS_DOWN;
	if (all_fail && s->reached == 0)
		return DIAGNOSIS_UNREACHABLE;
	if (failing + s->jobs_failing >= 1)
		return DIAGNOSIS_SITE_DOWN;
	return pipeline_of(s);
}

/* ---- all of them ---- */

struct visit {
	void (*each)(const struct sight *s);
	unsigned long n;
};

static void visit_jobs(struct visit *v, struct sight s)
{
	for (s.jobs_failing = 0; s.jobs_failing <= 1; s.jobs_failing++) {
		v->each(&s);
		v->n++;
	}
}

static void visit_signals(struct visit *v, struct sight s)
{
	for (int w = 0; w < WATCHDOG_LEVELS; w++)
		for (int p = 0; p < PULL_COUNT; p++)
			for (int l = 0; l < LISTENER_COUNT; l++)
				for (int vantage = 0; vantage <= VANTAGE_ISOLATED; vantage++) {
					s.watchdog = (enum watchdog_level)w;
					s.pull = (enum pull)p;
					s.listener = (enum listener)l;
					s.vantage = (enum vantage_state)vantage;
					visit_jobs(v, s);
				}
}

static void visit_reach(struct visit *v, struct sight s)
{
	unsigned failing = s.edge_failing + s.service_failing;

	for (s.reached = 0; s.reached <= failing; s.reached++)
		for (s.names_failing = 0; s.names_failing + s.reached <= failing; s.names_failing++)
			visit_signals(v, s);
}

static unsigned long visit_all(void (*each)(const struct sight *s))
{
	struct visit v = { each, 0 };

	for (unsigned code = 0; code < 729; code++) { /* 3^6 counts of 0, 1, 2 */
		unsigned c[6], rest = code;

		for (int i = 0; i < 6; i++, rest /= COUNT_MAX + 1)
			c[i] = rest % (COUNT_MAX + 1);
		visit_reach(&v, (struct sight){ .edge_up = c[0],
						.edge_failing = c[1],
						.edge_open = c[2],
						.service_up = c[3],
						.service_failing = c[4],
						.service_open = c[5] });
	}
	return v.n;
}

static void compare(const struct sight *s)
{
	struct finding f = diagnose(s);
	enum diagnosis wanted = document(s);

	if (f.primary != wanted)
		fail_msg("edge %u/%u/%u service %u/%u/%u reached %u names %u watchdog %d pull %d "
			 "listener %d: "
			 "%s instead of %s",
			 s->edge_up, s->edge_failing, s->edge_open, s->service_up,
			 s->service_failing, s->service_open, s->reached, s->names_failing,
			 (int)s->watchdog, (int)s->pull, (int)s->listener,
			 diagnosis_name(f.primary), diagnosis_name(wanted));
}

static void every_sight_has_the_documents_diagnosis(void **state)
{
	(void)state;
	assert_true(visit_all(compare) > 1000000);
}

static void compare_also(const struct sight *s)
{
	struct finding f = diagnose(s);
	unsigned failing = s->edge_failing + s->service_failing + s->jobs_failing;

	if ((f.also >> DIAGNOSIS_COUNT) != 0 || (f.also & 1u << f.primary) != 0 ||
	    (f.also & 1u << DIAGNOSIS_NONE) != 0)
		fail_msg("also %x beside %s", f.also, diagnosis_name(f.primary));
	if (f.primary == DIAGNOSIS_ISOLATED)
		assert_int_equal(f.also, 0); /* nothing else is claimed */
	/* what the pipeline says is not lost behind a site that fails */
	if (failing > 0 && f.primary != DIAGNOSIS_ISOLATED && f.primary != DIAGNOSIS_STACK_DOWN) {
		enum diagnosis pipeline = pipeline_of(s);
		bool is_there = pipeline == DIAGNOSIS_NONE || (f.also & 1u << pipeline) != 0;

		if (!is_there)
			fail_msg("%s is not told beside %s", diagnosis_name(pipeline),
				 diagnosis_name(f.primary));
	}
}

static void the_other_findings_are_listed(void **state)
{
	(void)state;
	visit_all(compare_also);
}

static void never_says_something_is_down_without_a_failure(const struct sight *s)
{
	enum diagnosis d = diagnose(s).primary;
	unsigned failing = s->edge_failing + s->service_failing + s->jobs_failing;

	if (failing == 0 && d != DIAGNOSIS_NONE && d != DIAGNOSIS_ISOLATED)
		assert_true(diagnosis_is_pipeline(d));
	if (failing > 0)
		assert_int_not_equal(d, DIAGNOSIS_NONE);
	if (d == DIAGNOSIS_EDGE_DOWN || d == DIAGNOSIS_UNREACHABLE)
		assert_int_equal(s->reached, 0);
}

/* A job is no evidence about the stack: it hides nothing of it, and claims nothing. */
static void a_job_changes_only_what_would_be_calm(const struct sight *s)
{
	struct sight without = *s;
	enum diagnosis d = diagnose(s).primary, others;

	without.jobs_failing = 0;
	others = diagnose(&without).primary;
	if (s->jobs_failing == 0 || (others != DIAGNOSIS_NONE && !diagnosis_is_pipeline(others)))
		assert_int_equal(d, others);
	else
		assert_int_equal(d, DIAGNOSIS_SITE_DOWN);
	assert_int_equal(diagnosis_is_settled(s), diagnosis_is_settled(&without));
}

static void a_job_is_no_evidence_about_its_stack(void **state)
{
	(void)state;
	visit_all(a_job_changes_only_what_would_be_calm);
}

static void nothing_is_claimed_without_evidence(void **state)
{
	(void)state;
	visit_all(never_says_something_is_down_without_a_failure);
}

static void settled(const struct sight *s)
{
	bool all_fail = s->edge_failing + s->service_failing > 0 && s->edge_up + s->service_up == 0;
	bool is_open = s->edge_open + s->service_open > 0;
	unsigned failing = s->edge_failing + s->service_failing;

	if (is_open)
		assert_false(diagnosis_is_settled(s));
	else if (all_fail && s->watchdog == WATCHDOG_UNDETERMINED && s->names_failing < failing)
		assert_false(diagnosis_is_settled(s));
	else
		assert_true(diagnosis_is_settled(s));
}

static void waiting_ends_when_it_cannot_change_the_finding(void **state)
{
	(void)state;
	visit_all(settled);
}

/* ---- one example of each rule, in the words of the document ---- */

static void each_rule_has_an_example(void **state)
{
	static const struct {
		enum diagnosis d;
		struct sight s;
	} examples[] = {
		{ DIAGNOSIS_NONE,
		  { .edge_up = 1,
		    .service_up = 3,
		    .watchdog = WATCHDOG_FRESH,
		    .vantage = VANTAGE_OK } },
		{ DIAGNOSIS_ISOLATED,
		  { .service_failing = 3,
		    .watchdog = WATCHDOG_SILENT,
		    .vantage = VANTAGE_ISOLATED } },
		{ DIAGNOSIS_STACK_DOWN,
		  { .edge_failing = 1,
		    .service_failing = 3,
		    .watchdog = WATCHDOG_LATE,
		    .vantage = VANTAGE_OK } },
		{ DIAGNOSIS_STACK_DOWN,
		  { .edge_failing = 1,
		    .service_failing = 3,
		    .service_up = 1,
		    .watchdog = WATCHDOG_SILENT } },
		{ DIAGNOSIS_STACK_DOWN,
		  { .edge_failing = 1, .service_up = 3, .watchdog = WATCHDOG_SILENT } },
		{ DIAGNOSIS_STACK_DOWN,
		  { .edge_up = 1,
		    .service_failing = 2,
		    .service_up = 1,
		    .watchdog = WATCHDOG_RESOLVED } },
		{ DIAGNOSIS_SITE_DOWN,
		  { .edge_failing = 1,
		    .service_failing = 3,
		    .service_up = 1,
		    .watchdog = WATCHDOG_LATE } },
		{ DIAGNOSIS_EDGE_DOWN,
		  { .edge_failing = 1, .service_failing = 3, .watchdog = WATCHDOG_FRESH } },
		{ DIAGNOSIS_BACKENDS_DOWN,
		  { .edge_up = 1, .service_failing = 3, .watchdog = WATCHDOG_FRESH } },
		{ DIAGNOSIS_BACKENDS_DOWN,
		  { .service_failing = 3, .reached = 3, .watchdog = WATCHDOG_NONE } },
		{ DIAGNOSIS_UNREACHABLE, { .service_failing = 3, .watchdog = WATCHDOG_NONE } },
		{ DIAGNOSIS_UNREACHABLE,
		  { .edge_failing = 1, .service_failing = 3, .watchdog = WATCHDOG_UNDETERMINED } },
		{ DIAGNOSIS_UNREACHABLE,
		  { .edge_failing = 1, .service_failing = 3, .watchdog = WATCHDOG_NEVER } },
		{ DIAGNOSIS_DNS_FAULT,
		  { .service_failing = 1,
		    .service_up = 2,
		    .names_failing = 1,
		    .watchdog = WATCHDOG_FRESH } },
		{ DIAGNOSIS_DNS_FAULT,
		  { .edge_failing = 1,
		    .service_failing = 3,
		    .names_failing = 4,
		    .watchdog = WATCHDOG_SILENT } },
		{ DIAGNOSIS_UNREACHABLE,
		  { .edge_failing = 1, .service_failing = 3, .names_failing = 3 } },
		{ DIAGNOSIS_SITE_DOWN,
		  { .edge_up = 1,
		    .service_failing = 1,
		    .service_up = 2,
		    .watchdog = WATCHDOG_FRESH } },
		{ DIAGNOSIS_SITE_DOWN,
		  { .edge_up = 1,
		    .service_up = 2,
		    .jobs_failing = 1,
		    .watchdog = WATCHDOG_FRESH } },
		{ DIAGNOSIS_SITE_DOWN, { .jobs_failing = 1 } },
		{ DIAGNOSIS_PROMETHEUS_DEAD, { .service_up = 2, .watchdog = WATCHDOG_RESOLVED } },
		{ DIAGNOSIS_PROMETHEUS_DEAD,
		  { .service_up = 2, .watchdog = WATCHDOG_FRESH, .pull = PULL_STALE } },
		{ DIAGNOSIS_WATCHDOG_SILENCED,
		  { .service_up = 2, .watchdog = WATCHDOG_LATE, .pull = PULL_SUPPRESSED } },
		{ DIAGNOSIS_BEATS_LOST,
		  { .service_up = 2,
		    .watchdog = WATCHDOG_SILENT,
		    .pull = PULL_OK,
		    .listener = LISTENER_OK } },
		{ DIAGNOSIS_LISTENER_BROKEN,
		  { .service_up = 2,
		    .watchdog = WATCHDOG_SILENT,
		    .pull = PULL_OK,
		    .listener = LISTENER_FAILS } },
		{ DIAGNOSIS_ALERTING_DEAD, { .service_up = 2, .watchdog = WATCHDOG_SILENT } },
		{ DIAGNOSIS_ALERTING_DEAD, { .watchdog = WATCHDOG_SILENT } },
		{ DIAGNOSIS_NONE, { .service_up = 2, .watchdog = WATCHDOG_LATE } },
	};
	bool has_example[DIAGNOSIS_COUNT] = { false };

	(void)state;
	for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
		assert_string_equal(diagnosis_name(diagnose(&examples[i].s).primary),
				    diagnosis_name(examples[i].d));
		has_example[examples[i].d] = true;
	}
	for (int d = 0; d < DIAGNOSIS_COUNT; d++)
		assert_true(has_example[d]);
}

static void severities_have_the_documents_order(void **state)
{
	/* "2 > 5 = 3 > 4 > 6 > 7 > 8" */
	(void)state;
	assert_true(diagnosis_severity(DIAGNOSIS_STACK_DOWN) >
		    diagnosis_severity(DIAGNOSIS_UNREACHABLE));
	assert_int_equal(diagnosis_severity(DIAGNOSIS_UNREACHABLE),
			 diagnosis_severity(DIAGNOSIS_EDGE_DOWN));
	assert_true(diagnosis_severity(DIAGNOSIS_EDGE_DOWN) >
		    diagnosis_severity(DIAGNOSIS_BACKENDS_DOWN));
	assert_true(diagnosis_severity(DIAGNOSIS_BACKENDS_DOWN) >
		    diagnosis_severity(DIAGNOSIS_DNS_FAULT));
	assert_true(diagnosis_severity(DIAGNOSIS_DNS_FAULT) >
		    diagnosis_severity(DIAGNOSIS_SITE_DOWN));
	for (int d = DIAGNOSIS_PROMETHEUS_DEAD; d < DIAGNOSIS_COUNT; d++) {
		assert_true(diagnosis_severity(DIAGNOSIS_SITE_DOWN) >
			    diagnosis_severity((enum diagnosis)d));
		assert_true(diagnosis_severity((enum diagnosis)d) >
			    diagnosis_severity(DIAGNOSIS_NONE));
		assert_true(diagnosis_is_pipeline((enum diagnosis)d));
	}
}

static void the_red_band_is_for_stack_down_edge_down_and_unreachable(void **state)
{
	(void)state;
	for (int d = 0; d < DIAGNOSIS_COUNT; d++) {
		bool is_red = diagnosis_is_red((enum diagnosis)d);

		if (d == DIAGNOSIS_STACK_DOWN || d == DIAGNOSIS_UNREACHABLE)
			assert_true(is_red);
		if (is_red)
			assert_true(diagnosis_is_stack_level((enum diagnosis)d));
		if (diagnosis_is_pipeline((enum diagnosis)d))
			assert_false(is_red);
	}
	assert_false(diagnosis_is_stack_level(DIAGNOSIS_SITE_DOWN));
}

static void names_go_both_ways(void **state)
{
	enum diagnosis back;

	(void)state;
	for (int d = 0; d < DIAGNOSIS_COUNT; d++) {
		assert_true(diagnosis_parse(diagnosis_name((enum diagnosis)d), &back));
		assert_int_equal(back, d);
	}
	assert_false(diagnosis_parse("stack-up", &back));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_sight_has_the_documents_diagnosis),
		cmocka_unit_test(the_other_findings_are_listed),
		cmocka_unit_test(nothing_is_claimed_without_evidence),
		cmocka_unit_test(a_job_is_no_evidence_about_its_stack),
		cmocka_unit_test(waiting_ends_when_it_cannot_change_the_finding),
		cmocka_unit_test(each_rule_has_an_example),
		cmocka_unit_test(severities_have_the_documents_order),
		cmocka_unit_test(the_red_band_is_for_stack_down_edge_down_and_unreachable),
		cmocka_unit_test(names_go_both_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
