/*
 * target_page.c - one check's own page: its state, and the sections below it.
 */
#include "render/target.h"

#include "base/buf.h"
#include "base/text.h"
#include "render/groups.h"
#include "render/page_quiet.h"
#include "render/page_rows.h"
#include "render/speech.h"
#include "render/target_parts.h"

static void (*const sections[])(const struct subject *) = {
	target_uptime, target_chart, target_phases, target_checks, target_how,
};

/* ---- what sections share ---- */

void target_section(const struct sheet *s, const char *id, enum word word)
{
	buf_printf(s->to, "  <section aria-labelledby=\"%s\">\n    <h2 id=\"%s\">", id, id);
	page_put(s, word);
	buf_puts(s->to, "</h2>\n");
}

void target_section_end(const struct sheet *s)
{
	buf_puts(s->to, "  </section>\n");
}

void target_write_latency(const struct sheet *s, usec_t span)
{
	struct buf text = BUF_INIT(64);

	if (span > 0)
		speech_latency(&text, s->language, span);
	else
		buf_puts(&text, "–");
	text_html(s->to, buf_text(&text));
	buf_done(&text);
}

/* ---- the head ---- */

static void group_write(const struct subject *u)
{
	const struct sheet *s = u->sheet;

	if (u->group_slug) {
		buf_puts(s->to, "<a href=\"");
		page_write_group(s->to, s, u->group_slug);
		buf_puts(s->to, "\">");
	}
	text_html(s->to, u->shown.plan->group);
	if (u->group_slug)
		buf_puts(s->to, "</a>");
}

static void crumb_write(const struct subject *u)
{
	const struct sheet *s = u->sheet;

	buf_puts(s->to, "      <p class=\"crumb\"><a href=\"");
	page_write_index(s->to, s);
	buf_puts(s->to, "\">");
	page_put(s, WORD_T_ALL);
	buf_puts(s->to, "</a> / ");
	group_write(u);
	buf_puts(s->to, "</p>\n      <h1>");
	text_html(s->to, u->name);
	buf_puts(s->to, "</h1>\n");
}

/* "Up since 04:14:02, answering in 151 ms"; of what is not observed only that. */
static void state_write(const struct subject *u)
{
	const struct sheet *s = u->sheet;
	const struct target_view *t = &u->shown;
	const char *shape = row_shape(t), *word = speech_state(s->language, t);
	bool is_up = t->state == VERDICT_UP || t->state == VERDICT_SUSPECT;
	wall_t since = wall_is_set(t->failing_since) && !is_up ? t->failing_since : t->since;

	struct buf time = BUF_INIT(128);

	if (wall_is_set(since))
		page_write_clock(&time, s, since);
	buf_printf(s->to, "      <p class=\"state %s\"><svg class=\"g %s\" aria-hidden=\"true\">"
			  "<use href=\"#%s\"/></svg><span>", shape, shape, shape);
	if (t->state == VERDICT_UNKNOWN || !wall_is_set(since))
		text_html(s->to, word);
	else
		page_say(s, is_up && t->ok_total_us > 0 ? WORD_T_STATE_UP : WORD_T_STATE,
			 HOLES(hole_own("state", word), hole_own("time", buf_text(&time)),
			       hole_latency("latency", t->ok_total_us)));
	buf_puts(s->to, "</span></p>\n");
	buf_done(&time);
}

static void head_write(const struct subject *u)
{
	const struct sheet *s = u->sheet;

	buf_puts(s->to, "  <div class=\"hero\">\n    <div class=\"wrap verdict\">\n");
	crumb_write(u);
	state_write(u);
	row_why(s, u->index);
	page_reported(s);
	buf_puts(s->to, "    </div>\n  </div>\n  <div class=\"wrap\">\n  <div id=\"checks\">\n");
}

/* ---- all of it ---- */

bool page_target_is_rare(const struct model *model)
{
	size_t visible = 0;

	for (size_t i = 0; i < model->plan->targets_n; i++)
		visible += !model->plan->targets[i].is_hidden;
	return visible > TARGETS_BY_NAME;
}

void page_target(const struct target_sources *from, enum language language, struct buf *to)
{
	const struct model *model = from->model;
	size_t target = from->target;
	const struct place place = { .folder = "t/", .file = model->plan->targets[target].name,
				     .is_rare = page_target_is_rare(model) };
	struct buf name = BUF_INIT(LINE_MAX_BYTES);
	struct facts facts;

	facts_gather(model, &facts);
	speech_target(&name, language, model->plan, (uint32_t)target);
	const struct sheet s = { model, &facts, language, to, &place, buf_text(&name) };
	struct subject u = { .sheet = &s, .index = target, .shown = model->targets[target],
			     .name = buf_text(&name), .past = from->past };

	if (from->groups)
		u.group_slug = groups_slug_of(from->groups, u.shown.plan->group);
	u.shown.state = facts_state(model, &u.shown);
	page_begin(&s);
	head_write(&u);
	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
		sections[i](&u);
	buf_puts(to, "  </div>\n");
	page_end(&s);
	buf_done(&name);
}
