/*
 * receiver_head.h - the strict look at a request's head before the HTTP library
 * sees it (SR-19). For the receiver's files only.
 */
#ifndef IO_RECEIVER_HEAD_H
#define IO_RECEIVER_HEAD_H

#include <stddef.h>

#define HEAD_BYTES_MAX 16384
#define BODY_BYTES_MAX (1u << 20)

enum head_verdict {
	HEAD_MORE, /* not all of it is here yet */
	HEAD_FINE,
	HEAD_BAD,
};

struct head_fault {
	int status; /* 400, 413, 431 */
	const char *reason;
};

/* The first `n` bytes of a connection; bytes after the head are not looked at. */
enum head_verdict head_check(const char *bytes, size_t n, struct head_fault *ret);

#define HEAD_ANSWER_MAX 512

/* A whole answer that says what is wrong; its length. */
size_t head_answer(const struct head_fault *fault, char text[HEAD_ANSWER_MAX]);
extern const struct head_fault head_body_too_long, head_ping_too_long;

#endif
