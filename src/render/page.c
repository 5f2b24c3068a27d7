/*
 * page.c - the status page from top to bottom: a model in, one HTML file out.
 *
 * Pure: no clock, no disk. A section is a row of the table below and a file of
 * its own; the order is fixed (status-page.md 2).
 */
#include "render/page.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/key.h"
#include "render/page_parts.h"

/* Between the verdict and the foot. */
static void (*const sections[])(const struct sheet *) = {
	page_sight,
	page_log,
	page_planned,
	page_targets,
	page_past,
};

void page_begin(const struct sheet *s)
{
	page_head(s);
	buf_puts(s->to, "  <main>\n");
}

void page_end(const struct sheet *s)
{
	buf_puts(s->to, "  </div>\n  </main>\n");
	page_foot(s);
}

static void page_write(const struct model *model, const struct place *place,
		       enum language language, struct buf *to)
{
	struct facts facts;

	facts_gather(model, &facts);
	const struct sheet s = { .model = model, .facts = &facts,
					 .language = language, .to = to, .place = place };

	page_begin(&s);
	page_verdict(&s);
	buf_puts(to, "  <div class=\"wrap\">\n");
	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
		sections[i](&s);
	page_end(&s);
}

void page_index(const struct model *model, enum language language, struct buf *to)
{
	page_write(model, &(struct place){ .folder = "", .file = "index" }, language, to);
}

void page_kiosk(const struct model *model, struct buf *to)
{
	page_write(model, &(struct place){ .folder = "", .file = "kiosk", .is_kiosk = true }, model->plan->language, to);
}

bool page_has_language(const struct model *model, enum language language)
{
	return !model->plan->page.is_left_out[language];
}

/*
 * The sheet's bytes never change while the program runs, so neither does the
 * name. It is kept per thread: pages are written beside the engine's thread.
 */
const char *page_style_name(void)
{
	static _Thread_local char name[sizeof "style.12345678.css"];

	if (name[0] == '\0')
		(void)snprintf(name, sizeof name, "style.%08" PRIx32 ".css",
			       (uint32_t)key_hash(style_css, style_css_bytes, 0));
	return name;
}
