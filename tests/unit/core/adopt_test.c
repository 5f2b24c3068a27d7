/*
 * adopt_test.c - a notice that outlived its state brings its incident back, and
 * a drill's brings nothing.
 */
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

static const char *endpoint(const void *params)
{
	return params;
}

static const struct probe_kind kind = { .name = "tcp", .endpoint = endpoint };
static const struct target_plan targets[] = {
	{ .name = "drill",
	  .title = "Drill",
	  .group = "Checks",
	  .interval = 60 * USEC_PER_SEC,
	  .timeout = USEC_PER_SEC,
	  .retest = { USEC_PER_SEC },
	  .retests = 1,
	  .fall = 3,
	  .rise = 2,
	  .kind = &kind },
};
/* The worst that can be: something real that has the names of a drill's. */
static const struct stack_plan stacks[] = { { .name = "drill", .title = "Drill" } };
static const struct plan plan = {
	.targets = targets,
	.targets_n = 1,
	.stacks = stacks,
	.stacks_n = 1,
};

static void on_launch(void *ctx, uint32_t target, struct now now)
{
	(void)ctx, (void)target, (void)now;
}

static void on_abort(void *ctx, uint32_t target)
{
	(void)ctx, (void)target;
}

/* ctx: where the incident goes that is recorded last; NULL: nowhere. */
static void on_record(void *ctx, const struct record *record)
{
	struct incident *last = ctx;

	if (last && record->kind == RECORD_INCIDENT)
		*last = *record->incident;
}

static void on_deliver(void *ctx, const struct notice *notice, const struct incident *incident)
{
	(void)ctx, (void)notice, (void)incident;
}

static void on_publish(void *ctx)
{
	(void)ctx;
}

static const struct engine_effects effects = { NULL,	  on_launch,  on_abort,
					       on_record, on_deliver, on_publish };

static struct now at(int64_t seconds)
{
	return (struct now){ { seconds * USEC_PER_SEC },
			     { (INT64_C(1795222800) + seconds) * USEC_PER_SEC } };
}

static struct notice notice_of(enum notice_kind what, bool is_drill)
{
	struct notice n = {
		.incident = UINT64_C(0xfedcba9876543210),
		.seq = what == NOTICE_RECOVERED,
		.serial = 7,
		.kind = what,
		.diagnosis = DIAGNOSIS_UNREACHABLE,
		.created = at(100),
		.opened = at(90),
		.recipient = "ops@example.com",
		.number = "drill-140140",
		.stack = "drill",
		.host = "status.example.net",
		.affected = "drill",
		.is_drill = is_drill,
	};

	n.id = notice_id(&n);
	return n;
}

/* What is true after these notices were found at a start. */
static void adopt_all(bool is_drill, size_t *ret_open, size_t *ret_past, struct buf *ret_state)
{
	struct engine *engine = engine_new(&plan, &effects, at(200), 1);
	struct notice down = notice_of(NOTICE_DOWN, is_drill);
	struct notice up = notice_of(NOTICE_RECOVERED, is_drill);
	struct model model;

	engine_adopt(engine, &down, at(200));
	engine_model(engine, at(200), &model);
	*ret_open = model.incidents_n;
	engine_adopt(engine, &up, at(200));
	engine_model(engine, at(200), &model);
	*ret_past = model.past_n;
	engine_snapshot(engine, at(200), ret_state);
	engine_free(engine);
}

static void a_real_notice_brings_its_incident_back(void **state)
{
	struct buf text = BUF_INIT(SNAPSHOT_MAX);
	size_t open, past;

	(void)state;
	adopt_all(false, &open, &past, &text);
	assert_int_equal(open, 1);
	assert_int_equal(past, 1);
	assert_non_null(strstr(buf_text(&text), "fedcba9876543210"));
	buf_done(&text);
}

static void the_history_learns_of_the_end(void **state)
{
	struct incident last = { .state = INCIDENT_FREE };
	const struct engine_effects recording = { &last,     on_launch,	 on_abort,
						  on_record, on_deliver, on_publish };
	struct engine *engine = engine_new(&plan, &recording, at(200), 1);
	struct notice up = notice_of(NOTICE_RECOVERED, false);

	(void)state;
	engine_adopt(engine, &up, at(200));
	assert_int_equal(last.state, INCIDENT_CLOSED);
	assert_int_equal(last.id, up.incident);
	assert_int_equal(last.mails, 2);
	assert_string_equal(last.affected[0], "drill");
	assert_true(wall_is_set(last.closed.wall));
	engine_free(engine);
}

static void a_drills_notice_leaves_no_trace_in_the_state(void **state)
{
	struct buf text = BUF_INIT(SNAPSHOT_MAX), untouched = BUF_INIT(SNAPSHOT_MAX);
	struct engine *engine = engine_new(&plan, &effects, at(200), 1);
	size_t open, past;

	(void)state;
	adopt_all(true, &open, &past, &text);
	assert_int_equal(open, 0);
	assert_int_equal(past, 0);
	engine_snapshot(engine, at(200), &untouched);
	assert_string_equal(buf_text(&text), buf_text(&untouched));
	engine_free(engine);
	buf_done(&text);
	buf_done(&untouched);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_real_notice_brings_its_incident_back),
		cmocka_unit_test(the_history_learns_of_the_end),
		cmocka_unit_test(a_drills_notice_leaves_no_trace_in_the_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
