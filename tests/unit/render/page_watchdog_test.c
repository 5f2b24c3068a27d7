/*
 * page_watchdog_test.c - what page, status.json and metrics say of a Watchdog
 * whose signals come in another rhythm than expected, or are only echoes.
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
#include "model_fixture.h"
#include "render/page.h"

#define FILE_CAP (1024 * 1024)

static struct fixture *f; /* too large for a stack */

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

static void index_en(const struct model *model, struct buf *to)
{
	page_index(model, LANGUAGE_EN, to);
}

static void index_ja(const struct model *model, struct buf *to)
{
	page_index(model, LANGUAGE_JA, to);
}

static void demand(void (*write)(const struct model *, struct buf *), const char *text,
		   bool is_wanted)
{
	struct buf b = BUF_INIT(FILE_CAP);

	write(&f->model, &b);
	assert_false(buf_failed(&b));
	if ((strstr(buf_text(&b), text) != NULL) != is_wanted)
		fail_msg("%s \"%s\"", is_wanted ? "nobody says" : "somebody says", text);
	buf_done(&b);
}

static void signals_that_come_too_rarely_are_told_everywhere(void **state)
{
	(void)state;
	model_up(f);
	f->deadmen[0].cadence = 10 * f->deadmen[0].plan->period;
	demand(index_en, "signals come every 10 minutes, expected every minute", true);
	demand(index_ja, "信号は 10 分ごと（本来は 1 分ごと）", true);
	demand(page_status_json, "\"comes_every_s\":600,\"comes_too_rarely\":true", true);
	demand(page_metrics, "shorewatch_deadman_cadence_seconds{", true);
	demand(page_metrics, "shorewatch_deadman_period_seconds{", true);
}

/* Two replicas that take turns, 75 s and 105 s apart by the design's measurements. */
static void a_rhythm_a_little_off_is_not(void **state)
{
	(void)state;
	model_up(f);
	f->deadmen[0].cadence = f->deadmen[0].plan->period * 5 / 4;
	demand(index_en, "group_interval", false);
	demand(page_status_json, "\"comes_every_s\":75,\"comes_too_rarely\":false", true);
	f->deadmen[0].cadence = 0;
	demand(index_en, "group_interval", false);
	demand(page_status_json, "\"comes_every_s\":null,\"comes_too_rarely\":false", true);
	demand(page_metrics, "shorewatch_deadman_cadence_seconds{", false);
}

static void whose_word_it_is_is_told(void **state)
{
	(void)state;
	model_up(f);
	f->deadmen[0].pull = f->deadmen[0].found = PULL_STALE;
	f->deadmen[0].pull_age = 240 * USEC_PER_SEC;
	f->deadmen[0].prometheus = PULL_UNREACHABLE;
	demand(index_en, "Alertmanager: news 4 min old", true);
	demand(index_en, "Prometheus: no answer", true);
	demand(index_en, "<use href=\"#in-p\"/>", true);
	f->deadmen[0].is_pull_own = true;
	f->deadmen[0].prometheus = PULL_STALE;
	demand(index_en, "Prometheus: news 4 min old", true);
	demand(index_en, "Alertmanager: ", false);
}

static void news_that_never_came_has_no_age(void **state)
{
	(void)state;
	model_up(f);
	f->deadmen[0].pull = f->deadmen[0].found = PULL_STALE;
	f->deadmen[0].pull_age = -1;
	demand(index_en, "Alertmanager: no news", true);
	demand(index_ja, "Alertmanager に新しい情報なし", true);
	demand(page_status_json, "\"age_s\":null", true);
	demand(page_metrics, "shorewatch_deadman_pull_age_seconds{", false);
}

static void what_is_held_against_it_is_in_the_log(void **state)
{
	struct incident *incident;

	(void)state;
	model_alarm_silent(f);
	incident = &f->incidents[0];
	incident_note(incident, &(struct incident_event){
		.at = incident->opened.wall, .kind = EVENT_ACCUSED, .code = PULL_STALE,
		.count = 240, .subject = "home" });
	(void)snprintf(incident->log[incident->log_n - 1].subject, NAME_TEXT_MAX, "%s",
		       f->model.plan->watchdogs[0].name);
	demand(index_en, "nobody renews it; the last news from Prometheus is 4 min old", true);
	demand(page_status_json, "\"kind\":\"accused\"", true);
	incident->log[incident->log_n - 1].kind = EVENT_ACQUITTED;
	demand(index_en, "Watchdog alert: in order again.", true);
	demand(page_status_json, "\"kind\":\"acquitted\"", true);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_make, fixture_drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(signals_that_come_too_rarely_are_told_everywhere),
		TEST(a_rhythm_a_little_off_is_not),
		TEST(whose_word_it_is_is_told),
		TEST(news_that_never_came_has_no_age),
		TEST(what_is_held_against_it_is_in_the_log),
	};

	fixture_zone();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
