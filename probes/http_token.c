/*
 * http_token.c - the alphabet of headers.
 */
#include "http_token.h"

#include <string.h>

bool token_is_fine(const char *text, size_t n)
{
	static const char marks[] = "!#$%&'*+-.^_`|~";

	for (size_t i = 0; i < n; i++) {
		char c = text[i];
		bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

		if (!is_letter && !(c >= '0' && c <= '9') && (c == '\0' || !strchr(marks, c)))
			return false;
	}
	return n > 0;
}

bool text_has_controls(const char *text)
{
	for (; *text != '\0'; text++) {
		if (((unsigned char)*text < ' ' && *text != '\t') || *text == 0x7f)
			return true;
	}
	return false;
}
