/*
 * archive_test.c - which incidents have a page of their own, what of them is
 * read from where, and when it is drawn again.
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

#include "app/archive.h"
#include "app/outputs_parts.h"
#include "base/buf.h"
#include "io/fixture.h"
#include "io/store.h"
#include "render/model_fixture.h"

#define NAME_CAP 256

struct place {
	struct fixture f;
	struct store *store;
	struct sources from;
	char folder[FOLDER_MAX];
};

static int place_make(void **state)
{
	struct place *p = calloc(1, sizeof *p);
	char path[FOLDER_MAX + 16], note[512];

	assert_non_null(p);
	model_up(&p->f);
	p->f.model.past_n = 1;
	folder_make(p->folder);
	(void)snprintf(path, sizeof path, "%s/history.db", p->folder);
	assert_int_equal(store_open(path, NULL, p->f.model.now, &p->store, note, sizeof note), 0);
	p->from = (struct sources){ .model = &p->f.model,
				    .store = p->store,
				    .archive = archive_new() };
	assert_non_null(p->from.archive);
	*state = p;
	return 0;
}

static int place_drop(void **state)
{
	struct place *p = *state;

	archive_free(p->from.archive);
	store_close(p->store);
	folder_remove(p->folder);
	free(p);
	return 0;
}

/* Incident `id` of the history, opened so many hours ago, with so many events. */
static void history_add(struct place *p, uint64_t id, int hours_ago, unsigned events)
{
	wall_t opened = { p->f.model.now.wall.us - hours_ago * USEC_PER_HOUR };
	char number[INCIDENT_NUMBER_MAX];

	(void)snprintf(number, sizeof number, "20261001-%u", (unsigned)id);
	store_incident(p->store, &(struct store_incident){ .id = id,
							   .number = number,
							   .stack = "home",
							   .diagnosis = "site-down",
							   .worst = "site-down",
							   .affected = "blog",
							   .opened = opened,
							   .closed = { opened.us + USEC_PER_MIN },
							   .lasted = 58 * USEC_PER_SEC,
							   .members = 1 });
	for (unsigned i = 0; i < events; i++)
		store_event(p->store,
			    &(struct store_event){ .incident = id,
						   .at = { opened.us + i * USEC_PER_SEC },
						   .kind = i == 0 ? "first-failure" : "joined",
						   .subject = i % 2 == 0 ? "blog" : "mkapi",
						   .outcome = "wait-status",
						   .diagnosis = "",
						   .text = "",
						   .code = 500 + (int)i });
	store_flush(p->store, p->f.model.now, true);
}

static void report_next(struct place *p, usec_t after)
{
	p->f.model.report++;
	p->f.model.now.wall.us += after;
	p->f.model.now.mono.us += after;
}

/* archive_places(): there is none. */
static size_t place_of(struct place *p, uint64_t id)
{
	size_t n = archive_places(&p->from), i = 0;

	while (i < n && (!archive_incident(&p->from, i) || archive_incident(&p->from, i)->id != id))
		i++;
	return i;
}

static bool has(struct place *p, uint64_t id)
{
	return place_of(p, id) < archive_places(&p->from);
}

static unsigned told(struct place *p)
{
	unsigned n = 0;

	for (size_t i = 0; i < archive_places(&p->from); i++)
		n += archive_public(&p->from, i) != NULL;
	return n;
}

static void what_the_model_has_forgotten_comes_from_the_history(void **state)
{
	struct place *p = *state;
	const struct incident *incident;

	history_add(p, 7, 1000, 3);
	assert_true(has(p, 7) && has(p, 100));
	assert_int_equal(told(p), 2);
	incident = archive_incident(&p->from, place_of(p, 7));
	assert_string_equal(incident->affected[0], "blog");
	assert_int_equal(incident_duration(incident, p->f.model.now), 58 * USEC_PER_SEC);
	assert_int_equal(incident->log[0].kind, EVENT_FIRST_FAILURE);
	assert_string_equal(incident->log[0].subject, "blog");
	assert_int_equal(incident->log[0].code, 500);
}

static void a_story_has_the_whole_log_of_the_history(void **state)
{
	struct place *p = *state;
	struct story story;

	history_add(p, 7, 1000, 2 * INCIDENT_LOG_MAX);
	assert_true(archive_story(&p->from, place_of(p, 7), &story));
	assert_int_equal(story.events_n, 2 * INCIDENT_LOG_MAX);
	assert_int_equal(story.events[0].kind, EVENT_FIRST_FAILURE);
	assert_int_equal(story.events[31].code, 531);
	assert_string_equal(story.incident->number, "20261001-7");
	story_free(&story);
}

static void a_log_that_the_model_has_is_the_models(void **state)
{
	struct place *p = *state;
	struct story story;

	history_add(p, 100, 5, 9);
	assert_true(archive_story(&p->from, place_of(p, 100), &story));
	assert_int_equal(story.events_n, p->f.past[0].log_n);
	story_free(&story);
}

static void of_one_whose_end_was_lost_there_is_no_page(void **state)
{
	struct place *p = *state;

	store_incident(p->store, &(struct store_incident){ .id = 9,
							   .number = "20261001-9",
							   .stack = "home",
							   .diagnosis = "site-down",
							   .worst = "site-down",
							   .affected = "blog",
							   .opened = wall_of(FIXTURE_TODAY - 999),
							   .lasted = -1 });
	store_flush(p->store, p->f.model.now, true);
	assert_false(has(p, 9));
}

static void what_the_history_has_lost_goes_within_an_hour(void **state)
{
	struct place *p = *state;

	history_add(p, 7, 1000, 1);
	assert_true(has(p, 7));
	store_prune(p->store, p->f.model.now, USEC_PER_DAY, 10 * USEC_PER_DAY);
	store_flush(p->store, p->f.model.now, true);
	report_next(p, 30 * USEC_PER_SEC);
	assert_true(has(p, 7)); /* nobody looked */
	report_next(p, USEC_PER_HOUR);
	assert_false(has(p, 7));
	assert_true(has(p, 100)); /* the model still knows it */
}

static void of_too_many_the_newest_stay(void **state)
{
	struct place *p = *state;

	for (uint64_t i = 0; i < ARCHIVE_MAX + 20; i++)
		history_add(p, 1000 + i, 2000 - (int)i, 0);
	assert_int_equal(told(p), ARCHIVE_MAX);
	assert_true(has(p, 1000 + ARCHIVE_MAX + 19) && has(p, 100));
	assert_false(has(p, 1000));
}

static void a_new_incident_draws_no_old_page_again(void **state)
{
	struct place *p = *state;
	struct incident *incident;
	size_t place;
	uint64_t stamp;

	history_add(p, 7, 1000, 1);
	place = place_of(p, 7);
	stamp = archive_stamp(&p->from, place);
	report_next(p, 30 * USEC_PER_SEC);
	incident = incident_begin(&p->f, DIAGNOSIS_SITE_DOWN, p->f.model.now.wall);
	assert_int_equal(place_of(p, 7), place);
	assert_true(archive_stamp(&p->from, place) == stamp);
	stamp = archive_stamp(&p->from, place_of(p, incident->id));
	report_next(p, 30 * USEC_PER_SEC); /* an open one is of each report */
	assert_false(archive_stamp(&p->from, place_of(p, incident->id)) == stamp);
}

static void a_note_draws_a_past_page_again(void **state)
{
	struct place *p = *state;
	uint64_t stamp = archive_stamp(&p->from, place_of(p, 100));

	event_add(&p->f.past[0], p->f.model.now.wall, EVENT_NOTE, "", 0, DIAGNOSIS_NONE);
	incident_text(p->f.past[0].log[1].text, "It was the power.");
	report_next(p, 30 * USEC_PER_SEC);
	assert_false(archive_stamp(&p->from, place_of(p, 100)) == stamp);
}

static void hidden_ones_have_no_file(void **state)
{
	struct place *p = *state;
	struct buf name = BUF_INIT(NAME_CAP);

	p->f.target_plans[BLOG].is_hidden = true;
	history_add(p, 7, 1000, 1);
	incident_page_name(&p->from, place_of(p, 7) * LANGUAGE_COUNT, &name);
	assert_int_equal(name.n, 0);
	incident_page_name(&p->from, place_of(p, 100) * LANGUAGE_COUNT, &name);
	assert_string_equal(buf_text(&name), "incidents/2026-0.html");
	buf_done(&name);
}

/* ---- all of them on one page ---- */

static void the_history_is_told_newest_first(void **state)
{
	struct place *p = *state;
	struct buf page = BUF_INIT(1u << 20);
	const char *first, *second, *third;

	history_add(p, 7, 3000, 1);
	history_add(p, 8, 1000, 1);
	p->f.model.incidents_n = 0;
	(void)incident_begin(&p->f, DIAGNOSIS_SITE_DOWN, p->f.model.now.wall);
	history_page_draw(&p->from, 0, &page);
	first = strstr(buf_text(&page), "incidents/2026-0.html");
	second = strstr(buf_text(&page), "incidents/20261001-8.html");
	third = strstr(buf_text(&page), "incidents/20261001-7.html");
	assert_true(first && second && third && first < second && second < third);
	assert_null(strstr(buf_text(&page), "20261121-1")); /* it is not over */
	assert_null(strstr(buf_text(&page), "Older ones"));
	buf_done(&page);
}

static void the_history_says_that_it_is_cut(void **state)
{
	struct place *p = *state;
	struct buf page = BUF_INIT(1u << 20);

	for (uint64_t i = 0; i < ARCHIVE_MAX + 1; i++)
		history_add(p, 1000 + i, 2000 - (int)i, 0);
	history_page_draw(&p->from, 0, &page);
	assert_non_null(strstr(buf_text(&page), "Older ones are not listed."));
	buf_done(&page);
}

static void the_history_is_drawn_when_an_incident_ends(void **state)
{
	struct place *p = *state;
	uint64_t stamp = history_page_stamp(&p->from, 0);

	report_next(p, USEC_PER_SEC);
	(void)incident_begin(&p->f, DIAGNOSIS_SITE_DOWN, p->f.model.now.wall);
	assert_true(history_page_stamp(&p->from, 0) == stamp);
	report_next(p, USEC_PER_SEC);
	p->f.incidents[0].state = INCIDENT_CLOSED;
	p->f.incidents[0].closed = p->f.model.now;
	assert_false(history_page_stamp(&p->from, 0) == stamp);
}

#define CASE(NAME) cmocka_unit_test_setup_teardown(NAME, place_make, place_drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_the_model_has_forgotten_comes_from_the_history),
		CASE(a_story_has_the_whole_log_of_the_history),
		CASE(a_log_that_the_model_has_is_the_models),
		CASE(of_one_whose_end_was_lost_there_is_no_page),
		CASE(what_the_history_has_lost_goes_within_an_hour),
		CASE(of_too_many_the_newest_stay),
		CASE(a_new_incident_draws_no_old_page_again),
		CASE(a_note_draws_a_past_page_again),
		CASE(hidden_ones_have_no_file),
		CASE(the_history_is_told_newest_first),
		CASE(the_history_says_that_it_is_cut),
		CASE(the_history_is_drawn_when_an_incident_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
