/*
 * json_writer.h - the one writer of JSON: commas and nesting kept by itself.
 */
#ifndef BASE_JSON_WRITER_H
#define BASE_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>

struct buf;

#define JSON_WRITER_DEPTH_MAX 16

struct json_writer {
	struct buf *to;
	unsigned depth;
	bool has_item[JSON_WRITER_DEPTH_MAX];
	bool is_after_key;
};

void json_begin(struct json_writer *w, struct buf *to);
void json_object(struct json_writer *w);
void json_object_end(struct json_writer *w);
void json_array(struct json_writer *w);
void json_array_end(struct json_writer *w);
void json_key(struct json_writer *w, const char *key);
void json_text(struct json_writer *w, const char *text); /* NULL writes null */
void json_int(struct json_writer *w, int64_t value);
void json_bool(struct json_writer *w, bool value);
void json_null(struct json_writer *w);
/* `value` / 10^`decimals`, exact: (98365, 5) writes 0.98365. All decimals are written. */
void json_decimal(struct json_writer *w, int64_t value, unsigned decimals);

#endif
