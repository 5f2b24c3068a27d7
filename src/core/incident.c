/*
 * incident.c - what can be said of one incident by itself.
 *
 * The life of incidents (who opens, widens and closes them) is in cases.c.
 */
#include "core/incident.h"

#include <string.h>

#define REPEAT_AFTER_LAST (24 * USEC_PER_HOUR)

void incident_note(struct incident *incident, const struct incident_event *event)
{
	/* The first entry tells how it began and stays; the oldest of the rest makes room. */
	if (incident->log_n == INCIDENT_LOG_MAX) {
		memmove(incident->log + 1, incident->log + 2,
			(INCIDENT_LOG_MAX - 2) * sizeof incident->log[0]);
		incident->log_n--;
	}
	incident->log[incident->log_n++] = *event;
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
