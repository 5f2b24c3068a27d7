/*
 * arena_test.c - memory from an arena is zeroed, aligned, apart from all other, and all freed.
 */
#include "base/arena.h"

#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void memory_is_zeroed_and_aligned(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t size = 0; size < 300; size++) {
		unsigned char *p = arena_alloc(arena, 1, size);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xa5, size);
	}
	arena_free(arena);
}

static void things_do_not_overlap(void **state)
{
	enum { COUNT = 4000 };
	struct arena *arena = arena_new();
	static unsigned char *things[COUNT];
	static size_t sizes[COUNT];

	(void)state;
	/* Sizes from nothing to several blocks, so that every path of growth is walked. */
	for (size_t i = 0; i < COUNT; i++) {
		sizes[i] = i % 97 == 0 ? 200000 : i % 13 == 0 ? 20000 : i % 71;
		things[i] = arena_alloc(arena, sizes[i], 1);
		memset(things[i], (int)(i % 251), sizes[i]);
	}
	for (size_t i = 0; i < COUNT; i++) {
		for (size_t j = 0; j < sizes[i]; j += 61)
			assert_int_equal(things[i][j], i % 251);
	}
	arena_free(arena);
}

static void things_of_no_bytes_have_their_own_address(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	assert_ptr_not_equal(arena_alloc(arena, 0, 8), arena_alloc(arena, 0, 8));
	arena_free(arena);
}

static void texts_are_copied_with_a_terminator(void **state)
{
	struct arena *arena = arena_new();
	char *bytes = arena_strndup(arena, "a\0bcd", 4);

	(void)state;
	assert_memory_equal(bytes, "a\0bc", 5);
	assert_string_equal(arena_strndup(arena, NULL, 0), "");
	assert_string_equal(arena_strdup(arena, "blog"), "blog");
	assert_string_equal(arena_printf(arena, "%s-%d", "blog", 7), "blog-7");
	assert_string_equal(arena_printf(arena, "%s", ""), "");
	assert_int_equal(strlen(arena_printf(arena, "%0100000d", 1)), 100000);
	arena_free(arena);
}

static void freeing_nothing_is_fine(void **state)
{
	(void)state;
	arena_free(NULL);
	arena_free(arena_new());
}

/* A product that overflows must end the program, not give a small piece of memory. */
static void a_size_beyond_memory_aborts(void **state)
{
	int status;
	pid_t pid = fork();

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)close(STDERR_FILENO);
		(void)arena_alloc(arena_new(), SIZE_MAX / 2, 3);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zeroed_and_aligned),
		cmocka_unit_test(things_do_not_overlap),
		cmocka_unit_test(things_of_no_bytes_have_their_own_address),
		cmocka_unit_test(texts_are_copied_with_a_terminator),
		cmocka_unit_test(freeing_nothing_is_fine),
		cmocka_unit_test(a_size_beyond_memory_aborts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
