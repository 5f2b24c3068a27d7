/*
 * buf.c - text that grows by doubling, up to its cap and no further.
 *
 * A failure sticks: what is appended after it is dropped as well, so that
 * nobody reads a text with a hole in its middle.
 */
#include "base/buf.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST 64

/* `room` counts the terminator, `cap` does not. */
static size_t room_next(const struct buf *b, size_t needed)
{
	size_t room = b->room < ROOM_FIRST ? ROOM_FIRST : b->room;

	while (room < needed)
		room = room > SIZE_MAX / 2 ? needed : room * 2;
	return room > b->cap + 1 ? b->cap + 1 : room;
}

/* Room for `n` more bytes and the terminator, or the mark of failure. */
static bool buf_reserve(struct buf *b, size_t n)
{
	char *data;
	size_t room;

	assert(b->cap < SIZE_MAX);
	if (b->has_failed || n > b->cap - b->n) {
		b->has_failed = true;
		return false;
	}
	if (b->n + n < b->room)
		return true;
	room = room_next(b, b->n + n + 1);
	data = realloc(b->data, room);
	if (data == NULL) {
		b->has_failed = true;
		return false;
	}
	b->data = data;
	b->room = room;
	return true;
}

void buf_init(struct buf *b, size_t cap)
{
	*b = (struct buf)BUF_INIT(cap);
}

void buf_done(struct buf *b)
{
	free(b->data);
	buf_init(b, b->cap);
}

void buf_clear(struct buf *b)
{
	b->n = 0;
	b->has_failed = false;
	if (b->data != NULL)
		b->data[0] = '\0';
}

const char *buf_text(const struct buf *b)
{
	return b->data != NULL ? b->data : "";
}

bool buf_failed(const struct buf *b)
{
	return b->has_failed;
}

void buf_add(struct buf *b, const void *bytes, size_t n)
{
	if (n == 0 || !buf_reserve(b, n))
		return;
	memcpy(b->data + b->n, bytes, n);
	b->n += n;
	b->data[b->n] = '\0';
}

void buf_puts(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void buf_putc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

/* Mostly it fits into the room that there is; if not, the first try has measured it. */
void buf_vprintf(struct buf *b, const char *format, va_list args)
{
	size_t room = b->data == NULL || b->has_failed ? 0 : b->room - b->n;
	va_list again;
	int n;

	va_copy(again, args);
	n = vsnprintf(room > 0 ? b->data + b->n : NULL, room, format, args);
	if (n < 0)
		b->has_failed = true;
	if (n > 0 && (size_t)n < room) {
		b->n += (size_t)n;
	} else if (n > 0 && buf_reserve(b, (size_t)n)) {
		(void)vsnprintf(b->data + b->n, (size_t)n + 1, format, again);
		b->n += (size_t)n;
	} else if (room > 0) {
		b->data[b->n] = '\0';
	}
	va_end(again);
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buf_vprintf(b, format, args);
	va_end(args);
}

char *buf_take(struct buf *b, size_t *ret_n)
{
	char *data = NULL;
	size_t n = b->n;

	if (!b->has_failed && buf_reserve(b, 0)) {
		data = b->data;
		data[n] = '\0';
		b->data = NULL;
	}
	buf_done(b);
	if (data != NULL && ret_n != NULL)
		*ret_n = n;
	return data;
}
