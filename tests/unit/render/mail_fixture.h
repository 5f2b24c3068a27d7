/*
 * mail_fixture.h - a small world for the mail tests: seven checks and one
 * Watchdog of one stack, as in the samples of the design.
 *
 * A test takes it, lets things fail in it, and renders one notice.
 */
#ifndef TESTS_MAIL_FIXTURE_H
#define TESTS_MAIL_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/buf.h"
#include "render/mail.h"

#define WORLD_TARGETS 64
#define INCIDENT_ID UINT64_C(0x5eed5eed5eed5eed)

enum { BLOG, MISSKEY, API, KUBE, INGRESS, SSH, ALERTMANAGER, SAMPLE_TARGETS };

struct world {
	struct plan plan;
	struct target_plan targets[WORLD_TARGETS];
	struct stack_plan stacks[2];
	struct watchdog_plan watchdogs[2];
	struct recipient_plan to;
	struct model model;
	struct target_view views[WORLD_TARGETS];
	struct deadman_view deadmen[2];
	struct stack_view stack_views[2];
	struct incident_member members[WORLD_TARGETS + 2];
	struct rollup rollups[WORLD_TARGETS + 2];
	struct daybook daybook;
	struct odd_day odd[ROLLUP_DAYS];
	struct incident incident;
	struct notice notice;
	struct mail_request request;
	char titles[WORLD_TARGETS][32];
};

/* 21 November 2026, Japan Standard Time. */
static inline wall_t at_day(int day, int hour, int minute, int second)
{
	struct tm tm = { .tm_year = 126, .tm_mon = 10, .tm_mday = day, .tm_hour = hour - 9,
			 .tm_min = minute, .tm_sec = second };

	return (wall_t){ (int64_t)timegm(&tm) * USEC_PER_SEC };
}

static inline wall_t at(int hour, int minute, int second)
{
	return at_day(21, hour, minute, second);
}

/* In this world the monotonic clock runs beside the wall clock. */
static inline struct now now_at(wall_t wall)
{
	return (struct now){ .mono = { wall.us - at_day(1, 0, 0, 0).us }, .wall = wall };
}

static inline void world_plan(struct world *w)
{
	static const char *const steps[] = {
		"Power and uplink at home: does the router answer on 203.0.113.1?",
		"If it does: open the node’s console, then kubectl get nodes",
		"If it does not: call home, or the provider (support number in the runbook)",
	};

	w->stacks[0] = (struct stack_plan){
		.name = "home", .title = "Home",
		.runbook = "https://status.nagisa-watch.example/runbook.html",
		.try_next = { steps, 3 },
	};
	w->stacks[1] = (struct stack_plan){
		.name = "default", .title = "Other", .is_implicit = true,
	};
	w->watchdogs[0] = (struct watchdog_plan){
		.name = "home", .hook = "home", .stack = 0, .period = USEC_PER_MIN,
		.grace = 4 * USEC_PER_MIN, .start_grace = 10 * USEC_PER_MIN,
	};
	w->to = (struct recipient_plan){ "owner@mailbox.example", LANGUAGE_EN };
	w->plan = (struct plan){
		.instance = "watch1", .timezone = "Asia/Tokyo", .language = LANGUAGE_EN,
		.targets = w->targets, .targets_n = SAMPLE_TARGETS, .references_n = 2,
		.stacks = w->stacks, .stacks_n = 2,
		.watchdogs = w->watchdogs, .watchdogs_n = 1,
		.page = { .url = "https://status.nagisa-watch.example/" },
		.mail = {
			.from = "Nagisa watch <watch@status.nagisa-watch.example>",
			.from_address = "watch@status.nagisa-watch.example",
			.host = "status.nagisa-watch.example",
			.to = &w->to, .to_n = 1,
			.repeat = { USEC_PER_HOUR, 4 * USEC_PER_HOUR, 12 * USEC_PER_HOUR, 0 },
		},
	};
}

static inline void world_target(struct world *w, uint32_t i, const char *name, const char *title,
				const char *group, enum layer layer)
{
	w->targets[i] = (struct target_plan){
		.name = name, .title = title, .group = group, .layer = layer, .stack = 0,
		.interval = 30 * USEC_PER_SEC, .timeout = 10 * USEC_PER_SEC,
		.connect_timeout = 10 * USEC_PER_SEC, .fall = 3, .rise = 2,
	};
	w->views[i] = (struct target_view){
		.plan = &w->targets[i], .state = VERDICT_UP, .last_ok = at(14, 1, 10),
		.ok_total_us = 140 * USEC_PER_MS,
	};
}

static inline void world_targets(struct world *w)
{
	world_target(w, BLOG, "blog", "Blog", "Public sites", LAYER_UNSET);
	world_target(w, MISSKEY, "mkweb", "Misskey web", "Public sites", LAYER_UNSET);
	world_target(w, API, "mkapi", "Misskey API", "Public sites", LAYER_UNSET);
	world_target(w, KUBE, "kapi", "kube-apiserver", "Cluster", LAYER_EDGE);
	world_target(w, INGRESS, "ingress", "Ingress", "Cluster", LAYER_EDGE);
	world_target(w, SSH, "ssh", "Node SSH", "Cluster", LAYER_EDGE);
	world_target(w, ALERTMANAGER, "am", "Alertmanager", "Monitoring pipeline", LAYER_EDGE);
}

static inline void world_model(struct world *w)
{
	w->deadmen[0] = (struct deadman_view){
		.plan = &w->watchdogs[0], .state = DEADMAN_UP, .last = at(14, 2, 34), .beats = 900,
	};
	w->stack_views[0] = (struct stack_view){
		.plan = &w->stacks[0], .last_answer = at(14, 1, 22),
		.sight = { .watchdog = WATCHDOG_FRESH },
	};
	w->stack_views[1] = (struct stack_view){
		.plan = &w->stacks[1], .sight = { .watchdog = WATCHDOG_NONE },
	};
	w->model = (struct model){
		.plan = &w->plan, .now = now_at(at(14, 3, 8)), .vantage = VANTAGE_OK,
		.references_up = 2, .references = 2, .targets = w->views, .rollups = w->rollups,
		.deadmen = w->deadmen, .stacks = w->stack_views, .members = w->members,
	};
}

static inline void world_incident(struct world *w)
{
	w->incident = (struct incident){
		.state = INCIDENT_OPEN, .id = INCIDENT_ID, .number = "20261121-1", .stack = "home",
		.host = "status.nagisa-watch.example", .opened = now_at(at(14, 1, 40)),
		.first_mail = now_at(at(14, 3, 8)), .mails = 1,
	};
	w->notice = (struct notice){
		.incident = INCIDENT_ID, .kind = NOTICE_DOWN, .created = now_at(at(14, 3, 8)),
		.recipient = "owner@mailbox.example", .number = "20261121-1", .stack = "home",
		.host = "status.nagisa-watch.example", .opened = now_at(at(14, 1, 40)),
	};
	w->request = (struct mail_request){ .model = &w->model, .incident = &w->incident,
					    .notice = &w->notice, .language = LANGUAGE_EN };
}

/* A quiet world at 14:03:08; the caller frees it. */
static inline struct world *world_new(void)
{
	struct world *w = calloc(1, sizeof *w);

	assert_non_null(w);
	assert_int_equal(setenv("TZ", "Asia/Tokyo", 1), 0);
	tzset();
	world_plan(w);
	world_targets(w);
	world_model(w);
	world_incident(w);
	return w;
}

/* `first` and `second` are one site, judged per family. */
static inline void world_pair(struct world *w, uint32_t first, uint32_t second, const char *name)
{
	w->targets[second].name = name;
	w->targets[second].title = w->targets[first].title;
	w->targets[second].group = w->targets[first].group;
	w->targets[second].layer = w->targets[first].layer;
	w->targets[first].family = FAMILY_IPV4;
	w->targets[first].twin = second;
	w->targets[second].family = FAMILY_IPV6;
	w->targets[second].twin = first;
}

/* ---- what happens in it ---- */

static inline void world_fail(struct world *w, uint32_t i, enum phase phase, enum cause cause,
			      int code)
{
	struct outcome outcome = { phase, cause };

	w->views[i].state = VERDICT_DOWN;
	w->views[i].failure = outcome;
	w->members[i] = (struct incident_member){
		.incident = INCIDENT_ID, .is_failing = true, .outcome = outcome, .code = code,
		.took = cause == CAUSE_TIMEOUT ? 10 * USEC_PER_SEC : 3900 * USEC_PER_MS,
		.failing_since = w->notice.opened.wall,
		.last_ok = w->views[i].last_ok, .median_us = 142 * USEC_PER_MS,
	};
}

static inline void world_fail_all(struct world *w, enum phase phase, enum cause cause, int code)
{
	for (uint32_t i = 0; i < w->plan.targets_n; i++)
		world_fail(w, i, phase, cause, code);
}

static inline void world_silence(struct world *w, enum deadman_state state, wall_t last)
{
	uint32_t subject = (uint32_t)w->plan.targets_n;
	wall_t began = wall_is_set(last) ? last : w->notice.opened.wall;

	w->deadmen[0].state = state;
	w->deadmen[0].last = last;
	w->deadmen[0].silence = wall_span(began, w->notice.created.wall);
	w->stack_views[0].sight.watchdog =
		state == DEADMAN_RESOLVED ? WATCHDOG_RESOLVED : WATCHDOG_SILENT;
	if (state == DEADMAN_LATE)
		return;
	w->members[subject] = (struct incident_member){
		.incident = INCIDENT_ID, .is_failing = true, .failing_since = began,
		.last_ok = began,
	};
}

static inline void world_return(struct world *w, uint32_t i, wall_t when, int code, usec_t took)
{
	w->views[i].state = VERDICT_UP;
	w->views[i].ok_total_us = took;
	w->members[i].is_failing = false;
	w->members[i].recovered = when;
	w->members[i].recovered_code = code;
	w->members[i].recovered_us = took;
}

/* The incident is told as `diagnosis`; `before` is what the last mail said, NONE for the first. */
static inline void world_tell(struct world *w, enum notice_kind kind, enum diagnosis diagnosis,
			      enum diagnosis before)
{
	struct incident *i = &w->incident;
	struct incident_event mailed = { .kind = EVENT_MAILED, .diagnosis = before, .count = 1 };

	i->finding = i->mailed = i->worst = w->notice.diagnosis = diagnosis;
	w->notice.kind = kind;
	w->stack_views[0].finding.primary = diagnosis;
	if (before != DIAGNOSIS_NONE) {
		i->log[i->log_n++] = mailed;
		w->notice.seq++;
		i->mails++;
	}
	if (diagnosis_severity(before) > diagnosis_severity(diagnosis))
		i->worst = before;
	mailed.diagnosis = diagnosis;
	i->log[i->log_n++] = mailed;
	w->notice.is_important = kind == NOTICE_DOWN && !diagnosis_is_pipeline(diagnosis);
	w->notice.id = notice_id(&w->notice);
}

/* The clock is put to `wall`, for the mail and for the page. */
static inline void world_time(struct world *w, wall_t wall)
{
	w->notice.created = now_at(wall);
	w->model.now = now_at(wall);
	if (w->incident.mails <= 1 && w->notice.kind == NOTICE_DOWN)
		w->incident.first_mail = now_at(wall);
}

static inline void world_opened(struct world *w, wall_t wall)
{
	w->incident.opened = w->notice.opened = now_at(wall);
}

#endif
