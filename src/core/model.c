/*
 * model.c - a model that outlives the engine's next step.
 */
#include "core/model.h"

#include <stdlib.h>
#include <string.h>

/* One array moved into the block; the block grows by its size, kept aligned. */
static void *move_array(char *block, size_t *used, const void *from, size_t count,
			      size_t size)
{
	size_t bytes = count * size;
	char *to = block + *used;

	*used += (bytes + 15) & ~(size_t)15;
	if (block && bytes > 0)
		memcpy(to, from, bytes);
	return to;
}

/* Most targets have none: their notes are copied one by one. */
static void move_targets(char *block, size_t *used, const struct model *from, struct model *to)
{
	struct target_view *views =
		move_array(block, used, from->targets, from->plan->targets_n, sizeof *views);

	to->targets = views;
	for (size_t i = 0; i < from->plan->targets_n; i++) {
		const char *note = from->targets[i].note;

		if (note)
			note = move_array(block, used, note, strlen(note) + 1, 1);
		if (block)
			views[i].note = note;
	}
}

/* Of the book only what has been used. All rollups of a model share one. */
static void move_rollups(char *block, size_t *used, const struct model *from, struct model *to)
{
	size_t n = from->plan->targets_n + from->plan->watchdogs_n;
	const struct daybook *book = n > 0 ? from->rollups[0].book : NULL;
	struct rollup *rollups = move_array(block, used, from->rollups, n, sizeof *rollups);
	struct daybook *copy;
	struct odd_day *odd;

	to->rollups = rollups;
	if (!book)
		return;
	copy = move_array(block, used, book, 1, sizeof *book);
	odd = move_array(block, used, book->odd, book->used + 1, sizeof *book->odd);
	if (!block)
		return;
	copy->odd = odd;
	for (size_t i = 0; i < n; i++)
		rollups[i].book = copy;
}

static size_t move_arrays(char *block, struct model *m)
{
	size_t used = (sizeof *m + 15) & ~(size_t)15;
	size_t targets = m->plan->targets_n, watchdogs = m->plan->watchdogs_n;
	struct model to = *m;

	move_targets(block, &used, m, &to);
	move_rollups(block, &used, m, &to);
	to.deadmen = move_array(block, &used, m->deadmen, watchdogs, sizeof *m->deadmen);
	to.stacks = move_array(block, &used, m->stacks, m->plan->stacks_n, sizeof *m->stacks);
	to.incidents = move_array(block, &used, m->incidents, m->incidents_n, sizeof *m->incidents);
	to.past = move_array(block, &used, m->past, m->past_n, sizeof *m->past);
	to.members = move_array(block, &used, m->members, targets + watchdogs, sizeof *m->members);
	to.windows = move_array(block, &used, m->windows, m->windows_n, sizeof *m->windows);
	to.silences = move_array(block, &used, m->silences, m->silences_n, sizeof *m->silences);
	to.weekly = NULL;
	if (m->trouble) /* the owner writes another one over it while the copy is read */
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
