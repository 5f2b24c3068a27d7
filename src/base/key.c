/*
 * key.c - hashes that are the same on every machine and in every run.
 *
 * They place targets in their interval and name things in files, so that a
 * change of these functions moves every target once.
 */
#include "base/key.h"

#include <string.h>

/* The offset basis and the prime of FNV-1a, 64 bits. */
#define FNV_BASIS UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x00000100000001b3)

uint64_t key_mix(uint64_t x)
{
	x ^= x >> 30;
	x *= UINT64_C(0xbf58476d1ce4e5b9);
	x ^= x >> 27;
	x *= UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

uint64_t key_hash(const void *bytes, size_t n, uint64_t seed)
{
	const unsigned char *at = bytes;
	uint64_t hash = FNV_BASIS ^ seed;

	for (size_t i = 0; i < n; i++)
		hash = (hash ^ at[i]) * FNV_PRIME;
	return key_mix(hash);
}

uint64_t key_text(const char *text)
{
	return key_hash(text, strlen(text), 0);
}
