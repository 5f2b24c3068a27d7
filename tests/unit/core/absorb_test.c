/*
 * absorb_test.c - what was told of nobody goes over to the incident that leads.
 */
#include "core/engine_parts.h"

#include "core/small_engine.h"

#define LEAD 0
#define WAITS 1
#define AS_LEAD 7
#define AS_WAITING 8

static struct heard heard;

/* blog is of the one that leads, wiki of the one that waits; nobody was told of either. */
static struct engine *two_incidents(enum incident_state lead)
{
	struct engine *e = small_engine(&heard, small_at(0));

	e->incidents[LEAD] = (struct incident){ .id = AS_LEAD, .state = lead,
						.opened = small_at(100),
						.newest = small_at(120).mono };
	e->incidents[WAITS] = (struct incident){ .id = AS_WAITING, .state = INCIDENT_WAITING,
						 .opened = small_at(60),
						 .newest = small_at(130).mono };
	e->members[BLOG] = (struct incident_member){ .incident = AS_LEAD, .is_failing = true };
	e->members[WIKI] = (struct incident_member){ .incident = AS_WAITING, .is_failing = true };
	return e;
}

static void members_go_over_and_are_news_for_whoever_was_told(void **state)
{
	struct engine *e = two_incidents(INCIDENT_OPEN);

	(void)state;
	e->incidents[LEAD].mails = 1;
	e->members[BACKUP] = (struct incident_member){ .incident = AS_WAITING };
	absorb_untold(e, e->incidents, &e->incidents[LEAD]);
	assert_int_equal(e->members[WIKI].incident, AS_LEAD);
	assert_true(e->members[WIKI].is_news);
	assert_int_equal(e->members[BACKUP].incident, AS_LEAD);
	assert_false(e->members[BACKUP].is_news); /* it is back already */
	assert_int_equal(e->incidents[WAITS].state, INCIDENT_FREE);
	assert_int_equal(e->incidents[LEAD].opened.mono.us, small_at(100).mono.us);
	engine_free(e);
}

static void nobody_is_news_before_the_first_mail(void **state)
{
	struct engine *e = two_incidents(INCIDENT_WAITING);

	(void)state;
	absorb_untold(e, e->incidents, &e->incidents[LEAD]);
	assert_int_equal(e->members[WIKI].incident, AS_LEAD);
	assert_false(e->members[WIKI].is_news);
	engine_free(e);
}

static void one_that_nobody_was_told_of_begins_with_the_first_and_ends_with_the_last(void **state)
{
	struct engine *e = two_incidents(INCIDENT_WAITING);

	(void)state;
	absorb_untold(e, e->incidents, &e->incidents[LEAD]);
	assert_int_equal(e->incidents[LEAD].opened.mono.us, small_at(60).mono.us);
	assert_int_equal(e->incidents[LEAD].newest.us, small_at(130).mono.us);
	engine_free(e);
}

static void an_older_one_leads_on_with_its_own_times(void **state)
{
	struct engine *e = two_incidents(INCIDENT_WAITING);

	(void)state;
	e->incidents[LEAD].opened = small_at(10);
	e->incidents[LEAD].newest = small_at(200).mono;
	absorb_untold(e, e->incidents, &e->incidents[LEAD]);
	assert_int_equal(e->incidents[LEAD].opened.mono.us, small_at(10).mono.us);
	assert_int_equal(e->incidents[LEAD].newest.us, small_at(200).mono.us);
	engine_free(e);
}

/* Its mail is written already, or is held back by what concerns only it. */
static void what_was_told_or_is_held_stays_its_own(void **state)
{
	(void)state;
	for (int why = 0; why < 3; why++) {
		struct engine *e = two_incidents(INCIDENT_OPEN);

		e->incidents[WAITS].state = why == 0 ? INCIDENT_OPEN : INCIDENT_WAITING;
		e->incidents[WAITS].is_held = why == 1;
		e->incidents[WAITS].is_adopted = why == 2;
		absorb_untold(e, e->incidents, &e->incidents[LEAD]);
		assert_int_equal(e->members[WIKI].incident, AS_WAITING);
		assert_int_not_equal(e->incidents[WAITS].state, INCIDENT_FREE);
		engine_free(e);
	}
}

/* Nothing of it fails just now; what it was told as is not the whole stack's, if another one leads. */
static void one_that_comes_and_goes_keeps_its_name_unless_it_is_the_whole_stack_and_another_leads(
	void **state)
{
	(void)state;
	for (int is_lead = 0; is_lead < 2; is_lead++) {
		struct incident incident = { .finding = DIAGNOSIS_SITE_DOWN,
					     .mailed = DIAGNOSIS_STACK_DOWN };

		incident_stay_with_told(&incident, is_lead);
		assert_int_equal(incident.finding,
				 is_lead ? DIAGNOSIS_STACK_DOWN : DIAGNOSIS_SITE_DOWN);
		incident.mailed = DIAGNOSIS_BEATS_LOST;
		incident_stay_with_told(&incident, is_lead);
		assert_int_equal(incident.finding, DIAGNOSIS_BEATS_LOST);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_go_over_and_are_news_for_whoever_was_told),
		cmocka_unit_test(nobody_is_news_before_the_first_mail),
		cmocka_unit_test(
			one_that_nobody_was_told_of_begins_with_the_first_and_ends_with_the_last),
		cmocka_unit_test(an_older_one_leads_on_with_its_own_times),
		cmocka_unit_test(what_was_told_or_is_held_stays_its_own),
		cmocka_unit_test(
			one_that_comes_and_goes_keeps_its_name_unless_it_is_the_whole_stack_and_another_leads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
