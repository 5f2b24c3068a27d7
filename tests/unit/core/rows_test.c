/*
 * rows_test.c - a struct as a line of words: there and back, shifted, refused.
 */
#include "core/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "shorewatch/outcome.h"

struct thing {
	char word[8];
	char text[8];
	int number;
	unsigned count;
	uint64_t big, id;
	bool is_true;
	usec_t span;
	mono_t mono;
	wall_t wall;
	struct now now;
	struct outcome outcome;
};

static const struct row thing_rows[] = {
	ROW(thing, word, ROW_WORD, "word"),
	ROW(thing, text, ROW_TEXT, "text"),
	ROW(thing, number, ROW_INT, "number"),
	ROW(thing, count, ROW_COUNT, "count"),
	ROW(thing, big, ROW_LONG, "big"),
	ROW(thing, id, ROW_ID, "id"),
	ROW(thing, is_true, ROW_BOOL, "true"),
	ROW(thing, span, ROW_SPAN, "span"),
	ROW(thing, mono, ROW_MONO, "mono"),
	ROW(thing, wall, ROW_WALL, "wall"),
	ROW(thing, now, ROW_NOW, "now"),
	ROW(thing, outcome, ROW_OUTCOME, "outcome"),
	ROW_END,
};

static void rows_go_there_and_back(void **state)
{
	const struct thing things[] = {
		{ .number = 0 },
		{ "a",
		  "b c%\x7f\n",
		  -5,
		  4000000000u,
		  UINT64_C(1) << 62,
		  UINT64_MAX,
		  true,
		  -7,
		  { 12 },
		  { 13 },
		  { { 14 }, { 15 } },
		  { PHASE_TLS, CAUSE_EXPIRED } },
		{ "abcdefg",
		  "\xe9\x9b\xbb = x",
		  INT32_MIN,
		  1,
		  1,
		  1,
		  false,
		  INT64_MAX,
		  { INT64_MAX },
		  { INT64_MIN },
		  { MONO_NEVER, { 0 } },
		  { PHASE_BODY, CAUSE_PASS } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof things / sizeof things[0]; i++) {
		struct buf text = BUF_INIT(4096);
		struct thing back = { .number = 0 };

		rows_write(&text, thing_rows, &things[i]);
		assert_true(rows_read(buf_text(&text), text.n - 1, thing_rows, 0, &back));
		assert_string_equal(back.word, things[i].word);
		assert_string_equal(back.text, things[i].text);
		assert_int_equal(back.number, things[i].number);
		assert_int_equal(back.count, things[i].count);
		assert_true(back.big == things[i].big && back.id == things[i].id);
		assert_true(back.is_true == things[i].is_true && back.span == things[i].span);
		assert_true(back.mono.us == things[i].mono.us && back.wall.us == things[i].wall.us);
		assert_true(back.now.mono.us == things[i].now.mono.us &&
			    back.now.wall.us == things[i].now.wall.us);
		assert_int_equal(back.outcome.cause, things[i].outcome.cause);
		buf_done(&text);
	}
}

static void a_shift_moves_instants_and_spares_marks(void **state)
{
	const struct thing was = {
		.mono = { 1000 }, .now = { { 2000 }, { 3000 } }, .wall = { 4000 }, .span = 5000
	};
	const struct thing mark = { .mono = MONO_NEVER, .now = { MONO_NEVER, { 0 } } };
	const struct thing ancient = { .mono = { INT64_MIN / 2 } };
	static const char unset[] = "mono=0 now=0,5";
	struct thing back = { .number = 0 };
	struct buf text = BUF_INIT(4096);

	(void)state;
	rows_write(&text, thing_rows, &was);
	assert_true(rows_read(buf_text(&text), text.n - 1, thing_rows, -100, &back));
	assert_int_equal(back.mono.us, 900);
	assert_int_equal(back.now.mono.us, 1900);
	assert_int_equal(back.now.wall.us, 3000);
	assert_int_equal(back.wall.us, 4000);
	assert_int_equal(back.span, 5000);
	buf_clear(&text);
	rows_write(&text, thing_rows, &mark);
	assert_true(rows_read(buf_text(&text), text.n - 1, thing_rows, -100, &back));
	assert_int_equal(back.mono.us, INT64_MAX);
	assert_int_equal(back.now.mono.us, INT64_MAX);
	buf_clear(&text);
	rows_write(&text, thing_rows, &ancient);
	assert_true(rows_read(buf_text(&text), text.n - 1, thing_rows, -100, &back));
	assert_int_equal(back.mono.us, INT64_MIN / 2);
	assert_true(rows_read(unset, strlen(unset), thing_rows, -100, &back));
	assert_int_equal(back.mono.us, 0);
	assert_int_equal(back.now.mono.us, 0);
	assert_int_equal(back.now.wall.us, 5);
	buf_done(&text);
}

static void values_that_cannot_be_are_refused(void **state)
{
	static const char *const bad[] = { "number=",
					   "number=x",
					   "number=99999999999",
					   "number=-99999999999",
					   "count=-1",
					   "count=4294967296",
					   "true=2",
					   "true=-1",
					   "id=12",
					   "id=zzzzzzzzzzzzzzzz",
					   "now=5",
					   "now=,",
					   "now=1,x",
					   "outcome=gone",
					   "word=abcdefgh",
					   "text=abcdefgh",
					   "text=%4",
					   "text=%4x",
					   "text=%00",
					   "number",
					   "=5" };
	struct thing back;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		back = (struct thing){ .number = 0 };
		if (rows_read(bad[i], strlen(bad[i]), thing_rows, 0, &back) && bad[i][0] != '=')
			fail_msg("taken: %s", bad[i]);
	}
}

/* What a disk leaves of a file that was cut, and a value longer than any of ours. */
static void words_that_cannot_be_are_refused(void **state)
{
	static const char cut[] = "number=5\0word=a";
	struct thing back = { .number = 0 };
	char *endless = malloc(4096);

	(void)state;
	assert_false(rows_read(cut, sizeof cut - 1, thing_rows, 0, &back));
	memset(endless, 'a', 4096);
	memcpy(endless, "word=", 5);
	assert_false(rows_read(endless, 4096, thing_rows, 0, &back));
	free(endless);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_go_there_and_back),
		cmocka_unit_test(a_shift_moves_instants_and_spares_marks),
		cmocka_unit_test(values_that_cannot_be_are_refused),
		cmocka_unit_test(words_that_cannot_be_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
