/*
 * json_writer.c - JSON written in order, with the commas where they belong.
 *
 * Nothing is checked against a schema; that nesting is closed properly is a
 * contract with the caller and asserted. Errors of the buffer stay with it.
 */
#include "base/json_writer.h"

#include <assert.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/text.h"

#define DECIMALS_MAX 18 /* 10^18 is the largest power of ten below 2^63 */

/* What must be written before an item: nothing behind its key, a comma behind another item. */
static void item_begin(struct json_writer *w)
{
	if (w->is_after_key) {
		w->is_after_key = false;
		return;
	}
	assert(w->depth > 0 || !w->has_item[0]); /* one value at the top */
	if (w->has_item[w->depth])
		buf_putc(w->to, ',');
	w->has_item[w->depth] = true;
}

static void nest_begin(struct json_writer *w, char bracket)
{
	item_begin(w);
	assert(w->depth + 1 < JSON_WRITER_DEPTH_MAX);
	buf_putc(w->to, bracket);
	w->has_item[++w->depth] = false;
}

static void nest_end(struct json_writer *w, char bracket)
{
	assert(w->depth > 0 && !w->is_after_key);
	w->depth--;
	buf_putc(w->to, bracket);
}

void json_begin(struct json_writer *w, struct buf *to)
{
	*w = (struct json_writer){.to = to};
}

void json_object(struct json_writer *w)
{
	nest_begin(w, '{');
}

void json_object_end(struct json_writer *w)
{
	nest_end(w, '}');
}

void json_array(struct json_writer *w)
{
	nest_begin(w, '[');
}

void json_array_end(struct json_writer *w)
{
	nest_end(w, ']');
}

void json_key(struct json_writer *w, const char *key)
{
	assert(w->depth > 0 && !w->is_after_key);
	item_begin(w);
	text_json(w->to, key);
	buf_putc(w->to, ':');
	w->is_after_key = true;
}

void json_text(struct json_writer *w, const char *text)
{
	if (text == NULL) {
		json_null(w);
		return;
	}
	item_begin(w);
	text_json(w->to, text);
}

void json_int(struct json_writer *w, int64_t value)
{
	item_begin(w);
	buf_printf(w->to, "%" PRId64, value);
}

void json_bool(struct json_writer *w, bool value)
{
	item_begin(w);
	buf_puts(w->to, value ? "true" : "false");
}

void json_null(struct json_writer *w)
{
	item_begin(w);
	buf_puts(w->to, "null");
}

void json_decimal(struct json_writer *w, int64_t value, unsigned decimals)
{
	uint64_t scale = 1, size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	assert(decimals <= DECIMALS_MAX);
	if (decimals == 0) {
		json_int(w, value);
		return;
	}
	for (unsigned i = 0; i < decimals; i++)
		scale *= 10;
	item_begin(w);
	buf_printf(w->to, "%s%" PRIu64 ".%0*" PRIu64, value < 0 ? "-" : "", size / scale,
		   (int)decimals, size % scale);
}
