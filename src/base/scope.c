/*
 * scope.c - see scope.h. Names are compared as they are written.
 */
#include "base/scope.h"

#include <string.h>

#define STACK "stack:"
#define GROUP "group:"

static bool is_all(const char *scope)
{
	return strcmp(scope, "all") == 0;
}

/* The name behind the prefix; NULL: it has another. */
static const char *name_after(const char *scope, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(scope, prefix, n) == 0 ? scope + n : NULL;
}

bool scope_has_stack(const struct plan *plan, const char *scope, uint32_t stack)
{
	const char *name = name_after(scope, STACK);

	return is_all(scope) || (name && strcmp(plan->stacks[stack].name, name) == 0);
}

/* The name of a pair is that of its first half, and means both. */
static bool is_called(const struct plan *plan, const char *scope, uint32_t target)
{
	if (strcmp(plan->targets[target].name, scope) == 0)
		return true;
	return target_is_second(plan, target) &&
	       strcmp(plan->targets[target_twin(plan, target)].name, scope) == 0;
}

bool scope_has_target(const struct plan *plan, const char *scope, uint32_t target)
{
	const struct target_plan *t = &plan->targets[target];
	const char *group = name_after(scope, GROUP);

	return scope_has_stack(plan, scope, t->stack) || (group && strcmp(t->group, group) == 0) ||
	       is_called(plan, scope, target);
}

bool scope_has_watchdog(const struct plan *plan, const char *scope, uint32_t watchdog)
{
	const struct watchdog_plan *w = &plan->watchdogs[watchdog];

	return scope_has_stack(plan, scope, w->stack) || strcmp(w->name, scope) == 0;
}

bool scope_is_known(const struct plan *plan, const char *scope)
{
	for (uint32_t i = 0; i < plan->stacks_n; i++)
		if (scope_has_stack(plan, scope, i))
			return true;
	for (uint32_t i = 0; i < plan->targets_n; i++)
		if (scope_has_target(plan, scope, i))
			return true;
	for (uint32_t i = 0; i < plan->watchdogs_n; i++)
		if (scope_has_watchdog(plan, scope, i))
			return true;
	return is_all(scope);
}
