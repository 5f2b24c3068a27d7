/*
 * outputs.h - what the page consists of: one row for each kind of file.
 *
 * Everything here runs on the worker thread, from a copy of the model.
 */
#ifndef APP_OUTPUTS_H
#define APP_OUTPUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/model.h"

struct archive;
struct buf;
struct groups;
struct page_drain;
struct recent;
struct store;

/* What a report is made from. */
struct sources {
	const struct model *model;
	struct store *store;   /* for reading; NULL: no history is at hand */
	struct recent *recent; /* the last day, as far as it was read; NULL: read anew */
	const struct groups *groups; /* that have a page of their own; sheaf.c gathers them */
	struct archive *archive; /* the incidents; NULL: none is told of by itself */
};

struct output {
	const char *kind; /* "index", "badge": for tests and measurements */
	/* How many such files there are; NULL: one. `which` below is less. */
	size_t (*count)(const struct sources *from);
	/* "t/blog.html"; left empty: there is no such file this time. */
	void (*name)(const struct sources *from, size_t which, struct buf *to);
	void (*draw)(const struct sources *from, size_t which, struct buf *to);
	/*
	 * NULL: drawn with each report. Else drawn only when this number is another one than when
	 * it was drawn last; 0 is no such number.
	 */
	uint64_t (*stamp)(const struct sources *from, size_t which);
	/* In place of draw, for what is too large to be held: in parts, as page.h says. */
	void (*pour)(const struct sources *from, size_t which, struct buf *part,
		     const struct page_drain *drain);
	/* Many small ones, that the next life draws again: not waited for until they are on the
	 * disk. */
	bool is_light;
};

/* In the order in which they are written: what a page refers to comes before it. */
extern const struct output outputs[];
extern const size_t outputs_n;

size_t output_count(const struct output *output, const struct sources *from);

/*
 * Folders whose files are all ours: what no row names any more is removed. They
 * hold nothing but [a-z0-9-]+.{html,en.html,ja.html,svg,json}, and .gz beside these.
 */
extern const char *const output_folders[];
/* Beside these: files of the page's own folder that are there or not, as it is configured. */
extern const char *const output_changing[];
extern const size_t output_changing_n;
extern const size_t output_folders_n;

#endif
