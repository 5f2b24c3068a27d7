/*
 * page.h - the status page: a model in, bytes out (status-page.md).
 */
#ifndef RENDER_PAGE_H
#define RENDER_PAGE_H

#include "core/model.h"

struct buf;

#define REPORT_PERIOD (30 * USEC_PER_SEC)
#define RARE_PERIOD (15 * USEC_PER_MIN) /* of pages that are not written with every report */

/* index.html or index.LANG.html: the default language has the plain name. */
void page_index(const struct model *model, enum language language, struct buf *to);
/* Is the page written in it? The default language always is. */
bool page_has_language(const struct model *model, enum language language);
/* "t/blog.html", "t/blog.ja.html": the default language has no code in its name. */
void page_file_name(const struct model *model, const char *folder, const char *file,
		    enum language language, struct buf *to);
/* kiosk.html: the same in the default language for a screen on the wall; it loads itself again. */
void page_kiosk(const struct model *model, struct buf *to);
/* shorewatch.status/1: every target, however many */
void page_status_json(const struct model *model, struct buf *to);
/*
 * The same in parts: `drain` is called whenever `to` holds much, and empties
 * it. What is left at the end stays in `to`.
 */
struct page_drain {
	void *ctx;
	void (*drain)(void *ctx, struct buf *to);
};

void page_status_json_drained(const struct model *model, struct buf *to,
			      const struct page_drain *drain);
/* favicon-NAME.svg of the model's state: "up" "slow" "down" "maint" "unknown" */
const char *page_favicon_name(const struct model *model);
void page_favicon(const char *name, struct buf *to);
/* style.HASH.css: the name under which the style sheet is linked; static text. */
const char *page_style_name(void);
extern const unsigned char style_css[];
extern const size_t style_css_bytes;
/* fresh.js: optional, compares the page's age with the reader's clock. */
extern const unsigned char fresh_js[];
extern const size_t fresh_js_bytes;
/* Prometheus text format. */
void page_metrics(const struct model *model, struct buf *to);
/* The headline sentence of the model, for status, logs and tests. */
const char *page_headline(const struct model *model, enum language language, struct buf *scratch);

#endif
