/*
 * page_rows.c - one check or Watchdog: its state in a word and a shape,
 * response time, why it is not up, and ninety days of it.
 */
#include "render/page_rows.h"

#include <string.h>

#include "base/buf.h"
#include "base/calendar.h"
#include "base/text.h"
#include "core/certificate.h"
#include "render/page_quiet.h"
#include "render/speech.h"

/* Class of a row and its glyph, one name for both. */
static const char *const shapes[VERDICT_COUNT] = {
	[VERDICT_UNKNOWN] = "none",
	[VERDICT_UP] = "up",
	[VERDICT_SUSPECT] = "up",
	[VERDICT_DOWN] = "down",
	[VERDICT_RECOVERING] = "down",
	[VERDICT_PAUSED] = "maint",
};

static const char *const deadman_shapes[DEADMAN_COUNT] = {
	[DEADMAN_NEW] = "none",
	[DEADMAN_UP] = "up",
	[DEADMAN_LATE] = "slow",
	[DEADMAN_SILENT] = "down",
	[DEADMAN_RESOLVED] = "down",
	[DEADMAN_RETURNING] = "down",
};

/* ---- a row's head ---- */

void row_begin(const struct sheet *s, const char *shape)
{
	buf_printf(s->to, "    <li class=\"t %s\">\n      <div class=\"t-h %s\"><h3>", shape,
		   shape);
}

void row_state(const struct sheet *s, const char *shape, const char *word)
{
	buf_printf(s->to, "</h3><p class=\"st\"><svg class=\"g\" aria-hidden=\"true\">"
			  "<use href=\"#%s\"/></svg><span>", shape);
	text_html(s->to, word);
	buf_puts(s->to, "</span>");
}

void row_head_end(const struct sheet *s)
{
	buf_puts(s->to, "</p></div>\n");
}

/* ---- a target ---- */

static void target_name(const struct sheet *s, const struct target_plan *plan)
{
	if (!s->place->is_kiosk) {
		buf_puts(s->to, "<a href=\"");
		page_write_target(s->to, s, plan);
		buf_puts(s->to, "\">");
	}
	text_html(s->to, plan->title);
	if (!s->place->is_kiosk)
		buf_puts(s->to, "</a>");
	if (target_twin(s->model->plan, (uint32_t)(plan - s->model->plan->targets)) != NONE_INDEX)
		buf_printf(s->to, " <span class=\"in\">%s</span>", speech_family(plan->family));
}

static void target_median(const struct sheet *s, const struct target_view *t)
{
	struct buf latency = BUF_INIT(64);

	speech_latency(&latency, s->language, t->median_us);
	buf_puts(s->to, " <span class=\"ms\">");
	text_html(s->to, buf_text(&latency));
	buf_puts(s->to, "</span>");
	buf_done(&latency);
}

/* Away from its group a row says which that is. */
static void target_group(const struct sheet *s, const struct target_plan *plan)
{
	buf_puts(s->to, " <span class=\"in\">");
	text_html(s->to, plan->group);
	buf_puts(s->to, "</span>");
}

static void target_head(const struct sheet *s, const struct target_view *t, const char *shape,
			bool is_alone)
{
	row_begin(s, shape);
	target_name(s, t->plan);
	if (is_alone)
		target_group(s, t->plan);
	row_state(s, shape, speech_state(s->language, t));
	if (t->median_us > 0 && (t->state == VERDICT_UP || t->state == VERDICT_SUSPECT))
		target_median(s, t);
	row_head_end(s);
}

/* ---- why it is not simply up ---- */

static void last_answer(const struct sheet *s, const struct target_view *t)
{
	buf_puts(s->to, "<span>");
	if (wall_is_set(t->last_ok))
		page_say_time(s, WORD_LAST_ANSWER, t->last_ok);
	else
		page_put(s, WORD_NEVER_ANSWERED);
	buf_puts(s->to, "</span>");
}

/* The class of the error; its text only where the configuration allows it. */
static void failure_write(const struct sheet *s, const struct target_view *t)
{
	struct buf failure = BUF_INIT(LINE_MAX_BYTES);

	speech_failure(&failure, s->language, t->failure, t->code, t->failure_us);
	if (s->model->plan->page.is_public_errors_full && t->note)
		page_say(s, WORD_NOTE, HOLES(hole_own("failure", buf_text(&failure)),
					     hole_foreign("note", t->note)));
	else
		text_html(s->to, buf_text(&failure));
	buf_done(&failure);
}

static void slow_write(const struct sheet *s, const struct target_view *t)
{
	struct buf limit = BUF_INIT(64);

	speech_waited(&limit, s->language, t->plan->slow);
	page_say(s, WORD_OVER_LIMIT, HOLES(hole_own("limit", buf_text(&limit))));
	buf_done(&limit);
}

static void why_write(const struct sheet *s, const struct target_view *t)
{
	switch (t->state) {
	case VERDICT_UNKNOWN:
		page_put(s, wall_is_set(t->last_seen) ? WORD_NOT_NOW : WORD_NOT_YET);
		break;
	case VERDICT_SUSPECT:
		page_say(s, word_for(WORD_AGAIN_ONE, t->streak),
			 HOLES(hole_number("n", t->streak)));
		break;
	case VERDICT_RECOVERING:
		page_put(s, WORD_ANSWERED_ONCE);
		break;
	case VERDICT_PAUSED: /* quiet_planned() */
		break;
	case VERDICT_UP:
		slow_write(s, t);
		break;
	case VERDICT_DOWN:
	case VERDICT_COUNT:
		failure_write(s, t);
		break;
	}
}

/* Near enough to its end that the owner is warned; not by a clock that is known to be wrong. */
bool row_is_ending(const struct model *model, const struct target_view *t)
{
	bool is_up = t->state == VERDICT_UP || t->state == VERDICT_SUSPECT;

	return is_up && !model->is_clock_wrong &&
	       certificate_step(&t->certificate, model->now.wall) >= 0;
}

static void ending_write(const struct sheet *s, const struct target_view *t)
{
	wall_t end = t->certificate.not_after;
	struct buf when = BUF_INIT(128);

	if (calendar_day(end) == calendar_day(s->model->now.wall))
		page_write_clock(&when, s, end);
	else
		speech_short_date(&when, s->language, calendar_day(end));
	buf_puts(s->to, "<span>");
	page_say(s, WORD_CERTIFICATE_ENDS, HOLES(hole_own("time", buf_text(&when))));
	buf_puts(s->to, "</span>");
	buf_done(&when);
}

static size_t subject_of(const struct sheet *s, const struct target_view *t)
{
	return (size_t)(t->plan - s->model->plan->targets);
}

/* The row has more to say than that it is up. */
static bool has_why(const struct sheet *s, const struct target_view *t)
{
	return t->state != VERDICT_UP || t->is_slow || row_is_ending(s->model, t);
}

static void state_why(const struct sheet *s, const struct target_view *t)
{
	if (t->state == VERDICT_PAUSED) {
		quiet_planned(s, subject_of(s, t), t->planned_until);
	} else if (t->state != VERDICT_UP || t->is_slow) {
		buf_puts(s->to, "<span>");
		why_write(s, t);
		buf_puts(s->to, "</span>");
	}
}

static void target_why(const struct sheet *s, const struct target_view *t)
{
	if (!has_why(s, t))
		return;
	buf_puts(s->to, "      <p class=\"why\">");
	state_why(s, t);
	if (row_is_ending(s->model, t))
		ending_write(s, t);
	if (t->state != VERDICT_UP)
		last_answer(s, t);
	buf_puts(s->to, "</p>\n");
}

/* ---- a job that reports itself ---- */

static void job_rhythm(const struct sheet *s, const struct target_view *t)
{
	struct buf every = BUF_INIT(128);

	speech_every(&every, s->language, t->plan->ping->period);
	buf_puts(s->to, "<span>");
	if (t->state == VERDICT_UP)
		text_html(s->to, buf_text(&every));
	else
		page_say(s, WORD_EXPECTED_EVERY, HOLES(hole_own("every", buf_text(&every))));
	buf_puts(s->to, "</span>");
	buf_done(&every);
}

/* Also while it is well: when it was heard last is all that is known of it. */
static void job_why(const struct sheet *s, const struct target_view *t)
{
	buf_puts(s->to, "      <p class=\"why\">");
	if (t->state == VERDICT_PAUSED)
		quiet_planned(s, subject_of(s, t), t->planned_until);
	if (t->state == VERDICT_DOWN) {
		buf_puts(s->to, "<span>");
		failure_write(s, t);
		buf_puts(s->to, "</span>");
	}
	buf_puts(s->to, "<span>");
	if (wall_is_set(t->last_ok))
		page_say_time(s, WORD_LAST_PING, t->last_ok);
	else
		page_put(s, WORD_NEVER_PINGED);
	buf_puts(s->to, "</span>");
	job_rhythm(s, t);
	buf_puts(s->to, "</p>\n");
}

const char *row_shape(const struct target_view *shown)
{
	return shown->state == VERDICT_UP && shown->is_slow ? "slow" : shapes[shown->state];
}

static struct target_view as_shown(const struct sheet *s, size_t target)
{
	struct target_view shown = s->model->targets[target];

	shown.state = facts_state(s->model, &shown);
	return shown;
}

void row_why(const struct sheet *s, size_t target)
{
	const struct target_view shown = as_shown(s, target);

	if (shown.plan->ping)
		job_why(s, &shown);
	else
		target_why(s, &shown);
	quiet_marks(s, target, shown.is_silenced, shown.is_flapping);
}

/* The head and the reason; the row is left open. */
static void target_begin(const struct sheet *s, size_t target, bool is_alone)
{
	const struct target_view shown = as_shown(s, target);

	target_head(s, &shown, row_shape(&shown), is_alone);
	row_why(s, target);
}

void row_target(const struct sheet *s, size_t target)
{
	struct buf name = BUF_INIT(LINE_MAX_BYTES);

	speech_target(&name, s->language, s->model->plan, (uint32_t)target);
	target_begin(s, target, false);
	page_bars(s, buf_text(&name), &s->model->rollups[target]);
	buf_puts(s->to, "    </li>\n");
	buf_done(&name);
}

void row_target_brief(const struct sheet *s, size_t target)
{
	target_begin(s, target, false);
	buf_puts(s->to, "    </li>\n");
}

void row_target_alone(const struct sheet *s, size_t target)
{
	target_begin(s, target, true);
	buf_puts(s->to, "    </li>\n");
}

/* ---- a Watchdog ---- */

static void silence_write(const struct sheet *s, const struct deadman_view *d)
{
	if (d->state == DEADMAN_RETURNING)
		page_put(s, WORD_ANSWERED_ONCE);
	else if (wall_is_set(d->last))
		page_say_span(s, WORD_NO_SIGNAL_FOR, wall_span(d->last, s->model->now.wall));
	else
		page_put(s, WORD_BEAT_AWAITED);
}

static void missing_write(const struct sheet *s, const struct deadman_view *d)
{
	struct buf every = BUF_INIT(128);

	speech_every(&every, s->language, d->plan->period);
	buf_puts(s->to, "<span>");
	silence_write(s, d);
	buf_puts(s->to, "</span><span>");
	page_say(s, WORD_EXPECTED_EVERY, HOLES(hole_own("every", buf_text(&every))));
	buf_puts(s->to, "</span>");
	buf_done(&every);
}

static void deadman_why(const struct sheet *s, const struct deadman_view *d, size_t subject)
{
	bool is_planned = wall_is_set(d->planned_until);

	if (d->state == DEADMAN_UP && !is_planned)
		return;
	buf_puts(s->to, "      <p class=\"why\">");
	if (is_planned)
		quiet_planned(s, subject, d->planned_until);
	if (d->state != DEADMAN_UP)
		missing_write(s, d);
	buf_puts(s->to, "</p>\n");
}

static void deadman_state_write(const struct sheet *s, const struct deadman_view *d,
				const char *shape)
{
	if (wall_is_set(d->planned_until))
		row_state(s, shape, speech_planned(s->language));
	else
		row_state(s, shape, speech_deadman_state(s->language, d->state));
}

void row_deadman(const struct sheet *s, size_t watchdog)
{
	const struct deadman_view *d = &s->model->deadmen[watchdog];
	size_t subject = s->model->plan->targets_n + watchdog;
	const char *shape =
		wall_is_set(d->planned_until) ? shapes[VERDICT_PAUSED] : deadman_shapes[d->state];
	struct buf name = BUF_INIT(LINE_MAX_BYTES);

	speech_watchdog(&name, s->language, s->model->plan, watchdog);
	row_begin(s, shape);
	text_html(s->to, buf_text(&name));
	deadman_state_write(s, d, shape);
	if (d->state == DEADMAN_UP && wall_is_set(d->last)) {
		buf_puts(s->to, " <span class=\"ms\">");
		page_time(s, d->last);
		buf_puts(s->to, "</span>");
	}
	row_head_end(s);
	deadman_why(s, d, subject);
	quiet_marks(s, subject, d->is_silenced, d->is_flapping);
	page_bars(s, buf_text(&name), &s->model->rollups[subject]);
	buf_puts(s->to, "    </li>\n");
	buf_done(&name);
}
