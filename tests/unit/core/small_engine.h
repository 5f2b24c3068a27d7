/*
 * small_engine.h - an engine over a small plan, and what it has said: for tests
 * that ask it for one thing and want no world around it.
 *
 * Two sites, a cron job, one Watchdog with an Alertmanager that is asked.
 */
#ifndef TEST_SMALL_ENGINE_H
#define TEST_SMALL_ENGINE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "core/engine.h"

#define SNAPSHOT_MAX (1u << 20)

enum { BLOG, WIKI, BACKUP, ALERTMANAGER, SMALL_TARGETS };

/* What came out of it, by kind. */
struct heard {
	unsigned notices, kinds[NOTICE_KINDS], opened, closed;
	unsigned launched[SMALL_TARGETS];
};

static const char *small_endpoint(const void *params)
{
	return params;
}

static const struct probe_kind small_kind = { .name = "http", .endpoint = small_endpoint };
static const struct ping_plan small_ping = { .url = "https://status.example.net/ping/backup",
					     .token = "t",
					     .period = USEC_PER_HOUR,
					     .grace = 10 * USEC_PER_MIN };

#define SMALL_SITE(text)                                                                           \
	{                                                                                          \
		.name = text, .title = text, .group = "Checks", .interval = 60 * USEC_PER_SEC,     \
		.timeout = 10 * USEC_PER_SEC, .connect_timeout = 5 * USEC_PER_SEC,                 \
		.settle = 30 * USEC_PER_SEC, .retest = { 10 * USEC_PER_SEC, 20 * USEC_PER_SEC },   \
		.retests = 2, .fall = 3, .rise = 2, .kind = &small_kind, .twin = NONE_INDEX        \
	}

static const struct target_plan small_targets[SMALL_TARGETS] = {
	[BLOG] = SMALL_SITE("blog"),
	[WIKI] = SMALL_SITE("wiki"),
	[BACKUP] = { .name = "backup", .title = "Backup", .group = "Jobs",
		     .interval = USEC_PER_HOUR, .timeout = 10 * USEC_PER_MIN, .fall = 1, .rise = 1,
		     .kind = &small_kind, .ping = &small_ping, .twin = NONE_INDEX },
	[ALERTMANAGER] = { .name = "beats-alertmanager", .title = "", .group = "Witnesses",
			   .role = ROLE_ALERTMANAGER, .interval = 60 * USEC_PER_SEC,
			   .timeout = 10 * USEC_PER_SEC, .fall = 1, .rise = 1,
			   .kind = &small_kind, .twin = NONE_INDEX },
};
static const struct stack_plan small_stacks[] = { { .name = "home", .title = "Home" } };
static const struct watchdog_plan small_watchdogs[] = {
	{ .name = "beats", .hook = "beats", .token = "t", .period = 60 * USEC_PER_SEC,
	  .grace = 240 * USEC_PER_SEC, .start_grace = 600 * USEC_PER_SEC,
	  .resolved_is_down = true },
};
static const struct recipient_plan small_to[] = { { .address = "ops@example.com" } };
static const struct channel_plan small_channels[] = { { .name = "ops@example.com" } };
static const struct plan small_plan = {
	.targets = small_targets,
	.targets_n = 3,
	.pings_n = 1,
	.witnesses_n = 1,
	.stacks = small_stacks,
	.stacks_n = 1,
	.watchdogs = small_watchdogs,
	.watchdogs_n = 1,
	.channels = small_channels,
	.channels_n = 1,
	.mail = { .host = "h.example", .to = small_to, .to_n = 1,
		  .group_wait = 60 * USEC_PER_SEC, .cap = 10, .repeat = { USEC_PER_HOUR } },
};

static void small_launch(void *ctx, uint32_t target, struct now now)
{
	(void)now;
	((struct heard *)ctx)->launched[target]++;
}

static void small_abort(void *ctx, uint32_t target)
{
	(void)ctx, (void)target;
}

static void small_record(void *ctx, const struct record *record)
{
	struct heard *heard = ctx;

	if (record->kind != RECORD_INCIDENT)
		return;
	if (record->incident->state == INCIDENT_CLOSED)
		heard->closed++;
	else
		heard->opened++;
}

static void small_deliver(void *ctx, const struct notice *notice, const struct incident *incident)
{
	struct heard *heard = ctx;

	(void)incident;
	heard->notices++;
	heard->kinds[notice->kind]++;
}

static void small_publish(void *ctx)
{
	(void)ctx;
}

/* `seconds` after the beginning, by both clocks. */
static inline struct now small_at(int64_t seconds)
{
	return (struct now){ { (50000 + seconds) * USEC_PER_SEC },
			     { (INT64_C(1795222800) + seconds) * USEC_PER_SEC } };
}

static inline struct engine *small_engine_of(const struct plan *plan, struct heard *heard,
					     struct now now)
{
	const struct engine_effects effects = { heard,	      small_launch,  small_abort,
						small_record, small_deliver, small_publish };

	return engine_new(plan, &effects, now, 42);
}

static inline struct engine *small_engine(struct heard *heard, struct now now)
{
	return small_engine_of(&small_plan, heard, now);
}

static inline struct model small_model(struct engine *engine, struct now now)
{
	struct model model;

	engine_model(engine, now, &model);
	return model;
}

/* The caller frees it. */
static inline char *small_state(const struct engine *engine, struct now now)
{
	struct buf text = BUF_INIT(SNAPSHOT_MAX);
	size_t n;

	engine_snapshot(engine, now, &text);
	return buf_take(&text, &n);
}

/* A state of these lines alone. What engine_restore says to it. */
static inline int small_restore(struct engine *engine, const char *lines, struct now now)
{
	struct buf text = BUF_INIT(SNAPSHOT_MAX);
	int r;

	buf_printf(&text, "shorewatch-state 1\n%s\nend -\n", lines);
	r = engine_restore(engine, buf_text(&text), 0, 0, now);
	buf_done(&text);
	return r;
}

#endif
