/*
 * summary.h - the page as Atlassian Statuspage's API v2 has it, for widgets and
 * clients that know no other: components, incidents, planned work.
 *
 * Ids are ours: a component is called as its target; a group "group-" and its
 * title; an incident by its number. Says what status.json says and no more.
 */
#ifndef RENDER_SUMMARY_H
#define RENDER_SUMMARY_H

#include "core/model.h"

struct buf;
struct page_drain;

enum summary_part {
	SUMMARY_WHOLE,
	SUMMARY_STATUS,
	SUMMARY_COMPONENTS,
	SUMMARY_INCIDENTS,  /* open and past ones */
	SUMMARY_UNRESOLVED, /* open ones only */
	SUMMARY_MAINTENANCES,
	SUMMARY_UPCOMING,
	SUMMARY_ACTIVE,
	SUMMARY_PARTS,
};

/* Its file: "api/v2/summary.json". */
const char *summary_name(enum summary_part part);
/* In parts when there is a `drain`: as page_status_json_drained(). */
void summary_draw(const struct model *model, enum summary_part part, struct buf *to,
		  const struct page_drain *drain);

#endif
