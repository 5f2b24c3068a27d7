/*
 * sheaf.c - see sheaf.h.
 */
#include "app/sheaf.h"

#include <assert.h>
#include <errno.h>

#include "render/page.h"

static struct buf *sheaf_add(struct sheaf *s, const char *name)
{
	struct buf *b = &s->bufs[s->n];

	assert(s->n < SHEAF_FILES_MAX);
	buf_init(b, SHEAF_FILE_MAX);
	s->files[s->n++].name = name;
	return b;
}

void sheaf_draw(const struct model *m, struct sheaf *s)
{
	enum language first = m->plan->language;
	enum language other = first == LANGUAGE_EN ? LANGUAGE_JA : LANGUAGE_EN;
	static const char *const names[] = { "up", "slow", "down", "maint", "unknown" };
	static const char *const files[] = { "favicon-up.svg", "favicon-slow.svg",
					     "favicon-down.svg", "favicon-maint.svg",
					     "favicon-unknown.svg" };

	*s = (struct sheaf){ .n = 0 };
	buf_add(sheaf_add(s, page_style_name()), style_css, style_css_bytes);
	page_index(m, first, sheaf_add(s, "index.html"));
	page_index(m, other,
		   sheaf_add(s, other == LANGUAGE_JA ? "index.ja.html" : "index.en.html"));
	page_status_json(m, sheaf_add(s, "status.json"));
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		page_favicon(names[i], sheaf_add(s, files[i]));
	for (size_t i = 0; i < s->n; i++) {
		s->files[i].bytes = buf_text(&s->bufs[i]);
		s->files[i].n = s->bufs[i].n;
	}
}

int sheaf_write(const struct sheaf *s, const char *dir, uint64_t report)
{
	for (size_t i = 0; i < s->n; i++)
		if (buf_failed(&s->bufs[i]))
			return -ENOMEM;
	return publish_files(dir, s->files, s->n, report);
}

void sheaf_done(struct sheaf *s)
{
	for (size_t i = 0; i < s->n; i++)
		buf_done(&s->bufs[i]);
}
