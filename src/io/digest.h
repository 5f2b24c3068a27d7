/*
 * digest.h - SHA-256, and comparing two digests in constant time: tokens are
 * never compared as text. Implemented by tls.c, where the library is.
 */
#ifndef IO_DIGEST_H
#define IO_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIGEST_BYTES 32

void digest_sha256(const void *bytes, size_t n, uint8_t out[DIGEST_BYTES]);
/* Takes the same time wherever they differ. */
bool digest_equal(const uint8_t a[DIGEST_BYTES], const uint8_t b[DIGEST_BYTES]);

#endif
