/*
 * publish.h - files of the page, replaced whole; runs on the worker thread.
 */
#ifndef IO_PUBLISH_H
#define IO_PUBLISH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shorewatch/time.h"

struct file_source;

/* How a file is written. */
enum {
	/* Not waited for until it is on the disk: the next life writes it again. */
	PUBLISH_LIGHT = 1,
	/*
	 * NAME.gz beside it, when that is worth it. Without this bit one that lies there is
	 * removed, as it is before its file changes: whoever finds one finds the same content.
	 */
	PUBLISH_COMPRESSED = 2,
};

struct publish_file {
	const char *name; /* [A-Za-z0-9._/-], relative, no part that begins with a dot */
	const void *bytes;
	size_t n;
	unsigned ways;
};

/* How many of alive/N.svg stay: an old copy of the page still asks for its own. */
#define PUBLISH_ALIVE_KEPT 120
/* What each of them holds: one transparent column, 400 high. */
extern const char publish_alive_svg[];

/*
 * Write each file that differs from what lies there, then alive/N.svg last and
 * remove all but the newest 120 of them. `dir` is made when missing (0755), never followed
 * out of by a link (SR-31): -ELOOP or -ENOTDIR where one stands in the way, -EPERM where
 * everybody may write. One file that cannot be written does not hold up the others,
 * but alive/N.svg is not written then: the page must not claim to be whole. 0 or -errno.
 */
int publish_files(const char *dir, const struct publish_file *files, size_t n, uint64_t report);
/* One file that is too large to be held, under the same rules; always written. 0 or -errno. */
int publish_streamed(const char *dir, const char *name, const struct file_source *source,
		     unsigned ways);
/*
 * Remove the files of DIR/FOLDER that `is_kept` does not know by "FOLDER/NAME", .gz left out:
 * only such as [a-z0-9-]+.{html,svg,json}. What cannot be removed stays.
 */
void publish_prune(const char *dir, const char *folder, bool (*is_kept)(void *ctx, const char *name),
		   void *ctx);
/* Remove one file and what lies compressed beside it. What cannot be removed stays. */
void publish_remove(const char *dir, const char *name);
/* The newest number that any file of a report shows, of one that was not whole, too; 0: none. */
uint64_t publish_last_report(const char *dir);

#endif
