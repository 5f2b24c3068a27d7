/*
 * group_view.h - a group of checks as one thing: how they are, how they were.
 * Internal to render.
 */
#ifndef RENDER_GROUP_VIEW_H
#define RENDER_GROUP_VIEW_H

#include "render/groups.h"
#include "render/page_parts.h"

struct group_view {
	struct tally tally;
	struct page_sum days;
};

void group_view_read(const struct sheet *s, const struct groups *groups, size_t which,
		     struct group_view *ret);
/* As row_shape(). */
const char *group_shape(const struct tally *t);
/* "24 of 25 up", as plain text. */
void group_state_say(struct buf *to, const struct sheet *s, const struct tally *t);
/* The group's title, or what the others are called, as plain text. */
void group_name_say(struct buf *to, const struct sheet *s, const struct groups *groups,
		    size_t which);
/* A line with what is not simply up; nothing when all is. */
void group_counts(const struct sheet *s, const struct tally *t);
/* The mean of their days; `name` is plain text. */
void group_bars(const struct sheet *s, const char *name, const struct group_view *view);

#endif
