/*
 * pull_test.c - watchdog.md 9 and 11, "Pull", to the second: one witness, both
 * of them, what beats refute, what our own absence excuses.
 */
#include "core/pull.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static const struct pull_rule rule = { .period = 60 * USEC_PER_SEC, .window = 300 * USEC_PER_SEC };

#define ASKED_EVERY 60
#define VALID	    (3 * ASKED_EVERY * USEC_PER_SEC)

struct lab {
	struct witness am, prometheus;
	struct deadman deadman;
	struct pull_state state;
	bool has_prometheus, has_no_alertmanager;
};

static struct now at(int64_t seconds)
{
	return (struct now){ { (1000000 + seconds) * USEC_PER_SEC },
			     { (9000000 + seconds) * USEC_PER_SEC } };
}

static struct lab lab_of(void)
{
	struct lab lab = { .has_prometheus = false };

	witness_init(&lab.am, VALID);
	witness_init(&lab.prometheus, VALID);
	deadman_init(&lab.deadman, at(-3600));
	lab.deadman.state = DEADMAN_UP;
	return lab;
}

static enum pull judge(struct lab *lab, int64_t t)
{
	struct pull_evidence ev = {
		.alertmanager = lab->has_no_alertmanager ? NULL : &lab->am,
		.prometheus = lab->has_prometheus ? &lab->prometheus : NULL,
		.deadman = &lab->deadman,
	};

	(void)pull_advance(&lab->state, &rule, &ev, at(t));
	return lab->state.verdict;
}

static struct observation answer(int64_t t, enum testimony testimony, int64_t age)
{
	return (struct observation){
		.started = at(t),
		.ended = at(t).mono,
		.outcome = { PHASE_BODY, CAUSE_PASS },
		.testimony = testimony,
		.age_us = age * USEC_PER_SEC,
		.code = 200,
	};
}

static enum pull says(struct lab *lab, int64_t t, enum testimony testimony, int64_t age)
{
	struct observation o = answer(t, testimony, age);

	witness_hear(&lab->am, &rule, &o);
	return judge(lab, t);
}

static enum pull fails(struct lab *lab, int64_t t, enum phase phase, enum cause cause, int code)
{
	struct observation o = {
		.started = at(t), .ended = at(t).mono, .outcome = { phase, cause }, .code = code
	};

	if (witness_is_silent(&o))
		witness_miss(&lab->am, o.started, "");
	else
		witness_hear(&lab->am, &rule, &o);
	return judge(lab, t);
}

static void beats_at(struct lab *lab, int64_t t)
{
	lab->deadman.last = at(t);
}

/* ---- one Alertmanager ---- */

static void fresh_news_is_ok_at_once(void **state)
{
	struct lab lab = lab_of();

	(void)state;
	assert_int_equal(judge(&lab, 0), PULL_NONE);
	assert_int_equal(says(&lab, 0, TESTIMONY_ACTIVE, 90), PULL_OK);
	assert_int_equal(says(&lab, 60, TESTIMONY_ACTIVE, 210), PULL_OK);
	assert_int_equal(pull_effective(&lab.state, &lab.deadman), PULL_OK);
}

static void news_older_than_210_s_is_stale_when_said_twice(void **state)
{
	struct lab lab = lab_of();

	(void)state;
	assert_int_equal(says(&lab, 0, TESTIMONY_ACTIVE, 170), PULL_OK);
	assert_false(witness_needs_confirmation(&lab.am));
	assert_int_equal(witness_decides(&lab.am, &rule).us, at(41).mono.us);
	assert_int_equal(says(&lab, 41, TESTIMONY_ACTIVE, 211), PULL_OK);
	assert_true(witness_needs_confirmation(&lab.am));
	assert_int_equal(says(&lab, 61, TESTIMONY_ACTIVE, 231), PULL_STALE);
	assert_int_equal(lab.state.blame, PULL_STALE);
	assert_int_equal(lab.state.blamed_from.mono.us, at(-170).mono.us);
	assert_int_equal(lab.state.blamed_from.wall.us, at(-170).wall.us);
}

static void the_list_that_is_emptied_after_old_news_confirms_it(void **state)
{
	struct lab lab = lab_of();

	(void)state;
	says(&lab, 0, TESTIMONY_ACTIVE, 170);
	says(&lab, 60, TESTIMONY_ACTIVE, 230);
	assert_int_equal(says(&lab, 80, TESTIMONY_ABSENT, 0), PULL_STALE);
	for (int t = 140; t < 1000; t += 60)
		assert_int_equal(says(&lab, t, TESTIMONY_ABSENT, 0), PULL_STALE);
}

static void a_saw_tooth_below_the_limit_never_is(void **state)
{
	struct lab lab = lab_of();

	(void)state;
	for (int t = 0; t < 36000; t += 60)
		assert_int_equal(says(&lab, t, TESTIMONY_ACTIVE, t % 120), PULL_OK);
}

/* 209, 211, 209: the younger one is a new evaluation, so there is no way to flap on the edge. */
static void the_edge_of_the_limit_is_quiet(void **state)
{
	struct lab lab = lab_of();
	struct pull_state before;

	(void)state;
	for (int t = 0; t < 3600; t += 60) {
		before = lab.state;
		assert_int_equal(says(&lab, t, TESTIMONY_ACTIVE, t / 60 % 2 ? 211 : 209), PULL_OK);
		if (t > 0)
			assert_int_equal(lab.state.blame, before.blame);
	}
}

static void after_blame_two_good_answers_half_a_period_apart_are_needed(void **state)
{
	struct lab lab = lab_of();

	(void)state;
	says(&lab, 0, TESTIMONY_ACTIVE, 220);
	says(&lab, 20, TESTIMONY_ACTIVE, 240);
	assert_int_equal(lab.state.blame, PULL_STALE);
	assert_int_equal(says(&lab, 60, TESTIMONY_ACTIVE, 5), PULL_OK);
	assert_int_equal(lab.state.blame, PULL_STALE);
	says(&lab, 89, TESTIMONY_ACTIVE, 34);
	assert_int_equal(lab.state.blame, PULL_STALE);
	says(&lab, 90, TESTIMONY_ACTIVE, 35);
	assert_int_equal(lab.state.blame, PULL_NONE);
}

static void an_empty_list_is_missing_after_180_s(void **state)
{
	struct lab lab = lab_of();

	(void)state;
	assert_int_equal(says(&lab, 0, TESTIMONY_ACTIVE, 20), PULL_OK);
	assert_int_equal(says(&lab, 60, TESTIMONY_ABSENT, 0), PULL_OK);
	assert_int_equal(witness_decides(&lab.am, &rule).us, at(240).mono.us);
	assert_int_equal(says(&lab, 120, TESTIMONY_ABSENT, 0), PULL_OK);
	assert_int_equal(says(&lab, 239, TESTIMONY_ABSENT, 0), PULL_OK);
	assert_int_equal(says(&lab, 240, TESTIMONY_ABSENT, 0), PULL_MISSING);
	assert_int_equal(lab.state.blame, PULL_MISSING);
}

/* Both restarted, empty for 90 s (120 s at evaluations every minute). */
static void an_empty_list_for_120_s_is_a_restart(void **state)
{
	struct lab lab = lab_of();

	(void)state;
	says(&lab, 0, TESTIMONY_ACTIVE, 80);
	for (int t = 10; t <= 130; t += 10)
		assert_int_equal(says(&lab, t, TESTIMONY_ABSENT, 0), PULL_OK);
	assert_int_equal(says(&lab, 140, TESTIMONY_ACTIVE, 3), PULL_OK);
	assert_int_equal(lab.state.blame, PULL_NONE);
}

static void empty_from_the_first_answer_on_is_not_known_yet(void **state)
{
	struct lab lab = lab_of();

	(void)state;
	assert_int_equal(says(&lab, 0, TESTIMONY_ABSENT, 0), PULL_NONE);
	assert_int_equal(says(&lab, 170, TESTIMONY_ABSENT, 0), PULL_NONE);
	assert_int_equal(says(&lab, 180, TESTIMONY_ABSENT, 0), PULL_MISSING);
}

static void suppressed_is_believed_at_once_and_acts_when_late(void **state)
{
	struct lab lab = lab_of();

	(void)state;
	assert_int_equal(says(&lab, 0, TESTIMONY_SUPPRESSED, 30), PULL_SUPPRESSED);
	assert_int_equal(lab.state.blame, PULL_NONE);
	beats_at(&lab, -120);
	lab.deadman.state = DEADMAN_LATE;
	judge(&lab, 1);
	assert_int_equal(lab.state.blame, PULL_SUPPRESSED);
	assert_int_equal(lab.state.blamed_from.mono.us, at(-120).mono.us);
	lab.deadman.state = DEADMAN_UP; /* a beat, while it still says so */
	judge(&lab, 2);
	assert_int_equal(lab.state.blame, PULL_SUPPRESSED);
	says(&lab, 60, TESTIMONY_ACTIVE, 5);
	assert_int_equal(lab.state.blame, PULL_NONE);
}

static void suppressed_by_an_alertmanager_that_hears_nothing_is_stale(void **state)
{
	struct lab lab = lab_of();

	(void)state;
	says(&lab, 0, TESTIMONY_SUPPRESSED, 220);
	assert_int_equal(says(&lab, 20, TESTIMONY_SUPPRESSED, 239), PULL_STALE);
}

/* ---- no answer, and answers that say nothing ---- */

static void silence_is_unreachable_when_it_is_twice(void **state)
{
	static const struct {
		struct outcome outcome;
		int code;
	} ways[] = {
		{ { PHASE_CONNECT, CAUSE_REFUSED }, 0 },
		{ { PHASE_CONNECT, CAUSE_TIMEOUT }, 0 },
		{ { PHASE_WAIT, CAUSE_TIMEOUT }, 0 },
		{ { PHASE_DNS, CAUSE_NXDOMAIN }, 0 },
		{ { PHASE_CONNECT, CAUSE_UNREACHABLE }, 0 },
		{ { PHASE_WAIT, CAUSE_RESET }, 0 },
		{ { PHASE_WAIT, CAUSE_STATUS }, 502 },
		{ { PHASE_WAIT, CAUSE_STATUS }, 503 },
		{ { PHASE_WAIT, CAUSE_STATUS }, 504 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		struct lab lab = lab_of();

		says(&lab, 0, TESTIMONY_ACTIVE, 20);
		assert_int_equal(
			fails(&lab, 60, ways[i].outcome.phase, ways[i].outcome.cause, ways[i].code),
			PULL_OK);
		assert_true(witness_needs_confirmation(&lab.am));
		assert_int_equal(
			fails(&lab, 80, ways[i].outcome.phase, ways[i].outcome.cause, ways[i].code),
			PULL_UNREACHABLE);
		assert_int_equal(lab.state.blame, PULL_NONE);
		assert_int_equal(says(&lab, 140, TESTIMONY_ACTIVE, 1), PULL_OK);
	}
}

static void what_says_nothing_is_broken_when_it_is_twice(void **state)
{
	static const struct {
		struct outcome outcome;
		int code;
	} ways[] = {
		{ { PHASE_WAIT, CAUSE_STATUS }, 401 },	 { { PHASE_WAIT, CAUSE_STATUS }, 403 },
		{ { PHASE_WAIT, CAUSE_STATUS }, 404 },	 { { PHASE_WAIT, CAUSE_STATUS }, 500 },
		{ { PHASE_BODY, CAUSE_MISMATCH }, 200 }, { { PHASE_WAIT, CAUSE_REDIRECT }, 302 },
		{ { PHASE_BODY, CAUSE_CUT }, 200 },	 { { PHASE_TLS, CAUSE_CERTIFICATE }, 0 },
		{ { PHASE_TLS, CAUSE_EXPIRED }, 0 },	 { { PHASE_BODY, CAUSE_PROTOCOL }, 0 },
		{ { PHASE_DNS, CAUSE_FORBIDDEN }, 0 },	 { { PHASE_TLS, CAUSE_HANDSHAKE }, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		struct lab lab = lab_of();

		says(&lab, 0, TESTIMONY_ACTIVE, 20);
		assert_int_equal(
			fails(&lab, 60, ways[i].outcome.phase, ways[i].outcome.cause, ways[i].code),
			PULL_OK);
		assert_int_equal(
			fails(&lab, 80, ways[i].outcome.phase, ways[i].outcome.cause, ways[i].code),
			PULL_BROKEN);
		for (int t = 140; t < 3600; t += 60)
			fails(&lab, t, ways[i].outcome.phase, ways[i].outcome.cause, ways[i].code);
		assert_int_equal(lab.state.blame, PULL_NONE);
	}
}

/* A pass that says nothing is a mistake of ours; it must never look well. */
static void a_pass_without_a_testimony_is_never_ok(void **state)
{
	struct lab lab = lab_of();

	(void)state;
	says(&lab, 0, TESTIMONY_NONE, 0);
	assert_int_equal(says(&lab, 60, TESTIMONY_NONE, 0), PULL_BROKEN);
}

static void an_answer_older_than_three_intervals_is_no_knowledge(void **state)
{
	struct lab lab = lab_of();
	struct pull_evidence ev = { .alertmanager = &lab.am, .deadman = &lab.deadman };

	(void)state;
	says(&lab, 0, TESTIMONY_ACTIVE, 20);
	assert_int_equal(judge(&lab, 180), PULL_OK);
	assert_int_equal(pull_wake(&lab.state, &rule, &ev, at(180).mono).us, at(180).mono.us + 1);
	assert_int_equal(judge(&lab, 181), PULL_NONE);
	assert_true(pull_is_open(&lab.state, &rule, at(181).mono));
	assert_true(pull_is_open(&lab.state, &rule, at(360).mono));
	assert_false(pull_is_open(&lab.state, &rule, at(361).mono));
}

static void not_knowing_takes_no_blame_back(void **state)
{
	struct lab lab = lab_of();

	(void)state;
	says(&lab, 0, TESTIMONY_ACTIVE, 220);
	says(&lab, 20, TESTIMONY_ACTIVE, 240);
	assert_int_equal(judge(&lab, 300), PULL_NONE);
	assert_int_equal(lab.state.blame, PULL_STALE);
	assert_int_equal(pull_effective(&lab.state, &lab.deadman), PULL_STALE);
	fails(&lab, 310, PHASE_CONNECT, CAUSE_REFUSED, 0);
	fails(&lab, 330, PHASE_CONNECT, CAUSE_REFUSED, 0);
	assert_int_equal(lab.state.verdict, PULL_UNREACHABLE);
	assert_int_equal(lab.state.blame, PULL_STALE);
	lab.deadman.state =
		DEADMAN_SILENT; /* now it is its silence that speaks, and what is known of it */
	assert_int_equal(pull_effective(&lab.state, &lab.deadman), PULL_UNREACHABLE);
}

/* ---- beats refute ---- */

static void beats_that_come_although_nothing_is_there_show_the_wrong_witness(void **state)
{
	struct lab lab = lab_of();

	(void)state;
	for (int t = 0; t < 7200; t += 60) {
		beats_at(&lab, t);
		says(&lab, t, TESTIMONY_ABSENT, 0);
		assert_int_equal(lab.state.blame, PULL_NONE);
	}
	assert_int_equal(lab.state.verdict, PULL_BROKEN);
}

/* ... but one stale firing of the other replica does not: it comes within seconds. */
static void a_stale_firing_does_not_refute_an_absence(void **state)
{
	struct lab lab = lab_of();

	(void)state;
	says(&lab, 0, TESTIMONY_ABSENT, 0);
	beats_at(&lab, 15);
	says(&lab, 60, TESTIMONY_ABSENT, 0);
	says(&lab, 180, TESTIMONY_ABSENT, 0);
	assert_int_equal(lab.state.blame, PULL_NONE); /* counted from that beat */
	assert_int_equal(says(&lab, 195, TESTIMONY_ABSENT, 0), PULL_MISSING);
}

static void beats_long_after_old_news_refute_it(void **state)
{
	struct lab lab = lab_of();

	(void)state;
	for (int t = 0; t <= 400; t += 20) {
		beats_at(&lab, t);
		says(&lab, t, TESTIMONY_ACTIVE, 220 + t);
		if (t == 20)
			assert_int_equal(lab.state.verdict, PULL_STALE);
	}
	assert_int_equal(lab.state.verdict, PULL_BROKEN);
	assert_int_equal(lab.state.blame, PULL_NONE);
}

/* Alertmanager repeats a dead alert for 240 s: that much is no contradiction. */
static void beats_of_a_dead_alert_do_not_refute_it(void **state)
{
	struct lab lab = lab_of();

	(void)state;
	says(&lab, 0, TESTIMONY_ACTIVE, 90);
	for (int t = 60; t <= 600; t += 30) {
		if (t <= 150)
			beats_at(&lab, t);
		says(&lab, t, t <= 150 ? TESTIMONY_ACTIVE : TESTIMONY_ABSENT, 90 + t);
		if (t > 150)
			assert_int_equal(lab.state.verdict, PULL_STALE);
	}
	assert_int_equal(lab.state.blame, PULL_STALE);
}

/* ---- a deadman that is dead ---- */

static void an_ok_explains_a_silence_only_after_a_whole_window(void **state)
{
	struct lab lab = lab_of();

	(void)state;
	fails(&lab, 0, PHASE_CONNECT, CAUSE_REFUSED, 0);
	fails(&lab, 20, PHASE_CONNECT, CAUSE_REFUSED, 0);
	lab.deadman.state = DEADMAN_SILENT;
	for (int t = 60; t < 360; t += 60) {
		assert_int_equal(says(&lab, t, TESTIMONY_ACTIVE, 10), PULL_OK);
		assert_int_equal(pull_effective(&lab.state, &lab.deadman), PULL_UNREACHABLE);
	}
	says(&lab, 360, TESTIMONY_ACTIVE, 10);
	assert_int_equal(pull_effective(&lab.state, &lab.deadman), PULL_OK);
}

static void what_was_ok_all_the_while_explains_it_at_once(void **state)
{
	struct lab lab = lab_of();

	(void)state;
	says(&lab, 0, TESTIMONY_ACTIVE, 10);
	lab.deadman.state = DEADMAN_SILENT;
	says(&lab, 60, TESTIMONY_ACTIVE, 10);
	assert_int_equal(pull_effective(&lab.state, &lab.deadman), PULL_OK);
}

static void a_resolved_is_outlived_by_a_window_of_firing(void **state)
{
	struct lab lab = lab_of();

	(void)state;
	lab.deadman.state = DEADMAN_RESOLVED;
	lab.deadman.resolved = at(100).mono;
	lab.deadman.was_resolved = true;
	for (int t = 0; t < 480; t += 60) {
		says(&lab, t, TESTIMONY_ACTIVE, 10);
		if (t < 400)
			assert_false(lab.state.is_refuting);
	}
	assert_true(lab.state.is_refuting);
}

/* ---- Prometheus ---- */

static void prometheus_misses(struct lab *lab, int64_t t)
{
	lab->has_prometheus = true;
	witness_miss(&lab->prometheus, at(t), "");
}

static void prometheus_says(struct lab *lab, int64_t t, enum testimony testimony, int64_t age)
{
	struct observation o = answer(t, testimony, age);

	lab->has_prometheus = true;
	witness_hear(&lab->prometheus, &rule, &o);
}

static void prometheus_is_gone_after_180_s_without_news(void **state)
{
	struct lab lab = lab_of();

	(void)state;
	says(&lab, 0, TESTIMONY_ACTIVE, 5);
	for (int t = 1; t <= 181; t += 30) {
		prometheus_misses(&lab, t);
		says(&lab, t, TESTIMONY_ACTIVE, 5 + t);
		assert_int_equal(lab.state.verdict, t < 181 ? PULL_OK : PULL_STALE);
	}
	assert_int_equal(lab.state.blame, PULL_STALE);
}

static void news_of_it_shows_that_only_our_way_to_it_is_broken(void **state)
{
	struct lab lab = lab_of();

	(void)state;
	for (int t = 0; t <= 7200; t += 60) {
		prometheus_misses(&lab, t);
		assert_int_equal(says(&lab, t, TESTIMONY_ACTIVE, t % 90), PULL_OK);
		assert_int_equal(lab.state.blame, PULL_NONE);
	}
}

static void both_unreachable_is_unreachable(void **state)
{
	struct lab lab = lab_of();

	(void)state;
	says(&lab, 0, TESTIMONY_ACTIVE, 5);
	for (int t = 20; t <= 600; t += 20) {
		prometheus_misses(&lab, t);
		fails(&lab, t, PHASE_CONNECT, CAUSE_REFUSED, 0);
	}
	assert_int_equal(lab.state.verdict, PULL_UNREACHABLE);
	assert_int_equal(lab.state.blame, PULL_NONE);
}

static void prometheus_accuses_itself_where_alertmanager_says_nothing(void **state)
{
	struct lab lab = lab_of();

	(void)state;
	for (int t = 0; t <= 40; t += 20) {
		prometheus_says(&lab, t, TESTIMONY_ACTIVE, 250 + t);
		fails(&lab, t, PHASE_WAIT, CAUSE_STATUS, 401);
	}
	assert_int_equal(lab.state.verdict, PULL_STALE);
}

/* That Prometheus fires proves nothing of Alertmanager: shown, but a silence stays unexplained. */
static void prometheus_alone_is_shown_but_explains_no_silence(void **state)
{
	struct lab lab = lab_of();

	(void)state;
	lab.has_no_alertmanager = true;
	prometheus_says(&lab, 0, TESTIMONY_ACTIVE, 17);
	assert_int_equal(judge(&lab, 0), PULL_OK);
	assert_int_equal(pull_effective(&lab.state, &lab.deadman), PULL_NONE);
	prometheus_says(&lab, 60, TESTIMONY_ACTIVE, 301);
	assert_int_equal(judge(&lab, 60), PULL_OK); /* its last news is 77 s old */
	prometheus_says(&lab, 240, TESTIMONY_ACTIVE, 301);
	assert_int_equal(judge(&lab, 240), PULL_STALE);
}

static void an_alertmanager_not_heard_yet_is_not_replaced(void **state)
{
	struct lab lab = lab_of();

	(void)state;
	prometheus_says(&lab, 0, TESTIMONY_ACTIVE, 17);
	assert_int_equal(judge(&lab, 0), PULL_NONE);
}

/* ---- clocks and absences ---- */

static void a_step_of_their_clock_does_not_make_younger_news_undone(void **state)
{
	struct lab lab = lab_of();

	(void)state;
	says(&lab, 0, TESTIMONY_ACTIVE, 20);
	for (int t = 20; t <= 180; t += 20)
		assert_int_equal(says(&lab, t, TESTIMONY_ACTIVE, 320 + t), PULL_OK);
}

static void an_answer_that_a_cache_repeats_grows_old(void **state)
{
	struct lab lab = lab_of();
	struct observation o = answer(0, TESTIMONY_ACTIVE, 20);

	(void)state;
	o.date = at(0).wall;
	for (int t = 0; t <= 240; t += 60) {
		o.started = at(t);
		o.ended = at(t).mono;
		witness_hear(&lab.am, &rule, &o);
		judge(&lab, t);
	}
	assert_int_equal(lab.am.age, 260 * USEC_PER_SEC);
	assert_int_equal(lab.am.said, SAID_OLD);
}

static void our_absence_adds_exactly_its_span(void **state)
{
	struct lab lab = lab_of();

	(void)state;
	says(&lab, 0, TESTIMONY_ABSENT, 0);
	says(&lab, 100, TESTIMONY_ABSENT, 0);
	witness_excuse(&lab.am, 1000 * USEC_PER_SEC);
	assert_int_equal(says(&lab, 1179, TESTIMONY_ABSENT, 0), PULL_NONE);
	assert_int_equal(says(&lab, 1180, TESTIMONY_ABSENT, 0), PULL_MISSING);
}

static void a_drill_of_seconds_is_cut_to_its_window(void **state)
{
	const struct pull_rule drill = { .period = USEC_PER_SEC, .window = 5 * USEC_PER_SEC };
	struct lab lab = lab_of();
	struct pull_evidence ev = { .alertmanager = &lab.am, .deadman = &lab.deadman };
	struct observation o = answer(0, TESTIMONY_ACTIVE, 5);

	(void)state;
	witness_hear(&lab.am, &drill, &o);
	assert_int_equal(lab.am.said, SAID_FRESH);
	o = answer(1, TESTIMONY_ACTIVE, 6);
	witness_hear(&lab.am, &drill, &o);
	o = answer(2, TESTIMONY_ABSENT, 0);
	witness_hear(&lab.am, &drill, &o);
	(void)pull_advance(&lab.state, &drill, &ev, at(2));
	assert_int_equal(lab.state.verdict, PULL_STALE);
}

static void nobody_asked_is_nothing_and_acquits(void **state)
{
	struct lab lab = lab_of();
	struct pull_evidence nobody = { .deadman = &lab.deadman };

	(void)state;
	says(&lab, 0, TESTIMONY_ACTIVE, 220);
	says(&lab, 20, TESTIMONY_ACTIVE, 240);
	assert_true(pull_advance(&lab.state, &rule, &nobody, at(21)));
	assert_int_equal(lab.state.blame, PULL_NONE);
	assert_int_equal(lab.state.verdict, PULL_NONE);
	assert_false(pull_is_open(&lab.state, &rule, at(22).mono));
}

/* Its list was empty from the first: of a Prometheus that is gone nothing was ever heard. */
static void a_prometheus_of_which_nothing_was_heard_is_gone_as_well(void **state)
{
	struct lab lab = lab_of();

	(void)state;
	for (int t = 0; t <= 180; t += 20) {
		prometheus_misses(&lab, t);
		says(&lab, t, TESTIMONY_ABSENT, 0);
	}
	assert_int_equal(lab.state.verdict, PULL_STALE);
}

static void a_prometheus_without_the_alert_says_so_where_alertmanager_is_silent(void **state)
{
	struct lab lab = lab_of();

	(void)state;
	for (int t = 0; t <= 180; t += 20) {
		prometheus_says(&lab, t, TESTIMONY_ABSENT, 0);
		fails(&lab, t, PHASE_CONNECT, CAUSE_REFUSED, 0);
	}
	assert_int_equal(lab.state.verdict, PULL_MISSING);
	assert_true(lab.state.is_own);
}

/* Held back is alive: somebody has evaluated it. */
static void a_silence_acquits_of_an_old_blame(void **state)
{
	struct lab lab = lab_of();

	(void)state;
	says(&lab, 0, TESTIMONY_ACTIVE, 220);
	says(&lab, 20, TESTIMONY_ACTIVE, 240);
	assert_int_equal(lab.state.blame, PULL_STALE);
	says(&lab, 60, TESTIMONY_SUPPRESSED, 5);
	says(&lab, 100, TESTIMONY_SUPPRESSED, 5);
	assert_int_equal(lab.state.blame, PULL_NONE);
}

static void before_the_first_answer_there_is_a_speaker_without_words(void **state)
{
	struct lab lab = lab_of();
	const struct pull_evidence only = { .prometheus = &lab.prometheus,
					    .deadman = &lab.deadman };
	const struct pull_evidence nobody = { .deadman = &lab.deadman };
	struct pull_state broken = { .verdict = PULL_BROKEN };

	(void)state;
	assert_ptr_equal(pull_speaker(&lab.state, &only), &lab.prometheus);
	assert_null(pull_speaker(&lab.state, &nobody));
	assert_string_equal(pull_note(&lab.state, &nobody), "");
	assert_false(pull_is_disputed(&broken, &nobody));
}

/* A blame that another life has left goes with the last witness. */
static void blame_goes_when_nobody_is_asked_any_more(void **state)
{
	struct lab lab = lab_of();
	const struct pull_evidence nobody = { .deadman = &lab.deadman };

	(void)state;
	lab.state.blame = PULL_SUPPRESSED;
	assert_true(pull_advance(&lab.state, &rule, &nobody, at(1)));
	assert_int_equal(lab.state.blame, PULL_NONE);
	assert_false(pull_advance(&lab.state, &rule, &nobody, at(2)));
}

/* ---- our listener ---- */

static void the_listener_fails_when_it_is_twice(void **state)
{
	struct witness w;
	enum listener is = LISTENER_UNKNOWN;

	(void)state;
	witness_init(&w, VALID);
	assert_int_equal(is = listener_judge(&w, is, at(0).mono), LISTENER_UNKNOWN);
	witness_miss(&w, at(0), "");
	assert_int_equal(is = listener_judge(&w, is, at(0).mono), LISTENER_UNKNOWN);
	witness_greet(&w, at(20));
	assert_int_equal(is = listener_judge(&w, is, at(20).mono), LISTENER_OK);
	witness_miss(&w, at(80), "");
	assert_int_equal(is = listener_judge(&w, is, at(80).mono), LISTENER_OK);
	witness_miss(&w, at(100), "");
	assert_int_equal(is = listener_judge(&w, is, at(100).mono), LISTENER_FAILS);
	assert_int_equal(is = listener_judge(&w, is, at(281).mono), LISTENER_UNKNOWN);
}

/* ---- every sequence of six answers, once a minute, with beats or without ---- */

static void one_answer(struct lab *lab, unsigned kind, int64_t t, int64_t *news)
{
	switch (kind) {
	case 0:
		*news = t - 20;
		says(lab, t, TESTIMONY_ACTIVE, 20);
		break;
	case 1:
		says(lab, t, TESTIMONY_ACTIVE, t - *news);
		break;
	case 2:
		says(lab, t, TESTIMONY_ABSENT, 0);
		break;
	case 3:
		fails(lab, t, PHASE_CONNECT, CAUSE_REFUSED, 0);
		break;
	default:
		fails(lab, t, PHASE_WAIT, CAUSE_STATUS, 401);
		break;
	}
}

/* Guilty only without news for 180 s; never while beats come long after it; acquitted only by news
 * or beats. */
static void no_sequence_is_judged_without_cause(void **state)
{
	(void)state;
	for (unsigned code = 0; code < 78125; code++) { /* 5^7 */
		struct lab lab = lab_of();
		int64_t news = -20, t = 0;
		unsigned rest = code;

		says(&lab, 0, TESTIMONY_ACTIVE, 20);
		for (int i = 1; i <= 7; i++, rest /= 5) {
			enum pull before = lab.state.blame;

			t += 60;
			one_answer(&lab, rest % 5, t, &news);
			if (before == PULL_NONE && lab.state.blame != PULL_NONE)
				assert_true(t - news >= 180);
			if (before != PULL_NONE && lab.state.blame == PULL_NONE)
				assert_true(t - news < 180);
			if (lab.state.verdict == PULL_OK)
				assert_true(t - news < 500);
		}
	}
}

static void every_verdict_has_a_name(void **state)
{
	(void)state;
	for (int i = 0; i < PULL_COUNT; i++)
		assert_true(strlen(pull_name((enum pull)i)) > 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_prometheus_of_which_nothing_was_heard_is_gone_as_well),
		cmocka_unit_test(a_prometheus_without_the_alert_says_so_where_alertmanager_is_silent),
		cmocka_unit_test(a_silence_acquits_of_an_old_blame),
		cmocka_unit_test(before_the_first_answer_there_is_a_speaker_without_words),
		cmocka_unit_test(blame_goes_when_nobody_is_asked_any_more),
		cmocka_unit_test(fresh_news_is_ok_at_once),
		cmocka_unit_test(news_older_than_210_s_is_stale_when_said_twice),
		cmocka_unit_test(the_list_that_is_emptied_after_old_news_confirms_it),
		cmocka_unit_test(a_saw_tooth_below_the_limit_never_is),
		cmocka_unit_test(the_edge_of_the_limit_is_quiet),
		cmocka_unit_test(after_blame_two_good_answers_half_a_period_apart_are_needed),
		cmocka_unit_test(an_empty_list_is_missing_after_180_s),
		cmocka_unit_test(an_empty_list_for_120_s_is_a_restart),
		cmocka_unit_test(empty_from_the_first_answer_on_is_not_known_yet),
		cmocka_unit_test(suppressed_is_believed_at_once_and_acts_when_late),
		cmocka_unit_test(suppressed_by_an_alertmanager_that_hears_nothing_is_stale),
		cmocka_unit_test(silence_is_unreachable_when_it_is_twice),
		cmocka_unit_test(what_says_nothing_is_broken_when_it_is_twice),
		cmocka_unit_test(a_pass_without_a_testimony_is_never_ok),
		cmocka_unit_test(an_answer_older_than_three_intervals_is_no_knowledge),
		cmocka_unit_test(not_knowing_takes_no_blame_back),
		cmocka_unit_test(beats_that_come_although_nothing_is_there_show_the_wrong_witness),
		cmocka_unit_test(a_stale_firing_does_not_refute_an_absence),
		cmocka_unit_test(beats_long_after_old_news_refute_it),
		cmocka_unit_test(beats_of_a_dead_alert_do_not_refute_it),
		cmocka_unit_test(an_ok_explains_a_silence_only_after_a_whole_window),
		cmocka_unit_test(what_was_ok_all_the_while_explains_it_at_once),
		cmocka_unit_test(a_resolved_is_outlived_by_a_window_of_firing),
		cmocka_unit_test(prometheus_is_gone_after_180_s_without_news),
		cmocka_unit_test(news_of_it_shows_that_only_our_way_to_it_is_broken),
		cmocka_unit_test(both_unreachable_is_unreachable),
		cmocka_unit_test(prometheus_accuses_itself_where_alertmanager_says_nothing),
		cmocka_unit_test(prometheus_alone_is_shown_but_explains_no_silence),
		cmocka_unit_test(an_alertmanager_not_heard_yet_is_not_replaced),
		cmocka_unit_test(a_step_of_their_clock_does_not_make_younger_news_undone),
		cmocka_unit_test(an_answer_that_a_cache_repeats_grows_old),
		cmocka_unit_test(our_absence_adds_exactly_its_span),
		cmocka_unit_test(a_drill_of_seconds_is_cut_to_its_window),
		cmocka_unit_test(nobody_asked_is_nothing_and_acquits),
		cmocka_unit_test(the_listener_fails_when_it_is_twice),
		cmocka_unit_test(no_sequence_is_judged_without_cause),
		cmocka_unit_test(every_verdict_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
