/*
 * group_page.h - one group's own page (g/SLUG.html), when the index has one
 * row for it.
 */
#ifndef RENDER_GROUP_PAGE_H
#define RENDER_GROUP_PAGE_H

#include "render/groups.h"

struct buf;

void page_group(const struct model *model, const struct groups *groups, size_t which,
		enum language language, struct buf *to);

#endif
