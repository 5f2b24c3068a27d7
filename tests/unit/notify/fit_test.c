/*
 * fit_test.c - texts cut to a length, and defused for their place.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "notify/fit.h"

#define JOINER "\xe2\x81\xa0"

static void assert_fit(const char *text, size_t max, enum fit_unit unit, enum fit_place place,
		       const char *expected)
{
	struct buf to = BUF_INIT(4096);

	fit_text(&to, text, max, unit, place);
	assert_string_equal(buf_text(&to), expected);
	buf_done(&to);
}

static void what_fits_stays_whole(void **state)
{
	(void)state;
	assert_fit("", 3, FIT_BYTES, FIT_PLAIN, "");
	assert_fit("abc", 3, FIT_BYTES, FIT_PLAIN, "abc");
	assert_fit("停止", 6, FIT_BYTES, FIT_PLAIN, "停止");
	assert_fit("停止", 2, FIT_UTF16, FIT_PLAIN, "停止");
	assert_fit("a\xf0\x9f\x94\xa5", 3, FIT_UTF16, FIT_PLAIN, "a\xf0\x9f\x94\xa5");
}

static void what_is_cut_ends_between_characters(void **state)
{
	(void)state;
	assert_fit("abcd", 3, FIT_BYTES, FIT_PLAIN, "…");
	assert_fit("abcdefg", 6, FIT_BYTES, FIT_PLAIN, "abc…");
	assert_fit("停止中", 8, FIT_BYTES, FIT_PLAIN, "停…");
	assert_fit("停止中", 2, FIT_UTF16, FIT_PLAIN, "停…");
	/* the flame takes two units, and only one is left */
	assert_fit("a\xf0\x9f\x94\xa5z", 3, FIT_UTF16, FIT_PLAIN, "a…");
	/* half an entity is none */
	assert_fit("a&bcdef", 6, FIT_UTF16, FIT_SLACK, "a…");
	assert_fit("a&bcdef", 7, FIT_UTF16, FIT_SLACK, "a&amp;…");
	assert_fit("a*bcdef", 3, FIT_UTF16, FIT_DISCORD, "a…");
}

/* Whatever the bound: never longer, and never a broken character. */
static void every_length_is_kept(void **state)
{
	static const char text[] = "@a 停<止>\xf0\x9f\x94\xa5*x* [y](z) & é";

	(void)state;
	for (enum fit_place place = FIT_PLAIN; place <= FIT_DISCORD; place++) {
		for (size_t max = 3; max < 80; max++) {
			struct buf to = BUF_INIT(4096);

			fit_text(&to, text, max, FIT_BYTES, place);
			assert_true(to.n <= max);
			for (size_t i = 0; i < to.n; i++) {
				unsigned char c = (unsigned char)to.data[i];
				size_t more = c < 0xc0 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;

				assert_true(i + more < to.n);
				for (; more > 0; more--)
					assert_true(((unsigned char)to.data[++i] & 0xc0) == 0x80);
			}
			buf_done(&to);
		}
	}
}

static void calls_reach_nobody_and_addresses_stay(void **state)
{
	(void)state;
	assert_fit("@everyone (@here) a@b.example @ 5", 99, FIT_UTF16, FIT_CALM,
		   "@" JOINER "everyone (@" JOINER "here) a@b.example @ 5");
	assert_fit("：@全員", 99, FIT_UTF16, FIT_CALM, "：@" JOINER "全員");
	assert_fit("@everyone", 99, FIT_UTF16, FIT_PLAIN, "@everyone");
}

static void slack_reads_no_markup(void **state)
{
	(void)state;
	assert_fit("<!channel> & <@U1>", 99, FIT_UTF16, FIT_SLACK,
		   "&lt;!channel&gt; &amp; &lt;@" JOINER "U1&gt;");
	assert_fit("![a](b) [c] (d)", 99, FIT_UTF16, FIT_SLACK, "![a]" JOINER "(b) [c] (d)");
}

static void discord_reads_no_markup_and_addresses_stay_whole(void **state)
{
	(void)state;
	assert_fit("*a* _b_ ~c~ `d` ||e|| \\", 99, FIT_UTF16, FIT_DISCORD,
		   "\\*a\\* \\_b\\_ \\~c\\~ \\`d\\` \\|\\|e\\|\\| \\\\");
	assert_fit("at https://a.example/x_y_z~1 _q_", 99, FIT_UTF16, FIT_DISCORD,
		   "at https://a.example/x_y_z~1 \\_q\\_");
	assert_fit("[x](https://a.example/_)", 99, FIT_UTF16, FIT_DISCORD,
		   "\\[x\\](https://a.example/_)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_fits_stays_whole),
		cmocka_unit_test(what_is_cut_ends_between_characters),
		cmocka_unit_test(every_length_is_kept),
		cmocka_unit_test(calls_reach_nobody_and_addresses_stay),
		cmocka_unit_test(slack_reads_no_markup),
		cmocka_unit_test(discord_reads_no_markup_and_addresses_stay_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
