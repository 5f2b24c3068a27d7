/*
 * json_writer_test.c - what is written is JSON, and exactly the JSON that was meant.
 */
#include "base/json_writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"

static struct buf text;
static struct json_writer writer;

static int begin(void **state)
{
	(void)state;
	buf_init(&text, 10000);
	json_begin(&writer, &text);
	return 0;
}

static int end(void **state)
{
	(void)state;
	buf_done(&text);
	return 0;
}

static void commas_stand_between_items_only(void **state)
{
	(void)state;
	json_object(&writer);
	json_key(&writer, "a");
	json_array(&writer);
	json_int(&writer, 1);
	json_object(&writer);
	json_object_end(&writer);
	json_array(&writer);
	json_array_end(&writer);
	json_null(&writer);
	json_bool(&writer, true);
	json_array_end(&writer);
	json_key(&writer, "b");
	json_text(&writer, "x");
	json_key(&writer, "c");
	json_object(&writer);
	json_key(&writer, "d");
	json_bool(&writer, false);
	json_object_end(&writer);
	json_key(&writer, "e");
	json_text(&writer, NULL);
	json_object_end(&writer);
	assert_string_equal(
		buf_text(&text),
		"{\"a\":[1,{},[],null,true],\"b\":\"x\",\"c\":{\"d\":false},\"e\":null}");
}

static void one_value_needs_no_nesting(void **state)
{
	(void)state;
	json_text(&writer, "\"</script>\n");
	assert_string_equal(buf_text(&text), "\"\\\"</script>\\u000a\"");
}

static void keys_are_escaped_like_text(void **state)
{
	(void)state;
	json_object(&writer);
	json_key(&writer, "a\"\\\x01");
	json_int(&writer, 0);
	json_object_end(&writer);
	assert_string_equal(buf_text(&text), "{\"a\\\"\\\\\\u0001\":0}");
}

static void integers_reach_their_ends(void **state)
{
	(void)state;
	json_array(&writer);
	json_int(&writer, INT64_MIN);
	json_int(&writer, INT64_MAX);
	json_array_end(&writer);
	assert_string_equal(buf_text(&text), "[-9223372036854775808,9223372036854775807]");
}

static void decimals_are_exact(void **state)
{
	(void)state;
	json_array(&writer);
	json_decimal(&writer, 98365, 5);
	json_decimal(&writer, 100000, 5);
	json_decimal(&writer, 0, 2);
	json_decimal(&writer, -5, 2);
	json_decimal(&writer, -12345, 3);
	json_decimal(&writer, 7, 0);
	json_decimal(&writer, INT64_MIN, 18);
	json_decimal(&writer, INT64_MAX, 1);
	json_array_end(&writer);
	assert_string_equal(buf_text(&text), "[0.98365,1.00000,0.00,-0.05,-12.345,7,"
					     "-9.223372036854775808,922337203685477580.7]");
}

static void nesting_reaches_its_depth(void **state)
{
	(void)state;
	for (int i = 1; i < JSON_WRITER_DEPTH_MAX; i++)
		json_array(&writer);
	json_int(&writer, 1);
	json_int(&writer, 2);
	for (int i = 1; i < JSON_WRITER_DEPTH_MAX; i++)
		json_array_end(&writer);
	assert_string_equal(buf_text(&text), "[[[[[[[[[[[[[[[1,2]]]]]]]]]]]]]]]");
}

static void a_full_buffer_is_seen_at_the_end(void **state)
{
	struct buf small = BUF_INIT(4);

	(void)state;
	json_begin(&writer, &small);
	json_array(&writer);
	json_text(&writer, "longer");
	json_array_end(&writer);
	assert_true(buf_failed(&small));
	buf_done(&small);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(commas_stand_between_items_only),
		TEST(one_value_needs_no_nesting),
		TEST(keys_are_escaped_like_text),
		TEST(integers_reach_their_ends),
		TEST(decimals_are_exact),
		TEST(nesting_reaches_its_depth),
		TEST(a_full_buffer_is_seen_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
