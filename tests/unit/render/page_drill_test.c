/*
 * page_drill_test.c - while a drill runs everything that is drawn says so, and
 * tells of the real state as ever.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "model_fixture.h"
#include "render/page.h"
#include "render/status_text.h"

#define FILE_CAP (4 * 1024 * 1024)

static void nothing_open(struct fixture *f)
{
	model_up(f);
}

static void draw_page(const struct model *model, enum language language, struct buf *to)
{
	buf_init(to, FILE_CAP);
	page_index(model, language, to);
}

/* Cuts the note about the drill out of the page; false: there is none. */
static bool note_cut(struct buf *page, const char *words)
{
	char *at = strstr(page->data, words), *begin = at, *end;

	if (at == NULL)
		return false;
	while (strncmp(begin, "      <p class=\"note\">", 22) != 0)
		begin--;
	end = strchr(at, '\n') + 1;
	memmove(begin, end, strlen(end) + 1);
	return strstr(page->data, words) == NULL;
}

static void the_page_says_so_and_is_otherwise_the_same(void **state)
{
	static const char *const words[LANGUAGE_COUNT] = { "A drill is running", "訓練中です" };
	struct fixture *f = malloc(sizeof *f);

	(void)state;
	assert_non_null(f);
	nothing_open(f);
	for (enum language l = 0; l < LANGUAGE_COUNT; l++) {
		struct buf with, without;

		f->model.is_drill = true;
		draw_page(&f->model, l, &with);
		f->model.is_drill = false;
		draw_page(&f->model, l, &without);
		assert_null(strstr(buf_text(&without), words[l]));
		assert_true(note_cut(&with, words[l]));
		assert_string_equal(with.data, without.data);
		buf_done(&with);
		buf_done(&without);
	}
	free(f);
}

static void programs_are_told_too(void **state)
{
	struct fixture *f = malloc(sizeof *f);

	(void)state;
	assert_non_null(f);
	nothing_open(f);
	for (int is_drill = 0; is_drill < 2; is_drill++) {
		struct buf json = BUF_INIT(FILE_CAP), metrics = BUF_INIT(FILE_CAP);
		struct buf text = BUF_INIT(FILE_CAP);

		f->model.is_drill = is_drill;
		page_status_json(&f->model, &json);
		page_metrics(&f->model, &metrics);
		status_text(&f->model, &text);
		assert_non_null(
			strstr(buf_text(&json), is_drill ? "\"drill\":true" : "\"drill\":false"));
		assert_non_null(
			strstr(buf_text(&metrics), is_drill ? "\nshorewatch_drill_running 1\n"
							    : "\nshorewatch_drill_running 0\n"));
		assert_int_equal(strstr(buf_text(&text), "a drill is running") != NULL, is_drill);
		buf_done(&json);
		buf_done(&metrics);
		buf_done(&text);
	}
	free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_page_says_so_and_is_otherwise_the_same),
		cmocka_unit_test(programs_are_told_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
