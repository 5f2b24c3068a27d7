/*
 * shortage.c - see shortage.h.
 */
#include "shortage.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static atomic_uint count;
static atomic_uint first, in_a_row;

static bool is_short(void)
{
	unsigned at = atomic_load(&first), n = atomic_fetch_add(&count, 1) + 1;

	if (at == 0 || n < at || n - at >= atomic_load(&in_a_row))
		return false;
	errno = ENOMEM;
	return true;
}

void shortage_begin(unsigned at, unsigned row)
{
	atomic_store(&count, 0);
	atomic_store(&in_a_row, row);
	atomic_store(&first, at);
}

unsigned shortage_end(void)
{
	atomic_store(&first, 0);
	return atomic_load(&count);
}

#ifdef WRAPPED
#define REAL(name) __real_##name
#define OURS(name) __wrap_##name
#else
#define REAL(name) __libc_##name
#define OURS(name) name
#endif

void *REAL(malloc)(size_t n);
void *REAL(calloc)(size_t n, size_t size);
void *REAL(realloc)(void *p, size_t n);
void *OURS(malloc)(size_t n);
void *OURS(calloc)(size_t n, size_t size);
void *OURS(realloc)(void *p, size_t n);

__attribute__((visibility("default"))) void *OURS(malloc)(size_t n)
{
	return is_short() ? NULL : REAL(malloc)(n);
}

__attribute__((visibility("default"))) void *OURS(calloc)(size_t n, size_t size)
{
	return is_short() ? NULL : REAL(calloc)(n, size);
}

__attribute__((visibility("default"))) void *OURS(realloc)(void *p, size_t n)
{
	return is_short() ? NULL : REAL(realloc)(p, n);
}

#ifdef WRAPPED
char *__wrap_strdup(const char *text);
char *__real_strdup(const char *text);

char *__wrap_strdup(const char *text)
{
	return is_short() ? NULL : __real_strdup(text);
}
#endif
