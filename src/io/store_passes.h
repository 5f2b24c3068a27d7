/*
 * store_passes.h - one second's passed observations as one blob. For the
 * store's files only.
 */
#ifndef IO_STORE_PASSES_H
#define IO_STORE_PASSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

struct pass {
	int64_t name;	    /* its number in the table of names */
	int64_t started_us; /* since 1970 */
	int64_t total_us;
};

/* A number as the blobs hold it: seven bits a byte. */
void pass_number_write(struct buf *to, uint64_t value);
bool pass_number_read(const uint8_t **at, size_t *n, uint64_t *ret);
/* `second` is the blob's own; started may lie before it. */
void pass_write(struct buf *to, int64_t second, const struct pass *pass);
/* The next of `*n` bytes at `*at`, which move on. False: the end, or damage. */
bool pass_read(const uint8_t **at, size_t *n, int64_t second, struct pass *ret);

#endif
