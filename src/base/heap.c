/*
 * heap.c - a binary heap that knows where each of its items is.
 *
 * Children of entry i are 2i+1 and 2i+2. Entries are ordered by time and then
 * by item, which makes the order total: the same calls give the same order.
 */
#include "base/heap.h"

#include <assert.h>

#include "base/arena.h"

static bool entry_before(const struct heap_entry *a, const struct heap_entry *b)
{
	return a->due.us != b->due.us ? a->due.us < b->due.us : a->item < b->item;
}

static void entry_put(struct heap *h, size_t at, struct heap_entry entry)
{
	h->entries[at] = entry;
	h->place[entry.item] = (uint32_t)at + 1;
}

/* Both move a hole from `at` to where `entry` belongs, and put it there. */
static void entry_rise(struct heap *h, size_t at, struct heap_entry entry)
{
	while (at > 0) {
		size_t parent = (at - 1) / 2;

		if (!entry_before(&entry, &h->entries[parent]))
			break;
		entry_put(h, at, h->entries[parent]);
		at = parent;
	}
	entry_put(h, at, entry);
}

static void entry_sink(struct heap *h, size_t at, struct heap_entry entry)
{
	for (;;) {
		size_t child = 2 * at + 1;

		if (child >= h->n)
			break;
		if (child + 1 < h->n && entry_before(&h->entries[child + 1], &h->entries[child]))
			child++;
		if (!entry_before(&h->entries[child], &entry))
			break;
		entry_put(h, at, h->entries[child]);
		at = child;
	}
	entry_put(h, at, entry);
}

static void entry_place(struct heap *h, size_t at, struct heap_entry entry)
{
	if (at > 0 && entry_before(&entry, &h->entries[(at - 1) / 2]))
		entry_rise(h, at, entry);
	else
		entry_sink(h, at, entry);
}

void heap_init(struct heap *h, struct arena *arena, size_t capacity)
{
	assert(capacity < UINT32_MAX);
	*h = (struct heap){.capacity = capacity};
	h->entries = arena_alloc(arena, capacity, sizeof *h->entries);
	h->place = arena_alloc(arena, capacity, sizeof *h->place);
}

void heap_set(struct heap *h, uint32_t item, mono_t due)
{
	struct heap_entry entry = {due, item};

	assert(item < h->capacity);
	if (due.us == MONO_NEVER.us)
		heap_remove(h, item);
	else if (h->place[item] != 0)
		entry_place(h, h->place[item] - 1, entry);
	else
		entry_rise(h, h->n++, entry);
}

void heap_remove(struct heap *h, uint32_t item)
{
	size_t at;

	assert(item < h->capacity);
	if (h->place[item] == 0)
		return;
	at = h->place[item] - 1;
	h->place[item] = 0;
	h->n--;
	if (at < h->n)
		entry_place(h, at, h->entries[h->n]);
}

mono_t heap_due(const struct heap *h, uint32_t item)
{
	assert(item < h->capacity);
	return h->place[item] != 0 ? h->entries[h->place[item] - 1].due : MONO_NEVER;
}

bool heap_first(const struct heap *h, uint32_t *ret_item, mono_t *ret_due)
{
	if (h->n == 0)
		return false;
	*ret_item = h->entries[0].item;
	*ret_due = h->entries[0].due;
	return true;
}
