/*
 * plan_depends.c - which target's failure is explained by which other's.
 *
 * Names become places once all targets and pings have theirs. A circle would
 * leave nobody to be told of, so it is refused; it is sought depth first, by a
 * stack of our own, for a configuration may hold a very long chain.
 */
#include "conf/plan_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/words.h"
#include "conf/loader.h"
#include "conf/settings.h"

#define CIRCLE_SHOWN 8 /* names */

struct named {
	const char *name;
	uint32_t index;
};

struct depends {
	struct builder *b;
	struct target_plan *targets; /* the plan's, while it is made */
	struct named *names;	     /* of all targets and pings, sorted */
	size_t names_n;
};

static const struct setting *place_of(const struct depends *d, size_t target, size_t parent)
{
	return setting_element(setting_find(d->b->targets.v[target], "depends_on"), parent);
}

/* ---- names ---- */

static int named_compare(const void *a, const void *b)
{
	return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

static void names_sort(struct depends *d)
{
	d->names_n = d->b->plan->targets_n;
	d->names = arena_alloc(d->b->l->scratch, d->names_n + 1, sizeof *d->names);
	for (size_t i = 0; i < d->names_n; i++)
		d->names[i] = (struct named){ d->targets[i].name, (uint32_t)i };
	if (d->names_n > 1)
		qsort(d->names, d->names_n, sizeof *d->names, named_compare);
}

static uint32_t name_find(const struct depends *d, const char *name)
{
	const struct named wanted = { name, 0 };
	const struct named *found =
		bsearch(&wanted, d->names, d->names_n, sizeof *d->names, named_compare);

	return found != NULL ? found->index : NONE_INDEX;
}

static const char *name_nearest(const struct depends *d, const char *name)
{
	const char **words = arena_alloc(d->b->l->scratch, d->names_n + 1, sizeof *words);

	for (size_t i = 0; i < d->names_n; i++)
		words[i] = d->names[i].name;
	return words_nearest(name, words);
}

static void unknown_fault(const struct depends *d, const struct setting *at, const char *name)
{
	const char *near = name_nearest(d, name);

	if (near != NULL)
		fault_at(d->b->l, at,
			 "target.depends_on: there is no target \"%.80s\"; did you mean \"%s\"?",
			 loader_shown(d->b->l, name), near);
	else
		fault_at(d->b->l, at,
			 "target.depends_on: there is no target \"%.80s\"; write the name of a "
			 "target or ping (what stands and falls together is a stack)",
			 loader_shown(d->b->l, name));
}

/* ---- one target ---- */

/*
 * A pair stands and falls by family: what is reached over IPv4 is not excused
 * by what fails over IPv6 only. `NAME-ipv6` may be named by anybody.
 */
static uint32_t parent_find(const struct depends *d, size_t target, const char *name)
{
	uint32_t parent = name_find(d, name);
	bool is_ipv6 = d->targets[target].family == FAMILY_IPV6;

	if (parent == NONE_INDEX || !is_ipv6 || target_twin(d->b->plan, parent) == NONE_INDEX)
		return parent;
	return target_is_second(d->b->plan, parent) ? parent : target_twin(d->b->plan, parent);
}

static bool is_among(const struct indices *parents, uint32_t parent)
{
	for (size_t i = 0; i < parents->n; i++) {
		if (parents->items[i] == parent)
			return true;
	}
	return false;
}

static bool parent_judge(const struct depends *d, const struct setting *at, size_t target,
			 const char *name)
{
	uint32_t parent = parent_find(d, target, name);

	if (parent == NONE_INDEX) {
		if (!d->b->l->is_partial)
			unknown_fault(d, at, name);
		return false;
	}
	if (parent == target) {
		fault_at(d->b->l, at,
			 "target.depends_on: \"%s\" cannot depend on itself; remove it", name);
		return false;
	}
	if (is_among(&d->targets[target].parents, parent)) {
		fault_at(d->b->l, at, "target.depends_on: \"%s\" stands here twice; remove one",
			 name);
		return false;
	}
	return true;
}

static void parents_read(const struct depends *d, size_t target)
{
	struct strings names = d->b->depends_on[target];
	uint32_t *items;

	if (names.n == 0)
		return;
	items = arena_alloc(d->b->l->arena, names.n, sizeof *items);
	d->targets[target].parents = (struct indices){ items, 0 };
	for (size_t i = 0; i < names.n; i++) {
		if (parent_judge(d, place_of(d, target, i), target, names.v[i]))
			items[d->targets[target].parents.n++] = parent_find(d, target, names.v[i]);
	}
}

/* ---- circles ---- */

struct walk {
	const struct depends *d;
	uint32_t *path; /* from the first target on; each depends on the next */
	size_t depth;
	size_t *next; /* which parent of a target comes next */
	enum { WALK_NEW, WALK_ON_PATH, WALK_DONE } * states;
};

/* The first halves go round in the same one, which is told. */
static bool is_circle_of_seconds(const struct walk *w, size_t from)
{
	for (size_t i = from; i < w->depth; i++) {
		if (!target_is_second(w->d->b->plan, w->path[i]))
			return false;
	}
	return true;
}

static void circle_fault(const struct walk *w, uint32_t again, size_t parent)
{
	struct loader *l = w->d->b->l;
	const char *text = w->d->targets[again].name;
	size_t from = w->depth - 1;

	while (w->path[from] != again)
		from--;
	if (is_circle_of_seconds(w, from))
		return;
	for (size_t i = from + 1; i < w->depth && i <= from + CIRCLE_SHOWN; i++)
		text = arena_printf(l->scratch, "%s, %s", text, w->d->targets[w->path[i]].name);
	fault_at(l, place_of(w->d, w->path[w->depth - 1], parent),
		 "target.depends_on goes round in a circle: %s%s, %s, each depending on the next; "
		 "remove one",
		 text, w->depth - from - 1 > CIRCLE_SHOWN ? ", …" : "", w->d->targets[again].name);
}

static void walk_enter(struct walk *w, uint32_t target)
{
	w->states[target] = WALK_ON_PATH;
	w->path[w->depth++] = target;
}

/* One step from the last target of the path: to a parent, or back. */
static void walk_step(struct walk *w)
{
	uint32_t target = w->path[w->depth - 1];
	const struct indices *parents = &w->d->targets[target].parents;
	size_t next = w->next[target]++;

	if (next == parents->n) {
		w->states[target] = WALK_DONE;
		w->depth--;
		return;
	}
	if (w->states[parents->items[next]] == WALK_ON_PATH)
		circle_fault(w, parents->items[next], next);
	else if (w->states[parents->items[next]] == WALK_NEW)
		walk_enter(w, parents->items[next]);
}

static void circles_find(const struct depends *d)
{
	size_t n = d->names_n;
	struct walk w = { .d = d };

	w.path = arena_alloc(d->b->l->scratch, n + 1, sizeof *w.path);
	w.next = arena_alloc(d->b->l->scratch, n + 1, sizeof *w.next);
	w.states = arena_alloc(d->b->l->scratch, n + 1, sizeof *w.states);
	for (uint32_t i = 0; i < n; i++) {
		if (w.states[i] == WALK_NEW)
			walk_enter(&w, i);
		while (w.depth > 0)
			walk_step(&w);
	}
}

/* Names that were told to be wrong lead to no circle that is worth telling. */
void plan_depends_read(struct builder *b)
{
	struct depends d = { .b = b, .targets = (struct target_plan *)b->plan->targets };
	size_t faults = b->l->diag->faults;

	names_sort(&d);
	for (uint32_t i = 0; i < b->targets.n; i++) {
		/* What is wrong with the first half's was told. */
		if (b->l->diag->faults == faults || !target_is_second(b->plan, i))
			parents_read(&d, i);
	}
	if (b->l->diag->faults == faults)
		circles_find(&d);
}
