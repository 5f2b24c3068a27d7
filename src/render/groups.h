/*
 * groups.h - the groups that have a row on the page when the checks are too
 * many for that, and their files' names.
 */
#ifndef RENDER_GROUPS_H
#define RENDER_GROUPS_H

#include "core/model.h"

#define GROUPS_MAX     40
#define GROUP_SLUG_MAX 90

/* In the order of their first visible target; those beyond the last one are one row more. */
struct groups {
	const char *names[GROUPS_MAX]; /* the plan's */
	char slugs[GROUPS_MAX][GROUP_SLUG_MAX];
	size_t n;
	bool has_others;
};

/* None while each check has a row of its own. */
void groups_gather(const struct model *model, struct groups *ret);
/* Rows: `which` below is less. */
size_t groups_rows(const struct groups *groups);
/* "public-sites": of [a-z0-9-], no two alike. */
const char *groups_slug(const struct groups *groups, size_t which);
/* The slug of the row that tells of that group; NULL: none does. */
const char *groups_slug_of(const struct groups *groups, const char *group);
/* Is a target of that group told in this row? */
bool groups_has(const struct groups *groups, size_t which, const char *group);

/*
 * "public-sites". What such a name cannot hold is told apart by a number made of the whole title,
 * so that it stays the same whatever other groups there are.
 */
void group_slug(const char *title, char ret[GROUP_SLUG_MAX]);

#endif
