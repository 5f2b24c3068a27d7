/*
 * incident_test.c - what stays in a full log, and when a repeat is due.
 */
#include "core/incident.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static void note(struct incident *incident, enum incident_event_kind kind, unsigned count)
{
	incident_note(incident, &(struct incident_event){ .kind = kind, .count = count });
}

static struct incident full_of(enum incident_event_kind kind)
{
	struct incident incident = { .log_n = 0 };

	note(&incident, EVENT_FIRST_FAILURE, 0);
	for (unsigned i = 1; i < INCIDENT_LOG_MAX; i++)
		note(&incident, kind, i);
	return incident;
}

static void the_first_entry_and_what_people_said_stay(void **state)
{
	struct incident incident = full_of(EVENT_STILL);

	(void)state;
	incident.log[3].kind = EVENT_NOTE;
	incident.log[1].kind = EVENT_ACKNOWLEDGED;
	note(&incident, EVENT_CLOSED, 99);
	assert_int_equal(incident.log_n, INCIDENT_LOG_MAX);
	assert_int_equal(incident.log[0].kind, EVENT_FIRST_FAILURE);
	assert_int_equal(incident.log[1].kind, EVENT_ACKNOWLEDGED);
	assert_int_equal(incident.log[2].kind, EVENT_NOTE);
	assert_int_equal(incident.log[INCIDENT_LOG_MAX - 1].kind, EVENT_CLOSED);
}

/* Who talks more than fits loses his first words, and never the beginning or the end. */
static void a_log_full_of_notes_drops_the_oldest_of_them(void **state)
{
	struct incident incident = full_of(EVENT_NOTE);

	(void)state;
	note(&incident, EVENT_CLOSED, 99);
	assert_int_equal(incident.log_n, INCIDENT_LOG_MAX);
	assert_int_equal(incident.log[0].kind, EVENT_FIRST_FAILURE);
	assert_int_equal(incident.log[1].count, 2);
	assert_int_equal(incident.log[INCIDENT_LOG_MAX - 1].kind, EVENT_CLOSED);
}

static mono_t repeat_after(unsigned repeats, const struct mail_plan *mail)
{
	const struct incident incident = { .mails = 1 + repeats,
					   .repeats = repeats,
					   .first_mail = { { USEC_PER_SEC }, { 1 } } };
	mono_t next = incident_next_repeat(&incident, mail);

	return (mono_t){ next.us - USEC_PER_SEC };
}

/* The mail's own list, then daily: also where the list is as long as it may be, or empty. */
static void repeats_follow_the_list_and_then_the_days(void **state)
{
	struct mail_plan mail = { .host = "h" };
	const size_t most = sizeof mail.repeat / sizeof mail.repeat[0];

	(void)state;
	assert_int_equal(repeat_after(0, &mail).us, USEC_PER_DAY);
	for (size_t i = 0; i < most; i++)
		mail.repeat[i] = (usec_t)(i + 1) * USEC_PER_HOUR;
	for (unsigned i = 0; i < most; i++)
		assert_int_equal(repeat_after(i, &mail).us, (usec_t)(i + 1) * USEC_PER_HOUR);
	assert_int_equal(repeat_after((unsigned)most + 1, &mail).us,
			 (usec_t)most * USEC_PER_HOUR + 2 * USEC_PER_DAY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_entry_and_what_people_said_stay),
		cmocka_unit_test(a_log_full_of_notes_drops_the_oldest_of_them),
		cmocka_unit_test(repeats_follow_the_list_and_then_the_days),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
