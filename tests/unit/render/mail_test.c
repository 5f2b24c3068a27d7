/*
 * mail_test.c - mails of a small world, compared byte for byte with the golden
 * files in tests/golden/mail and read by a strict parser that is not ours.
 *
 * MAIL_GOLDEN_WRITE=1 writes the golden files anew; look at the difference
 * before you keep it.
 */
#include "render/mail_fixture.h"

#include <unistd.h>

#include "base/text.h"
#include "core/certificate.h"
#include "render/mail_golden.h"

#define MANY 49

/* ---- cases ---- */

static void all_time_out(struct world *w)
{
	world_fail_all(w, PHASE_CONNECT, CAUSE_TIMEOUT, 0);
}

static void stack_down(struct world *w)
{
	all_time_out(w);
	world_silence(w, DEADMAN_LATE, at(14, 1, 6));
	world_tell(w, NOTICE_DOWN, DIAGNOSIS_STACK_DOWN, DIAGNOSIS_NONE);
}

/* A site that lives elsewhere answers all the same. */
static void stack_down_but_for_one(struct world *w)
{
	stack_down(w);
	w->views[BLOG].state = VERDICT_UP;
	w->members[BLOG] = (struct incident_member){ 0 };
	world_silence(w, DEADMAN_SILENT, at(13, 58, 6));
}

static void stack_down_unchecked(struct world *w)
{
	stack_down(w);
	w->model.vantage = VANTAGE_UNCHECKED;
	w->model.references = w->model.references_up = 0;
}

static void edge_down(struct world *w)
{
	all_time_out(w);
	world_tell(w, NOTICE_DOWN, DIAGNOSIS_EDGE_DOWN, DIAGNOSIS_NONE);
}

static void backends_down(struct world *w)
{
	world_fail(w, BLOG, PHASE_WAIT, CAUSE_STATUS, 503);
	world_fail(w, MISSKEY, PHASE_WAIT, CAUSE_STATUS, 503);
	world_fail(w, API, PHASE_WAIT, CAUSE_STATUS, 502);
	world_tell(w, NOTICE_DOWN, DIAGNOSIS_BACKENDS_DOWN, DIAGNOSIS_NONE);
}

static void unreachable(struct world *w)
{
	all_time_out(w);
	w->deadmen[0].last = at(14, 1, 34);
	w->stack_views[0].sight.watchdog = WATCHDOG_UNDETERMINED;
	world_tell(w, NOTICE_DOWN, DIAGNOSIS_UNREACHABLE, DIAGNOSIS_NONE);
}

static void unreachable_without_watchdog(struct world *w)
{
	w->plan.watchdogs_n = 0;
	all_time_out(w);
	w->stack_views[0].sight.watchdog = WATCHDOG_NONE;
	w->model.references_up = 1;
	world_tell(w, NOTICE_DOWN, DIAGNOSIS_UNREACHABLE, DIAGNOSIS_NONE);
}

/* All but one are worked at. */
static void last_one_fails(struct world *w, enum diagnosis diagnosis)
{
	for (uint32_t i = 0; i < SAMPLE_TARGETS; i++)
		w->views[i].planned_until = i == API ? (wall_t){ 0 } : at(18, 0, 0);
	world_fail(w, API, PHASE_CONNECT, CAUSE_TIMEOUT, 0);
	world_tell(w, NOTICE_DOWN, diagnosis, DIAGNOSIS_NONE);
}

static void unreachable_but_planned(struct world *w)
{
	w->stack_views[0].sight.watchdog = WATCHDOG_UNDETERMINED;
	last_one_fails(w, DIAGNOSIS_UNREACHABLE);
}

static void edge_down_but_planned(struct world *w)
{
	last_one_fails(w, DIAGNOSIS_EDGE_DOWN);
}

static void unreachable_but_planned_is_over(struct world *w)
{
	unreachable_but_planned(w);
	world_return(w, API, at(14, 20, 30), 200, 150 * USEC_PER_MS);
	w->incident.worst = DIAGNOSIS_UNREACHABLE;
	w->incident.most_failing = 1;
	w->incident.state = INCIDENT_CLOSED;
	w->incident.closed = now_at(at(14, 20, 30));
	world_tell(w, NOTICE_RECOVERED, DIAGNOSIS_UNREACHABLE, DIAGNOSIS_UNREACHABLE);
}

static void dns_fault(struct world *w)
{
	world_fail(w, BLOG, PHASE_DNS, CAUSE_NXDOMAIN, 0);
	world_fail(w, MISSKEY, PHASE_DNS, CAUSE_NXDOMAIN, 0);
	world_fail(w, API, PHASE_DNS, CAUSE_SERVFAIL, 0);
	world_tell(w, NOTICE_DOWN, DIAGNOSIS_DNS_FAULT, DIAGNOSIS_NONE);
}

static void site_down(struct world *w)
{
	static const char *const steps[] = {
		"kubectl -n misskey get pods; look for restarts and memory",
		"PostgreSQL and Redis: are they reachable from the pod?",
	};

	w->targets[API].runbook = "https://status.nagisa-watch.example/runbook.html#mkapi";
	w->targets[API].try_next = (struct strings){ steps, 2 };
	world_fail(w, API, PHASE_WAIT, CAUSE_STATUS, 504);
	world_tell(w, NOTICE_DOWN, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_NONE);
}

static void site_down_for_its_certificate(struct world *w)
{
	world_fail(w, BLOG, PHASE_TLS, CAUSE_CERTIFICATE, 0);
	w->views[BLOG].note = "self-signed certificate";
	w->members[BLOG].last_ok = at_day(20, 23, 59, 40);
	world_tell(w, NOTICE_DOWN, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_NONE);
}

static void sites_down(struct world *w)
{
	world_fail(w, BLOG, PHASE_WAIT, CAUSE_TIMEOUT, 0);
	world_fail(w, API, PHASE_WAIT, CAUSE_STATUS, 504);
	world_fail(w, SSH, PHASE_CONNECT, CAUSE_REFUSED, 0);
	w->members[SSH].last_ok = (wall_t){ 0 };
	w->views[KUBE].state = VERDICT_SUSPECT;
	w->views[INGRESS].state = VERDICT_PAUSED;
	w->views[ALERTMANAGER].state = VERDICT_UNKNOWN;
	world_tell(w, NOTICE_DOWN, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_NONE);
}

static void family_down(struct world *w)
{
	world_pair(w, BLOG, MISSKEY, "blog-ipv6");
	world_fail(w, MISSKEY, PHASE_CONNECT, CAUSE_TIMEOUT, 0);
	world_tell(w, NOTICE_DOWN, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_NONE);
	w->incident.is_partial = w->incident.is_partial_mailed = true;
}

static void families_down(struct world *w)
{
	family_down(w);
	world_pair(w, KUBE, INGRESS, "kapi-ipv6");
	world_fail(w, INGRESS, PHASE_CONNECT, CAUSE_TIMEOUT, 0);
}

/* It has been told that only one did. */
static void both_families_down(struct world *w)
{
	world_pair(w, BLOG, MISSKEY, "blog-ipv6");
	world_fail(w, BLOG, PHASE_CONNECT, CAUSE_REFUSED, 0);
	world_fail(w, MISSKEY, PHASE_CONNECT, CAUSE_TIMEOUT, 0);
	world_tell(w, NOTICE_CHANGE, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_SITE_DOWN);
	w->incident.log[0].code = 1;
	w->notice.is_important = true;
}

static void site_down_and_silent(struct world *w)
{
	world_fail(w, ALERTMANAGER, PHASE_CONNECT, CAUSE_REFUSED, 0);
	world_silence(w, DEADMAN_SILENT, at(13, 57, 6));
	world_tell(w, NOTICE_DOWN, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_NONE);
}

static void unconfirmed(struct world *w)
{
	world_fail(w, BLOG, PHASE_CONNECT, CAUSE_TIMEOUT, 0);
	world_fail(w, API, PHASE_CONNECT, CAUSE_TIMEOUT, 0);
	w->model.vantage = VANTAGE_ISOLATED;
	w->model.references_up = 0;
	world_tell(w, NOTICE_DOWN, DIAGNOSIS_ISOLATED, DIAGNOSIS_NONE);
}

static void fall_silent(struct world *w, enum diagnosis diagnosis, enum deadman_state state)
{
	world_opened(w, at(23, 15, 4));
	world_time(w, at(23, 20, 6));
	world_silence(w, state, at(23, 15, 4));
	world_tell(w, NOTICE_DOWN, diagnosis, DIAGNOSIS_NONE);
}

static void alerting_dead(struct world *w)
{
	fall_silent(w, DIAGNOSIS_ALERTING_DEAD, DEADMAN_SILENT);
}

static void alerting_dead_alone(struct world *w)
{
	w->plan.targets_n = 0;
	alerting_dead(w);
}

static void prometheus_dead(struct world *w)
{
	fall_silent(w, DIAGNOSIS_PROMETHEUS_DEAD, DEADMAN_RESOLVED);
}

static void watchdog_silenced(struct world *w)
{
	fall_silent(w, DIAGNOSIS_WATCHDOG_SILENCED, DEADMAN_LATE);
}

static void beats_lost(struct world *w)
{
	fall_silent(w, DIAGNOSIS_BEATS_LOST, DEADMAN_SILENT);
}

static void listener_broken(struct world *w)
{
	fall_silent(w, DIAGNOSIS_LISTENER_BROKEN, DEADMAN_SILENT);
}

static void never_a_beat(struct world *w)
{
	alerting_dead(w);
	world_silence(w, DEADMAN_SILENT, (wall_t){ 0 });
}

/* What its Alertmanager says when asked, 5 s before the mail. */
static void asked(struct world *w, enum pull pull, usec_t age, const char *note)
{
	w->stack_views[0].sight.pull = w->deadmen[0].pull = w->deadmen[0].found = pull;
	w->deadmen[0].is_listed = pull == PULL_STALE;
	w->deadmen[0].pulled = (wall_t){ w->notice.created.wall.us - 5 * USEC_PER_SEC };
	w->deadmen[0].pull_age = age;
	(void)snprintf(w->deadmen[0].pull_note, sizeof w->deadmen[0].pull_note, "%s", note);
}

static void prometheus_dead_by_pull(struct world *w)
{
	fall_silent(w, DIAGNOSIS_PROMETHEUS_DEAD, DEADMAN_SILENT);
	asked(w, PULL_STALE, 214 * USEC_PER_SEC, "");
}

static void watchdog_silenced_by_pull(struct world *w)
{
	watchdog_silenced(w);
	asked(w, PULL_SUPPRESSED, 20 * USEC_PER_SEC,
	      "silence 8c1f7a2e by ops until 2026-11-22 01:00: node maintenance");
}

static void beats_lost_by_pull(struct world *w)
{
	beats_lost(w);
	asked(w, PULL_OK, 12 * USEC_PER_SEC, "");
	w->model.listener = LISTENER_OK;
}

static void listener_broken_by_pull(struct world *w)
{
	listener_broken(w);
	asked(w, PULL_OK, 12 * USEC_PER_SEC, "");
	w->model.listener = LISTENER_FAILS;
}

static void alerting_dead_by_pull(struct world *w)
{
	alerting_dead(w);
	asked(w, PULL_UNREACHABLE, 0, "connect-timeout");
}

static void alerting_dead_altogether(struct world *w)
{
	alerting_dead(w);
	asked(w, PULL_UNREACHABLE, 0, "connect-timeout");
	w->deadmen[0].prometheus = PULL_UNREACHABLE;
	w->model.listener = LISTENER_FAILS;
}

static void alerting_dead_and_our_listener(struct world *w)
{
	alerting_dead(w);
	w->model.listener = LISTENER_FAILS;
}

static void alerting_dead_but_our_listener(struct world *w)
{
	alerting_dead(w);
	w->model.listener = LISTENER_OK;
}

/* Asked is another Alertmanager than the one whose signals came. */
static void alerting_dead_disputed(struct world *w)
{
	alerting_dead(w);
	asked(w, PULL_BROKEN, 0, "");
	w->deadmen[0].is_disputed = true;
}

static void prometheus_dead_missing(struct world *w)
{
	fall_silent(w, DIAGNOSIS_PROMETHEUS_DEAD, DEADMAN_SILENT);
	asked(w, PULL_MISSING, 0, "");
	w->deadmen[0].prometheus = PULL_OK;
}

/* Alertmanager goes on repeating it. */
static void prometheus_dead_while_signals_come(struct world *w)
{
	fall_silent(w, DIAGNOSIS_PROMETHEUS_DEAD, DEADMAN_UP);
	w->deadmen[0].last = at(23, 19, 4);
	w->members[SAMPLE_TARGETS].is_accused = true;
	asked(w, PULL_STALE, 238 * USEC_PER_SEC, "");
	w->deadmen[0].prometheus = PULL_UNREACHABLE;
}

/* It has dropped it by the time of the repeat. */
static void prometheus_still_dead(struct world *w)
{
	fall_silent(w, DIAGNOSIS_PROMETHEUS_DEAD, DEADMAN_SILENT);
	world_time(w, at_day(22, 0, 20, 6));
	asked(w, PULL_STALE, 3900 * USEC_PER_SEC, "");
	w->deadmen[0].is_listed = false;
	w->deadmen[0].silence = 3902 * USEC_PER_SEC;
	w->deadmen[0].prometheus = PULL_UNREACHABLE;
	w->incident.repeats = 1;
	w->incident.log_n = 0;
	world_tell(w, NOTICE_REPEAT, DIAGNOSIS_PROMETHEUS_DEAD, DIAGNOSIS_PROMETHEUS_DEAD);
}

static void one_beat_only(struct world *w)
{
	alerting_dead(w);
	w->deadmen[0].beats = 1;
}

/* One every ten minutes where one a minute is due. */
static void beats_too_rare(struct world *w)
{
	alerting_dead(w);
	w->deadmen[0].cadence = 600 * USEC_PER_SEC + 200 * USEC_PER_MS;
}

static void never_a_beat_and_missing(struct world *w)
{
	alerting_dead(w);
	world_silence(w, DEADMAN_SILENT, (wall_t){ 0 });
	w->deadmen[0].beats = 0;
	asked(w, PULL_MISSING, 0, "");
	w->incident.log_n = 0;
	world_tell(w, NOTICE_DOWN, DIAGNOSIS_PROMETHEUS_DEAD, DIAGNOSIS_NONE);
}

static void site_down_and_accused(struct world *w)
{
	world_fail(w, ALERTMANAGER, PHASE_CONNECT, CAUSE_REFUSED, 0);
	world_silence(w, DEADMAN_UP, at(14, 2, 34));
	w->members[SAMPLE_TARGETS].is_accused = true;
	world_tell(w, NOTICE_DOWN, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_NONE);
	asked(w, PULL_STALE, 238 * USEC_PER_SEC, "");
}

static void worse(struct world *w)
{
	stack_down(w);
	world_silence(w, DEADMAN_SILENT, at(14, 1, 6));
	w->incident.log_n = 0;
	world_tell(w, NOTICE_CHANGE, DIAGNOSIS_STACK_DOWN, DIAGNOSIS_UNREACHABLE);
	w->notice.is_important = true;
}

static void milder(struct world *w)
{
	all_time_out(w);
	world_time(w, at(14, 40, 0));
	for (uint32_t i = 0; i < ALERTMANAGER; i++)
		world_return(w, i, at(14, 33, 10 + (int)i), i <= API ? 200 : 0, 400 * USEC_PER_MS);
	world_tell(w, NOTICE_CHANGE, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_STACK_DOWN);
}

static void milder_but_silent(struct world *w)
{
	milder(w);
	world_return(w, ALERTMANAGER, at(14, 33, 50), 0, 88 * USEC_PER_MS);
	world_silence(w, DEADMAN_SILENT, at(14, 1, 6));
	w->incident.log_n = 0;
	w->notice.seq = 0;
	world_tell(w, NOTICE_CHANGE, DIAGNOSIS_ALERTING_DEAD, DIAGNOSIS_STACK_DOWN);
}

static void more_members(struct world *w)
{
	sites_down(w);
	w->incident.log_n = 0;
	world_tell(w, NOTICE_CHANGE, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_SITE_DOWN);
}

static void still_down(struct world *w)
{
	all_time_out(w);
	world_time(w, at(15, 3, 10));
	world_silence(w, DEADMAN_SILENT, at(14, 1, 6));
	w->incident.repeats = 1;
	world_tell(w, NOTICE_REPEAT, DIAGNOSIS_STACK_DOWN, DIAGNOSIS_STACK_DOWN);
}

/* 89 days of which nothing is to be told, and today. */
static void world_days(struct world *w, size_t target, const struct day_sums *today)
{
	struct rollup *r = &w->rollups[target];

	w->daybook.odd = w->odd;
	rollup_init(r, &w->daybook);
	for (int32_t day = 20778 - ROLLUP_DAYS + 1; day < 20778; day++)
		rollup_restore(r, day, &(struct day_sums){ .observed_s = 86400 });
	rollup_restore(r, 20778, today);
}

static void still_down_after_days(struct world *w)
{
	site_down(w);
	world_time(w, at_day(24, 14, 3, 10));
	w->incident.log_n = 0;
	w->incident.repeats = 5;
	w->notice.seq = 30;
	world_tell(w, NOTICE_REPEAT, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_SITE_DOWN);
}

static void is_over(struct world *w, wall_t when)
{
	w->incident.state = INCIDENT_CLOSED;
	w->incident.closed = now_at(when);
}

static void recovered(struct world *w)
{
	all_time_out(w);
	world_time(w, at(15, 10, 8));
	world_return(w, SSH, at(15, 5, 52), 0, 41 * USEC_PER_MS);
	world_return(w, KUBE, at(15, 6, 18), 0, 102 * USEC_PER_MS);
	world_return(w, INGRESS, at(15, 6, 50), 0, 88 * USEC_PER_MS);
	world_return(w, BLOG, at(15, 6, 50), 200, 412 * USEC_PER_MS);
	world_return(w, MISSKEY, at(15, 7, 20), 200, 1900 * USEC_PER_MS);
	world_return(w, API, at(15, 7, 20), 200, 1400 * USEC_PER_MS);
	world_return(w, ALERTMANAGER, at(15, 7, 16), 0, 0);
	w->members[MISSKEY].median_us = 231 * USEC_PER_MS;
	world_silence(w, DEADMAN_UP, at(15, 9, 6));
	w->members[SAMPLE_TARGETS].is_failing = false;
	w->members[SAMPLE_TARGETS].recovered = at(15, 9, 6);
	world_days(w, BLOG, &(struct day_sums){ .observed_s = 25812, .down_s = 11160 });
	w->notice.seq = 1;
	is_over(w, at(15, 9, 6));
	world_tell(w, NOTICE_RECOVERED, DIAGNOSIS_STACK_DOWN, DIAGNOSIS_STACK_DOWN);
}

static void recovered_site(struct world *w)
{
	site_down(w);
	world_time(w, at(14, 5, 2));
	world_return(w, API, at(14, 4, 2), 200, 151 * USEC_PER_MS);
	w->incident.log_n = 0;
	is_over(w, at(14, 4, 2));
	world_tell(w, NOTICE_RECOVERED, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_SITE_DOWN);
}

static void recovered_silence(struct world *w)
{
	alerting_dead(w);
	world_time(w, at(23, 52, 10));
	w->deadmen[0].state = DEADMAN_UP;
	w->members[SAMPLE_TARGETS].is_failing = false;
	w->members[SAMPLE_TARGETS].recovered = at(23, 51, 8);
	w->incident.log_n = 0;
	is_over(w, at(23, 52, 8));
	world_tell(w, NOTICE_RECOVERED, DIAGNOSIS_ALERTING_DEAD, DIAGNOSIS_ALERTING_DEAD);
}

static void recovered_accused(struct world *w)
{
	prometheus_dead_while_signals_come(w);
	world_time(w, at(23, 52, 10));
	w->members[SAMPLE_TARGETS].is_failing = false;
	w->members[SAMPLE_TARGETS].recovered = at(23, 51, 8);
	w->incident.log_n = 0;
	is_over(w, at(23, 52, 8));
	world_tell(w, NOTICE_RECOVERED, DIAGNOSIS_PROMETHEUS_DEAD, DIAGNOSIS_PROMETHEUS_DEAD);
}

/* After a restart the members are forgotten; the incident still has their names. */
static void recovered_without_members(struct world *w)
{
	world_time(w, at(14, 5, 2));
	(void)snprintf(w->incident.affected[0], NAME_TEXT_MAX, "mkapi");
	w->incident.affected_n = 1;
	is_over(w, at(14, 4, 2));
	world_tell(w, NOTICE_RECOVERED, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_SITE_DOWN);
}

static void outside_incident(struct world *w, enum notice_kind kind)
{
	w->request.incident = NULL;
	w->notice.incident = 0;
	w->notice.kind = kind;
	w->notice.number[0] = w->notice.stack[0] = '\0';
	w->notice.opened = (struct now){ 0 };
	w->notice.id = notice_id(&w->notice);
}

static void blind(struct world *w)
{
	outside_incident(w, NOTICE_BLIND);
	world_time(w, at(2, 31, 10));
	for (uint32_t i = 0; i < SAMPLE_TARGETS; i++)
		w->views[i].last_ok = at(2, 9, 30); /* nobody has looked since */
	w->notice.from = at(2, 10, 4);
	w->notice.to = at(2, 31, 10);
	w->stack_views[0].sight.service_up = 7;
}

static void test_mail(struct world *w)
{
	outside_incident(w, NOTICE_TEST);
}

static void drill(struct world *w)
{
	stack_down(w);
	w->notice.is_drill = true;
	w->model.is_storage_failing = true;
}

static void drill_over(struct world *w)
{
	recovered(w);
	w->notice.is_drill = true;
}

static void demo(struct world *w)
{
	recovered(w);
	w->model.is_demo = true;
}

/* Forty-nine checks in two groups; forty-nine fail, or all but one answer. */
static void many_targets(struct world *w)
{
	for (uint32_t i = 0; i < MANY; i++) {
		(void)snprintf(w->titles[i], sizeof w->titles[i], "Check number %u", i + 1);
		world_target(w, i, w->titles[i], w->titles[i], i % 3 ? "Public sites" : "Cluster",
			     LAYER_UNSET);
	}
	w->plan.targets_n = MANY;
}

static void many_down(struct world *w)
{
	many_targets(w);
	stack_down(w);
}

static void many_up(struct world *w)
{
	many_targets(w);
	site_down(w);
}

static void two_stacks(struct world *w)
{
	stack_down(w);
	w->plan.timezone = "Europe/Berlin";
	assert_int_equal(setenv("TZ", "Europe/Berlin", 1), 0);
	tzset();
	w->stacks[1].is_implicit = false;
	world_target(w, SAMPLE_TARGETS, "elsewhere", "Elsewhere", "Other", LAYER_UNSET);
	w->targets[SAMPLE_TARGETS].stack = 1;
	w->plan.targets_n++;
	/* The watchdog's member stands behind the targets'. */
	w->members[SAMPLE_TARGETS] = (struct incident_member){ 0 };
}

/* ---- certificates and ourselves ---- */

static const char *endpoint_of(const void *params)
{
	return params;
}

static const struct probe_kind asked_by_url = { .name = "http", .endpoint = endpoint_of };

static void show(struct world *w, uint32_t i, const char *url, uint64_t fingerprint)
{
	w->targets[i].kind = &asked_by_url;
	w->targets[i].params = url;
	w->views[i].last_seen = (wall_t){ w->notice.created.wall.us - USEC_PER_SEC };
	w->views[i].certificate = (struct certificate){
		.not_before = w->notice.from, .not_after = w->notice.to, .fingerprint = fingerprint,
	};
}

static void certificate(struct world *w, uint32_t step, wall_t now, wall_t from, wall_t to)
{
	outside_incident(w, NOTICE_CERTIFICATE);
	world_time(w, now);
	w->notice.seq = step;
	w->notice.from = from;
	w->notice.to = to;
	w->notice.fingerprint = 0x9f86d081884c7d65;
	(void)snprintf(w->notice.stack, sizeof w->notice.stack, "home");
	(void)snprintf(w->notice.number, sizeof w->notice.number, "cert-9f86d081884c7d65");
	(void)snprintf(w->notice.affected, sizeof w->notice.affected, "mkweb,mkapi");
	show(w, MISSKEY, "https://mi.nagisa.example/", 0x9f86d081884c7d65);
	show(w, API, "https://mi.nagisa.example/api/ping", 0x9f86d081884c7d65);
	w->notice.id = notice_id(&w->notice);
}

/* Sample 06: 31 December 2026, 09:00:02, of 90 days. */
static void certificate_14_days(struct world *w)
{
	certificate(w, 1, at_day(61, 9, 0, 2), at_day(-15, 8, 41, 0), at_day(75, 8, 41, 0));
	w->notice.told = 1;
}

static void certificate_of_six_days(struct world *w)
{
	certificate(w, 3, at_day(21, 9, 0, 2), at_day(16, 21, 0, 0), at_day(22, 21, 0, 0));
	show(w, BLOG, "https://blog.nagisa.example/", 0x9f86d081884c7d65);
	world_fail(w, KUBE, PHASE_CONNECT, CAUSE_TIMEOUT, 0);
}

static void certificate_last_day(struct world *w)
{
	certificate(w, 4, at_day(21, 9, 0, 2), at_day(-343, 8, 41, 0), at_day(22, 8, 41, 0));
	w->notice.told = 15;
	show(w, API, "[2001:db8::1]:8443", 0x9f86d081884c7d65);
	world_fail(w, API, PHASE_WAIT, CAUSE_STATUS, 500);
}

static void certificate_renewed(struct world *w)
{
	certificate(w, CERTIFICATE_RENEWED, at_day(21, 9, 0, 2), at_day(21, 8, 0, 0),
		    at_day(111, 8, 0, 0));
	w->notice.told = 3;
	w->views[MISSKEY].certificate.fingerprint = w->views[API].certificate.fingerprint = 0x77;
}

static void ourselves(struct world *w, enum self_matter matter, const char *detail)
{
	outside_incident(w, NOTICE_SELF);
	w->notice.matter = matter;
	(void)snprintf(w->notice.detail, sizeof w->notice.detail, "%s", detail);
	w->notice.id = notice_id(&w->notice);
}

static void configuration_is_broken(struct world *w)
{
	ourselves(w, SELF_CONFIGURATION,
		  "targets.d/blog.cfg:12: unknown key \"intervall\", did you mean \"interval\"?");
}

static void clock_is_behind(struct world *w)
{
	ourselves(w, SELF_CLOCK, "34560123");
}

static void mail_is_broken(struct world *w)
{
	ourselves(w, SELF_MAIL, "");
	w->notice.from = at_day(21, 9, 0, 2);
}

static void mail_works_again(struct world *w)
{
	ourselves(w, SELF_MAIL_BACK, "");
	w->notice.from = at_day(21, 9, 0, 2);
	w->notice.to = at_day(21, 9, 40, 2);
}

static void a_channel_fails(struct world *w)
{
	ourselves(w, SELF_CHANNEL, "phone");
	w->notice.from = at_day(21, 9, 0, 2);
}

static void a_channel_works_again(struct world *w)
{
	ourselves(w, SELF_CHANNEL_BACK, "phone");
	w->notice.from = at_day(21, 9, 0, 2);
	w->notice.to = at_day(21, 9, 40, 2);
}

static void the_disk_fails(struct world *w)
{
	ourselves(w, SELF_STORAGE, "");
}

static void the_canary_is_lost(struct world *w)
{
	ourselves(w, SELF_CANARY, "2026-11-21 06:40 JST");
}

static void the_canary_is_back(struct world *w)
{
	ourselves(w, SELF_CANARY_BACK, "2026-11-22 06:40 JST");
}

static void the_canary_is_unseen(struct world *w)
{
	ourselves(w, SELF_CANARY_UNSEEN, "2026-11-18 06:40 JST");
}

static void clock_is_ahead(struct world *w)
{
	ourselves(w, SELF_CLOCK, "-90000");
}

/* ---- the operator's words, and the stable subject ---- */

static void note(struct world *w, wall_t when, const char *text)
{
	struct incident_event event = { .at = when, .kind = EVENT_NOTE };

	incident_text(event.text, text);
	incident_note(&w->incident, &event);
}

static void still_down_with_a_note(struct world *w)
{
	all_time_out(w);
	world_silence(w, DEADMAN_SILENT, at(14, 1, 6));
	world_tell(w, NOTICE_DOWN, DIAGNOSIS_STACK_DOWN, DIAGNOSIS_NONE);
	note(w, at(14, 12, 0), "The breaker at home seems to have tripped. I am on my way and "
			       "expect to be there by 15:00.");
	w->notice.kind = NOTICE_REPEAT;
	w->notice.seq = 1;
	world_time(w, at(15, 3, 10));
	world_silence(w, DEADMAN_SILENT, at(14, 1, 6));
	w->notice.is_important = false;
	w->incident.repeats = 1;
	w->incident.mails = 2;
	incident_note(&w->incident, &(struct incident_event){ .kind = EVENT_STILL,
							      .at = at(15, 3, 10),
							      .diagnosis = DIAGNOSIS_STACK_DOWN });
	w->notice.id = notice_id(&w->notice);
}

/* ---- held back, acknowledged, coming and going, depending on others ---- */

static void event(struct world *w, wall_t when, enum incident_event_kind kind, const char *text)
{
	struct incident_event told = { .at = when, .kind = kind };

	incident_text(told.text, text);
	incident_note(&w->incident, &told);
}

/* A silence from 12:10 on, in which it began to fail; it has just ended. */
static void site_down_after_a_silence(struct world *w)
{
	world_opened(w, at(12, 40, 0));
	world_fail(w, API, PHASE_WAIT, CAUSE_STATUS, 504);
	event(w, at(12, 41, 0), EVENT_HELD, "mkapi");
	w->incident.log[w->incident.log_n - 1].code = HELD_BY_SILENCE;
	world_tell(w, NOTICE_DOWN, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_NONE);
}

static void flap(struct world *w)
{
	world_opened(w, at(13, 40, 0));
	world_fail(w, API, PHASE_WAIT, CAUSE_STATUS, 504);
	w->views[API].is_flapping = true;
	w->incident.is_flapping = true;
	w->incident.affected_n = 1;
	(void)snprintf(w->incident.affected[0], NAME_TEXT_MAX, "mkapi");
}

static void site_flaps(struct world *w)
{
	flap(w);
	world_tell(w, NOTICE_CHANGE, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_SITE_DOWN);
}

static void site_flaps_and_is_up(struct world *w)
{
	flap(w);
	world_return(w, API, at(14, 2, 30), 200, 150 * USEC_PER_MS);
	world_tell(w, NOTICE_CHANGE, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_SITE_DOWN);
}

static void sites_flap(struct world *w)
{
	flap(w);
	world_fail(w, BLOG, PHASE_WAIT, CAUSE_STATUS, 502);
	w->views[BLOG].is_flapping = true;
	world_tell(w, NOTICE_CHANGE, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_SITE_DOWN);
}

static void signal_flaps(struct world *w)
{
	world_silence(w, DEADMAN_SILENT, at(13, 57, 6));
	w->incident.is_flapping = true;
	world_tell(w, NOTICE_CHANGE, DIAGNOSIS_ALERTING_DEAD, DIAGNOSIS_ALERTING_DEAD);
}

/* What is worse is told as worse. */
static void flaps_and_is_worse(struct world *w)
{
	worse(w);
	w->incident.is_flapping = true;
}

static void depend(struct world *w, uint32_t i)
{
	world_fail(w, i, PHASE_CONNECT, CAUSE_TIMEOUT, 0);
	w->members[i].is_dependent = true;
}

static void site_down_with_dependents(struct world *w)
{
	depend(w, BLOG);
	depend(w, MISSKEY);
	world_fail(w, INGRESS, PHASE_CONNECT, CAUSE_REFUSED, 0);
	world_tell(w, NOTICE_DOWN, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_NONE);
}

static void sites_down_with_a_dependent(struct world *w)
{
	depend(w, BLOG);
	world_fail(w, INGRESS, PHASE_CONNECT, CAUSE_REFUSED, 0);
	world_fail(w, SSH, PHASE_CONNECT, CAUSE_REFUSED, 0);
	world_tell(w, NOTICE_DOWN, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_NONE);
}

/* Their parent is of another stack, whose incident tells of it. */
static void only_dependents_down(struct world *w)
{
	depend(w, BLOG);
	depend(w, MISSKEY);
	w->views[SSH].planned_until = at(15, 0, 0);
	world_tell(w, NOTICE_DOWN, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_NONE);
}

static void recovered_and_acknowledged(struct world *w)
{
	world_fail(w, API, PHASE_WAIT, CAUSE_STATUS, 504);
	world_tell(w, NOTICE_DOWN, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_NONE);
	event(w, at(14, 5, 0), EVENT_ACKNOWLEDGED, "Ann looks into it");
	event(w, at(14, 9, 0), EVENT_ACKNOWLEDGED, "");
	world_return(w, API, at(14, 12, 20), 200, 150 * USEC_PER_MS);
	w->notice.kind = NOTICE_RECOVERED;
	w->notice.seq = 1;
	w->notice.is_important = false;
	w->incident.mails = 2;
	w->incident.closed = now_at(at(14, 12, 20));
	world_time(w, at(14, 12, 50));
	event(w, at(14, 12, 50), EVENT_MAILED, "");
	w->notice.id = notice_id(&w->notice);
}

static const struct golden {
	const char *name;
	void (*happen)(struct world *w);
} goldens[] = {
	{ "stack-down", stack_down },
	{ "stack-down-but-for-one", stack_down_but_for_one },
	{ "stack-down-unchecked", stack_down_unchecked },
	{ "edge-down", edge_down },
	{ "backends-down", backends_down },
	{ "unreachable", unreachable },
	{ "unreachable-without-watchdog", unreachable_without_watchdog },
	{ "unreachable-but-planned", unreachable_but_planned },
	{ "unreachable-but-planned-over", unreachable_but_planned_is_over },
	{ "edge-down-but-planned", edge_down_but_planned },
	{ "dns-fault", dns_fault },
	{ "site-down", site_down },
	{ "site-down-certificate", site_down_for_its_certificate },
	{ "site-down-and-silent", site_down_and_silent },
	{ "family-down", family_down },
	{ "families-down", families_down },
	{ "both-families-down", both_families_down },
	{ "sites-down", sites_down },
	{ "unconfirmed", unconfirmed },
	{ "alerting-dead", alerting_dead },
	{ "alerting-dead-alone", alerting_dead_alone },
	{ "prometheus-dead", prometheus_dead },
	{ "watchdog-silenced", watchdog_silenced },
	{ "beats-lost", beats_lost },
	{ "listener-broken", listener_broken },
	{ "prometheus-dead-pull", prometheus_dead_by_pull },
	{ "watchdog-silenced-pull", watchdog_silenced_by_pull },
	{ "beats-lost-pull", beats_lost_by_pull },
	{ "listener-broken-pull", listener_broken_by_pull },
	{ "alerting-dead-pull", alerting_dead_by_pull },
	{ "alerting-dead-altogether", alerting_dead_altogether },
	{ "alerting-dead-and-our-listener", alerting_dead_and_our_listener },
	{ "alerting-dead-but-our-listener", alerting_dead_but_our_listener },
	{ "alerting-dead-disputed", alerting_dead_disputed },
	{ "prometheus-dead-missing", prometheus_dead_missing },
	{ "prometheus-dead-while-signals-come", prometheus_dead_while_signals_come },
	{ "prometheus-still-dead", prometheus_still_dead },
	{ "one-beat-only", one_beat_only },
	{ "beats-too-rare", beats_too_rare },
	{ "never-a-beat-and-missing", never_a_beat_and_missing },
	{ "site-down-and-accused", site_down_and_accused },
	{ "recovered-accused", recovered_accused },
	{ "never-a-beat", never_a_beat },
	{ "change-worse", worse },
	{ "change-milder", milder },
	{ "change-milder-but-silent", milder_but_silent },
	{ "change-more", more_members },
	{ "repeat", still_down },
	{ "repeat-after-days", still_down_after_days },
	{ "recovered", recovered },
	{ "recovered-site", recovered_site },
	{ "recovered-silence", recovered_silence },
	{ "recovered-without-members", recovered_without_members },
	{ "blind", blind },
	{ "test", test_mail },
	{ "drill", drill },
	{ "drill-over", drill_over },
	{ "demo-recovered", demo },
	{ "many-down", many_down },
	{ "many-up", many_up },
	{ "two-stacks", two_stacks },
	{ "certificate", certificate_14_days },
	{ "certificate-of-six-days", certificate_of_six_days },
	{ "certificate-last-day", certificate_last_day },
	{ "certificate-renewed", certificate_renewed },
	{ "self-configuration", configuration_is_broken },
	{ "self-clock-behind", clock_is_behind },
	{ "self-clock-ahead", clock_is_ahead },
	{ "self-mail", mail_is_broken },
	{ "self-mail-back", mail_works_again },
	{ "self-channel", a_channel_fails },
	{ "self-channel-back", a_channel_works_again },
	{ "self-storage", the_disk_fails },
	{ "self-canary", the_canary_is_lost },
	{ "self-canary-back", the_canary_is_back },
	{ "self-canary-unseen", the_canary_is_unseen },
	{ "repeat-with-note", still_down_with_a_note },
	{ "held", site_down_after_a_silence },
	{ "flapping", site_flaps },
	{ "flapping-up", site_flaps_and_is_up },
	{ "flapping-sites", sites_flap },
	{ "flapping-signal", signal_flaps },
	{ "flapping-worse", flaps_and_is_worse },
	{ "dependents", site_down_with_dependents },
	{ "dependents-of-several", sites_down_with_a_dependent },
	{ "dependents-only", only_dependents_down },
	{ "recovered-acknowledged", recovered_and_acknowledged },
};

#define GOLDENS_N (sizeof goldens / sizeof goldens[0])

/* ---- golden files ---- */

static void every_mail_is_as_its_golden_file(void **state)
{
	struct buf mail = BUF_INIT(MAIL_BYTES_MAX);
	char path[512];

	(void)state;
	for (size_t i = 0; i < GOLDENS_N; i++) {
		for (int language = 0; language < LANGUAGE_COUNT; language++) {
			struct world *w = world_new();

			goldens[i].happen(w);
			render(w, (enum language)language, &mail);
			golden_path(path, sizeof path, goldens[i].name, language);
			golden_settle(path, &mail);
			free(w);
		}
	}
	buf_done(&mail);
}

/* ---- the strict parser ---- */

static void every_golden_file_parses_without_a_fault(void **state)
{
	static char paths[GOLDENS_N * LANGUAGE_COUNT][512];
	char *list[GOLDENS_N * LANGUAGE_COUNT];
	int status;

	(void)state;
	for (size_t i = 0; i < GOLDENS_N * LANGUAGE_COUNT; i++) {
		golden_path(paths[i], sizeof paths[i], goldens[i / LANGUAGE_COUNT].name,
			    (int)(i % LANGUAGE_COUNT));
		list[i] = paths[i];
	}
	status = run_check(list, GOLDENS_N * LANGUAGE_COUNT);
	if (status == -1)
		skip();
	assert_int_equal(status, 0);
}

/* Mails that wait for one run of the parser, in a directory of their own. */
struct pile {
	char dir[40];
	char paths[64][64];
	size_t n;
};

static void pile_init(struct pile *pile)
{
	*pile = (struct pile){ .dir = "/tmp/shorewatch-mail-XXXXXX" };
	assert_non_null(mkdtemp(pile->dir));
}

static void pile_add(struct pile *pile, const struct buf *mail)
{
	char path[sizeof pile->paths[0]];

	assert_true(pile->n < sizeof pile->paths / sizeof pile->paths[0]);
	(void)snprintf(path, sizeof path, "%s/%zu.eml", pile->dir, pile->n);
	golden_write(path, mail);
	memcpy(pile->paths[pile->n++], path, sizeof path);
}

/* Parse all of them and clear up; the parser's status, -1: there is no python3. */
static int pile_parse(struct pile *pile)
{
	char *list[sizeof pile->paths / sizeof pile->paths[0]];
	int status;

	for (size_t i = 0; i < pile->n; i++)
		list[i] = pile->paths[i];
	status = run_check(list, pile->n);
	for (size_t i = 0; i < pile->n; i++)
		assert_int_equal(unlink(pile->paths[i]), 0);
	assert_int_equal(rmdir(pile->dir), 0);
	return status;
}

/* ---- foreign text ---- */

static size_t header_count(const struct buf *mail)
{
	const char *end = strstr(buf_text(mail), "\r\n\r\n");
	size_t n = 0;

	assert_non_null(end);
	for (const char *at = buf_text(mail); at < end + 2; at = strstr(at, "\r\n") + 2)
		n += *at != ' ';
	return n;
}

/* A parser that finds nothing in anything would prove nothing. */
static void the_strict_parser_finds_a_header_too_many(void **state)
{
	struct world *w = world_new();
	struct buf mail = BUF_INIT(MAIL_BYTES_MAX), bad = BUF_INIT(MAIL_BYTES_MAX);
	struct pile pile;
	int status;

	(void)state;
	stack_down(w);
	render(w, LANGUAGE_EN, &mail);
	pile_init(&pile);
	buf_puts(&bad, "Bcc: victim@example.net\r\n");
	buf_add(&bad, mail.data, mail.n);
	pile_add(&pile, &bad);
	status = pile_parse(&pile);
	buf_done(&mail);
	buf_done(&bad);
	free(w);
	if (status == -1)
		skip();
	assert_int_not_equal(status, 0);
}

static char *megabyte(void)
{
	char *text = malloc(1 << 20);

	assert_non_null(text);
	memset(text, 'x', 1 << 20);
	text[(1 << 20) - 1] = '\0';
	return text;
}

static void poison(struct world *w, const char *text)
{
	static const char *steps[1];
	static char note[NOTE_MAX];

	steps[0] = text;
	sites_down(w);
	w->targets[BLOG].title = w->targets[BLOG].group = text;
	w->targets[KUBE].title = text;
	w->stacks[0].title = w->stacks[0].runbook = text;
	w->stacks[0].try_next = (struct strings){ steps, 1 };
	w->plan.instance = text;
	world_fail(w, API, PHASE_WAIT, CAUSE_MISMATCH, 0);
	(void)snprintf(note, sizeof note, "%s", text);
	w->views[API].note = note;
}

static void foreign_text_neither_adds_a_header_nor_breaks_a_mail(void **state)
{
	char *long_text = megabyte();
	const char *const hostile[] = {
		"x\r\nBcc: victim@example.net\r\n\r\n<script>alert(1)</script>",
		"\n.\n", ".", "From nobody", "-- ", "{who} {nothing",
		"\xe2\x80\xaegnp.exe\xe2\x80\xac", "\xff\xfe\xc0\x80 \xed\xa0\x80 caf\xc3",
		"\x1b[31mred\x07\x01\x7f", "=?utf-8?b?QmNj?=", "</title></h1><img src=x>\"'&amp;",
		"--=_shorewatch_0000000000000000--", "", long_text,
	};
	struct buf mail = BUF_INIT(MAIL_BYTES_MAX);
	struct world *w = world_new();
	struct pile pile;
	size_t usual;
	int status;

	(void)state;
	pile_init(&pile);
	sites_down(w);
	render(w, LANGUAGE_EN, &mail);
	usual = header_count(&mail);
	free(w);
	for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
		for (int language = 0; language < LANGUAGE_COUNT; language++) {
			w = world_new();
			poison(w, hostile[i]);
			render(w, (enum language)language, &mail);
			assert_int_equal(header_count(&mail), usual);
			pile_add(&pile, &mail);
			free(w);
		}
	}
	status = pile_parse(&pile);
	buf_done(&mail);
	free(long_text);
	if (status == -1)
		skip();
	assert_int_equal(status, 0);
}

/*
 * ---- the same in every place that certificates, witnesses, operators and configurations write to
 * ----
 */

static void poison_certificate(struct world *w, const char *text)
{
	certificate_14_days(w);
	w->targets[MISSKEY].title = text;
	show(w, MISSKEY, text, 0x9f86d081884c7d65);
}

static void poison_self(struct world *w, const char *text)
{
	char line[INCIDENT_TEXT_MAX];

	incident_text(line, text);
	ourselves(w, SELF_CONFIGURATION, line);
}

/* A notice is read back from a file, which somebody may have edited. */
static void poison_clock(struct world *w, const char *text)
{
	ourselves(w, SELF_CLOCK, text);
}

static void poison_pull(struct world *w, const char *text)
{
	watchdog_silenced(w);
	asked(w, PULL_SUPPRESSED, 0, text);
}

static void poison_note(struct world *w, const char *text)
{
	stack_down(w);
	note(w, at(14, 2, 0), text);
	w->plan.mail.is_subject_stable = true;
	w->incident.first_finding = DIAGNOSIS_SITE_DOWN;
	w->incident.first_failing = 2;
	w->incident.affected_n = 2;
	w->targets[BLOG].title = text;
	(void)snprintf(w->incident.affected[0], NAME_TEXT_MAX, "blog");
	(void)snprintf(w->incident.affected[1], NAME_TEXT_MAX, "gone");
}

static void no_new_place_takes_foreign_text_as_it_is(void **state)
{
	static void (*const places[])(struct world *w, const char *text) = {
		poison_certificate, poison_self, poison_clock, poison_pull, poison_note,
	};
	static const char *const hostile[] = {
		"x\r\nBcc: victim@example.net\r\n\r\n<script>alert(1)</script>",
		"\n.\n",
		"{host} {note",
		"\xe2\x80\xaegnp.exe\xe2\x80\xac",
		"\xff\xfe\xc0\x80 \xed\xa0\x80 caf\xc3",
		"</title></h1><img src=x>\"'&amp;",
		"--=_shorewatch_0000000000000000--",
		"https://",
		"[",
		"[::",
		"-9223372036854775808",
	};
	struct buf mail = BUF_INIT(MAIL_BYTES_MAX);
	struct pile pile;
	int status;

	(void)state;
	pile_init(&pile);
	for (size_t place = 0; place < sizeof places / sizeof places[0]; place++) {
		for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
			struct world *w = world_new();

			places[place](w, hostile[i]);
			render(w, (enum language)(i % LANGUAGE_COUNT), &mail);
			assert_null(strstr(buf_text(&mail), "\nBcc"));
			pile_add(&pile, &mail);
			free(w);
		}
	}
	status = pile_parse(&pile);
	buf_done(&mail);
	if (status == -1)
		skip();
	assert_int_equal(status, 0);
}

static void a_hostile_sender_or_recipient_adds_no_header(void **state)
{
	struct world *w = world_new();
	struct buf mail = BUF_INIT(MAIL_BYTES_MAX);
	size_t usual;

	(void)state;
	sites_down(w);
	render(w, LANGUAGE_EN, &mail);
	usual = header_count(&mail);
	w->plan.mail.from = "見張り\r\nBcc: a@b.example <watch@b.example>";
	w->plan.mail.from_address = "watch@b.example\r\nBcc: a@b.example";
	(void)snprintf(w->notice.recipient, sizeof w->notice.recipient,
		       "a@b.example\r\nBcc: c@d.example");
	(void)snprintf(w->notice.number, sizeof w->notice.number, "1\r\nBcc: c@d");
	(void)snprintf(w->notice.host, sizeof w->notice.host, "h.example>\r\nBcc: c@d.example");
	render(w, LANGUAGE_EN, &mail);
	assert_int_equal(header_count(&mail), usual);
	assert_null(strstr(buf_text(&mail), "\nBcc"));
	buf_done(&mail);
	free(w);
}

/* Every name of 200 characters that take four bytes each, in both bodies, quoted byte for byte. */
static void the_largest_mail_there_is_fits_its_cap(void **state)
{
	static char title[200 * 4 + 1], note[NOTE_MAX];
	struct buf mail = BUF_INIT(MAIL_BYTES_MAX);
	struct world *w = world_new();

	(void)state;
	for (size_t i = 0; i < 200; i++)
		memcpy(title + 4 * i, "🚢", 4);
	memcpy(note, title, 116);
	many_targets(w);
	for (uint32_t i = 0; i < MANY; i++)
		w->targets[i].title = w->targets[i].group = title;
	stack_down(w);
	for (uint32_t i = 0; i < MANY; i++) {
		world_fail(w, i, PHASE_WAIT, CAUSE_MISMATCH, 0);
		w->views[i].note = note;
		if (i % 3 == 0)
			world_return(w, i, at(14, 2, 0), 200, USEC_PER_SEC);
		else if (i % 3 == 1)
			w->members[i].incident = 0, w->views[i].state = VERDICT_UP;
	}
	render(w, LANGUAGE_EN, &mail);
	print_message("the largest mail has %zu bytes\n", mail.n);
	buf_done(&mail);
	free(w);
}

/* ---- single rules ---- */

static void assert_subject(void (*happen)(struct world *w), enum language language,
			   const char *expected)
{
	struct world *w = world_new();
	struct buf subject = BUF_INIT(4096);

	happen(w);
	w->request.language = language;
	mail_subject(&w->request, &subject);
	assert_string_equal(buf_text(&subject), expected);
	buf_done(&subject);
	free(w);
}

static void subjects_are_those_of_the_design(void **state)
{
	(void)state;
	assert_subject(stack_down, LANGUAGE_EN, "DOWN: whole stack, since 14:01 JST");
	assert_subject(stack_down, LANGUAGE_JA, "【停止】全サービス応答なし 14:01から");
	assert_subject(still_down, LANGUAGE_EN, "STILL DOWN: whole stack, 1 hour");
	assert_subject(still_down, LANGUAGE_JA, "【継続】全サービス停止 1時間");
	assert_subject(site_down, LANGUAGE_EN, "DOWN: Misskey API, HTTP 504");
	assert_subject(site_down, LANGUAGE_JA, "【停止】Misskey API（HTTP 504）");
	assert_subject(alerting_dead, LANGUAGE_EN, "SILENT: Watchdog stopped, sites are up");
	assert_subject(alerting_dead, LANGUAGE_JA, "【途絶】Watchdog が届かない、サイトは稼働");
	assert_subject(alerting_dead_alone, LANGUAGE_EN, "SILENT: Watchdog stopped, 23:15 JST");
	assert_subject(recovered, LANGUAGE_EN, "UP: whole stack back after 1 h 7 min");
	assert_subject(recovered, LANGUAGE_JA, "【復旧】全サービス復旧、停止1時間7分");
	assert_subject(certificate_14_days, LANGUAGE_EN, "CERT: 14 days left, mi.nagisa.example");
	assert_subject(certificate_14_days, LANGUAGE_JA, "【証明書】残り14日 mi.nagisa.example");
	assert_subject(test_mail, LANGUAGE_EN, "TEST: DOWN: whole stack, since 14:03 JST");
	assert_subject(drill, LANGUAGE_EN, "DRILL: DOWN: whole stack, since 14:01 JST");
}

/* Only foreign names may be cut: our own words fit the lock screen. */
static void our_own_subjects_are_never_cut(void **state)
{
	struct buf subject = BUF_INIT(4096);

	(void)state;
	for (size_t i = 0; i < GOLDENS_N; i++) {
		for (int language = 0; language < LANGUAGE_COUNT; language++) {
			struct world *w = world_new();

			goldens[i].happen(w);
			w->request.language = (enum language)language;
			buf_clear(&subject);
			mail_subject(&w->request, &subject);
			assert_true(text_columns(buf_text(&subject)) <= 50);
			if (strstr(buf_text(&subject), "…") != NULL &&
			    goldens[i].happen != sites_down && goldens[i].happen != more_members)
				fail_msg("%s", buf_text(&subject));
			free(w);
		}
	}
	buf_done(&subject);
}

static void a_long_name_is_cut_between_characters(void **state)
{
	struct world *w = world_new();
	struct buf subject = BUF_INIT(4096);

	(void)state;
	site_down(w);
	w->targets[API].title = "とても長い名前のサービスでありロック画面には入りきらない";
	w->request.language = LANGUAGE_JA;
	mail_subject(&w->request, &subject);
	assert_string_equal(buf_text(&subject), "【停止】とても長い名前のサービスでありロック画面…");
	assert_true(text_columns(buf_text(&subject)) <= 50);
	buf_done(&subject);
	free(w);
}

static void the_same_request_gives_the_same_bytes(void **state)
{
	struct world *w = world_new();
	struct buf a = BUF_INIT(MAIL_BYTES_MAX), b = BUF_INIT(MAIL_BYTES_MAX);

	(void)state;
	stack_down(w);
	render(w, LANGUAGE_EN, &a);
	render(w, LANGUAGE_EN, &b);
	assert_string_equal(buf_text(&a), buf_text(&b));
	buf_done(&a);
	buf_done(&b);
	free(w);
}

static void a_stack_without_sites_never_says_they_are_up(void **state)
{
	static void (*const silences[])(struct world *w) = {
		alerting_dead, prometheus_dead, watchdog_silenced, beats_lost, listener_broken,
		never_a_beat,
	};
	struct buf mail = BUF_INIT(MAIL_BYTES_MAX);

	(void)state;
	for (size_t i = 0; i < sizeof silences / sizeof silences[0]; i++) {
		struct world *w = world_new();

		w->plan.targets_n = 0;
		silences[i](w);
		render(w, LANGUAGE_EN, &mail);
		assert_null(strstr(buf_text(&mail), "ites are up"));
		assert_null(strstr(buf_text(&mail), "for visitors"));
		free(w);
	}
	buf_done(&mail);
}

/* mail.subject = "stable": whatever happens meanwhile, Re: and what the first mail said. */
static void a_stable_subject_stays_as_the_first_mail_had_it(void **state)
{
	struct world *w = world_new();
	struct buf first = BUF_INIT(4096), later = BUF_INIT(4096);

	(void)state;
	w->plan.mail.is_subject_stable = true;
	site_down(w);
	w->incident.first_finding = DIAGNOSIS_SITE_DOWN;
	w->incident.first_failing = w->incident.affected_n = 1;
	(void)snprintf(w->incident.affected[0], NAME_TEXT_MAX, "mkapi");
	w->incident.log[0] = (struct incident_event){ .kind = EVENT_FIRST_FAILURE, .code = 504,
						      .outcome = { PHASE_WAIT, CAUSE_STATUS } };
	w->incident.log_n = 1;
	mail_subject(&w->request, &first);
	assert_string_equal(buf_text(&first), "DOWN: Misskey API, HTTP 504");
	all_time_out(w);
	world_tell(w, NOTICE_CHANGE, DIAGNOSIS_STACK_DOWN, DIAGNOSIS_SITE_DOWN);
	mail_subject(&w->request, &later);
	assert_string_equal(buf_text(&later), "Re: DOWN: Misskey API, HTTP 504");
	w->notice.kind = NOTICE_RECOVERED;
	w->incident.state = INCIDENT_CLOSED;
	buf_clear(&later);
	mail_subject(&w->request, &later);
	assert_string_equal(buf_text(&later), "Re: DOWN: Misskey API, HTTP 504");
	buf_done(&first);
	buf_done(&later);
	free(w);
}

static void only_an_important_notice_is_marked_so(void **state)
{
	struct world *w = world_new();
	struct buf mail = BUF_INIT(MAIL_BYTES_MAX);

	(void)state;
	stack_down(w);
	render(w, LANGUAGE_EN, &mail);
	assert_non_null(strstr(buf_text(&mail), "\r\nImportance: high\r\nPriority: urgent\r\n"));
	w->notice.is_important = false;
	render(w, LANGUAGE_EN, &mail);
	assert_null(strstr(buf_text(&mail), "Importance"));
	assert_null(strstr(buf_text(&mail), "X-Priority"));
	buf_done(&mail);
	free(w);
}

static void a_long_thread_keeps_its_root_and_its_newest(void **state)
{
	struct world *w = world_new();
	struct buf mail = BUF_INIT(MAIL_BYTES_MAX);
	const char *refs;

	(void)state;
	still_down_after_days(w); /* the 32nd mail: seq 31 */
	render(w, LANGUAGE_EN, &mail);
	refs = strstr(buf_text(&mail), "\r\nReferences:");
	assert_non_null(refs);
	assert_non_null(strstr(refs, ".0."));
	assert_null(strstr(refs, ".11."));
	assert_non_null(strstr(refs, ".12."));
	assert_non_null(strstr(refs, ".30."));
	buf_done(&mail);
	free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_mail_is_as_its_golden_file),
		cmocka_unit_test(every_golden_file_parses_without_a_fault),
		cmocka_unit_test(the_strict_parser_finds_a_header_too_many),
		cmocka_unit_test(foreign_text_neither_adds_a_header_nor_breaks_a_mail),
		cmocka_unit_test(no_new_place_takes_foreign_text_as_it_is),
		cmocka_unit_test(a_hostile_sender_or_recipient_adds_no_header),
		cmocka_unit_test(the_largest_mail_there_is_fits_its_cap),
		cmocka_unit_test(subjects_are_those_of_the_design),
		cmocka_unit_test(our_own_subjects_are_never_cut),
		cmocka_unit_test(a_long_name_is_cut_between_characters),
		cmocka_unit_test(the_same_request_gives_the_same_bytes),
		cmocka_unit_test(a_stack_without_sites_never_says_they_are_up),
		cmocka_unit_test(a_stable_subject_stays_as_the_first_mail_had_it),
		cmocka_unit_test(only_an_important_notice_is_marked_so),
		cmocka_unit_test(a_long_thread_keeps_its_root_and_its_newest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
