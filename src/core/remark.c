/*
 * remark.c - the operator's words, in the log of an incident that is open or past.
 */
#include <string.h>

#include "core/engine_parts.h"

static struct incident *incident_numbered(struct engine *e, const char *number)
{
	for (size_t i = 0; i < e->incidents_max; i++)
		if (e->incidents[i].state != INCIDENT_FREE &&
		    strcmp(e->incidents[i].number, number) == 0)
			return &e->incidents[i];
	for (size_t i = 0; i < e->past_n; i++)
		if (strcmp(e->past[i].number, number) == 0)
			return &e->past[i];
	return NULL;
}

bool engine_note(struct engine *e, const char *number, const char *text, struct now now)
{
	struct incident *incident = incident_numbered(e, number);
	struct incident_event event = { .at = now.wall, .kind = EVENT_NOTE };

	if (!incident)
		return false;
	incident_text(event.text, text);
	incident_note(incident, &event);
	e->effects.record(e->effects.ctx, &(struct record){ .kind = RECORD_INCIDENT, .now = now,
							     .incident = incident });
	engine_dirty(e, now);
	e->effects.publish(e->effects.ctx);
	return true;
}
