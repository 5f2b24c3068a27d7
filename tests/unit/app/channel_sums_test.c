/*
 * channel_sums_test.c - what each kind of channel is told that sums up: the
 * week, what a cap held back, what comes and goes; and that none of it calls a
 * message a mail.
 */
#include "app/channel_golden.h"

#include "base/calendar.h"
#include "core/weekly.h"
#include "core/window.h"

#define SECONDS_PER_DAY 86400

/* ---- cases ---- */

static const struct window_plan weekly = {
	.name = "weekly",
	.begins = { .minutes = 1, .hours = 1 << 9, .days = UINT32_MAX - 1, .months = 0x1ffe,
		    .weekdays = 1 << 1 },
	.ends = WINDOW_CLOCK_NONE,
	.duration = 1,
};

static const struct weekly quiet_week = { .mails = 1, .mails_at_once = 1 };

static const struct weekly bad_week = {
	.mails = 4,
	.mails_at_once = 3,
	.outages_n = 1,
	.outages = { { .stack = "home", .worst = DIAGNOSIS_STACK_DOWN, .most_failing = 7,
		       .first = "blog", .lasted = 3940 * USEC_PER_SEC } },
};

/* Of the week before Monday, 23 November, 09:00. */
static void tell_week(struct world *w, const struct weekly *sums)
{
	w->model.weekly = sums;
	w->plan.mail.weekly = &weekly;
	outside_incident(w, NOTICE_WEEK);
	world_time(w, at_day(23, 9, 0, 0));
	w->notice.from = at_day(16, 0, 0, 0);
	w->notice.to = at_day(23, 0, 0, 0);
	w->notice.id = notice_id(&w->notice);
	w->daybook.odd = w->odd;
	for (uint32_t i = 0; i < SAMPLE_TARGETS + 1u; i++) {
		rollup_init(&w->rollups[i], &w->daybook);
		for (int32_t day = calendar_day(w->notice.from); day < calendar_day(w->notice.to);
		     day++)
			rollup_restore(&w->rollups[i], day,
				       &(struct day_sums){ .observed_s = SECONDS_PER_DAY });
	}
}

static void week(struct world *w)
{
	static struct weekly sums;

	sums = bad_week;
	sums.outages[0].opened = at_day(21, 14, 1, 40);
	sums.outages[0].closed = at_day(21, 15, 7, 20);
	tell_week(w, &sums);
	for (uint32_t i = 0; i < SAMPLE_TARGETS; i++)
		rollup_restore(&w->rollups[i], calendar_day(at_day(21, 12, 0, 0)),
			       &(struct day_sums){ .observed_s = SECONDS_PER_DAY, .down_s = 3940 });
}

static void week_without_outage(struct world *w)
{
	tell_week(w, &quiet_week);
}

static void cap(struct world *w, uint32_t held)
{
	w->plan.mail.cap = 10;
	w->notice.held = held;
	w->notice.held_from = at(13, 10, 0);
}

static void tell_digest(struct world *w, uint32_t held)
{
	world_fail(w, BLOG, PHASE_CONNECT, CAUSE_TIMEOUT, 0);
	world_tell(w, NOTICE_CHANGE, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_NONE);
	outside_incident(w, NOTICE_DIGEST);
	cap(w, held);
	w->stack_views[0].sight.service_up = 2;
	w->stack_views[0].sight.service_failing = 1;
	w->incident.failing = w->incident.affected_n = 1;
	(void)snprintf(w->incident.affected[0], NAME_TEXT_MAX, "blog");
	w->model.incidents = &w->incident;
	w->model.incidents_n = 1;
	w->notice.id = notice_id(&w->notice);
}

static void digest(struct world *w)
{
	tell_digest(w, 7);
}

static void digest_of_one(struct world *w)
{
	tell_digest(w, 1);
}

static void capped_repeat(struct world *w)
{
	world_fail(w, BLOG, PHASE_CONNECT, CAUSE_TIMEOUT, 0);
	world_tell(w, NOTICE_REPEAT, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_SITE_DOWN);
	cap(w, 7);
}

static void flapping(struct world *w)
{
	world_opened(w, at(13, 40, 0));
	world_fail(w, API, PHASE_WAIT, CAUSE_STATUS, 504);
	w->views[API].is_flapping = w->incident.is_flapping = true;
	w->incident.affected_n = 1;
	(void)snprintf(w->incident.affected[0], NAME_TEXT_MAX, "mkapi");
	world_tell(w, NOTICE_CHANGE, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_SITE_DOWN);
}

static void held_back_by(struct world *w, enum held_by by, const char *what)
{
	world_opened(w, at(13, 40, 0));
	world_fail(w, API, PHASE_WAIT, CAUSE_STATUS, 504);
	w->incident.log_n = 1;
	w->incident.log[0] = (struct incident_event){ .kind = EVENT_HELD, .at = at(13, 40, 30),
						      .code = (int)by };
	(void)snprintf(w->incident.log[0].subject, sizeof w->incident.log[0].subject, "%s", what);
	world_tell(w, NOTICE_DOWN, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_NONE);
}

static void held_by_a_silence(struct world *w)
{
	held_back_by(w, HELD_BY_SILENCE, "mkapi");
}

static void held_by_work(struct world *w)
{
	held_back_by(w, HELD_BY_WINDOW, "move");
}

static void held_by_its_parent(struct world *w)
{
	held_back_by(w, HELD_BY_PARENT, "ingress");
}

static void held_by_something(struct world *w)
{
	held_back_by(w, HELD_BY_UNKNOWN, "");
}

static void unreachable(struct world *w)
{
	world_fail_all(w, PHASE_CONNECT, CAUSE_TIMEOUT, 0);
	world_tell(w, NOTICE_DOWN, DIAGNOSIS_UNREACHABLE, DIAGNOSIS_NONE);
}

static void from_memory(struct world *w)
{
	unreachable(w);
	w->notice.is_drill = true;
	w->model.is_storage_failing = true;
}

static void test(struct world *w)
{
	outside_incident(w, NOTICE_TEST);
}

static const struct channel_case summing[] = {
	{ "week", week },
	{ "week-without-outage", week_without_outage },
	{ "digest", digest },
	{ "capped", capped_repeat },
};

/* Whose words are not about mail itself, as the week's are where it counts mails. */
static const struct channel_case mailless[] = {
	{ "digest", digest },
	{ "digest of one", digest_of_one },
	{ "capped", capped_repeat },
	{ "flapping", flapping },
	{ "held by a silence", held_by_a_silence },
	{ "held by work", held_by_work },
	{ "held by its parent", held_by_its_parent },
	{ "held by something", held_by_something },
	{ "unreachable", unreachable },
	{ "from memory", from_memory },
	{ "test", test },
};

/* ---- tests ---- */

static void every_kind_tells_what_sums_up_as_written_down(void **state)
{
	(void)state;
	golden_of_all(".sums", summing, sizeof summing / sizeof summing[0]);
}

static bool speaks_of_mail(const char *text)
{
	return strcasestr(text, "mail") != NULL || strstr(text, "メール") != NULL;
}

static void assert_no_mail(const char *name, const struct notify_words *words)
{
	const char *const texts[] = { words->subject, words->lead, words->text, words->footer };

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (speaks_of_mail(texts[i]))
			fail_msg("%s: %s", name, texts[i]);
}

static void what_is_no_mail_does_not_call_itself_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof mailless / sizeof mailless[0]; i++) {
		for (int l = 0; l < LANGUAGE_COUNT; l++) {
			struct world *w = world_new();
			struct brief brief;

			mailless[i].happens(w);
			w->plan.language = w->request.language = (enum language)l;
			brief_init(&brief, &w->request);
			assert_false(brief_failed(&brief));
			assert_no_mail(mailless[i].name, &brief.words);
			brief_done(&brief);
			free(w);
		}
	}
}

/* The same world by mail still does: the words of the samples stay. */
static void a_mail_calls_itself_one(void **state)
{
	struct buf subject = BUF_INIT(4096);
	struct world *w = world_new();

	(void)state;
	digest(w);
	mail_subject(&w->request, &subject);
	assert_string_equal(buf_text(&subject), "HELD BACK: 7 mails since 13:10 JST");
	buf_done(&subject);
	free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_tells_what_sums_up_as_written_down),
		cmocka_unit_test(what_is_no_mail_does_not_call_itself_one),
		cmocka_unit_test(a_mail_calls_itself_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
