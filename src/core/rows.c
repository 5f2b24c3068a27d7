/*
 * rows.c - see rows.h.
 */
#include "core/rows.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/words.h"
#include "core/fields.h"
#include "shorewatch/outcome.h"

#define TOKEN_MAX 2560 /* ROW_TEXT writes three bytes for one */

static bool is_zero(const char *bytes, size_t n)
{
	return bytes[0] == 0 && memcmp(bytes, bytes + 1, n - 1) == 0;
}

static bool is_plain(unsigned char byte)
{
	return byte > ' ' && byte != '%' && byte != 0x7f;
}

static void write_text(struct buf *to, const char *text)
{
	for (; *text; text++) {
		if (is_plain((unsigned char)*text))
			buf_putc(to, *text);
		else
			buf_printf(to, "%%%02X", (unsigned)(unsigned char)*text);
	}
}

/* A state is many thousands of numbers, written every second while something is the matter. */
static void write_number(struct buf *to, uint64_t number, bool is_negative)
{
	char digits[24];
	size_t at = sizeof digits;

	do
		digits[--at] = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	if (is_negative)
		digits[--at] = '-';
	buf_add(to, digits + at, sizeof digits - at);
}

static void write_signed(struct buf *to, int64_t number)
{
	write_number(to, number < 0 ? -(uint64_t)number : (uint64_t)number, number < 0);
}

static void write_value(struct buf *to, const struct row *row, const void *at)
{
	switch (row->type) {
	case ROW_WORD:
		buf_puts(to, at);
		return;
	case ROW_TEXT:
		write_text(to, at);
		return;
	case ROW_INT:
		write_signed(to, *(const int *)at);
		return;
	case ROW_COUNT:
		write_number(to, *(const unsigned *)at, false);
		return;
	case ROW_LONG:
		write_number(to, *(const uint64_t *)at, false);
		return;
	case ROW_ID:
		buf_printf(to, "%016" PRIx64, *(const uint64_t *)at);
		return;
	case ROW_BOOL:
		buf_puts(to, "1"); /* what is zero is not written */
		return;
	case ROW_SPAN:
	case ROW_MONO:
	case ROW_WALL:
		write_signed(to, *(const int64_t *)at);
		return;
	case ROW_NOW: {
		const struct now *now = at;

		write_signed(to, now->mono.us);
		buf_putc(to, ',');
		write_signed(to, now->wall.us);
		return;
	}
	case ROW_OUTCOME:
		buf_puts(to, outcome_code(*(const struct outcome *)at));
		return;
	}
}

void rows_add(struct buf *to, const struct row *rows, const void *from)
{
	for (const struct row *row = rows; row->key; row++) {
		const char *at = (const char *)from + row->offset;

		if (is_zero(at, row->size))
			continue;
		buf_putc(to, ' ');
		buf_puts(to, row->key);
		buf_putc(to, '=');
		write_value(to, row, at);
	}
}

void rows_write(struct buf *to, const struct row *rows, const void *from)
{
	rows_add(to, rows, from);
	buf_putc(to, '\n');
}

/* INT64_MAX and very old times are marks, not instants. */
static mono_t shifted(int64_t us, usec_t shift)
{
	if (us == INT64_MAX || us <= INT64_MIN / 4 || us == 0)
		return (mono_t){ us };
	return (mono_t){ us + shift };
}

static bool read_now(char *value, usec_t shift, struct now *ret)
{
	char *comma = strchr(value, ',');
	int64_t mono, wall;

	if (!comma)
		return false;
	*comma = '\0';
	if (!words_int(value, INT64_MIN, INT64_MAX, &mono) ||
	    !words_int(comma + 1, INT64_MIN, INT64_MAX, &wall))
		return false;
	ret->mono = shifted(mono, shift);
	ret->wall.us = wall;
	return true;
}

static bool read_number(const struct row *row, const char *value, usec_t shift, void *at)
{
	int64_t least = row->type == ROW_COUNT || row->type == ROW_LONG || row->type == ROW_BOOL
				? 0
				: INT64_MIN;
	int64_t number;

	if (!words_int(value, least, INT64_MAX, &number))
		return false;
	switch (row->type) {
	case ROW_INT:
		*(int *)at = (int)number;
		return number >= INT32_MIN && number <= INT32_MAX;
	case ROW_COUNT:
		*(unsigned *)at = (unsigned)number;
		return number <= UINT32_MAX;
	case ROW_BOOL:
		*(bool *)at = number == 1;
		return number <= 1;
	case ROW_LONG:
	case ROW_SPAN:
	case ROW_WALL:
		*(int64_t *)at = number;
		return true;
	case ROW_MONO:
		*(mono_t *)at = shifted(number, shift);
		return true;
	case ROW_WORD:
	case ROW_TEXT:
	case ROW_ID:
	case ROW_NOW:
	case ROW_OUTCOME:
		break;
	}
	return false;
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789ABCDEF";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

static bool read_text(const char *value, char *to, size_t max)
{
	size_t n = 0;

	for (; *value; value++, n++) {
		int high, low;

		if (n + 1 == max)
			return false;
		to[n] = *value;
		if (*value != '%')
			continue;
		high = hex_digit(value[1]);
		low = high < 0 ? -1 : hex_digit(value[2]);
		if (low < 0 || high * 16 + low == 0)
			return false;
		to[n] = (char)(high * 16 + low);
		value += 2;
	}
	to[n] = '\0';
	return true;
}

static bool read_value(const struct row *row, char *value, usec_t shift, void *at)
{
	switch (row->type) {
	case ROW_WORD:
		return words_copy(at, row->size, value);
	case ROW_TEXT:
		return read_text(value, at, row->size);
	case ROW_ID:
		return words_hex64(value, at);
	case ROW_NOW:
		return read_now(value, shift, at);
	case ROW_OUTCOME:
		return outcome_parse(value, at);
	case ROW_INT:
	case ROW_COUNT:
	case ROW_LONG:
	case ROW_BOOL:
	case ROW_SPAN:
	case ROW_MONO:
	case ROW_WALL:
		return read_number(row, value, shift, at);
	}
	return false;
}

static const struct row *row_find(const struct row *rows, const char *key)
{
	for (; rows->key; rows++)
		if (strcmp(rows->key, key) == 0)
			return rows;
	return NULL;
}

bool rows_read(const char *line, size_t n, const struct row *rows, usec_t shift, void *to)
{
	struct fields f = fields_of(line, n);
	char token[TOKEN_MAX];

	for (;;) {
		const struct row *row;
		char *value;

		while (f.at < f.end && *f.at == ' ')
			f.at++;
		if (f.at >= f.end)
			return true;
		fields_word(&f, token, sizeof token);
		value = strchr(token, '=');
		if (f.has_failed || !value)
			return false;
		*value++ = '\0';
		row = row_find(rows, token);
		if (row && !read_value(row, value, shift, (char *)to + row->offset))
			return false;
	}
}
