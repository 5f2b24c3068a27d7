/*
 * group_view.c - see group_view.h.
 */
#include "render/group_view.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"

void group_view_read(const struct sheet *s, const struct groups *groups, size_t which,
		     struct group_view *ret)
{
	const struct model *m = s->model;

	memset(ret, 0, sizeof *ret);
	for (size_t i = 0; i < m->plan->targets_n; i++) {
		const struct target_plan *plan = m->targets[i].plan;
		struct page_window window;

		if (plan->is_hidden || !groups_has(groups, which, plan->group))
			continue;
		tally_add(&ret->tally, m, &m->targets[i]);
		page_window_read(&s->facts->calendar, &m->rollups[i], &window);
		page_sum_add(&ret->days, &window);
	}
}

const char *group_shape(const struct tally *t)
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

void group_counts(const struct sheet *s, const struct tally *t)
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

void group_state_say(struct buf *to, const struct sheet *s, const struct tally *t)
{
	if (tally_is_blind(t))
		page_fill(to, s, WORD_NOT_OBSERVED, NO_HOLES);
	else if (tally_of(t) == 0)
		page_fill(to, s, WORD_GROUP_PLANNED, NO_HOLES);
	else
		page_fill(to, s, WORD_GROUP_UP,
			  HOLES(hole_number("up", t->up), hole_number("of", tally_of(t))));
}

void group_name_say(struct buf *to, const struct sheet *s, const struct groups *groups,
		    size_t which)
{
	if (which < groups->n)
		text_line(to, groups->names[which]);
	else
		page_fill(to, s, WORD_OTHER_GROUPS, NO_HOLES);
}

void group_bars(const struct sheet *s, const char *name, const struct group_view *view)
{
	struct page_window mean;

	page_sum_mean(&view->days, &s->facts->calendar, &mean);
	page_window_draw(s, name, &mean);
}
