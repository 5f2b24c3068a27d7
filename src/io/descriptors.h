/*
 * descriptors.h - the set behind io_fd_watch(), for loop.c: waits for all
 * descriptors at once and tells their owners.
 */
#ifndef IO_DESCRIPTORS_H
#define IO_DESCRIPTORS_H

#include <stdbool.h>

struct descriptors;

/* NULL: no memory, no descriptor. */
struct descriptors *descriptors_new(void);
/* Nothing may be watched any more. */
void descriptors_free(struct descriptors *set);

/* Tells the kernel what has changed, then waits until something is ready, or does not. */
void descriptors_wait(struct descriptors *set, bool is_patient);
/* Tells the owners what the last wait has found. */
void descriptors_serve(struct descriptors *set);

#endif
