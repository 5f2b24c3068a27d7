/*
 * arena.c - blocks taken from the system one by one and given back all at once.
 *
 * Small things share a block; a thing too large for one gets a block of its
 * own behind the current one, so that the current one is still filled up.
 *
 * Who has filled one block fills many: further ones are so large that the
 * system maps each by itself. Such a block takes no memory where it is not
 * filled yet, and leaves no hole between those of other arenas when it goes.
 */
#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

#define BLOCK_FIRST ((size_t)64 * 1024)
#define BLOCK_MORE  ((size_t)512 * 1024)

struct block {
	struct block *next;
	size_t n, room;
	alignas(max_align_t) unsigned char bytes[];
};

struct arena {
	struct block *blocks; /* the first one is being filled */
};

static void *checked_calloc(size_t bytes)
{
	void *p = calloc(1, bytes);

	if (p == NULL)
		log_die("memory.exhausted bytes=%zu", bytes);
	return p;
}

static struct block *block_new(size_t room)
{
	struct block *b;

	if (room > SIZE_MAX - sizeof *b)
		log_die("memory.exhausted bytes=%zu", room);
	b = checked_calloc(sizeof *b + room);
	b->room = room;
	return b;
}

static void *block_take(struct block *b, size_t bytes)
{
	void *p = b->bytes + b->n;

	b->n += bytes;
	return p;
}

/* The block that has room for `bytes`: the current one, a large one of its own, or a new one. */
static struct block *block_for(struct arena *arena, size_t bytes)
{
	struct block *current = arena->blocks, *b;
	size_t room = current == NULL ? BLOCK_FIRST : BLOCK_MORE;

	if (current != NULL && bytes <= current->room - current->n)
		return current;
	if (current != NULL && bytes > room / 4) {
		b = block_new(bytes);
		b->next = current->next;
		current->next = b;
		return b;
	}
	b = block_new(bytes > room ? bytes : room);
	b->next = current;
	arena->blocks = b;
	return b;
}

struct arena *arena_new(void)
{
	return checked_calloc(sizeof(struct arena));
}

void arena_free(struct arena *arena)
{
	if (arena == NULL)
		return;
	for (struct block *b = arena->blocks, *next; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	free(arena);
}

void *arena_alloc(struct arena *arena, size_t count, size_t size)
{
	size_t align = alignof(max_align_t), bytes;

	if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX - align)
		log_die("memory.exhausted count=%zu size=%zu", count, size);
	/* A thing of no bytes still has an address of its own. */
	bytes = bytes == 0 ? align : (bytes + align - 1) / align * align;
	return block_take(block_for(arena, bytes), bytes);
}

char *arena_strndup(struct arena *arena, const char *text, size_t n)
{
	char *copy;

	assert(n < SIZE_MAX);
	copy = arena_alloc(arena, n + 1, 1);
	if (n > 0)
		memcpy(copy, text, n);
	return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return arena_strndup(arena, text, strlen(text));
}

char *arena_vprintf(struct arena *arena, const char *format, va_list args)
{
	va_list again;
	char *text;
	int n;

	va_copy(again, args);
	n = vsnprintf(NULL, 0, format, args);
	assert(n >= 0);
	text = arena_alloc(arena, (size_t)n + 1, 1);
	(void)vsnprintf(text, (size_t)n + 1, format, again); /* measured just above */
	va_end(again);
	return text;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = arena_vprintf(arena, format, args);
	va_end(args);
	return text;
}
