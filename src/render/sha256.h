/*
 * sha256.h - SHA-256 as a content security policy wants it.
 *
 * For the hash of our own inline style only: no secret passes through here,
 * and render links no cryptographic library.
 */
#ifndef RENDER_SHA256_H
#define RENDER_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_BYTES	   32
#define SHA256_BASE64_TEXT 45 /* 44 characters and a terminator */

void sha256(const void *bytes, size_t n, uint8_t digest[SHA256_BYTES]);
/* The digest in base64, as 'sha256-...' is followed by. */
void sha256_base64(const void *bytes, size_t n, char text[SHA256_BASE64_TEXT]);

#endif
