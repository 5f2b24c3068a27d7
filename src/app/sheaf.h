/*
 * sheaf.h - the page's files, drawn from a model.
 *
 * sheaf_publish() is the daemon's: one file after the other is drawn, written
 * and forgotten, so that a report of 10,000 targets needs no more memory than
 * its largest page. A sheaf in memory is for commands, which hand it on.
 */
#ifndef APP_SHEAF_H
#define APP_SHEAF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "core/model.h"
#include "io/publish.h"

#define SHEAF_FILE_MAX	(64u << 20)
#define SHEAF_FILES_MAX 9

/* Too large for nothing: a command's. */
struct sheaf {
	struct buf bufs[SHEAF_FILES_MAX];
	struct publish_file files[SHEAF_FILES_MAX];
	size_t n;
};

void sheaf_draw(const struct model *model, struct sheaf *ret);
/* As publish_files(); -ENOMEM when one could not be drawn whole. */
int sheaf_write(const struct sheaf *sheaf, const char *dir, uint64_t report);
void sheaf_done(struct sheaf *sheaf);

/* Draw and write, as publish_files(); -ENOMEM: one could not be drawn, and stays as it was. */
int sheaf_publish(const struct model *model, const char *dir);

#endif
