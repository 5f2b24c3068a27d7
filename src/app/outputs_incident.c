/*
 * outputs_incident.c - a page of its own for each incident of which something
 * is visible, in each language.
 *
 * That of an open one comes with every report. A past one does not change, so
 * its page is written once, and once a day all the same.
 */
#include "app/archive.h"
#include "app/outputs_parts.h"
#include "base/buf.h"
#include "render/page.h"

size_t incident_page_count(const struct sources *from)
{
	return archive_places(from) * LANGUAGE_COUNT;
}

void incident_page_name(const struct sources *from, size_t which, struct buf *to)
{
	const struct incident *incident = archive_public(from, which / LANGUAGE_COUNT);
	enum language language = output_language(from, which);

	if (incident && page_has_language(from->model, language))
		page_file_name(from->model, "incidents/", incident->number, language, to);
}

void incident_page_draw(const struct sources *from, size_t which, struct buf *to)
{
	struct story story;

	if (!archive_story(from, which / LANGUAGE_COUNT, &story)) {
		to->has_failed = true; /* the one that is there stays */
		return;
	}
	page_incident(from->model, &story, output_language(from, which), to);
	story_free(&story);
}

uint64_t incident_page_stamp(const struct sources *from, size_t which)
{
	return stamp_mix(
		archive_stamp(from, which / LANGUAGE_COUNT),
		stamp_slot(from->model->now.wall, which, incident_page_count(from), USEC_PER_DAY));
}
