/*
 * sheaf.c - see sheaf.h.
 */
#include "app/sheaf.h"

#include <errno.h>

#include "base/file.h"
#include "render/page.h"

/* ---- what there is ---- */

/* One file: how it is drawn, and what of its kind. */
struct leaf {
	const char *name;
	void (*draw)(const struct model *model, int which, struct buf *to);
	int which;
};

static void index_draw(const struct model *m, int language, struct buf *to)
{
	page_index(m, (enum language)language, to);
}

static void status_draw(const struct model *m, int which, struct buf *to)
{
	(void)which;
	page_status_json(m, to);
}

static void style_draw(const struct model *m, int which, struct buf *to)
{
	(void)m;
	(void)which;
	buf_add(to, style_css, style_css_bytes);
}

static void favicon_draw(const struct model *m, int which, struct buf *to)
{
	static const char *const states[] = { "up", "slow", "down", "maint", "unknown" };

	(void)m;
	page_favicon(states[which], to);
}

/* What a page refers to comes before it. */
static void leaves_list(const struct model *m, struct leaf ret[SHEAF_FILES_MAX])
{
	enum language first = m->plan->language;
	enum language other = first == LANGUAGE_EN ? LANGUAGE_JA : LANGUAGE_EN;
	const struct leaf all[SHEAF_FILES_MAX] = {
		{ page_style_name(), style_draw, 0 },
		{ "favicon-up.svg", favicon_draw, 0 },
		{ "favicon-slow.svg", favicon_draw, 1 },
		{ "favicon-down.svg", favicon_draw, 2 },
		{ "favicon-maint.svg", favicon_draw, 3 },
		{ "favicon-unknown.svg", favicon_draw, 4 },
		{ "index.html", index_draw, (int)first },
		{ other == LANGUAGE_JA ? "index.ja.html" : "index.en.html", index_draw,
		  (int)other },
		{ "status.json", status_draw, 0 },
	};

	for (size_t i = 0; i < SHEAF_FILES_MAX; i++)
		ret[i] = all[i];
}

/* ---- in memory ---- */

void sheaf_draw(const struct model *m, struct sheaf *s)
{
	struct leaf leaves[SHEAF_FILES_MAX];

	leaves_list(m, leaves);
	*s = (struct sheaf){ .n = SHEAF_FILES_MAX };
	for (size_t i = 0; i < s->n; i++) {
		buf_init(&s->bufs[i], SHEAF_FILE_MAX);
		leaves[i].draw(m, leaves[i].which, &s->bufs[i]);
		s->files[i] = (struct publish_file){ .name = leaves[i].name,
						     .bytes = buf_text(&s->bufs[i]),
						     .n = s->bufs[i].n };
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

/* ---- one after the other ---- */

/* status.json on its way to a file. */
struct stream {
	const struct model *model;
	int fd, r; /* the first error */
};

static void stream_drain(void *ctx, struct buf *to)
{
	struct stream *stream = ctx;

	if (stream->r == 0)
		stream->r = buf_failed(to) ? -ENOMEM : file_write_all(stream->fd, to->data, to->n);
	buf_clear(to);
}

static int stream_fill(void *ctx, int fd)
{
	struct stream *stream = ctx;
	const struct page_drain drain = { stream, stream_drain };
	struct buf part = BUF_INIT(SHEAF_FILE_MAX);

	stream->fd = fd;
	page_status_json_drained(stream->model, &part, &drain);
	stream_drain(stream, &part);
	buf_done(&part);
	return stream->r;
}

static int status_publish(const struct model *m, const char *name, const char *dir)
{
	struct stream stream = { .model = m };
	const struct file_source source = { &stream, stream_fill };

	return publish_streamed(dir, name, &source);
}

static int leaf_publish(const struct model *m, const struct leaf *leaf, const char *dir)
{
	struct buf b = BUF_INIT(SHEAF_FILE_MAX);
	int r = -ENOMEM;

	if (leaf->draw == status_draw)
		return status_publish(m, leaf->name, dir);
	leaf->draw(m, leaf->which, &b);
	if (!buf_failed(&b))
		r = publish_files(dir, &(struct publish_file){ .name = leaf->name,
							       .bytes = buf_text(&b),
							       .n = b.n }, 1, 0);
	buf_done(&b);
	return r;
}

int sheaf_publish(const struct model *m, const char *dir)
{
	struct leaf leaves[SHEAF_FILES_MAX];
	int first = 0;

	leaves_list(m, leaves);
	for (size_t i = 0; i < SHEAF_FILES_MAX; i++) {
		int r = leaf_publish(m, &leaves[i], dir);

		if (r < 0 && first == 0)
			first = r;
	}
	return first < 0 ? first : publish_files(dir, NULL, 0, m->report);
}
