/*
 * target_checks.c - single runs of a check: where the last good one spent its
 * time, how the latest ones ended, and how it is done at all.
 */
#include <string.h>

#include "base/buf.h"
#include "base/calendar.h"
#include "base/text.h"
#include "render/speech.h"
#include "render/target_parts.h"

#define PHASES	5
#define BAR_WIDE 720.0
#define BAR_GAP	2.0

/* ---- phases ---- */

static const enum word phase_words[PHASES] = {
	WORD_T_PHASE_DNS, WORD_T_PHASE_CONNECT, WORD_T_PHASE_TLS, WORD_T_PHASE_WAIT,
	WORD_T_PHASE_BODY,
};

/* Sending is part of the wait for an answer. False: nothing is known. */
static bool phases_read(const struct target_view *t, usec_t ret[PHASES])
{
	static const unsigned place[PHASE_COUNT] = {
		[PHASE_DNS] = 0,  [PHASE_CONNECT] = 1, [PHASE_TLS] = 2,
		[PHASE_SEND] = 3, [PHASE_WAIT] = 3,    [PHASE_BODY] = 4,
	};
	bool is_any = false;

	for (unsigned i = 0; i < PHASES; i++)
		ret[i] = -1;
	for (unsigned i = 0; i < PHASE_COUNT; i++) {
		if (t->ok_phase_us[i] < 0)
			continue;
		ret[place[i]] = (ret[place[i]] > 0 ? ret[place[i]] : 0) + t->ok_phase_us[i];
		is_any |= t->ok_phase_us[i] > 0;
	}
	return is_any && t->ok_total_us > 0;
}

static void bar_write(struct buf *to, const usec_t phases[PHASES])
{
	double sum = 0, x = 0, wide = BAR_WIDE;

	for (unsigned i = 0; i < PHASES; i++) {
		sum += phases[i] > 0 ? (double)phases[i] : 0;
		wide -= phases[i] > 0 ? BAR_GAP : 0;
	}
	buf_puts(to, "<svg viewBox=\"0 0 720 14\" preserveAspectRatio=\"none\">");
	for (unsigned i = 0; i < PHASES; i++) {
		double w = wide * (double)phases[i] / sum;

		if (phases[i] <= 0)
			continue;
		buf_printf(to, "<path class=\"p%u\" d=\"M%.1f 0h%.1fv14h-%.1fz\"/>", i + 1, x, w, w);
		x += w + BAR_GAP;
	}
	buf_puts(to, "</svg>");
}

static void phase_row(const struct sheet *s, unsigned phase, usec_t took)
{
	buf_printf(s->to,
		   "        <tr><th scope=\"row\"><svg class=\"sw\" viewBox=\"0 0 10 10\" "
		   "aria-hidden=\"true\"><path class=\"p%u\" d=\"M0 0h10v10H0z\"/></svg>",
		   phase + 1);
	page_put(s, phase_words[phase]);
	buf_puts(s->to, "</th><td>");
	target_write_latency(s, took);
	buf_puts(s->to, "</td></tr>\n");
}

static void phases_bar(const struct subject *u, const usec_t phases[PHASES])
{
	const struct sheet *s = u->sheet;

	buf_puts(s->to, "    <div class=\"phases\" aria-hidden=\"true\"><div><p><span>");
	page_say_time(s, WORD_T_LAST_GOOD, u->shown.last_ok);
	buf_puts(s->to, "</span><span>");
	target_write_latency(s, u->shown.ok_total_us);
	buf_puts(s->to, "</span></p>");
	bar_write(s->to, phases);
	buf_puts(s->to, "</div></div>\n");
}

void target_phases(const struct subject *u)
{
	const struct sheet *s = u->sheet;
	usec_t phases[PHASES];

	if (!phases_read(&u->shown, phases))
		return;
	target_section(s, "s-ph", WORD_T_PHASES);
	phases_bar(u, phases);
	buf_puts(s->to, "    <div class=\"scroll\"><table>\n      <thead><tr><th scope=\"col\">");
	page_put(s, WORD_T_COL_PHASE);
	buf_puts(s->to, "</th><th scope=\"col\">");
	page_put(s, WORD_T_COL_LATEST);
	buf_puts(s->to, "</th></tr></thead>\n      <tbody>\n");
	for (unsigned i = 0; i < PHASES; i++)
		if (phases[i] >= 0)
			phase_row(s, i, phases[i]);
	buf_puts(s->to, "        <tr><th scope=\"row\">");
	page_put(s, WORD_T_TOTAL);
	buf_puts(s->to, "</th><td>");
	target_write_latency(s, u->shown.ok_total_us);
	buf_puts(s->to, "</td></tr>\n      </tbody>\n    </table></div>\n");
	target_section_end(s);
}

/* ---- the latest runs ---- */

static void result_write(const struct sheet *s, const struct target_check *check)
{
	struct buf failure = BUF_INIT(LINE_MAX_BYTES);

	if (check->outcome.cause == CAUSE_PASS) {
		page_put(s, WORD_T_PASSED);
	} else {
		speech_failure(&failure, s->language, check->outcome, check->code, 0);
		page_say(s, WORD_T_FAILED, HOLES(hole_own("failure", buf_text(&failure))));
	}
	buf_done(&failure);
}

static void check_write(const struct sheet *s, const struct target_check *check)
{
	buf_puts(s->to, "        <tr><td class=\"nw\">");
	page_time(s, check->started);
	buf_puts(s->to, "</td><td class=\"l\">");
	result_write(s, check);
	buf_puts(s->to, "</td><td>");
	target_write_latency(s, check->total_us);
	buf_puts(s->to, "</td></tr>\n");
}

void target_checks(const struct subject *u)
{
	const struct sheet *s = u->sheet;

	if (!u->past || u->past->checks_n == 0)
		return;
	target_section(s, "s-last", WORD_T_CHECKS);
	buf_puts(s->to, "    <div class=\"scroll\"><table>\n      <thead><tr><th scope=\"col\">");
	page_say(s, WORD_T_COL_TIME, HOLES(hole_zone("zone", s->model->now.wall)));
	buf_puts(s->to, "</th><th scope=\"col\" class=\"l\">");
	page_put(s, WORD_T_COL_RESULT);
	buf_puts(s->to, "</th><th scope=\"col\">");
	page_put(s, WORD_T_TOTAL);
	buf_puts(s->to, "</th></tr></thead>\n      <tbody>\n");
	for (size_t i = 0; i < u->past->checks_n; i++)
		check_write(s, &u->past->checks[i]);
	buf_puts(s->to, "      </tbody>\n    </table></div>\n");
	target_section_end(s);
}

/* ---- how it is checked ---- */

static void term_write(const struct sheet *s, enum word word)
{
	buf_puts(s->to, "      <dt>");
	page_put(s, word);
	buf_puts(s->to, "</dt><dd>");
}

static void term_end(const struct sheet *s)
{
	buf_puts(s->to, "</dd>\n");
}

/* The address only where errors are public in full: what is probed may be nobody's business. */
static void kind_write(const struct subject *u)
{
	const struct sheet *s = u->sheet;
	const struct target_plan *plan = u->shown.plan;

	if (!plan->kind || plan->ping)
		return;
	term_write(s, WORD_T_KIND);
	buf_puts(s->to, "<code>");
	text_html(s->to, plan->kind->name);
	if (s->model->plan->page.is_public_errors_full) {
		buf_puts(s->to, " ");
		text_html(s->to, plan->kind->endpoint(plan->params));
	}
	buf_puts(s->to, "</code>");
	if (plan->family != FAMILY_ANY)
		buf_printf(s->to, " %s", speech_family(plan->family));
	term_end(s);
}

static void rhythm_write(const struct subject *u)
{
	const struct sheet *s = u->sheet;
	const struct target_plan *plan = u->shown.plan;
	struct buf every = BUF_INIT(128);

	speech_every(&every, s->language, plan->ping ? plan->ping->period : plan->interval);
	term_write(s, WORD_T_RHYTHM);
	if (plan->ping)
		page_say(s, WORD_T_RHYTHM_JOB, HOLES(hole_own("every", buf_text(&every)),
						     hole_span("grace", plan->ping->grace)));
	else
		page_say(s, word_for(WORD_T_RHYTHM_ONE, plan->fall),
			 HOLES(hole_own("every", buf_text(&every)),
			       hole_waited("timeout", plan->timeout),
			       hole_number("n", plan->fall)));
	term_end(s);
	buf_done(&every);
}

static void slow_write(const struct subject *u)
{
	if (u->shown.plan->slow <= 0)
		return;
	term_write(u->sheet, WORD_T_SLOW);
	page_say(u->sheet, WORD_T_SLOW_OVER, HOLES(hole_waited("limit", u->shown.plan->slow)));
	term_end(u->sheet);
}

static void certificate_write(const struct subject *u)
{
	const struct sheet *s = u->sheet;
	wall_t end = u->shown.certificate.not_after, now = s->model->now.wall;
	struct buf day = BUF_INIT(128);

	if (!wall_is_set(end))
		return;
	term_write(s, WORD_T_CERTIFICATE);
	speech_full_date(&day, s->language, calendar_day(end));
	page_say(s, end.us > now.us ? WORD_T_CERTIFICATE_ENDS : WORD_T_CERTIFICATE_OVER,
		 HOLES(hole_own("day", buf_text(&day)),
		       hole_number("n", wall_span(now, end) / USEC_PER_DAY)));
	term_end(s);
	buf_done(&day);
}

/* The public link is checked once more here: a page must never carry another scheme. */
static bool link_is_safe(const char *link)
{
	return link && (strncmp(link, "https://", 8) == 0 || strncmp(link, "http://", 7) == 0) &&
	       strlen(link) < TEXT_SHOWN_MAX;
}

static void link_write(const struct subject *u)
{
	const struct sheet *s = u->sheet;
	const char *link = u->shown.plan->link;

	if (!link_is_safe(link))
		return;
	term_write(s, WORD_T_LINK);
	buf_puts(s->to, "<a href=\"");
	text_attr(s->to, link);
	buf_puts(s->to, "\">");
	text_html(s->to, link);
	buf_puts(s->to, "</a>");
	term_end(s);
}

void target_how(const struct subject *u)
{
	target_section(u->sheet, "s-how", WORD_T_HOW);
	buf_puts(u->sheet->to, "    <dl class=\"kv\">\n");
	link_write(u);
	kind_write(u);
	rhythm_write(u);
	slow_write(u);
	certificate_write(u);
	buf_puts(u->sheet->to, "    </dl>\n");
	target_section_end(u->sheet);
}
