/*
 * model_fixture.h - models built by hand: the invented site of the mocks, in
 * the states a page must be able to show.
 *
 * A fixture owns everything its model points to. Begin with model_up(), then
 * turn it into something worse. Times are those of the mocks, in JST.
 */
#ifndef TESTS_MODEL_FIXTURE_H
#define TESTS_MODEL_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/calendar.h"
#include "core/model.h"

#define FIXTURE_TARGETS	  8
#define FIXTURE_WATCHDOGS 2
#define FIXTURE_STACKS	  2
#define FIXTURE_INCIDENTS 8

#define FIXTURE_NOW   1795238712 /* Sat 21 Nov 2026, 14:25:12 JST */
#define FIXTURE_TODAY 1795186800 /* midnight before it */

enum fixture_target { BLOG, MKWEB, MKAPI, KAPI, INGRESS, SSH, SIX };

struct fixture {
	struct plan plan;
	struct target_plan target_plans[FIXTURE_TARGETS];
	struct stack_plan stack_plans[FIXTURE_STACKS];
	struct watchdog_plan watchdog_plans[FIXTURE_WATCHDOGS];
	struct model model;
	struct target_view targets[FIXTURE_TARGETS];
	struct rollup rollups[FIXTURE_TARGETS + FIXTURE_WATCHDOGS];
	struct daybook daybook;
	struct odd_day odd[ODD_DAYS_MAX(FIXTURE_TARGETS + FIXTURE_WATCHDOGS)];
	struct deadman_view deadmen[FIXTURE_WATCHDOGS];
	struct stack_view stacks[FIXTURE_STACKS];
	struct incident incidents[FIXTURE_INCIDENTS], past[FIXTURE_INCIDENTS];
	struct incident_member members[FIXTURE_TARGETS + FIXTURE_WATCHDOGS];
	char names[FIXTURE_TARGETS][NAME_TEXT_MAX];
};

static inline wall_t wall_of(int64_t seconds)
{
	return (wall_t){ seconds * USEC_PER_SEC };
}

/* A time of the fixture's day: clock_of(14, 1, 40). */
static inline wall_t clock_of(int hour, int minute, int second)
{
	return wall_of(FIXTURE_TODAY + hour * 3600 + minute * 60 + second);
}

static inline struct now now_of(wall_t wall)
{
	return (struct now){ .mono = { wall.us - FIXTURE_TODAY * USEC_PER_SEC + USEC_PER_DAY },
			     .wall = wall };
}

/* A rule of POSIX rather than a name, so that no zone files are needed. */
static inline void fixture_zone(void)
{
	(void)setenv("TZ", "JST-9", 1);
	tzset();
}

static const struct probe_kind fixture_http = { .name = "http" };

/* ---- days ---- */

/* Every day up from midnight to midnight, today to now. */
static inline void rollup_fill(struct rollup *r, wall_t now)
{
	int32_t today = calendar_day(now);

	for (int32_t day = today - ROLLUP_DAYS + 1; day <= today; day++) {
		wall_t end = day < today ? calendar_day_start(day + 1) : now;
		usec_t span = wall_span(calendar_day_start(day), end);

		rollup_restore(r, day,
			       &(struct day_sums){ .observed_s = (uint32_t)(span / USEC_PER_SEC) });
	}
	r->settled = now;
}

/* `ago` days before today: seconds of it that were down and slow (part of what
 * was observed), planned and not observed (taken from it). */
static inline void rollup_day_was(struct rollup *r, int32_t ago, uint32_t down, uint32_t slow,
				  uint32_t planned, uint32_t unobserved)
{
	struct day_sums sums = rollup_day(r, r->newest - ago);

	sums.observed_s -= planned + unobserved;
	sums.down_s = down;
	sums.slow_s = slow;
	sums.planned_s = planned;
	rollup_restore(r, r->newest - ago, &sums);
}

/* The mocks' ninety days: an outage of the watcher, planned work, two outages. */
static inline void rollup_history(struct rollup *r, unsigned i)
{
	rollup_day_was(r, 70, 0, 0, 0, 23400);
	if (i != SSH && i != SIX)
		rollup_day_was(r, 64, 0, 0, 2700, 0);
	if (i != SSH && i != KAPI)
		rollup_day_was(r, 50, 2540, 0, 0, 0);
	if (i == MKWEB)
		rollup_day_was(r, 33, 0, 1560, 0, 0);
	if (i == KAPI)
		rollup_day_was(r, 38, 256, 0, 0, 0);
	rollup_day_was(r, 25, 4650, 0, 0, 0);
	if (i == BLOG)
		rollup_day_was(r, 15, 91, 0, 0, 0);
	if (i == MKAPI)
		rollup_day_was(r, 12, 0, 1150, 0, 0);
}

/* ---- the plan ---- */

static inline void fixture_target(struct fixture *f, unsigned i, const char *name,
				  const char *title, const char *group, enum layer layer)
{
	f->target_plans[i] = (struct target_plan){
		.name = name,
		.title = title,
		.group = group,
		.layer = layer,
		.interval = 30 * USEC_PER_SEC,
		.timeout = 10 * USEC_PER_SEC,
		.fall = 2,
		.rise = 2,
		.kind = &fixture_http,
	};
}

static inline void fixture_plan(struct fixture *f)
{
	fixture_target(f, BLOG, "blog", "Blog", "Public sites", LAYER_SERVICE);
	fixture_target(f, MKWEB, "mkweb", "Misskey web", "Public sites", LAYER_SERVICE);
	fixture_target(f, MKAPI, "mkapi", "Misskey API", "Public sites", LAYER_UNSET);
	fixture_target(f, KAPI, "kapi", "kube-apiserver", "Cluster", LAYER_EDGE);
	fixture_target(f, INGRESS, "ingress", "Ingress", "Cluster", LAYER_EDGE);
	fixture_target(f, SSH, "ssh", "Node SSH", "Cluster", LAYER_EDGE);
	f->target_plans[BLOG].link = "https://blog.nagisa.example/";
	f->target_plans[MKAPI].slow = 2 * USEC_PER_SEC;
	f->stack_plans[0] = (struct stack_plan){ .name = "home", .title = "Home cluster" };
	f->stack_plans[1] = (struct stack_plan){ .name = "", .title = "", .is_implicit = true };
	f->watchdog_plans[0] = (struct watchdog_plan){ .name = "cluster",
						       .period = USEC_PER_MIN,
						       .grace = 4 * USEC_PER_MIN };
	f->watchdog_plans[1] = f->watchdog_plans[0];
	f->watchdog_plans[1].name = "second";
	f->plan = (struct plan){
		.instance = "vps-tokyo",
		.timezone = "Asia/Tokyo",
		.language = LANGUAGE_EN,
		.targets = f->target_plans,
		.targets_n = SIX,
		.references_n = 2,
		.stacks = f->stack_plans,
		.stacks_n = 1,
		.watchdogs = f->watchdog_plans,
		.watchdogs_n = 1,
		.page = { .title = "Nagisa server status",
			  .url = "https://status.nagisa-watch.example/",
			  .days = 90,
			  .is_noindex = true },
	};
}

/* `first` and `second` are one site, judged per family. */
static inline void fixture_pair(struct fixture *f, unsigned first, unsigned second,
				const char *name)
{
	f->target_plans[second] = f->target_plans[first];
	f->target_plans[second].name = name;
	f->target_plans[first].family = FAMILY_IPV4;
	f->target_plans[first].twin = second;
	f->target_plans[second].family = FAMILY_IPV6;
	f->target_plans[second].twin = first;
}

/* ---- everything up ---- */

static inline void view_up(struct fixture *f, unsigned i, usec_t median)
{
	f->targets[i] = (struct target_view){
		.plan = &f->target_plans[i],
		.state = VERDICT_UP,
		.since = wall_of(FIXTURE_TODAY - 25 * 86400),
		.last_seen = clock_of(14, 25, 0),
		.last_ok = clock_of(14, 25, 0),
		.ok_phase_us = { 2 * USEC_PER_MS, 9 * USEC_PER_MS, 21 * USEC_PER_MS, 0,
				 (int32_t)(median > 40 * USEC_PER_MS ? median - 40 * USEC_PER_MS : 0),
				 3 * USEC_PER_MS },
		.ok_total_us = median,
		.code = 200,
		.certificate.not_after = wall_of(FIXTURE_TODAY + 40 * 86400),
		.median_us = median,
	};
}

static inline void fixture_days(struct fixture *f)
{
	f->daybook.odd = f->odd;
	for (size_t i = 0; i < sizeof f->rollups / sizeof f->rollups[0]; i++)
		rollup_init(&f->rollups[i], &f->daybook);
}

static inline void model_refer(struct fixture *f)
{
	f->model = (struct model){
		.plan = &f->plan,
		.now = now_of(wall_of(FIXTURE_NOW)),
		.report = 2911042,
		.next_report = wall_of(FIXTURE_NOW + 30),
		.vantage = VANTAGE_OK,
		.vantage_family = { VANTAGE_OK, VANTAGE_UNCHECKED },
		.references_up = 2,
		.references = 2,
		.targets = f->targets,
		.rollups = f->rollups,
		.deadmen = f->deadmen,
		.stacks = f->stacks,
		.incidents = f->incidents,
		.past = f->past,
		.members = f->members,
	};
}

static inline void fixture_past(struct fixture *f, unsigned i, int ago, usec_t lasted,
				enum diagnosis worst, enum fixture_target first, int code)
{
	wall_t opened = wall_of(FIXTURE_TODAY - ago * 86400 + 10 * 3600);
	struct incident *p = &f->past[i];

	*p = (struct incident){
		.state = INCIDENT_CLOSED,
		.id = 100 + i,
		.opened = now_of(opened),
		.closed = now_of((wall_t){ opened.us + lasted }),
		.worst = worst,
		.members = 1,
		.affected_n = 1,
		.log_n = 1,
		.log = { { .at = opened,
			   .kind = EVENT_FIRST_FAILURE,
			   .outcome = { PHASE_WAIT, CAUSE_STATUS },
			   .code = code } },
	};
	(void)snprintf(p->number, sizeof p->number, "2026-%u", i);
	(void)snprintf(p->stack, sizeof p->stack, "home");
	(void)snprintf(p->affected[0], NAME_TEXT_MAX, "%s", f->target_plans[first].name);
	(void)snprintf(p->log[0].subject, NAME_TEXT_MAX, "%s", f->target_plans[first].name);
	f->model.past_n = i + 1;
}

static inline void incident_affect(struct incident *incident, const char *name)
{
	(void)snprintf(incident->affected[incident->affected_n++], NAME_TEXT_MAX, "%s", name);
	incident->members++;
}

/* The mocks' past: six and one more, which the page leaves out. */
static inline void fixture_history(struct fixture *f)
{
	fixture_past(f, 0, 0, 19 * USEC_PER_MIN, DIAGNOSIS_SITE_DOWN, MKAPI, 504);
	fixture_past(f, 1, 12, 1150 * USEC_PER_SEC, DIAGNOSIS_SITE_DOWN, MKAPI, 503);
	fixture_past(f, 2, 15, 91 * USEC_PER_SEC, DIAGNOSIS_SITE_DOWN, BLOG, 502);
	fixture_past(f, 3, 25, 77 * USEC_PER_MIN, DIAGNOSIS_STACK_DOWN, BLOG, 0);
	incident_affect(&f->past[3], "mkweb");
	incident_affect(&f->past[3], "mkapi");
	incident_affect(&f->past[3], "kapi");
	incident_affect(&f->past[3], "cluster");
	f->past[3].members = 7;
	fixture_past(f, 4, 38, 256 * USEC_PER_SEC, DIAGNOSIS_SITE_DOWN, KAPI, 0);
	f->past[4].log[0].outcome = (struct outcome){ PHASE_CONNECT, CAUSE_REFUSED };
	fixture_past(f, 5, 50, 42 * USEC_PER_MIN, DIAGNOSIS_BACKENDS_DOWN, BLOG, 0);
	incident_affect(&f->past[5], "mkweb");
	incident_affect(&f->past[5], "mkapi");
	fixture_past(f, 6, 60, 5 * USEC_PER_MIN, DIAGNOSIS_ALERTING_DEAD, BLOG, 0);
	(void)snprintf(f->past[6].affected[0], NAME_TEXT_MAX, "cluster");
}

static inline void model_up(struct fixture *f)
{
	static const usec_t medians[SIX] = { 184, 231, 142, 96, 71, 38 };

	fixture_zone();
	memset(f, 0, sizeof *f);
	fixture_plan(f);
	fixture_days(f);
	model_refer(f);
	for (unsigned i = 0; i <= SIX; i++) {
		rollup_fill(&f->rollups[i], f->model.now.wall);
		rollup_history(&f->rollups[i], i);
	}
	for (unsigned i = 0; i < SIX; i++)
		view_up(f, i, medians[i] * USEC_PER_MS);
	for (unsigned i = 0; i < FIXTURE_WATCHDOGS; i++)
		f->deadmen[i] = (struct deadman_view){ .plan = &f->watchdog_plans[i],
						       .state = DEADMAN_UP,
						       .last = clock_of(14, 24, 34),
						       .since = wall_of(FIXTURE_TODAY - 25 * 86400),
						       .beats = 40000 };
	for (unsigned i = 0; i < FIXTURE_STACKS; i++)
		f->stacks[i] = (struct stack_view){ .plan = &f->stack_plans[i],
						    .last_answer = clock_of(14, 25, 0) };
	f->stacks[0].sight = (struct sight){ .edge_up = 3, .service_up = 3,
					     .watchdog = WATCHDOG_FRESH, .vantage = VANTAGE_OK };
	fixture_history(f);
}

/* ---- and worse ---- */

static inline void target_fails(struct fixture *f, unsigned i, wall_t since, struct outcome outcome,
				int code, usec_t took)
{
	struct target_view *t = &f->targets[i];
	uint32_t down = (uint32_t)(wall_span(since, f->model.now.wall) / USEC_PER_SEC);

	t->state = VERDICT_DOWN;
	t->since = since;
	t->failing_since = since;
	t->last_ok = (wall_t){ since.us - 30 * USEC_PER_SEC };
	t->failure = outcome;
	t->failure_us = took;
	t->code = code;
	t->note = "connect to 192.0.2.10 port 443: timed out";
	t->incident = 1;
	f->members[i] = (struct incident_member){ .incident = 1, .is_failing = true,
						  .outcome = outcome, .code = code, .took = took };
	rollup_day_was(&f->rollups[i], 0, down, 0, 0, 0);
}

static inline void event_add(struct incident *incident, wall_t at, enum incident_event_kind kind,
			     const char *subject, unsigned count, enum diagnosis diagnosis)
{
	struct incident_event *event = &incident->log[incident->log_n++];

	*event = (struct incident_event){ .at = at, .kind = kind, .count = count,
					  .diagnosis = diagnosis,
					  .outcome = { PHASE_CONNECT, CAUSE_TIMEOUT } };
	(void)snprintf(event->subject, sizeof event->subject, "%s", subject);
}

static inline struct incident *incident_begin(struct fixture *f, enum diagnosis finding,
					      wall_t opened)
{
	struct incident *incident = &f->incidents[f->model.incidents_n++];

	*incident = (struct incident){ .state = INCIDENT_OPEN, .id = 1, .opened = now_of(opened),
				       .finding = finding, .worst = finding };
	(void)snprintf(incident->number, sizeof incident->number, "20261121-1");
	(void)snprintf(incident->stack, sizeof incident->stack, "home");
	return incident;
}

static inline void finding_is(struct fixture *f, unsigned stack, enum diagnosis finding,
			      wall_t since)
{
	f->stacks[stack].finding.primary = finding;
	f->stacks[stack].since = since;
}

static inline void watchdog_falls_silent(struct fixture *f)
{
	f->deadmen[0].state = DEADMAN_SILENT;
	f->deadmen[0].last = clock_of(14, 1, 6);
	f->deadmen[0].since = clock_of(14, 6, 6);
	f->stacks[0].sight.watchdog = WATCHDOG_SILENT;
	rollup_day_was(&f->rollups[f->plan.targets_n], 0, 1446, 0, 0, 0);
}

static inline void stack_log(struct fixture *f)
{
	struct incident *incident = incident_begin(f, DIAGNOSIS_STACK_DOWN, clock_of(14, 1, 40));

	for (unsigned i = 0; i < 5; i++)
		incident_affect(incident, f->target_plans[i].name);
	incident_affect(incident, "cluster");
	incident->members = 7;
	event_add(incident, clock_of(14, 1, 40), EVENT_FIRST_FAILURE, "blog", 1, DIAGNOSIS_NONE);
	event_add(incident, clock_of(14, 2, 22), EVENT_CONFIRMED, "", 6, DIAGNOSIS_NONE);
	event_add(incident, clock_of(14, 3, 6), EVENT_SILENT, "cluster", 0, DIAGNOSIS_NONE);
	event_add(incident, clock_of(14, 3, 6), EVENT_DIAGNOSIS, "", 0, DIAGNOSIS_STACK_DOWN);
	event_add(incident, clock_of(14, 3, 8), EVENT_MAILED, "", 1, DIAGNOSIS_NONE);
}

/* Every probe fails and the Watchdog is silent. */
static inline void model_stack_down(struct fixture *f)
{
	const struct outcome timeout = { PHASE_CONNECT, CAUSE_TIMEOUT };

	model_up(f);
	for (unsigned i = 0; i < SIX; i++)
		target_fails(f, i, clock_of(14, 1, 40), timeout, 0, 10 * USEC_PER_SEC);
	watchdog_falls_silent(f);
	finding_is(f, 0, DIAGNOSIS_STACK_DOWN, clock_of(14, 1, 40));
	f->stacks[0].sight.edge_up = f->stacks[0].sight.service_up = 0;
	f->stacks[0].sight.edge_failing = f->stacks[0].sight.service_failing = 3;
	f->stacks[0].last_answer = clock_of(14, 1, 22);
	stack_log(f);
}

/* One site answers 504, one more has just failed once. */
static inline void model_site_down(struct fixture *f)
{
	struct incident *incident;

	model_up(f);
	target_fails(f, MKAPI, clock_of(14, 9, 40), (struct outcome){ PHASE_WAIT, CAUSE_STATUS },
		     504, 300 * USEC_PER_MS);
	finding_is(f, 0, DIAGNOSIS_SITE_DOWN, clock_of(14, 9, 40));
	f->stacks[0].sight.service_up = 2;
	f->stacks[0].sight.service_failing = f->stacks[0].sight.reached = 1;
	incident = incident_begin(f, DIAGNOSIS_SITE_DOWN, clock_of(14, 9, 40));
	incident_affect(incident, "mkapi");
	event_add(incident, clock_of(14, 9, 40), EVENT_FIRST_FAILURE, "mkapi", 1, DIAGNOSIS_NONE);
	incident->log[0].outcome = (struct outcome){ PHASE_WAIT, CAUSE_STATUS };
	incident->log[0].code = 504;
	event_add(incident, clock_of(14, 10, 10), EVENT_CONFIRMED, "", 1, DIAGNOSIS_NONE);
	event_add(incident, clock_of(14, 10, 12), EVENT_MAILED, "", 1, DIAGNOSIS_NONE);
}

/* A site that is judged per family does not answer by IPv6. */
static inline void model_family_down(struct fixture *f)
{
	struct incident *incident;

	model_up(f);
	fixture_pair(f, BLOG, MKWEB, "blog-ipv6");
	target_fails(f, MKWEB, clock_of(14, 9, 40), (struct outcome){ PHASE_CONNECT, CAUSE_TIMEOUT },
		     0, 10 * USEC_PER_SEC);
	finding_is(f, 0, DIAGNOSIS_SITE_DOWN, clock_of(14, 9, 40));
	f->stacks[0].sight.service_up = 2;
	f->stacks[0].sight.service_failing = 1;
	incident = incident_begin(f, DIAGNOSIS_SITE_DOWN, clock_of(14, 9, 40));
	incident_affect(incident, "blog-ipv6");
	event_add(incident, clock_of(14, 9, 40), EVENT_FIRST_FAILURE, "blog-ipv6", 1,
		  DIAGNOSIS_NONE);
	event_add(incident, clock_of(14, 10, 10), EVENT_CONFIRMED, "", 1, DIAGNOSIS_NONE);
	event_add(incident, clock_of(14, 10, 12), EVENT_MAILED, "", 1, DIAGNOSIS_NONE);
}

/* Sites answer, the Watchdog is silent. */
static inline void model_alarm_silent(struct fixture *f)
{
	struct incident *incident;

	model_up(f);
	watchdog_falls_silent(f);
	finding_is(f, 0, DIAGNOSIS_ALERTING_DEAD, clock_of(14, 1, 6));
	incident = incident_begin(f, DIAGNOSIS_ALERTING_DEAD, clock_of(14, 1, 6));
	incident_affect(incident, "cluster");
	event_add(incident, clock_of(14, 6, 6), EVENT_SILENT, "cluster", 0, DIAGNOSIS_NONE);
}

/* As model_alarm_silent, and all that the watcher knows besides: what its witnesses say, its own
 * listener, a certificate near its end, the operator's words, troubles of its own. */
static inline void model_witnessed(struct fixture *f)
{
	struct incident *incident;

	model_alarm_silent(f);
	finding_is(f, 0, DIAGNOSIS_PROMETHEUS_DEAD, clock_of(14, 1, 6));
	incident = &f->incidents[0];
	incident->finding = incident->worst = DIAGNOSIS_PROMETHEUS_DEAD;
	event_add(incident, clock_of(14, 12, 0), EVENT_NOTE, "", 0, DIAGNOSIS_NONE);
	incident_text(
		incident->log[incident->log_n - 1].text,
		"Prometheus replays its log after a full disk; \n it should be back by 15:00.");
	f->deadmen[0].pull = PULL_STALE;
	f->deadmen[0].pull_age = 1446 * USEC_PER_SEC;
	f->deadmen[0].pulled = clock_of(14, 25, 2);
	f->stacks[0].sight.pull = PULL_STALE;
	f->model.listener = LISTENER_OK;
	f->targets[BLOG].certificate = (struct certificate){
		.not_before = wall_of(FIXTURE_TODAY - 84 * 86400),
		.not_after = wall_of(FIXTURE_TODAY + 6 * 86400), .fingerprint = 7,
	};
	f->targets[BLOG].cert_days = 7;
	f->model.trouble = "/etc/shorewatch/targets.d/blog.cfg:12: unknown key";
	f->model.is_clock_wrong = false;
}

/* No reference answers. */
static inline void model_isolated(struct fixture *f)
{
	model_up(f);
	f->model.vantage = VANTAGE_ISOLATED;
	f->model.references_up = 0;
	f->model.isolated_since = clock_of(14, 20, 2);
	f->stacks[0].finding.primary = DIAGNOSIS_ISOLATED;
	f->stacks[0].sight.vantage = VANTAGE_ISOLATED;
}

static inline void target_suspect(struct fixture *f, unsigned i, unsigned streak)
{
	f->targets[i].state = VERDICT_SUSPECT;
	f->targets[i].streak = streak;
	f->targets[i].failure = (struct outcome){ PHASE_CONNECT, CAUSE_TIMEOUT };
	f->targets[i].failure_us = 10 * USEC_PER_SEC;
}

static inline void target_unknown(struct fixture *f, unsigned i)
{
	f->targets[i] = (struct target_view){ .plan = &f->target_plans[i] };
	rollup_init(&f->rollups[i], &f->daybook);
}

/* Just started: nothing has been observed, ever. */
static inline void model_unknown(struct fixture *f)
{
	model_up(f);
	for (unsigned i = 0; i < SIX; i++)
		target_unknown(f, i);
	f->deadmen[0].state = DEADMAN_NEW;
	f->deadmen[0].last = (wall_t){ 0 };
	rollup_init(&f->rollups[SIX], &f->daybook);
	f->model.past_n = 0;
	f->stacks[0].sight = (struct sight){ .watchdog = WATCHDOG_NEVER };
}

#endif
