/*
 * words_test.c - numbers and durations at their bounds, texts at the last byte.
 */
#include "base/words.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void numbers_are_read_within_their_bounds(void **state)
{
	int64_t n;

	(void)state;
	assert_true(words_int("0", 0, 0, &n) && n == 0);
	assert_true(words_int("-0", 0, 0, &n) && n == 0);
	assert_true(words_int("007", 0, 10, &n) && n == 7);
	assert_true(words_int("-10", -10, 10, &n) && n == -10);
	assert_false(words_int("-11", -10, 10, &n));
	assert_false(words_int("11", -10, 10, &n));
	assert_true(words_int("9223372036854775807", INT64_MIN, INT64_MAX, &n) && n == INT64_MAX);
	assert_true(words_int("-9223372036854775808", INT64_MIN, INT64_MAX, &n) && n == INT64_MIN);
}

static void numbers_that_overflow_are_refused(void **state)
{
	int64_t n = 7;

	(void)state;
	assert_false(words_int("9223372036854775808", INT64_MIN, INT64_MAX, &n));
	assert_false(words_int("-9223372036854775809", INT64_MIN, INT64_MAX, &n));
	assert_false(words_int("18446744073709551617", INT64_MIN, INT64_MAX, &n));
	assert_false(words_int("99999999999999999999999999999999", INT64_MIN, INT64_MAX, &n));
	assert_int_equal(n, 7);
}

static void what_is_not_wholly_a_number_is_refused(void **state)
{
	static const char *const wrong[] = {"",	   "-",	  "+1",	 " 1",	     "1 ",
					    "1x",  "0x1", "1e3", "1.0",	     "--1",
					    "- 1", "\t1", "1\n", "\xd9\xa1", NULL};
	int64_t n;

	(void)state;
	for (size_t i = 0; wrong[i] != NULL; i++) {
		if (words_int(wrong[i], INT64_MIN, INT64_MAX, &n))
			fail_msg("'%s' was taken", wrong[i]);
	}
}

static void sixteen_hex_digits_are_an_id(void **state)
{
	uint64_t id = 7;

	(void)state;
	assert_true(words_hex64("0123456789abcdef", &id) && id == UINT64_C(0x0123456789abcdef));
	assert_true(words_hex64("FFFFFFFFFFFFFFFF", &id) && id == UINT64_MAX);
	assert_true(words_hex64("0000000000000000", &id) && id == 0);
	assert_false(words_hex64("", &id));
	assert_false(words_hex64("0123456789abcde", &id));
	assert_false(words_hex64("0123456789abcdef0", &id));
	assert_false(words_hex64("0123456789abcdeg", &id));
	assert_false(words_hex64("0x23456789abcdef", &id));
	assert_false(words_hex64("-123456789abcdef", &id));
	assert_int_equal(id, 0);
}

static void durations_have_a_number_and_a_unit(void **state)
{
	usec_t t;

	(void)state;
	assert_true(words_duration("500ms", &t) && t == 500 * USEC_PER_MS);
	assert_true(words_duration("60s", &t) && t == USEC_PER_MIN);
	assert_true(words_duration("5m", &t) && t == 5 * USEC_PER_MIN);
	assert_true(words_duration("1h", &t) && t == USEC_PER_HOUR);
	assert_true(words_duration("7d", &t) && t == 7 * USEC_PER_DAY);
	assert_true(words_duration("0s", &t) && t == 0);
	assert_true(words_duration("106751991d", &t) && t == 106751991 * USEC_PER_DAY);
}

static void durations_that_overflow_are_refused(void **state)
{
	usec_t t = 7;

	(void)state;
	assert_false(words_duration("106751992d", &t));
	assert_false(words_duration("9223372036854775807ms", &t));
	assert_false(words_duration("9223372036854775808ms", &t));
	assert_false(words_duration("99999999999999999999999d", &t));
	assert_int_equal(t, 7);
}

static void what_is_not_a_duration_is_refused(void **state)
{
	static const char *const wrong[] = {"",	    "5",   "s",	   "5 s",  " 5s", "5s ",
					    "-5s",  "+5s", "1.5h", "5min", "5S",  "5us",
					    "1h5m", "5mm", "0x5s", NULL};
	usec_t t;

	(void)state;
	for (size_t i = 0; wrong[i] != NULL; i++) {
		if (words_duration(wrong[i], &t))
			fail_msg("'%s' was taken", wrong[i]);
	}
}

static void durations_are_printed_in_the_largest_unit_that_divides(void **state)
{
	static const struct {
		usec_t span;
		const char *text;
	} rows[] = {
		{0, "0s"},
		{USEC_PER_MS, "1ms"},
		{1500 * USEC_PER_MS, "1500ms"},
		{90 * USEC_PER_SEC, "90s"},
		{120 * USEC_PER_SEC, "2m"},
		{90 * USEC_PER_MIN, "90m"},
		{24 * USEC_PER_HOUR, "1d"},
		{25 * USEC_PER_HOUR, "25h"},
		{999, "0s"},
		{1999, "1ms"},
		{-90 * USEC_PER_SEC, "-90s"},
		{-5, "0s"},
		{INT64_MIN, "-9223372036854775ms"},
	};
	char text[24];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		words_print_duration(rows[i].span, text, sizeof text);
		assert_string_equal(text, rows[i].text);
	}
}

static void a_printed_duration_is_read_back(void **state)
{
	char text[24];
	usec_t back;

	(void)state;
	for (int64_t ms = 0; ms < INT64_MAX / USEC_PER_MS / 7; ms = ms * 3 + 1) {
		words_print_duration(ms * USEC_PER_MS, text, sizeof text);
		assert_true(words_duration(text, &back));
		assert_true(back == ms * USEC_PER_MS);
	}
}

static void a_text_that_fits_is_copied(void **state)
{
	char to[6];

	(void)state;
	assert_true(words_copy(to, sizeof to, "abcde"));
	assert_string_equal(to, "abcde");
	assert_true(words_copy(to, sizeof to, ""));
	assert_string_equal(to, "");
	assert_true(words_copy(to, 1, ""));
}

static void a_cut_is_visible(void **state)
{
	char to[6];

	(void)state;
	assert_false(words_copy(to, sizeof to, "abcdef"));
	assert_string_equal(to, "ab…");
	assert_false(words_copy(to, 4, "abcdef"));
	assert_string_equal(to, "…");
	assert_false(words_copy(to, 3, "abcdef"));
	assert_string_equal(to, "ab");
	assert_false(words_copy(to, 1, "a"));
	assert_string_equal(to, "");
}

static void a_cut_never_halves_a_character(void **state)
{
	static const char text[] = "aé日😀é日a";
	char to[32], expected[32];

	(void)state;
	for (size_t max = 4; max < sizeof text; max++) {
		size_t n = max - 4;

		while (((unsigned char)text[n] & 0xc0) == 0x80)
			n--;
		(void)snprintf(expected, sizeof expected, "%.*s…", (int)n, text);
		assert_false(words_copy(to, max, text));
		assert_string_equal(to, expected);
	}
	assert_true(words_copy(to, sizeof text, text));
}

/* Continuation bytes without a beginning must not send the cut out of the text. */
static void a_cut_in_broken_bytes_stays_inside(void **state)
{
	char to[6];

	(void)state;
	assert_false(words_copy(to, sizeof to, "\x80\x80\x80\x80\x80\x80\x80\x80"));
	assert_string_equal(to, "…");
}

static void names_are_short_and_plain(void **state)
{
	char longest[65];

	(void)state;
	memset(longest, 'a', 64);
	longest[64] = '\0';
	assert_false(words_is_name(longest));
	longest[63] = '\0';
	assert_true(words_is_name(longest));
	assert_true(words_is_name("blog-2"));
	assert_false(words_is_name(""));
	assert_false(words_is_name("Blog"));
	assert_false(words_is_name("a_b"));
	assert_false(words_is_name("a/b"));
	assert_false(words_is_name("a "));
	assert_false(words_is_name("caf\xc3\xa9"));
}

static void the_nearest_word_is_suggested(void **state)
{
	static const char *const words[] = {"interval", "timeout", "retries", "tls",
					    "dns",	"url",	   NULL};

	(void)state;
	assert_string_equal(words_nearest("intervall", words), "interval");
	assert_string_equal(words_nearest("intreval", words), "interval");
	assert_string_equal(words_nearest("tmeout", words), "timeout");
	assert_string_equal(words_nearest("tiemuot", words), "timeout");
	assert_string_equal(words_nearest("retry", (const char *const[]){"retries", "retr", NULL}),
			    "retr");
	assert_string_equal(words_nearest("lts", words), "tls");
	assert_string_equal(words_nearest("url", words), "url");
	assert_null(words_nearest("interrupted", words));
	assert_null(words_nearest("", words));
	assert_null(words_nearest("anything", (const char *const[]){NULL}));
}

static void a_word_that_would_change_wholly_is_not_suggested(void **state)
{
	static const char *const words[] = {"up", "x", NULL};

	(void)state;
	assert_null(words_nearest("ab", words));
	assert_string_equal(words_nearest("ap", words), "up");
	assert_null(words_nearest("y", (const char *const[]){"x", NULL}));
}

static void words_beyond_the_table_are_left_out(void **state)
{
	char text[66], word[66];
	const char *words[] = {word, NULL};

	(void)state;
	memset(text, 'a', sizeof text);
	memset(word, 'a', sizeof word);
	text[64] = word[63] = '\0';
	assert_string_equal(words_nearest(text, words), word);
	text[64] = 'a';
	text[65] = '\0';
	assert_null(words_nearest(text, words));
	text[64] = '\0';
	word[63] = 'a';
	word[65] = '\0';
	assert_null(words_nearest(text, words));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_read_within_their_bounds),
		cmocka_unit_test(numbers_that_overflow_are_refused),
		cmocka_unit_test(what_is_not_wholly_a_number_is_refused),
		cmocka_unit_test(sixteen_hex_digits_are_an_id),
		cmocka_unit_test(durations_have_a_number_and_a_unit),
		cmocka_unit_test(durations_that_overflow_are_refused),
		cmocka_unit_test(what_is_not_a_duration_is_refused),
		cmocka_unit_test(durations_are_printed_in_the_largest_unit_that_divides),
		cmocka_unit_test(a_printed_duration_is_read_back),
		cmocka_unit_test(a_text_that_fits_is_copied),
		cmocka_unit_test(a_cut_is_visible),
		cmocka_unit_test(a_cut_never_halves_a_character),
		cmocka_unit_test(a_cut_in_broken_bytes_stays_inside),
		cmocka_unit_test(names_are_short_and_plain),
		cmocka_unit_test(the_nearest_word_is_suggested),
		cmocka_unit_test(a_word_that_would_change_wholly_is_not_suggested),
		cmocka_unit_test(words_beyond_the_table_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
