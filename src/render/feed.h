/*
 * feed.h - incidents as an Atom feed (RFC 4287): one entry each, whose `updated`
 * moves with every line of its log. In the page's default language.
 */
#ifndef RENDER_FEED_H
#define RENDER_FEED_H

#include "core/model.h"

struct buf;

#define FEED_ENTRIES_MAX 50

void feed_draw(const struct model *model, struct buf *to);

#endif
