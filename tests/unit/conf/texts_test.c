/*
 * texts_test.c - what says the same is one text, however many there are.
 */
#include "conf/texts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"

#define MANY 5000

static const char *text_of(int i)
{
	static char text[32];

	(void)snprintf(text, sizeof text, "%d", i);
	return text;
}

static void each_text_is_kept_once(void **state)
{
	struct arena *keep = arena_new(), *scratch = arena_new();
	struct texts texts = { .n = 0 };
	static const char *kept[MANY];

	(void)state;
	for (int i = 0; i < MANY; i++)
		kept[i] = texts_keep(&texts, keep, scratch, text_of(i));
	for (int i = 0; i < MANY; i++)
		assert_ptr_equal(texts_keep(&texts, keep, scratch, text_of(i)), kept[i]);
	assert_int_equal(texts.n, MANY);
	arena_free(scratch);
	for (int i = 0; i < MANY; i++) /* the texts outlive the table */
		assert_string_equal(kept[i], text_of(i));
	arena_free(keep);
}

static void no_text_is_a_text_too(void **state)
{
	struct arena *arena = arena_new();
	struct texts texts = { .n = 0 };
	const char *empty = texts_keep(&texts, arena, arena, "");

	(void)state;
	assert_string_equal(empty, "");
	assert_ptr_equal(texts_keep(&texts, arena, arena, ""), empty);
	assert_ptr_not_equal(texts_keep(&texts, arena, arena, " "), empty);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_text_is_kept_once),
		cmocka_unit_test(no_text_is_a_text_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
