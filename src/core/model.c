/*
 * model.c - a model that outlives the engine's next step.
 */
#include "core/model.h"

#include <stdlib.h>
#include <string.h>

/* One array moved into the block; the block grows by its size, kept aligned. */
static const void *move_array(char *block, size_t *used, const void *from, size_t count,
			      size_t size)
{
	size_t bytes = count * size;
	char *to = block + *used;

	*used += (bytes + 15) & ~(size_t)15;
	if (block && bytes > 0)
		memcpy(to, from, bytes);
	return to;
}

static size_t move_arrays(char *block, struct model *m)
{
	size_t used = (sizeof *m + 15) & ~(size_t)15;
	size_t targets = m->plan->targets_n, watchdogs = m->plan->watchdogs_n;
	struct model to = *m;

	to.targets = move_array(block, &used, m->targets, targets, sizeof *m->targets);
	to.rollups = move_array(block, &used, m->rollups, targets + watchdogs, sizeof *m->rollups);
	to.deadmen = move_array(block, &used, m->deadmen, watchdogs, sizeof *m->deadmen);
	to.stacks = move_array(block, &used, m->stacks, m->plan->stacks_n, sizeof *m->stacks);
	to.incidents = move_array(block, &used, m->incidents, m->incidents_n, sizeof *m->incidents);
	to.past = move_array(block, &used, m->past, m->past_n, sizeof *m->past);
	to.members = move_array(block, &used, m->members, targets + watchdogs, sizeof *m->members);
	if (m->trouble) /* the owner writes another one over it while the copy is read */
		to.trouble = move_array(block, &used, m->trouble, strlen(m->trouble) + 1, 1);
	if (m->trouble)
		to.trouble = move_array(block, &used, m->trouble, strlen(m->trouble) + 1, 1);
	if (block)
		*m = to;
	return used;
}

struct model *model_copy(const struct model *model)
{
	struct model copy = *model;
	char *block = malloc(move_arrays(NULL, &copy));

	if (!block)
		return NULL;
	move_arrays(block, &copy);
	memcpy(block, &copy, sizeof copy);
	return (struct model *)(void *)block;
}
