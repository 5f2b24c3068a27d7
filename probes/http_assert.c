/*
 * http_assert.c - ranges of status, and body searches.
 *
 * A text may lie across two pieces of the body: the last bytes of a piece are
 * kept, and looked at together with the first ones of the next.
 */
#include "http_assert.h"

#include <assert.h>
#include <string.h>

/* ---- status ---- */

static bool status_read(const char *text, uint16_t *ret)
{
	unsigned value = 0;

	for (size_t i = 0; i < 3; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = value * 10 + (unsigned)(text[i] - '0');
	}
	*ret = (uint16_t)value;
	return value >= 100;
}

bool status_range_read(const char *text, struct status_range *ret)
{
	size_t n = strlen(text);

	if (n == 3 && strcmp(text + 1, "xx") == 0 && text[0] >= '1' && text[0] <= '9') {
		ret->low = (uint16_t)((text[0] - '0') * 100);
		ret->high = (uint16_t)(ret->low + 99);
		return true;
	}
	if (n == 3 && status_read(text, &ret->low)) {
		ret->high = ret->low;
		return true;
	}
	return n == 7 && text[3] == '-' && status_read(text, &ret->low) &&
	       status_read(text + 4, &ret->high) && ret->low <= ret->high;
}

bool status_is_among(const struct strings *ranges, int status)
{
	struct status_range range;

	for (size_t i = 0; i < ranges->n; i++) {
		if (status_range_read(ranges->v[i], &range) && status >= range.low &&
		    status <= range.high)
			return true;
	}
	return false;
}

/* ---- search ---- */

void search_init(struct search *search, const struct strings *texts)
{
	assert(texts->n <= SEARCH_TEXTS_MAX);
	search->texts = texts;
	search->found = 0;
	search->tail_n = 0;
}

static void found_mark(struct search *search, const void *bytes, size_t n)
{
	for (size_t i = 0; i < search->texts->n; i++) {
		const char *text = search->texts->v[i];

		if (memmem(bytes, n, text, strlen(text)) != NULL)
			search->found |= 1u << i;
	}
}

static void tail_keep(struct search *search, const unsigned char *bytes, size_t n)
{
	size_t most = sizeof(search->tail) - 1, kept;

	if (n >= most) {
		memcpy(search->tail, bytes + n - most, most);
		search->tail_n = most;
		return;
	}
	kept = most - n < search->tail_n ? most - n : search->tail_n;
	memmove(search->tail, search->tail + search->tail_n - kept, kept);
	memcpy(search->tail + kept, bytes, n);
	search->tail_n = kept + n;
}

void search_feed(struct search *search, const void *bytes, size_t n)
{
	unsigned char seam[2 * SEARCH_TEXT_MAX];
	size_t head = n < SEARCH_TEXT_MAX ? n : SEARCH_TEXT_MAX;

	if (search->texts->n == 0 || n == 0)
		return;
	memcpy(seam, search->tail, search->tail_n);
	memcpy(seam + search->tail_n, bytes, head);
	found_mark(search, seam, search->tail_n + head);
	if (n > head)
		found_mark(search, bytes, n);
	tail_keep(search, bytes, n);
}

bool search_has_all(const struct search *search)
{
	return search->found == (1u << search->texts->n) - 1;
}

bool search_has_any(const struct search *search)
{
	return search->found != 0;
}

const char *search_first(const struct search *search, bool is_found)
{
	for (size_t i = 0; i < search->texts->n; i++) {
		if (((search->found >> i) & 1) == is_found)
			return search->texts->v[i];
	}
	return NULL;
}
