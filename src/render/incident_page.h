/*
 * incident_page.h - the pages that keep what has happened: one for each
 * incident (incidents/NUMBER.html).
 */
#ifndef RENDER_INCIDENT_PAGE_H
#define RENDER_INCIDENT_PAGE_H

#include "core/model.h"

struct buf;

/* One incident as its page tells it, open or past. */
struct story {
	const struct incident *incident;     /* its log is not used */
	const struct incident_event *events; /* all of it, oldest first */
	size_t events_n;
	bool is_cut; /* there were still more */
};

/*
 * Something of it is visible, and its number makes a file's name: there is such a page, and it may
 * be linked.
 */
bool page_has_incident(const struct model *model, const struct incident *incident);
/* Of one that has a page. */
void page_incident(const struct model *model, const struct story *story, enum language language,
		   struct buf *to);

#endif
