/*
 * history_page.h - all past incidents on one page (history.html).
 */
#ifndef RENDER_HISTORY_PAGE_H
#define RENDER_HISTORY_PAGE_H

#include "core/model.h"

struct buf;

/* The past incidents of which something is visible, newest first. */
struct history {
	size_t n;
	/* One of them, its log not used but for its first failure. Valid until the next call. */
	const struct incident *(*at)(void *ctx, size_t which);
	void *ctx;
	bool is_cut; /* there are older ones */
};

void page_history(const struct model *model, const struct history *history, enum language language,
		  struct buf *to);

#endif
