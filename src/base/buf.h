/*
 * buf.h - text under construction, with a cap.
 *
 * Append freely and look at buf_failed() once at the end: an append that would
 * pass the cap, or finds no memory, changes nothing and marks the buffer.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *data; /* always terminated, NULL only while empty */
	size_t n, room, cap;
	bool has_failed;
};

#define BUF_INIT(cap_bytes) { .cap = (cap_bytes) }

void buf_init(struct buf *b, size_t cap);
void buf_done(struct buf *b);
void buf_clear(struct buf *b);
/* The text; "" when empty. Valid until the next append. */
const char *buf_text(const struct buf *b);
bool buf_failed(const struct buf *b);
void buf_add(struct buf *b, const void *bytes, size_t n);
void buf_puts(struct buf *b, const char *text);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *format, va_list args);
/* Take the bytes out; the caller frees. The buffer is empty afterwards. NULL when it failed. */
char *buf_take(struct buf *b, size_t *ret_n);

#endif
