/*
 * store_times_test.c - quarter hours and the local days that are made of them,
 * in zones whose days do not begin at a whole hour, too.
 */
#include <stdlib.h>
#include <time.h>

#include "base/calendar.h"
#include "store_place.h"

static void zone_set(const char *name)
{
	setenv("TZ", name, 1);
	tzset();
}

static void times_told(void *ctx, const char *name, int32_t day, const struct store_times *t)
{
	struct seen *seen = ctx;
	struct buf date = BUF_INIT(64);
	size_t at = strlen(seen->text);

	seen->n++;
	calendar_print_date(&date, day);
	snprintf(seen->text + at, sizeof seen->text - at, "%s %s %u/%u", name, buf_text(&date),
		 t->passes, t->failures);
	buf_done(&date);
	for (unsigned i = 0; i < STORE_BINS; i++) {
		at = strlen(seen->text);
		if (t->bins[i] > 0)
			snprintf(seen->text + at, sizeof seen->text - at, " %u:%u", i, t->bins[i]);
	}
	at = strlen(seen->text);
	snprintf(seen->text + at, sizeof seen->text - at, "|");
}

static struct seen times(struct place *place)
{
	struct seen seen = { 0 };

	assert_int_equal(store_load_times(place->store, (wall_t){ 0 }, (wall_t){ INT64_MAX / 2 },
					  times_told, &seen),
			 0);
	return seen;
}

static void pass_at(struct place *place, const char *name, wall_t at, usec_t took)
{
	struct observation o;

	place->now.wall = at;
	o = observation(place->now, took);
	store_observation(place->store, name, &o);
	flush(place);
}

static void fail_at(struct place *place, const char *name, wall_t at)
{
	struct observation o;

	place->now.wall = at;
	o = observation(place->now, USEC_PER_SEC);
	o.outcome = (struct outcome){ PHASE_CONNECT, CAUSE_REFUSED };
	store_observation(place->store, name, &o);
	flush(place);
}

static void sum(struct place *place, usec_t span)
{
	later(place, span);
	store_prune(place->store, place->now, 14 * USEC_PER_DAY, 400 * USEC_PER_DAY);
	flush(place);
}

static wall_t utc(int64_t seconds)
{
	return (wall_t){ (1795564800 + seconds) * USEC_PER_SEC }; /* 2026-11-25 00:00 UTC */
}

static void response_times_fall_into_doubling_bins(void **state)
{
	struct place *place = *state;

	zone_set("UTC");
	pass_at(place, "blog", utc(10), 999);
	pass_at(place, "blog", utc(20), 1000);
	pass_at(place, "blog", utc(30), 3999);
	pass_at(place, "blog", utc(40), 60 * USEC_PER_SEC);
	fail_at(place, "blog", utc(50));
	fail_at(place, "never-up", utc(60));
	sum(place, USEC_PER_HOUR);
	assert_string_equal(times(place).text,
			    "blog 2026-11-25 4/1 0:1 1:1 2:1 15:1|never-up 2026-11-25 0/1|");
}

static void the_quarter_that_runs_is_not_summed_and_none_is_twice(void **state)
{
	struct place *place = *state;

	zone_set("UTC");
	pass_at(place, "blog", utc(10), 5000);
	sum(place, 10 * USEC_PER_MIN);
	assert_int_equal(times(place).n, 0);
	pass_at(place, "blog", utc(16 * 60), 5000);
	sum(place, 16 * USEC_PER_MIN);
	assert_string_equal(times(place).text, "blog 2026-11-25 1/0 3:1|");
	sum(place, USEC_PER_HOUR);
	sum(place, USEC_PER_HOUR);
	reopen(place);
	sum(place, USEC_PER_HOUR);
	assert_string_equal(times(place).text, "blog 2026-11-25 2/0 3:2|");
}

static void a_day_begins_at_midnight_of_its_zone(void **state)
{
	struct place *place = *state;

	/* 00:00 in Kathmandu is 18:15 UTC. */
	zone_set("UTC");
	pass_at(place, "blog", utc(18 * 3600 + 14 * 60), 5000);
	pass_at(place, "blog", utc(18 * 3600 + 16 * 60), 5000);
	fail_at(place, "blog", utc(18 * 3600 + 17 * 60));
	sum(place, USEC_PER_DAY);
	assert_string_equal(times(place).text, "blog 2026-11-25 2/1 3:2|");
	zone_set("Asia/Kathmandu");
	assert_string_equal(times(place).text, "blog 2026-11-25 1/0 3:1|blog 2026-11-26 1/1 3:1|");
	zone_set("<+0545>-5:45");
	assert_string_equal(times(place).text, "blog 2026-11-25 1/0 3:1|blog 2026-11-26 1/1 3:1|");
	zone_set("UTC");
}

static void days_are_summed_after_months_without_raw_rows(void **state)
{
	struct place *place = *state;

	zone_set("UTC");
	pass_at(place, "blog", utc(10), 5000);
	sum(place, USEC_PER_HOUR);
	sum(place, 30 * USEC_PER_DAY);
	assert_int_equal(observations_since(place, (wall_t){ 0 }).n, 0);
	assert_int_equal(times(place).n, 1);
	pass_at(place, "blog", utc(60 * 86400), 5000);
	sum(place, USEC_PER_HOUR);
	assert_string_equal(times(place).text, "blog 2026-11-25 1/0 3:1|blog 2027-01-24 1/0 3:1|");
	sum(place, 401 * USEC_PER_DAY);
	assert_int_equal(times(place).n, 0);
}

static void a_clock_that_was_in_the_future_stops_no_sums(void **state)
{
	struct place *place = *state;

	zone_set("UTC");
	pass_at(place, "blog", utc(60 * 86400), 5000);
	sum(place, USEC_PER_HOUR);
	pass_at(place, "blog", utc(10), 5000);
	sum(place, USEC_PER_HOUR);
	assert_string_equal(times(place).text, "blog 2026-11-25 1/0 3:1|blog 2027-01-24 1/0 3:1|");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		placed(response_times_fall_into_doubling_bins),
		placed(the_quarter_that_runs_is_not_summed_and_none_is_twice),
		placed(a_day_begins_at_midnight_of_its_zone),
		placed(days_are_summed_after_months_without_raw_rows),
		placed(a_clock_that_was_in_the_future_stops_no_sums),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
