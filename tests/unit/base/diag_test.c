/*
 * diag_test.c - faults are kept in order, each with its place, and counted.
 */
#include "base/diag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"

static void faults_are_kept_in_the_order_in_which_they_were_found(void **state)
{
	struct arena *arena = arena_new();
	char file[] = "blog.cfg";
	struct diag_entry *e;
	struct diag d;

	(void)state;
	diag_init(&d, arena);
	assert_null(d.first);
	diag_add(&d, DIAG_FAULT, file, 7, "interval: %d s is below %d s", 5, 10);
	diag_add(&d, DIAG_WARNING, file, 0, "%s", "no references");
	diag_add(&d, DIAG_FAULT, NULL, 0, "no targets");
	memset(file, 'x', sizeof file - 1); /* the name need not outlive the call */

	assert_int_equal(d.faults, 2);
	assert_int_equal(d.warnings, 1);
	e = d.first;
	assert_int_equal(e->level, DIAG_FAULT);
	assert_string_equal(e->file, "blog.cfg");
	assert_int_equal(e->line, 7);
	assert_string_equal(e->text, "interval: 5 s is below 10 s");
	e = e->next;
	assert_int_equal(e->level, DIAG_WARNING);
	assert_int_equal(e->line, 0);
	e = e->next;
	assert_null(e->file);
	assert_string_equal(e->text, "no targets");
	assert_null(e->next);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faults_are_kept_in_the_order_in_which_they_were_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
