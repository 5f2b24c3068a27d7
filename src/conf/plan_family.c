/*
 * plan_family.c - a target that is judged per family becomes two.
 *
 * The half that is probed by IPv4 keeps the name, so that state and history
 * follow it when `family` is changed; the other one is called NAME-ipv6. Both
 * have the same settings and share what they point to. An address has one
 * family, so only what is reached by a name can be such a pair: where
 * `defaults` ask for it, everything else stays as it is.
 */
#include "conf/plan_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "conf/forms.h"
#include "conf/loader.h"
#include "conf/settings.h"

struct named {
	const char *name;
	size_t element;
};

/* ---- can it be ---- */

/* The text of an option of this target; NULL: its kind has none such, or it is not given. */
static const char *option_text(const struct target_plan *t, const char *name)
{
	const struct option *row = options_find(t->kind->options, name);

	if (row == NULL || row->type != OPTION_STRING)
		return NULL;
	return *(const char *const *)((const char *)t->params + row->offset);
}

/* Where it connects to, as it is written; NULL: to nothing that is looked up for it. */
static const char *place_of(const struct target_plan *t)
{
	const char *address = option_text(t, "address");

	return address != NULL ? address : option_text(t, "url");
}

static bool is_address(const char *place)
{
	char host[FORM_HOST_MAX];
	struct address address;
	struct url url;
	uint16_t port;

	if (form_url(place, &url))
		return address_parse_host(url.host, 0, &address);
	if (address_split(place, host, sizeof host, &port))
		return address_parse_host(host, 0, &address);
	return address_parse_host(place, 0, &address);
}

static const struct setting *asked_at(const struct setting *target)
{
	return setting_find(target, "family");
}

/* Told only where the target itself asks for it. */
static bool can_be_both(struct builder *b, const struct setting *at, const struct target_plan *t)
{
	const char *place = place_of(t);

	if (place == NULL && asked_at(at) != NULL)
		fault_at(b->l, asked_at(at),
			 "target.family: a %s target looks up no address of its own, so it has no "
			 "two families; leave family away",
			 t->kind->name);
	else if (place != NULL && is_address(place) && asked_at(at) != NULL)
		fault_at(b->l, asked_at(at),
			 "target.family: \"%.80s\" is an address, which has one family only; give "
			 "the name that leads to both, or leave family away",
			 loader_shown(b->l, place));
	return place != NULL && !is_address(place);
}

/* ---- the second name ---- */

static int named_compare(const void *a, const void *b)
{
	return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

static struct named *names_sorted(struct builder *b)
{
	struct named *all = arena_alloc(b->l->scratch, b->targets.n + 1, sizeof *all);

	for (size_t i = 0; i < b->targets.n; i++)
		all[i] = (struct named){ b->plan->targets[i].name, i };
	if (b->targets.n > 1)
		qsort(all, b->targets.n, sizeof *all, named_compare);
	return all;
}

static void name_judge(struct builder *b, const struct setting *at, const char *name,
		       const struct named *names)
{
	const struct named wanted = { name, 0 };
	const struct named *taken =
		bsearch(&wanted, names, b->targets.n, sizeof *names, named_compare);
	const struct setting *place = asked_at(at) != NULL ? asked_at(at) : at;

	if (strlen(name) >= NAME_TEXT_MAX)
		fault_at(b->l, setting_find(at, "name"),
			 "target.name: \"%.80s\" is judged per family, and \"%s\" is added to the "
			 "name of its second half; shorten it to %zu",
			 loader_shown(b->l, element_name(at)), TWIN_SUFFIX,
			 NAME_TEXT_MAX - sizeof TWIN_SUFFIX);
	else if (taken != NULL)
		fault_at(b->l, place,
			 "target.family: the second half of \"%s\" is called \"%s\", which is "
			 "already the name of the target at %s:%u; give one of them another",
			 element_name(at), name, b->targets.v[taken->element]->file,
			 b->targets.v[taken->element]->line);
}

/* ---- one becomes two ---- */

static size_t count_pairs(struct builder *b, struct target_plan *targets)
{
	size_t n = 0;

	for (size_t i = 0; i < b->targets.n; i++) {
		struct target_plan *t = &targets[i];

		if (t->family != FAMILY_BOTH)
			continue;
		if (t->params == NULL || !can_be_both(b, b->targets.v[i], t))
			t->family = FAMILY_ANY;
		n += t->family == FAMILY_BOTH;
	}
	return n;
}

static void halve(struct builder *b, struct target_plan first[2], uint32_t index)
{
	first[1] = first[0];
	first[0].family = FAMILY_IPV4;
	first[0].twin = index + 1;
	first[1].family = FAMILY_IPV6;
	first[1].twin = index;
	first[1].name = arena_printf(b->l->arena, "%s" TWIN_SUFFIX, first[0].name);
}

/* Where they stand, and what they depend on, go along with the targets. */
void plan_families_split(struct builder *b)
{
	struct target_plan *before = (struct target_plan *)b->plan->targets, *targets;
	const struct named *names = names_sorted(b);
	size_t all = b->targets.n + count_pairs(b, before), n = 0;
	struct elements places = { .n = all };
	struct strings *depends_on;

	if (all == b->targets.n)
		return;
	targets = arena_alloc(b->l->scratch, all + 1, sizeof *targets);
	places.v = arena_alloc(b->l->scratch, all + 1, sizeof(const struct setting *));
	depends_on = arena_alloc(b->l->scratch, all + 1, sizeof *depends_on);
	for (size_t i = 0; i < b->targets.n; i++, n++) {
		targets[n] = before[i];
		places.v[n] = b->targets.v[i];
		depends_on[n] = b->depends_on[i];
		if (before[i].family != FAMILY_BOTH)
			continue;
		halve(b, &targets[n], (uint32_t)n);
		name_judge(b, b->targets.v[i], targets[n + 1].name, names);
		n++;
		places.v[n] = b->targets.v[i];
		depends_on[n] = b->depends_on[i];
	}
	b->targets = places;
	b->depends_on = depends_on;
	b->plan->targets = targets;
	b->plan->targets_n = all;
}
