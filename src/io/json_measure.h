/*
 * json_measure.h - how deep and how large JSON is, before it is parsed. Pure.
 */
#ifndef IO_JSON_MEASURE_H
#define IO_JSON_MEASURE_H

#include <stddef.h>

struct json_measure {
	size_t depth;  /* of brackets, 0 for a bare value */
	size_t values; /* that a parser will have to keep, at most */
};

struct json_measure json_measure(const char *text, size_t n);

#endif
