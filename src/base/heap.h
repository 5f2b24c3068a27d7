/*
 * heap.h - a binary heap of deadlines: which item is due first.
 *
 * Items are small numbers (indices of the owner's table), 0..capacity-1, each
 * at most once in the heap. No allocation after heap_init().
 */
#ifndef BASE_HEAP_H
#define BASE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shorewatch/time.h"

struct arena;

struct heap {
	struct heap_entry { mono_t due; uint32_t item; } *entries;
	uint32_t *place; /* item -> index in entries + 1; 0 = absent */
	size_t n, capacity;
};

void heap_init(struct heap *h, struct arena *arena, size_t capacity);
/* Insert, or move to another time. MONO_NEVER removes: what is never due is not in the heap. */
void heap_set(struct heap *h, uint32_t item, mono_t due);
/* Removing what is absent is fine. */
void heap_remove(struct heap *h, uint32_t item);
/* MONO_NEVER when absent. */
mono_t heap_due(const struct heap *h, uint32_t item);
/* False: empty. Of equal times the smaller item is first, so that a replay is the same. */
bool heap_first(const struct heap *h, uint32_t *ret_item, mono_t *ret_due);

#endif
