/*
 * page_many_test.c - more targets than can have a row each: groups as rows,
 * what is not simply up by name, the mean of many days.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "model_many.h"
#include "render/group_page.h"
#include "render/page.h"
#include "render/page_days.h"
#include "render/target.h"

#define FILE_CAP (4 * 1024 * 1024)
#define ROW	 "<li class=\"t "

struct place {
	struct many many;
	struct buf html;
};

/* `n` targets in four groups, all up and without a past. */
static void place_make(struct place *p, size_t n)
{
	many_make(&p->many, n, 4, model_up);
	for (size_t i = 0; i < n; i++) {
		p->many.views[i].certificate.not_after = (wall_t){ 0 };
		rollup_fill(&p->many.rollups[i], p->many.model.now.wall);
	}
	buf_init(&p->html, FILE_CAP);
}

static void place_draw(struct place *p)
{
	buf_clear(&p->html);
	page_index(&p->many.model, LANGUAGE_EN, &p->html);
	assert_false(buf_failed(&p->html));
}

static void place_done(struct place *p)
{
	buf_done(&p->html);
	many_free(&p->many);
}

static unsigned occurrences(const struct place *p, const char *what)
{
	unsigned n = 0;

	for (const char *at = buf_text(&p->html); (at = strstr(at, what)) != NULL; at++)
		n++;
	return n;
}

static bool says(const struct place *p, const char *what)
{
	return occurrences(p, what) > 0;
}

static bool precedes(const struct place *p, const char *a, const char *b)
{
	const char *first = strstr(buf_text(&p->html), a), *second = strstr(buf_text(&p->html), b);

	return first != NULL && second != NULL && first < second;
}

static void target_is(struct place *p, size_t i, enum verdict_state state)
{
	p->many.views[i].state = state;
	p->many.views[i].failure = (struct outcome){ PHASE_CONNECT, CAUSE_TIMEOUT };
	p->many.views[i].streak = 1;
}

static void a_hundred_have_a_row_each_and_one_more_have_not(void **state)
{
	struct place p;

	(void)state;
	place_make(&p, 100);
	place_draw(&p);
	assert_int_equal(occurrences(&p, ROW), 101); /* and the Watchdog */
	assert_true(says(&p, "target-99"));
	place_done(&p);
	place_make(&p, 101);
	place_draw(&p);
	assert_int_equal(occurrences(&p, ROW), 5);
	assert_false(says(&p, "target-"));
	assert_true(says(&p, "26 of 26 up") && says(&p, "25 of 25 up"));
	assert_false(says(&p, "Out of the ordinary"));
	place_done(&p);
}

static void hidden_ones_do_not_count(void **state)
{
	struct place p;

	(void)state;
	place_make(&p, 101);
	p.many.plans[50].is_hidden = true;
	place_draw(&p);
	assert_int_equal(occurrences(&p, ROW), 101);
	assert_false(says(&p, "target-50<"));
	place_done(&p);
	place_make(&p, 110);
	p.many.plans[50].is_hidden = true;
	target_is(&p, 50, VERDICT_DOWN);
	place_draw(&p);
	assert_false(says(&p, "target-50") || says(&p, "Out of the ordinary"));
	place_done(&p);
}

static void what_is_not_simply_up_is_named_the_worst_first(void **state)
{
	struct place p;

	(void)state;
	place_make(&p, 150);
	target_is(&p, 10, VERDICT_PAUSED);
	target_is(&p, 20, VERDICT_UNKNOWN);
	p.many.views[30].certificate = (struct certificate){
		.not_before = wall_of(FIXTURE_TODAY - 84 * 86400),
		.not_after = wall_of(FIXTURE_TODAY + 6 * 86400),
	};
	p.many.views[40].is_slow = true;
	target_is(&p, 50, VERDICT_SUSPECT);
	target_is(&p, 60, VERDICT_DOWN);
	place_draw(&p);
	assert_true(says(&p, "6 of 150 checks"));
	assert_true(precedes(&p, "target-60</a> <", "target-50</a> <"));
	assert_true(precedes(&p, "target-50</a> <", "target-40</a> <"));
	assert_true(precedes(&p, "target-40</a> <", "target-30</a> <"));
	assert_true(precedes(&p, "target-30</a> <", "target-20</a> <"));
	assert_true(precedes(&p, "target-20</a> <", "target-10</a> <"));
	assert_true(says(&p, "certificate ends 27 Nov"));
	assert_true(says(&p, "target-60</a> <span class=\"in\">Group 1</span>"));
	assert_true(says(&p, "<span>1 down</span><span>1 slow</span><span>1 not observed</span>"));
	place_done(&p);
}

static void fifty_are_named_and_the_others_counted(void **state)
{
	struct place p;

	(void)state;
	place_make(&p, 150);
	for (size_t i = 0; i < 50; i++)
		target_is(&p, i, VERDICT_DOWN);
	place_draw(&p);
	assert_true(says(&p, "target-49</a> <") && !says(&p, "more</p>"));
	target_is(&p, 50, VERDICT_RECOVERING);
	target_is(&p, 51, VERDICT_DOWN);
	place_draw(&p);
	assert_int_equal(occurrences(&p, "class=\"in\""), 50);
	assert_true(says(&p, "<p class=\"more\">and 2 more</p>"));
	place_done(&p);
}

/* That nothing is observed is the headline; 150 names would say no more. */
static void nobody_is_named_while_isolated(void **state)
{
	struct place p;

	(void)state;
	place_make(&p, 150);
	p.many.model.vantage = VANTAGE_ISOLATED;
	place_draw(&p);
	assert_false(says(&p, "target-") || says(&p, "Out of the ordinary"));
	assert_true(says(&p, "<span>not observed</span>"));
	place_done(&p);
}

static void groups_beyond_the_last_row_are_one(void **state)
{
	struct place p;

	(void)state;
	place_make(&p, 150);
	for (size_t i = 0; i < 150; i++)
		(void)snprintf(p.many.groups[i], NAME_TEXT_MAX, "<%zu>", i);
	place_draw(&p);
	assert_int_equal(occurrences(&p, ROW), 42);
	assert_true(says(&p, "&lt;39&gt;</a></h3>") && !says(&p, "&lt;40&gt;"));
	assert_true(says(&p, "Other groups") && says(&p, "110 of 110 up"));
	place_done(&p);
}

/* ---- a group's own page ---- */

static void group_draw(struct place *p, size_t which)
{
	struct groups groups;

	groups_gather(&p->many.model, &groups);
	assert_true(which < groups_rows(&groups));
	buf_clear(&p->html);
	page_group(&p->many.model, &groups, which, LANGUAGE_EN, &p->html);
	assert_false(buf_failed(&p->html));
}

static void up_to_a_hundred_no_group_has_a_page(void **state)
{
	struct groups groups;
	struct place p;

	(void)state;
	place_make(&p, 101);
	groups_gather(&p.many.model, &groups);
	assert_int_equal(groups_rows(&groups), 4);
	place_draw(&p);
	assert_true(says(&p, "<h3><a href=\"g/group-4.html\">Group 4</a></h3>"));
	p.many.plans[50].is_hidden = true;
	groups_gather(&p.many.model, &groups);
	assert_int_equal(groups_rows(&groups), 0);
	place_done(&p);
}

static void a_groups_page_has_its_checks_and_no_other(void **state)
{
	struct place p;

	(void)state;
	place_make(&p, 102);
	target_is(&p, 5, VERDICT_DOWN);
	p.many.plans[9].is_hidden = true;
	group_draw(&p, 1);
	assert_true(says(&p, "<h1>Group 2</h1>") && says(&p, "24 of 25 up"));
	assert_int_equal(occurrences(&p, ROW), 25);
	assert_true(says(&p, "<a href=\"../t/target-5.html\">") && says(&p, ">target-101<"));
	assert_false(says(&p, ">target-4<") || says(&p, "target-9<"));
	assert_false(says(&p, "alive/")); /* it is not of each report */
	place_done(&p);
}

static void of_a_large_group_the_rest_is_brief_and_then_counted(void **state)
{
	struct place p;

	(void)state;
	place_make(&p, 600);
	for (size_t i = 0; i < 600; i++)
		(void)snprintf(p.many.groups[i], NAME_TEXT_MAX, "All");
	group_draw(&p, 0);
	assert_int_equal(occurrences(&p, ROW), 560);
	assert_int_equal(occurrences(&p, "<svg class=\"bars"), 61); /* and the group's own */
	assert_true(says(&p, "in brief</h2>") && says(&p, "<p class=\"more\">and 40 more</p>"));
	place_done(&p);
}

static void names_of_groups_make_names_of_files(void **state)
{
	static const char *const titles[] = { "Public sites", "public sites", "\xe6\x97\xa5", "",
					      "others", "../../etc" };
	struct groups groups;
	struct place p;

	(void)state;
	place_make(&p, 150);
	for (size_t i = 0; i < 150; i++)
		(void)snprintf(p.many.groups[i], NAME_TEXT_MAX, "%s", titles[i % 6]);
	groups_gather(&p.many.model, &groups);
	assert_int_equal(groups_rows(&groups), 6);
	assert_string_equal(groups_slug(&groups, 0), "public-sites");
	assert_string_equal(groups_slug(&groups, 6), "others");
	for (size_t i = 0; i < 6; i++) {
		const char *slug = groups_slug(&groups, i);

		assert_true(strlen(slug) > 0);
		assert_true(strspn(slug, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(slug));
		for (size_t k = 0; k <= 6; k++)
			assert_true(k == i || strcmp(slug, groups_slug(&groups, k)) != 0);
	}
	place_done(&p);
}

static void groups_without_a_row_share_a_page(void **state)
{
	struct place p;

	(void)state;
	place_make(&p, 150);
	for (size_t i = 0; i < 150; i++)
		(void)snprintf(p.many.groups[i], NAME_TEXT_MAX, "<%zu>", i);
	place_draw(&p);
	assert_true(says(&p, "<a href=\"g/others.html\">Other groups</a>"));
	group_draw(&p, 40);
	assert_true(says(&p, "<h1>Other groups</h1>") && says(&p, "110 of 110 up"));
	assert_true(says(&p, ">target-149<") && !says(&p, ">target-39<"));
	place_done(&p);
}

/* ---- a check's own page ---- */

static void check_draw(struct place *p, size_t target)
{
	struct groups groups;

	groups_gather(&p->many.model, &groups);
	buf_clear(&p->html);
	page_target(&(struct target_sources){ .model = &p->many.model, .target = target,
					      .groups = &groups },
		    LANGUAGE_EN, &p->html);
	assert_false(buf_failed(&p->html));
}

static void a_check_leads_to_its_groups_page_when_there_is_one(void **state)
{
	struct place p;

	(void)state;
	place_make(&p, 102);
	check_draw(&p, 5);
	assert_true(says(&p, "</a> / <a href=\"../g/group-2.html\">Group 2</a></p>"));
	p.many.plans[50].is_hidden = p.many.plans[51].is_hidden = true;
	check_draw(&p, 5);
	assert_true(says(&p, "</a> / Group 2</p>") && !says(&p, "../g/"));
	place_done(&p);
}

static void a_check_of_a_group_without_a_row_leads_to_the_others(void **state)
{
	struct place p;

	(void)state;
	place_make(&p, 150);
	for (size_t i = 0; i < 150; i++)
		(void)snprintf(p.many.groups[i], NAME_TEXT_MAX, "<%zu>", i);
	check_draw(&p, 149);
	assert_true(says(&p, " / <a href=\"../g/others.html\">&lt;149&gt;</a></p>"));
	check_draw(&p, 39);
	assert_true(says(&p, ">&lt;39&gt;</a></p>") && !says(&p, "others.html"));
	place_done(&p);
}

/* ---- the mean ---- */

static void mean_read(struct place *p, struct page_window *ret)
{
	struct page_calendar calendar;
	struct page_sum sum = { 0 };

	page_calendar_read(&p->many.model, &calendar);
	for (size_t i = 0; i < p->many.n; i++) {
		struct page_window window;

		page_window_read(&calendar, &p->many.rollups[i], &window);
		page_sum_add(&sum, &window);
	}
	page_sum_mean(&sum, &calendar, ret);
}

static void the_mean_loses_no_second(void **state)
{
	struct page_window mean;
	struct place p;

	(void)state;
	place_make(&p, 200);
	rollup_day_was(&p.many.rollups[7], 3, 1, 0, 0, 0);
	rollup_day_was(&p.many.rollups[8], 5, 7200, 0, 0, 0);
	rollup_day_was(&p.many.rollups[9], 5, 7200, 0, 0, 0);
	mean_read(&p, &mean);
	assert_int_equal(mean.days[86].down_s, 1);
	assert_int_equal(mean.days[84].down_s, 72);
	assert_int_equal(mean.days[84].hit, 2);
	assert_int_equal(mean.days[84].of, 200);
	assert_int_equal(mean.down_s, 14401);
	assert_true(page_day_is_plain(&mean.days[85]));
	place_done(&p);
}

/* Percent of more seconds than 32 bits hold: 10,000 targets, 90 days. */
static void the_share_of_many_is_exact(void **state)
{
	struct page_window mean;
	struct place p;

	(void)state;
	place_make(&p, 1000);
	for (size_t i = 0; i < 1000; i++)
		rollup_day_was(&p.many.rollups[i], 1, 43200, 0, 0, 0);
	mean_read(&p, &mean);
	assert_true(mean.observed_s > UINT32_MAX);
	assert_int_equal(rollup_share(mean.observed_s, mean.down_s),
			 (int)((mean.observed_s - mean.down_s) * 100000 / mean.observed_s));
	assert_int_equal(rollup_share(mean.observed_s, 1), 99999);
	assert_int_equal(rollup_share(mean.observed_s, mean.observed_s - 1), 1);
	place_done(&p);
}

static void a_newer_check_takes_no_part_in_older_days(void **state)
{
	struct page_window mean;
	struct place p;

	(void)state;
	place_make(&p, 101);
	rollup_init(&p.many.rollups[0], &p.many.daybook);
	for (size_t i = 1; i < 101; i++)
		rollup_day_was(&p.many.rollups[i], 2, 100, 0, 0, 0);
	mean_read(&p, &mean);
	assert_int_equal(mean.days[87].down_s, 100);
	assert_int_equal(mean.days[87].of, 100);
	assert_true(page_day_is_plain(&mean.days[88]));
	place_done(&p);
}

static void the_worst_days_are_told_in_words(void **state)
{
	struct place p;

	(void)state;
	place_make(&p, 120); /* 30 a group */
	for (int32_t day = 1; day <= 6; day++)
		rollup_day_was(&p.many.rollups[4], day, (uint32_t)(600 * day), 0, 0, 0);
	place_draw(&p);
	assert_true(says(&p, "6 days with downtime. 15 Nov: down 2 min on average "
			     "(1 of 30 checks). 16 Nov: down 1 min 40 s"));
	assert_true(says(&p, "<title>17 Nov: down 1 min 20 s on average (1 of 30 checks)</title>"));
	assert_false(says(&p, "18 Nov: down"));
	place_done(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hundred_have_a_row_each_and_one_more_have_not),
		cmocka_unit_test(hidden_ones_do_not_count),
		cmocka_unit_test(what_is_not_simply_up_is_named_the_worst_first),
		cmocka_unit_test(fifty_are_named_and_the_others_counted),
		cmocka_unit_test(nobody_is_named_while_isolated),
		cmocka_unit_test(groups_beyond_the_last_row_are_one),
		cmocka_unit_test(up_to_a_hundred_no_group_has_a_page),
		cmocka_unit_test(a_groups_page_has_its_checks_and_no_other),
		cmocka_unit_test(of_a_large_group_the_rest_is_brief_and_then_counted),
		cmocka_unit_test(names_of_groups_make_names_of_files),
		cmocka_unit_test(groups_without_a_row_share_a_page),
		cmocka_unit_test(a_check_leads_to_its_groups_page_when_there_is_one),
		cmocka_unit_test(a_check_of_a_group_without_a_row_leads_to_the_others),
		cmocka_unit_test(the_mean_loses_no_second),
		cmocka_unit_test(the_share_of_many_is_exact),
		cmocka_unit_test(a_newer_check_takes_no_part_in_older_days),
		cmocka_unit_test(the_worst_days_are_told_in_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
