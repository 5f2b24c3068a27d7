/*
 * outbox_test.c - when which notice is tried, over which relay, in which order.
 */
#include "core/outbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct now at_us(int64_t us)
{
	return (struct now){ { 3000 * USEC_PER_SEC + us }, { 800000 * USEC_PER_SEC + us } };
}

static struct now at(int64_t seconds)
{
	return at_us(seconds * USEC_PER_SEC);
}

static struct notice notice_of(uint64_t incident, uint32_t seq, const char *recipient)
{
	struct notice n = {
		.incident = incident, .seq = seq, .kind = NOTICE_DOWN, .created = at(0)
	};

	(void)snprintf(n.recipient, sizeof n.recipient, "%s", recipient);
	n.id = notice_id(&n);
	return n;
}

static int setup(void **state)
{
	struct outbox *o = calloc(1, sizeof *o);

	if (!o)
		return -1;
	outbox_init(o);
	*state = o;
	return 0;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

static struct outbox_entry *put(struct outbox *o, uint64_t incident, uint32_t seq, const char *to,
				struct now now)
{
	struct notice n = notice_of(incident, seq, to);
	struct outbox_entry *entry = outbox_add(o, &n, false, false, now);

	assert_non_null(entry);
	outbox_stored(entry, true, now);
	return entry;
}

static void nothing_is_sent_before_it_is_durable(void **state)
{
	struct outbox *o = *state;
	struct notice n = notice_of(1, 0, "a@example.com");
	struct outbox_entry *entry = outbox_add(o, &n, false, false, at(0));

	assert_null(outbox_next(o, at(1)));
	assert_int_equal(outbox_wake(o).us, INT64_MAX);
	outbox_stored(entry, false, at(5)); /* the disk refuses: from memory */
	assert_false(entry->is_durable);
	assert_ptr_equal(outbox_next(o, at(5)), entry);
}

static void the_same_notice_is_taken_once(void **state)
{
	struct outbox *o = *state;
	struct notice n = notice_of(1, 0, "a@example.com");

	assert_non_null(outbox_add(o, &n, false, false, at(0)));
	assert_null(outbox_add(o, &n, false, false, at(1)));
	assert_null(outbox_add(o, &n, true, true, at(1)));
	assert_int_equal(o->n, 1);
}

static void what_was_found_on_the_disk_is_tried_at_once(void **state)
{
	struct outbox *o = *state;
	struct notice n = notice_of(1, 0, "a@example.com");
	struct outbox_entry *entry = outbox_add(o, &n, true, true, at(99));

	assert_int_equal(outbox_wake(o).us, at(99).mono.us);
	assert_ptr_equal(outbox_next(o, at(99)), entry);
	assert_true(entry->is_durable && entry->is_in_doubt);
}

static void failed_attempts_follow_the_table(void **state)
{
	static const int pauses[] = { 60, 120, 300, 600, 900, 900, 900, 900 };
	struct outbox *o = *state;
	struct outbox_entry *entry = put(o, 1, 0, "a@example.com", at(0));
	int64_t t = 0;

	assert_int_equal(outbox_wake(o).us, at(0).mono.us);
	for (size_t i = 0; i < sizeof pauses / sizeof pauses[0]; i++) {
		assert_ptr_equal(outbox_next(o, at(t)), entry);
		assert_false(outbox_finish(entry, OUTBOX_LATER, 1, "421 busy", at(t)));
		assert_string_equal(entry->reply, "421 busy");
		assert_int_equal(outbox_pause((unsigned)i + 1), pauses[i] * USEC_PER_SEC);
		assert_int_equal(outbox_wake(o).us, at(t + pauses[i]).mono.us);
		assert_null(outbox_next(o, at_us((t + pauses[i]) * USEC_PER_SEC - 1)));
		t += pauses[i];
	}
	assert_int_equal(outbox_pause(0), 0);
	assert_ptr_equal(outbox_next(o, at(t)), entry);
	assert_true(outbox_finish(entry, OUTBOX_ACCEPTED, 1, "250 ok", at(t)));
	outbox_release(o, entry);
	assert_int_equal(o->n, 0);
	assert_null(outbox_next(o, at(t + 10000)));
}

static void the_next_relay_is_asked_in_the_same_round(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *entry = put(o, 1, 0, "a@example.com", at(0));

	for (unsigned route = 0; route < 3; route++) {
		assert_ptr_equal(outbox_next(o, at(0)), entry);
		assert_int_equal(entry->route, route);
		assert_int_equal(entry->attempts, 0);
		assert_false(outbox_finish(entry, OUTBOX_LATER, 3, "", at(0)));
	}
	assert_int_equal(entry->attempts, 1);
	assert_int_equal(entry->route, 0);
	assert_null(outbox_next(o, at(59)));
	assert_ptr_equal(outbox_next(o, at(60)), entry);
}

static void what_is_in_doubt_stays_with_its_relay_for_four_attempts(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *entry = put(o, 1, 0, "a@example.com", at(0));
	int64_t t = 0;

	assert_ptr_equal(outbox_next(o, at(0)), entry);
	assert_false(outbox_finish(entry, OUTBOX_IN_DOUBT, 3, "", at(0)));
	for (int i = 0; i < 3; i++) {
		assert_true(entry->is_in_doubt);
		t = (outbox_wake(o).us - at(0).mono.us) / USEC_PER_SEC;
		assert_ptr_equal(outbox_next(o, at(t)), entry);
		assert_int_equal(entry->route, 0);
		/* a definite no afterwards does not make the first attempt certain */
		assert_false(outbox_finish(entry, OUTBOX_LATER, 3, "", at(t)));
	}
	assert_int_equal(entry->attempts, 4);
	assert_int_equal(entry->route, 1);
}

/* A reload has left no relay: there is nowhere to move to, and the mail is kept. */
static void what_is_in_doubt_outlives_its_relay(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *entry = put(o, 1, 0, "a@example.com", at(0));
	int64_t t = 0;

	for (unsigned i = 0; i < 6; i++) {
		assert_ptr_equal(outbox_next(o, at(t)), entry);
		assert_false(outbox_finish(entry, OUTBOX_IN_DOUBT, i < 2 ? 1 : 0, "", at(t)));
		assert_int_equal(entry->route, 0);
		t = (outbox_wake(o).us - at(0).mono.us) / USEC_PER_SEC;
	}
	assert_int_equal(outbox_waiting(o, &(wall_t){ 0 }), 1);
}

static void doubt_at_the_second_relay_does_not_move_to_another(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *entry = put(o, 1, 0, "a@example.com", at(0));
	int64_t t = 0;

	assert_ptr_equal(outbox_next(o, at(0)), entry);
	assert_false(outbox_finish(entry, OUTBOX_LATER, 3, "", at(0)));
	assert_ptr_equal(outbox_next(o, at(0)), entry);
	assert_int_equal(entry->route, 1);
	assert_false(outbox_finish(entry, OUTBOX_IN_DOUBT, 3, "", at(0)));
	for (int i = 0; i < 3; i++) {
		t = (outbox_wake(o).us - at(0).mono.us) / USEC_PER_SEC;
		assert_ptr_equal(outbox_next(o, at(t)), entry);
		assert_int_equal(entry->route, 1);
		assert_false(outbox_finish(entry, OUTBOX_LATER, 3, "", at(t)));
	}
}

static void worse_news_pass_a_refused_notice_but_no_up_does(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *down = put(o, 1, 0, "a@example.com", at(0));
	struct outbox_entry *worse = put(o, 1, 1, "a@example.com", at(0));
	struct outbox_entry *up = put(o, 1, 2, "a@example.com", at(0));

	worse->notice.kind = NOTICE_CHANGE;
	up->notice.kind = NOTICE_RECOVERED;
	assert_ptr_equal(outbox_next(o, at(0)), down);
	assert_null(outbox_next(o, at(0)));
	assert_false(outbox_finish(down, OUTBOX_REFUSED, 1, "", at(1)));
	assert_ptr_equal(outbox_next(o, at(2)), worse);
	assert_true(outbox_finish(worse, OUTBOX_ACCEPTED, 1, "", at(3)));
	outbox_release(o, worse);
	assert_null(outbox_next(o, at(4)));
}

static void a_clock_set_forward_does_not_end_a_life(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *entry = put(o, 1, 0, "a@example.com", at(0));
	struct now stepped = at(60);

	stepped.wall.us += 10 * USEC_PER_DAY;
	assert_ptr_equal(outbox_next(o, at(0)), entry);
	assert_false(outbox_finish(entry, OUTBOX_LATER, 1, "", stepped));
}

static void no_up_before_its_down(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *up = put(o, 1, 1, "a@example.com", at(0));
	struct outbox_entry *down = put(o, 1, 0, "a@example.com", at(0));

	assert_ptr_equal(outbox_next(o, at(0)), down);
	assert_null(outbox_next(o, at(0)));
	assert_false(outbox_finish(down, OUTBOX_LATER, 1, "", at(0)));
	assert_null(outbox_next(o, at(1)));
	assert_int_equal(outbox_wake(o).us, at(60).mono.us);
	assert_ptr_equal(outbox_next(o, at(60)), down);
	assert_true(outbox_finish(down, OUTBOX_ACCEPTED, 1, "", at(60)));
	assert_null(outbox_next(o, at(60))); /* not before it is recorded */
	outbox_release(o, down);
	assert_ptr_equal(outbox_next(o, at(60)), up);
}

/* The disk gives back its files in any order, and some places between them are free. */
static void found_in_any_order_they_leave_in_their_own(void **state)
{
	struct outbox *o = *state;

	for (unsigned code = 0; code < 24; code++) {
		const struct notice unstored = notice_of(7, 0, "b@example.com");
		unsigned left[4] = { 0, 1, 2, 3 }, rest = code;
		struct outbox_entry *first, *second;

		outbox_init(o);
		first = put(o, 9, 0, "b@example.com", at(0));
		second = put(o, 9, 1, "b@example.com", at(0));
		assert_non_null(outbox_add(o, &unstored, false, false, at(0)));
		outbox_release(o, first);
		outbox_release(o, second);
		for (unsigned n = 4; n > 0; rest /= n, n--) {
			struct notice notice = notice_of(1, left[rest % n], "a@example.com");

			assert_non_null(outbox_add(o, &notice, true, false, at(0)));
			left[rest % n] = left[n - 1];
			if (n == 3)
				outbox_release(o, put(o, 8, n, "b@example.com", at(0)));
		}
		for (unsigned seq = 0; seq < 4; seq++) {
			struct outbox_entry *entry = outbox_next(o, at(1));

			assert_non_null(entry);
			assert_int_equal(entry->notice.seq, seq);
			assert_null(outbox_next(o, at(1)));
			assert_true(outbox_finish(entry, OUTBOX_ACCEPTED, 1, "250 ok", at(1)));
			outbox_release(o, entry);
		}
	}
}

static void other_incidents_and_recipients_do_not_wait(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *first = put(o, 1, 0, "a@example.com", at(0));
	struct outbox_entry *other_incident = put(o, 2, 1, "a@example.com", at(0));
	struct outbox_entry *other_recipient = put(o, 1, 1, "b@example.com", at(0));
	struct outbox_entry *next[3];

	for (int i = 0; i < 3; i++)
		next[i] = outbox_next(o, at(0));
	assert_ptr_equal(next[0], first);
	assert_true(next[1] == other_incident || next[2] == other_incident);
	assert_true(next[1] == other_recipient || next[2] == other_recipient);
}

static void a_few_attempts_run_at_once(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *first = NULL;

	for (uint64_t i = 1; i <= 10; i++)
		(void)put(o, i, 0, "a@example.com", at(0));
	for (int i = 0; i < OUTBOX_AT_ONCE; i++) {
		struct outbox_entry *entry = outbox_next(o, at(0));

		assert_non_null(entry);
		first = first ? first : entry;
	}
	assert_null(outbox_next(o, at(0)));
	assert_int_equal(outbox_wake(o).us, INT64_MAX);
	assert_true(outbox_finish(first, OUTBOX_ACCEPTED, 1, "", at(1)));
	outbox_release(o, first);
	assert_non_null(outbox_next(o, at(1)));
}

static void a_refused_recipient_is_tried_daily_when_others_are_served(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *gone = put(o, 1, 0, "gone@example.com", at(0));
	struct outbox_entry *good = put(o, 1, 0, "good@example.com", at(0));

	assert_non_null(outbox_next(o, at(0)));
	assert_non_null(outbox_next(o, at(0)));
	assert_false(outbox_finish(gone, OUTBOX_REFUSED, 1, "550 no such user", at(1)));
	assert_true(outbox_finish(good, OUTBOX_ACCEPTED, 1, "250", at(2)));
	outbox_release(o, good);
	assert_int_equal(outbox_wake(o).us, at(1 + 86400).mono.us);
	assert_null(outbox_next(o, at(86400)));
	assert_ptr_equal(outbox_next(o, at(86401)), gone);
}

static void what_one_relay_refuses_the_next_is_asked_at_once(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *entry = put(o, 1, 0, "a@example.com", at(0));

	assert_ptr_equal(outbox_next(o, at(0)), entry);
	assert_int_equal(entry->route, 0);
	assert_false(outbox_finish(entry, OUTBOX_REFUSED, 2, "554 relay access denied", at(1)));
	assert_ptr_equal(outbox_next(o, at(1)), entry);
	assert_int_equal(entry->route, 1);
	assert_false(entry->is_refused);
	assert_false(outbox_finish(entry, OUTBOX_REFUSED, 2, "554 nor here", at(2)));
	assert_true(entry->is_refused);
	assert_int_equal(outbox_wake(o).us, at(2 + 900).mono.us);
}

/* One relay refuses, the other is away: the one that is away may take it yet. */
static void refused_by_some_is_not_refused(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *entry = put(o, 1, 0, "a@example.com", at(0));

	assert_ptr_equal(outbox_next(o, at(0)), entry);
	assert_false(outbox_finish(entry, OUTBOX_REFUSED, 2, "554", at(1)));
	assert_ptr_equal(outbox_next(o, at(1)), entry);
	assert_false(outbox_finish(entry, OUTBOX_LATER, 2, "", at(2)));
	assert_false(entry->is_refused);
	assert_int_equal(outbox_wake(o).us, at(2 + 60).mono.us);
}

/* The relay refused everything, and heals: who was refused then need not wait for a day. */
static void a_refusal_before_anybody_was_served_is_nobodys_own(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *down = put(o, 1, 0, "a@example.com", at(0));
	struct outbox_entry *other = put(o, 2, 0, "a@example.com", at(0));

	assert_non_null(outbox_next(o, at(0)));
	assert_non_null(outbox_next(o, at(0)));
	assert_false(outbox_finish(down, OUTBOX_REFUSED, 1, "554", at(1)));
	assert_false(outbox_finish(other, OUTBOX_REFUSED, 1, "554", at(300)));
	assert_ptr_equal(outbox_next(o, at(901)), down);
	assert_true(outbox_finish(down, OUTBOX_ACCEPTED, 1, "250", at(902)));
	outbox_release(o, down);
	assert_int_equal(outbox_wake(o).us, at(1200).mono.us);
	assert_ptr_equal(outbox_next(o, at(1200)), other);
	assert_false(outbox_finish(other, OUTBOX_REFUSED, 1, "550", at(1201)));
	assert_int_equal(outbox_wake(o).us, at(1201 + 86400).mono.us);
}

static void when_nobody_has_accepted_it_is_every_quarter_of_an_hour(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *entry = put(o, 1, 0, "a@example.com", at(0));
	int64_t t = 0;

	for (int i = 0; i < 5; i++) {
		assert_ptr_equal(outbox_next(o, at(t)), entry);
		assert_false(
			outbox_finish(entry, OUTBOX_REFUSED, 1, "554 relay access denied", at(t)));
		assert_int_equal(outbox_wake(o).us, at(t + 900).mono.us);
		t += 900;
	}
}

static void a_notice_lives_for_seven_days(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *entry = put(o, 1, 0, "a@example.com", at(0));
	int64_t t = 0;
	bool is_final = false;

	while (!is_final && t < 20 * 86400) {
		assert_ptr_equal(outbox_next(o, at(t)), entry);
		is_final = outbox_finish(entry, OUTBOX_LATER, 1, "", at(t));
		if (is_final)
			break;
		t = (outbox_wake(o).us - at(0).mono.us) / USEC_PER_SEC;
	}
	assert_in_range(t, 7 * 86400, 7 * 86400 + 901);
}

static void a_full_outbox_says_so(void **state)
{
	struct outbox *o = *state;
	struct notice n;

	for (uint64_t i = 1; i <= OUTBOX_MAX; i++)
		(void)put(o, i, 0, "a@example.com", at(0));
	n = notice_of(9999, 0, "a@example.com");
	assert_null(outbox_add(o, &n, false, false, at(0)));
	assert_int_equal(o->n, OUTBOX_MAX);
}

static void the_oldest_that_waits_is_known(void **state)
{
	struct outbox *o = *state;
	wall_t oldest = { 1 };
	struct notice n = notice_of(2, 0, "a@example.com");

	assert_int_equal(outbox_waiting(o, &oldest), 0);
	assert_false(wall_is_set(oldest));
	n.created = at(-100);
	(void)outbox_add(o, &n, false, false, at(0));
	(void)put(o, 1, 0, "a@example.com", at(0));
	assert_int_equal(outbox_waiting(o, &oldest), 2);
	assert_int_equal(oldest.us, at(-100).wall.us);
}

/* ---- what is no mail ---- */

static void what_was_made_in_quiet_hours_waits_for_their_end(void **state)
{
	struct outbox *o = *state;
	struct notice n = notice_of(0, 0, "phone");
	struct outbox_entry *entry;
	wall_t oldest;

	n.not_before = at(3600).wall;
	entry = outbox_add(o, &n, false, false, at(0));
	outbox_stored(entry, true, at(1));
	assert_null(outbox_next(o, at(3599)));
	assert_int_equal(outbox_oldest(o, "phone").us, at(3600).wall.us); /* until then it is not late */
	outbox_init(o);
	entry = outbox_add(o, &n, true, false, at(600)); /* the next life holds it back, too */
	assert_null(outbox_next(o, at(3599)));
	assert_ptr_equal(outbox_next(o, at(3600)), entry);
	assert_int_equal(outbox_waiting(o, &oldest), 1);
	assert_false(wall_is_set(oldest)); /* mail is not late for it */
	outbox_init(o);
	entry = outbox_add(o, &n, true, false, at(4000)); /* they are over */
	assert_ptr_equal(outbox_next(o, at(4000)), entry);
}

/* A service that asks for patience; but nothing is hurried by that. */
static void what_is_put_off_is_never_brought_forward(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *entry = put(o, 1, 0, "phone", at(0));

	assert_ptr_equal(outbox_next(o, at(0)), entry);
	assert_false(outbox_finish(entry, OUTBOX_LATER, 1, "503", at(0)));
	outbox_put_off(entry, at(30).mono);
	assert_int_equal(outbox_wake(o).us, at(60).mono.us);
	outbox_put_off(entry, at(90).mono);
	assert_int_equal(outbox_wake(o).us, at(90).mono.us);
}

static void a_refused_channel_is_tried_every_quarter_of_an_hour(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *mail = put(o, 1, 0, "a@example.com", at(0));
	struct outbox_entry *phone = put(o, 1, 0, "phone", at(0));

	assert_ptr_equal(outbox_next(o, at(0)), mail);
	assert_ptr_equal(outbox_next(o, at(0)), phone);
	assert_false(outbox_finish(phone, OUTBOX_REFUSED, 1, "403", at(1)));
	assert_true(outbox_finish(mail, OUTBOX_ACCEPTED, 1, "250", at(2)));
	outbox_release(o, mail);
	assert_null(outbox_next(o, at(14 * 60)));
	assert_ptr_equal(outbox_next(o, at(15 * 60 + 1)), phone);
}

static void what_a_channel_takes_says_nothing_of_a_refused_mail(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *mail = put(o, 1, 0, "a@example.com", at(0));
	struct outbox_entry *phone = put(o, 1, 0, "phone", at(0));

	(void)outbox_next(o, at(0));
	(void)outbox_next(o, at(0));
	assert_false(outbox_finish(mail, OUTBOX_REFUSED, 1, "554", at(1)));
	assert_true(outbox_finish(phone, OUTBOX_ACCEPTED, 1, "200", at(1)));
	outbox_release(o, phone);
	assert_ptr_equal(outbox_next(o, at(15 * 60 + 1)), mail); /* nobody was sent any mail */
}

static void who_wants_to_be_left_alone_is(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *phone = put(o, 1, 0, "phone", at(0));

	(void)outbox_next(o, at(0));
	assert_false(outbox_finish(phone, OUTBOX_LATER, 1, "429", at(0)));
	outbox_put_off(phone, at(3600).mono);
	assert_null(outbox_next(o, at(3599)));
	assert_ptr_equal(outbox_next(o, at(3600)), phone);
}

/* Random lives: never two attempts of one notice at once, never out of order, everything ends. */
/* ---- what reached nobody ---- */

static struct outbox_entry *fails(struct outbox *o, struct outbox_entry *entry,
				  enum outbox_result result, struct now now)
{
	assert_ptr_equal(outbox_next(o, now), entry);
	assert_false(outbox_finish(entry, result, 1, "", now));
	return entry;
}

static void serve(struct outbox *o, struct outbox_entry *entry, struct now now)
{
	assert_ptr_equal(outbox_next(o, now), entry);
	assert_true(outbox_finish(entry, OUTBOX_ACCEPTED, 1, "250 ok", now));
	outbox_release(o, entry);
}

/* Made in the order of `serial`, in a place of any other. */
static struct outbox_entry *put_made(struct outbox *o, uint64_t serial, const char *to,
				     struct now now)
{
	struct outbox_entry *entry = put(o, serial, 0, to, now);

	entry->notice.serial = serial;
	return entry;
}

static void when_a_relay_is_back_what_reached_none_is_due_at_once_the_oldest_first(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *third = fails(o, put_made(o, 3, "a@example.com", at(0)),
					   OUTBOX_UNREACHED, at(0));
	struct outbox_entry *first = fails(o, put_made(o, 1, "b@example.com", at(1)),
					   OUTBOX_UNREACHED, at(1));
	struct outbox_entry *grey = fails(o, put_made(o, 2, "c@example.com", at(2)), OUTBOX_LATER,
					  at(2));
	struct outbox_entry *phone = fails(o, put_made(o, 4, "phone", at(3)), OUTBOX_UNREACHED,
					   at(3));

	serve(o, put_made(o, 5, "d@example.com", at(30)), at(30));
	assert_int_equal(outbox_wake(o).us, at(30).mono.us);
	serve(o, first, at(30));
	serve(o, third, at(30));
	assert_null(outbox_next(o, at(30))); /* the relay knows the one, and of the other nothing */
	assert_int_equal(outbox_wake(o).us, at(62).mono.us);
	serve(o, grey, at(62));
	assert_ptr_equal(outbox_next(o, at(63)), phone);
}

/* A word of any of its relays is a word. */
static void what_one_relay_put_off_keeps_its_time(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *entry = put(o, 1, 0, "a@example.com", at(0));

	assert_ptr_equal(outbox_next(o, at(0)), entry);
	assert_false(outbox_finish(entry, OUTBOX_LATER, 2, "451", at(0)));
	assert_ptr_equal(outbox_next(o, at(0)), entry);
	assert_false(outbox_finish(entry, OUTBOX_UNREACHED, 2, "refused", at(0)));
	serve(o, put(o, 2, 0, "b@example.com", at(10)), at(10));
	assert_null(outbox_next(o, at(59)));
	assert_ptr_equal(outbox_next(o, at(60)), entry);
}

static void what_a_channel_takes_recalls_its_own(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *mail = fails(o, put(o, 1, 0, "a@example.com", at(0)),
					  OUTBOX_UNREACHED, at(0));
	struct outbox_entry *phone = fails(o, put(o, 2, 0, "phone", at(0)), OUTBOX_UNREACHED, at(0));

	serve(o, put(o, 3, 0, "phone", at(10)), at(10));
	serve(o, phone, at(10));
	assert_null(outbox_next(o, at(59)));
	assert_ptr_equal(outbox_next(o, at(60)), mail);
}

static void another_configuration_recalls_what_reached_nobody(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *unreached = fails(o, put(o, 1, 0, "a@example.com", at(0)),
					       OUTBOX_UNREACHED, at(0));

	(void)fails(o, put(o, 2, 0, "b@example.com", at(0)), OUTBOX_LATER, at(0));
	outbox_recall(o, false, at(5));
	assert_ptr_equal(outbox_next(o, at(5)), unreached);
	assert_null(outbox_next(o, at(5)));
}

static void what_holds_the_oldest_mail_back_is_told(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *oldest;

	(void)fails(o, put(o, 2, 0, "phone", at(0)), OUTBOX_REFUSED, at(0));
	oldest = put(o, 1, 0, "a@example.com", at(0));
	assert_int_equal(outbox_hold(o), HOLD_NONE);
	assert_null(outbox_hold_name(outbox_hold(o)));
	(void)fails(o, oldest, OUTBOX_UNREACHED, at(0));
	assert_string_equal(outbox_hold_name(outbox_hold(o)), "unreached");
	(void)fails(o, put(o, 3, 0, "b@example.com", at(1)), OUTBOX_REFUSED, at(1));
	assert_int_equal(outbox_hold(o), HOLD_UNREACHED);
	serve(o, oldest, at(60));
	assert_string_equal(outbox_hold_name(outbox_hold(o)), "refused");
}

static void a_relay_that_says_later_and_one_that_says_nothing(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *later, *doubted;

	assert_int_equal(outbox_hold(o), HOLD_NONE);
	serve(o, put(o, 4, 0, "c@example.com", at(0)), at(0));
	later = fails(o, put(o, 1, 0, "a@example.com", at(0)), OUTBOX_LATER, at(0));
	doubted = fails(o, put(o, 2, 0, "b@example.com", at(1)), OUTBOX_IN_DOUBT, at(1));
	assert_string_equal(outbox_hold_name(outbox_hold(o)), "put-off");
	serve(o, later, at(60));
	assert_string_equal(outbox_hold_name(outbox_hold(o)), "in-doubt");
	serve(o, doubted, at(61));
	assert_int_equal(outbox_hold(o), HOLD_NONE);
	fails(o, put(o, 5, 0, "a@example.com", at(70)), OUTBOX_LATER, at(70))->notice.created = at(70);
	fails(o, put(o, 6, 0, "b@example.com", at(70)), OUTBOX_REFUSED, at(70))->notice.created = at(65);
	assert_int_equal(outbox_hold(o), HOLD_REFUSED);
}

static void other_relays_are_asked_for_what_was_refused(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *refused;

	serve(o, put(o, 1, 0, "a@example.com", at(0)), at(0));
	refused = fails(o, put(o, 2, 0, "b@example.com", at(0)), OUTBOX_REFUSED, at(0));
	serve(o, put(o, 3, 0, "a@example.com", at(1)), at(1));
	(void)fails(o, put(o, 4, 0, "c@example.com", at(3599)), OUTBOX_LATER, at(3599));
	outbox_recall(o, false, at(3600));
	assert_null(outbox_next(o, at(3600)));
	outbox_recall(o, true, at(3601));
	assert_ptr_equal(outbox_next(o, at(3601)), refused);
	assert_null(outbox_next(o, at(3601)));
}

/* A second copy could come of it, or it is no mail, or it is being asked for already. */
static void other_relays_change_nothing_for_what_is_bound(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *doubted;

	doubted = fails(o, put(o, 1, 0, "a@example.com", at(0)), OUTBOX_IN_DOUBT, at(0));
	(void)fails(o, doubted, OUTBOX_REFUSED, at(60));
	(void)fails(o, put(o, 2, 0, "phone", at(61)), OUTBOX_REFUSED, at(61));
	assert_null(outbox_next(o, at(62)));
	(void)put(o, 3, 0, "b@example.com", at(62));
	assert_non_null(outbox_next(o, at(62)));
	outbox_recall(o, true, at(63));
	assert_null(outbox_next(o, at(63)));
}

static void a_fresh_alarm_does_not_queue_behind_what_has_failed(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *old = fails(o, put_made(o, 1, "a@example.com", at(0)),
					 OUTBOX_UNREACHED, at(0));
	struct outbox_entry *fresh = put_made(o, 2, "a@example.com", at(60));

	assert_ptr_equal(outbox_next(o, at(60)), fresh);
	assert_ptr_equal(outbox_next(o, at(60)), old);
}

/* ---- relays that are to be left alone ---- */

static void who_is_passed_by_waits_without_an_attempt(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *entry = put(o, 1, 0, "a@example.com", at(0));

	for (int64_t t = 0; t < 3 * 900; t += 900) {
		assert_ptr_equal(outbox_next(o, at(t)), entry);
		assert_false(outbox_pass(entry, 1, "535 wrong", at(t + 900).mono, at(t)));
		assert_int_equal(entry->attempts, 0);
		assert_string_equal(entry->reply, "535 wrong");
		assert_int_equal(outbox_wake(o).us, at(t + 900).mono.us);
	}
	serve(o, put(o, 2, 0, "b@example.com", at(2600)), at(2600)); /* it lets us in */
	assert_ptr_equal(outbox_next(o, at(2600)), entry);
}

static void past_a_relay_that_rests_the_next_is_asked(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *entry = put(o, 1, 0, "a@example.com", at(0));

	assert_ptr_equal(outbox_next(o, at(0)), entry);
	assert_false(outbox_pass(entry, 2, "535 wrong", at(900).mono, at(0)));
	assert_ptr_equal(outbox_next(o, at(0)), entry);
	assert_int_equal(entry->route, 1);
	assert_false(outbox_finish(entry, OUTBOX_UNREACHED, 2, "", at(0)));
	assert_int_equal(entry->attempts, 1);
	assert_int_equal(outbox_wake(o).us, at(60).mono.us); /* that one was asked, and is again */
	assert_ptr_equal(outbox_next(o, at(60)), entry);
	assert_false(outbox_finish(entry, OUTBOX_UNREACHED, 2, "", at(60)));
	assert_ptr_equal(outbox_next(o, at(60)), entry);
	assert_false(outbox_pass(entry, 2, "", at(900).mono, at(60)));
	assert_int_equal(entry->attempts, 2);
	assert_int_equal(entry->route, 0);
	assert_int_equal(outbox_wake(o).us, at(60 + 120).mono.us);
}

static void in_doubt_it_is_not_bound_to_a_relay_that_rests(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *entry = put(o, 1, 0, "a@example.com", at(0));
	int64_t t = 0;

	assert_ptr_equal(outbox_next(o, at(0)), entry);
	assert_false(outbox_finish(entry, OUTBOX_IN_DOUBT, 2, "", at(0)));
	while (entry->route == 0) {
		assert_in_range(t, 0, 3600);
		t = (outbox_wake(o).us - at(0).mono.us) / USEC_PER_SEC;
		assert_ptr_equal(outbox_next(o, at(t)), entry);
		assert_false(outbox_pass(entry, 2, "", at(t + 900).mono, at(t)));
	}
	assert_int_equal(entry->attempts, 4);
}

static void passed_by_for_a_week_it_is_over(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *entry = put(o, 1, 0, "a@example.com", at(0));

	assert_ptr_equal(outbox_next(o, at(7 * 86400)), entry);
	assert_false(outbox_pass(entry, 1, "", at(7 * 86400 + 1).mono, at(7 * 86400)));
	assert_ptr_equal(outbox_next(o, at(7 * 86400 + 1)), entry);
	assert_true(outbox_pass(entry, 1, "", at(8 * 86400).mono, at(7 * 86400 + 1)));
	assert_false(entry->is_accepted);
}

/* Its relay rests just when the day after its refusal is over: it waits for that like the others. */
static void a_refused_one_is_passed_by_as_well(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *entry = put(o, 1, 0, "gone@example.com", at(0));

	(void)fails(o, entry, OUTBOX_REFUSED, at(0));
	serve(o, put(o, 2, 0, "a@example.com", at(1)), at(1));
	assert_null(outbox_next(o, at(86399)));
	assert_ptr_equal(outbox_next(o, at(86400)), entry);
	assert_false(outbox_pass(entry, 1, "535 wrong", at(87000).mono, at(86400)));
	assert_null(outbox_next(o, at(86999)));
	assert_ptr_equal(outbox_next(o, at(87000)), entry);
	outbox_not_yet(entry, at(87001).mono);
	assert_null(outbox_next(o, at(87000)));
	assert_ptr_equal(outbox_next(o, at(87001)), entry);
}

static void a_turn_that_came_too_early_comes_again(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *entry = put(o, 1, 0, "a@example.com", at(0));

	assert_ptr_equal(outbox_next(o, at(0)), entry);
	outbox_not_yet(entry, at(1).mono);
	assert_null(outbox_next(o, at(0)));
	assert_ptr_equal(outbox_next(o, at(1)), entry);
	assert_int_equal(entry->attempts, 0);
}

static void the_newest_of_those_that_wait_is_known(void **state)
{
	struct outbox *o = *state;
	struct outbox_entry *newest;

	assert_null(outbox_newest(o));
	(void)put_made(o, 2, "a@example.com", at(0));
	newest = put_made(o, 9, "a@example.com", at(0));
	(void)put_made(o, 5, "a@example.com", at(0));
	put_made(o, 11, "a@example.com", at(0))->state = OUTBOX_SENDING;
	assert_ptr_equal(outbox_newest(o), newest);
	assert_true(outbox_is_older(&(struct notice){ .created = at(0) },
				    &(struct notice){ .serial = 1, .created = at(1) }));
}

static void random_lives_end_in_order(void **state)
{
	struct outbox *o = *state;
	uint32_t random = 1, last_seq[8] = { 0 };
	struct now now = at(0);
	int left = 64;

	for (int i = 0; i < 64; i++)
		(void)put(o, (uint64_t)(i % 8) + 1, (uint32_t)(i / 8) + 1, "a@example.com", at(0));
	for (int guard = 0; left > 0 && guard < 100000; guard++) {
		struct outbox_entry *entry = outbox_next(o, now);
		enum outbox_result result;

		random = random * 1664525 + 1013904223;
		if (!entry) {
			now = at_us(outbox_wake(o).us - at(0).mono.us);
			continue;
		}
		result = random >> 28 < 8    ? OUTBOX_ACCEPTED
			 : random >> 28 < 12 ? OUTBOX_LATER
					     : OUTBOX_IN_DOUBT;
		assert_int_equal(entry->notice.seq, last_seq[entry->notice.incident - 1] + 1);
		if (outbox_finish(entry, result, 2, "", now)) {
			last_seq[entry->notice.incident - 1]++;
			outbox_release(o, entry);
			left--;
		}
	}
	assert_int_equal(left, 0);
	assert_int_equal(o->n, 0);
}

#define WITH_OUTBOX(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_OUTBOX(nothing_is_sent_before_it_is_durable),
		WITH_OUTBOX(the_same_notice_is_taken_once),
		WITH_OUTBOX(what_was_found_on_the_disk_is_tried_at_once),
		WITH_OUTBOX(failed_attempts_follow_the_table),
		WITH_OUTBOX(the_next_relay_is_asked_in_the_same_round),
		WITH_OUTBOX(what_is_in_doubt_stays_with_its_relay_for_four_attempts),
		WITH_OUTBOX(worse_news_pass_a_refused_notice_but_no_up_does),
		WITH_OUTBOX(a_clock_set_forward_does_not_end_a_life),
		WITH_OUTBOX(what_is_in_doubt_outlives_its_relay),
		WITH_OUTBOX(doubt_at_the_second_relay_does_not_move_to_another),
		WITH_OUTBOX(no_up_before_its_down),
		WITH_OUTBOX(found_in_any_order_they_leave_in_their_own),
		WITH_OUTBOX(other_incidents_and_recipients_do_not_wait),
		WITH_OUTBOX(a_few_attempts_run_at_once),
		WITH_OUTBOX(a_refused_recipient_is_tried_daily_when_others_are_served),
		WITH_OUTBOX(what_one_relay_refuses_the_next_is_asked_at_once),
		WITH_OUTBOX(refused_by_some_is_not_refused),
		WITH_OUTBOX(a_refusal_before_anybody_was_served_is_nobodys_own),
		WITH_OUTBOX(when_nobody_has_accepted_it_is_every_quarter_of_an_hour),
		WITH_OUTBOX(a_notice_lives_for_seven_days),
		WITH_OUTBOX(a_full_outbox_says_so),
		WITH_OUTBOX(the_oldest_that_waits_is_known),
		WITH_OUTBOX(what_was_made_in_quiet_hours_waits_for_their_end),
		WITH_OUTBOX(a_refused_channel_is_tried_every_quarter_of_an_hour),
		WITH_OUTBOX(what_a_channel_takes_says_nothing_of_a_refused_mail),
		WITH_OUTBOX(who_wants_to_be_left_alone_is),
		WITH_OUTBOX(what_is_put_off_is_never_brought_forward),
		WITH_OUTBOX(when_a_relay_is_back_what_reached_none_is_due_at_once_the_oldest_first),
		WITH_OUTBOX(what_one_relay_put_off_keeps_its_time),
		WITH_OUTBOX(what_a_channel_takes_recalls_its_own),
		WITH_OUTBOX(another_configuration_recalls_what_reached_nobody),
		WITH_OUTBOX(other_relays_are_asked_for_what_was_refused),
		WITH_OUTBOX(other_relays_change_nothing_for_what_is_bound),
		WITH_OUTBOX(what_holds_the_oldest_mail_back_is_told),
		WITH_OUTBOX(a_relay_that_says_later_and_one_that_says_nothing),
		WITH_OUTBOX(a_fresh_alarm_does_not_queue_behind_what_has_failed),
		WITH_OUTBOX(who_is_passed_by_waits_without_an_attempt),
		WITH_OUTBOX(past_a_relay_that_rests_the_next_is_asked),
		WITH_OUTBOX(in_doubt_it_is_not_bound_to_a_relay_that_rests),
		WITH_OUTBOX(passed_by_for_a_week_it_is_over),
		WITH_OUTBOX(a_refused_one_is_passed_by_as_well),
		WITH_OUTBOX(a_turn_that_came_too_early_comes_again),
		WITH_OUTBOX(the_newest_of_those_that_wait_is_known),
		WITH_OUTBOX(random_lives_end_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
