/*
 * mime.h - bytes of a message: folded headers and transfer encodings.
 *
 * Internal to render. Everything written is 7-bit and ends its lines in CRLF.
 */
#ifndef RENDER_MIME_H
#define RENDER_MIME_H

#include <stddef.h>

#include "base/buf.h"

/* One header under construction. */
struct mime_header {
	struct buf *to;
	size_t column;
	size_t tokens;
};

/* "Name:" */
void mime_header_begin(struct mime_header *h, struct buf *to, const char *name);
/*
 * A token after a space, or after a fold where the line would pass 78 columns.
 * Only printable ASCII is kept of it.
 */
void mime_header_token(struct mime_header *h, const char *token);
/* Foreign words: cleaned, ASCII as it is, else RFC 2047 encoded words, folded. */
void mime_header_words(struct mime_header *h, const char *utf8);
/* A display name: as mime_header_words, but quoted where RFC 5322 wants it. */
void mime_header_phrase(struct mime_header *h, const char *utf8);
void mime_header_end(struct mime_header *h);

/* A whole header of one token, and of foreign words. */
void mime_token(struct buf *to, const char *name, const char *token);
void mime_words(struct buf *to, const char *name, const char *utf8);

/* Bodies with lines that end in LF, RFC 2045 6.7 and 6.8. */
void mime_quoted_printable(struct buf *to, const char *text, size_t n);
void mime_base64(struct buf *to, const char *text, size_t n);

#endif
