/*
 * json.c - any bytes as a JSON document: walked whole, and asked by the pointer
 * that stands in the input's first line.
 */
#include "fuzz.h"

#include "shorewatch/json.h"

static size_t walk(const struct json *value, int depth)
{
	size_t seen = 1, n = json_count(value);
	enum json_type type = json_type(value);
	double number;
	bool truth;

	PROMISE(depth <= JSON_DEPTH_MAX);
	PROMISE((json_as_text(value) != NULL) == (type == JSON_STRING));
	PROMISE(json_as_number(value, &number) == (type == JSON_NUMBER));
	PROMISE(json_as_bool(value, &truth) == (type == JSON_BOOL));
	PROMISE(type == JSON_ARRAY || !json_element(value, 0));
	for (size_t i = 0; type == JSON_ARRAY && i < n; i++)
		seen += walk(json_element(value, i), depth + 1);
	PROMISE(!json_element(value, n));
	return seen;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *pointer = fuzz_line(&data, &size), *text = fuzz_copy(data, size, 0);
	char why[JSON_WHY_MAX] = "";
	struct json *document = json_parse(text, size, why);

	PROMISE(document || why[0] != '\0');
	PROMISE(memchr(why, '\0', sizeof why));
	if (document) {
		const struct json *found = json_at(document, pointer);

		(void)walk(document, 0);
		PROMISE(!found || json_pointer_is_fine(pointer));
		if (found)
			(void)json_type(found);
		(void)json_member(document, pointer);
		PROMISE(json_at(document, "") == document);
	}
	json_free(document);
	free(pointer);
	free(text);
	return 0;
}
