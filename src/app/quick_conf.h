/*
 * quick_conf.h - the text of a configuration for URLs given on the command line.
 */
#ifndef APP_QUICK_CONF_H
#define APP_QUICK_CONF_H

#include <stdbool.h>

struct buf;

#define QUICK_WHAT_MAX 320

struct quick_place {
	const char *state_dir, *listen;
};

/*
 * A target for each URL, named after it, each on a line of its own: the first
 * on line QUICK_FIRST_LINE, so that a fault's line tells which URL it is about.
 * False: `what` says which URL cannot be, and what to write.
 */
#define QUICK_FIRST_LINE 6
bool quick_conf(const char *const *urls, int n, const struct quick_place *place, struct buf *to,
		char what[QUICK_WHAT_MAX]);
/* One URL as a target's group: "http = { url = ...; };". False: `what` says why not. */
bool quick_conf_probe(const char *url, struct buf *to, char what[QUICK_WHAT_MAX]);
/* "quick-blog-example-com-1a2b3c4d": the same for the same URLs, another for others. */
void quick_conf_folder(const char *const *urls, int n, struct buf *to);

#endif
