/*
 * deaf_test.c - what we turn away ourselves puts a silence off, and by no more
 * than its own patience within an hour.
 */
#include "small_engine.h"

#include "core/engine_parts.h"

/* The last beat is at 0, with 60 s and 240 s of patience; references there are none. */
#define SILENT_AFTER 300
#define HOUR	     3600

static struct engine *heard_at_0(struct heard *heard)
{
	struct engine *engine = small_engine(heard, small_at(0));

	engine_beat(engine, 0, BEAT_FIRING, FAMILY_ANY, small_at(0));
	(void)engine_advance(engine, small_at(0));
	return engine;
}

static bool is_dead(struct engine *engine, int64_t at)
{
	(void)engine_advance(engine, small_at(at));
	return small_model(engine, small_at(at)).deadmen[0].state == DEADMAN_SILENT;
}

static void nothing_lost_nothing_put_off(void **state)
{
	struct heard heard = { .notices = 0 };
	struct engine *engine = heard_at_0(&heard);

	(void)state;
	assert_false(is_dead(engine, SILENT_AFTER - 1));
	assert_true(is_dead(engine, SILENT_AFTER + 1));
	engine_free(engine);
}

static void it_is_put_off_by_as_long_as_we_turned_away(void **state)
{
	struct heard heard = { .notices = 0 };
	struct engine *engine = heard_at_0(&heard);

	(void)state;
	for (int64_t at = 61; at <= 180; at++)
		engine_deaf(engine, USEC_PER_SEC, small_at(at));
	assert_false(is_dead(engine, SILENT_AFTER + 119));
	assert_true(is_dead(engine, SILENT_AFTER + 121));
	engine_free(engine);
}

static void whatever_we_lose_it_is_found_in_the_end(void **state)
{
	struct heard heard = { .notices = 0 };
	struct engine *engine = heard_at_0(&heard);
	int64_t found = 0;

	(void)state;
	for (int64_t at = 1; at < HOUR && found == 0; at++) {
		engine_deaf(engine, USEC_PER_SEC, small_at(at));
		if (is_dead(engine, at))
			found = at;
	}
	assert_in_range(found, 2 * SILENT_AFTER, 2 * SILENT_AFTER + 2);
	engine_free(engine);
}

static void another_hour_has_its_own(void **state)
{
	struct heard heard = { .notices = 0 };
	struct engine *engine = heard_at_0(&heard);

	(void)state;
	engine_deaf(engine, SILENT_AFTER * USEC_PER_SEC, small_at(100));
	engine_beat(engine, 0, BEAT_FIRING, FAMILY_ANY, small_at(2 * HOUR));
	(void)engine_advance(engine, small_at(2 * HOUR));
	engine_deaf(engine, 100 * USEC_PER_SEC, small_at(2 * HOUR + 100));
	assert_false(is_dead(engine, 2 * HOUR + SILENT_AFTER + 99));
	assert_true(is_dead(engine, 2 * HOUR + SILENT_AFTER + 101));
	engine_free(engine);
}

static void a_report_of_a_job_may_have_been_lost_too(void **state)
{
	struct heard heard = { .notices = 0 };
	struct engine *engine = heard_at_0(&heard);
	int64_t patience = HOUR + 600;
	struct model model;

	(void)state;
	engine_ping(engine, BACKUP, PING_OK, FAMILY_ANY, small_at(0));
	engine_deaf(engine, 60 * USEC_PER_SEC, small_at(1000));
	(void)engine_advance(engine, small_at(patience + 30));
	model = small_model(engine, small_at(patience + 30));
	assert_int_not_equal(model.targets[BACKUP].state, VERDICT_DOWN);
	(void)engine_advance(engine, small_at(patience + 90));
	model = small_model(engine, small_at(patience + 90));
	assert_int_equal(model.targets[BACKUP].state, VERDICT_DOWN);
	engine_free(engine);
}

/* Cut off, with a listener that fails, or in planned work, the time is put off as it passes. */
static void what_is_put_off_already_is_not_put_off_twice(void **state)
{
	struct planned planned[SMALL_TARGETS + 1] = { { .until = { 0 } } };
	struct heard heard = { .notices = 0 };
	struct engine *engine = heard_at_0(&heard);
	mono_t watchdog = engine->deadmen[0].began, job = engine->jobs[0].began;

	(void)state;
	engine->vantage_state = VANTAGE_ISOLATED;
	engine_deaf(engine, 10 * USEC_PER_SEC, small_at(100));
	assert_int_equal(engine->deadmen[0].began.us, watchdog.us);
	engine->vantage_state = VANTAGE_UNCHECKED;
	engine->is_deaf = true;
	engine_deaf(engine, 10 * USEC_PER_SEC, small_at(110));
	assert_int_equal(engine->jobs[0].began.us, job.us);
	engine->is_deaf = false;
	planned[BACKUP].until = small_at(1000).wall;
	engine->planned = planned;
	engine_deaf(engine, 10 * USEC_PER_SEC, small_at(120));
	engine->planned = NULL;
	assert_int_equal(engine->jobs[0].began.us, job.us);
	assert_int_equal(engine->deadmen[0].began.us, watchdog.us + 20 * USEC_PER_SEC);
	engine_free(engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_lost_nothing_put_off),
		cmocka_unit_test(it_is_put_off_by_as_long_as_we_turned_away),
		cmocka_unit_test(whatever_we_lose_it_is_found_in_the_end),
		cmocka_unit_test(another_hour_has_its_own),
		cmocka_unit_test(a_report_of_a_job_may_have_been_lost_too),
		cmocka_unit_test(what_is_put_off_already_is_not_put_off_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
