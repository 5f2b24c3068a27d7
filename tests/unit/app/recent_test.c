/*
 * recent_test.c - the last 24 hours of a check, against a count by hand of
 * random runs: quarter hours, medians, what is listed, and that reading on
 * comes to the same as reading all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/recent.h"
#include "base/calendar.h"
#include "io/store.h"
#include "render/model_many.h"

#define QUARTER	 (15 * USEC_PER_MIN)
#define DAY	 (24 * USEC_PER_HOUR)
#define TARGETS	 3
#define RUNS_MAX 2000

struct made {
	wall_t started;
	usec_t total;
	struct outcome outcome;
};

struct place {
	char path[64];
	struct many many;
	struct store *store;
	struct recent *recent;
	struct now now;
	uint64_t dice;
	struct made made[RUNS_MAX]; /* of the first target */
	size_t n;
};

static void moves(struct place *p, usec_t span)
{
	p->now.mono = mono_add(p->now.mono, span > 0 ? span : USEC_PER_SEC);
	p->now.wall.us += span;
	p->many.model.now = p->now;
}

static int place_of(void **state, size_t targets)
{
	struct place *p = calloc(1, sizeof *p);
	char note[256];

	assert_non_null(p);
	fixture_zone();
	(void)snprintf(p->path, sizeof p->path, "/tmp/shorewatch-recent-XXXXXX");
	int fd = mkstemp(p->path);
	assert_true(fd >= 0);
	(void)close(fd);
	(void)unlink(p->path);
	many_make(&p->many, targets, 1, model_up);
	p->now = (struct now){ { 5000 * USEC_PER_SEC }, p->many.model.now.wall };
	moves(p, USEC_PER_SEC);
	assert_int_equal(store_open(p->path, NULL, p->now, &p->store, note, sizeof note), 0);
	p->recent = recent_new();
	assert_non_null(p->recent);
	p->dice = 1;
	*state = p;
	return 0;
}

static int place_make(void **state)
{
	return place_of(state, TARGETS);
}

static int place_remove(void **state)
{
	static const char *const endings[] = { "", "-wal", "-shm", "-journal" };
	struct place *p = *state;
	char path[96];

	recent_free(p->recent);
	store_close(p->store);
	many_free(&p->many);
	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
		(void)snprintf(path, sizeof path, "%s%s", p->path, endings[i]);
		(void)unlink(path);
	}
	free(p);
	return 0;
}

static uint64_t roll(struct place *p, uint64_t sides)
{
	p->dice = p->dice * 6364136223846793005u + 1442695040888963407u;
	return (p->dice >> 33) % sides;
}

static void store_run(struct place *p, const char *name, const struct made *made)
{
	struct observation o = { .started = { .wall = made->started },
				 .total_us = made->total,
				 .outcome = made->outcome,
				 .code = made->outcome.cause == CAUSE_STATUS ? 503 : 0 };

	for (int i = 0; i < PHASE_COUNT; i++)
		o.phase_us[i] = PHASE_NOT_REACHED;
	store_observation(p->store, name, &o);
}

static void runs(struct place *p, wall_t started, usec_t total, struct outcome outcome)
{
	struct made made = { started, total, outcome };

	assert_true(p->n < RUNS_MAX);
	p->made[p->n++] = made;
	store_run(p, "target-0", &made);
}

static void passes(struct place *p, wall_t started, usec_t total)
{
	runs(p, started, total, (struct outcome){ PHASE_BODY, CAUSE_PASS });
}

static void flush(struct place *p)
{
	moves(p, USEC_PER_SEC);
	store_flush(p->store, p->now, false);
}

static void tells(struct place *p, struct recent *recent, size_t target, struct target_past *ret)
{
	struct sources from = { .model = &p->many.model, .store = p->store, .recent = recent };

	p->many.model.report++;
	assert_true(recent_past(&from, target, ret));
}

/* ---- by hand ---- */

static int by_time(const void *a, const void *b)
{
	const usec_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The least of them that so many percent do not exceed. */
static usec_t percentile(const usec_t *sorted, size_t n, unsigned percent)
{
	for (size_t i = 0; i < n; i++)
		if ((i + 1) * 100 >= n * percent)
			return sorted[i];
	return 0;
}

static bool is_told(const struct made *made)
{
	return outcome_fault(made->outcome) != FAULT_VANTAGE;
}

static struct target_quarter count_quarter(const struct place *p, wall_t from, wall_t until)
{
	usec_t times[RUNS_MAX];
	size_t n = 0;
	struct target_quarter q = { 0 };

	for (size_t i = 0; i < p->n; i++) {
		const struct made *m = &p->made[i];

		if (m->started.us < from.us || m->started.us >= until.us || !is_told(m))
			continue;
		if (m->outcome.cause == CAUSE_PASS)
			times[n++] = m->total;
		else
			q.failures++;
	}
	qsort(times, n, sizeof times[0], by_time);
	q.passes = (unsigned)n;
	q.median = percentile(times, n, 50);
	q.p95 = percentile(times, n, 95);
	return q;
}

static void assert_quarters(const struct place *p, const struct target_past *past)
{
	wall_t ends = { (p->now.wall.us / QUARTER + 1) * QUARTER };
	wall_t begins = { ends.us - TARGET_QUARTERS * QUARTER };
	struct target_quarter all = count_quarter(p, begins, ends);

	assert_int_equal(past->ends.us, ends.us);
	for (unsigned i = 0; i < TARGET_QUARTERS; i++) {
		wall_t from = { begins.us + i * QUARTER }, until = { from.us + QUARTER };
		struct target_quarter q = count_quarter(p, from, until);

		assert_int_equal(past->quarters[i].passes, q.passes);
		assert_int_equal(past->quarters[i].failures, q.failures);
		assert_int_equal(past->quarters[i].median, q.median);
		assert_int_equal(past->quarters[i].p95, q.p95);
	}
	assert_int_equal(past->passes, all.passes);
	assert_int_equal(past->failures, all.failures);
	assert_int_equal(past->median, all.median);
	assert_int_equal(past->p95, all.passes >= TARGET_P95_OF ? all.p95 : 0);
}

/* ---- tests ---- */

static struct outcome some_outcome(struct place *p)
{
	static const struct outcome outcomes[] = {
		{ PHASE_WAIT, CAUSE_STATUS },
		{ PHASE_CONNECT, CAUSE_TIMEOUT },
		{ PHASE_CONNECT, CAUSE_LOCAL }, /* our own fault */
	};
	uint64_t which = roll(p, 20);

	return which < 3 ? outcomes[which] : (struct outcome){ PHASE_BODY, CAUSE_PASS };
}

/* Over a day and a half, some of them side by side within a second. */
static void random_runs(struct place *p, size_t n)
{
	usec_t at = p->now.wall.us - DAY - DAY / 2;

	for (size_t i = 0; i < n; i++) {
		at += (usec_t)(1 + roll(p, 250000)) * USEC_PER_MS;
		if (at >= p->now.wall.us)
			return;
		runs(p, (wall_t){ at }, (usec_t)roll(p, 3000000), some_outcome(p));
	}
}

static void quarters_are_counted_as_by_hand(void **state)
{
	struct place *p = *state;
	struct target_past past;

	random_runs(p, RUNS_MAX);
	assert_true(p->n > 500);
	flush(p);
	tells(p, p->recent, 0, &past);
	assert_quarters(p, &past);
	assert_true(past.failures > 10);
}

static void nobody_has_the_runs_of_another_one(void **state)
{
	struct place *p = *state;
	struct target_past past;

	passes(p, (wall_t){ p->now.wall.us - USEC_PER_MIN }, 1000);
	flush(p);
	tells(p, p->recent, 1, &past);
	assert_int_equal(past.passes + past.failures + past.checks_n, 0);
	tells(p, p->recent, 0, &past);
	assert_int_equal(past.passes, 1);
}

static void reading_on_comes_to_the_same_as_reading_all(void **state)
{
	struct place *p = *state;
	struct recent *anew = recent_new();
	struct target_past on, all;

	assert_non_null(anew);
	random_runs(p, RUNS_MAX / 2);
	flush(p);
	for (unsigned report = 0; report < 40; report++) {
		tells(p, p->recent, 0, &on);
		for (unsigned i = 0; i < 4; i++)
			passes(p, (wall_t){ p->now.wall.us - (usec_t)roll(p, 60000) * USEC_PER_MS },
			       (usec_t)roll(p, 500000));
		flush(p);
		moves(p, 25 * USEC_PER_SEC);
	}
	tells(p, p->recent, 0, &on);
	tells(p, anew, 0, &all);
	assert_memory_equal(&on, &all, sizeof on);
	assert_quarters(p, &on);
	recent_free(anew);
}

/* It was begun before the last report, and its row came after it. */
static void a_row_that_comes_late_is_not_lost(void **state)
{
	struct place *p = *state;
	struct target_past past;

	passes(p, (wall_t){ p->now.wall.us - 10 * USEC_PER_SEC }, 1000);
	flush(p);
	tells(p, p->recent, 0, &past);
	assert_int_equal(past.passes, 1);
	passes(p, (wall_t){ p->now.wall.us - 90 * USEC_PER_SEC }, 2000);
	flush(p);
	moves(p, 20 * USEC_PER_SEC);
	tells(p, p->recent, 0, &past);
	assert_int_equal(past.passes, 2);
}

static void what_is_older_than_a_day_is_let_go(void **state)
{
	struct place *p = *state;
	struct target_past past;

	passes(p, (wall_t){ p->now.wall.us - USEC_PER_MIN }, 1000);
	flush(p);
	tells(p, p->recent, 0, &past);
	assert_int_equal(past.checks_n, 1);
	moves(p, DAY + QUARTER);
	tells(p, p->recent, 0, &past);
	assert_int_equal(past.passes + past.checks_n, 0);
}

static void a_clock_that_is_set_back_doubles_nothing(void **state)
{
	struct place *p = *state;
	struct target_past past;

	for (unsigned i = 0; i < 30; i++)
		passes(p, (wall_t){ p->now.wall.us - (usec_t)(3000 + 60 * i) * USEC_PER_SEC }, i);
	flush(p);
	tells(p, p->recent, 0, &past);
	assert_int_equal(past.passes, 30);
	moves(p, -40 * USEC_PER_MIN);
	tells(p, p->recent, 0, &past);
	assert_int_equal(past.passes, 30);
}

static void the_latest_are_listed_and_failures_beyond(void **state)
{
	struct place *p = *state;
	struct target_past past;
	usec_t now = p->now.wall.us;

	for (unsigned i = 1; i <= 40; i++)
		runs(p, (wall_t){ now - (usec_t)i * USEC_PER_MIN }, i * 1000,
		     i == 2 || i == 17 || i == 33 ? (struct outcome){ PHASE_WAIT, CAUSE_STATUS }
						  : (struct outcome){ PHASE_BODY, CAUSE_PASS });
	flush(p);
	tells(p, p->recent, 0, &past);
	assert_int_equal(past.checks_n, 8);
	for (unsigned i = 0; i < 6; i++)
		assert_int_equal(past.checks[i].started.us, now - (usec_t)(i + 1) * USEC_PER_MIN);
	assert_int_equal(past.checks[1].code, 503);
	assert_int_equal(past.checks[6].started.us, now - 17 * USEC_PER_MIN);
	assert_int_equal(past.checks[7].started.us, now - 33 * USEC_PER_MIN);
}

static void another_configuration_is_read_anew(void **state)
{
	struct place *p = *state;
	struct target_past past;
	const char *first;

	passes(p, (wall_t){ p->now.wall.us - USEC_PER_MIN }, 1000);
	flush(p);
	tells(p, p->recent, 0, &past);
	first = p->many.plans[0].name;
	p->many.plans[0].name = p->many.plans[2].name;
	p->many.plans[2].name = first;
	recent_forget(p->recent);
	tells(p, p->recent, 0, &past);
	assert_int_equal(past.passes, 0);
	tells(p, p->recent, 2, &past);
	assert_int_equal(past.passes, 1);
}

static int crowd_make(void **state)
{
	return place_of(state, 101);
}

static void of_a_crowd_only_the_sums_are_told(void **state)
{
	struct place *p = *state;
	struct store_day nothing = { 0 };
	struct target_past past;

	passes(p, (wall_t){ p->now.wall.us - USEC_PER_MIN }, 1000);
	store_mark(p->store, "target-0", (wall_t){ p->now.wall.us - DAY + USEC_PER_MIN },
		   calendar_day(p->now.wall) - 1, &nothing);
	flush(p);
	tells(p, p->recent, 0, &past);
	assert_int_equal(past.passes + past.checks_n, 0);
	assert_true(past.last_day.observed_s > 0);
}

/* ---- the sums ---- */

/* A rollup that is filled as the engine does, with a mark each quarter hour; booked by hand, too. */
static void the_last_day_is_what_was_booked_since_its_mark(void **state)
{
	struct place *p = *state;
	struct rollup *r = &p->many.rollups[0];
	wall_t began = { p->now.wall.us - 2 * DAY };
	usec_t down = 0, planned = 0;
	struct target_past past;

	rollup_init(r, &p->many.daybook);
	rollup_book(r, began, BOOK_UP);
	for (wall_t at = began; at.us + QUARTER <= p->now.wall.us;) {
		uint64_t how = roll(p, 5);
		enum booking as = how == 0 ? BOOK_DOWN : how == 1 ? BOOK_PLANNED : BOOK_UP;
		struct day_sums sums;
		struct store_day mark;
		int32_t day;

		at.us += QUARTER;
		rollup_book(r, at, as);
		if (at.us > p->now.wall.us - DAY) {
			down += as == BOOK_DOWN ? QUARTER : 0;
			planned += as == BOOK_PLANNED ? QUARTER : 0;
		}
		day = calendar_day(at);
		sums = rollup_window(r, day, 1);
		mark = (struct store_day){ sums.observed_s, sums.down_s, sums.slow_s,
					   sums.planned_s };
		store_mark(p->store, "target-0", at, day, &mark);
		flush(p);
		moves(p, -USEC_PER_SEC);
	}
	tells(p, p->recent, 0, &past);
	/* The mark is up to a quarter hour younger than a day. */
	assert_in_range(past.last_day.down_s + 1, (down - QUARTER) / USEC_PER_SEC + 1,
			down / USEC_PER_SEC + 1);
	assert_in_range(past.last_day.planned_s + 1, (planned - QUARTER) / USEC_PER_SEC + 1,
			planned / USEC_PER_SEC + 1);
	assert_in_range(past.last_day.observed_s + past.last_day.planned_s,
			(DAY - QUARTER) / USEC_PER_SEC - 1, DAY / USEC_PER_SEC);
	assert_true(down > 4 * QUARTER && planned > 4 * QUARTER);
}

static void without_a_mark_nothing_is_claimed(void **state)
{
	struct place *p = *state;
	struct store_day nothing = { 0 };
	struct target_past past;

	tells(p, p->recent, 0, &past);
	assert_int_equal(past.last_day.observed_s, 0);
	/* One of before the last day is none of it. */
	store_mark(p->store, "target-0", (wall_t){ p->now.wall.us - DAY - USEC_PER_MIN },
		   calendar_day(p->now.wall) - 1, &nothing);
	flush(p);
	tells(p, p->recent, 0, &past);
	assert_int_equal(past.last_day.observed_s, 0);
}

static void without_a_history_nothing_is_known(void **state)
{
	struct place *p = *state;
	struct sources from = { .model = &p->many.model };
	struct target_past past;

	assert_false(recent_past(&from, 0, &past));
}

#define placed(test) cmocka_unit_test_setup_teardown(test, place_make, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		placed(quarters_are_counted_as_by_hand),
		placed(nobody_has_the_runs_of_another_one),
		placed(reading_on_comes_to_the_same_as_reading_all),
		placed(a_row_that_comes_late_is_not_lost),
		placed(what_is_older_than_a_day_is_let_go),
		placed(a_clock_that_is_set_back_doubles_nothing),
		placed(the_latest_are_listed_and_failures_beyond),
		placed(another_configuration_is_read_anew),
		cmocka_unit_test_setup_teardown(of_a_crowd_only_the_sums_are_told, crowd_make,
						place_remove),
		placed(the_last_day_is_what_was_booked_since_its_mark),
		placed(without_a_mark_nothing_is_claimed),
		placed(without_a_history_nothing_is_known),
	};

	return cmocka_run_group_tests_name("recent", tests, NULL, NULL);
}
