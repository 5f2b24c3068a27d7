/*
 * fuzz.h - what every fuzz target shares: the entry point, and a way to say
 * that a promise was broken.
 *
 * A target takes any bytes. It may end the process only when something of ours
 * is wrong: a sanitizer's finding, a failed assert, or a broken promise.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold for every input. */
#define PROMISE(truth)                                                                             \
	do {                                                                                       \
		if (!(truth)) {                                                                    \
			(void)fprintf(stderr, "%s:%d: broken promise: %s\n", __FILE__, __LINE__,   \
				      #truth);                                                     \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/*
 * A copy of exactly these bytes, so that one byte too far is seen; or with a terminator. Never
 * NULL.
 */
static inline char *fuzz_copy(const void *bytes, size_t n, size_t terminator)
{
	char *copy = malloc(n + terminator > 0 ? n + terminator : 1);

	PROMISE(copy != NULL);
	copy[0] = '\0'; /* of none there is a byte, too */
	if (n > 0)
		memcpy(copy, bytes, n);
	if (terminator)
		copy[n] = '\0';
	return copy;
}

/* The first line of the input, for a target that needs two texts; the rest follows it. */
static inline char *fuzz_line(const uint8_t **data, size_t *n)
{
	const uint8_t *end = *n > 0 ? memchr(*data, '\n', *n) : NULL;
	size_t length = end ? (size_t)(end - *data) : *n;
	char *line = fuzz_copy(*data, length, 1);

	*data += end ? length + 1 : length;
	*n -= end ? length + 1 : length;
	return line;
}

#endif
