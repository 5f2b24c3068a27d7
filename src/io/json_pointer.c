/*
 * json_pointer.c - a value by its pointer (RFC 6901). Pure.
 */
#include <stdint.h>
#include <string.h>

#include "shorewatch/json.h"

/* One reference token, "~0" and "~1" undone. False: too long, or a '~' before something else. */
static bool token_read(const char *token, size_t n, char ret[JSON_NAME_MAX])
{
	size_t length = 0;

	for (size_t i = 0; i < n; i++) {
		char c = token[i];

		if (c == '~') {
			if (++i == n || (token[i] != '0' && token[i] != '1'))
				return false;
			c = token[i] == '0' ? '~' : '/';
		}
		if (length == JSON_NAME_MAX - 1)
			return false;
		ret[length++] = c;
	}
	ret[length] = '\0';
	return true;
}

/* RFC 6901 4: "0", or digits that do not begin with 0. "-" is after the last one: never there. */
static bool index_read(const char *token, size_t *ret)
{
	size_t index = 0;

	if (*token == '\0' || (token[0] == '0' && token[1] != '\0'))
		return false;
	for (; *token != '\0'; token++) {
		if (*token < '0' || *token > '9' || index > SIZE_MAX / 10 - 1)
			return false;
		index = index * 10 + (size_t)(*token - '0');
	}
	*ret = index;
	return true;
}

static const struct json *step(const struct json *value, const char *token)
{
	size_t index;

	if (json_type(value) != JSON_ARRAY)
		return json_member(value, token);
	return index_read(token, &index) ? json_element(value, index) : NULL;
}

const struct json *json_at(const struct json *value, const char *pointer)
{
	char token[JSON_NAME_MAX];

	while (value != NULL && *pointer != '\0') {
		size_t n;

		if (*pointer++ != '/')
			return NULL;
		n = strcspn(pointer, "/");
		if (!token_read(pointer, n, token))
			return NULL;
		value = step(value, token);
		pointer += n;
	}
	return value;
}

bool json_pointer_is_fine(const char *pointer)
{
	char token[JSON_NAME_MAX];

	while (*pointer != '\0') {
		size_t n;

		if (*pointer++ != '/')
			return false;
		n = strcspn(pointer, "/");
		if (!token_read(pointer, n, token))
			return false;
		pointer += n;
	}
	return true;
}
