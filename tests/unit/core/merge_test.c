/*
 * merge_test.c - when the mail of an end tells of what could not be told before.
 */
#include "core/outbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define TO "ops@example.com"

static struct now at(int64_t minutes)
{
	return (struct now){ { minutes * USEC_PER_MIN }, { (800000 + minutes) * USEC_PER_MIN } };
}

static struct notice notice_of(enum notice_kind kind, uint32_t seq, const char *to, int64_t minutes)
{
	struct notice n = {
		.incident = 7, .seq = seq, .kind = kind, .created = at(minutes)
	};

	(void)snprintf(n.recipient, sizeof n.recipient, "%s", to);
	n.id = notice_id(&n);
	return n;
}

static int setup(void **state)
{
	*state = calloc(1, sizeof(struct outbox));
	if (*state)
		outbox_init(*state);
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

static struct outbox_entry *put(struct outbox *o, struct notice n, bool is_durable)
{
	struct outbox_entry *entry = outbox_add(o, &n, false, false, n.created);

	assert_non_null(entry);
	outbox_stored(entry, is_durable, n.created);
	return entry;
}

/* A DOWN that no relay took. */
static struct outbox_entry *put_down(struct outbox *o)
{
	struct outbox_entry *down = put(o, notice_of(NOTICE_DOWN, 0, TO, 0), true);

	assert_ptr_equal(outbox_next(o, at(0)), down);
	assert_false(outbox_finish(down, OUTBOX_UNREACHED, 1, "no route", at(0)));
	return down;
}

static struct notice end_after(struct outbox *o, int64_t minutes)
{
	struct notice end = notice_of(NOTICE_RECOVERED, 1, TO, minutes);

	end.merges = outbox_merges(o, &end, at(minutes));
	return end;
}

static void what_waited_long_is_told_by_its_end(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *down = put_down(o), *end;
	struct notice up = end_after(o, 30);

	assert_int_equal(up.merges.us, at(0).wall.us);
	end = put(o, up, true);
	assert_true(outbox_is_told_by_end(down));
	assert_ptr_equal(outbox_next(o, at(30)), end);
	assert_null(outbox_next(o, at(60)));
	assert_true(outbox_finish(end, OUTBOX_ACCEPTED, 1, "250 taken", at(60)));
	assert_ptr_equal(outbox_told_by(o, &up), down);
	outbox_release(o, down);
	assert_null(outbox_told_by(o, &up));
	outbox_release(o, end);
	assert_int_equal(o->n, 0);
}

static void the_end_may_be_put_off_like_any_other(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *down = put_down(o), *end = put(o, end_after(o, 30), true);

	assert_ptr_equal(outbox_next(o, at(30)), end);
	assert_false(outbox_finish(end, OUTBOX_LATER, 1, "451", at(30)));
	assert_int_equal(outbox_wake(o).us, at(31).mono.us);
	assert_ptr_equal(outbox_next(o, at(31)), end);
	assert_true(outbox_is_told_by_end(down));
}

/* A crash would leave the DOWN alone. */
static void an_end_in_memory_only_tells_nothing_for_others(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *down = put_down(o), *end = put(o, end_after(o, 30), false);

	assert_false(outbox_is_told_by_end(down));
	assert_ptr_equal(outbox_next(o, at(30)), down);
	assert_null(outbox_next(o, at(30)));
	assert_true(outbox_finish(down, OUTBOX_ACCEPTED, 1, "250", at(30)));
	outbox_release(o, down);
	assert_ptr_equal(outbox_next(o, at(30)), end);
}

static void while_the_end_is_on_its_way_to_the_disk_nothing_leaves(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *down = put_down(o), *end;
	struct notice up = end_after(o, 30);

	end = outbox_add(o, &up, false, false, at(30));
	assert_true(outbox_is_told_by_end(down));
	assert_null(outbox_next(o, at(30)));
	outbox_stored(end, true, at(30));
	assert_ptr_equal(outbox_next(o, at(30)), end);
}

static void found_in_any_order_after_a_crash(void **state)
{
	struct outbox *o = *state;
	struct notice up = end_after(o, 30), down = notice_of(NOTICE_DOWN, 0, TO, 0);
	struct outbox_entry *end;

	up.merges = down.created.wall;
	end = outbox_add(o, &up, true, false, at(40));
	assert_true(outbox_is_told_by_end(outbox_add(o, &down, true, false, at(40))));
	assert_ptr_equal(outbox_next(o, at(40)), end);
	assert_null(outbox_next(o, at(40)));
}

static void what_may_be_there_is_not_merged(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *down = put(o, notice_of(NOTICE_DOWN, 0, TO, 0), true);

	assert_ptr_equal(outbox_next(o, at(0)), down);
	assert_int_equal(end_after(o, 30).merges.us, 0); /* on its way */
	assert_false(outbox_finish(down, OUTBOX_IN_DOUBT, 1, "", at(1)));
	assert_int_equal(end_after(o, 30).merges.us, 0);
	down->is_in_doubt = false;
	assert_true(wall_is_set(end_after(o, 30).merges));
	down->may_be_there = true; /* in an earlier life */
	assert_int_equal(end_after(o, 30).merges.us, 0);
}

static void nor_what_waits_for_less_or_is_no_mail_or_has_left(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *down = put_down(o);
	struct notice drill = notice_of(NOTICE_RECOVERED, 1, TO, 30),
		      repeat = notice_of(NOTICE_REPEAT, 1, TO, 30),
		      other = notice_of(NOTICE_RECOVERED, 1, "night@example.com", 30);

	assert_int_equal(end_after(o, 9).merges.us, 0);
	assert_int_equal(outbox_merges(o, &repeat, at(30)).us, 0);
	drill.is_drill = true;
	assert_int_equal(outbox_merges(o, &drill, at(30)).us, 0);
	assert_int_equal(outbox_merges(o, &other, at(30)).us, 0);
	outbox_give_up(down, "as if it were gone", at(30));
	outbox_release(o, down);
	assert_int_equal(end_after(o, 30).merges.us, 0);
	(void)put(o, notice_of(NOTICE_DOWN, 0, "phone", 0), true);
	other = notice_of(NOTICE_RECOVERED, 1, "phone", 30);
	assert_int_equal(outbox_merges(o, &other, at(30)).us, 0);
}

static void quiet_hours_are_not_ended_by_an_end(void **state)
{
	struct outbox *o = *state;
	struct notice down = notice_of(NOTICE_DOWN, 0, TO, 0);

	down.not_before = at(400).wall;
	(void)put(o, down, true);
	assert_int_equal(end_after(o, 30).merges.us, 0);
}

/* The shelf takes the end back to the disk, or nobody can take it: the DOWN is told by itself. */
static void an_end_that_is_gone_tells_nothing(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *down = put_down(o), *end = put(o, end_after(o, 30), true);

	outbox_release(o, end);
	assert_false(outbox_is_told_by_end(down));
	assert_ptr_equal(outbox_next(o, at(30)), down);
}

#define SET_UP(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SET_UP(what_waited_long_is_told_by_its_end),
		SET_UP(the_end_may_be_put_off_like_any_other),
		SET_UP(an_end_in_memory_only_tells_nothing_for_others),
		SET_UP(while_the_end_is_on_its_way_to_the_disk_nothing_leaves),
		SET_UP(found_in_any_order_after_a_crash),
		SET_UP(what_may_be_there_is_not_merged),
		SET_UP(nor_what_waits_for_less_or_is_no_mail_or_has_left),
		SET_UP(quiet_hours_are_not_ended_by_an_end),
		SET_UP(an_end_that_is_gone_tells_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
