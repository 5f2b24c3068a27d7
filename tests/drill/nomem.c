/*
 * nomem.c - a preload under which memory runs out: while the file NOMEM_WHEN
 * exists, allocation number NOMEM_AT fails; with NOMEM_STICKY so do all after it.
 * With NOMEM_ABOVE only those of so many bytes and more are meant: when memory
 * runs out, the large ones find none first.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

static atomic_long count;

/* The environment is asked each time: nothing of ours may be set up before the first allocation. */
static bool fails(size_t size)
{
	const char *at = getenv("NOMEM_AT"), *when = getenv("NOMEM_WHEN");
	const char *above = getenv("NOMEM_ABOVE");
	int saved = errno;
	bool is_big = !above || size >= (size_t)strtol(above, NULL, 10);
	bool is_on = at && when && is_big && access(when, F_OK) == 0;
	long n;

	errno = saved;
	if (!is_on)
		return false;
	n = atomic_fetch_add(&count, 1) + 1;
	if (n != strtol(at, NULL, 10) && !(getenv("NOMEM_STICKY") && n > strtol(at, NULL, 10)))
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t n)
{
	return fails(n) ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	return fails(n * size) ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
	return fails(n) ? NULL : __libc_realloc(p, n);
}
