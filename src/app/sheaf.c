/*
 * sheaf.c - see sheaf.h.
 *
 * Heuristic: a step ends after 64 files that were drawn, or 4 MiB of them. On a
 * small machine that is some 20 ms; a notice that waits behind a step must be
 * durable within 5 s.
 */
#include "app/sheaf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/archive.h"
#include "app/ledger.h"
#include "app/outputs_parts.h"
#include "app/recent.h"
#include "base/file.h"
#include "io/publish.h"
#include "render/page.h"

#define STEP_FILES 64
#define STEP_BYTES (4u << 20)
#define NAME_BYTES 256

/* ---- one file ---- */

static unsigned ways_of(const struct output *output, const struct plan *plan)
{
	return (output->is_light ? PUBLISH_LIGHT : 0) |
	       (plan->page.is_precompressed ? PUBLISH_COMPRESSED : 0);
}

/* What is too large to be held, on its way to a file. */
struct stream {
	const struct sources *from;
	const struct output *output;
	size_t which;
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
	stream->output->pour(stream->from, stream->which, &part, &drain);
	stream_drain(stream, &part);
	buf_done(&part);
	return stream->r;
}

static int file_stream(const struct sheaf *s, const struct output *output, const char *name)
{
	struct stream stream = { .from = &s->from, .output = output, .which = s->which };
	const struct file_source source = { &stream, stream_fill };

	return publish_streamed(s->dir, name, &source, ways_of(output, s->from.model->plan));
}

/* `ret_bytes`: how many were drawn. */
static int file_draw(const struct sheaf *s, const struct output *output, const char *name,
		     size_t *ret_bytes)
{
	struct buf b = BUF_INIT(SHEAF_FILE_MAX);
	int r = -ENOMEM;

	if (output->pour) {
		*ret_bytes = STEP_BYTES / 4; /* as if: its bytes are not counted */
		return file_stream(s, output, name);
	}
	output->draw(&s->from, s->which, &b);
	*ret_bytes = b.n;
	if (!buf_failed(&b))
		r = publish_files(s->dir,
				  &(struct publish_file){
					  .name = name,
					  .bytes = buf_text(&b),
					  .n = b.n,
					  .ways = ways_of(output, s->from.model->plan) },
				  1, 0);
	buf_done(&b);
	return r;
}

/* False: what lies there is what would be drawn. */
static bool file_is_due(const struct sheaf *s, const struct output *output, size_t count,
			const char *name, uint64_t *ret_stamp, uint64_t **ret_place)
{
	*ret_place = NULL;
	if (!output->stamp || !s->ledger)
		return true;
	*ret_stamp = stamp_text(output->stamp(&s->from, s->which), name);
	*ret_place = ledger_stamp(s->ledger, s->row, s->which, count);
	return !*ret_place || **ret_place != *ret_stamp;
}

/* How many bytes were drawn. */
static size_t file_renew(struct sheaf *s, const struct output *output, size_t count,
			 struct buf *name)
{
	uint64_t stamp = 0, *place = NULL;
	size_t bytes = 0;

	buf_clear(name);
	output->name(&s->from, s->which, name);
	if (name->n == 0 || !file_is_due(s, output, count, buf_text(name), &stamp, &place))
		return 0;
	int r = buf_failed(name) ? -ENAMETOOLONG : file_draw(s, output, buf_text(name), &bytes);

	if (r < 0 && s->r == 0)
		s->r = r;
	if (place)
		*place = r < 0 ? 0 : stamp;
	return bytes > 0 ? bytes : 1;
}

/* ---- one report ---- */

void sheaf_begin(struct sheaf *s, const struct sources *from, const char *dir,
		 struct ledger *ledger)
{
	*s = (struct sheaf){ .from = *from, .dir = dir, .ledger = ledger };
	groups_gather(from->model, &s->groups);
	s->from.groups = &s->groups;
}

bool sheaf_step(struct sheaf *s)
{
	struct buf name = BUF_INIT(NAME_BYTES);
	size_t files = 0, bytes = 0;

	while (s->row < outputs_n && files < STEP_FILES && bytes < STEP_BYTES) {
		const struct output *output = &outputs[s->row];
		size_t count = output_count(output, &s->from);

		for (; s->which < count && files < STEP_FILES && bytes < STEP_BYTES; s->which++) {
			size_t drawn = file_renew(s, output, count, &name);

			files += drawn > 0;
			bytes += drawn;
		}
		if (s->which < count)
			break;
		s->row++;
		s->which = 0;
	}
	buf_done(&name);
	return s->row < outputs_n;
}

/* ---- what is not named any more ---- */

struct roll {
	char **names;
	size_t n, room;
	bool has_failed;
};

static void roll_add(struct roll *roll, const char *name)
{
	if (roll->n == roll->room) {
		size_t room = roll->room > 0 ? 2 * roll->room : 64;
		char **names = reallocarray(roll->names, room, sizeof *names);

		roll->has_failed = roll->has_failed || !names;
		if (!names)
			return;
		roll->names = names;
		roll->room = room;
	}
	roll->names[roll->n] = strdup(name);
	roll->has_failed = roll->has_failed || !roll->names[roll->n];
	roll->n += roll->names[roll->n] != NULL;
}

static int names_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool roll_has(void *ctx, const char *name)
{
	const struct roll *roll = ctx;

	return bsearch(&name, roll->names, roll->n, sizeof *roll->names, names_compare) != NULL;
}

static void roll_call(const struct sources *from, struct roll *roll)
{
	struct buf name = BUF_INIT(NAME_BYTES);

	for (size_t row = 0; row < outputs_n; row++) {
		size_t count = output_count(&outputs[row], from);

		for (size_t which = 0; which < count; which++) {
			buf_clear(&name);
			outputs[row].name(from, which, &name);
			if (name.n > 0)
				roll_add(roll, buf_text(&name));
		}
	}
	buf_done(&name);
	if (roll->n > 0)
		qsort(roll->names, roll->n, sizeof *roll->names, names_compare);
}

/* What cannot be removed is no error: it is tried again tomorrow. */
static void sheaf_prune(const struct sheaf *s)
{
	struct roll roll = { 0 };

	roll_call(&s->from, &roll);
	for (size_t i = 0; i < output_folders_n && !roll.has_failed; i++)
		publish_prune(s->dir, output_folders[i], roll_has, &roll);
	for (size_t i = 0; i < output_changing_n && !roll.has_failed; i++)
		if (!roll_has(&roll, output_changing[i]))
			publish_remove(s->dir, output_changing[i]);
	for (size_t i = 0; i < roll.n; i++)
		free(roll.names[i]);
	free(roll.names);
}

int sheaf_end(struct sheaf *s)
{
	if (s->r == 0 && s->ledger && ledger_is_to_prune(s->ledger, s->from.model->now.wall))
		sheaf_prune(s);
	/* Where nobody watches any more, nothing may say that the maker lives. */
	if (s->r < 0 || wall_is_set(s->from.model->stopped))
		return s->r;
	return publish_files(s->dir, NULL, 0, s->from.model->report);
}

void sheaf_dir(const struct plan *plan, struct buf *to)
{
	if (plan->page.dir)
		buf_puts(to, plan->page.dir);
	else
		buf_printf(to, "%s/public", plan->state_dir);
}

/* What a daemon keeps from report to report is made for this one. */
static struct sources sources_alone(const struct sources *from)
{
	struct sources alone = *from;

	alone.recent = recent_new(); /* without memory: no charts */
	alone.archive = archive_new(); /* likewise: no pages of incidents */
	return alone;
}

static void sources_free(const struct sources *alone)
{
	recent_free(alone->recent);
	archive_free(alone->archive);
}

int sheaf_publish(const struct sources *from, const char *dir)
{
	const struct sources alone = sources_alone(from);
	struct sheaf s;

	sheaf_begin(&s, &alone, dir, NULL);
	while (sheaf_step(&s))
		;
	sources_free(&alone);
	return sheaf_end(&s);
}

/* ---- in memory ---- */

static int file_hand(const struct sources *from, const struct output *output, size_t which,
		     const struct sheaf_taker *taker)
{
	struct buf name = BUF_INIT(NAME_BYTES), bytes = BUF_INIT(SHEAF_FILE_MAX);
	int r = 0;

	output->name(from, which, &name);
	if (name.n > 0 && output->pour)
		output->pour(from, which, &bytes, NULL);
	else if (name.n > 0)
		output->draw(from, which, &bytes);
	if (buf_failed(&name) || buf_failed(&bytes))
		r = -ENOMEM;
	else if (name.n > 0)
		r = taker->take(taker->ctx, buf_text(&name), &bytes);
	buf_done(&name);
	buf_done(&bytes);
	return r;
}

int sheaf_hand(const struct sources *from, const struct sheaf_taker *taker)
{
	struct sources alone = sources_alone(from);
	struct groups groups;
	int r = 0;

	groups_gather(from->model, &groups);
	alone.groups = &groups;
	for (size_t row = 0; row < outputs_n && r >= 0; row++) {
		size_t count = output_count(&outputs[row], &alone);

		for (size_t which = 0; which < count && r >= 0; which++)
			r = file_hand(&alone, &outputs[row], which, taker);
	}
	sources_free(&alone);
	return r < 0 ? r : 0;
}
