/*
 * page_log.c - what happened: the log of every open incident, newest first.
 */
#include "base/buf.h"
#include "base/text.h"
#include "render/incident_page.h"
#include "render/page_parts.h"
#include "render/page_quiet.h"
#include "render/speech.h"

/* Entries that make it worse stand out; the rest tells the way. */
static const bool is_hit[EVENT_KINDS] = {
	[EVENT_CONFIRMED] = true,
	[EVENT_DIAGNOSIS] = true,
	[EVENT_JOINED] = true,
	[EVENT_SILENT] = true,
	[EVENT_STILL] = true,
	[EVENT_ACCUSED] = true,
};

static void operator_write(const struct sheet *s)
{
	buf_puts(s->to, "<span class=\"who\">");
	page_put(s, WORD_OPERATOR);
	buf_puts(s->to, "</span>");
}

static void event_write(const struct sheet *s, const struct incident_event *event)
{
	struct buf line = BUF_INIT(LINE_MAX_BYTES);
	bool is_worse = is_hit[event->kind] &&
			!(event->kind == EVENT_DIAGNOSIS && event->diagnosis == DIAGNOSIS_NONE);

	struct incident_event told = facts_event(s->model, event);

	speech_event(&line, s->language, &told, s->model->plan);
	buf_printf(s->to, "      <li%s>", is_worse ? " class=\"hit\"" : "");
	page_time(s, event->at);
	buf_puts(s->to, "<span>");
	text_html(s->to, buf_text(&line));
	if (event->kind == EVENT_NOTE ||
	    (event->kind == EVENT_ACKNOWLEDGED && event->text[0] != '\0'))
		operator_write(s);
	buf_puts(s->to, "</span></li>\n");
	buf_done(&line);
}

/* Only needed to tell several incidents apart. */
static void incident_title(const struct sheet *s, const struct incident *incident)
{
	struct buf line = BUF_INIT(LINE_MAX_BYTES), name = BUF_INIT(LINE_MAX_BYTES);
	const struct target_view *one;
	unsigned count = facts_members(s->model, incident, &one);

	if (one != NULL)
		facts_name(&name, s->language, s->model, one);
	speech_headline(&line, s->language, incident->finding,
			one != NULL ? buf_text(&name) : NULL, count);
	buf_puts(s->to, "    <h3>");
	text_html(s->to, buf_text(&line));
	buf_puts(s->to, "</h3>\n");
	buf_done(&line);
	buf_done(&name);
}

static void sub_write(const struct sheet *s, struct buf *line)
{
	buf_puts(s->to, "    <p class=\"sub\">");
	text_html(s->to, buf_text(line));
	buf_puts(s->to, "</p>\n");
	buf_clear(line);
}

void page_standing(const struct sheet *s, const struct incident *incident)
{
	struct buf line = BUF_INIT(LINE_MAX_BYTES);

	if (wall_is_set(incident->acknowledged)) {
		quiet_write_acknowledged(&line, s, incident);
		sub_write(s, &line);
	}
	if (incident->is_flapping) {
		quiet_write_flapping(&line, s);
		sub_write(s, &line);
	}
	if (incident->is_held) {
		page_fill(&line, s, WORD_HELD, NO_HOLES);
		sub_write(s, &line);
	}
	buf_done(&line);
}

/* Not all of it is of the day whose times need no date. */
static bool has_dates(const struct sheet *s, const struct incident_event *events, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (facts_shows_event(s->model, &events[i]) && !page_is_of_day(s, events[i].at))
			return true;
	return false;
}

bool page_has_events(const struct model *m, const struct incident_event *events, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (facts_shows_event(m, &events[i]))
			return true;
	return false;
}

void page_events(const struct sheet *s, const struct incident_event *events, size_t n)
{
	buf_puts(s->to, has_dates(s, events, n) ? "    <ol class=\"log days\">\n" : "    <ol class=\"log\">\n");
	for (size_t i = n; i-- > 0;)
		if (facts_shows_event(s->model, &events[i]))
			event_write(s, &events[i]);
	buf_puts(s->to, "    </ol>\n");
}

/* By its number, so that the links of several differ. */
static void page_link(const struct sheet *s, const struct incident *incident)
{
	if (s->place->is_kiosk || !page_has_incident(s->model, incident))
		return;
	buf_puts(s->to, "    <p class=\"more\"><a href=\"");
	page_write_incident_file(s->to, s, incident);
	buf_puts(s->to, "\">");
	page_say(s, WORD_LOG_PAGE, HOLES(hole_own("number", incident->number)));
	buf_puts(s->to, "</a></p>\n");
}

static void incident_write(const struct sheet *s, const struct incident *incident, bool has_title)
{
	if (has_title)
		incident_title(s, incident);
	page_standing(s, incident);
	page_events(s, incident->log, incident->log_n);
	page_link(s, incident);
}

/* An incident whose every entry is hidden would leave an empty list. */
static bool is_told(const struct model *model, const struct incident *incident)
{
	return facts_shows_incident(model, incident) &&
	       page_has_events(model, incident->log, incident->log_n);
}

void page_log(const struct sheet *s)
{
	const struct model *m = s->model;
	unsigned told = 0;

	for (size_t i = 0; i < m->incidents_n; i++)
		told += is_told(m, &m->incidents[i]);
	if (told == 0)
		return;
	buf_puts(s->to, "  <section class=\"inc\" aria-labelledby=\"s-inc\">\n"
			"    <h2 id=\"s-inc\">");
	page_put(s, WORD_LOG);
	buf_puts(s->to, "</h2>\n");
	for (size_t i = 0; i < m->incidents_n; i++)
		if (is_told(m, &m->incidents[i]))
			incident_write(s, &m->incidents[i], told > 1);
	buf_puts(s->to, "  </section>\n");
}
