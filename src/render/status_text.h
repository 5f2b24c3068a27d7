/*
 * status_text.h - the model as plain text, for `shorewatch status`: everything,
 * also what the public page hides.
 */
#ifndef RENDER_STATUS_TEXT_H
#define RENDER_STATUS_TEXT_H

#include "core/model.h"

struct buf;

void status_text(const struct model *model, struct buf *to);

#endif
