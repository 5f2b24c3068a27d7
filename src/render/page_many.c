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
 * row is written.
 */
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "render/page_rows.h"

#define NAMED_MAX  50
#define GROUPS_MAX 40

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

/* In the order of their first visible target; those beyond the last one have no row. */
struct groups {
	const char *names[GROUPS_MAX];
	size_t n;
	bool has_others;
};

static size_t group_find(const struct groups *groups, const char *name)
{
	for (size_t i = 0; i < groups->n; i++)
		if (strcmp(groups->names[i], name) == 0)
			return i;
	return groups->n;
}

static void groups_gather(const struct model *model, struct groups *ret)
{
	*ret = (struct groups){ .n = 0 };
	for (size_t i = 0; i < model->plan->targets_n; i++) {
		const struct target_plan *plan = model->targets[i].plan;

		if (plan->is_hidden || group_find(ret, plan->group) < ret->n)
			continue;
		if (ret->n < GROUPS_MAX)
			ret->names[ret->n++] = plan->group;
		else
			ret->has_others = true;
	}
}

/* What a row tells: how its checks are now, and how they were. */
struct group_view {
	struct tally tally;
	struct page_sum days;
};

/* `which` is an index into groups, or groups.n: those without a row of their own. */
static bool is_member(const struct groups *groups, size_t which, const char *group)
{
	if (which < groups->n)
		return strcmp(groups->names[which], group) == 0;
	return group_find(groups, group) == groups->n;
}

static void group_read(const struct sheet *s, const struct groups *groups, size_t which,
		       struct group_view *ret)
{
	const struct model *m = s->model;

	memset(ret, 0, sizeof *ret);
	for (size_t i = 0; i < m->plan->targets_n; i++) {
		const struct target_plan *plan = m->targets[i].plan;
		struct page_window window;

		if (plan->is_hidden || !is_member(groups, which, plan->group))
			continue;
		tally_add(&ret->tally, m, &m->targets[i]);
		page_window_read(&s->facts->calendar, &m->rollups[i], &window);
		page_sum_add(&ret->days, &window);
	}
}

static const char *shape_of(const struct tally *t)
{
	if (t->failing > 0)
		return "down";
	if (tally_is_blind(t))
		return "none";
	if (tally_of(t) == 0)
		return "maint";
	return t->slow > 0 ? "slow" : "up";
}

static void count_write(const struct sheet *s, enum word word, unsigned n)
{
	if (n == 0)
		return;
	buf_puts(s->to, "<span>");
	page_say(s, word, HOLES(hole_number("n", n)));
	buf_puts(s->to, "</span>");
}

/* Only what is not simply up is counted out. */
static void counts_write(const struct sheet *s, const struct tally *t)
{
	if (t->up == t->all && t->slow + t->suspect == 0)
		return;
	buf_puts(s->to, "      <p class=\"why sum\">");
	count_write(s, WORD_COUNT_DOWN, t->failing);
	count_write(s, WORD_COUNT_SUSPECT, t->suspect);
	count_write(s, WORD_COUNT_SLOW, t->slow);
	count_write(s, WORD_COUNT_UNKNOWN, t->unknown);
	count_write(s, WORD_COUNT_PLANNED, t->paused);
	buf_puts(s->to, "</p>\n");
}

static void state_say(struct buf *to, const struct sheet *s, const struct tally *t)
{
	if (tally_is_blind(t))
		page_fill(to, s, WORD_NOT_OBSERVED, NO_HOLES);
	else if (tally_of(t) == 0)
		page_fill(to, s, WORD_GROUP_PLANNED, NO_HOLES);
	else
		page_fill(to, s, WORD_GROUP_UP,
			  HOLES(hole_number("up", t->up), hole_number("of", tally_of(t))));
}

static void name_say(struct buf *to, const struct sheet *s, const struct groups *groups,
		     size_t which)
{
	if (which < groups->n)
		text_line(to, groups->names[which]);
	else
		page_fill(to, s, WORD_OTHER_GROUPS, NO_HOLES);
}

static void row_write(const struct sheet *s, const char *name, const struct group_view *g)
{
	const char *shape = shape_of(&g->tally);
	struct buf state = BUF_INIT(LINE_MAX_BYTES);
	struct page_window mean;

	state_say(&state, s, &g->tally);
	row_begin(s, shape);
	text_html(s->to, name);
	row_state(s, shape, buf_text(&state));
	row_head_end(s);
	counts_write(s, &g->tally);
	page_sum_mean(&g->days, &s->facts->calendar, &mean);
	page_window_draw(s, name, &mean);
	buf_puts(s->to, "    </li>\n");
	buf_done(&state);
}

static void group_write(const struct sheet *s, const struct groups *groups, size_t which)
{
	struct buf name = BUF_INIT(LINE_MAX_BYTES);
	struct group_view view;

	group_read(s, groups, which, &view);
	name_say(&name, s, groups, which);
	row_write(s, buf_text(&name), &view);
	buf_done(&name);
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
	for (size_t i = 0; i < groups.n + groups.has_others; i++)
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
