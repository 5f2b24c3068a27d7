/*
 * brief_test.c - what a notice is as plain values; the words themselves are
 * the mail's, and tested with it.
 */
#include "render/mail_fixture.h"

#include "core/certificate.h"
#include "render/brief.h"

static int setup(void **state)
{
	*state = world_new();
	return 0;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

/* The subject and the first sentence are the mail's own. */
static void assert_words_of_mail(struct world *w, const struct brief *b)
{
	struct buf subject = BUF_INIT(4096);

	mail_subject(&w->request, &subject);
	assert_string_equal(b->words.subject, buf_text(&subject));
	assert_int_equal(strncmp(b->words.text, b->words.lead, strlen(b->words.lead)), 0);
	assert_null(strstr(b->words.text, "-- \n"));
	buf_done(&subject);
}

static void an_outage_is_told_with_its_members(void **state)
{
	struct world *w = *state;
	struct brief b;

	world_fail(w, API, PHASE_WAIT, CAUSE_STATUS, 504);
	world_silence(w, DEADMAN_SILENT, at(13, 57, 6));
	world_tell(w, NOTICE_DOWN, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_NONE);
	brief_init(&b, &w->request);
	assert_false(brief_failed(&b));
	assert_words_of_mail(w, &b);
	assert_string_equal(b.words.kind, "down");
	assert_string_equal(b.words.diagnosis, "site-down");
	assert_int_equal(b.words.level, NOTIFY_DOWN);
	assert_true(b.words.is_important);
	assert_string_equal(b.words.incident, "20261121-1");
	assert_string_equal(b.words.thread, "5eed5eed5eed5eed");
	assert_string_equal(b.words.page_url, "https://status.nagisa-watch.example/");
	assert_string_equal(b.words.stack, "home");
	assert_int_equal(b.words.members_n, 2);
	assert_string_equal(b.words.members[0].name, "mkapi");
	assert_string_equal(b.words.members[0].outcome, "wait-status");
	assert_int_equal(b.words.members[0].code, 504);
	assert_string_equal(b.words.members[0].reason, "HTTP 504");
	assert_true(b.words.members[0].is_failing);
	assert_true(b.words.members[1].is_watchdog);
	assert_non_null(strstr(b.words.members[1].reason, "silent"));
	assert_true(b.words.opened.us == at(14, 1, 40).us);
	assert_false(wall_is_set(b.words.ended));
	brief_done(&b);
}

static void its_end_has_a_time_and_nobody_fails(void **state)
{
	struct world *w = *state;
	struct brief b;

	world_fail(w, API, PHASE_WAIT, CAUSE_STATUS, 504);
	world_tell(w, NOTICE_DOWN, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_NONE);
	world_time(w, at(14, 5, 2));
	world_return(w, API, at(14, 4, 2), 200, 151 * USEC_PER_MS);
	w->incident.state = INCIDENT_CLOSED;
	w->incident.closed = now_at(at(14, 4, 2));
	world_tell(w, NOTICE_RECOVERED, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_SITE_DOWN);
	brief_init(&b, &w->request);
	assert_words_of_mail(w, &b);
	assert_int_equal(b.words.level, NOTIFY_UP);
	assert_true(b.words.is_over);
	assert_true(b.words.ended.us == at(14, 4, 2).us);
	assert_int_equal(b.words.members_n, 1);
	assert_false(b.words.members[0].is_failing);
	/* of what was told before, only that sites were down */
	assert_int_equal(b.words.levels_told, 1u << NOTIFY_UP | 1u << NOTIFY_DOWN);
	brief_done(&b);
}

/* After a restart the members are forgotten; the notice still has their names. */
static void names_of_the_notice_stand_in_for_members(void **state)
{
	struct world *w = *state;
	struct brief b;

	(void)snprintf(w->notice.affected, sizeof w->notice.affected, "gone,mkapi,ssh");
	w->incident.state = INCIDENT_CLOSED;
	w->incident.closed = now_at(at(14, 4, 2));
	world_tell(w, NOTICE_RECOVERED, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_SITE_DOWN);
	brief_init(&b, &w->request);
	assert_int_equal(b.words.members_n, 2);
	assert_string_equal(b.words.members[0].name, "mkapi");
	assert_string_equal(b.words.members[0].title, "Misskey API");
	assert_string_equal(b.words.members[0].outcome, "");
	assert_string_equal(b.words.members[1].name, "ssh");
	brief_done(&b);
}

static void a_certificate_has_its_own_thread_and_end(void **state)
{
	struct world *w = *state;
	struct brief warned, renewed;

	w->request.incident = NULL;
	w->notice.incident = 0;
	w->notice.kind = NOTICE_CERTIFICATE;
	w->notice.fingerprint = 0x9f86d081884c7d65;
	w->notice.from = at_day(-69, 8, 41, 0);
	w->notice.to = at_day(35, 8, 41, 0);
	(void)snprintf(w->notice.affected, sizeof w->notice.affected, "mkweb");
	brief_init(&warned, &w->request);
	assert_string_equal(warned.words.thread, "cert-9f86d081884c7d65");
	assert_string_equal(warned.words.incident, "");
	assert_string_equal(warned.words.diagnosis, "cert-expiring");
	assert_int_equal(warned.words.level, NOTIFY_WARNING);
	assert_true(warned.words.expires.us == w->notice.to.us);
	assert_int_equal(warned.words.members_n, 1);
	w->notice.seq = CERTIFICATE_RENEWED;
	brief_init(&renewed, &w->request);
	assert_string_equal(renewed.words.thread, warned.words.thread);
	assert_int_equal(renewed.words.level, NOTIFY_UP);
	assert_true((renewed.words.levels_told & 1u << NOTIFY_WARNING) != 0);
	brief_done(&warned);
	brief_done(&renewed);
}

static void a_blindness_lasts_from_and_to(void **state)
{
	struct world *w = *state;
	struct brief b;

	w->request.incident = NULL;
	w->notice.incident = 0;
	w->notice.kind = NOTICE_BLIND;
	w->notice.from = at(2, 10, 4);
	w->notice.to = at(2, 31, 10);
	world_time(w, at(2, 31, 10));
	w->notice.id = notice_id(&w->notice);
	brief_init(&b, &w->request);
	assert_words_of_mail(w, &b);
	assert_true(b.words.opened.us == at(2, 10, 4).us);
	assert_true(b.words.ended.us == at(2, 31, 10).us);
	assert_string_equal(b.words.incident, "");
	assert_int_equal(strlen(b.words.thread), 16);
	brief_done(&b);
}

static void more_members_than_are_named_are_counted(void **state)
{
	struct world *w = *state;
	struct brief b;

	for (uint32_t i = 0; i < WORLD_TARGETS - 1; i++)
		world_target(w, i, "one", "One", "All", LAYER_UNSET);
	w->plan.targets_n = WORLD_TARGETS - 1;
	world_fail_all(w, PHASE_CONNECT, CAUSE_TIMEOUT, 0);
	world_tell(w, NOTICE_DOWN, DIAGNOSIS_STACK_DOWN, DIAGNOSIS_NONE);
	brief_init(&b, &w->request);
	assert_int_equal(b.words.members_n, NOTIFY_MEMBERS_MAX);
	assert_int_equal(b.words.members_all, WORLD_TARGETS - 1);
	brief_done(&b);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(an_outage_is_told_with_its_members),
		TEST(its_end_has_a_time_and_nobody_fails),
		TEST(names_of_the_notice_stand_in_for_members),
		TEST(a_certificate_has_its_own_thread_and_end),
		TEST(a_blindness_lasts_from_and_to),
		TEST(more_members_than_are_named_are_counted),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
