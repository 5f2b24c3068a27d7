/*
 * incident_page.c - one incident on a page of its own: what and when, how long,
 * who was part of it, and its whole log.
 *
 * A past one is written once and says nothing of now: neither does it grow old,
 * nor does it wait for the next report.
 */
#include "render/incident_page.h"

#include <string.h>

#include "base/buf.h"
#include "base/calendar.h"
#include "base/text.h"
#include "render/page.h"
#include "render/page_affected.h"
#include "render/speech.h"
#include "render/target_parts.h"

#define NAMES_OF_LOG 50 /* of one incident; who is part of it beyond that is only counted */

/* One story being written. */
struct telling {
	const struct sheet *sheet;
	const struct story *story;
	const struct incident *incident;
	bool is_open;
};

/* ---- the head ---- */

static void crumb_write(const struct sheet *s)
{
	buf_puts(s->to, "      <p class=\"crumb\"><a href=\"");
	page_write_index(s->to, s);
	buf_puts(s->to, "\">");
	page_put(s, WORD_T_ALL);
	buf_puts(s->to, "</a> / <a href=\"");
	page_write_history(s->to, s);
	buf_puts(s->to, "\">");
	page_put(s, WORD_PAST);
	buf_puts(s->to, "</a></p>\n");
}

static void state_write(const struct telling *t)
{
	const struct sheet *s = t->sheet;
	const char *shape = !t->is_open ? "up" : s->facts->is_stopped ? "none" : "down";

	buf_printf(s->to,
		   "      <p class=\"state %s\"><svg class=\"g %s\" aria-hidden=\"true\">"
		   "<use href=\"#%s\"/></svg><span>",
		   shape, shape, shape);
	page_say_span(s, t->is_open ? WORD_I_OPEN : WORD_I_OVER,
		      incident_duration(t->incident, s->model->now));
	buf_puts(s->to, "</span></p>\n");
}

/* When it ended; the date only when it is another day's. */
static void end_say(struct buf *to, const struct telling *t)
{
	wall_t opened = t->incident->opened.wall, closed = t->incident->closed.wall;

	if (calendar_day(opened) == calendar_day(closed))
		calendar_print_time(to, closed);
	else
		speech_full_time(to, t->sheet->language, closed);
}

/* Full dates: who reads it years later must know which year it was. */
static void span_write(const struct telling *t)
{
	const struct sheet *s = t->sheet;
	struct buf from = BUF_INIT(256), until = BUF_INIT(256);

	speech_full_time(&from, s->language, t->incident->opened.wall);
	end_say(&until, t);
	buf_puts(s->to, "      <p class=\"asof\"><span>");
	if (t->is_open)
		page_say(s, WORD_I_SINCE, HOLES(hole_own("time", buf_text(&from))));
	else
		page_say(
			s, WORD_I_SPAN,
			HOLES(hole_own("from", buf_text(&from)), hole_own("to", buf_text(&until))));
	buf_puts(s->to, "</span></p>\n");
	buf_done(&from);
	buf_done(&until);
}

/* The operator's latest words come first: they are what a reader waits for. */
static void note_write(const struct telling *t)
{
	const struct sheet *s = t->sheet;
	const struct incident_event *note = NULL;

	for (size_t i = 0; i < t->story->events_n; i++)
		if (t->story->events[i].kind == EVENT_NOTE)
			note = &t->story->events[i];
	if (note == NULL)
		return;
	buf_puts(s->to, "      <p class=\"lede\">");
	text_html(s->to, note->text);
	buf_puts(s->to, "</p>\n      <p class=\"asof\"><span>");
	page_put(s, WORD_OPERATOR);
	buf_puts(s->to, "</span>");
	page_time(s, note->at);
	buf_puts(s->to, "</p>\n");
}

static void head_write(const struct telling *t)
{
	const struct sheet *s = t->sheet;

	buf_puts(s->to, "  <div class=\"hero\">\n    <div class=\"wrap verdict\">\n");
	crumb_write(s);
	buf_puts(s->to, "      <h1>");
	text_html(s->to, s->subject);
	buf_puts(s->to, "</h1>\n");
	state_write(t);
	span_write(t);
	note_write(t);
	if (t->is_open)
		page_reported(s);
	buf_puts(s->to, "    </div>\n  </div>\n  <div class=\"wrap\">\n  <div id=\"checks\">\n");
}

/* ---- who was part of it ---- */

static void target_write(const struct sheet *s, const struct target_plan *target, const char *name)
{
	buf_puts(s->to, "      <li><a href=\"");
	page_write_target(s->to, s, target);
	buf_puts(s->to, "\">");
	text_html(s->to, name);
	buf_puts(s->to, "</a></li>\n");
}

static void affected_write(const struct telling *t)
{
	const struct sheet *s = t->sheet;

	for (unsigned k = 0; k < t->incident->affected_n; k++) {
		const struct target_plan *target = affected_target(s->model, t->incident, k);
		struct buf name = BUF_INIT(LINE_MAX_BYTES);

		if (target != NULL) {
			affected_name(&name, s, t->incident, target);
			target_write(s, target, buf_text(&name));
		} else if (facts_is_watchdog(s->model, t->incident->affected[k])) {
			buf_puts(s->to, "      <li>");
			page_put(s, WORD_WATCHDOG);
			buf_puts(s->to, "</li>\n");
		}
		buf_done(&name);
	}
}

static bool is_affected(const struct incident *incident, const char *name)
{
	for (unsigned k = 0; k < incident->affected_n; k++)
		if (strcmp(incident->affected[k], name) == 0)
			return true;
	return false;
}

/* A visible target of which only the log knows that it failed, here for the first time. */
static const struct target_plan *joined_target(const struct telling *t, size_t event)
{
	const struct incident_event *events = t->story->events;
	bool is_failure =
		events[event].kind == EVENT_JOINED || events[event].kind == EVENT_FIRST_FAILURE;

	if (!is_failure || is_affected(t->incident, events[event].subject))
		return NULL;
	for (size_t i = 0; i < event; i++)
		if (strcmp(events[i].subject, events[event].subject) == 0)
			return NULL;
	return facts_target(t->sheet->model, events[event].subject);
}

/* How many were named. */
static unsigned joined_write(const struct telling *t)
{
	const struct sheet *s = t->sheet;
	const struct plan *plan = s->model->plan;
	unsigned n = 0;

	for (size_t i = 0; i < t->story->events_n && n < NAMES_OF_LOG; i++) {
		const struct target_plan *target = joined_target(t, i);
		struct buf name = BUF_INIT(LINE_MAX_BYTES);

		if (target != NULL) {
			speech_target(&name, s->language, plan, (uint32_t)(target - plan->targets));
			target_write(s, target, buf_text(&name));
			n++;
		}
		buf_done(&name);
	}
	return n;
}

static void others_write(const struct telling *t, unsigned joined)
{
	const struct sheet *s = t->sheet;
	unsigned named = t->incident->affected_n + joined;
	unsigned n = affected_count(s->model, t->incident);

	if (n <= named)
		return;
	buf_puts(s->to, "      <li>");
	page_say(s, WORD_UNUSUAL_MORE, HOLES(hole_number("n", n - named)));
	buf_puts(s->to, "</li>\n");
}

static bool has_names(const struct telling *t)
{
	const struct model *m = t->sheet->model;

	for (unsigned k = 0; k < t->incident->affected_n; k++)
		if (affected_target(m, t->incident, k) != NULL ||
		    facts_is_watchdog(m, t->incident->affected[k]))
			return true;
	for (size_t i = 0; i < t->story->events_n; i++)
		if (joined_target(t, i) != NULL)
			return true;
	return false;
}

static void who_write(const struct telling *t)
{
	const struct sheet *s = t->sheet;

	if (!has_names(t))
		return;
	target_section(s, "s-who", WORD_I_WHO);
	buf_puts(s->to, "    <ul class=\"who-all\">\n");
	affected_write(t);
	others_write(t, joined_write(t));
	buf_puts(s->to, "    </ul>\n");
	target_section_end(s);
}

/* ---- what happened ---- */

static void log_write(const struct telling *t)
{
	const struct sheet *s = t->sheet;

	if (!page_has_events(s->model, t->story->events, t->story->events_n))
		return;
	target_section(s, "s-log", WORD_LOG);
	if (t->is_open)
		page_standing(s, t->incident);
	page_events(s, t->story->events, t->story->events_n);
	if (t->story->is_cut) {
		buf_puts(s->to, "    <p class=\"more\">");
		page_put(s, WORD_I_CUT);
		buf_puts(s->to, "</p>\n");
	}
	target_section_end(s);
}

/* ---- all of it ---- */

bool page_has_incident(const struct model *model, const struct incident *incident)
{
	size_t n = strlen(incident->number);

	return n > 0 && strspn(incident->number, "0123456789abcdefghijklmnopqrstuvwxyz-") == n &&
	       facts_shows_incident(model, incident);
}

void page_incident(const struct model *model, const struct story *story, enum language language,
		   struct buf *to)
{
	bool is_open = story->incident->state != INCIDENT_CLOSED;
	const struct place place = { .folder = "incidents/",
				     .file = story->incident->number,
				     .is_record = true,
				     .is_over = !is_open,
				     .day = is_open ? (wall_t){ 0 }
						    : story->incident->opened.wall };
	struct buf name = BUF_INIT(LINE_MAX_BYTES);
	struct facts facts;

	facts_gather(model, &facts);
	if (!is_open)
		facts.look = LOOK_UNKNOWN; /* its colours and favicon are not of now */
	struct sheet s = { model, &facts, language, to, &place, NULL };
	const struct telling t = {
		.sheet = &s, .story = story, .incident = story->incident, .is_open = is_open
	};

	page_write_incident(&name, &s, story->incident);
	s.subject = buf_text(&name);
	page_begin(&s);
	head_write(&t);
	who_write(&t);
	log_write(&t);
	buf_puts(to, "  </div>\n");
	page_end(&s);
	buf_done(&name);
}
