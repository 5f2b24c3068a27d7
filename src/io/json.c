/*
 * json.c - foreign JSON through jansson, the only file that knows it.
 *
 * A text is measured before it is parsed, because jansson's own limit of depth
 * is a constant of its build, and because three bytes of "[]," become more than
 * a hundred of memory. Doubled keys are refused: two readers of such a text
 * need not agree about it (RFC 8259 4). Integers that 64 bits do not hold are
 * refused as too large.
 */

/* jansson has a json_type, a JSON_OBJECT and so on of its own, which mean other things. */
#define json_type    jansson_type
#define JSON_NULL    JANSSON_NULL
#define JSON_STRING  JANSSON_STRING
#define JSON_ARRAY   JANSSON_ARRAY
#define JSON_OBJECT  JANSSON_OBJECT
#include <jansson.h>
#undef json_type
#undef JSON_NULL
#undef JSON_STRING
#undef JSON_ARRAY
#undef JSON_OBJECT

#include "shorewatch/json.h"

#include <errno.h>
#include <stdio.h>

#include "io/json_measure.h"

/* Each costs about a hundred bytes: this is 25 MB for the length of one look. */
#define VALUES_MAX 250000

/* ---- between jansson's values and ours ---- */

static const struct json *of_jansson(const json_t *value)
{
	return (const struct json *)(const void *)value;
}

/* jansson wants no const to walk an object; nothing here changes a value. */
static json_t *to_jansson(const struct json *value)
{
	return (json_t *)(const void *)value;
}

/* ---- parsing ---- */

static const struct {
	enum json_error_code code;
	const char *text;
} syntax_faults[] = {
	{ json_error_premature_end_of_input, "the JSON ends too early" },
	{ json_error_end_of_input_expected, "something follows the JSON" },
	{ json_error_invalid_utf8, "not valid UTF-8" },
	{ json_error_null_character, "a NUL inside a string" },
	{ json_error_null_byte_in_key, "a NUL inside a key" },
	{ json_error_duplicate_key, "a key is there twice" },
	{ json_error_numeric_overflow, "a number is too large" },
	{ json_error_out_of_memory, "no memory" },
};

/* Our words and a place, never the sender's bytes. */
static void explain_syntax(const json_error_t *error, char why[JSON_WHY_MAX])
{
	/* Not every path in the library that finds no memory says so. */
	bool is_short = errno == ENOMEM || json_error_code(error) == json_error_out_of_memory;
	const char *text = is_short ? "no memory" : "not JSON";

	for (size_t i = 0; i < sizeof(syntax_faults) / sizeof(syntax_faults[0]); i++) {
		if (json_error_code(error) == syntax_faults[i].code)
			text = syntax_faults[i].text;
	}
	(void)snprintf(why, JSON_WHY_MAX, "%s (near byte %d)", text, error->position);
	errno = is_short ? ENOMEM : EBADMSG;
}

static bool is_bounded(const char *text, size_t n, char why[JSON_WHY_MAX])
{
	struct json_measure measure = json_measure(text, n);

	if (measure.depth > JSON_DEPTH_MAX)
		(void)snprintf(why, JSON_WHY_MAX, "nested deeper than %d", JSON_DEPTH_MAX);
	else if (measure.values > VALUES_MAX)
		(void)snprintf(why, JSON_WHY_MAX, "more than %d values", VALUES_MAX);
	errno = E2BIG;
	return measure.depth <= JSON_DEPTH_MAX && measure.values <= VALUES_MAX;
}

struct json *json_parse(const void *text, size_t n, char why[JSON_WHY_MAX])
{
	json_error_t error;
	json_t *document;

	if (n == 0) {
		(void)snprintf(why, JSON_WHY_MAX, "empty");
		errno = EBADMSG;
		return NULL;
	}
	if (!is_bounded(text, n, why))
		return NULL;
	errno = 0;
	document = json_loadb(text, n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	if (document == NULL)
		explain_syntax(&error, why);
	return (struct json *)(void *)document;
}

void json_free(struct json *document)
{
	json_decref(to_jansson(document));
}

/* ---- looking ---- */

enum json_type json_type(const struct json *value)
{
	static const enum json_type types[] = {
		[JANSSON_OBJECT] = JSON_OBJECT, [JANSSON_ARRAY] = JSON_ARRAY,
		[JANSSON_STRING] = JSON_STRING, [JSON_INTEGER] = JSON_NUMBER,
		[JSON_REAL] = JSON_NUMBER,	[JSON_TRUE] = JSON_BOOL,
		[JSON_FALSE] = JSON_BOOL,	[JANSSON_NULL] = JSON_NULL,
	};

	return types[json_typeof(to_jansson(value))];
}

static bool is_a(const struct json *value, enum json_type type)
{
	return value != NULL && json_type(value) == type;
}

const struct json *json_member(const struct json *value, const char *name)
{
	return is_a(value, JSON_OBJECT) ? of_jansson(json_object_get(to_jansson(value), name))
					: NULL;
}

bool json_each(const struct json *value, json_on_member *on_member, void *ctx)
{
	json_t *object = to_jansson(value);

	if (!is_a(value, JSON_OBJECT))
		return true;
	for (void *at = json_object_iter(object); at != NULL;
	     at = json_object_iter_next(object, at)) {
		if (!on_member(ctx, json_object_iter_key(at),
			       of_jansson(json_object_iter_value(at))))
			return false;
	}
	return true;
}

size_t json_count(const struct json *value)
{
	if (is_a(value, JSON_ARRAY))
		return json_array_size(to_jansson(value));
	return is_a(value, JSON_OBJECT) ? json_object_size(to_jansson(value)) : 0;
}

const struct json *json_element(const struct json *value, size_t index)
{
	return is_a(value, JSON_ARRAY) ? of_jansson(json_array_get(to_jansson(value), index))
				       : NULL;
}

const char *json_as_text(const struct json *value)
{
	return is_a(value, JSON_STRING) ? json_string_value(to_jansson(value)) : NULL;
}

bool json_as_number(const struct json *value, double *ret)
{
	if (!is_a(value, JSON_NUMBER))
		return false;
	*ret = json_number_value(to_jansson(value));
	return true;
}

bool json_as_bool(const struct json *value, bool *ret)
{
	if (!is_a(value, JSON_BOOL))
		return false;
	*ret = json_is_true(to_jansson(value));
	return true;
}
