/*
 * receiver_files.h - files of the page for the listener. For the receiver's
 * files only.
 */
#ifndef IO_RECEIVER_FILES_H
#define IO_RECEIVER_FILES_H

#include <stdbool.h>
#include <stdint.h>

#define ETAG_MAX 64

struct page_file {
	int status; /* 200, 304, 404 */
	int fd;	    /* 200: to be closed by the caller, else -1 */
	uint64_t size;
	const char *type;
	char etag[ETAG_MAX]; /* 200, 304 */
	bool is_gzip;	     /* it is the compressed one that lies beside it */
	bool is_for_ever;    /* its name changes with its content */
	bool is_for_all;     /* scripts of other sites may read it: JSON and the feed */
};

/* What was asked for. */
struct page_question {
	const char *path;	     /* without its query */
	const char *if_none_match;   /* NULL: absent, as below */
	const char *accept_encoding;
};

void page_file_open(const char *dir, const struct page_question *question, struct page_file *ret);
/* "/alive/N.svg" for one of the newest reports. */
bool page_alive_is(const char *path, uint64_t report);
/* Any "/alive/...": never a file. */
bool page_alive_asked(const char *path);

#endif
