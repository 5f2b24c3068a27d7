/*
 * agenda.h - planned work, for `check -v`: each window with its next span.
 */
#ifndef APP_AGENDA_H
#define APP_AGENDA_H

#include "shorewatch/plan.h"

struct buf;

/* Nothing at all when nothing is planned. */
void agenda_print(const struct plan *plan, wall_t now, struct buf *to);

#endif
