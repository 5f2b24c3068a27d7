/*
 * sha256.c - SHA-256 (FIPS 180-4) and its digest in base64 (RFC 4648).
 *
 * Pure, over bytes that are all there at once. Written for the 60 bytes of the
 * page's one inline style: plain rather than fast.
 */
#include "render/sha256.h"

#include <string.h>

#define BLOCK  64 /* bytes */
#define LENGTH 8  /* bytes at the end of the last block: the message's bits */

/* FIPS 180-4, 4.2.2: 32 bits of the fractions of the cube roots of the first 64 primes. */
static const uint32_t constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
	0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
	0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
	0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
	0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2,
};

static uint32_t rotate(uint32_t x, unsigned bits)
{
	return x >> bits | x << (32 - bits);
}

/* FIPS 180-4, 6.2.2 step 1: 16 words of the block stretched to 64. */
static void schedule_fill(uint32_t w[64], const uint8_t block[BLOCK])
{
	for (size_t i = 0; i < 16; i++)
		w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
		       (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
	for (size_t i = 16; i < 64; i++) {
		uint32_t s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
		uint32_t s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;
		w[i] = w[i - 16] + s0 + w[i - 7] + s1;
	}
}

/* Steps 2 to 4: one round a word, v[0..7] being the standard's a..h. */
static void block_mix(uint32_t hash[8], const uint8_t block[BLOCK])
{
	uint32_t w[64], v[8];

	schedule_fill(w, block);
	memcpy(v, hash, sizeof v);
	for (size_t i = 0; i < 64; i++) {
		uint32_t s1 = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25);
		uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
		uint32_t t1 = v[7] + s1 + choice + constants[i] + w[i];
		uint32_t s0 = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22);
		uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);

		memmove(v + 1, v, 7 * sizeof *v);
		v[4] += t1;
		v[0] = t1 + s0 + majority;
	}
	for (size_t i = 0; i < 8; i++)
		hash[i] += v[i];
}

/* FIPS 180-4, 5.1.1: a one bit, zeroes, and the length in bits, in one or two blocks. */
static void tail_mix(uint32_t hash[8], const uint8_t *rest, size_t rest_n, uint64_t total)
{
	uint8_t tail[2 * BLOCK] = { 0 };
	size_t n = rest_n + 1 + LENGTH <= BLOCK ? BLOCK : 2 * BLOCK;

	if (rest_n > 0)
		memcpy(tail, rest, rest_n);
	tail[rest_n] = 0x80;
	for (size_t i = 0; i < LENGTH; i++)
		tail[n - 1 - i] = (uint8_t)(total * 8 >> 8 * i);
	for (size_t i = 0; i < n; i += BLOCK)
		block_mix(hash, tail + i);
}

void sha256(const void *bytes, size_t n, uint8_t digest[SHA256_BYTES])
{
	uint32_t hash[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
			     0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
	const uint8_t *p = bytes;
	size_t whole = n - n % BLOCK;

	for (size_t i = 0; i < whole; i += BLOCK)
		block_mix(hash, p + i);
	tail_mix(hash, whole < n ? p + whole : NULL, n - whole, n);
	for (size_t i = 0; i < SHA256_BYTES; i++)
		digest[i] = (uint8_t)(hash[i / 4] >> 8 * (3 - i % 4));
}

/* 32 bytes are ten threes and a two: 43 characters and one '='. */
void sha256_base64(const void *bytes, size_t n, char text[SHA256_BASE64_TEXT])
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint8_t digest[SHA256_BYTES + 1] = { 0 }; /* one more, so that threes come out even */
	char *out = text;

	sha256(bytes, n, digest);
	for (size_t i = 0; i < SHA256_BYTES; i += 3) {
		uint32_t three = (uint32_t)digest[i] << 16 | (uint32_t)digest[i + 1] << 8 |
				 digest[i + 2];

		for (unsigned shift = 24; shift > 0; shift -= 6)
			*out++ = alphabet[three >> (shift - 6) & 63];
	}
	text[SHA256_BASE64_TEXT - 2] = '=';
	text[SHA256_BASE64_TEXT - 1] = '\0';
}
