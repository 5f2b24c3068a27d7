/*
 * incident_page_test.c - what an incident's own page tells, and to whom it says
 * nothing.
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
#include "render/page.h"
#include "story_fixture.h"

#define FILE_CAP (1024 * 1024)

struct place {
	struct fixture f;
	struct telling_fixture t;
	struct buf page;
};

static int place_make(void **state)
{
	struct place *p = calloc(1, sizeof *p);

	assert_non_null(p);
	buf_init(&p->page, FILE_CAP);
	*state = p;
	return 0;
}

static int place_drop(void **state)
{
	struct place *p = *state;

	buf_done(&p->page);
	free(p);
	return 0;
}

static const char *page_of(struct place *p)
{
	buf_clear(&p->page);
	page_incident(&p->f.model, &p->t.story, LANGUAGE_EN, &p->page);
	assert_false(buf_failed(&p->page));
	return buf_text(&p->page);
}

static bool says(const char *page, const char *words)
{
	return strstr(page, words) != NULL;
}

static unsigned count_of(const char *page, const char *words)
{
	unsigned n = 0;

	for (; (page = strstr(page, words)) != NULL; page++)
		n++;
	return n;
}

static void an_incident_that_is_over_says_nothing_of_now(void **state)
{
	struct place *p = *state;
	struct buf calm = BUF_INIT(FILE_CAP);

	model_up(&p->f);
	story_past(&p->f, &p->t);
	buf_puts(&calm, page_of(p));
	model_stack_down(&p->f);
	p->f.model.report += 7;
	p->f.model.now.wall.us += 40 * USEC_PER_DAY;
	assert_string_equal(page_of(p), buf_text(&calm));
	assert_false(says(buf_text(&calm), "alive/") || says(buf_text(&calm), "fresh.js") ||
		     says(buf_text(&calm), "data-due") || says(buf_text(&calm), "\"stale\""));
	buf_done(&calm);
}

static void an_open_incident_waits_for_the_next_report(void **state)
{
	struct place *p = *state;

	model_stack_down(&p->f);
	story_of(&p->t, &p->f.incidents[0]);
	assert_true(says(page_of(p), "url(../alive/2911043.svg)"));
	assert_true(says(page_of(p), "data-due"));
	assert_true(says(page_of(p), "Not over yet, 23 min 32 s so far"));
}

static void when_and_how_long_are_said(void **state)
{
	struct place *p = *state;

	model_up(&p->f);
	story_past(&p->f, &p->t);
	assert_true(says(page_of(p), "Over after 1 h 17 min"));
	assert_true(says(page_of(p), "From Tue 27 Oct 2026, 10:00:00 JST to 11:17:00<"));
}

/* The head has the date; only what is of another day repeats its own. */
static void times_of_its_own_day_have_no_date(void **state)
{
	struct place *p = *state;

	model_up(&p->f);
	story_past(&p->f, &p->t);
	assert_true(says(page_of(p), "<ol class=\"log\">") && says(page_of(p), ">10:20:00</time>"));
	p->t.events[9].at.us += USEC_PER_DAY;
	assert_true(says(page_of(p), "<ol class=\"log days\">"));
	assert_true(says(page_of(p), ">28 Oct, 11:17:00</time>"));
}

static void the_latest_note_comes_first_and_all_are_in_the_log(void **state)
{
	struct place *p = *state;

	model_up(&p->f);
	story_past(&p->f, &p->t);
	assert_true(
		says(page_of(p), "<p class=\"lede\">The power is back; nodes are starting.</p>"));
	assert_int_equal(count_of(page_of(p), "The power is back"), 2);
	assert_int_equal(count_of(page_of(p), "The power is out"), 1);
}

static void who_joined_later_is_named_once(void **state)
{
	struct place *p = *state;

	model_up(&p->f);
	story_past(&p->f, &p->t);
	assert_int_equal(count_of(page_of(p), "<li><a href=\"../t/ingress.html\">"), 1);
	assert_int_equal(count_of(page_of(p), "<li><a href=\"../t/blog.html\">"), 1);
	assert_true(says(page_of(p), "<li>and 1 more</li>")); /* seven, six of them named */
}

static void nothing_of_a_hidden_check_is_told(void **state)
{
	struct place *p = *state;

	model_up(&p->f);
	story_past(&p->f, &p->t);
	p->f.target_plans[BLOG].title = "Canary";
	assert_true(says(page_of(p), "Canary"));
	p->f.target_plans[BLOG].is_hidden = true;
	assert_false(says(page_of(p), "Canary") || says(page_of(p), "t/blog"));
	assert_false(says(page_of(p), "more</li>")); /* not even that there are others */
	assert_true(says(page_of(p), "Ingress"));
}

static void an_incident_of_hidden_checks_only_has_no_page(void **state)
{
	struct place *p = *state;

	model_up(&p->f);
	assert_true(page_has_incident(&p->f.model, &p->f.past[2]));
	p->f.target_plans[BLOG].is_hidden = true;
	assert_false(page_has_incident(&p->f.model, &p->f.past[2]));
	page_index(&p->f.model, LANGUAGE_EN, &p->page);
	assert_true(says(buf_text(&p->page), "incidents/2026-1.html"));
	assert_false(says(buf_text(&p->page), "incidents/2026-2.html"));
}

/* Such a name comes from another program's history, if from anywhere. */
static void a_number_that_makes_no_file_name_has_no_page(void **state)
{
	static const char *const bad[] = { "", "?", "../x", "2026.1", "a\"b" };
	struct place *p = *state;

	model_up(&p->f);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		(void)snprintf(p->f.past[0].number, INCIDENT_NUMBER_MAX, "%s", bad[i]);
		assert_false(page_has_incident(&p->f.model, &p->f.past[0]));
	}
}

static void the_text_of_an_error_is_not_told(void **state)
{
	struct place *p = *state;

	model_stack_down(&p->f);
	story_of(&p->t, &p->f.incidents[0]);
	assert_true(says(p->f.targets[BLOG].note, "192.0.2.10"));
	assert_false(says(page_of(p), "192.0.2.10"));
}

static void the_index_links_what_is_open_and_what_is_past(void **state)
{
	struct place *p = *state;

	model_stack_down(&p->f);
	page_index(&p->f.model, LANGUAGE_JA, &p->page);
	assert_true(says(buf_text(&p->page), "<a href=\"incidents/20261121-1.ja.html\">"));
	assert_true(says(buf_text(&p->page), "<a href=\"incidents/2026-3.ja.html\">"));
	buf_clear(&p->page);
	page_kiosk(&p->f.model, &p->page);
	assert_false(says(buf_text(&p->page), "incidents/"));
}

static void a_log_without_end_says_so(void **state)
{
	struct place *p = *state;

	model_up(&p->f);
	story_past(&p->f, &p->t);
	assert_false(says(page_of(p), "longer than what is told"));
	p->t.story.is_cut = true;
	assert_true(says(page_of(p), "longer than what is told"));
}

/* ---- all past incidents ---- */

static const char *history_page(struct place *p)
{
	const struct history history = history_of(&p->f);

	buf_clear(&p->page);
	page_history(&p->f.model, &history, LANGUAGE_EN, &p->page);
	assert_false(buf_failed(&p->page));
	return buf_text(&p->page);
}

static void months_come_newest_first_each_once(void **state)
{
	struct place *p = *state;
	const char *page, *november, *october, *september;

	model_up(&p->f);
	page = history_page(p);
	november = strstr(page, ">Nov 2026</h2>\n    <p class=\"sub\">3 incidents</p>");
	october = strstr(page, ">Oct 2026</h2>\n    <p class=\"sub\">3 incidents</p>");
	september = strstr(page, ">Sep 2026</h2>\n    <p class=\"sub\">1 incident</p>");
	assert_true(november && october && september);
	assert_true(november < october && october < september);
	assert_int_equal(count_of(page, "<h2"), 3);
	assert_int_equal(count_of(page, "<li><time"), 7);
}

/* The same month of two years is two months. */
static void a_year_ago_is_another_month(void **state)
{
	struct place *p = *state;

	model_up(&p->f);
	p->f.past[6].opened.wall = wall_of(FIXTURE_TODAY - 365 * 86400);
	assert_true(says(history_page(p), "id=\"m-2025-11\">Nov 2025</h2>"));
	assert_true(
		says(history_page(p), "7 incidents are on record, the oldest of Fri 21 Nov 2025."));
}

static void the_index_links_the_history(void **state)
{
	struct place *p = *state;

	model_up(&p->f);
	page_index(&p->f.model, LANGUAGE_JA, &p->page);
	assert_true(says(buf_text(&p->page), "<a href=\"history.ja.html\">"));
	assert_false(says(history_page(p), "alive/") || says(history_page(p), "data-due"));
}

#define CASE(NAME) cmocka_unit_test_setup_teardown(NAME, place_make, place_drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(an_incident_that_is_over_says_nothing_of_now),
		CASE(an_open_incident_waits_for_the_next_report),
		CASE(when_and_how_long_are_said),
		CASE(times_of_its_own_day_have_no_date),
		CASE(the_latest_note_comes_first_and_all_are_in_the_log),
		CASE(who_joined_later_is_named_once),
		CASE(nothing_of_a_hidden_check_is_told),
		CASE(an_incident_of_hidden_checks_only_has_no_page),
		CASE(a_number_that_makes_no_file_name_has_no_page),
		CASE(the_text_of_an_error_is_not_told),
		CASE(the_index_links_what_is_open_and_what_is_past),
		CASE(a_log_without_end_says_so),
		CASE(months_come_newest_first_each_once),
		CASE(a_year_ago_is_another_month),
		CASE(the_index_links_the_history),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
