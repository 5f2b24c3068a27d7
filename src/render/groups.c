/*
 * groups.c - see groups.h.
 */
#include "render/groups.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "render/page_parts.h"

#define SLUG_OF_OTHERS "others"
#define SLUG_WHOLE     78 /* characters; a number after them still has its place */

/* ---- names of files ---- */

/* FNV-1a, 32 bits. */
static uint32_t number_of(const char *title)
{
	uint32_t hash = 2166136261u;

	for (const char *c = title; *c != '\0'; c++)
		hash = (hash ^ (unsigned char)*c) * 16777619u;
	return hash;
}

static void slug_number(const char *title, char slug[GROUP_SLUG_MAX])
{
	size_t n = strlen(slug);

	(void)snprintf(slug + n, GROUP_SLUG_MAX - n, "-%08x", number_of(title));
}

void group_slug(const char *title, char ret[GROUP_SLUG_MAX])
{
	bool is_whole = true;
	size_t n = 0;

	for (const char *c = title; *c != '\0' && is_whole; c++) {
		bool is_upper = *c >= 'A' && *c <= 'Z';
		bool is_plain = is_upper || (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9');

		is_whole = (is_plain || *c == ' ') && n < SLUG_WHOLE;
		if (is_whole)
			ret[n++] = is_upper ? (char)(*c - 'A' + 'a') : is_plain ? *c : '-';
	}
	ret[n] = '\0';
	if (!is_whole)
		slug_number(title, ret);
}

static bool is_taken(const struct groups *groups, const char *slug)
{
	if (slug[0] == '\0' || strcmp(slug, SLUG_OF_OTHERS) == 0)
		return true;
	for (size_t i = 0; i < groups->n; i++)
		if (strcmp(groups->slugs[i], slug) == 0)
			return true;
	return false;
}

/* ---- which there are ---- */

static size_t group_find(const struct groups *groups, const char *name)
{
	for (size_t i = 0; i < groups->n; i++)
		if (strcmp(groups->names[i], name) == 0)
			return i;
	return groups->n;
}

static void group_add(struct groups *groups, const char *name)
{
	char *slug = groups->slugs[groups->n];

	group_slug(name, slug);
	if (is_taken(groups, slug)) /* "Sites" and "sites" */
		slug_number(name, slug);
	groups->names[groups->n++] = name;
}

void groups_gather(const struct model *model, struct groups *ret)
{
	size_t visible = 0;

	*ret = (struct groups){ .n = 0 };
	for (size_t i = 0; i < model->plan->targets_n; i++) {
		const struct target_plan *plan = &model->plan->targets[i];

		if (plan->is_hidden)
			continue;
		visible += !target_is_second(model->plan, (uint32_t)i);
		if (group_find(ret, plan->group) < ret->n)
			continue;
		if (ret->n < GROUPS_MAX)
			group_add(ret, plan->group);
		else
			ret->has_others = true;
	}
	if (visible <= TARGETS_BY_NAME)
		*ret = (struct groups){ .n = 0 };
}

size_t groups_rows(const struct groups *groups)
{
	return groups->n + groups->has_others;
}

const char *groups_slug(const struct groups *groups, size_t which)
{
	return which < groups->n ? groups->slugs[which] : SLUG_OF_OTHERS;
}

const char *groups_slug_of(const struct groups *groups, const char *group)
{
	size_t which = group_find(groups, group);

	return which < groups_rows(groups) ? groups_slug(groups, which) : NULL;
}

bool groups_has(const struct groups *groups, size_t which, const char *group)
{
	if (which < groups->n)
		return strcmp(groups->names[which], group) == 0;
	return group_find(groups, group) == groups->n;
}
