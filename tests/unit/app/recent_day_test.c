/*
 * recent_day_test.c - the last 24 hours of each check as its page tells them: what
 * the history holds, once, in order, no more than a day, and of few checks only.
 */
#include "io/store_place.h"

#include "app/recent.h"
#include "base/calendar.h"

#define CHECKS_MAX 102
#define NAME_BYTES 16
#define QUARTER	   (15 * USEC_PER_MIN)

struct desk {
	struct place *place;
	struct plan plan;
	struct target_plan targets[CHECKS_MAX];
	char names[CHECKS_MAX][NAME_BYTES];
	struct rollup rollups[CHECKS_MAX];
	struct daybook daybook;
	struct odd_day odd[ODD_DAYS_MAX(CHECKS_MAX)];
	struct model model;
	struct recent *recent;
	struct target_past past; /* as it was told last */
};

/* The first checks by name: c000, c001 ... */
static void watch(struct desk *desk, size_t n)
{
	desk->plan = (struct plan){ .targets = desk->targets, .targets_n = n };
	for (size_t i = 0; i < n; i++) {
		(void)snprintf(desk->names[i], NAME_BYTES, "c%03u", (unsigned)i % 1000);
		desk->targets[i] = (struct target_plan){ .name = desk->names[i],
							 .timeout = 10 * USEC_PER_SEC };
	}
}

static int desk_make(void **state)
{
	struct desk *desk = calloc(1, sizeof *desk);
	void *place = NULL;

	assert_non_null(desk);
	(void)setenv("TZ", "UTC", 1);
	tzset();
	place_make(&place);
	desk->place = place;
	/* The middle of a quarter hour, at noon. */
	desk->place->now.wall.us = 1795608000 * USEC_PER_SEC + 450 * USEC_PER_SEC;
	watch(desk, 3);
	desk->daybook.odd = desk->odd;
	for (size_t i = 0; i < CHECKS_MAX; i++)
		rollup_init(&desk->rollups[i], &desk->daybook);
	desk->model = (struct model){ .plan = &desk->plan, .rollups = desk->rollups };
	desk->recent = recent_new();
	assert_non_null(desk->recent);
	*state = desk;
	return 0;
}

static int desk_remove(void **state)
{
	struct desk *desk = *state;
	void *place = desk->place;

	recent_free(desk->recent);
	place_remove(&place);
	free(desk);
	return 0;
}

#define on_a_desk(test) cmocka_unit_test_setup_teardown(test, desk_make, desk_remove)

static wall_t before(const struct desk *desk, usec_t span)
{
	return (wall_t){ desk->place->now.wall.us - span };
}

static struct observation passed(wall_t at, usec_t total)
{
	return observation((struct now){ .wall = at }, total);
}

static struct observation failed(wall_t at, enum cause cause)
{
	struct observation o = passed(at, 7000);

	o.outcome = (struct outcome){ PHASE_WAIT, cause };
	o.code = 503;
	return o;
}

static void ran(struct desk *desk, const char *name, struct observation o)
{
	store_observation(desk->place->store, name, &o);
}

/* What the page would tell of a check, in the next report. */
static const struct target_past *told(struct desk *desk, size_t target)
{
	struct sources from = { .model = &desk->model, .store = desk->place->store,
				.recent = desk->recent };

	/* It is written once a second at most, by the clock that nobody sets. */
	desk->place->now.mono = mono_add(desk->place->now.mono, USEC_PER_SEC);
	store_flush(desk->place->store, desk->place->now, false);
	desk->model.now = desk->place->now;
	desk->model.report++;
	assert_true(recent_past(&from, target, &desk->past));
	return &desk->past;
}

/* ---- which runs ---- */

static void each_check_has_its_own_runs(void **state)
{
	struct desk *desk = *state;

	ran(desk, "c000", passed(before(desk, 40 * USEC_PER_SEC), 1000));
	ran(desk, "c002", passed(before(desk, 30 * USEC_PER_SEC), 2000));
	ran(desk, "c002", passed(before(desk, 20 * USEC_PER_SEC), 3000));
	ran(desk, "stranger", passed(before(desk, 10 * USEC_PER_SEC), 4000));
	assert_int_equal(told(desk, 0)->passes, 1);
	assert_int_equal(told(desk, 1)->passes, 0);
	assert_int_equal(told(desk, 1)->checks_n, 0);
	assert_int_equal(told(desk, 2)->passes, 2);
}

static void a_run_that_is_read_again_counts_once(void **state)
{
	struct desk *desk = *state;

	ran(desk, "c000", passed(before(desk, 30 * USEC_PER_SEC), 1000));
	ran(desk, "c000", failed(before(desk, 20 * USEC_PER_SEC), CAUSE_STATUS));
	for (int i = 0; i < 3; i++) {
		assert_int_equal(told(desk, 0)->passes, 1);
		assert_int_equal(desk->past.failures, 1);
		assert_int_equal(desk->past.checks_n, 2);
		later(desk->place, 30 * USEC_PER_SEC);
	}
}

static void within_a_report_the_history_is_read_once(void **state)
{
	struct desk *desk = *state;

	(void)told(desk, 0);
	ran(desk, "c000", passed(before(desk, 30 * USEC_PER_SEC), 1000));
	desk->model.report--; /* told() makes it the same again */
	assert_int_equal(told(desk, 0)->passes, 0);
	assert_int_equal(told(desk, 0)->passes, 1);
}

static void a_row_that_comes_late_finds_its_place(void **state)
{
	struct desk *desk = *state;

	ran(desk, "c000", passed(before(desk, 10 * USEC_PER_SEC), 3000));
	(void)told(desk, 0);
	later(desk->place, 30 * USEC_PER_SEC);
	ran(desk, "c000", passed(before(desk, 100 * USEC_PER_SEC), 1000));
	ran(desk, "c000", passed(before(desk, 60 * USEC_PER_SEC), 2000));
	assert_int_equal(told(desk, 0)->checks_n, 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(desk->past.checks[i].total_us, 3000 - 1000 * (usec_t)i);
}

/* It is written when it ends, and stands in the history by its beginning. */
static void a_run_as_long_as_its_timeout_is_told(void **state)
{
	struct desk *desk = *state;
	wall_t began = desk->place->now.wall;

	desk->targets[1].timeout = 20 * USEC_PER_MIN;
	for (int i = 0; i < 20; i++) {
		later(desk->place, USEC_PER_MIN);
		assert_int_equal(told(desk, 1)->failures, 0);
	}
	ran(desk, "c001", failed(began, CAUSE_TIMEOUT));
	assert_int_equal(told(desk, 1)->failures, 1);
}

/* What was collected while the disk refused comes later than any overlap. */
static void what_a_failing_disk_held_up_is_told_afterwards(void **state)
{
	struct desk *desk = *state;
	wall_t began;

	(void)told(desk, 0);
	began = desk->place->now.wall;
	desk->model.is_storage_failing = true;
	for (int i = 0; i < 30; i++) {
		later(desk->place, USEC_PER_MIN);
		assert_int_equal(told(desk, 0)->failures, 0);
	}
	desk->model.is_storage_failing = false;
	ran(desk, "c000", failed(began, CAUSE_STATUS));
	assert_int_equal(told(desk, 0)->failures, 1);
}

static void our_own_fault_is_not_told(void **state)
{
	struct desk *desk = *state;

	ran(desk, "c000", failed(before(desk, 40 * USEC_PER_SEC), CAUSE_LOCAL));
	ran(desk, "c000", failed(before(desk, 30 * USEC_PER_SEC), CAUSE_LAGGED));
	assert_int_equal(told(desk, 0)->failures, 0);
	assert_int_equal(desk->past.checks_n, 0);
}

static void no_more_than_a_day_is_told(void **state)
{
	struct desk *desk = *state;
	wall_t now = desk->place->now.wall;
	usec_t ends = (now.us / QUARTER + 1) * QUARTER, begins = ends - TARGET_QUARTERS * QUARTER;

	ran(desk, "c000", passed((wall_t){ begins - USEC_PER_MS }, 1000));
	ran(desk, "c000", passed((wall_t){ begins }, 2000));
	ran(desk, "c000", passed(now, 3000));
	assert_int_equal(told(desk, 0)->passes, 2);
	assert_int_equal(desk->past.ends.us, ends);
	assert_int_equal(desk->past.quarters[0].median, 2000);
	assert_int_equal(desk->past.quarters[TARGET_QUARTERS - 1].median, 3000);
	later(desk->place, QUARTER);
	assert_int_equal(told(desk, 0)->passes, 1);
	assert_int_equal(desk->past.quarters[TARGET_QUARTERS - 2].median, 3000);
	later(desk->place, 24 * USEC_PER_HOUR);
	assert_int_equal(told(desk, 0)->passes, 0);
	later(desk->place, USEC_PER_SEC);
	assert_int_equal(told(desk, 0)->checks_n, 0);
}

/* Two days of a run a minute, told each hour: what is kept does not grow. */
static void a_long_watch_tells_its_last_day(void **state)
{
	struct desk *desk = *state;

	for (unsigned minute = 1; minute <= 2880; minute++) {
		later(desk->place, USEC_PER_MIN);
		ran(desk, "c000", passed(desk->place->now.wall, minute * 1000));
		if (minute % 60 == 0)
			(void)told(desk, 0);
	}
	/* Seven minutes and a half into the last quarter hour: 95 whole ones and 8 runs. */
	assert_int_equal(desk->past.passes, 95 * 15 + 8);
	assert_int_equal(desk->past.checks[0].total_us, 2880 * 1000);
	assert_int_equal(desk->past.checks_n, 6);
	for (unsigned q = 0; q < TARGET_QUARTERS - 1; q++)
		assert_int_equal(desk->past.quarters[q].passes, 15);
}

static void the_latest_runs_are_listed_and_failures_before_them(void **state)
{
	struct desk *desk = *state;

	for (unsigned i = 0; i < 60; i++) {
		wall_t at = before(desk, (usec_t)(60 - i) * 10 * USEC_PER_SEC);

		ran(desk, "c000", i % 10 == 3 ? failed(at, CAUSE_STATUS) : passed(at, 1000 + i));
	}
	assert_int_equal(told(desk, 0)->checks_n, TARGET_CHECKS);
	for (unsigned i = 0; i < 6; i++) {
		assert_int_equal(desk->past.checks[i].outcome.cause, CAUSE_PASS);
		assert_int_equal(desk->past.checks[i].total_us, 1059 - i);
	}
	for (unsigned i = 6; i < TARGET_CHECKS; i++) {
		wall_t at = before(desk, (usec_t)(7 + 10 * (i - 6)) * 10 * USEC_PER_SEC);

		assert_int_equal(desk->past.checks[i].outcome.cause, CAUSE_STATUS);
		assert_int_equal(desk->past.checks[i].outcome.phase, PHASE_WAIT);
		assert_int_equal(desk->past.checks[i].code, 503);
		assert_int_equal(desk->past.checks[i].started.us, at.us);
	}
	assert_int_equal(desk->past.failures, 6);
}

/* ---- how long they took ---- */

static void times_are_ranked_among_those_that_passed(void **state)
{
	struct desk *desk = *state;
	/* 1 to 19 ms, not in order. */
	for (unsigned i = 0; i < 19; i++)
		ran(desk, "c000", passed(before(desk, (usec_t)(i + 1) * USEC_PER_SEC),
					 (usec_t)(i * 7 % 19 + 1) * USEC_PER_MS));
	ran(desk, "c000", failed(before(desk, 30 * USEC_PER_SEC), CAUSE_STATUS));
	assert_int_equal(told(desk, 0)->median, 10 * USEC_PER_MS);
	assert_int_equal(desk->past.p95, 0); /* of fewer than 20 none is told */
	later(desk->place, USEC_PER_SEC);
	ran(desk, "c000", passed(desk->place->now.wall, 20 * USEC_PER_MS));
	assert_int_equal(told(desk, 0)->passes, 20);
	assert_int_equal(desk->past.median, 10 * USEC_PER_MS);
	assert_int_equal(desk->past.p95, 19 * USEC_PER_MS);
	assert_int_equal(desk->past.quarters[TARGET_QUARTERS - 1].p95, 19 * USEC_PER_MS);
	assert_int_equal(desk->past.quarters[TARGET_QUARTERS - 1].failures, 1);
}

static void without_a_pass_no_time_is_told(void **state)
{
	struct desk *desk = *state;

	ran(desk, "c000", failed(before(desk, USEC_PER_SEC), CAUSE_STATUS));
	assert_int_equal(told(desk, 0)->median, 0);
	assert_int_equal(desk->past.quarters[TARGET_QUARTERS - 1].median, 0);
}

/* ---- another life, another configuration, another clock ---- */

static void a_new_life_reads_the_same(void **state)
{
	struct desk *desk = *state;
	struct target_past first;

	for (unsigned i = 0; i < 300; i++) {
		wall_t at = before(desk, (usec_t)(300 - i) * 290 * USEC_PER_SEC);

		ran(desk, "c000", i % 50 == 7 ? failed(at, CAUSE_STATUS) : passed(at, 500 + i));
	}
	first = *told(desk, 0);
	assert_true(first.passes > 250);
	reopen(desk->place);
	recent_free(desk->recent);
	desk->recent = recent_new();
	assert_memory_equal(told(desk, 0), &first, sizeof first);
}

static void another_configuration_is_read_anew(void **state)
{
	struct desk *desk = *state;
	struct plan other = desk->plan;
	struct target_plan turned[] = { desk->targets[2], desk->targets[0] };

	ran(desk, "c000", passed(before(desk, USEC_PER_HOUR), 1000));
	ran(desk, "c002", failed(before(desk, 2 * USEC_PER_HOUR), CAUSE_STATUS));
	assert_int_equal(told(desk, 0)->passes, 1);
	other.targets = turned;
	other.targets_n = 2;
	desk->model.plan = &other;
	assert_int_equal(told(desk, 0)->failures, 1);
	assert_int_equal(told(desk, 1)->passes, 1);
	desk->model.plan = &desk->plan;
	recent_forget(desk->recent);
	assert_int_equal(told(desk, 0)->passes, 1);
}

/* A clock set right: what ran in hours that are still to come is neither counted nor listed. */
static void a_clock_that_steps_back_tells_nothing_of_the_future(void **state)
{
	struct desk *desk = *state;

	ran(desk, "c000", passed(before(desk, 4 * USEC_PER_HOUR), 1000));
	ran(desk, "c000", passed(before(desk, USEC_PER_MIN), 2000));
	assert_int_equal(told(desk, 0)->passes, 2);
	desk->place->now.wall.us -= 3 * USEC_PER_HOUR;
	ran(desk, "c000", passed(before(desk, USEC_PER_MIN), 3000));
	assert_int_equal(told(desk, 0)->passes, 2);
	assert_int_equal(desk->past.checks_n, 2);
	assert_int_equal(desk->past.checks[0].total_us, 3000);
	assert_int_equal(desk->past.checks[1].total_us, 1000);
	later(desk->place, 4 * USEC_PER_HOUR);
	assert_int_equal(told(desk, 0)->passes, 3);
}

/* ---- many checks, and none ---- */

static void of_more_than_a_hundred_checks_no_runs_are_kept(void **state)
{
	struct desk *desk = *state;

	ran(desk, "c000", passed(before(desk, USEC_PER_MIN), 1000));
	watch(desk, 100);
	assert_int_equal(told(desk, 0)->passes, 1);
	recent_forget(desk->recent);
	watch(desk, 101);
	assert_int_equal(told(desk, 0)->passes, 0);
	desk->targets[100].is_hidden = true; /* it has no page */
	assert_int_equal(told(desk, 0)->passes, 1);
}

static void without_a_history_nothing_is_told(void **state)
{
	struct desk *desk = *state;
	struct sources from = { .model = &desk->model, .recent = desk->recent };

	desk->model.now = desk->place->now;
	assert_false(recent_past(&from, 0, &desk->past));
	assert_int_equal(desk->past.passes + desk->past.last_day.observed_s, 0);
}

/* ---- the sums of the last day ---- */

static void sum(struct desk *desk, size_t target, int32_t days_back, struct day_sums sums)
{
	rollup_restore(&desk->rollups[target],
		       calendar_day(desk->place->now.wall) - days_back, &sums);
}

static void mark(struct desk *desk, const char *name, usec_t span, struct store_day sums)
{
	wall_t at = before(desk, span);

	store_mark(desk->place->store, name, at, calendar_day(at), &sums);
}

static void the_last_day_is_what_came_after_its_mark(void **state)
{
	struct desk *desk = *state;

	sum(desk, 0, 1, (struct day_sums){ 86000, 700, 50, 400 });
	sum(desk, 0, 0, (struct day_sums){ 43000, 30, 5, 60 });
	mark(desk, "c000", 25 * USEC_PER_HOUR, (struct store_day){ 39000, 600, 1, 399 });
	mark(desk, "c000", 24 * USEC_PER_HOUR, (struct store_day){ 42600, 650, 10, 400 });
	mark(desk, "c000", 23 * USEC_PER_HOUR, (struct store_day){ 46200, 660, 20, 400 });
	assert_int_equal(told(desk, 0)->last_day.observed_s, 86000 - 42600 + 43000);
	assert_int_equal(desk->past.last_day.down_s, 700 - 650 + 30);
	assert_int_equal(desk->past.last_day.slow_s, 50 - 10 + 5);
	assert_int_equal(desk->past.last_day.planned_s, 60);
	assert_int_equal(told(desk, 1)->last_day.observed_s, 0);
	recent_free(desk->recent); /* the sums need none */
	desk->recent = NULL;
	assert_int_equal(told(desk, 0)->last_day.down_s, 80);
}

/* A day that was booked anew holds less than its mark: nothing, never a huge number. */
static void sums_below_their_mark_are_none(void **state)
{
	struct desk *desk = *state;

	sum(desk, 0, 0, (struct day_sums){ .observed_s = 100 });
	mark(desk, "c000", USEC_PER_HOUR, (struct store_day){ 30000, 20, 10, 5 });
	assert_int_equal(told(desk, 0)->last_day.observed_s, 0);
	assert_int_equal(desk->past.last_day.down_s, 0);
	assert_int_equal(desk->past.last_day.slow_s, 0);
	assert_int_equal(desk->past.last_day.planned_s, 0);
}

static void a_mark_of_a_day_to_come_tells_nothing(void **state)
{
	struct desk *desk = *state;

	sum(desk, 0, 0, (struct day_sums){ .observed_s = 100 });
	mark(desk, "c000", -20 * USEC_PER_HOUR, (struct store_day){ .observed_s = 10 });
	assert_int_equal(told(desk, 0)->last_day.observed_s, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_a_desk(each_check_has_its_own_runs),
		on_a_desk(a_run_that_is_read_again_counts_once),
		on_a_desk(within_a_report_the_history_is_read_once),
		on_a_desk(a_row_that_comes_late_finds_its_place),
		on_a_desk(a_run_as_long_as_its_timeout_is_told),
		on_a_desk(what_a_failing_disk_held_up_is_told_afterwards),
		on_a_desk(our_own_fault_is_not_told),
		on_a_desk(no_more_than_a_day_is_told),
		on_a_desk(a_long_watch_tells_its_last_day),
		on_a_desk(the_latest_runs_are_listed_and_failures_before_them),
		on_a_desk(times_are_ranked_among_those_that_passed),
		on_a_desk(without_a_pass_no_time_is_told),
		on_a_desk(a_new_life_reads_the_same),
		on_a_desk(another_configuration_is_read_anew),
		on_a_desk(a_clock_that_steps_back_tells_nothing_of_the_future),
		on_a_desk(of_more_than_a_hundred_checks_no_runs_are_kept),
		on_a_desk(without_a_history_nothing_is_told),
		on_a_desk(the_last_day_is_what_came_after_its_mark),
		on_a_desk(sums_below_their_mark_are_none),
		on_a_desk(a_mark_of_a_day_to_come_tells_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
