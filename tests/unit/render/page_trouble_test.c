/*
 * page_trouble_test.c - a fault in our own configuration is told by everything
 * that is drawn from a copy of the model, which is what the daemon draws from.
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

struct outputs {
	struct buf en, ja, json, metrics, text;
};

/* What is drawn when the daemon's own text has changed after the copy was made. */
static void outputs_draw(struct outputs *o, const char *trouble)
{
	struct fixture *f = malloc(sizeof *f);
	char text[64] = "";
	struct model *copy;

	assert_non_null(f);
	model_up(f);
	if (trouble != NULL) {
		(void)snprintf(text, sizeof text, "%s", trouble);
		f->model.trouble = text;
	}
	copy = model_copy(&f->model);
	assert_non_null(copy);
	memset(text, 'X', sizeof text - 1);
	buf_init(&o->en, FILE_CAP);
	buf_init(&o->ja, FILE_CAP);
	buf_init(&o->json, FILE_CAP);
	buf_init(&o->metrics, FILE_CAP);
	buf_init(&o->text, FILE_CAP);
	page_index(copy, LANGUAGE_EN, &o->en);
	page_index(copy, LANGUAGE_JA, &o->ja);
	page_status_json(copy, &o->json);
	page_metrics(copy, &o->metrics);
	status_text(copy, &o->text);
	free(copy);
	free(f);
}

static void outputs_done(struct outputs *o)
{
	buf_done(&o->en);
	buf_done(&o->ja);
	buf_done(&o->json);
	buf_done(&o->metrics);
	buf_done(&o->text);
}

static bool says(const struct buf *b, const char *what)
{
	return strstr(buf_text(b), what) != NULL;
}

static void a_fault_of_ours_is_told_everywhere(void **state)
{
	struct outputs o;

	(void)state;
	outputs_draw(&o, "blog.cfg:12: unknown key");
	assert_true(says(&o.en, "configuration has a fault"));
	assert_true(says(&o.ja, "設定に誤りがある"));
	assert_true(says(&o.json, "\"configuration_broken\":true"));
	assert_true(says(&o.metrics, "\nshorewatch_configuration_broken 1\n"));
	assert_true(says(&o.text, "last good copy runs: blog.cfg:12: unknown key\n"));
	assert_false(says(&o.en, "blog.cfg") || says(&o.ja, "blog.cfg") ||
		     says(&o.json, "blog.cfg"));
	outputs_done(&o);
}

static void a_good_configuration_is_not_spoken_of(void **state)
{
	struct outputs o;

	(void)state;
	outputs_draw(&o, NULL);
	assert_false(says(&o.en, "configuration has a fault"));
	assert_false(says(&o.ja, "設定に誤りがある"));
	assert_true(says(&o.json, "\"configuration_broken\":false"));
	assert_true(says(&o.metrics, "\nshorewatch_configuration_broken 0\n"));
	assert_false(says(&o.text, "last good copy"));
	outputs_done(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fault_of_ours_is_told_everywhere),
		cmocka_unit_test(a_good_configuration_is_not_spoken_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
