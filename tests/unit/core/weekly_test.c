/*
 * weekly_test.c - at which moments a week is summed up: every week once, also
 * where the clock leaps over the moment or shows it twice.
 */
#include "small_engine.h"

#include <time.h>

#include "base/calendar.h"
#include "core/engine_parts.h"
#include "core/weekly.h"

/* From Sunday, 15 March 2026, in a zone that changes its clock on the 29th and on 25 October. */
#define SPRING	    INT64_C(1773529200)
#define TURN	    900 /* s */
#define HOUR	    INT64_C(3600)
#define DAY	    (24 * HOUR)
#define OUTAGE_TIME 300 /* s */

struct mails {
	wall_t at[64];
	uint64_t ids[64];
	size_t n;
};

static void take(void *ctx, const struct notice *notice, const struct incident *incident)
{
	struct mails *mails = ctx;

	assert_null(incident);
	assert_int_equal(notice->kind, NOTICE_WEEK);
	assert_int_equal(calendar_day(notice->to) - calendar_day(notice->from), 7);
	mails->at[mails->n] = notice->created.wall;
	mails->ids[mails->n++] = notice->id;
}

static void nothing(void *ctx, uint32_t target, struct now now)
{
	(void)ctx, (void)target, (void)now;
}

static struct now after(int64_t seconds)
{
	return (struct now){ { (1000000 + seconds) * USEC_PER_SEC },
			     { (SPRING + seconds) * USEC_PER_SEC } };
}

static struct window_plan moment(int weekday, int hour, int minute)
{
	return (struct window_plan){
		.begins = { .minutes = UINT64_C(1) << minute, .hours = UINT32_C(1) << hour,
			    .days = UINT32_MAX - 1, .months = 0x1ffe,
			    .weekdays = (uint8_t)(1 << weekday) },
		.ends = WINDOW_CLOCK_NONE,
		.duration = 1,
	};
}

/* Nothing is watched: only the week passes. */
static struct engine *engine_of(struct plan *plan, const struct window_plan *weekly,
				struct mails *mails, struct now now)
{
	const struct engine_effects effects = {
		.ctx = mails, .launch = nothing, .abort = small_abort, .record = small_record,
		.deliver = take, .publish = small_publish,
	};

	*plan = small_plan;
	plan->targets_n = plan->pings_n = plan->witnesses_n = plan->watchdogs_n = 0;
	plan->mail.weekly = weekly;
	return engine_new(plan, &effects, now, 1);
}

/* As the daemon calls it: when it says so, and now and then. */
static void live(struct engine *engine, int64_t from, int64_t until)
{
	for (int64_t at = from; at < until;) {
		mono_t wake = engine_advance(engine, after(at));
		int64_t next = (wake.us - after(0).mono.us + USEC_PER_SEC - 1) / USEC_PER_SEC;

		at = wake.us == INT64_MAX || next > at + TURN ? at + TURN : next;
		assert_true(next >= at - TURN);
	}
}

static void zone_is(const char *name)
{
	assert_int_equal(setenv("TZ", name, 1), 0);
	tzset();
}

static void assert_said(struct mails *mails, size_t i, const char *expected)
{
	struct buf text = BUF_INIT(256);

	calendar_print_iso(&text, mails->at[i]);
	assert_string_equal(buf_text(&text), expected);
	buf_done(&text);
}

static void it_is_told_by_the_clock_of_the_zone(void **state)
{
	struct window_plan weekly = moment(1, 9, 0);
	struct mails mails = { .n = 0 };
	struct plan plan;
	struct engine *engine;

	(void)state;
	zone_is("Europe/Berlin");
	engine = engine_of(&plan, &weekly, &mails, after(0));
	live(engine, 0, 23 * DAY);
	assert_int_equal(mails.n, 4);
	assert_said(&mails, 0, "2026-03-16T09:00:00+01:00");
	assert_said(&mails, 1, "2026-03-23T09:00:00+01:00");
	assert_said(&mails, 2, "2026-03-30T09:00:00+02:00");
	assert_said(&mails, 3, "2026-04-06T09:00:00+02:00");
	engine_free(engine);
}

static void a_moment_that_is_leapt_over_comes_as_soon_as_it_can(void **state)
{
	struct window_plan weekly = moment(0, 2, 30);
	struct mails mails = { .n = 0 };
	struct plan plan;
	struct engine *engine;

	(void)state;
	zone_is("Europe/Berlin");
	engine = engine_of(&plan, &weekly, &mails, after(0));
	live(engine, 0, 22 * DAY);
	assert_int_equal(mails.n, 4);
	assert_said(&mails, 2, "2026-03-29T03:00:00+02:00");
	assert_said(&mails, 3, "2026-04-05T02:30:00+02:00");
	engine_free(engine);
}

/* 25 October: 02:30 comes twice. */
static void a_moment_that_comes_twice_is_told_once(void **state)
{
	struct window_plan weekly = moment(0, 2, 30);
	struct mails mails = { .n = 0 };
	struct plan plan;
	struct engine *engine;
	int64_t begin = 222 * DAY;

	(void)state;
	zone_is("Europe/Berlin");
	engine = engine_of(&plan, &weekly, &mails, after(begin));
	live(engine, begin, begin + 3 * DAY);
	assert_int_equal(mails.n, 1);
	assert_said(&mails, 0, "2026-10-25T02:30:00+02:00");
	engine_free(engine);
}

/* It neither takes one along that was before it, nor makes one up. */
static void the_first_life_begins_with_the_next_moment(void **state)
{
	struct window_plan weekly = moment(1, 9, 0);
	struct mails mails = { .n = 0 };
	struct plan plan;
	struct engine *engine;
	int64_t begin = DAY + 9 * HOUR + 60;

	(void)state;
	zone_is("Europe/Berlin");
	engine = engine_of(&plan, &weekly, &mails, after(begin));
	live(engine, begin, begin + 6 * DAY);
	assert_int_equal(mails.n, 0);
	live(engine, begin + 6 * DAY, begin + 8 * DAY);
	assert_int_equal(mails.n, 1);
	engine_free(engine);
}

/* Saved before the moment and read after it again and again: each time the same notice is made. */
static void a_state_of_before_makes_the_same_notice(void **state)
{
	struct window_plan weekly = moment(1, 9, 0);
	struct mails mails = { .n = 0 };
	struct buf saved = BUF_INIT(SNAPSHOT_MAX);
	int64_t late = DAY + 10 * HOUR;
	struct plan plan;
	struct engine *engine;

	(void)state;
	zone_is("Europe/Berlin");
	engine = engine_of(&plan, &weekly, &mails, after(0));
	live(engine, 0, HOUR);
	engine_snapshot(engine, after(HOUR), &saved);
	engine_free(engine);
	for (int life = 0; life < 3; life++) {
		engine = engine_of(&plan, &weekly, &mails, after(late + 60 * life));
		assert_int_equal(engine_restore(engine, buf_text(&saved), 0, late - HOUR,
						after(late + 60 * life)), 0);
		live(engine, late + 60 * life, late + 60 * life + 30);
		engine_free(engine);
	}
	assert_int_equal(mails.n, 3);
	assert_true(mails.ids[0] == mails.ids[1] && mails.ids[1] == mails.ids[2]);
	buf_done(&saved);
}

static void on_the_next_day_it_is_passed_over(void **state)
{
	struct window_plan weekly = moment(1, 9, 0);
	struct mails mails = { .n = 0 };
	struct buf saved = BUF_INIT(SNAPSHOT_MAX);
	struct plan plan;
	struct engine *engine;
	int64_t late = 2 * DAY + HOUR;

	(void)state;
	zone_is("Europe/Berlin");
	engine = engine_of(&plan, &weekly, &mails, after(0));
	live(engine, 0, HOUR);
	engine_snapshot(engine, after(HOUR), &saved);
	engine_free(engine);
	engine = engine_of(&plan, &weekly, &mails, after(late));
	assert_int_equal(engine_restore(engine, buf_text(&saved), 0, late - HOUR, after(late)), 0);
	live(engine, late, late + 4 * DAY);
	assert_int_equal(mails.n, 0);
	engine_free(engine);
	buf_done(&saved);
}

/* What there is to sum up outlives us, as far as there is room for it. */
static void sums_are_kept_and_the_oldest_is_forgotten(void **state)
{
	struct window_plan weekly = moment(1, 9, 0);
	struct mails mails = { .n = 0 };
	struct buf saved = BUF_INIT(SNAPSHOT_MAX);
	struct outage outage = { .worst = DIAGNOSIS_SITE_DOWN, .most_failing = 1,
				 .stack = "home", .first = "blog", .code = 504 };
	struct plan plan;
	struct engine *engine;

	(void)state;
	zone_is("Europe/Berlin");
	engine = engine_of(&plan, &weekly, &mails, after(0));
	live(engine, 0, HOUR);
	for (int64_t i = 0; i <= OUTAGES_KEPT; i++) {
		outage.opened = after(i * 2 * OUTAGE_TIME).wall;
		outage.closed = after(i * 2 * OUTAGE_TIME + OUTAGE_TIME).wall;
		outage.lasted = OUTAGE_TIME * USEC_PER_SEC;
		weekly_add(&engine->weekly, &outage);
	}
	engine_delivered(engine, 0, true, after(HOUR));
	engine_delivered(engine, 2, true, after(HOUR));
	engine_delivered(engine, 90, false, after(HOUR));
	engine_snapshot(engine, after(HOUR), &saved);
	engine_free(engine);
	engine = engine_of(&plan, &weekly, &mails, after(HOUR));
	assert_int_equal(engine_restore(engine, buf_text(&saved), 0, 0, after(HOUR)), 0);
	assert_int_equal(engine->weekly.outages_n, OUTAGES_KEPT);
	assert_int_equal(engine->weekly.forgotten.us, after(OUTAGE_TIME).wall.us);
	assert_memory_equal(&engine->weekly.outages[OUTAGES_KEPT - 1], &outage, sizeof outage);
	assert_int_equal(engine->weekly.mails, 2);
	assert_int_equal(engine->weekly.mails_at_once, 1);
	assert_int_equal(engine->weekly.mails_lost, 1);
	engine_free(engine);
	buf_done(&saved);
}

/* Ends come in any order; how far back the list is whole goes by the latest that is forgotten. */
static void an_older_end_does_not_make_the_list_whole_again(void **state)
{
	struct window_plan weekly = moment(1, 9, 0);
	struct mails mails = { .n = 0 };
	struct plan plan;
	struct engine *engine = engine_of(&plan, &weekly, &mails, after(0));
	struct outage outage = { .worst = DIAGNOSIS_SITE_DOWN };

	(void)state;
	for (int64_t i = 0; i < OUTAGES_KEPT + 2; i++) {
		outage.closed = after(HOUR - i).wall;
		weekly_add(&engine->weekly, &outage);
	}
	assert_int_equal(engine->weekly.forgotten.us, after(HOUR).wall.us);
	engine_free(engine);
}

/* Of one that is known from its UP alone nothing tells how it began. */
static void an_incident_of_which_nothing_is_known_is_an_outage_all_the_same(void **state)
{
	struct window_plan weekly = moment(1, 9, 0);
	struct mails mails = { .n = 0 };
	struct plan plan;
	struct engine *engine = engine_of(&plan, &weekly, &mails, after(0));
	struct incident incident = { .state = INCIDENT_CLOSED, .opened = after(0),
				     .closed = after(60), .worst = DIAGNOSIS_SITE_DOWN };

	(void)state;
	weekly_note_end(engine, &incident);
	assert_int_equal(engine->weekly.outages_n, 1);
	assert_string_equal(engine->weekly.outages[0].first, "");
	incident.log_n = 1;
	incident.log[0] = (struct incident_event){ .kind = EVENT_JOINED, .code = 504 };
	weekly_note_end(engine, &incident);
	assert_int_equal(engine->weekly.outages[1].code, 0);
	engine_free(engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_told_by_the_clock_of_the_zone),
		cmocka_unit_test(a_moment_that_is_leapt_over_comes_as_soon_as_it_can),
		cmocka_unit_test(a_moment_that_comes_twice_is_told_once),
		cmocka_unit_test(the_first_life_begins_with_the_next_moment),
		cmocka_unit_test(a_state_of_before_makes_the_same_notice),
		cmocka_unit_test(on_the_next_day_it_is_passed_over),
		cmocka_unit_test(sums_are_kept_and_the_oldest_is_forgotten),
		cmocka_unit_test(an_older_end_does_not_make_the_list_whole_again),
		cmocka_unit_test(an_incident_of_which_nothing_is_known_is_an_outage_all_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
