/*
 * archive.h - the incidents that have a page of their own: those of the model,
 * and the past ones that the history still has.
 *
 * The model knows the last eight; the rest is read from the history once and
 * then each hour. Of each only what a line of a list needs is kept, its log is
 * read when its page is drawn. On the worker thread only.
 */
#ifndef APP_ARCHIVE_H
#define APP_ARCHIVE_H

#include "app/outputs.h"
#include "render/incident_page.h"

/* The newest ones; older ones are in `shorewatch incidents` as long as the history has them. */
#define ARCHIVE_MAX 300

struct archive *archive_new(void); /* NULL: no memory */
void archive_free(struct archive *archive);
/* Another configuration: all is read again. */
void archive_forget(struct archive *archive);

/*
 * In places that stay the same from report to report, so that a new incident does not make all of
 * them look new. Empty ones are among them: archive_incident() says so.
 */
size_t archive_places(const struct sources *from);
/* Without its log, but for its first failure. Valid until the next call. NULL: an empty place. */
const struct incident *archive_incident(const struct sources *from, size_t place);
/* The same, and NULL when none of it may be told. */
const struct incident *archive_public(const struct sources *from, size_t place);
/* There are older ones than it holds. */
bool archive_is_cut(const struct sources *from);
/* Changes with what its page tells; of an open one with each report. */
uint64_t archive_stamp(const struct sources *from, size_t place);

/* With its whole log: story_free() it. False: an empty place, or no memory. */
bool archive_story(const struct sources *from, size_t place, struct story *ret);
void story_free(struct story *story);

#endif
