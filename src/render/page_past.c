/*
 * page_past.c - past incidents, the newest six: when, what, whom, how long.
 */
#include "base/buf.h"
#include "base/calendar.h"
#include "base/text.h"
#include "render/incident_page.h"
#include "render/page_affected.h"
#include "render/speech.h"

#define PAST_SHOWN 6

/* An incident is named after the worst it was. */
static const enum word names_of_past[DIAGNOSIS_COUNT] = {
	[DIAGNOSIS_STACK_DOWN] = WORD_PAST_STACK_DOWN,
	[DIAGNOSIS_EDGE_DOWN] = WORD_PAST_EDGE_DOWN,
	[DIAGNOSIS_BACKENDS_DOWN] = WORD_PAST_BACKENDS_DOWN,
	[DIAGNOSIS_UNREACHABLE] = WORD_PAST_UNREACHABLE,
	[DIAGNOSIS_DNS_FAULT] = WORD_PAST_DNS_FAULT,
	[DIAGNOSIS_PROMETHEUS_DEAD] = WORD_PAST_PROMETHEUS_DEAD,
	[DIAGNOSIS_WATCHDOG_SILENCED] = WORD_PAST_WATCHDOG_SILENCED,
	[DIAGNOSIS_BEATS_LOST] = WORD_PAST_BEATS_LOST,
	[DIAGNOSIS_LISTENER_BROKEN] = WORD_PAST_LISTENER_BROKEN,
	[DIAGNOSIS_ALERTING_DEAD] = WORD_PAST_ALERTING_DEAD,
};

void page_write_incident(struct buf *to, const struct sheet *s, const struct incident *incident)
{
	const struct target_plan *only = affected_only(s->model, incident);
	enum word word = names_of_past[incident->worst];
	unsigned n = affected_count(s->model, incident);
	struct buf name = BUF_INIT(LINE_MAX_BYTES);

	if (only != NULL)
		affected_name(&name, s, incident, only);
	if (word != 0)
		page_fill(to, s, word, NO_HOLES);
	else if (only != NULL && n == 1)
		page_fill(to, s, WORD_PAST_SITE_ONE, HOLES(hole_own("title", buf_text(&name))));
	else if (n > 1)
		page_fill(to, s, WORD_PAST_SITE_MANY, HOLES(hole_number("n", n)));
	else
		page_fill(to, s, WORD_PAST_SITE_NAMELESS, NO_HOLES);
	buf_done(&name);
}

static void name_write(const struct sheet *s, const struct incident *incident)
{
	bool is_linked = !s->place->is_kiosk && page_has_incident(s->model, incident);
	struct buf line = BUF_INIT(LINE_MAX_BYTES);

	if (is_linked) {
		buf_puts(s->to, "<a href=\"");
		page_write_incident_file(s->to, s, incident);
		buf_puts(s->to, "\">");
	}
	page_write_incident(&line, s, incident);
	text_html(s->to, buf_text(&line));
	buf_puts(s->to, is_linked ? "</a>" : "");
	buf_done(&line);
}

/* How the incident began, when it began with something visible. */
static const struct incident_event *first_failure(const struct model *m,
						  const struct incident *incident)
{
	for (unsigned i = 0; i < incident->log_n; i++)
		if (incident->log[i].kind == EVENT_FIRST_FAILURE &&
		    facts_target(m, incident->log[i].subject) != NULL)
			return &incident->log[i];
	return NULL;
}

static void affected_add(const struct sheet *s, const struct incident *incident,
			 struct names *names, const struct target_plan *t)
{
	struct buf name = BUF_INIT(LINE_MAX_BYTES);

	affected_name(&name, s, incident, t);
	names_add(names, buf_text(&name));
	buf_done(&name);
}

static void affected_list(const struct sheet *s, const struct incident *incident, struct buf *list)
{
	struct names names = { .to = list, .sheet = s };
	unsigned n = affected_count(s->model, incident);

	for (unsigned i = 0; i < incident->affected_n; i++) {
		const struct target_plan *t = affected_target(s->model, incident, i);

		if (t != NULL)
			affected_add(s, incident, &names, t);
		else if (facts_is_watchdog(s->model, incident->affected[i]))
			names_add(&names, page_word(s->language, WORD_WATCHDOG));
	}
	if (n > names.shown + names.more)
		names.more = n - names.shown;
	names_end(&names);
}

/* One site: how it failed; several: which. */
static void affected_write(const struct sheet *s, const struct incident *incident)
{
	struct buf line = BUF_INIT(LINE_MAX_BYTES);
	const struct incident_event *first = first_failure(s->model, incident);
	bool is_one = incident->worst == DIAGNOSIS_SITE_DOWN &&
		      affected_count(s->model, incident) == 1;

	if (is_one && first != NULL)
		speech_failure(&line, s->language, first->outcome, first->code, 0);
	else
		affected_list(s, incident, &line);
	if (line.n > 0) {
		buf_puts(s->to, "<span class=\"aff\">");
		text_html(s->to, buf_text(&line));
		buf_puts(s->to, "</span>");
	}
	buf_done(&line);
}

static void date_write(const struct sheet *s, int32_t day)
{
	buf_puts(s->to, "      <li><time datetime=\"");
	calendar_print_date(s->to, day);
	buf_puts(s->to, "\">");
	if (day == calendar_day(s->model->now.wall))
		page_put(s, WORD_PAST_TODAY);
	else
		speech_short_date(s->to, s->language, day);
	buf_puts(s->to, "</time><span><b>");
}

void page_past_row(const struct sheet *s, const struct incident *incident)
{
	date_write(s, calendar_day(incident->opened.wall));
	name_write(s, incident);
	buf_puts(s->to, "</b>");
	affected_write(s, incident);
	buf_puts(s->to, "</span><span class=\"dur\">");
	speech_duration(s->to, s->language, incident_duration(incident, s->model->now));
	buf_puts(s->to, "</span></li>\n");
}

static void list_end(const struct sheet *s)
{
	buf_puts(s->to, "    </ul>\n");
	if (!s->place->is_kiosk) {
		buf_puts(s->to, "    <p class=\"more\"><a href=\"");
		page_write_history(s->to, s);
		buf_puts(s->to, "\">");
		page_put(s, WORD_H_ALL);
		buf_puts(s->to, "</a></p>\n");
	}
	buf_puts(s->to, "  </section>\n");
}

void page_past(const struct sheet *s)
{
	const struct model *m = s->model;
	unsigned shown = 0;

	for (size_t i = 0; i < m->past_n && shown < PAST_SHOWN; i++) {
		if (!facts_shows_incident(m, &m->past[i]))
			continue;
		if (shown++ == 0) {
			buf_puts(s->to, "  <section aria-labelledby=\"s-past\">\n"
					"    <h2 id=\"s-past\">");
			page_put(s, WORD_PAST);
			buf_puts(s->to, "</h2>\n    <ul class=\"past\">\n");
		}
		page_past_row(s, &m->past[i]);
	}
	if (shown > 0)
		list_end(s);
}
