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
	for (size_t i = 0; i < n; i++)
		if (bytes[i] != 0)
			return false;
	return true;
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
		buf_printf(to, "%d", *(const int *)at);
		return;
	case ROW_COUNT:
		buf_printf(to, "%u", *(const unsigned *)at);
		return;
	case ROW_LONG:
		buf_printf(to, "%" PRIu64, *(const uint64_t *)at);
		return;
	case ROW_ID:
		buf_printf(to, "%016" PRIx64, *(const uint64_t *)at);
		return;
	case ROW_BOOL:
		buf_puts(to, *(const bool *)at ? "1" : "0");
		return;
	case ROW_SPAN:
	case ROW_MONO:
	case ROW_WALL:
		buf_printf(to, "%" PRId64, *(const int64_t *)at);
		return;
	case ROW_NOW: {
		const struct now *now = at;

		buf_printf(to, "%" PRId64 ",%" PRId64, now->mono.us, now->wall.us);
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
		buf_printf(to, " %s=", row->key);
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
