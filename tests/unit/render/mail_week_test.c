/*
 * mail_week_test.c - mails that sum up: the week, what a cap held back; and what
 * is said of those whom nobody has seen lately.
 */
#include "render/mail_golden.h"

#include "base/calendar.h"
#include "core/weekly.h"
#include "core/window.h"
#include "render/mail_parts.h"

#define SECONDS_PER_DAY 86400

static const struct recurrence monday_nine = {
	.minutes = 1, .hours = 1 << 9, .days = UINT32_MAX - 1, .months = 0x1ffe, .weekdays = 1 << 1,
};
static const struct window_plan weekly = {
	.name = "weekly", .begins = monday_nine, .ends = WINDOW_CLOCK_NONE, .duration = 1,
};

static void outside_incident(struct world *w, enum notice_kind kind)
{
	w->request.incident = NULL;
	w->notice.incident = 0;
	w->notice.kind = kind;
	w->notice.number[0] = w->notice.stack[0] = '\0';
	w->notice.opened = (struct now){ 0 };
}

/* ---- the week ---- */

static struct weekly sums;

/* Monday, 23 November, 09:00. */
static void a_week(struct world *w)
{
	sums = (struct weekly){ .mails = 4, .mails_at_once = 4 };
	w->model.weekly = &sums;
	w->plan.mail.weekly = &weekly;
	outside_incident(w, NOTICE_WEEK);
	world_time(w, at_day(23, 9, 0, 0));
	w->notice.from = at_day(16, 0, 0, 0);
	w->notice.to = at_day(23, 0, 0, 0);
	w->notice.id = notice_id(&w->notice);
	w->daybook.odd = w->odd;
	for (uint32_t i = 0; i < SAMPLE_TARGETS + 1u; i++) {
		struct rollup *r = &w->rollups[i];

		rollup_init(r, &w->daybook);
		for (int32_t day = calendar_day(w->notice.from) - 30;
		     day < calendar_day(w->notice.to); day++)
			rollup_restore(r, day, &(struct day_sums){ .observed_s = SECONDS_PER_DAY });
	}
}

static void down_for(struct world *w, uint32_t target, int day, uint32_t seconds)
{
	rollup_restore(&w->rollups[target], calendar_day(at_day(day, 12, 0, 0)),
		       &(struct day_sums){ .observed_s = SECONDS_PER_DAY, .down_s = seconds });
}

static struct outage *outage(wall_t from, wall_t until, enum diagnosis worst, unsigned failing,
			     const char *first)
{
	struct outage *o = &sums.outages[sums.outages_n++];

	*o = (struct outage){ .opened = from, .closed = until, .lasted = wall_span(from, until),
			      .worst = worst, .most_failing = failing, .stack = "home" };
	(void)snprintf(o->first, sizeof o->first, "%s", first);
	return o;
}

static void week(struct world *w)
{
	struct outage *o;

	a_week(w);
	(void)outage(at_day(21, 14, 1, 40), at_day(21, 15, 7, 20), DIAGNOSIS_STACK_DOWN, 7, "blog");
	o = outage(at_day(22, 4, 12, 32), at_day(22, 4, 14, 2), DIAGNOSIS_SITE_DOWN, 1, "mkapi");
	o->outcome = (struct outcome){ PHASE_WAIT, CAUSE_STATUS };
	o->code = 504;
	for (uint32_t i = 0; i < SAMPLE_TARGETS; i++)
		down_for(w, i, 21, 3940);
	down_for(w, API, 22, 90);
}

static void week_without_outage(struct world *w)
{
	a_week(w);
	sums.mails = sums.mails_at_once = 0;
}

/* One began before, one goes on, one was a silence; mails had a hard time. */
static void week_of_all_sorts(struct world *w)
{
	a_week(w);
	(void)outage(at_day(15, 23, 0, 0), at_day(16, 0, 30, 0), DIAGNOSIS_SITE_DOWN, 3, "gone");
	(void)outage(at_day(18, 3, 0, 0), at_day(18, 3, 40, 0), DIAGNOSIS_ALERTING_DEAD, 0, "home");
	(void)outage(at_day(1, 0, 0, 0), at_day(2, 0, 0, 0), DIAGNOSIS_SITE_DOWN, 1, "blog");
	w->incident.opened = now_at(at_day(22, 22, 0, 0));
	w->incident.worst = w->incident.finding = DIAGNOSIS_BACKENDS_DOWN;
	w->model.incidents = &w->incident;
	w->model.incidents_n = 1;
	sums.mails = 7;
	sums.mails_at_once = 5;
	sums.mails_lost = 1;
	rollup_init(&w->rollups[SSH], &w->daybook);
}

/* More than there is room for, so the numbers are lower bounds. */
static void week_of_many(struct world *w)
{
	a_week(w);
	for (int i = 0; i < OUTAGES_KEPT; i++)
		(void)outage(at_day(17 + i / 12, 2 * (i % 12), 0, 0),
			     at_day(17 + i / 12, 2 * (i % 12), 5, 0), DIAGNOSIS_SITE_DOWN, 1, "blog");
	sums.forgotten = at_day(16, 23, 0, 0);
	w->plan.targets_n = 20;
	for (uint32_t i = SAMPLE_TARGETS; i < 20; i++) {
		world_target(w, i, "more", "One more", "Public sites", LAYER_UNSET);
		rollup_init(&w->rollups[i], &w->daybook);
	}
	for (uint32_t i = 0; i < 20; i++)
		rollup_restore(&w->rollups[i], calendar_day(at_day(22, 0, 0, 0)),
			       &(struct day_sums){ .observed_s = SECONDS_PER_DAY, .down_s = 100 * i });
}

static void week_over_two_months(struct world *w)
{
	a_week(w);
	world_time(w, at_day(37, 9, 0, 0));
	w->notice.from = at_day(30, 0, 0, 0);
	w->notice.to = at_day(37, 0, 0, 0);
	(void)outage(at_day(30, 23, 50, 0), at_day(31, 0, 30, 0), DIAGNOSIS_EDGE_DOWN, 3, "blog");
}

/* ---- the cap ---- */

static void capped(struct world *w)
{
	w->plan.mail.cap = 10;
	w->notice.held = 7;
	w->notice.held_from = at(13, 10, 0);
}

static void digest(struct world *w)
{
	world_fail(w, BLOG, PHASE_CONNECT, CAUSE_TIMEOUT, 0);
	world_tell(w, NOTICE_CHANGE, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_NONE);
	outside_incident(w, NOTICE_DIGEST);
	capped(w);
	w->stack_views[0].sight.service_up = 2;
	w->stack_views[0].sight.service_failing = 1;
	w->incident.failing = 1;
	w->incident.affected_n = 1;
	(void)snprintf(w->incident.affected[0], NAME_TEXT_MAX, "blog");
	w->model.incidents = &w->incident;
	w->model.incidents_n = 1;
	w->notice.id = notice_id(&w->notice);
}

static void repeat_after_capped_ones(struct world *w)
{
	world_fail(w, BLOG, PHASE_CONNECT, CAUSE_TIMEOUT, 0);
	world_tell(w, NOTICE_REPEAT, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_SITE_DOWN);
	capped(w);
}

/* ---- out of sight ---- */

static void unseen(struct world *w, uint32_t target)
{
	w->views[target].is_out_of_sight = true;
	w->views[target].last_ok = at(13, 20, 4);
}

static void site_down_and_some_unseen(struct world *w)
{
	world_fail(w, API, PHASE_WAIT, CAUSE_STATUS, 504);
	unseen(w, BLOG);
	unseen(w, KUBE);
	world_tell(w, NOTICE_DOWN, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_NONE);
}

static void site_down_and_the_rest_unseen(struct world *w)
{
	world_fail(w, API, PHASE_CONNECT, CAUSE_TIMEOUT, 0);
	for (uint32_t i = 0; i < SAMPLE_TARGETS; i++)
		if (i != API)
			unseen(w, i);
	world_tell(w, NOTICE_DOWN, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_NONE);
}

static void sites_down_and_the_rest_unseen(struct world *w)
{
	site_down_and_the_rest_unseen(w);
	world_fail(w, BLOG, PHASE_CONNECT, CAUSE_TIMEOUT, 0);
}

static void silent_and_one_unseen(struct world *w)
{
	unseen(w, BLOG);
	world_silence(w, DEADMAN_SILENT, at(13, 58, 6));
	world_tell(w, NOTICE_DOWN, DIAGNOSIS_ALERTING_DEAD, DIAGNOSIS_NONE);
}

/* The references did not answer; a relay did, and is believed by now. */
static void blind_by_references(struct world *w)
{
	outside_incident(w, NOTICE_BLIND);
	world_time(w, at(2, 31, 10));
	w->notice.from = at(2, 10, 4);
	w->notice.to = at(2, 31, 10);
	w->model.references_up = 0;
	w->model.is_unconfirmed = true;
	w->stack_views[0].sight.service_up = 7;
	for (uint32_t i = 0; i < SAMPLE_TARGETS; i++)
		w->views[i].last_ok = at(2, 9, 30);
	w->notice.id = notice_id(&w->notice);
}

/* One answers by a way of its own, and was seen all the time. */
static void blind_but_for_one(struct world *w)
{
	blind_by_references(w);
	w->model.is_unconfirmed = false;
	w->model.references_up = 2;
	w->views[BLOG].last_ok = at(2, 30, 40);
}

static const struct golden {
	const char *name;
	void (*happen)(struct world *w);
} goldens[] = {
	{ "week", week },
	{ "week-without-outage", week_without_outage },
	{ "week-of-all-sorts", week_of_all_sorts },
	{ "week-of-many", week_of_many },
	{ "week-over-two-months", week_over_two_months },
	{ "digest", digest },
	{ "repeat-after-capped-ones", repeat_after_capped_ones },
	{ "site-down-and-some-unseen", site_down_and_some_unseen },
	{ "site-down-and-the-rest-unseen", site_down_and_the_rest_unseen },
	{ "sites-down-and-the-rest-unseen", sites_down_and_the_rest_unseen },
	{ "alerting-dead-and-one-unseen", silent_and_one_unseen },
	{ "blind-by-references", blind_by_references },
	{ "blind-but-for-one", blind_but_for_one },
};

#define GOLDENS_N (sizeof goldens / sizeof goldens[0])

static void every_mail_is_as_its_golden_file(void **state)
{
	struct buf mail = BUF_INIT(MAIL_BYTES_MAX);
	char path[512];

	(void)state;
	for (size_t i = 0; i < GOLDENS_N * LANGUAGE_COUNT; i++) {
		struct world *w = world_new();

		goldens[i / LANGUAGE_COUNT].happen(w);
		render(w, (enum language)(i % LANGUAGE_COUNT), &mail);
		golden_path(path, sizeof path, goldens[i / LANGUAGE_COUNT].name,
			    (int)(i % LANGUAGE_COUNT));
		golden_settle(path, &mail);
		free(w);
	}
	buf_done(&mail);
}

static void every_golden_file_parses_without_a_fault(void **state)
{
	static char paths[GOLDENS_N * LANGUAGE_COUNT][512];
	char *list[GOLDENS_N * LANGUAGE_COUNT];
	int status;

	(void)state;
	for (size_t i = 0; i < GOLDENS_N * LANGUAGE_COUNT; i++) {
		golden_path(paths[i], sizeof paths[i], goldens[i / LANGUAGE_COUNT].name,
			    (int)(i % LANGUAGE_COUNT));
		list[i] = paths[i];
	}
	status = run_check(list, GOLDENS_N * LANGUAGE_COUNT);
	if (status == -1)
		skip();
	assert_int_equal(status, 0);
}

/* ---- single rules ---- */

static void assert_subject(void (*happen)(struct world *w), enum language language,
			   const char *expected)
{
	struct world *w = world_new();
	struct buf subject = BUF_INIT(4096);

	happen(w);
	w->request.language = language;
	mail_subject(&w->request, &subject);
	assert_string_equal(buf_text(&subject), expected);
	buf_done(&subject);
	free(w);
}

static void subjects_are_those_of_the_design(void **state)
{
	(void)state;
	assert_subject(week, LANGUAGE_EN, "WEEK: 2 outages, 1 h 7 min in total");
	assert_subject(week, LANGUAGE_JA, "【週報】停止2件 計1時間7分、11/16〜22");
	assert_subject(week_without_outage, LANGUAGE_EN, "WEEK: no outage, 16–22 Nov");
	assert_subject(week_without_outage, LANGUAGE_JA, "【週報】停止なし、11/16〜22");
	assert_subject(week_over_two_months, LANGUAGE_JA, "【週報】停止1件 計40分、11/30〜12/6");
}

static void assert_unsaid(struct world *w, enum language language, const char *claim)
{
	struct buf text = BUF_INIT(MAIL_BYTES_MAX);
	struct mail_parts parts;
	struct mail_case c;

	w->request.language = language;
	mail_case_init(&c, &w->request);
	mail_parts_build(&parts, &c);
	mail_write_text(&parts, &c, &text);
	if (strstr(buf_text(&text), claim) != NULL)
		fail_msg("it says \"%s\":\n%s", claim, buf_text(&text));
	mail_parts_done(&parts);
	mail_case_done(&c);
	buf_done(&text);
}

/* Who is out of sight is not said to answer, in no mail and in no language. */
static void nobody_unseen_is_said_to_be_up(void **state)
{
	static void (*const cases[])(struct world *w) = {
		site_down_and_the_rest_unseen, sites_down_and_the_rest_unseen,
		silent_and_one_unseen, blind_by_references,
	};
	static const char *const claims[LANGUAGE_COUNT][4] = {
		{ "Blog: answers", "sites are up", "Everything is up", "Nothing is down" },
		{ "Blog：応答", "サイトは動いて", "すべて正常", "影響はありません" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0] * LANGUAGE_COUNT; i++) {
		enum language language = (enum language)(i % LANGUAGE_COUNT);
		struct world *w = world_new();

		cases[i / LANGUAGE_COUNT](w);
		for (size_t k = 0; k < sizeof claims[0] / sizeof claims[0][0]; k++)
			assert_unsaid(w, language, claims[language][k]);
		free(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_mail_is_as_its_golden_file),
		cmocka_unit_test(every_golden_file_parses_without_a_fault),
		cmocka_unit_test(subjects_are_those_of_the_design),
		cmocka_unit_test(nobody_unseen_is_said_to_be_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
