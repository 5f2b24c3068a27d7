/*
 * page_words_test.c - the page's catalogue is whole in every language, and
 * safe to be written as it is.
 */
#include "render/page_words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

static size_t characters(const char *utf8)
{
	size_t n = 0;

	for (; *utf8 != '\0'; utf8++)
		n += ((unsigned char)*utf8 & 0xc0) != 0x80;
	return n;
}

/* "{name}" anywhere in the text. */
static bool has_hole(const char *text, const char *hole, size_t n)
{
	for (const char *at = strchr(text, '{'); at != NULL; at = strchr(at + 1, '{'))
		if (strncmp(at, hole, n) == 0)
			return true;
	return false;
}

static void every_word_is_there_in_every_language(void **state)
{
	(void)state;
	for (enum word w = 0; w < WORD_COUNT; w++) {
		for (enum language l = 0; l < LANGUAGE_COUNT; l++) {
			if (page_word(l, w) == NULL)
				fail_msg("word %d is missing in language %d", (int)w, (int)l);
			if (page_word(l, w)[0] == '\0' && w != WORD_SPACE)
				fail_msg("word %d is empty in language %d", (int)w, (int)l);
		}
	}
}

static void languages_name_the_same_holes(void **state)
{
	(void)state;
	for (enum word w = 0; w < WORD_COUNT; w++) {
		for (enum language l = 1; l < LANGUAGE_COUNT; l++) {
			const char *a = page_word(LANGUAGE_EN, w), *b = page_word(l, w);

			for (const char *at = strchr(a, '{'); at != NULL; at = strchr(at + 1, '{'))
				if (!has_hole(b, at, strcspn(at, "}") + 1))
					fail_msg("'%s' lacks a hole of '%s'", b, a);
			for (const char *at = strchr(b, '{'); at != NULL; at = strchr(at + 1, '{'))
				if (!has_hole(a, at, strcspn(at, "}") + 1))
					fail_msg("'%s' lacks a hole of '%s'", a, b);
		}
	}
}

/* Words are put between tags and into attributes without escaping. */
static void no_word_holds_markup(void **state)
{
	(void)state;
	for (enum word w = 0; w < WORD_COUNT; w++)
		for (enum language l = 0; l < LANGUAGE_COUNT; l++)
			if (strpbrk(page_word(l, w), "<>&\"'") != NULL)
				fail_msg("markup in '%s'", page_word(l, w));
}

/* A sentence with its holes filled is cut at TEXT_SHOWN_MAX characters: ours must leave room. */
static void no_sentence_is_so_long_that_it_would_be_cut(void **state)
{
	(void)state;
	for (enum word w = 0; w < WORD_COUNT; w++)
		for (enum language l = 0; l < LANGUAGE_COUNT; l++)
			if (characters(page_word(l, w)) > TEXT_SHOWN_MAX - 20)
				fail_msg("too long: '%s'", page_word(l, w));
}

static void pairs_differ_by_count(void **state)
{
	(void)state;
	assert_int_equal(word_for(WORD_AGAIN_ONE, 1), WORD_AGAIN_ONE);
	assert_int_equal(word_for(WORD_AGAIN_ONE, 0), WORD_AGAIN_MANY);
	assert_int_equal(word_for(WORD_AGAIN_ONE, 2), WORD_AGAIN_MANY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_word_is_there_in_every_language),
		cmocka_unit_test(languages_name_the_same_holes),
		cmocka_unit_test(no_word_holds_markup),
		cmocka_unit_test(no_sentence_is_so_long_that_it_would_be_cut),
		cmocka_unit_test(pairs_differ_by_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
