/*
 * outputs_group.c - a page of its own for each group, in each language, when
 * the checks are too many to be listed by name.
 *
 * It is drawn when one of its checks changes, and each quarter hour at a moment
 * of its own, as those checks' pages are.
 */
#include "app/outputs_parts.h"
#include "base/buf.h"
#include "render/group_page.h"
#include "render/page.h"

size_t group_page_count(const struct sources *from)
{
	return from->groups ? groups_rows(from->groups) * LANGUAGE_COUNT : 0;
}

void group_page_name(const struct sources *from, size_t which, struct buf *to)
{
	enum language language = output_language(from, which);

	if (page_has_language(from->model, language))
		page_file_name(from->model, "g/", groups_slug(from->groups, which / LANGUAGE_COUNT),
			       language, to);
}

void group_page_draw(const struct sources *from, size_t which, struct buf *to)
{
	page_group(from->model, from->groups, which / LANGUAGE_COUNT, output_language(from, which),
		   to);
}

uint64_t group_page_stamp(const struct sources *from, size_t which)
{
	const struct model *m = from->model;
	uint64_t stamp = stamp_mix(STAMP_BEGIN, (uint64_t)m->vantage * 2 + wall_is_set(m->stopped));

	for (size_t i = 0; i < m->plan->targets_n; i++)
		if (!m->plan->targets[i].is_hidden &&
		    groups_has(from->groups, which / LANGUAGE_COUNT, m->plan->targets[i].group))
			stamp = stamp_mix(stamp, target_stamp(m, i));
	return stamp_mix(stamp,
			 stamp_slot(m->now.wall, which, group_page_count(from), RARE_PERIOD));
}
