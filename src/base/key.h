/*
 * key.h - hashes for tables, offsets and ids. Not for secrets.
 */
#ifndef BASE_KEY_H
#define BASE_KEY_H

#include <stddef.h>
#include <stdint.h>

/* FNV-1a over the bytes, finished with a 64-bit mix, so that every bit is usable. */
uint64_t key_hash(const void *bytes, size_t n, uint64_t seed);
uint64_t key_text(const char *text);
/* splitmix64's finaliser: one number to another, well spread. */
uint64_t key_mix(uint64_t x);

#endif
