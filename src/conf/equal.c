/*
 * equal.c - two values of a plan, compared by what they say.
 */
#include "conf/equal.h"

#include <string.h>

#include "shorewatch/time.h"

bool text_equal(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool strings_equal(const struct strings *a, const struct strings *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		if (strcmp(a->v[i], b->v[i]) != 0)
			return false;
	}
	return true;
}

bool pairs_equal(const struct pairs *a, const struct pairs *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		if (strcmp(a->v[i].name, b->v[i].name) != 0 ||
		    strcmp(a->v[i].value, b->v[i].value) != 0)
			return false;
	}
	return true;
}

bool recurrence_equal(const struct recurrence *a, const struct recurrence *b)
{
	return a->minutes == b->minutes && a->hours == b->hours && a->days == b->days &&
	       a->months == b->months && a->weekdays == b->weekdays &&
	       a->is_either_day == b->is_either_day;
}

static bool auth_equal(const struct auth *a, const struct auth *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return text_equal(a->user, b->user) && text_equal(a->password, b->password) &&
	       text_equal(a->bearer, b->bearer);
}

bool option_equal(const struct option *row, const void *before, const void *after)
{
	const char *a = (const char *)before + row->offset;
	const char *b = (const char *)after + row->offset;

	switch (row->type) {
	case OPTION_STRING:
	case OPTION_SECRET:
	case OPTION_PATH:
		return text_equal(*(const char *const *)a, *(const char *const *)b);
	case OPTION_BOOL:
		return *(const bool *)a == *(const bool *)b;
	case OPTION_INT:
		return *(const int64_t *)a == *(const int64_t *)b;
	case OPTION_DURATION:
		return *(const usec_t *)a == *(const usec_t *)b;
	case OPTION_WORD:
		return *(const int *)a == *(const int *)b;
	case OPTION_STRINGS:
		return strings_equal((const struct strings *)a, (const struct strings *)b);
	case OPTION_PAIRS:
		return pairs_equal((const struct pairs *)a, (const struct pairs *)b);
	case OPTION_AUTH:
		return auth_equal(*(const struct auth *const *)a, *(const struct auth *const *)b);
	}
	return true;
}
