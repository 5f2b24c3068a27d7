/*
 * http_assert.h - is the answer the one we want? Ranges of status, and texts looked
 * for in a body that comes in pieces. Pure.
 */
#ifndef PROBES_HTTP_ASSERT_H
#define PROBES_HTTP_ASSERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shorewatch/option.h"

#define STATUS_RANGES_MAX 16
#define SEARCH_TEXT_MAX	  512 /* bytes of one text */
#define SEARCH_TEXTS_MAX  16

struct status_range {
	uint16_t low, high;
};

/* "200", "200-299", "2xx". False: not of that form. */
bool status_range_read(const char *text, struct status_range *ret);
/* In one of the ranges; a text that is none holds nothing. */
bool status_is_among(const struct strings *ranges, int status);

struct search {
	const struct strings *texts;	     /* at most SEARCH_TEXTS_MAX */
	uint32_t found;			     /* a bit a text */
	unsigned char tail[SEARCH_TEXT_MAX]; /* the last bytes of the piece before */
	size_t tail_n;
};

void search_init(struct search *search, const struct strings *texts);
void search_feed(struct search *search, const void *bytes, size_t n);
bool search_has_all(const struct search *search);
bool search_has_any(const struct search *search);
/* The first that was found, or was not; NULL: none. */
const char *search_first(const struct search *search, bool is_found);

#endif
