/*
 * page_weight_test.c - index and style together stay within 30 KB gzip
 * (status-page.md 8): 20 targets with 90 days and 10 special days each, and
 * any number of targets in any number of groups, up or down. The most that is
 * held in memory while status.json is drawn is bounded, too.
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
#include "model_many.h"
#include "render/group_page.h"
#include "render/history_page.h"
#include "render/page.h"

#define BUDGET	   (30 * 1024) /* bytes */
#define FILE_CAP   (4 * 1024 * 1024)
#define PART_BOUND (64 * 1024) /* of status.json at once */

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

static void page_is_within_budget(const struct model *model, enum language language)
{
	struct buf html = BUF_INIT(FILE_CAP);
	size_t page, style;

	page_index(model, language, &html);
	assert_false(buf_failed(&html));
	page = gzip_bytes(buf_text(&html), html.n);
	style = gzip_bytes(style_css, style_css_bytes);
	print_message("%zu targets: index %zu (%zu gz), style %zu gz\n", model->plan->targets_n,
		      html.n, page, style);
	assert_true(page + style <= BUDGET);
	buf_done(&html);
}

#define HISTORY_MAX 300 /* as many as the archive holds */

static const struct incident *past_again(void *ctx, size_t which)
{
	static _Thread_local struct incident one;
	const struct fixture *f = ctx;
	usec_t earlier = (usec_t)which * 29 * USEC_PER_HOUR;

	one = f->past[which % f->model.past_n];
	one.opened.wall = (wall_t){ f->model.now.wall.us - earlier };
	one.closed.mono.us += (usec_t)which * 7 * USEC_PER_SEC;
	(void)snprintf(one.number, sizeof one.number, "2026%04zu-%zu", which, which % 4);
	return &one;
}

static void a_year_of_incidents_is_light(void **state)
{
	struct fixture *f = malloc(sizeof *f);

	(void)state;
	assert_non_null(f);
	model_up(f);
	for (enum language l = 0; l < LANGUAGE_COUNT; l++) {
		struct buf html = BUF_INIT(FILE_CAP);
		size_t page, style = gzip_bytes(style_css, style_css_bytes);

		page_history(&f->model, &(struct history){ HISTORY_MAX, past_again, f, true }, l, &html);
		assert_false(buf_failed(&html));
		page = gzip_bytes(buf_text(&html), html.n);
		print_message("%d incidents: history %zu (%zu gz)\n", HISTORY_MAX, html.n, page);
		assert_true(page + style <= BUDGET);
		buf_done(&html);
	}
	free(f);
}

static void weight_is_within_budget(size_t n, size_t groups, void (*make)(struct fixture *f))
{
	struct many m;

	many_make(&m, n, groups, make);
	for (enum language l = 0; l < LANGUAGE_COUNT; l++)
		page_is_within_budget(&m.model, l);
	many_free(&m);
}

static void twenty_targets_are_light(void **state)
{
	(void)state;
	weight_is_within_budget(20, 3, model_up);
	weight_is_within_budget(20, 3, model_stack_down);
}

static void a_hundred_by_name_are_light(void **state)
{
	(void)state;
	weight_is_within_budget(100, 3, model_up);
	weight_is_within_budget(100, 3, model_stack_down);
}

/* The heaviest there can be: more checks in it than it lists. */
static void the_largest_group_is_light(void **state)
{
	struct groups groups;
	struct many m;

	(void)state;
	many_make(&m, 2000, 1, model_up);
	groups_gather(&m.model, &groups);
	for (enum language l = 0; l < LANGUAGE_COUNT; l++) {
		struct buf html = BUF_INIT(FILE_CAP);
		size_t page, style = gzip_bytes(style_css, style_css_bytes);

		page_group(&m.model, &groups, 0, l, &html);
		assert_false(buf_failed(&html));
		page = gzip_bytes(buf_text(&html), html.n);
		print_message("a group of 2000: %zu (%zu gz)\n", html.n, page);
		assert_true(page + style <= BUDGET);
		buf_done(&html);
	}
	many_free(&m);
}

static void a_thousand_targets_are_light(void **state)
{
	(void)state;
	weight_is_within_budget(1000, 20, model_up);
	weight_is_within_budget(1000, 20, model_stack_down);
}

static void ten_thousand_targets_are_light(void **state)
{
	(void)state;
	weight_is_within_budget(10000, 20, model_up);
	weight_is_within_budget(10000, 20, model_stack_down);
}

static void groups_without_number_are_light(void **state)
{
	(void)state;
	weight_is_within_budget(1000, 120, model_up);
	weight_is_within_budget(1000, 120, model_stack_down);
}

/* ---- status.json, in parts ---- */

struct parts {
	struct buf whole;
	size_t most, n;
};

static void part_take(void *ctx, struct buf *to)
{
	struct parts *parts = ctx;

	parts->n++;
	parts->most = to->n > parts->most ? to->n : parts->most;
	buf_add(&parts->whole, to->data, to->n);
	buf_clear(to);
}

static void parts_make_up_the_whole(void **state)
{
	struct parts parts = { .whole = BUF_INIT(FILE_CAP) };
	const struct page_drain drain = { &parts, part_take };
	struct buf part = BUF_INIT(FILE_CAP), whole = BUF_INIT(FILE_CAP);
	struct many m;

	(void)state;
	many_make(&m, 1000, 20, model_stack_down);
	page_status_json_drained(&m.model, &part, &drain);
	part_take(&parts, &part);
	page_status_json(&m.model, &whole);
	assert_false(buf_failed(&whole) || buf_failed(&parts.whole));
	assert_string_equal(buf_text(&parts.whole), buf_text(&whole));
	assert_true(parts.n > 10 && parts.most <= PART_BOUND && part.room <= PART_BOUND);
	buf_done(&parts.whole);
	buf_done(&part);
	buf_done(&whole);
	many_free(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(twenty_targets_are_light),
		cmocka_unit_test(a_hundred_by_name_are_light),
		cmocka_unit_test(the_largest_group_is_light),
		cmocka_unit_test(a_thousand_targets_are_light),
		cmocka_unit_test(ten_thousand_targets_are_light),
		cmocka_unit_test(groups_without_number_are_light),
		cmocka_unit_test(a_year_of_incidents_is_light),
		cmocka_unit_test(parts_make_up_the_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
