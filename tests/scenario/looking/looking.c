/*
 * looking.c - an engine that always looks, instead of settled.c.
 *
 * Linked in the place of settled.c, which by its own word only spares looks that
 * would find what is known: whatever the other runner finds, this one must find
 * at the same time, and nothing else (settled.py).
 */
#include "core/engine_parts.h"

void settled_note(struct engine *e, mono_t wake, struct now now)
{
	(void)e, (void)wake, (void)now;
}

bool is_calm(const struct engine *e, struct now now)
{
	(void)e, (void)now;
	return false;
}

bool is_routine(const struct engine *e, const struct observation *o)
{
	(void)e, (void)o;
	return true; /* there is nothing to be unsettled */
}
