/*
 * status_incidents.c - incidents in status.json: open ones, then past ones.
 */
#include "base/buf.h"
#include "render/speech.h"
#include "render/status_parts.h"

static const char *const event_names[EVENT_KINDS] = {
	[EVENT_FIRST_FAILURE] = "first-failure",
	[EVENT_CONFIRMED] = "confirmed",
	[EVENT_DIAGNOSIS] = "diagnosis",
	[EVENT_MAILED] = "mailed",
	[EVENT_JOINED] = "joined",
	[EVENT_RETURNED] = "returned",
	[EVENT_SILENT] = "silent",
	[EVENT_BEATS_BACK] = "beats-back",
	[EVENT_STILL] = "still",
	[EVENT_CLOSED] = "closed",
	[EVENT_NOTE] = "note",
	[EVENT_ACCUSED] = "accused",
	[EVENT_ACQUITTED] = "acquitted",
	[EVENT_ACKNOWLEDGED] = "acknowledged",
	[EVENT_FLAPPING] = "flapping",
	[EVENT_HELD] = "held",
};

static void event_say(struct buf *to, const struct sheet *s, const void *what)
{
	struct incident_event told = facts_event(s->model, what);

	speech_event(to, s->language, &told, s->model->plan);
}

static void updates_write(struct document *d, const struct incident *incident)
{
	json_key(&d->json, "updates");
	json_array(&d->json);
	for (unsigned i = 0; i < incident->log_n; i++) {
		const struct incident_event *event = &incident->log[i];

		if (!facts_shows_event(d->model, event))
			continue;
		json_object(&d->json);
		time_field(d, "at", event->at);
		text_field(d, "kind", event_names[event->kind]);
		languages_field(d, "text", event_say, event);
		json_object_end(&d->json);
	}
	json_array_end(&d->json);
}

static void affected_write(struct document *d, const struct incident *incident)
{
	json_key(&d->json, "targets");
	json_array(&d->json);
	for (unsigned i = 0; i < incident->affected_n; i++)
		if (facts_target(d->model, incident->affected[i]) != NULL ||
		    facts_is_watchdog(d->model, incident->affected[i]))
			json_text(&d->json, incident->affected[i]);
	json_array_end(&d->json);
}

static void incident_write(struct document *d, const struct incident *incident, bool is_open)
{
	if (!facts_shows_incident(d->model, incident))
		return;
	json_object(&d->json);
	text_field(d, "id", incident->number);
	text_field(d, "state", is_open ? "open" : "resolved");
	text_field(d, "diagnosis", diagnosis_name(is_open ? incident->finding : incident->worst));
	text_field(d, "stack", incident->stack);
	time_field(d, "started_at", incident->opened.wall);
	time_field(d, "resolved_at", is_open ? (wall_t){ 0 } : incident->closed.wall);
	/* By the boot clock: the times above are the wall's, which may be set in between. */
	int_field(d, "lasted_s", incident_duration(incident, d->model->now) / USEC_PER_SEC);
	time_field(d, "acknowledged_at", incident->acknowledged);
	bool_field(d, "flapping", is_open && incident->is_flapping);
	bool_field(d, "mails_held", is_open && incident->is_held);
	affected_write(d, incident);
	updates_write(d, incident);
	json_object_end(&d->json);
}

void status_incidents(struct document *d)
{
	json_key(&d->json, "incidents");
	json_array(&d->json);
	for (size_t i = 0; i < d->model->incidents_n; i++)
		incident_write(d, &d->model->incidents[i], true);
	for (size_t i = 0; i < d->model->past_n; i++)
		incident_write(d, &d->model->past[i], false);
	json_array_end(&d->json);
}
