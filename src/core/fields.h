/*
 * fields.h - lines of space-separated words, as snapshots and notice files use
 * them. A word never holds a space; an empty text is written as "-".
 */
#ifndef CORE_FIELDS_H
#define CORE_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shorewatch/time.h"

struct buf;

/* A reader over one line; any failed read makes the reader fail for good. */
struct fields {
	const char *at, *end;
	bool has_failed;
};

struct fields fields_of(const char *line, size_t n);
/* The next line of a text, without its end. False: no more. */
bool fields_line(const char **text, const char **ret_line, size_t *ret_n);
void fields_word(struct fields *f, char *ret, size_t max);
int64_t fields_int(struct fields *f, int64_t min, int64_t max);
unsigned fields_count(struct fields *f);
bool fields_bool(struct fields *f);
uint64_t fields_hex(struct fields *f);
struct now fields_now(struct fields *f);
mono_t fields_mono(struct fields *f);
wall_t fields_wall(struct fields *f);

void fields_put_now(struct buf *to, struct now now);

#endif
