/*
 * summary_incidents.c - incidents and planned work as Statuspage has them.
 *
 * An incident is "investigating" from its first failure, "identified" once
 * somebody has acknowledged it, "monitoring" while nothing of it fails any more,
 * "resolved" at its end. Its updates are the lines of its log, newest first.
 */
#include "base/buf.h"
#include "base/text.h"
#include "render/page_quiet.h"
#include "render/summary_parts.h"

/* ---- incidents ---- */

static const char *const impacts[DIAGNOSIS_COUNT] = {
	[DIAGNOSIS_NONE] = "none",		[DIAGNOSIS_ISOLATED] = "none",
	[DIAGNOSIS_STACK_DOWN] = "critical",	[DIAGNOSIS_EDGE_DOWN] = "critical",
	[DIAGNOSIS_BACKENDS_DOWN] = "major",	[DIAGNOSIS_UNREACHABLE] = "critical",
	[DIAGNOSIS_DNS_FAULT] = "major",	[DIAGNOSIS_SITE_DOWN] = "major",
	[DIAGNOSIS_PROMETHEUS_DEAD] = "minor",	[DIAGNOSIS_WATCHDOG_SILENCED] = "minor",
	[DIAGNOSIS_BEATS_LOST] = "minor",	[DIAGNOSIS_LISTENER_BROKEN] = "minor",
	[DIAGNOSIS_ALERTING_DEAD] = "minor",
};

static const char *status_of(const struct model *m, const struct incident *i, bool is_open)
{
	const struct target_view *first;

	if (!is_open)
		return "resolved";
	if (i->failing == 0 && facts_members(m, i, &first) == 0)
		return "monitoring";
	return wall_is_set(i->acknowledged) ? "identified" : "investigating";
}

static void update_write(struct document *d, const struct incident *incident, unsigned n,
			 const char *status)
{
	const struct incident_event *event = &incident->log[n];
	struct incident_event told = facts_event(d->model, event);
	struct buf id = BUF_INIT(256), body = BUF_INIT(LINE_MAX_BYTES);

	/* Not its place: the log drops lines from its middle. */
	buf_printf(&id, "%s-%lld-%d%s%s", incident->number, (long long)event->at.us,
		   (int)event->kind, event->subject[0] != '\0' ? "-" : "", event->subject);
	speech_event(&body, d->model->plan->language, &told, d->model->plan);
	json_object(&d->json);
	text_field(d, "id", buf_text(&id));
	text_field(d, "status", event->kind == EVENT_CLOSED ? "resolved" : status);
	text_field(d, "body", buf_text(&body));
	text_field(d, "incident_id", incident->number);
	summary_time(d, "created_at", event->at);
	summary_time(d, "updated_at", event->at);
	summary_time(d, "display_at", event->at);
	null_field(d, "affected_components");
	bool_field(d, "deliver_notifications", false);
	null_field(d, "custom_tweet");
	null_field(d, "tweet_id");
	json_object_end(&d->json);
	buf_done(&id);
	buf_done(&body);
}

/* What was known then: all lines but the end are of an incident that was open. */
static void updates_write(struct document *d, const struct incident *incident)
{
	json_key(&d->json, "incident_updates");
	json_array(&d->json);
	for (unsigned n = incident->log_n; n-- > 0;)
		if (facts_shows_event(d->model, &incident->log[n]))
			update_write(d, incident, n, "investigating");
	json_array_end(&d->json);
}

static void affected_write(struct document *d, const struct incident *incident)
{
	json_key(&d->json, "components");
	json_array(&d->json);
	for (unsigned i = 0; i < incident->affected_n; i++) {
		uint32_t target = summary_target_of(d->model, incident->affected[i]);

		if (target != NONE_INDEX)
			summary_target(d, target);
	}
	json_array_end(&d->json);
}

static wall_t updated_at(const struct document *d, const struct incident *i, bool is_open)
{
	wall_t newest = is_open ? i->opened.wall : i->closed.wall;

	for (unsigned n = 0; n < i->log_n; n++)
		if (i->log[n].at.us > newest.us && facts_shows_event(d->model, &i->log[n]))
			newest = i->log[n].at;
	return newest;
}

static void incident_write(struct document *d, const struct incident *i, bool is_open)
{
	struct buf name = BUF_INIT(LINE_MAX_BYTES);
	const struct sheet s = { .model = d->model, .facts = d->facts,
					 .language = d->model->plan->language, .to = &name };

	if (!facts_shows_incident(d->model, i))
		return;
	page_write_incident(&name, &s, i);
	json_object(&d->json);
	text_field(d, "id", i->number);
	text_field(d, "name", buf_text(&name));
	text_field(d, "status", status_of(d->model, i, is_open));
	summary_time(d, "created_at", i->opened.wall);
	summary_time(d, "updated_at", updated_at(d, i, is_open));
	null_field(d, "monitoring_at");
	summary_time(d, "resolved_at", is_open ? (wall_t){ 0 } : i->closed.wall);
	text_field(d, "impact", impacts[is_open ? i->finding : i->worst]);
	summary_link(d, "shortlink", "incidents/", i->number);
	summary_time(d, "started_at", i->opened.wall);
	summary_page_id(d, "page_id");
	updates_write(d, i);
	affected_write(d, i);
	null_field(d, "reminder_intervals");
	json_object_end(&d->json);
	buf_done(&name);
}

void summary_incidents(struct document *d, bool has_past)
{
	json_key(&d->json, "incidents");
	json_array(&d->json);
	for (size_t i = 0; i < d->model->incidents_n; i++)
		incident_write(d, &d->model->incidents[i], true);
	for (size_t i = 0; has_past && i < d->model->past_n; i++)
		incident_write(d, &d->model->past[i], false);
	json_array_end(&d->json);
}

/* ---- planned work ---- */

static void covered_write(struct document *d, const struct window_plan *window)
{
	json_key(&d->json, "components");
	json_array(&d->json);
	for (uint32_t i = 0; i < d->model->plan->targets_n; i++)
		if (quiet_is_public(d->model, i) && quiet_window_covers(d->model, window, i))
			summary_target(d, i);
	json_array_end(&d->json);
}

/* A window that comes again is another one each time. */
static void window_write(struct document *d, const struct window_view *view)
{
	struct buf id = BUF_INIT(256), title = BUF_INIT(LINE_MAX_BYTES);

	buf_printf(&id, "%s-%lld", view->plan->name,
		   (long long)(view->span.from.us / USEC_PER_SEC));
	text_line(&title, view->plan->title);
	json_object(&d->json);
	text_field(d, "id", buf_text(&id));
	text_field(d, "name", buf_text(&title));
	text_field(d, "status", view->is_active ? "in_progress" : "scheduled");
	summary_time(d, "created_at", view->span.from);
	summary_time(d, "updated_at", view->span.from);
	null_field(d, "monitoring_at");
	null_field(d, "resolved_at");
	text_field(d, "impact", "maintenance");
	text_field(d, "shortlink", d->model->plan->page.url);
	summary_time(d, "started_at", view->span.from);
	summary_page_id(d, "page_id");
	json_key(&d->json, "incident_updates");
	json_array(&d->json);
	json_array_end(&d->json);
	covered_write(d, view->plan);
	summary_time(d, "scheduled_for", view->span.from);
	summary_time(d, "scheduled_until", view->span.until);
	null_field(d, "reminder_intervals");
	json_object_end(&d->json);
	buf_done(&id);
	buf_done(&title);
}

void summary_maintenances(struct document *d, bool has_active, bool has_upcoming)
{
	json_key(&d->json, "scheduled_maintenances");
	json_array(&d->json);
	for (size_t i = 0; i < d->model->windows_n; i++) {
		const struct window_view *view = &d->model->windows[i];

		if ((view->is_active ? has_active : has_upcoming) &&
		    quiet_shows_window(d->model, view))
			window_write(d, view);
	}
	json_array_end(&d->json);
}
