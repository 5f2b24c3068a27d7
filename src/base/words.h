/*
 * words.h - checked reading of numbers and durations, checked copying of text.
 */
#ifndef BASE_WORDS_H
#define BASE_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shorewatch/time.h"

/* The whole of `text` is a decimal number in min..max: digits, a minus before them at most. */
bool words_int(const char *text, int64_t min, int64_t max, int64_t *ret);
/* Sixteen hex digits. */
bool words_hex64(const char *text, uint64_t *ret);
/* "500ms" "60s" "5m" "1h" "7d", whole numbers only. */
bool words_duration(const char *text, usec_t *ret);
/* As words_duration reads it, in the largest unit that divides. At most 24 bytes. */
void words_print_duration(usec_t span, char *text, size_t max);
/* Copy with a terminator; what does not fit is cut at a UTF-8 boundary and ends in "…".
 * True: it fitted. */
bool words_copy(char *to, size_t max, const char *from);
/* [a-z0-9-]{1,63} */
bool words_is_name(const char *text);
/* The closest of `words` (NULL-terminated) within two edits, and fewer than it has letters; or
 * NULL. Two neighbours exchanged are one edit. */
const char *words_nearest(const char *text, const char *const *words);

#endif
