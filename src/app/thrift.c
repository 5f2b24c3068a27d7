/*
 * thrift.c - see thrift.h.
 *
 * Heuristic: glibc raises the size from which it maps memory with every large
 * piece that is freed, up to 32 MiB; a page of 15 MiB that is drawn every 30 s
 * then stays with us for ever. A fixed threshold costs a few page faults a
 * report. Other C libraries give back by themselves.
 */
#include "app/thrift.h"

#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#define MAPPED_BYTES (256 << 10)

void thrift_begin(void)
{
#ifdef __GLIBC__
	(void)mallopt(M_MMAP_THRESHOLD, MAPPED_BYTES); /* refused: as before */
#endif
}

void thrift_trim(void)
{
#ifdef __GLIBC__
	(void)malloc_trim(0); /* nothing to give back is fine */
#endif
}
