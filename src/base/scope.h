/*
 * scope.h - what a window or a silence is about, as people write it:
 *
 *   "all"  "stack:NAME"  "group:NAME"  "NAME" of a target, ping or watchdog
 *
 * A stack's scope holds its watchdogs, too; a group's does not. The name of a
 * target that is judged per family means both halves; "NAME-ipv6" only the one.
 */
#ifndef BASE_SCOPE_H
#define BASE_SCOPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shorewatch/plan.h"

#define SCOPE_TEXT_MAX 128

/* It names something that the plan has. */
bool scope_is_known(const struct plan *plan, const char *scope);
/* `target` < plan.targets_n. */
bool scope_has_target(const struct plan *plan, const char *scope, uint32_t target);
bool scope_has_watchdog(const struct plan *plan, const char *scope, uint32_t watchdog);
/* The whole of it: "all", or this stack. */
bool scope_has_stack(const struct plan *plan, const char *scope, uint32_t stack);

#endif
