/*
 * plan_names.c - names of targets, stacks and watchdogs: well written, once each.
 *
 * State follows a name over reloads, so two things of one name would share
 * one history. Sorted rather than compared each with each: a configuration
 * may hold very many targets.
 */
#include "conf/plan_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/words.h"
#include "conf/loader.h"
#include "conf/settings.h"

struct named {
	const char *name;
	const struct setting *at;
	size_t index; /* the order in the files, so that the later one is at fault */
};

const char *element_name(const struct setting *at)
{
	const struct setting *name = setting_find(at, "name");

	return name != NULL && name->type == SETTING_TEXT ? name->text : "";
}

/* References and witnesses have names of their own, which state follows as well. */
void check_reserved_name(struct builder *b, const struct setting *at, const char *what)
{
	static const char *const prefixes[] = { REFERENCE_PREFIX, WITNESS_PREFIX };

	for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
		if (strncmp(element_name(at), prefixes[i], strlen(prefixes[i])) == 0)
			fault_at(b->l, setting_find(at, "name"),
				 "%s.name: names that begin with \"%s\" are kept for "
				 "shorewatch's own checks; choose another",
				 what, prefixes[i]);
	}
}

static int named_compare(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

static void check_name(struct builder *b, const struct named *named, const char *what)
{
	if (named->name[0] != '\0' && !words_is_name(named->name))
		fault_at(b->l, named->at,
			 "%s.name: \"%.80s\" must be 1 to 63 of a-z, 0-9 and - "
			 "(people read the title)",
			 what, loader_shown(b->l, named->name));
}

static void check_doubled(struct builder *b, const struct named *first, const struct named *second,
			  const char *what)
{
	if (first->name[0] != '\0' && strcmp(first->name, second->name) == 0)
		fault_at(b->l, second->at,
			 "%s.name: \"%.80s\" is already the name of the %s at "
			 "%s:%u; give this one another",
			 what, loader_shown(b->l, second->name), what, first->at->file,
			 first->at->line);
}

void elements_check_names(struct builder *b, const struct elements *e, const char *what)
{
	struct named *all = arena_alloc(b->l->scratch, e->n + 1, sizeof *all);

	for (size_t i = 0; i < e->n; i++) {
		const struct setting *name = setting_find(e->v[i], "name");

		all[i] = (struct named){ element_name(e->v[i]), name != NULL ? name : e->v[i], i };
		check_name(b, &all[i], what);
	}
	if (e->n > 1)
		qsort(all, e->n, sizeof *all, named_compare);
	for (size_t i = 1; i < e->n; i++)
		check_doubled(b, &all[i - 1], &all[i], what);
}
