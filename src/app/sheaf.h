/*
 * sheaf.h - the page's files, drawn from a model into memory.
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

/* Too large for nothing: the worker's, or a command's. */
struct sheaf {
	struct buf bufs[SHEAF_FILES_MAX];
	struct publish_file files[SHEAF_FILES_MAX];
	size_t n;
};

void sheaf_draw(const struct model *model, struct sheaf *ret);
/* As publish_files(); -ENOMEM when one could not be drawn whole. */
int sheaf_write(const struct sheaf *sheaf, const char *dir, uint64_t report);
void sheaf_done(struct sheaf *sheaf);

#endif
