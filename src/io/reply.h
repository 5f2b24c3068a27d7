/*
 * reply.h - SMTP replies out of a stream of foreign bytes (RFC 5321 4.2). Pure.
 */
#ifndef IO_REPLY_H
#define IO_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#define REPLY_LINE_MAX	512
#define REPLY_LINES_MAX 1000 /* of one reply: a server that never comes to the last one is broken  \
			      */

struct reply_reader {
	char line[REPLY_LINE_MAX]; /* cut, terminated, without its line end */
	size_t n;
	bool is_line_whole; /* the next byte begins a new one */
	unsigned lines;	    /* of this reply so far */
};

enum reply_step {
	REPLY_MORE,   /* a line of a longer reply */
	REPLY_WHOLE,  /* the last line: *ret_code is the reply */
	REPLY_BROKEN, /* not SMTP */
};

/* Takes bytes up to the end of a line. Returns how many it took; *ret_is_line: reader->line is
 * whole now. */
size_t reply_feed(struct reply_reader *reader, const char *bytes, size_t n, bool *ret_is_line);
/* What the whole line in the reader is. */
enum reply_step reply_step(struct reply_reader *reader, int *ret_code);
/* "354 go" -> 354, whatever follows; 0: not a reply. `*ret_is_last`: no '-' after the digits. */
int reply_code(const char *line, bool *ret_is_last);

#endif
