/*
 * page_many.c - the checks when they are too many to have a row each: those
 * that are not simply up by name, and every group as one row.
 *
 * 10,000 rows would be 30 MB of HTML every 30 s and nobody would read them;
 * what a reader comes for is what is wrong, and where. So the page's weight is
 * bounded here whatever the configuration: NAMED_MAX checks by name, the worst
 * kinds first, and GROUPS_MAX groups, the rest together as one more.
 *
 * Nothing is allocated per target: each group's days are added up while its
 * row is written. A row leads to the group's own page (group_page.c).
 */
#include "base/buf.h"
#include "base/text.h"
#include "render/group_view.h"
#include "render/page_rows.h"

#define NAMED_MAX 50

/* ---- not simply up ---- */

/* Why a check is named, in the order of the list. */
enum unusual {
	UNUSUAL_FAILING,
	UNUSUAL_SUSPECT,
	UNUSUAL_SLOW,
	UNUSUAL_ENDING,
	UNUSUAL_UNKNOWN,
	UNUSUAL_PLANNED,
	UNUSUAL_COUNT, /* it is not */
};

/* While isolated nothing is observed: that is the headline, not news about each check. */
static enum unusual unusual_of_unknown(const struct model *model)
{
	return model->vantage == VANTAGE_ISOLATED ? UNUSUAL_COUNT : UNUSUAL_UNKNOWN;
}

static enum unusual unusual_of(const struct model *model, const struct target_view *t)
{
	switch (facts_state(model, t)) {
	case VERDICT_UNKNOWN:
		return unusual_of_unknown(model);
	case VERDICT_DOWN:
	case VERDICT_RECOVERING:
		return UNUSUAL_FAILING;
	case VERDICT_SUSPECT:
		return UNUSUAL_SUSPECT;
	case VERDICT_PAUSED:
		return UNUSUAL_PLANNED;
	case VERDICT_UP:
	case VERDICT_COUNT:
		break;
	}
	if (t->is_slow)
		return UNUSUAL_SLOW;
	return row_is_ending(model, t) ? UNUSUAL_ENDING : UNUSUAL_COUNT;
}

static bool is_of_kind(const struct model *model, size_t target, enum unusual kind)
{
	const struct target_view *t = &model->targets[target];

	return !t->plan->is_hidden && unusual_of(model, t) == kind;
}

/* Both halves of a pair have a row, but are one check. */
static bool is_told(const struct model *model, uint32_t target)
{
	return target_is_second(model->plan, target) &&
	       !is_of_kind(model, target_twin(model->plan, target), UNUSUAL_COUNT);
}

static unsigned unusual_count(const struct model *model)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < model->plan->targets_n; i++)
		n += !is_of_kind(model, i, UNUSUAL_COUNT) && !model->targets[i].plan->is_hidden &&
		     !is_told(model, i);
	return n;
}

static void unusual_rows(const struct sheet *s)
{
	unsigned named = 0;

	for (enum unusual kind = 0; kind < UNUSUAL_COUNT; kind++)
		for (size_t i = 0; i < s->model->plan->targets_n && named < NAMED_MAX; i++) {
			if (!is_of_kind(s->model, i, kind))
				continue;
			row_target_alone(s, i);
			named++;
		}
}

static void unusual_write(const struct sheet *s)
{
	unsigned n = unusual_count(s->model);

	if (n == 0)
		return;
	buf_puts(s->to, "    <div class=\"grp\" id=\"unusual\">\n      <div class=\"grp-h\"><h2>");
	page_put(s, WORD_UNUSUAL);
	buf_puts(s->to, s->facts->targets.failing > 0 ? "</h2><p class=\"bad\">" : "</h2><p>");
	page_say(s, WORD_UNUSUAL_COUNT,
		 HOLES(hole_number("n", n), hole_number("of", s->facts->targets.all)));
	buf_puts(s->to, "</p></div>\n      <ul>\n");
	unusual_rows(s);
	buf_puts(s->to, "      </ul>\n");
	if (n > NAMED_MAX) {
		buf_puts(s->to, "      <p class=\"more\">");
		page_say(s, WORD_UNUSUAL_MORE, HOLES(hole_number("n", n - NAMED_MAX)));
		buf_puts(s->to, "</p>\n");
	}
	buf_puts(s->to, "    </div>\n");
}

/* ---- groups ---- */

static void name_write(const struct sheet *s, const struct groups *groups, size_t which,
		       const char *name)
{
	if (!s->place->is_kiosk) {
		buf_puts(s->to, "<a href=\"");
		page_write_group(s->to, s, groups_slug(groups, which));
		buf_puts(s->to, "\">");
	}
	text_html(s->to, name);
	buf_puts(s->to, s->place->is_kiosk ? "" : "</a>");
}

static void group_write(const struct sheet *s, const struct groups *groups, size_t which)
{
	struct buf name = BUF_INIT(LINE_MAX_BYTES), state = BUF_INIT(LINE_MAX_BYTES);
	struct group_view view;

	group_view_read(s, groups, which, &view);
	group_name_say(&name, s, groups, which);
	group_state_say(&state, s, &view.tally);
	row_begin(s, group_shape(&view.tally));
	name_write(s, groups, which, buf_text(&name));
	row_state(s, group_shape(&view.tally), buf_text(&state));
	row_head_end(s);
	group_counts(s, &view.tally);
	group_bars(s, buf_text(&name), &view);
	buf_puts(s->to, "    </li>\n");
	buf_done(&name);
	buf_done(&state);
}

static void list_begin(const struct sheet *s, enum word name)
{
	buf_puts(s->to, "    <div class=\"grp\">\n      <div class=\"grp-h\"><h2>");
	page_put(s, name);
	buf_puts(s->to, "</h2></div>\n      <ul>\n");
}

static void list_end(const struct sheet *s)
{
	buf_puts(s->to, "      </ul>\n    </div>\n");
}

static void groups_write(const struct sheet *s)
{
	struct groups groups;

	groups_gather(s->model, &groups);
	list_begin(s, WORD_GROUPS);
	for (size_t i = 0; i < groups_rows(&groups); i++)
		group_write(s, &groups, i);
	list_end(s);
}

static void deadmen_write(const struct sheet *s)
{
	if (s->model->plan->watchdogs_n == 0)
		return;
	list_begin(s, WORD_PIPELINE);
	for (size_t i = 0; i < s->model->plan->watchdogs_n; i++)
		row_deadman(s, i);
	list_end(s);
}

void page_many(const struct sheet *s)
{
	unusual_write(s);
	groups_write(s);
	deadmen_write(s);
}
