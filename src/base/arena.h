/*
 * arena.h - memory with one owner and one end: the generation's.
 *
 * Nothing in an arena is freed by itself. Running out of memory while loading
 * a configuration ends the program: there is nothing sensible left to do.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena);
/* Zeroed, aligned for any object. Never NULL. */
void *arena_alloc(struct arena *arena, size_t count, size_t size);
/* A copy of exactly `n` bytes, and a terminator. */
char *arena_strndup(struct arena *arena, const char *text, size_t n);
char *arena_strdup(struct arena *arena, const char *text);
char *arena_printf(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

#endif
