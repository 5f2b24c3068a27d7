/*
 * reading_test.c - lines of a saved state that cannot be, that are not about us,
 * and that are more than we hold.
 */
#include "small_engine.h"

#include <errno.h>
#include <inttypes.h>

#include "base/key.h"
#include "core/silence.h"

/* ---- what cannot be ---- */

#define MARK "9223372036854775807"

/* One wrong value each: the state of another program, or of a damaged disk. */
static const char *const impossible[] = {
	"target",
	"target blog family=-1",
	"target blog family=9",
	"target blog failure=gone",
	"job backup put_off=-5",
	"job backup last=x",
	"watchdog beats state=-1",
	"watchdog beats since=x",
	"witness beats-alertmanager said=-1",
	"witness beats-alertmanager said=99",
	"witness beats-alertmanager age=x",
	"pull beats verdict=-1",
	"pull beats verdict=99",
	"pull beats believed=99",
	"pull beats blame=-1",
	"pull beats since=x",
	"incident - stack=home state=x",
	"incident - stack=home state=0 id=0000000000000001",
	"incident - stack=home state=4 id=0000000000000001",
	"incident - stack=home state=2 id=0000000000000001 finding=-1",
	"incident - stack=home state=2 id=0000000000000001 finding=99",
	"incident - stack=home state=2 id=0000000000000001 worst=-1",
	"incident - stack=home state=2 id=0000000000000001 worst=99",
	"incident - stack=home state=2 id=0000000000000001 mailed=-1",
	"incident - stack=home state=2 id=0000000000000001 mailed=99",
	"incident - stack=home state=2 id=0000000000000001 first_finding=-1",
	"incident - stack=home state=2 id=0000000000000001 first_finding=99",
	"incident - stack=home state=2",
	"past - stack=home state=3",
	"past - stack=home state=0 id=0000000000000001",
	"event - kind=-1",
	"event - kind=99",
	"event - diagnosis=-1",
	"event - diagnosis=99",
	"event - at=x",
	"member-target blog took=x",
	"member-watchdog beats took=x",
	"certificate - id=zz",
	"self clock told=zz",
	"silence - since=-1 until=5",
	"silence - since=5 until=-1",
	"silence - since=x",
	"flap-target blog last=x",
	"flap-target blog last=" MARK,
	"flap-target blog second=-" MARK,
	"flap-watchdog beats fourth=" MARK,
	"general - day=x",
	"told - seq=x",
	"told - finding=99",
	"channel - mails=x",
	"channel - began=" MARK,
	"channel - began=-" MARK,
	"weekly - told=x",
	"outage - opened=x",
	"outage - worst=99",
};

static void values_that_cannot_be_are_refused_and_nothing_is_taken(void **state)
{
	struct heard heard = { .notices = 0 };
	struct engine *engine = small_engine(&heard, small_at(0));
	char *fresh = small_state(engine, small_at(0)), *after, lines[256];

	(void)state;
	for (size_t i = 0; i < sizeof impossible / sizeof impossible[0]; i++) {
		(void)snprintf(lines, sizeof lines, "target wiki state=3 streak=3\n%s",
			       impossible[i]);
		if (small_restore(engine, lines, small_at(0)) != -EBADMSG)
			fail_msg("taken: %s", impossible[i]);
		after = small_state(engine, small_at(0));
		assert_string_equal(after, fresh);
		free(after);
	}
	free(fresh);
	engine_free(engine);
}

/* ---- what is not about us ---- */

/* Of things that the plan does not have, or that hang on nothing. */
static const char *const elsewhere[] = {
	"",
	"weather home rain=1",
	"target gone state=99",
	"job gone put_off=-5",
	"job blog put_off=-5",
	"watchdog gone state=99",
	"witness gone said=99",
	"pull gone verdict=99",
	"member-target gone took=x",
	"member-watchdog gone took=x",
	"flap-target gone last=x",
	"flap-watchdog gone last=x",
	"self weather told=0000000000000001",
	"affected blog",
	"event - kind=3",
	"certificate - to=5",
};

static void what_is_not_of_this_plan_is_passed_over(void **state)
{
	struct heard heard = { .notices = 0 };
	struct engine *engine = small_engine(&heard, small_at(0));
	char *fresh, *after;

	(void)state;
	assert_int_equal(small_restore(engine, "", small_at(0)), 0);
	fresh = small_state(engine, small_at(0));
	for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++) {
		if (small_restore(engine, elsewhere[i], small_at(0)) != 0)
			fail_msg("refused: %s", elsewhere[i]);
		after = small_state(engine, small_at(0));
		assert_string_equal(after, fresh);
		free(after);
	}
	free(fresh);
	engine_free(engine);
}

/* Who was told of what is over is of no use; nor is it where no incident stands before it. */
static void what_was_told_of_the_past_is_passed_over(void **state)
{
	static const char *const before[] = { "past - stack=home state=3 id=%016x finding=7\n",
					      "weather home rain=%x\n" };
	struct heard heard = { .notices = 0 };
	struct buf text = BUF_INIT(4096);

	(void)state;
	for (size_t i = 0; i < sizeof before / sizeof before[0]; i++) {
		struct engine *engine = small_engine(&heard, small_at(0));

		buf_clear(&text);
		buf_printf(&text, before[i], 1);
		buf_printf(&text, "told - channel=%016" PRIx64 " finding=7 seq=1",
			   key_text(small_channels[0].name));
		assert_int_equal(small_restore(engine, buf_text(&text), small_at(0)), 0);
		engine_free(engine);
	}
	buf_done(&text);
}

/* ---- more than we hold ---- */

static void lines_add(struct buf *to, const char *format, unsigned n)
{
	for (unsigned i = 1; i <= n; i++) {
		buf_printf(to, format, i);
		buf_putc(to, '\n');
	}
}

/* Eight of a stack are open at once; without members they end without a word. */
static void a_ninth_incident_of_a_stack_is_dropped(void **state)
{
	struct heard heard = { .notices = 0 };
	struct engine *engine = small_engine(&heard, small_at(0));
	struct buf text = BUF_INIT(SNAPSHOT_MAX);

	(void)state;
	lines_add(&text, "incident - stack=home state=2 id=%016x finding=7 worst=7 mails=1", 9);
	assert_int_equal(small_restore(engine, buf_text(&text), small_at(0)), 0);
	assert_int_equal(heard.closed, 8);
	assert_int_equal(heard.notices, 0);
	assert_int_equal(small_model(engine, small_at(0)).incidents_n, 0);
	buf_done(&text);
	engine_free(engine);
}

static void an_incident_that_nobody_was_told_of_ends_without_a_trace(void **state)
{
	struct heard heard = { .notices = 0 };
	struct engine *engine = small_engine(&heard, small_at(0));

	(void)state;
	assert_int_equal(small_restore(engine,
				       "incident - stack=home state=1 id=0000000000000001 finding=7",
				       small_at(0)),
			 0);
	assert_int_equal(heard.closed, 0);
	assert_int_equal(small_model(engine, small_at(0)).past_n, 0);
	engine_free(engine);
}

/* It was made of a notice: its members are found when they are judged. */
static void an_adopted_incident_stays_without_members_while_its_stack_is_there(void **state)
{
	static const char lines[] =
		"incident - stack=home state=2 id=0000000000000001 finding=7 adopted=1 mails=1\n"
		"incident - stack=gone state=2 id=0000000000000002 finding=7 adopted=1 mails=1";
	struct heard heard = { .notices = 0 };
	struct engine *engine = small_engine(&heard, small_at(0));

	(void)state;
	assert_int_equal(small_restore(engine, lines, small_at(0)), 0);
	assert_int_equal(heard.closed, 1);
	assert_int_equal(small_model(engine, small_at(0)).incidents_n, 1);
	assert_true(small_model(engine, small_at(0)).incidents[0].id == 1);
	engine_free(engine);
}

static void of_the_past_only_the_newest_are_kept(void **state)
{
	struct heard heard = { .notices = 0 };
	struct engine *engine = small_engine(&heard, small_at(0));
	struct buf text = BUF_INIT(SNAPSHOT_MAX);
	struct model model;

	(void)state;
	lines_add(&text, "past - stack=home state=3 id=%016x finding=7", 11);
	assert_int_equal(small_restore(engine, buf_text(&text), small_at(0)), 0);
	model = small_model(engine, small_at(0));
	assert_int_equal(model.past_n, 8);
	for (size_t i = 0; i < model.past_n; i++)
		assert_true(model.past[i].id == 11 - i);
	buf_done(&text);
	engine_free(engine);
}

static void of_those_affected_the_first_are_kept(void **state)
{
	struct heard heard = { .notices = 0 };
	struct engine *engine = small_engine(&heard, small_at(0));
	struct buf text = BUF_INIT(SNAPSHOT_MAX);
	struct model model;

	(void)state;
	buf_puts(&text, "past - stack=home state=3 id=0000000000000001 finding=7\n");
	lines_add(&text, "affected site-%u", INCIDENT_AFFECTED_MAX + 3);
	assert_int_equal(small_restore(engine, buf_text(&text), small_at(0)), 0);
	model = small_model(engine, small_at(0));
	assert_int_equal(model.past_n, 1);
	assert_int_equal(model.past[0].affected_n, INCIDENT_AFFECTED_MAX);
	assert_string_equal(model.past[0].affected[INCIDENT_AFFECTED_MAX - 1], "site-6");
	buf_done(&text);
	engine_free(engine);
}

static void silences_beyond_what_we_hold_are_dropped(void **state)
{
	struct heard heard = { .notices = 0 };
	struct engine *engine = small_engine(&heard, small_at(0));
	struct buf text = BUF_INIT(SNAPSHOT_MAX);
	char *after;
	size_t n = 0;

	(void)state;
	lines_add(&text, "silence - scope=blog since=1 until=1895222800000000 text=%u",
		  SILENCES_MAX + 2);
	assert_int_equal(small_restore(engine, buf_text(&text), small_at(0)), 0);
	after = small_state(engine, small_at(0));
	for (const char *at = after; (at = strstr(at, "\nsilence ")); at++)
		n++;
	assert_int_equal(n, SILENCES_MAX);
	free(after);
	buf_done(&text);
	engine_free(engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_that_cannot_be_are_refused_and_nothing_is_taken),
		cmocka_unit_test(what_is_not_of_this_plan_is_passed_over),
		cmocka_unit_test(a_ninth_incident_of_a_stack_is_dropped),
		cmocka_unit_test(an_incident_that_nobody_was_told_of_ends_without_a_trace),
		cmocka_unit_test(an_adopted_incident_stays_without_members_while_its_stack_is_there),
		cmocka_unit_test(of_the_past_only_the_newest_are_kept),
		cmocka_unit_test(of_those_affected_the_first_are_kept),
		cmocka_unit_test(silences_beyond_what_we_hold_are_dropped),
		cmocka_unit_test(what_was_told_of_the_past_is_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
