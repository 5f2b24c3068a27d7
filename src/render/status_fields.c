/*
 * status_fields.c - members of a JSON object, of every type status.json uses.
 */
#include "render/status_parts.h"

#include "base/buf.h"
#include "base/calendar.h"

void text_field(struct document *d, const char *key, const char *text)
{
	json_key(&d->json, key);
	json_text(&d->json, text);
}

void int_field(struct document *d, const char *key, int64_t value)
{
	json_key(&d->json, key);
	json_int(&d->json, value);
}

void time_field(struct document *d, const char *key, wall_t at)
{
	struct buf iso = BUF_INIT(64);

	if (wall_is_set(at))
		calendar_print_iso(&iso, at);
	text_field(d, key, wall_is_set(at) ? buf_text(&iso) : NULL);
	buf_done(&iso);
}

void ms_field(struct document *d, const char *key, bool is_known, usec_t span)
{
	json_key(&d->json, key);
	if (is_known)
		json_int(&d->json, span / USEC_PER_MS);
	else
		json_null(&d->json);
}

void languages_field(struct document *d, const char *key,
		     void (*write)(struct buf *to, const struct sheet *s, const void *what),
		     const void *what)
{
	json_key(&d->json, key);
	json_object(&d->json);
	for (enum language l = 0; l < LANGUAGE_COUNT; l++) {
		struct buf text = BUF_INIT(LINE_MAX_BYTES);
		const struct sheet s = { .model = d->model, .facts = d->facts,
						 .language = l, .to = &text };

		write(&text, &s, what);
		text_field(d, page_word(l, WORD_LANGUAGE_CODE), buf_text(&text));
		buf_done(&text);
	}
	json_object_end(&d->json);
}

void bool_field(struct document *d, const char *key, bool value)
{
	json_key(&d->json, key);
	json_bool(&d->json, value);
}
