/*
 * publish.h - files of the page, replaced whole; runs on the worker thread.
 */
#ifndef IO_PUBLISH_H
#define IO_PUBLISH_H

#include <stddef.h>
#include <stdint.h>

#include "shorewatch/time.h"

struct publish_file {
	const char *name;	/* [a-z0-9./-], relative, no ".." */
	const void *bytes;
	size_t n;
};

/*
 * Write each file that differs from what lies there, then alive/N.svg last and
 * remove all but the newest 120 of them. `dir` is made when missing (0755), never followed
 * out of by a link (SR-31). 0 or -errno.
 */
int publish_files(const char *dir, const struct publish_file *files, size_t n, uint64_t report);
/* The newest number in DIR/alive, 0: none. */
uint64_t publish_last_report(const char *dir);

#endif
