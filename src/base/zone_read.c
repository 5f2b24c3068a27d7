/*
 * zone_read.c - a zone from its file (TZif, RFC 8536 3).
 *
 * The file is the system's, and yet nothing in it is trusted: what does not
 * hold together is refused as a whole. Of the two tables in it the second, of
 * 64 bits, is taken when it is there; behind its last change the text at the
 * end of the file holds.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/zone.h"
#include "base/zone_parts.h"

#define ZONE_DIR      "/usr/share/zoneinfo"
#define NAME_LETTERS  100 /* characters; the longest has 32 */
#define PATH_TEXT_MAX 1024
#define FILE_MAX      ((size_t)1 << 20) /* the largest has some 4 KiB */
#define HEADER_BYTES  44
#define RESERVED      15
#define TYPE_BYTES    6
#define INSTANT_MAX   (INT64_C(1) << 60) /* beyond the age of the world, either way */

/* ---- bytes ---- */

struct bytes {
	const uint8_t *at;
	size_t left;
};

/* NULL: there are not so many. */
static const uint8_t *bytes_take(struct bytes *b, uint64_t n)
{
	const uint8_t *from = b->at;

	if (n > b->left)
		return NULL;
	b->at += n;
	b->left -= (size_t)n;
	return from;
}

static int64_t big_endian(const uint8_t *at, size_t n)
{
	uint64_t value = at[0] >= 0x80 ? UINT64_MAX : 0;

	for (size_t i = 0; i < n; i++)
		value = value << 8 | at[i];
	return (int64_t)value;
}

/* ---- one table ---- */

struct header {
	uint8_t version;
	uint64_t is_utc_n, is_standard_n, leaps_n, times_n, types_n, letters_n;
};

static bool header_take(struct bytes *b, struct header *ret)
{
	const uint8_t *at = bytes_take(b, HEADER_BYTES);
	uint64_t counts[6];

	if (at == NULL || memcmp(at, "TZif", 4) != 0)
		return false;
	for (size_t i = 0; i < 6; i++)
		counts[i] = (uint64_t)big_endian(at + 5 + RESERVED + 4 * i, 4) & UINT32_MAX;
	*ret = (struct header){ at[4],	   counts[0], counts[1], counts[2],
				counts[3], counts[4], counts[5] };
	return true;
}

struct table {
	const uint8_t *times, *indices, *types;
	size_t times_n, types_n, time_bytes;
};

/* The data behind a header, with times of 4 or 8 bytes. */
static bool table_take(struct bytes *b, const struct header *h, size_t time_bytes,
		       struct table *ret)
{
	/* One after the other: in an initialiser their order would be the compiler's. */
	ret->times = bytes_take(b, h->times_n * time_bytes);
	ret->indices = bytes_take(b, h->times_n);
	ret->types = bytes_take(b, h->types_n * TYPE_BYTES);
	ret->times_n = (size_t)h->times_n;
	ret->types_n = (size_t)h->types_n;
	ret->time_bytes = time_bytes;
	return ret->times != NULL && ret->indices != NULL && ret->types != NULL &&
	       bytes_take(b, h->letters_n) != NULL &&
	       bytes_take(b, h->leaps_n * (time_bytes + 4)) != NULL &&
	       bytes_take(b, h->is_standard_n) != NULL && bytes_take(b, h->is_utc_n) != NULL;
}

static bool table_offset_of(const struct table *t, size_t type, int32_t *ret)
{
	int64_t offset =
		type < t->types_n ? big_endian(t->types + type * TYPE_BYTES, 4) : INT64_MAX;

	if (offset < -ZONE_OFFSET_MAX || offset > ZONE_OFFSET_MAX)
		return false;
	*ret = (int32_t)offset;
	return true;
}

/* Changes of the name or of the flag alone are none of ours. */
static bool table_read(struct arena *arena, const struct table *t, struct zone *zone)
{
	struct zone_change *changes = arena_alloc(arena, t->times_n + 1, sizeof *changes);
	int64_t before = -INSTANT_MAX - 1;
	int32_t offset;

	/* RFC 8536 3.2: the first type holds until the first change. */
	if (!table_offset_of(t, 0, &offset))
		return false;
	zone->first = offset;
	zone->changes = changes;
	for (size_t i = 0; i < t->times_n; i++) {
		struct zone_change c = { .at = big_endian(t->times + i * t->time_bytes,
							  t->time_bytes),
					 .before = offset };

		if (c.at <= before || c.at > INSTANT_MAX ||
		    !table_offset_of(t, t->indices[i], &offset))
			return false;
		before = c.at;
		c.after = offset;
		if (c.after != c.before)
			changes[zone->changes_n++] = c;
	}
	zone->rule_from = before;
	return true;
}

/* ---- the file ---- */

/* The text between two line ends behind the second table; none is fine, a wrong one is not. */
static bool footer_read(struct arena *arena, struct bytes *b, struct zone *zone)
{
	const uint8_t *open = bytes_take(b, 1);
	const uint8_t *close = b->left > 0 ? memchr(b->at, '\n', b->left) : NULL;
	const char *text;

	if (open == NULL || *open != '\n' || close == NULL)
		return false;
	if (close == b->at)
		return true;
	text = arena_strndup(arena, (const char *)b->at, (size_t)(close - b->at));
	zone->has_rule = zone_rule_parse(text, &zone->rule);
	return zone->has_rule;
}

static bool file_parse(struct arena *arena, struct bytes b, struct zone *zone)
{
	struct header h;
	struct table t;
	bool is_long;

	if (!header_take(&b, &h) || !table_take(&b, &h, 4, &t))
		return false;
	is_long = h.version >= '2';
	if (is_long && (!header_take(&b, &h) || !table_take(&b, &h, 8, &t)))
		return false;
	/* "right/Europe/Berlin": the machine's clock would have to run so as well. */
	if (h.leaps_n > 0)
		return false;
	return table_read(arena, &t, zone) && (!is_long || footer_read(arena, &b, zone));
}

/* Nothing that leads out of the folder: no dots at all. */
static bool is_name(const char *name)
{
	for (const char *c = name; *c != '\0'; c++)
		if (!(*c >= 'a' && *c <= 'z') && !(*c >= 'A' && *c <= 'Z') &&
		    !(*c >= '0' && *c <= '9') && strchr("_+-/", *c) == NULL)
			return false;
	return name[0] != '\0' && name[0] != '/' && strlen(name) <= NAME_LETTERS;
}

static int file_text(const char *name, struct buf *ret)
{
	const char *dir = getenv("TZDIR");
	char path[PATH_TEXT_MAX];
	int n = snprintf(path, sizeof path, "%s/%s", dir != NULL && *dir != '\0' ? dir : ZONE_DIR,
			 name);

	return n >= (int)sizeof path ? -ENAMETOOLONG : file_read(path, ret);
}

int zone_read(struct arena *arena, const char *name, const struct zone **ret)
{
	struct buf text = BUF_INIT(FILE_MAX);
	struct zone *zone;
	int r;

	if (!is_name(name))
		return -EINVAL;
	r = file_text(name, &text);
	if (r < 0 && strcmp(name, "UTC") != 0)
		goto out;
	zone = arena_alloc(arena, 1, sizeof *zone);
	*zone = (struct zone){ .name = arena_strdup(arena, name) };
	if (r == 0 && !file_parse(arena, (struct bytes){ (uint8_t *)text.data, text.n }, zone))
		r = -EBADMSG;
	else
		r = 0;
	if (r == 0)
		*ret = zone;
out:
	buf_done(&text);
	return r;
}
