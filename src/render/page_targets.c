/*
 * page_targets.c - the checks by group, each with its row. The Watchdogs have
 * a group of their own, or join a configured one of the same name. Too many
 * for that: page_many.c.
 */
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "render/page_rows.h"

static bool group_is_pipeline(const char *group)
{
	for (enum language l = 0; l < LANGUAGE_COUNT; l++)
		if (strcmp(group, page_word(l, WORD_PIPELINE)) == 0)
			return true;
	return false;
}

static bool is_member(const struct model *model, size_t target, const char *group)
{
	const struct target_plan *plan = model->targets[target].plan;

	return !plan->is_hidden && strcmp(plan->group, group) == 0;
}

static void group_sum(const struct sheet *s, const struct tally *tally, bool has_deadmen)
{
	unsigned deadmen = has_deadmen ? s->facts->deadmen_of : 0;
	unsigned up = tally->up + (deadmen > 0 ? s->facts->deadmen_up : 0);
	bool is_bad = tally->failing > 0 || (deadmen > 0 && s->facts->deadmen_dead > 0);

	buf_puts(s->to, is_bad ? "</h2><p class=\"bad\">" : "</h2><p>");
	if (tally_of(tally) + deadmen == 0)
		page_put(s, WORD_GROUP_PLANNED);
	else if (tally_is_blind(tally) && deadmen == 0)
		page_put(s, WORD_NOT_OBSERVED);
	else
		page_say(s, WORD_GROUP_UP, HOLES(hole_number("up", up),
						 hole_number("of", tally_of(tally) + deadmen)));
	buf_puts(s->to, "</p></div>\n      <ul>\n");
}

static void group_members(const struct sheet *s, const char *group)
{
	for (size_t i = 0; group != NULL && i < s->model->plan->targets_n; i++)
		if (is_member(s->model, i, group))
			row_target(s, i);
}

/* `group` NULL: the Watchdogs alone. `n` numbers the groups on the page. */
static void group_write(const struct sheet *s, const char *group, unsigned n, bool has_deadmen)
{
	unsigned deadmen = has_deadmen ? (unsigned)s->model->plan->watchdogs_n : 0;
	struct tally tally = { 0 };

	for (size_t i = 0; group != NULL && i < s->model->plan->targets_n; i++)
		if (is_member(s->model, i, group))
			tally_add(&tally, s->model, &s->model->targets[i]);
	buf_printf(s->to, "    <div class=\"grp\" id=\"g-%u\">\n      <div class=\"grp-h\"><h2>",
		   n);
	if (group != NULL)
		text_html(s->to, group);
	else
		page_put(s, WORD_PIPELINE);
	group_sum(s, &tally, deadmen > 0);
	for (unsigned i = 0; i < deadmen; i++)
		row_deadman(s, i);
	group_members(s, group);
	buf_puts(s->to, "      </ul>\n    </div>\n");
}

/* Groups come in the order of their first visible target. */
static bool is_first_of_group(const struct model *model, size_t target)
{
	const char *group = model->targets[target].plan->group;

	if (!is_member(model, target, group))
		return false;
	for (size_t i = 0; i < target; i++)
		if (is_member(model, i, group))
			return false;
	return true;
}

static void groups_write(const struct sheet *s)
{
	bool has_deadmen = s->model->plan->watchdogs_n > 0;
	unsigned n = 0;

	for (size_t i = 0; i < s->model->plan->targets_n; i++) {
		const char *group = s->model->targets[i].plan->group;
		bool takes_deadmen = has_deadmen && group_is_pipeline(group);

		if (!is_first_of_group(s->model, i))
			continue;
		group_write(s, group, ++n, takes_deadmen);
		has_deadmen = has_deadmen && !takes_deadmen;
	}
	if (has_deadmen)
		group_write(s, NULL, ++n, true);
}

void page_targets(const struct sheet *s)
{
	buf_puts(s->to, "  <section id=\"checks\" aria-label=\"");
	page_put(s, WORD_CHECKS);
	buf_puts(s->to, "\">\n");
	if (s->facts->targets.all > TARGETS_BY_NAME)
		page_many(s);
	else
		groups_write(s);
	buf_puts(s->to, "  </section>\n");
}
