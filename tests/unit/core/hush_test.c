/*
 * hush_test.c - what a silence and an acknowledgement are refused for.
 */
#include "small_engine.h"

#include <errno.h>

#include "core/silence.h"

static wall_t later(int64_t seconds)
{
	return small_at(seconds).wall;
}

static void a_silence_needs_something_to_be_about_and_time_ahead(void **state)
{
	struct heard heard = { .notices = 0 };
	struct engine *engine = small_engine(&heard, small_at(0));
	char endless[SCOPE_TEXT_MAX + 1];

	(void)state;
	memset(endless, 'b', SCOPE_TEXT_MAX);
	endless[SCOPE_TEXT_MAX] = '\0';
	assert_int_equal(engine_silence(engine, endless, later(60), "", small_at(0)), -ENOENT);
	assert_int_equal(engine_silence(engine, "shop", later(60), "", small_at(0)), -ENOENT);
	assert_int_equal(engine_silence(engine, "blog", later(0), "", small_at(0)), -EINVAL);
	assert_int_equal(engine_silence(engine, "blog", later(-1), "", small_at(0)), -EINVAL);
	assert_int_equal(small_model(engine, small_at(0)).silences_n, 0);
	assert_int_equal(engine_silence(engine, "blog", later(60), "", small_at(0)), 0);
	assert_int_equal(small_model(engine, small_at(0)).silences_n, 1);
	engine_free(engine);
}

static void a_second_silence_of_the_same_takes_the_place_of_the_first(void **state)
{
	struct heard heard = { .notices = 0 };
	struct engine *engine = small_engine(&heard, small_at(0));
	struct model model;

	(void)state;
	assert_int_equal(engine_silence(engine, "wiki", later(60), "a", small_at(0)), 0);
	assert_int_equal(engine_silence(engine, "blog", later(60), "b", small_at(0)), 0);
	assert_int_equal(engine_silence(engine, "blog", later(90), "c", small_at(0)), 0);
	model = small_model(engine, small_at(0));
	assert_int_equal(model.silences_n, 2);
	assert_string_equal(model.silences[0].scope, "wiki");
	assert_string_equal(model.silences[1].text, "c");
	assert_int_equal(model.silences[1].until.us, later(90).us);
	assert_true(engine_unsilence(engine, "blog", small_at(0)));
	assert_false(engine_unsilence(engine, "blog", small_at(0)));
	assert_int_equal(small_model(engine, small_at(0)).silences_n, 1);
	engine_free(engine);
}

static void beyond_what_we_hold_a_silence_is_refused(void **state)
{
	struct heard heard = { .notices = 0 };
	struct engine *engine = small_engine(&heard, small_at(0));
	struct buf text = BUF_INIT(SNAPSHOT_MAX);

	(void)state;
	for (int i = 0; i < SILENCES_MAX; i++)
		buf_printf(&text, "silence - scope=wiki since=1 until=1895222800000000 text=%d\n", i);
	assert_int_equal(small_restore(engine, buf_text(&text), small_at(0)), 0);
	assert_int_equal(engine_silence(engine, "blog", later(60), "", small_at(0)), -ENOSPC);
	/* One in the place of another of its kind needs no room. */
	assert_int_equal(engine_silence(engine, "wiki", later(60), "", small_at(0)), 0);
	buf_done(&text);
	engine_free(engine);
}

static void only_an_open_incident_is_acknowledged(void **state)
{
	static const char lines[] =
		"incident - stack=home state=2 id=0000000000000001 number=20261121-1 finding=7 mails=1\n"
		"past - stack=home state=3 id=0000000000000002 number=20261121-2 finding=7\n"
		"member-target blog incident=0000000000000001 failing=1";
	struct heard heard = { .notices = 0 };
	struct engine *engine = small_engine(&heard, small_at(0));

	(void)state;
	assert_int_equal(small_restore(engine, lines, small_at(0)), 0);
	assert_false(engine_acknowledge(engine, "20261121-9", "", small_at(0)));
	assert_false(engine_acknowledge(engine, "20261121-2", "", small_at(0)));
	assert_false(engine_acknowledge(engine, "", "", small_at(0)));
	assert_false(wall_is_set(small_model(engine, small_at(0)).incidents[0].acknowledged));
	assert_true(engine_acknowledge(engine, "20261121-1", "on it", small_at(0)));
	assert_true(wall_is_set(small_model(engine, small_at(0)).incidents[0].acknowledged));
	engine_free(engine);
}

/* Whoever looks before the first mail is out knows of it, too. */
static void an_incident_that_waits_for_its_first_mail_is_acknowledged(void **state)
{
	static const char lines[] =
		"incident - stack=home state=1 id=0000000000000001 number=20261121-1 finding=7\n"
		"member-target blog incident=0000000000000001 failing=1";
	struct heard heard = { .notices = 0 };
	struct engine *engine = small_engine(&heard, small_at(0));

	(void)state;
	assert_int_equal(small_restore(engine, lines, small_at(0)), 0);
	assert_true(engine_acknowledge(engine, "20261121-1", "", small_at(0)));
	assert_true(wall_is_set(small_model(engine, small_at(0)).incidents[0].acknowledged));
	engine_free(engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_silence_needs_something_to_be_about_and_time_ahead),
		cmocka_unit_test(a_second_silence_of_the_same_takes_the_place_of_the_first),
		cmocka_unit_test(beyond_what_we_hold_a_silence_is_refused),
		cmocka_unit_test(only_an_open_incident_is_acknowledged),
		cmocka_unit_test(an_incident_that_waits_for_its_first_mail_is_acknowledged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
