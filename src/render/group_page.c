/*
 * group_page.c - one group's own page: how it is as a whole, then its checks.
 *
 * Its weight is bounded whatever the configuration: ROWS_WITH_BARS checks with
 * their days, then ROWS_BRIEF without, and the rest is counted. Those that fail
 * are named on the index besides.
 */
#include "render/group_page.h"

#include "base/buf.h"
#include "base/text.h"
#include "render/group_view.h"
#include "render/page_rows.h"

#define ROWS_WITH_BARS 60
#define ROWS_BRIEF     500

/* One group being written. */
struct gathering {
	const struct sheet *sheet;
	const struct groups *groups;
	size_t which;
	struct group_view view;
	const char *name; /* plain text */
};

/* ---- the head ---- */

static void crumb_write(const struct sheet *s)
{
	buf_puts(s->to, "      <p class=\"crumb\"><a href=\"");
	page_write_index(s->to, s);
	buf_puts(s->to, "\">");
	page_put(s, WORD_T_ALL);
	buf_puts(s->to, "</a></p>\n");
}

static void state_write(const struct gathering *g)
{
	const struct sheet *s = g->sheet;
	const char *shape = group_shape(&g->view.tally);
	struct buf state = BUF_INIT(LINE_MAX_BYTES);

	group_state_say(&state, s, &g->view.tally);
	buf_printf(s->to,
		   "      <p class=\"state %s\"><svg class=\"g %s\" aria-hidden=\"true\">"
		   "<use href=\"#%s\"/></svg><span>",
		   shape, shape, shape);
	text_html(s->to, buf_text(&state));
	buf_puts(s->to, "</span></p>\n");
	group_counts(s, &g->view.tally);
	buf_done(&state);
}

static void head_write(const struct gathering *g)
{
	const struct sheet *s = g->sheet;

	buf_puts(s->to, "  <div class=\"hero\">\n    <div class=\"wrap verdict\">\n");
	crumb_write(s);
	buf_puts(s->to, "      <h1>");
	text_html(s->to, g->name);
	buf_puts(s->to, "</h1>\n");
	state_write(g);
	group_bars(s, g->name, &g->view);
	page_reported(s);
	buf_puts(s->to, "    </div>\n  </div>\n  <div class=\"wrap\">\n");
}

/* ---- its checks ---- */

static bool is_member(const struct gathering *g, size_t target)
{
	const struct target_plan *plan = &g->sheet->model->plan->targets[target];

	return !plan->is_hidden && groups_has(g->groups, g->which, plan->group);
}

static void list_begin(const struct gathering *g, enum word name)
{
	const struct sheet *s = g->sheet;

	buf_puts(s->to, "    <div class=\"grp\">\n      <div class=\"grp-h\"><h2>");
	page_put(s, name);
	buf_puts(s->to, "</h2></div>\n      <ul>\n");
}

/* Its members from place `from` on, `max` at most. The place after the last one. */
static size_t rows_write(const struct gathering *g, void (*row)(const struct sheet *, size_t),
			 size_t from, size_t max)
{
	size_t i = from;

	for (size_t n = 0; i < g->sheet->model->plan->targets_n && n < max; i++) {
		if (!is_member(g, i))
			continue;
		row(g->sheet, i);
		n++;
	}
	buf_puts(g->sheet->to, "      </ul>\n");
	return i;
}

static size_t members_after(const struct gathering *g, size_t from)
{
	size_t n = 0;

	for (size_t i = from; i < g->sheet->model->plan->targets_n; i++)
		n += is_member(g, i);
	return n;
}

static void rest_write(const struct gathering *g, size_t from)
{
	const struct sheet *s = g->sheet;
	size_t more;

	if (members_after(g, from) == 0)
		return;
	list_begin(g, WORD_G_REST);
	more = members_after(g, rows_write(g, row_target_brief, from, ROWS_BRIEF));
	if (more > 0) {
		buf_puts(s->to, "      <p class=\"more\">");
		page_say(s, WORD_UNUSUAL_MORE, HOLES(hole_number("n", more)));
		buf_puts(s->to, "</p>\n");
	}
	buf_puts(s->to, "    </div>\n");
}

static void checks_write(const struct gathering *g)
{
	const struct sheet *s = g->sheet;
	size_t next;

	buf_puts(s->to, "  <section id=\"checks\" aria-label=\"");
	page_put(s, WORD_CHECKS);
	buf_puts(s->to, "\">\n");
	list_begin(g, WORD_CHECKS);
	next = rows_write(g, row_target, 0, ROWS_WITH_BARS);
	buf_puts(s->to, "    </div>\n");
	rest_write(g, next);
	buf_puts(s->to, "  </section>\n");
}

/* ---- all of it ---- */

void page_group(const struct model *model, const struct groups *groups, size_t which,
		enum language language, struct buf *to)
{
	const struct place place = { .folder = "g/",
				     .file = groups_slug(groups, which),
				     .is_rare = true };
	struct buf name = BUF_INIT(LINE_MAX_BYTES);
	struct facts facts;

	facts_gather(model, &facts);
	struct sheet s = { model, &facts, language, to, &place, NULL };
	struct gathering g = { .sheet = &s, .groups = groups, .which = which };

	group_name_say(&name, &s, groups, which);
	s.subject = g.name = buf_text(&name);
	group_view_read(&s, groups, which, &g.view);
	page_begin(&s);
	head_write(&g);
	checks_write(&g);
	page_end(&s);
	buf_done(&name);
}
