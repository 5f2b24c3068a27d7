/*
 * plan_stacks.c - what stands or falls together.
 *
 * Targets and watchdogs that name no stack share one called "default": the
 * configured one of that name, or one that is made when it is first needed.
 */
#include "conf/plan_parts.h"

#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "base/words.h"
#include "conf/loader.h"
#include "conf/settings.h"

#define IMPLICIT_NAME  "default"
#define IMPLICIT_TITLE "All checks"

struct stack_params {
	const char *name, *title, *runbook;
	struct strings try_next;
};

static const struct option stack_options[] = {
	{ "name", OPTION_STRING, offsetof(struct stack_params, name), .is_required = true,
	  .help = "1 to 63 of a-z, 0-9 and -; state follows it" },
	{ "title", OPTION_STRING, offsetof(struct stack_params, title),
	  .help = "for people; default: the name" },
	{ "runbook", OPTION_STRING, offsetof(struct stack_params, runbook),
	  .help = "URL, named in the mails; not on the stack itself" },
	{ "try_next", OPTION_STRINGS, offsetof(struct stack_params, try_next),
	  .help = "two or three steps for the mails, most likely first" },
	{ .name = NULL },
};

const struct section section_stack = {
	.name = "stack",
	.place = "stacks = ( { name = \"home\"; ... } );",
	.summary = "targets and watchdogs that stand or fall together",
	.options = stack_options,
};

static void stack_read(struct builder *b, const struct setting *at, struct stack_plan *stack)
{
	struct stack_params p = { .name = NULL };

	options_read(b->l, &section_stack, at, &p);
	check_line(b->l, at, "title", p.title);
	check_web_url(b->l, at, "runbook", p.runbook);
	*stack = (struct stack_plan){
		.name = element_name(at),
		.title = p.title != NULL ? p.title : element_name(at),
		.runbook = p.runbook,
		.try_next = p.try_next,
	};
}

void plan_stacks_read(struct builder *b)
{
	struct elements e = elements_gather(b, "stacks", section_stack.place);

	elements_check_names(b, &e, "stack");
	b->stacks = arena_alloc(b->l->arena, e.n + 1, sizeof *b->stacks);
	b->plan->stacks = b->stacks;
	b->plan->stacks_n = e.n;
	for (size_t i = 0; i < e.n; i++)
		stack_read(b, e.v[i], &b->stacks[i]);
}

static uint32_t stack_find(const struct plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->stacks_n; i++) {
		if (strcmp(plan->stacks[i].name, name) == 0)
			return (uint32_t)i;
	}
	return NONE_INDEX;
}

static uint32_t stack_implicit(struct builder *b)
{
	uint32_t index = stack_find(b->plan, IMPLICIT_NAME);
	bool has_title = setting_find(setting_find(b->roots[0], "page"), "title") != NULL;

	if (index != NONE_INDEX)
		return index;
	index = (uint32_t)b->plan->stacks_n++;
	b->stacks[index] = (struct stack_plan){
		.name = IMPLICIT_NAME,
		.title = has_title ? b->plan->page.title : IMPLICIT_TITLE,
		.is_implicit = true,
	};
	return index;
}

static const char *stack_nearest(struct builder *b, const char *name)
{
	const char **words = arena_alloc(b->l->arena, b->plan->stacks_n + 1, sizeof *words);

	for (size_t i = 0; i < b->plan->stacks_n; i++)
		words[i] = b->plan->stacks[i].name;
	return words_nearest(name, words);
}

static void stack_fault(struct builder *b, const char *name, const struct setting *at)
{
	const char *near = stack_nearest(b, name);

	if (near != NULL)
		fault_at(b->l, at, "stack: there is no stack \"%.80s\"; did you mean \"%s\"?",
			 loader_shown(b->l, name), near);
	else
		fault_at(b->l, at,
			 "stack: there is no stack \"%.80s\"; add it to stacks = "
			 "( { name = \"...\"; } ); or leave stack away",
			 loader_shown(b->l, name));
}

uint32_t plan_stack_index(struct builder *b, const char *name, const struct setting *at)
{
	uint32_t index;

	if (name == NULL || strcmp(name, IMPLICIT_NAME) == 0)
		return stack_implicit(b);
	index = stack_find(b->plan, name);
	if (index == NONE_INDEX && !b->l->is_partial)
		stack_fault(b, name, at);
	return index != NONE_INDEX ? index : 0;
}
