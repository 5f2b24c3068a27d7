/*
 * option_values.h - one setting into one field, as its option row says.
 */
#ifndef CONF_OPTION_VALUES_H
#define CONF_OPTION_VALUES_H

#include "shorewatch/option.h"

struct loader;
struct setting;

/* What stands at `at` into `field`; `name` is the option in messages. A wrong value is told, and
 * leaves the field as it was. */
void option_value_read(struct loader *l, const char *name, const struct option *row,
		       const struct setting *at, void *field);
/* The row's fallback, which it must have. */
void option_value_default(struct loader *l, const struct option *row, void *field);
/* "a text in quotes": what a value of this row should be. */
const char *option_value_expected(struct loader *l, const struct option *row);

#endif
