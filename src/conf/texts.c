/*
 * texts.c - a table of texts by their hash; a place that is taken sends on to
 * the next one. At most half of it is taken.
 */
#include "conf/texts.h"

#include <string.h>

#include "base/arena.h"
#include "base/key.h"

#define ROOM_FIRST 256 /* a power of two, as all that follow */

/* Where it is, or belongs. */
static const char **place_of(const struct texts *texts, const char *text)
{
	size_t at = (size_t)key_hash(text, strlen(text), 0) & (texts->room - 1);

	while (texts->v[at] != NULL && strcmp(texts->v[at], text) != 0)
		at = (at + 1) & (texts->room - 1);
	return &texts->v[at];
}

static void table_grow(struct texts *texts, struct arena *scratch)
{
	struct texts larger = { .room = texts->room > 0 ? texts->room * 2 : ROOM_FIRST };

	larger.n = texts->n;
	larger.v = arena_alloc(scratch, larger.room, sizeof *larger.v);
	for (size_t i = 0; i < texts->room; i++) {
		if (texts->v[i] != NULL)
			*place_of(&larger, texts->v[i]) = texts->v[i];
	}
	*texts = larger;
}

const char *texts_keep(struct texts *texts, struct arena *keep, struct arena *scratch,
		       const char *text)
{
	const char **place;

	if (texts->n >= texts->room / 2)
		table_grow(texts, scratch);
	place = place_of(texts, text);
	if (*place == NULL) {
		*place = arena_strdup(keep, text);
		texts->n++;
	}
	return *place;
}
