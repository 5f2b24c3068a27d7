/*
 * h2.h - the least of an HTTP/2 server that a client will talk to (RFC 9113):
 * one stream, one answer, whole frames only.
 */
#ifndef TESTS_IO_H2_H
#define TESTS_IO_H2_H

#include "io/certs.h"

#define H2_PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

enum h2_frame { H2_DATA = 0, H2_HEADERS = 1, H2_SETTINGS = 4 };
#define H2_ACK	       0x1
#define H2_END_STREAM  0x1
#define H2_END_HEADERS 0x4

static inline bool h2_read(SSL *ssl, void *bytes, size_t n)
{
	char *at = bytes;

	while (n > 0) {
		int got = SSL_read(ssl, at, (int)n);

		if (got <= 0)
			return false;
		at += got;
		n -= (size_t)got;
	}
	return true;
}

static inline void h2_write(SSL *ssl, enum h2_frame type, unsigned char flags, unsigned char stream,
			    const char *payload)
{
	unsigned char frame[256] = {
		0, 0, (unsigned char)strlen(payload), (unsigned char)type, flags, 0, 0, 0, stream
	};

	memcpy(frame + 9, payload, strlen(payload));
	(void)SSL_write(ssl, frame, (int)(9 + strlen(payload)));
}

/* Reads up to the request's headers; answers 200 and "hello" as soon as they came. */
static inline void h2_says_hello(struct peer *peer, SSL *ssl)
{
	unsigned char head[9], payload[16384];
	char preface[sizeof(H2_PREFACE) - 1];

	(void)peer;
	if (!h2_read(ssl, preface, sizeof(preface)) ||
	    memcmp(preface, H2_PREFACE, sizeof(preface)) != 0)
		return;
	h2_write(ssl, H2_SETTINGS, 0, 0, "");
	h2_write(ssl, H2_SETTINGS, H2_ACK, 0, "");
	while (h2_read(ssl, head, sizeof(head))) {
		size_t n = (size_t)head[0] << 16 | (size_t)head[1] << 8 | head[2];

		if (n > sizeof(payload) || !h2_read(ssl, payload, n))
			return;
		if (head[3] != H2_HEADERS)
			continue;
		/* RFC 7541: 0x88 is ":status: 200"; then one header, spelt out. */
		h2_write(ssl, H2_HEADERS, H2_END_HEADERS, head[8],
			 "\x88\x40\x01"
			 "a"
			 "\x01"
			 "b");
		h2_write(ssl, H2_DATA, H2_END_STREAM, head[8], "hello");
	}
}

#endif
