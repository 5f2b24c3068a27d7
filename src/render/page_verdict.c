/*
 * page_verdict.c - the verdict: mark, one sentence, its reason, three figures,
 * and when this was written (status-page.md 2.2 and 3).
 */
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/calendar.h"
#include "base/text.h"
#include "render/page.h"
#include "render/page_parts.h"
#include "render/page_quiet.h"
#include "render/speech.h"

/* ---- headlines ---- */

static bool stack_is_alone(const struct model *model, size_t stack)
{
	const struct sight *sight = &model->stacks[stack].sight;

	return sight->edge_up + sight->edge_failing + sight->edge_open + sight->service_up +
		       sight->service_failing + sight->service_open == 0;
}

/* `one` and `count` are those of site-down. */
static void finding_write(struct buf *to, const struct sheet *s, size_t stack,
			  enum diagnosis finding, const struct target_view *one, unsigned count)
{
	struct buf name = BUF_INIT(LINE_MAX_BYTES);
	const struct target_view *last;
	unsigned planned;

	if (facts_is_last_one(s->model, stack, &last, &planned)) {
		finding = DIAGNOSIS_SITE_DOWN;
		one = last;
		count = 1;
	}
	if (one != NULL)
		facts_name(&name, s->language, s->model, one);
	if (diagnosis_is_pipeline(finding) && stack_is_alone(s->model, stack))
		speech_headline_alone(to, s->language, finding);
	else
		speech_headline(to, s->language, finding, one != NULL ? buf_text(&name) : NULL,
				count);
	buf_done(&name);
}

void page_write_stack_headline(struct buf *to, const struct sheet *s, size_t stack)
{
	const struct target_view *one;
	unsigned count = facts_failing(s->model, stack, &one);

	finding_write(to, s, stack, facts_finding(s->model, stack), one, count);
}

static void slow_headline(struct buf *to, const struct sheet *s)
{
	const struct facts *f = s->facts;
	struct buf name = BUF_INIT(LINE_MAX_BYTES);

	facts_name(&name, s->language, s->model, f->one);
	page_fill(to, s, word_for(WORD_HEAD_SLOW_ONE, f->count),
		  HOLES(hole_own("title", buf_text(&name)), hole_number("n", f->count)));
	buf_done(&name);
}

/* Nothing fails: what can be said of it. */
static void calm_headline(struct buf *to, const struct sheet *s)
{
	const struct facts *f = s->facts;

	if (f->is_stopped)
		page_fill(to, s, WORD_HEAD_STOPPED, NO_HOLES);
	else if (f->look == LOOK_UNKNOWN)
		page_fill(to, s, WORD_HEAD_UNKNOWN, NO_HOLES);
	else if (f->look == LOOK_SLOW)
		slow_headline(to, s);
	else if (f->look == LOOK_MAINT)
		page_fill(to, s, WORD_HEAD_MAINT, NO_HOLES);
	else if (f->targets.unknown > 0)
		page_fill(to, s, WORD_HEAD_PARTLY, NO_HOLES);
	else
		speech_headline(to, s->language, DIAGNOSIS_NONE, NULL, 0);
}

void page_write_headline(struct buf *to, const struct sheet *s)
{
	const struct facts *f = s->facts;

	if (f->finding == DIAGNOSIS_NONE)
		calm_headline(to, s);
	else
		finding_write(to, s, f->stack, f->finding, f->one, f->count);
}

const char *page_headline(const struct model *model, enum language language, struct buf *scratch)
{
	struct facts facts;

	facts_gather(model, &facts);
	const struct sheet s = { .model = model, .facts = &facts,
					 .language = language, .to = scratch };
	page_write_headline(scratch, &s);
	return buf_text(scratch);
}

void page_write_stack(struct buf *to, const struct sheet *s, size_t stack)
{
	const struct stack_plan *plan = s->model->stacks[stack].plan;

	if (plan->is_implicit)
		buf_puts(to, page_word(s->language, WORD_STACK_IMPLICIT));
	else
		text_line(to, plan->title != NULL ? plan->title : plan->name);
}

/*
 * Japanese headlines do not break inside a word (style.css: keep-all), so the
 * places where they may are marked: after a particle or a comma that is
 * followed by more. `html` is escaped already; its own markup is ASCII.
 */
static void break_after_particles(struct buf *to, const char *html)
{
	static const char *const particles[] = { "が", "は", "を", "の", "、", "・", "：" };

	while (*html != '\0') {
		size_t n = 1;

		for (size_t i = 0; i < sizeof particles / sizeof *particles; i++)
			if (strncmp(html, particles[i], strlen(particles[i])) == 0)
				n = strlen(particles[i]);
		buf_add(to, html, n);
		html += n;
		if (n > 1 && *html != '\0')
			buf_puts(to, "<wbr>");
	}
}

static void headline_show(const struct sheet *s)
{
	struct buf plain = BUF_INIT(LINE_MAX_BYTES), html = BUF_INIT(LINE_MAX_BYTES);

	page_write_headline(&plain, s);
	text_html(&html, buf_text(&plain));
	buf_puts(s->to, "      <h1>");
	if (s->language == LANGUAGE_JA)
		break_after_particles(s->to, buf_text(&html));
	else
		buf_puts(s->to, buf_text(&html));
	buf_puts(s->to, "</h1>\n");
	buf_done(&plain);
	buf_done(&html);
}

/* ---- each stack that is not fine, when there are several ---- */

static void stack_line(const struct sheet *s, size_t stack)
{
	struct buf name = BUF_INIT(LINE_MAX_BYTES), headline = BUF_INIT(LINE_MAX_BYTES);

	page_write_stack(&name, s, stack);
	page_write_stack_headline(&headline, s, stack);
	buf_puts(s->to, "        <li>");
	page_say(s, WORD_STACK_LINE, HOLES(hole_own("stack", buf_text(&name)),
					   hole_own("headline", buf_text(&headline))));
	buf_puts(s->to, "</li>\n");
	buf_done(&name);
	buf_done(&headline);
}

static void stacks_write(const struct sheet *s)
{
	bool has_any = false;

	if (s->model->plan->stacks_n < 2 || s->facts->finding == DIAGNOSIS_ISOLATED)
		return;
	for (size_t i = 0; i < s->model->plan->stacks_n; i++) {
		if (facts_finding(s->model, i) == DIAGNOSIS_NONE)
			continue;
		if (!has_any)
			buf_puts(s->to, "      <ul class=\"stacks\">\n");
		has_any = true;
		stack_line(s, i);
	}
	if (has_any)
		buf_puts(s->to, "      </ul>\n");
}

/* ---- figures ---- */

static void figure_begin(const struct sheet *s, enum word label)
{
	buf_puts(s->to, "        <div><dt>");
	page_put(s, label);
	buf_puts(s->to, "</dt><dd>");
}

static void figure_clock(const struct sheet *s, enum word label, wall_t at)
{
	figure_begin(s, label);
	page_time(s, at);
	buf_puts(s->to, "</dd></div>\n");
}

static void figure_span(const struct sheet *s, enum word label, usec_t span)
{
	usec_t seconds = span > 0 ? span / USEC_PER_SEC : 0;

	figure_begin(s, label);
	/* HTML durations have no days that we would need: hours may pass 24. */
	buf_printf(s->to, "<time datetime=\"PT%" PRId64 "H%" PRId64 "M%" PRId64 "S\">",
		   seconds / 3600, seconds % 3600 / 60, seconds % 60);
	speech_duration(s->to, s->language, span);
	buf_puts(s->to, "</time></dd></div>\n");
}

static bool is_outage(const struct facts *facts)
{
	return facts->look == LOOK_STACK || facts->look == LOOK_SITE;
}

static void figures_write(const struct sheet *s)
{
	wall_t since = facts_since(s->model, s->facts);

	if (!wall_is_set(since))
		return;
	buf_puts(s->to, "      <dl class=\"figs\">\n");
	figure_clock(s, is_outage(s->facts) ? WORD_DOWN_SINCE : WORD_SINCE, since);
	figure_span(s, WORD_SO_FAR, facts_lasting(s->model, s->facts));
	if (s->facts->look == LOOK_STACK &&
	    wall_is_set(s->model->stacks[s->facts->stack].last_answer))
		figure_clock(s, WORD_LAST_ANSWER_ANY,
			     s->model->stacks[s->facts->stack].last_answer);
	buf_puts(s->to, "      </dl>\n");
}

/* ---- what else is wrong, with us ---- */

static void note_begin(const struct sheet *s, const char *class)
{
	buf_printf(s->to,
		   "      <p class=\"note\"><svg class=\"g\" aria-hidden=\"true\">"
		   "<use href=\"#%s\"/></svg><span>", class);
}

static void note_write(const struct sheet *s, bool holds, enum word word)
{
	if (!holds)
		return;
	note_begin(s, "slow");
	page_put(s, word);
	buf_puts(s->to, "</span></p>\n");
}

static void mail_note(const struct sheet *s)
{
	static const enum word why[] = {
		[HOLD_UNREACHED] = WORD_MAIL_UNREACHED,
		[HOLD_PUT_OFF] = WORD_MAIL_PUT_OFF,
		[HOLD_REFUSED] = WORD_MAIL_REFUSED,
		[HOLD_IN_DOUBT] = WORD_MAIL_IN_DOUBT,
	};
	const struct model *m = s->model;

	note_begin(s, "slow");
	page_say_time(s, WORD_MAIL_BROKEN, m->oldest_notice);
	if (m->mail_hold != HOLD_NONE) {
		if (s->language == LANGUAGE_EN)
			buf_putc(s->to, ' ');
		page_put(s, why[m->mail_hold]);
	}
	buf_puts(s->to, "</span></p>\n");
}

static void canary_note(const struct sheet *s)
{
	note_begin(s, "slow");
	page_say_time(s, WORD_MAIL_LOST, s->model->canary.lost);
	buf_puts(s->to, "</span></p>\n");
}

static void notes_write(const struct sheet *s)
{
	const struct model *m = s->model;

	note_write(s, m->is_drill, WORD_DRILL);
	note_write(s, m->is_demo, WORD_DEMO);
	if (m->is_mail_broken)
		mail_note(s);
	if (m->canary.is_wanted && m->canary.state == CANARY_STATE_LOST)
		canary_note(s);
	note_write(s, m->is_storage_failing, WORD_STORAGE);
	note_write(s, m->trouble != NULL, WORD_TROUBLE);
	note_write(s, m->is_clock_wrong, WORD_CLOCK);
	quiet_notes(s);
}

/* ---- when ---- */

static void reported_write(const struct sheet *s)
{
	struct buf time = BUF_INIT(256);

	speech_full_time(&time, s->language, s->model->now.wall);
	buf_puts(s->to, "      <p class=\"asof\"><span>");
	page_put(s, WORD_REPORTED);
	buf_puts(s->to, " <time datetime=\"");
	calendar_print_iso(s->to, s->model->now.wall);
	buf_puts(s->to, "\">");
	text_html(s->to, buf_text(&time));
	buf_puts(s->to, "</time></span>");
	buf_done(&time);
}

/* data-due: for the optional script, which compares it with the reader's clock. */
static void due_write(const struct sheet *s)
{
	wall_t due = s->model->next_report;

	if (s->facts->is_stopped || s->place->is_over) {
		buf_puts(s->to, "</p>\n");
		return;
	}
	if (s->place->is_rare)
		due = (wall_t){ s->model->now.wall.us + RARE_PERIOD };
	else if (!wall_is_set(due))
		due = (wall_t){ s->model->now.wall.us + REPORT_PERIOD };
	buf_puts(s->to, "<span class=\"nw\">");
	page_put(s, WORD_NEXT_DUE);
	buf_puts(s->to, " <time data-due datetime=\"");
	calendar_print_iso(s->to, due);
	buf_puts(s->to, "\">");
	page_write_clock(s->to, s, due);
	buf_puts(s->to, "</time></span></p>\n");
}

void page_reported(const struct sheet *s)
{
	reported_write(s);
	due_write(s);
}

static void mark_write(const struct sheet *s)
{
	const char *symbol = look_of(s->facts)->symbol;

	if (symbol == NULL)
		buf_puts(s->to, "      <svg class=\"mark\" viewBox=\"0 0 56 56\" fill=\"none\" "
				"stroke=\"currentColor\" aria-hidden=\"true\">"
				"<path d=\"M3 3h50v50H3z\" stroke-width=\"5\"/>"
				"<path d=\"M17 17l22 22m0-22L17 39\" stroke-width=\"6\"/></svg>\n");
	else
		buf_printf(s->to, "      <svg class=\"mark\" aria-hidden=\"true\" fill=\"none\">"
				  "<use href=\"#%s\"/></svg>\n", symbol);
}

void page_verdict(const struct sheet *s)
{
	buf_puts(s->to, "  <div class=\"hero\">\n    <div class=\"wrap verdict\">\n");
	mark_write(s);
	headline_show(s);
	page_lede(s);
	stacks_write(s);
	figures_write(s);
	notes_write(s);
	page_reported(s);
	buf_puts(s->to, "    </div>\n  </div>\n");
}
