/*
 * summary_parts.h - the parts of summary.h, and what they share. Internal to
 * render.
 */
#ifndef RENDER_SUMMARY_PARTS_H
#define RENDER_SUMMARY_PARTS_H

#include "render/status_parts.h"

/* The member "components": every group, target and Watchdog that is public. */
void summary_components(struct document *d);
/* One target as a component, into the open array. */
void summary_target(struct document *d, uint32_t target);
/* The member "incidents". */
void summary_incidents(struct document *d, bool has_past);
/* The member "scheduled_maintenances": of those under way, and those to come. */
void summary_maintenances(struct document *d, bool has_active, bool has_upcoming);

/* The page's id: its address's host, else "page". */
void summary_page_id(struct document *d, const char *key);
/* "2026-11-21T14:25:12.000+09:00"; unset: null. */
void summary_time(struct document *d, const char *key, wall_t at);
void null_field(struct document *d, const char *key);
/* PAGE.url and the path of something below it; null when the address is not known. */
void summary_link(struct document *d, const char *key, const char *folder, const char *name);
/* The public target of that name; NONE_INDEX: there is none. */
uint32_t summary_target_of(const struct model *model, const char *name);

#endif
