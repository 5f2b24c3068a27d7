/*
 * shortage.h - memory that runs out at a chosen allocation, for one program.
 * Where no sanitizer has taken the allocator, everybody's allocations count,
 * the libraries' too; else those of our own code, which the linker wraps.
 */
#ifndef TESTS_OUTBOX_SHORTAGE_H
#define TESTS_OUTBOX_SHORTAGE_H

/* From here on: the `at`-th fails, and `row` in all; 0: none does. */
void shortage_begin(unsigned at, unsigned row);
/* How many there were since. */
unsigned shortage_end(void);

#endif
