/*
 * sentence.c - fill the named holes of a wording.
 */
#include "render/sentence.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/calendar.h"
#include "base/text.h"
#include "render/speech.h"

static void hole_write(struct buf *to, enum language language, const struct hole *hole)
{
	switch (hole->kind) {
	case HOLE_END:
		break;
	case HOLE_OWN:
		buf_puts(to, hole->text);
		break;
	case HOLE_FOREIGN:
		text_line(to, hole->text);
		break;
	case HOLE_NUMBER:
		buf_printf(to, "%" PRId64, hole->number);
		break;
	case HOLE_SPAN:
		speech_duration(to, language, hole->number);
		break;
	case HOLE_ROUGHLY:
		speech_duration_roughly(to, language, hole->number);
		break;
	case HOLE_WAITED:
		speech_waited(to, language, hole->number);
		break;
	case HOLE_LATENCY:
		speech_latency(to, language, hole->number);
		break;
	case HOLE_TIME:
		calendar_print_time(to, hole->at);
		break;
	case HOLE_MINUTE:
		calendar_print_minute(to, hole->at);
		break;
	case HOLE_ZONE:
		calendar_print_zone(to, hole->at);
		break;
	}
}

static const struct hole *hole_find(const struct hole *holes, const char *name, size_t n)
{
	for (; holes->kind != HOLE_END; holes++)
		if (strncmp(holes->name, name, n) == 0 && holes->name[n] == '\0')
			return holes;
	return NULL;
}

const char *wording_for(const struct wording *wording, unsigned n)
{
	return n == 1 && wording->one != NULL ? wording->one : wording->other;
}

void sentence_fill(struct buf *to, enum language language, const char *wording,
		   const struct hole *holes)
{
	const char *open;

	while ((open = strchr(wording, '{')) != NULL) {
		const char *close = strchr(open, '}');
		assert(close != NULL);
		const struct hole *hole = hole_find(holes, open + 1, (size_t)(close - open - 1));
		assert(hole != NULL);
		buf_add(to, wording, (size_t)(open - wording));
		hole_write(to, language, hole);
		wording = close + 1;
	}
	buf_puts(to, wording);
}
