/*
 * status_parts.h - the parts of status.json, and what they share.
 *
 * Internal to render.
 */
#ifndef RENDER_STATUS_PARTS_H
#define RENDER_STATUS_PARTS_H

#include "base/json_writer.h"
#include "render/page.h"
#include "render/page_parts.h"

/* One document being written. */
struct document {
	struct json_writer json;
	const struct model *model;
	const struct facts *facts;
	const struct page_drain *drain; /* NULL: everything stays in the buffer */
	/* of the days that are shown: written once, used by every target */
	char dates[ROLLUP_DAYS][16];
};

void status_targets(struct document *d);
void status_watchdogs(struct document *d);
void status_incidents(struct document *d);
void status_planned(struct document *d);
void status_silences(struct document *d);
/* Between two targets: the document of thousands of them need not be in memory at once. */
void status_part_end(struct document *d);
/* State, last signal and rhythm of a Watchdog, into the open object. */
void status_deadman(struct document *d, const struct deadman_view *view);

/* ---- members of the open object ---- */
void text_field(struct document *d, const char *key, const char *text); /* NULL: null */
void int_field(struct document *d, const char *key, int64_t value);
void bool_field(struct document *d, const char *key, bool value);
void time_field(struct document *d, const char *key, wall_t at); /* unset: null */
/* Milliseconds; null when not known. */
void ms_field(struct document *d, const char *key, bool is_known, usec_t span);
/* A sentence in every language; `what` is the writer's own argument. */
void languages_field(struct document *d, const char *key,
		     void (*write)(struct buf *to, const struct sheet *s, const void *what),
		     const void *what);

#endif
