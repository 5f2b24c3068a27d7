/*
 * incident.c - what can be said of one incident by itself.
 *
 * The life of incidents (who opens, widens and closes them) is in cases.c.
 */
#include "core/incident.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"

#define REPEAT_AFTER_LAST (24 * USEC_PER_HOUR)

/*
 * The first entry tells how it began and stays, and so do the operator's words,
 * while there is anything of ours to drop; of the rest the oldest goes.
 */
static unsigned dispensable(const struct incident *incident)
{
	for (unsigned i = 1; i < incident->log_n; i++)
		if (incident->log[i].kind != EVENT_NOTE &&
		    incident->log[i].kind != EVENT_ACKNOWLEDGED)
			return i;
	return 1;
}

void incident_note(struct incident *incident, const struct incident_event *event)
{
	if (incident->log_n == INCIDENT_LOG_MAX) {
		unsigned i = dispensable(incident);

		memmove(incident->log + i, incident->log + i + 1,
			(INCIDENT_LOG_MAX - 1 - i) * sizeof incident->log[0]);
		incident->log_n--;
	}
	incident->log[incident->log_n++] = *event;
}

/* text_line() cuts at 200 characters, each of at most four bytes: the buffer never grows. */
void incident_text(char text[INCIDENT_TEXT_MAX], const char *words)
{
	struct buf line = { .data = text, .room = INCIDENT_TEXT_MAX, .cap = INCIDENT_TEXT_MAX - 1 };

	text[0] = '\0';
	text_line(&line, words);
}

int incident_weight(enum diagnosis finding, bool is_partial)
{
	return 2 * diagnosis_severity(finding) - is_partial;
}

void incident_weigh(struct incident *incident)
{
	if (diagnosis_severity(incident->finding) > diagnosis_severity(incident->worst))
		incident->worst = incident->finding;
}

void incident_stay_with_told(struct incident *incident, bool is_lead)
{
	if (is_lead || !diagnosis_is_stack_level(incident->mailed)) {
		incident->finding = incident->mailed;
		incident->also = incident->mailed_also;
	}
	incident->worsened = incident->narrowed = incident->joined = MONO_NEVER;
}

usec_t incident_duration(const struct incident *incident, struct now now)
{
	mono_t end = incident->state == INCIDENT_CLOSED ? incident->closed.mono : now.mono;
	usec_t span = mono_span(incident->opened.mono, end);

	return span > 0 ? span : 0;
}

mono_t incident_next_repeat(const struct incident *incident, const struct mail_plan *mail)
{
	unsigned steps = sizeof mail->repeat / sizeof mail->repeat[0];
	unsigned given = 0;
	usec_t after = 0;

	if (incident->mails == 0)
		return MONO_NEVER;
	while (given < steps && mail->repeat[given] > 0)
		given++;
	if (incident->repeats < given)
		after = mail->repeat[incident->repeats];
	else
		after = (given > 0 ? mail->repeat[given - 1] : 0) +
			(usec_t)(incident->repeats - given + 1) * REPEAT_AFTER_LAST;
	return mono_add(incident->first_mail.mono, after);
}
