/*
 * target_parts.h - the sections of a check's own page. Internal to render.
 */
#ifndef RENDER_TARGET_PARTS_H
#define RENDER_TARGET_PARTS_H

#include "render/page_parts.h"
#include "render/target.h"

/* What a section is written from. */
struct subject {
	const struct sheet *sheet;
	size_t index;		   /* in plan.targets */
	struct target_view shown;  /* its state as it is shown */
	const char *name;	   /* plain text, with its family if it is half of a pair */
	const struct target_past *past; /* NULL: no history */
	const char *group_slug; /* of its group's own page; NULL: there is none */
};

void target_uptime(const struct subject *u);
/* Response times of the last day, as a picture and as a table; nothing without runs. */
void target_chart(const struct subject *u);
/* Where the last good run spent its time. */
void target_phases(const struct subject *u);
void target_checks(const struct subject *u);
/* Kind, rhythm, limits and certificate: no address unless errors are public in full. */
void target_how(const struct subject *u);

/* `<section aria-labelledby=ID><h2 id=ID>WORD</h2>`; ends with target_section_end(). */
void target_section(const struct sheet *s, const char *id, enum word word);
void target_section_end(const struct sheet *s);
/* A latency as plain text between tags; 0: "–". */
void target_write_latency(const struct sheet *s, usec_t span);

#endif
