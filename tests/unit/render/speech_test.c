/*
 * speech_test.c - durations, failures and findings in each language, and the
 * tables against each other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/text.h"
#include "render/mail_week_words.h"
#include "render/mail_words.h"
#include "render/speech.h"
#include "render/speech_words.h"

#define EN LANGUAGE_EN
#define JA LANGUAGE_JA
#define SECONDS(n) ((n) * USEC_PER_SEC)

typedef void speak(struct buf *to, enum language language, usec_t span);

static void assert_spoken(speak *say, enum language language, usec_t span, const char *expected)
{
	struct buf b = BUF_INIT(256);

	say(&b, language, span);
	assert_string_equal(buf_text(&b), expected);
	buf_done(&b);
}

static void a_duration_has_two_units(void **state)
{
	(void)state;
	assert_spoken(speech_duration, EN, SECONDS(0), "0 s");
	assert_spoken(speech_duration, EN, SECONDS(59), "59 s");
	assert_spoken(speech_duration, EN, SECONDS(60), "1 min");
	assert_spoken(speech_duration, EN, SECONDS(122), "2 min 2 s");
	assert_spoken(speech_duration, EN, SECONDS(1412), "23 min 32 s");
	assert_spoken(speech_duration, EN, SECONDS(3599), "59 min 59 s");
	assert_spoken(speech_duration, EN, SECONDS(4620), "1 h 17 min");
	assert_spoken(speech_duration, EN, SECONDS(7200), "2 h 0 min");
	assert_spoken(speech_duration, EN, SECONDS(90000), "1 d 1 h");
	assert_spoken(speech_duration, EN, SECONDS(-5), "0 s");
	assert_spoken(speech_duration, JA, SECONDS(122), "2分02秒");
	assert_spoken(speech_duration, JA, SECONDS(2520), "42分");
	assert_spoken(speech_duration, JA, SECONDS(4620), "1時間17分");
	assert_spoken(speech_duration, JA, SECONDS(90000), "1日1時間");
}

static void a_rough_duration_has_one_unit(void **state)
{
	(void)state;
	assert_spoken(speech_duration_roughly, EN, SECONDS(3690), "1 hour");
	assert_spoken(speech_duration_roughly, EN, SECONDS(4 * 3600), "4 hours");
	assert_spoken(speech_duration_roughly, EN, SECONDS(36 * 3600), "36 hours");
	assert_spoken(speech_duration_roughly, EN, SECONDS(49 * 3600), "2 days");
	assert_spoken(speech_duration_roughly, EN, SECONDS(61), "1 minute");
	assert_spoken(speech_duration_roughly, JA, SECONDS(3690), "1時間");
}

static void a_latency_has_the_unit_that_reads_best(void **state)
{
	(void)state;
	assert_spoken(speech_latency, EN, 184 * USEC_PER_MS, "184 ms");
	assert_spoken(speech_latency, EN, 999400, "999 ms");
	assert_spoken(speech_latency, EN, 999600, "1.0 s");
	assert_spoken(speech_latency, EN, 1940 * USEC_PER_MS, "1.9 s");
	assert_spoken(speech_latency, EN, SECONDS(10), "10.0 s");
	assert_spoken(speech_latency, EN, 40, "0.1 ms");
	assert_spoken(speech_latency, EN, 450, "0.4 ms");
	assert_spoken(speech_latency, EN, 0, "0 ms");
	assert_spoken(speech_latency, JA, 1940 * USEC_PER_MS, "1.9 秒");
	assert_spoken(speech_waited, EN, SECONDS(10) + 3000, "10 s");
	assert_spoken(speech_waited, EN, 4720 * USEC_PER_MS, "4.7 s");
	assert_spoken(speech_waited, EN, 250 * USEC_PER_MS, "250 ms");
	assert_spoken(speech_every, EN, SECONDS(60), "every minute");
	assert_spoken(speech_every, EN, SECONDS(600), "every 10 minutes");
	assert_spoken(speech_every, EN, SECONDS(90), "every 90 s");
	assert_spoken(speech_every, JA, SECONDS(60), "1 分ごと");
}

static void times_are_written_as_people_write_them(void **state)
{
	wall_t at = { INT64_C(1795238712) * USEC_PER_SEC };
	struct buf b = BUF_INIT(256);

	(void)state;
	assert_int_equal(setenv("TZ", "Asia/Tokyo", 1), 0);
	tzset();
	speech_full_time(&b, EN, at);
	assert_string_equal(buf_text(&b), "Sat 21 Nov 2026, 14:25:12 JST");
	buf_clear(&b);
	speech_full_time(&b, JA, at);
	assert_string_equal(buf_text(&b), "2026年11月21日(土) 14:25:12 JST");
	buf_clear(&b);
	speech_short_date(&b, EN, 20778);
	assert_string_equal(buf_text(&b), "21 Nov");
	buf_clear(&b);
	speech_short_date(&b, JA, 20778);
	assert_string_equal(buf_text(&b), "11月21日");
	buf_done(&b);
}

static void assert_failure(enum language language, struct outcome outcome, int code, usec_t took,
			   const char *full, const char *brief)
{
	struct buf b = BUF_INIT(256);

	speech_failure(&b, language, outcome, code, took);
	assert_string_equal(buf_text(&b), full);
	buf_clear(&b);
	speech_failure_short(&b, language, outcome, code, took);
	assert_string_equal(buf_text(&b), brief);
	buf_done(&b);
}

static void a_failure_is_told_by_its_class(void **state)
{
	struct outcome connect = { PHASE_CONNECT, CAUSE_TIMEOUT };
	struct outcome status = { PHASE_WAIT, CAUSE_STATUS };
	struct outcome reset = { PHASE_WAIT, CAUSE_RESET };

	(void)state;
	assert_failure(EN, connect, 0, SECONDS(10), "TCP connect timed out after 10 s",
		       "connect timeout 10.0 s");
	assert_failure(EN, connect, 0, 0, "TCP connect timed out", "connect timeout");
	assert_failure(JA, connect, 0, SECONDS(10), "TCP 接続が 10 秒でタイムアウト",
		       "接続タイムアウト 10.0 秒");
	assert_failure(EN, status, 504, SECONDS(4), "HTTP 504", "HTTP 504");
	assert_failure(EN, status, 0, SECONDS(4), "Unexpected HTTP status",
		       "unexpected HTTP status");
	assert_failure(EN, reset, 0, SECONDS(4), "Connection closed without an answer",
		       "closed without an answer");
}

static void every_outcome_has_words_in_every_language(void **state)
{
	struct buf b = BUF_INIT(4096);

	(void)state;
	for (int language = 0; language < LANGUAGE_COUNT; language++) {
		for (int phase = 0; phase < PHASE_COUNT; phase++) {
			for (int cause = 0; cause < CAUSE_COUNT; cause++) {
				struct outcome o = { (enum phase)phase, (enum cause)cause };

				buf_clear(&b);
				speech_failure(&b, (enum language)language, o, 0, 0);
				assert_true(b.n > 0);
				buf_clear(&b);
				speech_failure_short(&b, (enum language)language, o, 500,
						     SECONDS(1));
				assert_true(b.n > 0);
			}
		}
	}
	buf_done(&b);
}

static void every_finding_has_a_headline(void **state)
{
	struct buf b = BUF_INIT(4096);

	(void)state;
	for (int language = 0; language < LANGUAGE_COUNT; language++) {
		for (int d = 0; d < DIAGNOSIS_COUNT; d++) {
			buf_clear(&b);
			speech_headline(&b, (enum language)language, (enum diagnosis)d, "Blog", 1);
			assert_true(b.n > 0);
			buf_clear(&b);
			speech_headline_alone(&b, (enum language)language, (enum diagnosis)d);
			assert_true(b.n > 0);
		}
	}
	buf_clear(&b);
	speech_headline(&b, EN, DIAGNOSIS_SITE_DOWN, "Misskey API", 1);
	assert_string_equal(buf_text(&b), "Misskey API is down");
	buf_clear(&b);
	speech_headline(&b, EN, DIAGNOSIS_SITE_DOWN, "Misskey API", 3);
	assert_string_equal(buf_text(&b), "3 checks are down");
	buf_clear(&b);
	speech_headline(&b, JA, DIAGNOSIS_SITE_DOWN, "Misskey API", 1);
	assert_string_equal(buf_text(&b), "Misskey API が停止しています");
	buf_done(&b);
}

static void a_stack_without_sites_is_not_told_that_they_are_up(void **state)
{
	struct buf b = BUF_INIT(4096);

	(void)state;
	for (int d = 0; d < DIAGNOSIS_COUNT; d++) {
		buf_clear(&b);
		if (!diagnosis_is_pipeline((enum diagnosis)d))
			continue;
		speech_headline_alone(&b, EN, (enum diagnosis)d);
		assert_null(strstr(buf_text(&b), "ites are up"));
		buf_clear(&b);
		speech_headline_alone(&b, JA, (enum diagnosis)d);
		assert_null(strstr(buf_text(&b), "サイトは稼働"));
	}
	buf_done(&b);
}

static void an_event_names_its_subject_by_title_on_one_line(void **state)
{
	struct target_plan targets[] = { { .name = "home", .title = "Blog\r\nBcc: x\x1b[31m" } };
	struct watchdog_plan watchdogs[] = { { .name = "home" }, { .name = "away" } };
	struct plan plan = { .targets = targets, .targets_n = 1, .watchdogs = watchdogs,
			     .watchdogs_n = 2 };
	struct incident_event event = { .kind = EVENT_FIRST_FAILURE, .subject = "home",
					.outcome = { PHASE_CONNECT, CAUSE_TIMEOUT } };
	struct buf b = BUF_INIT(4096);

	(void)state;
	speech_event(&b, EN, &event, &plan);
	assert_string_equal(buf_text(&b), "First failure: Blog Bcc: x[31m, TCP connect timed out.");
	buf_clear(&b);
	event.kind = EVENT_SILENT;
	speech_event(&b, EN, &event, &plan);
	assert_string_equal(buf_text(&b), "Watchdog alert (home): the signal has stopped.");
	buf_done(&b);
}

static void an_accusation_says_what_its_witnesses_said(void **state)
{
	struct watchdog_plan watchdogs[] = { { .name = "home" } };
	struct plan plan = { .watchdogs = watchdogs, .watchdogs_n = 1 };
	struct incident_event event = { .kind = EVENT_ACCUSED, .subject = "home",
					.code = PULL_STALE, .count = 240 };
	struct buf b = BUF_INIT(4096);

	(void)state;
	speech_event(&b, EN, &event, &plan);
	assert_string_equal(buf_text(&b), "Watchdog alert: nobody renews it; the last news from "
					  "Prometheus is 4 min old.");
	buf_clear(&b);
	event.count = 0;
	speech_event(&b, JA, &event, &plan);
	assert_string_equal(buf_text(&b),
			    "Watchdog アラート：更新されず、Prometheus からの情報もない。");
	for (event.code = -1; event.code <= PULL_COUNT; event.code++) {
		buf_clear(&b);
		speech_event(&b, EN, &event, &plan);
		assert_non_null(strstr(buf_text(&b), "Watchdog alert: "));
		assert_null(strstr(buf_text(&b), "has stopped"));
	}
	buf_done(&b);
}

static void event_says(enum incident_event_kind kind, const char *subject, const char *text,
		       const char *en, const char *ja)
{
	struct target_plan target = { .name = "blog", .title = "The blog" };
	struct plan plan = { .targets = &target, .targets_n = 1 };
	struct incident_event event = { .kind = kind };
	struct buf b = BUF_INIT(4096);

	(void)snprintf(event.subject, sizeof event.subject, "%s", subject);
	(void)snprintf(event.text, sizeof event.text, "%s", text);
	speech_event(&b, EN, &event, &plan);
	assert_string_equal(buf_text(&b), en);
	buf_clear(&b);
	speech_event(&b, JA, &event, &plan);
	assert_string_equal(buf_text(&b), ja);
	buf_done(&b);
}

static void what_the_operator_does_is_told_with_and_without_words(void **state)
{
	(void)state;
	event_says(EVENT_ACKNOWLEDGED, "", "Ann\nlooks", "Somebody is on it: Ann looks",
		   "対応中：Ann looks");
	event_says(EVENT_ACKNOWLEDGED, "", "", "Somebody is on it.", "対応中。");
	event_says(EVENT_FLAPPING, "blog", "", "The blog comes and goes.",
		   "The blog が停止と復旧を繰り返している。");
	event_says(EVENT_FLAPPING, "", "", "It comes and goes.", "停止と復旧の繰り返し。");
	event_says(EVENT_HELD, "", "", "Its mails are held back for now.", "メールの送信を保留。");
}

static void held_says(enum held_by code, const char *subject, const char *text, const char *en,
		      const char *ja)
{
	struct target_plan targets[] = { { .name = "blog", .title = "The blog", .twin = 1 },
					 { .name = "blog-ipv6", .title = "The blog", .twin = 0,
					   .family = FAMILY_IPV6 } };
	struct stack_plan stack = { .name = "home", .title = "At home" };
	struct window_plan window = { .name = "disks", .title = "New disks" };
	struct plan plan = { .targets = targets, .targets_n = 2, .stacks = &stack,
			     .stacks_n = 1, .windows = &window, .windows_n = 1 };
	struct incident_event event = { .kind = EVENT_HELD, .code = code };
	struct buf b = BUF_INIT(4096);

	(void)snprintf(event.subject, sizeof event.subject, "%s", subject);
	(void)snprintf(event.text, sizeof event.text, "%s", text);
	speech_event(&b, EN, &event, &plan);
	assert_string_equal(buf_text(&b), en);
	buf_clear(&b);
	speech_event(&b, JA, &event, &plan);
	assert_string_equal(buf_text(&b), ja);
	buf_done(&b);
}

static void what_holds_mails_back_is_named(void **state)
{
	(void)state;
	held_says(HELD_BY_WINDOW, "", "disks", "Its mails are held back by planned work: New disks.",
		  "計画作業（New disks）のため、メールの送信を保留。");
	/* It is in the file no more. */
	held_says(HELD_BY_WINDOW, "", "old", "Its mails are held back by planned work: old.",
		  "計画作業（old）のため、メールの送信を保留。");
	held_says(HELD_BY_SILENCE, "", "all", "Its mails are held back by a silence: everything.",
		  "保留の指定（すべて）により、メールの送信を保留。");
	held_says(HELD_BY_SILENCE, "", "stack:home",
		  "Its mails are held back by a silence: At home.",
		  "保留の指定（At home）により、メールの送信を保留。");
	held_says(HELD_BY_SILENCE, "", "group:Sites",
		  "Its mails are held back by a silence: Sites.",
		  "保留の指定（Sites）により、メールの送信を保留。");
	held_says(HELD_BY_SILENCE, "", "blog", "Its mails are held back by a silence: The blog.",
		  "保留の指定（The blog）により、メールの送信を保留。");
	held_says(HELD_BY_PARENT, "blog", "",
		  "Its mails are held back: it depends on The blog (IPv4), which fails.",
		  "依存先の The blog（IPv4） が失敗しているため、メールの送信を保留。");
	held_says(HELD_BY_PARENT, "", "",
		  "Its mails are held back: what it depends on has failed.",
		  "依存先が失敗したため、メールの送信を保留。");
	held_says(HELD_BY_COUNT, "", "", "Its mails are held back for now.",
		  "メールの送信を保留。");
}

static void a_rhythm_is_rounded(void **state)
{
	struct buf b = BUF_INIT(256);

	(void)state;
	speech_rhythm(&b, EN, 600 * USEC_PER_SEC + 200 * USEC_PER_MS);
	assert_string_equal(buf_text(&b), "every 10 minutes");
	buf_clear(&b);
	speech_rhythm(&b, EN, 105 * USEC_PER_SEC);
	assert_string_equal(buf_text(&b), "every 105 s");
	buf_clear(&b);
	speech_rhythm(&b, JA, 5 * USEC_PER_HOUR + 7 * USEC_PER_SEC);
	assert_string_equal(buf_text(&b), "5 時間ごと");
	buf_done(&b);
}

/* ---- the tables against each other ---- */

static void assert_same_holes(const char *a, const char *b)
{
	/* A few holes are the grammar of one language only. */
	static const char *const free_ones[] = { "{b}", "{bb}", "{zone}", "{m}" };

	for (const char *open = a; (open = strchr(open, '{')) != NULL; open++) {
		size_t n = (size_t)(strchr(open, '}') - open) + 1;
		char hole[32] = { 0 };
		int is_free = 0;

		assert_true(n < sizeof hole);
		memcpy(hole, open, n);
		for (size_t i = 0; i < sizeof free_ones / sizeof free_ones[0]; i++)
			is_free |= strcmp(free_ones[i], hole) == 0;
		if (!is_free && strstr(b, hole) == NULL)
			fail_msg("%s is missing in: %s", hole, b);
	}
}

static void assert_same_key(const char *en, const char *ja)
{
	assert_int_equal(en == NULL, ja == NULL);
	if (en == NULL)
		return;
	assert_same_holes(en, ja);
	assert_same_holes(ja, en);
}

static void both_languages_have_the_same_failures(void **state)
{
	const struct failure_words *en = speech_words_en.failures, *ja = speech_words_ja.failures;

	(void)state;
	for (; en->full != NULL; en++, ja++) {
		assert_int_equal(en->phase, ja->phase);
		assert_int_equal(en->cause, ja->cause);
		assert_same_key(en->full, ja->full);
		assert_same_key(en->full_bare, ja->full_bare);
		assert_same_key(en->brief, ja->brief);
		assert_same_key(en->brief_bare, ja->brief_bare);
	}
	assert_null(ja->full);
}

static void both_languages_have_the_same_matters(void **state)
{
	(void)state;
	for (int m = 0; m < MATTER_COUNT; m++) {
		const struct matter_words *en = &mail_matters_en[m], *ja = &mail_matters_ja[m];

		assert_non_null(en->lead[CHANGE_FIRST]);
		assert_non_null(en->lead[CHANGE_STILL]);
		for (int c = 0; c < CHANGE_COUNT; c++) {
			assert_same_key(en->subject[c], ja->subject[c]);
			assert_same_key(en->lead[c], ja->lead[c]);
		}
		assert_same_key(en->claim, ja->claim);
		assert_same_key(en->claim_variant, ja->claim_variant);
		assert_same_key(en->side, ja->side);
		for (int s = 0; s <= MATTER_STEPS_MAX; s++)
			assert_int_equal(en->steps[s] == NULL, ja->steps[s] == NULL);
	}
}

/* Of these pairs Japanese has one form for all counts. */
static int is_form_of_one(size_t word)
{
	static const size_t pairs[] = {
		offsetof(struct mail_words, site_only),
		offsetof(struct mail_words, site_rest_planned),
		offsetof(struct mail_words, answers),
		offsetof(struct mail_words, hint_few),
		offsetof(struct mail_words, site_dependents),
		offsetof(struct mail_words, sites_dependents),
		offsetof(struct mail_words, and_dependents),
		offsetof(struct mail_words, site_rest_unseen),
		offsetof(struct mail_words, sites_unseen),
		offsetof(struct mail_words, others_unseen),
		offsetof(struct mail_words, now_again),
		offsetof(struct mail_words, now_unseen),
		offsetof(struct mail_words, digest_subject),
		offsetof(struct mail_words, digest_lead),
		offsetof(struct mail_words, held_back),
	};

	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
		if (word == pairs[i] / sizeof(const char *) + 1)
			return 1;
	return 0;
}

/* Everything behind `matters` is a pointer to a wording, or a pair of them. */
static void both_languages_have_the_same_words(void **state)
{
	const char *const *en = (const char *const *)&mail_words_en;
	const char *const *ja = (const char *const *)&mail_words_ja;
	size_t n = sizeof(struct mail_words) / sizeof(const char *);

	(void)state;
	for (size_t i = 1; i < n; i++)
		if (!is_form_of_one(i))
			assert_same_key(en[i], ja[i]);
}

static int is_form_of_one_in_a_week(size_t word)
{
	static const size_t pairs[] = {
		offsetof(struct week_words, subject),	 offsetof(struct week_words, lead),
		offsetof(struct week_words, mails),	 offsetof(struct week_words, mails_late),
		offsetof(struct week_words, mails_lost),
	};

	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
		if (word == pairs[i] / sizeof(const char *) + 1)
			return 1;
	return 0;
}

/*
 * All of it is wordings, alone or in pairs. How dates are put together is each language's own, and
 * the subject (the first one) has room for them in Japanese only.
 */
static void both_languages_have_the_same_week(void **state)
{
	const char *const *en = (const char *const *)&week_words_en;
	const char *const *ja = (const char *const *)&week_words_ja;
	size_t dates = offsetof(struct week_words, dates) / sizeof(const char *);

	(void)state;
	for (size_t i = 0; i < sizeof(struct week_words) / sizeof(const char *); i++)
		if (i > 0 && i != dates && i != dates + 1 && !is_form_of_one_in_a_week(i))
			assert_same_key(en[i], ja[i]);
}

static void every_subject_of_ours_fits_the_lock_screen(void **state)
{
	(void)state;
	for (int m = 0; m < MATTER_COUNT; m++) {
		for (int c = 0; c < CHANGE_COUNT; c++) {
			const char *en = mail_matters_en[m].subject[c];
			const char *ja = mail_matters_ja[m].subject[c];

			if (en == NULL || strchr(en, '{') != NULL)
				continue;
			assert_true(text_columns(en) <= 50);
			assert_true(text_columns(ja) <= 50);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_duration_has_two_units),
		cmocka_unit_test(a_rough_duration_has_one_unit),
		cmocka_unit_test(a_latency_has_the_unit_that_reads_best),
		cmocka_unit_test(times_are_written_as_people_write_them),
		cmocka_unit_test(a_failure_is_told_by_its_class),
		cmocka_unit_test(every_outcome_has_words_in_every_language),
		cmocka_unit_test(every_finding_has_a_headline),
		cmocka_unit_test(a_stack_without_sites_is_not_told_that_they_are_up),
		cmocka_unit_test(an_event_names_its_subject_by_title_on_one_line),
		cmocka_unit_test(an_accusation_says_what_its_witnesses_said),
		cmocka_unit_test(what_the_operator_does_is_told_with_and_without_words),
		cmocka_unit_test(what_holds_mails_back_is_named),
		cmocka_unit_test(a_rhythm_is_rounded),
		cmocka_unit_test(both_languages_have_the_same_failures),
		cmocka_unit_test(both_languages_have_the_same_matters),
		cmocka_unit_test(both_languages_have_the_same_words),
		cmocka_unit_test(both_languages_have_the_same_week),
		cmocka_unit_test(every_subject_of_ours_fits_the_lock_screen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
