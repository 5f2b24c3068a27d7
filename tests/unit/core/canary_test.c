/*
 * canary_test.c - one canary a day, and lost is only what a relay has taken and
 * a search did not find: over DST, restarts and clocks that are set.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/calendar.h"
#include "core/canary.h"

/* Sunday, 15 March 2026, 00:00 in Berlin, which changes its clock on the 29th and on 25 October. */
#define SPRING INT64_C(1773529200)
#define AUTUMN INT64_C(1792792800) /* Saturday, 24 October 2026, 00:00 */
#define MIN    INT64_C(60)
#define HOUR   INT64_C(3600)
#define DAY    (24 * HOUR)
#define NONCE  "00112233445566778899aabbccddeeff"

static struct now at_time(int64_t from, int64_t seconds)
{
	return (struct now){ { (5000000 + seconds) * USEC_PER_SEC },
			     { (from + seconds) * USEC_PER_SEC } };
}

static struct now after(int64_t seconds)
{
	return at_time(SPRING, seconds);
}

static struct window_plan daily(int hour, int minute)
{
	return (struct window_plan){
		.begins = { .minutes = UINT64_C(1) << minute,
			    .hours = UINT32_C(1) << hour,
			    .days = UINT32_MAX - 1,
			    .months = 0x1ffe,
			    .weekdays = 0x7f },
		.ends = WINDOW_CLOCK_NONE,
		.duration = 1,
	};
}

static void zone_is(const char *name)
{
	assert_int_equal(setenv("TZ", name, 1), 0);
	tzset();
}

/* ---- a life ---- */

struct life {
	struct canary canary;
	struct window_plan at;
	struct canary_rule rule;
	wall_t made[64];
	size_t made_n;
};

static int set_up(void **state)
{
	struct life *life = calloc(1, sizeof *life);

	zone_is("Europe/Berlin");
	life->at = daily(6, 40);
	life->rule = (struct canary_rule){ &life->at, 15 * USEC_PER_MIN };
	*state = life;
	return 0;
}

static int tear_down(void **state)
{
	free(*state);
	return 0;
}

static enum canary_turn turn(struct life *life, struct now now)
{
	mono_t wake;

	return canary_advance(&life->canary, &life->rule, now, &wake);
}

/* From one wake to the next, at most an hour; each look and each hand-over ends as said. */
static void live(struct life *life, int64_t from, int64_t begin, int64_t end, enum canary_sent sent,
		 enum canary_look look)
{
	for (int64_t s = begin; s < end;) {
		struct now now = at_time(from, s);
		mono_t wake;

		switch (canary_advance(&life->canary, &life->rule, now, &wake)) {
		case CANARY_MAKE:
			life->made[life->made_n++] = now.wall;
			canary_make(&life->canary, NONCE, now);
			canary_sent(&life->canary, sent, now);
			break;
		case CANARY_LOOK:
			(void)canary_looked(&life->canary, &life->rule, look, now);
			break;
		case CANARY_WAIT:
			assert_true(wake.us > now.mono.us);
			wake = mono_min(wake, mono_add(now.mono, USEC_PER_HOUR));
			s += (mono_span(now.mono, wake) + USEC_PER_SEC - 1) / USEC_PER_SEC;
			break;
		}
	}
}

static void assert_made(const struct life *life, size_t i, const char *expected)
{
	struct buf text = BUF_INIT(256);

	calendar_print_iso(&text, life->made[i]);
	assert_string_equal(buf_text(&text), expected);
	buf_done(&text);
}

/* Made and taken by a relay at 06:40 of the first day. */
static void send_one(struct life *life, int64_t s, enum canary_sent sent)
{
	(void)turn(life, after(s - HOUR));
	assert_int_equal(turn(life, after(s)), CANARY_MAKE);
	canary_make(&life->canary, NONCE, after(s));
	canary_sent(&life->canary, sent, after(s));
}

#define FIRST (6 * HOUR + 40 * MIN)

static enum canary_news look(struct life *life, int64_t s, enum canary_look what)
{
	assert_int_equal(turn(life, after(s)), CANARY_LOOK);
	return canary_looked(&life->canary, &life->rule, what, after(s));
}

/* Saved and read again, `away` seconds later. */
static void restart(struct life *life, usec_t shift, struct now now)
{
	struct buf text = BUF_INIT(4096);

	canary_write(&life->canary, &text);
	memset(&life->canary, 0, sizeof life->canary);
	assert_int_equal(canary_read(&life->canary, buf_text(&text), shift, now), 0);
	buf_done(&text);
}

/* ---- when ---- */

static void one_is_made_each_day_by_the_clock_of_the_zone(void **state)
{
	struct life *life = *state;

	live(life, SPRING, 0, 16 * DAY, CANARY_ACCEPTED, CANARY_SEEN);
	assert_int_equal(life->made_n, 16);
	assert_made(life, 0, "2026-03-15T06:40:00+01:00");
	assert_made(life, 13, "2026-03-28T06:40:00+01:00");
	assert_made(life, 14, "2026-03-29T06:40:00+02:00");
}

static void a_moment_that_is_leapt_over_comes_as_soon_as_it_can(void **state)
{
	struct life *life = *state;

	life->at = daily(2, 30);
	live(life, SPRING, 13 * DAY, 16 * DAY, CANARY_ACCEPTED, CANARY_SEEN);
	assert_int_equal(life->made_n, 3);
	assert_made(life, 1, "2026-03-29T03:00:00+02:00");
	assert_made(life, 2, "2026-03-30T02:30:00+02:00");
}

static void a_moment_that_comes_twice_is_one(void **state)
{
	struct life *life = *state;

	life->at = daily(2, 30);
	live(life, AUTUMN, 0, 3 * DAY, CANARY_ACCEPTED, CANARY_SEEN);
	assert_int_equal(life->made_n, 3);
	assert_made(life, 0, "2026-10-24T02:30:00+02:00");
	assert_made(life, 1, "2026-10-25T02:30:00+02:00");
	assert_made(life, 2, "2026-10-26T02:30:00+01:00");
}

static void the_first_start_passes_the_moment_before_it_over(void **state)
{
	struct life *life = *state;

	live(life, SPRING, 12 * HOUR, DAY, CANARY_ACCEPTED, CANARY_SEEN);
	assert_int_equal(life->made_n, 0);
}

static void a_crash_loop_makes_one_a_day(void **state)
{
	struct life *life = *state;

	(void)turn(life, after(0));
	for (int64_t s = 0; s < 2 * DAY; s += 10 * MIN) {
		live(life, SPRING, s, s + 10 * MIN, CANARY_ACCEPTED, CANARY_SEEN);
		restart(life, 0, after(s + 10 * MIN));
	}
	assert_int_equal(life->made_n, 2);
}

static void who_was_away_at_the_moment_makes_it_late(void **state)
{
	struct life *life = *state;

	live(life, SPRING, 0, HOUR, CANARY_ACCEPTED, CANARY_SEEN);
	restart(life, 0, after(9 * HOUR));
	live(life, SPRING, 9 * HOUR, DAY, CANARY_ACCEPTED, CANARY_SEEN);
	assert_int_equal(life->made_n, 1);
	assert_made(life, 0, "2026-03-15T09:00:00+01:00");
}

static void a_clock_that_is_set_back_makes_no_second_one(void **state)
{
	struct life *life = *state;

	send_one(life, FIRST, CANARY_ACCEPTED);
	(void)look(life, FIRST + 5, CANARY_SEEN);
	for (int64_t s = FIRST; s < FIRST + 4 * HOUR; s += MIN) {
		struct now now = after(s);

		now.wall.us -= 3 * HOUR * USEC_PER_SEC;
		assert_int_equal(turn(life, now), CANARY_WAIT);
	}
}

static void a_clock_that_was_a_year_ahead_makes_one_the_next_day(void **state)
{
	struct life *life = *state;
	struct now wrong = after(FIRST);

	(void)turn(life, after(0));
	wrong.wall.us += 365 * USEC_PER_DAY;
	assert_int_equal(turn(life, wrong), CANARY_MAKE);
	canary_make(&life->canary, NONCE, wrong);
	canary_sent(&life->canary, CANARY_ACCEPTED, wrong);
	live(life, SPRING, 7 * HOUR, DAY, CANARY_ACCEPTED, CANARY_SEEN);
	assert_int_equal(life->made_n, 0);
	live(life, SPRING, DAY, 2 * DAY, CANARY_ACCEPTED, CANARY_SEEN);
	assert_int_equal(life->made_n, 1);
	assert_made(life, 0, "2026-03-16T06:40:00+01:00");
}

static void a_clock_that_jumps_to_and_fro_floods_nobody(void **state)
{
	struct life *life = *state;

	live(life, SPRING, 0, HOUR, CANARY_ACCEPTED, CANARY_SEEN);
	for (int64_t day = 0; day < 20; day++)
		live(life, SPRING + day * DAY, FIRST + day, FIRST + day + 1, CANARY_ACCEPTED,
		     CANARY_SEEN);
	assert_int_equal(life->made_n, 1);
}

/* ---- what follows ---- */

static void one_that_comes_is_measured(void **state)
{
	struct life *life = *state;

	send_one(life, FIRST, CANARY_ACCEPTED);
	assert_int_equal(turn(life, after(FIRST + 4)), CANARY_WAIT);
	assert_int_equal(look(life, FIRST + 5, CANARY_ABSENT), CANARY_NO_NEWS);
	assert_int_equal(turn(life, after(FIRST + 9)), CANARY_WAIT);
	assert_int_equal(look(life, FIRST + 10, CANARY_SEEN), CANARY_CAME);
	assert_int_equal(life->canary.delay, 10 * USEC_PER_SEC);
	assert_int_equal(life->canary.found.us, after(FIRST + 10).wall.us);
	assert_int_equal(canary_view(&life->canary).state, CANARY_STATE_OK);
	assert_int_equal(turn(life, after(FIRST + HOUR)), CANARY_WAIT);
}

static enum canary_news look_on(struct life *life, int64_t from, int64_t until,
				enum canary_look what)
{
	enum canary_news news = CANARY_NO_NEWS;

	for (int64_t s = from; s < until; s++) {
		enum canary_news one = CANARY_NO_NEWS;

		if (turn(life, after(s)) == CANARY_LOOK)
			one = canary_looked(&life->canary, &life->rule, what, after(s));
		news = one != CANARY_NO_NEWS ? one : news;
	}
	return news;
}

static void one_that_does_not_come_within_its_time_is_lost(void **state)
{
	struct life *life = *state;

	send_one(life, FIRST, CANARY_ACCEPTED);
	assert_int_equal(look_on(life, FIRST, FIRST + 15 * MIN, CANARY_ABSENT), CANARY_NO_NEWS);
	assert_int_equal(look(life, FIRST + 15 * MIN, CANARY_ABSENT), CANARY_IS_LOST);
	assert_int_equal(life->canary.lost.us, after(FIRST).wall.us);
	assert_int_equal(canary_view(&life->canary).state, CANARY_STATE_LOST);
	/* Told once, and looked for each hour: it may be late. */
	assert_int_equal(look_on(life, FIRST + 15 * MIN + 1, FIRST + 75 * MIN, CANARY_ABSENT),
			 CANARY_NO_NEWS);
	assert_int_equal(look(life, FIRST + 75 * MIN, CANARY_SEEN), CANARY_CAME_AGAIN);
	assert_int_equal(canary_view(&life->canary).state, CANARY_STATE_OK);
	assert_true(wall_is_set(life->canary.again));
}

static void a_look_that_comes_late_is_one(void **state)
{
	struct life *life = *state;

	send_one(life, FIRST, CANARY_ACCEPTED);
	assert_int_equal(look(life, FIRST + 5, CANARY_ABSENT), CANARY_NO_NEWS);
	assert_int_equal(look(life, FIRST + 5 * MIN, CANARY_ABSENT), CANARY_NO_NEWS);
	assert_int_equal(turn(life, after(FIRST + 10 * MIN - 1)), CANARY_WAIT);
	assert_int_equal(turn(life, after(FIRST + 14 * MIN)), CANARY_LOOK);
	/* It began before the time was over: that it ends after it proves nothing. */
	assert_int_equal(canary_looked(&life->canary, &life->rule, CANARY_ABSENT,
				       after(FIRST + 15 * MIN + 5)),
			 CANARY_NO_NEWS);
	assert_int_equal(look(life, FIRST + 15 * MIN + 6, CANARY_ABSENT), CANARY_IS_LOST);
}

static void the_next_one_that_is_lost_is_no_news_and_the_one_that_comes_ends_it(void **state)
{
	struct life *life = *state;

	live(life, SPRING, 0, DAY, CANARY_ACCEPTED, CANARY_ABSENT);
	assert_int_equal(canary_view(&life->canary).state, CANARY_STATE_LOST);
	live(life, SPRING, DAY, DAY + FIRST + 1, CANARY_ACCEPTED, CANARY_ABSENT);
	assert_int_equal(life->made_n, 2);
	assert_int_equal(look_on(life, DAY + FIRST, DAY + FIRST + 16 * MIN, CANARY_ABSENT),
			 CANARY_IS_LOST_TOO);
	live(life, SPRING, DAY + FIRST + 16 * MIN, 3 * DAY, CANARY_ACCEPTED, CANARY_SEEN);
	assert_int_equal(canary_view(&life->canary).state, CANARY_STATE_OK);
}

static void what_no_relay_has_taken_is_never_lost(void **state)
{
	struct life *life = *state;

	send_one(life, FIRST, CANARY_NOT_SENT);
	assert_int_equal(look_on(life, FIRST, FIRST + 2 * HOUR, CANARY_ABSENT), CANARY_NO_NEWS);
	assert_false(wall_is_set(life->canary.lost));
}

static void what_may_have_left_is_looked_for_and_never_lost(void **state)
{
	struct life *life = *state;

	send_one(life, FIRST, CANARY_IN_DOUBT);
	assert_int_equal(look_on(life, FIRST, FIRST + 2 * HOUR, CANARY_ABSENT), CANARY_NO_NEWS);
	assert_int_equal(look_on(life, FIRST + 2 * HOUR, FIRST + 4 * HOUR, CANARY_SEEN),
			 CANARY_CAME);
}

static void a_mailbox_that_cannot_be_read_proves_nothing(void **state)
{
	struct life *life = *state;

	send_one(life, FIRST, CANARY_ACCEPTED);
	assert_int_equal(look(life, FIRST + 5, CANARY_NOT_LOOKED), CANARY_UNSEEN);
	assert_int_equal(canary_view(&life->canary).state, CANARY_STATE_UNSEEN);
	assert_int_equal(look_on(life, FIRST + 6, FIRST + 5 * HOUR, CANARY_NOT_LOOKED),
			 CANARY_NO_NEWS);
	assert_false(wall_is_set(life->canary.lost));
	/* Read again, long after its time: not there is lost now. */
	assert_int_equal(look_on(life, FIRST + 5 * HOUR, FIRST + 7 * HOUR, CANARY_ABSENT),
			 CANARY_IS_LOST);
	assert_false(wall_is_set(life->canary.unseen.wall));
}

static void while_it_cannot_be_read_it_is_knocked_at_rarely(void **state)
{
	struct life *life = *state;
	unsigned looks = 0;

	send_one(life, FIRST, CANARY_ACCEPTED);
	for (int64_t s = FIRST; s < FIRST + 12 * HOUR; s++) {
		if (turn(life, after(s)) != CANARY_LOOK)
			continue;
		looks++;
		(void)canary_looked(&life->canary, &life->rule, CANARY_NOT_LOOKED, after(s));
	}
	assert_in_range(looks, 12, 20);
}

static void three_days_of_it_are_told(void **state)
{
	struct life *life = *state;

	live(life, SPRING, 0, 3 * DAY + FIRST - 1, CANARY_ACCEPTED, CANARY_NOT_LOOKED);
	assert_false(life->canary.is_unseen_long);
	live(life, SPRING, 3 * DAY + FIRST, 3 * DAY + FIRST + 3 * HOUR, CANARY_ACCEPTED,
	     CANARY_NOT_LOOKED);
	assert_true(life->canary.is_unseen_long);
	live(life, SPRING, 3 * DAY + FIRST + 3 * HOUR, 4 * DAY, CANARY_ACCEPTED, CANARY_SEEN);
	assert_false(life->canary.is_unseen_long);
}

static void a_clock_that_is_set_shortens_no_wait(void **state)
{
	struct life *life = *state;
	struct now now = after(FIRST + 10);

	send_one(life, FIRST, CANARY_ACCEPTED);
	(void)look(life, FIRST + 5, CANARY_ABSENT);
	now.wall.us += 5 * USEC_PER_HOUR;
	assert_int_equal(turn(life, now), CANARY_LOOK);
	assert_int_equal(canary_looked(&life->canary, &life->rule, CANARY_ABSENT, now),
			 CANARY_NO_NEWS);
	assert_false(wall_is_set(life->canary.lost));
}

/* ---- restarts ---- */

static void death_before_it_left_sends_nothing_twice(void **state)
{
	struct life *life = *state;

	(void)turn(life, after(0));
	assert_int_equal(turn(life, after(FIRST)), CANARY_MAKE);
	canary_make(&life->canary, NONCE, after(FIRST));
	restart(life, 0, after(FIRST + 20));
	assert_int_equal(look_on(life, FIRST + 20, FIRST + 3 * HOUR, CANARY_ABSENT),
			 CANARY_NO_NEWS);
	assert_int_equal(turn(life, after(FIRST + 3 * HOUR)), CANARY_WAIT);
	assert_false(wall_is_set(life->canary.lost));
}

static void after_death_it_is_looked_for_all_the_same(void **state)
{
	struct life *life = *state;

	(void)turn(life, after(0));
	assert_int_equal(turn(life, after(FIRST)), CANARY_MAKE);
	canary_make(&life->canary, NONCE, after(FIRST));
	restart(life, 0, after(FIRST + 20));
	assert_int_equal(look(life, FIRST + 25, CANARY_SEEN), CANARY_CAME);
}

static void its_time_goes_on_over_a_restart(void **state)
{
	struct life *life = *state;

	send_one(life, FIRST, CANARY_ACCEPTED);
	restart(life, 0, after(FIRST + 10 * MIN));
	assert_string_equal(life->canary.nonce, NONCE);
	assert_int_equal(look_on(life, FIRST + 10 * MIN, FIRST + 15 * MIN, CANARY_ABSENT),
			 CANARY_NO_NEWS);
	assert_int_equal(look_on(life, FIRST + 15 * MIN, FIRST + 16 * MIN, CANARY_ABSENT),
			 CANARY_IS_LOST);
	restart(life, 0, after(FIRST + 20 * MIN));
	assert_int_equal(canary_view(&life->canary).state, CANARY_STATE_LOST);
	assert_int_equal(look_on(life, FIRST + 20 * MIN, FIRST + 30 * MIN, CANARY_ABSENT),
			 CANARY_NO_NEWS);
}

static void another_boot_moves_its_times(void **state)
{
	struct life *life = *state;
	struct now now = { { 100 * USEC_PER_SEC }, after(FIRST + 60).wall };

	send_one(life, FIRST, CANARY_ACCEPTED);
	restart(life, now.mono.us - after(FIRST + 60).mono.us, now);
	assert_int_equal(mono_span(life->canary.out.mono, now.mono), 60 * USEC_PER_SEC);
}

static void a_line_that_is_too_long_is_refused(void **state)
{
	struct life *life = *state;
	struct buf text = BUF_INIT(1024);

	buf_puts(&text, "shorewatch-canary 1\n");
	for (int i = 0; i < 300; i++)
		buf_putc(&text, 'x');
	buf_puts(&text, " 1\nend\n");
	assert_int_equal(canary_read(&life->canary, buf_text(&text), 0, after(0)), -EBADMSG);
	buf_done(&text);
}

static void a_time_that_is_ahead_is_now(void **state)
{
	struct life *life = *state;
	struct now now = after(FIRST - 60);

	send_one(life, FIRST, CANARY_ACCEPTED);
	restart(life, 0, now);
	assert_int_equal(life->canary.out.mono.us, now.mono.us);
}

static void while_one_is_made_or_looked_for_there_is_nothing_to_do(void **state)
{
	struct life *life = *state;

	assert_int_equal(canary_view(&life->canary).state, CANARY_STATE_WAITING);
	canary_make(&life->canary, NONCE, after(0));
	assert_int_equal(turn(life, after(3 * DAY)), CANARY_WAIT);
	canary_sent(&life->canary, CANARY_ACCEPTED, after(60));
	assert_int_equal(turn(life, after(70)), CANARY_LOOK);
	assert_int_equal(turn(life, after(9 * DAY)), CANARY_WAIT);
}

static void a_text_that_is_not_whole_is_refused(void **state)
{
	static const char *const broken[] = {
		"",
		"shorewatch-canary 2\nend\n",
		"shorewatch-canary 1\nphase rests\n",
		"shorewatch-canary 1\nphase out\nend\n",
		"shorewatch-canary 1\nphase flies\nend\n",
		"shorewatch-canary 1\nmoment x\nend\n",
		"shorewatch-canary 1\nnonce \"\nend\n",
		"shorewatch-canary 1\nmoment 9223372036854775807\nend\n",
		"shorewatch-canary 1\nword\nend\n",
		"shorewatch-canary 1\naccepted 2\nend\n",
		"shorewatch-canary 1\nnonce \nend\n",
		"shorewatch-canary 1\nnonce 00-11\nend\n",
		"shorewatch-canary 1\nnonce " NONCE "0\nend\n",
	};
	struct life *life = *state;

	life->canary.moment.us = 7;
	for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++)
		assert_int_equal(canary_read(&life->canary, broken[i], 0, after(0)), -EBADMSG);
	assert_int_equal(life->canary.moment.us, 7);
	assert_int_equal(canary_read(&life->canary,
				     "shorewatch-canary 1\nphase rests\nlater key\nend\n", 0,
				     after(0)),
			 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_is_made_each_day_by_the_clock_of_the_zone),
		TEST(a_moment_that_is_leapt_over_comes_as_soon_as_it_can),
		TEST(a_moment_that_comes_twice_is_one),
		TEST(the_first_start_passes_the_moment_before_it_over),
		TEST(a_crash_loop_makes_one_a_day),
		TEST(who_was_away_at_the_moment_makes_it_late),
		TEST(a_clock_that_is_set_back_makes_no_second_one),
		TEST(a_clock_that_was_a_year_ahead_makes_one_the_next_day),
		TEST(a_clock_that_jumps_to_and_fro_floods_nobody),
		TEST(one_that_comes_is_measured),
		TEST(one_that_does_not_come_within_its_time_is_lost),
		TEST(a_look_that_comes_late_is_one),
		TEST(the_next_one_that_is_lost_is_no_news_and_the_one_that_comes_ends_it),
		TEST(what_no_relay_has_taken_is_never_lost),
		TEST(what_may_have_left_is_looked_for_and_never_lost),
		TEST(a_mailbox_that_cannot_be_read_proves_nothing),
		TEST(while_it_cannot_be_read_it_is_knocked_at_rarely),
		TEST(three_days_of_it_are_told),
		TEST(a_clock_that_is_set_shortens_no_wait),
		TEST(death_before_it_left_sends_nothing_twice),
		TEST(after_death_it_is_looked_for_all_the_same),
		TEST(its_time_goes_on_over_a_restart),
		TEST(another_boot_moves_its_times),
		TEST(a_line_that_is_too_long_is_refused),
		TEST(a_time_that_is_ahead_is_now),
		TEST(while_one_is_made_or_looked_for_there_is_nothing_to_do),
		TEST(a_text_that_is_not_whole_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
