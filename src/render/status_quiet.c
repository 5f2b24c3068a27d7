/*
 * status_quiet.c - planned work and silences in status.json.
 */
#include "base/text.h"
#include "render/page_quiet.h"
#include "render/status_parts.h"

static size_t subjects_of(const struct model *m)
{
	return m->plan->targets_n + m->plan->watchdogs_n;
}

static const char *name_of(const struct model *m, size_t subject)
{
	return subject < m->plan->targets_n ? m->plan->targets[subject].name
					    : m->plan->watchdogs[subject - m->plan->targets_n].name;
}

/* ---- planned work ---- */

static void title_say(struct buf *to, const struct sheet *s, const void *what)
{
	(void)s;
	text_line(to, what);
}

static void window_write(struct document *d, const struct window_view *view)
{
	json_object(&d->json);
	text_field(d, "id", view->plan->name);
	languages_field(d, "title", title_say, view->plan->title);
	time_field(d, "starts_at", view->span.from);
	time_field(d, "ends_at", view->span.until);
	bool_field(d, "active", view->is_active);
	json_key(&d->json, "targets");
	json_array(&d->json);
	for (size_t i = 0; i < subjects_of(d->model); i++)
		if (quiet_is_public(d->model, i) && quiet_window_covers(d->model, view->plan, i))
			json_text(&d->json, name_of(d->model, i));
	json_array_end(&d->json);
	json_object_end(&d->json);
}

void status_planned(struct document *d)
{
	json_key(&d->json, "planned");
	json_array(&d->json);
	for (size_t i = 0; i < d->model->windows_n; i++)
		if (quiet_shows_window(d->model, &d->model->windows[i]))
			window_write(d, &d->model->windows[i]);
	json_array_end(&d->json);
}

/* ---- silences ---- */

static void silence_say(struct buf *to, const struct sheet *s, const void *what)
{
	quiet_write_silence(to, s, what);
}

static void silence_write(struct document *d, const struct silence *silence)
{
	json_object(&d->json);
	text_field(d, "scope", silence->scope);
	time_field(d, "since", silence->since);
	time_field(d, "until", silence->until);
	text_field(d, "why", silence->text[0] != '\0' ? silence->text : NULL);
	languages_field(d, "text", silence_say, silence);
	json_object_end(&d->json);
}

void status_silences(struct document *d)
{
	json_key(&d->json, "silences");
	json_array(&d->json);
	for (size_t i = 0; i < d->model->silences_n; i++)
		if (quiet_shows_silence(d->model, &d->model->silences[i]))
			silence_write(d, &d->model->silences[i]);
	json_array_end(&d->json);
}
