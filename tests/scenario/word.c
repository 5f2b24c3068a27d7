/*
 * word.c - words and spans of a scenario's lines.
 */
#include <stdlib.h>
#include <string.h>

#include "scenario.h"

const char *skip_spaces(const char *at)
{
	while (*at == ' ' || *at == '\t')
		at++;
	return at;
}

bool word_next(const char **at, char ret[WORD_MAX])
{
	const char *from = skip_spaces(*at), *to;
	bool is_quoted = *from == '"';
	size_t n;

	if (*from == '\0')
		return false;
	from += is_quoted;
	to = from + strcspn(from, is_quoted ? "\"" : " \t");
	n = (size_t)(to - from);
	if (n >= WORD_MAX)
		n = WORD_MAX - 1;
	memcpy(ret, from, n);
	ret[n] = '\0';
	*at = to + (is_quoted && *to == '"');
	return true;
}

bool word_is(const char **at, const char *word)
{
	const char *then = *at;
	char next[WORD_MAX];

	if (!word_next(&then, next) || strcmp(next, word) != 0)
		return false;
	*at = then;
	return true;
}

static bool unit_read(const char **at, usec_t *ret)
{
	static const struct {
		const char *name;
		usec_t span;
	} units[] = {
		{ "ms", USEC_PER_MS },	{ "us", 1 },
		{ "s", USEC_PER_SEC },	{ "m", USEC_PER_MIN },
		{ "h", USEC_PER_HOUR }, { "d", USEC_PER_DAY },
	};

	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		size_t n = strlen(units[i].name);

		if (strncmp(*at, units[i].name, n) != 0)
			continue;
		*at += n;
		*ret = units[i].span;
		return true;
	}
	return false;
}

bool span_parse(const char *text, usec_t *ret)
{
	usec_t sum = 0, unit;

	if (*text == '\0')
		return false;
	while (*text != '\0') {
		char *end;
		long long n = strtoll(text, &end, 10);

		if (end == text || n < 0)
			return false;
		text = end;
		if (!unit_read(&text, &unit))
			return false;
		sum += n * unit;
	}
	*ret = sum;
	return true;
}

bool span_next(const char **at, usec_t *ret)
{
	const char *then = *at;
	char word[WORD_MAX];

	if (!word_next(&then, word) || !span_parse(word, ret))
		return false;
	*at = then;
	return true;
}
