/*
 * page_golden_test.c - whole outputs, as they were last looked at and found
 * good, in tests/golden/page.
 *
 * After a change that is meant: SHOREWATCH_GOLDEN=update, and look at the
 * difference before it is committed. The style sheet's hashed name is taken
 * out, so that a colour does not change every file.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "model_many.h"
#include "model_quiet.h"
#include "past_fixture.h"
#include "render/group_page.h"
#include "render/incident_page.h"
#include "render/page.h"
#include "story_fixture.h"

#define FILE_CAP (1024 * 1024)

static struct fixture *f; /* too large for a stack */

static void golden_path(char *path, size_t max, const char *name)
{
	(void)snprintf(path, max, "%s/tests/golden/page/%s", SOURCE_DIR, name);
}

static void golden_write(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fputs(text, file) == EOF, 0);
	assert_int_equal(fclose(file), 0);
}

static void golden_read(const char *path, struct buf *ret)
{
	char part[4096];
	size_t n;
	FILE *file = fopen(path, "r");

	if (file == NULL)
		fail_msg("no %s; SHOREWATCH_GOLDEN=update writes it", path);
	while ((n = fread(part, 1, sizeof part, file)) > 0)
		buf_add(ret, part, n);
	assert_int_equal(fclose(file), 0);
}

static void difference_tell(const char *name, const char *is, const char *was)
{
	size_t at = 0, line = 1;

	while (is[at] == was[at]) {
		line += is[at] == '\n';
		at++;
	}
	fail_msg("%s differs in line %zu:\n  is  %.160s\n  was %.160s", name, line,
		 is + (at > 60 ? at - 60 : 0), was + (at > 60 ? at - 60 : 0));
}

static void golden_is(const char *name, struct buf *b)
{
	char path[512];
	struct buf was = BUF_INIT(FILE_CAP);
	const char *wish = getenv("SHOREWATCH_GOLDEN");

	assert_false(buf_failed(b));
	golden_path(path, sizeof path, name);
	if (wish != NULL && strcmp(wish, "update") == 0)
		golden_write(path, buf_text(b));
	golden_read(path, &was);
	if (strcmp(buf_text(b), buf_text(&was)) != 0)
		difference_tell(name, buf_text(b), buf_text(&was));
	buf_done(&was);
	buf_done(b);
}

/* Without the hash of the style sheet. `page` is done. */
static void page_is(const char *name, struct buf *page)
{
	struct buf plain = BUF_INIT(FILE_CAP);
	const char *style = strstr(buf_text(page), page_style_name());

	assert_non_null(style);
	buf_add(&plain, buf_text(page), (size_t)(style - buf_text(page)));
	buf_puts(&plain, "style.css");
	buf_puts(&plain, style + strlen(page_style_name()));
	buf_done(page);
	golden_is(name, &plain);
}

static void index_is(const char *name, const struct model *model, enum language language)
{
	struct buf page = BUF_INIT(FILE_CAP);

	page_index(model, language, &page);
	page_is(name, &page);
}

static void target_is(const char *name, size_t target, const struct target_past *past,
		      enum language language)
{
	struct buf page = BUF_INIT(FILE_CAP);

	page_target(&(struct target_sources){ .model = &f->model, .target = target, .past = past },
		    language, &page);
	page_is(name, &page);
}

static void incident_is(const char *name, const struct story *story, enum language language)
{
	struct buf page = BUF_INIT(FILE_CAP);

	page_incident(&f->model, story, language, &page);
	page_is(name, &page);
}

static void history_is(const char *name, enum language language)
{
	const struct history history = history_of(f);
	struct buf page = BUF_INIT(FILE_CAP);

	page_history(&f->model, &history, language, &page);
	page_is(name, &page);
}

static int fixture_make(void **state)
{
	(void)state;
	f = malloc(sizeof *f);
	return f == NULL ? -1 : 0;
}

static int fixture_drop(void **state)
{
	(void)state;
	free(f);
	return 0;
}

static void everything_up(void **state)
{
	(void)state;
	model_up(f);
	index_is("up.html", &f->model, LANGUAGE_EN);
	index_is("up.ja.html", &f->model, LANGUAGE_JA);
}

static void a_check_of_its_own(void **state)
{
	struct target_past past;

	(void)state;
	model_up(f);
	past = past_make(f->model.now.wall);
	target_is("target-up.html", MKAPI, &past, LANGUAGE_EN);
	target_is("target-up.ja.html", MKAPI, &past, LANGUAGE_JA);
	model_stack_down(f);
	target_is("target-down.html", MKAPI, &past, LANGUAGE_EN);
	model_isolated(f);
	target_is("target-unknown.ja.html", MKAPI, NULL, LANGUAGE_JA);
}

static void an_incident_of_its_own(void **state)
{
	struct telling_fixture t;

	(void)state;
	model_up(f);
	story_past(f, &t);
	incident_is("incident-over.html", &t.story, LANGUAGE_EN);
	incident_is("incident-over.ja.html", &t.story, LANGUAGE_JA);
	model_witnessed(f);
	story_of(&t, &f->incidents[0]);
	incident_is("incident-open.html", &t.story, LANGUAGE_EN);
	incident_is("incident-open.ja.html", &t.story, LANGUAGE_JA);
}

static void all_that_is_past(void **state)
{
	(void)state;
	model_up(f);
	history_is("history.html", LANGUAGE_EN);
	history_is("history.ja.html", LANGUAGE_JA);
	f->model.past_n = 0;
	history_is("history-none.html", LANGUAGE_EN);
}

/* Few enough of them in one group for a file that can be read. */
static void a_group_of_its_own(void **state)
{
	struct many m;
	struct groups groups;

	(void)state;
	many_make(&m, 102, 34, model_site_down);
	groups_gather(&m.model, &groups);
	for (enum language l = 0; l < LANGUAGE_COUNT; l++) {
		struct buf page = BUF_INIT(FILE_CAP);

		page_group(&m.model, &groups, 2, l, &page);
		page_is(l == LANGUAGE_EN ? "group.html" : "group.ja.html", &page);
	}
	many_free(&m);
}

static void the_whole_stack_down(void **state)
{
	(void)state;
	model_stack_down(f);
	index_is("stack-down.html", &f->model, LANGUAGE_EN);
	index_is("stack-down.ja.html", &f->model, LANGUAGE_JA);
}

static void one_site_down_and_one_suspect(void **state)
{
	(void)state;
	model_site_down(f);
	target_suspect(f, BLOG, 1);
	index_is("site-down.html", &f->model, LANGUAGE_EN);
}

static void one_family_of_a_site_down(void **state)
{
	(void)state;
	model_family_down(f);
	index_is("family-down.html", &f->model, LANGUAGE_EN);
	index_is("family-down.ja.html", &f->model, LANGUAGE_JA);
}

static void the_alarm_silent(void **state)
{
	(void)state;
	model_alarm_silent(f);
	index_is("alarm-silent.html", &f->model, LANGUAGE_EN);
}

static void everything_that_witnesses_say(void **state)
{
	(void)state;
	model_witnessed(f);
	index_is("witnessed.html", &f->model, LANGUAGE_EN);
	index_is("witnessed.ja.html", &f->model, LANGUAGE_JA);
}

/* Where its configuration lies, and what is wrong in it, is nobody's business. */
static void trouble_of_ours_is_told_without_its_place(void **state)
{
	struct buf page = BUF_INIT(FILE_CAP), json = BUF_INIT(FILE_CAP);

	(void)state;
	model_witnessed(f);
	page_index(&f->model, LANGUAGE_EN, &page);
	page_status_json(&f->model, &json);
	assert_non_null(strstr(buf_text(&page), "configuration has a fault"));
	assert_null(strstr(buf_text(&page), "blog.cfg"));
	assert_non_null(strstr(buf_text(&json), "\"configuration_broken\":true"));
	assert_null(strstr(buf_text(&json), "blog.cfg"));
	buf_done(&page);
	buf_done(&json);
}

static void a_wrong_clock_judges_no_certificate(void **state)
{
	struct buf page = BUF_INIT(FILE_CAP);

	(void)state;
	model_witnessed(f);
	page_index(&f->model, LANGUAGE_EN, &page);
	assert_non_null(strstr(buf_text(&page), "certificate ends"));
	buf_clear(&page);
	f->model.is_clock_wrong = true;
	page_index(&f->model, LANGUAGE_EN, &page);
	assert_null(strstr(buf_text(&page), "certificate ends"));
	assert_non_null(strstr(buf_text(&page), "clock is wrong"));
	buf_done(&page);
}

static void the_watcher_isolated(void **state)
{
	(void)state;
	model_isolated(f);
	index_is("isolated.html", &f->model, LANGUAGE_EN);
	index_is("isolated.ja.html", &f->model, LANGUAGE_JA);
}

static void nothing_known_yet(void **state)
{
	(void)state;
	model_unknown(f);
	index_is("unknown.html", &f->model, LANGUAGE_EN);
}

static void planned_work(void **state)
{
	struct buf json = BUF_INIT(FILE_CAP), metrics = BUF_INIT(FILE_CAP);
	struct quiet quiet;

	(void)state;
	model_planned(f, &quiet);
	index_is("planned.html", &f->model, LANGUAGE_EN);
	index_is("planned.ja.html", &f->model, LANGUAGE_JA);
	page_status_json(&f->model, &json);
	golden_is("planned.json", &json);
	page_metrics(&f->model, &metrics);
	golden_is("planned.metrics", &metrics);
}

static void the_only_site_that_is_judged_fails(void **state)
{
	struct quiet quiet;

	(void)state;
	model_last_one(f, &quiet);
	index_is("last-one.html", &f->model, LANGUAGE_EN);
	index_is("last-one.ja.html", &f->model, LANGUAGE_JA);
}

static void what_the_operator_has_said(void **state)
{
	struct buf json = BUF_INIT(FILE_CAP);
	struct quiet quiet;

	(void)state;
	model_hushed(f, &quiet);
	index_is("hushed.html", &f->model, LANGUAGE_EN);
	index_is("hushed.ja.html", &f->model, LANGUAGE_JA);
	page_status_json(&f->model, &json);
	golden_is("hushed.json", &json);
}

static void status_json_of_an_outage(void **state)
{
	struct buf b = BUF_INIT(FILE_CAP);

	(void)state;
	model_stack_down(f);
	page_status_json(&f->model, &b);
	golden_is("stack-down.json", &b);
}

static void what_witnesses_say_to_machines(void **state)
{
	struct buf json = BUF_INIT(FILE_CAP), metrics = BUF_INIT(FILE_CAP);

	(void)state;
	model_witnessed(f);
	page_status_json(&f->model, &json);
	golden_is("witnessed.json", &json);
	page_metrics(&f->model, &metrics);
	golden_is("witnessed.metrics", &metrics);
}

static void metrics_of_an_outage(void **state)
{
	struct buf b = BUF_INIT(FILE_CAP);

	(void)state;
	model_stack_down(f);
	page_metrics(&f->model, &b);
	golden_is("stack-down.metrics", &b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_up),
		cmocka_unit_test(a_check_of_its_own),
		cmocka_unit_test(an_incident_of_its_own),
		cmocka_unit_test(all_that_is_past),
		cmocka_unit_test(a_group_of_its_own),
		cmocka_unit_test(the_whole_stack_down),
		cmocka_unit_test(one_site_down_and_one_suspect),
		cmocka_unit_test(one_family_of_a_site_down),
		cmocka_unit_test(the_alarm_silent),
		cmocka_unit_test(everything_that_witnesses_say),
		cmocka_unit_test(trouble_of_ours_is_told_without_its_place),
		cmocka_unit_test(a_wrong_clock_judges_no_certificate),
		cmocka_unit_test(the_watcher_isolated),
		cmocka_unit_test(nothing_known_yet),
		cmocka_unit_test(planned_work),
		cmocka_unit_test(the_only_site_that_is_judged_fails),
		cmocka_unit_test(what_the_operator_has_said),
		cmocka_unit_test(status_json_of_an_outage),
		cmocka_unit_test(what_witnesses_say_to_machines),
		cmocka_unit_test(metrics_of_an_outage),
	};

	return cmocka_run_group_tests(tests, fixture_make, fixture_drop);
}
