/*
 * snapshot_test.c - state to text and back: equal after a round trip, harmless
 * when cut or broken, right on another boot's clock, and alive afterwards.
 */
#include <errno.h>
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

/* ---- a small plan and a world that answers as told ---- */

static const char *endpoint(const void *params)
{
	return params;
}

static const struct probe_kind kind = { .name = "http", .endpoint = endpoint };

#define TARGET(text)                                                                               \
	{                                                                                          \
		.name = text, .title = text, .group = "Checks", .interval = 60 * USEC_PER_SEC,     \
		.timeout = 10 * USEC_PER_SEC, .connect_timeout = 5 * USEC_PER_SEC,                 \
		.settle = 30 * USEC_PER_SEC, .retest = { 10 * USEC_PER_SEC, 20 * USEC_PER_SEC },   \
		.retests = 2, .fall = 3, .rise = 2, .kind = &kind                                  \
	}

static const struct target_plan targets[] = {
	TARGET("blog"),
	TARGET("wiki"),
	TARGET("shop"),
	{ .name = "beats-alertmanager", .role = ROLE_ALERTMANAGER, .interval = 60 * USEC_PER_SEC,
	  .timeout = 10 * USEC_PER_SEC, .retest = { 10 * USEC_PER_SEC }, .retests = 1, .fall = 1,
	  .rise = 1, .kind = &kind },
};
static const struct stack_plan stacks[] = { { .name = "home", .title = "Home" } };
static const struct watchdog_plan watchdogs[] = {
	{ .name = "beats",
	  .hook = "beats",
	  .token = "t",
	  .period = 60 * USEC_PER_SEC,
	  .grace = 240 * USEC_PER_SEC,
	  .start_grace = 600 * USEC_PER_SEC,
	  .resolved_is_down = true },
};
static const struct recipient_plan to[] = { { .address = "ops@example.com" } };
static const struct channel_plan channels[] = { { .name = "ops@example.com" } };
static const struct plan plan = {
	.targets = targets,
	.targets_n = 3,
	.witnesses_n = 1,
	.stacks = stacks,
	.stacks_n = 1,
	.watchdogs = watchdogs,
	.watchdogs_n = 1,
	.channels = channels,
	.channels_n = 1,
	.mail = { .host = "h.example",
		  .to = to,
		  .to_n = 1,
		  .group_wait = 60 * USEC_PER_SEC,
		  .cap = 10,
		  .repeat = { USEC_PER_HOUR } },
};

struct world {
	struct engine *engine;
	struct now now;
	uint32_t witness; /* index of the Alertmanager */
	bool is_down[4];
	bool is_running[4];
	bool is_stopped; /* no beats */
	unsigned notices, downs, recoveries, closed;
};

static void on_launch(void *ctx, uint32_t target, struct now now)
{
	struct world *w = ctx;

	(void)now;
	w->is_running[target] = true;
}

static void on_abort(void *ctx, uint32_t target)
{
	((struct world *)ctx)->is_running[target] = false;
}

static void on_record(void *ctx, const struct record *record)
{
	struct world *w = ctx;

	if (record->kind == RECORD_INCIDENT)
		w->closed += record->incident->state == INCIDENT_CLOSED;
}

static void on_deliver(void *ctx, const struct notice *notice, const struct incident *incident)
{
	struct world *w = ctx;

	(void)incident;
	w->notices++;
	w->downs += notice->kind == NOTICE_DOWN;
	w->recoveries += notice->kind == NOTICE_RECOVERED;
}

static void on_publish(void *ctx)
{
	(void)ctx;
}

static void begin_with(struct world *w, const struct plan *with, struct now now)
{
	const struct engine_effects effects = { w,	   on_launch,  on_abort,
						on_record, on_deliver, on_publish };

	w->now = now;
	w->witness = (uint32_t)with->targets_n;
	memset(w->is_running, 0, sizeof w->is_running);
	w->engine = engine_new(with, &effects, now, 42);
}

static void begin(struct world *w, struct now now)
{
	begin_with(w, &plan, now);
}

static void answer(struct world *w, uint32_t i)
{
	struct observation o = {
		.target = i,
		.started = w->now,
		.ended = w->now.mono,
		.outcome = w->is_down[i] ? (struct outcome){ PHASE_CONNECT, CAUSE_REFUSED }
					 : (struct outcome){ PHASE_BODY, CAUSE_PASS },
		.total_us = 12345 + i,
		.code = w->is_down[i] ? 0 : 200,
		.certificate = { .not_before = { 1793000000000000 },
				 .not_after = { i == 1 ? 1795900000000000 : 1800000000000000 },
				 .fingerprint = 0xabc0 + i },
		.address = { .family = FAMILY_IPV4, .port = 443 },
	};

	if (i == w->witness) {
		o.certificate = (struct certificate){ 0 };
		o.testimony = w->is_stopped ? TESTIMONY_ABSENT : TESTIMONY_ACTIVE;
		o.age_us = w->is_stopped ? 0 : 20 * USEC_PER_SEC;
	}
	w->is_running[i] = false;
	engine_observe(w->engine, &o, w->now);
}

/* Second by second; every run ends at once, a beat comes every minute. */
static void live(struct world *w, int seconds)
{
	for (int s = 0; s < seconds; s++) {
		if (!w->is_stopped && s % 60 == 0)
			engine_beat(w->engine, 0, BEAT_FIRING, FAMILY_IPV4, w->now);
		(void)engine_advance(w->engine, w->now);
		for (uint32_t i = 0; i < 4; i++)
			if (w->is_running[i])
				answer(w, i);
		(void)engine_advance(w->engine, w->now);
		w->now.mono.us += USEC_PER_SEC;
		w->now.wall.us += USEC_PER_SEC;
	}
}

static char *snapshot(const struct world *w)
{
	struct buf text = BUF_INIT(SNAPSHOT_MAX);
	size_t n;
	char *taken;

	engine_snapshot(w->engine, w->now, &text);
	taken = buf_take(&text, &n);
	assert_non_null(taken);
	return taken;
}

static const struct now start = { { 900 * USEC_PER_SEC }, { 1795222800 * USEC_PER_SEC } };

/* What people say holds whatever would end a word or a line of the state. */
static const char said[] = "100 % sure: the breaker, \xe9\x9b\xbb\xe6\xba\x90 = off\r\n\x01";

static void remark(struct world *w)
{
	struct model model;

	engine_model(w->engine, w->now, &model);
	assert_int_equal(model.incidents_n, 1);
	assert_true(engine_note(w->engine, model.incidents[0].number, said, w->now));
	assert_false(engine_note(w->engine, "20010101-9", said, w->now));
	engine_self(w->engine, SELF_CONFIGURATION, "a.cfg:1: no such key", w->now);
}

/* An outage with a past incident, an open one with two members, a silence. */
static void eventful(struct world *w)
{
	*w = (struct world){ .notices = 0 };
	begin(w, start);
	live(w, 300);
	w->is_down[2] = true;
	live(w, 300);
	w->is_down[2] = false;
	live(w, 400);
	w->is_down[0] = true;
	live(w, 130);
	w->is_stopped = true;
	w->is_down[1] = true;
	live(w, 150);
	remark(w);
	assert_true(w->notices >= 3);
}

/* ---- round trips ---- */

static void a_restored_engine_writes_the_same_text(void **state)
{
	struct world w, again = { .notices = 0 };
	char *first, *second;

	(void)state;
	eventful(&w);
	for (int step = 0; step < 40; step++) {
		first = snapshot(&w);
		assert_non_null(strstr(first, "\nwitness "));
		assert_non_null(strstr(first, "\npull "));
		begin(&again, w.now);
		assert_int_equal(engine_restore(again.engine, first, 0, 0, w.now), 0);
		second = snapshot(&again);
		assert_string_equal(first, second);
		engine_free(again.engine);
		free(first);
		free(second);
		live(&w, 17);
	}
	engine_free(w.engine);
}

static void a_restored_engine_lives_on_as_if_nothing_had_been(void **state)
{
	struct world w, again;
	char *first, *a, *b;

	(void)state;
	eventful(&w);
	first = snapshot(&w);
	again = w;
	begin(&again, w.now);
	assert_int_equal(engine_restore(again.engine, first, 0, 0, w.now), 0);
	w.recoveries = again.recoveries = 0;
	w.is_down[0] = w.is_down[1] = again.is_down[0] = again.is_down[1] = false;
	w.is_stopped = again.is_stopped = false;
	live(&w, 600);
	live(&again, 600);
	assert_int_equal(w.recoveries, 1);
	assert_int_equal(again.recoveries, 1);
	a = snapshot(&w);
	b = snapshot(&again);
	assert_null(strstr(a, "\nincident "));
	assert_null(strstr(b, "\nincident "));
	free(a);
	free(b);
	free(first);
	engine_free(w.engine);
	engine_free(again.engine);
}

/* ---- what people were told ---- */

static void a_note_is_one_line_and_survives(void **state)
{
	struct world w, again = { .notices = 0 };
	struct model model;
	const struct incident_event *note;
	char *text;

	(void)state;
	eventful(&w);
	text = snapshot(&w);
	begin(&again, w.now);
	assert_int_equal(engine_restore(again.engine, text, 0, 0, w.now), 0);
	engine_model(again.engine, w.now, &model);
	note = &model.incidents[0].log[model.incidents[0].log_n - 1];
	assert_int_equal(note->kind, EVENT_NOTE);
	assert_string_equal(note->text, "100 % sure: the breaker, \xe9\x9b\xbb\xe6\xba\x90 = off ");
	engine_free(w.engine);
	engine_free(again.engine);
	free(text);
}

/* Takes each line that begins with `what` out of the text, and the word ` by_channel=1`. */
static void make_older(char *text, const char *what)
{
	char *word = strstr(text, " by_channel=1"), *line = text;

	assert_non_null(word);
	memmove(word, word + strlen(" by_channel=1"), strlen(word + strlen(" by_channel=1")) + 1);
	while (*line != '\0') {
		char *next = strchr(line, '\n') + 1;

		if (strncmp(line, what, strlen(what)) == 0)
			memmove(line, next, strlen(next) + 1);
		else
			line = next;
	}
}

static void what_an_older_program_told_it_told_everybody(void **state)
{
	struct world w = { .notices = 0 }, again = { .is_down = { true } };
	char *text;

	(void)state;
	begin(&w, start);
	live(&w, 120);
	w.is_down[0] = true;
	live(&w, 300);
	assert_int_equal(w.downs, 1);
	text = snapshot(&w);
	make_older(text, "told ");
	begin(&again, w.now);
	assert_int_equal(engine_restore(again.engine, text, 0, 0, w.now), 0);
	live(&again, 300);
	assert_int_equal(again.downs, 0);
	again.is_down[0] = false;
	live(&again, 300);
	assert_int_equal(again.recoveries, 1);
	engine_free(w.engine);
	engine_free(again.engine);
	free(text);
}

/* ---- another plan ---- */

static const struct stack_plan two_stacks[] = { { .name = "home", .title = "Home" },
						{ .name = "far", .title = "Far" } };

/* A site is down, with the rest of its stack well, and is then found in another stack. */
static void a_target_that_is_moved_to_another_stack_has_not_recovered(void **state)
{
	struct target_plan moved[4] = { targets[0], targets[1], targets[2], targets[3] };
	struct plan with = plan;
	struct world w = { .notices = 0 }, again = { .is_down = { true } };
	struct model model;
	char *text;

	(void)state;
	begin(&w, start);
	live(&w, 120);
	w.is_down[0] = true;
	live(&w, 300);
	text = snapshot(&w);
	moved[0].stack = 1;
	with.targets = moved, with.stacks = two_stacks, with.stacks_n = 2;
	begin_with(&again, &with, w.now);
	assert_int_equal(engine_restore(again.engine, text, 0, 0, w.now), 0);
	assert_int_equal(again.closed, 1);
	live(&again, 300);
	assert_int_equal(again.recoveries, 0);
	engine_model(again.engine, again.now, &model);
	assert_int_equal(model.incidents_n, 1);
	assert_string_equal(model.incidents[0].stack, "far");
	assert_int_equal(model.past_n, 1);
	engine_free(w.engine);
	engine_free(again.engine);
	free(text);
}

static void what_is_taken_out_with_its_stack_is_not_open_for_ever(void **state)
{
	static const struct stack_plan other[] = { { .name = "other", .title = "Other" } };
	struct plan with = plan;
	struct world w = { .notices = 0 }, again = { .notices = 0 };
	struct model model;
	char *text;

	(void)state;
	begin(&w, start);
	live(&w, 120);
	w.is_down[0] = true;
	live(&w, 300);
	text = snapshot(&w);
	with.targets = targets + 1, with.targets_n = 2, with.stacks = other;
	begin_with(&again, &with, w.now);
	assert_int_equal(engine_restore(again.engine, text, 0, 0, w.now), 0);
	assert_int_equal(again.closed, 1);
	assert_int_equal(again.recoveries, 0);
	engine_model(again.engine, again.now, &model);
	assert_int_equal(model.incidents_n, 0);
	assert_int_equal(model.past_n, 1);
	assert_int_equal(model.past[0].state, INCIDENT_CLOSED);
	engine_free(w.engine);
	engine_free(again.engine);
	free(text);
}

static void trouble_of_ours_is_told_once_while_it_lasts(void **state)
{
	struct world w, again = { .notices = 0 };
	unsigned before;
	char *text;

	(void)state;
	eventful(&w);
	before = w.notices;
	engine_self(w.engine, SELF_CONFIGURATION, "a.cfg:1: no such key", w.now);
	assert_int_equal(w.notices, before);
	engine_self(w.engine, SELF_CONFIGURATION, "a.cfg:2: no such key", w.now);
	assert_int_equal(w.notices, before + 1);
	text = snapshot(&w);
	begin(&again, w.now);
	assert_int_equal(engine_restore(again.engine, text, 0, 0, w.now), 0);
	engine_self(again.engine, SELF_CONFIGURATION, "a.cfg:2: no such key", w.now);
	assert_int_equal(again.notices, 0);
	engine_self(again.engine, SELF_CONFIGURATION, NULL, w.now);
	engine_self(again.engine, SELF_CONFIGURATION, "a.cfg:2: no such key", w.now);
	assert_int_equal(again.notices, 1);
	engine_free(w.engine);
	engine_free(again.engine);
	free(text);
}

static void a_certificate_is_not_warned_of_again(void **state)
{
	struct world w, again = { .notices = 0 };
	struct model model;
	char *text;

	(void)state;
	eventful(&w);
	engine_model(w.engine, w.now, &model);
	assert_int_equal(model.targets[1].cert_days, 9); /* a quarter of 33 days and a half */
	assert_int_equal(model.targets[0].cert_days, 0);
	text = snapshot(&w);
	begin(&again, w.now);
	assert_int_equal(engine_restore(again.engine, text, 0, 0, w.now), 0);
	live(&again, 1);
	engine_model(again.engine, again.now, &model);
	assert_int_equal(model.targets[1].cert_days, 9);
	assert_int_equal(again.notices, 0);
	engine_free(w.engine);
	engine_free(again.engine);
	free(text);
}

static void another_boots_clock_shifts_everything(void **state)
{
	struct world w, again = { .notices = 0 };
	const usec_t shift = -(890 * USEC_PER_SEC);
	char *first, *second, *third;

	(void)state;
	eventful(&w);
	first = snapshot(&w);
	begin(&again, (struct now){ { w.now.mono.us + shift }, w.now.wall });
	assert_int_equal(engine_restore(again.engine, first, shift, 0, again.now), 0);
	second = snapshot(&again);
	assert_string_not_equal(first, second);
	engine_free(again.engine);
	begin(&again, w.now);
	assert_int_equal(engine_restore(again.engine, second, -shift, 0, again.now), 0);
	third = snapshot(&again);
	assert_string_equal(first, third);
	engine_free(again.engine);
	engine_free(w.engine);
	free(first);
	free(second);
	free(third);
}

/* ---- broken text ---- */

static void live_a_little(struct world *w)
{
	live(w, 5);
	engine_free(w->engine);
}

/* Refused, and nothing of it taken: a state without its incidents would mail them anew. */
static void every_truncation_is_refused(void **state)
{
	struct world w, again = { .notices = 0 };
	char *text, *fresh, *after;
	size_t n;

	(void)state;
	eventful(&w);
	text = snapshot(&w);
	n = strlen(text);
	begin(&again, w.now);
	fresh = snapshot(&again);
	for (size_t i = 0; i + 1 < n; i++) { /* only the last line's end may be missing */
		char *cut = strndup(text, i);

		assert_int_equal(engine_restore(again.engine, cut, 0, 0, w.now), -EBADMSG);
		free(cut);
	}
	after = snapshot(&again);
	assert_string_equal(fresh, after);
	assert_int_equal(engine_restore(again.engine, text, 0, 0, w.now), 0);
	live_a_little(&again);
	engine_free(w.engine);
	free(text);
	free(fresh);
	free(after);
}

static void every_flipped_bit_is_refused_or_harmless(void **state)
{
	struct world w, again = { .notices = 0 };
	char *text;
	size_t n;

	(void)state;
	eventful(&w);
	text = snapshot(&w);
	n = strlen(text);
	for (size_t i = 0; i < n; i++) {
		int bit = (int)(i % 7);
		int r;

		text[i] ^= (char)(1 << bit);
		begin(&again, w.now);
		r = engine_restore(again.engine, text, 0, 0, w.now);
		assert_true(r == 0 || r == -EBADMSG);
		if (r == 0)
			live_a_little(&again);
		else
			engine_free(again.engine);
		text[i] ^= (char)(1 << bit);
	}
	free(text);
	engine_free(w.engine);
}

static void foreign_text_is_refused(void **state)
{
	static const char *const foreign[] = {
		"",
		"\n",
		"shorewatch-state",
		"shorewatch-state 2\n",
		"shorewatch-state 10\n",
		"{\"a\": 1}",
		"shorewatch-state 1\n",
		"shorewatch-state 1\ntarget blog state\nend -\n",
		"shorewatch-state 1\ntarget blog state=99\nend -\n",
		"shorewatch-state 1\ntarget blog state=-1\nend -\n",
		"shorewatch-state 1\nwatchdog beats state=7\nend -\n",
		"shorewatch-state 1\nincident - state=2 id=0000000000000001 finding=99 "
		"stack=home\nend -\n"
	};
	struct world w = { .notices = 0 };

	(void)state;
	for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
		begin(&w, start);
		if (engine_restore(w.engine, foreign[i], 0, 0, start) != -EBADMSG)
			fail_msg("taken: %s", foreign[i]);
		engine_free(w.engine);
	}
}

static void a_newer_programs_lines_and_keys_are_passed_over(void **state)
{
	struct world w = { .notices = 0 };

	(void)state;
	begin(&w, start);
	assert_int_equal(
		engine_restore(
			w.engine,
			"shorewatch-state 1\nweather home rain=1\ntarget blog colour=blue state=1\n"
			"target gone state=1\nend -\n",
			0, 0, start),
		0);
	live(&w, 5);
	engine_free(w.engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_restored_engine_writes_the_same_text),
		cmocka_unit_test(what_an_older_program_told_it_told_everybody),
		cmocka_unit_test(a_restored_engine_lives_on_as_if_nothing_had_been),
		cmocka_unit_test(a_note_is_one_line_and_survives),
		cmocka_unit_test(a_target_that_is_moved_to_another_stack_has_not_recovered),
		cmocka_unit_test(what_is_taken_out_with_its_stack_is_not_open_for_ever),
		cmocka_unit_test(trouble_of_ours_is_told_once_while_it_lasts),
		cmocka_unit_test(a_certificate_is_not_warned_of_again),
		cmocka_unit_test(another_boots_clock_shifts_everything),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(every_flipped_bit_is_refused_or_harmless),
		cmocka_unit_test(foreign_text_is_refused),
		cmocka_unit_test(a_newer_programs_lines_and_keys_are_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
