/*
 * store_batch.c - rows that wait for the database.
 *
 * Owns copies of everything it is given. While the disk does not take anything
 * the rows wait here, up to a limit: beyond it the oldest history is dropped,
 * never a state, and never an alert (reliability.md 8.11).
 *
 * Rows lie side by side in blocks, because thousands a second are more than the
 * C library keeps at hand. A block goes with the last of its rows.
 */
#include "io/store_batch.h"

#include <stdlib.h>
#include <string.h>

#define WAITING_BYTES_MAX (16u << 20) /* about ten minutes of 100 targets a second */

#define BLOCK_BYTES (16u << 10)

struct block {
	size_t holders; /* its rows, and the batch that fills it */
	size_t used;
	_Alignas(struct row) char bytes[];
};

static struct block *block_new(size_t bytes)
{
	struct block *block = malloc(sizeof *block + bytes);

	if (block)
		*block = (struct block){ .holders = 1 };
	return block;
}

static void block_leave(struct block *block)
{
	if (block && --block->holders == 0)
		free(block);
}

/* NULL: no memory. What is large has a block of its own. */
static struct block *block_with_room(struct batch *batch, size_t bytes)
{
	if (bytes > BLOCK_BYTES / 4)
		return block_new(bytes);
	if (!batch->open || batch->open->used + bytes > BLOCK_BYTES) {
		block_leave(batch->open);
		batch->open = block_new(BLOCK_BYTES);
	}
	if (batch->open)
		batch->open->holders++;
	return batch->open;
}

static struct row *row_place(struct batch *batch, size_t bytes)
{
	size_t taken = (bytes + _Alignof(struct row) - 1) & ~(_Alignof(struct row) - 1);
	struct block *block = block_with_room(batch, taken);

	if (!block)
		return NULL;
	struct row *row = (void *)(block->bytes + block->used);

	block->used += taken;
	row->block = block;
	return row;
}

static struct row *row_copy(struct batch *batch, const struct row *row)
{
	size_t bytes = sizeof *row;

	for (size_t i = 0; i < ROW_TEXTS; i++)
		bytes += row->text[i].n + 1;
	struct row *copy = row_place(batch, bytes);

	if (!copy)
		return NULL;
	struct block *block = copy->block;

	*copy = *row;
	copy->block = block;
	copy->bytes = bytes;
	copy->next = NULL;
	char *to = copy->tail;

	for (size_t i = 0; i < ROW_TEXTS; i++) {
		if (!row->text[i].v)
			continue;
		memcpy(to, row->text[i].v, row->text[i].n);
		to[row->text[i].n] = '\0';
		copy->text[i].v = to;
		to += row->text[i].n + 1;
	}
	return copy;
}

static void row_unlink(struct batch *batch, struct row **link)
{
	struct row *row = *link;

	*link = row->next;
	if (batch->last == &row->next)
		batch->last = link;
	batch->rows--;
	batch->bytes -= row->bytes;
	block_leave(row->block);
}

static int states_equal(const struct row *a, const struct row *b)
{
	return a->kind == ROW_STATE && b->kind == ROW_STATE && a->text[0].n == b->text[0].n &&
	       memcmp(a->text[0].v, b->text[0].v, a->text[0].n) == 0;
}

static void state_supersede(struct batch *batch, const struct row *by)
{
	for (struct row **link = &batch->first; *link; link = &(*link)->next) {
		if (states_equal(*link, by)) {
			row_unlink(batch, link);
			return;
		}
	}
}

static void row_append(struct batch *batch, struct row *row)
{
	if (row->kind == ROW_STATE)
		state_supersede(batch, row);
	row->next = NULL;
	*batch->last = row;
	batch->last = &row->next;
	batch->rows++;
	batch->bytes += row->bytes;
}

static void batch_trim(struct batch *batch)
{
	struct row **link = &batch->first;

	while (*link && batch->bytes > WAITING_BYTES_MAX) {
		if ((*link)->kind == ROW_STATE) {
			link = &(*link)->next;
			continue;
		}
		row_unlink(batch, link);
		batch->dropped++;
	}
}

void batch_init(struct batch *batch)
{
	*batch = (struct batch){ .last = &batch->first };
}

void batch_done(struct batch *batch)
{
	while (batch->first)
		row_unlink(batch, &batch->first);
	block_leave(batch->open);
	batch_init(batch);
}

void batch_add(struct batch *batch, const struct row *row)
{
	struct row *copy = row_copy(batch, row);

	if (!copy) {
		batch->dropped++;
		return;
	}
	row_append(batch, copy);
	batch_trim(batch);
}

void batch_join(struct batch *batch, struct batch *newer)
{
	struct row *row = newer->first;

	while (row) {
		struct row *next = row->next;

		row_append(batch, row);
		row = next;
	}
	batch->dropped += newer->dropped;
	block_leave(newer->open);
	batch_init(newer);
	batch_trim(batch);
}
