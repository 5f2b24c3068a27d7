/*
 * outputs_history.c - all past incidents on one page, in each language: drawn
 * when there is one more, at midnight, and each hour all the same.
 */
#include <stdlib.h>

#include "app/archive.h"
#include "app/outputs_parts.h"
#include "base/buf.h"
#include "base/calendar.h"
#include "render/history_page.h"
#include "render/page.h"

/* The places of those that are over and may be told, newest first. */
struct shelf {
	const struct sources *from;
	struct shelved {
		wall_t opened;
		size_t place;
	} all[ARCHIVE_MAX];
	size_t n;
};

static int shelved_order(const void *a, const void *b)
{
	const struct shelved *x = a, *y = b;

	if (x->opened.us != y->opened.us)
		return x->opened.us < y->opened.us ? 1 : -1;
	return (x->place < y->place) - (x->place > y->place);
}

static void shelf_fill(struct shelf *shelf, const struct sources *from)
{
	shelf->from = from;
	shelf->n = 0;
	for (size_t i = 0; i < archive_places(from); i++) {
		const struct incident *incident = archive_public(from, i);

		if (incident && incident->state == INCIDENT_CLOSED)
			shelf->all[shelf->n++] =
				(struct shelved){ .opened = incident->opened.wall, .place = i };
	}
	qsort(shelf->all, shelf->n, sizeof shelf->all[0], shelved_order);
}

static const struct incident *shelf_at(void *ctx, size_t which)
{
	const struct shelf *shelf = ctx;

	return archive_incident(shelf->from, shelf->all[which].place);
}

/* Without an archive nothing is known of the past: what lies there stays. */
size_t history_page_count(const struct sources *from)
{
	return from->archive ? LANGUAGE_COUNT : 0;
}

void history_page_name(const struct sources *from, size_t which, struct buf *to)
{
	enum language language = output_language(from, which);

	if (page_has_language(from->model, language))
		page_file_name(from->model, "", "history", language, to);
}

void history_page_draw(const struct sources *from, size_t which, struct buf *to)
{
	struct shelf shelf;

	shelf_fill(&shelf, from);
	page_history(from->model,
		     &(struct history){ .n = shelf.n,
					.at = shelf_at,
					.ctx = &shelf,
					.is_cut = archive_is_cut(from) },
		     output_language(from, which), to);
}

uint64_t history_page_stamp(const struct sources *from, size_t which)
{
	wall_t now = from->model->now.wall;
	uint64_t stamp = stamp_mix(STAMP_BEGIN, (uint64_t)calendar_day(now));

	for (size_t i = 0; i < archive_places(from); i++) {
		const struct incident *incident = archive_public(from, i);

		if (incident && incident->state == INCIDENT_CLOSED)
			stamp = stamp_mix(stamp, archive_stamp(from, i));
	}
	return stamp_mix(stamp, stamp_slot(now, which, LANGUAGE_COUNT, USEC_PER_HOUR));
}
