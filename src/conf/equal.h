/*
 * equal.h - whether two values of a plan say the same.
 */
#ifndef CONF_EQUAL_H
#define CONF_EQUAL_H

#include <stdbool.h>

#include "shorewatch/option.h"
#include "shorewatch/window.h"

/* NULL is equal to NULL. */
bool text_equal(const char *a, const char *b);
/* In the same order. */
bool strings_equal(const struct strings *a, const struct strings *b);
bool pairs_equal(const struct pairs *a, const struct pairs *b);
bool recurrence_equal(const struct recurrence *a, const struct recurrence *b);
/* The option of this row in two params structs of its kind. */
bool option_equal(const struct option *row, const void *before, const void *after);

#endif
