/*
 * words.c - numbers, durations and short words, read strictly.
 *
 * Nothing here guesses: a text is wholly what it should be, or it is refused.
 * The one helper that guesses, words_nearest, only makes suggestions.
 */
#include "base/words.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_BYTES 63
#define NEAREST_EDITS  2
#define NEAREST_LENGTH 64 /* longer words get no suggestion */

#define ELLIPSIS "\xe2\x80\xa6"

/* From the largest to the smallest. */
static const struct duration_unit {
	const char *name;
	usec_t span;
} units[] = {
	{"d", USEC_PER_DAY}, {"h", USEC_PER_HOUR}, {"m", USEC_PER_MIN},
	{"s", USEC_PER_SEC}, {"ms", USEC_PER_MS},
};

#define UNIT_COUNT (sizeof units / sizeof units[0])

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool words_int(const char *text, int64_t min, int64_t max, int64_t *ret)
{
	long long value;
	char *end;

	/* strtoll would skip spaces and take a plus. */
	if (!is_digit(text[text[0] == '-' ? 1 : 0]))
		return false;
	errno = 0;
	value = strtoll(text, &end, 10);
	if (errno != 0 || *end != '\0' || value < min || value > max)
		return false;
	*ret = value;
	return true;
}

static int hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool words_hex64(const char *text, uint64_t *ret)
{
	uint64_t value = 0;

	for (int i = 0; i < 16; i++) {
		int digit = hex_digit(text[i]);

		if (digit < 0)
			return false;
		value = value << 4 | (uint64_t)digit;
	}
	if (text[16] != '\0')
		return false;
	*ret = value;
	return true;
}

static const struct duration_unit *unit_find(const char *name)
{
	for (size_t i = 0; i < UNIT_COUNT; i++) {
		if (strcmp(name, units[i].name) == 0)
			return &units[i];
	}
	return NULL;
}

bool words_duration(const char *text, usec_t *ret)
{
	const struct duration_unit *unit;
	long long number;
	usec_t span;
	char *end;

	if (!is_digit(text[0]))
		return false;
	errno = 0;
	number = strtoll(text, &end, 10);
	unit = unit_find(end);
	if (errno != 0 || unit == NULL || __builtin_mul_overflow(number, unit->span, &span))
		return false;
	*ret = span;
	return true;
}

/* What is below a millisecond has no word and is left out. */
void words_print_duration(usec_t span, char *text, size_t max)
{
	uint64_t size = span < 0 ? 0 - (uint64_t)span : (uint64_t)span;
	const struct duration_unit *unit = units;

	size -= size % (uint64_t)USEC_PER_MS;
	if (size == 0)
		unit = unit_find("s");
	while (size % (uint64_t)unit->span != 0)
		unit++;
	(void)snprintf(text, max, "%s%" PRIu64 "%s", span < 0 && size > 0 ? "-" : "",
		       size / (uint64_t)unit->span, unit->name); /* at most 24 bytes, see words.h */
}

/* The last place at or before `at` where a character of `text` begins. */
static size_t boundary_before(const char *text, size_t at)
{
	while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80)
		at--;
	return at;
}

bool words_copy(char *to, size_t max, const char *from)
{
	size_t n = strnlen(from, max), mark = strlen(ELLIPSIS);

	assert(max > 0);
	if (n < max) {
		memcpy(to, from, n + 1);
		return true;
	}
	if (max <= mark)
		mark = 0; /* no room to show the cut */
	n = boundary_before(from, max - 1 - mark);
	memcpy(to, from, n);
	memcpy(to + n, ELLIPSIS, mark);
	to[n + mark] = '\0';
	return false;
}

bool words_is_name(const char *text)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return n >= 1 && n <= NAME_MAX_BYTES && text[n] == '\0';
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Edits between `a` and `b`: insert, delete, replace, exchange neighbours. */
static size_t edit_distance(const char *a, size_t a_n, const char *b, size_t b_n)
{
	size_t rows[3][NEAREST_LENGTH + 1];

	for (size_t j = 0; j <= b_n; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a_n; i++) {
		size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *over = rows[(i + 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= b_n; j++) {
			size_t replaced = above[j - 1] + (a[i - 1] != b[j - 1]);

			row[j] = smaller(smaller(above[j], row[j - 1]) + 1, replaced);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = smaller(row[j], over[j - 2] + 1);
		}
	}
	return rows[a_n % 3][b_n];
}

const char *words_nearest(const char *text, const char *const *words)
{
	size_t best = NEAREST_EDITS + 1, n = strnlen(text, NEAREST_LENGTH + 1);
	const char *nearest = NULL;

	if (n > NEAREST_LENGTH)
		return NULL;
	for (; *words != NULL; words++) {
		size_t word_n = strlen(*words), distance;

		if (word_n > NEAREST_LENGTH)
			continue;
		distance = edit_distance(text, n, *words, word_n);
		if (distance >= best || distance >= word_n)
			continue;
		best = distance;
		nearest = *words;
	}
	return nearest;
}
