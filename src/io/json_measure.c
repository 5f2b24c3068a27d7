/*
 * json_measure.c - the brackets and commas outside strings, counted, so that
 * a hostile text is refused before anything is allocated for it. What is not
 * JSON at all may be counted wrongly here; the parser refuses it afterwards.
 */
#include "io/json_measure.h"

/* The index of the quote that ends the string, or of the text's last byte. */
static size_t string_end(const char *text, size_t n, size_t begin)
{
	size_t i = begin + 1;

	while (i < n && text[i] != '"')
		i += text[i] == '\\' ? 2 : 1;
	return i;
}

struct json_measure json_measure(const char *text, size_t n)
{
	struct json_measure measure = { .values = 1 };
	size_t depth = 0;

	for (size_t i = 0; i < n; i++) {
		if (text[i] == '"') {
			i = string_end(text, n, i);
		} else if (text[i] == '{' || text[i] == '[') {
			measure.values++;
			if (++depth > measure.depth)
				measure.depth = depth;
		} else if (text[i] == ',') {
			measure.values++;
		} else if ((text[i] == '}' || text[i] == ']') && depth > 0) {
			depth--;
		}
	}
	return measure;
}
