/*
 * heap_test.c - the heap against a table that is searched from end to end.
 */
#include "base/heap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/key.h"

#define ITEMS_MAX 64

/* The model: the due time of every item. */
struct model {
	mono_t due[ITEMS_MAX];
	uint32_t count;
};

static bool model_first(const struct model *m, uint32_t *ret_item)
{
	uint32_t best = 0;

	for (uint32_t i = 1; i < m->count; i++) {
		if (m->due[i].us < m->due[best].us)
			best = i;
	}
	*ret_item = best;
	return m->due[best].us != MONO_NEVER.us;
}

static void assert_same(const struct heap *h, const struct model *m)
{
	uint32_t item = 0, expected = 0;
	mono_t due = {0};
	bool has_first = model_first(m, &expected);

	assert_int_equal(heap_first(h, &item, &due), has_first);
	if (has_first) {
		assert_int_equal(item, expected);
		assert_true(due.us == m->due[expected].us);
	}
	for (uint32_t i = 0; i < m->count; i++)
		assert_true(heap_due(h, i).us == m->due[i].us);
}

/* Few different times, so that equal ones are common. */
static void walk(uint32_t count, uint64_t seed)
{
	struct arena *arena = arena_new();
	struct model m = {.count = count};
	struct heap h;

	heap_init(&h, arena, count);
	for (uint32_t i = 0; i < count; i++)
		m.due[i] = MONO_NEVER;
	for (uint64_t step = 0; step < 3000; step++) {
		uint64_t x = key_mix(seed + step);
		uint32_t item = (uint32_t)(x % count);
		mono_t due = {(int64_t)(x >> 32 & 31) - 8};

		if ((x >> 40 & 3) == 0) {
			heap_remove(&h, item);
			m.due[item] = MONO_NEVER;
		} else {
			heap_set(&h, item, due);
			m.due[item] = due;
		}
		assert_same(&h, &m);
	}
	arena_free(arena);
}

static void the_heap_agrees_with_a_search_of_everything(void **state)
{
	(void)state;
	for (uint32_t count = 1; count <= 9; count++)
		walk(count, (uint64_t)count << 32);
	walk(ITEMS_MAX, UINT64_C(99) << 32);
}

static void items_come_out_in_the_order_of_time(void **state)
{
	struct arena *arena = arena_new();
	struct heap h;
	uint32_t item;
	mono_t due, last = {-1};
	size_t n = 0;

	(void)state;
	heap_init(&h, arena, 1000);
	for (uint32_t i = 0; i < 1000; i++)
		heap_set(&h, i, (mono_t){(int64_t)(key_mix(i) % 500)});
	for (; heap_first(&h, &item, &due); n++) {
		assert_true(due.us >= last.us);
		last = due;
		heap_remove(&h, item);
	}
	assert_int_equal(n, 1000);
	arena_free(arena);
}

static void what_is_never_due_is_not_in_the_heap(void **state)
{
	struct arena *arena = arena_new();
	struct heap h;
	uint32_t item;
	mono_t due;

	(void)state;
	heap_init(&h, arena, 2);
	heap_set(&h, 1, MONO_NEVER);
	assert_false(heap_first(&h, &item, &due));
	heap_set(&h, 1, (mono_t){5});
	heap_set(&h, 1, MONO_NEVER);
	assert_false(heap_first(&h, &item, &due));
	assert_int_equal(h.n, 0);
	arena_free(arena);
}

static void a_heap_of_nothing_is_empty(void **state)
{
	struct arena *arena = arena_new();
	struct heap h;
	uint32_t item;
	mono_t due;

	(void)state;
	heap_init(&h, arena, 0);
	assert_false(heap_first(&h, &item, &due));
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_heap_agrees_with_a_search_of_everything),
		cmocka_unit_test(items_come_out_in_the_order_of_time),
		cmocka_unit_test(what_is_never_due_is_not_in_the_heap),
		cmocka_unit_test(a_heap_of_nothing_is_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
