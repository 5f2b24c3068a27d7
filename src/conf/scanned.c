/*
 * scanned.c - the text that libconfig gets, and where its lines came from.
 */
#include "conf/scanned.h"

#include <string.h>

#include "base/arena.h"
#include "conf/files.h"
#include "conf/loader.h"

void scanned_init(struct scanned *scanned)
{
	*scanned = (struct scanned){ .text = BUF_INIT(FILES_MAX), .line = 1 };
}

void scanned_mark(struct loader *l, struct scanned *out, const char *file, unsigned line)
{
	if (out->n == out->room) {
		size_t room = out->room > 0 ? out->room * 2 : 8;
		struct scan_origin *v = arena_alloc(l->scratch, room, sizeof *v);

		if (out->n > 0)
			memcpy(v, out->origins, out->n * sizeof *v);
		out->origins = v;
		out->room = room;
	}
	out->origins[out->n++] = (struct scan_origin){ out->line, file, line };
}

void scanned_add(struct scanned *out, const char *from, size_t n)
{
	const char *at = from;

	buf_add(&out->text, from, n);
	while ((at = memchr(at, '\n', (size_t)(from + n - at))) != NULL) {
		out->line++;
		at++;
	}
}

void scanned_done(struct scanned *scanned)
{
	buf_done(&scanned->text);
}

struct scan_origin scanned_place(const struct scanned *scanned, unsigned line)
{
	struct scan_origin place = scanned->origins[0];

	if (line == 0)
		return (struct scan_origin){ 0, place.file, 0 };
	for (size_t i = 0; i < scanned->n && scanned->origins[i].from <= line; i++)
		place = scanned->origins[i];
	place.line += line - place.from;
	return place;
}
