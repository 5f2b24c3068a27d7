/*
 * pages.h - memory of a large array that is needed now and then only.
 */
#ifndef BASE_PAGES_H
#define BASE_PAGES_H

#include <stddef.h>

/*
 * What `p` holds is not needed any more: its whole pages go back to the system,
 * and come back as zeroes when they are touched again. What shares a page with
 * something else stays as it is. For memory of malloc() and what is made of it.
 */
void pages_forget(void *p, size_t bytes);

#endif
