/*
 * page_weight_test.c - index and style together stay within 30 KB gzip for 20
 * targets with 90 days and 10 special days each (status-page.md 8).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "model_fixture.h"
#include "render/page.h"

#define TARGETS	 20
#define BUDGET	 (30 * 1024) /* bytes */
#define FILE_CAP (4 * 1024 * 1024)

/* A pipe's end closes with the program; what comes out is only counted. */
static size_t gzip_bytes(const void *bytes, size_t n)
{
	char path[] = "/tmp/page_weight.XXXXXX", command[128];
	int fd = mkstemp(path);
	char part[4096];
	size_t total = 0, got;
	FILE *pipe;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), (ssize_t)n);
	assert_int_equal(close(fd), 0);
	(void)snprintf(command, sizeof command, "gzip -9 -n -c %s", path);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	while ((got = fread(part, 1, sizeof part, pipe)) > 0)
		total += got;
	assert_int_equal(pclose(pipe), 0);
	(void)unlink(path);
	assert_true(total > 0);
	return total;
}

static void target_copy(struct fixture *f, unsigned i, enum verdict_state state)
{
	(void)snprintf(f->names[i], NAME_TEXT_MAX, "target-%u", i);
	f->target_plans[i] = f->target_plans[i % SIX];
	f->target_plans[i].name = f->target_plans[i].title = f->names[i];
	f->targets[i] = f->targets[i % SIX];
	f->targets[i].plan = &f->target_plans[i];
	f->targets[i].state = state;
	rollup_fill(&f->rollups[i], f->model.now.wall);
	for (unsigned k = 0; k < 10; k++)
		rollup_day_was(&f->rollups[i], (int32_t)(k * 8 + (i * 5 + k * k) % 7 + 1),
			       (i * 977 + k * 7919) % 20000, k % 3 == 0 ? (i * 37 + k) % 4000 : 0,
			       k % 4 == 1 ? 3600 + i : 0, k % 5 == 2 ? 1800 * (k + 1) + i : 0);
}

static void grow(struct fixture *f)
{
	f->model.rollups = f->rollups;
	f->rollups[TARGETS] = f->rollups[SIX];
	for (unsigned i = SIX; i < TARGETS; i++)
		target_copy(f, i, f->targets[i % SIX].state);
	f->plan.targets_n = TARGETS;
}

static void weight_is_within_budget(void (*make)(struct fixture *f))
{
	struct fixture *f = malloc(sizeof *f);
	struct buf html = BUF_INIT(FILE_CAP);
	size_t page, style;

	assert_non_null(f);
	make(f);
	grow(f);
	page_index(&f->model, LANGUAGE_JA, &html);
	assert_false(buf_failed(&html));
	page = gzip_bytes(buf_text(&html), html.n);
	style = gzip_bytes(style_css, style_css_bytes);
	print_message("index %zu (%zu gz), style %zu gz\n", html.n, page, style);
	assert_true(page + style <= BUDGET);
	buf_done(&html);
	free(f);
}

static void twenty_targets_up_are_light(void **state)
{
	(void)state;
	weight_is_within_budget(model_up);
}

static void twenty_targets_down_are_light(void **state)
{
	(void)state;
	weight_is_within_budget(model_stack_down);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(twenty_targets_up_are_light),
		cmocka_unit_test(twenty_targets_down_are_light),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
