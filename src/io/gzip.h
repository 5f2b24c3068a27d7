/*
 * gzip.h - a file, compressed (RFC 1952). Runs on the worker thread.
 */
#ifndef IO_GZIP_H
#define IO_GZIP_H

/*
 * All that is left to read of `from`, appended to `to` as one gzip member. The same bytes give the
 * same file: no time and no name are written. 0 or -errno.
 */
int gzip_copy(int from, int to);

#endif
