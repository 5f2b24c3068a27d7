/*
 * page_quiet.c - see page_quiet.h.
 *
 * The model says of each target that it is quiet and until when; which window
 * or silence that is, is found again here by its scope.
 */
#include "render/page_quiet.h"

#include <string.h>

#include "base/buf.h"
#include "base/scope.h"
#include "base/text.h"
#include "core/flap.h"
#include "render/speech.h"

#define SILENCES_SHOWN 5

static size_t subjects_of(const struct model *model)
{
	return model->plan->targets_n + model->plan->watchdogs_n;
}

static bool scope_covers(const struct model *model, const char *scope, size_t subject)
{
	size_t targets_n = model->plan->targets_n;

	if (subject < targets_n)
		return scope_has_target(model->plan, scope, (uint32_t)subject);
	return scope_has_watchdog(model->plan, scope, (uint32_t)(subject - targets_n));
}

bool quiet_window_covers(const struct model *model, const struct window_plan *window,
			 size_t subject)
{
	for (size_t i = 0; i < window->scope.n; i++)
		if (scope_covers(model, window->scope.v[i], subject))
			return true;
	return false;
}

bool quiet_silence_covers(const struct model *model, const struct silence *silence, size_t subject)
{
	return scope_covers(model, silence->scope, subject);
}

bool quiet_is_public(const struct model *model, size_t subject)
{
	return subject >= model->plan->targets_n || !model->targets[subject].plan->is_hidden;
}

const struct window_view *quiet_window(const struct model *model, size_t subject)
{
	const struct window_view *last = NULL;

	for (size_t i = 0; i < model->windows_n; i++) {
		const struct window_view *view = &model->windows[i];

		if (view->is_active && quiet_window_covers(model, view->plan, subject) &&
		    (last == NULL || view->span.until.us > last->span.until.us))
			last = view;
	}
	return last;
}

const struct silence *quiet_silence(const struct model *model, size_t subject)
{
	const struct silence *last = NULL;

	for (size_t i = 0; i < model->silences_n; i++) {
		const struct silence *silence = &model->silences[i];

		if (quiet_silence_covers(model, silence, subject) &&
		    (last == NULL || silence->until.us > last->until.us))
			last = silence;
	}
	return last;
}

bool quiet_shows_window(const struct model *model, const struct window_view *view)
{
	for (size_t i = 0; i < subjects_of(model); i++)
		if (quiet_is_public(model, i) && quiet_window_covers(model, view->plan, i))
			return true;
	return false;
}

bool quiet_shows_silence(const struct model *model, const struct silence *silence)
{
	for (size_t i = 0; i < subjects_of(model); i++)
		if (quiet_is_public(model, i) && quiet_silence_covers(model, silence, i))
			return true;
	return false;
}

static const struct window_plan *window_named(const struct plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->windows_n; i++)
		if (strcmp(plan->windows[i].name, name) == 0)
			return &plan->windows[i];
	return NULL;
}

bool quiet_shows_held(const struct model *model, const struct incident_event *event)
{
	const struct window_plan *window = event->code == HELD_BY_WINDOW
						   ? window_named(model->plan, event->text)
						   : NULL;

	if (event->code != HELD_BY_WINDOW && event->code != HELD_BY_SILENCE)
		return true;
	for (size_t i = 0; i < subjects_of(model); i++) {
		bool is_covered = window ? quiet_window_covers(model, window, i)
					 : event->code == HELD_BY_SILENCE &&
						   scope_covers(model, event->text, i);

		if (is_covered && quiet_is_public(model, i))
			return true;
	}
	return false;
}

void quiet_write_name(struct buf *to, const struct sheet *s, size_t subject)
{
	size_t targets_n = s->model->plan->targets_n;

	if (subject < targets_n)
		speech_half(to, s->language, s->model->targets[subject].plan,
			    target_is_second(s->model->plan, (uint32_t)subject) ? HALF_ITSELF
										: HALF_BOTH);
	else
		speech_watchdog(to, s->language, s->model->plan, subject - targets_n);
}

/* ---- in a row ---- */

void quiet_planned(const struct sheet *s, size_t subject, wall_t until)
{
	const struct window_view *view = quiet_window(s->model, subject);
	struct buf time = BUF_INIT(128);

	page_write_minute(&time, s, until);
	buf_puts(s->to, "<span>");
	if (view != NULL)
		page_say(s, WORD_PLANNED_FOR,
			 HOLES(hole_own("time", buf_text(&time)),
			       hole_foreign("title", view->plan->title)));
	else if (wall_is_set(until))
		page_say(s, WORD_PLANNED_UNTIL, HOLES(hole_own("time", buf_text(&time))));
	else
		page_put(s, WORD_PAUSED);
	buf_puts(s->to, "</span>");
	buf_done(&time);
}

static void held_mark(const struct sheet *s, size_t subject)
{
	const struct silence *silence = quiet_silence(s->model, subject);
	struct buf time = BUF_INIT(128);

	if (silence == NULL)
		return;
	page_write_minute(&time, s, silence->until);
	buf_puts(s->to, "<span>");
	page_say(s, WORD_SILENCED_UNTIL, HOLES(hole_own("time", buf_text(&time))));
	buf_puts(s->to, "</span>");
	buf_done(&time);
}

static void flapping_mark(const struct sheet *s)
{
	buf_puts(s->to, "<span>");
	page_say(s, WORD_FLAPPING,
		 HOLES(hole_number("n", FLAP_CHANGES), hole_span("span", FLAP_WITHIN)));
	buf_puts(s->to, "</span>");
}

void quiet_marks(const struct sheet *s, size_t subject, bool is_silenced, bool is_flapping)
{
	if (!is_flapping && !is_silenced)
		return;
	buf_puts(s->to, "      <p class=\"why\">");
	if (is_flapping)
		flapping_mark(s);
	if (is_silenced)
		held_mark(s, subject);
	buf_puts(s->to, "</p>\n");
}

/* ---- below the verdict ---- */

/* A stack or group by the name that people know it by, a target by its title. */
static void write_scope(struct buf *to, const struct sheet *s, const char *scope)
{
	const struct plan *plan = s->model->plan;

	for (size_t i = 0; i < plan->stacks_n; i++)
		if (strncmp(scope, "stack:", 6) == 0 &&
		    strcmp(plan->stacks[i].name, scope + 6) == 0) {
			page_write_stack(to, s, i);
			return;
		}
	speech_scope(to, s->language, scope, plan);
}

void quiet_write_silence(struct buf *to, const struct sheet *s, const struct silence *silence)
{
	bool is_all = strcmp(silence->scope, "all") == 0, has_why = silence->text[0] != '\0';
	struct buf what = BUF_INIT(LINE_MAX_BYTES), time = BUF_INIT(128);
	enum word word = is_all ? WORD_SILENCE_ALL : WORD_SILENCE;

	write_scope(&what, s, silence->scope);
	page_write_minute(&time, s, silence->until);
	/* The row with the reason stands behind the one without. */
	page_fill(to, s, has_why ? (enum word)(word + 1) : word,
		  HOLES(hole_own("what", buf_text(&what)), hole_own("time", buf_text(&time)),
			hole_foreign("text", silence->text)));
	buf_done(&what);
	buf_done(&time);
}

static void note_write(const struct sheet *s, const char *text)
{
	buf_puts(s->to, "      <p class=\"note\"><svg class=\"g\" aria-hidden=\"true\">"
			"<use href=\"#slow\"/></svg><span>");
	text_html(s->to, text);
	buf_puts(s->to, "</span></p>\n");
}

void quiet_notes(const struct sheet *s)
{
	struct buf line = BUF_INIT(LINE_MAX_BYTES);
	unsigned n = 0;

	for (size_t i = 0; i < s->model->silences_n; i++) {
		if (!quiet_shows_silence(s->model, &s->model->silences[i]))
			continue;
		if (++n > SILENCES_SHOWN)
			continue;
		buf_clear(&line);
		quiet_write_silence(&line, s, &s->model->silences[i]);
		note_write(s, buf_text(&line));
	}
	buf_clear(&line);
	if (n > SILENCES_SHOWN) {
		page_fill(&line, s, WORD_SILENCES_MORE,
			  HOLES(hole_number("n", n - SILENCES_SHOWN)));
		note_write(s, buf_text(&line));
	}
	buf_done(&line);
}

/* ---- an incident ---- */

/* The words said last with it; "" when the log no longer has them. */
static const char *words_of(const struct incident *incident)
{
	for (unsigned i = incident->log_n; i-- > 0;)
		if (incident->log[i].kind == EVENT_ACKNOWLEDGED)
			return incident->log[i].text;
	return "";
}

void quiet_write_acknowledged(struct buf *to, const struct sheet *s,
			      const struct incident *incident)
{
	const char *words = words_of(incident);
	struct buf time = BUF_INIT(128);

	page_write_minute(&time, s, incident->acknowledged);
	page_fill(to, s, words[0] ? WORD_ACKNOWLEDGED_WORDS : WORD_ACKNOWLEDGED,
		  HOLES(hole_own("time", buf_text(&time)), hole_foreign("text", words)));
	buf_done(&time);
}

void quiet_write_flapping(struct buf *to, const struct sheet *s)
{
	page_fill(to, s, WORD_FLAPPING_INCIDENT,
		  HOLES(hole_number("n", FLAP_CHANGES), hole_span("span", FLAP_WITHIN),
			hole_span("calm", FLAP_CALM)));
}
