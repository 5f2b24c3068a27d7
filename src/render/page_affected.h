/*
 * page_affected.h - who was part of an incident, as far as it may be told.
 * Internal to render.
 */
#ifndef RENDER_PAGE_AFFECTED_H
#define RENDER_PAGE_AFFECTED_H

#include "render/page_parts.h"

/*
 * The target in place `k` of incident.affected if it is visible, else NULL; a pair is told in the
 * place of its earlier half.
 */
const struct target_plan *affected_target(const struct model *m, const struct incident *i,
					  unsigned k);
/* What it is called there, as plain text. */
void affected_name(struct buf *to, const struct sheet *s, const struct incident *i,
		   const struct target_plan *t);
/* The only visible target of an incident, or NULL. */
const struct target_plan *affected_only(const struct model *m, const struct incident *i);
/* How many members may be spoken of: hidden ones are not even counted. */
unsigned affected_count(const struct model *m, const struct incident *incident);

#endif
