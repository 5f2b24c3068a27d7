/*
 * mime_test.c - headers that fold and encode, bodies that stay 7-bit.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "render/mime.h"

#define HOSTILE "ok\r\nBcc: victim@example.net\r\n\r\nbody"

static const char *words(struct buf *to, const char *value)
{
	buf_clear(to);
	mime_words(to, "Subject", value);
	return buf_text(to);
}

static size_t lines(const char *text)
{
	size_t n = 0;

	for (; (text = strstr(text, "\r\n")) != NULL; text += 2)
		n++;
	return n;
}

static void assert_lines_within(const char *text, size_t most)
{
	for (const char *end; (end = strstr(text, "\r\n")) != NULL; text = end + 2)
		assert_true((size_t)(end - text) <= most);
}

static void ascii_stands_as_it_is(void **state)
{
	struct buf b = BUF_INIT(4096);

	(void)state;
	assert_string_equal(words(&b, "DOWN: whole stack, since 14:01 JST"),
			    "Subject: DOWN: whole stack, since 14:01 JST\r\n");
	buf_done(&b);
}

static void a_long_ascii_value_is_folded_between_words(void **state)
{
	struct buf b = BUF_INIT(4096);

	(void)state;
	words(&b, "one two three four five six seven eight nine ten eleven twelve "
		  "thirteen fourteen");
	assert_int_equal(lines(buf_text(&b)), 2);
	assert_lines_within(buf_text(&b), 78);
	assert_non_null(strstr(buf_text(&b), "twelve\r\n thirteen"));
	buf_done(&b);
}

static void a_word_of_japanese_is_encoded_as_one_word(void **state)
{
	struct buf b = BUF_INIT(4096);

	(void)state;
	assert_string_equal(words(&b, "停止"), "Subject: =?utf-8?b?5YGc5q2i?=\r\n");
	buf_done(&b);
}

static int digit(char c)
{
	static const char all[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				  "0123456789+/";
	const char *at = strchr(all, c);

	assert_non_null(at);
	return (int)(at - all);
}

/* Decode one encoded word, and check that it is whole characters of UTF-8. */
static const char *decode_word(const char *at, struct buf *to)
{
	size_t before = to->n;
	unsigned bits = 0, held = 0;

	assert_memory_equal(at, "=?utf-8?b?", 10);
	for (at += 10; *at != '?' && *at != '='; at++) {
		bits = bits << 6 | (unsigned)digit(*at);
		held += 6;
		if (held >= 8) {
			held -= 8;
			buf_putc(to, (char)(bits >> held & 0xff));
		}
	}
	assert_true(to->n > before);
	assert_int_not_equal((unsigned char)buf_text(to)[before] & 0xc0, 0x80);
	at = strstr(at, "?=");
	assert_non_null(at);
	return at + 2;
}

static void encoded_words_never_cut_a_character_and_keep_their_limits(void **state)
{
	static const char *const units[] = { "é", "停", "🚢", "a停", "aé🚢" };
	struct buf value = BUF_INIT(4096), header = BUF_INIT(16384), back = BUF_INIT(4096);

	(void)state;
	for (size_t u = 0; u < sizeof units / sizeof units[0]; u++) {
		buf_clear(&value);
		for (size_t n = 1; n <= 60; n++) {
			const char *at;

			buf_puts(&value, units[u]);
			words(&header, buf_text(&value));
			assert_lines_within(buf_text(&header), 78);
			buf_clear(&back);
			at = buf_text(&header) + strlen("Subject: ");
			while (strncmp(at, "=?", 2) == 0) {
				const char *end = decode_word(at, &back);

				assert_true(end - at <= 75);
				at = end + strspn(end, "\r\n ");
			}
			assert_string_equal(buf_text(&back), buf_text(&value));
		}
	}
	buf_done(&value);
	buf_done(&header);
	buf_done(&back);
}

static void what_looks_encoded_is_encoded(void **state)
{
	struct buf b = BUF_INIT(4096);

	(void)state;
	words(&b, "=?utf-8?b?aGk=?=");
	assert_null(strstr(buf_text(&b), "aGk"));
	buf_done(&b);
}

static void a_value_cannot_begin_another_header(void **state)
{
	struct buf b = BUF_INIT(4096);
	struct mime_header h;

	(void)state;
	assert_int_equal(lines(words(&b, HOSTILE)), 1);
	buf_clear(&b);
	mime_token(&b, "To", HOSTILE);
	assert_string_equal(buf_text(&b), "To: okBcc:victim@example.netbody\r\n");
	buf_clear(&b);
	mime_header_begin(&h, &b, "From");
	mime_header_phrase(&h, "停止" HOSTILE);
	mime_header_token(&h, "<a@b.example>");
	mime_header_end(&h);
	assert_null(strstr(buf_text(&b), "\nBcc"));
	buf_done(&b);
}

static void a_phrase_is_quoted_when_it_is_no_row_of_atoms(void **state)
{
	struct buf b = BUF_INIT(4096);
	struct mime_header h;

	(void)state;
	mime_header_begin(&h, &b, "From");
	mime_header_phrase(&h, "Watch, \"the\" tower");
	mime_header_token(&h, "<a@b.example>");
	mime_header_end(&h);
	assert_string_equal(buf_text(&b), "From: \"Watch, \\\"the\\\" tower\" <a@b.example>\r\n");
	buf_done(&b);
}

static const char *quoted(struct buf *to, const char *text)
{
	buf_clear(to);
	mime_quoted_printable(to, text, strlen(text));
	return buf_text(to);
}

static void quoted_printable_keeps_ascii_and_quotes_the_rest(void **state)
{
	struct buf b = BUF_INIT(4096);

	(void)state;
	assert_string_equal(quoted(&b, "a=b\nwatcher’s\n"), "a=3Db\r\nwatcher=E2=80=99s\r\n");
	assert_string_equal(quoted(&b, "-- \n"), "--=20\r\n");
	assert_string_equal(quoted(&b, "tab\t\n"), "tab=09\r\n");
	buf_done(&b);
}

static void quoted_printable_protects_the_start_of_a_line(void **state)
{
	struct buf b = BUF_INIT(4096);

	(void)state;
	assert_string_equal(quoted(&b, ".\n"), "=2E\r\n");
	assert_string_equal(quoted(&b, "From here\n"), "=46rom here\r\n");
	assert_string_equal(quoted(&b, "a.b From c\n"), "a.b From c\r\n");
	buf_done(&b);
}

static void quoted_printable_lines_end_within_76_columns(void **state)
{
	struct buf text = BUF_INIT(1 << 20), b = BUF_INIT(1 << 22);

	(void)state;
	for (int i = 0; i < 3000; i++)
		buf_puts(&text, i % 7 ? "." : "停");
	quoted(&b, buf_text(&text));
	assert_lines_within(buf_text(&b), 76);
	assert_null(strstr(buf_text(&b), "\n."));
	buf_done(&text);
	buf_done(&b);
}

static void base64_is_canonical_and_within_76_columns(void **state)
{
	struct buf b = BUF_INIT(4096);

	(void)state;
	mime_base64(&b, "a\n", 2);
	assert_string_equal(buf_text(&b), "YQ0K\r\n");
	buf_clear(&b);
	mime_base64(&b, "0123456789012345678901234567890123456789012345678901234567890123", 64);
	assert_int_equal(lines(buf_text(&b)), 2);
	assert_lines_within(buf_text(&b), 76);
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ascii_stands_as_it_is),
		cmocka_unit_test(a_long_ascii_value_is_folded_between_words),
		cmocka_unit_test(a_word_of_japanese_is_encoded_as_one_word),
		cmocka_unit_test(encoded_words_never_cut_a_character_and_keep_their_limits),
		cmocka_unit_test(what_looks_encoded_is_encoded),
		cmocka_unit_test(a_value_cannot_begin_another_header),
		cmocka_unit_test(a_phrase_is_quoted_when_it_is_no_row_of_atoms),
		cmocka_unit_test(quoted_printable_keeps_ascii_and_quotes_the_rest),
		cmocka_unit_test(quoted_printable_protects_the_start_of_a_line),
		cmocka_unit_test(quoted_printable_lines_end_within_76_columns),
		cmocka_unit_test(base64_is_canonical_and_within_76_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
