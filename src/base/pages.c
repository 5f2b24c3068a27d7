/*
 * pages.c - see pages.h.
 */
#include "base/pages.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

void pages_forget(void *p, size_t bytes)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uintptr_t from = ((uintptr_t)p + page - 1) / page * page;
	uintptr_t to = ((uintptr_t)p + bytes) / page * page;

	if (from < to)
		(void)madvise((void *)from, to - from, MADV_DONTNEED); /* refused: they stay */
}
