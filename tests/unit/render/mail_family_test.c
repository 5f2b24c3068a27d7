/*
 * mail_family_test.c - how a mail calls a site that is judged per family, in
 * either language, as its halves fail and return.
 */
#include "render/mail_fixture.h"

enum { FIRST = BLOG, SECOND = MISSKEY }; /* the halves */

static struct world *pair_new(void)
{
	struct world *w = world_new();

	world_pair(w, FIRST, SECOND, "blog-ipv6");
	return w;
}

static void subject_is(struct world *w, enum language language, const char *expected)
{
	struct buf subject = BUF_INIT(65536);

	w->request.language = language;
	mail_subject(&w->request, &subject);
	assert_string_equal(buf_text(&subject), expected);
	buf_done(&subject);
}

static void second_fails(struct world *w)
{
	world_fail(w, SECOND, PHASE_CONNECT, CAUSE_TIMEOUT, 0);
	world_tell(w, NOTICE_DOWN, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_NONE);
	w->incident.first_finding = DIAGNOSIS_SITE_DOWN;
	w->incident.first_failing = 1;
	w->incident.is_first_partial = w->incident.is_partial = true;
	w->incident.affected_n = 1;
	(void)snprintf(w->incident.affected[0], NAME_TEXT_MAX, "blog-ipv6");
}

static void a_subject_says_only_while_the_other_family_answers(void **state)
{
	struct world *w = pair_new();

	(void)state;
	second_fails(w);
	subject_is(w, LANGUAGE_EN, "DOWN: Blog (IPv6 only), connect timeout");
	subject_is(w, LANGUAGE_JA, "【停止】Blog（IPv6 のみ）（接続タイムアウト）");
	w->views[FIRST].state = VERDICT_SUSPECT;
	subject_is(w, LANGUAGE_EN, "DOWN: Blog (IPv6), connect timeout");
	world_fail(w, FIRST, PHASE_CONNECT, CAUSE_TIMEOUT, 0);
	subject_is(w, LANGUAGE_EN, "DOWN: Blog, connect timeout");
	subject_is(w, LANGUAGE_JA, "【停止】Blog（接続タイムアウト）");
	free(w);
}

static void the_other_half_of_another_incident_is_down_as_well(void **state)
{
	struct world *w = pair_new();

	(void)state;
	second_fails(w);
	w->views[FIRST].state = VERDICT_DOWN;
	w->members[FIRST].incident = INCIDENT_ID + 1;
	subject_is(w, LANGUAGE_EN, "DOWN: Blog, connect timeout");
	free(w);
}

static void the_end_names_the_half_that_was_away(void **state)
{
	struct world *w = pair_new();

	(void)state;
	second_fails(w);
	world_return(w, SECOND, at(14, 11, 40), 200, 140 * USEC_PER_MS);
	world_tell(w, NOTICE_RECOVERED, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_SITE_DOWN);
	world_time(w, at(14, 11, 40));
	subject_is(w, LANGUAGE_EN, "UP: Blog (IPv6) back after 10 min");
	subject_is(w, LANGUAGE_JA, "【復旧】Blog（IPv6） 復旧、停止10分");
	free(w);
}

static void half_of_it_is_back(void **state)
{
	struct world *w = pair_new();

	(void)state;
	second_fails(w);
	w->incident.log[0].code = 0; /* all of it was told */
	world_tell(w, NOTICE_CHANGE, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_SITE_DOWN);
	w->incident.is_partial_mailed = true;
	subject_is(w, LANGUAGE_EN, "PARTLY UP: Blog (IPv6 only) still down");
	subject_is(w, LANGUAGE_JA, "【一部復旧】Blog（IPv6 のみ） は停止中");
	free(w);
}

static void a_stable_subject_stays_what_it_was(void **state)
{
	struct world *w = pair_new();

	(void)state;
	w->plan.mail.is_subject_stable = true;
	second_fails(w);
	w->incident.log[0].outcome = (struct outcome){ PHASE_CONNECT, CAUSE_TIMEOUT };
	subject_is(w, LANGUAGE_EN, "DOWN: Blog (IPv6 only), connect timeout");
	world_fail(w, FIRST, PHASE_CONNECT, CAUSE_TIMEOUT, 0);
	w->incident.is_partial = false;
	w->notice.seq = 1;
	subject_is(w, LANGUAGE_EN, "Re: DOWN: Blog (IPv6 only), connect timeout");
	free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_subject_says_only_while_the_other_family_answers),
		cmocka_unit_test(the_other_half_of_another_incident_is_down_as_well),
		cmocka_unit_test(the_end_names_the_half_that_was_away),
		cmocka_unit_test(half_of_it_is_back),
		cmocka_unit_test(a_stable_subject_stays_what_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
