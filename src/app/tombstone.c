/*
 * tombstone.c - see tombstone.h.
 */
#include "app/tombstone.h"

#include <stdint.h>

/* The copy is one piece of memory of ours; only its type says that it is not to be written. */
static void *ours(const void *part)
{
	return (void *)(uintptr_t)part;
}

static void target_forget(struct target_view *t)
{
	t->state = VERDICT_UNKNOWN;
	t->is_slow = t->is_flapping = false;
	t->planned_until = (wall_t){ 0 };
}

static void deadman_forget(struct deadman_view *d)
{
	d->state = DEADMAN_NEW;
	d->pull = d->found = d->prometheus = PULL_NONE;
	d->is_flapping = false;
	d->planned_until = (wall_t){ 0 };
}

struct model *tombstone_model(const struct model *model, struct now stopped)
{
	struct model *m = model_copy(model);

	if (!m)
		return NULL;
	m->now = stopped;
	m->stopped = stopped.wall;
	m->next_report = (wall_t){ 0 };
	m->vantage = VANTAGE_UNCHECKED;
	m->listener = LISTENER_UNKNOWN;
	m->is_drill = false;
	for (size_t i = 0; i < m->plan->targets_n; i++)
		target_forget((struct target_view *)ours(m->targets) + i);
	for (size_t i = 0; i < m->plan->watchdogs_n; i++)
		deadman_forget((struct deadman_view *)ours(m->deadmen) + i);
	for (size_t i = 0; i < m->plan->stacks_n; i++)
		((struct stack_view *)ours(m->stacks) + i)->finding = (struct finding){ 0 };
	return m;
}
