/*
 * json.h - foreign JSON, read without trusting it (RFC 8259).
 *
 * A document is parsed once, whole and bounded, and then only looked at.
 * Whatever belongs to a document lives as long as it. (The writer's words are
 * in base/json_writer.h; json_text() and json_bool() are its.)
 */
#ifndef SHOREWATCH_JSON_H
#define SHOREWATCH_JSON_H

#include <stdbool.h>
#include <stddef.h>

#define JSON_DEPTH_MAX 64
#define JSON_WHY_MAX 120
#define JSON_NAME_MAX 256 /* a member's name in a pointer, and its terminator */

enum json_type { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json;

/*
 * The document, owned by the caller. NULL: `why` says what is wrong and where, and errno which
 * sort it is: EBADMSG not JSON, E2BIG nested deeper or more values than is read, ENOMEM.
 */
struct json *json_parse(const void *text, size_t n, char why[JSON_WHY_MAX]);
/* Only what json_parse returned. NULL is fine. */
void json_free(struct json *document);

enum json_type json_type(const struct json *value);
/* A member by name, or NULL: not an object, or no such member. NULL in gives NULL. */
const struct json *json_member(const struct json *value, const char *name);
/* Each member of an object, in no order, until on_member says false: then false too. */
typedef bool json_on_member(void *ctx, const char *name, const struct json *value);
bool json_each(const struct json *value, json_on_member *on_member, void *ctx);
/* Elements of an array, members of an object, 0 of anything else. */
size_t json_count(const struct json *value);
/* NULL: not an array, or beyond its end. */
const struct json *json_element(const struct json *value, size_t index);
/* By pointer (RFC 6901), "" is the whole document. NULL: nothing there. */
const struct json *json_at(const struct json *value, const char *pointer);
/* Is it a pointer at all? For what a configuration says. */
bool json_pointer_is_fine(const char *pointer);
/* UTF-8 without NUL; NULL: not a string. */
const char *json_as_text(const struct json *value);
/* False: not a number. */
bool json_as_number(const struct json *value, double *ret);
/* False: not a boolean. */
bool json_as_bool(const struct json *value, bool *ret);

#endif
