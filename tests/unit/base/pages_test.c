/*
 * pages_test.c - what is given back is zero again, what lies beside it stays.
 */
#include "base/pages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define BYTES ((size_t)1 << 20)

static size_t sum_of(const unsigned char *p, size_t n)
{
	size_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += p[i];
	return sum;
}

static void only_whole_pages_are_given_back(void **state)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	unsigned char *p = malloc(BYTES), *first;

	(void)state;
	assert_non_null(p);
	memset(p, 1, BYTES);
	first = p + (page - (uintptr_t)p % page) % page;
	pages_forget(first - 1, 3 * page + 2); /* a byte before and one behind three whole ones */
	assert_int_equal(sum_of(first, 3 * page), 0);
	assert_int_equal(first[-1], 1);
	assert_int_equal(first[3 * page], 1);
	assert_int_equal(sum_of(p, BYTES), BYTES - 3 * page);
	free(p);
}

static void less_than_a_page_stays(void **state)
{
	unsigned char few[100];

	(void)state;
	memset(few, 1, sizeof few);
	pages_forget(few, sizeof few);
	pages_forget(few, 0);
	assert_int_equal(sum_of(few, sizeof few), sizeof few);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_whole_pages_are_given_back),
		cmocka_unit_test(less_than_a_page_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
