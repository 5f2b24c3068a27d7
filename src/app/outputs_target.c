/*
 * outputs_target.c - a page of its own for each check that is not hidden, in
 * each language.
 *
 * Up to a hundred checks their pages come with every report and are as fresh
 * as index.html. Of more, a page is written when its check changes, and each
 * quarter hour at a moment of its own.
 */
#include "app/outputs_parts.h"
#include "app/recent.h"
#include "base/buf.h"
#include "render/page.h"
#include "render/target.h"

size_t target_page_count(const struct sources *from)
{
	return from->model->plan->targets_n * LANGUAGE_COUNT;
}

static size_t target_of(size_t which)
{
	return which / LANGUAGE_COUNT;
}

void target_page_name(const struct sources *from, size_t which, struct buf *to)
{
	const struct target_plan *target = &from->model->plan->targets[target_of(which)];
	enum language language = output_language(from, which);

	if (!target->is_hidden && page_has_language(from->model, language))
		page_file_name(from->model, "t/", target->name, language, to);
}

void target_page_draw(const struct sources *from, size_t which, struct buf *to)
{
	size_t target = target_of(which);
	struct target_past past;
	bool is_known = recent_past(from, target, &past);

	page_target(&(struct target_sources){ .model = from->model, .target = target,
					      .past = is_known ? &past : NULL,
					      .groups = from->groups },
		    output_language(from, which), to);
}

uint64_t target_stamp(const struct model *m, size_t target)
{
	const struct target_view *t = &m->targets[target];

	return (uint64_t)t->state * 8 + t->is_slow * 4U + t->is_silenced * 2U + t->is_flapping;
}

uint64_t target_page_stamp(const struct sources *from, size_t which)
{
	const struct model *m = from->model;
	uint64_t stamp = stamp_mix(STAMP_BEGIN, target_stamp(m, target_of(which)));

	if (!page_target_is_rare(m))
		return stamp_mix(stamp, m->report);
	stamp = stamp_mix(stamp, (uint64_t)m->vantage * 2 + wall_is_set(m->stopped));
	return stamp_mix(stamp, stamp_slot(m->now.wall, which, target_page_count(from),
					   RARE_PERIOD));
}
