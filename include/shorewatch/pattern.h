/*
 * pattern.h - regular expressions over foreign bytes, with limits (PCRE2).
 */
#ifndef SHOREWATCH_PATTERN_H
#define SHOREWATCH_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#define PATTERN_WHY_MAX 160

struct pattern;

/* Compiled, owned by the caller. NULL: `why` says what is wrong and at which character. */
struct pattern *pattern_new(const char *expression, char why[PATTERN_WHY_MAX]);
void pattern_free(struct pattern *pattern);

enum pattern_verdict {
	PATTERN_MATCHES,
	PATTERN_DIFFERS,
	PATTERN_GAVE_UP /* a limit was reached */
};
/* Steps and memory are bounded: hostile bytes cost a few milliseconds, a megabyte of them 40. */
enum pattern_verdict pattern_match(const struct pattern *pattern, const void *bytes, size_t n);

#endif
