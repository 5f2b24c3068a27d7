/*
 * text_test.c - hostile bytes against every place they may be written to.
 */
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/key.h"

#define REPLACED "\xef\xbf\xbd"

typedef void writer(struct buf *to, const char *text);

static void assert_written(writer *write, const char *text, const char *expected)
{
	struct buf b = BUF_INIT(1 << 20);

	write(&b, text);
	assert_false(buf_failed(&b));
	assert_string_equal(buf_text(&b), expected);
	buf_done(&b);
}

static void plain_text_stays_as_it_is(void **state)
{
	(void)state;
	assert_written(text_line, "", "");
	assert_written(text_line, "HTTP 503 <Bad> & \"gone\"", "HTTP 503 <Bad> & \"gone\"");
	assert_written(text_line, "日本語 é 😀 \xf4\x8f\xbf\xbd", "日本語 é 😀 \xf4\x8f\xbf\xbd");
	assert_written(text_line, " two  spaces ", " two  spaces ");
}

/* What follows a broken sequence is never swallowed, whatever its first byte promised. */
static void broken_utf8_becomes_the_replacement_character(void **state)
{
	static const struct {
		const char *bytes, *expected;
	} rows[] = {
		{"\x80", REPLACED},
		{"a\xff"
		 "b",
		 "a" REPLACED "b"},
		{"\xc0\xaf", REPLACED REPLACED},	      /* overlong '/' */
		{"\xc1\x81", REPLACED REPLACED},	      /* overlong 'A' */
		{"\xe0\x80\xaf", REPLACED REPLACED REPLACED}, /* overlong '/' */
		{"\xf0\x80\x80\xaf", REPLACED REPLACED REPLACED REPLACED},
		{"\xed\xa0\x80", REPLACED REPLACED REPLACED},		   /* surrogate */
		{"\xf4\x90\x80\x80", REPLACED REPLACED REPLACED REPLACED}, /* beyond U+10FFFF */
		{"\xf8\x88\x80\x80\x80", REPLACED REPLACED REPLACED REPLACED REPLACED},
		{"\xe6\x97", REPLACED}, /* ends in the middle */
		{"\xf0\x9f\x98", REPLACED},
		{"\xe6\x97<", REPLACED "<"},
		{"\xe6<script>", REPLACED "<script>"},
		{"\xf0\x9f\xe6\x97\xa5", REPLACED "\xe6\x97\xa5"},
		{"\xc3\xc3\xa9", REPLACED "\xc3\xa9"},
		{"\xef\xbf\xbe", REPLACED}, /* U+FFFE, not in XML */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_written(text_line, rows[i].bytes, rows[i].expected);
}

static void controls_are_dropped(void **state)
{
	(void)state;
	assert_written(text_line, "a\x1b[31mb\x07\x08\x7f", "a[31mb");
	assert_written(text_line,
		       "a\xc2\x80\xc2\x9b\xc2\x9f"
		       "b\xc2\xa0",
		       "ab\xc2\xa0");
}

static void bidirectional_controls_are_dropped(void **state)
{
	static const uint32_t dropped[] = {0x061c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c,
					   0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069};
	char text[8];

	(void)state;
	for (size_t i = 0; i < sizeof dropped / sizeof dropped[0]; i++) {
		uint32_t c = dropped[i];

		if (c < 0x800)
			(void)snprintf(text, sizeof text, "a%c%cb", (int)(0xc0 | c >> 6),
				       (int)(0x80 | (c & 0x3f)));
		else
			(void)snprintf(text, sizeof text, "a%c%c%cb", (int)(0xe0 | c >> 12),
				       (int)(0x80 | (c >> 6 & 0x3f)), (int)(0x80 | (c & 0x3f)));
		assert_written(text_line, text, "ab");
		assert_written(text_html, text, "ab");
		assert_written(text_attr, text, "ab");
		assert_written(text_log, text, "ab");
		assert_written(text_label, text, "ab");
	}
	/* Their neighbours are letters and marks of living scripts. */
	assert_written(text_line, "\xd8\x9b\xd8\x9d\xe2\x80\x8d\xe2\x80\x90",
		       "\xd8\x9b\xd8\x9d\xe2\x80\x8d\xe2\x80\x90");
}

static void breaks_become_one_space(void **state)
{
	(void)state;
	assert_written(text_line, "a\nb\tc\r\nd", "a b c d");
	assert_written(text_line, "a\r\n\r\n\tb", "a b");
	assert_written(text_line, "a \n b", "a  b");
	assert_written(text_line,
		       "a\xe2\x80\xa8"
		       "b\xe2\x80\xa9"
		       "c",
		       "a b c");
	assert_written(text_line, "a\r\nBcc: x@example.org", "a Bcc: x@example.org");
}

static void markup_is_escaped_for_its_place(void **state)
{
	static const char text[] = "<b a=\"1\" c='2'>&amp;</b>";

	(void)state;
	assert_written(text_html, text, "&lt;b a=\"1\" c='2'&gt;&amp;amp;&lt;/b&gt;");
	assert_written(text_attr, text,
		       "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;&lt;/b&gt;");
}

static void json_keeps_everything(void **state)
{
	(void)state;
	assert_written(text_json, "", "\"\"");
	assert_written(text_json, "a\"\\/b", "\"a\\\"\\\\/b\"");
	assert_written(text_json, "\x01\t\n\r\x1f\x7f\xc2\x80\xc2\x9f",
		       "\"\\u0001\\u0009\\u000a\\u000d\\u001f\\u007f\\u0080\\u009f\"");
	assert_written(text_json, "\xe2\x80\xae日", "\"\xe2\x80\xae日\"");
	assert_written(text_json, "\xed\xa0\x80", "\"" REPLACED REPLACED REPLACED "\"");
}

static void log_values_are_quoted_where_they_would_be_misread(void **state)
{
	(void)state;
	assert_written(text_log, "blog", "blog");
	assert_written(text_log, "", "\"\"");
	assert_written(text_log, "\x01", "\"\"");
	assert_written(text_log, "two words", "\"two words\"");
	assert_written(text_log, "two\nlines", "\"two lines\"");
	assert_written(text_log, "a=b", "\"a=b\"");
	assert_written(text_log, "say \"x\\y\"", "\"say \\\"x\\\\y\\\"\"");
	assert_written(text_log, "C:\\x", "C:\\x");
	assert_written(text_log, "up verdict target=other to=down",
		       "\"up verdict target=other to=down\"");
}

static void labels_are_escaped_and_not_cut(void **state)
{
	char text[401];

	(void)state;
	assert_written(text_label, "a\"b\\c\nd\te\x01", "a\\\"b\\\\c\\nd e");
	memset(text, 'x', 400);
	text[400] = '\0';
	assert_written(text_label, text, text);
}

/* `n` times a character of two bytes and a control that does not count. */
static char *long_text(size_t n)
{
	struct buf b = BUF_INIT(1 << 20);

	for (size_t i = 0; i < n; i++)
		buf_puts(&b, "é\x01");
	return buf_take(&b, NULL);
}

static size_t characters(const char *utf8)
{
	size_t n = 0;

	for (; *utf8 != '\0'; utf8++)
		n += ((unsigned char)*utf8 & 0xc0) != 0x80;
	return n;
}

static void a_text_is_cut_at_two_hundred_characters(void **state)
{
	(void)state;
	for (size_t n = 198; n < 203; n++) {
		struct buf b = BUF_INIT(4000);
		char *text = long_text(n);
		bool is_cut;

		text_line(&b, text);
		is_cut = strstr(buf_text(&b), "…") != NULL;
		assert_int_equal(characters(buf_text(&b)), n <= 200 ? n : 200);
		assert_int_equal(is_cut, n > 200);
		free(text);
		buf_done(&b);
	}
}

static void the_cut_counts_characters_not_entities(void **state)
{
	struct buf b = BUF_INIT(4000);
	char text[301];

	(void)state;
	memset(text, '<', 300);
	text[300] = '\0';
	text_html(&b, text);
	assert_int_equal(b.n, 199 * strlen("&lt;") + strlen("…"));
	assert_string_equal(buf_text(&b) + 199 * strlen("&lt;"), "…");
	buf_clear(&b);
	text_log(&b, text);
	assert_int_equal(characters(buf_text(&b)), 200);
	buf_done(&b);
}

static bool is_safe_utf8(const char *text)
{
	/* The writer's own output must come out of the writer unchanged. */
	struct buf b = BUF_INIT(1 << 20);
	bool is_same;

	text_line(&b, text);
	is_same = strcmp(buf_text(&b), text) == 0;
	buf_done(&b);
	return is_same;
}

/* Short random texts of bytes that are dangerous next to one another. */
static void no_bytes_come_through_that_a_second_pass_would_change(void **state)
{
	static const unsigned char pool[] = {
		0xe2, 0x80, 0xae, 0xc2, 0x9b, 0xf0, 0x9f, 0x98, 0xed, 0xa0, 0xff, '<',	'>',  '"',
		'&',  '\n', '\t', 0x1b, 'a',  ' ',  0xef, 0xbf, 0xbe, 0xd8, 0x9c, 0xf4, 0x90, 0xe0};

	(void)state;
	for (uint64_t seed = 0; seed < 30000; seed++) {
		struct buf b = BUF_INIT(1000);
		char text[13];
		size_t n = key_mix(seed) % 12;

		for (size_t i = 0; i < n; i++)
			text[i] = (char)pool[key_mix(seed * 16 + i) % sizeof pool];
		text[n] = '\0';
		text_line(&b, text);
		assert_true(is_safe_utf8(buf_text(&b)));
		buf_clear(&b);
		text_attr(&b, text);
		assert_true(is_safe_utf8(buf_text(&b)));
		assert_null(strpbrk(buf_text(&b), "<>\"'\n\t\x1b"));
		buf_done(&b);
	}
}

/* Every code point that there is goes through unchanged, or is one of the known exceptions. */
static void every_character_is_read_and_written_back(void **state)
{
	(void)state;
	for (uint32_t c = 0xa0; c <= 0x10ffff; c++) {
		unsigned char text[5] = {0};
		struct buf b = BUF_INIT(16);

		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		if (c < 0x800) {
			text[0] = (unsigned char)(0xc0 | c >> 6);
			text[1] = (unsigned char)(0x80 | (c & 0x3f));
		} else if (c < 0x10000) {
			text[0] = (unsigned char)(0xe0 | c >> 12);
			text[1] = (unsigned char)(0x80 | (c >> 6 & 0x3f));
			text[2] = (unsigned char)(0x80 | (c & 0x3f));
		} else {
			text[0] = (unsigned char)(0xf0 | c >> 18);
			text[1] = (unsigned char)(0x80 | (c >> 12 & 0x3f));
			text[2] = (unsigned char)(0x80 | (c >> 6 & 0x3f));
			text[3] = (unsigned char)(0x80 | (c & 0x3f));
		}
		text_json(&b, (const char *)text);
		assert_int_equal(b.n, strlen((const char *)text) + 2);
		assert_memory_equal(b.data + 1, text, b.n - 2);
		buf_done(&b);
	}
}

static void a_megabyte_is_cut_and_not_copied(void **state)
{
	struct buf b = BUF_INIT(1000);
	char *text = malloc(1 << 20);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', (1 << 20) - 1);
	text[(1 << 20) - 1] = '\0';
	text_line(&b, text);
	assert_false(buf_failed(&b));
	assert_int_equal(b.n, 199 + strlen("…"));
	free(text);
	buf_done(&b);
}

static void wide_characters_take_two_columns(void **state)
{
	(void)state;
	assert_int_equal(text_columns(""), 0);
	assert_int_equal(text_columns("blog"), 4);
	assert_int_equal(text_columns("café"), 4);
	assert_int_equal(text_columns("cafe\xcc\x81"), 4); /* a combining accent */
	assert_int_equal(text_columns("【停止】"), 8);
	assert_int_equal(text_columns("「」、。"), 8);
	assert_int_equal(text_columns("ひらカタ"), 8);
	assert_int_equal(text_columns("한글"), 4);
	assert_int_equal(text_columns("ＡＢ！"), 6);
	assert_int_equal(text_columns("ｶﾀ"), 2); /* halfwidth */
	assert_int_equal(text_columns("…—é"), 3);
	assert_int_equal(text_columns("a\x01\n"), 1);
	assert_int_equal(text_columns("\xff\xff"), 2);
	assert_int_equal(text_columns("𠮷"), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_stays_as_it_is),
		cmocka_unit_test(broken_utf8_becomes_the_replacement_character),
		cmocka_unit_test(controls_are_dropped),
		cmocka_unit_test(bidirectional_controls_are_dropped),
		cmocka_unit_test(breaks_become_one_space),
		cmocka_unit_test(markup_is_escaped_for_its_place),
		cmocka_unit_test(json_keeps_everything),
		cmocka_unit_test(log_values_are_quoted_where_they_would_be_misread),
		cmocka_unit_test(labels_are_escaped_and_not_cut),
		cmocka_unit_test(a_text_is_cut_at_two_hundred_characters),
		cmocka_unit_test(the_cut_counts_characters_not_entities),
		cmocka_unit_test(no_bytes_come_through_that_a_second_pass_would_change),
		cmocka_unit_test(every_character_is_read_and_written_back),
		cmocka_unit_test(a_megabyte_is_cut_and_not_copied),
		cmocka_unit_test(wide_characters_take_two_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
