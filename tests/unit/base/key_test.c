/*
 * key_test.c - hashes are the same for ever, and every bit of them is usable.
 */
#include "base/key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

/* Offsets and names in files come from these numbers: they may not change between versions. */
static void hashes_do_not_change(void **state)
{
	(void)state;
	assert_true(key_mix(0) == 0);
	assert_true(key_mix(1) == UINT64_C(0x5692161d100b05e5));
	assert_true(key_text("") == key_mix(UINT64_C(0xcbf29ce484222325)));
	/* The published FNV-1a of "a", mixed. */
	assert_true(key_text("a") == key_mix(UINT64_C(0xaf63dc4c8601ec8c)));
	assert_true(key_text("foobar") == key_mix(UINT64_C(0x85944171f73967e8)));
}

static void a_seed_gives_another_hash(void **state)
{
	(void)state;
	assert_true(key_hash("blog", 4, 0) == key_text("blog"));
	assert_true(key_hash("blog", 4, 1) != key_text("blog"));
	assert_true(key_hash("blog", 3, 0) != key_text("blog"));
	assert_true(key_hash(NULL, 0, 5) != key_hash(NULL, 0, 6));
}

/* Names that differ in one digit fill 64 places evenly, by their low bits and by their high bits.
 */
static void similar_names_are_spread(void **state)
{
	enum { NAMES = 6400, PLACES = 64 };
	unsigned low[PLACES] = {0}, high[PLACES] = {0};

	(void)state;
	for (int i = 0; i < NAMES; i++) {
		char name[24];
		uint64_t hash;

		(void)snprintf(name, sizeof name, "target-%d", i);
		hash = key_text(name);
		low[hash % PLACES]++;
		high[hash >> 58]++;
	}
	for (int i = 0; i < PLACES; i++) {
		assert_in_range(low[i], 50, 150);
		assert_in_range(high[i], 50, 150);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_do_not_change),
		cmocka_unit_test(a_seed_gives_another_hash),
		cmocka_unit_test(similar_names_are_spread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
