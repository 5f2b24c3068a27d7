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
};

/* `path` as asked for, without its query; `if_none_match` may be NULL. */
void page_file_open(const char *dir, const char *path, const char *if_none_match,
		    struct page_file *ret);
/* "/alive/N.svg" for one of the newest reports. */
bool page_alive_is(const char *path, uint64_t report);
/* Any "/alive/...": never a file. */
bool page_alive_asked(const char *path);

#endif
