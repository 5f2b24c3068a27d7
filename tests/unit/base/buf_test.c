/*
 * buf_test.c - a buffer holds up to its cap, and never a text with a hole.
 */
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void an_empty_buffer_is_an_empty_text(void **state)
{
	struct buf b = BUF_INIT(10);

	(void)state;
	assert_string_equal(buf_text(&b), "");
	buf_add(&b, NULL, 0);
	buf_puts(&b, "");
	buf_printf(&b, "%s", "");
	assert_string_equal(buf_text(&b), "");
	assert_false(buf_failed(&b));
	buf_done(&b);
}

static void appends_follow_one_another(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	buf_puts(&b, "one");
	buf_putc(&b, ' ');
	buf_printf(&b, "%d %s", 2, "three");
	buf_add(&b, "\0x", 2);
	assert_int_equal(b.n, 13);
	assert_memory_equal(buf_text(&b), "one 2 three\0x", 14);
	buf_done(&b);
}

static void the_cap_is_reached_and_not_passed(void **state)
{
	(void)state;
	for (size_t cap = 0; cap < 200; cap++) {
		struct buf b;

		buf_init(&b, cap);
		for (size_t i = 0; i < cap; i++)
			buf_putc(&b, 'x');
		assert_false(buf_failed(&b));
		assert_int_equal(strlen(buf_text(&b)), cap);
		assert_true(b.room <= cap + 1);
		buf_putc(&b, 'y');
		assert_true(buf_failed(&b));
		assert_int_equal(strlen(buf_text(&b)), cap);
		assert_null(strchr(buf_text(&b), 'y'));
		buf_done(&b);
	}
}

static void an_append_that_does_not_fit_changes_nothing(void **state)
{
	struct buf b = BUF_INIT(5);

	(void)state;
	buf_puts(&b, "abc");
	buf_printf(&b, "%s", "def");
	assert_true(buf_failed(&b));
	assert_string_equal(buf_text(&b), "abc");
	buf_done(&b);
}

static void nothing_is_appended_after_a_failure(void **state)
{
	struct buf b = BUF_INIT(5);

	(void)state;
	buf_puts(&b, "abc");
	buf_puts(&b, "too long");
	buf_puts(&b, "d");
	assert_string_equal(buf_text(&b), "abc");
	assert_true(buf_failed(&b));
	buf_clear(&b);
	assert_false(buf_failed(&b));
	buf_puts(&b, "d");
	assert_string_equal(buf_text(&b), "d");
	buf_done(&b);
}

static void bytes_beyond_any_size_fail(void **state)
{
	struct buf b = BUF_INIT(SIZE_MAX - 1);

	(void)state;
	buf_putc(&b, 'x');
	buf_add(&b, "x", SIZE_MAX);
	assert_true(buf_failed(&b));
	assert_string_equal(buf_text(&b), "x");
	buf_done(&b);
}

static void many_appends_take_few_allocations(void **state)
{
	struct buf b = BUF_INIT(1 << 20);
	size_t growths = 0, room = 0;

	(void)state;
	for (size_t i = 0; i < 1 << 20; i++) {
		buf_putc(&b, (char)('a' + i % 26));
		growths += b.room != room;
		room = b.room;
	}
	assert_false(buf_failed(&b));
	assert_true(growths <= 16);
	for (size_t i = 0; i < 1 << 20; i++)
		assert_int_equal(b.data[i], 'a' + i % 26);
	buf_done(&b);
}

static void what_is_taken_belongs_to_the_taker(void **state)
{
	struct buf b = BUF_INIT(10);
	size_t n = 0;
	char *text;

	(void)state;
	buf_puts(&b, "abc");
	text = buf_take(&b, &n);
	assert_string_equal(text, "abc");
	assert_int_equal(n, 3);
	assert_string_equal(buf_text(&b), "");
	free(text);
	buf_puts(&b, "again");
	assert_string_equal(buf_text(&b), "again");
	buf_done(&b);
}

static void an_empty_text_can_be_taken(void **state)
{
	struct buf b = BUF_INIT(0);
	char *text = buf_take(&b, NULL);

	(void)state;
	assert_non_null(text);
	assert_string_equal(text, "");
	free(text);
}

static void a_failed_text_cannot_be_taken(void **state)
{
	struct buf b = BUF_INIT(3);
	size_t n = 99;

	(void)state;
	buf_puts(&b, "abc");
	buf_putc(&b, 'd');
	assert_null(buf_take(&b, &n));
	assert_int_equal(n, 99);
	assert_false(buf_failed(&b));
	assert_string_equal(buf_text(&b), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_buffer_is_an_empty_text),
		cmocka_unit_test(appends_follow_one_another),
		cmocka_unit_test(the_cap_is_reached_and_not_passed),
		cmocka_unit_test(an_append_that_does_not_fit_changes_nothing),
		cmocka_unit_test(nothing_is_appended_after_a_failure),
		cmocka_unit_test(bytes_beyond_any_size_fail),
		cmocka_unit_test(many_appends_take_few_allocations),
		cmocka_unit_test(what_is_taken_belongs_to_the_taker),
		cmocka_unit_test(an_empty_text_can_be_taken),
		cmocka_unit_test(a_failed_text_cannot_be_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
